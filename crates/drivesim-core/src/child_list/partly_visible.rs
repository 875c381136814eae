//! Tracks which children of a folder are visible while a copy fills it.
//!
//! The children that a copy gave to the folder are one run of slots. Their positions in the order are computed when the
//! copy is built, so that making one visible sets a bit. All other visible children are listed.

use std::sync::Arc;

use super::bits::Bits;
use super::order::SlotRange;
use super::shifted::{Shifted, ShiftedIter};

/// The visible children in the order of the service.
#[derive(Clone, Debug)]
pub(crate) struct PartlyVisible {
    pub(crate) run: Option<CopiedRun>,
    /// The visible children that are not part of the run.
    pub(crate) others: Shifted,
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
    pub(crate) fn new(shown: Shifted) -> PartlyVisible {
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

    /// Makes a hidden child of the run visible; returns whether it is one of the run.
    pub(crate) fn reveal_in_run(&mut self, slot: u32, generation: u32) -> bool {
        match self.run.as_mut().and_then(|run| Some((run.position(slot, generation)?, run))) {
            Some((position, run)) => {
                run.visible.set(position, true);
                true
            }
            None => false,
        }
    }

    /// Hides a visible child of the run; returns whether it was one.
    pub(crate) fn hide_in_run(&mut self, slot: u32, generation: u32) -> bool {
        let Some(run) = &mut self.run else { return false };
        let position = run.position(slot, generation).filter(|&position| run.visible.get(position));
        if let Some(position) = position {
            run.visible.set(position, false);
        }
        position.is_some()
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
    pub(crate) fn len(&self) -> u32 {
        self.visible.n_set()
    }

    /// Returns visible child number `rank`.
    pub(crate) fn get(&self, rank: u32) -> Option<u32> {
        let position = self.visible.select(rank)?;
        match &self.order {
            Some(order) => order.get(position),
            None => Some(self.row.first + position),
        }
    }

    /// Iterates over the visible children from number `rank` on.
    pub(crate) fn iter_from(&self, rank: u32) -> RunIter<'_> {
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
