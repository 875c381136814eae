//! Serializes events, and checks deserialized ones.

use serde::{Deserialize, Serialize};

use super::{Event, EventKind};
use crate::percent::Percent;
use crate::time::SimTime;

/// The serde form of an event.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an event of a job")]
pub(crate) struct EventForm {
    at: SimTime,
    event: EventKind,
    percent_complete: Percent,
    items_done: usize,
    items_total: usize,
}

impl From<Event> for EventForm {
    fn from(event: Event) -> EventForm {
        let Event { at, kind, percent, items_done, items_total } = event;
        EventForm { at, event: kind, percent_complete: percent, items_done, items_total }
    }
}

impl TryFrom<EventForm> for Event {
    type Error = &'static str;

    fn try_from(form: EventForm) -> Result<Event, &'static str> {
        let EventForm { at, event: kind, percent_complete: percent, items_done, items_total } = form;
        let event = Event { at, kind, percent, items_done, items_total };
        event.check().map(|()| event)
    }
}

impl Event {
    /// Fails for an event that no job can have. It is public for `drivesim`, whose events have their own serde form,
    /// and exists only with the feature `serde`.
    ///
    /// # Errors
    /// The rule that the event breaks.
    #[doc(hidden)]
    pub fn check(&self) -> Result<(), &'static str> {
        if (self.percent == Percent::DONE) != (self.kind == EventKind::Completed) {
            return Err("a job is at 100 % exactly when it has completed");
        }
        if self.items_done > self.items_total {
            return Err("a job cannot have done more items than it has");
        }
        match self.kind {
            EventKind::Accepted | EventKind::Started if self.has_progress_or_items() => {
                Err("a job that was just accepted or started is at 0 % with 0 of 0 items")
            }
            EventKind::Completed if self.items_done != self.items_total => {
                Err("a job has done all its items when it has completed")
            }
            _ => Ok(()),
        }
    }

    /// Returns whether something was done or planned.
    fn has_progress_or_items(&self) -> bool {
        self.percent > Percent::ZERO || self.items_done > 0 || self.items_total > 0
    }
}
