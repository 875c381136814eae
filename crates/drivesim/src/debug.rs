//! Implements `Debug`: errors print their messages, and handles print one line, whatever is in the drives.

use std::fmt;

use drivesim_jobs::SimTime;

use crate::builder::SimBuilder;
use crate::error::Error;
use crate::event_reader::Events;
use crate::job::{Job, JobPage, JobWait};
use crate::job_state::{JobReport, JobState};
use crate::sim::{Diff, Sim, Snapshot};
use crate::state::Shared;

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_state(f, "Sim", &self.state())
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_state(f, "Snapshot", &self.state)
    }
}

/// Writes the counts of a state. Locks no drive, because the caller may hold such a lock.
fn write_state(f: &mut fmt::Formatter<'_>, what: &str, state: &Shared) -> fmt::Result {
    let n_drives = state.drives.all().len();
    let (n_active, elapsed) = (state.jobs.n_active(), state.clock.now().as_duration());
    write!(f, "{what} {{ {n_drives} drives, {n_active} running jobs, elapsed: {elapsed:?} }}")
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_job(f, "Job", &self.sim, &self.cell)
    }
}

impl fmt::Debug for JobPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JobPage { jobs, more, last_number } = self;
        write!(f, "JobPage {{ {} jobs, more: {more}, last_number: {last_number} }}", jobs.len())
    }
}

impl fmt::Debug for JobWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_job(f, "JobWait", &self.job.sim, &self.job.cell)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.job() {
            Some((sim, job)) => write_job(f, "Events of Job", sim, job),
            None => f.write_str("Events of a simulator"),
        }
    }
}

/// Writes status and percentage of a job. Does not run what is due.
fn write_job(f: &mut fmt::Formatter<'_>, what: &str, sim: &Sim, job: &JobState) -> fmt::Result {
    let state = sim.state();
    let known = state.jobs.same_job(job);
    let now = known.as_ref().map_or(SimTime::ZERO, |_| state.clock.now());
    let JobReport { status, percent, .. } = known.as_deref().unwrap_or(job).report(now);
    write!(f, "{what} {{ number: {}, status: {status:?}, {percent} % }}", job.number)
}

/// How many lines of a difference are written.
const MANY: usize = 100;

impl fmt::Debug for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("diff: (nothing)");
        }
        let text = self.to_string();
        f.write_str("diff:")?;
        text.lines().take(MANY).try_for_each(|line| write!(f, "\n    {line}"))?;
        match text.lines().skip(MANY).count() {
            0 => Ok(()),
            n_more => write!(f, "\n    (and {n_more} more lines)"),
        }
    }
}

impl fmt::Debug for SimBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (profile, pace) = (self.profile.name(), self.pace);
        write!(f, "SimBuilder {{ profile: {profile}, pace: {pace}, seed: {}, .. }}", self.seed)
    }
}
