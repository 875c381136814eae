//! The only place that compares all that can be seen of a simulator with the model.

use drivesim::JobStatus;
use drivesim_testkit::Model;
use drivesim_testkit::model::{JobState, Key};

use crate::model::engine::{Engine, refusal_of};

impl Engine {
    /// Compares everything.
    pub(crate) fn compare(&mut self, model: &Model) {
        self.sim.check_invariants();
        self.sim.assert_outline(&model.outline());
        let names: Vec<String> = self.sim.drives().iter().map(|drive| drive.name().to_owned()).collect();
        let expected: Vec<&String> = model.drives.iter().map(|drive| &drive.name).collect();
        assert_eq!(names.iter().collect::<Vec<_>>(), expected, "the drives");
        for drive in &model.drives {
            let root = self.sim.item(self.drives[&drive.number].at("/")).unwrap();
            self.know(drive.root, root.id);
            for key in model.visible_below(drive.root) {
                self.compare_item(model, key);
            }
        }
        self.compare_gone(model);
        for (number, job) in model.jobs.iter().enumerate() {
            self.compare_job(model, number, &job.state);
        }
        assert_eq!(self.sim.elapsed().as_nanos(), model.now, "the time");
    }

    /// Compares an item, whose id is known, and makes the ids of its children known.
    fn compare_item(&mut self, model: &Model, key: Key) {
        let expected = &model.items[&key];
        let path = model.path(key);
        let at = self.at(expected.drive, self.ids[&key]);
        let item = self.sim.item(&at).unwrap_or_else(|error| panic!("{path} is missing: {error}"));
        assert_eq!((item.name.as_str(), item.kind), (expected.name.as_str(), expected.kind), "{path}");
        assert_eq!(u128::from(item.size), model.size(key), "the size of {path}");
        assert_eq!(item.parent, expected.parent.map(|parent| self.ids[&parent]), "the parent of {path}");
        assert_eq!(self.sim.path(&at).unwrap(), path);
        let children = model.visible_children(key);
        assert_eq!(item.child_count as usize, children.len(), "the child count of {path}");
        if !item.is_folder() {
            return;
        }
        let listed = self.sim.children(&at).unwrap();
        let names: Vec<&str> = listed.iter().map(|child| child.name.as_str()).collect();
        let expected: Vec<&str> = children.iter().map(|child| model.items[child].name.as_str()).collect();
        assert_eq!(names, expected, "the children of {path}");
        for (child, item) in children.into_iter().zip(listed) {
            self.know(child, item.id);
        }
    }

    /// Sees to it that what is gone is not found, and that no id means two items.
    fn compare_gone(&self, model: &Model) {
        for (key, drive) in &model.known {
            let id = self.ids[key];
            if model.visible(*key).is_none() {
                assert!(!self.sim.exists(self.at(*drive, id)), "item {key} of the model is still there");
            }
        }
        let mut ids: Vec<_> = self.ids.iter().map(|(key, id)| (model.known.get(key), *id)).collect();
        ids.sort_unstable();
        let n_ids = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), n_ids, "an id was given twice");
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
        assert_eq!(report.status, status, "the status of job {number}, {:?}", report.error);
        match expected {
            JobState::Ended(Ok(key)) => {
                // A new item may be gone by now without ever having been looked at.
                if let Some(id) = self.ids.get(key) {
                    assert_eq!(report.item, Some(*id), "what job {number} made");
                }
            }
            JobState::Ended(Err(refusal)) => {
                let error = report.error.as_ref().and_then(refusal_of);
                assert_eq!(error.as_ref(), Some(refusal), "why job {number} failed: {:?}", report.error);
            }
            JobState::Waiting | JobState::Running(_) => {
                assert_eq!((&report.item, &report.error), (&None, &None), "job {number} has not ended");
            }
        }
        let percent = report.percent_complete;
        match model.tenths(number) {
            Some(tenths) => assert_eq!(percent, tenths as f64 / 10.0, "the percentage of job {number}"),
            None => assert!(percent < 100.0, "job {number} failed at 100 %"),
        }
        assert!(percent >= self.percents[number], "the percentage of job {number} went back");
        self.percents[number] = percent;
    }
}
