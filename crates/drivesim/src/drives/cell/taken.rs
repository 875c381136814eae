//! Takes a drive out of its cell for a long change, while readers use a clone.

use std::mem;
use std::sync::atomic::Ordering;

use drivesim_core::Drive;
use parking_lot::{MutexGuard, RwLockWriteGuard};

use super::DriveCell;

/// A drive that is taken out of its cell. No other thread changes it meanwhile: a thread that wants to waits until it
/// is back.
///
/// The drive goes back when this is dropped.
#[derive(Debug)]
pub(in crate::drives) struct TakenDrive<'a> {
    pub(in crate::drives) cell: &'a DriveCell,
    is_back: bool,
    _taking: MutexGuard<'a, ()>,
    /// A scan of the clone must not be mistaken for one of the drive.
    _freeing: MutexGuard<'a, ()>,
    /// The drive; once it is back, the temporary clone, which no thread waits for any more.
    pub(in crate::drives) drive: Drive,
}

impl DriveCell {
    /// Takes the drive out. It is locked for a moment only. Several are taken in the order of their numbers.
    pub(in crate::drives) fn take(&self) -> TakenDrive<'_> {
        let (freeing, taking) = (self.freeing.lock(), self.taking.lock());
        let mut locked = self.lock_current();
        let stand_in = locked.stand_in();
        let drive = mem::replace(&mut *locked, stand_in);
        self.is_taken.store(true, Ordering::Relaxed);
        drop(locked);
        TakenDrive { cell: self, is_back: false, _taking: taking, _freeing: freeing, drive }
    }
}

impl TakenDrive<'_> {
    /// Puts the drive back into its cell, which is locked.
    fn put_into(&mut self, locked: &mut Drive) {
        mem::swap(locked, &mut self.drive);
        self.is_back = true;
        self.cell.is_taken.store(false, Ordering::Relaxed);
        self.cell.update_cached(locked);
        locked.settle_capacity();
    }
}

impl Drop for TakenDrive<'_> {
    fn drop(&mut self) {
        if !self.is_back {
            let mut locked = self.cell.lock_current();
            self.put_into(&mut locked);
        }
    }
}

/// Puts drives back at one moment, and calls `then` at this moment. They are in the order of their numbers.
pub(in crate::drives) fn put_back(mut taken: Vec<TakenDrive<'_>>, then: impl FnOnce()) {
    let mut locked: Vec<RwLockWriteGuard<'_, Drive>> =
        taken.iter().map(|taken| taken.cell.lock_current()).collect();
    taken.iter_mut().zip(&mut locked).for_each(|(taken, locked)| taken.put_into(locked));
    then();
    drop(locked);
    // The clones hold everything that is no longer in the drives, which takes long to free.
    drop(taken);
}
