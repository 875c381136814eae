//! Runs the promises on drivesim itself.

use std::time::Duration;

use drivesim::access::{Access, LockId, LockScope};
use drivesim::address::{Address, Precondition};
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::feed::Change;
use drivesim::item::{Times, Timestamp};
use drivesim::options::{MoveOptions, RestoreOptions, Update};
use drivesim::snapshot::Snapshot;
use drivesim::{Conflict, CopyOptions, Error, Item, ItemId, Job, Pace, Profile, Sim};

use super::subject::{Ended, Subject};
use super::views::{Binned, Changed, Code, Facts, Feed, Id, Seen, SeenVersion, Tag};
use crate::expect::expect_ok;

/// A simulator whose drive the promises are tested on.
#[derive(Debug)]
pub struct SimSubject<const STEPPED: bool> {
    sim: Sim,
    /// The precondition of the next call, on the first item that it names.
    expected: Option<Precondition>,
    /// The locks that were created. The index identifies a lock.
    locks: Vec<LockId>,
    /// The copies that were started, each with the drive that it copies to. The index identifies a job.
    jobs: Vec<(Job, String)>,
    kept: Option<Snapshot>,
}

fn code(error: Error) -> Code {
    error.code().to_owned()
}

/// Splits a path into the drive with its colon and the path within. The drive is empty for the first one.
fn split_drive(path: &str) -> (&str, &str) {
    path.split_at(if path.starts_with('/') { 0 } else { path.find(':').map_or(0, |colon| colon + 1) })
}

fn item_id(id: &Id) -> Result<ItemId, Code> {
    id.parse().map_err(|_| "invalidRequest".to_owned())
}

fn number(tag: &str) -> u32 {
    expect_ok(tag.parse(), "a known tag")
}

fn seen(item: &Item) -> Seen {
    Seen { is_folder: item.is_folder(), size: item.size, child_count: item.child_count }
}

fn facts(item: Item) -> Facts {
    Facts {
        created_at: item.created_at,
        created_by: item.created_by.to_string(),
        modified_at: item.modified_at,
        modified_by: item.modified_by.to_string(),
        fs_created_at: item.fs_created_at,
        fs_modified_at: item.fs_modified_at,
        description: item.description.as_deref().map(str::to_owned),
        etag: item.etag.to_string(),
        ctag: item.ctag.to_string(),
    }
}

fn changed(change: Change) -> Changed {
    match change {
        Change::Changed(item) => Changed { name: item.name, id: item.id.to_string(), is_gone: false },
        Change::Deleted(gone) => Changed { name: gone.name, id: gone.id.to_string(), is_gone: true },
    }
}

impl<const STEPPED: bool> SimSubject<STEPPED> {
    fn first_drive(&self) -> Result<DriveRef, Code> {
        self.sim.first_drive().map_err(code)
    }

    fn at(&self, path: &str) -> Address {
        let (drive, path) = split_drive(path);
        self.within(drive, path)
    }

    /// Addresses an item of a drive, given with its colon.
    fn within(&self, drive: &str, item: impl Into<Address>) -> Address {
        match drive.strip_suffix(':') {
            None => item.into(),
            Some(name) => expect_ok(self.sim.drive(name), "a known drive").at(item),
        }
    }

    /// Addresses the item that the current call changes, with the precondition if there is one.
    fn first(&mut self, path: &str) -> Address {
        let address = self.at(path);
        match self.expected.take() {
            Some(expected) => address.if_match(expected),
            None => address,
        }
    }

    fn start_copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Result<Job, Code> {
        let source = self.first(source);
        self.sim.copy(source, self.at(target), options).map_err(code)
    }

    /// Steps a job to its end. `drive` is the drive that it copies to.
    fn run_to_end(&self, job: &Job, drive: &str) -> Ended {
        loop {
            match job.outcome() {
                Some(Ok(item)) => {
                    let path = expect_ok(self.sim.path(self.within(drive, item)), "the new item");
                    return Ended::Completed(format!("{drive}{path}"));
                }
                Some(Err(error)) => return Ended::Failed(code(error)),
                None => expect_ok(job.step(1), "a step"),
            };
        }
    }

    fn job(&self, job: &Id) -> &(Job, String) {
        &self.jobs[expect_ok(job.parse::<usize>(), "a known job")]
    }
}

impl<const STEPPED: bool> Subject for SimSubject<STEPPED> {
    fn new(profile: &Profile, outline: &str) -> Self {
        let sim = expect_ok(Sim::builder().profile(profile.clone()).outline(outline).build(), "a drive");
        SimSubject { sim, expected: None, locks: Vec::new(), jobs: Vec::new(), kept: None }
    }

    fn outline(&self) -> String {
        self.sim.check_invariants();
        expect_ok(self.sim.outline(), "an outline")
    }

    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended {
        let options = options.pace(if STEPPED { Pace::Held } else { Pace::Instant });
        match self.start_copy(source, target, options) {
            Ok(job) => self.run_to_end(&job, split_drive(target).0),
            Err(code) => Ended::Refused(code),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Code> {
        let items = self.sim.children(self.at(folder)).map_err(code)?;
        Ok(items.into_iter().map(|item| item.name).collect())
    }

    fn item(&self, path: &str) -> Result<Seen, Code> {
        self.sim.item(self.at(path)).map(|item| seen(&item)).map_err(code)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Code> {
        self.sim.read(self.at(path)).map_err(code)
    }

    fn create_folder(&mut self, parent: &str, name: &str) -> Result<(), Code> {
        let parent = self.first(parent);
        self.sim.create_folder(parent, name).map(drop).map_err(code)
    }

    fn create_file(&mut self, parent: &str, name: &str, text: &str) -> Result<(), Code> {
        let parent = self.first(parent);
        self.sim.create_file(parent, name, text).map(drop).map_err(code)
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let file = self.first(path);
        self.sim.write(file, text).map(drop).map_err(code)
    }

    fn rename(&mut self, path: &str, name: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.sim.rename(item, name).map_err(code)
    }

    fn move_to(&mut self, path: &str, target: &str, name: Option<&str>) -> Result<(), Code> {
        let item = self.first(path);
        let mut options = MoveOptions::default();
        options.name = name.map(str::to_owned);
        self.sim.move_to_with(item, self.at(target), options).map_err(code)
    }

    fn delete(&mut self, path: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.sim.delete(item).map_err(code)
    }

    fn delete_permanently(&mut self, path: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.sim.delete_permanently(item).map_err(code)
    }

    fn now(&self) -> Timestamp {
        self.sim.now()
    }

    fn pass(&mut self, time: Duration) {
        expect_ok(self.sim.advance(time), "a clock that is moved by hand");
    }

    fn act_as(&mut self, user: &str) {
        self.sim = self.sim.acting_as(user);
    }

    fn if_match(&mut self, tag: Tag) {
        self.expected = Some(match tag {
            Tag::ETag(tag) => Precondition::ETag(number(&tag)),
            Tag::CTag(tag) => Precondition::CTag(number(&tag)),
        });
    }

    fn facts(&self, path: &str) -> Result<Facts, Code> {
        self.sim.item(self.at(path)).map(facts).map_err(code)
    }

    fn set_times(&mut self, path: &str, times: Times) -> Result<(), Code> {
        let item = self.first(path);
        self.sim.set_times(item, times).map_err(code)
    }

    fn set_description(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let item = self.first(path);
        self.sim.set_description(item, text).map_err(code)
    }

    fn update(
        &mut self,
        path: &str,
        name: Option<&str>,
        target: Option<&str>,
        description: Option<&str>,
        times: Times,
    ) -> Result<(), Code> {
        let item = self.first(path);
        let mut update = Update::default().times(times);
        update.name = name.map(str::to_owned);
        update.parent = target.map(|target| self.at(target));
        update.description = description.map(str::to_owned);
        self.sim.update(item, update).map_err(code)
    }

    fn versions(&self, file: &str) -> Result<Vec<SeenVersion>, Code> {
        let versions = self.sim.versions(self.at(file)).map_err(code)?;
        let seen = versions.into_iter().map(|version| SeenVersion {
            number: version.number,
            size: version.size,
            modified_at: version.modified_at,
            modified_by: version.modified_by.to_string(),
            is_deleted: version.deleted_at.is_some(),
        });
        Ok(seen.collect())
    }

    fn read_version(&self, file: &str, number: u32) -> Result<Vec<u8>, Code> {
        let content = self.sim.version_content(self.at(file), number).map_err(code)?;
        let mut bytes = vec![0; content.size() as usize];
        content.read_at(0, &mut bytes);
        Ok(bytes)
    }

    fn restore_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let file = self.first(file);
        self.sim.restore_version(file, number).map_err(code)
    }

    fn delete_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let file = self.first(file);
        self.sim.delete_version(file, number).map_err(code)
    }

    fn id(&self, path: &str) -> Result<Id, Code> {
        self.sim.item(self.at(path)).map(|item| item.id.to_string()).map_err(code)
    }

    fn path(&self, id: &Id) -> Result<String, Code> {
        self.sim.path(item_id(id)?).map_err(code)
    }

    fn bin(&self) -> Result<Vec<Binned>, Code> {
        let bin = self.sim.bin(self.first_drive()?).map_err(code)?;
        let binned = bin.into_iter().map(|binned| Binned {
            id: binned.item.id.to_string(),
            name: binned.item.name,
            folder: binned.item.parent.map(|folder| folder.to_string()).unwrap_or_default(),
            deleted_at: binned.deleted_at,
            deleted_by: binned.deleted_by.to_string(),
            purge_at: binned.purge_at,
        });
        Ok(binned.collect())
    }

    fn restore(
        &mut self,
        id: &Id,
        folder: Option<&str>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Code> {
        let mut options = RestoreOptions::from(conflict);
        (options.folder, options.name) = (folder.map(|folder| self.at(folder)), name.map(str::to_owned));
        self.sim.restore_item_with(item_id(id)?, options).map_err(code)
    }

    fn purge(&mut self, id: &Id) -> Result<(), Code> {
        self.sim.purge(item_id(id)?).map_err(code)
    }

    fn empty_bin(&mut self) -> Result<(), Code> {
        self.sim.purge_all(self.first_drive()?).map_err(code)
    }

    fn token(&self) -> Result<String, Code> {
        self.sim.change_token(self.first_drive()?).map(|token| token.to_string()).map_err(code)
    }

    fn changes(&self, token: Option<&str>, limit: usize) -> Result<Feed, Code> {
        let token = token.map(|token| expect_ok(token.parse(), "a known token"));
        let changes = self.sim.changes(self.first_drive()?, token, limit).map_err(code)?;
        let (token, more) = (changes.token.to_string(), changes.more);
        Ok(Feed { changes: changes.changes.into_iter().map(changed).collect(), token, more })
    }

    fn keep_state(&mut self) {
        self.kept = Some(self.sim.snapshot());
    }

    fn put_back(&mut self) {
        self.sim.restore(expect_ok(self.kept.as_ref().ok_or(()), "a state that was kept"));
    }

    fn search(&self, folder: &str, text: &str) -> Result<Vec<String>, Code> {
        let found = self.sim.search(self.at(folder), text).map_err(code)?;
        found.into_iter().map(|item| self.sim.path(item.id).map_err(code)).collect()
    }

    fn set_access(&mut self, path: &str, access: Option<Access>) -> Result<(), Code> {
        self.sim.set_access(self.at(path), access).map_err(code)
    }

    fn set_quota(&mut self, total: Option<u64>) -> Result<(), Code> {
        self.sim.set_quota(self.first_drive()?, total).map_err(code)
    }

    fn used(&self) -> Result<u64, Code> {
        self.sim.quota(self.first_drive()?).map(|quota| quota.used).map_err(code)
    }

    fn lock(&mut self, path: &str, scope: LockScope) -> Result<Id, Code> {
        let item = self.first(path);
        self.locks.push(self.sim.lock(item, scope).map_err(code)?);
        Ok((self.locks.len() - 1).to_string())
    }

    fn unlock(&mut self, lock: &Id) -> Result<(), Code> {
        let lock = self.locks[expect_ok(lock.parse::<usize>(), "a known lock")];
        self.sim.unlock(self.first_drive()?, lock).map_err(code)
    }

    fn begin_copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Result<Id, Code> {
        let job = self.start_copy(source, target, options.pace(Pace::Held))?;
        self.jobs.push((job, split_drive(target).0.to_owned()));
        Ok((self.jobs.len() - 1).to_string())
    }

    fn step_copy(&mut self, job: &Id, n_items: usize) -> Result<(), Code> {
        self.job(job).0.step(n_items).map(drop).map_err(code)
    }

    fn end_copy(&mut self, job: &Id) -> Ended {
        let (job, drive) = self.job(job);
        self.run_to_end(job, drive)
    }

    fn add_drive(&mut self, name: &str, profile: &Profile) -> Result<(), Code> {
        self.sim.add_drive(DriveSpec::new(name).profile(profile.clone())).map(drop).map_err(code)
    }
}
