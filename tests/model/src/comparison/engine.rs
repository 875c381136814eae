//! Performs the steps of the model on drivesim.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use super::errors::model_error_of;
use super::feed::FeedToken;
use super::{coverage, note_failed};
use crate::model::{Bytes, Call, Expected, Key, Model, Step};
use crate::op::{Op, Service, Value};
use drivesim::access::LockId;
use drivesim::address::Address;
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::{ItemId, Job, Pace, Profile, Sim};

/// A simulator next to the model, with the mapping between their items, jobs and locks.
pub struct Engine {
    /// The simulator.
    pub sim: Sim,
    pub(super) drives: BTreeMap<u32, DriveRef>,
    pub(super) ids: BTreeMap<Key, ItemId>,
    pub(super) jobs: Vec<Job>,
    pub(super) locks: BTreeMap<usize, LockId>,
    /// The tokens taken so far, each with the changes that it covers.
    pub(super) tokens: Vec<FeedToken>,
    /// The number of the last change after which versions were compared.
    pub(super) n_changes: u64,
    /// The highest reported percentage of each job.
    pub(super) percents: Vec<f64>,
    outline: Option<String>,
    log: String,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine {{ {:?}, {} known items, {} jobs }}", self.sim, self.ids.len(), self.jobs.len())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            note_failed(&self.log);
        }
    }
}

impl Engine {
    /// Creates a simulator with the initial state of the model.
    ///
    /// # Panics
    /// Panics if drivesim cannot be set up, or if something differs.
    pub fn new(model: &Model) -> Engine {
        let setup = &model.setup;
        let builder = Sim::builder().profile(profile(model, setup.one));
        let builder = builder.visibility(setup.visibility).on_failure(setup.leftovers);
        // Longer than any history, because the model keeps all jobs.
        let builder = builder.keep_ended(Duration::from_secs(1 << 40));
        let sim = builder.build().expect("an empty simulator");
        let one = sim.drive("drive").expect("its drive");
        let mut drives = BTreeMap::from([(0, one)]);
        if model.drives.len() > 1 {
            drives.insert(
                1,
                sim.add_drive(DriveSpec::new("two").profile(profile(model, setup.two)))
                    .expect("another drive"),
            );
        }
        let (ids, jobs, percents) = (BTreeMap::new(), Vec::new(), Vec::new());
        let log = format!("{setup:?}\n{}", model.outline());
        let mut engine = Engine {
            sim,
            drives,
            ids,
            jobs,
            percents,
            log,
            locks: BTreeMap::new(),
            tokens: Vec::new(),
            n_changes: 0,
            outline: None,
        };
        for drive in &model.drives {
            engine.map_root(drive.number, drive.root);
            engine.populate(model, drive.number, drive.root);
        }
        for service in [setup.one, setup.two] {
            coverage::count(format!("profile {}", service.name()));
        }
        engine.compare(model);
        engine
    }

    /// Returns an engine that continues with another simulator in the same state.
    pub fn on(&self, sim: Sim) -> Engine {
        let jobs = self.jobs.iter().filter_map(|job| sim.job(job.id())).collect();
        Engine {
            sim,
            jobs,
            locks: self.locks.clone(),
            // Tokens of a state that was replaced are no longer valid.
            tokens: Vec::new(),
            n_changes: self.n_changes,
            drives: self.drives.clone(),
            ids: self.ids.clone(),
            percents: self.percents.clone(),
            outline: self.outline.clone(),
            log: self.log.clone(),
        }
    }

    /// Returns the simulator for reading. The model does not know of changes made through it.
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    fn populate(&mut self, model: &Model, drive: u32, root: Key) {
        for folder in model.seen_below(root) {
            let parent = self.drives[&drive].at(model.path(folder).as_str());
            for child in model.visible_children(folder) {
                let item = &model.items[&child];
                let created = match (&item.bytes, item.kind) {
                    (_, drivesim::item::ItemKind::Folder) => self.sim.create_folder(&parent, &item.name),
                    (Bytes::Text(text), _) => self.sim.create_file(&parent, &item.name, text.as_str()),
                    (Bytes::Sized(size), _) => self.sim.create_sized(&parent, &item.name, *size),
                };
                created.expect("an initial item");
            }
        }
    }

    /// Performs the last step of the model, compares its result, and then everything that can be read. Must be called
    /// after each step, because it learns on the way which items correspond.
    ///
    /// # Panics
    /// Panics if something differs; [`failed_calls`](super::failed_calls) returns the calls that led to it.
    pub fn apply(&mut self, model: &Model) {
        let step = model.last.as_ref().ok_or("no step yet").expect("the last step of the model");
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.log,
            "{}\n    must return {:?}",
            self.print_call(step.user, &step.call),
            step.expected
        );
        // No outline is available while the root of a drive is not readable.
        self.outline = self.sim.outline().ok();
        let n_jobs = self.sim.jobs().len();
        let got = self.run(model, step.user, &step.call);
        match (&step.expected, got) {
            (Expected::Done, Ok(Value::Done)) => {}
            (Expected::Lock(number), Ok(Value::Lock(lock))) => {
                self.locks.insert(*number, lock);
            }
            (Expected::Item(key), Ok(Value::Created(id))) => self.map_item(*key, id),
            (Expected::Job(number), Ok(Value::Job(job))) => {
                assert_eq!(
                    (job.number(), self.jobs.len()),
                    (*number as u64 + 1, *number),
                    "the job's number"
                );
                self.jobs.push(job);
                self.percents.push(0.0);
            }
            (Expected::Refused(reasons), Err(error)) => {
                let reason = model_error_of(&error).ok_or(&error).expect("a known error");
                assert!(reasons.contains(&reason), "failed with {error}, not with {reasons:?}");
                assert_eq!(reason.code(), error.code(), "the code of {error}");
                coverage::count(format!("error {}", coverage::name_of(&reason)));
                assert_eq!(self.sim.outline().ok(), self.outline, "a failed call changed something");
                assert_eq!(self.sim.jobs().len(), n_jobs, "a failed call left a job");
            }
            (expected, got) => {
                panic!("{:?} must return {expected:?}, returned {got:?}", step.call)
            }
        }
        if let (Op::AddDrive { .. }, Expected::Done, Some(drive)) =
            (&step.call, &step.expected, model.drives.last())
        {
            self.map_root(drive.number, drive.root);
        }
        count(model, step);
        self.compare(model);
    }

    fn map_root(&mut self, drive: u32, root: Key) {
        let item = self.sim.item(self.drives[&drive].at("/")).expect("a root");
        self.map_item(root, item.id);
    }

    /// Records which item of drivesim corresponds to an item of the model, for good.
    pub(super) fn map_item(&mut self, key: Key, id: ItemId) {
        let known = *self.ids.entry(key).or_insert(id);
        assert_eq!(known, id, "item {key} of the model has another id now");
    }

    pub(super) fn at(&self, drive: u32, id: ItemId) -> Address {
        self.drives[&drive].at(id)
    }

    /// Prints a call, with the paths of items that it names by id.
    fn print_call(&self, user: &str, call: &Call) -> String {
        let mut text = format!("{user}: {call:?}");
        for (key, id) in &self.ids {
            let name = format!("{key})");
            for drive in self.drives.keys() {
                let (from, at) = (format!("Id({drive}, {name}"), self.at(*drive, *id));
                if text.contains(&from) {
                    let path = self.sim.path(at).unwrap_or_else(|_| "gone".to_owned());
                    text = text.replace(&from, &format!("Id({drive}, {key} = {path})"));
                }
            }
        }
        text
    }
}

/// Returns the profile of a service with the limits of the model.
pub(super) fn profile(model: &Model, service: Service) -> Profile {
    let mut profile = service.profile();
    let limits = model.setup.limits(service);
    if model.setup.is_short {
        profile.max_versions = profile.max_versions.map(|_| limits.max_versions as u32);
        profile.async_item_threshold =
            profile.async_item_threshold.map(|_| limits.async_item_threshold as u32);
    }
    if model.setup.is_tight && matches!(service, Service::Business | Service::Personal) {
        profile.max_copy_items = Some(limits.max_items as u32);
        profile.max_path = Some(limits.max_path);
    }
    profile
}

fn count(model: &Model, step: &Step) {
    coverage::count(format!("verb {}", step.call.name()));
    if let (Op::Copy { target, options, .. }, Expected::Job(_)) = (&step.call, &step.expected) {
        let service = model.drive(target.drive()).map_or("gone", |drive| drive.service.name());
        coverage::count(format!("copy to {service}"));
        let pace = format!("{:?}", options.pace.unwrap_or(Pace::Instant));
        coverage::count(format!("pace {}", pace.split('(').next().unwrap_or_default()));
    }
    for mark in &step.marks {
        coverage::count_mark(mark);
    }
}
