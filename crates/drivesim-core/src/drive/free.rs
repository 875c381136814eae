//! Frees what was deleted for good, and forgets what was known of it by item.

use crate::arena::Waste;
use crate::drive::Drive;
use crate::item::ItemId;
use crate::tree::{Scan, Scanned};

/// What freeing a portion came to. It holds the memory of what was freed: to be dropped where nobody waits, best when
/// the lock of the drive is released.
pub struct Freed {
    /// Whether there is more to be freed.
    pub more: bool,
    _waste: Waste,
}

/// A view of what was deleted for good; see [`Drive::scan_garbage`].
#[derive(Debug)]
pub struct GarbageScan(Scan);

impl GarbageScan {
    /// Finds what is to be freed.
    #[must_use]
    pub fn run(self) -> ScannedGarbage {
        ScannedGarbage(self.0.run())
    }
}

/// What is to be freed; see [`Drive::condemn`].
#[derive(Debug)]
pub struct ScannedGarbage(Scanned);

/// Up to how many levels and ids all are looked through when many items are gone.
pub(crate) const FEW_KEYED: usize = 1024;

impl Drive {
    /// Lets what is deleted for good be freed in portions: verbs leave the rest to [`Drive::free_some`], which is to be
    /// called after each until nothing is left. For callers that hold the drive under a lock that others wait for.
    pub fn free_in_portions(&mut self) {
        self.tree.free_in_portions();
    }

    /// Returns whether there is something for [`Drive::free_some`] to do: items to be freed, which nobody sees, or only
    /// the memory of such items.
    pub fn has_garbage(&self) -> bool {
        self.tree.has_waste()
    }

    /// Returns a view of what was deleted for good and is still to be found slot by slot; `None` if there is nothing.
    /// [`GarbageScan::run`] does that, which takes long and needs no lock; [`Drive::condemn`] takes the result.
    ///
    /// ```
    /// use drivesim_core::{Conflict, Content, Drive, Profile, Timestamp};
    ///
    /// let now = Timestamp::UNIX_EPOCH;
    /// let mut drive = Drive::new(Profile::PLAIN, now);
    /// drive.free_in_portions();
    /// let folder = drive.create_folder(drive.root(), "many", Conflict::Fail, now)?;
    /// for number in 0..1000 {
    ///     drive.create_file(folder, &format!("{number}.txt"), Content::empty(), Conflict::Fail, now)?;
    /// }
    /// drive.delete_permanently(folder)?;
    /// let scan = drive.scan_garbage().expect("so many items are not freed at once");
    /// drive.condemn(scan.run());
    /// while drive.free_some().more {}
    /// assert!(!drive.has_garbage());
    /// # Ok::<(), drivesim_core::Error>(())
    /// ```
    pub fn scan_garbage(&self) -> Option<GarbageScan> {
        self.tree.scan().map(GarbageScan)
    }

    /// Takes what a scan has found: it is freed by [`Drive::free_some`] from then on. Of several scans of one drive, or of
    /// a drive and its clone, each is for the drive it was made of, and the next is made when all of it is freed.
    pub fn condemn(&mut self, scanned: ScannedGarbage) {
        // Of few levels and ids those of all that is gone are forgotten now, of many those of what is freed.
        let is_keyed = self.n_keyed() > FEW_KEYED;
        self.tree.condemn(scanned.0, is_keyed);
        self.forget_freed();
    }

    /// Frees a portion of what was deleted for good: whole chunks of 16,384 slots that hold nothing else, or about 2,000
    /// single slots.
    pub fn free_some(&mut self) -> Freed {
        if !self.has_garbage() {
            return Freed { more: false, _waste: Waste::default() };
        }
        if let Some(scan) = self.scan_garbage() {
            self.condemn(scan.run());
        }
        let (more, waste) = self.tree.free_some();
        self.forget_freed();
        if !more {
            self.tree.sweep_if_due();
        }
        Freed { more, _waste: waste }
    }

    /// Forgets what was known of items that are gone for good. Sweeps nothing: a verb may be in the middle of its work.
    ///
    /// It costs as much as there are such items, and not as much as there are others.
    pub(crate) fn forget_freed(&mut self) {
        let (freed, has_others) = self.tree.take_freed();
        if self.n_keyed() > 0 {
            freed.into_iter().for_each(|id| self.forget(id));
        }
        let arena = &self.tree.arena;
        if has_others {
            self.grants.retain(|&item, _| arena.slot(item).is_some());
            self.wire_ids.retain(|item| arena.slot(item).is_some());
        }
        self.locks.retain(|item| arena.slot(item).is_some());
    }

    /// Returns how much is known by item that is forgotten with it.
    fn n_keyed(&self) -> usize {
        self.grants.len().max(self.wire_ids.n_items())
    }

    #[cfg(test)]
    pub(crate) fn n_levels(&self) -> usize {
        self.grants.len()
    }

    fn forget(&mut self, item: ItemId) {
        self.grants.remove(&item);
        self.wire_ids.take_back(item);
    }
}
