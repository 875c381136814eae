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
//! A copy that was accepted can still fail. A test makes it fail by changing what the copy needs:
//!
//! ```
//! use drivesim::{CopyOptions, Error, Pace, Sim};
//!
//! let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nto/\n").build()?;
//! let job = sim.copy("/a.txt", "/to", CopyOptions::default())?;
//! sim.create_folder("/to", "a.txt")?;
//! job.step(1)?;
//! assert_eq!(job.report().error().map(Error::code), Some("nameAlreadyExists"));
//! # Ok::<(), drivesim::Error>(())
//! ```
//!
//! A [`Sim`] has one or several drives, a clock that a test moves by hand, and jobs. Each drive follows the rules of a
//! service, its [`Profile`]. A copy is accepted, starts, progresses at its [`Pace`], and completes or fails. Nothing is random:
//! the same calls give the same drive, ids included, whatever the number of threads. Nothing sleeps either, unless time
//! follows the system's clock ([`SimBuilder::system_clock`](builder::SimBuilder::system_clock)): then a
//! background thread wakes every few milliseconds while someone waits.
//!
//! # Where things are
//!
//! All verbs are methods of [`Sim`]. They name an item by an [`Address`](address::Address), such as the path
//! `"/Docs/a.txt"`, and a drive by a [`DriveRef`](drive::DriveRef).
//!
//! | to | verbs of [`Sim`] | types |
//! |---|---|---|
//! | build a simulator | [`builder`](Sim::builder) | [`builder`], [`outline`] |
//! | read items | [`item`](Sim::item), [`children`](Sim::children), [`read`](Sim::read), [`outline`](Sim::outline) | [`item`] |
//! | change items | [`create_file`](Sim::create_file), [`write`](Sim::write), [`move_to`](Sim::move_to), [`update`](Sim::update), [`upload`](Sim::upload) | [`options`] |
//! | delete and restore | [`delete`](Sim::delete), [`bin`](Sim::bin), [`restore_item`](Sim::restore_item), [`purge`](Sim::purge) | [`item`], [`options`] |
//! | copy | [`copy`](Sim::copy), [`job`](Sim::job), [`jobs`](Sim::jobs) | [`job`], [`CopyOptions`] |
//! | let time pass | [`advance`](Sim::advance), [`run_until_idle`](Sim::run_until_idle), [`Job::step`], [`Job::wait`] | [`Pace`] |
//! | see what happens | [`events`](Sim::events), [`Job::events`] | [`event`] |
//! | check a drive | [`assert_outline`](Sim::assert_outline), [`diff`](Sim::diff), [`assert_diff_from`](Sim::assert_diff_from) | [`diff`] |
//! | try and go back | [`fork`](Sim::fork), [`snapshot`](Sim::snapshot), [`restore`](Sim::restore) | [`snapshot`] |
//! | read versions | [`versions`](Sim::versions), [`restore_version`](Sim::restore_version) | [`item`] |
//! | follow changes | [`changes`](Sim::changes), [`change_token`](Sim::change_token), [`search`](Sim::search) | [`feed`] |
//! | lock, and limit access | [`lock`](Sim::lock), [`set_access`](Sim::set_access) | [`access`] |
//! | add and find drives | [`add_drive`](Sim::add_drive), [`drive`](Sim::drive), [`drive_infos`](Sim::drive_infos), [`quota`](Sim::quota) | [`drive`] |
//! | set rules | [`add_drive`](Sim::add_drive) | [`profile`], [`wire_id`] |
//! | read without waiting | [`without_waiting`](no_wait::without_waiting) | [`no_wait`] |
//!
//! [`Sim::fork`] creates an independent simulator in the same state. [`Sim::snapshot`] keeps a
//! state, jobs included, and [`Sim::restore`] returns to it. Each takes microseconds, whatever the size of the drives.
//!
//! # serde
//!
//! With the feature `serde`, which is off by default, values are serialized as the services and drivesim's server name
//! them (`"inProgress"`, `percentComplete`): ids, items, versions, changes, differences, profiles, paces, options of a
//! copy, events and reports of jobs. A profile is its name and the rules that differ from the profile of that name, each given whole
//! (serializing fails if a profile cannot be written so: see [`Profile`]), an outline is its text, an error its code
//! and message ([`Error::Reported`] where it is deserialized).
//!
//! The members of an item, and any [`Json`](item::Json), are plain JSON values: `"members":{"tags":["x"]}`. They can be
//! deserialized from self-describing formats, such as JSON and CBOR. Members of objects keep their order. A number
//! without fraction and exponent keeps its digits if it fits into 64 bits. Any other number becomes the nearest double
//! with its shortest digits: `1.50` is read back as `1.5`, `1e2` as `100.0`.
//!
//! Deserializing checks these rules and fails with the one that is broken; nothing else is checked:
//!
//! - An item has a name exactly when it has a parent, which is not the item itself. A name has no slash. A file has no
//!   children.
//! - A difference is of one item, which exists before or after. A [`Diff`](diff::Diff) with differences has a text.
//! - A job is at 0 % before it starts and at 100 % exactly when it has completed. A [`JobReport`](job::JobReport) has an item exactly
//!   when the job has completed, and an error exactly when it has failed.
//! - The status of a [`JobEvent`](event::JobEvent) is the one after the event. A job that was just accepted or started has done 0 of 0
//!   items; a completed job has done all items. A job never has more items done than it has in total.
//! - A percentage is from 0 to 100, in steps of 0.1. A [`Pace`] must let a job end.
//! - Ids, times and outlines are parsed as elsewhere, the code of an error is one of [`Error::code`], and the name and
//!   the rules of a profile are those that a drive can have.
//!
//! Unknown keys are errors in values that a caller passes in: [`CopyOptions`], [`Times`](item::Times), [`ContentTimes`](item::ContentTimes), and a
//! [`Profile`] with all rules in it. They are ignored in values that a simulator returns, such as an [`Item`] or a
//! [`JobEvent`](event::JobEvent), so that an older reader accepts what a newer drivesim writes.
//!
//! # Threads
//!
//! Any number of threads may read, write and copy at once. No lock is held while a copy is built. Large copies share
//! a pool of threads. Only the calls that move the clock wait: they return when everything that is due is
//! done.

#![warn(missing_docs)]

// From the lowest layer to the highest: a file uses only files of its own group, of those above it, and of its own
// folder.

// Values.
pub mod address;
mod drive_spec;
pub mod error;
mod ids;
mod job_event;
pub mod options;
mod owner;
#[cfg(feature = "serde")]
mod serde_forms;

// The state of a simulator.
mod copy_pool;
mod drives;
mod effects;
mod job_state;
mod jobs;
pub mod no_wait;
mod state;
mod watchdog;

// Jobs move.
mod copy_locks;
mod job_runner;
mod scheduler;
mod stage_copy;
mod time_keeper;
mod wait_limit;

// Handles and verbs.
mod assert;
mod debug;
mod event_reader;
pub mod job;
mod sim;

pub mod builder;

pub use drivesim_core::{Conflict, Item, ItemId, Profile};
pub use drivesim_jobs::{Pace, Status as JobStatus};

pub use crate::error::Error;
pub use crate::job::Job;
pub use crate::options::CopyOptions;
pub use crate::sim::Sim;

/// Access levels and locks of items.
pub mod access {
    pub use drivesim_core::{Access, LockId, LockRules, LockScope, LockedOp};
}

/// Differences between simulators.
pub mod diff {
    pub use drivesim_core::{Difference, Located};

    pub use crate::sim::Diff;
}

/// Drives: how they are named, described and listed.
pub mod drive {
    pub use drivesim_core::{Quota, QuotaState};

    pub use crate::address::DriveRef;
    pub use crate::drive_spec::DriveSpec;
    pub use crate::ids::DriveId;
    pub use crate::owner::{Owner, ParseOwnerError};
    pub use crate::sim::{DriveInfo, DriveInfos};
}

/// Events of jobs.
pub mod event {
    pub use drivesim_jobs::{EventKind, Every, Percent};

    pub use crate::event_reader::{Events, EventsIter};
    pub use crate::job_event::JobEvent;
}

/// The change feed of a drive.
pub mod feed {
    pub use drivesim_core::{Change, ChangeToken, Changes, ParseChangeTokenError, Tombstone};
}

/// Items, and their contents, times, versions and members.
pub mod item {
    pub use drivesim_core::{
        BinItem, Content, ContentFacts, ContentTimes, FileBytes, Item, ItemId, ItemKind, Json, MemberChange,
        Members, Page, ParseItemIdError, ParseJsonError, Times, Timestamp, Totals, Version, Versions,
        WeakFileBytes,
    };
}

/// The text form of drives.
pub mod outline {
    pub use drivesim_core::Detail;
    pub use drivesim_core::outline::*;

    pub use crate::sim::OutlinePieces;
}

/// The rules of services, and rules of names.
pub mod profile {
    pub use drivesim_core::{
        Case, Collation, Conflicts, CopiedMembers, CopyKeeps, CyclicCopy, EmptyAfterSanitise, LateConflict,
        Level, ListingOrder, MemberRule, Name, NameRules, ParseServiceError, PartialChildren, Profile,
        ProfileOption, QuotaCounts, RejectSupplementary, ReplaceOntoItself, ReplacedItem, ReplacedUntil,
        Replaces, RootCopy, SanitiseFileNames, Service, Suffix, Unreadable, WireOptions,
    };
}

/// States of simulators that are kept.
pub mod snapshot {
    pub use crate::sim::Snapshot;
}

/// Ids of items and drives on the wire.
pub mod wire_id {
    pub use drivesim_core::wire_id::*;
    pub use drivesim_core::{WireIdForm, WireIds};
}
