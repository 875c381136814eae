//! Defines the events of jobs.

#[cfg(feature = "serde")]
mod serde_form;

use drivesim_core::Timestamp;
use drivesim_jobs::{Event, EventKind, Percent, Status};

use crate::ids::JobId;

/// Something that happened to a job, with its progress at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "serde_form::JobEventForm", try_from = "serde_form::JobEventForm")
)]
pub struct JobEvent {
    /// The job.
    pub job: JobId,
    /// When it was due; the current time may be later.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// How far the job was, in tenths of a percent, rounded down; 100 % exactly when completed.
    pub percent: Percent,
    /// How many items were done.
    pub items_done: usize,
    /// How many items the copy has; 0 in the events of the acceptance and the start, when this is not yet known.
    pub items_total: usize,
}

impl JobEvent {
    pub(crate) fn new(job: JobId, event: Event, at: Timestamp) -> JobEvent {
        let Event { kind, percent, items_done, items_total, .. } = event;
        JobEvent { job, at, kind, percent, items_done, items_total }
    }

    /// Returns the state of the job after the event.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, JobStatus, Sim};
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// let job = sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// let states: Vec<JobStatus> = job.events().try_iter().map(|event| event.status()).collect();
    /// assert_eq!(states, [JobStatus::NotStarted, JobStatus::InProgress, JobStatus::Completed]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn status(&self) -> Status {
        match self.kind {
            EventKind::Accepted => Status::NotStarted,
            EventKind::Started | EventKind::Progress => Status::InProgress,
            EventKind::Completed => Status::Completed,
            EventKind::Failed => Status::Failed,
        }
    }
}
