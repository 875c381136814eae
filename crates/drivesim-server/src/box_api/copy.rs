//! Handles requests to copy files and folders of Box.

use crate::box_api::options::ConflictsShape;
use axum::http::StatusCode;
use drivesim::access::Access;
use drivesim::error::DriveError;
use drivesim::item::{ItemKind, Versions};
use drivesim::options::Visibility;
use drivesim::profile::Level;
use drivesim::{CopyOptions, Error, Item, Pace};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::context::RequestContext;
use crate::box_api::drive::BoxDrive;
use crate::box_api::emit_event::emit_event;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::fields::Fields;
use crate::box_api::item_renderer::BoxItemRenderer;
use crate::box_api::precondition;
use crate::http::request::ApiRequest;
use crate::http::response::{ApiResponse, JobNote};
use crate::state::app::App;
use crate::state::event_log::EventKind;

/// The members of the body of a copy.
const OF_FILE: Shape = Shape::of(&["name", "parent", "version"]).with_required(&["parent"]).describing_item();
const OF_FOLDER: Shape = Shape::of(&["name", "parent"]).with_required(&["parent"]).describing_item();

/// Copies a file: 201 with the copy.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let parameters = CopyParameters::read(context.request, &OF_FILE)?;
    let source = context.drive.file(context.app, context.id())?;
    let target = target(context, &parameters)?;
    let mut options = parameters.options();
    if let Some(version) = &parameters.version {
        let number = context.drive.existing_version(context.app, &source, version);
        let number = number.map_err(|error| error.with_status(context.drive.wire.foreign_version_status))?;
        options = options.versions(Versions::Number(number));
    }
    copy(context, &source, &target, &parameters, options)
}

/// Copies a folder: 201 with the copy. If it has many items, they appear at the pace of the job.
pub(crate) fn folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let parameters = CopyParameters::read(context.request, &OF_FOLDER)?;
    let source = context.drive.folder(context.app, context.id())?;
    let target = target(context, &parameters)?;
    if let (true, Some(name)) = (source.parent.is_none(), &parameters.name) {
        // An invalid name comes before the error for a copy of the root.
        check_name(context, &target, name)?;
    }
    copy(context, &source, &target, &parameters, parameters.options())
}

/// The parameters of a copy.
struct CopyParameters {
    parent: String,
    name: Option<String>,
    version: Option<String>,
    fields: Fields,
}

impl CopyParameters {
    fn read(request: &ApiRequest, shape: &Shape) -> Result<CopyParameters, BoxError> {
        let members = Members::read(request, shape)?;
        let parent = members.folder_id("parent", &PARENT)?;
        Ok(CopyParameters {
            parent,
            name: members.text("name")?.map(str::to_owned),
            version: if shape.members.contains(&"version") { members.id("version")? } else { None },
            fields: Fields::read(request, Fields::Standard)?,
        })
    }

    fn options(&self) -> CopyOptions {
        self.name.as_ref().map_or_else(CopyOptions::default, CopyOptions::named)
    }
}

/// Finds the target, and fails if nothing may be copied to it.
///
/// ASSUMED: A copy at Box is checked in this order: token, body, source, target, access to the target, policy, version,
/// `If-None-Match`, and then the rules of the drive (no option: order of checks).
fn target(context: &RequestContext<'_>, parameters: &CopyParameters) -> Result<Item, BoxError> {
    let (app, drive) = (context.app, context.drive);
    let target = drive.target(app, "parent", &parameters.parent)?;
    let (needed, address) = (Access::Write, || drive.at(target.id));
    if app.sim.access(address())? != needed {
        return Err(
            DriveError::AccessDenied { item: app.sim.path(address())?, needed, is_below: false }.into()
        );
    }
    if drive.wire.forbidden_by_policy {
        let message = "Access denied - Blocked by Shield Access Policy";
        return Err(BoxError::new(StatusCode::FORBIDDEN, BoxErrorCode::ForbiddenByPolicy, message));
    }
    Ok(target)
}

/// Fails if a folder may not have the name.
fn check_name(context: &RequestContext<'_>, target: &Item, name: &str) -> Result<(), BoxError> {
    let rules = context.app.sim.profile_of(&context.drive.drive_ref)?.names;
    let level = if target.parent.is_none() { Level::Root } else { Level::Below };
    let checked = rules.check(name, ItemKind::Folder, level);
    checked.map_err(|fault| DriveError::BadName { name: name.to_owned(), fault }.into())
}

fn copy(
    context: &RequestContext<'_>,
    source: &Item,
    target: &Item,
    parameters: &CopyParameters,
    options: CopyOptions,
) -> Result<ApiResponse, BoxError> {
    let (app, request, drive) = (context.app, context.request, context.drive);
    // The page documents the response, but no header of the request.
    if drive.wire.if_none_match_on_copy && precondition::is_not_modified(request, source)? {
        return Ok(ApiResponse::empty(StatusCode::NOT_MODIFIED));
    }
    context.reserve_for_path(&parameters.fields, target.id)?;
    let renderer = context.renderer();
    let to_error = |error| copy_error(&renderer, target, error);
    let options = with_pace(app, drive, source, options)?;
    let job =
        context.sim_as_caller().copy(drive.at(source.id), drive.at(target.id), options).map_err(to_error)?;
    let copy = job.begin().map_err(to_error)?;
    emit_event(context, EventKind::Copy, copy);
    let copy = app.sim.item(drive.at(copy))?;
    let response = ApiResponse::json(StatusCode::CREATED, renderer.item(&copy, &parameters.fields));
    Ok(response.with_job_note(JobNote::accepted(&job)))
}

/// Sets the pace of a copy: complete when it is answered, or, if there are many items, visibly step by step.
///
/// ASSUMED: While a long copy of Box runs, the items that it has created so far can be moved, renamed, copied and
/// deleted, and so can other items in its target, except that files there cannot be copied: the pages only say that the
/// source and the folder are locked (option `lock_blocks_create_upload`).
fn with_pace(
    app: &App,
    drive: &BoxDrive,
    source: &Item,
    options: CopyOptions,
) -> Result<CopyOptions, BoxError> {
    let profile = app.sim.profile_of(&drive.drive_ref)?;
    // ASSUMED: All items below a folder, not only its children, and not the folder itself, decide whether its copy is a
    // long one at Box (option `async_item_threshold`).
    let totals = app.sim.totals(drive.at(source.id))?;
    let n_below = (totals.files + totals.folders).saturating_sub(1);
    let is_gradual =
        source.is_folder() && profile.async_item_threshold.is_some_and(|most| n_below > u64::from(most));
    Ok(if is_gradual { options.visibility(Visibility::Gradual) } else { options.pace(Pace::Instant) })
}

/// Converts the error of a copy.
fn copy_error(renderer: &BoxItemRenderer<'_>, target: &Item, error: Error) -> BoxError {
    let wire = &renderer.drive.wire;
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => {
            let holder = renderer.render_child(target.id, name);
            BoxError::name_taken(wire, ConflictsShape::Object, holder)
        }
        Error::Drive(DriveError::IntoItself { .. }) => {
            BoxError::from(error).with_status(wire.cyclic_copy_status)
        }
        Error::Drive(DriveError::QuotaExceeded { .. }) => {
            BoxError::from(error).with_status(wire.copy_without_room_status)
        }
        Error::Drive(DriveError::IsRoot { .. }) => BoxError::from(error).with_status(wire.copy_root_status),
        _ => BoxError::from(error),
    }
}
