//! Streams the events of a job as server-sent events, until the job ends or the client disconnects.
//!
//! The task of the connection reads the stream, so that no thread waits for it. The connection counts against the limit
//! as long as the stream lasts. Time proceeds as usual: a manual clock has to be advanced.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use axum::http::StatusCode;
use drivesim::Job;
use drivesim::event::{EventKind, Events, Every, JobEvent};
use futures_util::Stream;
use hyper::body::{Body, Frame};

use crate::admin::error::AdminError;
use crate::admin::{jobs, read};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::{Excerpt, Quoted};
use crate::json::ordered::json;
use crate::state::app::App;

const CONTENT_TYPE: &str = "text/event-stream";
/// The header of a client that reconnects: the id of the last event that it received.
const LAST_EVENT_ID: &str = "last-event-id";

/// Responds with the events of a job: a summary of those so far, and then the new ones.
pub(super) fn stream(app: &App, request: &ApiRequest, id: &str) -> Result<ApiResponse, AdminError> {
    read::check_keys(request, &["every"])?;
    let every = every(request)?;
    let last = last_event(request)?;
    let job = jobs::find(app, id)?;
    if last.is_some_and(EventId::is_end) && job.status().is_ended() {
        // Clients reconnect when a stream ends, except after this response (HTML standard, server-sent events).
        return Ok(ApiResponse::empty(StatusCode::NO_CONTENT));
    }
    let events = EventStream::open(&job, every, last.filter(|last| !last.is_end()));
    Ok(ApiResponse::stream(CONTENT_TYPE, events))
}

fn every(request: &ApiRequest) -> Result<Every, AdminError> {
    match request.query("every") {
        None | Some("percent") => Ok(Every::Percent),
        Some("tenth") => Ok(Every::Tenth),
        Some("item") => Ok(Every::Item),
        Some(other) => Err(AdminError::bad_request(format!(
            "every={} is not one of percent, tenth, item.",
            Excerpt(other)
        ))),
    }
}

fn last_event(request: &ApiRequest) -> Result<Option<EventId>, AdminError> {
    if request.headers.get_all(LAST_EVENT_ID).iter().nth(1).is_some() {
        return Err(AdminError::bad_request("Last-Event-ID must not come twice."));
    }
    let Some(value) = request.headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let wrong = || {
        AdminError::bad_request(format!(
            "Last-Event-ID {} is not the id of an event of a job.",
            Quoted(&String::from_utf8_lossy(value.as_bytes()))
        ))
    };
    value.to_str().ok().and_then(EventId::read).map(Some).ok_or_else(wrong)
}

/// The id of an event: its position in the life of the job. `1.333.2` is in progress, at 33.3 %, with two items done.
/// It means the same on each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EventId {
    /// 0 before the job starts, 1 while it is in progress, 2 after it has ended.
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

/// The events of a job, as the body of a response.
#[derive(Debug)]
struct EventStream {
    /// The next event, if it was read already.
    next: Option<JobEvent>,
    events: Events,
}

impl EventStream {
    /// Starts reading the events of a job, after the last one that the client received. It also performs the work of
    /// jobs that is due, which may take long.
    fn open(job: &Job, every: Every, after: Option<EventId>) -> EventStream {
        let events = job.events_every(every).without_timeout();
        // Only events up to now are compared with the client's last one. If an earlier state is restored later, the job
        // repeats its events, and the client gets all of them.
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

/// Returns an event in the format of the stream.
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
    fn only_well_formed_ids_are_parsed() {
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
