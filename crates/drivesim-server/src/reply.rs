//! Writes an answer, and counts its bytes until they are sent.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use drivesim::{Content as Held, FileBytes, Job, JobId, JobReport};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::app::App;
use crate::budget::{OverBudget, Share};
use crate::control::fault::Fault;
use crate::control::job_events::{EventStream, StreamOrder};
use crate::control::outline_body::OutlineBody;
use crate::downloads::{Download, Downloads};
use crate::fair::{self, Fair};
use crate::gzip;
use crate::json_text;
use crate::ordered_json::Map;
use crate::pieces::Pieces;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Content,
    /// The job that the request had to do with, for the journal.
    pub(crate) touched: Option<Touched>,
}

/// The job that a request had to do with.
#[derive(Clone, Debug)]
pub(crate) struct Touched {
    pub(crate) job: JobId,
    /// What was true of it, if its status was told.
    pub(crate) truth: Option<Box<JobReport>>,
}

impl Touched {
    /// The job was accepted.
    pub(crate) fn accepted(job: &Job) -> Touched {
        Touched { job: job.id(), truth: None }
    }

    /// The job was looked at, and this was true of it.
    pub(crate) fn looked_at(job: &Job, report: &JobReport) -> Touched {
        Touched { job: job.id(), truth: Some(Box::new(report.clone())) }
    }
}

#[derive(Debug)]
enum Content {
    None,
    /// Made for this answer, with the room for it if it is counted.
    Made(Vec<u8>, Option<Share>),
    /// Bytes that are there anyway.
    Bytes(Bytes),
    /// A range of what a file holds, and what counts it while it is sent.
    File(FileBytes, Range<usize>, Option<Download>),
    Pieces(Held, Range<u64>),
    Events(StreamOrder),
    Outline(Box<OutlineBody>),
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: Content::None, touched: None }
    }

    /// An answer in JSON.
    pub(crate) fn json(status: StatusCode, value: impl Serialize) -> Reply {
        Reply::long_json(status, value, TYPICAL)
    }

    /// An answer in JSON that has about so many bytes.
    pub(crate) fn long_json(status: StatusCode, value: impl Serialize, n_bytes: usize) -> Reply {
        let mut headers = HeaderMap::with_capacity(N_HEADERS);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = Content::Made(json_text::to_vec(&value, n_bytes), None);
        Reply { status, headers, body, touched: None }
    }

    /// An answer that was written as JSON, with its room.
    pub(crate) fn written(status: StatusCode, (json, share): (Vec<u8>, Share)) -> Reply {
        let mut headers = HeaderMap::with_capacity(N_HEADERS);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Reply { status, headers, body: Content::Made(json, Some(share)), touched: None }
    }

    /// Takes room for the answer where it was not taken before; `room` was taken for it and may be less. What a request
    /// that changes something has done is answered in any case: what may become long has its room by then. That a file is not
    /// sent (503) while others are sent that have as many bytes as drives may hold together is *assumed* (no option: limit of
    /// drivesim).
    pub(crate) fn counted(mut self, app: &App, is_read: bool, mut room: Share) -> Result<Reply, Unsent> {
        if let Content::File(bytes, _, download @ None) = &mut self.body {
            if is_read {
                let most = Downloads::most(&app.sim);
                *download = app.downloads.begin(bytes, most).map_err(Unsent::Full)?;
            }
            return Ok(self);
        }
        let Content::Made(json, share @ None) = &mut self.body else { return Ok(self) };
        let most = app.options.limits.max_answer;
        if json.len() <= UNCOUNTED {
            return Ok(self);
        }
        // A buffer grows by doubling, and the room of a change was taken for its answer alone.
        if !is_read {
            json.shrink_to_fit();
        }
        let n_bytes = json.capacity();
        if is_read && json.len() > most {
            return Err(Unsent::TooLong(most));
        }
        match room.resize(n_bytes) {
            Err(over) if is_read => return Err(Unsent::Full(over)),
            Err(_) => room.grow_anyway(n_bytes - room.n_bytes()),
            Ok(()) => {}
        }
        *share = Some(room);
        Ok(self)
    }

    /// An answer of bytes of some type that are there anyway.
    pub(crate) fn bytes(
        status: StatusCode,
        kind: impl Into<Cow<'static, str>>,
        bytes: impl Into<Bytes>,
    ) -> Reply {
        let body = Content::Bytes(bytes.into());
        Reply { status, headers: HeaderMap::new(), body, touched: None }.with(header::CONTENT_TYPE, kind)
    }

    /// An answer of a range of what a file holds. Bytes that are there are not copied, others are made while they are
    /// sent.
    pub(crate) fn content(
        status: StatusCode,
        kind: impl Into<Cow<'static, str>>,
        content: Held,
        range: Range<u64>,
    ) -> Reply {
        if let Held::Bytes(bytes) = &content {
            let place = |at: u64| bytes.len().min(usize::try_from(at).unwrap_or(usize::MAX));
            let range = place(range.start)..place(range.end);
            let body = Content::File(bytes.clone(), range, None);
            return Reply { status, headers: HeaderMap::new(), body, touched: None }
                .with(header::CONTENT_TYPE, kind);
        }
        let body = Content::Pieces(content, range);
        Reply { status, headers: HeaderMap::new(), body, touched: None }.with(header::CONTENT_TYPE, kind)
    }

    /// An answer of a text that was made for it.
    pub(crate) fn text(status: StatusCode, kind: &'static str, text: String) -> Reply {
        let body = Content::Made(text.into_bytes(), None);
        Reply { status, headers: HeaderMap::new(), body, touched: None }.with(header::CONTENT_TYPE, kind)
    }

    /// An answer of an outline that is printed while it is sent.
    pub(crate) fn outline(kind: &'static str, body: OutlineBody) -> Reply {
        let body = Content::Outline(Box::new(body));
        Reply { status: StatusCode::OK, headers: HeaderMap::new(), body, touched: None }
            .with(header::CONTENT_TYPE, kind)
    }

    /// An answer of the events of a job, which goes on until the job ends.
    pub(crate) fn events(order: StreamOrder) -> Reply {
        let body = Content::Events(order);
        Reply { status: StatusCode::OK, headers: HeaderMap::new(), body, touched: None }
    }

    /// Adds a header. A value that no header can have is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Reply {
        let value = match value.into() {
            Cow::Borrowed(value) => HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())).ok(),
            Cow::Owned(value) => HeaderValue::try_from(value).ok(),
        };
        if let Some(value) = value {
            self.headers.append(name, value);
        }
        self
    }

    /// Makes the answer one that browsers take for what its type says and for nothing else. That all answers of all
    /// services have `X-Content-Type-Options: nosniff` is *assumed*: the pages show few headers (no option: without it
    /// what a user wrote could run as a script beside the admin API).
    pub(crate) fn with_its_type_only(self) -> Reply {
        self.with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    /// Packs the answer if it is JSON.
    pub(crate) fn packed(self) -> Reply {
        let Content::Made(json, share) = &self.body else { return self };
        let mut room = None;
        if let Some(share) = share {
            // For a moment there are both. Where there is no room for that, nobody has to pack.
            let mut both = share.sibling();
            if both.grow(json.len()).is_err() {
                return self;
            }
            room = Some(both);
        }
        let Some(packed) = gzip::pack(json) else { return self };
        if let Some(room) = &mut room {
            // It is smaller, or as large as it was.
            let _ = room.resize(packed.capacity());
        }
        Reply { body: Content::Made(packed, room), ..self }.with(header::CONTENT_ENCODING, "gzip")
    }

    /// Leaves out the body, for an answer to HEAD, and sets the length that it would have (RFC 9110, 8.6). A stream has no length.
    pub(crate) fn without_body(mut self) -> Reply {
        if matches!(self.body, Content::Events(_) | Content::Outline(_)) {
            // The router leaves it out, and an empty one would have a length.
            return self;
        }
        let (_, n_bytes) = self.beginning(0);
        let has_body = self.status != StatusCode::NO_CONTENT && self.status != StatusCode::NOT_MODIFIED;
        if has_body && !self.headers.contains_key(header::CONTENT_LENGTH) {
            self.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(n_bytes));
        }
        Reply { body: Content::None, ..self }
    }

    /// Notes for the journal which job the request had to do with.
    pub(crate) fn touching(self, touched: Touched) -> Reply {
        Reply { touched: Some(touched), ..self }
    }

    /// Returns the headers that were set so far.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns at most `most` bytes of the beginning of the body, and how many the body has.
    pub(crate) fn beginning(&self, most: usize) -> (Vec<u8>, u64) {
        let of = |body: &[u8]| (body[..body.len().min(most)].to_vec(), body.len() as u64);
        match &self.body {
            // The journal, which asks for this, has no line for streams.
            Content::None | Content::Events(_) | Content::Outline(_) => (Vec::new(), 0),
            Content::Made(json, _) => of(json),
            Content::Bytes(bytes) => of(bytes),
            Content::File(bytes, range, _) => of(bytes.get(range.clone()).unwrap_or_default()),
            Content::Pieces(content, range) => {
                let n_bytes = range.end.saturating_sub(range.start);
                let mut beginning = vec![0; most.min(usize::try_from(n_bytes).unwrap_or(usize::MAX))];
                let n_read = content.read_at(range.start, &mut beginning);
                beginning.truncate(n_read);
                (beginning, n_bytes)
            }
        }
    }

    /// Returns what the answer says of a job: the members of its body that tell the status and how far it is.
    pub(crate) fn told(&self) -> Map {
        let Content::Made(json, _) = &self.body else { return Map::new() };
        serde_json::from_slice::<Telling>(json).map(|Telling(members)| members).unwrap_or_default()
    }
}

/// Returns why an answer is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// It has more bytes than this, and no pages.
    TooLong(usize),
    /// There is no room for it now.
    Full(OverBudget),
}

impl Unsent {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Unsent::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Unsent::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn message(self) -> String {
        match self {
            Unsent::TooLong(most) => format!("The answer is longer than {most} bytes (max_answer)."),
            Unsent::Full(over) => format!("There is no room for the answer now: {over}; try again later."),
        }
    }

    pub(crate) fn fault(self) -> Fault {
        Fault::new(self.status(), "unanswerable", self.message())
    }
}

/// How many bytes of an answer are not counted.
const UNCOUNTED: usize = 4 << 10;
/// How many bytes most answers take at most.
const TYPICAL: usize = 2 << 10;
/// How many headers most answers have.
const N_HEADERS: usize = 6;
/// The members that tell how a job is.
const TELLING: [&str; 4] = ["status", "percentageComplete", "percentComplete", "error"];

/// The members of an object that tell how a job is; no values are made of the others, which may be long.
struct Telling(Map);

impl<'de> Deserialize<'de> for Telling {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Telling, D::Error> {
        deserializer.deserialize_map(Telling(Map::new()))
    }
}

impl<'de> Visitor<'de> for Telling {
    type Value = Telling;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Telling, A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            if TELLING.contains(&key.as_str()) {
                self.0.insert(key, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let body = match self.body {
            Content::None => Body::empty(),
            Content::Made(json, None) => fair::whole(Bytes::from(json)),
            Content::Made(json, Some(share)) => fair::whole(share.hold(json)),
            Content::Bytes(bytes) => fair::whole(bytes),
            Content::File(_, range, Some(download)) => fair::whole(download.slice(range)),
            Content::File(bytes, range, None) => fair::whole(Bytes::from_owner(bytes).slice(range)),
            Content::Pieces(content, range) => Body::new(Fair::new(Pieces::new(content, range))),
            Content::Events(order) => Body::new(Fair::new(EventStream::open(order))),
            Content::Outline(body) => Body::new(Fair::new(*body)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Part;
    use crate::limits::Limits;
    use crate::options::ServerOptions;

    fn app() -> App {
        let limits = Limits::default().max_answers(40 << 10).max_answer(20 << 10);
        let sim = drivesim::Sim::builder().build().unwrap();
        App::new(sim, ServerOptions::default().limits(limits)).unwrap()
    }

    fn none(app: &App) -> Share {
        app.budget.share(Part::Answers)
    }

    fn long(n_bytes: usize) -> Reply {
        Reply::long_json(StatusCode::OK, "l".repeat(n_bytes), n_bytes + 2)
    }

    #[test]
    fn an_answer_is_packed_where_there_is_room_for_both() {
        let app = app();
        let held = || app.budget.of(Part::Answers).0;
        let packed = long(15_000).counted(&app, true, none(&app)).unwrap().packed();
        assert!(packed.headers().contains_key(header::CONTENT_ENCODING) && held() < 15_000, "{}", held());
        let plain = [15_000, 15_000].map(|n_bytes| long(n_bytes).counted(&app, true, none(&app)).unwrap());
        let [_first, second] = plain;
        let second = second.packed();
        assert!(!second.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(second.beginning(0).1, 15_002);
    }

    #[test]
    fn what_has_no_pages_is_refused_beyond_the_limit_and_what_was_done_is_answered() {
        let app = app();
        assert_eq!(long(30_000).counted(&app, true, none(&app)).unwrap_err(), Unsent::TooLong(20 << 10));
        let done = long(100_000).counted(&app, false, none(&app)).unwrap();
        assert!(app.budget.of(Part::Answers).0 >= 100_000);
        assert!(matches!(long(5000).counted(&app, true, none(&app)), Err(Unsent::Full(_))));
        assert!(long(3000).counted(&app, true, none(&app)).is_ok());
        drop(done);
        assert_eq!(app.budget.total().0, 0);
    }
}
