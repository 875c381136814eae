//! Uploads content together with its metadata: times, a description, another name.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::conflict::{Conflict, Replaces};
use crate::content::Content;
use crate::drive::{Drive, Placement, PlacementRequest, QuotaChange, Update};
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::lock::LockedOp;
use crate::metadata::Metadata;
use crate::name::Name;
use crate::name_table::NameId;

/// The times of uploaded content; `None` for a time that was not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct ContentTimes {
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
}

impl ContentTimes {
    /// Sets the given times. If `sets_item_time`, the item's own modification time is that of the content too.
    pub(crate) fn set(self, metadata: &mut Metadata, sets_item_time: bool) {
        if let Some(at) = self.modified_at.filter(|_| sets_item_time) {
            metadata.modified_at = at;
        }
        metadata.fs_created_at = self.created_at.unwrap_or(metadata.fs_created_at);
        metadata.fs_modified_at = self.modified_at.unwrap_or(metadata.fs_modified_at);
    }
}

/// The metadata of uploaded content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentFacts<'a> {
    /// Its times.
    pub times: ContentTimes,
    /// The description of the file; an empty text removes it, `None` keeps it.
    pub description: Option<&'a str>,
}

impl From<ContentTimes> for ContentFacts<'_> {
    fn from(times: ContentTimes) -> Self {
        ContentFacts { times, description: None }
    }
}

impl ContentFacts<'_> {
    /// Sets the given metadata. If `sets_item_time`, the item's own modification time is that of the content too.
    pub(crate) fn set(self, metadata: &mut Metadata, sets_item_time: bool) {
        self.times.set(metadata, sets_item_time);
        if let Some(description) = self.description {
            metadata.description = Some(description).filter(|text| !text.is_empty()).map(Into::into);
        }
    }
}

impl Drive {
    /// Creates a file with the times and the description of its content. Fails if the name is taken. The tags of the
    /// file start at 0.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content, ContentTimes};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let times = ContentTimes { modified_at: Some("2024-05-01T09:30:00Z".parse()?), ..ContentTimes::default() };
    /// let file = drive.upload(drive.root(), "b.txt", Content::from("hello"), times, now)?;
    /// assert_eq!(Some(drive.item(file)?.fs_modified_at), times.modified_at);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::create_file`], and [`Error::DescriptionTooLong`].
    pub fn upload<'a>(
        &mut self,
        parent: ItemId,
        name: &str,
        content: Content,
        facts: impl Into<ContentFacts<'a>>,
        actor: impl Into<Actor<'a>>,
    ) -> Result<ItemId, Error> {
        let facts = facts.into();
        self.check_description(facts.description)?;
        let (folder, name) = self.resolve_upload(parent, name, content.size())?;
        let mut metadata = self.new_metadata(actor.into());
        facts.set(&mut metadata, self.profile.item_time_follows_content);
        self.add(folder, &name, ItemKind::File, content, metadata)
    }

    /// Fails if [`Drive::upload`] of a file of this size would fail now. Changes nothing that callers can see.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.check_upload(docs, "b.txt", 5)?;
    /// assert_eq!(drive.check_upload(docs, "a.txt", 5).unwrap_err().code(), "nameAlreadyExists");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::upload`].
    pub fn check_upload(&mut self, parent: ItemId, name: &str, size: u64) -> Result<(), Error> {
        self.resolve_upload(parent, name, size).map(drop)
    }

    /// Returns the folder and the name of a new file.
    fn resolve_upload<'a>(
        &mut self,
        parent: ItemId,
        name: &'a str,
        size: u64,
    ) -> Result<(u32, Name<'a>), Error> {
        let conflict = Conflict::Fail;
        let (folder, name) = self.check_create(parent, name, ItemKind::File, conflict)?;
        let suffix = self.profile.create_suffix;
        let request = PlacementRequest {
            folder,
            name: &name,
            kind: ItemKind::File,
            conflict,
            suffix,
            existing: None,
            units_below: 0,
            replaces: Replaces::Files,
        };
        let name = match self.resolve_placement(&request)? {
            Placement::Requested => name,
            Placement::Numbered(numbered) => numbered,
            Placement::Replace(holder) => return Err(self.name_taken_error(folder, &name, holder)),
        };
        self.check_quota(name.as_str(), size, QuotaChange::visible(size))?;
        Ok((folder, name))
    }

    /// Creates a version of a file, with a name and metadata, in one step or not at all. Its etag changes once, and the
    /// change log gets one entry.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content, ContentFacts};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// let facts = ContentFacts { description: Some("second"), ..ContentFacts::default() };
    /// drive.upload_version(file, Content::from("hello"), Some("b.txt"), facts, now)?;
    /// assert_eq!((drive.path(file)?.as_str(), drive.item(file)?.version), ("/Docs/b.txt", 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::write`], those of [`Drive::rename`] if there is a name, and [`Error::DescriptionTooLong`].
    pub fn upload_version<'a>(
        &mut self,
        file: ItemId,
        content: Content,
        name: Option<&str>,
        facts: impl Into<ContentFacts<'a>>,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let facts = facts.into();
        self.check_description(facts.description)?;
        let (slot, name) = self.resolve_version_upload(file, name, content.size())?;
        self.add_version(slot, content, name, facts, actor.into())
    }

    /// Fails if [`Drive::upload_version`] of this size would fail now. Changes nothing that callers can see.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.check_upload_version(file, None, 5)?;
    /// drive.set_quota(Some(4));
    /// assert_eq!(drive.check_upload_version(file, None, 5).unwrap_err().code(), "quotaLimitReached");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::upload_version`].
    pub fn check_upload_version(&mut self, file: ItemId, name: Option<&str>, size: u64) -> Result<(), Error> {
        let result = self.resolve_version_upload(file, name, size).map(drop);
        // The name was interned, and may be unused.
        self.tree.sweep_if_due();
        result
    }

    /// Returns the slot of the file and the name that it will have.
    fn resolve_version_upload(
        &mut self,
        file: ItemId,
        name: Option<&str>,
        size: u64,
    ) -> Result<(u32, NameId), Error> {
        let slot = self.require_file(file)?;
        self.check_writable(slot)?;
        self.check_unlocked(slot, LockedOp::Write)?;
        // A file that has the name already is not renamed.
        let name = name.filter(|name| *name != self.tree.name(slot));
        let update = Update { name, ..Update::default() };
        let folder = self.target_folder(slot, &update)?;
        self.check_update(slot, folder, &update)?;
        let new_place = match folder {
            Some(folder) => self.resolve_relocation(slot, folder, &update)?,
            None => None,
        };
        self.check_room_for_version(slot, size)?;
        Ok((slot, new_place.map_or(self.tree.node(slot).name, |place| place.name)))
    }
}
