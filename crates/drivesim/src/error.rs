//! What can go wrong: the errors of a simulator, and those of its drives.

use drivesim_core::Quoted;
use drivesim_core::outline::{OutlineError, Position};
pub use drivesim_core::{
    Error as DriveError, FixtureError, NameFault, OptionError, PathFault, RootVerb, WireIdError,
};
use drivesim_jobs::{ClockError, Pace, PaceError};

use crate::ids::JobId;
use crate::owner::ParseOwnerError;

/// The error of a call or of a failed job. A failed call has changed nothing. The `Debug` text is the message too.
///
/// The variants are all there are, as those of [`DriveError`]: a new one is a breaking change.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An error of a drive.
    #[error(transparent)]
    Drive(#[from] drivesim_core::Error),
    /// No drive has the name, or it was removed.
    #[error("there is no drive {}", Quoted(.name))]
    NoDrive {
        /// The name or id that was given.
        name: String,
    },
    /// Another drive has the name.
    #[error("a drive {} already exists", Quoted(.name))]
    DriveExists {
        /// The name that was given.
        name: String,
    },
    /// The text is not an outline.
    #[error("not an outline: {0}")]
    Outline(OutlineError),
    /// The outline has something that its drive cannot hold.
    #[error("no drive can hold the outline: {0}")]
    Fixture(FixtureError),
    /// The profile of the drive has no such option, or the option has no such value.
    #[error("{}the drive {}: {fault}", outline_place(.at), Quoted(.drive))]
    Option {
        /// Where the name of the drive stands; the default where it is in no text.
        at: Position,
        /// The name of the drive.
        drive: String,
        /// What is wrong with the option.
        fault: OptionError,
    },
    /// A drive cannot have the wire id that its line gives it.
    #[error("{}the drive {}: {fault}", place(.at), Quoted(.drive))]
    DriveWireId {
        /// Where the name of the drive stands; the default where it is in no text.
        at: Position,
        /// The name of the drive.
        drive: String,
        /// What is wrong with the id.
        fault: WireIdError,
    },
    /// An outline for one drive has the `drive` line of another.
    #[error("{at}: this outline is for the drive {}, but this is not its drive line", Quoted(.drive))]
    NotItsLine {
        /// Where the name in the line stands.
        at: Position,
        /// The name of the drive.
        drive: String,
    },
    /// No profile has this name.
    #[error("expected a profile to be one of plain, business, personal, box, found {}", Quoted(.profile))]
    NoProfile {
        /// What was given.
        profile: String,
    },
    /// The text names no owner.
    #[error("expected an owner to be one of me, user:ID, group:ID, site:ID, found {}", Quoted(.owner))]
    NoOwner {
        /// What was given.
        owner: String,
    },
    /// No access level has this name.
    #[error("expected access to be one of write, read, none, found {}", Quoted(.access))]
    NoAccess {
        /// What was given.
        access: String,
    },
    /// A job at this pace would never end.
    #[error(transparent)]
    Pace(#[from] PaceError),
    /// The clock follows the system's.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// An item cannot be moved to another drive; only copies cross drives.
    #[error("items cannot be moved from the drive {} to the drive {}, only copied", Quoted(.from), Quoted(.to))]
    AcrossDrives {
        /// The name of the drive the item is in.
        from: String,
        /// The name of the target drive.
        to: String,
    },
    /// A file is too large to be read into memory whole.
    #[error("{size} bytes are too many to be read at once; read a range")]
    TooLargeToRead {
        /// How many bytes the file has.
        size: u64,
    },
    /// The job will never end: a state was restored in which it was not yet accepted.
    #[error("the job {id} does not exist in the restored state")]
    NoJob {
        /// The job.
        id: JobId,
    },
    /// A job that is not held cannot be stepped.
    #[error("a job at the pace {pace} moves by itself; only held jobs are stepped")]
    NotHeld {
        /// The pace of the job.
        pace: Pace,
    },
    /// An error that was deserialized: only its code and its message are kept.
    #[error("{message}")]
    Reported {
        /// What [`Error::code`] returned.
        code: &'static str,
        /// The message.
        message: String,
    },
}

// Part of the message, so it is not the source of the error as well: a chain would print it twice.
impl From<OutlineError> for Error {
    fn from(error: OutlineError) -> Error {
        Error::Outline(error)
    }
}

impl From<ParseOwnerError> for Error {
    fn from(error: ParseOwnerError) -> Error {
        Error::NoOwner { owner: error.text }
    }
}

impl From<FixtureError> for Error {
    fn from(error: FixtureError) -> Error {
        Error::Fixture(error)
    }
}

impl Error {
    /// Returns about how many bytes the error takes on the heap.
    pub(crate) fn n_bytes(&self) -> usize {
        match self {
            Error::Drive(error) => error.n_bytes(),
            // Jobs fail with few others, and these have short texts.
            error => error.to_string().len(),
        }
    }

    /// Returns a short word for the kind of error: that of Microsoft Graph where it has one.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Drive(error) => error.code(),
            Error::Reported { code, .. } => code,
            Error::NoDrive { .. } | Error::NoJob { .. } => "itemNotFound",
            Error::DriveExists { .. } => "nameAlreadyExists",
            Error::NotHeld { .. } | Error::AcrossDrives { .. } | Error::TooLargeToRead { .. } => {
                "notSupported"
            }
            Error::Outline(_)
            | Error::Fixture(_)
            | Error::Option { .. }
            | Error::DriveWireId { .. }
            | Error::NotItsLine { .. }
            | Error::NoOwner { .. }
            | Error::NoAccess { .. }
            | Error::NoProfile { .. }
            | Error::Pace(_)
            | Error::Clock(_) => "invalidRequest",
        }
    }
}

/// Returns the prefix of a message about a position in an outline, if there is one.
fn outline_place(at: &Position) -> String {
    if *at == Position::default() { String::new() } else { format!("not an outline: {at}: ") }
}

/// Returns the prefix of a message about a position in a text, if there is one.
fn place(at: &Position) -> String {
    if *at == Position::default() { String::new() } else { format!("{at}: ") }
}
