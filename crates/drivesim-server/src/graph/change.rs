//! Handles changes of an item's name, parent, times and description.

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::options::Update;

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::error::GraphError;
use crate::graph::folder_reference::FolderReference;
use crate::graph::item_locator::ItemLocator;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::route::Route;
use crate::graph::{drive, file_system_info, item, item_response, precondition};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::state::app::App;

/// Changes an item: 200 with it.
pub(crate) fn item(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    name: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    let members = Members::read(request, BodyType::Change)?;
    let found = drive::find(app, route)?;
    let changed = change(app, request, &found, name, &members);
    let changed = changed.map_err(|error| precondition::with_change_status(&found, error))?;
    item_response::render(StatusCode::OK, (app, request, &found), &changed)
}

/// Applies the changes that the members name.
///
/// ASSUMED: A change of an item fails for `null` in any member but the description: nothing else can be removed (no
/// option: rare).
fn change(
    app: &App,
    request: &ApiRequest,
    found: &ResolvedDrive,
    name: &ItemLocator,
    members: &Members,
) -> Result<Item, GraphError> {
    let item = item::find(app, found, name)?;
    item_response::reserve(request, Some(&item), request.body.len())?;
    let address = precondition::address_if_match(request, found, &item)?;
    let mut update = Update::default();
    if let Some(name) = members.non_empty_text("name")? {
        update = update.name(name);
    }
    if let Some(parent) = FolderReference::read(request, members)? {
        let (drive, folder) = parent.find(app, found)?;
        update = update.parent(drive.drive.at(folder.id));
    }
    if members.is_null("description") {
        update = update.description("");
    } else if let Some(description) = members.text("description")? {
        update = update.description(description);
    }
    if let Some(info) = members.object("fileSystemInfo")? {
        update = update.times(file_system_info::times(&info)?);
    }
    // Conflict behaviors that the profile does not offer for moves are ignored, as by copies on personal drives.
    let conflict = members.conflict_or_in_query(request)?;
    let offered = found.profile(app)?.move_conflicts;
    if let Some(conflict) = conflict.filter(|conflict| offered.offers(*conflict)) {
        update = update.on_conflict(conflict);
    }
    found
        .sim_as_caller(app)
        .update(address, update)
        .map_err(|error| GraphError::from(error).with_job_wording())?;
    Ok(app.sim.item(found.drive.at(item.id))?)
}
