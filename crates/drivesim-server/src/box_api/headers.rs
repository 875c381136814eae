//! Refuses or notes the headers of requests to Box that drivesim does nothing with.

use axum::http::{Method, header};

use crate::box_api::Takes;
use crate::box_api::refusal::Refusal;
use crate::box_api::unused;
use crate::call::Call;

/// The header that says which representations of a file are wanted.
const HINTS: &str = "x-rep-hints";

/// Refuses `BoxApi` with a shared link, which gives access to an item, and `X-Rep-Hints` where representations are asked
/// for; of one file that is shown, [`check_hints`] says whether.
pub(crate) fn check(call: &Call, takes: Takes, rest: &[String]) -> Result<(), Refusal> {
    if call.headers.contains_key("boxapi") {
        return Err(Refusal::not_built("the header BoxApi (shared links)"));
    }
    note_unread(call, takes)?;
    let is_one_file = call.method == Method::GET && rest.len() == 2 && rest[0] == "files";
    if is_one_file { Ok(()) } else { check_hints(call, false) }
}

/// Refuses `X-Rep-Hints` where representations are asked for, and drivesim would have to make them: they were not set.
pub(crate) fn check_hints(call: &Call, are_set: bool) -> Result<(), Refusal> {
    if !call.headers.contains_key(HINTS) {
        return Ok(());
    }
    let fields = call.query("fields").unwrap_or_default();
    let are_wanted = fields.split(',').any(|name| name.trim() == "representations");
    if are_wanted && !are_set {
        return Err(Refusal::not_built("the header X-Rep-Hints (representations)"));
    }
    unused::note(call, "X-Rep-Hints:")
}

/// Notes headers that have no effect, though a client that sends one relies on it.
fn note_unread(call: &Call, takes: Takes) -> Result<(), Refusal> {
    let is_change = call.method != Method::GET;
    let is_upload = takes == Takes::File;
    // The parts of a chunked upload come by PUT, and each has a range.
    let is_whole = is_upload && call.method == Method::POST;
    let headers = [
        (header::IF_UNMODIFIED_SINCE, "If-Unmodified-Since:", is_change),
        (header::CONTENT_RANGE, "Content-Range:", is_whole),
        (header::CONTENT_ENCODING, "Content-Encoding:", is_upload),
    ];
    for (name, noted, matters) in headers {
        if matters && call.headers.contains_key(name) {
            unused::note(call, noted)?;
        }
    }
    Ok(())
}
