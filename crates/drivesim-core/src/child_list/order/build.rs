//! Builds an order from a list of slots.

use std::sync::Arc;

use super::{BRANCH, Branch, FEW, Order, PIECE, Piece, SlotRange};

/// The number of consecutive slots from which on a part of a list is stored as a row.
const ROW_FROM: usize = 128;

impl Order {
    /// Creates an order of slots. Many consecutive slots take no memory.
    pub(crate) fn from_slots(slots: &[u32]) -> Order {
        let n_in_row = n_consecutive(slots);
        if n_in_row == slots.len() {
            return Order::Row(row_of(slots));
        }
        if slots.len() <= FEW {
            return Order::Few(slots.into());
        }
        let mut pieces = Vec::with_capacity(slots.len() / PIECE + 1);
        let (mut listed, mut at) = (0, 0);
        while at < slots.len() {
            let n_slots = n_consecutive(&slots[at..]);
            if n_slots >= ROW_FROM {
                pieces.extend(slots[listed..at].chunks(PIECE).map(|slots| Piece::slots(slots.to_vec())));
                pieces.push(Piece::Row(row_of(&slots[at..at + n_slots])));
                listed = at + n_slots;
            }
            at += n_slots;
        }
        pieces.extend(slots[listed..].chunks(PIECE).map(|slots| Piece::slots(slots.to_vec())));
        let branches = pieces.chunks(BRANCH / 2).map(|pieces| Branch::new(pieces.to_vec()));
        Order::Many(Arc::new(branches.collect()))
    }
}

fn row_of(slots: &[u32]) -> SlotRange {
    slots.first().map_or(SlotRange::default(), |&first| SlotRange::new(first, slots.len() as u32))
}

/// Returns how many slots at the front are consecutive.
fn n_consecutive(slots: &[u32]) -> usize {
    let n_pairs = slots.windows(2).take_while(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
    slots.len().min(n_pairs + 1)
}
