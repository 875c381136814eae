//! Implements the verb that starts copies.

use drivesim_core::copy::{CopySpec, Reveal, Scope, check};
use drivesim_core::{Error as DriveError, ItemId};
use drivesim_jobs::Pace;

use crate::address::Address;
use crate::copy_locks::lock_endpoints;
use crate::drives::read_both;
use crate::effects::Effects;
use crate::error::Error;
use crate::job::Job;
use crate::job_state::{CopyRequest, EndpointPaths};
use crate::options::CopyOptions;
use crate::sim::Sim;
use crate::sim::resolve::resolve;

impl Sim {
    /// Starts a copy of an item to a folder, of the same drive or another, and returns its job.
    ///
    /// ```
    /// # use drivesim::{Conflict, CopyOptions, JobStatus, Sim};
    /// let sim = Sim::builder().outline("a.txt = \"hi\"\n").build()?;
    /// let job = sim.copy("/a.txt", "/", CopyOptions::default().on_conflict(Conflict::Rename))?;
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// sim.assert_outline("a.txt = \"hi\"\na 1.txt = \"hi\"\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// Errors that are found at once, see [`check`]; [`Error::Pace`]. Nothing has happened then. Later errors are the
    /// job's outcome.
    pub fn copy(
        &self,
        source: impl Into<Address>,
        target: impl Into<Address>,
        options: CopyOptions,
    ) -> Result<Job, Error> {
        let sim = &**self.state();
        let (source, target) = (source.into(), target.into());
        let pace = options.pace.unwrap_or(sim.pace);
        pace.check()?;
        let now = sim.run_due();
        let (source_cell, target_cell) = (sim.cell(&source)?, sim.cell(&target)?);
        if let (true, Some(name)) = (options.children_only, &options.name) {
            return Err(DriveError::ChildrenOnlyWithName { name: name.clone() }.into());
        }
        target_cell.purge_due(sim.timestamp(now));
        let (spec, paths) = read_both(&source_cell, &target_cell, |from, to| -> Result<_, Error> {
            // Paths are resolved first; errors of the items are found in the order of `check`.
            let spec = spec_of(resolve(from, &source)?, resolve(to, &target)?, &options, pace);
            check(from, to, &spec)?;
            // Source and target of an instant copy cannot be removed meanwhile.
            let paths =
                (pace != Pace::Instant).then(|| EndpointPaths::of((from, spec.source), (to, spec.target)));
            Ok((spec, paths))
        })?;
        let request = |spec| CopyRequest {
            source_drive: source_cell.drive_ref.clone(),
            target_drive: target_cell.drive_ref.clone(),
            paths,
            spec,
            user: self.user().into(),
            pace,
            visibility: options.visibility.unwrap_or(sim.visibility),
            on_failure: options.on_failure.unwrap_or(sim.on_failure),
        };
        let mut effects = Effects::default();
        let locked = || lock_endpoints(&source_cell, &target_cell, spec).map(request);
        let cell = sim.jobs.accept(sim.seed, now, locked)?;
        cell.publish_acceptance(&mut effects);
        if pace == Pace::Instant {
            cell.run_until(sim, now, &mut effects);
        }
        sim.publish(effects);
        // Queued last, so that no reader receives the start of a job before its acceptance.
        sim.jobs.enqueue(&cell);
        Ok(Job { sim: self.clone(), cell })
    }
}

fn spec_of(source: ItemId, target: ItemId, options: &CopyOptions, pace: Pace) -> CopySpec {
    let mut spec = CopySpec::new(source, target).on_conflict(options.conflict);
    spec.name = options.name.clone();
    spec.scope = if options.children_only { Scope::ChildrenOnly } else { Scope::Whole };
    spec.versions = options.versions;
    spec.reveal = if pace == Pace::Instant { Reveal::AtOnce } else { Reveal::Gradual };
    spec
}
