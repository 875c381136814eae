//! Notes what a request to Box sent without effect.

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// Notes the name of what has no effect: `parent.size` for a member of the body, `?size` for an option of the query,
/// `X-Size:` for a header. All readers of Box call it before anything is changed, so that it may refuse as well.
pub(crate) fn note(call: &Call, name: impl Into<String>) -> Result<(), Refusal> {
    call.ignored(name);
    Ok(())
}
