//! The only place that starts a copy: open, plan, reserve, fill, attach, with each lock held as short as can be.

use drivesim_core::Timestamp;
use drivesim_core::copy::{Attached, open};
use drivesim_jobs::{SimTime, Timeline, Work};

use crate::drives::read_both;
use crate::error::Error;
use crate::running::Order;
use crate::sim::Shared;

/// How many names and contents of another drive are taken over under one lock.
const ADOPT: usize = 1024;

/// A copy that is in its place.
pub(crate) struct Started {
    pub(crate) timeline: Timeline,
    pub(crate) attached: Attached,
    pub(crate) n_bytes: u64,
}

/// Starts a copy. No lock is held while the source is read and the copy is built.
pub(crate) fn start(
    sim: &Shared,
    order: &Order,
    accepted_at: SimTime,
    at: Timestamp,
) -> Result<Started, Error> {
    let source = sim.drives.get(order.source_drive)?;
    let target = sim.drives.get(order.target_drive)?;
    let opened = read_both(&source, &target, |source, target| open(source, target, &order.spec))?;
    let parallel_from = sim.staging.parallel_from;
    let is_large = opened.has_at_least(parallel_from);
    let mut planned = if is_large {
        sim.staging.run(move || opened.plan(parallel_from))?
    } else {
        opened.plan(usize::MAX)?
    };
    while target.drive.write().adopt(&mut planned, ADOPT)? {}
    let work = Work::new(order.pace, planned.sizes());
    let n_bytes = planned.sizes().fold(0, u64::saturating_add);
    let ticket = target.drive.write().reserve(&planned, at)?;
    let staged = if is_large {
        sim.staging.run(move || planned.fill(ticket, parallel_from))
    } else {
        planned.fill(ticket, usize::MAX)
    };
    let attached = target.drive.write().attach(staged)?;
    Ok(Started { timeline: Timeline::new(accepted_at, work), attached, n_bytes })
}
