//! Keeps the listing of a folder with many children in the order of its service.

use std::cmp::Ordering;

use super::sorter::Sorter;
use super::visible_children::VisibleChildren;
use crate::child_list::order::Order;
use crate::child_list::{List, Listing, PartlyVisible, SharedListing, Shifted};
use crate::listing_order::ListingOrder;
use crate::traffic::make_mut_counted;

static CANONICAL: Listing = Listing::CANONICAL;

impl Listing {
    /// Builds the listing of children from scratch.
    fn build(canonical: &Order, sorter: Sorter<'_>) -> Listing {
        let slots: Vec<u32> = canonical.iter_from(0).collect();
        let mut sorted = slots.clone();
        sorter.sort(&mut sorted);
        let n_folders = sorted.iter().filter(|&&slot| sorter.counts(slot)).count() as u32;
        let order = (sorted != slots).then(|| Shifted::new(Order::from_slots(&sorted)));
        let partial = sorted.iter().any(|&slot| sorter.is_hidden(slot)).then(|| {
            sorted.retain(|&slot| !sorter.is_hidden(slot));
            Box::new(PartlyVisible::new(Shifted::new(Order::from_slots(&sorted))))
        });
        Listing { order, n_folders, partial }
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

impl PartlyVisible {
    /// Adds a visible child.
    fn add(&mut self, slot: u32, sorter: Sorter<'_>) {
        self.others.insert(self.rank(slot, sorter), slot);
    }

    /// Makes a hidden child visible.
    fn reveal(&mut self, slot: u32, sorter: Sorter<'_>) {
        if !self.reveal_in_run(slot, sorter.generation(slot)) {
            self.add(slot, sorter);
        }
    }

    /// Removes a visible child.
    fn remove(&mut self, slot: u32, sorter: Sorter<'_>) {
        if self.hide_in_run(slot, sorter.generation(slot)) {
            return;
        }
        let rank = self.rank(slot, sorter);
        debug_assert_eq!(self.others.get(rank), Some(slot), "a visible child is not listed");
        self.others.remove(rank);
    }

    /// Returns how many of the other children come before a child.
    fn rank(&self, slot: u32, sorter: Sorter<'_>) -> u32 {
        let key = sorter.key(slot);
        self.others.partition_point(|other| sorter.compare(other, &key).is_lt())
    }
}

/// Builds the listing of the children of a list.
pub(super) fn build(list: &mut List, sorter: Sorter<'_>) {
    let listing = Listing::build(&list.order, sorter);
    list.set_listing(listing);
}

/// Adds a child that will be number `rank` in canonical order, which does not contain it yet. A list without an index
/// has no listing.
pub(super) fn insert(list: &mut List, rank: u32, slot: u32, sorter: Sorter<'_>) {
    if !list.has_index() {
        return;
    }
    let List { order: canonical, listing: shared, .. } = list;
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
pub(super) fn remove(list: &mut List, rank: u32, slot: u32, sorter: Sorter<'_>) {
    let Some(listing) = &mut list.listing else { return };
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
pub(super) fn reveal(list: &mut List, slots: &[u32], sorter: Sorter<'_>) {
    if let Some(listing) = list.listing.as_mut().filter(|listing| listing.partial.is_some()) {
        if let Some(partial) = &mut make_mut_counted(listing, Listing::n_bytes).partial {
            slots.iter().for_each(|&slot| partial.reveal(slot, sorter));
        }
    }
}

/// Returns the visible children in the order of the service, if there is an index.
pub(super) fn visible<'a>(list: &'a List, sorter: Sorter<'a>) -> Option<VisibleChildren<'a>> {
    list.has_index().then(|| shown(&list.listing, &list.order, sorter))
}

fn shown<'a>(shared: &'a SharedListing, canonical: &'a Order, sorter: Sorter<'a>) -> VisibleChildren<'a> {
    let listing = shared.as_deref().unwrap_or(&CANONICAL);
    match (&listing.partial, &listing.order) {
        (Some(partial), _) => VisibleChildren::partial(partial, sorter),
        (None, Some(order)) => VisibleChildren::Listed(order),
        (None, None) => VisibleChildren::Canonical(canonical),
    }
}

/// Asserts that a listing has all children in the order of the service, and that it tracks which are visible.
pub(super) fn check(list: &List, sorter: Sorter<'_>) {
    let (shared, canonical) = (&list.listing, &list.order);
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
    let shown = shown(shared, canonical, sorter);
    assert_eq!(shown.iter_from(0).collect::<Vec<_>>(), expected, "the visible children");
    assert_eq!(shown.len() as usize, expected.len(), "the number of visible children");
    for rank in [0, expected.len() / 3, expected.len().saturating_sub(1), expected.len()] {
        assert_eq!(shown.get(rank as u32), expected.get(rank).copied(), "child {rank} of a listing");
    }
}
