//! Tracks which children of a folder are visible while a copy fills it.
//!
//! The children that a copy gave to the folder are one run of slots. Their positions in the order are computed when the
//! copy is built, so that making one visible sets a bit. All other visible children are listed.

use std::sync::Arc;

use super::bits::Bits;
use crate::children::order::SlotRange;
use crate::children::shifted::{Shifted, ShiftedIter};
use crate::children::sorter::Sorter;

/// The visible children in the order of the service.
#[derive(Clone, Debug)]
pub(crate) struct PartlyVisible {
    pub(super) run: Option<CopiedRun>,
    /// The visible children that are not part of the run.
    pub(super) others: Shifted,
}

/// The children that a copy gave to a folder.
#[derive(Clone, Debug)]
pub(crate) struct CopiedRun {
    row: SlotRange,
    /// The generation of these slots until they are reused.
    generation: u32,
    /// The order of the service; `None` for the order of slots.
    order: Option<Shifted>,
    /// The positions in the order, by slot.
    positions: Arc<[u32]>,
    /// By position; children that have left the folder count as hidden.
    visible: Bits,
}

impl PartlyVisible {
    /// Starts with these visible children; hidden ones are not part of the order.
    pub(super) fn new(shown: Shifted) -> PartlyVisible {
        PartlyVisible { run: None, others: shown }
    }

    /// Starts with the children of a copy, all of them hidden.
    pub(super) fn of_copy(row: SlotRange, generation: u32, order: Option<Shifted>) -> PartlyVisible {
        let mut positions = vec![0; if order.is_some() { row.len as usize } else { 0 }];
        for (at, slot) in (0..).zip(order.iter().flat_map(|order| order.iter_from(0))) {
            if let Some(position) = positions.get_mut((slot - row.first) as usize) {
                *position = at;
            }
        }
        let run =
            CopiedRun { row, generation, order, positions: positions.into(), visible: Bits::new(row.len) };
        PartlyVisible { run: Some(run), others: Shifted::empty() }
    }

    /// Adds a visible child.
    pub(super) fn add(&mut self, slot: u32, sorter: Sorter<'_>) {
        self.others.insert(self.rank(slot, sorter), slot);
    }

    /// Makes a hidden child visible.
    pub(super) fn reveal(&mut self, slot: u32, sorter: Sorter<'_>) {
        let generation = sorter.generation(slot);
        match self.run.as_mut().and_then(|run| Some((run.position(slot, generation)?, run))) {
            Some((position, run)) => run.visible.set(position, true),
            None => self.add(slot, sorter),
        }
    }

    /// Removes a visible child.
    pub(super) fn remove(&mut self, slot: u32, sorter: Sorter<'_>) {
        let generation = sorter.generation(slot);
        if let Some(run) = &mut self.run {
            if let Some(position) =
                run.position(slot, generation).filter(|&position| run.visible.get(position))
            {
                return run.visible.set(position, false);
            }
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

impl CopiedRun {
    /// Returns the position of a child that came with the copy.
    fn position(&self, slot: u32, generation: u32) -> Option<u32> {
        let at = slot.checked_sub(self.row.first).filter(|&at| at < self.row.len)?;
        let is_same = generation == self.generation;
        is_same.then(|| self.positions.get(at as usize).copied().unwrap_or(at))
    }

    /// Returns how many children of the run are visible.
    pub(super) fn len(&self) -> u32 {
        self.visible.n_set()
    }

    /// Returns visible child number `rank`.
    pub(super) fn get(&self, rank: u32) -> Option<u32> {
        let position = self.visible.select(rank)?;
        match &self.order {
            Some(order) => order.get(position),
            None => Some(self.row.first + position),
        }
    }

    /// Iterates over the visible children from number `rank` on.
    pub(super) fn iter_from(&self, rank: u32) -> RunIter<'_> {
        let position = self.visible.select(rank).unwrap_or(self.row.len);
        RunIter { run: self, position, slots: self.order.as_ref().map(|order| order.iter_from(position)) }
    }
}

/// Iterates over the visible children of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunIter<'a> {
    run: &'a CopiedRun,
    /// The next position, visible or not.
    position: u32,
    /// The slots from that position on.
    slots: Option<ShiftedIter<'a>>,
}

impl Iterator for RunIter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let position = self.run.visible.next(self.position)?;
        let n_skipped = position - self.position;
        self.position = position + 1;
        match &mut self.slots {
            Some(slots) => slots.nth(n_skipped as usize),
            None => Some(self.run.row.first + position),
        }
    }
}
