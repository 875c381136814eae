//! Handles deletions, permanent or not, and restores items from the bin.

use axum::http::StatusCode;
use drivesim::item::BinItem;
use drivesim::options::RestoreOptions;
use drivesim::{Conflict, Item};

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::folder_reference::FolderReference;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::Route;
use crate::graph::{drive, item, item_response, precondition};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// Moves an item to the recycle bin: 204.
pub(crate) fn delete(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let (found, deleted) = find(app, route, name)?;
    let matched = precondition::address_if_match(request, &found, &deleted);
    let deleted = matched.and_then(|address| Ok(found.sim_as_caller(app).delete(address)?));
    deleted.map_err(|error| precondition::with_change_status(&found, error))?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Deletes an item for good: 204.
pub(crate) fn delete_permanently(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    // The body is ignored, but a malformed one fails: nothing is deleted for good by a doubtful request.
    Members::read_optional(request, BodyType::Empty)?;
    let (found, deleted) = find(app, route, name)?;
    found
        .sim_as_caller(app)
        .delete_permanently(precondition::address_if_match(request, &found, &deleted)?)?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

fn find(app: &App, route: &Route, name: &ItemLocator) -> Result<(ResolvedDrive, Item), GraphError> {
    let found = drive::find(app, route)?;
    let item = item::find(app, &found, name)?;
    Ok((found, item))
}

/// Restores an item from the recycle bin: 200 with the item. The page says that only personal OneDrive restores items.
///
/// ASSUMED: Drives other than personal ones restore items too, and a taken name fails without a conflict behavior
/// (option `restore`).
pub(crate) fn restore(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let members = Members::read_optional(request, BodyType::Restore)?;
    let found = drive::find(app, route)?;
    if !found.wire.restores {
        let message = "Items of this drive cannot be restored.";
        return Err(GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::NotSupported, message));
    }
    let Some(id) = name.id.as_ref().filter(|_| name.path.is_empty()) else {
        return Err(GraphError::invalid("An item in the recycle bin has no path: it is restored by its id."));
    };
    let BinItem { item: deleted, .. } = app.sim.bin_item(found.drive.at(item::by_wire_id(&found, id)?))?;
    item_response::reserve(request, Some(&deleted), request.body.len())?;
    let folder = FolderReference::read(request, &members)?;
    let folder = folder.map(|parent| parent.find(app, &found)).transpose()?;
    let folder = folder.map(|(drive, folder)| drive.drive.at(folder.id));
    let conflict = members.conflict()?.unwrap_or(Conflict::Fail);
    let name = members.non_empty_text("name")?;
    let mut options = RestoreOptions::from(conflict);
    (options.folder, options.name) = (folder, name.map(str::to_owned));
    found.sim_as_caller(app).restore_item_with(found.drive.at(deleted.id), options)?;
    let restored = app.sim.item(found.drive.at(deleted.id))?;
    item_response::render(StatusCode::OK, (app, request, &found), &restored)
}
