//! Reserves slots and bytes of a drive for copies in progress.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::{Arena, Chunk, NIL, Run, Waste};
use crate::children::found_by;
use crate::children::order::{Order, Row};
use crate::cow::PAGE;
use crate::history::PastSum;
use crate::intern::{NameId, NameTable};
use crate::item::ItemId;
use crate::listing_order::ListingOrder;
use crate::name::Case;

/// A copy of fewer items than this uses single slots, so that small copies do not leave half-empty pages.
const RUN_FROM: usize = PAGE / 2;

/// A reservation in a drive for a copy. It must be returned to the drive: with the copy, or unused.
pub struct Ticket {
    number: u64,
    pub(crate) slots: Arc<Slots>,
    pub(crate) stamp: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastSum,
    /// The order in which the drive lists folders.
    pub(crate) listing_order: ListingOrder,
    /// A chunk of unused pages to fill.
    pub(crate) blank: Arc<Chunk>,
    /// The canonical names, if an index of many children is to be built in a drive that ignores case.
    folds: Option<NameTable>,
}

impl Ticket {
    /// Returns the handle of the canonical name of a child with this name.
    pub(crate) fn found_by(&self, name: NameId) -> NameId {
        self.folds.as_ref().map_or(name, |names| found_by(names, Case::Folded, name))
    }
}

/// The reservations that are not filled yet, by ticket.
///
/// Tickets belong to this drive only: a clone of the drive must release their slots.
#[derive(Debug, Default)]
pub(crate) struct Reserved {
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastSum,
    slots: BTreeMap<u64, Arc<Slots>>,
    n_issued: u64,
}

impl Reserved {
    /// Issues a ticket for slots that were reserved in an arena.
    pub(crate) fn give(&mut self, slots: Slots, claim: Claim, blank: Arc<Chunk>) -> Ticket {
        let (number, slots) = (self.n_issued, Arc::new(slots));
        let Claim { stamp, n_items, n_bytes, past, folds, listing_order } = claim;
        self.n_issued += 1;
        self.n_items += n_items;
        self.n_bytes += n_bytes;
        self.past += past;
        self.slots.insert(number, slots.clone());
        Ticket { number, slots, stamp, n_items, n_bytes, past, listing_order, blank, folds }
    }

    /// Redeems a ticket; the caller fills or releases its slots.
    pub(crate) fn take_back(&mut self, ticket: &Ticket) {
        self.slots.remove(&ticket.number);
        self.n_items -= ticket.n_items;
        self.n_bytes -= ticket.n_bytes;
        self.past -= ticket.past;
    }

    /// Returns the sums, without the slots.
    pub(crate) fn sums(&self) -> Reserved {
        Reserved { n_bytes: self.n_bytes, past: self.past, ..Reserved::default() }
    }

    /// Releases the reserved slots in `arena`, a clone of the arena in which they were reserved.
    pub(crate) fn release_in(&self, arena: &mut Arena) {
        self.slots.values().for_each(|slots| slots.release(arena));
    }
}

/// What a copy needs besides slots.
pub(crate) struct Claim {
    pub(crate) stamp: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) past: PastSum,
    pub(crate) folds: Option<NameTable>,
    pub(crate) listing_order: ListingOrder,
}

/// The slots of a copy by the numbers of its items.
#[derive(Clone, Debug)]
pub(crate) enum Slots {
    /// Consecutive pages.
    Run(Run),
    /// Single slots.
    Few(Vec<ItemId>),
}

impl Slots {
    /// Reserves slots for `n_items`; `None`, and nothing reserved, if the arena is full.
    pub(crate) fn reserve(arena: &mut Arena, n_items: usize) -> Option<Slots> {
        if n_items >= RUN_FROM {
            return arena.reserve_run(u32::try_from(n_items).ok()?).map(Slots::Run);
        }
        let mut few = Vec::with_capacity(n_items);
        for _ in 0..n_items {
            match arena.alloc() {
                Some(slot) => few.push(arena.id(slot)),
                None => {
                    Slots::Few(few).release(arena);
                    return None;
                }
            }
        }
        Some(Slots::Few(few))
    }

    /// Releases slots that were not filled.
    pub(crate) fn release(&self, arena: &mut Arena) {
        match self {
            Slots::Run(run) => arena.release_run(run),
            Slots::Few(few) => few.iter().for_each(|id| arena.free(id.slot, &mut Waste::default())),
        }
    }

    /// Returns the id of item `number`.
    pub(crate) fn id(&self, number: u32) -> ItemId {
        match self {
            Slots::Run(run) => ItemId { generation: run.generation, slot: run.first_slot() + number },
            Slots::Few(few) => {
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
        let row = Row::new(self.slot(first), n_children);
        let Slots::Few(few) = self else { return Order::Row(row) };
        let slots = few.iter().skip(first as usize).take(n_children as usize).map(|id| id.slot);
        if slots.clone().eq(row.slots()) { Order::Row(row) } else { Order::Few(slots.collect()) }
    }
}
