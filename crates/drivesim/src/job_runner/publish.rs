//! Publishes the events of one job to the readers of this job and to the readers of all jobs.
//!
//! Events of a job are sent to its own readers under its lock `inner`, so that none is lost and their order is the
//! order of what happens. A channel is locked for a moment, after all other locks. Readers are woken when no lock is
//! held.

use drivesim_jobs::{Event, EventKind, Every, Percent, SimTime, Timeline};

use crate::effects::Effects;
use crate::job_event::JobEvent;
use crate::job_state::{Inner, JobState, Listener, Phase, Position};
use crate::state::Shared;

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

    pub(super) fn catch_up_of(&self, sim: &Shared, inner: &mut Inner, now: SimTime, effects: &mut Effects) {
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

    /// Returns an event with the visible progress of the job.
    pub(super) fn state_event(&self, at: SimTime, kind: EventKind) -> Event {
        let (percent, progress) = {
            let view = self.view.lock();
            (view.machine.percent(), view.progress)
        };
        Event { at, kind, percent, items_done: progress.items_done, items_total: progress.items_total }
    }
}

/// Returns the event of a job that has done nothing.
pub(super) fn untouched(at: SimTime, kind: EventKind) -> Event {
    Event { at, kind, percent: Percent::ZERO, items_done: 0, items_total: 0 }
}
