//! The only place for what the verbs of a drive do to the model: look up, check, change.

use drivesim::{Conflict, ItemKind};

use super::names::units;
use super::{Bytes, Expected, Key, Mark, Model, Place, Refusal};

/// What a new or moved item does about its name.
pub(super) enum Settled {
    /// It takes this name, which is free.
    Free(String),
    /// It takes the place of this item.
    Over(Key),
}

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
        if !self.offers(self.drive_of(parent)?.service.offers_create(conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        self.check_name(parent, name, kind)?;
        // For a new item a folder takes the place of a folder: it is the same folder then.
        let holder = self.holder(parent, name, None).filter(|_| conflict == Conflict::Replace);
        if let Some(holder) = holder.filter(|key| self.visible(*key).is_some_and(|item| item.kind == kind)) {
            self.check_room(parent, bytes.size(), self.items[&holder].bytes.size())?;
            if kind == ItemKind::File {
                self.item_mut(holder, |item| item.bytes = bytes);
            }
            self.mark(Mark::Settled("create replaces", kind));
            return Ok(Expected::Item(holder));
        }
        let name = match self.settle(parent, name, kind, conflict, " ", None)? {
            Settled::Free(name) => name,
            Settled::Over(_) => return Err(Refusal::NameTaken),
        };
        self.check_path(parent, &name, 0)?;
        self.check_room(parent, bytes.size(), 0)?;
        Ok(Expected::Item(self.add_child(parent, &name, kind, bytes)))
    }

    /// Gives a file other bytes, or makes it.
    pub(super) fn write(&mut self, file: &Place, text: &str) -> Result<Expected, Refusal> {
        let bytes = Bytes::Text(text.to_owned());
        let key = match (self.resolve(file), file) {
            (Ok(key), _) => key,
            (Err(Refusal::NotFound), Place::Path(drive, path)) => {
                let (folder, name) = path.rsplit_once('/').ok_or(Refusal::BadPath)?;
                let folder = if folder.is_empty() { "/" } else { folder };
                let folder = Place::Path(*drive, folder.to_owned());
                return self.create(&folder, name, Some(&bytes), Conflict::Fail);
            }
            (Err(refusal), _) => return Err(refusal),
        };
        if self.require(key)?.kind == ItemKind::Folder {
            return Err(Refusal::NotAFile);
        }
        self.check_room(key, bytes.size(), self.items[&key].bytes.size())?;
        self.item_mut(key, |item| item.bytes = bytes);
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
        self.relocate(item, target, name, conflict)
    }

    fn relocate(
        &mut self,
        key: Key,
        target: Key,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<Expected, Refusal> {
        let item = self.require(key)?.clone();
        if item.parent.is_none() {
            return Err(Refusal::IsRoot);
        }
        let into = self.require(target)?;
        if !self.offers(self.drive_of(target)?.service.offers_move(conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        if into.kind == ItemKind::File {
            return Err(Refusal::NotAFolder);
        }
        if self.is_within(target, key) {
            return Err(Refusal::IntoItself);
        }
        let wanted = name.unwrap_or(&item.name);
        if item.parent == Some(target) && wanted == item.name {
            return Ok(Expected::Done);
        }
        self.check_name(target, wanted, item.kind)?;
        let (name, over) = match self.settle(target, wanted, item.kind, conflict, " ", Some(key))? {
            Settled::Free(name) => (name, None),
            Settled::Over(holder) => (wanted.to_owned(), Some(holder)),
        };
        self.check_path(target, &name, self.units_below(key))?;
        if let Some(holder) = over {
            self.remove(holder);
            self.mark(Mark::Settled("move replaces", item.kind));
        }
        self.item_mut(key, |item| (item.parent, item.name) = (Some(target), name));
        self.fail_the_homeless();
        Ok(Expected::Done)
    }

    /// Deletes an item and all below it.
    pub(super) fn delete(&mut self, item: &Place) -> Result<Expected, Refusal> {
        let key = self.resolve(item)?;
        self.require(key)?.parent.ok_or(Refusal::IsRoot)?;
        let n_removed = self.remove(key);
        self.fail_the_homeless();
        Ok(Expected::Count(n_removed))
    }

    /// Settles the name of a new or moved item, given what holds it now.
    pub(super) fn settle(
        &mut self,
        folder: Key,
        name: &str,
        kind: ItemKind,
        conflict: Conflict,
        before_number: &str,
        except: Option<Key>,
    ) -> Result<Settled, Refusal> {
        let Some(holder) = self.holder(folder, name, except) else {
            return Ok(Settled::Free(name.to_owned()));
        };
        match conflict {
            Conflict::Fail => Err(Refusal::NameTaken),
            Conflict::Replace => {
                let holder_kind = self.visible(holder).map(|item| item.kind);
                let both_files = kind == ItemKind::File && holder_kind == Some(ItemKind::File);
                if both_files { Ok(Settled::Over(holder)) } else { Err(Refusal::NameTaken) }
            }
            Conflict::Rename => {
                let service = self.drive_of(folder)?.service;
                let at_root = self.items[&folder].parent.is_none();
                let is_free = |name: &String| {
                    service.allows(name, kind, at_root) && self.holder(folder, name, except).is_none()
                };
                let mut names = (1..).map(|number| service.numbered(name, kind, before_number, number));
                let free = names.find(is_free).ok_or(Refusal::NameTaken)?;
                self.mark(Mark::Settled("renamed", kind));
                Ok(Settled::Free(free))
            }
        }
    }

    /// Says whether a behaviour is offered, unless it is being found out what else would be refused.
    pub(super) fn offers(&self, is_offered: bool) -> bool {
        is_offered || self.offers_all
    }

    pub(super) fn check_name(&self, folder: Key, name: &str, kind: ItemKind) -> Result<(), Refusal> {
        let at_root = self.items[&folder].parent.is_none();
        let is_allowed = self.drive_of(folder)?.service.allows(name, kind, at_root);
        if is_allowed { Ok(()) } else { Err(Refusal::BadName) }
    }

    /// Refuses a name under which the item, or what is below it, would have too long a path.
    pub(super) fn check_path(&self, folder: Key, name: &str, units_below: usize) -> Result<(), Refusal> {
        let own = match self.path_units(folder) {
            0 => units(name),
            above => above + 1 + units(name),
        };
        let limit = self.drive_of(folder)?.limits.max_path_units;
        if own + units_below > limit { Err(Refusal::PathTooLong) } else { Ok(()) }
    }

    /// Refuses what would make the sizes of the drive of `near` overflow.
    pub(super) fn check_room(&self, near: Key, more: u64, less: u64) -> Result<(), Refusal> {
        let held = self.promised(self.drive_of(near)?.number) - u128::from(less);
        let is_room = held + u128::from(more) <= u128::from(u64::MAX);
        if is_room { Ok(()) } else { Err(Refusal::SizeOverflow) }
    }
}
