//! Handles changes and deletions of files of Box.

use drivesim::Sim;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::{change, existing_item};
use crate::http::response::ApiResponse;

/// Changes a file.
pub(crate) fn update(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    change::update(context, &existing_item::file(context)?)
}

/// Moves a file to the trash.
pub(crate) fn delete(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    change::delete(context, &existing_item::file(context)?, Sim::delete)
}
