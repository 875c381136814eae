//! Defines the results of calls that the model expects.

use drivesim::item::ItemKind;

use super::{Call, Key};

/// Why a call or a job failed: one variant for each rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are named as the variants of drivesim's errors")]
pub enum Refusal {
    NotFound,
    BadPath,
    NameTaken,
    BadName,
    PathTooLong,
    NotAFolder,
    NotAFile,
    IsRoot,
    IntoItself,
    ChildrenOfAFile,
    ChildrenOnlyWithName,
    TooManyItems,
    SizeOverflow,
    ConflictNotOffered,
    SomeFailed(Vec<Refusal>),
    NoDrive,
    DriveExists,
    AcrossDrives,
    NotHeld,
    Pace,
    TagMismatch,
    NothingToMatch,
    AccessDenied,
    Locked,
    NoLock,
    QuotaExceeded,
    NoVersion,
    CurrentVersion,
    TimesNotSettable,
    DescriptionTooLong,
    NotInBin,
}

impl Refusal {
    /// Returns its code, that of [`drivesim::Error::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotFound | Refusal::NoDrive | Refusal::NoVersion | Refusal::NotInBin => "itemNotFound",
            Refusal::NameTaken | Refusal::DriveExists => "nameAlreadyExists",
            Refusal::PathTooLong => "pathIsTooLong",
            Refusal::TooManyItems => "totalAffectedItemCountExceeded",
            Refusal::SizeOverflow | Refusal::QuotaExceeded => "quotaLimitReached",
            Refusal::ConflictNotOffered
            | Refusal::AcrossDrives
            | Refusal::NotHeld
            | Refusal::TimesNotSettable => "notSupported",
            Refusal::TagMismatch | Refusal::NothingToMatch => "resourceModified",
            Refusal::AccessDenied => "accessDenied",
            Refusal::Locked => "resourceLocked",
            Refusal::SomeFailed(_) => "someItemsFailed",
            Refusal::BadPath
            | Refusal::BadName
            | Refusal::NotAFolder
            | Refusal::NotAFile
            | Refusal::IsRoot
            | Refusal::IntoItself
            | Refusal::ChildrenOfAFile
            | Refusal::ChildrenOnlyWithName
            | Refusal::Pace
            | Refusal::NoLock
            | Refusal::CurrentVersion
            | Refusal::DescriptionTooLong => "invalidRequest",
        }
    }
}

/// What a call must return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Success without a value.
    Done,
    /// An item.
    Item(Key),
    /// The lock with this number.
    Lock(usize),
    /// The job with this number.
    Job(usize),
    /// One of these failures: if several rules are broken, the order of checks is not specified.
    Refused(Vec<Refusal>),
}

/// An event of a step that a run of histories should cover often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A job advanced.
    Job(&'static str),
    /// A job failed for this reason.
    Failed(Refusal),
    /// Another event, in a few words.
    Fact(&'static str),
    /// A conflict was resolved in this way, for an item of this kind.
    Settled(&'static str, ItemKind),
}

/// One step: the call, its expected result, and its events.
#[derive(Clone, Debug)]
pub struct Step {
    /// The caller.
    pub user: &'static str,
    /// The call.
    pub call: Call,
    /// What it must return.
    pub expected: Expected,
    /// The events.
    pub marks: Vec<Mark>,
}
