//! Keeps the known jobs by number and by id: all that have not ended, and the last that have.
//!
//! A clone shares blocks of jobs until one side changes a block, so that a fork of many ended jobs is cheap.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use drivesim_jobs::SimTime;

use crate::ids::JobId;
use crate::job_state::JobState;

/// How many jobs are in one block.
const BLOCK: u64 = 256;
/// Into how many parts the index by id is split.
const PARTS: usize = 64;

/// The number and bytes of ended jobs that are known, or their limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndedJobs {
    /// The number of jobs, or its limit.
    pub number: usize,
    /// About how many bytes they take, or may take.
    pub bytes: usize,
}

impl EndedJobs {
    pub(crate) const fn new(number: usize, bytes: usize) -> EndedJobs {
        EndedJobs { number, bytes }
    }

    fn exceeds(self, most: EndedJobs) -> bool {
        self.number > most.number || self.bytes > most.bytes
    }
}

/// A job that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndedJob {
    pub(super) number: u64,
    /// When it is forgotten at the latest.
    pub(super) until: SimTime,
    /// About how many bytes it takes.
    pub(super) n_bytes: usize,
}

type Block = BTreeMap<u64, Arc<JobState>>;

/// The known jobs.
#[derive(Clone, Debug)]
pub(super) struct JobRegistry {
    /// By number, in blocks.
    blocks: BTreeMap<u64, Arc<Block>>,
    /// Their numbers by id.
    numbers: Vec<Arc<HashMap<JobId, u64>>>,
    ended: Queue,
    /// The number and bytes of the ended jobs.
    taken: EndedJobs,
    most: EndedJobs,
}

impl JobRegistry {
    pub(super) fn new(most: EndedJobs) -> JobRegistry {
        JobRegistry {
            blocks: BTreeMap::new(),
            numbers: vec![Arc::default(); PARTS],
            ended: Queue::default(),
            taken: EndedJobs::new(0, 0),
            most,
        }
    }

    /// Adds a job, or replaces the one with its number.
    pub(super) fn insert(&mut self, cell: &Arc<JobState>) {
        let block = self.blocks.entry(cell.number / BLOCK).or_default();
        if Arc::make_mut(block).insert(cell.number, cell.clone()).is_none() {
            if let Some(part) = self.numbers.get_mut(part_of(cell.id)) {
                Arc::make_mut(part).insert(cell.id, cell.number);
            }
        }
    }

    /// Returns the number of known jobs.
    pub(super) fn len(&self) -> usize {
        self.blocks.values().map(|block| block.len()).sum()
    }

    pub(super) fn get(&self, id: JobId) -> Option<&Arc<JobState>> {
        let number = self.numbers.get(part_of(id))?.get(&id)?;
        self.numbered(*number)
    }

    pub(super) fn numbered(&self, number: u64) -> Option<&Arc<JobState>> {
        self.blocks.get(&(number / BLOCK))?.get(&number)
    }

    /// Returns the jobs with numbers above `number`, oldest first.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Arc<JobState>> {
        let blocks = self.blocks.range(number / BLOCK..).map(|(_, block)| block);
        let above = (Bound::Excluded(number), Bound::Unbounded);
        blocks.flat_map(move |block| block.range(above).map(|(_, cell)| cell))
    }

    /// Records that a job has ended.
    pub(super) fn end(&mut self, job: EndedJob) {
        self.taken.number += 1;
        self.taken.bytes = self.taken.bytes.saturating_add(job.n_bytes);
        self.ended.push(job);
    }

    /// Forgets the oldest ended jobs: those that are expired, and more as long as there are too many.
    ///
    /// Returns them, to be dropped without a lock.
    #[must_use]
    pub(super) fn forget(&mut self, now: SimTime) -> Vec<Arc<JobState>> {
        let mut forgotten = Vec::new();
        while let Some(job) = self.ended.first() {
            if job.until >= now && !self.taken.exceeds(self.most) {
                break;
            }
            self.ended.pop();
            self.taken.number -= 1;
            self.taken.bytes = self.taken.bytes.saturating_sub(job.n_bytes);
            forgotten.extend(self.remove(job.number));
        }
        forgotten
    }

    fn remove(&mut self, number: u64) -> Option<Arc<JobState>> {
        let block = self.blocks.get_mut(&(number / BLOCK))?;
        let cell = Arc::make_mut(block).remove(&number)?;
        if block.is_empty() {
            self.blocks.remove(&(number / BLOCK));
        }
        if let Some(part) = self.numbers.get_mut(part_of(cell.id)) {
            Arc::make_mut(part).remove(&cell.id);
        }
        Some(cell)
    }

    /// Returns the number and bytes of the ended jobs.
    pub(super) fn ended_usage(&self) -> EndedJobs {
        self.taken
    }

    /// Returns the limit of the ended jobs.
    pub(super) fn ended_limit(&self) -> EndedJobs {
        self.most
    }

    pub(super) fn set_ended_limit(&mut self, most: EndedJobs) {
        self.most = most;
    }
}

fn part_of(id: JobId) -> usize {
    // All bytes of the id but a few bits come from a hash.
    usize::from(id.as_uuid().as_bytes()[0]) % PARTS
}

/// The jobs that have ended, oldest end first.
#[derive(Clone, Debug, Default)]
struct Queue {
    blocks: VecDeque<Arc<Vec<EndedJob>>>,
    /// How many jobs of the first block were removed.
    n_removed: usize,
}

impl Queue {
    fn push(&mut self, job: EndedJob) {
        match self.blocks.back_mut().filter(|last| (last.len() as u64) < BLOCK) {
            Some(last) => Arc::make_mut(last).push(job),
            None => self.blocks.push_back(Arc::new(vec![job])),
        }
    }

    fn first(&self) -> Option<EndedJob> {
        self.blocks.front()?.get(self.n_removed).copied()
    }

    fn pop(&mut self) {
        self.n_removed += 1;
        if self.blocks.front().is_some_and(|first| first.len() <= self.n_removed) {
            self.blocks.pop_front();
            self.n_removed = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CopyOptions;
    use crate::sim::Sim;

    #[test]
    fn a_fork_shares_blocks_of_ended_jobs_until_a_block_changes() {
        let sim = Sim::builder().outline("a\nto/\n").build().unwrap();
        let copy = |sim: &Sim| {
            let options = CopyOptions::default().on_conflict(drivesim_core::Conflict::Rename);
            sim.copy("/a", "/to", options).unwrap();
        };
        (0..10 * BLOCK).for_each(|_| copy(&sim));
        let known = |sim: &Sim| sim.state().jobs.known.read().clone();
        let fork = sim.fork();
        copy(&sim);
        let (one, other) = (known(&sim), known(&fork));
        let same = |pairs: &mut dyn Iterator<Item = bool>| pairs.filter(|is_same| *is_same).count();
        let blocks = &mut one.blocks.values().zip(other.blocks.values()).map(|(a, b)| Arc::ptr_eq(a, b));
        let parts = &mut one.numbers.iter().zip(&other.numbers).map(|(a, b)| Arc::ptr_eq(a, b));
        let ended = &mut one.ended.blocks.iter().zip(&other.ended.blocks).map(|(a, b)| Arc::ptr_eq(a, b));
        // The number 10 * BLOCK starts the last block, which the new job joins.
        assert_eq!((same(blocks), same(parts), same(ended)), (10, PARTS - 1, 10));
    }
}
