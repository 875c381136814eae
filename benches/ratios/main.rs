//! Measures drivesim, its peers and the floor in one run, and reports which goals are reached.

mod figures;
mod machine;
mod peers;
mod trees;

use std::process::ExitCode;

use clap::Parser;

use drivesim_benches::report::{Report, Summary};

/// Measures drivesim against its peers and against the floor, in the same run.
#[derive(Debug, Parser)]
struct Args {
    /// Skip groups with more than a million items.
    #[arg(long)]
    quick: bool,
    /// Fail if a goal is missed.
    #[arg(long)]
    check: bool,
    /// Measure only the groups whose names contain this.
    #[arg(long)]
    only: Option<String>,
    /// Measure this group in this process.
    #[arg(long, hide = true)]
    group: Option<String>,
    /// Run as the child process whose memory is measured.
    #[arg(long, hide = true)]
    memory: bool,
}

/// The name of a group of figures, and the function that measures it.
type Group = (&'static str, fn(&mut Report));

/// The groups in the order of measurement. Groups in one row run at the same time, which is suitable for counts only.
const GROUPS: [&[Group]; 11] = [
    &[("small", figures::locks::small)],
    &[("copy", figures::copying::run)],
    &[("peers", figures::copying::against_file_systems)],
    &[("shapes", figures::shapes::run)],
    &[("growth", figures::shapes::growth)],
    &[("naming", figures::naming::run)],
    &[("verbs", figures::verbs::run)],
    &[("listings", figures::listings::run)],
    &[("locks", figures::locks::run)],
    &[("readers", figures::readers::run)],
    &[("heap", figures::heap::run), ("memory", figures::memory::run)],
];

/// The group with more than a million items.
const LARGE: &str = "growth";

fn main() -> ExitCode {
    let args = Args::parse();
    if args.memory {
        figures::memory::child();
        return ExitCode::SUCCESS;
    }
    if let Some(group) = args.group {
        GROUPS
            .iter()
            .copied()
            .flatten()
            .filter(|(name, _)| *name == group)
            .for_each(|(_, run)| run(&mut Report));
        return ExitCode::SUCCESS;
    }
    machine::describe();
    machine::touch_memory(if args.quick { 2 } else { 6 });
    let is_selected = |name: &str| {
        args.only.as_deref().is_none_or(|only| name.contains(only)) && !(args.quick && name == LARGE)
    };
    let mut summary = Summary::default();
    for row in GROUPS {
        let names: Vec<&str> = row.iter().map(|(name, _)| *name).filter(|name| is_selected(name)).collect();
        if let Err(error) = summary.run_groups(&names) {
            eprintln!("ratios: {}: {error}", names.join(", "));
            return ExitCode::FAILURE;
        }
    }
    let reached = summary.finish();
    if args.check && !reached { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
