//! Handles creations, changes and deletions of folders of Box.

use crate::box_api::options::{ConflictsShape, DuplicateCreate};
use axum::http::StatusCode;
use drivesim::error::DriveError;
use drivesim::{Error, Item};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::change_error::change_error;
use crate::box_api::context::RequestContext;
use crate::box_api::emit_event::emit_event;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::fields::Fields;
use crate::box_api::settings::Settings;
use crate::box_api::{change, existing_item, ids, query};
use crate::http::response::ApiResponse;
use crate::state::event_log::EventKind;

/// The members of the body of a new folder.
const NEW: Shape = Shape::of(&["name", "parent", "folder_upload_email", "sync_state"])
    .with_nullable(&["folder_upload_email"])
    .with_required(&["name", "parent"])
    .describing_item();

/// Creates a folder: 201.
pub(crate) fn create(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (app, drive, renderer) = (context.app, context.drive, context.renderer());
    let fields = Fields::read(context.request, Fields::Standard)?;
    let members = Members::read(context.request, &NEW)?;
    let name = members.text("name")?.ok_or_else(|| BoxError::missing("name"))?;
    let parent = drive.target(app, "parent", &members.folder_id("parent", &PARENT)?)?;
    // Checked before the folder is created.
    Settings::of_new_folder(context, &parent, &members)?;
    context.reserve_for_path(&fields, parent.id)?;
    let id =
        context.sim_as_caller().create_folder(drive.at(parent.id), name).map_err(|error| match &error {
            Error::Drive(DriveError::NameTaken { name, .. }) if is_reserved(context, &parent, name) => {
                reserved()
            }
            _ => change_error(context, parent.id, error, ConflictsShape::Array),
        })?;
    let folder = app.sim.item(drive.at(id))?;
    let settings = Settings::of_new_folder(context, &folder, &members)?;
    app.sim.set_members(drive.at(id), &settings.changes)?;
    emit_event(context, EventKind::Create, id);
    let folder = app.sim.item(drive.at(id))?;
    Ok(ApiResponse::json(StatusCode::CREATED, renderer.item(&folder, &fields)))
}

/// Changes a folder.
pub(crate) fn update(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    change::update(context, &find(context)?)
}

/// Moves a folder to the trash. A folder that is not empty requires the option `recursive`.
pub(crate) fn delete(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let folder = find(context)?;
    let is_recursive = query::flag(context.request, "recursive")?;
    change::delete(
        context,
        &folder,
        |sim, at| if is_recursive { sim.delete(at) } else { sim.delete_if_empty(at) },
    )
}

/// Finds a folder that may be changed. A deletion of the root was seen by a third party to fail with 400.
///
/// ASSUMED: A change of the root at Box fails with 400 (no option: no other reading is known).
fn find(context: &RequestContext<'_>) -> Result<Item, BoxError> {
    let (folder, id) = (existing_item::folder(context)?, context.id());
    if id == ids::ROOT {
        return Err(BoxError::invalid("folder_id", id, "the id of a folder other than the root"));
    }
    Ok(folder)
}

/// Returns whether the name was taken in the current second, possibly by a request in progress, on drives that
/// distinguish that.
fn is_reserved(context: &RequestContext<'_>, folder: &Item, name: &str) -> bool {
    let now = context.app.sim.now().as_second();
    let holder = || context.renderer().child(folder.id, name);
    context.drive.wire.duplicate_create == DuplicateCreate::NameTemporarilyReserved
        && holder().is_some_and(|holder| holder.created_at.as_second() == now)
}

fn reserved() -> BoxError {
    let message = "The item name is reserved by another processing item. Wait and then retry the request, or wait and \
                   check the parent folder to see if the name is in use.";
    BoxError::new(StatusCode::CONFLICT, BoxErrorCode::NameTemporarilyReserved, message)
}
