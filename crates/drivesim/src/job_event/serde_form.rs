//! Serializes events, as the server streams them.

use drivesim_core::Timestamp;
use drivesim_jobs::{Event, EventKind, Percent, SimTime, Status};
use serde::{Deserialize, Serialize};

use super::JobEvent;
use crate::ids::JobId;

/// The serde form of an event.
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
