//! Builds responses, and counts their bytes until they are sent.

use std::borrow::Cow;
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use drivesim::item::{Content, FileBytes};
use drivesim::job::{JobId, JobReport};
use drivesim::{Job, Sim};
use serde::Serialize;

use crate::http::content_body::ContentBody;
use crate::http::fair::{self, FairBody};
use crate::http::gzip;
use crate::json::text;
use crate::limits::budget::{OverBudget, Permit};
use crate::limits::downloads::{CountedFile, Downloads};

/// A response.
#[derive(Debug)]
pub(crate) struct ApiResponse {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: Payload,
    /// The job of the request, for the journal.
    pub(crate) job_note: Option<JobNote>,
}

/// The job of a request.
#[derive(Clone, Debug)]
pub(crate) struct JobNote {
    pub(crate) job: JobId,
    /// Its state, if the response reports it.
    pub(crate) actual: Option<Box<JobReport>>,
}

impl JobNote {
    /// Creates the note for a job that was accepted.
    pub(crate) fn accepted(job: &Job) -> JobNote {
        JobNote { job: job.id(), actual: None }
    }

    /// Creates the note for a job that was polled, with its state.
    pub(crate) fn polled(job: &Job, report: &JobReport) -> JobNote {
        JobNote { job: job.id(), actual: Some(Box::new(report.clone())) }
    }
}

#[derive(Debug)]
enum Payload {
    None,
    /// Made for this response; with its share if it is counted.
    Buffer(Vec<u8>, Option<Permit>),
    /// Bytes that exist anyway.
    Bytes(Bytes),
    /// A range of a file's content; with its count while it is sent.
    File(FileBytes, Range<usize>, Option<CountedFile>),
    Pieces(Content, Range<u64>),
    /// A body without a known length that is made while it is sent. Rare, so that its box does not matter.
    Stream(Body),
}

impl ApiResponse {
    /// Creates a response without a body.
    pub(crate) fn empty(status: StatusCode) -> ApiResponse {
        ApiResponse { status, headers: HeaderMap::new(), body: Payload::None, job_note: None }
    }

    /// Creates a response in JSON.
    pub(crate) fn json(status: StatusCode, value: impl Serialize) -> ApiResponse {
        ApiResponse::long_json(status, value, TYPICAL)
    }

    /// Creates a response in JSON that has about `n_bytes` bytes.
    pub(crate) fn long_json(status: StatusCode, value: impl Serialize, n_bytes: usize) -> ApiResponse {
        let mut headers = HeaderMap::with_capacity(N_HEADERS);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = Payload::Buffer(text::to_vec(&value, n_bytes), None);
        ApiResponse { status, headers, body, job_note: None }
    }

    /// Creates a response of written JSON, with its share.
    pub(crate) fn written(status: StatusCode, (json, share): (Vec<u8>, Permit)) -> ApiResponse {
        let mut headers = HeaderMap::with_capacity(N_HEADERS);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ApiResponse { status, headers, body: Payload::Buffer(json, Some(share)), job_note: None }
    }

    /// Takes memory for the response unless it was taken before. `room` is the share that was reserved for it, and may
    /// be smaller. The response to a change that was made is always sent: if it can be long, its memory was reserved
    /// before.
    ///
    /// ASSUMED: A file is not sent (503) while others are sent that have as many bytes as drives may hold together (no
    /// option: limit of drivesim).
    pub(crate) fn count_bytes(
        mut self,
        limits: ResponseLimits<'_>,
        is_read: bool,
        mut room: Permit,
    ) -> Result<ApiResponse, ResponseError> {
        if let Payload::File(bytes, _, download @ None) = &mut self.body {
            if is_read {
                let most = Downloads::max_bytes(limits.sim);
                *download = limits.downloads.begin(bytes, most).map_err(ResponseError::OverBudget)?;
            }
            return Ok(self);
        }
        let Payload::Buffer(json, share @ None) = &mut self.body else { return Ok(self) };
        let most = limits.max_bytes;
        if json.len() <= UNCOUNTED {
            return Ok(self);
        }
        // A buffer grows by doubling, and a change reserved memory for the response only.
        if !is_read {
            json.shrink_to_fit();
        }
        let n_bytes = json.capacity();
        if is_read && json.len() > most {
            return Err(ResponseError::TooLong(most));
        }
        match room.resize(n_bytes) {
            Err(over) if is_read => return Err(ResponseError::OverBudget(over)),
            Err(_) => room.grow_anyway(n_bytes - room.n_bytes()),
            Ok(()) => {}
        }
        *share = Some(room);
        Ok(self)
    }

    /// Creates a response of bytes that exist anyway.
    pub(crate) fn bytes(
        status: StatusCode,
        kind: impl Into<Cow<'static, str>>,
        bytes: impl Into<Bytes>,
    ) -> ApiResponse {
        let body = Payload::Bytes(bytes.into());
        ApiResponse { status, headers: HeaderMap::new(), body, job_note: None }
            .with_header(header::CONTENT_TYPE, kind)
    }

    /// Creates a response of a range of a file's content. Stored bytes are not copied; declared ones are made while
    /// they are sent.
    pub(crate) fn content(
        status: StatusCode,
        kind: impl Into<Cow<'static, str>>,
        content: Content,
        range: Range<u64>,
    ) -> ApiResponse {
        if let Content::Bytes(bytes) = &content {
            let offset = |at: u64| bytes.len().min(usize::try_from(at).unwrap_or(usize::MAX));
            let range = offset(range.start)..offset(range.end);
            let body = Payload::File(bytes.clone(), range, None);
            return ApiResponse { status, headers: HeaderMap::new(), body, job_note: None }
                .with_header(header::CONTENT_TYPE, kind);
        }
        let body = Payload::Pieces(content, range);
        ApiResponse { status, headers: HeaderMap::new(), body, job_note: None }
            .with_header(header::CONTENT_TYPE, kind)
    }

    /// Creates a response of a text.
    pub(crate) fn text(status: StatusCode, kind: &'static str, text: String) -> ApiResponse {
        let body = Payload::Buffer(text.into_bytes(), None);
        ApiResponse { status, headers: HeaderMap::new(), body, job_note: None }
            .with_header(header::CONTENT_TYPE, kind)
    }

    /// Creates a response of a body that is made while it is sent.
    pub(crate) fn stream<B>(kind: &'static str, body: B) -> ApiResponse
    where
        B: hyper::body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let body = Payload::Stream(Body::new(FairBody::new(body)));
        ApiResponse { status: StatusCode::OK, headers: HeaderMap::new(), body, job_note: None }
            .with_header(header::CONTENT_TYPE, kind)
    }

    /// Adds a header. A value that is invalid in a header is left out.
    pub(crate) fn with_header(
        mut self,
        name: HeaderName,
        value: impl Into<Cow<'static, str>>,
    ) -> ApiResponse {
        let value = match value.into() {
            Cow::Borrowed(value) => HeaderValue::from_maybe_shared(Bytes::from_static(value.as_bytes())).ok(),
            Cow::Owned(value) => HeaderValue::try_from(value).ok(),
        };
        if let Some(value) = value {
            self.headers.append(name, value);
        }
        self
    }

    /// Makes browsers treat the response as its declared type only.
    ///
    /// ASSUMED: All responses of all services have `X-Content-Type-Options: nosniff`; the pages show few headers (no
    /// option: without it what a user wrote could run as a script beside the admin API).
    pub(crate) fn nosniff(self) -> ApiResponse {
        self.with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    /// Compresses the response if it is JSON.
    pub(crate) fn compressed(self) -> ApiResponse {
        let Payload::Buffer(json, share) = &self.body else { return self };
        let mut room = None;
        if let Some(share) = share {
            // Both buffers exist for a moment. If they do not fit into the budget, the response stays uncompressed.
            let mut both = share.empty_like();
            if both.grow(json.len()).is_err() {
                return self;
            }
            room = Some(both);
        }
        let Some(packed) = gzip::compress(json) else { return self };
        if let Some(room) = &mut room {
            // It shrinks, or keeps its size.
            let _ = room.resize(packed.capacity());
        }
        ApiResponse { body: Payload::Buffer(packed, room), ..self }
            .with_header(header::CONTENT_ENCODING, "gzip")
    }

    /// Removes the body, for the response to HEAD, and sets the length that it would have (RFC 9110, 8.6). A stream has
    /// no length.
    pub(crate) fn without_body(mut self) -> ApiResponse {
        if matches!(self.body, Payload::Stream(_)) {
            // The router removes it. An empty body would have a length.
            return self;
        }
        let (_, n_bytes) = self.body_prefix(0);
        let has_body = self.status != StatusCode::NO_CONTENT && self.status != StatusCode::NOT_MODIFIED;
        if has_body && !self.headers.contains_key(header::CONTENT_LENGTH) {
            self.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(n_bytes));
        }
        ApiResponse { body: Payload::None, ..self }
    }

    /// Notes the job of the request for the journal.
    pub(crate) fn with_job_note(self, touched: JobNote) -> ApiResponse {
        ApiResponse { job_note: Some(touched), ..self }
    }

    /// Returns the headers that were set so far.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns at most `most` bytes of the beginning of the body, and the length of the body.
    pub(crate) fn body_prefix(&self, most: usize) -> (Vec<u8>, u64) {
        let of = |body: &[u8]| (body[..body.len().min(most)].to_vec(), body.len() as u64);
        match &self.body {
            // The journal, the only caller, has no entry for streams.
            Payload::None | Payload::Stream(_) => (Vec::new(), 0),
            Payload::Buffer(json, _) => of(json),
            Payload::Bytes(bytes) => of(bytes),
            Payload::File(bytes, range, _) => of(bytes.get(range.clone()).unwrap_or_default()),
            Payload::Pieces(content, range) => {
                let n_bytes = range.end.saturating_sub(range.start);
                let mut beginning = vec![0; most.min(usize::try_from(n_bytes).unwrap_or(usize::MAX))];
                let n_read = content.read_at(range.start, &mut beginning);
                beginning.truncate(n_read);
                (beginning, n_bytes)
            }
        }
    }

    /// Returns the body if it was made for this response.
    pub(crate) fn own_body(&self) -> Option<&[u8]> {
        match &self.body {
            Payload::Buffer(json, _) => Some(json),
            _ => None,
        }
    }
}

/// What limits the bytes of responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseLimits<'a> {
    /// The maximal number of bytes of a response that is not a file.
    pub(crate) max_bytes: usize,
    /// The files that are being sent. The simulator knows how much they may be.
    pub(crate) downloads: &'a Downloads,
    pub(crate) sim: &'a Sim,
}

/// The reason why a response is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseError {
    /// It has more bytes than this, and no pages.
    TooLong(usize),
    /// It does not fit into the budget now.
    OverBudget(OverBudget),
}

impl ResponseError {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            ResponseError::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            ResponseError::OverBudget(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn message(self) -> String {
        match self {
            ResponseError::TooLong(most) => format!("The response is longer than {most} bytes (max_answer)."),
            ResponseError::OverBudget(over) => {
                format!("There is no memory for the response now: {over}; try again later.")
            }
        }
    }
}

/// Responses up to this number of bytes are not counted.
const UNCOUNTED: usize = 4 << 10;
/// The usual maximum of bytes in a response.
const TYPICAL: usize = 2 << 10;
/// The usual number of headers in a response.
const N_HEADERS: usize = 6;

impl IntoResponse for ApiResponse {
    fn into_response(self) -> Response {
        let body = match self.body {
            Payload::None => Body::empty(),
            Payload::Buffer(json, None) => fair::buffered_body(Bytes::from(json)),
            Payload::Buffer(json, Some(share)) => fair::buffered_body(share.hold(json)),
            Payload::Bytes(bytes) => fair::buffered_body(bytes),
            Payload::File(_, range, Some(download)) => fair::buffered_body(download.slice(range)),
            Payload::File(bytes, range, None) => fair::buffered_body(Bytes::from_owner(bytes).slice(range)),
            Payload::Pieces(content, range) => Body::new(FairBody::new(ContentBody::new(content, range))),
            Payload::Stream(body) => body,
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
    use crate::limits::Limits;
    use crate::limits::budget::{Budget, BudgetPart};

    /// A server that sends at most 20 KiB at once.
    struct Fixture {
        budget: Budget,
        downloads: Downloads,
        sim: Sim,
    }

    impl Fixture {
        fn new() -> Fixture {
            let limits = Limits::default().max_answers(40 << 10).max_answer(20 << 10);
            let sim = Sim::builder().build().unwrap();
            Fixture { budget: Budget::new(&limits), downloads: Downloads::default(), sim }
        }

        fn count(&self, response: ApiResponse, is_read: bool) -> Result<ApiResponse, ResponseError> {
            let limits = ResponseLimits { max_bytes: 20 << 10, downloads: &self.downloads, sim: &self.sim };
            response.count_bytes(limits, is_read, self.budget.empty_permit(BudgetPart::Responses))
        }
    }

    fn long(n_bytes: usize) -> ApiResponse {
        ApiResponse::long_json(StatusCode::OK, "l".repeat(n_bytes), n_bytes + 2)
    }

    #[test]
    fn a_response_is_compressed_if_both_buffers_fit() {
        let server = Fixture::new();
        let n_reserved = || server.budget.usage_of(BudgetPart::Responses).0;
        let packed = server.count(long(15_000), true).unwrap().compressed();
        assert!(
            packed.headers().contains_key(header::CONTENT_ENCODING) && n_reserved() < 15_000,
            "{}",
            n_reserved()
        );
        let plain = [15_000, 15_000].map(|n_bytes| server.count(long(n_bytes), true).unwrap());
        let [_first, second] = plain;
        let second = second.compressed();
        assert!(!second.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(second.body_prefix(0).1, 15_002);
    }

    #[test]
    fn a_long_response_fails_unless_its_request_has_changed_something() {
        let server = Fixture::new();
        assert_eq!(server.count(long(30_000), true).unwrap_err(), ResponseError::TooLong(20 << 10));
        let done = server.count(long(100_000), false).unwrap();
        assert!(server.budget.usage_of(BudgetPart::Responses).0 >= 100_000);
        assert!(matches!(server.count(long(5000), true), Err(ResponseError::OverBudget(_))));
        assert!(server.count(long(3000), true).is_ok());
        drop(done);
        assert_eq!(server.budget.usage().0, 0);
    }
}
