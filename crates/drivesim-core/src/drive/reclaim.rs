//! Frees purged items and forgets what was stored by their ids.

use crate::arena::DeferredDrops;
use crate::drive::Drive;
use crate::item::ItemId;
use crate::tree::{Scan, Scanned};

/// The result of freeing a portion. It owns the freed memory: drop it after the lock of the drive is released, where no
/// thread waits.
pub struct Reclaimed {
    /// Whether more items are left to free.
    pub more: bool,
    _memory: DeferredDrops,
}

/// A view of the purged items; see [`Drive::scan_reclaimable`].
#[derive(Debug)]
pub struct ReclaimScan(Scan);

impl ReclaimScan {
    /// Finds the items to free.
    #[must_use]
    pub fn run(self) -> ReclaimList {
        ReclaimList(self.0.run())
    }
}

/// The items to free; see [`Drive::condemn`].
#[derive(Debug)]
pub struct ReclaimList(Scanned);

/// Up to this number of access levels and wire ids, all are scanned when many items are freed.
pub(crate) const FULL_SCAN_LIMIT: usize = 1024;

impl Drive {
    /// Makes the drive free purged items in portions. Verbs leave the rest to [`Drive::reclaim_some`], which must be
    /// called after each verb until nothing is left. For callers that hold the drive under a lock that others wait for.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.reclaim_in_portions();
    /// drive.delete_permanently(drive.find("/Docs")?)?;
    /// while drive.reclaim_some().more {}
    /// assert!(!drive.has_reclaimable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reclaim_in_portions(&mut self) {
        self.tree.reclaim_in_portions();
    }

    /// Returns whether [`Drive::reclaim_some`] has something to do: invisible items to free, or only the memory of such
    /// items.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # drive.reclaim_in_portions();
    /// # for number in 0..1000 {
    /// #     drive.create_folder(drive.find("/To")?, &number.to_string(), Conflict::Fail, now)?;
    /// # }
    /// drive.delete_permanently(drive.find("/To")?)?;
    /// assert!(drive.has_reclaimable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn has_reclaimable(&self) -> bool {
        self.tree.has_reclaim_work()
    }

    /// Returns a view of the purged items that are still to be found slot by slot; `None` if there are none.
    /// [`ReclaimScan::run`] finds them, which takes long and needs no lock. [`Drive::condemn`] takes the result.
    ///
    /// ```
    /// use drivesim_core::{Conflict, Content, Drive, Profile, Timestamp};
    ///
    /// let now = Timestamp::UNIX_EPOCH;
    /// let mut drive = Drive::new(Profile::PLAIN, now);
    /// drive.reclaim_in_portions();
    /// let folder = drive.create_folder(drive.root(), "many", Conflict::Fail, now)?;
    /// for number in 0..1000 {
    ///     drive.create_file(folder, &format!("{number}.txt"), Content::empty(), Conflict::Fail, now)?;
    /// }
    /// drive.delete_permanently(folder)?;
    /// let scan = drive.scan_reclaimable().expect("so many items are not freed at once");
    /// drive.condemn(scan.run());
    /// while drive.reclaim_some().more {}
    /// assert!(!drive.has_reclaimable());
    /// # Ok::<(), drivesim_core::Error>(())
    /// ```
    pub fn scan_reclaimable(&self) -> Option<ReclaimScan> {
        self.tree.scan().map(ReclaimScan)
    }

    /// Accepts the result of a scan; [`Drive::reclaim_some`] frees the items from then on. A scan belongs to the drive it
    /// was made of, not to a clone of it. The next scan is made when all of its items are freed.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # drive.reclaim_in_portions();
    /// # for number in 0..1000 {
    /// #     drive.create_folder(drive.find("/To")?, &number.to_string(), Conflict::Fail, now)?;
    /// # }
    /// drive.delete_permanently(drive.find("/To")?)?;
    /// if let Some(scan) = drive.scan_reclaimable() {
    ///     drive.condemn(scan.run());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn condemn(&mut self, scanned: ReclaimList) {
        // Few levels and ids are forgotten now, for all condemned items; many are forgotten as the items are freed.
        let frees_by_id = self.n_keyed() > FULL_SCAN_LIMIT;
        self.tree.condemn(scanned.0, frees_by_id);
        self.forget_reclaimed();
    }

    /// Frees a portion of the purged items: whole chunks of 16,384 slots that hold nothing else, or about 2,000 single
    /// slots.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # drive.reclaim_in_portions();
    /// # for number in 0..1000 {
    /// #     drive.create_folder(drive.find("/To")?, &number.to_string(), Conflict::Fail, now)?;
    /// # }
    /// drive.delete_permanently(drive.find("/To")?)?;
    /// while drive.reclaim_some().more {
    ///     // Others may use the drive meanwhile.
    /// }
    /// assert!(!drive.has_reclaimable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reclaim_some(&mut self) -> Reclaimed {
        if !self.has_reclaimable() {
            return Reclaimed { more: false, _memory: DeferredDrops::default() };
        }
        if let Some(scan) = self.scan_reclaimable() {
            self.condemn(scan.run());
        }
        let (more, drops) = self.tree.reclaim_some();
        self.forget_reclaimed();
        if !more {
            self.tree.sweep_if_due();
        }
        Reclaimed { more, _memory: drops }
    }

    /// Forgets what was stored by the ids of freed items. Sweeps no tables: a verb may be in the middle of its work.
    ///
    /// The cost grows with the number of freed items, not with that of the others.
    pub(crate) fn forget_reclaimed(&mut self) {
        let (freed, has_unlisted) = self.tree.take_reclaimed_ids();
        if self.n_keyed() > 0 {
            freed.into_iter().for_each(|id| self.forget(id));
        }
        let arena = &self.tree.arena;
        if has_unlisted {
            self.grants.retain(|&item, _| arena.slot(item).is_some());
            self.wire_ids.retain(|item| arena.slot(item).is_some());
        }
        self.locks.retain(|item| arena.slot(item).is_some());
    }

    /// Returns how many entries are stored by item id: access levels or wire ids, whichever are more.
    fn n_keyed(&self) -> usize {
        self.grants.len().max(self.wire_ids.n_items())
    }

    #[cfg(test)]
    pub(crate) fn n_access_levels(&self) -> usize {
        self.grants.len()
    }

    fn forget(&mut self, item: ItemId) {
        self.grants.remove(&item);
        self.wire_ids.remove(item);
    }
}
