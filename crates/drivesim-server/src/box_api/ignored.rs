//! Records parts of requests to Box that have no effect.

use crate::box_api::error::BoxError;
use crate::http::request::ApiRequest;

/// Records the name of a part without effect: `parent.size` for a member of the body, `?size` for a query option,
/// `X-Size:` for a header. All parsers for Box call it before anything is changed. Fails with 400 if the server is
/// strict.
pub(crate) fn note_ignored(request: &ApiRequest, name: impl Into<String>) -> Result<(), BoxError> {
    let name = name.into();
    if request.is_strict() {
        let name = format!("{name:.100}");
        let message = format!("'{name}' has no effect here, and this server is configured to reject that");
        return Err(BoxError::invalid_parameter(&name, message));
    }
    request.note_ignored(name);
    Ok(())
}
