//! Performs ops on the model.

use drivesim::Conflict;

use super::metadata::USERS;
use super::{Bytes, Call, Expected, JobState, Model, ModelError, Service, Step};
use crate::op::{HistoryOp, ItemUpdate, Op};

impl Model {
    /// Performs an op of a history, and notes in [`Model::last`] its call and expected result.
    pub fn apply(&mut self, drawn: &HistoryOp) {
        self.user = USERS[usize::from(drawn.user) % USERS.len()];
        self.make(self.call(&drawn.op));
    }

    /// Performs a call, and notes in [`Model::last`] its expected result.
    pub fn make(&mut self, call: Call) {
        let user = self.user;
        self.n_steps += 1;
        let expected = match self.run(&call) {
            Ok(expected) => expected,
            Err(error) => Expected::Refused(self.all_reasons(&call, error)),
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
    fn all_reasons(&self, call: &Call, error: ModelError) -> Vec<ModelError> {
        let mut reasons = vec![error];
        if reasons == [ModelError::ConflictNotOffered] {
            let mut trial = self.clone();
            trial.offers_all = true;
            reasons.extend(trial.run(call).err());
        }
        // The rules have the opposite order, but addresses are resolved before any item is checked.
        if let (Op::RestoreItem { folder: Some(folder), .. }, ModelError::NotInBin) = (call, &reasons[0]) {
            reasons.extend(self.resolve(folder).err());
        }
        reasons
    }

    fn run(&mut self, call: &Call) -> Result<Expected, ModelError> {
        match call {
            Op::CreateFolder { parent, name, conflict } => self.create(parent, name, None, *conflict),
            Op::CreateFile { parent, name, text, conflict } => {
                self.create(parent, name, Some(&Bytes::Text(text.clone())), *conflict)
            }
            Op::CreateSized { parent, name, size } => {
                self.create(parent, name, Some(&Bytes::Sized(*size)), Conflict::Fail)
            }
            Op::Write { file, text } => self.write(file, text),
            Op::Rename { item, name } => {
                self.update(item, &ItemUpdate { name: Some(name.clone()), ..ItemUpdate::default() })
            }
            Op::Move { item, target, name, conflict } => {
                let (name, target, conflict) = (name.clone(), Some(target.clone()), *conflict);
                self.update(item, &ItemUpdate { name, target, conflict, ..ItemUpdate::default() })
            }
            Op::Update { item, update } => self.update(item, update),
            Op::Delete { item } => self.delete(item),
            Op::DeletePermanently { item } => self.delete_permanently(item),
            Op::RestoreItem { item, folder, name, conflict } => {
                self.restore_item(item, folder.as_ref(), name.as_deref(), *conflict)
            }
            Op::Purge { item } => self.purge(item),
            Op::PurgeAll { drive } => self.purge_all(*drive),
            Op::RestoreVersion { file, number } => self.restore_version(file, *number),
            Op::DeleteVersion { file, number } => self.delete_version(file, *number),
            Op::SetTimes { item, times } => {
                self.update(item, &ItemUpdate { times: *times, ..ItemUpdate::default() })
            }
            Op::SetDescription { item, text } => {
                self.update(item, &ItemUpdate { text: Some(text.clone()), ..ItemUpdate::default() })
            }
            Op::SetAccess { item, access } => self.set_access(item, *access),
            Op::SetQuota { drive, total } => self.set_quota(*drive, *total),
            Op::Lock { item, scope } => self.lock(item, *scope),
            Op::Unlock { lock } => self.unlock(*lock),
            _ => self.run_job_or_drive(call),
        }
    }

    fn run_job_or_drive(&mut self, call: &Call) -> Result<Expected, ModelError> {
        match call {
            Op::Copy { source, target, options } => self.copy(source, target, options),
            Op::Poll { job } => {
                self.poll(*job);
                Ok(Expected::Done)
            }
            Op::Step { job, n_items } => self.step_job(*job, *n_items),
            Op::Advance { by } => {
                self.advance(*by);
                Ok(Expected::Done)
            }
            Op::RunUntilIdle => {
                self.run_until_idle();
                Ok(Expected::Done)
            }
            Op::AddDrive { name, rules } => self.add_drive(name, *rules),
            Op::RemoveDrive { name } => self.remove_drive(name),
            _ => Ok(Expected::Done),
        }
    }

    fn add_drive(&mut self, name: &str, service: Service) -> Result<Expected, ModelError> {
        if self.drives.iter().any(|drive| drive.name == name) {
            return Err(ModelError::DriveExists);
        }
        self.new_drive(name, service);
        Ok(Expected::Done)
    }

    fn remove_drive(&mut self, name: &str) -> Result<Expected, ModelError> {
        let at = self.drives.iter().position(|drive| drive.name == name).ok_or(ModelError::NoDrive)?;
        let drive = self.drives.remove(at);
        self.remove(drive.root);
        self.fail_orphaned();
        Ok(Expected::Done)
    }
}
