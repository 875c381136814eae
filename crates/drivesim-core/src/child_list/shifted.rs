//! Keeps an order of children relative to a base, so that a copied folder shares it with its source.

use super::order::{Order, OrderIter, SlotRange};
use crate::slot::SLOT_LIMIT;

/// An order whose values are slots shifted by a bias, modulo the number of slots. A copy whose children have
/// consecutive slots, as those of its source do, has the same values with another bias.
#[derive(Clone, Debug)]
pub(crate) struct Shifted {
    values: Order,
    bias: u32,
}

/// No row of values wraps around: rows grow only by a value that is one larger than their last.
const RING: u32 = SLOT_LIMIT - 1;
const _: () = assert!(SLOT_LIMIT.is_power_of_two());

impl Shifted {
    /// Creates an order with a bias of 0.
    pub(crate) fn new(slots: Order) -> Shifted {
        Shifted { values: slots, bias: 0 }
    }

    /// Creates the order of children with consecutive slots from `first` on. `ranks` are their numbers among them in
    /// order.
    pub(crate) fn from_ranks(first: u32, ranks: &[u32]) -> Shifted {
        Shifted { values: Order::from_slots(ranks), bias: first.wrapping_neg() & RING }
    }

    pub(crate) fn empty() -> Shifted {
        Shifted::new(Order::Row(SlotRange::default()))
    }

    /// Returns the order of a copy in which slot `to` corresponds to slot `from`.
    pub(crate) fn moved(&self, from: u32, to: u32) -> Shifted {
        let bias = self.bias.wrapping_add(from).wrapping_sub(to) & RING;
        Shifted { values: self.values.clone(), bias }
    }

    fn slot(&self, value: u32) -> u32 {
        value.wrapping_sub(self.bias) & RING
    }

    fn value(&self, slot: u32) -> u32 {
        slot.wrapping_add(self.bias) & RING
    }

    pub(crate) fn len(&self) -> u32 {
        self.values.len()
    }

    pub(crate) fn get(&self, rank: u32) -> Option<u32> {
        self.values.get(rank).map(|value| self.slot(value))
    }

    pub(crate) fn last(&self) -> Option<u32> {
        self.values.last().map(|value| self.slot(value))
    }

    /// Returns how many slots at the front satisfy `is_before`.
    pub(crate) fn partition_point(&self, mut is_before: impl FnMut(u32) -> bool) -> u32 {
        self.values.partition_point(|value| is_before(self.slot(value)))
    }

    /// Returns how many of the first `n_slots` slots satisfy `is_before`.
    pub(crate) fn partition_point_among(&self, n_slots: u32, mut is_before: impl FnMut(u32) -> bool) -> u32 {
        self.values.partition_point_among(n_slots, |value| is_before(self.slot(value)))
    }

    pub(crate) fn insert(&mut self, rank: u32, slot: u32) {
        self.values.insert(rank, self.value(slot));
    }

    pub(crate) fn remove(&mut self, rank: u32) {
        self.values.remove(rank);
    }

    pub(crate) fn iter_from(&self, rank: u32) -> ShiftedIter<'_> {
        ShiftedIter { values: self.values.iter_from(rank), bias: self.bias }
    }
}

/// Iterates over slots in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShiftedIter<'a> {
    values: OrderIter<'a>,
    bias: u32,
}

impl<'a> From<OrderIter<'a>> for ShiftedIter<'a> {
    fn from(slots: OrderIter<'a>) -> ShiftedIter<'a> {
        ShiftedIter { values: slots, bias: 0 }
    }
}

impl Iterator for ShiftedIter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.values.next().map(|value| value.wrapping_sub(self.bias) & RING)
    }

    fn nth(&mut self, n: usize) -> Option<u32> {
        self.values.nth(n).map(|value| value.wrapping_sub(self.bias) & RING)
    }
}
