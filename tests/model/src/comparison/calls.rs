//! Performs the calls of a model on drivesim.

use drivesim::access::LockId;
use drivesim::address::Address;
use drivesim::drive::DriveSpec;
use drivesim::item::Times;
use drivesim::options::{MoveOptions, RestoreOptions, Update};
use drivesim::{CopyOptions, Error, ItemId, Job};

use super::engine::{Engine, profile};
use crate::model::{Call, CopyWish, Model, Place, timestamp};

/// The value of a successful call.
#[derive(Debug)]
pub(super) enum CallValue {
    Done,
    Item(ItemId),
    Job(Job),
    Lock(LockId),
}

impl Engine {
    fn address(&self, place: &Place) -> Address {
        match place {
            Place::Path(drive, path) => self.drives[drive].at(path),
            Place::Id(drive, key) => self.at(*drive, self.ids[key]),
            Place::Match(place, expected) => self.address(place).if_match(*expected),
        }
    }

    /// Performs a call as its user.
    pub(super) fn run(&mut self, model: &Model, user: &str, call: &Call) -> Result<CallValue, Error> {
        let sim = self.sim.acting_as(user);
        let at = |place: &Place| self.address(place);
        let drive_ref = |drive: &u32| &self.drives[drive];
        let done = |()| CallValue::Done;
        match call {
            Call::CreateFolder { parent, name, conflict } => {
                sim.create_folder_with(at(parent), name, *conflict).map(CallValue::Item)
            }
            Call::CreateFile { parent, name, text, conflict } => {
                sim.create_file_with(at(parent), name, text.as_str(), *conflict).map(CallValue::Item)
            }
            Call::CreateSized { parent, name, size } => {
                sim.create_sized(at(parent), name, *size).map(CallValue::Item)
            }
            Call::Write { file, text } => sim.write(at(file), text.as_str()).map(CallValue::Item),
            Call::Rename { item, name } => sim.rename(at(item), name).map(done),
            Call::Move { item, target, name, conflict } => {
                let mut options = MoveOptions::from(*conflict);
                options.name.clone_from(name);
                sim.move_to_with(at(item), at(target), options).map(done)
            }
            Call::Update { item, wish } => {
                let mut update = Update::default().on_conflict(wish.conflict).times(times_of(&wish.times));
                update.name.clone_from(&wish.name);
                update.parent = wish.target.as_ref().map(at);
                update.description.clone_from(&wish.text);
                sim.update(at(item), update).map(done)
            }
            Call::RestoreVersion { file, number } => sim.restore_version(at(file), *number).map(done),
            Call::DeleteVersion { file, number } => sim.delete_version(at(file), *number).map(done),
            Call::SetTimes { item, times } => sim.set_times(at(item), times_of(times)).map(done),
            Call::SetDescription { item, text } => sim.set_description(at(item), text).map(done),
            Call::Delete { item } => sim.delete(at(item)).map(done),
            Call::DeletePermanently { item } => sim.delete_permanently(at(item)).map(done),
            Call::RestoreItem { item, folder, name, conflict } => {
                let mut options = RestoreOptions::from(*conflict);
                (options.folder, options.name) = (folder.as_ref().map(at), name.clone());
                sim.restore_item_with(at(item), options).map(done)
            }
            Call::Purge { item } => sim.purge(at(item)).map(done),
            Call::PurgeAll { drive } => sim.purge_all(drive_ref(drive)).map(done),
            Call::SetAccess { item, access } => sim.set_access(at(item), *access).map(done),
            Call::SetQuota { drive, total } => sim.set_quota(drive_ref(drive), *total).map(done),
            Call::Lock { item, scope } => sim.lock(at(item), *scope).map(CallValue::Lock),
            Call::Unlock { lock } => {
                sim.unlock(drive_ref(&model.locks[*lock].drive), self.locks[lock]).map(done)
            }
            Call::Copy { source, target, wish } => {
                sim.copy(at(source), at(target), options(wish)).map(CallValue::Job)
            }
            _ => self.run_job_or_drive(model, call),
        }
    }

    fn run_job_or_drive(&mut self, model: &Model, call: &Call) -> Result<CallValue, Error> {
        match call {
            Call::Poll { job } => {
                let report = self.jobs[*job].poll();
                assert_eq!(report, self.jobs[*job].report(), "a poll returns the state after it");
            }
            Call::Step { job, n_items } => drop(self.jobs[*job].step(*n_items)?),
            Call::Advance { by } => self.sim.advance(*by)?,
            Call::RunUntilIdle => self.sim.run_until_idle(),
            Call::AddDrive { name, service } => {
                let drive = self.sim.add_drive(DriveSpec::new(name).profile(profile(model, *service)))?;
                self.drives.extend(model.drives.last().map(|last| (last.number, drive)));
            }
            Call::RemoveDrive { name } => {
                let drive = self.sim.all_drives().into_iter().find(|drive| drive.name() == name);
                self.sim.remove_drive(drive.ok_or_else(|| Error::NoDrive { name: name.clone() })?)?;
            }
            call => panic!("{call:?} cannot be made"),
        }
        Ok(CallValue::Done)
    }
}

fn times_of(times: &[Option<i128>; 4]) -> Times {
    let [created_at, modified_at, fs_created_at, fs_modified_at] = times.map(|time| time.map(timestamp));
    Times { created_at, modified_at, fs_created_at, fs_modified_at }
}

fn options(wish: &CopyWish) -> CopyOptions {
    let mut options = CopyOptions::default().on_conflict(wish.conflict).pace(wish.pace);
    options.name.clone_from(&wish.name);
    options.children_only = wish.children_only;
    options.versions = wish.versions;
    options.visibility = wish.visibility;
    options.on_failure = wish.leftovers;
    options
}
