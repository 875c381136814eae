//! The only place that settles the names of the model's items: what is allowed, taken, numbered, replaced.

use drivesim::{Conflict, ItemKind};

use super::locks::Deed;
use super::names::units;
use super::{Key, Mark, Model, Refusal};

/// What a new or moved item does about its name.
pub(super) enum Settled {
    /// It takes this name, which is free.
    Free(String),
    /// It takes the place of this item.
    Over(Key),
}

impl Model {
    /// Settles the name of a new or moved item, given what holds it now.
    pub(super) fn settle(
        &mut self,
        folder: Key,
        name: &str,
        kind: ItemKind,
        conflict: Conflict,
        before_number: &str,
        except: Option<Key>,
    ) -> Result<Settled, Refusal> {
        let Some(holder) = self.holder(folder, name, except) else {
            return Ok(Settled::Free(name.to_owned()));
        };
        match conflict {
            Conflict::Fail => Err(Refusal::NameTaken),
            Conflict::Replace => {
                let holder_kind = self.seen(holder).map(|item| item.kind);
                let both_files = kind == ItemKind::File && holder_kind == Some(ItemKind::File);
                if !both_files {
                    return Err(Refusal::NameTaken);
                }
                self.check_replaceable(holder)?;
                Ok(Settled::Over(holder))
            }
            Conflict::Rename => {
                let service = self.drive_of(folder)?.service;
                let is_free =
                    |name: &String| service.allows(name, kind) && self.holder(folder, name, except).is_none();
                let mut names = (1..).map(|number| service.numbered(name, kind, before_number, number));
                let free = names.find(is_free).ok_or(Refusal::NameTaken)?;
                self.mark(Mark::Settled("renamed", kind));
                Ok(Settled::Free(free))
            }
        }
    }

    /// Refuses to put something in the place of a file that callers may not change.
    pub(super) fn check_replaceable(&self, holder: Key) -> Result<(), Refusal> {
        self.check_writable(holder)?;
        self.check_unlocked(holder, Deed::Write)
    }

    /// Returns whether a behaviour is offered, unless it is being found out what else would be refused.
    pub(super) fn offers(&self, is_offered: bool) -> bool {
        is_offered || self.offers_all
    }

    pub(super) fn check_name(&self, folder: Key, name: &str, kind: ItemKind) -> Result<(), Refusal> {
        let is_allowed = self.drive_of(folder)?.service.allows(name, kind);
        if is_allowed { Ok(()) } else { Err(Refusal::BadName) }
    }

    /// Refuses a name under which the item, or what is below it, would have too long a path.
    pub(super) fn check_path(&self, folder: Key, name: &str, units_below: usize) -> Result<(), Refusal> {
        let own = match self.path_units(folder) {
            0 => units(name),
            above => above + 1 + units(name),
        };
        let limit = self.drive_of(folder)?.limits.max_path_units;
        if own + units_below > limit { Err(Refusal::PathTooLong) } else { Ok(()) }
    }
}
