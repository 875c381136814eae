//! Keeps the order in which a service lists a folder with many children, and which of them are visible.
//!
//! Without a [`Listing`], the order is the canonical one and all children are visible files. A listing holds what
//! differs from that. It changes with the children in O(log n), and a copied folder shares it with its source.

mod bits;
mod partly_visible;
mod visible_children;

use std::cmp::Ordering;
use std::sync::Arc;

pub(crate) use self::partly_visible::PartlyVisible;
pub(crate) use self::visible_children::VisibleChildren;
use super::order::{Order, SlotRange};
use super::shifted::Shifted;
use super::sorter::Sorter;
use crate::listing_order::ListingOrder;
use crate::traffic::make_mut_counted;

/// How a service lists a folder, if that differs from visible files in canonical order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// All children, including hidden ones, in the order of the service; `None` for canonical order.
    order: Option<Shifted>,
    /// The number of folders, including hidden ones; counted only if folders come first.
    n_folders: u32,
    /// Which children are visible, while some are hidden.
    partial: Option<Box<PartlyVisible>>,
}

impl Listing {
    /// Returns approximately how many bytes a copy takes, without what it shares by pointers.
    fn n_bytes(&self) -> usize {
        size_of::<Listing>() + self.partial.as_ref().map_or(0, |_| size_of::<PartlyVisible>())
    }
}

static CANONICAL: Listing = Listing { order: None, n_folders: 0, partial: None };

/// The listing of a folder; `None` if it differs in nothing.
pub(crate) type SharedListing = Option<Arc<Listing>>;

impl Listing {
    /// Builds the listing of children from scratch.
    pub(super) fn build(canonical: &Order, sorter: Sorter<'_>) -> SharedListing {
        let slots: Vec<u32> = canonical.iter_from(0).collect();
        let mut sorted = slots.clone();
        sorter.sort(&mut sorted);
        let n_folders = sorted.iter().filter(|&&slot| sorter.counts(slot)).count() as u32;
        let order = (sorted != slots).then(|| Shifted::new(Order::from_slots(&sorted)));
        let partial = sorted.iter().any(|&slot| sorter.is_hidden(slot)).then(|| {
            sorted.retain(|&slot| !sorter.is_hidden(slot));
            Box::new(PartlyVisible::new(Shifted::new(Order::from_slots(&sorted))))
        });
        Listing { order, n_folders, partial }.shared()
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

    /// Returns whether the order is the canonical one, and stays so with `slot` as child number `rank`.
    fn stays_canonical(&self, canonical: &Order, rank: u32, slot: u32, sorter: Sorter<'_>) -> bool {
        let neighbours_agree = || {
            let key = sorter.key(slot);
            let before = rank.checked_sub(1).and_then(|before| canonical.get(before));
            before.is_none_or(|before| sorter.compare(before, &key).is_lt())
                && canonical.get(rank).is_none_or(|after| sorter.compare(after, &key).is_gt())
        };
        self.order.is_none()
            && match sorter.by {
                ListingOrder::Name => true,
                ListingOrder::Natural => neighbours_agree(),
                ListingOrder::FoldersFirst if sorter.is_folder(slot) => rank <= self.n_folders,
                ListingOrder::FoldersFirst => rank >= self.n_folders,
            }
    }

    /// Returns the number of a child, present or not yet added, in an order of the service; `rank` is its canonical
    /// number.
    fn rank_in(&self, order: &Shifted, rank: u32, slot: u32, sorter: Sorter<'_>) -> u32 {
        let key = sorter.key(slot);
        match sorter.by {
            ListingOrder::Name => rank,
            // Children are usually created in order.
            ListingOrder::Natural if order.last().is_none_or(|last| sorter.compare(last, &key).is_lt()) => {
                order.len()
            }
            ListingOrder::Natural => order.partition_point(|other| sorter.compare(other, &key).is_lt()),
            ListingOrder::FoldersFirst => {
                // Only folders are compared, and most folders have few subfolders.
                let is_before = |other: u32| sorter.compare_names(other, &key).is_lt();
                let n_before = order.partition_point_among(self.n_folders, is_before);
                if sorter.is_folder(slot) { n_before } else { self.n_folders + rank - n_before }
            }
        }
    }
}

/// Adds a child that will be number `rank` in canonical order, which does not contain it yet.
pub(super) fn insert(
    shared: &mut SharedListing,
    canonical: &Order,
    rank: u32,
    slot: u32,
    sorter: Sorter<'_>,
) {
    let listing = shared.as_deref().unwrap_or(&CANONICAL);
    let stays_canonical = listing.stays_canonical(canonical, rank, slot, sorter);
    let (is_hidden, counts) = (sorter.is_hidden(slot), sorter.counts(slot));
    if stays_canonical && !is_hidden && !counts && listing.partial.is_none() {
        return;
    }
    let listing = make_mut_counted(shared.get_or_insert_default(), Listing::n_bytes);
    match &mut listing.partial {
        Some(partial) if !is_hidden => partial.add(slot, sorter),
        None if is_hidden => {
            let shown = listing.order.clone().unwrap_or_else(|| Shifted::new(canonical.clone()));
            listing.partial = Some(Box::new(PartlyVisible::new(shown)));
        }
        _ => {}
    }
    if !stays_canonical {
        let mut order = listing.order.take().unwrap_or_else(|| Shifted::new(canonical.clone()));
        order.insert(listing.rank_in(&order, rank, slot, sorter), slot);
        listing.order = Some(order);
    }
    listing.n_folders += u32::from(counts);
}

/// Removes child number `rank` of the canonical order, which still contains it.
pub(super) fn remove(shared: &mut SharedListing, rank: u32, slot: u32, sorter: Sorter<'_>) {
    let Some(listing) = shared else { return };
    let is_shown = !sorter.is_hidden(slot);
    let counts = sorter.counts(slot);
    if listing.order.is_none() && !counts && (listing.partial.is_none() || !is_shown) {
        return;
    }
    let listing = make_mut_counted(listing, Listing::n_bytes);
    if let Some(partial) = listing.partial.as_mut().filter(|_| is_shown) {
        partial.remove(slot, sorter);
    }
    if let Some(mut order) = listing.order.take() {
        let rank = listing.rank_in(&order, rank, slot, sorter);
        debug_assert_eq!(order.get(rank), Some(slot), "the listing does not hold the item");
        order.remove(rank);
        listing.order = Some(order);
    }
    listing.n_folders -= u32::from(counts);
}

/// Makes hidden children visible.
pub(super) fn reveal(shared: &mut SharedListing, slots: &[u32], sorter: Sorter<'_>) {
    if let Some(listing) = shared.as_mut().filter(|listing| listing.partial.is_some()) {
        if let Some(partial) = &mut make_mut_counted(listing, Listing::n_bytes).partial {
            slots.iter().for_each(|&slot| partial.reveal(slot, sorter));
        }
    }
}

/// Returns whether the listing tracks which children are visible.
pub(super) fn tracks_visibility(shared: &SharedListing) -> bool {
    shared.as_ref().is_some_and(|listing| listing.partial.is_some())
}

/// Stops tracking which children are visible, because all are; returns the data to drop.
pub(super) fn finish_reveal(shared: &mut SharedListing) -> Option<Box<PartlyVisible>> {
    let partial =
        shared.as_mut().and_then(|listing| make_mut_counted(listing, Listing::n_bytes).partial.take());
    if shared.as_ref().is_some_and(|listing| listing.order.is_none() && listing.n_folders == 0) {
        *shared = None;
    }
    partial
}

/// Returns the visible children in the order of the service.
pub(super) fn visible<'a>(
    shared: &'a SharedListing,
    canonical: &'a Order,
    sorter: Sorter<'a>,
) -> VisibleChildren<'a> {
    let listing = shared.as_deref().unwrap_or(&CANONICAL);
    match (&listing.partial, &listing.order) {
        (Some(partial), _) => VisibleChildren::partial(partial, sorter),
        (None, Some(order)) => VisibleChildren::Listed(order),
        (None, None) => VisibleChildren::Canonical(canonical),
    }
}

/// Asserts that a listing has all children in the order of the service, and that it tracks which are visible.
pub(super) fn check(shared: &SharedListing, canonical: &Order, sorter: Sorter<'_>) {
    let listing = shared.as_deref().unwrap_or(&CANONICAL);
    let mut sorted: Vec<u32> = canonical.iter_from(0).collect();
    sorter.sort(&mut sorted);
    for pair in sorted.windows(2) {
        assert_eq!(sorter.compare(pair[0], &sorter.key(pair[1])), Ordering::Less, "a listing out of order");
    }
    let listed: Vec<u32> = match &listing.order {
        Some(order) => order.iter_from(0).collect(),
        None => canonical.iter_from(0).collect(),
    };
    assert_eq!(listed, sorted, "a listing is not in the order of the service");
    let n_folders = sorted.iter().filter(|&&slot| sorter.counts(slot)).count();
    assert_eq!(listing.n_folders as usize, n_folders, "folders in a listing");
    assert!(shared.is_none() || listing.clone().shared().is_some(), "a listing that differs in nothing");
    let expected: Vec<u32> = sorted.into_iter().filter(|&slot| !sorter.is_hidden(slot)).collect();
    assert_eq!(listing.partial.is_some(), expected.len() < listed.len(), "which children are visible");
    let shown = visible(shared, canonical, sorter);
    assert_eq!(shown.iter_from(0).collect::<Vec<_>>(), expected, "the visible children");
    assert_eq!(shown.len() as usize, expected.len(), "the number of visible children");
    for rank in [0, expected.len() / 3, expected.len().saturating_sub(1), expected.len()] {
        assert_eq!(shown.get(rank as u32), expected.get(rank).copied(), "child {rank} of a listing");
    }
}
