//! Performs operations on drivesim.

use std::convert::Infallible;

use drivesim::access::LockId;
use drivesim::address::Address;
use drivesim::drive::{DriveRef, DriveSpec};
use drivesim::feed::Changes;
use drivesim::item::{Times, Version};
use drivesim::options::{MoveOptions, RestoreOptions, Update};
use drivesim::{Error, Item, ItemId, Job, Profile, Sim};

use super::{ItemUpdate, Op, Terms};
use crate::time::timestamp;

/// The terms of a simulator.
#[derive(Clone, Debug)]
pub struct Live;

/// A lock and its drive.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names describe them")]
pub struct LiveLock {
    pub drive: DriveRef,
    pub id: LockId,
}

impl Terms for Live {
    type Drive = DriveRef;
    type Extra = Infallible;
    type Item = Address;
    type Job = Job;
    type Lock = LiveLock;
    type Rules = Profile;
    type Size = u64;
}

/// What an op returned.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names describe them")]
pub enum Value {
    Done,
    Created(ItemId),
    Job(Job),
    Lock(LockId),
    Drive(DriveRef),
    Item(Box<Item>),
    Items(Vec<Item>),
    Versions(Vec<Version>),
    Changes(Changes),
}

/// Performs an op.
///
/// # Errors
/// Fails as the verb of the simulator does.
pub fn play(sim: &Sim, op: Op<Live>) -> Result<Value, Error> {
    let done = |()| Value::Done;
    match op {
        Op::CreateFolder { parent, name, conflict } => {
            sim.create_folder_with(parent, &name, conflict).map(Value::Created)
        }
        Op::CreateFile { parent, name, text, conflict } => {
            sim.create_file_with(parent, &name, text.as_str(), conflict).map(Value::Created)
        }
        Op::CreateSized { parent, name, size } => sim.create_sized(parent, &name, size).map(Value::Created),
        Op::Write { file, text } => sim.write(file, text.as_str()).map(Value::Created),
        Op::Rename { item, name } => sim.rename(item, &name).map(done),
        Op::Move { item, target, name, conflict } => {
            let mut options = MoveOptions::from(conflict);
            options.name = name;
            sim.move_to_with(item, target, options).map(done)
        }
        Op::Update { item, update } => sim.update(item, update_of(update)).map(done),
        Op::SetTimes { item, times } => sim.set_times(item, times_of(times)).map(done),
        Op::SetDescription { item, text } => sim.set_description(item, &text).map(done),
        Op::RestoreVersion { file, number } => sim.restore_version(file, number).map(done),
        Op::DeleteVersion { file, number } => sim.delete_version(file, number).map(done),
        Op::Delete { item } => sim.delete(item).map(done),
        Op::DeletePermanently { item } => sim.delete_permanently(item).map(done),
        Op::RestoreItem { item, folder, name, conflict } => {
            let mut options = RestoreOptions::from(conflict);
            (options.folder, options.name) = (folder, name);
            sim.restore_item_with(item, options).map(done)
        }
        Op::Purge { item } => sim.purge(item).map(done),
        Op::PurgeAll { drive } => sim.purge_all(&drive).map(done),
        Op::SetAccess { item, access } => sim.set_access(item, access).map(done),
        Op::SetQuota { drive, total } => sim.set_quota(&drive, total).map(done),
        Op::Lock { item, scope } => sim.lock(item, scope).map(Value::Lock),
        Op::Unlock { lock } => sim.unlock(&lock.drive, lock.id).map(done),
        other => play_job_or_drive(sim, other),
    }
}

fn play_job_or_drive(sim: &Sim, op: Op<Live>) -> Result<Value, Error> {
    match op {
        Op::Copy { source, target, options } => return sim.copy(source, target, options).map(Value::Job),
        Op::Poll { job } => drop(job.poll()),
        Op::Step { job, n_items } => drop(job.step(n_items)?),
        Op::Advance { by } => sim.advance(by)?,
        Op::StepClock => drop(sim.step_clock()),
        Op::RunUntilIdle => sim.run_until_idle(),
        Op::AddDrive { name, rules } => {
            return sim.add_drive(DriveSpec::new(name).profile(rules)).map(Value::Drive);
        }
        Op::RemoveDrive { name } => {
            let drive = sim.all_drives().into_iter().find(|drive| drive.name() == name);
            sim.remove_drive(drive.ok_or(Error::NoDrive { name })?)?;
        }
        other => return read(sim, other),
    }
    Ok(Value::Done)
}

fn read(sim: &Sim, op: Op<Live>) -> Result<Value, Error> {
    match op {
        Op::ReadItem { item } | Op::ReadTags { item } => {
            sim.item(item).map(|item| Value::Item(Box::new(item)))
        }
        Op::List { folder } => sim.children(folder).map(Value::Items),
        Op::ListAll { drive } => list_all(sim, &drive).map(Value::Items),
        Op::Search { folder, text } => sim.search(folder, &text).map(Value::Items),
        Op::ReadVersions { file } => sim.versions(file).map(Value::Versions),
        Op::ReadBin { drive } => {
            let bin = sim.bin(&drive)?;
            Ok(Value::Items(bin.into_iter().map(|binned| binned.item).collect()))
        }
        Op::ReadChanges { drive, since, limit } => sim.changes(&drive, since, limit).map(Value::Changes),
        Op::Extra(never) => match never {},
        other => unreachable!("{other:?} does not read"),
    }
}

/// Returns all items of a drive: the children of the root, then those of the last folder that has not been listed.
fn list_all(sim: &Sim, drive: &DriveRef) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let mut folders = vec![sim.item(drive.at("/"))?.id];
    while let Some(folder) = folders.pop() {
        let children = sim.children(drive.at(folder))?;
        folders.extend(children.iter().filter(|child| child.is_folder()).map(|child| child.id));
        items.extend(children);
    }
    Ok(items)
}

fn update_of(wanted: ItemUpdate<Address>) -> Update {
    let mut update = Update::default().on_conflict(wanted.conflict).times(times_of(wanted.times));
    (update.name, update.parent, update.description) = (wanted.name, wanted.target, wanted.text);
    update
}

fn times_of(times: [Option<i128>; 4]) -> Times {
    let [created_at, modified_at, fs_created_at, fs_modified_at] = times.map(|time| time.map(timestamp));
    Times { created_at, modified_at, fs_created_at, fs_modified_at }
}
