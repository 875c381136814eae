//! Creates and writes items of the model: looks up, checks, changes.

use drivesim::Conflict;
use drivesim::item::ItemKind;

use super::conflict::ConflictOutcome;
use super::locks::LockedOp;
use super::{Bytes, Expected, Mark, Model, ModelError, Place};

impl Model {
    /// Creates a folder, or a file if there are bytes.
    pub(super) fn create(
        &mut self,
        parent: &Place,
        name: &str,
        bytes: Option<&Bytes>,
        conflict: Conflict,
    ) -> Result<Expected, ModelError> {
        let parent = self.resolve(parent)?;
        let kind = if bytes.is_some() { ItemKind::File } else { ItemKind::Folder };
        let bytes = bytes.cloned().unwrap_or(Bytes::Sized(0));
        if self.require(parent)?.kind == ItemKind::File {
            return Err(ModelError::NotAFolder);
        }
        self.check_writable(parent)?;
        if !self.offers(self.drive_of(parent)?.service.offers_create(conflict)) {
            return Err(ModelError::ConflictNotOffered);
        }
        self.check_name(parent, name, kind)?;
        self.check_unlocked(parent, LockedOp::Create)?;
        // A new folder replaces a folder by becoming the same folder.
        let holder = self.holder(parent, name, None).filter(|_| conflict == Conflict::Replace);
        if let Some(holder) = holder.filter(|key| self.seen(*key).is_some_and(|item| item.kind == kind)) {
            self.check_replaceable(holder)?;
            if kind == ItemKind::File {
                self.check_path(parent, name, 0)?;
                let name = self.items[&holder].name.clone();
                self.put_version(holder, bytes, name)?;
            }
            self.mark(Mark::Settled("create replaces", kind));
            return Ok(Expected::Item(holder));
        }
        let name = match self.resolve_conflict(parent, name, kind, conflict, " ", None)? {
            ConflictOutcome::Free(name) => name,
            ConflictOutcome::Replace(_) => return Err(ModelError::NameTaken),
        };
        self.check_path(parent, &name, 0)?;
        self.check_quota(parent, bytes.size())?;
        Ok(Expected::Item(self.add_child(parent, &name, kind, bytes)))
    }

    /// Replaces the content of a file, or creates the file.
    pub(super) fn write(&mut self, file: &Place, text: &str) -> Result<Expected, ModelError> {
        let bytes = Bytes::Text(text.to_owned());
        let key = match (self.resolve(file), file.bare()) {
            (Ok(key), _) => key,
            (Err(ModelError::NotFound), Place::Path(drive, path)) => {
                if file.expected().is_some() {
                    return Err(ModelError::NothingToMatch);
                }
                // Nothing can be created in place of a root that is not readable.
                if path == "/" {
                    return Err(ModelError::NotFound);
                }
                let (folder, name) = path.rsplit_once('/').ok_or(ModelError::BadPath)?;
                let folder = if folder.is_empty() { "/" } else { folder };
                let folder = Place::Path(*drive, folder.to_owned());
                return self.create(&folder, name, Some(&bytes), Conflict::Fail);
            }
            (Err(error), _) => return Err(error),
        };
        self.require_file(key)?;
        self.check_writable(key)?;
        self.check_unlocked(key, LockedOp::Write)?;
        let name = self.items[&key].name.clone();
        self.put_version(key, bytes, name)?;
        Ok(Expected::Item(key))
    }
}
