//! Serializes the values of this crate whose serde forms are not derived, as the server names them.

use drivesim_core::{Difference, ItemId, Timestamp};
use drivesim_jobs::{Event, EventKind, Percent, SimTime, Status};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::Error;
use crate::event::JobEvent;
use crate::ids::{DriveId, JobId};
use crate::job_runner::{JobReport, Progress};
use crate::sim::Diff;

/// Serializes an id as a UUID in its usual form.
macro_rules! as_uuid {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                // drivesim never writes ids with braces or without hyphens.
                let uuid = Uuid::try_parse(&text).ok().filter(|_| text.len() == HYPHENATED);
                let wrong = || D::Error::custom(format!("{text:?} is not the UUID of an id, 8-4-4-4-12 digits"));
                uuid.map($type::from_uuid).ok_or_else(wrong)
            }
        }
    )*};
}

/// How many characters a UUID with hyphens has.
const HYPHENATED: usize = 36;

as_uuid!(DriveId, JobId);

/// The serde form of an event, which the server streams.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an event of a job")]
pub(crate) struct JobEventForm {
    job: JobId,
    at: Timestamp,
    event: EventKind,
    status: Status,
    percent_complete: Percent,
    items_done: usize,
    items_total: usize,
}

impl From<JobEvent> for JobEventForm {
    fn from(event: JobEvent) -> JobEventForm {
        let status = event.status();
        let JobEvent { job, at, kind, percent, items_done, items_total } = event;
        JobEventForm { job, at, event: kind, status, percent_complete: percent, items_done, items_total }
    }
}

impl TryFrom<JobEventForm> for JobEvent {
    type Error = &'static str;

    fn try_from(form: JobEventForm) -> Result<JobEvent, &'static str> {
        let JobEventForm { job, at, event: kind, status, percent_complete: percent, items_done, items_total } =
            form;
        let event = JobEvent { job, at, kind, percent, items_done, items_total };
        if event.status() != status {
            return Err("the status is not the one after this event");
        }
        // The rules of events do not depend on the time.
        Event { at: SimTime::ZERO, kind, percent, items_done, items_total }.check().map(|()| event)
    }
}

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

/// The serde form of an error.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "an error with its code and its message")]
struct ErrorForm {
    code: String,
    message: String,
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorForm { code: self.code().to_owned(), message: self.to_string() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Error, D::Error> {
        let ErrorForm { code, message } = ErrorForm::deserialize(deserializer)?;
        let known = CODES.into_iter().find(|known| *known == code);
        let unknown = || D::Error::custom(format!("{code:?} is not the code of an error"));
        Ok(Error::Reported { code: known.ok_or_else(unknown)?, message })
    }
}

/// All values of [`Error::code`].
const CODES: [&str; 12] = [
    "accessDenied",
    "invalidRequest",
    "itemNotFound",
    "nameAlreadyExists",
    "notSupported",
    "pathIsTooLong",
    "quotaLimitReached",
    "resourceLocked",
    "resourceModified",
    "resyncRequired",
    "someItemsFailed",
    "totalAffectedItemCountExceeded",
];

/// The serde form of a comparison.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "the text and the differences of a comparison")]
pub(crate) struct DiffForm {
    text: String,
    differences: Vec<DifferenceIn>,
}

/// A difference with the name of its drive.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "a difference with the name of its drive")]
struct DifferenceIn {
    drive: String,
    #[serde(flatten)]
    difference: Difference,
}

impl From<Diff> for DiffForm {
    fn from(diff: Diff) -> DiffForm {
        let (differences, text) = diff.into_parts();
        let named = |(drive, difference)| DifferenceIn { drive, difference };
        DiffForm { text, differences: differences.into_iter().map(named).collect() }
    }
}

impl TryFrom<DiffForm> for Diff {
    type Error = &'static str;

    fn try_from(form: DiffForm) -> Result<Diff, &'static str> {
        if form.text.is_empty() && !form.differences.is_empty() {
            return Err("differences need a text");
        }
        let parts =
            form.differences.into_iter().map(|DifferenceIn { drive, difference }| (drive, difference));
        Ok(Diff::from_parts(parts.collect(), form.text))
    }
}
