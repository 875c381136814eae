//! Links items into folders, unlinks them, and makes hidden items visible.

use crate::arena::NIL;
use crate::children::{self, Sorting};
use crate::tree::{Tree, Walk};

impl Tree {
    /// Links an item into a folder and adds it to the sums if it is visible.
    pub(crate) fn link(&mut self, folder: u32, slot: u32) {
        let n_bytes = self.attach_child(folder, slot);
        self.propagate_size(folder, 0, n_bytes);
    }

    /// Links an item into a folder; returns the visible bytes that the caller adds to the sizes above.
    pub(crate) fn attach_child(&mut self, folder: u32, slot: u32) -> u64 {
        let Tree { arena, names, listing_order, .. } = self;
        children::insert(arena, Sorting { names, by: *listing_order }, folder, slot);
        self.note_name(folder, slot, true);
        let (visible, is_folder) = (!self.node(slot).is_hidden(), self.node(slot).is_folder());
        self.arena.edit(slot, |node| node.set_parent(folder));
        self.arena.edit(folder, |node| {
            node.set_n_children(node.n_children() + u32::from(visible));
            if is_folder {
                node.set_nested();
            }
        });
        self.check_touched(folder, slot);
        self.visible_size(slot)
    }

    /// Unlinks an item from its folder and removes it from the sums.
    pub(crate) fn unlink(&mut self, slot: u32) {
        let folder = self.node(slot).parent();
        let n_bytes = self.detach_child(slot);
        self.propagate_size(folder, n_bytes, 0);
    }

    /// Unlinks an item from its folder; returns the visible bytes that the caller subtracts from the sizes above.
    pub(crate) fn detach_child(&mut self, slot: u32) -> u64 {
        let folder = self.node(slot).parent();
        let Tree { arena, names, listing_order, .. } = self;
        children::remove(arena, Sorting { names, by: *listing_order }, folder, slot);
        self.note_name(folder, slot, false);
        let visible = u32::from(!self.node(slot).is_hidden());
        self.arena.edit(slot, |node| node.set_parent(NIL));
        self.arena.edit(folder, |node| node.set_n_children(node.n_children() - visible));
        self.simplify(folder);
        self.visible_size(slot)
    }

    /// Stores a folder's children in the simplest form.
    fn simplify(&mut self, folder: u32) {
        if let Some(dropped) = children::simplify(&mut self.arena, folder) {
            self.discard_partly_shown(*dropped);
        }
    }

    /// Records for the numbers of a folder that the name of an item is taken or free.
    fn note_name(&mut self, folder: u32, slot: u32, is_taken: bool) {
        if self.numbers.tracks(folder) {
            let name = self.canonical_name(slot).to_owned();
            self.numbers.update(folder, &name, is_taken);
        }
    }

    fn visible_size(&self, slot: u32) -> u64 {
        let node = self.node(slot);
        if node.is_hidden() { 0 } else { node.size }
    }

    /// Makes a hidden item visible, except in its folder, see [`Tree::count_revealed`], and in the sizes above it: returns
    /// its size for the caller to add.
    pub(crate) fn reveal(&mut self, slot: u32) -> u64 {
        self.arena.edit(slot, |node| node.set_hidden(false));
        let size = self.node(slot).size;
        self.hidden_bytes -= size;
        self.n_hidden -= 1;
        size
    }

    /// Counts newly visible children of a folder, and shows them in its listing.
    pub(crate) fn count_revealed(&mut self, folder: u32, slots: &[u32]) {
        let n_shown = slots.len() as u32;
        if n_shown == 0 {
            return;
        }
        self.arena.edit(folder, |node| node.set_n_children(node.n_children() + n_shown));
        let Tree { arena, names, listing_order, .. } = self;
        children::reveal(arena, Sorting { names, by: *listing_order }, folder, slots);
        self.simplify(folder);
    }

    /// Frees the hidden items below an item.
    pub(crate) fn prune_hidden(&mut self, top: u32) {
        if self.n_hidden == 0 {
            return;
        }
        // The items in a hidden folder are hidden too, so the hidden items in visible folders are the tops of all
        // hidden ones.
        let hidden = Walk::below(self.nodes(), top).map(|(slot, _)| slot).filter(|&slot| {
            let item = self.node(slot);
            item.is_hidden() && !self.node(item.parent()).is_hidden()
        });
        for slot in hidden.collect::<Vec<_>>() {
            self.unlink(slot);
            self.reclaim(slot);
        }
    }

    /// Asserts in debug builds the invariants after `slot` was linked into `folder`.
    fn check_touched(&self, folder: u32, slot: u32) {
        debug_assert!(self.node(folder).is_live() && self.node(folder).is_folder());
        debug_assert_eq!(self.node(slot).parent(), folder);
        debug_assert!(self.node(folder).n_children() <= children::count(self.nodes(), folder));
    }
}
