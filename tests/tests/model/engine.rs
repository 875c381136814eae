//! The only place that does on drivesim what the model has done.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use drivesim::{Address, Conflict, CopyOptions, DriveError, DriveRef, Error, ItemId, Job, Profile, Sim};
use drivesim_testkit::Model;
use drivesim_testkit::model::{Bytes, Call, CopyWish, Expected, Key, Place, Refusal, Service, Step};

use crate::model::{FAILED, coverage};

/// A simulator beside the model: what is which there.
pub(crate) struct Engine {
    pub(crate) sim: Sim,
    pub(crate) drives: BTreeMap<u32, DriveRef>,
    pub(crate) ids: BTreeMap<Key, ItemId>,
    pub(crate) jobs: Vec<Job>,
    /// The highest percentage told of each job.
    pub(crate) percents: Vec<f64>,
    outline: String,
    log: String,
}

/// What a call gave.
#[derive(Debug)]
enum Got {
    Done,
    Item(ItemId),
    Count(u64),
    Job(Job),
}

impl Drop for Engine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            *FAILED.lock().unwrap() = std::mem::take(&mut self.log);
        }
    }
}

impl Engine {
    /// Makes a simulator with what the model starts with.
    pub(crate) fn new(model: &Model) -> Engine {
        let setup = &model.setup;
        let sim = Sim::builder()
            .profile(profile(model, setup.one))
            .visibility(setup.visibility)
            .leftovers(setup.leftovers)
            .build()
            .unwrap();
        let one = sim.drive("drive").unwrap();
        let two = sim.add_drive("two", profile(model, setup.two)).unwrap();
        let drives = BTreeMap::from([(0, one), (1, two)]);
        let (ids, jobs, percents) = (BTreeMap::new(), Vec::new(), Vec::new());
        let log = format!("{setup:?}\n{}", model.outline());
        let mut engine = Engine { sim, drives, ids, jobs, percents, outline: String::new(), log };
        for drive in &model.drives {
            engine.plant(model, drive.number, drive.root);
        }
        for service in [setup.one, setup.two] {
            coverage::count(format!("profile {}", service.name()));
        }
        engine
    }

    fn plant(&mut self, model: &Model, drive: u32, root: Key) {
        for folder in model.visible_below(root) {
            let parent = self.drives[&drive].at(model.path(folder).as_str());
            for child in model.visible_children(folder) {
                let item = &model.items[&child];
                let made = match (&item.bytes, item.kind) {
                    (_, drivesim::ItemKind::Folder) => self.sim.create_folder(&parent, &item.name),
                    (Bytes::Text(text), _) => {
                        self.sim.create_file_or(&parent, &item.name, text.as_str(), Conflict::Fail)
                    }
                    (Bytes::Sized(size), _) => self.sim.create_sized(&parent, &item.name, *size),
                };
                made.unwrap();
            }
        }
    }

    /// Does the last step of the model and compares what it gave.
    pub(crate) fn apply(&mut self, model: &Model) {
        let step = model.last.as_ref().unwrap();
        writeln!(self.log, "{:?}\n    must give {:?}", self.shown(&step.call), step.expected).unwrap();
        self.outline = self.sim.outline().unwrap();
        let n_jobs = self.sim.jobs().len();
        let got = self.run(model, &step.call);
        match (&step.expected, got) {
            (Expected::Done, Ok(Got::Done)) => {}
            (Expected::Count(expected), Ok(Got::Count(n_items))) if n_items == *expected => {}
            (Expected::Item(key), Ok(Got::Item(id))) => self.know(*key, id),
            (Expected::Job(number), Ok(Got::Job(job))) => {
                assert_eq!(
                    (job.number(), self.jobs.len()),
                    (*number as u64 + 1, *number),
                    "the job's number"
                );
                self.jobs.push(job);
                self.percents.push(0.0);
            }
            (Expected::Refused(reasons), Err(error)) => {
                let refusal = refusal_of(&error).unwrap_or_else(|| panic!("an odd refusal: {error}"));
                assert!(reasons.contains(&refusal), "refused for {error}, not for {reasons:?}");
                coverage::count(format!("refusal {}", coverage::name_of(&refusal)));
                assert_eq!(self.sim.outline().unwrap(), self.outline, "a refusal changed something");
                assert_eq!(self.sim.jobs().len(), n_jobs, "a refusal left a job");
            }
            (expected, Err(error)) => panic!("{:?} must give {expected:?}, refused: {error}", step.call),
            (expected, Ok(_)) => panic!("{:?} must give {expected:?}, gave something else", step.call),
        }
        count(model, step);
    }

    /// Notes which item of drivesim an item of the model is; it stays so for good.
    pub(crate) fn know(&mut self, key: Key, id: ItemId) {
        let known = *self.ids.entry(key).or_insert(id);
        assert_eq!(known, id, "item {key} of the model has another id now");
    }

    pub(crate) fn at(&self, drive: u32, id: ItemId) -> Address {
        self.drives[&drive].at(id)
    }

    fn address(&self, place: &Place) -> Address {
        match place {
            Place::Path(drive, path) => self.drives[drive].at(path),
            Place::Id(drive, key) => self.at(*drive, self.ids[key]),
        }
    }

    /// Shows a call with the paths of what it names by id.
    fn shown(&self, call: &Call) -> String {
        let mut text = format!("{call:?}");
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

    fn run(&mut self, model: &Model, call: &Call) -> Result<Got, Error> {
        let sim = self.sim.clone();
        match call {
            Call::CreateFolder { parent, name, conflict } => {
                sim.create_folder_or(self.address(parent), name, *conflict).map(Got::Item)
            }
            Call::CreateFile { parent, name, text, conflict } => {
                sim.create_file_or(self.address(parent), name, text.as_str(), *conflict).map(Got::Item)
            }
            Call::CreateSized { parent, name, size } => {
                sim.create_sized(self.address(parent), name, *size).map(Got::Item)
            }
            Call::Write { file, text } => sim.write(self.address(file), text.as_str()).map(Got::Item),
            Call::Rename { item, name } => sim.rename(self.address(item), name).map(|()| Got::Done),
            Call::Move { item, target, name, conflict } => {
                let (item, target) = (self.address(item), self.address(target));
                sim.move_to_or(item, target, name.as_deref(), *conflict).map(|()| Got::Done)
            }
            Call::Delete { item } => sim.delete(self.address(item)).map(Got::Count),
            Call::Copy { source, target, wish } => {
                sim.copy(self.address(source), self.address(target), options(wish)).map(Got::Job)
            }
            Call::Poll { job } => {
                let report = self.jobs[*job].poll();
                assert_eq!(report, self.jobs[*job].report(), "a poll tells what is so after it");
                Ok(Got::Done)
            }
            Call::Step { job, n_items } => self.jobs[*job].step(*n_items).map(|_| Got::Done),
            Call::Advance { by } => sim.advance(*by).map(|()| Got::Done),
            Call::RunUntilIdle => {
                sim.run_until_idle();
                Ok(Got::Done)
            }
            Call::AddDrive { name, service } => {
                let drive = sim.add_drive(name, profile(model, *service))?;
                let number = model.drives.last().unwrap().number;
                self.drives.insert(number, drive);
                Ok(Got::Done)
            }
            Call::RemoveDrive { name } => sim.remove_drive(name).map(|()| Got::Done),
        }
    }
}

/// Returns the profile of a service with the limits of the model.
fn profile(model: &Model, service: Service) -> Profile {
    let mut profile = service.profile();
    if model.setup.is_tight && matches!(service, Service::Business | Service::Personal) {
        let limits = model.setup.limits(service);
        profile.max_items_per_copy = Some(limits.max_items as u32);
        profile.max_path_units = Some(limits.max_path_units);
    }
    profile
}

fn options(wish: &CopyWish) -> CopyOptions {
    let mut options = CopyOptions::default().on_conflict(wish.conflict).pace(wish.pace);
    options.name.clone_from(&wish.name);
    options.children_only = wish.children_only;
    options.visibility = wish.visibility;
    options.leftovers = wish.leftovers;
    options
}

fn count(model: &Model, step: &Step) {
    coverage::count(format!("verb {}", step.call.verb()));
    if let (Call::Copy { target, wish, .. }, Expected::Job(_)) = (&step.call, &step.expected) {
        let service = model.drive(target.drive()).map_or("gone", |drive| drive.service.name());
        coverage::count(format!("copy to {service}"));
        let pace = format!("{:?}", wish.pace);
        coverage::count(format!("pace {}", pace.split('(').next().unwrap()));
    }
    for mark in &step.marks {
        coverage::count_mark(mark);
    }
}

/// Returns what a refusal is called in the model; `None` for those that no small history meets.
pub(crate) fn refusal_of(error: &Error) -> Option<Refusal> {
    Some(match error {
        Error::Drive(error) => return refusal_of_drive(error),
        Error::NoDrive { .. } => Refusal::NoDrive,
        Error::DriveExists { .. } => Refusal::DriveExists,
        Error::AcrossDrives { .. } => Refusal::AcrossDrives,
        Error::NotHeld { .. } => Refusal::NotHeld,
        Error::Pace(_) => Refusal::Pace,
        _ => return None,
    })
}

fn refusal_of_drive(error: &DriveError) -> Option<Refusal> {
    Some(match error {
        DriveError::NotFound { .. } => Refusal::NotFound,
        DriveError::BadPath { .. } => Refusal::BadPath,
        DriveError::NameTaken { .. } => Refusal::NameTaken,
        DriveError::BadName { .. } => Refusal::BadName,
        DriveError::PathTooLong { .. } => Refusal::PathTooLong,
        DriveError::NotAFolder { .. } => Refusal::NotAFolder,
        DriveError::NotAFile { .. } => Refusal::NotAFile,
        DriveError::IsRoot { .. } => Refusal::IsRoot,
        DriveError::IntoItself { .. } => Refusal::IntoItself,
        DriveError::ChildrenOfAFile { .. } => Refusal::ChildrenOfAFile,
        DriveError::ChildrenOnlyWithName { .. } => Refusal::ChildrenOnlyWithName,
        DriveError::TooManyItems { .. } => Refusal::TooManyItems,
        DriveError::SizeOverflow { .. } => Refusal::SizeOverflow,
        DriveError::ConflictNotOffered { .. } => Refusal::ConflictNotOffered,
        DriveError::SomeFailed { details } => {
            Refusal::SomeFailed(details.iter().filter_map(refusal_of_drive).collect())
        }
        DriveError::DriveFull { .. } | DriveError::TooDeep { .. } => return None,
    })
}
