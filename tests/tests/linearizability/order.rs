//! Searches for an order of recorded operations that explains their results.

use std::collections::BTreeMap;

use super::record::RecordedOp;
use super::reference::{CopySource, Reference, copy_result};
use super::terms::{OpResult, StartCopy, as_copy};

/// The progress of the next operation of a thread.
#[derive(Clone, Copy)]
enum Phase {
    NotStarted,
    /// A copy has passed its checks.
    Checked,
    /// The source of a copy has been read and kept under this number.
    SourceRead(usize),
}

/// A partial order of a history, under search.
struct Linearization<R> {
    reference: R,
    /// The number of completed operations of each thread, and the phase of the next one.
    at: Vec<(usize, Phase)>,
    /// The ids of the reference by the ids of the history.
    ids: BTreeMap<u64, u64>,
    n_kept: usize,
}

impl<R: Reference> Linearization<R> {
    fn empty(reference: R, start: &[u64], n_threads: usize) -> Linearization<R> {
        let ids = start.iter().copied().zip(reference.start_ids()).collect();
        Linearization { reference, at: vec![(0, Phase::NotStarted); n_threads], ids, n_kept: 0 }
    }

    /// Returns whether the order can be completed.
    fn can_complete(&self, history: &[Vec<RecordedOp>]) -> bool {
        let next: Vec<Option<&RecordedOp>> =
            history.iter().zip(&self.at).map(|(ops, (n_done, _))| ops.get(*n_done)).collect();
        if next.iter().all(Option::is_none) {
            return true;
        }
        // An operation cannot precede one that ended before it started.
        let first_end = next.iter().flatten().map(|recorded| recorded.to).min().unwrap_or(u64::MAX);
        let may_be_next = |thread: &usize| next[*thread].is_some_and(|recorded| recorded.from <= first_end);
        (0..next.len()).filter(may_be_next).any(|thread| {
            let extended = next[thread].and_then(|recorded| self.extended(thread, recorded));
            extended.is_some_and(|order| order.can_complete(history))
        })
    }

    /// Returns the order with one more step of an operation, if its result matches the recorded one.
    fn extended(&self, thread: usize, recorded: &RecordedOp) -> Option<Linearization<R>> {
        let mut order = Linearization {
            reference: self.reference.fork(),
            at: self.at.clone(),
            ids: self.ids.clone(),
            n_kept: self.n_kept,
        };
        let got = match as_copy(&recorded.op) {
            Some(copy) => order.step_copy(thread, &copy),
            None => Some(order.reference.run(&recorded.op)),
        };
        let Some(got) = got else { return Some(order) };
        order.at[thread] = (self.at[thread].0 + 1, Phase::NotStarted);
        order.matches(&recorded.got, &got).then_some(order)
    }

    /// Advances a copy to its next moment, and returns its result after the last one.
    fn step_copy(&mut self, thread: usize, copy: &StartCopy<'_>) -> Option<OpResult> {
        let start = self.reference.start_ids();
        let (source, target) = (start[copy.source], start[copy.target]);
        // The result on a fork decides whether the copy can start and continue.
        let trial = |order: &Linearization<R>| {
            order.reference.fork().copy(CopySource::Item(source), target, copy.options)
        };
        let phase = match self.at[thread].1 {
            Phase::NotStarted => match trial(self) {
                Err(why) => return Some(copy_result(Err(why))),
                Ok(_) => Phase::Checked,
            },
            Phase::Checked => match trial(self) {
                Err(why) | Ok(Err(why)) => return Some(copy_result(Ok(Err(why)))),
                Ok(Ok(_)) => {
                    self.reference.keep(source, self.n_kept);
                    self.n_kept += 1;
                    Phase::SourceRead(self.n_kept - 1)
                }
            },
            Phase::SourceRead(number) => {
                let done = self.reference.copy(CopySource::Kept(number), target, copy.options);
                return Some(copy_result(Ok(done.and_then(|done| done))));
            }
        };
        self.at[thread].1 = phase;
        None
    }

    /// Returns whether two results are equal under the known ids, and records new ids.
    fn matches(&mut self, recorded: &OpResult, got: &OpResult) -> bool {
        recorded.text == got.text
            && recorded.ids.len() == got.ids.len()
            && recorded.ids.iter().zip(&got.ids).all(|(recorded, id)| match self.ids.get(recorded) {
                Some(known) => known == id,
                None => {
                    let is_new = self.ids.values().all(|known| known != id);
                    self.ids.insert(*recorded, *id);
                    is_new
                }
            })
    }
}

/// Returns whether there is an order that explains the history.
pub(super) fn is_linear<R: Reference>(start: &R, start_ids: &[u64], history: &[Vec<RecordedOp>]) -> bool {
    Linearization::empty(start.fork(), start_ids, history.len()).can_complete(history)
}
