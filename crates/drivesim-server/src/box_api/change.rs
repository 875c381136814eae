//! The only place that changes and deletes files and folders of Box alike: names, folders, descriptions, preconditions.

use axum::http::{StatusCode, header};
use drivesim::{Address, ConflictsShape, DriveError, Error, Item, ItemId, Precondition, Sim, Times, Update};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::settings::Settings;
use crate::box_api::show::Shower;
use crate::box_api::upload::{CREATED, MODIFIED};
use crate::box_api::{Asked, events, file_lock, read};
use crate::call::Call;
use crate::reply::Reply;

/// What the body of a change of a file may have. The times are in no description of the interface, but rclone sets them
/// so, and its own tests against Box need them. That times of the content that are set at Box move the etag and the time of
/// the last change is *assumed* (no option: no other reading is known).
const OF_FILE: Shape = Shape::of(&[
    "name",
    "description",
    "parent",
    CREATED,
    MODIFIED,
    "shared_link",
    "lock",
    "disposition_at",
    "tags",
])
.lacking(&["permissions", "collections"])
.taking_null_for(&["shared_link", "lock"])
.describing_item();
/// What the body of a change of a folder may have.
const OF_FOLDER: Shape = Shape::of(&[
    "name",
    "description",
    "parent",
    "shared_link",
    "sync_state",
    "can_non_owners_invite",
    "folder_upload_email",
    "tags",
    "is_collaboration_restricted_to_enterprise",
    "can_non_owners_view_collaborators",
])
.lacking(&["collections"])
.taking_null_for(&["shared_link", "folder_upload_email"])
.describing_item();
/// The folder that an item moves to, and a new owner.
const MOVED_TO: Shape = PARENT.lacking(&["user_id"]);

/// Changes what a request names of an item: its name, the folder it is in, its description, the times of its content, its
/// settings.
pub(crate) fn update(asked: &Asked<'_>, item: &Item) -> Result<Reply, Refusal> {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let members = Members::read(asked.call, if item.is_folder() { &OF_FOLDER } else { &OF_FILE })?;
    let mut update = Update::default().times(times(&members, item)?);
    let mut folder = item.parent;
    let (name, description) = (members.text("name")?, members.text("description")?);
    if members.has("parent") {
        let target = place.target(app, "parent", &members.id_in("parent", &MOVED_TO)?)?;
        update = update.parent(place.at(target.id));
        folder = Some(target.id);
    }
    if let Some(name) = name {
        update = update.name(name);
    }
    if let Some(description) = description {
        update = update.description(description);
    }
    if name.is_some() || members.has("parent") {
        file_lock::check(asked, item)?;
    }
    let settings = Settings::read(asked, item, &members)?;
    update = settings.apply(update);
    let sets_times = update.times != Times::default();
    let mut at = place.at(item.id);
    // Moves ignore If-Match (guide to consistency). That a change of an item of Box to another folder is a move with
    // other changes beside it too, and one to the folder that the item is in is none, is *assumed* (no option: rare).
    if folder == item.parent {
        if let Some(expected) = expected(asked.call, item)? {
            at = at.if_match(expected);
        }
    }
    asked.reserve_for_path(&fields, folder.unwrap_or(item.id))?;
    // That the refusal of a changed item of Box lists the item with the name alone, for folders as for files, is *assumed* (option
    // `conflicts_shape`).
    asked
        .acting()
        .update(at, update)
        .map_err(|error| refused(&shower, folder, error, ConflictsShape::Object))?;
    let changed = app.sim.item(place.at(item.id))?;
    // What others did to it meanwhile is told of them.
    let is_described =
        description.is_some_and(|text| text != item.description.as_deref().unwrap_or_default());
    let is_modified = is_described || sets_times;
    let done = [
        (folder != item.parent, Deed::Move),
        (name.is_some_and(|name| name != item.name), Deed::Rename),
        (is_modified, Deed::Modify),
    ];
    let done = done.into_iter().filter_map(|(is_done, deed)| is_done.then_some(deed));
    let mut deeds: Vec<Deed> = done.collect();
    deeds.extend(settings.deeds.into_iter().filter(|deed| *deed != Deed::Modify || !is_modified));
    for deed in deeds {
        events::tell(asked, deed, item.id);
    }
    Ok(Reply::json(StatusCode::OK, shower.item(&changed, &fields)))
}

/// Reads the times of the content of a file. That of a folder follows the folder.
fn times(members: &Members<'_>, item: &Item) -> Result<Times, Refusal> {
    if item.is_folder() {
        return Ok(Times::default());
    }
    let (fs_created_at, fs_modified_at) = (members.time(CREATED)?, members.time(MODIFIED)?);
    Ok(Times { fs_created_at, fs_modified_at, ..Times::default() })
}

/// Puts an item into the trash, by this verb.
pub(crate) fn delete(
    asked: &Asked<'_>,
    item: &Item,
    verb: impl FnOnce(&Sim, Address) -> Result<(), Error>,
) -> Result<Reply, Refusal> {
    file_lock::check(asked, item)?;
    let mut at = asked.place.at(item.id);
    if let Some(expected) = expected(asked.call, item)? {
        at = at.if_match(expected);
    }
    verb(&asked.acting(), at)?;
    events::tell(asked, Deed::Trash, item.id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Reads If-Match: the tag that the item must still have when it is changed, or 412 if it has another by now.
pub(crate) fn expected(call: &Call, item: &Item) -> Result<Option<Precondition>, Refusal> {
    match call.decisive(header::IF_MATCH)? {
        None => Ok(None),
        Some(header) if header.trim() == "*" => Ok(None),
        Some(header) if read::names(&header, item) => Ok(Some(Precondition::ETag(item.etag))),
        Some(_) => Err(Refusal::modified()),
    }
}

/// Tells why a change was refused; of a taken name, with what has it in the folder.
pub(crate) fn refused(
    shower: &Shower<'_>,
    folder: Option<ItemId>,
    error: Error,
    shape: ConflictsShape,
) -> Refusal {
    match (&error, folder) {
        (Error::Drive(DriveError::NameTaken { name, .. }), Some(folder)) => {
            Refusal::taken(&shower.place.wire, shape, shower.holder(folder, name))
        }
        (Error::Drive(DriveError::DescriptionTooLong { units, limit }), _) => too_long(*units, *limit),
        _ => Refusal::from(error),
    }
}

/// Refuses a description that is too long.
pub(crate) fn too_long(units: usize, limit: usize) -> Refusal {
    let must = format!("at most {limit} characters");
    Refusal::invalid("description", &format!("({units} characters)"), &must)
}

/// Tells that an item is not there; of one in the trash, that it is (guide to common errors).
pub(crate) fn gone(asked: &Asked<'_>, item: Option<ItemId>, refusal: Refusal) -> Refusal {
    let is_in_trash = item.is_some_and(|item| asked.app.sim.bin_item(asked.place.at(item)).is_ok());
    if !is_in_trash {
        return refusal;
    }
    Refusal::new(StatusCode::NOT_FOUND, "trashed", "Item is trashed")
}
