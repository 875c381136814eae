//! Ends a job: completes or fails it, and fails it early if it has lost its place.

use std::sync::Arc;

use drivesim_core::copy::{Scope, some_failed};
use drivesim_jobs::{EventKind, Pace, SimTime};

use crate::address::DriveRef;
use crate::copy_locks::unlock_endpoints;
use crate::effects::Effects;
use crate::error::Error;
use crate::job_state::{Inner, JobState, Phase, Running};
use crate::options::OnFailure;
use crate::state::Shared;

impl JobState {
    /// Fails a running job whose new item or target is gone; returns whether it did.
    ///
    /// A job that is being started is skipped: the starting thread makes the same check.
    pub(crate) fn fail_if_orphaned(&self, sim: &Shared, at: SimTime, effects: &mut Effects) -> bool {
        let mut inner = self.inner.lock();
        let Phase::Running(running) = &inner.phase else { return false };
        let has_target = self.has_target(sim, running);
        if !has_target {
            self.publish_progress_of(sim, &mut inner, at, effects);
            self.fail_as_orphaned(sim, &mut inner, at, effects);
        }
        !has_target
    }

    /// Returns whether the place of a running job still exists.
    pub(super) fn has_target(&self, sim: &Shared, running: &Running) -> bool {
        // An instant copy is complete once it is attached, whatever happens to it then.
        let is_complete = self.request.pace == Pace::Instant;
        let drive = sim.drives.get(self.request.target_drive.id);
        drive.is_ok_and(|cell| is_complete || cell.read().can_fill(&running.attached))
    }

    /// Fails a running job that has lost its place.
    pub(super) fn fail_as_orphaned(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        at: SimTime,
        effects: &mut Effects,
    ) {
        let Phase::Running(Running { path, .. }) = &inner.phase else { return };
        let error = drivesim_core::Error::NotFound { item: path.to_string() };
        self.fail(sim, inner, error.into(), at, effects);
    }

    /// Ends a job whose work is done.
    pub(super) fn end(&self, sim: &Shared, inner: &mut Inner, at: SimTime, effects: &mut Effects) {
        let Phase::Running(running) = &mut inner.phase else { return };
        let is_whole = self.request.spec.scope == Scope::Whole;
        sim.drives.traffic.add_released(running.n_shared_bytes());
        let mut errors = Arc::unwrap_or_clone(std::mem::take(&mut running.errors));
        match errors.pop() {
            None => {
                let item = running.item;
                inner.phase = Phase::Ended;
                self.unlock(sim);
                self.view.lock().change_state(|machine| machine.complete(item));
                self.after_end(sim, inner, at, EventKind::Completed, effects);
            }
            Some((_, error)) if is_whole => self.fail(sim, inner, error.into(), at, effects),
            Some(last) => {
                errors.push(last);
                self.fail(sim, inner, some_failed(errors).into(), at, effects);
            }
        }
    }

    /// Fails the job, and keeps or removes what it has made.
    pub(super) fn fail(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        error: Error,
        at: SimTime,
        effects: &mut Effects,
    ) {
        let phase = std::mem::replace(&mut inner.phase, Phase::Ended);
        let target = sim.drives.get(self.request.target_drive.id);
        if let Phase::Running(running) = &phase {
            sim.drives.traffic.add_released(running.n_shared_bytes());
        }
        self.record_progress(&phase, at);
        if let (Phase::Running(Running { attached, .. }), Ok(cell)) = (phase, target) {
            match self.request.on_failure {
                OnFailure::Keep => cell.write().drop_rest(attached),
                OnFailure::Remove => {
                    cell.write().undo(attached);
                    effects.removed_from.push((cell.id, at));
                }
            }
        }
        self.unlock(sim);
        self.view.lock().change_state(|machine| machine.fail(error));
        self.after_end(sim, inner, at, EventKind::Failed, effects);
    }

    /// Records how far a job has come that fails at `at`, which does not depend on when it was moved or read last.
    fn record_progress(&self, phase: &Phase, at: SimTime) {
        let Phase::Running(Running { timeline, .. }) = phase else { return };
        if self.request.pace.is_timed() {
            self.view.lock().machine.progress(timeline.percent_at(at));
        }
    }

    /// Releases the locks of the copy before the job ends: once the job is seen as ended, nothing is locked.
    fn unlock(&self, sim: &Shared) {
        let drive = |drive: &DriveRef| sim.drives.get(drive.id).ok();
        let (source, target) = (drive(&self.request.source_drive), drive(&self.request.target_drive));
        unlock_endpoints(source.as_deref(), target.as_deref(), &self.request.spec);
    }

    /// Publishes the end of the job.
    fn after_end(
        &self,
        sim: &Shared,
        inner: &mut Inner,
        at: SimTime,
        kind: EventKind,
        effects: &mut Effects,
    ) {
        inner.ended_at = Some(at);
        // An ended job is kept for long, so it keeps only what it shows.
        self.view.lock().timeline = None;
        self.publish_state(sim, inner, at, kind, effects);
        self.close_readers(sim, inner, effects);
        sim.jobs.ended(self, at);
        effects.wakers.append(&mut self.view.lock().wakers);
    }
}
