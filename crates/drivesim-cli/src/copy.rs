//! Runs the command `copy`: reads, copies the given number of times, reports.

use std::time::Instant;

use drivesim::{Conflict, CopyOptions, ItemId, Sim};

use crate::Completeness;
use crate::args::CopyArgs;
use crate::failure::Failure;
use crate::progress::CopyProgress;
use crate::read::read_item;
use crate::report::{CompletedCopy, Outcome};
use crate::target::target;
use crate::watch::watch;

/// Runs the command.
pub(crate) fn run(args: &CopyArgs) -> Result<Completeness, Failure> {
    let mut outcome = Outcome::default();
    let error = match copy(args, &mut outcome) {
        Ok(()) => None,
        Err(Failure::Refused(error)) => Some(error),
        Err(other) => return Err(other),
    };
    if args.json {
        outcome.print_json(error.as_ref())?;
    } else {
        outcome.print_text()?;
    }
    match error {
        Some(error) => Err(Failure::Refused(error)),
        None if args.read.strict && outcome.n_left_out > 0 => Ok(Completeness::Partial),
        None => Ok(Completeness::Whole),
    }
}

/// Does the work. If it fails, `outcome` has the partial result.
fn copy(args: &CopyArgs, outcome: &mut Outcome) -> Result<(), Failure> {
    let (read, source) = read_item(&args.read, args.pace)?;
    let sim = &read.sim;
    outcome.n_left_out = read.left_out.len();
    outcome.source = sim.totals(source)?;
    let target = target(sim, source, &args.into)?;
    let mut copying = CopyProgress::start(&outcome.source, args.times);
    let mut last = None;
    for _ in 0..args.times {
        last = Some(copy_once(sim, source, target, args, &mut copying, outcome)?);
    }
    outcome.copy = last.map(|item| describe(sim, item)).transpose()?;
    Ok(())
}

fn copy_once(
    sim: &Sim,
    source: ItemId,
    target: ItemId,
    args: &CopyArgs,
    copying: &mut CopyProgress,
    outcome: &mut Outcome,
) -> Result<ItemId, Failure> {
    outcome.percent = 0.0;
    let options = options(args);
    let started_at = Instant::now();
    let job = sim.copy(source, target, options)?;
    let end = watch(&job, |view| copying.show(view));
    outcome.elapsed += end.at.saturating_duration_since(started_at);
    outcome.percent = job.percent_complete();
    let item = end.outcome?;
    outcome.n_copies += 1;
    outcome.n_items += job.progress().items_total as u64;
    Ok(item)
}

fn options(args: &CopyArgs) -> CopyOptions {
    // The second of several copies would fail otherwise.
    let implied = if args.times > 1 { Conflict::Rename } else { Conflict::Fail };
    let mut options = CopyOptions::default().on_conflict(args.on_conflict.unwrap_or(implied));
    options.name = args.name.clone();
    options
}

fn describe(sim: &Sim, id: ItemId) -> Result<CompletedCopy, Failure> {
    let (item, path, totals) = (sim.item(id)?, sim.path(id)?, sim.totals(id)?);
    Ok(CompletedCopy { id, name: item.name, path, totals })
}
