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
    /// Measure only the groups whose names contain this.
    #[arg(long)]
    only: Option<String>,
    /// Be the process whose memory is looked at.
    #[arg(long, hide = true)]
    memory: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.memory {
        figures::memory::child();
        return ExitCode::SUCCESS;
    }
    let n_cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    machine::describe(n_cores);
    machine::take_memory(if args.quick { 2 } else { 6 });
    let mut report = Report::default();
    type Group<'a> = (&'a str, &'a dyn Fn(&mut Report));
    let readers = |report: &mut Report| figures::readers::run(report, n_cores);
    let groups: [Group; 10] = [
        ("copy", &figures::copying::run),
        ("peers", &figures::copying::against_file_systems),
        ("shapes", &figures::shapes::run),
        ("heap", &figures::heap::run),
        ("naming", &figures::naming::run),
        ("verbs", &figures::verbs::run),
        ("locks", &figures::locks::run),
        ("small", &figures::locks::small),
        ("readers", &readers),
        ("memory", &figures::memory::run),
    ];
    let is_wanted = |name: &str| args.only.as_deref().is_none_or(|only| name.contains(only));
    for (name, run) in groups {
        if is_wanted(name) {
            println!("# {name}");
            run(&mut report);
        }
    }
    if !args.quick && is_wanted("growth") {
        figures::shapes::growth(&mut report);
    }
    let reached = report.finish();
    if args.check && !reached { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
