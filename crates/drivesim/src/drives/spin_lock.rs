//! Locks a value for reading or for a change. A thread tries for a while before it sleeps. This file is a fast path.
//!
//! A lock is held for some µs, and waking a thread takes a hundred. While another thread copies, the 99.9th percentile of a
//! read is 18 to 34 µs, and with the lock of `parking_lot` alone 62 to 87 µs (docs/design/own-code.md). Delete it once
//! `parking_lot` spins that long, or no read needs the lock of a drive.

use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How often a thread tries to get a lock before it sleeps: some 100 µs long, at first without yielding to other
/// threads. Most often the lock is held for a few µs only, and waking a thread takes many times as long.
const TRIES: usize = 512;
const BUSY_TRIES: usize = 256;
/// How often a thread that must not wait tries: most changes take no longer, and offloading the request takes longer.
const NO_WAIT_TRIES: usize = 64;

/// A lock that is held for a few µs most often.
#[derive(Debug)]
pub(super) struct SpinLock<T> {
    lock: RwLock<T>,
    /// How many threads wait for it.
    n_waiting: AtomicU32,
}

impl<T> SpinLock<T> {
    pub(super) fn new(value: T) -> SpinLock<T> {
        SpinLock { lock: RwLock::new(value), n_waiting: AtomicU32::new(0) }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.wait(|| self.lock.try_read(), || self.lock.read())
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.wait(|| self.lock.try_write(), || self.lock.write())
    }

    /// Locks the value for reading if it is free now.
    pub(super) fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        self.lock.try_read()
    }

    /// Locks the value for a change if it is free now.
    #[cfg(test)]
    pub(super) fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        self.lock.try_write()
    }

    /// Locks the value for reading if it is free soon. Never sleeps.
    pub(super) fn read_soon(&self) -> Option<RwLockReadGuard<'_, T>> {
        let try_again = |_| {
            std::hint::spin_loop();
            self.lock.try_read()
        };
        (0..NO_WAIT_TRIES).find_map(try_again)
    }

    /// Waits until waiting threads have had the lock.
    pub(super) fn give_way(&self) {
        soon(|| (self.n_waiting.load(Ordering::Relaxed) == 0).then_some(()));
    }

    /// Gets the lock by `attempt`, and after many failures by `sleep`.
    fn wait<G>(&self, attempt: impl Fn() -> Option<G>, sleep: impl FnOnce() -> G) -> G {
        if let Some(acquired) = attempt() {
            return acquired;
        }
        self.n_waiting.fetch_add(1, Ordering::Relaxed);
        let acquired = soon(attempt).unwrap_or_else(sleep);
        self.n_waiting.fetch_sub(1, Ordering::Relaxed);
        acquired
    }
}

/// Tries to get something that is likely to be free soon.
fn soon<T>(attempt: impl Fn() -> Option<T>) -> Option<T> {
    (0..TRIES).find_map(|n_tries| {
        let acquired = attempt();
        match acquired {
            Some(_) => {}
            None if n_tries < BUSY_TRIES => std::hint::spin_loop(),
            None => std::thread::yield_now(),
        }
        acquired
    })
}
