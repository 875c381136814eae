//! Runs the model's jobs: accepts, starts, reveals and ends them.

use std::collections::BTreeMap;

use drivesim::item::Versions;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{CopyOptions, Pace};

use super::copy::ModelCopyRequest;
use super::{Expected, Key, Mark, Model, ModelError, Place};

/// A job of a model.
#[derive(Clone, Debug)]
pub struct ModelJob {
    pub(super) request: ModelCopyRequest,
    /// When it was accepted, in nanoseconds since the start.
    pub(super) accepted_at: u128,
    /// Its state.
    pub state: JobState,
    /// Its pace.
    pub pace: Pace,
    pub(super) visibility: Visibility,
    pub(super) leftovers: OnFailure,
}

/// The state of a job of a model.
#[derive(Clone, Debug)]
pub enum JobState {
    /// It is accepted and has not started.
    Waiting,
    /// It is running.
    Running(Running),
    /// It has ended, with the new item or the target, or with the failure.
    Ended(Result<Key, ModelError>),
}

/// The progress of a running job.
#[derive(Clone, Debug)]
pub struct Running {
    pub(super) plan: Vec<Key>,
    /// For each item, its bytes plus one.
    pub(super) weights: Vec<u128>,
    pub(super) tops: Vec<Key>,
    /// Why some of the top items could not be placed, by their position in the source.
    pub(super) details: BTreeMap<usize, ModelError>,
    pub(super) ranks: BTreeMap<Key, usize>,
    pub(super) n_done: usize,
    pub(super) n_polls: u128,
}

impl Model {
    /// Accepts a copy. Jobs are numbered from 0.
    pub(super) fn copy(
        &mut self,
        source: &Place,
        target: &Place,
        options: &CopyOptions,
    ) -> Result<Expected, ModelError> {
        let pace = options.pace.unwrap_or(Pace::Instant);
        if matches!(pace, Pace::ItemsPerSecond(0) | Pace::BytesPerSecond(0) | Pace::Polls(0)) {
            return Err(ModelError::Pace);
        }
        let drives = [source, target].map(Place::drive);
        if drives.iter().any(|drive| self.drive(*drive).is_none()) {
            return Err(ModelError::NoDrive);
        }
        if options.children_only && options.name.is_some() {
            return Err(ModelError::ChildrenOnlyWithName);
        }
        let request = ModelCopyRequest {
            source_drive: drives[0],
            source: self.resolve(source)?,
            target_drive: drives[1],
            target: self.resolve(target)?,
            options: options.clone(),
            by: self.user,
        };
        self.accept(&request)?;
        self.lock_ends(&request);
        let job = self.jobs.len();
        self.jobs.push(ModelJob {
            accepted_at: self.now,
            state: JobState::Waiting,
            pace,
            visibility: options.visibility.unwrap_or(self.setup.visibility),
            leftovers: options.on_failure.unwrap_or(self.setup.leftovers),
            request,
        });
        self.mark(Mark::Job("accepted"));
        let has_past = |key: &Key| !self.items[key].past.is_empty();
        match options.versions {
            Versions::Number(_) => self.mark(Mark::Fact("copy of one version")),
            Versions::All if self.seen_below(self.jobs[job].request.source).iter().any(has_past) => {
                self.mark(Mark::Fact("copy with past versions"));
            }
            _ => {}
        }
        if pace == Pace::Instant {
            self.start_job(job);
            self.run_at_once(job);
        }
        Ok(Expected::Job(job))
    }

    /// Does all work of a job that has just started.
    fn run_at_once(&mut self, job: usize) {
        let target = self.jobs[job].request.target;
        let JobState::Running(running) = &mut self.jobs[job].state else { return };
        running.n_done = running.plan.len();
        let plan = running.plan.clone();
        self.reveal_all(&plan, target);
        self.finish(job, true);
    }

    /// Polls a job as a client does.
    pub(super) fn poll(&mut self, job: usize) {
        let Pace::Polls(n_polls) = self.jobs[job].pace else { return };
        self.start_job(job);
        let JobState::Running(running) = &mut self.jobs[job].state else { return };
        running.n_polls += 1;
        let share = running.plan.len() as u128 * running.n_polls / u128::from(n_polls);
        self.advance_job(job, share as usize);
    }

    /// Advances a held job by `n_items` items.
    pub(super) fn step_job(&mut self, job: usize, n_items: usize) -> Result<Expected, ModelError> {
        if self.jobs[job].pace != Pace::Held {
            return Err(ModelError::NotHeld);
        }
        self.start_job(job);
        if let JobState::Running(running) = &self.jobs[job].state {
            let n_done = running.n_done + n_items;
            self.advance_job(job, n_done);
        }
        Ok(Expected::Done)
    }

    /// Starts a waiting job: reads the source in its current state and resolves all conflicts again.
    pub(super) fn start_job(&mut self, job: usize) {
        if !matches!(self.jobs[job].state, JobState::Waiting) {
            return;
        }
        let request = self.jobs[job].request.clone();
        match self.start(&request, job) {
            Err(error) => {
                self.mark(Mark::Job("failed at start"));
                self.end_job(job, Err(error));
            }
            Ok(started) => {
                self.mark(Mark::Job("started"));
                let running = Running {
                    weights: started.weights,
                    plan: started.plan,
                    tops: started.tops,
                    details: started.details,
                    ranks: started.ranks,
                    n_done: 0,
                    n_polls: 0,
                };
                self.jobs[job].state = JobState::Running(running);
                if self.jobs[job].pace != Pace::Instant {
                    self.advance_job(job, 0);
                }
            }
        }
    }

    /// Advances a job until `n_items` items are done, and ends it when all are.
    pub(super) fn advance_job(&mut self, job: usize, n_items: usize) {
        let is_gradual = self.jobs[job].visibility == Visibility::Gradual;
        let pace = self.jobs[job].pace;
        loop {
            let JobState::Running(running) = &mut self.jobs[job].state else { return };
            let n_done = running.n_done;
            // Polls count even if no items are left.
            let waits_for_polls = matches!(pace, Pace::Polls(n_polls) if running.n_polls < n_polls.into());
            if n_done == running.plan.len() && !waits_for_polls {
                break;
            }
            if n_done >= n_items {
                return;
            }
            running.n_done += 1;
            let key = running.plan[n_done];
            if is_gradual {
                self.reveal_item(job, key);
            }
        }
        self.finish(job, is_gradual);
    }

    /// Reveals an item. If that fails, a whole copy fails; a copy of children continues.
    fn reveal_item(&mut self, job: usize, key: Key) {
        let Err(error) = self.reveal(key) else { return };
        if !self.jobs[job].request.options.children_only {
            self.mark(Mark::Job("failed while running"));
            self.end_job(job, Err(error));
        } else if let JobState::Running(running) = &mut self.jobs[job].state {
            running.details.insert(running.ranks[&key], error);
        }
    }

    fn finish(&mut self, job: usize, is_gradual: bool) {
        if !is_gradual {
            let JobState::Running(Running { plan, .. }) = self.jobs[job].state.clone() else { return };
            for key in plan {
                self.reveal_item(job, key);
            }
        }
        let JobState::Running(running) = self.jobs[job].state.clone() else { return };
        let request = &self.jobs[job].request;
        let new_item = if request.options.children_only { request.target } else { running.plan[0] };
        if running.details.is_empty() {
            self.mark(Mark::Job("completed"));
            self.end_job(job, Ok(new_item));
        } else {
            self.mark(Mark::Job("failed with some items"));
            self.end_job(job, Err(ModelError::SomeFailed(running.details.into_values().collect())));
        }
    }

    /// Ends a job. A failed job loses its hidden items; the visible ones may stay.
    fn end_job(&mut self, job: usize, outcome: Result<Key, ModelError>) {
        if let Err(error) = &outcome {
            self.mark(Mark::Failed(error.clone()));
        }
        self.unlock_ends(job);
        let has_failed = outcome.is_err();
        let before = std::mem::replace(&mut self.jobs[job].state, JobState::Ended(outcome));
        let JobState::Running(running) = before else { return };
        if !has_failed {
            return;
        }
        for key in &running.plan {
            if self.items.get(key).is_some_and(|item| item.hidden) {
                self.remove(*key);
            }
        }
        if self.jobs[job].leftovers == OnFailure::Remove {
            for top in running.tops {
                // Items that were deleted in the meantime stay in the bin.
                if self.seen(top).is_some() {
                    self.mark(Mark::Job("leftovers removed"));
                    self.erase(top);
                }
            }
        }
        self.fail_orphaned();
    }

    /// Fails the running jobs whose new item, or target for a copy of children, no longer exists.
    pub(super) fn fail_orphaned(&mut self) {
        for job in 0..self.jobs.len() {
            let JobState::Running(running) = &self.jobs[job].state else { continue };
            let request = &self.jobs[job].request;
            let anchor = if request.options.children_only { request.target } else { running.plan[0] };
            if !self.is_placed(anchor) {
                self.mark(Mark::Job("failed while running"));
                self.end_job(job, Err(ModelError::NotFound));
            }
        }
    }
}
