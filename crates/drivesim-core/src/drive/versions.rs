//! Reads, writes, restores and deletes contents and versions of files.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::content::Content;
use crate::drive::{ContentFacts, Drive, QuotaChange};
use crate::error::Error;
use crate::history::{History, PastVersion, Version};
use crate::item::{ItemId, ItemKind};
use crate::lock::LockedOp;
use crate::metadata::UserId;
use crate::name_table::{NO_NAME, NameId};

impl Drive {
    /// Replaces the content of a file; its id stays. The old content becomes a past version.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.write(file, Content::from("hello"), now)?;
    /// assert_eq!((drive.item(file)?.size, drive.item(file)?.version), (5, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`], [`Error::AccessDenied`], [`Error::Locked`],
    /// [`Error::SizeOverflow`], [`Error::QuotaExceeded`], [`Error::DriveFull`].
    pub fn write<'a>(
        &mut self,
        file: ItemId,
        content: Content,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require_file(file)?;
        self.check_writable(slot)?;
        self.check_unlocked(slot, LockedOp::Write)?;
        self.add_version(slot, content, self.tree.node(slot).name, ContentFacts::default(), actor.into())
    }

    /// Lists the versions of a file, latest first; the first is the current one.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.write(file, Content::from("hello"), now)?;
    /// let versions = drive.versions(file)?;
    /// assert_eq!((versions[0].number, versions[1].number), (2, 1));
    /// assert!(versions[0].is_current);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`].
    pub fn versions(&self, file: ItemId) -> Result<Vec<Version>, Error> {
        let slot = self.require_file(file)?;
        let (number, (modified_at, modified_by)) = (self.version_of(slot), self.written(slot));
        let current = Version {
            number,
            name: Some(self.tree.name(slot).to_owned()),
            size: self.tree.node(slot).size,
            modified_at,
            modified_by: self.tree.users.name(modified_by),
            deleted_at: None,
            is_current: true,
        };
        let past = self.history(slot).into_iter().flat_map(|history| history.past().iter().rev());
        let past = past.map(|past| Version {
            number: past.number,
            name: (past.name != NO_NAME).then(|| self.tree.names.text(past.name).to_owned()),
            size: past.size,
            modified_at: past.modified_at,
            modified_by: self.tree.users.name(past.modified_by),
            deleted_at: past.deleted_at,
            is_current: false,
        });
        Ok(std::iter::once(current).chain(past).collect())
    }

    /// Returns the content of a version of a file.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.write(file, Content::from("hello"), now)?;
    /// assert_eq!(drive.version_content(file, 1)?, Content::from("hi"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`], [`Error::NoVersion`].
    pub fn version_content(&self, file: ItemId, number: u32) -> Result<Content, Error> {
        let slot = self.require_file(file)?;
        let handle = match number == self.version_of(slot) {
            true => self.tree.node(slot).content(),
            false => self.past_version(slot, number)?.content,
        };
        Ok(self.tree.contents.get(handle).cloned().unwrap_or_else(Content::empty))
    }

    /// Makes a past version current: its content becomes a new version, and where the service does so the file gets the
    /// name it had then. No version is lost.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.write(file, Content::from("hello"), now)?;
    /// drive.restore_version(file, 1, now)?;
    /// assert_eq!(drive.content(file)?, Content::from("hi"));
    /// assert_eq!(drive.item(file)?.version, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::write`]; [`Error::CurrentVersion`], [`Error::NoVersion`]; those of [`Drive::rename`] if the
    /// name changes.
    pub fn restore_version<'a>(
        &mut self,
        file: ItemId,
        number: u32,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require_file(file)?;
        self.check_writable(slot)?;
        self.check_not_current(slot, number)?;
        let past = self.past_version(slot, number)?.clone();
        self.check_unlocked(slot, LockedOp::Write)?;
        // A version that was copied from a service that keeps no names has none.
        let keeps_name = self.profile.versions_keep_names && past.name != NO_NAME;
        let name = if keeps_name { past.name } else { self.tree.node(slot).name };
        self.check_old_name(slot, name)?;
        let content = self.tree.contents.get(past.content).cloned().unwrap_or_else(Content::empty);
        self.add_version(slot, content, name, ContentFacts::default(), actor.into())
    }

    /// Deletes a past version of a file; where the service does so it stays in the list.
    ///
    /// The file itself does not change: its tags and times stay, and the change feed does not report it.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.write(file, Content::from("hello"), now)?;
    /// drive.delete_version(file, 1, now)?;
    /// assert_eq!(drive.versions(file)?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`], [`Error::AccessDenied`], [`Error::CurrentVersion`],
    /// [`Error::NoVersion`], [`Error::Locked`].
    pub fn delete_version<'a>(
        &mut self,
        file: ItemId,
        number: u32,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require_file(file)?;
        self.check_writable(slot)?;
        self.check_not_current(slot, number)?;
        self.past_version(slot, number)?;
        self.check_unlocked(slot, LockedOp::Write)?;
        let listed_at = Some(actor.into().at).filter(|_| self.profile.lists_deleted_versions);
        self.tree.change_history(slot, |history| history.delete(number, listed_at));
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Returns the number of the current version of a file.
    pub(crate) fn version_of(&self, slot: u32) -> u32 {
        self.history(slot).map_or(1, |history| history.current)
    }

    pub(crate) fn history(&self, slot: u32) -> Option<&History> {
        self.tree.node(slot).history().and_then(|history| self.tree.histories.get(history))
    }

    /// Returns when and by which user the current content of a file was written.
    fn written(&self, slot: u32) -> (Timestamp, UserId) {
        match self.history(slot) {
            Some(history) => history.written,
            None => (self.tree.metadata_of(slot).created_at, self.tree.metadata_of(slot).created_by),
        }
    }

    /// Returns a past version.
    pub(crate) fn past_version(&self, slot: u32, number: u32) -> Result<&PastVersion, Error> {
        let past = self.history(slot).and_then(|history| history.find(number));
        past.ok_or_else(|| Error::NoVersion { item: self.tree.path(slot), number })
    }

    fn check_not_current(&self, slot: u32, number: u32) -> Result<(), Error> {
        if number != self.version_of(slot) {
            return Ok(());
        }
        Err(Error::CurrentVersion { item: self.tree.path(slot), number })
    }

    /// Fails if a file cannot get an old name back, as a rename does. Its current name stays valid.
    fn check_old_name(&self, slot: u32, name: NameId) -> Result<(), Error> {
        let node = self.tree.node(slot);
        if name == node.name {
            return Ok(());
        }
        let (folder, name) = (node.parent(), self.tree.names.name(self.tree.names.text(name)));
        self.check_name(folder, name.as_str(), ItemKind::File)?;
        self.check_all_unlocked(slot, LockedOp::Move, &[])?;
        let holder = self.tree.child(folder, &name).filter(|&holder| holder != slot);
        if let Some(holder) = holder {
            return Err(self.name_taken_error(folder, &name, holder));
        }
        self.check_path_units(folder, &name, 0)
    }

    /// Creates a version of a file that may be changed.
    pub(crate) fn add_version(
        &mut self,
        slot: u32,
        content: Content,
        name: NameId,
        facts: ContentFacts<'_>,
        actor: Actor<'_>,
    ) -> Result<(), Error> {
        let (before, after) = (self.tree.node(slot).size, content.size());
        self.check_room_for_version(slot, after)?;
        let file_name = self.tree.name(slot).to_owned();
        let n_text_bytes = facts.description.map_or(0, str::len) as u64;
        self.claim(&file_name, 1, content.n_stored_bytes() + n_text_bytes)?;
        let Some(content) = self.tree.content(content) else { return Err(self.drive_full_error(slot)) };
        self.archive_version(slot, actor)?;
        self.tree.arena.edit(slot, |node| {
            node.set_content(content);
            node.size = after;
        });
        self.tree.propagate_size(self.tree.node(slot).parent(), before, after);
        let follows = self.profile.item_time_follows_content;
        self.update_metadata(slot, actor, |metadata| {
            metadata.fs_modified_at = actor.at;
            facts.set(metadata, follows);
            metadata.change_content();
        });
        if name != self.tree.node(slot).name {
            let folder = self.tree.node(slot).parent();
            self.tree.unlink(slot);
            self.tree.arena.edit(slot, |node| node.name = name);
            self.tree.link(folder, slot);
        }
        self.record_change(slot);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Fails if there is no room for a version, including what the previous one takes as a past version.
    pub(super) fn check_room_for_version(&self, slot: u32, size: u64) -> Result<(), Error> {
        let (before, max_versions) = (self.tree.node(slot).size, self.profile.max_versions);
        let past = self.history(slot).map_or_else(
            || History::default().growth(before, max_versions),
            |history| history.growth(before, max_versions),
        );
        let growth = QuotaChange { visible: i128::from(size) - i128::from(before), past, bin: 0 };
        self.check_quota(self.tree.name(slot), size, growth)
    }

    /// Makes the current version of a file a past one. Changes nothing if it fails.
    pub(super) fn archive_version(&mut self, slot: u32, actor: Actor<'_>) -> Result<(), Error> {
        let (node, (modified_at, modified_by)) = (self.tree.node(slot), self.written(slot));
        let past = PastVersion {
            number: self.version_of(slot),
            name: if self.profile.versions_keep_names { node.name } else { NO_NAME },
            content: node.content(),
            size: node.size,
            modified_at,
            modified_by,
            deleted_at: None,
        };
        let written = (actor.at, self.tree.users.intern(actor.by));
        let max_versions = self.profile.max_versions;
        if self.history(slot).is_none() {
            self.set_history(slot, History::first((modified_at, modified_by)))?;
        }
        self.tree.change_history(slot, |history| history.push(past, written, max_versions));
        Ok(())
    }

    /// Keeps the time at which the first version of a file was written, before its creation time is set to another.
    pub(crate) fn preserve_write_time(&mut self, slot: u32) -> Result<(), Error> {
        if self.tree.node(slot).is_folder() || self.history(slot).is_some() {
            return Ok(());
        }
        self.set_history(slot, History::first(self.written(slot)))
    }

    /// Adds a history to a file that has none. Sweeps no tables before the file has all of its new state.
    pub(crate) fn set_history(&mut self, slot: u32, history: History) -> Result<(), Error> {
        let Some(handle) = self.tree.histories.add(history) else { return Err(self.drive_full_error(slot)) };
        self.tree.set_history(slot, Some(handle));
        Ok(())
    }

    pub(crate) fn drive_full_error(&self, slot: u32) -> Error {
        Error::DriveFull { name: self.tree.name(slot).to_owned() }
    }
}
