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
}

/// What a call must return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing but that it worked.
    Done,
    /// An item.
    Item(Key),
    /// So many items.
    Count(u64),
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
    /// A taken name was settled in this way, for an item of this kind.
    Settled(&'static str, ItemKind),
}

/// One step: what was called, what must come of it, what happened.
#[derive(Clone, Debug)]
pub struct Step {
    /// The call.
    pub call: Call,
    /// What it must return.
    pub expected: Expected,
    /// What happened.
    pub marks: Vec<Mark>,
}
