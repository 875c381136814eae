//! Handles what changes and deletions of files and folders of Box have in common: names, parents, descriptions,
//! preconditions.

use crate::box_api::options::ConflictsShape;
use axum::http::StatusCode;
use drivesim::address::Address;
use drivesim::item::{ContentTimes, Times};
use drivesim::options::Update;
use drivesim::{Error, Item, Sim};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::change_error::change_error;
use crate::box_api::content_times::{self, CREATED, MODIFIED};
use crate::box_api::context::RequestContext;
use crate::box_api::emit_event::emit_event;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::file_lock;
use crate::box_api::precondition::address_if_match;
use crate::box_api::settings::Settings;
use crate::http::response::ApiResponse;
use crate::state::event_log::EventKind;

/// The members of the body of a change of a file. The times are in no description of the API, but rclone sets them so,
/// and its own tests against Box need them.
///
/// ASSUMED: Setting times of the content at Box changes the etag and the time of the last change (no option: no other
/// reading is known).
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
.with_unsupported(&["permissions", "collections"])
.with_nullable(&["shared_link", "lock"])
.describing_item();
/// The members of the body of a change of a folder.
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
.with_unsupported(&["collections"])
.with_nullable(&["shared_link", "folder_upload_email"])
.describing_item();
/// The target of a move. The member for a new owner is not implemented.
const MOVED_TO: Shape = PARENT.with_unsupported(&["user_id"]);

/// Changes an item: its name, its parent, its description, the times of its content, its settings.
pub(crate) fn update(context: &RequestContext<'_>, item: &Item) -> Result<ApiResponse, BoxError> {
    let (app, drive, renderer) = (context.app, context.drive, context.renderer());
    let fields = Fields::read(context.request, Fields::Standard)?;
    let members = Members::read(context.request, if item.is_folder() { &OF_FOLDER } else { &OF_FILE })?;
    let mut update = Update::default().times(times(&members, item)?);
    let mut folder = item.parent;
    let (name, description) = (members.text("name")?, members.text("description")?);
    if members.has("parent") {
        let target = drive.target(app, "parent", &members.folder_id("parent", &MOVED_TO)?)?;
        update = update.parent(drive.at(target.id));
        folder = Some(target.id);
    }
    if let Some(name) = name {
        update = update.name(name);
    }
    if let Some(description) = description {
        update = update.description(description);
    }
    if name.is_some() || members.has("parent") {
        file_lock::check_change(context, item)?;
    }
    let settings = Settings::read(context, item, &members)?;
    update = settings.apply(update);
    let sets_times = update.times != Times::default();
    // Moves ignore If-Match (guide to consistency).
    //
    // ASSUMED: A change of an item of Box that also names another folder is a move, and one that names its own parent
    // is not (no option: rare).
    let address = if folder == item.parent { address_if_match(context, item)? } else { drive.at(item.id) };
    context.reserve_for_path(&fields, folder.unwrap_or(item.id))?;
    // ASSUMED: A change of an item of Box to a taken name fails with only the item that has the name, for folders and
    // files alike (option `wire.conflicts_shape`).
    context
        .sim_as_caller()
        .update(address, update)
        .map_err(|error| change_error(context, folder.unwrap_or(item.id), error, ConflictsShape::Object))?;
    let changed = app.sim.item(drive.at(item.id))?;
    // Compares with the item before the change, since concurrent changes have their own events.
    let is_described =
        description.is_some_and(|text| text != item.description.as_deref().unwrap_or_default());
    let is_modified = is_described || sets_times;
    let changes = [
        (folder != item.parent, EventKind::Move),
        (name.is_some_and(|name| name != item.name), EventKind::Rename),
        (is_modified, EventKind::Modify),
    ];
    let changes = changes.into_iter().filter_map(|(is_done, event)| is_done.then_some(event));
    let mut events: Vec<EventKind> = changes.collect();
    events.extend(settings.events.into_iter().filter(|event| *event != EventKind::Modify || !is_modified));
    for event in events {
        emit_event(context, event, item.id);
    }
    Ok(ApiResponse::json(StatusCode::OK, renderer.item(&changed, &fields)))
}

/// Reads the times of the content of a file. Those of a folder cannot be set.
fn times(members: &Members<'_>, item: &Item) -> Result<Times, BoxError> {
    if item.is_folder() {
        return Ok(Times::default());
    }
    let ContentTimes { created_at, modified_at } = content_times::read(members)?;
    Ok(Times { fs_created_at: created_at, fs_modified_at: modified_at, ..Times::default() })
}

/// Moves an item to the trash, by `verb`.
pub(crate) fn delete(
    context: &RequestContext<'_>,
    item: &Item,
    verb: impl FnOnce(&Sim, Address) -> Result<(), Error>,
) -> Result<ApiResponse, BoxError> {
    file_lock::check_change(context, item)?;
    verb(&context.sim_as_caller(), address_if_match(context, item)?)?;
    emit_event(context, EventKind::Trash, item.id);
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}
