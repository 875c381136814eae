//! Moves and renames items and sets their times, descriptions and members: several of these in one step, or one alone.

use jiff::Timestamp;

use crate::access::Access;
use crate::actor::Actor;
use crate::conflict::{Conflict, Replaces};
use crate::drive::members::set_all;
use crate::drive::{Drive, MemberChange, PlacementRequest};
use crate::error::{Error, RootVerb};
use crate::item::ItemId;
use crate::lock::LockedOp;
use crate::metadata::Metadata;
use crate::name::units_of;
use crate::name_table::NameId;
use crate::tree::ROOT;

/// Times to set; `None` keeps a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct Times {
    /// When the item was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
    /// When its content was created.
    pub fs_created_at: Option<Timestamp>,
    /// When its content was last changed.
    pub fs_modified_at: Option<Timestamp>,
}

/// The changes of an item in one step. The default changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "an update has no effect until it is performed"]
pub struct Update<'a> {
    /// The new name; `None` keeps the name.
    pub name: Option<&'a str>,
    /// The folder to move it to; `None` keeps the folder.
    pub parent: Option<ItemId>,
    /// What to do when the name is taken there.
    pub conflict: Conflict,
    /// The description; an empty text removes it, `None` keeps it.
    pub description: Option<&'a str>,
    /// Members to set, or to remove if they have no value.
    pub members: &'a [MemberChange],
    /// Its times.
    pub times: Times,
    /// Whether the times were uploaded with the current content: then they create no version.
    pub times_of_upload: bool,
}

/// Where an item goes: a folder and a name, at least one of them new, and the file it replaces.
pub(super) struct Relocation {
    folder: u32,
    pub(super) name: NameId,
    replaced: Option<u32>,
}

impl Drive {
    /// Applies several changes to an item in one step, or none. Its etag changes once, and the change log gets one
    /// entry.
    ///
    /// Times that are set override those that a move resets. Where the service does so, setting the content times of a
    /// file creates a version with the same content and the same ctag.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Update};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// let update = Update { name: Some("b.txt"), description: Some("a note"), ..Update::default() };
    /// drive.update(file, update, now)?;
    /// let item = drive.item(file)?;
    /// assert_eq!((item.name.as_str(), item.description.as_deref(), item.etag), ("b.txt", Some("a note"), 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::move_to`] for another name or folder, of [`Drive::set_times`] for times, of
    /// [`Drive::set_description`] for a description; [`Error::NoMember`] and [`Error::BadMember`] for members;
    /// [`Error::OverCapacity`] for either.
    pub fn update<'a>(
        &mut self,
        item: ItemId,
        update: Update<'_>,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        let folder = self.target_folder(slot, &update)?;
        self.check_update(slot, folder, &update)?;
        let relocation =
            folder.map(|folder| self.resolve_relocation(slot, folder, &update)).transpose()?.flatten();
        let description = update.description.map(|text| Some(text).filter(|text| !text.is_empty()));
        let new_description =
            description.filter(|new| *new != self.tree.metadata_of(slot).description.as_deref());
        let sets_members = !self.has_members(slot, update.members);
        if relocation.is_none()
            && new_description.is_none()
            && !sets_members
            && update.times == Times::default()
        {
            return Ok(());
        }
        self.claim_texts(slot, new_description, update.members)?;
        let actor = actor.into();
        if self.creates_version(slot, &update) {
            self.check_room_for_version(slot, self.tree.node(slot).size)?;
            self.archive_version(slot, actor)?;
        }
        if update.times.created_at.is_some() {
            self.preserve_write_time(slot)?;
        }
        let old_folder = relocation.and_then(|relocation| self.relocate(slot, &relocation, actor));
        let resets = old_folder.is_some() && self.profile.move_resets_fs_times;
        let follows = self.profile.item_time_follows_content;
        self.update_metadata(slot, actor, |metadata| {
            if resets {
                (metadata.fs_created_at, metadata.fs_modified_at) = (actor.at, actor.at);
            }
            if let Some(description) = new_description {
                metadata.description = description.map(Into::into);
            }
            set_all(&mut metadata.members, update.members);
            if let Some(at) = update.times.fs_modified_at.filter(|_| follows) {
                metadata.modified_at = at;
            }
            update.times.set(metadata);
        });
        if let Some(old_folder) = old_folder {
            self.bump_ancestor_ctags(old_folder);
        }
        self.record_change(slot);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Renames an item in its folder. A change of letter case only is no conflict.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::BUSINESS, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.rename(docs, "DOCS", now)?;
    /// assert_eq!(drive.path(docs)?, "/DOCS");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::move_to`].
    pub fn rename<'a>(&mut self, item: ItemId, name: &str, actor: impl Into<Actor<'a>>) -> Result<(), Error> {
        self.update(item, Update { name: Some(name), ..Update::default() }, actor)
    }

    /// Moves an item into a folder of the same drive, under another name if one is given.
    ///
    /// With [`Conflict::Replace`] a file replaces a file, which is deleted for good, or goes to the bin with
    /// [`Profile::replaced_item`](crate::Profile::replaced_item).
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.move_to(file, drive.find("/To")?, Some("b.txt"), Conflict::Fail, now)?;
    /// assert_eq!(drive.path(file)?, "/To/b.txt");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { name, parent: Some(target), conflict, ..Update::default() }, actor)
    }

    /// Sets times of an item. Its etag changes, and its modification time is the given one or now. Where the service
    /// does so, setting the content times of a file creates a version.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Times};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// let then: Timestamp = "2024-05-01T09:30:00Z".parse()?;
    /// drive.set_times(file, Times { fs_modified_at: Some(then), ..Times::default() }, now)?;
    /// assert_eq!(drive.item(file)?.fs_modified_at, then);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::TimesNotSettable`], [`Error::Locked`],
    /// [`Error::QuotaExceeded`], [`Error::DriveFull`].
    pub fn set_times<'a>(
        &mut self,
        item: ItemId,
        times: Times,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { times, ..Update::default() }, actor)
    }

    /// Sets the description of an item; an empty text removes it.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.set_description(docs, "a note", now)?;
    /// assert_eq!(drive.item(docs)?.description.as_deref(), Some("a note"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::DescriptionTooLong`], [`Error::Locked`],
    /// [`Error::OverCapacity`].
    pub fn set_description<'a>(
        &mut self,
        item: ItemId,
        description: &str,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        self.update(item, Update { description: Some(description), ..Update::default() }, actor)
    }

    /// Returns the folder an item is to be put into, which may be its current one; `None` if neither name nor folder is
    /// to change.
    pub(super) fn target_folder(&self, slot: u32, update: &Update<'_>) -> Result<Option<u32>, Error> {
        let verb = match (update.parent, update.name) {
            (None, None) => return Ok(None),
            (None, Some(_)) => RootVerb::Renamed,
            (Some(_), _) => RootVerb::Moved,
        };
        if slot == ROOT {
            return Err(Error::IsRoot { verb });
        }
        match update.parent {
            Some(parent) => self.require_folder(parent).map(Some),
            None => Ok(Some(self.tree.node(slot).parent())),
        }
    }

    /// Fails if an update is invalid, whether its name is taken or not.
    pub(super) fn check_update(
        &self,
        slot: u32,
        folder: Option<u32>,
        update: &Update<'_>,
    ) -> Result<(), Error> {
        let Some(folder) = folder else {
            self.check_writable(slot)?;
            return self.check_metadata(slot, update);
        };
        self.check_access_to_all(slot, Access::Write)?;
        self.check_writable(folder)?;
        self.check_offered(self.profile.move_conflicts, update.conflict)?;
        self.check_not_into_itself(slot, folder)?;
        let name = update.name.unwrap_or_else(|| self.tree.name(slot));
        self.new_name(folder, name, self.tree.node(slot).kind())?;
        self.check_metadata(slot, update)?;
        self.check_all_unlocked(slot, LockedOp::Move, &[])?;
        // A rename does not move the item into its own folder.
        if folder != self.tree.node(slot).parent() {
            self.check_unlocked(folder, LockedOp::Move)?;
        }
        Ok(())
    }

    /// Returns whether an update creates a version of a file.
    ///
    /// ASSUMED: A business drive creates a version also where only `createdDateTime` of `fileSystemInfo` is set, or to
    /// the time it has (option `times_make_version`).
    fn creates_version(&self, slot: u32, update: &Update<'_>) -> bool {
        let Times { fs_created_at, fs_modified_at, .. } = update.times;
        self.profile.times_make_version
            && !update.times_of_upload
            && (fs_created_at.is_some() || fs_modified_at.is_some())
            && !self.tree.node(slot).is_folder()
    }

    /// Fails if the service does not accept the times, the description or the members, or if a lock prevents them.
    fn check_metadata(&self, slot: u32, update: &Update<'_>) -> Result<(), Error> {
        let Times { created_at, modified_at, .. } = update.times;
        if (created_at.is_some() || modified_at.is_some()) && !self.profile.item_times_settable {
            return Err(Error::TimesNotSettable { profile: self.profile.name() });
        }
        self.check_description(update.description)?;
        self.check_members(self.tree.node(slot).kind(), update.members)?;
        let sets_texts = update.description.is_some() || !update.members.is_empty();
        if sets_texts || update.times != Times::default() {
            self.check_unlocked(slot, LockedOp::Write)?;
        }
        Ok(())
    }

    /// Fails if a description is too long for the service.
    pub(crate) fn check_description(&self, description: Option<&str>) -> Result<(), Error> {
        let units = description.map_or(0, units_of);
        match self.profile.max_description_units.filter(|&limit| units > limit) {
            Some(limit) => Err(Error::DescriptionTooLong { units, limit }),
            None => Ok(()),
        }
    }

    /// Resolves where an item goes in a folder; `None` if it is there already.
    pub(super) fn resolve_relocation(
        &mut self,
        slot: u32,
        folder: u32,
        update: &Update<'_>,
    ) -> Result<Option<Relocation>, Error> {
        let (kind, below) = (self.tree.node(slot).kind(), self.deepest_units(slot));
        let name = update.name.unwrap_or_else(|| self.tree.name(slot));
        let name = self.new_name(folder, name, kind)?.into_owned();
        let (conflict, suffix) = (update.conflict, self.profile.create_suffix);
        let request = PlacementRequest {
            folder,
            name: &name,
            kind,
            conflict,
            suffix,
            existing: Some(slot),
            units_below: below,
            replaces: Replaces::Files,
        };
        let place = self.resolve_placement(&request)?;
        let (name, replaced) = (place.name(&name), place.replaced());
        if folder == self.tree.node(slot).parent() && name.as_str() == self.tree.name(slot) {
            return Ok(None);
        }
        let full = || Error::DriveFull { name: name.to_string() };
        let name = self.tree.names.intern(name).ok_or_else(full)?;
        Ok(Some(Relocation { folder, name, replaced }))
    }

    /// Moves an item; returns the folder that it leaves, if that is another.
    fn relocate(&mut self, slot: u32, relocation: &Relocation, actor: Actor<'_>) -> Option<u32> {
        let old_folder = self.tree.node(slot).parent();
        if let Some(holder) = relocation.replaced {
            let by = self.tree.users.intern(actor.by);
            self.remove_replaced(holder, actor.at, by);
        }
        self.tree.unlink(slot);
        self.tree.arena.edit(slot, |node| node.name = relocation.name);
        self.tree.link(relocation.folder, slot);
        Some(old_folder).filter(|&old_folder| old_folder != relocation.folder)
    }
}

impl Times {
    /// Sets the given times.
    fn set(&self, metadata: &mut Metadata) {
        metadata.created_at = self.created_at.unwrap_or(metadata.created_at);
        metadata.modified_at = self.modified_at.unwrap_or(metadata.modified_at);
        metadata.fs_created_at = self.fs_created_at.unwrap_or(metadata.fs_created_at);
        metadata.fs_modified_at = self.fs_modified_at.unwrap_or(metadata.fs_modified_at);
    }
}
