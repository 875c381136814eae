//! Parses the page that a list of Box is requested with.

use axum::http::StatusCode;

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::http::request::ApiRequest;

/// The default size of a page (recorded responses), and the largest: a larger `limit` is reduced to it.
pub(crate) const DEFAULT_LIMIT: usize = 100;
pub(crate) const MAX_LIMIT: usize = 1000;
/// The largest offset into a folder (guide to offset-based pagination).
pub(crate) const MAX_OFFSET: usize = 9_999;
/// The largest offset into other lists (reference of versions, of search, of the trash).
pub(crate) const MAX_OFFSET_ELSEWHERE: usize = 10_000;

/// Parses `limit`, the size of a page, which is at most `max`.
///
/// ASSUMED: A `limit` of 0 fails for a list of Box (no option: no other reading is known).
pub(crate) fn limit(request: &ApiRequest, default: usize, max: usize) -> Result<usize, BoxError> {
    let Some(text) = request.query("limit") else { return Ok(default) };
    let invalid_limit =
        || BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::InvalidLimit, "Limit is not a valid number");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid_limit());
    }
    match text.parse().unwrap_or(usize::MAX) {
        0 => Err(invalid_limit()),
        limit => Ok(limit.min(max)),
    }
}

/// Parses `offset`, the number of entries before a page. The error `invalid_offset` is for texts that are not numbers
/// (guide to common errors).
pub(crate) fn offset(request: &ApiRequest, max: usize) -> Result<usize, BoxError> {
    let Some(text) = request.query("offset") else { return Ok(0) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid_offset());
    }
    let offset = text.parse().ok().filter(|&offset: &usize| offset <= max);
    offset.ok_or_else(|| BoxError::offset_too_large(text, max))
}

pub(crate) fn invalid_offset() -> BoxError {
    BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::InvalidOffset, "Offset is not a valid number")
}
