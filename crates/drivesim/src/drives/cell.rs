//! Keeps one drive behind its lock.

mod taken;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use drivesim_core::outline::DriveHeader;
use drivesim_core::{Access, Drive, ItemId, Profile, ReclaimScan, Timestamp, Traffic, WireIds};
use parking_lot::{Mutex, RwLockReadGuard, RwLockWriteGuard};

use crate::address::DriveRef;
use crate::drives::TrafficCounter;
use crate::drives::spin_lock::SpinLock;
use crate::ids::DriveId;
use crate::no_wait;
use crate::owner::Owner;

pub(super) use self::taken::{TakenDrive, put_back};

/// How many items are read under the lock at most.
const PAGE: usize = 1000;

/// A drive and its lock.
///
/// # Rules
///
/// - Only reads whose time does not grow with the number of items hold the lock: of one item and its ancestors, of one
///   page, of the items that a service allows in one copy ([`DriveCell::read`]). All others (outlines, searches,
///   totals, whole listings, bins, versions, changes, differences) read a fork, which costs one counter per 16,384
///   items, and hold no lock meanwhile ([`DriveCell::fork`]). `Drive::check_invariants` is for tests and does not keep
///   this rule.
/// - A long change is made to the drive outside of its cell, while readers use a clone ([`DriveCell::take`]).
/// - No code of a caller runs under the lock, except for `Sim::while_locked`.
/// - A thread that must not wait ([`without_waiting`](crate::no_wait::without_waiting)) never waits for the lock. It continues
///   with an empty drive, and its result is discarded.
#[derive(Debug)]
pub(crate) struct DriveCell {
    pub(crate) id: DriveId,
    /// The reference that callers use.
    pub(crate) drive_ref: DriveRef,
    /// Several drives are locked in the order of their numbers, which is the order of creation.
    pub(crate) number: u64,
    pub(crate) header: DriveHeader,
    /// The owner that the `drive` line names.
    pub(crate) owner: Option<Owner>,
    /// Whether the drive was given with a `drive` line.
    pub(crate) has_header: bool,
    /// The profile, which never changes.
    pub(crate) profile: Profile,
    pub(crate) root: ItemId,
    /// The wire ids without those of items, which never change.
    pub(crate) own_wire_ids: WireIds,
    drive: SpinLock<Drive>,
    /// Counts the bytes that the drives of the simulator have released and created.
    pub(crate) traffic: Arc<TrafficCounter>,
    /// Held by the thread that reclaims purged items. Locked before the drive.
    freeing: Mutex<()>,
    /// Held by the thread that has taken the drive out to change it. Locked after `freeing` and before the drive.
    taking: Mutex<()>,
    /// Whether a clone replaces the drive temporarily. Set and read while the drive is locked for a change.
    is_taken: AtomicBool,
    /// Whether callers may read nothing in the drive since the last change.
    is_closed: AtomicBool,
    /// How often something was removed that may be put back; counted while the drive is locked.
    pub(crate) n_removals: AtomicU64,
    /// How often the drive was locked for a change.
    #[cfg(test)]
    pub(crate) n_locked: AtomicU64,
}

impl DriveCell {
    /// Creates the cell of a drive.
    pub(super) fn new(
        id: DriveId,
        number: u64,
        header: DriveHeader,
        has_header: bool,
        drive: Drive,
        traffic: Arc<TrafficCounter>,
    ) -> DriveCell {
        DriveCell {
            id,
            drive_ref: DriveRef { id, name: Arc::from(header.name.as_str()) },
            number,
            owner: header.owner.as_deref().and_then(|owner| owner.parse().ok()),
            header,
            has_header,
            profile: drive.profile().clone(),
            root: drive.root(),
            own_wire_ids: drive.wire_ids().without_items(),
            is_closed: AtomicBool::new(is_closed(&drive)),
            drive: SpinLock::new(drive),
            traffic,
            freeing: Mutex::new(()),
            taking: Mutex::new(()),
            is_taken: AtomicBool::new(false),
            n_removals: AtomicU64::new(0),
            #[cfg(test)]
            n_locked: AtomicU64::new(0),
        }
    }

    /// Locks the drive for a short read; see [`DriveCell`].
    pub(crate) fn read(&self) -> DriveReadGuard<'_> {
        if let Some(drive) = self.drive.try_read() {
            return DriveReadGuard::Locked(drive);
        }
        if !no_wait::must_not_wait() {
            return DriveReadGuard::Locked(self.drive.read());
        }
        match self.drive.read_soon() {
            Some(drive) => DriveReadGuard::Locked(drive),
            None => {
                no_wait::give_up();
                DriveReadGuard::Nothing(&NOTHING)
            }
        }
    }

    /// Reads `n_items` items: at most a page of them under the lock if `is_quick` holds there, otherwise in a fork.
    pub(crate) fn read_items<R>(
        &self,
        n_items: usize,
        is_quick: impl FnOnce(&Drive) -> bool,
        read: impl FnOnce(&Drive) -> R,
    ) -> R {
        if n_items <= PAGE {
            let drive = self.read();
            if is_quick(&drive) {
                return read(&drive);
            }
        }
        read(&self.fork())
    }

    /// Returns a fork of the drive, for a read whose time grows with the number of items; see [`DriveCell`].
    pub(crate) fn fork(&self) -> Drive {
        if no_wait::give_up() {
            return NOTHING.clone();
        }
        let fork = self.read().clone();
        #[cfg(test)]
        tests::call_hook(self);
        fork
    }

    pub(super) fn lock(&self) -> RwLockWriteGuard<'_, Drive> {
        loop {
            let drive = self.lock_current();
            if !self.is_taken.load(Ordering::Relaxed) {
                return drive;
            }
            drop(drive);
            // Free when the drive is back.
            drop(self.taking.lock());
        }
    }

    /// Locks the drive of the cell, even if it is the temporary clone.
    fn lock_current(&self) -> RwLockWriteGuard<'_, Drive> {
        #[cfg(test)]
        self.n_locked.fetch_add(1, Ordering::Relaxed);
        self.drive.write()
    }

    /// Locks the drive for a change. When the lock is released, purged items are reclaimed.
    pub(crate) fn write(&self) -> DriveWriteGuard<'_> {
        debug_assert!(!no_wait::must_not_wait(), "a change is not given up, so its thread may wait");
        DriveWriteGuard { drive: self.lock(), before: Traffic::now(), reclaim: ReclaimOnDrop(self) }
    }

    /// Returns whether this is the drive of an outline without `drive` lines.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.number == 0 && !self.has_header
    }

    /// Returns whether callers may read nothing in the drive, as if it did not exist. Locks nothing.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Updates what is read without the lock of the drive, after a change.
    pub(super) fn update_cached(&self, drive: &Drive) {
        let is_closed = is_closed(drive);
        if self.is_closed.load(Ordering::Relaxed) != is_closed {
            self.is_closed.store(is_closed, Ordering::Release);
        }
    }

    /// Purges expired items of the bin, so that they are in no operation's way.
    pub(crate) fn purge_due(&self, at: Timestamp) {
        // Checked first: most often there is nothing to purge, and no exclusive lock is needed.
        if self.read().has_due_purges(at) {
            self.write().purge_due(at);
        }
    }

    /// Reclaims purged items. They are found without the lock of the drive and freed in portions, so that other threads
    /// get their turn. Threads that have deleted something wait here for the one that reclaims.
    pub(super) fn reclaim(&self) {
        if !self.read().has_reclaimable() {
            return;
        }
        let _freeing = self.freeing.lock();
        loop {
            // Created under a read lock, run without a lock.
            let scan = self.read().scan_reclaimable();
            if let Some(scanned) = scan.map(ReclaimScan::run) {
                self.lock().condemn(scanned);
            }
            let mut drive = self.lock();
            let before = Traffic::now();
            let freed = drive.reclaim_some();
            drive.settle_capacity();
            self.traffic.add(Traffic::now() - before);
            // Waiting threads come first: otherwise this thread would usually get the lock again before them.
            RwLockWriteGuard::unlock_fair(drive);
            if !freed.more {
                break;
            }
            drop(freed);
            self.drive.give_way();
        }
    }

    /// Returns a cell like this one for a forked drive.
    pub(super) fn with_drive(&self, drive: Drive, traffic: Arc<TrafficCounter>) -> DriveCell {
        DriveCell::new(self.id, self.number, self.header.clone(), self.has_header, drive, traffic)
    }
}

/// Returns whether callers may read nothing in a drive.
fn is_closed(drive: &Drive) -> bool {
    drive.access(drive.root()) == Ok(Access::None)
}

/// A drive without items. A read that was given up continues with it, and its result is discarded.
static NOTHING: LazyLock<Drive> = LazyLock::new(|| Drive::new(Profile::PLAIN, Timestamp::UNIX_EPOCH));

/// A drive that is locked for reading.
#[derive(Debug)]
pub(crate) enum DriveReadGuard<'a> {
    Locked(RwLockReadGuard<'a, Drive>),
    /// The read was given up.
    Nothing(&'static Drive),
}

impl Deref for DriveReadGuard<'_> {
    type Target = Drive;

    fn deref(&self) -> &Drive {
        match self {
            DriveReadGuard::Locked(drive) => drive,
            DriveReadGuard::Nothing(drive) => drive,
        }
    }
}

/// A drive that is locked for a change.
#[derive(Debug)]
pub(crate) struct DriveWriteGuard<'a> {
    drive: RwLockWriteGuard<'a, Drive>,
    /// The counts of this thread when the lock was taken.
    before: Traffic,
    /// Dropped after the lock is released.
    reclaim: ReclaimOnDrop<'a>,
}

impl Deref for DriveWriteGuard<'_> {
    type Target = Drive;

    fn deref(&self) -> &Drive {
        &self.drive
    }
}

impl DerefMut for DriveWriteGuard<'_> {
    fn deref_mut(&mut self) -> &mut Drive {
        &mut self.drive
    }
}

impl Drop for DriveWriteGuard<'_> {
    fn drop(&mut self) {
        let cell = self.reclaim.0;
        cell.update_cached(&self.drive);
        self.drive.settle_capacity();
        cell.traffic.add(Traffic::now() - self.before);
    }
}

/// Reclaims the remaining purged items when it is dropped.
#[derive(Debug)]
struct ReclaimOnDrop<'a>(&'a DriveCell);

impl Drop for ReclaimOnDrop<'_> {
    fn drop(&mut self) {
        // During unwinding a second panic would abort the process; the next change reclaims the rest.
        if !std::thread::panicking() {
            self.0.reclaim();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::RefCell;

    use super::*;

    type Hook = Box<dyn FnMut(&DriveCell)>;

    thread_local! {
        static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
    }

    /// Calls `hook` whenever `work` has forked a drive, has opened a copy to it or has taken it out of its cell, and no
    /// lock should be held.
    pub(crate) fn with_hook<R>(hook: impl FnMut(&DriveCell) + 'static, work: impl FnOnce() -> R) -> R {
        HOOK.set(Some(Box::new(hook)));
        let result = work();
        HOOK.set(None);
        result
    }

    pub(crate) fn call_hook(cell: &DriveCell) {
        let hook = HOOK.take();
        if let Some(mut hook) = hook {
            hook(cell);
            HOOK.set(Some(hook));
        }
    }

    impl DriveCell {
        /// Locks the drive for a change if no other thread holds its lock.
        pub(crate) fn try_lock(&self) -> Option<RwLockWriteGuard<'_, Drive>> {
            self.drive.try_write()
        }
    }
}
