//! Starts a job: claims it, and attaches its staged copy.

use std::sync::Arc;

use drivesim_core::CapacityKind;
use drivesim_jobs::{EventKind, Machine, SimTime};

use crate::effects::Effects;
use crate::error::Error;
use crate::job_state::{JobState, Phase, Running};
use crate::stage_copy::StagedCopy;
use crate::state::Shared;

impl JobState {
    /// Claims a waiting job in order to start it; returns its start time.
    pub(super) fn claim(&self, sim: &Shared, now: SimTime, effects: &mut Effects) -> Option<SimTime> {
        let mut inner = self.inner.lock();
        if !matches!(inner.phase, Phase::Waiting) {
            return None;
        }
        let at = self.request.pace.start_due(self.accepted_at).unwrap_or(now);
        (inner.phase, inner.started_at) = (Phase::Starting, Some(at));
        // The state changes before the work begins, so a poll meanwhile sees a job in progress.
        self.view.lock().change_state(Machine::start);
        self.publish_state(sim, &mut inner, at, EventKind::Started, effects);
        Some(at)
    }

    /// Attaches a staged copy. The job's lock is held, so the copy is never in the drive while the job does not know.
    pub(super) fn finish_start(
        &self,
        sim: &Shared,
        staged: Result<StagedCopy, Error>,
        at: SimTime,
        effects: &mut Effects,
    ) {
        let mut inner = self.inner.lock();
        sim.clock.follow(at);
        let running = match staged.and_then(|staged| self.attach(sim, staged)) {
            Ok(running) => running,
            Err(error) => {
                let error = self.request.name_endpoints(sim, error);
                return self.fail(sim, &mut inner, error, at, effects);
            }
        };
        let (running, over_limit) = self.claim_bytes(sim, running);
        // The target or its drive may have been removed after the copy was attached, when the job could not be
        // notified.
        let has_target = self.has_target(sim, &running);
        let path = running.path.clone();
        inner.phase = Phase::Running(running);
        if !has_target {
            self.fail_as_orphaned(sim, &mut inner, at, effects);
        } else if let Some(limit) = over_limit {
            let error = drivesim_core::Error::OverCapacity {
                name: path.to_string(),
                held: CapacityKind::Copies,
                limit,
            };
            self.fail(sim, &mut inner, error.into(), at, effects);
        }
    }

    /// Attaches a staged copy, and shows how large it is.
    fn attach(&self, sim: &Shared, staged: StagedCopy) -> Result<Running, Error> {
        let StagedCopy { timeline, target, staged, n_bytes } = staged;
        let attached = target.write().attach(staged)?;
        let timeline = Arc::new(timeline);
        let mut view = self.view.lock();
        view.timeline = Some(timeline.clone());
        view.n_tasks = attached.n_tasks;
        (view.progress.items_total, view.progress.bytes_total) = (attached.n_items, n_bytes);
        drop(view);
        Ok(Running {
            timeline,
            item: attached.item,
            path: attached.path.into(),
            errors: Arc::new(attached.refused),
            attached: attached.attached,
            share: sim.jobs.running.add(0),
        })
    }

    /// Counts the bytes that a job keeps which has just started; returns the limit if they are too many.
    fn claim_bytes(&self, sim: &Shared, mut running: Running) -> (Running, Option<u64>) {
        let claimed = sim.jobs.running.claim(running.n_bytes(&self.request));
        let over_limit = claimed.map(|share| running.share = share).err();
        (running, over_limit)
    }
}
