//! The jobs that make copies: their handles and reports.

mod events;
mod wait;

use std::sync::Arc;

use arc_swap::Guard;
use drivesim_core::{ItemId, Timestamp};
use drivesim_jobs::SimTime;
use drivesim_jobs::Status;
pub use drivesim_jobs::{Pace, PaceError, Percent, Status as JobStatus};

pub use self::wait::JobWait;
use crate::address::DriveRef;
use crate::effects::Effects;
use crate::error::Error;
pub use crate::ids::JobId;
use crate::job_state::JobState;
pub use crate::job_state::{JobReport, Progress};
pub use crate::jobs::EndedJobs;
use crate::no_wait;
use crate::sim::Sim;
use crate::state::Shared;

/// A job that makes a copy. It is a handle: clones refer to the same job.
///
/// Reading [`Job::status`], [`Job::percent_complete`] and the like moves nothing. [`Job::poll`] counts as a poll like a
/// client's monitor request, and [`Job::step`] moves a job that is held.
///
/// When another state of the simulator is restored, the handle refers to this job in that state. If the job was not yet
/// accepted there, the handle keeps its last values and moves nothing.
#[derive(Clone)]
pub struct Job {
    pub(crate) sim: Sim,
    pub(crate) cell: Arc<JobState>,
}

// As for a simulator: an assertion that fails holds no lock.
impl std::panic::UnwindSafe for Job {}
impl std::panic::RefUnwindSafe for Job {}

/// A page of the jobs of a simulator; see [`Sim::jobs_after`].
#[derive(Clone)]
#[non_exhaustive]
pub struct JobPage {
    /// The jobs, oldest first.
    pub jobs: Vec<Job>,
    /// Whether more jobs follow.
    pub more: bool,
    /// The number of the job that was accepted last; 0 without one.
    pub last_number: u64,
}

/// A job in the current state of its simulator.
pub(crate) struct ResolvedJob {
    pub(crate) sim: Guard<Arc<Shared>>,
    pub(crate) cell: Arc<JobState>,
    /// Whether the state knows the job. If not, the job is read-only: it belongs to a state that was left, or ended
    /// long ago.
    pub(crate) is_known: bool,
    now: SimTime,
}

impl ResolvedJob {
    fn report(&self) -> JobReport {
        self.cell.report(self.now)
    }
}

impl Job {
    /// Runs what is due and finds the job.
    pub(crate) fn resolve(&self) -> ResolvedJob {
        let sim = self.sim.state();
        let known = sim.jobs.same_job(&self.cell);
        let now = sim.run_due();
        // An unknown job does not move, so it is read at time zero.
        let (is_known, now) = (known.is_some(), if known.is_some() { now } else { SimTime::ZERO });
        ResolvedJob { cell: known.unwrap_or_else(|| self.cell.clone()), is_known, now, sim }
    }

    /// Returns the job's id.
    pub fn id(&self) -> JobId {
        self.cell.id
    }

    /// Returns the number of the job: the first of a simulator is 1.
    pub fn number(&self) -> u64 {
        self.cell.number
    }

    /// Returns when the job was accepted.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// assert_eq!(job.accepted_at(), sim.now());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn accepted_at(&self) -> Timestamp {
        self.sim.state().timestamp(self.cell.accepted_at)
    }

    /// Returns the drive of the source. It may have been removed since.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("drive home\na\ndrive work\n").build()?;
    /// let job = sim.copy("/a", sim.drive("work")?.at("/"), CopyOptions::default())?;
    /// assert_eq!((job.source_drive().name(), job.target_drive().name()), ("home", "work"));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn source_drive(&self) -> &DriveRef {
        &self.cell.request.source_drive
    }

    /// Returns the drive of the target. It may have been removed since.
    pub fn target_drive(&self) -> &DriveRef {
        &self.cell.request.target_drive
    }

    /// Returns the pace of the job.
    pub fn pace(&self) -> Pace {
        self.cell.request.pace
    }

    /// Returns the state.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Sim};
    /// let sim = Sim::builder().outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// assert_eq!(job.status().to_string(), "completed");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn status(&self) -> Status {
        self.resolve().cell.status()
    }

    /// Returns how much is done in percent, rounded down to tenths: 100 exactly when completed. It never decreases.
    pub fn percent_complete(&self) -> f64 {
        let here = self.resolve();
        here.cell.percent(here.now).as_f64()
    }

    /// Returns how much is done in items and bytes.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("a = 3 B\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// job.step(1)?;
    /// assert_eq!((job.progress().items_done, job.progress().bytes_done), (1, 3));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn progress(&self) -> Progress {
        self.resolve().cell.progress()
    }

    /// Returns the outcome of the job, if it has ended: the new item (for children only, the target), or the error.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// let sim = Sim::builder().outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// assert_eq!(job.outcome(), Some(Ok(sim.item("/b/a")?.id)));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn outcome(&self) -> Option<Result<ItemId, Error>> {
        self.resolve().cell.outcome()
    }

    /// Returns the state of the job at one moment: status, progress and outcome belong together. Unlike [`Job::poll`]
    /// this does not count as a poll.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a\n").build()?;
    /// let job = sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// job.step(1)?;
    /// let report = job.report();
    /// assert_eq!((report.status, report.percent.whole()), (JobStatus::InProgress, 50));
    /// assert_eq!((report.progress.items_done, report.progress.items_total), (1, 2));
    /// assert_eq!(report.outcome, None);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn report(&self) -> JobReport {
        self.resolve().report()
    }

    /// Polls the job as a client's monitor request does. Jobs at the pace [`Pace::Polls`] move by it.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::polls(2)).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// assert_eq!(job.poll().status, JobStatus::InProgress);
    /// assert_eq!(job.poll().status, JobStatus::Completed);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn poll(&self) -> JobReport {
        if no_wait::must_not_wait() {
            return self.poll_without_waiting();
        }
        self.moved(|cell, sim, now, effects| cell.poll(sim, now, effects))
    }

    /// Polls the job on a thread that must not wait. Polls count only for jobs that move by them, and these are not
    /// moved here.
    fn poll_without_waiting(&self) -> JobReport {
        if matches!(self.pace(), Pace::Polls(_)) {
            no_wait::give_up();
        }
        self.report()
    }

    /// Advances a held job by `n_items` items; the first step also starts it.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a\n").build()?;
    /// let job = sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// job.step(1)?;
    /// assert_eq!(job.percent_complete(), 50.0);
    /// job.step(1)?;
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotHeld`] for a job at another pace.
    pub fn step(&self, n_items: usize) -> Result<JobReport, Error> {
        if self.pace() != Pace::Held {
            return Err(Error::NotHeld { pace: self.pace() });
        }
        Ok(self.moved(|cell, sim, now, effects| cell.step(sim, n_items, now, effects)))
    }

    /// Starts the job at once, if it waits, and reveals the root of its copy. Returns the new item, which fills up at
    /// the job's pace. For services that respond with the copy while they are still making it.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).outline("Docs/\n  a\n").build()?;
    /// let job = sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// let copy = job.begin()?;
    /// assert_eq!((sim.path(copy)?, job.status()), ("/Copy".to_owned(), JobStatus::InProgress));
    /// sim.assert_outline_of("/Copy", "");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error of a failed job; [`Error::NoJob`] if the current state does not have the job.
    pub fn begin(&self) -> Result<ItemId, Error> {
        let report = self.moved(JobState::begin);
        report.outcome.unwrap_or_else(|| {
            let item = self.resolve().cell.new_item();
            item.ok_or_else(|| Error::NoJob { id: self.id() })
        })
    }

    /// Moves the job, if the state knows it, and returns its report.
    fn moved(&self, action: impl FnOnce(&JobState, &Shared, SimTime, &mut Effects)) -> JobReport {
        let here = self.resolve();
        here.sim.moves.count();
        if here.is_known {
            let mut effects = Effects::default();
            action(&here.cell, &here.sim, here.now, &mut effects);
            here.sim.publish(effects);
            here.sim.run_due();
        }
        here.report()
    }

    /// Returns how many parallel tasks built the copy; 0 when one thread built it.
    pub fn parallel_tasks(&self) -> usize {
        self.resolve().cell.n_parallel_tasks()
    }
}

#[cfg(test)]
mod tests;
