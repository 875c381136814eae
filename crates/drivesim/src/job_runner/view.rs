//! Holds the visible part of a job: state, progress, outcome, waiters.

use std::sync::Arc;
use std::task::Waker;

use drivesim_core::ItemId;
use drivesim_jobs::{Machine, Percent, SimTime, Status, Timeline};

use crate::error::Error;
use crate::job_runner::{CopyRequest, JobState};

/// About how many bytes the tables of jobs and the allocator take for one job.
const ENTRY: usize = 192;

/// The visible part of a job.
#[derive(Debug)]
pub(super) struct JobView {
    pub(super) machine: Machine<ItemId, Error>,
    pub(super) timeline: Option<Arc<Timeline>>,
    pub(super) progress: Progress,
    pub(super) n_tasks: usize,
    pub(super) wakers: Vec<Waker>,
}

/// The progress of a job in items and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Progress {
    /// Items that are done.
    pub items_done: usize,
    /// Items of the copy; 0 before the job starts.
    pub items_total: usize,
    /// Bytes of the files that are done.
    pub bytes_done: u64,
    /// Bytes of all files of the copy; 0 before the job starts.
    pub bytes_total: u64,
}

impl JobView {
    /// Creates the view of a job that has not started.
    pub(super) fn new() -> JobView {
        JobView {
            machine: Machine::new(),
            timeline: None,
            progress: Progress::default(),
            n_tasks: 0,
            wakers: Vec::new(),
        }
    }
}

impl JobState {
    pub(crate) fn status(&self) -> Status {
        self.view.lock().machine.status()
    }

    pub(crate) fn outcome(&self) -> Option<Result<ItemId, Error>> {
        self.view.lock().machine.outcome().cloned()
    }

    /// Returns the percentage at `now`; the item in progress counts by its fraction.
    pub(crate) fn percent(&self, now: SimTime) -> Percent {
        self.read(now).1
    }

    /// Returns state, percentage and outcome at one moment.
    pub(crate) fn read(&self, now: SimTime) -> (Status, Percent, Option<Result<ItemId, Error>>) {
        let mut shown = self.view.lock();
        if let Some(timeline) = shown.timeline.clone().filter(|_| self.request.pace.is_timed()) {
            shown.machine.progress(timeline.percent_at(now));
        }
        (shown.machine.status(), shown.machine.percent(), shown.machine.outcome().cloned())
    }

    /// Returns about how many bytes the job takes when it has ended.
    pub(crate) fn n_bytes(&self) -> usize {
        let order = &*self.request;
        let ends = order.endpoints.as_ref().map_or(0, |ends| ends.source.path.len() + ends.target.path.len());
        let texts = ends + order.user.len() + order.spec.name.as_ref().map_or(0, String::len);
        let shown = self.view.lock();
        let error = match shown.machine.outcome() {
            Some(Err(error)) => error.n_bytes(),
            _ => 0,
        };
        ENTRY + size_of::<JobState>() + size_of::<CopyRequest>() + texts + error
    }

    pub(crate) fn progress(&self) -> Progress {
        self.view.lock().progress
    }

    pub(crate) fn n_parallel_tasks(&self) -> usize {
        self.view.lock().n_tasks
    }

    /// Returns all waiters, to be woken, and records the final progress: nobody will move the job any more.
    pub(crate) fn retire(&self, now: SimTime) -> Vec<Waker> {
        self.read(now);
        std::mem::take(&mut self.view.lock().wakers)
    }

    /// Returns the outcome, or registers `waker` to be woken when there is one.
    pub(crate) fn outcome_or_wake(&self, waker: &Waker) -> Option<Result<ItemId, Error>> {
        let mut shown = self.view.lock();
        if shown.machine.outcome().is_none() && !shown.wakers.iter().any(|known| known.will_wake(waker)) {
            shown.wakers.push(waker.clone());
        }
        shown.machine.outcome().cloned()
    }
}
