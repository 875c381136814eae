//! The only place for how an item of the model is renamed, moved, described and dated: look up, check, change.

use drivesim::{Access, Conflict, ItemKind};

use super::facts::{CREATED, FS_CREATED, FS_MODIFIED, MODIFIED, signed};
use super::locks::Deed;
use super::names::units;
use super::settle::Settled;
use super::{Expected, Key, Mark, Model, ModelItem, Place, Refusal, Service};

/// How many units a description has at most on Box.
const DESCRIPTION_UNITS: usize = 255;

/// What is to change of an item; the default changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Its name.
    pub name: Option<String>,
    /// The folder it is in.
    pub target: Option<Place>,
    /// What to do when the name is taken there.
    pub conflict: Conflict,
    /// What it is about.
    pub text: Option<String>,
    /// Its times, in nanoseconds since the start, in the order of [`Facts::times`](super::Facts::times).
    pub times: [Option<i128>; 4],
}

impl Wish {
    fn has_facts(&self) -> bool {
        self.text.is_some() || self.times != [None; 4]
    }
}

/// A folder and a name for an item, and the file whose place it takes.
struct Goal {
    folder: Key,
    name: String,
    over: Option<Key>,
}

impl Model {
    /// Changes all that is wished of an item, or nothing.
    pub(super) fn update(&mut self, item: &Place, wish: &Wish) -> Result<Expected, Refusal> {
        if let Some(target) = &wish.target {
            let drives = [item, target].map(Place::drive);
            if drives.iter().any(|drive| self.drive(*drive).is_none()) {
                return Err(Refusal::NoDrive);
            }
            if drives[0] != drives[1] {
                return Err(Refusal::AcrossDrives);
            }
        }
        let key = self.resolve(item)?;
        let target = wish.target.as_ref().map(|target| self.resolve(target)).transpose()?;
        let old = self.require(key)?.clone();
        let folder = if wish.name.is_some() { target.or(old.parent) } else { target };
        let is_put = wish.name.is_some() || target.is_some();
        if is_put && old.parent.is_none() {
            return Err(Refusal::IsRoot);
        }
        if let Some(folder) = target {
            if self.require(folder)?.kind == ItemKind::File {
                return Err(Refusal::NotAFolder);
            }
        }
        let goal = match folder {
            Some(folder) => self.goal(key, folder, wish)?,
            None => {
                self.check_writable(key)?;
                self.check_facts(key, wish)?;
                None
            }
        };
        let is_described = wish.text.as_ref().is_some_and(|text| *text != old.facts.description);
        if is_put && goal.is_none() {
            self.mark(Mark::Fact("move that changes nothing"));
        }
        if goal.is_none() && !is_described && wish.times == [None; 4] {
            return Ok(Expected::Done);
        }
        if goal.is_some() && wish.has_facts() {
            self.mark(Mark::Fact("several facts in one step"));
        }
        if self.makes_version(key, wish) {
            self.keep_version(key, old.bytes.size())?;
            self.mark(Mark::Fact("times made a version"));
        }
        self.change_all(key, &old, goal, wish);
        Ok(Expected::Done)
    }

    /// Finds out where an item goes in a folder; nowhere if it is there already.
    fn goal(&mut self, key: Key, folder: Key, wish: &Wish) -> Result<Option<Goal>, Refusal> {
        let item = self.items[&key].clone();
        self.check_access_to_all(key, Access::Write)?;
        self.check_writable(folder)?;
        if !self.offers(self.drive_of(folder)?.service.offers_move(wish.conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        if self.is_within(folder, key) {
            return Err(Refusal::IntoItself);
        }
        let wanted = wish.name.as_ref().unwrap_or(&item.name);
        self.check_name(folder, wanted, item.kind)?;
        self.check_facts(key, wish)?;
        self.check_all_unlocked(key, Deed::Move)?;
        // A new name is no move into the folder the item is in.
        if item.parent != Some(folder) {
            self.check_unlocked(folder, Deed::Move)?;
        }
        let (name, over) = match self.settle(folder, wanted, item.kind, wish.conflict, " ", Some(key))? {
            Settled::Free(name) => (name, None),
            Settled::Over(holder) => (wanted.clone(), Some(holder)),
        };
        self.check_path(folder, &name, self.units_below(key))?;
        let is_there = item.parent == Some(folder) && name == item.name;
        Ok(Some(Goal { folder, name, over }).filter(|_| !is_there))
    }

    /// Refuses times and a text that a service does not take, or a lock.
    fn check_facts(&self, key: Key, wish: &Wish) -> Result<(), Refusal> {
        let service = self.drive_of(key)?.service;
        let sets_own = wish.times[CREATED].is_some() || wish.times[MODIFIED].is_some();
        if sets_own && service != Service::Plain {
            return Err(Refusal::TimesNotSettable);
        }
        let n_units = wish.text.as_deref().map_or(0, units);
        if service == Service::Box && n_units > DESCRIPTION_UNITS {
            return Err(Refusal::DescriptionTooLong);
        }
        if wish.has_facts() { self.check_unlocked(key, Deed::Write) } else { Ok(()) }
    }

    /// Returns whether a file gets a new version for the times that are wished.
    fn makes_version(&self, key: Key, wish: &Wish) -> bool {
        let sets_content = wish.times[FS_CREATED].is_some() || wish.times[FS_MODIFIED].is_some();
        sets_content && self.items[&key].kind == ItemKind::File && self.is_business(key)
    }

    fn is_business(&self, key: Key) -> bool {
        self.drive_of(key).is_ok_and(|drive| drive.service == Service::Business)
    }

    /// Changes what is wished, as one change.
    fn change_all(&mut self, key: Key, old: &ModelItem, goal: Option<Goal>, wish: &Wish) {
        let now = signed(self.now);
        let old_folder = old.parent.filter(|old| goal.as_ref().is_some_and(|goal| goal.folder != *old));
        let is_business = self.is_business(key);
        if let Some(Goal { folder, name, over }) = goal {
            if let Some(holder) = over {
                self.erase(holder);
                self.mark(Mark::Settled("move replaces", old.kind));
            }
            self.item_mut(key, |item| (item.parent, item.name) = (Some(folder), name));
        }
        self.change_facts(key, |facts| {
            if old_folder.is_some() && is_business {
                (facts.times[FS_CREATED], facts.times[FS_MODIFIED]) = (now, now);
            }
            if let Some(text) = &wish.text {
                facts.description.clone_from(text);
            }
            if let (true, Some(modified)) = (is_business, wish.times[FS_MODIFIED]) {
                facts.times[MODIFIED] = modified;
            }
            for (time, new) in facts.times.iter_mut().zip(wish.times) {
                *time = new.unwrap_or(*time);
            }
        });
        if let Some(old_folder) = old_folder {
            self.touch_above(old_folder);
        }
        self.note_change(key);
        self.fail_the_homeless();
    }
}
