//! The only place that aims a change at a job: at what it is to read, to write to, or has made.

use super::{Call, JobState, Key, Model, Place};

/// What is done to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// The folder it copies to is moved into what it copies.
    TargetIntoSource,
    /// What it copies is deleted.
    DeleteSource,
    /// The folder it copies to is deleted.
    DeleteTarget,
    /// The first of what it has made is moved to the root of the drive.
    MoveNewItem,
    /// The first of what it has made is deleted.
    DeleteNewItem,
    /// What one of its files is to replace is deleted.
    DeleteReplaced,
    /// A folder is made where one of its files is to replace another, if that is gone.
    FolderInPlace,
    /// One of its drives is removed, if it is the one that comes and goes.
    RemoveDrive,
    /// The folder it copies to may not be changed any more.
    CloseTarget,
    /// What it copies is locked.
    LockSource,
    /// The quota of the drive it copies to leaves no room.
    LeaveNoRoom,
}

impl Model {
    /// Makes the call that does this to a job; `None` where there is nothing to do it to.
    pub(super) fn disturb(&self, job: usize, how: Disturbance) -> Option<Call> {
        let order = &self.jobs[job].order;
        let (source, target) = (self.by_id(order.source), self.by_id(order.target));
        let conflict = drivesim::Conflict::Fail;
        match how {
            // One that has started knows all that it copies.
            Disturbance::TargetIntoSource if matches!(self.jobs[job].state, JobState::Running(_)) => None,
            Disturbance::TargetIntoSource if order.source_drive != order.target_drive => None,
            Disturbance::TargetIntoSource => {
                self.visible(order.target)?.parent?;
                Some(Call::Move { item: target?, target: source?, name: None, conflict })
            }
            Disturbance::DeleteSource => Some(Call::Delete { item: source? }),
            Disturbance::DeleteTarget => Some(Call::Delete { item: target? }),
            Disturbance::MoveNewItem => {
                let (new, name) = (self.new_item(job)?, Some("moved".to_owned()));
                let target = self.by_id(self.drive_of(new).ok()?.root)?;
                Some(Call::Move { item: self.by_id(new)?, target, name, conflict })
            }
            Disturbance::DeleteNewItem => Some(Call::Delete { item: self.by_id(self.new_item(job)?)? }),
            Disturbance::DeleteReplaced => {
                let item = &self.items[&self.successor(job)?];
                Some(Call::Delete { item: self.by_id(self.holder(item.parent?, &item.name, None)?)? })
            }
            Disturbance::FolderInPlace => {
                let item = &self.items[&self.successor(job)?];
                Some(Call::CreateFolder {
                    parent: self.by_id(item.parent?)?,
                    name: item.name.clone(),
                    conflict,
                })
            }
            Disturbance::CloseTarget => {
                Some(Call::SetAccess { item: target?, access: Some(drivesim::Access::Read) })
            }
            Disturbance::LockSource => Some(Call::Lock { item: source?, scope: drivesim::LockScope::Tree }),
            Disturbance::LeaveNoRoom => {
                let drive = order.target_drive;
                Some(Call::SetQuota { drive: self.drive(drive)?.number, total: Some(1) })
            }
            Disturbance::RemoveDrive => {
                let drives = [order.source_drive, order.target_drive].into_iter();
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
