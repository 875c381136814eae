//! Rejects or records headers of requests to Box that have no effect.

use axum::http::{Method, header};

use crate::box_api::error::BoxError;
use crate::box_api::ignored;
use crate::box_api::operation::{BodyLimit, BoxOperation};
use crate::http::request::ApiRequest;

/// The header that requests representations of a file.
const HINTS: &str = "x-rep-hints";

/// Fails for `BoxApi` with a shared link, which grants access to an item, and for `X-Rep-Hints` if representations are
/// requested, unless the handler of the operation checks that.
pub(crate) fn check(request: &ApiRequest, operation: &BoxOperation) -> Result<(), BoxError> {
    if request.headers.contains_key("boxapi") {
        return Err(BoxError::not_implemented("the header BoxApi (shared links)"));
    }
    note_ignored(request, operation.body_limit)?;
    if operation.checks_rep_hints { Ok(()) } else { check_rep_hints(request, false) }
}

/// Fails for `X-Rep-Hints` if representations are requested that were not set, which drivesim would have to generate.
pub(crate) fn check_rep_hints(request: &ApiRequest, are_set: bool) -> Result<(), BoxError> {
    if !request.headers.contains_key(HINTS) {
        return Ok(());
    }
    let fields = request.query("fields").unwrap_or_default();
    let are_requested = fields.split(',').any(|name| name.trim() == "representations");
    if are_requested && !are_set {
        return Err(BoxError::not_implemented("the header X-Rep-Hints (representations)"));
    }
    ignored::note_ignored(request, "X-Rep-Hints:")
}

/// Records headers that have no effect although clients rely on them.
fn note_ignored(request: &ApiRequest, body_limit: BodyLimit) -> Result<(), BoxError> {
    let is_change = request.method != Method::GET;
    let is_upload = body_limit == BodyLimit::File;
    // The parts of a chunked upload are sent with PUT, and each has a range.
    let is_whole = is_upload && request.method == Method::POST;
    let headers = [
        (header::IF_UNMODIFIED_SINCE, "If-Unmodified-Since:", is_change),
        (header::CONTENT_RANGE, "Content-Range:", is_whole),
        (header::CONTENT_ENCODING, "Content-Encoding:", is_upload),
    ];
    for (name, noted, matters) in headers {
        if matters && request.headers.contains_key(name) {
            ignored::note_ignored(request, noted)?;
        }
    }
    Ok(())
}
