//! Defines the terms of a history: what is named before the existing items, jobs and locks are known.

use drivesim::{Conflict, Profile};

use super::{Op, Terms};

/// The terms of a history.
#[derive(Clone, Debug)]
pub struct Selected;

impl Terms for Selected {
    /// The index of a drive.
    type Drive = u8;
    type Extra = Indirect;
    type Item = ItemSelector;
    /// An index among the jobs that fit.
    type Job = u16;
    /// An index among the locks.
    type Lock = u16;
    type Rules = Service;
    /// The number of bytes that can still be added.
    type Size = i64;
}

/// An op of a history. Prints as one line, so that a history prints one op per line.
#[derive(Clone)]
pub struct HistoryOp {
    /// The index of its user.
    pub user: u8,
    /// What the user does.
    pub op: Op<Selected>,
}

/// Ops whose arguments depend on the state at the time.
#[derive(Clone, Debug)]
pub enum Indirect {
    /// Restores an item with the name of another item in its old folder.
    RestoreOver {
        /// An item in the bin.
        item: ItemSelector,
        /// The index of the other item.
        pick: u16,
        /// What to do about the other item.
        conflict: Conflict,
    },
    /// Changes what a job reads, writes to or has created.
    InjectFault {
        /// An index among the jobs that it applies to.
        job: u16,
        /// The change.
        how: JobFault,
    },
}

/// The items that a selector matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Any item, with the root.
    Any,
    /// A folder, with the root.
    Folder,
    /// A file.
    File,
    /// Any item but the root.
    Child,
    /// An item that concerns an active job, or else any but the root.
    OfJob,
    /// A folder that concerns an active job, or else any.
    FolderOfJob,
    /// A file that was written more than once, or else any file.
    Written,
    /// A file that had another name before, or else a file as in `Written`.
    Renamed,
    /// An item in the bin, or else any but the root.
    Binned,
    /// An item with an access level set on it, or else any.
    Limited,
}

/// How a selector names its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressBy {
    /// By its path.
    Path,
    /// By its id.
    Id,
    /// By the id of a deleted item.
    Stale,
    /// By a path below it that does not exist.
    Missing,
    /// By a text that is not a path.
    NoPath,
}

/// The tag that is expected of the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names describe them")]
pub enum Tag {
    None,
    RightETag,
    RightCTag,
    WrongETag,
    WrongCTag,
}

/// Selects an item before the existing items are known. Prints as one line.
#[derive(Clone)]
pub struct ItemSelector {
    /// The index of the drive.
    pub drive: u8,
    /// The index among the matching items.
    pub pick: u16,
    /// The items that match.
    pub want: Selector,
    /// How the item is named.
    pub by: AddressBy,
    /// The expected tag; the op fails if the item has another one.
    pub tag: Tag,
    /// The name of an item in it that is meant instead, if a path names it.
    pub child: Option<String>,
}

/// A fault that is injected into a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobFault {
    /// Its target is moved into its source.
    TargetIntoSource,
    /// Its source is deleted.
    DeleteSource,
    /// Its target is deleted.
    DeleteTarget,
    /// Its first visible new item is moved to the root of the drive.
    MoveNewItem,
    /// Its first visible new item is deleted.
    DeleteNewItem,
    /// A file that it is to replace is deleted.
    DeleteReplaced,
    /// A folder is created in place of a file that it is to replace, if that does not exist any more.
    FolderInPlace,
    /// One of its drives is removed, if that is the additional one.
    RemoveDrive,
    /// Its target becomes read-only.
    MakeTargetReadOnly,
    /// Its source is locked.
    LockSource,
    /// The quota of its target drive becomes too small.
    ExhaustQuota,
}

/// The service whose rules a drive of a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// No service: a plain drive.
    Plain,
    /// OneDrive for Business and SharePoint.
    Business,
    /// OneDrive personal.
    Personal,
    /// Box.
    Box,
}

impl Service {
    /// All services.
    pub const ALL: [Service; 4] = [Service::Plain, Service::Business, Service::Personal, Service::Box];

    /// Returns the name of the service's profile.
    pub fn name(self) -> &'static str {
        match self {
            Service::Plain => "plain",
            Service::Business => "business",
            Service::Personal => "personal",
            Service::Box => "box",
        }
    }

    /// Returns the service's profile.
    pub fn profile(self) -> Profile {
        match self {
            Service::Plain => Profile::PLAIN,
            Service::Business => Profile::BUSINESS,
            Service::Personal => Profile::PERSONAL,
            Service::Box => Profile::BOX,
        }
    }
}
