//! The only place that says which versions of Box's interface are spoken.

use axum::http::{HeaderName, StatusCode};

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// The one that there is here.
const SPOKEN: &str = "2024.0";

/// Refuses a request for a version that is not spoken (guide to versioning errors); without the header it is the one that
/// is.
pub(crate) fn check(call: &Call) -> Result<(), Refusal> {
    match call.decisive(HeaderName::from_static("box-version"))? {
        Some(version) if version.trim() != SPOKEN => {
            let message = format!(
                "Invalid API version specified in 'box-version' header. Supported API versions: [{SPOKEN}]."
            );
            Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_api_version", message))
        }
        _ => Ok(()),
    }
}
