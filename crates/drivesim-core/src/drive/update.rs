//! The only place for the verbs that change where an item is, what it is called and what is known of it beside its
//! content: several of these in one step, or one alone.

use jiff::Timestamp;

use crate::access::Access;
use crate::act::Act;
use crate::conflict::{Conflict, Replaces};
use crate::drive::members::set_all;
use crate::drive::{Drive, MemberChange, Place, Wish};
use crate::error::Error;
use crate::intern::NameId;
use crate::item::ItemId;
use crate::lock::Deed;
use crate::name::utf16_len;
use crate::stamp::Stamp;
use crate::tree::ROOT;

/// Times to be set; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct Times {
    /// When the item was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
    /// When its content was made.
    pub fs_created_at: Option<Timestamp>,
    /// When its content was last changed.
    pub fs_modified_at: Option<Timestamp>,
}

/// What is to change of an item in one step. The default changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Update<'a> {
    /// Its name; `None` leaves it as it is.
    pub name: Option<&'a str>,
    /// The folder it is in; `None` leaves it there.
    pub parent: Option<ItemId>,
    /// What to do when the name is taken there.
    pub conflict: Conflict,
    /// What the item is about; an empty text takes the description away, `None` leaves it as it is.
    pub description: Option<&'a str>,
    /// Members of the service that it gets, or loses where there is no value.
    pub members: &'a [MemberChange],
    /// Its times.
    pub times: Times,
    /// Whether the times came with the content that the file has: then no version is made for them.
    pub times_of_upload: bool,
}

/// Where an item goes: a folder and a name of which one is new, and the file whose place it takes.
pub(super) struct Goal {
    folder: u32,
    pub(super) name: NameId,
    replaced: Option<u32>,
}

impl Drive {
    /// Changes several facts of an item in one step, or none: its etag moves once, and once it stands in the log.
    ///
    /// Times that are set are the last word: also where a move resets those of the content. Where the service does so, a
    /// file whose content times are set gets a new version of the same content, whose tag stays.
    ///
    /// # Errors
    /// Those of [`Drive::move_to`] for another name or folder, of [`Drive::set_times`] for times, of
    /// [`Drive::set_description`] for a description; [`Error::NoMember`] and [`Error::BadMember`] for members;
    /// [`Error::OverCapacity`] for either.
    pub fn update<'a>(
        &mut self,
        item: ItemId,
        update: Update<'_>,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        let folder = self.folder_in(slot, &update)?;
        self.check_update(slot, folder, &update)?;
        let goal = folder.map(|folder| self.goal(slot, folder, &update)).transpose()?.flatten();
        let description = update.description.map(|text| Some(text).filter(|text| !text.is_empty()));
        let described = description.filter(|new| *new != self.tree.stamp_of(slot).description.as_deref());
        let sets_members = !self.has_members(slot, update.members);
        if goal.is_none() && described.is_none() && !sets_members && update.times == Times::default() {
            return Ok(());
        }
        self.claim_texts(slot, described, update.members)?;
        let act = act.into();
        if self.makes_version(slot, &update) {
            self.check_room_for_version(slot, self.tree.node(slot).size)?;
            self.keep_version(slot, act)?;
        }
        if update.times.created_at.is_some() {
            self.keep_written(slot)?;
        }
        let left = goal.and_then(|goal| self.relocate(slot, &goal, act));
        let resets = left.is_some() && self.profile.move_resets_fs_times;
        let follows = self.profile.item_time_follows_content;
        self.restamp(slot, act, |stamp| {
            if resets {
                (stamp.fs_created_at, stamp.fs_modified_at) = (act.at, act.at);
            }
            if let Some(description) = described {
                stamp.description = description.map(Into::into);
            }
            set_all(&mut stamp.members, update.members);
            if let Some(at) = update.times.fs_modified_at.filter(|_| follows) {
                stamp.modified_at = at;
            }
            update.times.set(stamp);
        });
        if let Some(old_folder) = left {
            self.touch_above(old_folder);
        }
        self.note_change(slot);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Gives an item another name in its folder. Another case of its own name is free.
    ///
    /// # Errors
    /// Those of [`Drive::move_to`].
    pub fn rename<'a>(&mut self, item: ItemId, name: &str, act: impl Into<Act<'a>>) -> Result<(), Error> {
        self.update(item, Update { name: Some(name), ..Update::default() }, act)
    }

    /// Moves an item into a folder of the same drive, under another name if one is given.
    ///
    /// With [`Conflict::Replace`] a file takes the place of a file, which is deleted for good, or goes to the bin where
    /// [`Profile::bins_replaced`](crate::Profile::bins_replaced) says so.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::IsRoot`], [`Error::NotAFolder`], [`Error::AccessDenied`],
    /// [`Error::ConflictNotOffered`], [`Error::IntoItself`], [`Error::BadName`], [`Error::Locked`],
    /// [`Error::NameTaken`], [`Error::PathTooLong`], [`Error::DriveFull`].
    pub fn move_to<'a>(
        &mut self,
        item: ItemId,
        target: ItemId,
        name: Option<&str>,
        conflict: Conflict,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { name, parent: Some(target), conflict, ..Update::default() }, act)
    }

    /// Sets times of an item. Its etag moves; it was last changed when it is said to be, or now. Where the service does
    /// so, a file whose content times are set gets a new version.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::TimesNotSettable`], [`Error::Locked`],
    /// [`Error::QuotaExceeded`], [`Error::DriveFull`].
    pub fn set_times<'a>(
        &mut self,
        item: ItemId,
        times: Times,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { times, ..Update::default() }, act)
    }

    /// Returns what an item is about; an empty text takes the description away.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::DescriptionTooLong`], [`Error::Locked`],
    /// [`Error::OverCapacity`].
    pub fn set_description<'a>(
        &mut self,
        item: ItemId,
        description: &str,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { description: Some(description), ..Update::default() }, act)
    }

    /// Returns the folder in which an item is to be put, which may be its own; `None` if it stays as it is called and
    /// where it is.
    pub(super) fn folder_in(&self, slot: u32, update: &Update<'_>) -> Result<Option<u32>, Error> {
        let verb = match (update.parent, update.name) {
            (None, None) => return Ok(None),
            (None, Some(_)) => "renamed",
            (Some(_), _) => "moved",
        };
        if slot == ROOT {
            return Err(Error::IsRoot { verb });
        }
        match update.parent {
            Some(parent) => self.require_folder(parent).map(Some),
            None => Ok(Some(self.tree.node(slot).parent())),
        }
    }

    /// Refuses what is wrong with an update whether the name is taken or not.
    pub(super) fn check_update(
        &self,
        slot: u32,
        folder: Option<u32>,
        update: &Update<'_>,
    ) -> Result<(), Error> {
        let Some(folder) = folder else {
            self.check_writable(slot)?;
            return self.check_facts(slot, update);
        };
        self.check_access_to_all(slot, Access::Write)?;
        self.check_writable(folder)?;
        self.check_offered(self.profile.move_conflicts, update.conflict)?;
        self.check_not_into_itself(slot, folder)?;
        let name = update.name.unwrap_or_else(|| self.tree.name(slot));
        self.new_name(folder, name, self.tree.node(slot).kind())?;
        self.check_facts(slot, update)?;
        self.check_all_unlocked(slot, Deed::Move, &[])?;
        // A new name is no move into the folder the item is in.
        if folder != self.tree.node(slot).parent() {
            self.check_unlocked(folder, Deed::Move)?;
        }
        Ok(())
    }

    /// Returns whether an update gives a file a new version. That a business drive makes a version too where only
    /// `createdDateTime` of `fileSystemInfo` is set, or to the time it has, is *assumed* (option
    /// `times_make_version`).
    fn makes_version(&self, slot: u32, update: &Update<'_>) -> bool {
        let Times { fs_created_at, fs_modified_at, .. } = update.times;
        self.profile.times_make_version
            && !update.times_of_upload
            && (fs_created_at.is_some() || fs_modified_at.is_some())
            && !self.tree.node(slot).is_folder()
    }

    /// Refuses times and a description that the service does not take, or a lock.
    fn check_facts(&self, slot: u32, update: &Update<'_>) -> Result<(), Error> {
        let Times { created_at, modified_at, .. } = update.times;
        if (created_at.is_some() || modified_at.is_some()) && !self.profile.item_times_settable {
            return Err(Error::TimesNotSettable { profile: self.profile.name });
        }
        self.check_description(update.description)?;
        self.check_members(self.tree.node(slot).kind(), update.members)?;
        let sets_facts = update.description.is_some() || !update.members.is_empty();
        if sets_facts || update.times != Times::default() {
            self.check_unlocked(slot, Deed::Write)?;
        }
        Ok(())
    }

    /// Refuses a description that is too long for the service.
    pub(crate) fn check_description(&self, description: Option<&str>) -> Result<(), Error> {
        let units = description.map_or(0, utf16_len);
        match self.profile.max_description_units.filter(|&limit| units > limit) {
            Some(limit) => Err(Error::DescriptionTooLong { units, limit }),
            None => Ok(()),
        }
    }

    /// Settles where an item goes in a folder; `None` if it is there already.
    pub(super) fn goal(
        &mut self,
        slot: u32,
        folder: u32,
        update: &Update<'_>,
    ) -> Result<Option<Goal>, Error> {
        let (kind, below) = (self.tree.node(slot).kind(), self.deepest_units(slot));
        let name = update.name.unwrap_or_else(|| self.tree.name(slot));
        let name = self.new_name(folder, name, kind)?.into_owned();
        let (conflict, suffix) = (update.conflict, self.profile.create_suffix);
        let wish = Wish {
            folder,
            name: &name,
            kind,
            conflict,
            suffix,
            own: Some(slot),
            below,
            over: Replaces::Files,
        };
        let (name, replaced) = match self.place(&wish)? {
            Place::New(new_name) => (new_name, None),
            Place::Over(holder) => (name, Some(holder)),
        };
        if folder == self.tree.node(slot).parent() && name == self.tree.name(slot) {
            return Ok(None);
        }
        let Some(name) = self.tree.names.intern(&name) else { return Err(Error::DriveFull { name }) };
        Ok(Some(Goal { folder, name, replaced }))
    }

    /// Puts an item where it goes; returns the folder that it has left, if that is another.
    fn relocate(&mut self, slot: u32, goal: &Goal, act: Act<'_>) -> Option<u32> {
        let old_folder = self.tree.node(slot).parent();
        if let Some(holder) = goal.replaced {
            let by = self.tree.users.intern(act.by);
            self.give_way(holder, act.at, by);
        }
        self.tree.unlink(slot);
        self.tree.arena.edit(slot, |node| node.name = goal.name);
        self.tree.link(goal.folder, slot);
        Some(old_folder).filter(|&old_folder| old_folder != goal.folder)
    }
}

impl Times {
    /// Sets the times of a stamp that are given.
    fn set(&self, stamp: &mut Stamp) {
        stamp.created_at = self.created_at.unwrap_or(stamp.created_at);
        stamp.modified_at = self.modified_at.unwrap_or(stamp.modified_at);
        stamp.fs_created_at = self.fs_created_at.unwrap_or(stamp.fs_created_at);
        stamp.fs_modified_at = self.fs_modified_at.unwrap_or(stamp.fs_modified_at);
    }
}
