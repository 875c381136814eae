//! The only place that deletes items, for good or not, and brings them back.

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
pub(crate) fn delete(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let (found, deleted) = find(app, route, name)?;
    let matched = precondition::matched(call, &found, &deleted);
    let deleted = matched.and_then(|address| Ok(found.acting(app).delete(address)?));
    deleted.map_err(|refusal| precondition::of_a_change(&found, refusal))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Deletes an item for good: 204.
pub(crate) fn delete_permanently(
    app: &App,
    call: &Call,
    route: &Route,
    name: &ItemName,
) -> Result<Reply, Refusal> {
    // Nothing is read from it, but what cannot be read is no wish to lose something for good.
    Members::read_if_any(call, Body::Empty)?;
    let (found, deleted) = find(app, route, name)?;
    found.acting(app).delete_permanently(precondition::matched(call, &found, &deleted)?)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn find(app: &App, route: &Route, name: &ItemName) -> Result<(Found, Item), Refusal> {
    let found = drive::find(app, route)?;
    let item = item::find(app, &found, name)?;
    Ok((found, item))
}

/// Brings an item back from the recycle bin: 200 with it. The page says that only OneDrive of a person restores items;
/// that other drives do, and that a taken name is refused if nothing else is said, is *assumed* (option `restore`).
pub(crate) fn restore(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read_if_any(call, Body::Restore)?;
    let found = drive::find(app, route)?;
    if !found.wire.restores {
        let message = "Items of this drive cannot be restored.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "notSupported", message));
    }
    let Some(id) = name.id.as_ref().filter(|_| name.path.is_empty()) else {
        return Err(Refusal::invalid("An item in the recycle bin has no path: it is restored by its id."));
    };
    let BinItem { item: deleted, .. } = app.sim.bin_item(found.drive.at(item::by_wire_id(&found, id)?))?;
    read::reserve(call, Some(&deleted), call.body.len())?;
    let folder = Reference::read(call, &members)?;
    let folder = folder.map(|parent| parent.folder(app, &found)).transpose()?;
    let folder = folder.map(|(drive, folder)| drive.drive.at(folder.id));
    let conflict = body::conflict_in_body(&members)?.unwrap_or(Conflict::Fail);
    let name = members.filled_text("name")?;
    found.acting(app).restore_item_to(found.drive.at(deleted.id), folder, name, conflict)?;
    let restored = app.sim.item(found.drive.at(deleted.id))?;
    read::reply(StatusCode::OK, (app, call, &found), &restored)
}
