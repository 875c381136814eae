//! Checks and updates the tags that show whether an item has changed.

use crate::actor::Actor;
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::metadata::Metadata;
use crate::precondition::Precondition;

impl Drive {
    /// Fails if an item is not as a caller expects it. Called before a verb, under the same lock.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Precondition};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.check_precondition(file, Precondition::ETag(0))?;
    /// drive.rename(file, "b.txt", now)?;
    /// let refused = drive.check_precondition(file, Precondition::ETag(0)).unwrap_err();
    /// assert_eq!(refused.to_string(), "\"/Docs/b.txt\" has changed: expected etag 0, found 1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::TagMismatch`].
    pub fn check_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require(item)?, expected)
    }

    /// Fails if an item, whatever its access level, is not as a caller expects it.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Access, Precondition};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.set_access(docs, Some(Access::None))?;
    /// drive.check_any_precondition(docs, Precondition::ETag(0))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::TagMismatch`].
    pub fn check_any_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require_visible(item)?, expected)
    }

    /// Fails if an item of the bin is not as a caller expects it. Called before a verb, under the same lock.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Precondition};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.delete(file, now)?;
    /// drive.check_binned_precondition(file, Precondition::CTag(0))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`], [`Error::TagMismatch`].
    pub fn check_binned_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require_binned(item)?.slot, expected)
    }

    fn check_tag(&self, slot: u32, expected: Precondition) -> Result<(), Error> {
        let metadata = self.tree.metadata_of(slot);
        let (tag, found) = match expected {
            Precondition::ETag(tag) => (tag, metadata.etag),
            Precondition::CTag(tag) => (tag, metadata.ctag),
        };
        if tag == found {
            return Ok(());
        }
        Err(Error::TagMismatch { item: self.display_path(slot), expected, found })
    }

    /// Records a change in the metadata of an item, and applies `change` to it.
    pub(crate) fn update_metadata(
        &mut self,
        slot: u32,
        actor: Actor<'_>,
        change: impl FnOnce(&mut Metadata),
    ) {
        let by = self.tree.users.intern(actor.by);
        let follows = self.profile.folder_fs_time_follows && self.tree.node(slot).kind() == ItemKind::Folder;
        self.tree.edit_metadata(slot, |metadata| {
            metadata.change(actor.at, by);
            if follows {
                metadata.fs_modified_at = actor.at;
            }
            change(metadata);
        });
    }

    /// Records a change of an item in the change log, and in the content tags above it where folders have any.
    pub(crate) fn record_change(&mut self, slot: u32) {
        self.change_log.record(slot);
        self.bump_ancestor_ctags(self.tree.node(slot).parent());
    }

    /// Changes the content tags of a folder and of all folders above it, where folders have any.
    pub(crate) fn bump_ancestor_ctags(&mut self, folder: u32) {
        if !self.profile.folder_ctags {
            return;
        }
        let mut at = folder;
        while at != crate::arena::NIL {
            self.tree.edit_metadata(at, Metadata::change_content);
            at = self.tree.node(at).parent();
        }
    }
}
