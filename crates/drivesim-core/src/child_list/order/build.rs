//! Builds an order from a list of slots.

use std::sync::Arc;

use super::{BRANCH, Branch, FEW, Order, PIECE, Piece, SlotRange};

/// At least this many consecutive slots in a row are stored as a range.
const MIN_RANGE: usize = 128;

impl Order {
    /// Creates an order of slots. A long run of consecutive slots is stored as a range, without a list.
    pub(crate) fn from_slots(slots: &[u32]) -> Order {
        let n_in_range = n_consecutive(slots);
        if n_in_range == slots.len() {
            return Order::Row(range_of(slots));
        }
        if slots.len() <= FEW {
            return Order::Few(slots.into());
        }
        let mut pieces = Vec::with_capacity(slots.len() / PIECE + 1);
        let (mut n_stored, mut at) = (0, 0);
        while at < slots.len() {
            let n_slots = n_consecutive(&slots[at..]);
            if n_slots >= MIN_RANGE {
                pieces.extend(slots[n_stored..at].chunks(PIECE).map(|slots| Piece::slots(slots.to_vec())));
                pieces.push(Piece::Row(range_of(&slots[at..at + n_slots])));
                n_stored = at + n_slots;
            }
            at += n_slots;
        }
        pieces.extend(slots[n_stored..].chunks(PIECE).map(|slots| Piece::slots(slots.to_vec())));
        let branches = pieces.chunks(BRANCH / 2).map(|pieces| Branch::new(pieces.to_vec()));
        Order::Many(Arc::new(branches.collect()))
    }
}

fn range_of(slots: &[u32]) -> SlotRange {
    slots.first().map_or(SlotRange::default(), |&first| SlotRange::new(first, slots.len() as u32))
}

/// Returns how many slots at the front are consecutive.
fn n_consecutive(slots: &[u32]) -> usize {
    let n_pairs = slots.windows(2).take_while(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
    slots.len().min(n_pairs + 1)
}
