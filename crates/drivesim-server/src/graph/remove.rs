//! Handles deletions, permanent or not, and restores items from the bin.

use axum::http::StatusCode;
use drivesim::{BinItem, Conflict, Item};

use crate::app::App;
use crate::call::Call;
use crate::graph::body::{self, Members};
use crate::graph::drive::{self, Found};
use crate::graph::reference::Reference;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::types::Body;
use crate::graph::{item, precondition, read};
use crate::reply::Reply;

/// Moves an item to the recycle bin: 204.
pub(crate) fn delete(app: &App, request: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let (found, deleted) = find(app, route, name)?;
    let matched = precondition::matched(request, &found, &deleted);
    let deleted = matched.and_then(|address| Ok(found.acting(app).delete(address)?));
    deleted.map_err(|error| precondition::of_a_change(&found, error))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Deletes an item for good: 204.
pub(crate) fn delete_permanently(
    app: &App,
    request: &Call,
    route: &Route,
    name: &ItemName,
) -> Result<Reply, Refusal> {
    // The body is ignored, but a malformed one fails: nothing is deleted for good by a doubtful request.
    Members::read_if_any(request, Body::Empty)?;
    let (found, deleted) = find(app, route, name)?;
    found.acting(app).delete_permanently(precondition::matched(request, &found, &deleted)?)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn find(app: &App, route: &Route, name: &ItemName) -> Result<(Found, Item), Refusal> {
    let found = drive::find(app, route)?;
    let item = item::find(app, &found, name)?;
    Ok((found, item))
}

/// Restores an item from the recycle bin: 200 with the item. The page says that only personal OneDrive restores items.
///
/// ASSUMED: Drives other than personal ones restore items too, and a taken name fails without a conflict behavior
/// (option `restore`).
pub(crate) fn restore(app: &App, request: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read_if_any(request, Body::Restore)?;
    let found = drive::find(app, route)?;
    if !found.wire.restores {
        let message = "Items of this drive cannot be restored.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "notSupported", message));
    }
    let Some(id) = name.id.as_ref().filter(|_| name.path.is_empty()) else {
        return Err(Refusal::invalid("An item in the recycle bin has no path: it is restored by its id."));
    };
    let BinItem { item: deleted, .. } = app.sim.bin_item(found.drive.at(item::by_wire_id(&found, id)?))?;
    read::reserve(request, Some(&deleted), request.body.len())?;
    let folder = Reference::read(request, &members)?;
    let folder = folder.map(|parent| parent.folder(app, &found)).transpose()?;
    let folder = folder.map(|(drive, folder)| drive.drive.at(folder.id));
    let conflict = body::conflict_in_body(&members)?.unwrap_or(Conflict::Fail);
    let name = members.filled_text("name")?;
    found.acting(app).restore_item_to(found.drive.at(deleted.id), folder, name, conflict)?;
    let restored = app.sim.item(found.drive.at(deleted.id))?;
    read::reply(StatusCode::OK, (app, request, &found), &restored)
}
