//! The only place for room that is set aside in a drive: slots and bytes, and who has them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::{Arena, NIL, Run};
use crate::cow::PAGE;
use crate::item::ItemId;

/// A copy of fewer items than this takes single slots, so that small copies do not leave half-empty pages.
const RUN_FROM: usize = PAGE / 2;

/// Room in a drive for a copy to come. It must be given back to the drive: with the copy, or unused.
#[derive(Debug)]
pub struct Ticket {
    number: u64,
    pub(crate) slots: Arc<Slots>,
    pub(crate) stamp: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) n_past_bytes: u128,
}

/// What is set aside and not yet filled, ticket by ticket.
///
/// Tickets belong to this drive alone: a clone of the drive must give their slots back.
#[derive(Debug, Default)]
pub(crate) struct Reserved {
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
    pub(crate) n_past_bytes: u128,
    slots: BTreeMap<u64, Arc<Slots>>,
    n_given: u64,
}

impl Reserved {
    /// Gives a ticket for slots that were set aside.
    pub(crate) fn give(
        &mut self,
        slots: Slots,
        stamp: u32,
        n_items: u32,
        n_bytes: u64,
        n_past_bytes: u128,
    ) -> Ticket {
        let (number, slots) = (self.n_given, Arc::new(slots));
        self.n_given += 1;
        self.n_items += n_items;
        self.n_bytes += n_bytes;
        self.n_past_bytes += n_past_bytes;
        self.slots.insert(number, slots.clone());
        Ticket { number, slots, stamp, n_items, n_bytes, n_past_bytes }
    }

    /// Takes a ticket back; its slots are filled or released by the caller.
    pub(crate) fn take_back(&mut self, ticket: &Ticket) {
        self.slots.remove(&ticket.number);
        self.n_items -= ticket.n_items;
        self.n_bytes -= ticket.n_bytes;
        self.n_past_bytes -= ticket.n_past_bytes;
    }

    /// Releases what is set aside in `arena`, a clone of the one it was set aside in.
    pub(crate) fn release_in(&self, arena: &mut Arena) {
        self.slots.values().for_each(|slots| slots.release(arena));
    }
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
    /// Sets slots aside for `n_items`; `None`, and nothing set aside, when the arena is full.
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

    /// Gives back slots that were not filled.
    pub(crate) fn release(&self, arena: &mut Arena) {
        match self {
            Slots::Run(run) => arena.release_run(run),
            Slots::Few(few) => few.iter().for_each(|id| arena.free(id.slot)),
        }
    }

    /// Returns the id that item `number` has.
    pub(crate) fn id(&self, number: u32) -> ItemId {
        match self {
            Slots::Run(run) => {
                let generation = run.generations.get(number as usize / PAGE).copied().unwrap_or(0);
                ItemId { generation, slot: run.first_slot() + number }
            }
            Slots::Few(few) => {
                few.get(number as usize).copied().unwrap_or(ItemId { generation: 0, slot: NIL })
            }
        }
    }

    pub(crate) fn slot(&self, number: u32) -> u32 {
        self.id(number).slot
    }
}
