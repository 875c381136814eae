//! Defines the calls that verbs resolve to, and performs them on the model.

use std::time::Duration;

use drivesim::Conflict;
use drivesim::access::{Access, LockScope};

use super::metadata::USERS;
use super::{Bytes, CopyWish, Expected, JobState, Model, Place, Refusal, Service, Step, Wish};
use crate::history::Verb;

/// A call with resolved items.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are named as the verbs of a simulator and their arguments")]
pub enum Call {
    CreateFolder { parent: Place, name: String, conflict: Conflict },
    CreateFile { parent: Place, name: String, text: String, conflict: Conflict },
    CreateSized { parent: Place, name: String, size: u64 },
    Write { file: Place, text: String },
    Rename { item: Place, name: String },
    Move { item: Place, target: Place, name: Option<String>, conflict: Conflict },
    Update { item: Place, wish: Wish },
    Delete { item: Place },
    DeletePermanently { item: Place },
    RestoreItem { item: Place, folder: Option<Place>, name: Option<String>, conflict: Conflict },
    Purge { item: Place },
    PurgeAll { drive: u32 },
    RestoreVersion { file: Place, number: u32 },
    DeleteVersion { file: Place, number: u32 },
    SetTimes { item: Place, times: [Option<i128>; 4] },
    SetDescription { item: Place, text: String },
    SetAccess { item: Place, access: Option<Access> },
    SetQuota { drive: u32, total: Option<u64> },
    Lock { item: Place, scope: LockScope },
    Unlock { lock: usize },
    Copy { source: Place, target: Place, wish: CopyWish },
    Poll { job: usize },
    Step { job: usize, n_items: usize },
    Advance { by: Duration },
    RunUntilIdle,
    AddDrive { name: String, service: Service },
    RemoveDrive { name: String },
}

impl Call {
    /// Returns the name of the verb.
    pub fn verb(&self) -> &'static str {
        match self {
            Call::CreateFolder { .. } => "create_folder_with",
            Call::CreateFile { .. } => "create_file_with",
            Call::CreateSized { .. } => "create_sized",
            Call::Write { .. } => "write",
            Call::Rename { .. } => "rename",
            Call::Move { .. } => "move_to_with",
            Call::Update { .. } => "update",
            Call::Delete { .. } => "delete",
            Call::DeletePermanently { .. } => "delete_permanently",
            Call::RestoreItem { .. } => "restore_item_with",
            Call::Purge { .. } => "purge",
            Call::PurgeAll { .. } => "purge_all",
            Call::RestoreVersion { .. } => "restore_version",
            Call::DeleteVersion { .. } => "delete_version",
            Call::SetTimes { .. } => "set_times",
            Call::SetDescription { .. } => "set_description",
            Call::SetAccess { .. } => "set_access",
            Call::SetQuota { .. } => "set_quota",
            Call::Lock { .. } => "lock",
            Call::Unlock { .. } => "unlock",
            Call::Copy { wish, .. } if wish.children_only => "copy children",
            Call::Copy { .. } => "copy",
            Call::Poll { .. } => "poll",
            Call::Step { .. } => "step",
            Call::Advance { .. } => "advance",
            Call::RunUntilIdle => "run_until_idle",
            Call::AddDrive { .. } => "add_drive",
            Call::RemoveDrive { .. } => "remove_drive",
        }
    }
}

impl Model {
    /// Performs a verb, and notes in [`Model::last`] its call and expected result.
    pub fn apply(&mut self, verb: &Verb) {
        let (user, verb) = match verb {
            Verb::As { user, verb } => (USERS[usize::from(*user) % USERS.len()], &**verb),
            verb => (USERS[0], verb),
        };
        self.user = user;
        self.make(self.call(verb));
    }

    /// Performs a call, and notes in [`Model::last`] its expected result.
    pub fn make(&mut self, call: Call) {
        let user = self.user;
        self.n_steps += 1;
        let expected = match self.run(&call) {
            Ok(expected) => expected,
            Err(refusal) => Expected::Refused(self.all_reasons(&call, refusal)),
        };
        let is_halfway = self.jobs.iter().any(|job| {
            matches!(&job.state, JobState::Running(running) if (1..running.plan.len()).contains(&running.n_done))
        });
        if is_halfway {
            self.mark(super::Mark::Job("revealed partly"));
        }
        self.record_known();
        self.user = USERS[0];
        let marks = std::mem::take(&mut self.marks);
        self.last = Some(Step { user, call, expected, marks });
    }

    /// Returns the failure. For a conflict behavior that is not supported, adds the failure that would follow if it
    /// were.
    fn all_reasons(&self, call: &Call, refusal: Refusal) -> Vec<Refusal> {
        let mut reasons = vec![refusal];
        if reasons == [Refusal::ConflictNotOffered] {
            let mut trial = self.clone();
            trial.offers_all = true;
            reasons.extend(trial.run(call).err());
        }
        // The rules have the opposite order, but addresses are resolved before any item is checked.
        if let (Call::RestoreItem { folder: Some(folder), .. }, Refusal::NotInBin) = (call, &reasons[0]) {
            reasons.extend(self.resolve(folder).err());
        }
        reasons
    }

    fn run(&mut self, call: &Call) -> Result<Expected, Refusal> {
        match call {
            Call::CreateFolder { parent, name, conflict } => self.create(parent, name, None, *conflict),
            Call::CreateFile { parent, name, text, conflict } => {
                self.create(parent, name, Some(&Bytes::Text(text.clone())), *conflict)
            }
            Call::CreateSized { parent, name, size } => {
                self.create(parent, name, Some(&Bytes::Sized(*size)), Conflict::Fail)
            }
            Call::Write { file, text } => self.write(file, text),
            Call::Rename { item, name } => {
                self.update(item, &Wish { name: Some(name.clone()), ..Wish::default() })
            }
            Call::Move { item, target, name, conflict } => {
                let (name, target, conflict) = (name.clone(), Some(target.clone()), *conflict);
                self.update(item, &Wish { name, target, conflict, ..Wish::default() })
            }
            Call::Update { item, wish } => self.update(item, wish),
            Call::Delete { item } => self.delete(item),
            Call::DeletePermanently { item } => self.delete_permanently(item),
            Call::RestoreItem { item, folder, name, conflict } => {
                self.restore_item(item, folder.as_ref(), name.as_deref(), *conflict)
            }
            Call::Purge { item } => self.purge(item),
            Call::PurgeAll { drive } => self.purge_all(*drive),
            Call::RestoreVersion { file, number } => self.restore_version(file, *number),
            Call::DeleteVersion { file, number } => self.delete_version(file, *number),
            Call::SetTimes { item, times } => self.update(item, &Wish { times: *times, ..Wish::default() }),
            Call::SetDescription { item, text } => {
                self.update(item, &Wish { text: Some(text.clone()), ..Wish::default() })
            }
            Call::SetAccess { item, access } => self.set_access(item, *access),
            Call::SetQuota { drive, total } => self.set_quota(*drive, *total),
            Call::Lock { item, scope } => self.lock(item, *scope),
            Call::Unlock { lock } => self.unlock(*lock),
            _ => self.run_job_or_drive(call),
        }
    }

    fn run_job_or_drive(&mut self, call: &Call) -> Result<Expected, Refusal> {
        match call {
            Call::Copy { source, target, wish } => self.copy(source, target, wish),
            Call::Poll { job } => {
                self.poll(*job);
                Ok(Expected::Done)
            }
            Call::Step { job, n_items } => self.step_job(*job, *n_items),
            Call::Advance { by } => {
                self.advance(*by);
                Ok(Expected::Done)
            }
            Call::RunUntilIdle => {
                self.run_until_idle();
                Ok(Expected::Done)
            }
            Call::AddDrive { name, service } => self.add_drive(name, *service),
            Call::RemoveDrive { name } => self.remove_drive(name),
            _ => Ok(Expected::Done),
        }
    }

    fn add_drive(&mut self, name: &str, service: Service) -> Result<Expected, Refusal> {
        if self.drives.iter().any(|drive| drive.name == name) {
            return Err(Refusal::DriveExists);
        }
        self.new_drive(name, service);
        Ok(Expected::Done)
    }

    fn remove_drive(&mut self, name: &str) -> Result<Expected, Refusal> {
        let at = self.drives.iter().position(|drive| drive.name == name).ok_or(Refusal::NoDrive)?;
        let drive = self.drives.remove(at);
        self.remove(drive.root);
        self.fail_orphaned();
        Ok(Expected::Done)
    }
}
