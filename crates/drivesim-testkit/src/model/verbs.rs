//! The only place for what the verbs of a drive do to the model: look up, check, change.

use drivesim::{Access, Conflict, ItemKind};

use super::facts::{FS_CREATED, FS_MODIFIED, signed};
use super::locks::Deed;
use super::settle::Settled;
use super::{Bytes, Expected, Key, Mark, Model, Place, Refusal, Service};

impl Model {
    /// Makes a folder, or a file if there are bytes.
    pub(super) fn create(
        &mut self,
        parent: &Place,
        name: &str,
        bytes: Option<&Bytes>,
        conflict: Conflict,
    ) -> Result<Expected, Refusal> {
        let parent = self.resolve(parent)?;
        let kind = if bytes.is_some() { ItemKind::File } else { ItemKind::Folder };
        let bytes = bytes.cloned().unwrap_or(Bytes::Sized(0));
        if self.require(parent)?.kind == ItemKind::File {
            return Err(Refusal::NotAFolder);
        }
        self.check_writable(parent)?;
        if !self.offers(self.drive_of(parent)?.service.offers_create(conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        self.check_name(parent, name, kind)?;
        self.check_unlocked(parent, Deed::Create)?;
        // For a new item a folder takes the place of a folder: it is the same folder then.
        let holder = self.holder(parent, name, None).filter(|_| conflict == Conflict::Replace);
        if let Some(holder) = holder.filter(|key| self.seen(*key).is_some_and(|item| item.kind == kind)) {
            self.check_replaceable(holder)?;
            if kind == ItemKind::File {
                self.check_path(parent, name, 0)?;
                let name = self.items[&holder].name.clone();
                self.put_version(holder, bytes, name)?;
            }
            self.mark(Mark::Settled("create replaces", kind));
            return Ok(Expected::Item(holder));
        }
        let name = match self.settle(parent, name, kind, conflict, " ", None)? {
            Settled::Free(name) => name,
            Settled::Over(_) => return Err(Refusal::NameTaken),
        };
        self.check_path(parent, &name, 0)?;
        self.check_room(parent, bytes.size())?;
        Ok(Expected::Item(self.add_child(parent, &name, kind, bytes)))
    }

    /// Gives a file other bytes, or makes it.
    pub(super) fn write(&mut self, file: &Place, text: &str) -> Result<Expected, Refusal> {
        let bytes = Bytes::Text(text.to_owned());
        let key = match (self.resolve(file), file.bare()) {
            (Ok(key), _) => key,
            (Err(Refusal::NotFound), Place::Path(drive, path)) => {
                if file.expected().is_some() {
                    return Err(Refusal::NothingToMatch);
                }
                // A root that may not be read is no place for something new.
                if path == "/" {
                    return Err(Refusal::NotFound);
                }
                let (folder, name) = path.rsplit_once('/').ok_or(Refusal::BadPath)?;
                let folder = if folder.is_empty() { "/" } else { folder };
                let folder = Place::Path(*drive, folder.to_owned());
                return self.create(&folder, name, Some(&bytes), Conflict::Fail);
            }
            (Err(refusal), _) => return Err(refusal),
        };
        self.require_file(key)?;
        self.check_writable(key)?;
        self.check_unlocked(key, Deed::Write)?;
        let name = self.items[&key].name.clone();
        self.put_version(key, bytes, name)?;
        Ok(Expected::Item(key))
    }

    /// Gives an item another name.
    pub(super) fn rename(&mut self, item: &Place, name: &str) -> Result<Expected, Refusal> {
        let item = self.resolve(item)?;
        let parent = self.require(item)?.parent.ok_or(Refusal::IsRoot)?;
        self.relocate(item, parent, Some(name), Conflict::Fail)
    }

    /// Moves an item.
    pub(super) fn move_to(
        &mut self,
        item: &Place,
        target: &Place,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<Expected, Refusal> {
        let drives = [item, target].map(Place::drive);
        if drives.iter().any(|drive| self.drive(*drive).is_none()) {
            return Err(Refusal::NoDrive);
        }
        if drives[0] != drives[1] {
            return Err(Refusal::AcrossDrives);
        }
        let (item, target) = (self.resolve(item)?, self.resolve(target)?);
        self.require(item)?.parent.ok_or(Refusal::IsRoot)?;
        if self.require(target)?.kind == ItemKind::File {
            return Err(Refusal::NotAFolder);
        }
        self.relocate(item, target, name, conflict)
    }

    fn relocate(
        &mut self,
        key: Key,
        target: Key,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<Expected, Refusal> {
        let item = self.items[&key].clone();
        self.check_access_to_all(key, Access::Write)?;
        self.check_writable(target)?;
        if !self.offers(self.drive_of(target)?.service.offers_move(conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        if self.is_within(target, key) {
            return Err(Refusal::IntoItself);
        }
        let wanted = name.unwrap_or(&item.name);
        self.check_name(target, wanted, item.kind)?;
        self.check_all_unlocked(key, Deed::Move)?;
        // A rename counts as a move into the folder that the item is in already.
        // A new name is no move into the folder the item is in.
        if item.parent != Some(target) {
            self.check_unlocked(target, Deed::Move)?;
        }
        let (name, over) = match self.settle(target, wanted, item.kind, conflict, " ", Some(key))? {
            Settled::Free(name) => (name, None),
            Settled::Over(holder) => (wanted.to_owned(), Some(holder)),
        };
        self.check_path(target, &name, self.units_below(key))?;
        if item.parent == Some(target) && name == item.name {
            self.mark(Mark::Fact("move that changes nothing"));
            return Ok(Expected::Done);
        }
        if let Some(holder) = over {
            self.erase(holder);
            self.mark(Mark::Settled("move replaces", item.kind));
        }
        self.put_into(key, target, name);
        self.fail_the_homeless();
        Ok(Expected::Done)
    }

    /// Puts an item into a folder under a name, one of which it had not before.
    fn put_into(&mut self, key: Key, folder: Key, name: String) {
        let (old_folder, now) = (self.items[&key].parent, signed(self.now));
        let is_moved = old_folder != Some(folder);
        let is_business = self.drive_of(key).is_ok_and(|drive| drive.service == Service::Business);
        self.item_mut(key, |item| (item.parent, item.name) = (Some(folder), name));
        self.change_facts(key, |facts| {
            if is_moved && is_business {
                (facts.times[FS_CREATED], facts.times[FS_MODIFIED]) = (now, now);
            }
        });
        if let Some(old_folder) = old_folder.filter(|_| is_moved) {
            self.touch_above(old_folder);
        }
        self.note_change(key);
    }
}
