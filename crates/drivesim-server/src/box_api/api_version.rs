//! Checks the requested version of Box's API.

use axum::http::{HeaderName, StatusCode};

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::http::request::ApiRequest;

/// The supported version.
const SUPPORTED: &str = "2024.0";

/// Fails for an unsupported version (guide to versioning errors). The header is optional.
pub(crate) fn check(request: &ApiRequest) -> Result<(), BoxError> {
    match request.strict_header(HeaderName::from_static("box-version"))? {
        Some(version) if version.trim() != SUPPORTED => {
            let message = format!(
                "Invalid API version specified in 'box-version' header. Supported API versions: [{SUPPORTED}]."
            );
            Err(BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::InvalidApiVersion, message))
        }
        _ => Ok(()),
    }
}
