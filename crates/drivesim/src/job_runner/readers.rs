//! Adds readers of the events of one job, moves them to another state, and closes their channels.

use std::sync::Arc;
use std::task::Waker;

use drivesim_jobs::{Event, EventKind, Every, Percent, SimTime};

use crate::effects::{Effects, Sender};
use crate::job_event::JobEvent;
use crate::job_runner::publish::untouched;
use crate::job_state::{Inner, JobState, Listener, Phase};
use crate::jobs::Jobs;
use crate::state::Shared;

impl JobState {
    /// Adds a reader of the job's events. It first receives a summary of what has happened so far. If the state does
    /// not know the job, nothing follows.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        sim: &Shared,
        every: Every,
        sender: &Sender,
        is_known: bool,
        now: SimTime,
        effects: &mut Effects,
    ) {
        let mut inner = self.inner.lock();
        let mut now = now;
        if is_known {
            // Another thread may have advanced the clock, and the job with it, while this one waited for the lock.
            now = now.max(sim.clock.now());
            self.catch_up_of(sim, &mut inner, now, effects);
        }
        for event in self.summary(&inner, every, now) {
            sender.send(JobEvent::new(self.id, event, sim.timestamp(event.at)), &mut effects.wakers);
        }
        if !is_known || matches!(inner.phase, Phase::Ended) {
            effects.wakers.extend(sender.close());
            return;
        }
        // Dropped readers are removed here too, because a job may stand still for long.
        inner.listeners.retain(|listener| listener.sender.is_read());
        inner.listeners.push(Listener { every, sender: sender.clone() });
        sim.jobs.add_listened(self);
    }

    /// Closes the channels of all readers when the job has ended.
    pub(super) fn close_readers(&self, sim: &Shared, inner: &mut Inner, effects: &mut Effects) {
        if !inner.listeners.is_empty() {
            sim.jobs.remove_listened(self);
            let listeners = std::mem::take(&mut inner.listeners);
            effects.wakers.extend(listeners.iter().filter_map(|listener| listener.sender.close()));
        }
    }

    /// Moves the readers to the same job in another state, or closes their channels if it is not there. They are woken
    /// in any case, to keep the time of that state.
    fn move_readers(&self, from: &Jobs, to: Option<(&Shared, &Arc<JobState>)>, wakers: &mut Vec<Waker>) {
        let listeners = {
            let mut inner = self.inner.lock();
            from.remove_listened(self);
            std::mem::take(&mut inner.listeners)
        };
        let close = |listener: &Listener| listener.sender.close();
        match to {
            None => wakers.extend(listeners.iter().filter_map(close)),
            Some((sim, same)) => same.take_over_readers(sim, listeners, wakers),
        }
    }

    fn take_over_readers(self: &Arc<Self>, sim: &Shared, listeners: Vec<Listener>, wakers: &mut Vec<Waker>) {
        wakers.extend(listeners.iter().filter_map(|listener| listener.sender.take_waiting()));
        let mut inner = self.inner.lock();
        match self.end_event(&inner) {
            None => {
                inner.listeners.extend(listeners);
                sim.jobs.add_listened(self);
            }
            // The job had already ended when the snapshot was taken.
            Some(end) => {
                let end = JobEvent::new(self.id, end, sim.timestamp(end.at));
                for Listener { sender, .. } in listeners {
                    sender.send(end, wakers);
                    wakers.extend(sender.close());
                }
            }
        }
    }

    /// Returns a summary of what has happened so far.
    fn summary(&self, inner: &Inner, every: Every, now: SimTime) -> impl Iterator<Item = Event> + use<> {
        let accepted = untouched(self.accepted_at, EventKind::Accepted);
        let started = inner.started_at.map(|at| untouched(at, EventKind::Started));
        let end = self.end_event(inner);
        let progress = self.progress_event(inner, every, now);
        [Some(accepted), started, progress, end].into_iter().flatten()
    }

    /// Returns the progress of a running job, if it has done anything.
    fn progress_event(&self, inner: &Inner, every: Every, now: SimTime) -> Option<Event> {
        let Phase::Running(running) = &inner.phase else { return None };
        let position = self.position(&running.timeline, inner.n_polls, inner.n_steps, now);
        // Reported progress counts too: for a job in a state that was left, there is nothing else.
        let seen = self.state_event(now.max(inner.started_at?), EventKind::Progress);
        let percent = position.percent.max(seen.percent);
        // Readers of whole percents receive no others.
        let percent = match every {
            Every::Percent => Percent::from_whole(percent.whole()),
            Every::Tenth | Every::Item => percent,
        };
        let items_done = position.n_done.max(seen.items_done);
        let is_any = percent > Percent::ZERO || items_done > 0;
        is_any.then_some(Event { percent, items_done, ..seen })
    }

    fn end_event(&self, inner: &Inner) -> Option<Event> {
        let at = inner.ended_at?;
        let is_completed = matches!(self.outcome(), Some(Ok(_)));
        Some(self.state_event(at, if is_completed { EventKind::Completed } else { EventKind::Failed }))
    }
}

impl Shared {
    /// Moves the readers of jobs to the same jobs in another state; returns the readers to be woken.
    pub(crate) fn move_readers(&self, to: &Shared) -> Vec<Waker> {
        let mut wakers = Vec::new();
        for job in self.jobs.listened() {
            let same = to.jobs.same_job(&job);
            job.move_readers(&self.jobs, same.as_ref().map(|same| (to, same)), &mut wakers);
        }
        wakers
    }
}
