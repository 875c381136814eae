//! The only place that makes, changes and deletes folders of Box.

use axum::http::StatusCode;
use drivesim::{ConflictsShape, DriveError, Error, Item};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::settings::Settings;
use crate::box_api::{Asked, change, events, ids, query};
use crate::reply::Reply;

/// What the body of a new folder may have.
const NEW: Shape = Shape::of(&["name", "parent", "folder_upload_email", "sync_state"])
    .taking_null_for(&["folder_upload_email"])
    .needing(&["name", "parent"])
    .describing_item();

/// Makes a folder: 201 with it.
pub(crate) fn create(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let members = Members::read(asked.call, &NEW)?;
    let name = members.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let parent = place.target(app, "parent", &members.id_in("parent", &PARENT)?)?;
    // Before anything is made: what is wrong with them refuses the folder.
    Settings::of_new_folder(asked, &parent, &members)?;
    asked.reserve_for_path(&fields, parent.id)?;
    let made = asked.acting().create_folder(place.at(parent.id), name).map_err(|error| match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) if is_reserved(asked, &parent, name) => reserved(),
        _ => change::refused(&shower, Some(parent.id), error, ConflictsShape::Array),
    })?;
    let folder = app.sim.item(place.at(made))?;
    let settings = Settings::of_new_folder(asked, &folder, &members)?;
    app.sim.set_members(place.at(made), &settings.changes)?;
    events::tell(asked, Deed::Create, made);
    let made = app.sim.item(place.at(made))?;
    Ok(Reply::json(StatusCode::CREATED, shower.item(&made, &fields)))
}

/// Renames or moves a folder, or says what it is about.
pub(crate) fn update(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    change::update(asked, &find(asked)?)
}

/// Puts a folder into the trash; one with something in it only where the client says that it means all of it.
pub(crate) fn delete(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let folder = find(asked)?;
    let is_recursive = query::flag(asked.call, "recursive")?;
    change::delete(
        asked,
        &folder,
        |sim, at| if is_recursive { sim.delete(at) } else { sim.delete_if_empty(at) },
    )
}

/// Finds a folder; of one in the trash it says so.
pub(crate) fn existing(asked: &Asked<'_>) -> Result<Item, Refusal> {
    let (place, id) = (asked.place, asked.id());
    let found = place.folder(asked.app, id);
    found.map_err(|refusal| change::gone(asked, place.folder_id(id).ok(), refusal))
}

/// Finds a folder that may be changed: the root is refused with 400 (*assumed* for changes, seen by a third party for
/// deletes) (no option: no other reading is known).
fn find(asked: &Asked<'_>) -> Result<Item, Refusal> {
    let (folder, id) = (existing(asked)?, asked.id());
    if id == ids::ROOT {
        return Err(Refusal::invalid("folder_id", id, "the id of a folder other than the root"));
    }
    Ok(folder)
}

/// Returns whether the name was taken in this very second, by a request that may not be over, where the drive tells that
/// apart.
fn is_reserved(asked: &Asked<'_>, folder: &Item, name: &str) -> bool {
    let now = asked.app.sim.now().as_second();
    let holder = || asked.shower().named(folder.id, name);
    asked.place.wire.reserves_names && holder().is_some_and(|holder| holder.created_at.as_second() == now)
}

fn reserved() -> Refusal {
    let message = "The item name is reserved by another processing item. Wait and then retry the request, or wait and \
                   check the parent folder to see if the name is in use.";
    Refusal::new(StatusCode::CONFLICT, "name_temporarily_reserved", message)
}
