//! Builds the listings of copied folders: their children in the listing order of the target.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{CopyBuilder, FETCH_BATCH, each_child};
use crate::arena::{Node, node};
use crate::child_list::order::{Order, SlotRange};
use crate::child_list::{List, Listing, Shifted};
use crate::copy::plan::{PlannedChildren, SourceChildren};
use crate::listing_order::{ListingOrder, compare_naturally};

/// The largest ratio of slots to children for which a table by slot is used.
const MAX_SPREAD: usize = 4;

impl CopyBuilder<'_> {
    /// Builds the listing of a copied folder with many children, which are adjacent in `row`. None is hidden.
    ///
    /// If source and target list in the same order, the copy shares the listing of its source or takes over its places.
    /// Names are compared only between drives that list in different orders.
    pub(super) fn listing(
        &self,
        part: &PlannedChildren<'_>,
        children: SourceChildren<'_>,
        row: SlotRange,
    ) -> Listing {
        let (view, by) = (&self.planned.opened.view, self.ticket.listing_order);
        let SourceChildren::Listed(_, source) = children else {
            debug_assert!(false, "many children without a list");
            return Listing::default();
        };
        let is_same_order = view.listing_order == by;
        match source.order {
            Order::Row(from) if is_same_order && from.len == row.len => {
                let listing = source.listing();
                return listing
                    .map_or_else(Listing::default, |listing| listing.for_copy(from.first, row.first));
            }
            _ => {}
        }
        match by {
            ListingOrder::Name => Listing::default(),
            ListingOrder::FoldersFirst if !part.folder.may_contain_folders() => Listing::default(),
            ListingOrder::FoldersFirst => self.folders_first(children, row),
            ListingOrder::Natural if is_same_order => match source.listing().and_then(Listing::order) {
                Some(order) => self.in_places_of(source, order, row),
                None => Listing::default(),
            },
            ListingOrder::Natural => self.sorted_naturally(children, row),
        }
    }

    /// Calls `visit` with each child of a folder and its number in the copy.
    fn each_numbered(&self, children: SourceChildren<'_>, row: SlotRange, mut visit: impl FnMut(u32, &Node)) {
        let (mut rank, mut batch) = (0, Vec::with_capacity(FETCH_BATCH));
        each_child(&self.planned.opened.view.nodes, children, 0..row.len, &mut batch, |node| {
            visit(rank, node);
            rank += 1;
        });
    }

    fn folders_first(&self, children: SourceChildren<'_>, row: SlotRange) -> Listing {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        self.each_numbered(children, row, |rank, node| {
            if node.is_folder() { folders.push(rank) } else { files.push(rank) }
        });
        let n_folders = folders.len() as u32;
        let mut ranks = folders;
        ranks.append(&mut files);
        listing_of(&ranks, row, n_folders)
    }

    /// Builds a listing from the places of the children in the listing of the source.
    fn in_places_of(&self, source: &List, order: &Shifted, row: SlotRange) -> Listing {
        let nodes = &self.planned.opened.view.nodes;
        let is_shown = |slot: &u32| !node(nodes, *slot).is_hidden();
        let by_slot = Ranks::new(source.order.iter_from(0).filter(is_shown), row.len as usize);
        let ranks: Vec<u32> = order.iter_from(0).filter(is_shown).map(|slot| by_slot.get(slot)).collect();
        listing_of(&ranks, row, 0)
    }

    /// Sorts the children of a folder of another drive by their names.
    fn sorted_naturally(&self, children: SourceChildren<'_>, row: SlotRange) -> Listing {
        let Some(cross_drive) = &self.planned.opened.view.cross_drive else { return Listing::default() };
        let mut named: Vec<(&str, u32)> = Vec::with_capacity(row.len as usize);
        self.each_numbered(children, row, |rank, node| {
            named.push((cross_drive.names.forms(node.name).0, rank))
        });
        named.sort_by(|(a, _), (b, _)| compare_naturally(a, b));
        let ranks: Vec<u32> = named.into_iter().map(|(_, rank)| rank).collect();
        listing_of(&ranks, row, 0)
    }
}

/// Builds a listing from the numbers of the children in canonical order.
fn listing_of(ranks: &[u32], row: SlotRange, n_folders: u32) -> Listing {
    let is_canonical = ranks.iter().copied().eq(0..row.len);
    Listing::of_copy(row.first, (!is_canonical).then_some(ranks), n_folders)
}

/// The numbers of children by slot.
enum Ranks {
    /// A table that starts at a slot.
    Table(u32, Vec<u32>),
    Map(HashMap<u32, u32, FixedState>),
}

impl Ranks {
    fn new(slots: impl Iterator<Item = u32> + Clone, n_slots: usize) -> Ranks {
        let (first, last) =
            slots.clone().fold((u32::MAX, 0), |(first, last), slot| (first.min(slot), last.max(slot)));
        let spread = (last as usize + 1).saturating_sub(first as usize);
        if spread > MAX_SPREAD * n_slots {
            return Ranks::Map(slots.zip(0..).collect());
        }
        let mut table = vec![0; spread];
        slots.zip(0..).for_each(|(slot, rank)| table[(slot - first) as usize] = rank);
        Ranks::Table(first, table)
    }

    fn get(&self, slot: u32) -> u32 {
        let rank = match self {
            Ranks::Table(first, table) => table.get(slot.wrapping_sub(*first) as usize),
            Ranks::Map(map) => map.get(&slot),
        };
        rank.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_found_for_close_and_distant_slots() {
        for step in [1, 3, 1000] {
            let slots: Vec<u32> = (0..100u32).map(|number| 7 + number * 37 % 100 * step).collect();
            let ranks = Ranks::new(slots.iter().copied(), slots.len());
            assert_eq!(matches!(ranks, Ranks::Map(_)), step == 1000);
            for (rank, &slot) in (0..).zip(&slots) {
                assert_eq!(ranks.get(slot), rank);
            }
        }
    }
}
