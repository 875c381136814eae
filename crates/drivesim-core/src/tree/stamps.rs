//! Stores the stamps of items and counts the bytes of their texts.

use crate::stamp::{NO_STAMP, Stamp};
use crate::traffic::make;
use crate::tree::Tree;

/// A handle that no stamp has.
pub(super) const NO_HANDLE: u32 = u32::MAX;

impl Tree {
    /// Returns the handle of a stamp; that of the latest stamp if both are equal.
    pub(crate) fn stamp(&mut self, stamp: Stamp) -> Option<u32> {
        if self.stamps.get(self.latest_stamp) != Some(&stamp) {
            self.latest_stamp = self.add_stamp(stamp)?;
        }
        Some(self.latest_stamp)
    }

    /// Returns the stamp of an item.
    pub(crate) fn stamp_of(&self, slot: u32) -> &Stamp {
        let stamp = self.stamps.get(self.node(slot).stamp);
        debug_assert!(stamp.is_some(), "an item has no stamp");
        stamp.unwrap_or(&NO_STAMP)
    }

    /// Changes the stamp of one item, after a copy if it is shared.
    pub(crate) fn restamp(&mut self, slot: u32, change: impl FnOnce(&mut Stamp)) {
        // Always edits the node: a comparison of drives finds the item by its changed page.
        self.arena.edit(slot, |_| ());
        let node = self.arena.node(slot);
        if node.has_own_stamp() {
            if let Some(stamp) = self.stamps.get_mut(node.stamp) {
                let before = stamp.texts();
                change(stamp);
                let (n_before, n_after) = (before.n_bytes(), stamp.n_text_bytes());
                before.part_with_all_but(Some(stamp));
                self.text_bytes = self.text_bytes - n_before + n_after;
                return make(n_after.saturating_sub(n_before) as usize);
            }
        }
        let mut stamp = self.stamp_of(slot).clone();
        // The other items that shared it may be removed, or may not share it any more.
        self.may_have_unused |= stamp.n_text_bytes() > 0;
        change(&mut stamp);
        // There are sixteen times as many handles as possible items, so one is left.
        let Some(handle) = self.add_stamp(stamp) else { return debug_assert!(false, "no handle is left") };
        self.arena.edit(slot, |node| {
            node.stamp = handle;
            node.set_own_stamp();
        });
    }

    /// Drops an unused stamp.
    pub(super) fn drop_stamp(&mut self, handle: u32) {
        let Some(stamp) = self.stamps.remove(handle) else { return };
        self.text_bytes -= stamp.n_text_bytes();
        stamp.into_texts().part_with_all_but(None);
    }

    fn add_stamp(&mut self, stamp: Stamp) -> Option<u32> {
        let n_bytes = stamp.n_text_bytes();
        let handle = self.stamps.add(stamp)?;
        self.text_bytes += n_bytes;
        make(n_bytes as usize);
        Some(handle)
    }
}
