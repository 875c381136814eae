//! Holds the visible part of a job: state, progress, outcome, waiters.

use std::sync::Arc;
use std::task::Waker;

use drivesim_core::ItemId;
use drivesim_jobs::{IllegalMove, Machine, Percent, SimTime, Status, Timeline};

use crate::error::Error;
use crate::job_state::{CopyRequest, JobReport, JobState, Progress};
use crate::options::Visibility;

/// About how many bytes the tables of jobs and the allocator take for one job.
const ENTRY: usize = 192;

/// The visible part of a job.
#[derive(Debug)]
pub(crate) struct JobView {
    pub(crate) machine: Machine<ItemId, Error>,
    pub(crate) timeline: Option<Arc<Timeline>>,
    pub(crate) progress: Progress,
    pub(crate) n_tasks: usize,
    pub(crate) wakers: Vec<Waker>,
}

impl JobView {
    /// Creates the view of a job that has not started.
    pub(crate) fn new() -> JobView {
        JobView {
            machine: Machine::new(),
            timeline: None,
            progress: Progress::default(),
            n_tasks: 0,
            wakers: Vec::new(),
        }
    }

    /// Returns the percentage at `now`. If the clock moves the job, the item in progress counts by its fraction.
    ///
    /// While another thread is about to reveal items that are due by then, it is the percentage that was read last, so
    /// that it does not contradict the number of items.
    fn percent(&mut self, request: &CopyRequest, now: SimTime) -> Percent {
        let timeline = self.timeline.as_ref().filter(|_| request.pace.is_timed());
        let Some(timeline) = timeline else { return self.machine.percent() };
        let is_gradual = request.visibility == Visibility::Gradual;
        if is_gradual && timeline.items_done(now) > self.progress.items_done {
            return self.machine.percent();
        }
        // Recorded, because a thread may fail the job at an earlier time, and progress never decreases.
        self.machine.progress(timeline.percent_at(now))
    }

    /// Moves a job to another state, which its phase allows.
    pub(crate) fn change_state(
        &mut self,
        change: impl FnOnce(&mut Machine<ItemId, Error>) -> Result<(), IllegalMove>,
    ) {
        let changed = change(&mut self.machine);
        debug_assert_eq!(changed, Ok(()), "the phase of a job does not match its state");
    }
}

impl JobState {
    pub(crate) fn status(&self) -> Status {
        self.view.lock().machine.status()
    }

    pub(crate) fn outcome(&self) -> Option<Result<ItemId, Error>> {
        self.view.lock().machine.outcome().cloned()
    }

    /// Returns the percentage at `now`.
    pub(crate) fn percent(&self, now: SimTime) -> Percent {
        self.view.lock().percent(&self.request, now)
    }

    /// Returns the state of the job at `now`.
    pub(crate) fn report(&self, now: SimTime) -> JobReport {
        let mut view = self.view.lock();
        let percent = view.percent(&self.request, now);
        let JobView { machine, progress, .. } = &*view;
        JobReport {
            status: machine.status(),
            percent,
            progress: *progress,
            outcome: machine.outcome().cloned(),
        }
    }

    /// Returns about how many bytes the job takes when it has ended.
    pub(crate) fn n_bytes(&self) -> usize {
        let request = &*self.request;
        let paths = request.paths.as_ref().map_or(0, |paths| paths.source.len() + paths.target.len());
        let texts = paths + request.user.len() + request.spec.name.as_ref().map_or(0, String::len);
        let view = self.view.lock();
        let error = match view.machine.outcome() {
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
        let mut view = self.view.lock();
        view.percent(&self.request, now);
        std::mem::take(&mut view.wakers)
    }

    /// Returns the outcome, or registers `waker` to be woken when there is one.
    pub(crate) fn outcome_or_wake(&self, waker: &Waker) -> Option<Result<ItemId, Error>> {
        let mut view = self.view.lock();
        if view.machine.outcome().is_none() && !view.wakers.iter().any(|known| known.will_wake(waker)) {
            view.wakers.push(waker.clone());
        }
        view.machine.outcome().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "a job cannot go from `notStarted` to `completed`")]
    fn a_move_that_the_state_forbids_is_noticed_in_debug_builds() {
        JobView::new().change_state(|machine| machine.complete(ItemId::from_bits(1)));
    }
}
