//! The only place for what copying means: check, open, plan, reserve, fill, attach, reveal, in this order.
//!
//! | step | reads or changes | lock its caller holds |
//! |---|---|---|
//! | [`check`] when a copy is asked for | reads both drives | read, short |
//! | [`open`] when it starts | reads both drives, takes a view of the source's pages | read, short |
//! | [`Opened::plan`] | the view: which items, in which order | none |
//! | [`Drive::adopt`] | what the copy keeps or takes from another drive, a bounded number at a time | write, short |
//! | [`Drive::reserve`] | room for bytes and items | write, short |
//! | [`Planned::fill`] | builds the pages of the copy apart | none |
//! | [`Drive::attach`] | settles the name for the last time, links the copy | write, short |
//! | [`Drive::reveal`] | shows what is done, if the copy goes step by step | write, short |
//!
//! Filling uses rayon above a threshold; the pages it makes are the same for any number of threads,
//! because every record is a function of its number in the plan.

mod attach;
mod check;
mod extent;
mod fill;
mod plan;
mod reveal;
mod take;
mod view;

pub use self::attach::{Attached, some_failed};
pub use self::check::{Opened, check, locks_ends, open};
pub use self::fill::Staged;
pub use self::plan::Planned;
pub use self::reveal::Filling;
use crate::act::Act;
use crate::conflict::Conflict;
use crate::drive::Drive;
use crate::error::Error;
use crate::history::Versions;
use crate::item::ItemId;
use crate::lock::LockId;
pub use crate::reserved::Ticket;

/// From how many items on a copy is split across threads.
///
/// Measured with `cargo bench -p drivesim-benches --bench deep_copy -- threshold` on 2 cores: below about ten
/// thousand items waking the pool costs more than the second core gives.
pub const PARALLEL_FROM: usize = 16_384;

/// What to copy, where to and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopySpec {
    /// The item to copy.
    pub source: ItemId,
    /// The folder to copy it to.
    pub target: ItemId,
    /// The name of the copy; without it that of the source.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
    /// What of the source to copy.
    pub scope: Scope,
    /// Whether the copy is seen at once or as it is revealed.
    pub reveal: Reveal,
    /// Which versions of its files to copy.
    pub versions: Versions,
    /// Locks that do not stand in the way of this copy, because they are its own.
    pub own_locks: OwnLocks,
}

/// The locks that a copy itself has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnLocks {
    /// In the drive it copies from.
    pub source: Option<LockId>,
    /// In the drive it copies to.
    pub target: Option<LockId>,
}

impl OwnLocks {
    /// Returns those in the source's drive and those in the target's, which may be one drive.
    pub(crate) fn of(self, crosses: bool) -> [Vec<LockId>; 2] {
        let both: Vec<LockId> = self.source.into_iter().chain(self.target).collect();
        if crosses {
            [self.source.into_iter().collect(), self.target.into_iter().collect()]
        } else {
            [both.clone(), both]
        }
    }
}

impl CopySpec {
    /// Copies `source`, with all that is below it, into `target`; seen at once, refused if the name is taken.
    pub fn new(source: ItemId, target: ItemId) -> CopySpec {
        CopySpec {
            source,
            target,
            name: None,
            conflict: Conflict::Fail,
            scope: Scope::Whole,
            reveal: Reveal::AtOnce,
            versions: Versions::Current,
            own_locks: OwnLocks::default(),
        }
    }

    /// Gives the copy a name.
    pub fn named(self, name: impl Into<String>) -> CopySpec {
        CopySpec { name: Some(name.into()), ..self }
    }

    /// Returns what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> CopySpec {
        CopySpec { conflict, ..self }
    }

    /// Copies what is in the source folder instead of the folder.
    pub fn children_only(self) -> CopySpec {
        CopySpec { scope: Scope::ChildrenOnly, ..self }
    }

    /// Returns which versions of its files to copy.
    pub fn versions(self, versions: Versions) -> CopySpec {
        CopySpec { versions, ..self }
    }

    /// Leaves the copy hidden until [`Drive::reveal`] shows it.
    pub fn gradual(self) -> CopySpec {
        CopySpec { reveal: Reveal::Gradual, ..self }
    }
}

/// Why a top item could not be placed, with its number among the children of the source.
pub type Refusal = (u32, Error);

/// What of the source to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The item and all below it.
    Whole,
    /// All below the item, which is a folder, but not the folder.
    ChildrenOnly,
}

/// When the items of a copy are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// All at once when the copy is attached.
    AtOnce,
    /// One after another, folders before what is in them, as [`Drive::reveal`] is told.
    Gradual,
}

impl Drive {
    /// Copies at once within this drive and returns the id of the new item (of the target, for children only).
    ///
    /// That a copy of children only places what it can, and that this stays if some could not be placed, is
    /// *assumed*: the Graph page only shows that errors are reported item by item, as [`Error::SomeFailed`] does (option
    /// `partial_children`).
    ///
    /// # Errors
    /// What [`check`] and [`open`] refuse; [`Error::SizeOverflow`] and [`Error::DriveFull`].
    pub fn copy<'a>(
        &mut self,
        spec: &CopySpec,
        act: impl Into<Act<'a>>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        check(self, self, spec)?;
        let planned = open(self, self, spec)?.plan()?;
        self.put_copy(planned, act.into(), parallel_from)
    }

    /// Copies at once from another drive into this one; otherwise as [`Drive::copy`].
    ///
    /// # Errors
    /// Those of [`Drive::copy`], and [`Error::BadName`] or [`Error::NameTaken`] for an item below the source
    /// that this drive's rules refuse.
    pub fn copy_from<'a>(
        &mut self,
        source: &Drive,
        spec: &CopySpec,
        act: impl Into<Act<'a>>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        check(source, self, spec)?;
        let planned = open(source, self, spec)?.plan()?;
        self.put_copy(planned, act.into(), parallel_from)
    }

    fn put_copy(
        &mut self,
        mut planned: Planned,
        act: Act<'_>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        while self.adopt(&mut planned, usize::MAX, act)? {}
        let ticket = self.reserve(&planned, act)?;
        let staged = planned.fill(ticket, parallel_from);
        self.attach(staged)?.into_item()
    }
}

#[cfg(test)]
mod tests;
