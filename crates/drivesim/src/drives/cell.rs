//! Keeps one drive behind its lock.

mod taken;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use drivesim_core::outline::DriveHeader;
use drivesim_core::{Access, Drive, GarbageScan, ItemId, Profile, Timestamp, Traffic, WireIds};
use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::address::DriveRef;
use crate::drives::Counter;
use crate::haste;
use crate::ids::DriveId;

pub(super) use self::taken::{Taken, put_back};

/// How often who wants a lock tries before it goes to sleep: some 100 µs long, at first without letting other threads
/// run. Most often the lock is held for a few µs only, and to be woken up takes many times as long.
const TRIES: usize = 512;
const BUSY_TRIES: usize = 256;
/// How often a thread in haste tries: most changes take no longer, and to have the answer made elsewhere takes longer.
const HASTY_TRIES: usize = 64;

/// How many items are looked at under the lock at most.
const PAGE: usize = 1000;

/// Tries to get a lock that is likely to be free soon.
fn soon<T>(attempt: impl Fn() -> Option<T>) -> Option<T> {
    (0..TRIES).find_map(|n_tries| {
        let got = attempt();
        match got {
            Some(_) => {}
            None if n_tries < BUSY_TRIES => std::hint::spin_loop(),
            None => std::thread::yield_now(),
        }
        got
    })
}

/// A drive and its lock.
///
/// # Rules
///
/// - Only looks whose time does not grow with the number of items hold the lock: at one item and those above it, at one
///   page, at what a service lets one copy have at most ([`DriveCell::read`]). All others (outlines, searches, sums,
///   whole listings, bins, versions, changes, differences) look at a fork, which costs one counter per 16,384 items,
///   and hold no lock meanwhile ([`DriveCell::fork`]). `Drive::check_invariants` is for tests and does not keep this rule.
/// - A change that takes long is made to the drive outside of its cell, while readers use a clone ([`DriveCell::take`]).
/// - No code of a caller runs under the lock, but for that of `Sim::while_locked`.
/// - A thread in haste ([`without_waiting`](crate::without_waiting)) never waits for the lock. Its look goes on with a
///   drive of nothing and counts as given up.
#[derive(Debug)]
pub(crate) struct DriveCell {
    pub(crate) id: DriveId,
    /// What callers know the drive by.
    pub(crate) named: DriveRef,
    /// Drives are locked, several at a time, in the order in which they were made.
    pub(crate) number: u64,
    pub(crate) header: DriveHeader,
    /// Whether the drive was given with a `drive` line.
    pub(crate) has_header: bool,
    /// Its rules, which never change.
    pub(crate) profile: Profile,
    pub(crate) root: ItemId,
    /// The ids of the wire without those of items, which never change.
    pub(crate) own_wire_ids: WireIds,
    drive: RwLock<Drive>,
    /// What the drives of the simulator have parted with and made.
    pub(crate) traffic: Arc<Counter>,
    /// Held by the thread that frees what was deleted for good. Taken before the lock of the drive.
    freeing: Mutex<()>,
    /// Held by the thread that has taken the drive out, to change it beside. Taken after `freeing` and before the lock of
    /// the drive.
    taking: Mutex<()>,
    /// Whether a clone stands in for the drive. Set and read while the drive is locked for a change.
    is_taken: AtomicBool,
    /// Whether callers may look at nothing in the drive, as the last change has left it.
    is_closed: AtomicBool,
    /// How many threads wait for the lock.
    n_waiting: AtomicU32,
    /// How often something was removed that may be put back; counted while the drive is locked.
    pub(crate) n_removals: AtomicU64,
    /// How often the drive was locked for a change.
    #[cfg(test)]
    pub(crate) n_locked: AtomicU64,
}

impl DriveCell {
    /// Makes the cell of a drive.
    pub(super) fn new(
        id: DriveId,
        number: u64,
        (header, has_header): (DriveHeader, bool),
        drive: Drive,
        traffic: Arc<Counter>,
    ) -> DriveCell {
        DriveCell {
            id,
            named: DriveRef { id, name: Arc::from(header.name.as_str()) },
            number,
            header,
            has_header,
            profile: drive.profile().clone(),
            root: drive.root(),
            own_wire_ids: drive.wire_ids().without_items(),
            is_closed: AtomicBool::new(is_closed(&drive)),
            drive: RwLock::new(drive),
            traffic,
            freeing: Mutex::new(()),
            taking: Mutex::new(()),
            is_taken: AtomicBool::new(false),
            n_waiting: AtomicU32::new(0),
            n_removals: AtomicU64::new(0),
            #[cfg(test)]
            n_locked: AtomicU64::new(0),
        }
    }

    /// Locks the drive for a short look; see [`DriveCell`].
    pub(crate) fn read(&self) -> Reading<'_> {
        if let Some(drive) = self.drive.try_read() {
            return Reading::Locked(drive);
        }
        if !haste::is_in_haste() {
            return Reading::Locked(self.wait(|| self.drive.try_read(), || self.drive.read()));
        }
        match (0..HASTY_TRIES).find_map(|_| self.try_again()) {
            Some(drive) => Reading::Locked(drive),
            None => {
                haste::give_up();
                Reading::Nothing(&NOTHING)
            }
        }
    }

    /// Looks at so many items: under the lock at a page of them as long as `is_quick` there, else at a fork.
    pub(crate) fn look_at<R>(
        &self,
        n_items: usize,
        is_quick: impl FnOnce(&Drive) -> bool,
        look: impl FnOnce(&Drive) -> R,
    ) -> R {
        if n_items <= PAGE {
            let drive = self.read();
            if is_quick(&drive) {
                return look(&drive);
            }
        }
        look(&self.fork())
    }

    fn try_again(&self) -> Option<RwLockReadGuard<'_, Drive>> {
        std::hint::spin_loop();
        self.drive.try_read()
    }

    /// Returns the drive as it is now, for a look that takes longer the more items there are; see [`DriveCell`].
    pub(crate) fn fork(&self) -> Drive {
        if haste::give_up() {
            return NOTHING.clone();
        }
        let fork = self.read().clone();
        #[cfg(test)]
        tests::call_hook(self);
        fork
    }

    pub(super) fn lock(&self) -> RwLockWriteGuard<'_, Drive> {
        loop {
            let drive = self.lock_as_it_is();
            if !self.is_taken.load(Ordering::Relaxed) {
                return drive;
            }
            drop(drive);
            // Free when the drive is back.
            drop(self.taking.lock());
        }
    }

    /// Locks what is there, be it a clone that stands in for the drive.
    fn lock_as_it_is(&self) -> RwLockWriteGuard<'_, Drive> {
        #[cfg(test)]
        self.n_locked.fetch_add(1, Ordering::Relaxed);
        self.wait(|| self.drive.try_write(), || self.drive.write())
    }

    /// Gets a lock by `attempt`, and if that has failed for long by `sleep`.
    fn wait<T>(&self, attempt: impl Fn() -> Option<T>, sleep: impl FnOnce() -> T) -> T {
        if let Some(got) = attempt() {
            return got;
        }
        self.n_waiting.fetch_add(1, Ordering::Relaxed);
        let got = soon(attempt).unwrap_or_else(sleep);
        self.n_waiting.fetch_sub(1, Ordering::Relaxed);
        got
    }

    /// Lets those who wait have the lock first.
    fn give_way(&self) {
        soon(|| (self.n_waiting.load(Ordering::Relaxed) == 0).then_some(()));
    }

    /// Locks the drive for a change; when the lock is released, what was deleted for good is freed.
    pub(crate) fn write(&self) -> Writing<'_> {
        debug_assert!(!haste::is_in_haste(), "a change is not given up, so nobody may be in haste");
        Writing { drive: self.lock(), before: Traffic::now(), rest: Rest(self) }
    }

    /// Returns whether this is the drive of an outline without `drive` lines.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.number == 0 && !self.has_header
    }

    /// Returns whether callers may look at nothing in the drive: it is as if it were not there. Locks nothing.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Notes what is known of the drive without its lock, after a change.
    pub(super) fn note(&self, drive: &Drive) {
        let is_closed = is_closed(drive);
        if self.is_closed.load(Ordering::Relaxed) != is_closed {
            self.is_closed.store(is_closed, Ordering::Release);
        }
    }

    /// Purges what has been in the bin for long enough, so that it stands in nobody's way.
    pub(crate) fn purge_due(&self, at: Timestamp) {
        // Looked at first: most often there is nothing, and nobody need wait.
        if self.read().has_due_purges(at) {
            self.write().purge_due(at);
        }
    }

    /// Frees what was deleted for good: it is found without the lock of the drive, and goes in portions, so that others get
    /// their turn. Threads that have deleted something wait here for the one that frees.
    pub(super) fn free_rest(&self) {
        if !self.read().has_garbage() {
            return;
        }
        let _freeing = self.freeing.lock();
        loop {
            // Made under the lock of a reader, scanned under none.
            let scan = self.read().scan_garbage();
            if let Some(scanned) = scan.map(GarbageScan::run) {
                self.lock().condemn(scanned);
            }
            let mut drive = self.lock();
            let before = Traffic::now();
            let freed = drive.free_some();
            drive.settle_capacity();
            self.traffic.add(Traffic::now() - before);
            // Who waits comes first: otherwise this thread would mostly have the lock again before they look.
            RwLockWriteGuard::unlock_fair(drive);
            if !freed.more {
                break;
            }
            drop(freed);
            self.give_way();
        }
    }

    /// Returns the same cell with another drive in it, a fork of its own.
    pub(super) fn with(&self, drive: Drive, traffic: Arc<Counter>) -> DriveCell {
        DriveCell::new(self.id, self.number, (self.header.clone(), self.has_header), drive, traffic)
    }
}

/// Returns whether callers may look at nothing in a drive.
fn is_closed(drive: &Drive) -> bool {
    drive.access(drive.root()) == Ok(Access::None)
}

/// A drive without items. A look that was given up goes on with it, and its answer is thrown away.
static NOTHING: LazyLock<Drive> = LazyLock::new(|| Drive::new(Profile::PLAIN, Timestamp::UNIX_EPOCH));

/// A drive that is looked at.
#[derive(Debug)]
pub(crate) enum Reading<'a> {
    Locked(RwLockReadGuard<'a, Drive>),
    /// The look was given up.
    Nothing(&'static Drive),
}

impl Deref for Reading<'_> {
    type Target = Drive;

    fn deref(&self) -> &Drive {
        match self {
            Reading::Locked(drive) => drive,
            Reading::Nothing(drive) => drive,
        }
    }
}

/// A drive that is locked for a change.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    drive: RwLockWriteGuard<'a, Drive>,
    /// What this thread had counted when the lock was taken.
    before: Traffic,
    /// Dropped after the lock is released.
    rest: Rest<'a>,
}

impl Deref for Writing<'_> {
    type Target = Drive;

    fn deref(&self) -> &Drive {
        &self.drive
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Drive {
        &mut self.drive
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let cell = self.rest.0;
        cell.note(&self.drive);
        self.drive.settle_capacity();
        cell.traffic.add(Traffic::now() - self.before);
    }
}

/// Frees the rest of what was deleted for good when it is dropped.
#[derive(Debug)]
struct Rest<'a>(&'a DriveCell);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        // While a panic unwinds another would end the process; the next change frees what is left now.
        if !std::thread::panicking() {
            self.0.free_rest();
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

    /// Calls `hook` whenever `work` has forked a drive, has opened a copy to it or has taken it out of its cell,
    /// and no lock should be held.
    pub(crate) fn with_hook<R>(hook: impl FnMut(&DriveCell) + 'static, work: impl FnOnce() -> R) -> R {
        HOOK.set(Some(Box::new(hook)));
        let answer = work();
        HOOK.set(None);
        answer
    }

    pub(crate) fn call_hook(cell: &DriveCell) {
        let hook = HOOK.take();
        if let Some(mut hook) = hook {
            hook(cell);
            HOOK.set(Some(hook));
        }
    }

    impl DriveCell {
        /// Locks the drive for a change if nobody holds a lock of it.
        pub(crate) fn try_lock(&self) -> Option<RwLockWriteGuard<'_, Drive>> {
            self.drive.try_write()
        }
    }
}
