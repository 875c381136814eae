//! Handles uploads to Box: creates files and new versions.

use axum::http::StatusCode;
use drivesim::address::Address;
use drivesim::item::{Content, ContentFacts};
use drivesim::{Item, ItemId};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::change_error::upload_error;
use crate::box_api::content_times::{self, CREATED, MODIFIED};
use crate::box_api::context::RequestContext;
use crate::box_api::emit_event::emit_event;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::multipart::UploadForm;
use crate::box_api::precondition::address_if_match;
use crate::box_api::{digest, file_lock};
use crate::http::response::ApiResponse;
use crate::json::ordered::json;
use crate::state::event_log::EventKind;

/// The attributes of a new file and of a new version. boxsdk 3 sends `null` for what its caller omits, and a
/// description.
const NEW: Shape = Shape::of(&["name", "parent", "description", CREATED, MODIFIED]).allowing_null();
const VERSION: Shape = Shape::of(&["name", "description", CREATED, MODIFIED]).allowing_null();

/// Handles the upload of a new file: 201 with the file.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let form = UploadForm::read(context.request, &NEW, context.app.options.limits.max_json)?;
    let attributes = form.attributes.ok_or_else(|| BoxError::missing("attributes"))?;
    let name = attributes.text("name")?.ok_or_else(|| BoxError::missing("name"))?;
    let (parent, facts) = (attributes.folder_id("parent", &PARENT)?, content_facts(&attributes)?);
    digest::check_upload(context.request, &form.content)?;
    let folder = context.drive.target(context.app, "parent", &parent)?;
    context.reserve_for_path(&fields, folder.id)?;
    let file = create_file(context, &folder, name, Content::from(&form.content[..]), facts)?;
    file_response(context, StatusCode::CREATED, file, &fields)
}

/// Handles the upload of a new version: 200 with the file.
///
/// ASSUMED: The upload of a new version at Box is answered with 200, as the description of the API says, and not with
/// the 201 of recorded responses (no option: Box's clients are made from that description).
pub(crate) fn version(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let form = UploadForm::read(context.request, &VERSION, context.app.options.limits.max_json)?;
    let attributes = form.attributes.unwrap_or_else(|| Members::empty(context.request));
    digest::check_upload(context.request, &form.content)?;
    let file = context.drive.file(context.app, context.id())?;
    let address = address_if_match(context, &file)?;
    context.reserve_for_path(&fields, file.parent.unwrap_or(file.id))?;
    let version = NewVersion {
        name: attributes.text("name")?,
        content: Content::from(&form.content[..]),
        facts: content_facts(&attributes)?,
    };
    add_version(context, &file, address, version)?;
    file_response(context, StatusCode::OK, file.id, &fields)
}

/// Creates a file in a folder.
pub(crate) fn create_file(
    context: &RequestContext<'_>,
    folder: &Item,
    name: &str,
    content: Content,
    facts: ContentFacts<'_>,
) -> Result<ItemId, BoxError> {
    let file = context.sim_as_caller().upload(context.drive.at(folder.id), name, content, facts);
    let file = file.map_err(|error| upload_error(context, folder.id, error))?;
    emit_event(context, EventKind::Upload, file);
    Ok(file)
}

/// A version that is added to a file.
pub(crate) struct NewVersion<'a> {
    /// The new name of the file, if it is renamed too.
    pub(crate) name: Option<&'a str>,
    pub(crate) content: Content,
    pub(crate) facts: ContentFacts<'a>,
}

/// Adds a version to a file.
pub(crate) fn add_version(
    context: &RequestContext<'_>,
    file: &Item,
    address: Address,
    version: NewVersion<'_>,
) -> Result<(), BoxError> {
    file_lock::check_change(context, file)?;
    let NewVersion { name, content, facts } = version;
    let added = context.sim_as_caller().upload_version(address, content, name, facts);
    added.map_err(|error| upload_error(context, file.parent.unwrap_or(file.id), error))?;
    emit_event(context, EventKind::Upload, file.id);
    Ok(())
}

/// Responds with a file that was created or changed.
pub(crate) fn file_response(
    context: &RequestContext<'_>,
    status: StatusCode,
    file: ItemId,
    fields: &Fields,
) -> Result<ApiResponse, BoxError> {
    let file = context.app.sim.item(context.drive.at(file))?;
    let view = context.renderer().item(&file, fields);
    Ok(ApiResponse::json(status, json!({ "total_count": 1, "entries": [view] })))
}

/// Reads the times and the description of a content.
pub(crate) fn content_facts<'a>(attributes: &'a Members<'_>) -> Result<ContentFacts<'a>, BoxError> {
    Ok(ContentFacts { times: content_times::read(attributes)?, description: attributes.text("description")? })
}
