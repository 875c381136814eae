//! Checks whether an item can be reached: it exists, is visible, is not in the bin, may be read or changed, and no lock
//! prevents the operation.

use crate::access::Access;
use crate::arena::NIL;
use crate::bin::BinEntry;
use crate::cow_map::CowMap;
use crate::drive::Drive;
use crate::error::Error;
use crate::item::ItemId;
use crate::lock::{LockId, LockScope, LockedOp};
use crate::path::join;
use crate::profile::Unreadable;
use crate::tree::{ROOT, visible_children};

/// The access levels that are set, by item. An item without one has that of its folder.
///
/// A clone of the drive shares them until either side sets one.
pub(crate) type AccessLevels = CowMap<ItemId, Access>;

impl Drive {
    /// Returns what callers may do with an item.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Access};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// assert_eq!(drive.access(file)?, Access::Write);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] for an item that does not exist. An item that may not be read exists.
    pub fn access(&self, item: ItemId) -> Result<Access, Error> {
        self.require_visible(item).map(|slot| self.access_of(slot))
    }

    /// Returns the level that is set on an item itself; `None` if it has the level of its folder.
    ///
    /// ```
    /// use drivesim_core::{Access, Drive, Profile, Timestamp, outline};
    ///
    /// let lines = outline::parse("Docs/ # access=read\n  a.txt\n")?.drives.remove(0).lines;
    /// let drive = Drive::from_lines(Profile::PLAIN, &lines, Timestamp::UNIX_EPOCH)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// assert_eq!((drive.access(file)?, drive.own_access(file)?), (Access::Read, None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] for an item that does not exist. An item that may not be read exists.
    pub fn own_access(&self, item: ItemId) -> Result<Option<Access>, Error> {
        self.require_visible(item).map(|_| self.grants.get(&item).copied())
    }

    /// Sets what callers may do with an item and with everything below it that has no level itself. `None` restores the
    /// level of its folder. No access level prevents this verb; it is the only such verb.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Access};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let (docs, file) = (drive.find("/Docs")?, drive.find("/Docs/a.txt")?);
    /// drive.set_access(docs, Some(Access::Read))?;
    /// assert_eq!(drive.delete(file, now).unwrap_err().code(), "accessDenied");
    /// drive.set_access(docs, None)?;
    /// drive.delete(file, now)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_access(&mut self, item: ItemId, access: Option<Access>) -> Result<(), Error> {
        self.require_visible(item)?;
        match access {
            Some(access) => self.grants.insert(item, access),
            None => self.grants.remove(&item),
        };
        Ok(())
    }

    /// Sets the levels of existing items.
    pub(crate) fn set_access_levels(&mut self, levels: Vec<(ItemId, Access)>) {
        self.grants.extend(levels);
    }

    /// Returns the level that is set on a live item itself.
    pub(crate) fn own_access_level(&self, slot: u32) -> Option<Access> {
        self.grants.get(&self.tree.arena.id(slot)).copied()
    }

    /// Returns whether no access level is set.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Access};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert!(drive.withholds_nothing());
    /// drive.set_access(drive.find("/Docs")?, Some(Access::None))?;
    /// assert!(!drive.withholds_nothing());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn withholds_nothing(&self) -> bool {
        self.grants.is_empty()
    }

    /// Returns whether no access level is set and no item is hidden, so that listings skip nothing.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Access};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert!(drive.shows_all());
    /// drive.set_access(drive.find("/Docs")?, Some(Access::None))?;
    /// assert!(!drive.shows_all());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shows_all(&self) -> bool {
        self.withholds_nothing() && self.tree.n_hidden == 0
    }

    /// Locks an item and returns the lock, which lasts until it is released.
    /// [`Profile::lock_refuses`](crate::Profile::lock_refuses) lists what it prevents.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, LockScope};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// let lock = drive.lock(docs, LockScope::Tree)?;
    /// assert_eq!(drive.rename(docs, "Other", now).unwrap_err().code(), "resourceLocked");
    /// drive.unlock(lock)?;
    /// drive.rename(docs, "Other", now)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn lock(&mut self, item: ItemId, scope: LockScope) -> Result<LockId, Error> {
        self.require(item)?;
        Ok(self.locks.add(item, scope))
    }

    /// Releases a lock.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, LockScope};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let lock = drive.lock(drive.find("/Docs")?, LockScope::Item)?;
    /// drive.unlock(lock)?;
    /// assert!(drive.unlock(lock).is_err(), "it was released already");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoLock`] for a lock that was released already, or whose item is gone for good.
    pub fn unlock(&mut self, lock: LockId) -> Result<(), Error> {
        if self.locks.remove(lock) { Ok(()) } else { Err(Error::NoLock { lock }) }
    }

    /// Returns the slot of an item that may be read.
    pub(crate) fn require(&self, item: ItemId) -> Result<u32, Error> {
        let slot = self.require_visible(item)?;
        if self.may_read(slot) { Ok(slot) } else { Err(self.unreadable_error(item.to_string(), slot)) }
    }

    /// Returns the error for an item that may not be read. `named` is how the caller named it.
    pub(crate) fn unreadable_error(&self, named: String, slot: u32) -> Error {
        if self.profile.unreadable == Unreadable::Refused {
            return Error::AccessDenied {
                item: self.display_path(slot),
                needed: Access::Read,
                is_below: false,
            };
        }
        Error::NotFound { item: named }
    }

    pub(crate) fn require_folder(&self, item: ItemId) -> Result<u32, Error> {
        let slot = self.require(item)?;
        if self.tree.node(slot).is_folder() {
            return Ok(slot);
        }
        Err(Error::NotAFolder { item: self.tree.path(slot) })
    }

    pub(crate) fn require_file(&self, item: ItemId) -> Result<u32, Error> {
        let slot = self.require(item)?;
        if self.tree.node(slot).is_folder() {
            return Err(Error::NotAFile { item: self.tree.path(slot) });
        }
        Ok(slot)
    }

    /// Returns the slot of a visible item, whatever its access level.
    pub(crate) fn require_visible(&self, item: ItemId) -> Result<u32, Error> {
        let slot = self.tree.arena.slot(item);
        let slot = slot.filter(|&slot| !self.tree.node(slot).is_hidden() && self.is_under_root(slot));
        slot.ok_or_else(|| Error::NotFound { item: item.to_string() })
    }

    /// Returns whether a live item is in the tree, visible or still hidden, and not in the bin.
    ///
    /// O(depth) while a folder is in the bin or something is still to be freed, O(1) otherwise.
    pub(crate) fn is_under_root(&self, slot: u32) -> bool {
        match self.tree.node(slot).parent() {
            NIL => slot == ROOT,
            _ => {
                let may_be_elsewhere = self.bin.has_folders() || self.tree.has_reclaimable();
                // The folder of a condemned item may have been freed before it.
                !may_be_elsewhere
                    || !self.tree.arena.is_condemned(slot) && self.tree.is_at_or_below(slot, ROOT)
            }
        }
    }

    /// Returns what callers may do with a live item. Without a level itself it has that of its folder.
    pub(crate) fn access_of(&self, slot: u32) -> Access {
        let mut at = slot;
        while !self.grants.is_empty() && at != NIL {
            if let Some(&access) = self.grants.get(&self.tree.arena.id(at)) {
                return access;
            }
            at = match self.tree.node(at).parent() {
                NIL => self.bin.get(at).map_or(NIL, |binned| self.old_folder(binned)),
                folder => folder,
            };
        }
        Access::default()
    }

    /// Returns the folder that an item of the bin was in, wherever that is now; the root if it is gone for good.
    ///
    /// The way up from there always ends at the root: a folder was not in the bin when something was deleted in it, so
    /// each folder of the bin on the way was deleted later than the items in it.
    fn old_folder(&self, binned: &BinEntry) -> u32 {
        self.tree.arena.slot(binned.parent).unwrap_or(ROOT)
    }

    pub(crate) fn may_read(&self, slot: u32) -> bool {
        self.access_of(slot) >= Access::Read
    }

    /// Returns how many children of a readable item may not be read.
    pub(crate) fn n_unreadable_children(&self, item: u32) -> u32 {
        self.unreadable_children(item).len() as u32
    }

    /// Returns the children of a readable item that may not be read, in no particular order.
    ///
    /// Scans either the children or the levels, whichever are fewer. So a listing of folders scans no more than their
    /// children, however many levels there are.
    pub(crate) fn unreadable_children(&self, item: u32) -> Vec<u32> {
        let n_children = self.tree.node(item).n_children() as usize;
        if self.grants.is_empty() || n_children == 0 {
            return Vec::new();
        }
        let is_withheld = |slot: &u32| self.grants.get(&self.tree.arena.id(*slot)) == Some(&Access::None);
        if n_children < self.grants.len() {
            return visible_children(self.tree.nodes(), item).filter(is_withheld).collect();
        }
        let living = self.grants.keys().filter_map(|id| self.tree.arena.slot(*id));
        let children = living.filter(|&slot| {
            let node = self.tree.node(slot);
            node.parent() == item && !node.is_hidden()
        });
        children.filter(is_withheld).collect()
    }

    /// Fails if callers may not change an item.
    pub(crate) fn check_writable(&self, slot: u32) -> Result<(), Error> {
        let needed = Access::Write;
        if self.access_of(slot) >= needed {
            return Ok(());
        }
        Err(Error::AccessDenied { item: self.display_path(slot), needed, is_below: false })
    }

    /// Fails if callers may not read, or change, an item and everything below it.
    pub(crate) fn check_access_to_all(&self, slot: u32, needed: Access) -> Result<(), Error> {
        let is_inside = |item: &ItemId| {
            let below = self.tree.arena.slot(*item);
            below.is_some_and(|below| self.tree.is_at_or_below(below, slot))
        };
        let mut grants = self.grants.iter();
        let withheld = grants.any(|(item, &access)| access < needed && is_inside(item));
        let is_below = self.access_of(slot) >= needed;
        if is_below && !withheld {
            return Ok(());
        }
        Err(Error::AccessDenied { item: self.display_path(slot), needed, is_below })
    }

    /// Fails if callers may not change an item in the bin.
    pub(crate) fn check_access_to_bin(&self) -> Result<(), Error> {
        let needed = Access::Write;
        self.check_writable(ROOT)?;
        if self.grants.is_empty() {
            return Ok(());
        }
        let is_in_bin = |item: &ItemId| {
            let slot = self.tree.arena.slot(*item);
            slot.is_some_and(|slot| !self.is_under_root(slot))
        };
        let withheld = self.grants.iter().any(|(item, &access)| access < needed && is_in_bin(item));
        if withheld || self.bin.iter().any(|binned| self.access_of(binned.slot) < needed) {
            return Err(Error::AccessDenied { item: "/".to_owned(), needed, is_below: true });
        }
        Ok(())
    }

    /// Returns the name of an item in messages: its path, and for an item in the bin the path it was deleted from.
    pub(crate) fn display_path(&self, slot: u32) -> String {
        let (mut path, mut at) = (self.tree.path(slot), slot);
        while let Some(binned) = self.bin.get(self.topmost_ancestor(at)) {
            at = self.old_folder(binned);
            path = join(&self.tree.path(at), &path);
        }
        path
    }

    /// Returns the topmost item above an item: the root, or the deleted item.
    pub(super) fn topmost_ancestor(&self, slot: u32) -> u32 {
        let mut at = slot;
        loop {
            match self.tree.node(at).parent() {
                NIL => return at,
                folder => at = folder,
            }
        }
    }

    /// Fails if a lock on the item, or a tree lock above it, prevents the operation.
    pub(crate) fn check_unlocked(&self, slot: u32, op: LockedOp) -> Result<(), Error> {
        self.check_locks(slot, op, &[], false)
    }

    /// Fails if a lock on the item, above or below it prevents the operation: the items below go along.
    pub(crate) fn check_all_unlocked(&self, slot: u32, op: LockedOp, own: &[LockId]) -> Result<(), Error> {
        self.check_locks(slot, op, own, true)
    }

    pub(crate) fn check_locks(
        &self,
        slot: u32,
        op: LockedOp,
        own: &[LockId],
        with_all_below: bool,
    ) -> Result<(), Error> {
        if !self.profile.lock_refuses.refuse(op) {
            return Ok(());
        }
        for (item, scope) in self.locks.except(own) {
            let Some(locked) = self.tree.arena.slot(item) else { continue };
            let is_inside = match scope {
                LockScope::Item => slot == locked,
                LockScope::Tree => self.tree.is_at_or_below(slot, locked),
            };
            if is_inside || with_all_below && self.tree.is_at_or_below(locked, slot) {
                return Err(Error::Locked { item: self.tree.path(locked) });
            }
        }
        Ok(())
    }
}
