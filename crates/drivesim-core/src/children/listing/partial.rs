//! Keeps which children of a folder are shown while a copy fills it.
//!
//! Children that came with the folder, from the copy that made it, are one run of slots. Their places in the order are
//! settled when the copy is built, so to show one is to set a bit. All other children that are shown are listed.

use std::sync::Arc;

use super::bits::Bits;
use crate::children::order::Row;
use crate::children::shifted::{Shifted, ShiftedIter};
use crate::children::sorter::Sorter;

/// Which children are shown, in the order of the service.
#[derive(Clone, Debug)]
pub(crate) struct PartlyShown {
    pub(super) run: Option<CopiedRun>,
    /// Those that are shown and no part of the run.
    pub(super) others: Shifted,
}

/// The children that a copy gave to a folder.
#[derive(Clone, Debug)]
pub(crate) struct CopiedRun {
    row: Row,
    /// The generation that these slots have until they are given to something else.
    generation: u32,
    /// In the order of the service; without it they are in the order of their slots.
    order: Option<Shifted>,
    /// The places in the order, by slot.
    places: Arc<[u32]>,
    /// By place; those that have left the folder count as hidden.
    shown: Bits,
}

impl PartlyShown {
    /// Begins with children that are shown; those that are not are no part of the order.
    pub(super) fn new(shown: Shifted) -> PartlyShown {
        PartlyShown { run: None, others: shown }
    }

    /// Begins with the children of a copy, none of which is shown.
    pub(super) fn of_copy(row: Row, generation: u32, order: Option<Shifted>) -> PartlyShown {
        let mut places = vec![0; if order.is_some() { row.len as usize } else { 0 }];
        for (at, slot) in (0..).zip(order.iter().flat_map(|order| order.iter_from(0))) {
            if let Some(place) = places.get_mut((slot - row.first) as usize) {
                *place = at;
            }
        }
        let run = CopiedRun { row, generation, order, places: places.into(), shown: Bits::new(row.len) };
        PartlyShown { run: Some(run), others: Shifted::empty() }
    }

    /// Adds a child that is shown.
    pub(super) fn add(&mut self, slot: u32, sorter: Sorter<'_>) {
        self.others.insert(self.rank(slot, sorter), slot);
    }

    /// Shows a child that was hidden.
    pub(super) fn show(&mut self, slot: u32, sorter: Sorter<'_>) {
        let generation = sorter.generation(slot);
        match self.run.as_mut().and_then(|run| Some((run.place(slot, generation)?, run))) {
            Some((place, run)) => run.shown.set(place, true),
            None => self.add(slot, sorter),
        }
    }

    /// Takes out a child that is shown.
    pub(super) fn remove(&mut self, slot: u32, sorter: Sorter<'_>) {
        let generation = sorter.generation(slot);
        if let Some(run) = &mut self.run {
            if let Some(place) = run.place(slot, generation).filter(|&place| run.shown.get(place)) {
                return run.shown.set(place, false);
            }
        }
        let rank = self.rank(slot, sorter);
        debug_assert_eq!(self.others.get(rank), Some(slot), "a child that is shown is not listed");
        self.others.remove(rank);
    }

    /// Returns how many of the others come before a child.
    fn rank(&self, slot: u32, sorter: Sorter<'_>) -> u32 {
        let key = sorter.key(slot);
        self.others.partition_point(|other| sorter.compare(other, &key).is_lt())
    }
}

impl CopiedRun {
    /// Returns the place of a child that came with the copy.
    fn place(&self, slot: u32, generation: u32) -> Option<u32> {
        let at = slot.checked_sub(self.row.first).filter(|&at| at < self.row.len)?;
        let is_same = generation == self.generation;
        is_same.then(|| self.places.get(at as usize).copied().unwrap_or(at))
    }

    /// Returns how many are shown.
    pub(super) fn len(&self) -> u32 {
        self.shown.n_set()
    }

    /// Returns number `rank` of those that are shown.
    pub(super) fn get(&self, rank: u32) -> Option<u32> {
        let place = self.shown.select(rank)?;
        match &self.order {
            Some(order) => order.get(place),
            None => Some(self.row.first + place),
        }
    }

    /// Walks those that are shown from number `rank` on.
    pub(super) fn iter_from(&self, rank: u32) -> RunIter<'_> {
        let place = self.shown.select(rank).unwrap_or(self.row.len);
        RunIter { run: self, place, slots: self.order.as_ref().map(|order| order.iter_from(place)) }
    }
}

/// Walks the children of a run that are shown.
#[derive(Clone, Debug)]
pub(crate) struct RunIter<'a> {
    run: &'a CopiedRun,
    /// The place that comes next, shown or not.
    place: u32,
    /// From that place on.
    slots: Option<ShiftedIter<'a>>,
}

impl Iterator for RunIter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let place = self.run.shown.next(self.place)?;
        let n_passed = place - self.place;
        self.place = place + 1;
        match &mut self.slots {
            Some(slots) => slots.nth(n_passed as usize),
            None => Some(self.run.row.first + place),
        }
    }
}
