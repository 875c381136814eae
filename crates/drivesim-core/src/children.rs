//! Keeps the children of folders in order, and finds a child by its name.
//!
//! A few children in consecutive slots are described by the folder's node alone; all others by a [`List`] next to it.
//! Children are in canonical order. A child is found by comparing names or, among many, by the handle of its name. If a
//! service lists many children in another order, that order is stored too.

mod listing;
mod sorter;
mod visible_children;

use std::cmp::Ordering;

use crate::arena::{Arena, Nodes, node};
use crate::name::Name;
use crate::name_table::NameTable;

pub(crate) use self::sorter::{SortKey, Sorting};
pub(crate) use self::visible_children::VisibleChildren;
use crate::child_list::order::{Order, OrderIter, SlotRange};
use crate::child_list::{INDEX_FROM, List, PartlyVisible};

/// The children of one folder as they are stored.
#[derive(Clone, Copy, Debug)]
enum Stored<'a> {
    Row(SlotRange),
    List(&'a List),
}

fn stored(nodes: &Nodes, folder: u32) -> Stored<'_> {
    match nodes.list(folder) {
        Some(list) => Stored::List(list),
        None => Stored::Row(node(nodes, folder).row()),
    }
}

impl Stored<'_> {
    fn len(self) -> u32 {
        match self {
            Stored::Row(row) => row.len,
            Stored::List(list) => list.len(),
        }
    }

    fn get(self, rank: u32) -> Option<u32> {
        match self {
            Stored::Row(row) => (rank < row.len).then(|| row.first + rank),
            Stored::List(list) => list.order.get(rank),
        }
    }

    fn last(self) -> Option<u32> {
        match self {
            Stored::Row(row) => row.len.checked_sub(1).map(|last| row.first + last),
            Stored::List(list) => list.order.last(),
        }
    }

    fn partition_point(self, is_before: impl FnMut(u32) -> bool) -> u32 {
        match self {
            Stored::Row(row) => row.partition_point(is_before),
            Stored::List(list) => list.order.partition_point(is_before),
        }
    }
}

/// Returns how many children a folder has, including hidden ones.
pub(crate) fn count(nodes: &Nodes, folder: u32) -> u32 {
    stored(nodes, folder).len()
}

/// Iterates over a folder's children in canonical order, including hidden ones, from number `rank` on.
pub(crate) fn from_rank(nodes: &Nodes, folder: u32, rank: u32) -> OrderIter<'_> {
    match stored(nodes, folder) {
        Stored::Row(row) => OrderIter::over(row, rank),
        Stored::List(list) => list.order.iter_from(rank),
    }
}

/// Iterates over a folder's children in canonical order, including hidden ones.
pub(crate) fn all(nodes: &Nodes, folder: u32) -> OrderIter<'_> {
    from_rank(nodes, folder, 0)
}

/// Iterates over a folder's children whose names are greater than `name`, which need not be the name of a child.
pub(crate) fn after<'a>(nodes: &'a Nodes, names: &NameTable, folder: u32, name: &Name<'_>) -> OrderIter<'a> {
    let is_before = |slot| names.compare_name(node(nodes, slot).name, name) != Ordering::Greater;
    from_rank(nodes, folder, stored(nodes, folder).partition_point(is_before))
}

/// Returns the visible children of a folder in the order of the service.
pub(crate) fn visible<'a>(nodes: &'a Nodes, sorting: Sorting<'a>, folder: u32) -> VisibleChildren<'a> {
    let sorter = sorting.sorter(nodes);
    if let Some(shown) = nodes.list(folder).and_then(|list| listing::visible(list, sorter)) {
        return shown;
    }
    let mut slots: Vec<u32> = all(nodes, folder).filter(|&slot| !sorter.is_hidden(slot)).collect();
    sorter.sort(&mut slots);
    VisibleChildren::Sorted(slots)
}

/// Finds the child with a name.
pub(crate) fn find(nodes: &Nodes, names: &NameTable, folder: u32, name: &Name<'_>) -> Option<u32> {
    let stored = stored(nodes, folder);
    if let Stored::List(list) = stored {
        if list.has_index() {
            return list.find(names.find_canonical(name)?);
        }
    }
    let order = |slot| names.compare_name(node(nodes, slot).name, name);
    let rank = stored.partition_point(|slot| order(slot) == Ordering::Less);
    let found = stored.get(rank).filter(|&slot| order(slot) == Ordering::Equal);
    found.or_else(|| {
        // Other spellings of the name are anywhere in the order.
        let canonical = names.find_spellings(name)?;
        all(nodes, folder).find(|&slot| names.canonical(node(nodes, slot).name) == canonical)
    })
}

/// Adds `slot` to a folder in which no child has its name. The caller updates the count in the folder's node
/// afterwards.
pub(crate) fn insert(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slot: u32) {
    let (nodes, Sorting { names, .. }) = (arena.nodes(), sorting);
    let (stored, name, hidden) =
        (stored(nodes, folder), node(nodes, slot).name, node(nodes, slot).is_hidden());
    let len = stored.len();
    let order = names.order_against(name);
    let is_before = |other: u32| order(node(nodes, other).name) == Ordering::Less;
    // Many items are usually created in order.
    let is_last = stored.last().is_none_or(is_before);
    let rank = if is_last { len } else { stored.partition_point(is_before) };
    debug_assert!(
        stored.get(rank).is_none_or(|next| names.compare(name, node(nodes, next).name) == Ordering::Less),
        "two children have one name"
    );
    if let Stored::Row(row) = stored {
        let stays_a_row = row.len == 0 || rank == row.len && slot == row.end();
        if stays_a_row && !hidden && len + 1 < INDEX_FROM {
            let first = if row.len == 0 { slot } else { row.first };
            return arena.edit(folder, |folder| folder.set_first_child(first));
        }
        arena.set_list(folder, Some(List::new(Order::Row(row))));
    }
    let found_by = |slot: u32, nodes: &Nodes| names.canonical(node(nodes, slot).name);
    arena.edit_list(folder, |list, nodes| {
        let sorter = sorting.sorter(nodes);
        listing::insert(list, rank, slot, sorter);
        list.insert(rank, slot, || found_by(slot, nodes));
        if !list.has_index() && list.len() >= INDEX_FROM {
            list.build_index(|slot| found_by(slot, nodes));
            listing::build(list, sorter);
        }
    });
}

/// Removes `slot` from the folder that holds it. The caller updates the count in the folder's node, after this and
/// before [`simplify`].
pub(crate) fn remove(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slot: u32) {
    let (nodes, Sorting { names, .. }) = (arena.nodes(), sorting);
    let (stored, name) = (stored(nodes, folder), node(nodes, slot).name);
    let order = names.order_against(name);
    let rank = stored.partition_point(|other| order(node(nodes, other).name) == Ordering::Less);
    debug_assert_eq!(stored.get(rank), Some(slot), "the folder does not hold the item");
    if let Stored::Row(row) = stored {
        if rank == 0 {
            return arena.edit(folder, |folder| folder.set_first_child(row.first + 1));
        }
        if rank + 1 == row.len {
            return;
        }
        arena.set_list(folder, Some(List::new(Order::Row(row))));
    }
    arena.edit_list(folder, |list, nodes| {
        listing::remove(list, rank, slot, sorting.sorter(nodes));
        list.remove(rank, || names.canonical(node(nodes, slot).name));
    });
}

/// Makes hidden children visible in the listing of their folder. The caller updates their nodes.
pub(crate) fn reveal(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slots: &[u32]) {
    if arena.nodes().list(folder).is_some_and(List::tracks_visibility) {
        arena.edit_list(folder, |list, nodes| listing::reveal(list, slots, sorting.sorter(nodes)));
    }
}

/// Drops the list of a folder whose node describes its children alone: a few in consecutive slots, all visible. If
/// another list is complete, removes and returns what it kept while some children were hidden: freeing that may take
/// long.
pub(crate) fn simplify(arena: &mut Arena, folder: u32) -> Option<Box<PartlyVisible>> {
    let nodes = arena.nodes();
    let list = nodes.list(folder).filter(|list| list.len() == node(nodes, folder).n_children())?;
    if let Some(row) = list.as_row() {
        arena.set_list(folder, None);
        arena.edit(folder, |folder| folder.set_first_child(row.first));
        return None;
    }
    let mut dropped = None;
    if list.tracks_visibility() {
        arena.edit_list(folder, |list, _| dropped = list.finish_reveal());
    }
    dropped
}

/// Asserts that the list of a folder, if it has one, is needed, finds each child and has the order of the service.
pub(crate) fn check(nodes: &Nodes, sorting: Sorting<'_>, folder: u32) {
    let Some(list) = nodes.list(folder) else {
        return assert!(node(nodes, folder).row().len < INDEX_FROM, "many children and no list");
    };
    let row = list.as_row().filter(|row| row.len == node(nodes, folder).n_children());
    assert_eq!(row, None, "a list that is not needed");
    let names = sorting.names;
    list.check_index(|slot| names.canonical(node(nodes, slot).name));
    if list.has_index() {
        listing::check(list, sorting.sorter(nodes));
    }
}

#[cfg(test)]
mod tests;
