//! Reserves slots and bytes of a drive for copies in progress.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::{Arena, Chunk, DeferredDrops, NIL, PageRun};
use crate::child_list::order::{Order, SlotRange};
use crate::cow::PAGE;
use crate::history::PastTotals;
use crate::item::ItemId;
use crate::listing_order::ListingOrder;
use crate::name_table::{NameId, NameTable};

/// A copy of fewer items than this uses single slots, so that small copies do not leave half-empty pages.
const RUN_FROM: usize = PAGE / 2;

/// A reservation in a drive for a copy. It must be returned to the drive: with the copy, or unused.
pub struct Ticket {
    number: u64,
    pub(crate) slots: Arc<ReservedSlots>,
    pub(crate) metadata: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastTotals,
    /// The order in which the drive lists folders.
    pub(crate) listing_order: ListingOrder,
    /// A chunk of unused pages to fill.
    pub(crate) blank: Arc<Chunk>,
    /// The canonical names, if an index of many children is to be built in a drive that ignores case.
    folds: Option<NameTable>,
}

impl Ticket {
    /// Returns the handle of the canonical name of a child with this name.
    pub(crate) fn canonical_name(&self, name: NameId) -> NameId {
        self.folds.as_ref().map_or(name, |names| names.canonical(name))
    }
}

/// The reservations that are not filled yet, by ticket.
///
/// Tickets belong to this drive only: a clone of the drive must release their slots.
#[derive(Debug, Default)]
pub(crate) struct Reservations {
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastTotals,
    slots: BTreeMap<u64, Arc<ReservedSlots>>,
    n_issued: u64,
}

impl Reservations {
    /// Issues a ticket for slots that were reserved in an arena.
    pub(crate) fn issue(
        &mut self,
        slots: ReservedSlots,
        claim: ReservationRequest,
        blank: Arc<Chunk>,
    ) -> Ticket {
        let (number, slots) = (self.n_issued, Arc::new(slots));
        let ReservationRequest { metadata, n_items, n_bytes, past, folds, listing_order } = claim;
        self.n_issued += 1;
        self.n_items += n_items;
        self.n_bytes += n_bytes;
        self.past += past;
        self.slots.insert(number, slots.clone());
        Ticket { number, slots, metadata, n_items, n_bytes, past, listing_order, blank, folds }
    }

    /// Redeems a ticket; the caller fills or releases its slots.
    pub(crate) fn redeem(&mut self, ticket: &Ticket) {
        self.slots.remove(&ticket.number);
        self.n_items -= ticket.n_items;
        self.n_bytes -= ticket.n_bytes;
        self.past -= ticket.past;
    }

    /// Returns the sums, without the slots.
    pub(crate) fn totals(&self) -> Reservations {
        Reservations { n_bytes: self.n_bytes, past: self.past, ..Reservations::default() }
    }

    /// Releases the reserved slots in `arena`, a clone of the arena in which they were reserved.
    pub(crate) fn release_in(&self, arena: &mut Arena) {
        self.slots.values().for_each(|slots| slots.release(arena));
    }
}

/// What a copy needs besides slots.
pub(crate) struct ReservationRequest {
    pub(crate) metadata: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastTotals,
    pub(crate) folds: Option<NameTable>,
    pub(crate) listing_order: ListingOrder,
}

/// The slots of a copy by the numbers of its items.
#[derive(Clone, Debug)]
pub(crate) enum ReservedSlots {
    /// Consecutive pages.
    Run(PageRun),
    /// Single slots.
    Few(Vec<ItemId>),
}

impl ReservedSlots {
    /// Reserves slots for `n_items`; `None`, and nothing reserved, if the arena is full.
    pub(crate) fn reserve(arena: &mut Arena, n_items: usize) -> Option<ReservedSlots> {
        if n_items >= RUN_FROM {
            return arena.reserve_run(u32::try_from(n_items).ok()?).map(ReservedSlots::Run);
        }
        let mut few = Vec::with_capacity(n_items);
        for _ in 0..n_items {
            match arena.alloc() {
                Some(slot) => few.push(arena.id(slot)),
                None => {
                    ReservedSlots::Few(few).release(arena);
                    return None;
                }
            }
        }
        Some(ReservedSlots::Few(few))
    }

    /// Releases slots that were not filled.
    pub(crate) fn release(&self, arena: &mut Arena) {
        match self {
            ReservedSlots::Run(run) => arena.release_run(run),
            ReservedSlots::Few(few) => {
                few.iter().for_each(|id| arena.free(id.slot, &mut DeferredDrops::default()))
            }
        }
    }

    /// Returns the id of item `number`.
    pub(crate) fn id(&self, number: u32) -> ItemId {
        match self {
            ReservedSlots::Run(run) => ItemId { generation: run.generation, slot: run.first_slot() + number },
            ReservedSlots::Few(few) => {
                few.get(number as usize).copied().unwrap_or(ItemId { generation: 0, slot: NIL })
            }
        }
    }

    #[inline]
    pub(crate) fn slot(&self, number: u32) -> u32 {
        self.id(number).slot
    }

    /// Returns the order of children with these numbers.
    pub(crate) fn order(&self, first: u32, n_children: u32) -> Order {
        let row = SlotRange::new(self.slot(first), n_children);
        let ReservedSlots::Few(few) = self else { return Order::Row(row) };
        let slots = few.iter().skip(first as usize).take(n_children as usize).map(|id| id.slot);
        if slots.clone().eq(row.slots()) { Order::Row(row) } else { Order::Few(slots.collect()) }
    }
}
