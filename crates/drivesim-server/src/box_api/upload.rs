//! Handles uploads to Box: creates files and new versions.

use axum::http::{StatusCode, header};
use drivesim::address::{Address, Precondition};
use drivesim::error::DriveError;
use drivesim::item::{Content, ContentFacts, ContentTimes};
use drivesim::profile::ConflictsShape;
use drivesim::{Error, Item, ItemId};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::error::BoxError;
use crate::box_api::event_log::EventKind;
use crate::box_api::fields::Fields;
use crate::box_api::multipart::UploadForm;
use crate::box_api::{RequestContext, change, digest, events, file_lock, read};
use crate::http::response::ApiResponse;
use crate::json::ordered::json;

/// The members for the times of a content.
pub(crate) const CREATED: &str = "content_created_at";
pub(crate) const MODIFIED: &str = "content_modified_at";

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
    let name_and_facts = (attributes.text("name")?, content_facts(&attributes)?);
    add_version(context, (&file, address), Content::from(&form.content[..]), name_and_facts)?;
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
    events::emit(context, EventKind::Upload, file);
    Ok(file)
}

/// Adds a version to a file, and renames the file if there is a name.
pub(crate) fn add_version(
    context: &RequestContext<'_>,
    (file, address): (&Item, Address),
    content: Content,
    (name, facts): (Option<&str>, ContentFacts<'_>),
) -> Result<(), BoxError> {
    file_lock::check_change(context, file)?;
    let added = context.sim_as_caller().upload_version(address, content, name, facts);
    added.map_err(|error| upload_error(context, file.parent.unwrap_or(file.id), error))?;
    events::emit(context, EventKind::Upload, file.id);
    Ok(())
}

/// Answers with a file that was created or changed.
pub(crate) fn file_response(
    context: &RequestContext<'_>,
    status: StatusCode,
    file: ItemId,
    fields: &Fields,
) -> Result<ApiResponse, BoxError> {
    let file = context.app.sim.item(context.drive.at(file))?;
    let shown = context.renderer().item(&file, fields);
    Ok(ApiResponse::json(status, json!({ "total_count": 1, "entries": [shown] })))
}

/// Reads the times and the description of a content.
pub(crate) fn content_facts<'a>(attributes: &'a Members<'_>) -> Result<ContentFacts<'a>, BoxError> {
    let times =
        ContentTimes { created_at: attributes.time(CREATED)?, modified_at: attributes.time(MODIFIED)? };
    Ok(ContentFacts { times, description: attributes.text("description")? })
}

/// Returns the address of a file with the precondition of `If-Match`. Fails with 412 if it does not hold now (guide to
/// consistency).
pub(crate) fn address_if_match(context: &RequestContext<'_>, file: &Item) -> Result<Address, BoxError> {
    let address = context.drive.at(file.id);
    match context.request.strict_header(header::IF_MATCH)? {
        None => Ok(address),
        Some(header) if header.trim() == "*" => Ok(address),
        Some(header) if read::matches_etag(&header, file) => {
            Ok(address.if_match(Precondition::ETag(file.etag)))
        }
        Some(_) => Err(BoxError::modified()),
    }
}

/// Converts the error of an upload. For a taken name it includes the item that has the name, as an object (seen in logs
/// and clients).
pub(crate) fn upload_error(context: &RequestContext<'_>, folder: ItemId, error: Error) -> BoxError {
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => name_taken(context, folder, name),
        Error::Drive(DriveError::DescriptionTooLong { units, limit }) => {
            change::description_too_long(*units, *limit)
        }
        _ => BoxError::from(error),
    }
}

/// Returns the error for a taken name in a folder.
pub(crate) fn name_taken(context: &RequestContext<'_>, folder: ItemId, name: &str) -> BoxError {
    let holder = context.renderer().render_child(folder, name);
    BoxError::name_taken(&context.drive.wire, ConflictsShape::Object, holder)
}
