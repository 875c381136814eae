//! Keeps the children of a folder whose node cannot describe them: their order, an index by name, and the listing of
//! the service.

mod bits;
pub(crate) mod index;
mod listing;
pub(crate) mod order;
mod partly_visible;
mod shifted;

use self::index::Index;
pub(crate) use self::listing::{Listing, SharedListing};
use self::order::{Order, SlotRange};
pub(crate) use self::partly_visible::{PartlyVisible, RunIter};
pub(crate) use self::shifted::{Shifted, ShiftedIter};
use crate::name_table::NameId;
use crate::traffic::make_mut_counted;

/// The number of children from which on a folder has an index of their names and keeps the listing of the service.
/// Fewer children are searched in their order, which adding one needs anyway, and sorted for each listing.
pub(crate) const INDEX_FROM: u32 = 256;

/// The children of a folder, including hidden ones.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) order: Order,
    /// Its values are offsets of slots from its base.
    index: Option<Index>,
    /// Kept if there is an index.
    pub(crate) listing: SharedListing,
}

impl List {
    /// Creates a list with this order, without an index.
    pub(crate) fn new(order: Order) -> List {
        List { order, index: None, listing: None }
    }

    pub(crate) fn len(&self) -> u32 {
        self.order.len()
    }

    pub(crate) fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// Finds a child by the handle of its canonical name, if there is an index.
    pub(crate) fn find(&self, name: NameId) -> Option<u32> {
        let index = self.index.as_ref()?;
        index.get(name).map(|offset| index.base.wrapping_add(offset))
    }

    /// Builds the index from the handles that `name` returns.
    pub(crate) fn build_index(&mut self, mut name: impl FnMut(u32) -> NameId) {
        let base = self.order.get(0).unwrap_or(0);
        let entries = self.order.iter_from(0).map(|slot| (name(slot), slot.wrapping_sub(base)));
        let mut index = Index::build(self.order.len() as usize, entries);
        index.base = base;
        self.index = Some(index);
    }

    /// Returns the listing of the service, if it differs from files in canonical order.
    pub(crate) fn listing(&self) -> Option<&Listing> {
        self.listing.as_deref()
    }

    pub(crate) fn set_listing(&mut self, listing: Listing) {
        self.listing = listing.shared();
    }

    /// Adds a child as number `rank`, under the handle of its name. The caller has updated the listing.
    pub(crate) fn insert(&mut self, rank: u32, slot: u32, name: impl FnOnce() -> NameId) {
        if let Some(index) = &mut self.index {
            index.insert(name(), slot.wrapping_sub(index.base));
        }
        self.order.insert(rank, slot);
    }

    /// Removes child number `rank`. The caller has updated the listing.
    pub(crate) fn remove(&mut self, rank: u32, name: impl FnOnce() -> NameId) {
        if let Some(index) = &mut self.index {
            index.remove(name());
        }
        self.order.remove(rank);
    }

    /// Returns whether the listing tracks which children are visible.
    pub(crate) fn tracks_visibility(&self) -> bool {
        self.listing.as_ref().is_some_and(|listing| listing.partial.is_some())
    }

    /// Stops tracking which children are visible, because all are; returns the data to drop.
    pub(crate) fn finish_reveal(&mut self) -> Option<Box<PartlyVisible>> {
        let shared = &mut self.listing;
        let partial =
            shared.as_mut().and_then(|listing| make_mut_counted(listing, Listing::n_bytes).partial.take());
        if shared.as_ref().is_some_and(|listing| listing.order.is_none() && listing.n_folders == 0) {
            *shared = None;
        }
        partial
    }

    /// Returns the list of a copy of all these children under the same names, in the slots `copy`, if these children
    /// have consecutive slots too: then both share the index. The caller sets the listing of the copy.
    pub(crate) fn for_copy(&self, copy: SlotRange) -> Option<List> {
        let Order::Row(row) = self.order else { return None };
        let mut index = self.index.clone().filter(|_| row.len == copy.len)?;
        index.base = copy.first.wrapping_sub(row.first.wrapping_sub(index.base));
        Some(List { order: Order::Row(copy), index: Some(index), listing: None })
    }

    /// Returns the children as a row, if the row describes them fully.
    pub(crate) fn as_row(&self) -> Option<SlotRange> {
        match &self.order {
            Order::Row(row) if row.len < INDEX_FROM => Some(*row),
            _ => None,
        }
    }

    /// Asserts that the index finds exactly the children.
    pub(crate) fn check_index(&self, name: impl Fn(u32) -> NameId) {
        let Some(index) = &self.index else {
            return assert!(self.len() < INDEX_FROM, "many children and no index");
        };
        assert_eq!(index.len(), self.len() as usize, "entries of an index");
        for slot in self.order.iter_from(0) {
            assert_eq!(self.find(name(slot)), Some(slot), "an index does not find a child");
        }
    }
}
