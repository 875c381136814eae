//! Records parts of requests to Box that have no effect.

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// Records the name of a part without effect: `parent.size` for a member of the body, `?size` for a query option,
/// `X-Size:` for a header. All parsers for Box call it before anything is changed. Fails with 400 if the server is
/// strict.
pub(crate) fn note(request: &Call, name: impl Into<String>) -> Result<(), Refusal> {
    let name = name.into();
    if request.refuses_ignored() {
        let name = format!("{name:.100}");
        let message = format!("'{name}' has no effect here, and this server is told to refuse that");
        return Err(Refusal::bad("invalid_parameter", &name, message));
    }
    request.ignored(name);
    Ok(())
}
