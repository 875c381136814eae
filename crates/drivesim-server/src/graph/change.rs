//! Handles changes of an item's name, parent, times and description.

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::options::Update;

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::context::{DriveContext, GraphContext};
use crate::graph::error::GraphError;
use crate::graph::folder_reference::FolderReference;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::{file_system_info, item_response, precondition};

/// Changes an item: 200 with it.
pub(crate) fn item(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let members = Members::read(context.request, BodyType::Change)?;
    let drive = context.find_drive()?;
    let context = context.in_drive(&drive);
    let changed = change(context, locator, &members);
    let changed = changed.map_err(|error| precondition::with_change_status(&drive, error))?;
    item_response::render(context, StatusCode::OK, &changed)
}

/// Applies the changes that the members name.
///
/// ASSUMED: A change of an item fails for `null` in any member but the description: nothing else can be removed (no
/// option: rare).
fn change(context: DriveContext<'_>, locator: &ItemLocator, members: &Members) -> Result<Item, GraphError> {
    let DriveContext { app, request, drive } = context;
    let item = context.find_item(locator)?;
    item_response::reserve(request, Some(&item), request.body.len())?;
    let address = precondition::address_if_match(context, &item)?;
    let mut update = Update::default();
    if let Some(name) = members.non_empty_text("name")? {
        update = update.name(name);
    }
    if let Some(parent) = FolderReference::read(request, members)? {
        update = update.parent(parent.find(app, drive)?);
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
    let offered = drive.profile(app)?.move_conflicts;
    if let Some(conflict) = conflict.filter(|conflict| offered.offers(*conflict)) {
        update = update.on_conflict(conflict);
    }
    drive
        .sim_as_caller(app)
        .update(address, update)
        .map_err(|error| GraphError::from(error).with_job_wording())?;
    Ok(app.sim.item(drive.at(item.id))?)
}
