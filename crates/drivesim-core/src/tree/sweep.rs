//! The only place that finds out which names, contents, times and histories are still in use.

use std::sync::Arc;

use crate::tree::{EMPTY, Tree};

impl Tree {
    /// Forgets names, contents, times and histories that nothing uses, when enough was added to pay for the search.
    pub(crate) fn sweep_if_due(&mut self) {
        let due = self.names.wants_sweep()
            || self.contents.wants_sweep()
            || self.stamps.wants_sweep()
            || self.histories.wants_sweep();
        if !due || Arc::strong_count(&self.pin) > 1 {
            return;
        }
        let mut used = Used {
            names: vec![false; self.names.len() as usize],
            contents: vec![false; self.contents.len() as usize],
            stamps: vec![false; self.stamps.len() as usize],
            histories: vec![false; self.histories.len() as usize],
        };
        mark(&mut used.contents, EMPTY);
        mark(&mut used.stamps, self.latest_stamp);
        for slot in self.arena.live_slots() {
            self.mark_item(&mut used, slot);
        }
        let n_items = self.arena.n_used() as usize;
        self.names.sweep(used.names, n_items);
        let (mut contents, mut histories) = (Vec::new(), Vec::new());
        self.contents.sweep(&used.contents, n_items, |_, content| contents.push(content));
        self.stamps.sweep(&used.stamps, n_items, |_, _| ());
        self.histories.sweep(&used.histories, n_items, |_, history| histories.push(history));
        self.discard(|waste| waste.add_swept(contents, histories));
    }

    fn mark_item(&self, used: &mut Used, slot: u32) {
        let node = self.node(slot);
        mark(&mut used.names, node.name);
        mark(&mut used.contents, node.content());
        mark(&mut used.stamps, node.stamp);
        let Some(history) = node.history() else { return };
        mark(&mut used.histories, history);
        for past in self.histories.get(history).into_iter().flat_map(|history| history.past()) {
            mark(&mut used.names, past.name);
            mark(&mut used.contents, past.content);
        }
    }
}

/// Which handles are in use.
struct Used {
    names: Vec<bool>,
    contents: Vec<bool>,
    stamps: Vec<bool>,
    histories: Vec<bool>,
}

fn mark(used: &mut [bool], handle: u32) {
    if let Some(used) = used.get_mut(handle as usize) {
        *used = true;
    }
}
