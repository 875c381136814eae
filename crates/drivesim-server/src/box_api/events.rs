//! Serves the event stream of Box, and the long poll for the next event.

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use drivesim::item::Timestamp;
use uuid::Uuid;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::users::BoxUser;
use crate::box_api::{entry_list, ignored, paging, query, time};
use crate::http::listing::{ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Value, json};
use crate::state::app::App;
use crate::state::event_log::Event;

/// The options of a list of events.
pub(crate) const OPTIONS: &[&str] =
    &["stream_type", "stream_position", "limit", "event_type", "created_after", "created_before"];

/// The default and the largest size of a page.
const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;
/// The length in bytes that most events do not exceed in JSON.
const EVENT_BYTES: usize = 1536;

/// The path of the long poll after the version.
const LONG_POLL: &str = "_realtime";
/// The streams that can be requested.
const STREAMS: &[&str] = &["all", "changes", "sync", "admin_logs", "admin_logs_streaming"];

/// A requested stream.
enum Stream {
    /// Events of a user.
    OfUser,
    /// Events of an enterprise, optionally only of some types and within a range of time.
    OfEnterprise { words: Vec<String>, after: Option<Timestamp>, before: Option<Timestamp> },
}

impl Stream {
    fn read(request: &ApiRequest) -> Result<Stream, BoxError> {
        let stream = query::choice(request, "stream_type", STREAMS)?;
        let (after, before) =
            (time::in_query(request, "created_after")?, time::in_query(request, "created_before")?);
        let words = request.query("event_type").unwrap_or_default();
        if stream.starts_with("admin_logs") {
            let words = words.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            return Ok(Stream::OfEnterprise { words, after, before });
        }
        // These options are only for the events of an enterprise (reference of events).
        for name in ["event_type", "created_after", "created_before"] {
            if request.query(name).is_some() {
                ignored::note_ignored(request, format!("?{name}"))?;
            }
        }
        Ok(Stream::OfUser)
    }

    fn has(&self, event: &Event) -> bool {
        let Stream::OfEnterprise { words, after, before } = self else { return true };
        let is_named =
            words.is_empty() || words.iter().any(|word| word == event.kind.enterprise_event_type());
        is_named
            && after.is_none_or(|after| event.at >= after)
            && before.is_none_or(|before| event.at <= before)
    }

    /// Renders an event.
    ///
    /// ASSUMED: `created_at` and `recorded_at` of an event of Box are both the time of the change (no option: no other
    /// reading is known).
    fn render(&self, context: &RequestContext<'_>, event: &Event) -> Value {
        let kind = match self {
            Stream::OfUser => event.kind.user_event_type(),
            Stream::OfEnterprise { .. } => event.kind.enterprise_event_type(),
        };
        let at = json!(context.renderer().time(event.at));
        // It was serialized by `emit_event`, so it is valid JSON.
        let source = serde_json::from_str::<Value>(&event.source).unwrap_or_default();
        json!({
            "type": "event",
            "event_id": id(event),
            "created_by": BoxUser::of(&context.app.options, &event.by),
            "created_at": at.clone(),
            "recorded_at": at,
            "event_type": kind,
            "source": source,
        })
    }
}

/// Returns the id of an event: the same for all clients, 40 hexadecimal digits like recorded ones.
fn id(event: &Event) -> String {
    let name = format!("box event {}", event.number);
    let first = Uuid::new_v5(&event.drive.as_uuid(), name.as_bytes());
    let second = Uuid::new_v5(&first, b"more");
    HEXLOWER.encode(&[&first.as_bytes()[..], &second.as_bytes()[..4]].concat())
}

/// Returns the position in the stream that a request names: `now` is after the last event.
pub(crate) fn position(app: &App, request: &ApiRequest) -> Result<u64, BoxError> {
    match request.query("stream_position").unwrap_or("0") {
        "now" => Ok(app.box_events.last()),
        "" | "null" => Ok(0),
        text => {
            let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
            let expected = "'now', or a position from a response";
            number.flatten().ok_or_else(|| BoxError::invalid("stream_position", text, expected))
        }
    }
}

/// Reads the size of a page: 0 if the client only needs the position, like boxsdk 3.
fn limit(request: &ApiRequest) -> Result<usize, BoxError> {
    if request.query("limit") == Some("0") { Ok(0) } else { paging::limit(request, DEFAULT_LIMIT, MAX_LIMIT) }
}

/// Responds with events after a position. The next position is a number for events of users, a string for those of an
/// enterprise (recorded responses have both).
pub(crate) fn list(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let stream = Stream::read(context.request)?;
    let position = position(context.app, context.request)?;
    let limit = limit(context.request)?;
    let drive = context.drive.drive_ref.id();
    let matches = |event: &Event| event.drive == drive && stream.has(event);
    let (events, next) = context.app.box_events.after(position, limit, matches);
    let head = |n_events: usize, next: u64| {
        let next = match stream {
            Stream::OfUser => json!(next),
            Stream::OfEnterprise { .. } => json!(next.to_string()),
        };
        json!({ "chunk_size": n_events, "next_stream_position": next })
    };
    let mut list = ListWriter::new(context.request.response_budget(), events.len(), EVENT_BYTES, 0)?;
    list.begin(&head(events.len(), next), entry_list::ENTRIES);
    if entry_list::write(&mut list, events.iter().map(|event| stream.render(context, event)))? {
        // The next page begins after the last event of this one.
        let n_written = list.n_entries();
        let next = events[..n_written].last().map_or(position, |event| event.number);
        list.replace_head(&head(n_written, next), entry_list::ENTRIES);
    }
    Ok(ApiResponse::written(StatusCode::OK, list.end(&NoMembers {})))
}

/// Responds with the URL of the long poll (reference of events).
pub(crate) fn long_poll_url(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let wait = context.app.options.limits.max_long_poll.as_secs();
    let server = json!({
        "type": "realtime_server",
        "url": format!("{}/2.0/{LONG_POLL}", context.request.base),
        "ttl": "10",
        "max_retries": "10",
        "retry_timeout": wait.saturating_add(10),
    });
    Ok(ApiResponse::json(StatusCode::OK, json!({ "chunk_size": 1, "entries": [server] })))
}

/// Responds to the long poll: there is an event after the client's position, or the client shall reconnect.
pub(crate) fn poll(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    // `now` means the last event at the time of the request, not at the end of the wait.
    let position = context.awaited_position.map_or_else(|| position(context.app, context.request), Ok)?;
    let is_new = context.app.box_events.last() > position;
    Ok(ApiResponse::json(
        StatusCode::OK,
        json!({ "message": if is_new { "new_change" } else { "reconnect" } }),
    ))
}
