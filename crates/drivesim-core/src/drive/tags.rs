//! The only place for the verbs that change what is known of an item beside its name and content, and for the tags
//! by which a caller tells whether an item has changed.

use std::fmt;

use jiff::Timestamp;

use crate::act::Act;
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::lock::Deed;
use crate::name::utf16_len;
use crate::stamp::Stamp;

/// What a caller expects an item to be; a verb is refused if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precondition {
    /// The item itself was changed so often.
    ETag(u32),
    /// Its content was changed so often.
    CTag(u32),
}

impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Precondition::ETag(tag) => write!(f, "etag {tag}"),
            Precondition::CTag(tag) => write!(f, "ctag {tag}"),
        }
    }
}

/// Times to be set; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl Drive {
    /// Refuses when an item is not as a caller expects it; called before a verb, under the same lock.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::TagMismatch`].
    pub fn check_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require(item)?, expected)
    }

    /// Refuses when an item is not as a caller expects it who sees it whatever its access level.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::TagMismatch`].
    pub fn check_any_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require_any(item)?, expected)
    }

    /// Refuses when an item of the bin is not as a caller expects it; called before a verb, under the same lock.
    ///
    /// # Errors
    /// [`Error::NotInBin`], [`Error::TagMismatch`].
    pub fn check_binned_precondition(&self, item: ItemId, expected: Precondition) -> Result<(), Error> {
        self.check_tag(self.require_binned(item)?.slot, expected)
    }

    fn check_tag(&self, slot: u32, expected: Precondition) -> Result<(), Error> {
        let stamp = self.tree.stamp_of(slot);
        let (tag, found) = match expected {
            Precondition::ETag(tag) => (tag, stamp.etag),
            Precondition::CTag(tag) => (tag, stamp.ctag),
        };
        if tag == found {
            return Ok(());
        }
        Err(Error::TagMismatch { item: self.called(slot), expected, found })
    }

    /// Sets times of an item. Its etag moves; when it was last changed is what it is told to be, or now.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::TimesNotSettable`], [`Error::Locked`],
    /// [`Error::DriveFull`].
    pub fn set_times<'a>(
        &mut self,
        item: ItemId,
        times: Times,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        self.check_writable(slot)?;
        let sets_own = times.created_at.is_some() || times.modified_at.is_some();
        if sets_own && !self.profile.item_times_settable {
            return Err(Error::TimesNotSettable { profile: self.profile.name });
        }
        self.check_unlocked(slot, Deed::Write)?;
        if times == Times::default() {
            return Ok(());
        }
        if times.created_at.is_some() {
            self.keep_written(slot)?;
        }
        self.restamp(slot, act.into(), |stamp| {
            stamp.created_at = times.created_at.unwrap_or(stamp.created_at);
            stamp.modified_at = times.modified_at.unwrap_or(stamp.modified_at);
            stamp.fs_created_at = times.fs_created_at.unwrap_or(stamp.fs_created_at);
            stamp.fs_modified_at = times.fs_modified_at.unwrap_or(stamp.fs_modified_at);
        });
        self.note_change(slot);
        Ok(())
    }

    /// Says what an item is about; an empty text takes the description away.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::AccessDenied`], [`Error::DescriptionTooLong`], [`Error::Locked`].
    pub fn set_description<'a>(
        &mut self,
        item: ItemId,
        description: &str,
        act: impl Into<Act<'a>>,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        self.check_writable(slot)?;
        let units = utf16_len(description);
        if let Some(limit) = self.profile.max_description_units.filter(|&limit| units > limit) {
            return Err(Error::DescriptionTooLong { units, limit });
        }
        self.check_unlocked(slot, Deed::Write)?;
        let description = Some(description).filter(|text| !text.is_empty());
        if self.tree.stamp_of(slot).description.as_deref() == description {
            return Ok(());
        }
        self.restamp(slot, act.into(), |stamp| stamp.description = description.map(Into::into));
        self.note_change(slot);
        Ok(())
    }

    /// Notes in an item's stamp that it was changed, and changes what else is to be.
    pub(crate) fn restamp(&mut self, slot: u32, act: Act<'_>, change: impl FnOnce(&mut Stamp)) {
        let by = self.tree.users.intern(act.by);
        let follows = self.profile.folder_fs_time_follows && self.tree.node(slot).kind() == ItemKind::Folder;
        self.tree.restamp(slot, |stamp| {
            stamp.change(act.at, by);
            if follows {
                stamp.fs_modified_at = act.at;
            }
            change(stamp);
        });
    }

    /// Sees to it that a change of an item is known: in the log, and in the tags above it where they count it.
    pub(crate) fn note_change(&mut self, slot: u32) {
        self.log.record(slot);
        self.touch_above(self.tree.node(slot).parent());
    }

    /// Moves the content tags of a folder and of all above it, where folders have any.
    pub(crate) fn touch_above(&mut self, folder: u32) {
        if !self.profile.folder_ctags {
            return;
        }
        let mut at = folder;
        while at != crate::arena::NIL {
            self.tree.restamp(at, Stamp::change_content);
            at = self.tree.node(at).parent();
        }
    }
}
