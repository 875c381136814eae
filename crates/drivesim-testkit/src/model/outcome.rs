//! The only place for what the model says came, or must come, of a call.

use drivesim::ItemKind;

use super::{Call, Key};

/// Why a call is refused, or a job failed: one for each rule.
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
    /// Returns the short word for it, which is that of [`drivesim::Error::code`].
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
    /// Nothing but that it worked.
    Done,
    /// An item.
    Item(Key),
    /// The lock with this number.
    Lock(usize),
    /// The job with this number.
    Job(usize),
    /// One of these refusals: where several rules are broken, nobody says which is looked at first.
    Refused(Vec<Refusal>),
}

/// Something that happened in a step and that a run of histories should have seen often.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A job moved.
    Job(&'static str),
    /// A job failed for this reason.
    Failed(Refusal),
    /// Something else, in a few words.
    Fact(&'static str),
    /// A taken name was settled in this way, for an item of this kind.
    Settled(&'static str, ItemKind),
}

/// One step: what was called, what must come of it, what happened.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who called.
    pub user: &'static str,
    /// The call.
    pub call: Call,
    /// What it must return.
    pub expected: Expected,
    /// What happened.
    pub marks: Vec<Mark>,
}
