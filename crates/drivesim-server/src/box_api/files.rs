//! Handles changes and deletions of files of Box.

use drivesim::{Item, Sim};

use crate::box_api::error::BoxError;
use crate::box_api::{RequestContext, change};
use crate::http::response::ApiResponse;

/// Changes a file.
pub(crate) fn update(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    change::update(context, &find(context)?)
}

/// Moves a file to the trash.
pub(crate) fn delete(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    change::delete(context, &find(context)?, Sim::delete)
}

fn find(context: &RequestContext<'_>) -> Result<Item, BoxError> {
    let found = context.drive.file(context.app, context.id());
    found
        .map_err(|error| change::missing_item_error(context, context.drive.file_id(context.id()).ok(), error))
}
