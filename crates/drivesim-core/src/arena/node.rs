//! Defines nodes: the flat records of items in memory.

use crate::child_list::order::SlotRange;
use crate::item::ItemKind;
use crate::name_table::NameId;
use crate::slot::{NIL, SLOT_LIMIT};

const LIVE: u32 = 1 << 31;
const FOLDER: u32 = 1 << 30;
const HIDDEN: u32 = 1 << 29;
const OWN_METADATA: u32 = 1 << 28;
/// For a folder: it may hold folders.
const NESTED: u32 = 1 << 28;
const SLOT: u32 = SLOT_LIMIT - 1;

/// The handle that means "none".
const NO_HANDLE: u32 = u32::MAX;

/// One item, 32 bytes. Links are slots; names, contents and times are handles into the drive's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// For a file its length, for a folder the sum of the visible files below it.
    pub(crate) size: u64,
    /// One more than the number of times that the slot was freed.
    pub(crate) generation: u32,
    pub(crate) name: NameId,
    pub(crate) metadata: u32,
    /// High bits: flags. Low bits: the parent, [`NIL`] for the root, the next free slot for a free slot.
    link: u32,
    /// For a file the handle of its content, for a folder its first child if it has no list.
    content_or_child: u32,
    /// For a file the handle of its history; for a folder a flag in the high bits and the number of visible children in
    /// the low bits.
    history_or_count: u32,
}

/// The node of a slot that is not allocated.
pub(super) const FREE: Node = Node {
    size: 0,
    generation: 1,
    name: 0,
    metadata: 0,
    link: NIL,
    content_or_child: 0,
    history_or_count: 0,
};
pub(super) static NO_NODE: Node = FREE;

impl Node {
    /// Returns a live node without links.
    pub(crate) fn new(kind: ItemKind, name: NameId, metadata: u32) -> Node {
        match kind {
            ItemKind::File => Node { name, metadata, link: NIL | LIVE, history_or_count: NO_HANDLE, ..FREE },
            ItemKind::Folder => Node { name, metadata, link: NIL | LIVE | FOLDER, ..FREE },
        }
    }

    /// Returns the node of a slot that is not allocated yet.
    pub(crate) fn free(generation: u32) -> Node {
        Node { generation, ..FREE }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.link & LIVE != 0
    }

    pub(crate) fn kind(&self) -> ItemKind {
        if self.is_folder() { ItemKind::Folder } else { ItemKind::File }
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.link & FOLDER != 0
    }

    /// Returns whether the item is not visible yet: its name is taken, but no read returns it.
    pub(crate) fn is_hidden(&self) -> bool {
        self.link & HIDDEN != 0
    }

    pub(crate) fn set_hidden(&mut self, hidden: bool) {
        self.link = if hidden { self.link | HIDDEN } else { self.link & !HIDDEN };
    }

    /// Returns whether no other item has the metadata of this one.
    pub(crate) fn has_own_metadata(&self) -> bool {
        self.link & OWN_METADATA != 0
    }

    pub(crate) fn set_own_metadata(&mut self) {
        self.link |= OWN_METADATA;
    }

    /// Returns whether this is a visible file without data that belongs to it alone.
    pub(crate) fn is_plain(&self) -> bool {
        self.link & (LIVE | FOLDER | HIDDEN | OWN_METADATA) == LIVE && self.history_or_count == NO_HANDLE
    }

    /// Returns the parent of the item, or the next free slot for a free slot; [`NIL`] if there is none.
    pub(crate) fn parent(&self) -> u32 {
        self.link & SLOT
    }

    pub(crate) fn set_parent(&mut self, parent: u32) {
        debug_assert!(parent <= SLOT);
        self.link = self.link & !SLOT | parent & SLOT;
    }

    /// Returns the children of a folder that has no list of them; none for a file.
    pub(crate) fn row(&self) -> SlotRange {
        if self.is_folder() {
            SlotRange::new(self.content_or_child, self.n_children())
        } else {
            SlotRange::default()
        }
    }

    pub(crate) fn set_first_child(&mut self, first: u32) {
        debug_assert!(self.is_folder());
        self.content_or_child = first;
    }

    /// Returns the number of visible children of a folder; 0 for a file.
    pub(crate) fn n_children(&self) -> u32 {
        if self.is_folder() { self.history_or_count & SLOT } else { 0 }
    }

    pub(crate) fn set_n_children(&mut self, n_children: u32) {
        debug_assert!(self.is_folder() && n_children <= SLOT);
        self.history_or_count = self.history_or_count & !SLOT | n_children & SLOT;
    }

    /// Returns whether a folder may hold folders. It is true for every folder that does.
    pub(crate) fn is_nested(&self) -> bool {
        self.is_folder() && self.history_or_count & NESTED != 0
    }

    pub(crate) fn set_nested(&mut self) {
        debug_assert!(self.is_folder());
        self.history_or_count |= NESTED;
    }

    /// Returns the handle of a file's content; for a folder 0, the handle of the empty content.
    pub(crate) fn content(&self) -> u32 {
        if self.is_folder() { 0 } else { self.content_or_child }
    }

    pub(crate) fn set_content(&mut self, content: u32) {
        debug_assert!(!self.is_folder());
        self.content_or_child = content;
    }

    /// Returns the handle of a file's history; `None` for a file that has had one version only.
    pub(crate) fn history(&self) -> Option<u32> {
        (!self.is_folder() && self.history_or_count != NO_HANDLE).then_some(self.history_or_count)
    }

    pub(crate) fn set_history(&mut self, history: Option<u32>) {
        debug_assert!(!self.is_folder());
        self.history_or_count = history.unwrap_or(NO_HANDLE);
    }
}
