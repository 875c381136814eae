//! Runs the program `drivesim` and returns its exit code.

mod allocator;
mod args;
mod failure;

mod copy;
mod limits;
mod options;
mod outline;
mod routes;
mod serve;

mod progress;
mod read;
mod report;
mod signal;
mod target;
mod watch;

use std::process::ExitCode;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let done = match Args::read().command {
        Command::Copy(args) => copy::run(&args),
        Command::Outline(args) => outline::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Routes(args) => routes::run(&args),
        Command::Options(args) => options::run(&args),
        Command::Limits(args) => limits::run(&args),
    };
    match done {
        Ok(Completeness::Whole) => ExitCode::SUCCESS,
        Ok(Completeness::Partial) => ExitCode::from(1),
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}

/// Whether a command that did not fail did everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Completeness {
    Whole,
    /// Something was left out, and the caller is strict about that.
    Partial,
}
