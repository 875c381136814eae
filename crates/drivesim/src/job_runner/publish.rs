//! Publishes the events of one job to the readers of this job and to the readers of all jobs.
//!
//! Events of a job are sent to its own readers under its lock `inner`, so that none is lost and their order is the
//! order of what happens. A channel is locked for a moment, after all other locks. Readers are woken when no lock is
//! held.

use std::sync::Arc;
use std::task::Waker;

use drivesim_jobs::{Event, EventKind, Every, Percent, SimTime, Timeline};

use crate::event::{Effects, JobEvent, Sender};
use crate::job_runner::{Inner, JobState, Phase, Position};
use crate::jobs::Jobs;
use crate::sim::Shared;

/// A reader of the events of one job.
#[derive(Debug)]
pub(super) struct Listener {
    every: Every,
    sender: Sender,
}

impl JobState {
    /// Publishes that the job was accepted. It has no readers of its own yet.
    pub(crate) fn publish_acceptance(&self, effects: &mut Effects) {
        effects.latest = effects.latest.max(self.accepted_at);
        effects.add(self.number, self.id, untouched(self.accepted_at, EventKind::Accepted), None);
    }

    /// Publishes a change of the job's state.
    pub(super) fn publish_state(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        at: SimTime,
        kind: EventKind,
        effects: &mut Effects,
    ) {
        effects.latest = effects.latest.max(at);
        self.publish(sim, inner, self.state_event(at, kind), None, effects);
    }

    /// Publishes the progress that is due by `now`, for a job that is not moved otherwise.
    pub(crate) fn publish_progress(&self, sim: &Shared, now: SimTime, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        self.publish_progress_of(sim, &mut inner, now, effects);
    }

    pub(super) fn publish_progress_of(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        now: SimTime,
        effects: &mut Effects,
    ) {
        let Phase::Running(running) = &inner.phase else { return };
        let timeline = running.timeline.clone();
        // Progress by polls and steps has no due time, even if all of the future is run.
        let now = if self.request.pace.is_timed() { now } else { now.min(sim.clock.now()) };
        let position = self.position(&timeline, inner.n_polls, inner.n_steps, now);
        self.pass_marks(sim, inner, &timeline, &position, now, effects);
    }

    /// Passes all progress that is due by `now`. Current readers receive it; later readers receive only newer progress.
    pub(crate) fn catch_up(&self, sim: &Shared, now: SimTime, effects: &mut Effects) {
        let mut inner = self.inner.lock();
        self.catch_up_of(sim, &mut inner, now, effects);
    }

    fn catch_up_of(&self, sim: &Shared, inner: &mut Inner, now: SimTime, effects: &mut Effects) {
        self.publish_progress_of(sim, inner, now, effects);
        let Phase::Running(running) = &inner.phase else { return };
        let timeline = running.timeline.clone();
        let position = self.position(&timeline, inner.n_polls, inner.n_steps, now);
        for marks in &mut inner.marks {
            // Reported marks are not passed again, so this reports nothing.
            drop(marks.pass_now(&timeline, position.percent, position.n_done, now));
        }
    }

    /// Publishes the progress up to a position that is not reported yet.
    pub(super) fn pass_marks(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        timeline: &Timeline,
        position: &Position,
        now: SimTime,
        effects: &mut Effects,
    ) {
        for nth in 0..inner.marks.len() {
            let every = inner.marks[nth].every();
            let has_reader = sim.event_sink.has_readers_of(every)
                || inner.listeners.iter().any(|listener| listener.every == every);
            if !has_reader {
                continue;
            }
            let marks = &mut inner.marks[nth];
            if self.request.pace.is_timed() {
                let events = marks.pass_due(timeline, now);
                events.for_each(|event| self.publish(sim, inner, event, Some(every), effects));
            } else {
                let events = marks.pass_now(timeline, position.percent, position.n_done, now);
                events.for_each(|event| self.publish(sim, inner, event, Some(every), effects));
            }
        }
    }

    /// Sends an event to the readers of this job, and adds it to the pending events for all other readers.
    fn publish(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        event: Event,
        every: Option<Every>,
        effects: &mut Effects,
    ) {
        if every.is_none_or(|every| sim.event_sink.has_readers_of(every)) {
            effects.add(self.number, self.id, event, every);
        }
        if inner.listeners.is_empty() {
            return;
        }
        let event = JobEvent::new(self.id, event, sim.timestamp(event.at));
        let matches = |of: Every| every.is_none_or(|every| every == of);
        let Effects { wakers, .. } = effects;
        inner.listeners.retain(|Listener { every, sender }| !matches(*every) || sender.send(event, wakers));
        if inner.listeners.is_empty() {
            sim.jobs.remove_listened(self);
        }
    }

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
        if is_known {
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
    pub(crate) fn move_readers(
        &self,
        from: &Jobs,
        to: Option<(&Shared, &Arc<JobState>)>,
        wakers: &mut Vec<Waker>,
    ) {
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

    /// Returns an event with the visible progress of the job.
    fn state_event(&self, at: SimTime, kind: EventKind) -> Event {
        let (percent, progress) = {
            let shown = self.view.lock();
            (shown.machine.percent(), shown.progress)
        };
        Event { at, kind, percent, items_done: progress.items_done, items_total: progress.items_total }
    }
}

/// Returns the event of a job that has done nothing.
fn untouched(at: SimTime, kind: EventKind) -> Event {
    Event { at, kind, percent: Percent::ZERO, items_done: 0, items_total: 0 }
}
