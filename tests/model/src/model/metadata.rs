//! Changes the metadata of the model's items: times, users, tags and description.

use drivesim::address::Precondition;
use drivesim::item::ItemKind;

use super::{Key, Mark, Model, ModelError, Service};

/// The users who make calls; the first is the default.
pub const USERS: [&str; 3] = ["me", "ann", "bob"];

/// The metadata of an item. Times are nanoseconds since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The times of its creation and last change, then those of its content.
    pub times: [i128; 4],
    /// Who created it.
    pub created_by: &'static str,
    /// Who changed it last.
    pub modified_by: &'static str,
    /// The number of changes of the item itself.
    pub etag: u32,
    /// The number of changes of its content.
    pub ctag: u32,
    /// Its description, which may be empty.
    pub description: String,
}

pub(super) const CREATED: usize = 0;
pub(super) const MODIFIED: usize = 1;
pub(super) const FS_CREATED: usize = 2;
pub(super) const FS_MODIFIED: usize = 3;

impl Facts {
    /// Returns whether the item meets a precondition.
    pub(super) fn matches(&self, expected: Precondition) -> bool {
        match expected {
            Precondition::ETag(tag) => tag == self.etag,
            Precondition::CTag(tag) => tag == self.ctag,
        }
    }

    /// Returns the metadata of a new item.
    pub(super) fn new(now: u128, by: &'static str) -> Facts {
        let (created_by, modified_by) = (by, by);
        let times = [signed(now); 4];
        Facts { times, created_by, modified_by, etag: 0, ctag: 0, description: String::new() }
    }
}

/// Converts a time to one that may lie before the start.
pub(super) fn signed(now: u128) -> i128 {
    now as i128
}

impl Model {
    /// Changes the metadata of an item, and updates its etag, time and user of the last change.
    pub(super) fn change_metadata(&mut self, key: Key, change: impl FnOnce(&mut Facts)) {
        let (now, by) = (signed(self.now), self.user);
        let is_box = self.drive_of(key).is_ok_and(|drive| drive.service == Service::Box);
        self.item_mut(key, |item| {
            let follows = is_box && item.kind == ItemKind::Folder;
            item.facts.times[MODIFIED] = now;
            item.facts.modified_by = by;
            item.facts.etag += 1;
            if follows {
                item.facts.times[FS_MODIFIED] = now;
            }
            change(&mut item.facts);
        });
    }

    /// Gives an item the number of the next change, and updates the folders above it.
    pub(super) fn note_change(&mut self, key: Key) {
        self.number_change(key);
        if let Some(folder) = self.items[&key].parent {
            self.touch_ancestors(folder);
        }
    }

    /// Gives an item the number of the next change.
    pub(super) fn number_change(&mut self, key: Key) {
        self.n_changes += 1;
        let number = self.n_changes;
        self.item_mut(key, |item| item.changed = number);
    }

    /// Updates the content tags of a folder and of all above it, on drives whose folders have such tags.
    pub(super) fn touch_ancestors(&mut self, folder: Key) {
        if !self.drive_of(folder).is_ok_and(|drive| drive.service == Service::Personal) {
            return;
        }
        let mut at = Some(folder);
        while let Some(key) = at {
            self.item_mut(key, |item| item.facts.ctag += 1);
            at = self.items[&key].parent;
        }
        self.mark(Mark::Fact("folder ctag moved"));
    }

    /// Fails if a visible item does not meet a precondition.
    pub(super) fn check_precondition(&self, key: Key, expected: Precondition) -> Result<(), ModelError> {
        self.require(key)?;
        self.check_any_precondition(key, expected)
    }

    /// Fails if an item does not meet a precondition, whether or not callers may read it.
    pub(super) fn check_any_precondition(&self, key: Key, expected: Precondition) -> Result<(), ModelError> {
        let facts = &self.seen(key).ok_or(ModelError::NotFound)?.facts;
        if facts.matches(expected) { Ok(()) } else { Err(ModelError::TagMismatch) }
    }
}
