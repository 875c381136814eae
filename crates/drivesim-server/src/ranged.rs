//! Responds with the content of a file, or with the requested range of it.

use axum::http::{StatusCode, header};
use drivesim::Content;

use crate::ranges::{self, Asked};
use crate::reply::Reply;

/// The requested range lies beyond the end of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beyond {
    pub(crate) size: u64,
}

/// Returns a response with a content, or with the range of it that a header requests.
pub(crate) fn reply(content: Content, kind: &'static str, range: Option<&str>) -> Result<Reply, Beyond> {
    let size = content.size();
    let (status, range) = match ranges::asked(range, size) {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Beyond => return Err(Beyond { size }),
    };
    let n_bytes = (range.end - range.start).to_string();
    let content_range = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
    let reply = Reply::content(status, kind, content, range);
    let reply = reply.with(header::CONTENT_LENGTH, n_bytes).with(header::ACCEPT_RANGES, "bytes");
    Ok(if status == StatusCode::OK { reply } else { reply.with(header::CONTENT_RANGE, content_range) })
}
