//! An in-memory drive for tests whose copy is a real job.
//!
//! ```
//! use drivesim::{CopyOptions, JobStatus, Pace, Sim};
//!
//! let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a.txt = \"hi\"\nArchive/\n").build()?;
//! let job = sim.copy("/Docs", "/Archive", CopyOptions::default())?;
//! assert_eq!(job.status(), JobStatus::NotStarted);
//! job.step(1)?;
//! assert_eq!((job.status(), job.percent_complete()), (JobStatus::InProgress, 50.0));
//! job.step(1)?;
//! assert_eq!((job.status(), job.percent_complete()), (JobStatus::Completed, 100.0));
//! sim.assert_outline("
//!     Archive/
//!       Docs/
//!         a.txt = \"hi\"
//!     Docs/
//!       a.txt = \"hi\"
//! ");
//! # Ok::<(), drivesim::Error>(())
//! ```
//!
//! A [`Sim`] has one drive or several, each under the rules of a service (a [`Profile`]), a clock that a test
//! moves by hand, and jobs: a copy is accepted, starts, goes on at its [`Pace`], and completes or fails. Nothing is
//! random: the same calls give the same drive, ids included, whatever the number of threads. Nothing sleeps either, unless
//! time follows the system ([`SimBuilder::system_clock`]): then a thread takes short naps while somebody waits.
//!
//! [`Sim::fork`] makes another simulator in the same state, [`Sim::snapshot`] and [`Sim::restore`] put one back, jobs
//! and all. Both take microseconds, however much is in the drives.
//!
//! # serde
//!
//! With the feature `serde`, which is off by default, values are written and read as the services and drivesim's server
//! name them (`"inProgress"`, `percentComplete`): ids, items, versions, changes, differences, profiles, paces,
//! options of a copy, events and reports of jobs. A profile is its name and the rules that differ from it, each
//! given whole (one that cannot be written so is refused when it is written: see [`Profile`]), an outline is
//! its text, an error its code and message ([`Error::Reported`] where it is read).
//!
//! The members of an item, and any [`Json`], are the JSON values that they are: `"members":{"tags":["x"]}`. They are read
//! from formats that say what they hold, as JSON and CBOR do. Members of objects keep their order. A number without
//! fraction and exponent stays as it was written if it fits into 64 bits; any other becomes the double next to it, and its
//! shortest digits: `1.50` is read back as `1.5`, `1e2` as `100.0`.
//!
//! What is read is held to these rules, and refused with the one that it breaks; all else is taken as it is:
//!
//! - An item has a name exactly when it is in a folder, which is not itself; a name has no slash; a file has no children.
//! - A difference is of one item, which is there before or after; a [`Diff`] with differences has a text.
//! - A job is at 0 % before it starts and at 100 % exactly when it has completed. A [`JobReport`] has an item exactly when
//!   the job has completed, and an error exactly when it has failed.
//! - The status of a [`JobEvent`] is the one after it. When a job was just accepted or started, it has done 0 of 0 items;
//!   when it has completed, all of them; never more than there are.
//! - A percentage is 0 to 100 in tenths, and a job ends at the [`Pace`] that is given for it.
//! - Ids, times and outlines are texts that are read as everywhere, the code of an error is one of [`Error::code`], and the
//!   name and the rules of a profile are those that a drive can have.
//!
//! What a caller gives refuses keys that it does not know: [`CopyOptions`], [`Times`], [`ContentTimes`], and a [`Profile`]
//! with all rules in it. What a simulator returns, such as an [`Item`] or a [`JobEvent`], is read whatever else is there, so that
//! an older reader takes what a newer drivesim writes.
//!
//! # Threads
//!
//! Any number of threads may read, write and copy at once. No lock is held while a copy is made, and no thread
//! waits for another's copy, but for the calls that move the clock: they return when what is due is done.

#![warn(missing_docs)]

mod address;
mod assert;
mod builder;
mod debug;
mod error;
mod job;
mod options;
mod sim;

mod drives;
mod event;
mod haste;
mod ids;
mod jobs;
mod running;
#[cfg(feature = "serde")]
mod serde_forms;
mod staging;
mod starting;
mod wait;
mod watchdog;

pub use drivesim_core::copy::PARALLEL_FROM;
pub use drivesim_core::{
    Access, BinItem, BoxWire, Case, Change, ChangeToken, Changes, Conflict, Conflicts, ConflictsShape,
    Content, ContentFacts, ContentTimes, CopiedMembers, CopyKeeps, Deed, Detail, Difference, FieldsBase,
    FileCopyName, Item, ItemId, ItemKind, Json, LinkAccess, ListingOrder, Located, LockId, LockRules,
    LockScope, MemberChange, MemberRule, Members, MicrosoftWire, MonitorStatus, NameFault, NameRules,
    OptionError, Page, ParseChangeTokenError, ParseJsonError, PathFault, Precondition, Profile,
    ProfileOption, Quota, QuotaCounts, QuotaState, RedirectShows, Replaces, RootCopy, Routes, SeedError,
    Suffix, TakenName, Tally, Times, Timestamp, Tombstone, Version, Versions, WireIdError, WireIdForm,
    WireIds,
};
pub use drivesim_core::{
    Error as DriveError, FileBytes, WeakFileBytes, fold, outline, utf16_len, wire_id, with_suffix,
};
pub use drivesim_jobs::{EventKind, Every, Pace, PaceError, Percent, Status as JobStatus};

pub use crate::address::{Address, DriveRef};
pub use crate::builder::SimBuilder;
pub use crate::error::Error;
pub use crate::event::{Events, EventsIter, JobEvent};
pub use crate::haste::{has_given_up, without_waiting};
pub use crate::ids::{DriveId, JobId};
pub use crate::job::{Job, JobPage, JobReport};
pub use crate::jobs::EndedJobs;
pub use crate::options::{CopyOptions, Leftovers, Update, Visibility};
pub use crate::running::Progress;
pub use crate::sim::{Diff, DriveLook, OutlinePieces, Sim, Snapshot};
pub use crate::wait::JobWait;
