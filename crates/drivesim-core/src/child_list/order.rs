//! Keeps the order of a folder's children: slots in canonical order, in pieces that clones share.
//!
//! Children in consecutive slots are a [`Row`], however many they are: copies, and items created in listing order, have
//! such slots. Others are listed, 4 bytes each, in a tree of fixed height: branches of pieces of slots. Finding by name
//! or by rank, adding and removing take O(log n) steps and a walk over the branches; a million children have about 40.
//! This module knows neither names nor nodes.

mod build;
mod iter;
mod search;

use crate::traffic::make_mut_counted;
use std::sync::Arc;

pub(crate) use self::iter::{OrderIter, OrderPart};

/// The maximum number of slots of a piece.
const PIECE: usize = 256;
/// The maximum number of pieces of a branch.
const BRANCH: usize = 128;
/// The maximum number of children that are listed in one array.
const FEW: usize = 64;
/// When a row is split, this many slots on either side are listed: the next change is likely to be near.
const NEAR: u32 = 63;

/// Consecutive slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SlotRange {
    pub(crate) first: u32,
    pub(crate) len: u32,
}

impl SlotRange {
    pub(crate) fn new(first: u32, len: u32) -> SlotRange {
        SlotRange { first, len }
    }

    /// Returns the slot after the last.
    pub(crate) fn end(self) -> u32 {
        self.first + self.len
    }

    pub(crate) fn slots(self) -> std::ops::Range<u32> {
        self.first..self.end()
    }

    /// Returns the slots with these numbers in the row.
    pub(crate) fn slice(self, ranks: std::ops::Range<u32>) -> SlotRange {
        self.part(ranks.start.min(self.len), ranks.end.min(self.len))
    }

    fn part(self, from: u32, to: u32) -> SlotRange {
        SlotRange { first: self.first + from, len: to - from }
    }

    /// Returns how many slots at the front satisfy `is_before`, by which the row must be partitioned.
    pub(crate) fn partition_point(self, mut is_before: impl FnMut(u32) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self.first + middle) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// The children of one folder in order.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    Row(SlotRange),
    Few(Arc<[u32]>),
    Many(Arc<Vec<Branch>>),
}

/// Consecutive pieces; never empty.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    len: u32,
    pieces: Arc<Vec<Piece>>,
}

/// Slots that are consecutive in the order; never empty.
#[derive(Clone, Debug)]
enum Piece {
    Row(SlotRange),
    Slots(SlotList),
}

/// Arbitrary slots. The first one and their number are stored here too, so that a search among many pieces does not
/// fetch each of them.
#[derive(Clone, Debug)]
struct SlotList {
    first: u32,
    len: u32,
    slots: Arc<Vec<u32>>,
}

impl SlotList {
    fn edit<R>(&mut self, change: impl FnOnce(&mut Vec<u32>) -> R) -> R {
        let changed = change(make_mut_counted(&mut self.slots, |slots| size_of_val(&slots[..])));
        (self.first, self.len) = ends(&self.slots);
        changed
    }
}

fn ends(slots: &[u32]) -> (u32, u32) {
    (slots.first().copied().unwrap_or_default(), slots.len() as u32)
}

impl Piece {
    fn slots(slots: Vec<u32>) -> Piece {
        let (first, len) = ends(&slots);
        Piece::Slots(SlotList { first, len, slots: Arc::new(slots) })
    }

    fn len(&self) -> u32 {
        match self {
            Piece::Row(row) => row.len,
            Piece::Slots(slots) => slots.len,
        }
    }

    fn first(&self) -> u32 {
        match self {
            Piece::Row(row) => row.first,
            Piece::Slots(slots) => slots.first,
        }
    }

    fn get(&self, at: u32) -> u32 {
        match self {
            Piece::Row(row) => row.first + at,
            Piece::Slots(slots) => slots.slots.get(at as usize).copied().unwrap_or_default(),
        }
    }

    fn part(&self) -> OrderPart<'_> {
        match self {
            Piece::Row(row) => OrderPart::Row(*row),
            Piece::Slots(slots) => OrderPart::Slots(&slots.slots),
        }
    }
}

impl Branch {
    fn new(pieces: Vec<Piece>) -> Branch {
        Branch { len: pieces.iter().map(Piece::len).sum(), pieces: Arc::new(pieces) }
    }

    fn first(&self) -> u32 {
        self.pieces.first().map_or(0, Piece::first)
    }
}

/// The position of a child among many: the branch, the piece in it, and the index in that.
struct OrderPosition {
    branch: usize,
    piece: usize,
    at: u32,
}

/// Finds the location of a rank. `is_in` returns whether the remaining rank belongs to a part of the given length.
fn locate(branches: &[Branch], rank: u32, is_in: impl Fn(u32, u32) -> bool) -> Option<OrderPosition> {
    let mut at = rank;
    for (branch_idx, branch) in branches.iter().enumerate() {
        if !is_in(at, branch.len) {
            at -= branch.len;
            continue;
        }
        for (piece_idx, piece) in branch.pieces.iter().enumerate() {
            if is_in(at, piece.len()) {
                return Some(OrderPosition { branch: branch_idx, piece: piece_idx, at });
            }
            at -= piece.len();
        }
    }
    None
}

impl Order {
    pub(crate) fn len(&self) -> u32 {
        match self {
            Order::Row(row) => row.len,
            Order::Few(slots) => slots.len() as u32,
            Order::Many(branches) => branches.iter().map(|branch| branch.len).sum(),
        }
    }

    /// Returns child number `rank`, counted from 0.
    pub(crate) fn get(&self, rank: u32) -> Option<u32> {
        match self {
            Order::Row(row) => (rank < row.len).then(|| row.first + rank),
            Order::Few(slots) => slots.get(rank as usize).copied(),
            Order::Many(branches) => {
                let location = locate(branches, rank, |at, len| at < len)?;
                Some(branches.get(location.branch)?.pieces.get(location.piece)?.get(location.at))
            }
        }
    }

    pub(crate) fn last(&self) -> Option<u32> {
        match self {
            Order::Row(row) => row.len.checked_sub(1).map(|last| row.first + last),
            Order::Few(slots) => slots.last().copied(),
            Order::Many(branches) => {
                let piece = branches.last()?.pieces.last()?;
                Some(piece.get(piece.len().checked_sub(1)?))
            }
        }
    }

    /// Adds a slot as child number `rank`, which is at most the number of children.
    pub(crate) fn insert(&mut self, rank: u32, slot: u32) {
        match self {
            Order::Row(row) if row.len == 0 => *row = SlotRange::new(slot, 1),
            Order::Row(row) if rank == row.len && slot == row.end() => row.len += 1,
            Order::Row(row) if (row.len as usize) < FEW => *self = Order::few(row.slots(), rank, slot),
            Order::Row(row) => {
                *self = Order::Many(Arc::new(vec![Branch::new(split_row(*row, rank, Some(slot)))]));
            }
            Order::Few(slots) if slots.len() < FEW => {
                *self = Order::few(slots.iter().copied(), rank, slot);
            }
            Order::Few(slots) => {
                let mut slots = slots.to_vec();
                slots.insert((rank as usize).min(slots.len()), slot);
                *self = Order::Many(Arc::new(vec![Branch::new(vec![Piece::slots(slots)])]));
            }
            Order::Many(branches) => {
                insert_into(make_mut_counted(branches, |branches| size_of_val(&branches[..])), rank, slot)
            }
        }
    }

    fn few(slots: impl Iterator<Item = u32> + Clone, rank: u32, slot: u32) -> Order {
        let (before, after) = (slots.clone().take(rank as usize), slots.skip(rank as usize));
        Order::Few(before.chain([slot]).chain(after).collect())
    }

    /// Removes child number `rank`.
    pub(crate) fn remove(&mut self, rank: u32) {
        match self {
            Order::Row(row) if rank == 0 && row.len > 0 => *row = row.part(1, row.len),
            Order::Row(row) if rank + 1 >= row.len => row.len = row.len.min(rank),
            Order::Row(row) if row.len as usize <= FEW => {
                *self = Order::Few(row.slots().filter(|&slot| slot != row.first + rank).collect());
            }
            Order::Row(row) => *self = Order::Many(Arc::new(vec![Branch::new(split_row(*row, rank, None))])),
            Order::Few(slots) => {
                let (before, after) =
                    (slots.iter().take(rank as usize), slots.iter().skip(rank as usize + 1));
                *self = Order::Few(before.chain(after).copied().collect());
            }
            Order::Many(branches) => {
                remove_from(make_mut_counted(branches, |branches| size_of_val(&branches[..])), rank)
            }
        }
        self.simplify();
    }

    /// Returns to the simplest form if that is cheap to detect.
    fn simplify(&mut self) {
        let is_one_branch = matches!(self, Order::Many(branches) if branches.len() <= 1);
        if is_one_branch && self.len() as usize <= FEW / 2 {
            *self = Order::Few(self.iter_from(0).collect());
        }
        if self.len() == 0 {
            *self = Order::Row(SlotRange::default());
        }
    }
}

/// Splits a row at `at`, where a slot is inserted or, without `inserted`, removed. Lists the slots near the split.
fn split_row(row: SlotRange, at: u32, inserted: Option<u32>) -> Vec<Piece> {
    let after = if inserted.is_some() { at } else { at + 1 };
    // A short remaining row is listed too.
    let low = at.saturating_sub(NEAR);
    let low = if low <= NEAR { 0 } else { low };
    let high = (after + NEAR).min(row.len);
    let high = if row.len - high <= NEAR { row.len } else { high };
    let near = row.part(low, at).slots().chain(inserted).chain(row.part(after, row.len.max(after)).slots());
    let near: Vec<u32> =
        near.take((at - low) as usize + inserted.iter().len() + (high - after) as usize).collect();
    let mut pieces = Vec::with_capacity(3);
    if low > 0 {
        pieces.push(Piece::Row(row.part(0, low)));
    }
    if !near.is_empty() {
        pieces.push(Piece::slots(near));
    }
    if high < row.len {
        pieces.push(Piece::Row(row.part(high, row.len)));
    }
    pieces
}

fn insert_into(branches: &mut Vec<Branch>, rank: u32, slot: u32) {
    // At the border of two pieces, the slot goes to the end of the first.
    let Some(location) = locate(branches, rank, |at, len| at <= len) else { return };
    let Some(branch) = branches.get_mut(location.branch) else { return };
    branch.len += 1;
    let pieces = make_mut_counted(&mut branch.pieces, |pieces| size_of_val(&pieces[..]));
    match &mut pieces[location.piece] {
        Piece::Row(row) if location.at == row.len && slot == row.end() => row.len += 1,
        Piece::Row(row) => {
            let parts = split_row(*row, location.at, Some(slot));
            pieces.splice(location.piece..=location.piece, parts);
        }
        Piece::Slots(slots) => {
            slots.edit(|slots| slots.insert(location.at as usize, slot));
            if slots.len as usize > PIECE {
                // Adding at the end leaves full pieces.
                let at_end = location.at + 1 == slots.len;
                let rest = slots.edit(|slots| slots.split_off(if at_end { PIECE } else { PIECE / 2 }));
                pieces.insert(location.piece + 1, Piece::slots(rest));
            }
        }
    }
    if pieces.len() > BRANCH {
        let rest = pieces.split_off(BRANCH / 2);
        let rest = Branch::new(rest);
        branch.len -= rest.len;
        branches.insert(location.branch + 1, rest);
    }
}

fn remove_from(branches: &mut Vec<Branch>, rank: u32) {
    let Some(location) = locate(branches, rank, |at, len| at < len) else { return };
    let Some(branch) = branches.get_mut(location.branch) else { return };
    branch.len -= 1;
    let pieces = make_mut_counted(&mut branch.pieces, |pieces| size_of_val(&pieces[..]));
    match &mut pieces[location.piece] {
        Piece::Row(row) if row.len == 1 => drop(pieces.remove(location.piece)),
        Piece::Row(row) if location.at == 0 => *row = row.part(1, row.len),
        Piece::Row(row) if location.at + 1 == row.len => row.len -= 1,
        Piece::Row(row) => {
            let parts = split_row(*row, location.at, None);
            pieces.splice(location.piece..=location.piece, parts);
        }
        Piece::Slots(slots) if slots.len == 1 => drop(pieces.remove(location.piece)),
        Piece::Slots(slots) => {
            slots.edit(|slots| slots.remove(location.at as usize));
            join(pieces, location.piece);
        }
    }
    if pieces.is_empty() {
        branches.remove(location.branch);
    } else if pieces.len() < BRANCH / 4
        && branches.get(location.branch + 1).is_some_and(|next| next.pieces.len() < BRANCH / 4)
    {
        let next = branches.remove(location.branch + 1);
        if let Some(branch) = branches.get_mut(location.branch) {
            branch.len += next.len;
            make_mut_counted(&mut branch.pieces, |pieces| size_of_val(&pieces[..]))
                .extend(next.pieces.iter().cloned());
        }
    }
}

/// Merges a piece that has become short with the next one, if that is short too.
fn join(pieces: &mut Vec<Piece>, at: usize) {
    let [Piece::Slots(slots), Piece::Slots(next), ..] = &pieces[at..] else { return };
    if (slots.len + next.len) as usize > PIECE / 2 {
        return;
    }
    let next = next.slots.clone();
    if let Some(Piece::Slots(slots)) = pieces.get_mut(at) {
        slots.edit(|slots| slots.extend(next.iter()));
    }
    pieces.remove(at + 1);
}

#[cfg(test)]
mod tests;
