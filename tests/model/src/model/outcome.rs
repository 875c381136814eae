//! Defines the results of calls that the model expects.

use drivesim::item::ItemKind;

use super::{Call, Key};

/// Why a call or a job failed: one variant for each rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are named as the variants of drivesim's errors")]
pub enum ModelError {
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
    SomeFailed(Vec<ModelError>),
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

impl ModelError {
    /// Returns its code, that of [`drivesim::Error::code`].
    pub fn code(&self) -> &'static str {
        match self {
            ModelError::NotFound | ModelError::NoDrive | ModelError::NoVersion | ModelError::NotInBin => {
                "itemNotFound"
            }
            ModelError::NameTaken | ModelError::DriveExists => "nameAlreadyExists",
            ModelError::PathTooLong => "pathIsTooLong",
            ModelError::TooManyItems => "totalAffectedItemCountExceeded",
            ModelError::SizeOverflow | ModelError::QuotaExceeded => "quotaLimitReached",
            ModelError::ConflictNotOffered
            | ModelError::AcrossDrives
            | ModelError::NotHeld
            | ModelError::TimesNotSettable => "notSupported",
            ModelError::TagMismatch | ModelError::NothingToMatch => "resourceModified",
            ModelError::AccessDenied => "accessDenied",
            ModelError::Locked => "resourceLocked",
            ModelError::SomeFailed(_) => "someItemsFailed",
            ModelError::BadPath
            | ModelError::BadName
            | ModelError::NotAFolder
            | ModelError::NotAFile
            | ModelError::IsRoot
            | ModelError::IntoItself
            | ModelError::ChildrenOfAFile
            | ModelError::ChildrenOnlyWithName
            | ModelError::Pace
            | ModelError::NoLock
            | ModelError::CurrentVersion
            | ModelError::DescriptionTooLong => "invalidRequest",
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
    Refused(Vec<ModelError>),
}

/// An event of a step that a run of histories should cover often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A job advanced.
    Job(&'static str),
    /// A job failed for this reason.
    Failed(ModelError),
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
