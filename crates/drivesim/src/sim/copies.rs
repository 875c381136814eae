//! Implements the verbs that start copies and find jobs.

use drivesim_core::copy::{CopySpec, Reveal, Scope, check, locks_ends};
use drivesim_core::{Error as DriveError, ItemId, LockScope};
use drivesim_jobs::{Every, Pace};

use crate::address::Address;
use crate::drives::{DriveCell, read_both};
use crate::error::Error;
use crate::event::{Effects, Events};
use crate::ids::JobId;
use crate::job::{Job, JobPage};
use crate::job_runner::{CopyRequest, Endpoint, Endpoints};
use crate::jobs::EndedJobs;
use crate::options::CopyOptions;
use crate::sim::{Sim, resolve};

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
        let (spec, ends) = read_both(&source_cell, &target_cell, |from, to| -> Result<_, Error> {
            // Paths are resolved first; errors of the items are found in the order of `check`.
            let spec = spec_of(resolve(from, &source)?, resolve(to, &target)?, &options, pace);
            check(from, to, &spec)?;
            // Source and target of an instant copy cannot be removed meanwhile.
            let ends = (pace != Pace::Instant).then(|| Endpoints {
                source: Endpoint::of(&source_cell.drive_ref.name, from, spec.source),
                target: Endpoint::of(&target_cell.drive_ref.name, to, spec.target),
            });
            Ok((spec, ends))
        })?;
        let order = |spec| CopyRequest {
            source_drive: source_cell.id,
            target_drive: target_cell.id,
            endpoints: ends,
            spec,
            user: self.user().into(),
            pace,
            visibility: options.visibility.unwrap_or(sim.visibility),
            leftovers: options.leftovers.unwrap_or(sim.leftovers),
        };
        let mut effects = Effects::default();
        let locked = || lock_ends(&source_cell, &target_cell, spec).map(order);
        let cell = sim.jobs.accept(sim.seed, now, &mut effects, locked)?;
        if pace == Pace::Instant {
            cell.run_until(sim, now, &mut effects);
        }
        sim.publish(effects);
        // Queued last, so that no reader receives the start of a job before its acceptance.
        sim.jobs.enqueue(&cell);
        Ok(Job { sim: self.clone(), cell })
    }

    /// Returns the known jobs, oldest first: all that have not ended, and the last of those that ended recently; see
    /// [`SimBuilder::keep_ended_jobs`](crate::SimBuilder::keep_ended_jobs).
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.jobs()[0].id(), job.id());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs(&self) -> Vec<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.all().into_iter().map(|cell| Job { sim: self.clone(), cell }).collect()
    }

    /// Returns at most `limit` of the known jobs with numbers above `number`, oldest first. The cost depends only on
    /// the size of the page.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// for name in ["b.txt", "c.txt", "d.txt"] {
    ///     sim.copy("/a.txt", "/", CopyOptions::named(name))?;
    /// }
    /// let page = sim.jobs_after(1, 1);
    /// assert_eq!((page.jobs[0].number(), page.jobs.len(), page.more, page.last_number), (2, 1, true, 3));
    /// assert!(!sim.jobs_after(2, 1).more);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn jobs_after(&self, number: u64, limit: usize) -> JobPage {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        // Before `last_number`, so that no job of the page has a higher number.
        let (cells, more) = sim.jobs.after(number, limit);
        let jobs = cells.into_iter().map(|cell| Job { sim: self.clone(), cell }).collect();
        JobPage { jobs, more, last_number: sim.jobs.last_number() }
    }

    /// Returns a job by its number; `None` if it never existed or is forgotten.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let job = sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// assert_eq!(sim.job_numbered(1).map(|job| job.id()), Some(job.id()));
    /// assert!(sim.job_numbered(2).is_none());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn job_numbered(&self, number: u64) -> Option<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.numbered(number).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Returns how many ended jobs are known, and about how many bytes they take. The cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// sim.copy("/a.txt", "/", CopyOptions::named("b.txt"))?;
    /// assert_eq!(sim.ended_jobs().number, 1);
    /// sim.keep_ended_jobs(0, 0);
    /// assert_eq!((sim.ended_jobs().number, sim.ended_jobs().bytes), (0, 0));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn ended_jobs(&self) -> EndedJobs {
        self.state().jobs.ended_jobs().0
    }

    /// Sets how many ended jobs are kept, and how many bytes they may take, like
    /// [`SimBuilder::keep_ended_jobs`](crate::SimBuilder::keep_ended_jobs). The setting stays when another state is
    /// restored.
    pub fn keep_ended_jobs(&self, number: usize, bytes: usize) {
        let sim = self.state();
        sim.jobs.keep_ended(EndedJobs::new(number, bytes), sim.clock.now());
    }

    /// Returns how many bytes running jobs keep in addition to the items of their copies, and the limit: reasons why
    /// items failed, due times at a pace in bytes. Jobs that keep up to 1 KiB and waiting jobs are not counted. The
    /// cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let files: String = (0..99).map(|n| format!("  {n}.txt\n")).collect();
    /// let outline = format!("drive main profile=business\na/\n  new.txt\n{files}b/\n{files}");
    /// let sim = Sim::builder().pace(Pace::Held).outline(outline).build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::children_only())?;
    /// job.step(0)?;
    /// assert!(sim.running_job_bytes().0 > 99 * 16, "99 names are taken");
    /// job.step(1)?;
    /// assert_eq!(sim.running_job_bytes().0, 0);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn running_job_bytes(&self) -> (u64, u64) {
        self.state().jobs.running.used_and_limit()
    }

    /// Sets how many bytes running jobs may keep in addition to the items of their copies. A job that would exceed it
    /// fails when it starts, with [`drivesim_core::Error::OverCapacity`]. The limit stays when another state is
    /// restored, and forks start with it. By default there is none.
    pub fn limit_running_jobs(&self, n_bytes: u64) {
        self.state().jobs.running.set_limit(n_bytes);
    }

    /// Returns how many jobs have not ended, waiting or running. The cost is constant.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// assert_eq!(sim.n_unfinished_jobs(), 1);
    /// job.step(1)?;
    /// assert_eq!(sim.n_unfinished_jobs(), 0);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn n_unfinished_jobs(&self) -> usize {
        let sim = self.state();
        sim.run_due();
        sim.jobs.n_active()
    }

    /// Returns a job by its id; `None` if it never existed or is forgotten.
    pub fn job(&self, id: JobId) -> Option<Job> {
        let sim = self.state();
        let now = sim.run_due();
        sim.jobs.forget(now);
        sim.jobs.get(id).map(|cell| Job { sim: self.clone(), cell })
    }

    /// Returns the events of all jobs from now on: accepted, started, each whole percent, completed, failed.
    ///
    /// Events come in the order of due time, then job; each has its own due time. [`Job::events`] are those of one job,
    /// from its acceptance on. [`Events`] describes how they are read, and what is kept for a slow reader.
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
    pub fn events(&self) -> Events {
        self.events_every(Every::Percent)
    }

    /// Returns the events of all jobs from now on, with progress as often as `every`; otherwise like [`Sim::events`].
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Every, Sim};
    /// let sim = Sim::builder().outline("a.txt\nb.txt\nDocs/\n").build()?;
    /// let events = sim.events_every(Every::Item);
    /// sim.copy("/", "/Docs", CopyOptions::children_only()).expect_err("a folder cannot be copied into itself");
    /// sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// sim.copy("/b.txt", "/Docs", CopyOptions::default())?;
    /// let done: Vec<usize> = events.try_iter().map(|event| event.items_done).collect();
    /// assert_eq!(done, [0, 0, 1, 1, 0, 0, 1, 1]); // of each job: accepted, started, an item is done, completed
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events_every(&self, every: Every) -> Events {
        let sim = self.state();
        let now = sim.run_due();
        let mut effects = Effects::default();
        sim.jobs.catch_up(&sim, now, &mut effects);
        sim.publish(effects);
        Events::of_sim(&self.current, sim.event_sink.subscribe(every))
    }
}

/// Locks source and target of a copy that was allowed, if its service does so for a copy of its size.
///
/// # Errors
/// Those of [`check`], if another thread was faster; then nothing is locked.
fn lock_ends(source: &DriveCell, target: &DriveCell, mut spec: CopySpec) -> Result<CopySpec, Error> {
    if !read_both(source, target, |from, to| locks_ends(from, to, &spec)) {
        return Ok(spec);
    }
    spec.own_locks.source = Some(source.write().lock(spec.source, LockScope::Tree)?);
    let locked = target.write().lock(spec.target, LockScope::Item);
    spec.own_locks.target = locked.as_ref().ok().copied();
    let checked = locked.and_then(|_| read_both(source, target, |from, to| check(from, to, &spec)));
    match checked {
        Ok(()) => Ok(spec),
        Err(error) => {
            unlock_endpoints(Some(source), Some(target), &spec);
            Err(error.into())
        }
    }
}

/// Releases the locks of [`lock_ends`] in drives that still exist.
pub(crate) fn unlock_endpoints(source: Option<&DriveCell>, target: Option<&DriveCell>, spec: &CopySpec) {
    for (cell, lock) in [(source, spec.own_locks.source), (target, spec.own_locks.target)] {
        if let (Some(cell), Some(lock)) = (cell, lock) {
            let released = cell.write().unlock(lock);
            // The locks of a removed item are gone with it.
            debug_assert!(matches!(released, Ok(()) | Err(DriveError::NoLock { .. })), "{released:?}");
        }
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
