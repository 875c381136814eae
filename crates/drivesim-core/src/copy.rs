//! Copies items in steps: check, open, plan, import, reserve, build, attach, reveal, in this order.
//!
//! | step | reads or changes | lock its caller holds |
//! |---|---|---|
//! | [`check`] when a copy is requested | reads both drives | read, short |
//! | [`open`] when it starts | reads both drives, takes a view of the source's pages | read, short |
//! | [`Opened::plan`] | the view: which items, in which order | none |
//! | [`Drive::import`] | imports what the copy takes from another drive, in bounded portions | write, short |
//! | [`Drive::reserve`] | room for bytes and items | write, short |
//! | [`Planned::build`] | builds the pages of the copy outside the drive | none |
//! | [`Drive::attach`] | resolves conflicts for the last time, links the copy | write, short |
//! | [`Drive::reveal`] | shows what is done, if the copy is gradual | write, short |
//!
//! Building uses rayon above a threshold; its pages are the same for any number of threads, because every node is a
//! function of its number in the plan.

mod attach;
mod build;
mod check;
mod extent;
mod import;
mod plan;
mod planned;
mod reveal;
mod translation;
mod view;

pub use self::attach::{Attached, some_failed};
pub use self::build::Staged;
pub use self::check::{Opened, check, locks_ends, open};
pub use self::planned::Planned;
pub use self::reveal::AttachedCopy;
use crate::actor::Actor;
use crate::conflict::Conflict;
use crate::drive::Drive;
use crate::error::Error;
use crate::history::Versions;
use crate::item::ItemId;
use crate::lock::LockId;
pub use crate::reservations::Ticket;

/// The number of items from which on a copy is split across threads.
///
/// Measured with `cargo bench -p drivesim-benches --bench deep_copy -- threshold` on 2 cores: below about ten thousand
/// items, waking the pool costs more than the second core saves.
pub const PARALLEL_FROM: usize = 16_384;

/// What to copy, where to and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a copy is made only when it is opened"]
pub struct CopySpec {
    /// The item to copy.
    pub source: ItemId,
    /// The folder to copy it to.
    pub target: ItemId,
    /// The name of the copy; `None` for the name of the source.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
    /// Whether to copy the source itself or only its children.
    pub scope: Scope,
    /// Whether the copy is visible at once or as it is revealed.
    pub reveal: Reveal,
    /// Which versions of the files to copy.
    pub versions: Versions,
    /// Locks that do not prevent this copy, because it has set them itself.
    pub own_locks: OwnLocks,
}

/// The locks that a copy has set itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnLocks {
    /// In the drive it copies from.
    pub source: Option<LockId>,
    /// In the drive it copies to.
    pub target: Option<LockId>,
}

impl OwnLocks {
    /// Returns the locks in the source's drive and those in the target's, which may be the same drive.
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
    /// Copies `source` and everything below it into `target`. The copy is visible at once, and fails if the name is
    /// taken.
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

    /// Sets the name of the copy.
    pub fn named(self, name: impl Into<String>) -> CopySpec {
        CopySpec { name: Some(name.into()), ..self }
    }

    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> CopySpec {
        CopySpec { conflict, ..self }
    }

    /// Copies the children of the source folder instead of the folder.
    pub fn children_only(self) -> CopySpec {
        CopySpec { scope: Scope::ChildrenOnly, ..self }
    }

    /// Sets which versions of the files to copy.
    pub fn versions(self, versions: Versions) -> CopySpec {
        CopySpec { versions, ..self }
    }

    /// Leaves the copy hidden until [`Drive::reveal`] shows it.
    pub fn gradual(self) -> CopySpec {
        CopySpec { reveal: Reveal::Gradual, ..self }
    }
}

/// The number of a top item among the children of the source, and why it could not be placed.
pub type TopItemError = (u32, Error);

/// Which part of the source to copy.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The item and everything below it.
    Whole,
    /// Everything below the item, which is a folder, without the folder itself.
    ChildrenOnly,
}

/// When the items of a copy become visible.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// All at once when the copy is attached.
    AtOnce,
    /// One after another, folders before their children, as [`Drive::reveal`] requests.
    Gradual,
}

impl Drive {
    /// Copies at once within this drive and returns the id of the new item (of the target, for children only).
    ///
    /// ASSUMED: A copy of children only places the children that it can, and these stay if others could not be placed:
    /// the Graph page only shows that errors are reported item by item, as [`Error::SomeFailed`] does (option
    /// `partial_children`).
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let spec = CopySpec::new(drive.find("/Docs")?, drive.find("/To")?).named("Copy");
    /// let copy = drive.copy(&spec, now, PARALLEL_FROM)?;
    /// assert_eq!(drive.path(copy)?, "/To/Copy");
    /// assert_eq!(drive.item(copy)?.size, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`check`] and [`open`]; [`Error::SizeOverflow`] and [`Error::DriveFull`].
    pub fn copy<'a>(
        &mut self,
        spec: &CopySpec,
        actor: impl Into<Actor<'a>>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        check(self, self, spec)?;
        let planned = open(self, self, spec)?.plan()?;
        self.put_copy(planned, actor.into(), parallel_from)
    }

    /// Copies at once from another drive into this one; otherwise like [`Drive::copy`].
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, PARALLEL_FROM}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let mut target = Drive::new(Profile::BOX, now);
    /// let spec = CopySpec::new(drive.find("/Docs")?, target.root());
    /// let copy = target.copy_from(&drive, &spec, now, PARALLEL_FROM)?;
    /// assert_eq!(target.path(copy)?, "/Docs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::copy`], and [`Error::BadName`] or [`Error::NameTaken`] for an item below the source that
    /// breaks this drive's rules.
    pub fn copy_from<'a>(
        &mut self,
        source: &Drive,
        spec: &CopySpec,
        actor: impl Into<Actor<'a>>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        check(source, self, spec)?;
        let planned = open(source, self, spec)?.plan()?;
        self.put_copy(planned, actor.into(), parallel_from)
    }

    fn put_copy(
        &mut self,
        mut planned: Planned,
        actor: Actor<'_>,
        parallel_from: usize,
    ) -> Result<ItemId, Error> {
        while self.import(&mut planned, usize::MAX, actor)? {}
        let ticket = self.reserve(&planned, actor)?;
        let staged = planned.build(ticket, parallel_from);
        self.attach(staged)?.into_item()
    }
}

#[cfg(test)]
mod tests;
