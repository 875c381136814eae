//! Sets members of items by name: the values that only one service has.

use crate::drive::Drive;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::json::Json;
use crate::members::Members;
use crate::metadata::text_bytes;

/// The name of a member to change and its new value; `None` removes it.
pub type MemberChange = (String, Option<Json>);

impl Drive {
    /// Returns the members that are set on an item, also on one in the bin.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("a.txt # tags=[\"new\"]\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::BOX, &lines, now)?;
    /// let members = drive.members(drive.find("/a.txt")?)?;
    /// assert_eq!(members.iter().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] for an item that does not exist. An item that may not be read exists.
    pub fn members(&self, item: ItemId) -> Result<&Members, Error> {
        Ok(&self.tree.metadata_of(self.require_existing(item)?).members)
    }

    /// Sets members of an item as the service itself does, all or none. Its tags and times stay, and the change feed
    /// does not report it. No access level and no lock prevents this, and the item may be in the bin.
    ///
    /// ```
    /// use drivesim_core::{Drive, ItemId, Profile, Timestamp};
    ///
    /// let mut drive = Drive::new(Profile::BOX, Timestamp::UNIX_EPOCH);
    /// let root = drive.root();
    /// drive.set_members(root, &[("tags".to_owned(), Some("[\"approved\"]".parse()?))])?;
    /// assert_eq!(format!("{:?}", drive.members(root)?), r#"{"tags": ["approved"]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::NoMember`] for a name that items of this kind do not have,
    /// [`Error::BadMember`] for a value of another shape; [`Error::OverCapacity`].
    pub fn set_members(&mut self, item: ItemId, changes: &[MemberChange]) -> Result<(), Error> {
        let slot = self.require_existing(item)?;
        self.check_members(self.tree.node(slot).kind(), changes)?;
        if self.has_members(slot, changes) {
            return Ok(());
        }
        self.claim_texts(slot, None, changes)?;
        self.tree.edit_metadata(slot, |metadata| set_all(&mut metadata.members, changes));
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Claims capacity for the texts that an item gets.
    pub(crate) fn claim_texts(
        &mut self,
        slot: u32,
        description: Option<Option<&str>>,
        changes: &[MemberChange],
    ) -> Result<(), Error> {
        if description.is_none() && changes.is_empty() {
            return Ok(());
        }
        let metadata = self.tree.metadata_of(slot);
        let mut members = metadata.members.clone();
        set_all(&mut members, changes);
        let n_after = text_bytes(description.unwrap_or(metadata.description.as_deref()), &members);
        let n_before = if self.tree.node(slot).has_own_metadata() { metadata.n_text_bytes() } else { 0 };
        let name = self.tree.name(slot).to_owned();
        self.claim(&name, 0, n_after.saturating_sub(n_before))
    }

    /// Fails if items of this kind do not have the members, or if a value has another shape.
    pub(crate) fn check_members(&self, kind: ItemKind, changes: &[MemberChange]) -> Result<(), Error> {
        let mut changes = changes.iter();
        changes.try_for_each(|(name, value)| self.profile.check_member(kind, name, value.as_ref()))
    }

    /// Returns whether all members have the requested values already.
    pub(crate) fn has_members(&self, slot: u32, changes: &[MemberChange]) -> bool {
        let members = &self.tree.metadata_of(slot).members;
        changes.iter().all(|(name, value)| members.get(name) == value.as_ref())
    }

    /// Returns the slot of an item in the tree or in the bin, whatever its access level.
    fn require_existing(&self, item: ItemId) -> Result<u32, Error> {
        let binned = || self.tree.arena.slot(item).filter(|&slot| self.bin.get(slot).is_some());
        self.require_visible(item).or_else(|error| binned().ok_or(error))
    }
}

/// Sets members, and removes those without a value.
pub(crate) fn set_all(members: &mut Members, changes: &[MemberChange]) {
    changes.iter().for_each(|(name, value)| members.set(name, value.clone()));
}

#[cfg(test)]
mod tests;
