//! Handles versions of files of Box: lists, shows, deletes and promotes them.

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::item::Version;

use crate::box_api::body::{Members, Shape};
use crate::box_api::change_error::upload_error;
use crate::box_api::context::RequestContext;
use crate::box_api::emit_event::emit_event;
use crate::box_api::error::BoxError;
use crate::box_api::precondition::address_if_match;
use crate::box_api::users::BoxUser;
use crate::box_api::{entry_list, file_lock, ids, ignored, paging};
use crate::http::listing::ListWriter;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Map, Value, json};
use crate::state::event_log::EventKind;
use crate::state::hashes::HashSelection;

/// The default and the largest size of a page; a larger `limit` is reduced to it (the page on versions).
const LIMIT: usize = 1000;
/// The members of a version.
const MEMBERS: [&str; 15] = [
    "type",
    "id",
    "sha1",
    "name",
    "size",
    "created_at",
    "modified_at",
    "modified_by",
    "trashed_at",
    "trashed_by",
    "restored_at",
    "restored_by",
    "purged_at",
    "uploader_display_name",
    "version_number",
];
/// The segment of the path that names the version.
const VERSION_SEGMENT: usize = 3;

/// Lists the past versions of a file, the latest first; deleted ones are shown as trashed.
pub(crate) fn list(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let requested = requested_members(context)?;
    let limit = paging::limit(context.request, LIMIT, LIMIT)?;
    let offset = paging::offset(context.request, paging::MAX_OFFSET_ELSEWHERE)?;
    let file = context.drive.file(context.app, context.id())?;
    let mut past = context.app.sim.versions(context.drive.at(file.id))?;
    past.retain(|version| !version.is_current);
    let page = past.iter().skip(offset).take(limit);
    let mut list =
        ListWriter::new(context.request.response_budget(), page.len(), entry_list::ENTRY_BYTES, 0)?;
    list.begin(&json!({ "total_count": past.len() }), entry_list::ENTRIES);
    let is_cut =
        entry_list::write(&mut list, page.map(|version| render(context, &file, version, &requested)))?;
    let limit = entry_list::shown_limit(&list, is_cut, limit);
    Ok(ApiResponse::written(StatusCode::OK, list.end(&json!({ "limit": limit, "offset": offset }))))
}

/// Returns the id of a version in the path; one that is not a number is 405, as for files.
fn id_in_path<'a>(context: &'a RequestContext<'_>) -> Result<&'a str, BoxError> {
    let id = context.segment(VERSION_SEGMENT);
    ids::parse(id).map(|_| id).ok_or_else(BoxError::not_allowed)
}

/// Responds with a version, past or current.
pub(crate) fn show(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let requested = requested_members(context)?;
    let (file, version) = find(context, id_in_path(context)?)?;
    Ok(ApiResponse::json(StatusCode::OK, render(context, &file, &version, &requested)))
}

/// Deletes a past version: 204.
///
/// ASSUMED: A deletion of the current version of a file of Box fails with 400 (no option: no other reading is known).
pub(crate) fn delete(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (file, version) = find_past(context, "file_version_id", id_in_path(context)?)?;
    let address = address_if_match(context, &file)?;
    context.sim_as_caller().delete_version(address, version.number)?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Promotes a past version: adds a new version with its content, 201.
///
/// ASSUMED: A promotion of the current version of a file of Box fails with 400 (no option: no other reading is known).
pub(crate) fn promote(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let requested = requested_members(context)?;
    let members = Members::read(context.request, &Shape::of(&["id", "type"]))?;
    let id = members.id("id")?.ok_or_else(|| BoxError::missing("id"))?;
    if let Some(other) = members.text("type")?.filter(|kind| *kind != "file_version") {
        return Err(BoxError::invalid("type", other, "'file_version'"));
    }
    let (file, version) = find_past(context, "id", &id)?;
    file_lock::check_change(context, &file)?;
    let promoted = context.sim_as_caller().restore_version(context.drive.at(file.id), version.number);
    promoted.map_err(|error| upload_error(context, file.parent.unwrap_or(file.id), error))?;
    emit_event(context, EventKind::MakeCurrent, file.id);
    let file = context.app.sim.item(context.drive.at(file.id))?;
    let versions = context.app.sim.versions(context.drive.at(file.id))?;
    let current = versions.iter().find(|version| version.is_current);
    let current = current.ok_or_else(|| BoxError::not_found("file_version", &id))?;
    Ok(ApiResponse::json(StatusCode::CREATED, render(context, &file, current, &requested)))
}

/// Finds a version of the file in the path. A version of another file is not found.
fn find(context: &RequestContext<'_>, id: &str) -> Result<(Item, Version), BoxError> {
    let file = context.drive.file(context.app, context.id())?;
    let number = context.drive.version_number(&file, id)?;
    let versions = context.app.sim.versions(context.drive.at(file.id))?;
    let version = versions.into_iter().find(|version| version.number == number);
    version.map(|version| (file, version)).ok_or_else(|| BoxError::not_found("file_version", id))
}

/// Finds a past version that was not deleted.
fn find_past(context: &RequestContext<'_>, name: &str, id: &str) -> Result<(Item, Version), BoxError> {
    let (file, version) = find(context, id)?;
    if version.is_current {
        return Err(BoxError::invalid(name, id, "the id of a past version"));
    }
    if version.deleted_at.is_some() {
        Err(BoxError::not_found("file_version", id))
    } else {
        Ok((file, version))
    }
}

/// Returns the members that `fields` names, if any.
fn requested_members<'a>(context: &'a RequestContext<'_>) -> Result<Option<Vec<&'a str>>, BoxError> {
    let text = context.request.query("fields").unwrap_or_default();
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in names.iter().filter(|name| !MEMBERS.contains(name)) {
        ignored::note_ignored(context.request, format!("?fields={name}"))?;
    }
    Ok((!names.is_empty()).then_some(names))
}

/// Renders a version.
///
/// ASSUMED: A deleted version of a file of Box has no SHA-1: it has no content any more (no option: no other reading is
/// known).
fn render(
    context: &RequestContext<'_>,
    file: &Item,
    version: &Version,
    requested: &Option<Vec<&str>>,
) -> Value {
    let renderer = context.renderer();
    let address = context.drive.at(file.id);
    let content = context.app.sim.version_content(address, version.number).ok();
    let hashes = content.and_then(|content| {
        context.app.hashes.of_listed_content(context.request, &content, HashSelection::Box)
    });
    let sha1 = hashes.and_then(|hashes| hashes.sha1.as_ref().map(|hash| json!(hash)));
    let user = BoxUser::of(&context.app.options, &version.modified_by);
    let (by, by_name) = (json!(user), json!(user.name));
    let trashed = |value: Value| if version.deleted_at.is_some() { value } else { Value::Null };
    let name = version.name.as_deref().unwrap_or(&file.name);
    // In the order of `MEMBERS`.
    let values = [
        Some(json!("file_version")),
        Some(json!(context.drive.ids.version(file.id, version.number))),
        sha1,
        Some(json!(name)),
        Some(json!(version.size)),
        Some(json!(renderer.time(version.modified_at))),
        Some(json!(renderer.time(version.modified_at))),
        Some(by.clone()),
        Some(version.deleted_at.map_or(Value::Null, |at| json!(renderer.time(at)))),
        // ASSUMED: A deleted version of a file of Box was deleted by the user that wrote it (no option: who did it is
        // not kept).
        Some(trashed(by)),
        Some(Value::Null),
        Some(Value::Null),
        Some(Value::Null),
        Some(by_name),
        Some(json!(version.number.to_string())),
    ];
    let members = MEMBERS.into_iter().zip(values);
    let is_included = |key: &str| match requested {
        None => true,
        Some(names) => ["type", "id"].contains(&key) || names.contains(&key),
    };
    let members = members.filter(|(key, _)| is_included(key));
    members.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map>().into()
}
