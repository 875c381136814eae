//! Notes what a request to Box sent without effect.

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// Notes the name of what has no effect: `parent.size` for a member of the body, `?size` for an option of the query,
/// `X-Size:` for a header. All readers of Box call it before anything is changed. Where the server refuses what has no
/// effect, that is 400.
pub(crate) fn note(call: &Call, name: impl Into<String>) -> Result<(), Refusal> {
    let name = name.into();
    if call.refuses_ignored() {
        let name = format!("{name:.100}");
        let message = format!("'{name}' has no effect here, and this server is told to refuse that");
        return Err(Refusal::bad("invalid_parameter", &name, message));
    }
    call.ignored(name);
    Ok(())
}
