//! Stores the metadata of items and counts the bytes of their texts.

use crate::metadata::{Metadata, NO_METADATA};
use crate::traffic::count_made;
use crate::tree::Tree;

/// A handle that no metadata has.
pub(super) const NO_HANDLE: u32 = u32::MAX;

impl Tree {
    /// Returns the handle of metadata; that of the latest if both are equal.
    pub(crate) fn intern_metadata(&mut self, metadata: Metadata) -> Option<u32> {
        if self.metadata.get(self.latest_metadata) != Some(&metadata) {
            self.latest_metadata = self.add_metadata(metadata)?;
        }
        Some(self.latest_metadata)
    }

    /// Returns the metadata of an item.
    pub(crate) fn metadata_of(&self, slot: u32) -> &Metadata {
        let metadata = self.metadata.get(self.node(slot).metadata);
        debug_assert!(metadata.is_some(), "an item has no metadata");
        metadata.unwrap_or(&NO_METADATA)
    }

    /// Changes the metadata of one item, after a copy if it is shared.
    pub(crate) fn edit_metadata(&mut self, slot: u32, change: impl FnOnce(&mut Metadata)) {
        // Always edits the node: a comparison of drives finds the item by its changed page.
        self.arena.edit(slot, |_| ());
        let node = self.arena.node(slot);
        if node.has_own_metadata() {
            if let Some(metadata) = self.metadata.get_mut(node.metadata) {
                let before = metadata.texts();
                change(metadata);
                let (n_before, n_after) = (before.n_bytes(), metadata.n_text_bytes());
                before.count_parted_except(Some(metadata));
                self.text_bytes = self.text_bytes - n_before + n_after;
                return count_made(n_after.saturating_sub(n_before) as usize);
            }
        }
        let mut metadata = self.metadata_of(slot).clone();
        // The other items that shared it may be removed, or may not share it any more.
        self.may_have_unused |= metadata.n_text_bytes() > 0;
        change(&mut metadata);
        // There are sixteen times as many handles as possible items, so one is left.
        let Some(handle) = self.add_metadata(metadata) else {
            return debug_assert!(false, "no handle is left");
        };
        self.arena.edit(slot, |node| {
            node.metadata = handle;
            node.set_own_metadata();
        });
    }

    /// Drops an unused metadata.
    pub(super) fn drop_metadata(&mut self, handle: u32) {
        let Some(metadata) = self.metadata.remove(handle) else { return };
        self.text_bytes -= metadata.n_text_bytes();
        metadata.into_texts().count_parted_except(None);
    }

    fn add_metadata(&mut self, metadata: Metadata) -> Option<u32> {
        let n_bytes = metadata.n_text_bytes();
        let handle = self.metadata.add(metadata)?;
        self.text_bytes += n_bytes;
        count_made(n_bytes as usize);
        Some(handle)
    }
}
