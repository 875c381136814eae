//! The only place where a copy is asked for and jobs are looked up.

use std::sync::mpsc::Receiver;

use drivesim_core::copy::{CopySpec, Reveal, Scope, check};
use drivesim_core::{Error as DriveError, ItemId};
use drivesim_jobs::Pace;

use crate::address::Address;
use crate::drives::read_both;
use crate::error::Error;
use crate::event::{JobEvent, Pending};
use crate::ids::JobId;
use crate::job::Job;
use crate::options::CopyOptions;
use crate::running::Order;
use crate::sim::{Sim, check_writable, resolve};

impl Sim {
    /// Asks for a copy of an item in a folder, of the same drive or another, and returns the job that makes it.
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
    /// What is refused at once, see [`check`]; [`Error::Pace`]. Nothing has happened then. What is refused later
    /// is the job's outcome.
    pub fn copy(
        &self,
        source: impl Into<Address>,
        target: impl Into<Address>,
        options: CopyOptions,
    ) -> Result<Job, Error> {
        let sim = &*self.shared;
        let (source, target) = (source.into(), target.into());
        let pace = options.pace.unwrap_or(sim.pace);
        pace.check()?;
        let now = sim.settle();
        let (source_cell, target_cell) = (self.cell(&source)?, self.cell(&target)?);
        if let (true, Some(name)) = (options.children_only, &options.name) {
            return Err(DriveError::ChildrenOnlyWithName { name: name.clone() }.into());
        }
        let spec = read_both(&source_cell, &target_cell, |from, to| -> Result<CopySpec, Error> {
            // Paths are followed first; what is wrong with the items they lead to is told in the order of `check`,
            // that the target may not be changed after that it is there.
            let spec = spec_of(resolve(from, &source)?, resolve(to, &target)?, &options, pace);
            let checked = check(from, to, &spec);
            if let Err(error) = &checked
                && comes_before_access(error)
            {
                return Err(error.clone().into());
            }
            check_writable(&target_cell)?;
            Ok(checked.map(|()| spec)?)
        })?;
        let order = Order {
            source_drive: source_cell.id,
            target_drive: target_cell.id,
            spec,
            pace,
            visibility: options.visibility.unwrap_or(sim.visibility),
            leftovers: options.leftovers.unwrap_or(sim.leftovers),
        };
        let mut told = Pending::default();
        let cell = sim.jobs.accept(sim.seed, now, order, &mut told);
        if pace == Pace::Instant {
            cell.run_until(sim, now, &mut told);
        }
        sim.tell(told);
        // Queued last: nobody hears that a job started before it was accepted.
        sim.jobs.enqueue(&cell);
        Ok(Job { sim: self.clone(), cell })
    }

    /// Returns the jobs that are still known, oldest first: all that run, and those that ended not too long ago.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.jobs()[0].id(), job.id());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs(&self) -> Vec<Job> {
        let now = self.shared.settle();
        self.shared.jobs.forget(now);
        self.shared.jobs.all().into_iter().map(|cell| Job { sim: self.clone(), cell }).collect()
    }

    /// Returns a job by its id; `None` for one that never was or ended long ago.
    pub fn job(&self, id: JobId) -> Option<Job> {
        let now = self.shared.settle();
        self.shared.jobs.forget(now);
        self.shared.jobs.get(id).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Subscribes to what happens to jobs from now on: accepted, started, each whole percent, completed, failed.
    ///
    /// Events come in the order of due time, then job; each carries its own due time.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, EventKind, Sim};
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// let events = sim.events();
    /// sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// let kinds: Vec<EventKind> = events.try_iter().map(|event| event.kind).collect();
    /// assert_eq!(kinds[..2], [EventKind::Accepted, EventKind::Started]);
    /// assert_eq!(kinds.last(), Some(&EventKind::Completed));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events(&self) -> Receiver<JobEvent> {
        let now = self.shared.settle();
        self.shared.jobs.pass_percents(&self.shared, now);
        self.shared.subscribers.subscribe()
    }
}

/// Says whether a check comes before that of access, in the order of [`check`].
fn comes_before_access(error: &DriveError) -> bool {
    matches!(
        error,
        DriveError::NotFound { .. }
            | DriveError::ConflictNotOffered { .. }
            | DriveError::ChildrenOnlyWithName { .. }
            | DriveError::IsRoot { .. }
            | DriveError::ChildrenOfAFile { .. }
            | DriveError::NotAFolder { .. }
    )
}

fn spec_of(source: ItemId, target: ItemId, options: &CopyOptions, pace: Pace) -> CopySpec {
    let mut spec = CopySpec::new(source, target).on_conflict(options.conflict);
    spec.name = options.name.clone();
    spec.scope = if options.children_only { Scope::ChildrenOnly } else { Scope::Whole };
    spec.reveal = if pace == Pace::Instant { Reveal::AtOnce } else { Reveal::Gradual };
    spec
}
