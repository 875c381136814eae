//! Iterates over the children of a folder in order.

use super::{Branch, Order, Piece, SlotRange, locate};

impl Order {
    /// Iterates over the children in order, from number `rank` on.
    pub(crate) fn iter_from(&self, rank: u32) -> OrderIter<'_> {
        match self {
            Order::Row(row) => OrderIter::over(*row, rank),
            Order::Few(slots) => {
                OrderIter { now: OrderPart::Slots(slots), ..OrderIter::default() }.skip_in(rank)
            }
            Order::Many(branches) => {
                let Some(location) = locate(branches, rank, |at, len| at < len) else {
                    return OrderIter::default();
                };
                let mut rest = branches[location.branch..].iter();
                let pieces = rest.next().map_or(&[][..], |branch| &branch.pieces[location.piece..]);
                let mut pieces = pieces.iter();
                let now = pieces.next().map_or(OrderPart::default(), Piece::part);
                OrderIter { now, pieces, branches: rest }.skip_in(location.at)
            }
        }
    }
}

/// Some consecutive children of a folder in its order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OrderPart<'a> {
    Row(SlotRange),
    Slots(&'a [u32]),
}

impl Default for OrderPart<'_> {
    fn default() -> Self {
        OrderPart::Row(SlotRange::default())
    }
}

impl OrderPart<'_> {
    /// Returns the part without its first `n_slots`.
    fn skip(self, n_slots: u32) -> Self {
        match self {
            OrderPart::Row(row) => OrderPart::Row(row.part(n_slots.min(row.len), row.len)),
            OrderPart::Slots(slots) => OrderPart::Slots(&slots[slots.len().min(n_slots as usize)..]),
        }
    }
}

/// Iterates over the children of a folder in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderIter<'a> {
    now: OrderPart<'a>,
    pieces: std::slice::Iter<'a, Piece>,
    branches: std::slice::Iter<'a, Branch>,
}

impl<'a> OrderIter<'a> {
    pub(crate) fn over(row: SlotRange, rank: u32) -> OrderIter<'a> {
        OrderIter { now: OrderPart::Row(row.part(rank.min(row.len), row.len)), ..OrderIter::default() }
    }

    /// Skips the first `n_slots` of the next part.
    fn skip_in(mut self, n_slots: u32) -> OrderIter<'a> {
        self.now = self.now.skip(n_slots);
        self
    }

    /// Returns the next slots that are stored in one part.
    pub(crate) fn next_part(&mut self) -> Option<OrderPart<'a>> {
        loop {
            match std::mem::take(&mut self.now) {
                OrderPart::Row(SlotRange { len: 0, .. }) | OrderPart::Slots([]) => {
                    self.now = self.following()?
                }
                part => return Some(part),
            }
        }
    }

    fn following(&mut self) -> Option<OrderPart<'a>> {
        loop {
            if let Some(piece) = self.pieces.next() {
                return Some(piece.part());
            }
            self.pieces = self.branches.next()?.pieces.iter();
        }
    }

    /// Returns whether the iterator is exhausted.
    pub(crate) fn is_done(&self) -> bool {
        let now = matches!(self.now, OrderPart::Row(SlotRange { len: 0, .. }) | OrderPart::Slots([]));
        now && self.pieces.len() == 0 && self.branches.len() == 0
    }
}

impl Iterator for OrderIter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        loop {
            match &mut self.now {
                OrderPart::Row(row) if row.len > 0 => {
                    let slot = row.first;
                    *row = row.part(1, row.len);
                    return Some(slot);
                }
                OrderPart::Slots([slot, rest @ ..]) => {
                    let slot = *slot;
                    self.now = OrderPart::Slots(rest);
                    return Some(slot);
                }
                _ => self.now = self.following()?,
            }
        }
    }

    /// Skips whole parts at once.
    fn nth(&mut self, n: usize) -> Option<u32> {
        let mut left = n;
        loop {
            let len = match self.now {
                OrderPart::Row(row) => row.len as usize,
                OrderPart::Slots(slots) => slots.len(),
            };
            if left < len {
                self.now = self.now.skip(left as u32);
                return self.next();
            }
            left -= len;
            self.now = OrderPart::default();
            self.now = self.following()?;
        }
    }

    /// Visits one part at a time, so that the kind of the part is not checked for each slot.
    #[inline]
    fn fold<B, F: FnMut(B, u32) -> B>(mut self, first: B, mut add: F) -> B {
        let mut sum = first;
        while let Some(part) = self.next_part() {
            sum = match part {
                OrderPart::Row(row) => row.slots().fold(sum, &mut add),
                OrderPart::Slots(slots) => slots.iter().copied().fold(sum, &mut add),
            };
        }
        sum
    }
}
