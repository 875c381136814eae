//! Keeps, restores, deletes and copies versions of the model's files.

use drivesim::item::{ItemKind, Versions};

use super::locks::LockedOp;
use super::metadata::{FS_MODIFIED, signed};
use super::{Bytes, Expected, Key, Mark, Model, ModelError, ModelItem, Place, Service};

/// When and by whom content was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Nanoseconds since the start.
    pub at: i128,
    /// Who wrote it.
    pub by: &'static str,
}

/// A past version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldVersion {
    /// Its number.
    pub number: u32,
    /// The name of the file at that time; empty in a copy from a service that does not keep it.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
    /// When and by whom its content was written.
    pub written: Written,
    /// When the version was deleted, if it is still listed.
    pub deleted_at: Option<i128>,
}

impl ModelItem {
    /// Finds a past version that was not deleted.
    pub(super) fn old_version(&self, number: u32) -> Result<&OldVersion, ModelError> {
        let mut past = self.past.iter();
        let found = past.find(|past| past.number == number && past.deleted_at.is_none());
        found.ok_or(ModelError::NoVersion)
    }

    /// Returns the content of a version.
    pub fn bytes_of(&self, number: u32) -> Option<&Bytes> {
        if number == self.version {
            return Some(&self.bytes);
        }
        self.old_version(number).ok().map(|past| &past.bytes)
    }
}

impl Model {
    pub(super) fn require_file(&self, key: Key) -> Result<&ModelItem, ModelError> {
        let item = self.require(key)?;
        if item.kind == ItemKind::Folder { Err(ModelError::NotAFile) } else { Ok(item) }
    }

    /// Adds a version to a file that the caller may change.
    pub(super) fn put_version(&mut self, key: Key, bytes: Bytes, name: String) -> Result<(), ModelError> {
        self.keep_version(key, bytes.size())?;
        let at = signed(self.now);
        self.item_mut(key, |item| (item.bytes, item.name) = (bytes, name));
        self.change_metadata(key, |facts| {
            facts.times[FS_MODIFIED] = at;
            facts.ctag += 1;
        });
        self.note_change(key);
        Ok(())
    }

    /// Makes the current version a past one, if the quota allows for it and for a new one of `size` bytes.
    pub(super) fn keep_version(&mut self, key: Key, size: u64) -> Result<(), ModelError> {
        let limit = self.drive_of(key)?.limits.max_versions;
        let item = self.items[&key].clone();
        let mut past = item.past.clone();
        past.push(OldVersion {
            number: item.version,
            name: item.name.clone(),
            bytes: item.bytes.clone(),
            written: item.written,
            deleted_at: None,
        });
        let n_dropped = cut(&mut past, limit);
        let sum = |past: &[OldVersion]| past.iter().map(OldVersion::n_bytes).sum::<i128>();
        let seen = i128::from(size) - i128::from(item.bytes.size());
        let kept = sum(&past) - sum(&item.past);
        self.check_quota_for(item.drive, seen, kept, 0)?;
        if n_dropped > 0 {
            self.mark(Mark::Fact("version dropped by limit"));
        }
        let written = Written { at: signed(self.now), by: self.user };
        self.item_mut(key, |item| {
            (item.past, item.written) = (past, written);
            item.version += 1;
        });
        Ok(())
    }

    pub(super) fn restore_version(&mut self, file: &Place, number: u32) -> Result<Expected, ModelError> {
        let key = self.resolve(file)?;
        let old = self.check_old_version(key, number)?;
        let item = self.items[&key].clone();
        let service = self.drive_of(key)?.service;
        let is_back = service == Service::Box && !old.name.is_empty();
        let name = if is_back { old.name } else { item.name.clone() };
        let folder = item.parent.ok_or(ModelError::IsRoot)?;
        if name != item.name {
            self.check_name(folder, &name, item.kind)?;
            self.check_all_unlocked(key, LockedOp::Move)?;
            if self.holder(folder, &name, Some(key)).is_some() {
                return Err(ModelError::NameTaken);
            }
            self.check_path(folder, &name, 0)?;
            self.mark(Mark::Fact("version brought its name back"));
        }
        self.put_version(key, old.bytes, name)?;
        Ok(Expected::Done)
    }

    pub(super) fn delete_version(&mut self, file: &Place, number: u32) -> Result<Expected, ModelError> {
        let key = self.resolve(file)?;
        self.check_old_version(key, number)?;
        let is_listed = self.drive_of(key)?.service == Service::Box;
        let now = signed(self.now);
        if is_listed {
            self.mark(Mark::Fact("deleted version still listed"));
        }
        self.item_mut(key, |item| {
            if is_listed {
                let mut past = item.past.iter_mut();
                past.by_ref()
                    .filter(|past| past.number == number)
                    .for_each(|past| past.deleted_at = Some(now));
            } else {
                item.past.retain(|past| past.number != number);
            }
        });
        Ok(Expected::Done)
    }

    /// Finds a past version that may be restored or deleted.
    fn check_old_version(&self, key: Key, number: u32) -> Result<OldVersion, ModelError> {
        let item = self.require_file(key)?;
        self.check_writable(key)?;
        if number == item.version {
            return Err(ModelError::CurrentVersion);
        }
        let old = item.old_version(number)?.clone();
        self.check_unlocked(key, LockedOp::Write)?;
        Ok(old)
    }

    /// Gives the copy of a file the requested versions.
    pub(super) fn copy_versions(&self, source: &ModelItem, versions: Versions, copy: &mut ModelItem) {
        match versions {
            Versions::Current => {}
            Versions::Number(number) => {
                copy.bytes = source.bytes_of(number).unwrap_or(&source.bytes).clone();
                let is_box = self.drive(copy.drive).is_some_and(|drive| drive.service == Service::Box);
                if let (true, Ok(old)) = (is_box && number != source.version, source.old_version(number)) {
                    copy.facts.times[FS_MODIFIED] = old.written.at;
                }
            }
            Versions::All => {
                (copy.version, copy.past) = (source.version, source.past.clone());
                copy.past.retain(|past| past.deleted_at.is_none());
                let limit = self.drive(copy.drive).map_or(usize::MAX, |drive| drive.limits.max_versions);
                cut(&mut copy.past, limit);
                if self.drive(source.drive).is_none_or(|drive| drive.service != Service::Box) {
                    copy.past.iter_mut().for_each(|past| past.name.clear());
                }
                // A file with only its first version keeps no record of it, so the copy has none either.
                if source.version > 1 {
                    copy.written = source.written;
                }
            }
        }
    }
}

impl OldVersion {
    /// Returns the number of bytes that count for it.
    pub(super) fn n_bytes(&self) -> i128 {
        if self.deleted_at.is_none() { self.bytes.size().into() } else { 0 }
    }
}

/// Drops the oldest versions over the limit, which includes the current one, and returns how many. Versions that are
/// deleted but listed go first.
fn cut(past: &mut Vec<OldVersion>, limit: usize) -> usize {
    let mut n_dropped = 0;
    while past.len() > limit - 1 {
        let deleted = past.iter().position(|past| past.deleted_at.is_some());
        past.remove(deleted.unwrap_or(0));
        n_dropped += 1;
    }
    n_dropped
}
