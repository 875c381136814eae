//! Iterates over the visible children of a folder in the order in which a service lists them.

use std::iter::Peekable;

use super::sorter::{SortKey, Sorter};
use crate::child_list::order::Order;
use crate::child_list::{PartlyVisible, RunIter, Shifted, ShiftedIter};

/// The visible children of a folder in the order of the service. Finding one by its number or by a key takes at most
/// O(log n) steps, except in folders that are sorted, which are small.
#[derive(Clone, Debug)]
pub(crate) enum VisibleChildren<'a> {
    Sorted(Vec<u32>),
    Canonical(&'a Order),
    Listed(&'a Shifted),
    Partly(&'a PartlyVisible, Sorter<'a>),
}

impl<'a> VisibleChildren<'a> {
    pub(super) fn partial(partial: &'a PartlyVisible, sorter: Sorter<'a>) -> VisibleChildren<'a> {
        match &partial.run {
            Some(run) if run.len() > 0 => VisibleChildren::Partly(partial, sorter),
            _ => VisibleChildren::Listed(&partial.others),
        }
    }

    pub(crate) fn len(&self) -> u32 {
        match self {
            VisibleChildren::Sorted(slots) => slots.len() as u32,
            VisibleChildren::Canonical(order) => order.len(),
            VisibleChildren::Listed(order) => order.len(),
            VisibleChildren::Partly(partial, _) => {
                partial.run.as_ref().map_or(0, |run| run.len()) + partial.others.len()
            }
        }
    }

    /// Returns child number `rank`, counted from 0.
    pub(crate) fn get(&self, rank: u32) -> Option<u32> {
        match self {
            VisibleChildren::Sorted(slots) => slots.get(rank as usize).copied(),
            VisibleChildren::Canonical(order) => order.get(rank),
            VisibleChildren::Listed(order) => order.get(rank),
            VisibleChildren::Partly(..) => self.iter_from(rank).next(),
        }
    }

    /// Iterates over the children from number `rank` on.
    pub(crate) fn iter_from(&self, rank: u32) -> VisibleIter<'_> {
        match self {
            VisibleChildren::Sorted(slots) => {
                VisibleIter::Sorted(slots.get(rank as usize..).unwrap_or_default().iter())
            }
            VisibleChildren::Canonical(order) => VisibleIter::Listed(order.iter_from(rank).into()),
            VisibleChildren::Listed(order) => VisibleIter::Listed(order.iter_from(rank)),
            VisibleChildren::Partly(partial, sorter) => {
                let n_others = n_others_among(partial, *sorter, rank);
                let run = partial.run.as_ref().map(|run| run.iter_from(rank - n_others).peekable());
                let others = partial.others.iter_from(n_others).peekable();
                VisibleIter::Partly { run, others, sorter: *sorter }
            }
        }
    }

    /// Returns how many children do not come after a key.
    pub(crate) fn n_up_to(&self, key: &SortKey<'_>, sorter: Sorter<'_>) -> u32 {
        let is_up_to = |slot: u32| sorter.compare(slot, key).is_le();
        match self {
            VisibleChildren::Sorted(slots) => slots.partition_point(|&slot| is_up_to(slot)) as u32,
            VisibleChildren::Canonical(order) => order.partition_point(is_up_to),
            VisibleChildren::Listed(order) => order.partition_point(is_up_to),
            VisibleChildren::Partly(partial, _) => {
                let run = partial.run.as_ref();
                let in_run = run.map_or(0, |run| {
                    partition_point(0..run.len(), |rank| run.get(rank).is_some_and(is_up_to))
                });
                in_run + partial.others.partition_point(is_up_to)
            }
        }
    }
}

/// Returns how many of the first `rank` children are not part of the run.
fn n_others_among(partial: &PartlyVisible, sorter: Sorter<'_>, rank: u32) -> u32 {
    let Some(run) = &partial.run else { return rank };
    let n_others = partial.others.len();
    if n_others == 0 {
        return 0;
    }
    let rank = rank.min(run.len() + n_others);
    partition_point(rank.saturating_sub(run.len())..rank.min(n_others), |n_before| {
        // Another of the others belongs to them if it comes before the last child of the run that would belong to them.
        let last_of_run = run.get(rank - n_before - 1);
        let next = partial.others.get(n_before).map(|next| sorter.key(next));
        last_of_run.zip(next).is_some_and(|(last, next)| sorter.compare(last, &next).is_gt())
    })
}

/// Returns the first number of a range that does not satisfy `is_before`, or the end of the range.
fn partition_point(numbers: std::ops::Range<u32>, mut is_before: impl FnMut(u32) -> bool) -> u32 {
    let (mut low, mut high) = (numbers.start, numbers.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// Iterates over children in the order of the service.
#[derive(Clone, Debug)]
pub(crate) enum VisibleIter<'a> {
    Sorted(std::slice::Iter<'a, u32>),
    Listed(ShiftedIter<'a>),
    Partly { run: Option<Peekable<RunIter<'a>>>, others: Peekable<ShiftedIter<'a>>, sorter: Sorter<'a> },
}

impl Iterator for VisibleIter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match self {
            VisibleIter::Sorted(slots) => slots.next().copied(),
            VisibleIter::Listed(slots) => slots.next(),
            VisibleIter::Partly { run, others, sorter } => {
                let Some(run) = run else { return others.next() };
                match (run.peek(), others.peek()) {
                    (Some(&in_run), Some(&other)) if sorter.compare(other, &sorter.key(in_run)).is_lt() => {
                        others.next()
                    }
                    (Some(_), _) => run.next(),
                    (None, _) => others.next(),
                }
            }
        }
    }
}
