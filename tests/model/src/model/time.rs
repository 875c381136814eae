//! Advances the model's clock and its jobs, and reports their progress.

use std::time::Duration;

use drivesim::Pace;

use super::jobs::Running;
use super::{JobState, Model, ModelJob};

const SECOND: u128 = 1_000_000_000;
/// The progress of a job that has done all work and is not completed, in tenths of a percent.
const ALMOST: u128 = 999;
impl Model {
    /// Advances the clock and the jobs that become due: the earliest first, then the older job.
    pub(super) fn advance(&mut self, by: Duration) {
        let until = self.now + by.as_nanos();
        while let Some((due, job)) = self.next_due().filter(|(due, _)| *due <= until) {
            self.do_due(due, job);
        }
        self.now = until;
        self.purge_due();
    }

    /// Runs all due jobs until none is left.
    pub(super) fn run_until_idle(&mut self) {
        while let Some((due, job)) = self.next_due() {
            self.do_due(due, job);
        }
    }

    fn do_due(&mut self, due: u128, job: usize) {
        self.now = due.max(self.now);
        self.purge_due();
        match &self.jobs[job].state {
            JobState::Waiting => self.start_job(job),
            JobState::Running(running) => {
                let n_items = running.n_done + 1;
                self.advance_job(job, n_items);
            }
            JobState::Ended(_) => {}
        }
    }

    fn next_due(&self) -> Option<(u128, usize)> {
        let due = self.jobs.iter().enumerate().filter_map(|(n, job)| Some((job.next_due()?, n)));
        due.min()
    }

    /// Returns the progress of a job in tenths of a percent. A failed job may report anything below 1000.
    pub fn tenths(&self, job: usize) -> Option<u128> {
        match &self.jobs[job].state {
            JobState::Waiting => Some(0),
            JobState::Ended(Ok(_)) => Some(1000),
            JobState::Ended(Err(_)) => None,
            JobState::Running(running) => Some(self.jobs[job].running_tenths(running, self.now)),
        }
    }
}

impl ModelJob {
    /// Returns when the clock next advances the job.
    fn next_due(&self) -> Option<u128> {
        let is_timed =
            matches!(self.pace, Pace::ItemsPerSecond(_) | Pace::BytesPerSecond(_) | Pace::After(_));
        let start = self.accepted_at + 1;
        match &self.state {
            _ if !is_timed => None,
            JobState::Ended(_) => None,
            JobState::Waiting => Some(start),
            JobState::Running(running) => {
                let n_items = running.n_done + 1;
                Some(start.max(self.accepted_at + self.nanos_until(running, n_items)))
            }
        }
    }

    /// Returns the time from acceptance until the first `n_items` items are done.
    fn nanos_until(&self, running: &Running, n_items: usize) -> u128 {
        let n = n_items as u128;
        match self.pace {
            Pace::ItemsPerSecond(rate) => (n * SECOND).div_ceil(u128::from(rate)),
            Pace::BytesPerSecond(rate) => {
                let weight: u128 = running.weights[..n_items].iter().sum();
                (weight * SECOND).div_ceil(u128::from(rate))
            }
            Pace::After(span) => (n * span.as_nanos()).div_ceil(running.plan.len() as u128),
            Pace::Instant | Pace::Polls(_) | Pace::Held => 0,
        }
    }

    fn running_tenths(&self, running: &Running, now: u128) -> u128 {
        let elapsed = now - self.accepted_at;
        let (done, total) = match self.pace {
            Pace::Instant | Pace::Held => (running.n_done as u128, running.plan.len() as u128),
            Pace::Polls(n_polls) => (running.n_polls, u128::from(n_polls)),
            Pace::After(span) => (elapsed, span.as_nanos()),
            Pace::ItemsPerSecond(rate) => (elapsed * u128::from(rate), running.plan.len() as u128 * SECOND),
            Pace::BytesPerSecond(rate) => {
                (elapsed * u128::from(rate), running.weights.iter().sum::<u128>() * SECOND)
            }
        };
        (done * 1000).checked_div(total).unwrap_or(0).min(ALMOST)
    }
}
