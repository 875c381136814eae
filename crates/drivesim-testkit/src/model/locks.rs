//! The only place for the locks of the model: what has one, and what that refuses.

use drivesim::{ItemKind, LockScope};

use super::copy::Order;
use super::{Expected, Key, Mark, Model, Place, Refusal, Service};

/// A lock that somebody asked for.
#[derive(Clone, Debug)]
pub struct ModelLock {
    /// The drive it is in.
    pub drive: u32,
    /// What is locked.
    pub item: Key,
    /// Alone or with all below it.
    pub scope: LockScope,
    /// Whether it was given back.
    pub is_over: bool,
    /// The job it belongs to; callers have the others.
    pub job: Option<usize>,
}

/// What is done with an item that may be locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Its content, versions, times or description change, or another takes its place.
    Write,
    /// It is renamed or moved, or something is moved into it.
    Move,
    Delete,
    CopyFrom,
    CopyTo,
    Restore,
    Create,
}

impl Service {
    fn lock_refuses(self, deed: Deed) -> bool {
        match self {
            Service::Plain => deed != Deed::CopyFrom,
            Service::Business | Service::Personal => matches!(deed, Deed::Write | Deed::Move | Deed::Delete),
            Service::Box => !matches!(deed, Deed::Write | Deed::Create),
        }
    }
}

impl Model {
    pub(super) fn lock(&mut self, item: &Place, scope: LockScope) -> Result<Expected, Refusal> {
        let key = self.resolve(item)?;
        let drive = self.require(key)?.drive;
        self.locks.push(ModelLock { drive, item: key, scope, is_over: false, job: None });
        Ok(Expected::Lock(self.locks.len() - 1))
    }

    pub(super) fn unlock(&mut self, lock: usize) -> Result<Expected, Refusal> {
        let ModelLock { drive, item, is_over, .. } = self.locks[lock];
        self.drive(drive).ok_or(Refusal::NoDrive)?;
        if is_over || !self.items.contains_key(&item) {
            return Err(Refusal::NoLock);
        }
        self.locks[lock].is_over = true;
        Ok(Expected::Done)
    }

    /// Refuses what a lock on the item, or on one above with all below, refuses.
    pub(super) fn check_unlocked(&self, key: Key, deed: Deed) -> Result<(), Refusal> {
        self.check_locks(key, deed, false, None)
    }

    /// Refuses also what a lock on something below refuses.
    pub(super) fn check_all_unlocked(&self, key: Key, deed: Deed) -> Result<(), Refusal> {
        self.check_locks(key, deed, true, None)
    }

    pub(super) fn check_locks(
        &self,
        key: Key,
        deed: Deed,
        with_all_below: bool,
        own: Option<usize>,
    ) -> Result<(), Refusal> {
        let refuses = self.drive_of(key)?.service.lock_refuses(deed);
        let mut locks = self.locks.iter().filter(|lock| {
            let is_own = own.is_some() && lock.job == own;
            refuses && !lock.is_over && !is_own && self.items.contains_key(&lock.item)
        });
        let is_locked = locks.any(|lock| match lock.scope {
            _ if with_all_below && self.is_within(lock.item, key) => true,
            LockScope::Item => lock.item == key,
            LockScope::Tree => self.is_within(key, lock.item),
        });
        if is_locked { Err(Refusal::Locked) } else { Ok(()) }
    }

    /// Locks both ends of a copy of many items, for the job that is to come.
    pub(super) fn lock_ends(&mut self, order: &Order) {
        let Ok(from) = self.drive_of(order.target).map(|drive| drive.limits.copy_locks_from) else { return };
        let n_items = self.seen_below(order.source).len() - 1;
        if n_items < from || self.items[&order.source].kind == ItemKind::File {
            return;
        }
        let job = Some(self.jobs.len());
        let ends = [
            (order.source_drive, order.source, LockScope::Tree),
            (order.target_drive, order.target, LockScope::Item),
        ];
        for (drive, item, scope) in ends {
            self.locks.push(ModelLock { drive, item, scope, is_over: false, job });
        }
        self.mark(Mark::Fact("copy locked its ends"));
    }

    /// Gives back the locks of a job.
    pub(super) fn unlock_ends(&mut self, job: usize) {
        for lock in self.locks.iter_mut().filter(|lock| lock.job == Some(job)) {
            lock.is_over = true;
        }
    }
}
