//! What a drive is and what copying means.
//!
//! A [`Drive`] is a tree of files and folders in memory under the rules of one service, a [`Profile`]. Its verbs
//! look up, check and then change; a refused verb has changed nothing. A copy is made apart from the drive, from
//! copy-on-write pages, and attached in a time that does not grow with it (see [`copy`]).
//!
//! This crate does no I/O and has no clock, no randomness, no locks and no HTTP. To embed a fake drive in tests
//! use the crate `drivesim`, which adds jobs, time and threads.

#![warn(missing_docs)]

mod conflict;
mod content;
mod error;
mod item;
mod name;
mod path;
mod profile;

pub mod copy;
mod drive;
pub mod outline;
mod seed;

mod arena;
mod cow;
mod intern;
mod invariants;
mod siblings;
mod stamp;
mod tree;

pub use jiff::Timestamp;

pub use crate::conflict::{Conflict, Conflicts};
pub use crate::content::Content;
pub use crate::drive::{Drive, Page, Tally};
pub use crate::error::Error;
pub use crate::item::{Item, ItemId, ItemKind, ParseItemIdError};
pub use crate::name::{
    Case, FileCopyName, NameFault, NameRules, Shown, Suffix, fold, utf16_len, with_suffix,
};
pub use crate::path::split_last;
pub use crate::profile::{Profile, RootCopy, TakenName};
pub use crate::seed::{Detail, SeedError};
