//! Calculates how far a job should be, and when it is due next.

use drivesim_jobs::{Pace, Percent, SimTime, Timeline};

use crate::job_state::{JobState, Running};
use crate::options::Visibility;

/// The progress that a job should have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) n_done: usize,
    pub(crate) percent: Percent,
    pub(crate) is_end: bool,
    /// When the job reached this position.
    pub(crate) at: SimTime,
}

impl JobState {
    /// Returns how far the job should be at `now`, after some polls and steps.
    pub(crate) fn position(
        &self,
        timeline: &Timeline,
        n_polls: u32,
        n_steps: usize,
        now: SimTime,
    ) -> Position {
        let n_items = timeline.work().n_items();
        let (n_done, percent, is_end, at) = match self.request.pace {
            Pace::Instant => (n_items, Percent::ALMOST, true, now),
            Pace::Polls(n) => {
                let percent = timeline.percent_after_polls(n_polls);
                (timeline.items_after_polls(n_polls), percent, n_polls >= n, now)
            }
            Pace::Held => {
                let n_done = timeline.items_after_steps(n_steps);
                (n_done, timeline.percent_after_steps(n_steps), n_done == n_items, now)
            }
            Pace::ItemsPerSecond(_) | Pace::BytesPerSecond(_) | Pace::After(_) => {
                let end = timeline.end_due().unwrap_or(now);
                (timeline.items_done(now), timeline.percent_at(now), end <= now, end.min(now))
            }
        };
        Position { n_done, percent, is_end, at }
    }

    /// Returns when the clock moves a running job next.
    pub(crate) fn next_due(&self, running: &Running, timeline: &Timeline) -> Option<SimTime> {
        let end = timeline.end_due()?;
        match self.request.visibility {
            Visibility::OnCompletion => Some(end),
            Visibility::Gradual => {
                timeline.item_due(running.attached.n_revealed() + 1).map(|due| due.min(end))
            }
        }
    }
}
