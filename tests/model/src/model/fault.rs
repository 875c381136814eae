//! Injects faults into the model's jobs: changes to what a job reads, writes to or has created.

use super::{Call, JobState, Key, Model, Place};
use crate::op::JobFault;

impl Model {
    /// Returns the call that injects this fault into a job; `None` if it does not apply.
    pub(super) fn inject_fault(&self, job: usize, how: JobFault) -> Option<Call> {
        let request = &self.jobs[job].request;
        let (source, target) = (self.by_id(request.source), self.by_id(request.target));
        let conflict = drivesim::Conflict::Fail;
        match how {
            // A started job has already determined what it copies.
            JobFault::TargetIntoSource if matches!(self.jobs[job].state, JobState::Running(_)) => None,
            JobFault::TargetIntoSource if request.source_drive != request.target_drive => None,
            JobFault::TargetIntoSource => {
                self.visible(request.target)?.parent?;
                Some(Call::Move { item: target?, target: source?, name: None, conflict })
            }
            JobFault::DeleteSource => Some(Call::Delete { item: source? }),
            JobFault::DeleteTarget => Some(Call::Delete { item: target? }),
            JobFault::MoveNewItem => {
                let (new, name) = (self.new_item(job)?, Some("moved".to_owned()));
                let target = self.by_id(self.drive_of(new).ok()?.root)?;
                Some(Call::Move { item: self.by_id(new)?, target, name, conflict })
            }
            JobFault::DeleteNewItem => Some(Call::Delete { item: self.by_id(self.new_item(job)?)? }),
            JobFault::DeleteReplaced => {
                let item = &self.items[&self.successor(job)?];
                Some(Call::Delete { item: self.by_id(self.holder(item.parent?, &item.name, None)?)? })
            }
            JobFault::FolderInPlace => {
                let item = &self.items[&self.successor(job)?];
                Some(Call::CreateFolder {
                    parent: self.by_id(item.parent?)?,
                    name: item.name.clone(),
                    conflict,
                })
            }
            JobFault::MakeTargetReadOnly => {
                Some(Call::SetAccess { item: target?, access: Some(drivesim::access::Access::Read) })
            }
            JobFault::LockSource => {
                Some(Call::Lock { item: source?, scope: drivesim::access::LockScope::Tree })
            }
            JobFault::ExhaustQuota => {
                let drive = request.target_drive;
                Some(Call::SetQuota { drive: self.drive(drive)?.number, total: Some(1) })
            }
            JobFault::RemoveDrive => {
                let drives = [request.source_drive, request.target_drive].into_iter();
                let mut drives = drives.filter_map(|drive| self.drive(drive));
                let drive = drives.find(|drive| drive.number > 1)?;
                Some(Call::RemoveDrive { name: drive.name.clone() })
            }
        }
    }

    fn by_id(&self, key: Key) -> Option<Place> {
        self.visible(key).map(|item| Place::Id(item.drive, key))
    }

    fn new_item(&self, job: usize) -> Option<Key> {
        let JobState::Running(running) = &self.jobs[job].state else { return None };
        running.tops.iter().copied().find(|top| self.visible(*top).is_some())
    }

    fn successor(&self, job: usize) -> Option<Key> {
        let JobState::Running(running) = &self.jobs[job].state else { return None };
        let is_successor = |key: &Key| self.items.get(key).is_some_and(|item| item.successor);
        running.plan.iter().copied().find(is_successor)
    }
}
