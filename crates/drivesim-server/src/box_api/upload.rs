//! Handles uploads to Box: creates files and new versions.

use axum::http::{StatusCode, header};
use drivesim::{
    Address, ConflictsShape, Content, ContentFacts, ContentTimes, DriveError, Error, Item, ItemId,
    Precondition,
};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::multipart::Form;
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, change, digest, events, file_lock, read};
use crate::ordered_json::json;
use crate::reply::Reply;

/// The members for the times of a content.
pub(crate) const CREATED: &str = "content_created_at";
pub(crate) const MODIFIED: &str = "content_modified_at";

/// The attributes of a new file and of a new version. boxsdk 3 sends `null` for what its caller omits, and a
/// description.
const NEW: Shape = Shape::of(&["name", "parent", "description", CREATED, MODIFIED]).taking_null();
const VERSION: Shape = Shape::of(&["name", "description", CREATED, MODIFIED]).taking_null();

/// Handles the upload of a new file: 201 with the file.
pub(crate) fn file(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(context.call, Fields::Standard)?;
    let form = Form::read(context.call, &NEW, context.app.options.limits.max_json)?;
    let attributes = form.attributes.ok_or_else(|| Refusal::missing("attributes"))?;
    let name = attributes.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let (parent, facts) = (attributes.id_in("parent", &PARENT)?, facts(&attributes)?);
    digest::check_upload(context.call, &form.content)?;
    let folder = context.place.target(context.app, "parent", &parent)?;
    context.reserve_for_path(&fields, folder.id)?;
    let file = make(context, &folder, name, Content::from(&form.content[..]), facts)?;
    answer(context, StatusCode::CREATED, file, &fields)
}

/// Handles the upload of a new version: 200 with the file.
///
/// ASSUMED: The upload of a new version at Box is answered with 200, as the description of the API says, and not with
/// the 201 of recorded responses (no option: Box's clients are made from that description).
pub(crate) fn version(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(context.call, Fields::Standard)?;
    let form = Form::read(context.call, &VERSION, context.app.options.limits.max_json)?;
    let attributes = form.attributes.unwrap_or_else(|| Members::none(context.call));
    digest::check_upload(context.call, &form.content)?;
    let file = context.place.file(context.app, context.id())?;
    let address = matched(context, &file)?;
    context.reserve_for_path(&fields, file.parent.unwrap_or(file.id))?;
    let name_and_facts = (attributes.text("name")?, facts(&attributes)?);
    add_version(context, (&file, address), Content::from(&form.content[..]), name_and_facts)?;
    answer(context, StatusCode::OK, file.id, &fields)
}

/// Creates a file in a folder.
pub(crate) fn make(
    context: &Asked<'_>,
    folder: &Item,
    name: &str,
    content: Content,
    facts: ContentFacts<'_>,
) -> Result<ItemId, Refusal> {
    let file = context.acting().upload(context.place.at(folder.id), name, content, facts);
    let file = file.map_err(|error| refused(context, folder.id, error))?;
    events::tell(context, Deed::Upload, file);
    Ok(file)
}

/// Adds a version to a file, and renames the file if there is a name.
pub(crate) fn add_version(
    context: &Asked<'_>,
    (file, address): (&Item, Address),
    content: Content,
    (name, facts): (Option<&str>, ContentFacts<'_>),
) -> Result<(), Refusal> {
    file_lock::check(context, file)?;
    let added = context.acting().upload_version(address, content, name, facts);
    added.map_err(|error| refused(context, file.parent.unwrap_or(file.id), error))?;
    events::tell(context, Deed::Upload, file.id);
    Ok(())
}

/// Answers with a file that was created or changed.
pub(crate) fn answer(
    context: &Asked<'_>,
    status: StatusCode,
    file: ItemId,
    fields: &Fields,
) -> Result<Reply, Refusal> {
    let file = context.app.sim.item(context.place.at(file))?;
    let shown = context.shower().item(&file, fields);
    Ok(Reply::json(status, json!({ "total_count": 1, "entries": [shown] })))
}

/// Reads the times and the description of a content.
pub(crate) fn facts<'a>(attributes: &'a Members<'_>) -> Result<ContentFacts<'a>, Refusal> {
    let times =
        ContentTimes { created_at: attributes.time(CREATED)?, modified_at: attributes.time(MODIFIED)? };
    Ok(ContentFacts { times, description: attributes.text("description")? })
}

/// Returns the address of a file with the precondition of `If-Match`. Fails with 412 if it does not hold now (guide to
/// consistency).
pub(crate) fn matched(context: &Asked<'_>, file: &Item) -> Result<Address, Refusal> {
    let address = context.place.at(file.id);
    match context.call.decisive(header::IF_MATCH)? {
        None => Ok(address),
        Some(header) if header.trim() == "*" => Ok(address),
        Some(header) if read::names(&header, file) => Ok(address.if_match(Precondition::ETag(file.etag))),
        Some(_) => Err(Refusal::modified()),
    }
}

/// Converts the error of an upload. For a taken name it includes the item that has the name, as an object (seen in logs
/// and clients).
pub(crate) fn refused(context: &Asked<'_>, folder: ItemId, error: Error) -> Refusal {
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => taken(context, folder, name),
        Error::Drive(DriveError::DescriptionTooLong { units, limit }) => change::too_long(*units, *limit),
        _ => Refusal::from(error),
    }
}

/// Returns the error for a taken name in a folder.
pub(crate) fn taken(context: &Asked<'_>, folder: ItemId, name: &str) -> Refusal {
    let holder = context.shower().holder(folder, name);
    Refusal::taken(&context.place.wire, ConflictsShape::Object, holder)
}
