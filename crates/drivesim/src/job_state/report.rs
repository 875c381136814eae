//! Defines the report of a job.

#[cfg(feature = "serde")]
mod serde_form;

use drivesim_core::ItemId;
use drivesim_jobs::{Percent, Status};

use crate::error::Error;

/// The state of a job at one moment.
///
/// Taking a report changes nothing: neither the job nor what later reports contain.
///
/// The serde form has no progress in items and bytes. With the feature `serde`, a deserialized report has none, and of a
/// failed job its error is an [`Error::Reported`] with the code and the message of the original error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "serde_form::JobReportForm", try_from = "serde_form::JobReportForm")
)]
pub struct JobReport {
    /// The state.
    pub status: Status,
    /// How much is done, rounded down to tenths of a percent; 100 % exactly when completed.
    pub percent: Percent,
    /// How much is done in items and bytes.
    pub progress: Progress,
    /// The outcome of a job that has ended: the new item (for a copy of children only, the target folder), or the error.
    pub outcome: Option<Result<ItemId, Error>>,
}

impl JobReport {
    /// Returns the new item of a completed job; for a copy of children only, the target folder.
    #[must_use]
    pub fn item(&self) -> Option<ItemId> {
        self.outcome.as_ref()?.as_ref().ok().copied()
    }

    /// Returns why a failed job has failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.outcome.as_ref()?.as_ref().err()
    }
}

/// The progress of a job in items and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Progress {
    /// Items that are done.
    pub items_done: usize,
    /// Items of the copy; 0 before the job starts.
    pub items_total: usize,
    /// Bytes of the files that are done.
    pub bytes_done: u64,
    /// Bytes of all files of the copy; 0 before the job starts.
    pub bytes_total: u64,
}
