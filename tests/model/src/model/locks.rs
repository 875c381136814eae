//! Locks items of the model, and checks calls against the locks.

use drivesim::access::LockScope;
use drivesim::item::ItemKind;

use super::copy::ModelCopyRequest;
use super::{Expected, Key, Mark, Model, ModelError, Place, Service};

/// A lock of a caller or a job.
#[derive(Clone, Debug)]
pub struct ModelLock {
    /// The drive of its item.
    pub drive: u32,
    /// The locked item.
    pub item: Key,
    /// Whether it covers the item alone or everything below it.
    pub scope: LockScope,
    /// Whether it was released.
    pub is_over: bool,
    /// The job that it belongs to; `None` for locks of callers.
    pub job: Option<usize>,
}

/// An operation that a lock may prevent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockedOp {
    /// Changes its content, versions, times or description, or replaces it.
    Write,
    /// Renames or moves it, or moves something into it.
    Move,
    Delete,
    CopyFrom,
    CopyTo,
    Restore,
    Create,
}

impl Service {
    fn lock_prevents(self, op: LockedOp) -> bool {
        match self {
            Service::Plain => op != LockedOp::CopyFrom,
            Service::Business | Service::Personal => {
                matches!(op, LockedOp::Write | LockedOp::Move | LockedOp::Delete)
            }
            Service::Box => !matches!(op, LockedOp::Write | LockedOp::Create),
        }
    }
}

impl Model {
    pub(super) fn lock(&mut self, item: &Place, scope: LockScope) -> Result<Expected, ModelError> {
        let key = self.resolve(item)?;
        let drive = self.require(key)?.drive;
        self.locks.push(ModelLock { drive, item: key, scope, is_over: false, job: None });
        Ok(Expected::Lock(self.locks.len() - 1))
    }

    pub(super) fn unlock(&mut self, lock: usize) -> Result<Expected, ModelError> {
        let ModelLock { drive, item, is_over, .. } = self.locks[lock];
        self.drive(drive).ok_or(ModelError::NoDrive)?;
        if is_over || !self.items.contains_key(&item) {
            return Err(ModelError::NoLock);
        }
        self.locks[lock].is_over = true;
        Ok(Expected::Done)
    }

    /// Fails if a lock on the item, or a tree lock above it, prevents the operation.
    pub(super) fn check_unlocked(&self, key: Key, op: LockedOp) -> Result<(), ModelError> {
        self.check_locks(key, op, false, None)
    }

    /// Fails if a lock on the item, above or below it prevents the operation.
    pub(super) fn check_all_unlocked(&self, key: Key, op: LockedOp) -> Result<(), ModelError> {
        self.check_locks(key, op, true, None)
    }

    pub(super) fn check_locks(
        &self,
        key: Key,
        op: LockedOp,
        with_all_below: bool,
        own: Option<usize>,
    ) -> Result<(), ModelError> {
        let prevents = self.drive_of(key)?.service.lock_prevents(op);
        let mut locks = self.locks.iter().filter(|lock| {
            let is_own = own.is_some() && lock.job == own;
            prevents && !lock.is_over && !is_own && self.items.contains_key(&lock.item)
        });
        let is_locked = locks.any(|lock| match lock.scope {
            _ if with_all_below && self.is_within(lock.item, key) => true,
            LockScope::Item => lock.item == key,
            LockScope::Tree => self.is_within(key, lock.item),
        });
        if is_locked { Err(ModelError::Locked) } else { Ok(()) }
    }

    /// Locks both ends of a large copy, for the job that is created next.
    pub(super) fn lock_ends(&mut self, request: &ModelCopyRequest) {
        let Ok(target) = self.drive_of(request.target) else { return };
        let threshold = target.limits.async_item_threshold;
        let n_items = self.seen_below(request.source).len() - 1;
        if n_items <= threshold || self.items[&request.source].kind == ItemKind::File {
            return;
        }
        let job = Some(self.jobs.len());
        let ends = [
            (request.source_drive, request.source, LockScope::Tree),
            (request.target_drive, request.target, LockScope::Item),
        ];
        for (drive, item, scope) in ends {
            self.locks.push(ModelLock { drive, item, scope, is_over: false, job });
        }
        self.mark(Mark::Fact("copy locked its ends"));
    }

    /// Releases the locks of a job.
    pub(super) fn unlock_ends(&mut self, job: usize) {
        for lock in self.locks.iter_mut().filter(|lock| lock.job == Some(job)) {
            lock.is_over = true;
        }
    }
}
