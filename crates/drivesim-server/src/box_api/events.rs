//! The only place that tells what was done to a drive of Box: the stream of events, and the long poll for the next.

use axum::http::{Method, StatusCode};
use data_encoding::HEXLOWER;
use drivesim::{ItemId, Timestamp};
use uuid::Uuid;

use crate::app::App;
use crate::box_api::event_log::{Deed, Event};
use crate::box_api::fields::Fields;
use crate::box_api::items;
use crate::box_api::refusal::Refusal;
use crate::box_api::show::Shown;
use crate::box_api::users::User;
use crate::box_api::{Asked, query, time, unused};
use crate::call::Call;
use crate::listing::{List, Nothing};
use crate::ordered_json::{Value, json};
use crate::reply::Reply;

/// The options of a list of events.
pub(crate) const OPTIONS: &[&str] =
    &["stream_type", "stream_position", "limit", "event_type", "created_after", "created_before"];

/// How many events an answer has where the client does not say, and at most.
const DEFAULT_LIMIT: usize = 100;
const MOST: usize = 500;
/// How many bytes most events take at most.
const EVENT: usize = 1536;
/// What the path of the long poll is behind the version.
pub(crate) const LONG_POLL: &str = "_realtime";

/// Notes that something was done to an item; nobody is told of what is gone again. Only what is done through this
/// interface becomes an event, of a copied folder one for all that is in it (seen in the SDK's own tests).
pub(crate) fn tell(asked: &Asked<'_>, deed: Deed, item: ItemId) {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    // All keys are texts, so that nothing can fail.
    let text = |shown: &Shown<'_>| serde_json::to_string(shown).ok();
    let source = match deed {
        Deed::Trash => {
            let item = app.sim.bin_item(place.at(item)).ok();
            item.and_then(|item| text(&shower.binned(&item, &Fields::Source)))
        }
        _ => app.sim.item(place.at(item)).ok().and_then(|item| text(&shower.item(&item, &Fields::Source))),
    };
    let Some(source) = source else { return };
    let (drive, at, by) = (place.drive.id(), app.sim.now(), asked.user.to_owned());
    app.events.add(|number| Event { number, drive, deed, at, by, source: source.into() });
}

/// Which events may be asked for.
const STREAMS: &[&str] = &["all", "changes", "sync", "admin_logs", "admin_logs_streaming"];

/// Which events are told.
enum Stream {
    /// What a user did.
    OfUser,
    /// What was done in an enterprise, by these words if only some are wanted, and within this time.
    OfEnterprise { words: Vec<String>, after: Option<Timestamp>, before: Option<Timestamp> },
}

impl Stream {
    fn read(call: &Call) -> Result<Stream, Refusal> {
        let stream = query::word(call, "stream_type", STREAMS)?;
        let (after, before) =
            (time::in_query(call, "created_after")?, time::in_query(call, "created_before")?);
        let words = call.query("event_type").unwrap_or_default();
        if stream.starts_with("admin_logs") {
            let words = words.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            return Ok(Stream::OfEnterprise { words, after, before });
        }
        // They are for the events of an enterprise only (reference of events).
        for name in ["event_type", "created_after", "created_before"] {
            if call.query(name).is_some() {
                unused::note(call, format!("?{name}"))?;
            }
        }
        Ok(Stream::OfUser)
    }

    fn has(&self, event: &Event) -> bool {
        let Stream::OfEnterprise { words, after, before } = self else { return true };
        let is_named = words.is_empty() || words.iter().any(|word| word == event.deed.of_enterprise());
        is_named
            && after.is_none_or(|after| event.at >= after)
            && before.is_none_or(|before| event.at <= before)
    }

    /// Tells an event. That `created_at` is when it was done, and `recorded_at` the same, is *assumed* (no option: no
    /// other reading is known).
    fn shown(&self, asked: &Asked<'_>, event: &Event) -> Value {
        let kind = match self {
            Stream::OfUser => event.deed.of_user(),
            Stream::OfEnterprise { .. } => event.deed.of_enterprise(),
        };
        let at = json!(asked.shower().time(event.at));
        // It was JSON when it was kept.
        let source = serde_json::from_str::<Value>(&event.source).unwrap_or_default();
        json!({
            "type": "event",
            "event_id": id(event),
            "created_by": User::of(&asked.app.options, &event.by),
            "created_at": at.clone(),
            "recorded_at": at,
            "event_type": kind,
            "source": source,
        })
    }
}

/// Returns the id of an event: the same whoever asks for it, 40 digits of base 16 as recorded ones.
fn id(event: &Event) -> String {
    let name = format!("box event {}", event.number);
    let first = Uuid::new_v5(&event.drive.as_uuid(), name.as_bytes());
    let second = Uuid::new_v5(&first, b"more");
    HEXLOWER.encode(&[&first.as_bytes()[..], &second.as_bytes()[..4]].concat())
}

/// Returns the place in the stream that a request names: `now` is behind all there is.
fn place(app: &App, call: &Call) -> Result<u64, Refusal> {
    match call.query("stream_position").unwrap_or("0") {
        "now" => Ok(app.events.last()),
        "" | "null" => Ok(0),
        text => {
            let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
            let must = "'now', or a position that was answered";
            number.flatten().ok_or_else(|| Refusal::invalid("stream_position", text, must))
        }
    }
}

/// Reads how many events are wanted; none by who wants the position only, as boxsdk 3 does.
fn limit(call: &Call) -> Result<usize, Refusal> {
    if call.query("limit") == Some("0") { Ok(0) } else { items::limit(call, DEFAULT_LIMIT, MOST) }
}

/// Answers with events behind a position. The next position is a number for events of users, a text for those of an
/// enterprise (recorded answers have both).
pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let stream = Stream::read(asked.call)?;
    let place = place(asked.app, asked.call)?;
    let limit = limit(asked.call)?;
    let drive = asked.place.drive.id();
    let is_wanted = |event: &Event| event.drive == drive && stream.has(event);
    let (events, next) = asked.app.events.behind(place, limit, is_wanted);
    let head = |n_events: usize, next: u64| {
        let next = match stream {
            Stream::OfUser => json!(next),
            Stream::OfEnterprise { .. } => json!(next.to_string()),
        };
        json!({ "chunk_size": n_events, "next_stream_position": next })
    };
    let mut list = List::new(asked.app, events.len(), EVENT, 0)?;
    list.begin(&head(events.len(), next), items::ENTRIES);
    if items::write(&mut list, events.iter().map(|event| stream.shown(asked, event)))? {
        // The next page begins behind the last that is shown.
        let n_shown = list.n_entries();
        let next = events[..n_shown].last().map_or(place, |event| event.number);
        list.begin_otherwise(&head(n_shown, next), items::ENTRIES);
    }
    Ok(Reply::written(StatusCode::OK, list.end(&Nothing {})))
}

/// Answers with where the long poll is (reference of events).
pub(crate) fn servers(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let wait = asked.app.options.limits.max_long_poll.as_secs();
    let server = json!({
        "type": "realtime_server",
        "url": format!("{}/2.0/{LONG_POLL}", asked.call.base),
        "ttl": "10",
        "max_retries": "10",
        "retry_timeout": wait.saturating_add(10),
    });
    Ok(Reply::json(StatusCode::OK, json!({ "chunk_size": 1, "entries": [server] })))
}

/// Returns the place in the stream behind which a long poll waits for news.
pub(crate) fn awaited(app: &App, call: &Call, rest: &[String]) -> Option<u64> {
    let is_poll = call.method == Method::GET && *rest == [LONG_POLL];
    if is_poll { place(app, call).ok() } else { None }
}

/// Answers the long poll: there is something new behind the client's position, or it is to ask again.
pub(crate) fn poll(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    // What was last when the request came is awaited by `now`, not what is last by now.
    let place = asked.awaited.map_or_else(|| place(asked.app, asked.call), Ok)?;
    let is_new = asked.app.events.last() > place;
    Ok(Reply::json(StatusCode::OK, json!({ "message": if is_new { "new_change" } else { "reconnect" } })))
}
