//! Handles changes of an item's name, parent, times and description.

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::item::Times;
use drivesim::options::Update;

use crate::graph::body::{self, Members};
use crate::graph::body_types::BodyType;
use crate::graph::drive::{self, ResolvedDrive};
use crate::graph::error::GraphError;
use crate::graph::folder_reference::FolderReference;
use crate::graph::route::{ItemLocator, Route};
use crate::graph::{item, precondition, read, time};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
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
    read::reply(StatusCode::OK, (app, request, &found), &changed)
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
    read::reserve_response(request, Some(&item), request.body.len())?;
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
        update = update.times(times(&info)?);
    }
    // Conflict behaviors that the profile does not offer for moves are ignored, as by copies on personal drives.
    let conflict = body::conflict(request, members)?;
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

/// Parses the times of a `fileSystemInfo`.
pub(crate) fn times(info: &Members) -> Result<Times, GraphError> {
    let info = info.without_null(&["createdDateTime", "lastModifiedDateTime"]);
    let time = |key: &str| {
        let Some(text) = info.text(key)? else { return Ok(None) };
        let bad = || {
            let message =
                format!("{} is not a time as in 2024-01-31T12:00:00Z, as {key} must be.", Quoted(text));
            GraphError::invalid(message).with_inner_code("invalidParameterFormat")
        };
        time::parse(text).map(Some).ok_or_else(bad)
    };
    let (fs_created_at, fs_modified_at) = (time("createdDateTime")?, time("lastModifiedDateTime")?);
    Ok(Times { fs_created_at, fs_modified_at, ..Times::default() })
}
