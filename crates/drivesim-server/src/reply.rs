//! The only place that writes an answer.

use std::borrow::Cow;
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use drivesim::{Content as Held, Job, JobId, JobReport};
use serde::Serialize;

use crate::control::job_events::{EventStream, StreamOrder};
use crate::gzip;
use crate::json_text;
use crate::ordered_json::Map;
use crate::pieces::Pieces;

/// An answer.
#[derive(Clone, Debug)]
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

#[derive(Clone, Debug)]
enum Content {
    None,
    /// In JSON.
    Json(Vec<u8>),
    Bytes(Bytes),
    Pieces(Held, Range<u64>),
    Events(StreamOrder),
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
        let body = Content::Json(json_text::to_vec(&value, n_bytes));
        Reply { status, headers, body, touched: None }
    }

    /// An answer of bytes of some type.
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
            return Reply::bytes(status, kind, Bytes::from_owner(bytes.clone()).slice(range));
        }
        let body = Content::Pieces(content, range);
        Reply { status, headers: HeaderMap::new(), body, touched: None }.with(header::CONTENT_TYPE, kind)
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
        let Content::Json(json) = &self.body else { return self };
        match gzip::pack(json) {
            None => self,
            Some(packed) => {
                Reply { body: Content::Json(packed), ..self }.with(header::CONTENT_ENCODING, "gzip")
            }
        }
    }

    /// Leaves out the body, for an answer to HEAD, and sets the length that it would have (RFC 9110, 8.6). A stream has no length.
    pub(crate) fn without_body(mut self) -> Reply {
        if matches!(self.body, Content::Events(_)) {
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
            Content::None | Content::Events(_) => (Vec::new(), 0),
            Content::Json(json) => of(json),
            Content::Bytes(bytes) => of(bytes),
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
        let Content::Json(json) = &self.body else { return Map::new() };
        let Ok(members) = serde_json::from_slice::<Map>(json) else { return Map::new() };
        members.into_iter().filter(|(key, _)| TELLING.contains(&key.as_str())).collect()
    }
}

/// How many bytes most answers take at most.
const TYPICAL: usize = 2 << 10;
/// How many headers most answers have.
const N_HEADERS: usize = 6;
/// The members that tell how a job is.
const TELLING: [&str; 4] = ["status", "percentageComplete", "percentComplete", "error"];

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let body = match self.body {
            Content::None => Body::empty(),
            Content::Json(json) => Body::from(json),
            Content::Bytes(bytes) => Body::from(bytes),
            Content::Pieces(content, range) => Body::new(Pieces::new(content, range)),
            Content::Events(order) => Body::new(EventStream::open(order)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
