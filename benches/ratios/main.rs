//! Measures drivesim, others and the floor in one run and says which goals are reached.

mod figures;
mod machine;
mod peers;
mod report;
mod trees;

use std::process::ExitCode;

use clap::Parser;

use crate::report::Report;

/// Measures drivesim against others and against the floor, in the same run.
#[derive(Debug, Parser)]
struct Args {
    /// Leave out what takes more than a million items.
    #[arg(long)]
    quick: bool,
    /// Fail if a goal is missed.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let n_cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    machine::describe(n_cores);
    let mut report = Report::default();
    let wide = figures::copying::run(&mut report);
    figures::copying::against_file_systems(&mut report);
    let _ = (wide, args.quick);
    let reached = report.finish();
    if args.check && !reached { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
