//! Handles changes of an item's name, parent, times and description.

use axum::http::StatusCode;
use drivesim::{Item, Times, Update};

use crate::app::App;
use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::body::{self, Members};
use crate::graph::drive::{self, Found};
use crate::graph::reference::Reference;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::types::Body;
use crate::graph::{item, precondition, read, time};
use crate::reply::Reply;

/// Changes an item: 200 with it.
pub(crate) fn item(app: &App, request: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read(request, Body::Change)?;
    let found = drive::find(app, route)?;
    let changed = change(app, request, &found, name, &members);
    let changed = changed.map_err(|error| precondition::of_a_change(&found, error))?;
    read::reply(StatusCode::OK, (app, request, &found), &changed)
}

/// Applies the changes that the members name.
///
/// ASSUMED: A change of an item fails for `null` in any member but the description: nothing else can be removed (no
/// option: rare).
fn change(
    app: &App,
    request: &Call,
    found: &Found,
    name: &ItemName,
    members: &Members,
) -> Result<Item, Refusal> {
    let item = item::find(app, found, name)?;
    read::reserve(request, Some(&item), request.body.len())?;
    let address = precondition::matched(request, found, &item)?;
    let mut update = Update::default();
    if let Some(name) = members.filled_text("name")? {
        update = update.name(name);
    }
    if let Some(parent) = Reference::read(request, members)? {
        let (drive, folder) = parent.folder(app, found)?;
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
    found.acting(app).update(address, update).map_err(|error| Refusal::from(error).in_other_words())?;
    Ok(app.sim.item(found.drive.at(item.id))?)
}

/// Parses the times of a `fileSystemInfo`.
pub(crate) fn times(info: &Members) -> Result<Times, Refusal> {
    let info = info.without_null(&["createdDateTime", "lastModifiedDateTime"]);
    let time = |key: &str| {
        let Some(text) = info.text(key)? else { return Ok(None) };
        let bad = || {
            let message =
                format!("{} is no time as in 2024-01-31T12:00:00Z, which {key} must be.", Quoted(text));
            Refusal::invalid(message).inner("invalidParameterFormat")
        };
        time::read(text).map(Some).ok_or_else(bad)
    };
    let (fs_created_at, fs_modified_at) = (time("createdDateTime")?, time("lastModifiedDateTime")?);
    Ok(Times { fs_created_at, fs_modified_at, ..Times::default() })
}
