//! Serializes reports of jobs.

use drivesim_core::ItemId;
use drivesim_jobs::{Percent, Status};
use serde::{Deserialize, Serialize};

use super::{JobReport, Progress};
use crate::error::Error;

fn check_percent(status: Status, percent: Percent) -> Result<(), &'static str> {
    if (percent == Percent::DONE) != (status == Status::Completed) {
        return Err("a job is at 100 % exactly when it has completed");
    }
    if percent > Percent::ZERO && status == Status::NotStarted {
        return Err("a job that has not started is at 0 %");
    }
    Ok(())
}

/// The serde form of a report.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a report of a job")]
pub(crate) struct JobReportForm {
    status: Status,
    percent_complete: Percent,
    item: Option<ItemId>,
    error: Option<Error>,
}

impl TryFrom<JobReportForm> for JobReport {
    type Error = &'static str;

    fn try_from(form: JobReportForm) -> Result<JobReport, &'static str> {
        let JobReportForm { status, percent_complete, item, error } = form;
        check_percent(status, percent_complete)?;
        if item.is_some() != (status == Status::Completed) {
            return Err("a job has a new item exactly when it has completed");
        }
        if error.is_some() != (status == Status::Failed) {
            return Err("a job has an error exactly when it has failed");
        }
        let outcome = item.map(Ok).or(error.map(Err));
        Ok(JobReport { status, percent: percent_complete, progress: Progress::default(), outcome })
    }
}

impl From<JobReport> for JobReportForm {
    fn from(report: JobReport) -> JobReportForm {
        let JobReport { status, percent: percent_complete, outcome, .. } = report;
        let (item, error) = match outcome {
            None => (None, None),
            Some(Ok(item)) => (Some(item), None),
            Some(Err(error)) => (None, Some(error)),
        };
        JobReportForm { status, percent_complete, item, error }
    }
}
