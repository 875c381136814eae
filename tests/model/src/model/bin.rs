//! Deletes, restores and purges items of the model.

use drivesim::Conflict;
use drivesim::access::Access;
use drivesim::item::ItemKind;

use super::changes::Gone;
use super::conflict::ConflictOutcome;
use super::locks::LockedOp;
use super::metadata::signed;
use super::{Expected, Key, Mark, Model, ModelError, OldVersion, Place, Service};

const DAY: i128 = 24 * 60 * 60 * 1_000_000_000;

/// The record of an item that was deleted itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binned {
    /// Its old folder, which may no longer exist.
    pub parent: Key,
    /// When it was deleted, in nanoseconds since the start.
    pub at: i128,
    /// Who deleted it.
    pub by: &'static str,
    /// When it is purged.
    pub purge_at: Option<i128>,
    /// The number of the change that deleted it.
    pub number: u64,
}

impl Service {
    /// Returns how long deleted items stay in the bin.
    fn retention(self) -> Option<i128> {
        match self {
            Service::Plain => None,
            Service::Business => Some(93 * DAY),
            Service::Personal | Service::Box => Some(30 * DAY),
        }
    }
}

impl Model {
    /// Returns whether an item, or a folder above it, was deleted.
    pub(super) fn is_in_bin(&self, key: Key) -> bool {
        let mut at = self.items.get(&key);
        while let Some(item) = at {
            if item.binned.is_some() {
                return true;
            }
            at = item.parent.and_then(|parent| self.items.get(&parent));
        }
        false
    }

    /// Returns the items in the bin of a drive, in the order of deletion.
    pub fn bin(&self, drive: u32) -> Vec<Key> {
        let binned = self.items.iter().filter(|(_, item)| item.drive == drive);
        let binned = binned.filter_map(|(key, item)| Some((item.binned.as_ref()?.number, *key)));
        let mut binned: Vec<(u64, Key)> = binned.collect();
        binned.sort_unstable();
        binned.into_iter().map(|(_, key)| key).collect()
    }

    pub(super) fn delete(&mut self, item: &Place) -> Result<Expected, ModelError> {
        let (key, folder) = self.check_delete(item)?;
        for below in self.subtree(key) {
            if self.items.get(&below).is_some_and(|item| item.hidden) {
                self.remove(below);
            }
        }
        self.note_gone(key);
        let drive = self.drive_of(key)?;
        let (at, number) = (signed(self.now), self.n_changes);
        let purge_at = drive.service.retention().map(|retention| at + retention);
        let binned = Binned { parent: folder, at, by: self.user, purge_at, number };
        self.item_mut(key, |item| (item.parent, item.binned) = (None, Some(binned)));
        self.touch_ancestors(folder);
        self.fail_orphaned();
        Ok(Expected::Done)
    }

    pub(super) fn delete_permanently(&mut self, item: &Place) -> Result<Expected, ModelError> {
        let (key, folder) = self.check_delete(item)?;
        self.erase(key);
        self.touch_ancestors(folder);
        self.fail_orphaned();
        Ok(Expected::Done)
    }

    fn check_delete(&self, item: &Place) -> Result<(Key, Key), ModelError> {
        let key = self.resolve(item)?;
        let folder = self.require(key)?.parent.ok_or(ModelError::IsRoot)?;
        self.check_access_to_all(key, Access::Write)?;
        self.check_all_unlocked(key, LockedOp::Delete)?;
        Ok((key, folder))
    }

    /// Removes a visible item and everything below it for good.
    pub(super) fn erase(&mut self, key: Key) {
        self.note_gone(key);
        self.remove(key);
    }

    /// Leaves a tombstone for an item that is deleted.
    fn note_gone(&mut self, key: Key) {
        self.n_changes += 1;
        let (number, size, item) = (self.n_changes, self.size(key), &self.items[&key]);
        let (parent, name, kind, drive) = (item.parent, item.name.clone(), item.kind, item.drive);
        let gone = Gone { number, key, parent, name, kind, size };
        let mut drives = self.drives.iter_mut();
        drives.by_ref().filter(|at| at.number == drive).for_each(|at| at.gone.push(gone.clone()));
    }

    fn require_binned(&self, item: &Place) -> Result<Key, ModelError> {
        let Place::Id(drive, key) = item.bare() else {
            self.drive(item.drive()).ok_or(ModelError::NoDrive)?;
            return Err(ModelError::NotInBin);
        };
        self.drive(*drive).ok_or(ModelError::NoDrive)?;
        let binned = self.items.get(key).filter(|item| item.binned.is_some());
        let binned = binned.filter(|_| self.access_of(*key) >= Access::Read).ok_or(ModelError::NotInBin)?;
        match item.expected() {
            Some(expected) if !binned.facts.matches(expected) => Err(ModelError::TagMismatch),
            _ => Ok(*key),
        }
    }

    pub(super) fn restore_item(
        &mut self,
        item: &Place,
        folder: Option<&Place>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<Expected, ModelError> {
        // No item in the bin has a path, and an item cannot be restored to another drive.
        if let Place::Id(..) = item.bare() {
            self.drive(item.drive()).ok_or(ModelError::NoDrive)?;
            self.check_same_drive(item, folder)?;
        }
        let key = self.require_binned(item)?;
        let (item, service) = (self.items[&key].clone(), self.drive_of(key)?.service);
        let old_folder = item.binned.as_ref().map(|binned| binned.parent).ok_or(ModelError::NotInBin)?;
        let given = folder.map(|folder| self.resolve(folder)).transpose()?;
        let keeps_old = service == Service::Box && self.visible(old_folder).is_some();
        let folder = given.filter(|_| !keeps_old).unwrap_or(old_folder);
        if self.require(folder)?.kind == ItemKind::File {
            return Err(ModelError::NotAFolder);
        }
        self.check_access_to_all(key, Access::Write)?;
        self.check_writable(folder)?;
        if !self.offers(service.offers_create(conflict)) {
            return Err(ModelError::ConflictNotOffered);
        }
        let name = name.unwrap_or(&item.name);
        self.check_name(folder, name, item.kind)?;
        self.check_unlocked(folder, LockedOp::Restore)?;
        let (new_name, over) = match self.resolve_conflict(folder, name, item.kind, conflict, " ", None)? {
            ConflictOutcome::Free(free) => (free, None),
            ConflictOutcome::Replace(holder) => (name.to_owned(), Some(holder)),
        };
        self.check_path(folder, &new_name, self.units_below(key))?;
        self.check_quota_to_restore(key, over)?;
        if let Some(holder) = over {
            self.erase(holder);
            self.mark(Mark::Settled("restore replaces", item.kind));
        } else if new_name != name {
            self.mark(Mark::Fact("restored with a number"));
        }
        if folder != old_folder {
            self.mark(Mark::Fact("restored elsewhere"));
        }
        self.put_back(key, folder, new_name);
        self.fail_orphaned();
        Ok(Expected::Done)
    }

    /// Fails if a restored item exceeds the quota, given the file that it replaces, if any.
    fn check_quota_to_restore(&self, key: Key, over: Option<Key>) -> Result<(), ModelError> {
        let (size, drive) = (self.size(key) as i128, self.items[&key].drive);
        let over = over.map(|holder| &self.items[&holder]);
        let gone = over.map_or(0, |item| i128::from(item.bytes.size()));
        let past_gone = over.map_or(0, |item| item.past.iter().map(OldVersion::n_bytes).sum());
        self.check_quota_for(drive, size - gone, -past_gone, -size)
    }

    fn check_same_drive(&self, item: &Place, folder: Option<&Place>) -> Result<(), ModelError> {
        let Some(folder) = folder else { return Ok(()) };
        self.drive(folder.drive()).ok_or(ModelError::NoDrive)?;
        if folder.drive() == item.drive() { Ok(()) } else { Err(ModelError::AcrossDrives) }
    }

    fn put_back(&mut self, key: Key, folder: Key, name: String) {
        self.item_mut(key, |item| (item.parent, item.binned, item.name) = (Some(folder), None, name));
        self.change_metadata(key, |_| ());
        self.forget_gone(key);
        // All restored items share one change number, in no order.
        self.n_changes += 1;
        let number = self.n_changes;
        for below in self.subtree(key) {
            self.item_mut(below, |item| item.changed = number);
        }
        self.touch_ancestors(folder);
    }

    pub(super) fn purge(&mut self, item: &Place) -> Result<Expected, ModelError> {
        let key = self.require_binned(item)?;
        self.check_access_to_all(key, Access::Write)?;
        self.remove(key);
        Ok(Expected::Done)
    }

    pub(super) fn purge_all(&mut self, drive: u32) -> Result<Expected, ModelError> {
        self.check_writable(self.drive(drive).ok_or(ModelError::NoDrive)?.root)?;
        for key in self.bin(drive) {
            self.check_access_to_all(key, Access::Write)?;
        }
        for key in self.bin(drive) {
            self.remove(key);
        }
        Ok(Expected::Done)
    }

    /// Purges the items whose time in the bin has ended.
    pub(super) fn purge_due(&mut self) {
        let now = signed(self.now);
        let is_over = |binned: &Binned| binned.purge_at.is_some_and(|at| at <= now);
        let over = self.items.iter().filter(|(_, item)| item.binned.as_ref().is_some_and(is_over));
        for key in over.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.remove(key);
            self.mark(Mark::Fact("purged by time"));
        }
    }
}
