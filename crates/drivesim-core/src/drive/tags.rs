//! The only place for the tags by which a caller tells whether an item has changed: what moves them, what expects them.

use std::fmt;

use crate::act::Act;
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::stamp::Stamp;

/// What a caller expects an item to be; a verb is refused if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
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
