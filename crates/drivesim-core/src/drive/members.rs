//! Sets what a service keeps of an item beside what all services know: members by name.

use crate::drive::Drive;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::json::Json;
use crate::members::Members;
use crate::stamp::text_bytes;

/// A member that is to change: its name, and the value it gets; `None` takes it away.
pub type MemberChange = (String, Option<Json>);

impl Drive {
    /// Returns the members that were set of an item, also of one in the bin.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an item that is not there; an item that may not be read is there.
    pub fn members(&self, item: ItemId) -> Result<&Members, Error> {
        Ok(&self.tree.stamp_of(self.require_here(item)?).members)
    }

    /// Sets members of an item as the service itself does, all or none: its tags and times stay, and the feed of changes
    /// does not tell it. No access level and no lock refuses this, and the item may be in the bin.
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
        let slot = self.require_here(item)?;
        self.check_members(self.tree.node(slot).kind(), changes)?;
        if self.has_members(slot, changes) {
            return Ok(());
        }
        self.claim_texts(slot, None, changes)?;
        self.tree.restamp(slot, |stamp| set_all(&mut stamp.members, changes));
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Takes room for the texts that an item gets.
    pub(crate) fn claim_texts(
        &mut self,
        slot: u32,
        description: Option<Option<&str>>,
        changes: &[MemberChange],
    ) -> Result<(), Error> {
        if description.is_none() && changes.is_empty() {
            return Ok(());
        }
        let stamp = self.tree.stamp_of(slot);
        let mut members = stamp.members.clone();
        set_all(&mut members, changes);
        let n_after = text_bytes(description.unwrap_or(stamp.description.as_deref()), &members);
        let n_before = if self.tree.node(slot).has_own_stamp() { stamp.n_text_bytes() } else { 0 };
        let name = self.tree.name(slot).to_owned();
        self.claim(&name, 0, n_after.saturating_sub(n_before))
    }

    /// Refuses members that items of this kind do not have, and values of another shape.
    pub(crate) fn check_members(&self, kind: ItemKind, changes: &[MemberChange]) -> Result<(), Error> {
        let mut changes = changes.iter();
        changes.try_for_each(|(name, value)| self.profile.check_member(kind, name, value.as_ref()))
    }

    /// Returns whether all members are as they are to be.
    pub(crate) fn has_members(&self, slot: u32, changes: &[MemberChange]) -> bool {
        let members = &self.tree.stamp_of(slot).members;
        changes.iter().all(|(name, value)| members.get(name) == value.as_ref())
    }

    /// Returns the slot of an item in the tree or in the bin, whatever its access level.
    fn require_here(&self, item: ItemId) -> Result<u32, Error> {
        let binned = || self.tree.arena.slot(item).filter(|&slot| self.bin.get(slot).is_some());
        self.require_any(item).or_else(|error| binned().ok_or(error))
    }
}

/// Sets members, and takes away those without a value.
pub(crate) fn set_all(members: &mut Members, changes: &[MemberChange]) {
    changes.iter().for_each(|(name, value)| members.set(name, value.clone()));
}

#[cfg(test)]
mod tests;
