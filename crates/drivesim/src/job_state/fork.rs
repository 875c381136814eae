//! Forks a job: the forked job continues from the same state, in the drives of the fork.

use std::sync::Arc;

use drivesim_jobs::{Pace, SimTime};
use parking_lot::{Mutex, MutexGuard};

use crate::job_state::{Inner, JobState, JobView, Phase, Running, RunningBytes, RunningShare};

/// A job that no thread moves while this guard lives.
pub(crate) struct PausedJob<'a> {
    cell: &'a Arc<JobState>,
    inner: MutexGuard<'a, Inner>,
}

impl JobState {
    /// Pauses the job. Several are paused in the order of their numbers. This never waits for a copy that is staged: no
    /// thread stages under the lock.
    pub(crate) fn pause(self: &Arc<Self>) -> PausedJob<'_> {
        PausedJob { cell: self, inner: self.inner.lock() }
    }
}

impl PausedJob<'_> {
    /// Returns whether the job has ended. An ended job never changes, so forks share it.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.inner.phase, Phase::Ended)
    }

    /// Creates the forked job, and returns when it is due.
    ///
    /// A job that is being started has not started in the fork: the copy being staged is for other drives.
    pub(crate) fn fork(&self, running: &Arc<RunningBytes>) -> (Arc<JobState>, Option<SimTime>) {
        let JobState { id, number, accepted_at, request, .. } = &**self.cell;
        let Inner { phase, started_at, ended_at, marks, n_polls, n_steps, .. } = &*self.inner;
        let (phase, started_at, view) = match phase {
            Phase::Waiting | Phase::Starting => (Phase::Waiting, None, JobView::new()),
            Phase::Running(of) => {
                let forked = of.fork(running.add(of.n_bytes(request)));
                (Phase::Running(forked), *started_at, self.cell.view.lock().fork())
            }
            Phase::Ended => (Phase::Ended, *started_at, self.cell.view.lock().fork()),
        };
        let inner = Inner {
            phase,
            started_at,
            ended_at: *ended_at,
            marks: marks.clone(),
            listeners: Vec::new(),
            n_polls: *n_polls,
            n_steps: *n_steps,
        };
        let forked = JobState {
            id: *id,
            number: *number,
            accepted_at: *accepted_at,
            request: request.clone(),
            inner: Mutex::new(inner),
            view: Mutex::new(view),
        };
        (Arc::new(forked), self.due())
    }

    /// Returns when the job is due: its due time if the clock moves it; otherwise at once if a poll or step was
    /// interrupted halfway.
    fn due(&self) -> Option<SimTime> {
        let cell = self.cell;
        let at_once = Some(cell.accepted_at);
        let pace = cell.request.pace;
        match &self.inner.phase {
            Phase::Ended => None,
            Phase::Running(running) if pace.is_timed() => cell.next_due(running, &running.timeline),
            Phase::Running(running) => at_once.filter(|_| self.is_behind(running)),
            Phase::Waiting | Phase::Starting if pace.is_timed() => pace.start_due(cell.accepted_at),
            Phase::Starting => at_once,
            Phase::Waiting => at_once.filter(|_| match pace {
                Pace::Polls(_) => self.inner.n_polls > 0,
                Pace::Held => self.inner.n_steps > 0,
                _ => true,
            }),
        }
    }

    /// Returns whether polls or steps were counted that have had no effect yet.
    fn is_behind(&self, running: &Running) -> bool {
        let Inner { n_polls, n_steps, .. } = *self.inner;
        let position = self.cell.position(&running.timeline, n_polls, n_steps, SimTime::ZERO);
        let shown = self.cell.view.lock();
        let is_ahead =
            position.n_done > shown.progress.items_done || position.percent > shown.machine.percent();
        is_ahead || position.is_end
    }
}

impl Running {
    /// Returns a copy with its own count of bytes.
    fn fork(&self, share: RunningShare) -> Running {
        let Running { timeline, item, path, errors: refused, attached, .. } = self;
        Running {
            timeline: timeline.clone(),
            item: *item,
            path: path.clone(),
            errors: refused.clone(),
            attached: attached.clone(),
            share,
        }
    }
}

impl JobView {
    /// Returns the view of a forked job; waiters stay with the original.
    fn fork(&self) -> JobView {
        let JobView { machine, timeline, progress, n_tasks, .. } = self;
        let (machine, timeline) = (machine.clone(), timeline.clone());
        JobView { machine, timeline, progress: *progress, n_tasks: *n_tasks, wakers: Vec::new() }
    }
}
