//! The only place that knows who is in a folder, in which order, and how one is found by name.
//!
//! Few children side by side in the arena are told by the folder's record alone; all others by a [`List`] beside it.
//! Children are in canonical order; what is looked up by name is compared or, among many, found by the handle of the
//! name. Where a service lists many in another order, that is kept beside.

pub(crate) mod index;
mod list;
pub(crate) mod listing;
pub(crate) mod order;
mod shifted;
mod sorter;

use std::cmp::Ordering;

use crate::arena::{Arena, Nodes, node};
use crate::intern::{Key, NameId, NameTable};
use crate::name::Case;

pub(crate) use self::list::{INDEX_FROM, List};
use self::listing::{PartlyShown, ShownChildren};
use self::order::{Order, OrderIter, Row};
pub(crate) use self::shifted::Shifted;
pub(crate) use self::sorter::{SortKey, Sorting};

/// The children of one folder as they are kept.
#[derive(Clone, Copy, Debug)]
enum Kept<'a> {
    Row(Row),
    List(&'a List),
}

fn kept(nodes: &Nodes, folder: u32) -> Kept<'_> {
    match nodes.list(folder) {
        Some(list) => Kept::List(list),
        None => Kept::Row(node(nodes, folder).row()),
    }
}

impl Kept<'_> {
    fn len(self) -> u32 {
        match self {
            Kept::Row(row) => row.len,
            Kept::List(list) => list.len(),
        }
    }

    fn get(self, rank: u32) -> Option<u32> {
        match self {
            Kept::Row(row) => (rank < row.len).then(|| row.first + rank),
            Kept::List(list) => list.order.get(rank),
        }
    }

    fn last(self) -> Option<u32> {
        match self {
            Kept::Row(row) => row.len.checked_sub(1).map(|last| row.first + last),
            Kept::List(list) => list.order.last(),
        }
    }

    fn partition_point(self, is_before: impl FnMut(u32) -> bool) -> u32 {
        match self {
            Kept::Row(row) => row.partition_point(is_before),
            Kept::List(list) => list.order.partition_point(is_before),
        }
    }
}

/// Returns how many children a folder has, hidden ones too.
pub(crate) fn count(nodes: &Nodes, folder: u32) -> u32 {
    kept(nodes, folder).len()
}

/// Walks a folder's children in canonical order, hidden ones too, from number `rank` on.
pub(crate) fn from_rank(nodes: &Nodes, folder: u32, rank: u32) -> OrderIter<'_> {
    match kept(nodes, folder) {
        Kept::Row(row) => OrderIter::over(row, rank),
        Kept::List(list) => list.order.iter_from(rank),
    }
}

/// Walks a folder's children in canonical order, hidden ones too.
pub(crate) fn all(nodes: &Nodes, folder: u32) -> OrderIter<'_> {
    from_rank(nodes, folder, 0)
}

/// Walks a folder's children whose names are larger than `key`, which no child need have.
pub(crate) fn after<'a>(nodes: &'a Nodes, names: &NameTable, folder: u32, key: &Key<'_>) -> OrderIter<'a> {
    let is_before = |slot| names.compare_text(node(nodes, slot).name, key) != Ordering::Greater;
    from_rank(nodes, folder, kept(nodes, folder).partition_point(is_before))
}

/// Returns the children of a folder that are shown, in the order of the service.
pub(crate) fn shown<'a>(nodes: &'a Nodes, sorting: Sorting<'a>, folder: u32) -> ShownChildren<'a> {
    let sorter = sorting.on(nodes);
    if let Some(shown) = nodes.list(folder).and_then(|list| list.shown(sorter)) {
        return shown;
    }
    let mut slots: Vec<u32> = all(nodes, folder).filter(|&slot| !sorter.is_hidden(slot)).collect();
    sorter.sort(&mut slots);
    ShownChildren::Sorted(slots)
}

/// Finds the child with the name `key` means.
pub(crate) fn find(nodes: &Nodes, names: &NameTable, folder: u32, key: &Key<'_>) -> Option<u32> {
    let kept = kept(nodes, folder);
    if let Kept::List(list) = kept {
        if list.has_index() {
            return list.find(names.find_key(key)?);
        }
    }
    let order = |slot| names.compare_text(node(nodes, slot).name, key);
    let rank = kept.partition_point(|slot| order(slot) == Ordering::Less);
    kept.get(rank).filter(|&slot| order(slot) == Ordering::Equal)
}

/// Returns what a child is found by: the handle of its name in the form that tells same names.
pub(crate) fn found_by(names: &NameTable, case: Case, name: NameId) -> NameId {
    match case {
        Case::Sensitive => name,
        Case::Folded => names.folded(name),
    }
}

/// Adds `slot` to a folder in which no child has its name. The count in the folder's record is the caller's to keep,
/// after this.
pub(crate) fn insert(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slot: u32) {
    let (nodes, Sorting { names, case, .. }) = (arena.nodes(), sorting);
    let (kept, name, hidden) = (kept(nodes, folder), node(nodes, slot).name, node(nodes, slot).is_hidden());
    let len = kept.len();
    let order = names.order_against(name);
    let is_before = |other: u32| order(node(nodes, other).name) == Ordering::Less;
    // Who makes many items makes them in order more often than not.
    let is_last = kept.last().is_none_or(is_before);
    let rank = if is_last { len } else { kept.partition_point(is_before) };
    debug_assert!(
        kept.get(rank).is_none_or(|next| names.compare(name, node(nodes, next).name) == Ordering::Less),
        "a name stands twice"
    );
    if let Kept::Row(row) = kept {
        let stays_a_row = row.len == 0 || rank == row.len && slot == row.end();
        if stays_a_row && !hidden && len + 1 < INDEX_FROM {
            let first = if row.len == 0 { slot } else { row.first };
            return arena.edit(folder, |folder| folder.set_first_child(first));
        }
        arena.set_list(folder, Some(List::of(Order::Row(row))));
    }
    let found_by = |slot: u32, nodes: &Nodes| found_by(names, case, node(nodes, slot).name);
    arena.edit_list(folder, |list, nodes| {
        let sorter = sorting.on(nodes);
        list.insert(rank, slot, sorter, || found_by(slot, nodes));
        if !list.has_index() && list.len() >= INDEX_FROM {
            list.build_index(|slot| found_by(slot, nodes));
            list.build_listing(sorter);
        }
    });
}

/// Takes `slot` out of the folder that holds it. The count in the folder's record is the caller's to keep, after
/// this and before [`simplify`].
pub(crate) fn remove(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slot: u32) {
    let (nodes, Sorting { names, case, .. }) = (arena.nodes(), sorting);
    let (kept, name) = (kept(nodes, folder), node(nodes, slot).name);
    let order = names.order_against(name);
    let rank = kept.partition_point(|other| order(node(nodes, other).name) == Ordering::Less);
    debug_assert_eq!(kept.get(rank), Some(slot), "the folder does not hold the item");
    if let Kept::Row(row) = kept {
        if rank == 0 {
            return arena.edit(folder, |folder| folder.set_first_child(row.first + 1));
        }
        if rank + 1 == row.len {
            return;
        }
        arena.set_list(folder, Some(List::of(Order::Row(row))));
    }
    arena.edit_list(folder, |list, nodes| {
        list.remove(rank, slot, sorting.on(nodes), || found_by(names, case, node(nodes, slot).name));
    });
}

/// Shows children that were hidden in the listing of their folder; its record is the caller's to change.
pub(crate) fn show(arena: &mut Arena, sorting: Sorting<'_>, folder: u32, slots: &[u32]) {
    if arena.nodes().list(folder).is_some_and(List::is_partly_shown) {
        arena.edit_list(folder, |list, nodes| list.show(slots, sorting.on(nodes)));
    }
}

/// Drops the list of a folder whose record tells its children alone: few side by side, and all to be seen. Of another
/// list, drops what was kept while some were hidden, and returns it: to free it may take long.
pub(crate) fn simplify(arena: &mut Arena, folder: u32) -> Option<Box<PartlyShown>> {
    let nodes = arena.nodes();
    let list = nodes.list(folder).filter(|list| list.len() == node(nodes, folder).n_children())?;
    if let Some(row) = list.as_row() {
        arena.set_list(folder, None);
        arena.edit(folder, |folder| folder.set_first_child(row.first));
        return None;
    }
    let mut dropped = None;
    if list.is_partly_shown() {
        arena.edit_list(folder, |list, _| dropped = list.complete());
    }
    dropped
}

/// Asserts that a list, if the folder has one, is needed, finds each child and has the order of the service.
pub(crate) fn check(nodes: &Nodes, sorting: Sorting<'_>, folder: u32) {
    let Some(list) = nodes.list(folder) else {
        return assert!(node(nodes, folder).row().len < INDEX_FROM, "many and no list");
    };
    let row = list.as_row().filter(|row| row.len == node(nodes, folder).n_children());
    assert_eq!(row, None, "a list that tells nothing new");
    let Sorting { names, case, .. } = sorting;
    list.check(sorting.on(nodes), |slot| found_by(names, case, node(nodes, slot).name));
}

#[cfg(test)]
mod tests;
