//! Locks source and target of a copy while its job runs, where the service does so.

use drivesim_core::copy::{CopySpec, check, locks_ends};
use drivesim_core::{Error as DriveError, LockScope};

use crate::drives::{DriveCell, read_both};
use crate::error::Error;

/// Locks source and target of a copy that was allowed, if its service does so for a copy of its size.
///
/// # Errors
/// Those of [`check`], if another thread was faster; then nothing is locked.
pub(crate) fn lock_endpoints(
    source: &DriveCell,
    target: &DriveCell,
    mut spec: CopySpec,
) -> Result<CopySpec, Error> {
    if !read_both(source, target, |from, to| locks_ends(from, to, &spec)) {
        return Ok(spec);
    }
    spec.own_locks.source = Some(source.write().lock(spec.source, LockScope::Tree)?);
    let locked = target.write().lock(spec.target, LockScope::Item);
    spec.own_locks.target = locked.as_ref().ok().copied();
    let checked = locked.and_then(|_| read_both(source, target, |from, to| check(from, to, &spec)));
    match checked {
        Ok(()) => Ok(spec),
        Err(error) => {
            unlock_endpoints(Some(source), Some(target), &spec);
            Err(error.into())
        }
    }
}

/// Releases the locks of [`lock_endpoints`] in drives that still exist.
pub(crate) fn unlock_endpoints(source: Option<&DriveCell>, target: Option<&DriveCell>, spec: &CopySpec) {
    for (cell, lock) in [(source, spec.own_locks.source), (target, spec.own_locks.target)] {
        if let (Some(cell), Some(lock)) = (cell, lock) {
            let released = cell.write().unlock(lock);
            // The locks of a removed item are gone with it.
            debug_assert!(matches!(released, Ok(()) | Err(DriveError::NoLock { .. })), "{released:?}");
        }
    }
}
