//! The only place that makes files of what is sent to Box, and new versions of them, and tells what was made.

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

/// The times that a content brings along.
pub(crate) const CREATED: &str = "content_created_at";
pub(crate) const MODIFIED: &str = "content_modified_at";

/// What may be said of a new file and of a new version. boxsdk 3 sends `null` for what its caller leaves out, and a
/// description.
const NEW: Shape = Shape::of(&["name", "parent", "description", CREATED, MODIFIED]).taking_null();
const VERSION: Shape = Shape::of(&["name", "description", CREATED, MODIFIED]).taking_null();

/// Answers an upload: 201 with the new file.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let form = Form::read(asked.call, &NEW, asked.app.options.limits.max_json)?;
    let attributes = form.attributes.ok_or_else(|| Refusal::missing("attributes"))?;
    let name = attributes.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let (parent, facts) = (attributes.id_in("parent", &PARENT)?, facts(&attributes)?);
    digest::check_upload(asked.call, &form.content)?;
    let folder = asked.place.target(asked.app, "parent", &parent)?;
    asked.reserve_for_path(&fields, folder.id)?;
    let made = make(asked, &folder, name, Content::from(&form.content[..]), facts)?;
    answer(asked, StatusCode::CREATED, made, &fields)
}

/// Answers a new version of a file: 200 with the file. That an uploaded version at Box is answered with 200, as the
/// description of the interface says, and not with the 201 of recorded answers, is *assumed* (no option: Box's clients
/// are made from that description).
pub(crate) fn version(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let form = Form::read(asked.call, &VERSION, asked.app.options.limits.max_json)?;
    let attributes = form.attributes.unwrap_or_else(|| Members::none(asked.call));
    digest::check_upload(asked.call, &form.content)?;
    let file = asked.place.file(asked.app, asked.id())?;
    let address = matched(asked, &file)?;
    asked.reserve_for_path(&fields, file.parent.unwrap_or(file.id))?;
    let about = (attributes.text("name")?, facts(&attributes)?);
    add_version(asked, (&file, address), Content::from(&form.content[..]), about)?;
    answer(asked, StatusCode::OK, file.id, &fields)
}

/// Makes a file in a folder.
pub(crate) fn make(
    asked: &Asked<'_>,
    folder: &Item,
    name: &str,
    content: Content,
    facts: ContentFacts<'_>,
) -> Result<ItemId, Refusal> {
    let made = asked.acting().upload(asked.place.at(folder.id), name, content, facts);
    let made = made.map_err(|error| refused(asked, folder.id, error))?;
    events::tell(asked, Deed::Upload, made);
    Ok(made)
}

/// Gives a file a new version, with another name if there is one.
pub(crate) fn add_version(
    asked: &Asked<'_>,
    (file, address): (&Item, Address),
    content: Content,
    (name, facts): (Option<&str>, ContentFacts<'_>),
) -> Result<(), Refusal> {
    file_lock::check(asked, file)?;
    let added = asked.acting().upload_version(address, content, name, facts);
    added.map_err(|error| refused(asked, file.parent.unwrap_or(file.id), error))?;
    events::tell(asked, Deed::Upload, file.id);
    Ok(())
}

/// Answers with a file that was made or changed.
pub(crate) fn answer(
    asked: &Asked<'_>,
    status: StatusCode,
    file: ItemId,
    fields: &Fields,
) -> Result<Reply, Refusal> {
    let file = asked.app.sim.item(asked.place.at(file))?;
    let shown = asked.shower().item(&file, fields);
    Ok(Reply::json(status, json!({ "total_count": 1, "entries": [shown] })))
}

/// Reads what a content brings along.
pub(crate) fn facts<'a>(attributes: &'a Members<'_>) -> Result<ContentFacts<'a>, Refusal> {
    let times =
        ContentTimes { created_at: attributes.time(CREATED)?, modified_at: attributes.time(MODIFIED)? };
    Ok(ContentFacts { times, description: attributes.text("description")? })
}

/// Returns the address of a file that must be as `If-Match` says: 412 if it is not (guide to consistency).
pub(crate) fn matched(asked: &Asked<'_>, file: &Item) -> Result<Address, Refusal> {
    let address = asked.place.at(file.id);
    match asked.call.decisive(header::IF_MATCH)? {
        None => Ok(address),
        Some(header) if header.trim() == "*" => Ok(address),
        Some(header) if read::names(&header, file) => Ok(address.if_match(Precondition::ETag(file.etag))),
        Some(_) => Err(Refusal::modified()),
    }
}

/// Tells why a file was refused: one whose name is taken, with what has it as an object (seen in logs and clients), or
/// for another reason.
pub(crate) fn refused(asked: &Asked<'_>, folder: ItemId, error: Error) -> Refusal {
    match &error {
        Error::Drive(DriveError::NameTaken { name, .. }) => taken(asked, folder, name),
        Error::Drive(DriveError::DescriptionTooLong { units, limit }) => change::too_long(*units, *limit),
        _ => Refusal::from(error),
    }
}

/// Refuses a name that is taken in a folder.
pub(crate) fn taken(asked: &Asked<'_>, folder: ItemId, name: &str) -> Refusal {
    let holder = asked.shower().holder(folder, name);
    Refusal::taken(&asked.place.wire, ConflictsShape::Object, holder)
}
