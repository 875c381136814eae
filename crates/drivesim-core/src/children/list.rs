//! The only place for what is kept of a folder's children where its record has no room for it: their order, and how
//! one of many is found by name.

use crate::children::index::Index;
use crate::children::order::{Order, Row};
use crate::intern::NameId;

/// From how many children on a folder has an index of their names; fewer are searched in their order, which who adds
/// one must do anyway.
pub(crate) const INDEX_FROM: u32 = 256;

/// The children of a folder, hidden ones too.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) order: Order,
    index: Option<Index>,
    /// The index tells how far a slot is from here.
    base: u32,
}

impl List {
    /// Lists children in this order, without an index.
    pub(crate) fn of(order: Order) -> List {
        let base = order.get(0).unwrap_or(0);
        List { order, index: None, base }
    }

    pub(crate) fn len(&self) -> u32 {
        self.order.len()
    }

    pub(crate) fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// Finds a child by the handle of its name (in the form that tells same names), if there is an index.
    pub(crate) fn find(&self, name: NameId) -> Option<u32> {
        self.index.as_ref()?.get(name).map(|offset| self.base.wrapping_add(offset))
    }

    /// Makes the index, of the names that `name` tells.
    pub(crate) fn build_index(&mut self, mut name: impl FnMut(u32) -> NameId) {
        let base = self.base;
        let entries = self.order.iter_from(0).map(|slot| (name(slot), slot.wrapping_sub(base)));
        self.index = Some(Index::build(self.order.len() as usize, entries));
    }

    /// Adds a child as number `rank`, under the handle of its name.
    pub(crate) fn insert(&mut self, rank: u32, slot: u32, name: impl FnOnce() -> NameId) {
        self.order.insert(rank, slot);
        if let Some(index) = &mut self.index {
            index.insert(name(), slot.wrapping_sub(self.base));
        }
    }

    /// Takes child number `rank` out.
    pub(crate) fn remove(&mut self, rank: u32, name: impl FnOnce() -> NameId) {
        self.order.remove(rank);
        if let Some(index) = &mut self.index {
            index.remove(name());
        }
    }

    /// Returns the list of a copy of all these children, under the same names, that lies side by side, if they lie
    /// side by side too: then the two share the index.
    pub(crate) fn shared_by(&self, copy: Row) -> Option<List> {
        let Order::Row(row) = self.order else { return None };
        if row.len != copy.len || self.index.is_none() {
            return None;
        }
        let base = copy.first.wrapping_sub(row.first.wrapping_sub(self.base));
        Some(List { order: Order::Row(copy), index: self.index.clone(), base })
    }

    /// Returns the children as a row, if that is all there is to tell.
    pub(crate) fn as_row(&self) -> Option<Row> {
        match &self.order {
            Order::Row(row) if row.len < INDEX_FROM => Some(*row),
            _ => None,
        }
    }

    /// Asserts that the index finds each child, and nothing else.
    pub(crate) fn check(&self, name: impl Fn(u32) -> NameId) {
        let Some(index) = &self.index else { return assert!(self.len() < INDEX_FROM, "many and no index") };
        assert_eq!(index.len(), self.len() as usize, "entries of an index");
        for slot in self.order.iter_from(0) {
            assert_eq!(self.find(name(slot)), Some(slot), "an index does not find a child");
        }
    }
}
