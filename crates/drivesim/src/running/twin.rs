//! Forks a job: the forked job continues from the same state, in the drives of the fork.

use std::sync::Arc;

use drivesim_jobs::{Pace, SimTime};
use parking_lot::{Mutex, MutexGuard};

use crate::running::{Inner, JobCell, Phase, Running, RunningBytes, RunningShare, Shown};

/// A job that no thread moves while this guard lives.
pub(crate) struct Held<'a> {
    cell: &'a Arc<JobCell>,
    inner: MutexGuard<'a, Inner>,
}

impl JobCell {
    /// Pauses the job. Several are paused in the order of their numbers. This never waits for a copy that is staged: no
    /// thread stages under the lock.
    pub(crate) fn hold(self: &Arc<Self>) -> Held<'_> {
        Held { cell: self, inner: self.inner.lock() }
    }

    /// Returns whether this is the same job, in the same state or in a fork.
    pub(crate) fn is_twin_of(&self, other: &JobCell) -> bool {
        Arc::ptr_eq(&self.order, &other.order)
    }
}

impl Held<'_> {
    /// Returns whether the job has ended. An ended job never changes, so forks share it.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.inner.phase, Phase::Ended)
    }

    /// Creates the forked job, and returns when it is due.
    ///
    /// A job that is being started has not started in the fork: the copy being staged is for other drives.
    pub(crate) fn twin(&self, running: &Arc<RunningBytes>) -> (Arc<JobCell>, Option<SimTime>) {
        let JobCell { id, number, accepted_at, order, .. } = &**self.cell;
        let Inner { phase, started_at, ended_at, marks, n_looks, n_steps, .. } = &*self.inner;
        let (phase, started_at, shown) = match phase {
            Phase::Waiting | Phase::Starting => (Phase::Waiting, None, Shown::new()),
            Phase::Running(of) => {
                let forked = of.fork(running.add(of.n_bytes(order)));
                (Phase::Running(forked), *started_at, self.cell.shown.lock().fork())
            }
            Phase::Ended => (Phase::Ended, *started_at, self.cell.shown.lock().fork()),
        };
        let inner = Inner {
            phase,
            started_at,
            ended_at: *ended_at,
            marks: marks.clone(),
            listeners: Vec::new(),
            n_looks: *n_looks,
            n_steps: *n_steps,
        };
        let (inner, shown) = (Mutex::new(inner), Mutex::new(shown));
        let order = order.clone();
        (
            Arc::new(JobCell { id: *id, number: *number, accepted_at: *accepted_at, order, inner, shown }),
            self.due(),
        )
    }

    /// Returns when the job is due: its due time if the clock moves it; otherwise at once if a poll or step was
    /// interrupted halfway.
    fn due(&self) -> Option<SimTime> {
        let cell = self.cell;
        let at_once = Some(cell.accepted_at);
        let pace = cell.order.pace;
        match &self.inner.phase {
            Phase::Ended => None,
            Phase::Running(running) if pace.is_timed() => cell.next_due(running, &running.timeline),
            Phase::Running(running) => at_once.filter(|_| self.is_behind(running)),
            Phase::Waiting | Phase::Starting if pace.is_timed() => pace.start_due(cell.accepted_at),
            Phase::Starting => at_once,
            Phase::Waiting => at_once.filter(|_| match pace {
                Pace::Polls(_) => self.inner.n_looks > 0,
                Pace::Held => self.inner.n_steps > 0,
                _ => true,
            }),
        }
    }

    /// Returns whether polls or steps were counted that have had no effect yet.
    fn is_behind(&self, running: &Running) -> bool {
        let Inner { n_looks, n_steps, .. } = *self.inner;
        let position = self.cell.position(&running.timeline, n_looks, n_steps, SimTime::ZERO);
        let shown = self.cell.shown.lock();
        let is_ahead =
            position.n_done > shown.progress.items_done || position.percent > shown.machine.percent();
        is_ahead || position.is_end
    }
}

impl Running {
    /// Returns a copy with its own count of bytes.
    fn fork(&self, share: RunningShare) -> Running {
        let Running { timeline, item, path, refused, filling, .. } = self;
        Running {
            timeline: timeline.clone(),
            item: *item,
            path: path.clone(),
            refused: refused.clone(),
            filling: filling.clone(),
            share,
        }
    }
}

impl Shown {
    /// Returns the view of a forked job; waiters stay with the original.
    fn fork(&self) -> Shown {
        let Shown { machine, timeline, progress, n_tasks, .. } = self;
        let (machine, timeline) = (machine.clone(), timeline.clone());
        Shown { machine, timeline, progress: *progress, n_tasks: *n_tasks, wakers: Vec::new() }
    }
}
