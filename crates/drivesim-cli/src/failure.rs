//! The only place for why a command stops early, and for the exit code and message of each reason.

use std::io::{self, Write as _};
use std::process::ExitCode;

use drivesim::{DriveError, Error};

/// Returns why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, or what it points to, is wrong.
    Usage(anyhow::Error),
    /// The drive refused, or the job failed.
    Refused(Error),
    /// Something of the seeds was left out, and the caller is strict about that.
    LeftOut { flag: String, n_left_out: usize },
    /// What came out could not be printed.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            Failure::Refused(_) | Failure::LeftOut { .. } => ExitCode::from(1),
            // Who closes a pipe has read enough.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Failure::Output(_) => ExitCode::from(1),
        }
    }

    /// Tells the user on stderr; if that is closed, nobody is there to be told.
    pub(crate) fn tell(&self) {
        let message = match self {
            Failure::Usage(error) => format!("{error:#}"),
            Failure::Refused(error) => format!("{}: {error}", error.code()),
            Failure::LeftOut { flag, n_left_out: 1 } => format!("{flag}: one thing is left out"),
            Failure::LeftOut { flag, n_left_out } => format!("{flag}: {n_left_out} things are left out"),
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
    /// What the command line asked for wrongly is bad usage; the rest is a refusal of the drive.
    fn from(error: Error) -> Failure {
        match error {
            Error::Drive(DriveError::ConflictNotOffered { .. })
            | Error::Outline(_)
            | Error::Seed(_)
            | Error::Option { .. }
            | Error::NotItsLine { .. }
            | Error::NoOwner { .. }
            | Error::NoProfile { .. }
            | Error::Pace(_) => Failure::Usage(error.into()),
            _ => Failure::Refused(error),
        }
    }
}
