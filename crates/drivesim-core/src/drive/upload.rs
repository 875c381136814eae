//! The only place for the verbs that bring a content together with what comes with it: its times, another name.

use jiff::Timestamp;

use crate::act::Act;
use crate::conflict::{Conflict, Replaces};
use crate::content::Content;
use crate::drive::{Drive, Growth, Place, Update, Wish};
use crate::error::Error;
use crate::intern::NameId;
use crate::item::{ItemId, ItemKind};
use crate::lock::Deed;
use crate::stamp::Stamp;

/// The times that a content brings along; `None` for one that it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct ContentTimes {
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub modified_at: Option<Timestamp>,
}

impl ContentTimes {
    /// Sets those times of a stamp that are given; that of the item `follows` the content's where the service does so.
    pub(crate) fn set(self, stamp: &mut Stamp, follows: bool) {
        if let Some(at) = self.modified_at.filter(|_| follows) {
            stamp.modified_at = at;
        }
        stamp.fs_created_at = self.created_at.unwrap_or(stamp.fs_created_at);
        stamp.fs_modified_at = self.modified_at.unwrap_or(stamp.fs_modified_at);
    }
}

/// What a content brings along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentFacts<'a> {
    /// Its times.
    pub times: ContentTimes,
    /// What the file is about; an empty text takes the description away, `None` leaves it as it is.
    pub description: Option<&'a str>,
}

impl From<ContentTimes> for ContentFacts<'_> {
    fn from(times: ContentTimes) -> Self {
        ContentFacts { times, description: None }
    }
}

impl ContentFacts<'_> {
    /// Sets those facts of a stamp that are given; the time of the item `follows` that of its content where the service
    /// does so.
    pub(crate) fn set(self, stamp: &mut Stamp, follows: bool) {
        self.times.set(stamp, follows);
        if let Some(description) = self.description {
            stamp.description = Some(description).filter(|text| !text.is_empty()).map(Into::into);
        }
    }
}

impl Drive {
    /// Makes a file whose content brings its times and a description along; a taken name is refused. It is new: no tag of it has moved.
    ///
    /// # Errors
    /// Those of [`Drive::create_file`], and [`Error::DescriptionTooLong`].
    pub fn upload<'a>(
        &mut self,
        parent: ItemId,
        name: &str,
        content: Content,
        facts: impl Into<ContentFacts<'a>>,
        act: impl Into<Act<'a>>,
    ) -> Result<ItemId, Error> {
        let facts = facts.into();
        self.check_description(facts.description)?;
        let (folder, name) = self.settle_upload(parent, name, content.size())?;
        let mut stamp = self.new_stamp(act.into());
        facts.set(&mut stamp, self.profile.item_time_follows_content);
        self.add(folder, &name, ItemKind::File, content, stamp)
    }

    /// Returns whether [`Drive::upload`] would take a file of so many bytes now. Nothing that can be seen changes.
    ///
    /// # Errors
    /// Those of [`Drive::upload`].
    pub fn check_upload(&mut self, parent: ItemId, name: &str, size: u64) -> Result<(), Error> {
        self.settle_upload(parent, name, size).map(drop)
    }

    /// Returns where a new file goes, and what it is called there.
    fn settle_upload(&mut self, parent: ItemId, name: &str, size: u64) -> Result<(u32, String), Error> {
        let conflict = Conflict::Fail;
        let (folder, name) = self.check_create(parent, name, ItemKind::File, conflict)?;
        let suffix = self.profile.create_suffix;
        let wish = Wish {
            folder,
            name: &name,
            kind: ItemKind::File,
            conflict,
            suffix,
            own: None,
            below: 0,
            over: Replaces::Files,
        };
        let name = match self.place(&wish)? {
            Place::New(name) => name,
            Place::Over(holder) => return Err(self.taken(folder, &name, holder)),
        };
        self.check_room(&name, size, Growth::seen(size))?;
        Ok((folder, name))
    }

    /// Gives a file a new version, and the name and the facts that come with it, in one step or not at all: its etag moves
    /// once, and once it stands in the log.
    ///
    /// # Errors
    /// Those of [`Drive::write`], those of [`Drive::rename`] if there is a name, and [`Error::DescriptionTooLong`].
    pub fn upload_version<'a>(
        &mut self,
        file: ItemId,
        content: Content,
        name: Option<&str>,
        facts: impl Into<ContentFacts<'a>>,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        let facts = facts.into();
        self.check_description(facts.description)?;
        let (slot, name) = self.settle_version(file, name, content.size())?;
        self.put_version(slot, content, name, facts, act.into())
    }

    /// Returns whether [`Drive::upload_version`] would take so many bytes now. Nothing that can be seen changes.
    ///
    /// # Errors
    /// Those of [`Drive::upload_version`].
    pub fn check_upload_version(&mut self, file: ItemId, name: Option<&str>, size: u64) -> Result<(), Error> {
        let settled = self.settle_version(file, name, size).map(drop);
        // The name was noted, and may be nobody's.
        self.tree.sweep_if_due();
        settled
    }

    /// Returns which file gets a version, and what it is called then.
    fn settle_version(
        &mut self,
        file: ItemId,
        name: Option<&str>,
        size: u64,
    ) -> Result<(u32, NameId), Error> {
        let slot = self.require_file(file)?;
        self.check_writable(slot)?;
        self.check_unlocked(slot, Deed::Write)?;
        // One that is called so already is not renamed.
        let name = name.filter(|name| *name != self.tree.name(slot));
        let update = Update { name, ..Update::default() };
        let folder = self.folder_in(slot, &update)?;
        self.check_update(slot, folder, &update)?;
        let goal = folder.map(|folder| self.goal(slot, folder, &update)).transpose()?.flatten();
        self.check_room_for_version(slot, size)?;
        Ok((slot, goal.map_or(self.tree.node(slot).name, |goal| goal.name)))
    }
}
