//! Moves one job: counts polls and steps, and runs what is due. Its parts start, reveal and end the job.

mod begin;
mod end;
mod endpoints;
mod publish;
mod readers;
mod reveal;
mod start;

use drivesim_jobs::{Pace, SimTime};

use crate::effects::Effects;
use crate::job_state::{JobState, Phase};
use crate::stage_copy::stage_copy;
use crate::state::Shared;

impl JobState {
    /// Counts one poll. The caller reads the state afterwards.
    pub(crate) fn poll(&self, sim: &Shared, at: SimTime, effects: &mut Effects) {
        {
            let mut inner = self.inner.lock();
            inner.n_polls = inner.n_polls.saturating_add(1);
        }
        if matches!(self.request.pace, Pace::Polls(_)) {
            self.run_until(sim, at, effects);
        }
    }

    /// Advances a held job by `n_items` items.
    pub(crate) fn step(&self, sim: &Shared, n_items: usize, at: SimTime, effects: &mut Effects) {
        {
            let mut inner = self.inner.lock();
            inner.n_steps = inner.n_steps.saturating_add(n_items);
        }
        self.run_until(sim, at, effects);
    }

    /// Runs everything that is due by `now`, and returns when the job is due next if the clock moves it.
    ///
    /// If another thread is starting the job this returns at once; that thread continues with what is due.
    pub(crate) fn run_until(&self, sim: &Shared, now: SimTime, effects: &mut Effects) -> Option<SimTime> {
        // Polls and steps act at the time of the call, even if all of the future is run.
        let now = if self.request.pace.is_timed() { now } else { now.min(sim.clock.now()) };
        if let Some(at) = self.claim(sim, now, effects) {
            let staged = stage_copy(sim, &self.request, self.accepted_at, sim.timestamp(at));
            self.finish_start(sim, staged, at, effects);
        }
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &mut inner.phase else { return None };
        let timeline = running.timeline.clone();
        let position = self.position(&timeline, inner.n_polls, inner.n_steps, now);
        // The thread that runs the future advances the clock, so that no job is ever ahead of it.
        sim.clock.follow(position.at);
        self.pass_marks(sim, &mut inner, &timeline, &position, now, effects);
        let Phase::Running(running) = &mut inner.phase else { return None };
        if !self.reveal(sim, running, &position) {
            self.fail_as_orphaned(sim, &mut inner, position.at, effects);
            return None;
        }
        if position.is_end {
            self.end(sim, &mut inner, position.at, effects);
            return None;
        }
        self.next_due(running, &timeline)
    }
}
