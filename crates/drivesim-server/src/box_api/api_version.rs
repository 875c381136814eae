//! Checks the requested version of Box's API.

use axum::http::{HeaderName, StatusCode};

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// The supported version.
const SUPPORTED: &str = "2024.0";

/// Fails for an unsupported version (guide to versioning errors). The header is optional.
pub(crate) fn check(request: &Call) -> Result<(), Refusal> {
    match request.decisive(HeaderName::from_static("box-version"))? {
        Some(version) if version.trim() != SUPPORTED => {
            let message = format!(
                "Invalid API version specified in 'box-version' header. Supported API versions: [{SUPPORTED}]."
            );
            Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_api_version", message))
        }
        _ => Ok(()),
    }
}
