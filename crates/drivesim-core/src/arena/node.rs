//! The only place for what an item is in memory: one flat record.

use crate::children::order::Row;
use crate::intern::NameId;
use crate::item::ItemKind;

/// How many slots an arena has at most: what 28 bits can tell.
pub(crate) const SLOT_LIMIT: u32 = 1 << 28;

/// The slot that means "none" in a link. It is never given out.
pub(crate) const NIL: u32 = SLOT_LIMIT - 1;

const LIVE: u32 = 1 << 31;
const FOLDER: u32 = 1 << 30;
const HIDDEN: u32 = 1 << 29;
const OWN_STAMP: u32 = 1 << 28;
/// Of a folder: it may hold folders.
const NESTED: u32 = 1 << 28;
const SLOT: u32 = SLOT_LIMIT - 1;

/// The handle that means "none".
const NO_HANDLE: u32 = u32::MAX;

/// One item, 32 bytes. Links are slots; names, contents and times are handles into the drive's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// Of a file its length, of a folder the sum of the visible files below it.
    pub(crate) size: u64,
    /// How often the slot was given back, counted from 1.
    pub(crate) generation: u32,
    pub(crate) name: NameId,
    pub(crate) stamp: u32,
    /// Flags above; beneath the folder it is in, of the root [`NIL`], of a free slot the next free one.
    place: u32,
    /// Of a file the handle of what it holds, of a folder its first child if no list tells the children.
    below: u32,
    /// Of a file the handle of its history; of a folder a flag above, beneath how many visible children it has.
    beside: u32,
}

/// The record of a slot that is not given out.
pub(super) const FREE: Node =
    Node { size: 0, generation: 1, name: 0, stamp: 0, place: NIL, below: 0, beside: 0 };
pub(super) static NO_NODE: Node = FREE;

impl Node {
    /// Returns a living node without links.
    pub(crate) fn new(kind: ItemKind, name: NameId, stamp: u32) -> Node {
        match kind {
            ItemKind::File => Node { name, stamp, place: NIL | LIVE, beside: NO_HANDLE, ..FREE },
            ItemKind::Folder => Node { name, stamp, place: NIL | LIVE | FOLDER, ..FREE },
        }
    }

    /// Returns the node of a slot that was not yet given out.
    pub(crate) fn free(generation: u32) -> Node {
        Node { generation, ..FREE }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.place & LIVE != 0
    }

    pub(crate) fn kind(&self) -> ItemKind {
        if self.is_folder() { ItemKind::Folder } else { ItemKind::File }
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.place & FOLDER != 0
    }

    /// Returns whether the item is still to come: its name is taken, but no look sees it.
    pub(crate) fn is_hidden(&self) -> bool {
        self.place & HIDDEN != 0
    }

    pub(crate) fn set_hidden(&mut self, hidden: bool) {
        self.place = if hidden { self.place | HIDDEN } else { self.place & !HIDDEN };
    }

    /// Returns whether no other item has the stamp of this one.
    pub(crate) fn has_own_stamp(&self) -> bool {
        self.place & OWN_STAMP != 0
    }

    pub(crate) fn set_own_stamp(&mut self) {
        self.place |= OWN_STAMP;
    }

    /// Returns whether this is a file that is seen and of which nothing is kept for it alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.place & (LIVE | FOLDER | HIDDEN | OWN_STAMP) == LIVE && self.beside == NO_HANDLE
    }

    /// Returns the folder the item is in, of a free slot the next free one; [`NIL`] if there is none.
    pub(crate) fn parent(&self) -> u32 {
        self.place & SLOT
    }

    pub(crate) fn set_parent(&mut self, parent: u32) {
        debug_assert!(parent <= SLOT);
        self.place = self.place & !SLOT | parent & SLOT;
    }

    /// Returns the children of a folder that has no list of them; none for a file.
    pub(crate) fn row(&self) -> Row {
        if self.is_folder() { Row::new(self.below, self.n_children()) } else { Row::default() }
    }

    pub(crate) fn set_first_child(&mut self, first: u32) {
        debug_assert!(self.is_folder());
        self.below = first;
    }

    /// Returns how many visible children a folder has; 0 for a file.
    pub(crate) fn n_children(&self) -> u32 {
        if self.is_folder() { self.beside & SLOT } else { 0 }
    }

    pub(crate) fn set_n_children(&mut self, n_children: u32) {
        debug_assert!(self.is_folder() && n_children <= SLOT);
        self.beside = self.beside & !SLOT | n_children & SLOT;
    }

    /// Returns whether a folder may hold folders: none that it holds is overlooked by asking this first.
    pub(crate) fn is_nested(&self) -> bool {
        self.is_folder() && self.beside & NESTED != 0
    }

    pub(crate) fn set_nested(&mut self) {
        debug_assert!(self.is_folder());
        self.beside |= NESTED;
    }

    /// Returns the handle of what a file holds; 0, that of nothing, for a folder.
    pub(crate) fn content(&self) -> u32 {
        if self.is_folder() { 0 } else { self.below }
    }

    pub(crate) fn set_content(&mut self, content: u32) {
        debug_assert!(!self.is_folder());
        self.below = content;
    }

    /// Returns the handle of a file's history; `None` for a file that has had one version only.
    pub(crate) fn history(&self) -> Option<u32> {
        (!self.is_folder() && self.beside != NO_HANDLE).then_some(self.beside)
    }

    pub(crate) fn set_history(&mut self, history: Option<u32>) {
        debug_assert!(!self.is_folder());
        self.beside = history.unwrap_or(NO_HANDLE);
    }
}
