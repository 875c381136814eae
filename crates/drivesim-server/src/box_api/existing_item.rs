//! Finds the file or folder in the path of a request to Box.

use axum::http::StatusCode;
use drivesim::{Item, ItemId};

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;

/// Finds a file. The error for one in the trash says so.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<Item, BoxError> {
    let (drive, id) = (context.drive, context.id());
    drive.file(context.app, id).map_err(|error| missing_item_error(context, drive.file_id(id).ok(), error))
}

/// Finds a folder. The error for one in the trash says so.
pub(crate) fn folder(context: &RequestContext<'_>) -> Result<Item, BoxError> {
    let (drive, id) = (context.drive, context.id());
    drive
        .folder(context.app, id)
        .map_err(|error| missing_item_error(context, drive.folder_id(id).ok(), error))
}

/// Returns the error for a missing item: a special one if the item is in the trash (guide to common errors), else the
/// given one.
fn missing_item_error(context: &RequestContext<'_>, item: Option<ItemId>, error: BoxError) -> BoxError {
    let is_in_trash = item.is_some_and(|item| context.app.sim.bin_item(context.drive.at(item)).is_ok());
    if !is_in_trash {
        return error;
    }
    BoxError::new(StatusCode::NOT_FOUND, BoxErrorCode::Trashed, "Item is trashed")
}
