//! Defines why a command stops early, with the exit code and message of each reason.

use std::io::{self, Write as _};
use std::process::ExitCode;

use drivesim::Error;
use drivesim::error::DriveError;

/// The reason why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, or a file that it names, is wrong.
    Usage(anyhow::Error),
    /// An operation of the drive or the job failed.
    Refused(Error),
    /// Items of the fixtures were left out, and the caller is strict about that.
    LeftOut { flag: String, n_left_out: usize },
    /// The result could not be printed.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            Failure::Refused(_) | Failure::LeftOut { .. } => ExitCode::from(1),
            // A reader that closes the pipe has read enough.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Failure::Output(_) => ExitCode::from(1),
        }
    }

    /// Prints the message to stderr. Ignores a closed stderr.
    pub(crate) fn print(&self) {
        let message = match self {
            Failure::Usage(error) => format!("{error:#}"),
            Failure::Refused(error) => format!("{}: {error}", error.code()),
            Failure::LeftOut { flag, n_left_out: 1 } => format!("{flag}: one item is left out"),
            Failure::LeftOut { flag, n_left_out } => format!("{flag}: {n_left_out} items are left out"),
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return,
            Failure::Output(error) => format!("cannot write to stdout: {error}"),
        };
        let _ = writeln!(io::stderr(), "error: {message}");
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Usage(error)
    }
}

impl From<Error> for Failure {
    /// Errors of the command line are bad usage; all others are failures of the drive.
    fn from(error: Error) -> Failure {
        match error {
            Error::Drive(DriveError::ConflictNotOffered { .. })
            | Error::Outline(_)
            | Error::Fixture(_)
            | Error::Option { .. }
            | Error::NotItsLine { .. }
            | Error::NoOwner { .. }
            | Error::NoProfile { .. }
            | Error::Pace(_) => Failure::Usage(error.into()),
            _ => Failure::Refused(error),
        }
    }
}
