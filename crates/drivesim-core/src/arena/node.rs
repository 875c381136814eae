//! The only place for what an item is in memory: one flat record.

use crate::intern::NameId;
use crate::item::ItemKind;

/// The slot that means "none" in a link.
pub(crate) const NIL: u32 = u32::MAX;

/// How many slots an arena has at most: what the 28 bits of a weight can count.
pub(crate) const SLOT_LIMIT: u32 = 1 << 28;

const LIVE: u32 = 1 << 31;
const FOLDER: u32 = 1 << 30;
const HIDDEN: u32 = 1 << 29;
const OWN_STAMP: u32 = 1 << 28;
const WEIGHT: u32 = SLOT_LIMIT - 1;

/// One item, 48 bytes. Links are slots; names, contents and times are handles into the drive's tables.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Of a file its length, of a folder the sum of the visible files below it.
    pub(crate) size: u64,
    /// How often the slot was given back, counted from 1.
    pub(crate) generation: u32,
    /// The folder it is in; of the root [`NIL`]; of a free slot the next free one.
    pub(crate) parent: u32,
    pub(crate) name: NameId,
    pub(crate) stamp: u32,
    /// The sibling tree's smaller half (see `siblings`).
    pub(crate) left: u32,
    /// The sibling tree's larger half.
    pub(crate) right: u32,
    /// Of a folder the root of the tree of its children, of a file the handle of its history.
    pub(super) below: u32,
    /// Of a folder how many visible children it has.
    pub(crate) n_children: u32,
    /// Of a file what it holds.
    pub(crate) content: u32,
    /// Flags above, the number of nodes in the sibling tree below this one (itself included) beneath.
    pub(super) shape: u32,
}

/// The record of a slot that is not given out.
pub(super) const FREE: Node = Node {
    size: 0,
    generation: 1,
    parent: NIL,
    name: 0,
    stamp: 0,
    left: NIL,
    right: NIL,
    below: NIL,
    n_children: 0,
    content: 0,
    shape: 0,
};
pub(super) static NO_NODE: Node = FREE;

impl Node {
    /// Returns a living node without links.
    pub(crate) fn new(kind: ItemKind, name: NameId, stamp: u32) -> Node {
        let shape = match kind {
            ItemKind::File => LIVE,
            ItemKind::Folder => LIVE | FOLDER,
        };
        Node { name, stamp, shape, ..FREE }
    }

    /// Returns the node of a slot that was not yet given out.
    pub(crate) fn free(generation: u32) -> Node {
        Node { generation, ..FREE }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.shape & LIVE != 0
    }

    pub(crate) fn kind(&self) -> ItemKind {
        if self.is_folder() { ItemKind::Folder } else { ItemKind::File }
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.shape & FOLDER != 0
    }

    /// Says whether the item is still to come: its name is taken, but no look sees it.
    pub(crate) fn is_hidden(&self) -> bool {
        self.shape & HIDDEN != 0
    }

    pub(crate) fn set_hidden(&mut self, hidden: bool) {
        self.shape = if hidden { self.shape | HIDDEN } else { self.shape & !HIDDEN };
    }

    /// Says whether no other item has the stamp of this one.
    pub(crate) fn has_own_stamp(&self) -> bool {
        self.shape & OWN_STAMP != 0
    }

    pub(crate) fn set_own_stamp(&mut self) {
        self.shape |= OWN_STAMP;
    }

    /// Returns the root of the tree of a folder's children; [`NIL`] for a file.
    pub(crate) fn kids(&self) -> u32 {
        if self.is_folder() { self.below } else { NIL }
    }

    pub(crate) fn set_kids(&mut self, kids: u32) {
        debug_assert!(self.is_folder());
        self.below = kids;
    }

    /// Returns the handle of a file's history; `None` for a file that has had one version only.
    pub(crate) fn history(&self) -> Option<u32> {
        (!self.is_folder() && self.below != NIL).then_some(self.below)
    }

    pub(crate) fn set_history(&mut self, history: Option<u32>) {
        debug_assert!(!self.is_folder());
        self.below = history.unwrap_or(NIL);
    }

    pub(crate) fn weight(&self) -> u32 {
        self.shape & WEIGHT
    }

    pub(crate) fn set_weight(&mut self, weight: u32) {
        debug_assert!(weight <= WEIGHT);
        self.shape = self.shape & !WEIGHT | weight & WEIGHT;
    }
}
