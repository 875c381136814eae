//! An in-memory drive for tests, in which a copy is a real job.
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
//! A [`Sim`] has one or several drives, each under the rules of a service (a [`Profile`]), a clock that a test moves by
//! hand, and jobs. A copy is accepted, starts, progresses at its [`Pace`], and completes or fails. Nothing is random:
//! the same calls give the same drive, ids included, whatever the number of threads. Nothing sleeps either, unless time
//! follows the system's clock ([`SimBuilder::system_clock`]): then a thread sleeps in short intervals while someone
//! waits.
//!
//! [`Sim::fork`] creates an independent simulator in the same state. [`Sim::snapshot`] and [`Sim::restore`] return to
//! an earlier state, jobs included. Both take microseconds, whatever the size of the drives.
//!
//! # serde
//!
//! With the feature `serde`, which is off by default, values are serialized as the services and drivesim's server name
//! them (`"inProgress"`, `percentComplete`): ids, items, versions, changes, differences, profiles, paces, options of a
//! copy, events and reports of jobs. A profile is its name and the rules that differ from it, each given whole
//! (serializing fails if a profile cannot be written so: see [`Profile`]), an outline is its text, an error its code
//! and message ([`Error::Reported`] where it is deserialized).
//!
//! The members of an item, and any [`Json`], are plain JSON values: `"members":{"tags":["x"]}`. They can be
//! deserialized from self-describing formats, such as JSON and CBOR. Members of objects keep their order. A number
//! without fraction and exponent keeps its digits if it fits into 64 bits. Any other number becomes the nearest double
//! with its shortest digits: `1.50` is read back as `1.5`, `1e2` as `100.0`.
//!
//! Deserializing checks these rules and fails with the one that is broken; nothing else is checked:
//!
//! - An item has a name exactly when it has a parent, which is not the item itself. A name has no slash. A file has no
//!   children.
//! - A difference is of one item, which exists before or after. A [`Diff`] with differences has a text.
//! - A job is at 0 % before it starts and at 100 % exactly when it has completed. A [`JobReport`] has an item exactly
//!   when the job has completed, and an error exactly when it has failed.
//! - The status of a [`JobEvent`] is the one after the event. A job that was just accepted or started has done 0 of 0
//!   items; a completed job has done all items. A job never has more items done than it has in total.
//! - A percentage is 0 to 100 in tenths. A [`Pace`] is one at which a job ends.
//! - Ids, times and outlines are parsed as elsewhere, the code of an error is one of [`Error::code`], and the name and
//!   the rules of a profile are those that a drive can have.
//!
//! Unknown keys are errors in values that a caller passes in: [`CopyOptions`], [`Times`], [`ContentTimes`], and a
//! [`Profile`] with all rules in it. They are ignored in values that a simulator returns, such as an [`Item`] or a
//! [`JobEvent`], so that an older reader accepts what a newer drivesim writes.
//!
//! # Threads
//!
//! Any number of threads may read, write and copy at once. No lock is held while a copy is built, and no thread waits
//! for the copy of another thread. Only the calls that move the clock wait: they return when everything that is due is
//! done.

#![warn(missing_docs)]

mod address;
mod assert;
mod builder;
mod debug;
mod error;
mod job;
mod options;
mod sim;

mod copy_pool;
mod drives;
mod event;
mod ids;
mod job_runner;
mod jobs;
mod no_wait;
#[cfg(feature = "serde")]
mod serde_forms;
mod stage_copy;
mod wait;
mod watchdog;

pub use drivesim_core::copy::PARALLEL_FROM;
pub use drivesim_core::{
    Access, BinItem, BoxWire, Case, Change, ChangeToken, Changes, Collation, Conflict, Conflicts,
    ConflictsShape, Content, ContentFacts, ContentTimes, CopiedMembers, CopyKeeps, Detail, Difference,
    FieldsBase, FileCopyName, FixtureError, Item, ItemId, ItemKind, Json, LinkAccess, ListingOrder, Located,
    LockId, LockRules, LockScope, LockedOp, MemberChange, MemberRule, Members, MicrosoftWire, MonitorStatus,
    Name, NameFault, NameRules, OptionError, Page, ParseChangeTokenError, ParseJsonError, PathFault,
    Precondition, Profile, ProfileOption, Quota, QuotaCounts, QuotaState, RedirectShows, Replaces, RootCopy,
    RootVerb, Routes, Suffix, TakenName, Times, Timestamp, Tombstone, Totals, Version, Versions, WireIdError,
    WireIdForm, WireIds,
};
pub use drivesim_core::{Error as DriveError, FileBytes, WeakFileBytes, outline, wire_id};
pub use drivesim_jobs::{EventKind, Every, Pace, PaceError, Percent, Status as JobStatus};

pub use crate::address::{Address, DriveRef};
pub use crate::builder::SimBuilder;
pub use crate::error::Error;
pub use crate::event::{Events, EventsIter, JobEvent};
pub use crate::ids::{DriveId, JobId};
pub use crate::job::{Job, JobPage, JobReport};
pub use crate::job_runner::Progress;
pub use crate::jobs::EndedJobs;
pub use crate::no_wait::{has_given_up, without_waiting};
pub use crate::options::{CopyOptions, OnFailure, Update, Visibility};
pub use crate::sim::{Diff, DriveInfo, OutlinePieces, Sim, Snapshot};
pub use crate::wait::JobWait;
