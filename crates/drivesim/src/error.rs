//! The only place for what a simulator refuses beside what its drives refuse.

use drivesim_core::outline::{OutlineError, Position};
use drivesim_core::{OptionError, SeedError, Shown, WireIdError};
use drivesim_jobs::{ClockError, Pace, PaceError};

use crate::ids::JobId;

/// Returns why a call was refused, or why a job failed. A refused call has changed nothing. Its `Debug` text is the message
/// too.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A drive refuses it.
    #[error(transparent)]
    Drive(#[from] drivesim_core::Error),
    /// No drive has the name, or it was removed.
    #[error("there is no drive {}", Shown(.name))]
    NoDrive {
        /// The name or id that was looked for.
        name: String,
    },
    /// Another drive has the name.
    #[error("there is a drive {} already", Shown(.name))]
    DriveExists {
        /// The name that was wanted.
        name: String,
    },
    /// The text is not an outline.
    #[error("not an outline: {0}")]
    Outline(OutlineError),
    /// The outline asks for something its drive cannot hold.
    #[error("no drive can hold the outline: {0}")]
    Seed(SeedError),
    /// A drive is to have an option that its profile does not have, or a value that the option does not have.
    #[error("{}the drive {}: {fault}", outline_place(.at), Shown(.drive))]
    Option {
        /// Where the name of the drive stands; the default where it is in no text.
        at: Position,
        /// The name of the drive.
        drive: String,
        /// What is wrong with the option.
        fault: OptionError,
    },
    /// A drive cannot have the id of the wire that its line gives it.
    #[error("{}the drive {}: {fault}", place(.at), Shown(.drive))]
    DriveWireId {
        /// Where the name of the drive stands; the default where it is in no text.
        at: Position,
        /// The name of the drive.
        drive: String,
        /// What is wrong with the id.
        fault: WireIdError,
    },
    /// An outline for one drive has a drive line that is not that drive's.
    #[error("{at}: this outline is for the drive {}, and the drive line there is not its own", Shown(.drive))]
    NotItsLine {
        /// Where the name in the line stands.
        at: Position,
        /// The name of the drive.
        drive: String,
    },
    /// No service has this name here.
    #[error("expected a profile to be one of plain, business, personal, box, found {}", Shown(.profile))]
    NoProfile {
        /// What was given.
        profile: String,
    },
    /// Nobody a drive may belong to is called this.
    #[error("expected an owner to be one of me, user:ID, group:ID, site:ID, found {}", Shown(.owner))]
    NoOwner {
        /// What was given.
        owner: String,
    },
    /// No access level is called this.
    #[error("expected access to be one of write, read, none, found {}", Shown(.access))]
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
    /// An item is to be moved to another drive; only copies cross drives.
    #[error("nothing can be moved from the drive {} to the drive {}, only copied", Shown(.from), Shown(.to))]
    AcrossDrives {
        /// The name of the drive the item is in.
        from: String,
        /// The name of the drive it was to go to.
        to: String,
    },
    /// A file is too large to be read into memory whole.
    #[error("{size} bytes are too many to be read at once, read a range of them")]
    TooLargeToRead {
        /// How many bytes the file has.
        size: u64,
    },
    /// The job will never end: a state was restored in which it was not yet accepted.
    #[error("the job {id} is none of the state that was restored")]
    NoJob {
        /// The job.
        id: JobId,
    },
    /// The job is not one that is stepped.
    #[error("a job at the pace {pace} moves by itself; only held jobs are stepped")]
    NotHeld {
        /// The pace of the job.
        pace: Pace,
    },
    /// An error that was read with serde: its code and its message are what is left of it.
    #[error("{message}")]
    Reported {
        /// What [`Error::code`] returned.
        code: &'static str,
        /// The message.
        message: String,
    },
}

// Said in the message, so it is not the source of the error as well: a chain would say it twice.
impl From<OutlineError> for Error {
    fn from(error: OutlineError) -> Error {
        Error::Outline(error)
    }
}

impl From<SeedError> for Error {
    fn from(error: SeedError) -> Error {
        Error::Seed(error)
    }
}

impl Error {
    /// Returns how many bytes the error takes beside itself, about.
    pub(crate) fn n_bytes(&self) -> usize {
        match self {
            Error::Drive(error) => error.n_bytes(),
            // Jobs fail with few others, and these have short texts.
            error => error.to_string().len(),
        }
    }

    /// Returns a short word for the kind of refusal: that of Microsoft Graph where it has one.
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
            | Error::Seed(_)
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

/// Returns what a message begins with for something that may stand in an outline.
fn outline_place(at: &Position) -> String {
    if *at == Position::default() { String::new() } else { format!("not an outline: {at}: ") }
}

/// Returns what a message begins with for something that may stand in a text.
fn place(at: &Position) -> String {
    if *at == Position::default() { String::new() } else { format!("{at}: ") }
}
