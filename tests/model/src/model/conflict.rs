//! Resolves conflicts of the model's items: which names are allowed, taken, numbered, replaced.

use drivesim::Conflict;
use drivesim::item::ItemKind;

use super::locks::LockedOp;
use super::names::units;
use super::{Key, Mark, Model, ModelError};

/// The resolution of a new or moved item's name.
pub(super) enum ConflictOutcome {
    /// It has this name, which is free.
    Free(String),
    /// It replaces this item.
    Replace(Key),
}

impl Model {
    /// Resolves the name of a new or moved item, given the item that has the name now.
    pub(super) fn resolve_conflict(
        &mut self,
        folder: Key,
        name: &str,
        kind: ItemKind,
        conflict: Conflict,
        before_number: &str,
        except: Option<Key>,
    ) -> Result<ConflictOutcome, ModelError> {
        let Some(holder) = self.holder(folder, name, except) else {
            return Ok(ConflictOutcome::Free(name.to_owned()));
        };
        match conflict {
            Conflict::Fail => Err(ModelError::NameTaken),
            Conflict::Replace => {
                let holder_kind = self.seen(holder).map(|item| item.kind);
                let both_files = kind == ItemKind::File && holder_kind == Some(ItemKind::File);
                if !both_files {
                    return Err(ModelError::NameTaken);
                }
                self.check_replaceable(holder)?;
                Ok(ConflictOutcome::Replace(holder))
            }
            Conflict::Rename => {
                let service = self.drive_of(folder)?.service;
                let is_free =
                    |name: &String| service.allows(name, kind) && self.holder(folder, name, except).is_none();
                let mut names = (1..).map(|number| service.numbered(name, kind, before_number, number));
                let free = names.find(is_free).ok_or(ModelError::NameTaken)?;
                self.mark(Mark::Settled("renamed", kind));
                Ok(ConflictOutcome::Free(free))
            }
        }
    }

    /// Fails if callers may not replace a file.
    pub(super) fn check_replaceable(&self, holder: Key) -> Result<(), ModelError> {
        self.check_writable(holder)?;
        self.check_unlocked(holder, LockedOp::Write)
    }

    /// Returns whether a conflict behavior is supported, or counts as supported (see `offers_all`).
    pub(super) fn offers(&self, is_offered: bool) -> bool {
        is_offered || self.offers_all
    }

    pub(super) fn check_name(&self, folder: Key, name: &str, kind: ItemKind) -> Result<(), ModelError> {
        let is_allowed = self.drive_of(folder)?.service.allows(name, kind);
        if is_allowed { Ok(()) } else { Err(ModelError::BadName) }
    }

    /// Fails if the name makes the path of the item, or of one below it, too long.
    pub(super) fn check_path(&self, folder: Key, name: &str, units_below: usize) -> Result<(), ModelError> {
        let own = match self.path_units(folder) {
            0 => units(name),
            above => above + 1 + units(name),
        };
        let limit = self.drive_of(folder)?.limits.max_path;
        if own + units_below > limit { Err(ModelError::PathTooLong) } else { Ok(()) }
    }
}
