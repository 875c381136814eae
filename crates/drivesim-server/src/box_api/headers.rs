//! Refuses the headers of Box that ask for what drivesim lacks.

use axum::http::{Method, header};

use crate::box_api::refusal::Refusal;
use crate::box_api::unused;
use crate::call::Call;

/// Refuses `BoxApi` with a shared link, which gives access to an item, and `X-Rep-Hints` where representations are asked
/// for.
pub(crate) fn check(call: &Call) -> Result<(), Refusal> {
    if call.headers.contains_key("boxapi") {
        return Err(Refusal::not_built("the header BoxApi (shared links)"));
    }
    note_unread(call)?;
    let fields = call.query("fields").unwrap_or_default();
    let is_wanted = fields.split(',').any(|name| name.trim() == "representations");
    if !call.headers.contains_key("x-rep-hints") {
        return Ok(());
    }
    if is_wanted {
        return Err(Refusal::not_built("the header X-Rep-Hints (representations)"));
    }
    unused::note(call, "X-Rep-Hints:")
}

/// Notes headers that have no effect, though a client that sends one relies on it.
fn note_unread(call: &Call) -> Result<(), Refusal> {
    let is_change = ![Method::GET, Method::HEAD].contains(&call.method);
    // A part of a chunked upload has a range of its own.
    let is_whole = call.path.ends_with("/content");
    let headers = [
        (header::IF_UNMODIFIED_SINCE, "If-Unmodified-Since:", true),
        (header::CONTENT_RANGE, "Content-Range:", is_whole),
        (header::CONTENT_ENCODING, "Content-Encoding:", is_whole || call.method == Method::PUT),
    ];
    for (name, noted, matters) in headers {
        if is_change && matters && call.headers.contains_key(name) {
            unused::note(call, noted)?;
        }
    }
    Ok(())
}
