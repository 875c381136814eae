//! Streams the events of a job as server-sent events, until the job ends or the client leaves.
//!
//! A stream is read by the task of its connection, so that no thread waits for it, and it takes the place of a connection
//! as long as it lasts. Time goes on as for others: with a manual clock when it is moved.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use drivesim::{EventKind, Events, Every, Job, JobEvent};
use futures_util::Stream;
use hyper::body::{Body, Frame};

use crate::app::App;
use crate::call::Call;
use crate::control::fault::Fault;
use crate::control::{jobs, read};
use crate::excerpt::{Excerpt, Quoted};
use crate::ordered_json::json;
use crate::reply::Reply;

const CONTENT_TYPE: &str = "text/event-stream";
/// What a client sends that lost its connection: the id of the last event that it has.
const LAST_EVENT_ID: &str = "last-event-id";

/// Answers with the events of a job: those so far in short, and then those that come.
pub(super) fn stream(app: &App, call: &Call, id: &str) -> Result<Reply, Fault> {
    read::check_keys(call, &["every"])?;
    let every = every(call)?;
    let last = last_event(call)?;
    let job = jobs::find(app, id)?;
    if last.is_some_and(EventId::is_end) && job.status().is_ended() {
        // Clients connect again when a stream ends; with this answer they do not (HTML standard, server-sent events).
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    let order = StreamOrder { job, every, after: last.filter(|last| !last.is_end()) };
    Ok(Reply::events(order).with(header::CONTENT_TYPE, CONTENT_TYPE))
}

fn every(call: &Call) -> Result<Every, Fault> {
    match call.query("every") {
        None | Some("percent") => Ok(Every::Percent),
        Some("tenth") => Ok(Every::Tenth),
        Some("item") => Ok(Every::Item),
        Some(other) => {
            Err(Fault::bad_request(format!("every={} is none of percent, tenth, item.", Excerpt(other))))
        }
    }
}

fn last_event(call: &Call) -> Result<Option<EventId>, Fault> {
    if call.headers.get_all(LAST_EVENT_ID).iter().nth(1).is_some() {
        return Err(Fault::bad_request("Last-Event-ID must not come twice."));
    }
    let Some(value) = call.headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let wrong = || {
        Fault::bad_request(format!(
            "Last-Event-ID {} is not the id of an event of a job.",
            Quoted(&String::from_utf8_lossy(value.as_bytes()))
        ))
    };
    value.to_str().ok().and_then(EventId::read).map(Some).ok_or_else(wrong)
}

/// The id of an event, which says where in the life of its job it stands: `1.333.2` is in progress, at 33.3 %, with two
/// items done. It means the same on each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EventId {
    /// 0 before the job starts, 1 when it is in progress, 2 when it has ended.
    phase: u8,
    tenths: u16,
    items_done: u64,
}

impl EventId {
    fn of(event: &JobEvent) -> EventId {
        let phase = match event.kind {
            EventKind::Accepted => 0,
            EventKind::Started | EventKind::Progress => 1,
            EventKind::Completed | EventKind::Failed => 2,
        };
        EventId { phase, tenths: event.percent.tenths(), items_done: event.items_done as u64 }
    }

    fn read(text: &str) -> Option<EventId> {
        let mut parts = text.split('.');
        let mut part = || parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let phase = part()?.parse().ok().filter(|phase| *phase <= 2)?;
        let tenths = part()?.parse().ok().filter(|tenths| *tenths <= 1000)?;
        let items_done = part()?.parse().ok()?;
        parts.next().is_none().then_some(EventId { phase, tenths, items_done })
    }

    fn is_end(self) -> bool {
        self.phase == 2
    }
}

/// A stream of events that is to be opened when its answer is sent.
#[derive(Clone, Debug)]
pub(crate) struct StreamOrder {
    job: Job,
    every: Every,
    /// The last event that the client has.
    after: Option<EventId>,
}

/// The events of a job, as the body of an answer.
#[derive(Debug)]
pub(crate) struct EventStream {
    /// The next event, if it is known.
    next: Option<JobEvent>,
    events: Events,
}

impl EventStream {
    /// Starts reading the events of a job, from the first that the client does not have. This call also does the work of
    /// jobs that is due, which may take long.
    pub(crate) fn open(order: StreamOrder) -> EventStream {
        let StreamOrder { job, every, after } = order;
        let events = job.events_every(every).without_timeout();
        // Only events that have happened by now are compared with the client's last one. If an earlier state is restored
        // later, the job does the same again, and the client gets all of it.
        let is_known = |event: &JobEvent| after.is_some_and(|after| EventId::of(event) <= after);
        let next = events.try_iter().find(|event| !is_known(event));
        EventStream { next, events }
    }
}

impl Body for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.next.take() {
            Some(event) => Poll::Ready(Some(event)),
            None => Pin::new(&mut self.events).poll_next(context),
        };
        next.map(|event| event.map(|event| Ok(Frame::data(Bytes::from(text(&event))))))
    }
}

/// Returns an event as it is sent.
fn text(event: &JobEvent) -> String {
    let kind = match event.kind {
        EventKind::Accepted => "accepted",
        EventKind::Started => "started",
        EventKind::Progress => "progress",
        EventKind::Completed => "completed",
        EventKind::Failed => "failed",
    };
    let EventId { phase, tenths, items_done } = EventId::of(event);
    let data = json!({
        "job": event.job.to_string(),
        "at": event.at.to_string(),
        "event": kind,
        "status": event.status().to_string(),
        "percentComplete": event.percent.as_f64(),
        "itemsDone": event.items_done,
        "itemsTotal": event.items_total,
    });
    format!("id: {phase}.{tenths}.{items_done}\nevent: {kind}\ndata: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written_and_nothing_else_is() {
        let id = EventId { phase: 1, tenths: 333, items_done: 2 };
        assert_eq!(EventId::read("1.333.2"), Some(id));
        assert_eq!(EventId::read(&format!("2.1000.{}", u64::MAX)).map(EventId::is_end), Some(true));
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "3.0.0",
            "1.1001.0",
            "-1.0.0",
            "1.+2.3",
            "1.2.x",
            "1..3",
            "1.2.99999999999999999999",
        ] {
            assert_eq!(EventId::read(text), None, "{text}");
        }
    }
}
