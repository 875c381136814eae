//! Counts the bytes that drives part with while clones of them still hold them, and the bytes that they make anew.
//!
//! # Rationale
//!
//! Sharing is settled deep below the verbs: pages, lists, indexes, logs. A counter that is handed down there would be in
//! the way of all code between. So a thread counts for itself, and the caller that holds a drive for a change takes what
//! was added meanwhile ([`Traffic::now`] before and after).

use std::cell::Cell;
use std::ops::Sub;
use std::sync::Arc;

/// How many bytes the drives that this thread has changed have parted with and made.
///
/// ```
/// use drivesim_core::{Conflict, Drive, Profile, Timestamp, Traffic};
///
/// let now = Timestamp::UNIX_EPOCH;
/// let mut drive = Drive::new(Profile::PLAIN, now);
/// let clone = drive.clone();
/// let before = Traffic::now();
/// drive.create_folder(drive.root(), "Docs", Conflict::Fail, now)?;
/// let parted = (Traffic::now() - before).parted;
/// assert!(parted >= 8 << 10, "a page is copied, and {clone:?} holds the old one");
/// # Ok::<(), drivesim_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Bytes that a drive does not hold any more and that a clone of it may.
    pub parted: u64,
    /// Bytes that a drive holds and held at no time before; copies of what clones share are among them.
    pub made: u64,
}

impl Sub for Traffic {
    type Output = Traffic;

    fn sub(self, before: Traffic) -> Traffic {
        Traffic { parted: self.parted.wrapping_sub(before.parted), made: self.made.wrapping_sub(before.made) }
    }
}

thread_local! {
    static TRAFFIC: Cell<Traffic> = const { Cell::new(Traffic { parted: 0, made: 0 }) };
}

impl Traffic {
    /// Returns what this thread has counted since it began.
    pub fn now() -> Traffic {
        TRAFFIC.get()
    }
}

/// Counts bytes that a clone may still hold.
pub(crate) fn part_with(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { parted: now.parted.wrapping_add(n_bytes as u64), ..now });
}

/// Counts bytes that are new.
pub(crate) fn make(n_bytes: usize) {
    let now = TRAFFIC.get();
    TRAFFIC.set(Traffic { made: now.made.wrapping_add(n_bytes as u64), ..now });
}

/// Returns whether somebody else holds it too.
pub(crate) fn is_shared<T: ?Sized>(held: &Arc<T>) -> bool {
    Arc::strong_count(held) > 1
}

/// Returns what is behind a pointer for writing. If a clone shares it, it is copied first and counted, as `n_bytes` says.
#[inline]
pub(crate) fn own<T: Clone>(held: &mut Arc<T>, n_bytes: impl FnOnce(&T) -> usize) -> &mut T {
    if is_shared(held) {
        let n_bytes = n_bytes(held);
        part_with(n_bytes);
        make(n_bytes);
    }
    Arc::make_mut(held)
}
