//! Handles versions of files of Box: lists, shows, deletes and promotes them.

use axum::http::StatusCode;
use drivesim::{Item, Version};

use crate::box_api::body::{Members, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::refusal::Refusal;
use crate::box_api::users::User;
use crate::box_api::{Asked, copy, events, file_lock, ids, items, unused, upload};
use crate::hashes::{self, Which};
use crate::listing::List;
use crate::ordered_json::{Map, Value, json};
use crate::reply::Reply;

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
const AT: usize = 3;

/// Lists the past versions of a file, the latest first; deleted ones are shown as trashed.
pub(crate) fn list(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(context)?;
    let limit = items::limit(context.call, LIMIT, LIMIT)?;
    let offset = items::offset(context.call, items::MOST_OFFSET_ELSEWHERE)?;
    let file = context.place.file(context.app, context.id())?;
    let mut past = context.app.sim.versions(context.place.at(file.id))?;
    past.retain(|version| !version.is_current);
    let page = past.iter().skip(offset).take(limit);
    let mut list = List::new(context.app, page.len(), items::ENTRY, 0)?;
    list.begin(&json!({ "total_count": past.len() }), items::ENTRIES);
    let is_cut = items::write(&mut list, page.map(|version| render(context, &file, version, &named)))?;
    let limit = items::limit_of(&list, is_cut, limit);
    Ok(Reply::written(StatusCode::OK, list.end(&json!({ "limit": limit, "offset": offset }))))
}

/// Returns the id of a version in the path; one that is not a number is 405, as for files.
fn id_in_path<'a>(context: &'a Asked<'_>) -> Result<&'a str, Refusal> {
    let id = context.rest.get(AT).map_or("", String::as_str);
    ids::parse(id).map(|_| id).ok_or_else(Refusal::not_allowed)
}

/// Answers with a version, past or current.
pub(crate) fn one(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(context)?;
    let (file, version) = find(context, id_in_path(context)?)?;
    Ok(Reply::json(StatusCode::OK, render(context, &file, &version, &named)))
}

/// Deletes a past version: 204.
///
/// ASSUMED: A deletion of the current version of a file of Box fails with 400 (no option: no other reading is known).
pub(crate) fn delete(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let (file, version) = find_past(context, "file_version_id", id_in_path(context)?)?;
    let address = upload::matched(context, &file)?;
    context.acting().delete_version(address, version.number)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Promotes a past version: adds a new version with its content, 201.
///
/// ASSUMED: A promotion of the current version of a file of Box fails with 400 (no option: no other reading is known).
pub(crate) fn promote(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(context)?;
    let members = Members::read(context.call, &Shape::of(&["id", "type"]))?;
    let id = members.id("id")?.ok_or_else(|| Refusal::missing("id"))?;
    if let Some(other) = members.text("type")?.filter(|kind| *kind != "file_version") {
        return Err(Refusal::invalid("type", other, "'file_version'"));
    }
    let (file, version) = find_past(context, "id", &id)?;
    file_lock::check(context, &file)?;
    let promoted = context.acting().restore_version(context.place.at(file.id), version.number);
    promoted.map_err(|error| upload::refused(context, file.parent.unwrap_or(file.id), error))?;
    events::tell(context, Deed::MakeCurrent, file.id);
    let file = context.app.sim.item(context.place.at(file.id))?;
    let versions = context.app.sim.versions(context.place.at(file.id))?;
    let current = versions.iter().find(|version| version.is_current);
    let current = current.ok_or_else(|| Refusal::not_found("file_version", &id))?;
    Ok(Reply::json(StatusCode::CREATED, render(context, &file, current, &named)))
}

/// Finds a version of the file in the path. A version of another file is not found.
fn find(context: &Asked<'_>, id: &str) -> Result<(Item, Version), Refusal> {
    let file = context.place.file(context.app, context.id())?;
    let number = copy::number_of(context, &file, id)?;
    let versions = context.app.sim.versions(context.place.at(file.id))?;
    let found = versions.into_iter().find(|version| version.number == number);
    found.map(|version| (file, version)).ok_or_else(|| Refusal::not_found("file_version", id))
}

/// Finds a past version that was not deleted.
fn find_past(context: &Asked<'_>, name: &str, id: &str) -> Result<(Item, Version), Refusal> {
    let (file, version) = find(context, id)?;
    if version.is_current {
        return Err(Refusal::invalid(name, id, "the id of a past version"));
    }
    if version.deleted_at.is_some() {
        Err(Refusal::not_found("file_version", id))
    } else {
        Ok((file, version))
    }
}

/// Returns the members that `fields` names, if any.
fn named<'a>(context: &'a Asked<'_>) -> Result<Option<Vec<&'a str>>, Refusal> {
    let text = context.call.query("fields").unwrap_or_default();
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in names.iter().filter(|name| !MEMBERS.contains(name)) {
        unused::note(context.call, format!("?fields={name}"))?;
    }
    Ok((!names.is_empty()).then_some(names))
}

/// Renders a version.
///
/// ASSUMED: A deleted version of a file of Box has no SHA-1: it has no content any more (no option: no other reading is
/// known).
fn render(context: &Asked<'_>, file: &Item, version: &Version, named: &Option<Vec<&str>>) -> Value {
    let shower = context.shower();
    let at = context.place.at(file.id);
    let content = context.app.sim.version_content(at, version.number).ok();
    let hashes =
        content.and_then(|content| hashes::of_one_of_many(context.app, context.call, &content, Which::Box));
    let sha1 = hashes.and_then(|hashes| hashes.sha1.as_ref().map(|hash| json!(hash)));
    let user = User::of(&context.app.options, &version.modified_by);
    let (by, by_name) = (json!(user), json!(user.name));
    let trashed = |value: Value| if version.deleted_at.is_some() { value } else { Value::Null };
    let name = version.name.as_deref().unwrap_or(&file.name);
    // In the order of `MEMBERS`.
    let values = [
        Some(json!("file_version")),
        Some(json!(context.place.ids.version(file.id, version.number))),
        sha1,
        Some(json!(name)),
        Some(json!(version.size)),
        Some(json!(shower.time(version.modified_at))),
        Some(json!(shower.time(version.modified_at))),
        Some(by.clone()),
        Some(version.deleted_at.map_or(Value::Null, |at| json!(shower.time(at)))),
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
    let is_included = |key: &str| match named {
        None => true,
        Some(named) => ["type", "id"].contains(&key) || named.contains(&key),
    };
    let members = members.filter(|(key, _)| is_included(key));
    members.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map>().into()
}
