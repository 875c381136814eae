//! Holds the order in which a service lists a folder with many children, and which of them are visible.
//!
//! Without a [`Listing`], the order is the canonical one and all children are visible files. A listing holds what
//! differs from that. It changes with the children in O(log n), and a copied folder shares it with its source.

use std::sync::Arc;

use super::order::SlotRange;
use super::partly_visible::PartlyVisible;
use super::shifted::Shifted;

/// How a service lists a folder, if that differs from visible files in canonical order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// All children, including hidden ones, in the order of the service; `None` for canonical order.
    pub(crate) order: Option<Shifted>,
    /// The number of folders, including hidden ones; counted only if folders come first.
    pub(crate) n_folders: u32,
    /// Which children are visible, while some are hidden.
    pub(crate) partial: Option<Box<PartlyVisible>>,
}

/// The listing of a folder; `None` if it differs in nothing.
pub(crate) type SharedListing = Option<Arc<Listing>>;

impl Listing {
    /// A listing that differs in nothing.
    pub(crate) const CANONICAL: Listing = Listing { order: None, n_folders: 0, partial: None };

    /// Returns approximately how many bytes a copy takes, without what it shares by pointers.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of::<Listing>() + self.partial.as_ref().map_or(0, |_| size_of::<PartlyVisible>())
    }

    /// Creates the listing of copied children in consecutive slots from `first` on. `ranks` are their numbers among
    /// them in order; `None` for canonical order.
    pub(crate) fn of_copy(first: u32, ranks: Option<&[u32]>, n_folders: u32) -> Listing {
        let order = ranks.map(|ranks| Shifted::from_ranks(first, ranks));
        Listing { order, n_folders, partial: None }
    }

    /// Returns the listing of a copy whose children have consecutive slots from `to` on, as these do from `from` on.
    pub(crate) fn for_copy(&self, from: u32, to: u32) -> Listing {
        let order = self.order.as_ref().map(|order| order.moved(from, to));
        Listing { order, n_folders: self.n_folders, partial: None }
    }

    /// Hides all children of a copy, which have the consecutive slots `row` of this generation.
    pub(crate) fn hide_all(&mut self, row: SlotRange, generation: u32) {
        self.partial = Some(Box::new(PartlyVisible::of_copy(row, generation, self.order.clone())));
    }

    /// Returns all children, including hidden ones, unless they are in canonical order.
    pub(crate) fn order(&self) -> Option<&Shifted> {
        self.order.as_ref()
    }

    /// Wraps the listing for sharing, if it differs in something.
    pub(crate) fn shared(self) -> SharedListing {
        let is_same = self.order.is_none() && self.n_folders == 0 && self.partial.is_none();
        (!is_same).then(|| Arc::new(self))
    }
}
