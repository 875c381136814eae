//! Runs the promises on the reference model.

mod feed;

use std::time::Duration;

use drivesim::access::{Access, LockScope};
use drivesim::address::Precondition;
use drivesim::item::{ItemKind, Times, Timestamp};
use drivesim::outline::parse;
use drivesim::{Conflict, CopyOptions, Pace, Profile};

use drivesim_testkit::contract::{Binned, Code, Ended, Facts, Feed, Id, Seen, SeenVersion, Subject, Tag};

use crate::model::{Bytes, Call, Expected, JobState, Key, Model, ModelError, ModelItem, Place};
use crate::op::{ItemUpdate, Op, Service};
use crate::time::{nanos_of, timestamp};

/// More items than any job has.
const EVERY_ITEM: usize = 1_000_000;

/// The reference model.
#[derive(Debug)]
pub struct ModelSubject {
    model: Model,
    /// The user who makes the calls.
    user: &'static str,
    /// The precondition of the next call, on the first item that it names.
    expected: Option<Precondition>,
}

fn code(error: ModelError) -> Code {
    error.code().to_owned()
}

fn service(profile: &Profile) -> Service {
    match profile.service {
        drivesim::profile::Service::Plain => Service::Plain,
        drivesim::profile::Service::Business => Service::Business,
        drivesim::profile::Service::Personal => Service::Personal,
        drivesim::profile::Service::Box => Service::Box,
    }
}

/// Parses the text of a key, a lock or a job.
fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(id: &str) -> T {
    id.parse().expect("a known id")
}

fn text_of(bytes: &Bytes) -> Vec<u8> {
    match bytes {
        Bytes::Text(text) => text.clone().into_bytes(),
        Bytes::Sized(_) => panic!("the model does not know bytes that are generated"),
    }
}

impl ModelSubject {
    fn make(&mut self, call: Call) -> Result<Expected, Code> {
        self.model.user = self.user;
        self.model.make(call);
        match self.model.last.take().map(|step| step.expected) {
            Some(Expected::Refused(reasons)) => Err(code(reasons[0].clone())),
            Some(expected) => Ok(expected),
            None => panic!("a call of the model is a step"),
        }
    }

    fn call(&mut self, call: Call) -> Result<(), Code> {
        self.make(call).map(drop)
    }

    fn at(&self, path: &str) -> Place {
        let Some((name, path)) = path.split_once(':').filter(|_| !path.starts_with('/')) else {
            return Place::Path(0, path.to_owned());
        };
        let drive = self.model.drives.iter().find(|drive| drive.name == name);
        Place::Path(drive.ok_or(name).expect("a known drive").number, path.to_owned())
    }

    /// Addresses the item that the current call changes, with the precondition if there is one.
    fn first(&mut self, path: &str) -> Place {
        let place = self.at(path);
        match self.expected.take() {
            Some(expected) => Place::Match(Box::new(place), expected),
            None => place,
        }
    }

    fn find(&self, path: &str) -> Result<Key, Code> {
        self.model.find(&self.at(path)).map_err(code)
    }

    fn file(&self, path: &str) -> Result<&ModelItem, Code> {
        let item = &self.model.items[&self.find(path)?];
        if item.kind == ItemKind::File { Ok(item) } else { Err(code(ModelError::NotAFile)) }
    }

    fn folder(&self, path: &str) -> Result<Key, Code> {
        let key = self.find(path)?;
        if self.model.items[&key].kind == ItemKind::Folder {
            Ok(key)
        } else {
            Err(code(ModelError::NotAFolder))
        }
    }

    /// Returns the path of an item, with its drive unless that is the first.
    fn full_path(&self, key: Key) -> String {
        let (drive, path) = (self.model.items[&key].drive, self.model.path(key));
        let other = self.model.drive(drive).filter(|_| drive != 0);
        other.map_or(path.clone(), |drive| format!("{}:{path}", drive.name))
    }

    fn start(&mut self, source: &str, target: &str, options: CopyOptions, pace: Pace) -> Result<usize, Code> {
        let (source, target) = (self.first(source), self.at(target));
        match self.make(Op::Copy { source, target, options: options.pace(pace) })? {
            Expected::Job(job) => Ok(job),
            other => panic!("a copy is a job: {other:?}"),
        }
    }

    fn ended(&self, job: usize) -> Ended {
        match &self.model.jobs[job].state {
            JobState::Ended(Ok(key)) => Ended::Completed(self.full_path(*key)),
            JobState::Ended(Err(error)) => Ended::Failed(code(error.clone())),
            state => panic!("the job has ended: {state:?}"),
        }
    }
}

impl Subject for ModelSubject {
    fn new(profile: &Profile, outline: &str) -> Self {
        let outline = parse(outline).expect("an outline");
        let model = Model::holding(service(profile), &outline.drives[0].lines);
        ModelSubject { model, user: "me", expected: None }
    }

    fn outline(&self) -> String {
        self.model.outline()
    }

    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended {
        match self.start(source, target, options, Pace::Instant) {
            Ok(job) => self.ended(job),
            Err(code) => Ended::Refused(code),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Code> {
        let children = self.model.visible_children(self.folder(folder)?);
        Ok(children.iter().map(|child| self.model.items[child].name.clone()).collect())
    }

    fn item(&self, path: &str) -> Result<Seen, Code> {
        let key = self.find(path)?;
        Ok(Seen {
            is_folder: self.model.items[&key].kind == ItemKind::Folder,
            size: self.model.size(key) as u64,
            child_count: self.model.visible_children(key).len() as u32,
        })
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Code> {
        self.file(path).map(|item| text_of(&item.bytes))
    }

    fn create_folder(&mut self, parent: &str, name: &str) -> Result<(), Code> {
        let (parent, name) = (self.first(parent), name.to_owned());
        self.call(Op::CreateFolder { parent, name, conflict: Conflict::Fail })
    }

    fn create_file(&mut self, parent: &str, name: &str, text: &str) -> Result<(), Code> {
        let (parent, name, text) = (self.first(parent), name.to_owned(), text.to_owned());
        self.call(Op::CreateFile { parent, name, text, conflict: Conflict::Fail })
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let file = self.first(path);
        self.call(Op::Write { file, text: text.to_owned() })
    }

    fn rename(&mut self, path: &str, name: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.call(Op::Rename { item, name: name.to_owned() })
    }

    fn move_to(&mut self, path: &str, target: &str, name: Option<&str>) -> Result<(), Code> {
        let (item, target) = (self.first(path), self.at(target));
        self.call(Op::Move { item, target, name: name.map(str::to_owned), conflict: Conflict::Fail })
    }

    fn delete(&mut self, path: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.call(Op::Delete { item })
    }

    fn delete_permanently(&mut self, path: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.call(Op::DeletePermanently { item })
    }

    fn now(&self) -> Timestamp {
        timestamp(self.model.now as i128)
    }

    fn pass(&mut self, time: Duration) {
        self.call(Op::Advance { by: time }).expect("time passes");
    }

    fn act_as(&mut self, user: &str) {
        // Leaks the names of the few users of a promise until the process ends.
        self.user = user.to_owned().leak();
    }

    fn if_match(&mut self, tag: Tag) {
        self.expected = Some(match tag {
            Tag::ETag(tag) => Precondition::ETag(number(&tag)),
            Tag::CTag(tag) => Precondition::CTag(number(&tag)),
        });
    }

    fn facts(&self, path: &str) -> Result<Facts, Code> {
        let facts = &self.model.items[&self.find(path)?].facts;
        let [created_at, modified_at, fs_created_at, fs_modified_at] = facts.times.map(timestamp);
        Ok(Facts {
            created_at,
            created_by: facts.created_by.to_owned(),
            modified_at,
            modified_by: facts.modified_by.to_owned(),
            fs_created_at,
            fs_modified_at,
            description: Some(facts.description.clone()).filter(|text| !text.is_empty()),
            etag: facts.etag.to_string(),
            ctag: facts.ctag.to_string(),
        })
    }

    fn set_times(&mut self, path: &str, times: Times) -> Result<(), Code> {
        let item = self.first(path);
        self.call(Op::SetTimes { item, times: nanos_of(times) })
    }

    fn set_description(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.call(Op::SetDescription { item, text: text.to_owned() })
    }

    fn update(
        &mut self,
        path: &str,
        name: Option<&str>,
        target: Option<&str>,
        description: Option<&str>,
        times: Times,
    ) -> Result<(), Code> {
        let (item, target) = (self.first(path), target.map(|target| self.at(target)));
        let (name, text) = (name.map(str::to_owned), description.map(str::to_owned));
        let times = nanos_of(times);
        self.call(Op::Update {
            item,
            update: ItemUpdate { name, target, text, times, ..ItemUpdate::default() },
        })
    }

    fn versions(&self, file: &str) -> Result<Vec<SeenVersion>, Code> {
        let item = self.file(file)?;
        let current = (item.version, &item.bytes, item.written, false);
        let past = item.past.iter().rev();
        let past = past.map(|past| (past.number, &past.bytes, past.written, past.deleted_at.is_some()));
        let seen = std::iter::once(current).chain(past);
        let seen = seen.map(|(number, bytes, written, is_deleted)| SeenVersion {
            number,
            size: bytes.size(),
            modified_at: timestamp(written.at),
            modified_by: written.by.to_owned(),
            is_deleted,
        });
        Ok(seen.collect())
    }

    fn read_version(&self, file: &str, number: u32) -> Result<Vec<u8>, Code> {
        let bytes = self.file(file)?.bytes_of(number);
        bytes.map(text_of).ok_or_else(|| code(ModelError::NoVersion))
    }

    fn restore_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let file = self.first(file);
        self.call(Op::RestoreVersion { file, number })
    }

    fn delete_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let file = self.first(file);
        self.call(Op::DeleteVersion { file, number })
    }

    fn id(&self, path: &str) -> Result<Id, Code> {
        self.find(path).map(|key| key.to_string())
    }

    fn path(&self, id: &Id) -> Result<String, Code> {
        let key = self.model.find(&Place::Id(0, number(id))).map_err(code)?;
        Ok(self.model.path(key))
    }

    fn bin(&self) -> Result<Vec<Binned>, Code> {
        let mut bin = self.model.bin(0);
        bin.retain(|key| self.model.access_of(*key) != Access::None);
        let bin = bin.into_iter().filter_map(|key| {
            let item = &self.model.items[&key];
            let binned = item.binned.as_ref()?;
            Some(Binned {
                id: key.to_string(),
                name: item.name.clone(),
                folder: binned.parent.to_string(),
                deleted_at: timestamp(binned.at),
                deleted_by: binned.by.to_owned(),
                purge_at: binned.purge_at.map(timestamp),
            })
        });
        Ok(bin.collect())
    }

    fn restore(
        &mut self,
        id: &Id,
        folder: Option<&str>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Code> {
        let (item, folder) = (Place::Id(0, number(id)), folder.map(|folder| self.at(folder)));
        self.call(Op::RestoreItem { item, folder, name: name.map(str::to_owned), conflict })
    }

    fn purge(&mut self, id: &Id) -> Result<(), Code> {
        self.call(Op::Purge { item: Place::Id(0, number(id)) })
    }

    fn empty_bin(&mut self) -> Result<(), Code> {
        self.call(Op::PurgeAll { drive: 0 })
    }

    fn token(&self) -> Result<String, Code> {
        Ok(feed::token(&self.model))
    }

    fn changes(&self, token: Option<&str>, limit: usize) -> Result<Feed, Code> {
        Ok(feed::page(&self.model, token, limit))
    }

    fn search(&self, folder: &str, text: &str) -> Result<Vec<String>, Code> {
        let found = self.model.search(self.folder(folder)?, text);
        Ok(found.into_iter().map(|key| self.full_path(key)).collect())
    }

    fn set_access(&mut self, path: &str, access: Option<Access>) -> Result<(), Code> {
        let item = self.at(path);
        self.call(Op::SetAccess { item, access })
    }

    fn set_quota(&mut self, total: Option<u64>) -> Result<(), Code> {
        self.call(Op::SetQuota { drive: 0, total })
    }

    fn used(&self) -> Result<u64, Code> {
        let service = self.model.drives[0].service;
        Ok(self.model.used(0).counted(service) as u64)
    }

    fn lock(&mut self, path: &str, scope: LockScope) -> Result<Id, Code> {
        let item = self.first(path);
        match self.make(Op::Lock { item, scope })? {
            Expected::Lock(lock) => Ok(lock.to_string()),
            other => panic!("a lock is given: {other:?}"),
        }
    }

    fn unlock(&mut self, lock: &Id) -> Result<(), Code> {
        self.call(Op::Unlock { lock: number(lock) })
    }

    fn begin_copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Result<Id, Code> {
        self.start(source, target, options, Pace::Held).map(|job| job.to_string())
    }

    fn step_copy(&mut self, job: &Id, n_items: usize) -> Result<(), Code> {
        self.call(Op::Step { job: number(job), n_items })
    }

    fn end_copy(&mut self, job: &Id) -> Ended {
        let job = number(job);
        self.call(Op::Step { job, n_items: EVERY_ITEM }).expect("a held job is stepped");
        self.ended(job)
    }

    fn add_drive(&mut self, name: &str, profile: &Profile) -> Result<(), Code> {
        self.call(Op::AddDrive { name: name.to_owned(), rules: service(profile) })
    }
}
