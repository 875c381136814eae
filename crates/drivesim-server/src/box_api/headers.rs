//! Refuses the headers of Box that ask for what drivesim lacks.

use crate::box_api::refusal::Refusal;
use crate::box_api::unused;
use crate::call::Call;

/// Refuses `BoxApi` with a shared link, which gives access to an item, and `X-Rep-Hints` where representations are asked
/// for.
pub(crate) fn check(call: &Call) -> Result<(), Refusal> {
    if call.headers.contains_key("boxapi") {
        return Err(Refusal::not_built("the header BoxApi (shared links)"));
    }
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
