//! The only place that builds a copy: open, plan, reserve, fill, with each lock held as short as can be.

use std::sync::Arc;

use drivesim_core::copy::{Staged, open};
use drivesim_core::{Act, Timestamp};
use drivesim_jobs::{SimTime, Timeline, Work};

use crate::drives::{DriveCell, read_both};
use crate::error::Error;
use crate::running::Order;
use crate::sim::Shared;

/// How many names and contents of another drive are taken over under one lock.
const ADOPT: usize = 1024;

/// A copy that is ready to be put in its place.
pub(crate) struct Ready {
    pub(crate) timeline: Timeline,
    pub(crate) target: Arc<DriveCell>,
    pub(crate) staged: Staged,
    pub(crate) n_bytes: u64,
}

/// Builds a copy. No lock is held while the source is read and the copy is built.
pub(crate) fn prepare(
    sim: &Shared,
    order: &Order,
    accepted_at: SimTime,
    at: Timestamp,
) -> Result<Ready, Error> {
    let source = sim.drives.get(order.source_drive)?;
    let target = sim.drives.get(order.target_drive)?;
    source.purge_due(at);
    target.purge_due(at);
    let opened = read_both(&source, &target, |source, target| open(source, target, &order.spec))?;
    let parallel_from = sim.staging.parallel_from;
    let mut planned = opened.plan()?;
    let act = Act { at, by: &order.by };
    while target.write().adopt(&mut planned, ADOPT, act)? {}
    let work = Work::new(order.pace, planned.sizes());
    let n_bytes = planned.n_bytes();
    let ticket = target.write().reserve(&planned, act)?;
    let staged = if planned.n_items() >= parallel_from {
        sim.staging.run(move || planned.fill(ticket, parallel_from))
    } else {
        planned.fill(ticket, usize::MAX)
    };
    Ok(Ready { timeline: Timeline::new(accepted_at, work), target, staged, n_bytes })
}
