//! Stages a copy: open, plan, reserve, build. Each lock is held as briefly as possible.

use std::sync::Arc;

use drivesim_core::copy::{Planned, Staged, open};
use drivesim_core::{Actor, Timestamp};
use drivesim_jobs::{SimTime, Timeline, Work};

use crate::drives::{DriveCell, read_both};
use crate::error::Error;
use crate::job_state::CopyRequest;
use crate::state::Shared;

/// How many names and contents of another drive are imported under one lock.
const IMPORT_BATCH: usize = 1024;

/// A copy that is ready to be attached.
pub(crate) struct StagedCopy {
    pub(crate) timeline: Timeline,
    pub(crate) target: Arc<DriveCell>,
    pub(crate) staged: Staged,
    pub(crate) n_bytes: u64,
}

/// Builds a copy. No lock is held while the source is read and the copy is built.
pub(crate) fn stage_copy(
    sim: &Shared,
    request: &CopyRequest,
    accepted_at: SimTime,
    at: Timestamp,
) -> Result<StagedCopy, Error> {
    let source = sim.drives.by_ref(&request.source_drive)?;
    let target = sim.drives.by_ref(&request.target_drive)?;
    source.purge_due(at);
    target.purge_due(at);
    let actor = Actor { at, by: &request.user };
    let planned = loop {
        let opened = read_both(&source, &target, |source, target| open(source, target, &request.spec))?;
        #[cfg(test)]
        crate::drives::call_hook(&target);
        let mut planned = opened.plan()?;
        // While the target was being replaced, its cell held a temporary clone. The copy is then planned again for the
        // current drive.
        if import(&target, &mut planned, actor)? {
            break planned;
        }
    };
    let work = Work::new(request.pace, planned.sizes());
    let n_bytes = planned.n_bytes();
    let parallel_from = sim.staging.parallel_from;
    let ticket = target.write().reserve(&planned, actor)?;
    let staged = if planned.n_items() >= parallel_from {
        sim.staging.run(move || planned.build(ticket, parallel_from))
    } else {
        planned.build(ticket, usize::MAX)
    };
    Ok(StagedCopy { timeline: Timeline::new(accepted_at, work), target, staged, n_bytes })
}

/// Imports what a copy needs besides its items. Returns `false`, and has imported nothing, if the copy was not opened
/// in the current drive.
fn import(target: &DriveCell, planned: &mut Planned, actor: Actor<'_>) -> Result<bool, Error> {
    loop {
        let mut drive = target.write();
        if !drive.is_of(planned) {
            return Ok(false);
        }
        if !drive.import(planned, IMPORT_BATCH, actor)? {
            return Ok(true);
        }
    }
}
