//! Responds with the content of a file, or with the requested range of it.

use axum::http::{StatusCode, header};
use drivesim::item::Content;

use crate::http::ranges::{self, RequestedRange};
use crate::http::response::ApiResponse;

/// The requested range lies beyond the end of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeNotSatisfiable {
    pub(crate) size: u64,
}

/// Returns a response with a content, or with the range of it that a header requests.
pub(crate) fn range_response(
    content: Content,
    kind: &'static str,
    range: Option<&str>,
) -> Result<ApiResponse, RangeNotSatisfiable> {
    let size = content.size();
    let (status, range) = match ranges::parse_range(range, size) {
        RequestedRange::Whole => (StatusCode::OK, 0..size),
        RequestedRange::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        RequestedRange::NotSatisfiable => return Err(RangeNotSatisfiable { size }),
    };
    let n_bytes = (range.end - range.start).to_string();
    let content_range = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
    let response = ApiResponse::content(status, kind, content, range);
    let response =
        response.with_header(header::CONTENT_LENGTH, n_bytes).with_header(header::ACCEPT_RANGES, "bytes");
    Ok(if status == StatusCode::OK {
        response
    } else {
        response.with_header(header::CONTENT_RANGE, content_range)
    })
}
