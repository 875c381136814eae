//! Compares everything that can be read of a simulator with the model.

use drivesim::JobStatus;

use super::engine::Engine;
use super::errors::model_error_of;
use super::items::ModelView;
use crate::model::{JobState, Model, ModelDrive};

/// The number of steps after which everything is compared.
const FULL_EVERY: usize = 12;

impl Engine {
    /// Compares everything but what takes long: versions only of changed items, no outlines, no searches. Every few
    /// steps, compares everything.
    ///
    /// # Panics
    /// Panics if something differs.
    pub fn compare(&mut self, model: &Model) {
        self.sim.check_invariants();
        let is_unreadable = |drive: &&ModelDrive| model.visible(drive.root).is_none();
        let names: Vec<String> = self.sim.drives().iter().map(|drive| drive.name().to_owned()).collect();
        let readable = model.drives.iter().filter(|drive| !is_unreadable(drive));
        let expected: Vec<&String> = readable.map(|drive| &drive.name).collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), expected, "the drives");
        let view = ModelView::of(model);
        for drive in &model.drives {
            for key in model.seen_below(drive.root) {
                self.compare_item(&view, key);
            }
            self.compare_bin(&view, drive);
            self.compare_quota(model, drive);
            self.compare_changes(&view, drive);
        }
        self.compare_deleted(model);
        for (number, job) in model.jobs.iter().enumerate() {
            self.compare_job(model, number, &job.state);
        }
        assert_eq!(self.sim.elapsed().as_nanos(), model.now, "the time");
        self.n_changes = model.n_changes;
        if model.n_steps % FULL_EVERY == 0 {
            self.compare_all(model);
        }
    }

    /// Compares outlines, the versions of all files, full listings and searches.
    ///
    /// # Panics
    /// Panics if something differs.
    pub fn compare_all(&mut self, model: &Model) {
        // No outline is available while the root of a drive is not readable.
        if model.drives.iter().all(|drive| model.visible(drive.root).is_some()) {
            self.sim.assert_outline(&model.outline());
        }
        let view = ModelView::of(model);
        for drive in &model.drives {
            for key in model.seen_below(drive.root) {
                self.compare_versions(model, key);
                self.compare_search(model, key);
            }
            self.compare_listing(&view, drive);
        }
    }

    /// Asserts that deleted items are not found, and that no id identifies two items.
    fn compare_deleted(&self, model: &Model) {
        for (key, drive) in &model.known {
            let id = self.ids[key];
            if model.visible(*key).is_none() {
                assert!(!self.sim.exists(self.at(*drive, id)), "item {key} of the model is still there");
            }
        }
        let mut ids: Vec<_> =
            self.ids.iter().filter_map(|(key, id)| Some((model.known.get(key)?, *id))).collect();
        ids.sort_unstable();
        let n_ids = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), n_ids, "an id was used twice");
    }

    fn compare_job(&mut self, model: &Model, number: usize, expected: &JobState) {
        let job = &self.jobs[number];
        let report = job.report();
        let status = match expected {
            JobState::Waiting => JobStatus::NotStarted,
            JobState::Running(_) => JobStatus::InProgress,
            JobState::Ended(Ok(_)) => JobStatus::Completed,
            JobState::Ended(Err(_)) => JobStatus::Failed,
        };
        assert_eq!(report.status, status, "the status of job {number}, {:?}", report.error());
        match expected {
            JobState::Ended(Ok(key)) => {
                // A new item may already be deleted without having been read.
                if let Some(id) = self.ids.get(key) {
                    assert_eq!(report.item(), Some(*id), "the new item of job {number}");
                }
            }
            JobState::Ended(Err(expected)) => {
                let error = report.error().and_then(model_error_of);
                assert_eq!(error.as_ref(), Some(expected), "why job {number} failed: {:?}", report.error());
            }
            JobState::Waiting | JobState::Running(_) => {
                assert_eq!(report.outcome, None, "job {number} has not ended");
            }
        }
        let percent = report.percent.as_f64();
        match model.tenths(number) {
            Some(tenths) => assert_eq!(percent, tenths as f64 / 10.0, "the percentage of job {number}"),
            None => assert!(percent < 100.0, "job {number} failed at 100 %"),
        }
        assert!(percent >= self.percents[number], "the percentage of job {number} went back");
        self.percents[number] = percent;
    }
}
