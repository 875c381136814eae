//! Plans a copy: which folders of the source are copied, breadth-first, and the numbers of their children.

use std::ops::Range;

use crate::arena::{Node, Nodes, SLOT_LIMIT, node};
use crate::child_list::List;
use crate::child_list::order::SlotRange;
use crate::copy::check::CopyRoot;
use crate::tree::visible_children;

/// The items of a copy by their number in it. The top items come first, then the children of each folder, in the order
/// of the folders.
///
/// Only folders are stored: items are many and can be read again.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) n_roots: u32,
    pub(crate) n_items: u32,
    /// The folders that are not empty, in the order of their numbers.
    pub(crate) folders: Vec<PlannedFolder>,
}

/// A folder of a copy that is not empty.
///
/// It stores where its children are, so that the build need not look up the folder again: in trees of small folders
/// that is most of the work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedFolder {
    /// The flags below, and the slot of its first child in the source or, if it has a list there, its own slot.
    source_ref: u32,
    /// Its number in the copy.
    pub(crate) number: u32,
    /// The number of its first child.
    pub(crate) first_child: u32,
}

/// Flag: the folder has a list of its children.
const LISTED: u32 = 1 << 31;
/// Flag: the folder may contain folders.
const NESTED: u32 = 1 << 30;
const SLOT: u32 = SLOT_LIMIT - 1;
const _: () = assert!(SLOT & (LISTED | NESTED) == 0);

/// The children of a folder in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SourceChildren<'a> {
    /// They are adjacent, and all are copied.
    Row(SlotRange),
    /// The folder in this slot has a list; its hidden children are not copied.
    Listed(u32, &'a List),
}

/// A range of the children of a folder of a copy.
#[derive(Clone, Debug)]
pub(crate) struct PlannedChildren<'a> {
    pub(crate) folder: &'a PlannedFolder,
    /// The number of all children of the folder.
    pub(crate) n_children: u32,
    /// The numbers of the children in the range.
    pub(crate) numbers: Range<u32>,
}

impl PlannedChildren<'_> {
    /// Returns the indexes of the range among the children of the folder.
    pub(crate) fn ranks(&self) -> Range<u32> {
        let first = self.folder.first_child;
        self.numbers.start - first..self.numbers.end - first
    }
}

impl PlannedFolder {
    /// Returns the children in the source, of which `n_children` are copied.
    #[inline]
    pub(crate) fn children<'a>(&self, nodes: &'a Nodes, n_children: u32) -> SourceChildren<'a> {
        let slot = self.source_ref & SLOT;
        let list = if self.source_ref & LISTED == 0 { None } else { nodes.list(slot) };
        list.map_or(SourceChildren::Row(SlotRange::new(slot, n_children)), |list| {
            SourceChildren::Listed(slot, list)
        })
    }

    /// Returns whether it may contain folders.
    pub(crate) fn may_contain_folders(&self) -> bool {
        self.source_ref & NESTED != 0
    }

    /// Returns its slot in the source.
    pub(crate) fn source(&self, nodes: &Nodes) -> u32 {
        let slot = self.source_ref & SLOT;
        if self.source_ref & LISTED == 0 { node(nodes, slot).parent() } else { slot }
    }
}

impl Plan {
    /// Reads the folders from the top items down. Folders that contain no folders are not read, so only a small part of
    /// most trees is visited.
    pub(crate) fn read(nodes: &Nodes, roots: &[CopyRoot]) -> Plan {
        let n_roots = roots.len() as u32;
        let mut plan = Plan { n_roots, n_items: n_roots, folders: Vec::new() };
        for (number, root) in roots.iter().enumerate() {
            plan.add_folder(nodes, root.slot, &root.record, number as u32);
        }
        // The folders still to read: the list grows during the iteration.
        let mut next = 0;
        while let Some(&folder) = plan.folders.get(next) {
            next += 1;
            if folder.source_ref & NESTED == 0 {
                continue;
            }
            let end = plan.folders.get(next).map_or(plan.n_items, |next| next.first_child);
            let mut numbers = folder.first_child..end;
            match folder.children(nodes, end - folder.first_child) {
                SourceChildren::Row(row) => {
                    let mut slot = row.first;
                    nodes.each(row, |record| {
                        plan.add_folder(nodes, slot, record, numbers.start + (slot - row.first));
                        slot += 1;
                    });
                }
                SourceChildren::Listed(source, _) => {
                    visible_children(nodes, source).for_each(|slot| {
                        plan.add_folder(nodes, slot, node(nodes, slot), numbers.next().unwrap_or(end));
                    });
                }
            }
        }
        plan
    }

    /// Adds an item to the plan if it is a folder that is not empty.
    #[inline]
    fn add_folder(&mut self, nodes: &Nodes, slot: u32, record: &Node, number: u32) {
        let n_children = record.n_children();
        if n_children > 0 {
            let is_listed = nodes.has_list(slot);
            let source_ref = if is_listed { slot | LISTED } else { record.row().first };
            let nested = if record.is_nested() { NESTED } else { 0 };
            self.folders.push(PlannedFolder {
                source_ref: source_ref | nested,
                number,
                first_child: self.n_items,
            });
            self.n_items += n_children;
        }
    }

    /// Returns the index of the first folder whose number is at least `number`.
    pub(crate) fn first_folder_at(&self, number: u32) -> usize {
        self.folders.partition_point(|folder| folder.number < number)
    }

    /// Returns the folders that contain the items with these numbers, the first of which is not a top item.
    pub(crate) fn folders_containing(
        &self,
        numbers: Range<u32>,
    ) -> impl Iterator<Item = PlannedChildren<'_>> {
        let first =
            self.folders.partition_point(|folder| folder.first_child <= numbers.start).saturating_sub(1);
        let ends = self.folders.iter().skip(first + 1).map(|next| next.first_child).chain([self.n_items]);
        let folders = self.folders.iter().skip(first).zip(ends);
        folders.map_while(move |(folder, end)| {
            let range = folder.first_child.max(numbers.start)..end.min(numbers.end);
            let n_children = end - folder.first_child;
            (!range.is_empty()).then_some(PlannedChildren { folder, n_children, numbers: range })
        })
    }

    /// Returns all folders with all their children.
    pub(crate) fn children_by_folder(&self) -> impl Iterator<Item = PlannedChildren<'_>> {
        self.folders_containing(self.n_roots..self.n_items)
    }

    /// Returns the nodes of the items in the source, by their numbers.
    pub(crate) fn records<'a>(
        &'a self,
        roots: &'a [CopyRoot],
        nodes: &'a Nodes,
    ) -> impl Iterator<Item = &'a Node> + 'a {
        let below = self.folders.iter().flat_map(|folder| visible_children(nodes, folder.source(nodes)));
        roots.iter().map(|root| &root.record).chain(below.map(|slot| node(nodes, slot)))
    }
}
