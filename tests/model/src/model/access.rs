//! Determines the access levels of the model's items; levels are inherited.

use drivesim::access::Access;

use super::{Expected, Key, Mark, Model, ModelError, Place};

impl Model {
    /// Returns the access level of an item. An item in the bin has the level of its old folder while that exists, and
    /// then that of the root.
    pub fn access_of(&self, key: Key) -> Access {
        let mut at = Some(key);
        while let Some(item) = at.and_then(|key| self.items.get(&key)) {
            if let Some(access) = item.access {
                return access;
            }
            let old_folder = item.binned.as_ref().map(|binned| binned.parent);
            let root = self.drive(item.drive).map(|drive| drive.root).filter(|_| old_folder.is_some());
            at = item.parent.or(old_folder.filter(|folder| self.items.contains_key(folder))).or(root);
        }
        Access::Write
    }

    pub(super) fn check_writable(&self, key: Key) -> Result<(), ModelError> {
        if self.access_of(key) == Access::Write { Ok(()) } else { Err(ModelError::AccessDenied) }
    }

    /// Fails if callers lack an access level for an item or for any visible one below it.
    pub(super) fn check_access_to_all(&self, top: Key, needed: Access) -> Result<(), ModelError> {
        let all = self.seen_below(top);
        let is_allowed = all.into_iter().all(|key| self.access_of(key) >= needed);
        if is_allowed { Ok(()) } else { Err(ModelError::AccessDenied) }
    }

    /// Sets an access level. The caller who sets it still sees everything.
    pub(super) fn set_access(
        &mut self,
        item: &Place,
        access: Option<Access>,
    ) -> Result<Expected, ModelError> {
        let key = self.resolve_any(item)?;
        self.seen(key).ok_or(ModelError::NotFound)?;
        if let Some(expected) = item.expected() {
            self.check_any_precondition(key, expected)?;
        }
        self.item_mut(key, |item| item.access = access);
        self.mark(Mark::Fact(match access {
            None => "access level removed",
            Some(Access::None) => "access none",
            Some(Access::Read) => "access read",
            Some(Access::Write) => "access write",
        }));
        Ok(Expected::Done)
    }
}
