//! Finds and drops unused names, contents, metadata and histories.

use std::sync::Arc;

use crate::content::Content;
use crate::metadata::{Metadata, Users};
use crate::traffic::count_parted;
use crate::tree::metadata::NO_HANDLE;
use crate::tree::{EMPTY, ROOT, Tree};

/// How many bytes of unused contents and texts may be kept, plus as many as are used.
pub(super) const SWEEP_BYTES: u64 = 64 << 20;

impl Tree {
    /// Drops unused names, contents, metadata and histories if enough was added to pay for the search.
    pub(crate) fn sweep_if_due(&mut self) {
        let due = self.content_bytes + self.text_bytes >= self.sweep_at
            || self.names.is_sweep_due()
            || self.contents.is_sweep_due()
            || self.metadata.is_sweep_due()
            || self.histories.is_sweep_due();
        if !due || self.is_viewed() {
            return;
        }
        let mut used = Used {
            names: vec![false; self.names.len() as usize],
            contents: vec![false; self.contents.len() as usize],
            metadata: vec![false; self.metadata.len() as usize],
            histories: vec![false; self.histories.len() as usize],
        };
        mark(&mut used.contents, EMPTY);
        for slot in self.arena.live_slots() {
            self.mark_item(&mut used, slot);
        }
        let n_items = self.arena.n_used() as usize;
        self.names.sweep(used.names, n_items);
        self.sweep_contents_except(&used.contents, n_items);
        self.sweep_metadata_except(&used.metadata, n_items);
        let mut histories = Vec::new();
        self.histories.sweep(&used.histories, n_items, |_, history| histories.push(history));
        self.discard(|drops| drops.add_histories(histories));
    }

    /// Returns whether [`Tree::sweep_bytes`] may find something.
    pub(crate) fn may_have_unused(&self) -> bool {
        self.may_have_unused
    }

    /// Records that contents or texts were added that may never be used.
    pub(crate) fn expect_unused(&mut self) {
        self.may_have_unused = true;
    }

    /// Drops unused contents, and unused metadata with its texts, unless a view of the drive may use them. Takes time
    /// proportional to the number of items.
    pub(crate) fn sweep_bytes(&mut self) {
        if self.is_viewed() {
            return;
        }
        self.may_have_unused = false;
        let mut used = Used { contents: vec![false; self.contents.len() as usize], ..Used::default() };
        mark(&mut used.contents, EMPTY);
        let mut metadata = vec![false; self.metadata.len() as usize];
        for slot in self.arena.live_slots() {
            // Condemned items free their metadata themselves.
            mark(&mut metadata, self.node(slot).metadata);
            if !self.arena.is_condemned(slot) {
                self.mark_item(&mut used, slot);
            }
        }
        let n_items = self.arena.n_used() as usize;
        self.sweep_contents_except(&used.contents, n_items);
        self.sweep_metadata_except(&metadata, n_items);
    }

    fn sweep_metadata_except(&mut self, used: &[bool], n_items: usize) {
        // So that an equal new metadata does not reuse its handle.
        if !used.get(self.latest_metadata as usize).copied().unwrap_or(false) {
            self.latest_metadata = NO_HANDLE;
        }
        let mut n_bytes = 0;
        self.metadata.sweep(used, n_items, |_, metadata| {
            n_bytes += metadata.n_text_bytes();
            metadata.into_texts().count_parted_except(None);
        });
        self.text_bytes -= n_bytes;
        self.sweep_at = (self.content_bytes + self.text_bytes).saturating_mul(2).saturating_add(SWEEP_BYTES);
    }

    fn sweep_contents_except(&mut self, used: &[bool], n_items: usize) {
        let mut contents = Vec::new();
        self.contents.sweep(used, n_items, |_, content| contents.push(content));
        let shared = contents.iter().filter(|content| content.is_shared());
        count_parted(shared.map(Content::n_stored_bytes).sum::<u64>() as usize);
        self.content_bytes -= contents.iter().map(Content::n_stored_bytes).sum::<u64>();
        self.discard(|drops| drops.add_contents(contents));
    }

    /// Drops the users of removed items, if only the root is left and no view of the drive relies on handles.
    pub(crate) fn forget_users(&mut self) {
        if self.is_viewed() || self.arena.n_used() > 1 || self.users.n_bytes() == 0 {
            return;
        }
        let before = std::mem::replace(&mut self.users, Users::new());
        let Metadata { created_by, modified_by, .. } = *self.metadata_of(ROOT);
        let [created_by, modified_by] =
            [created_by, modified_by].map(|user| self.users.intern(&before.name(user)));
        self.edit_metadata(ROOT, |metadata| {
            (metadata.created_by, metadata.modified_by) = (created_by, modified_by)
        });
        // It has handles of the old users.
        self.latest_metadata = NO_HANDLE;
    }

    /// Returns whether a view of the drive relies on handles.
    fn is_viewed(&self) -> bool {
        Arc::strong_count(&self.pin) > 1
    }

    fn mark_item(&self, used: &mut Used, slot: u32) {
        let node = self.node(slot);
        mark(&mut used.names, node.name);
        mark(&mut used.contents, node.content());
        mark(&mut used.metadata, node.metadata);
        let Some(history) = node.history() else { return };
        mark(&mut used.histories, history);
        for past in self.histories.get(history).into_iter().flat_map(|history| history.past()) {
            mark(&mut used.names, past.name);
            mark(&mut used.contents, past.content);
        }
    }
}

/// Which handles are in use.
#[derive(Default)]
struct Used {
    names: Vec<bool>,
    contents: Vec<bool>,
    metadata: Vec<bool>,
    histories: Vec<bool>,
}

fn mark(used: &mut [bool], handle: u32) {
    if let Some(used) = used.get_mut(handle as usize) {
        *used = true;
    }
}
