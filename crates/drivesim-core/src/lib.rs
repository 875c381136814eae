//! Models drives as trees in memory, and copies between them.
//!
//! A [`Drive`] is a tree of files and folders in memory under the rules of one service, a [`Profile`]. Each verb looks
//! up, checks and then changes; a verb that fails has changed nothing. A copy is built outside the drive, from
//! copy-on-write pages, and attached in a time that does not grow with it (see [`copy`]).
//!
//! ```
//! use drivesim_core::{Conflict, Content, Drive, Profile, Timestamp, copy::CopySpec};
//!
//! let now = Timestamp::UNIX_EPOCH;
//! let mut drive = Drive::new(Profile::BUSINESS, now);
//! let docs = drive.create_folder(drive.root(), "Docs", Conflict::Fail, now)?;
//! drive.create_file(docs, "a.txt", Content::from("hi"), Conflict::Fail, now)?;
//! let copied = drive.copy(&CopySpec::new(docs, drive.root()).named("Copy"), now, usize::MAX)?;
//! assert_eq!(drive.find("/Copy")?, copied);
//! assert_eq!(drive.item(copied)?.size, 2);
//! # Ok::<(), drivesim_core::Error>(())
//! ```
//!
//! This crate does no I/O and has no clock, no randomness, no locks and no HTTP. To embed a fake drive in tests
//! use the crate `drivesim`, which adds jobs, time and threads.

#![warn(missing_docs)]

mod access;
mod actor;
mod conflict;
mod content;
mod error;
mod history;
mod item;
mod json;
mod listing_order;
mod lock;
mod members;
mod name;
mod options;
mod path;
mod precondition;
mod profile;

pub mod copy;
mod diff;
mod drive;
mod fixture;
pub mod outline;
pub mod wire_id;

mod arena;
mod bin;
mod capacity;
mod change_log;
mod child_list;
mod children;
mod cow;
mod cow_map;
mod debug;
mod invariants;
mod metadata;
mod name_table;
mod reservations;
#[cfg(feature = "serde")]
mod serde_forms;
mod slot;
mod traffic;
mod tree;

pub use jiff::Timestamp;

pub use crate::access::Access;
pub use crate::actor::{Actor, ME};
pub use crate::capacity::{Capacity, CapacityKind};
pub use crate::change_log::Tombstone;
pub use crate::conflict::{Conflict, Conflicts, Replaces};
pub use crate::content::{Content, FileBytes, WeakFileBytes};
pub use crate::diff::{Difference, Located};
pub use crate::drive::{
    BinItem, Change, ChangeToken, Changes, ContentFacts, ContentTimes, Drive, MemberChange, Page,
    ParseChangeTokenError, Quota, QuotaState, ReclaimList, ReclaimScan, Reclaimed, Times, Totals, Update,
};
pub use crate::error::{Error, RootVerb};
pub use crate::fixture::{Detail, FixtureError};
pub use crate::history::{Version, Versions};
pub use crate::item::{Item, ItemId, ItemKind, ParseItemIdError};
pub use crate::json::{Json, ParseJsonError};
pub use crate::listing_order::ListingOrder;
pub use crate::lock::{LockId, LockRules, LockScope, LockedOp};
pub use crate::members::Members;
pub use crate::name::{
    Case, Collation, EmptyAfterSanitise, Level, Name, NameFault, NameRules, Quoted, RejectSupplementary,
    SanitiseFileNames, Suffix,
};
pub use crate::options::{OptionError, ProfileOption};
pub use crate::path::{PathFault, split_last};
pub use crate::precondition::Precondition;
pub use crate::profile::{
    CopiedMembers, CopyKeeps, CyclicCopy, LateConflict, MemberRule, ParseServiceError, PartialChildren,
    Profile, QuotaCounts, ReplaceOntoItself, ReplacedItem, ReplacedUntil, RootCopy, Service, Unreadable,
    WireOptions,
};
pub use crate::traffic::Traffic;
pub use crate::wire_id::{WireIdError, WireIdForm, WireIds};
