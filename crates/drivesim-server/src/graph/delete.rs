//! Handles deletions, permanent or not, and restores items from the bin.

use axum::http::StatusCode;
use drivesim::Conflict;
use drivesim::item::BinItem;
use drivesim::options::RestoreOptions;

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::context::GraphContext;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::folder_reference::FolderReference;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::options::Restore;
use crate::graph::{item, item_response, precondition};
use crate::http::response::ApiResponse;

/// Moves an item to the recycle bin: 204.
pub(crate) fn delete(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let item = context.find_item(locator)?;
    let address = precondition::address_if_match(context, &item);
    let result = address.and_then(|address| Ok(drive.sim_as_caller(context.app).delete(address)?));
    result.map_err(|error| precondition::with_change_status(&drive, error))?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Deletes an item for good: 204.
pub(crate) fn delete_permanently(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    // The body is ignored, but a malformed one fails: nothing is deleted for good by a doubtful request.
    Members::read_optional(context.request, BodyType::Empty)?;
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let item = context.find_item(locator)?;
    let address = precondition::address_if_match(context, &item)?;
    drive.sim_as_caller(context.app).delete_permanently(address)?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Restores an item from the recycle bin: 200 with the item. The page says that only personal OneDrive restores items.
///
/// ASSUMED: Drives other than personal ones restore items too, and a taken name fails without a conflict behavior
/// (option `wire.restore`).
pub(crate) fn restore(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let members = Members::read_optional(request, BodyType::Restore)?;
    let drive = context.find_drive()?;
    if drive.wire.restore == Restore::Refused {
        let message = "Items of this drive cannot be restored.";
        return Err(GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::NotSupported, message));
    }
    let Some(id) = locator.id.as_ref().filter(|_| locator.path.is_empty()) else {
        return Err(GraphError::invalid("An item in the recycle bin has no path: it is restored by its id."));
    };
    let BinItem { item: deleted, .. } = app.sim.bin_item(drive.at(item::by_wire_id(&drive, id)?))?;
    item_response::reserve(request, Some(&deleted), request.body.len())?;
    let folder = FolderReference::read(request, &members)?;
    let folder = folder.map(|folder| folder.find(app, &drive)).transpose()?;
    let conflict = members.conflict()?.unwrap_or(Conflict::Fail);
    let name = members.non_empty_text("name")?;
    let mut options = RestoreOptions::from(conflict);
    (options.folder, options.name) = (folder, name.map(str::to_owned));
    drive.sim_as_caller(app).restore_item_with(drive.at(deleted.id), options)?;
    let restored = app.sim.item(drive.at(deleted.id))?;
    item_response::render(context.in_drive(&drive), StatusCode::OK, &restored)
}
