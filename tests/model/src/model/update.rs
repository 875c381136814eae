//! Renames, moves, describes and dates items of the model: looks up, checks, changes.

use drivesim::access::Access;
use drivesim::item::ItemKind;

use super::conflict::ConflictOutcome;
use super::locks::LockedOp;
use super::metadata::{CREATED, FS_CREATED, FS_MODIFIED, MODIFIED, signed};
use super::names::units;
use super::{Expected, Key, Mark, Model, ModelError, ModelItem, Place, Service};
use crate::op::ItemUpdate;

/// The maximum length of a description on Box, in units.
const DESCRIPTION_UNITS: usize = 255;

impl ItemUpdate<Place> {
    fn changes_metadata(&self) -> bool {
        self.text.is_some() || self.times != [None; 4]
    }
}

/// The new folder and name of an item, and the file that it replaces.
struct Placement {
    folder: Key,
    name: String,
    over: Option<Key>,
}

impl Model {
    /// Changes all given properties of an item, or none.
    pub(super) fn update(
        &mut self,
        item: &Place,
        update: &ItemUpdate<Place>,
    ) -> Result<Expected, ModelError> {
        if let Some(target) = &update.target {
            let drives = [item, target].map(Place::drive);
            if drives.iter().any(|drive| self.drive(*drive).is_none()) {
                return Err(ModelError::NoDrive);
            }
            if drives[0] != drives[1] {
                return Err(ModelError::AcrossDrives);
            }
        }
        let key = self.resolve(item)?;
        let target = update.target.as_ref().map(|target| self.resolve(target)).transpose()?;
        let old = self.require(key)?.clone();
        let folder = if update.name.is_some() { target.or(old.parent) } else { target };
        let is_put = update.name.is_some() || target.is_some();
        if is_put && old.parent.is_none() {
            return Err(ModelError::IsRoot);
        }
        if let Some(folder) = target {
            if self.require(folder)?.kind == ItemKind::File {
                return Err(ModelError::NotAFolder);
            }
        }
        let placement = match folder {
            Some(folder) => self.placement(key, folder, update)?,
            None => {
                self.check_writable(key)?;
                self.check_metadata(key, update)?;
                None
            }
        };
        let is_described = update.text.as_ref().is_some_and(|text| *text != old.facts.description);
        if is_put && placement.is_none() {
            self.mark(Mark::Fact("move that changes nothing"));
        }
        if placement.is_none() && !is_described && update.times == [None; 4] {
            return Ok(Expected::Done);
        }
        if placement.is_some() && update.changes_metadata() {
            self.mark(Mark::Fact("several facts in one step"));
        }
        if self.makes_version(key, update) {
            self.keep_version(key, old.bytes.size())?;
            self.mark(Mark::Fact("times made a version"));
        }
        self.change_all(key, &old, placement, update);
        Ok(Expected::Done)
    }

    /// Returns the placement of an item in a folder; `None` if it is already there.
    fn placement(
        &mut self,
        key: Key,
        folder: Key,
        update: &ItemUpdate<Place>,
    ) -> Result<Option<Placement>, ModelError> {
        let item = self.items[&key].clone();
        self.check_access_to_all(key, Access::Write)?;
        self.check_writable(folder)?;
        if !self.offers(self.drive_of(folder)?.service.offers_move(update.conflict)) {
            return Err(ModelError::ConflictNotOffered);
        }
        if self.is_within(folder, key) {
            return Err(ModelError::IntoItself);
        }
        let name = update.name.as_ref().unwrap_or(&item.name);
        self.check_name(folder, name, item.kind)?;
        self.check_metadata(key, update)?;
        self.check_all_unlocked(key, LockedOp::Move)?;
        // A rename does not move the item into its own folder.
        if item.parent != Some(folder) {
            self.check_unlocked(folder, LockedOp::Move)?;
        }
        let (name, over) =
            match self.resolve_conflict(folder, name, item.kind, update.conflict, " ", Some(key))? {
                ConflictOutcome::Free(free) => (free, None),
                ConflictOutcome::Replace(holder) => (name.clone(), Some(holder)),
            };
        self.check_path(folder, &name, self.units_below(key))?;
        let is_there = item.parent == Some(folder) && name == item.name;
        Ok(Some(Placement { folder, name, over }).filter(|_| !is_there))
    }

    /// Fails if the service does not accept the times or the description, or if a lock prevents the change.
    fn check_metadata(&self, key: Key, update: &ItemUpdate<Place>) -> Result<(), ModelError> {
        let service = self.drive_of(key)?.service;
        let sets_own = update.times[CREATED].is_some() || update.times[MODIFIED].is_some();
        if sets_own && service != Service::Plain {
            return Err(ModelError::TimesNotSettable);
        }
        let n_units = update.text.as_deref().map_or(0, units);
        if service == Service::Box && n_units > DESCRIPTION_UNITS {
            return Err(ModelError::DescriptionTooLong);
        }
        if update.changes_metadata() { self.check_unlocked(key, LockedOp::Write) } else { Ok(()) }
    }

    /// Returns whether the given times add a version to a file.
    fn makes_version(&self, key: Key, update: &ItemUpdate<Place>) -> bool {
        let sets_content = update.times[FS_CREATED].is_some() || update.times[FS_MODIFIED].is_some();
        sets_content && self.items[&key].kind == ItemKind::File && self.is_business(key)
    }

    fn is_business(&self, key: Key) -> bool {
        self.drive_of(key).is_ok_and(|drive| drive.service == Service::Business)
    }

    /// Changes all given properties, as one change.
    fn change_all(
        &mut self,
        key: Key,
        old: &ModelItem,
        placement: Option<Placement>,
        update: &ItemUpdate<Place>,
    ) {
        let now = signed(self.now);
        let old_folder =
            old.parent.filter(|old| placement.as_ref().is_some_and(|placement| placement.folder != *old));
        let is_business = self.is_business(key);
        if let Some(Placement { folder, name, over }) = placement {
            if let Some(holder) = over {
                self.erase(holder);
                self.mark(Mark::Settled("move replaces", old.kind));
            }
            self.item_mut(key, |item| (item.parent, item.name) = (Some(folder), name));
        }
        self.change_metadata(key, |facts| {
            if old_folder.is_some() && is_business {
                (facts.times[FS_CREATED], facts.times[FS_MODIFIED]) = (now, now);
            }
            if let Some(text) = &update.text {
                facts.description.clone_from(text);
            }
            if let (true, Some(modified)) = (is_business, update.times[FS_MODIFIED]) {
                facts.times[MODIFIED] = modified;
            }
            for (time, new) in facts.times.iter_mut().zip(update.times) {
                *time = new.unwrap_or(*time);
            }
        });
        if let Some(old_folder) = old_folder {
            self.touch_ancestors(old_folder);
        }
        self.note_change(key);
        self.fail_orphaned();
    }
}
