//! Lists and shows the versions of Box's files, deletes them, and makes a past one the current one.

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

/// How many versions a page has where the client does not say, and at most; more are cut to that (the page on versions).
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

/// Lists the past versions of a file, the latest first; those that were deleted are told to be in the trash.
pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(asked)?;
    let limit = items::limit(asked.call, LIMIT, LIMIT)?;
    let offset = items::offset(asked.call, items::MOST_OFFSET_ELSEWHERE)?;
    let file = asked.place.file(asked.app, asked.id())?;
    let mut past = asked.app.sim.versions(asked.place.at(file.id))?;
    past.retain(|version| !version.is_current);
    let page = past.iter().skip(offset).take(limit);
    let mut list = List::new(asked.app, page.len(), items::ENTRY, 0)?;
    list.begin(&json!({ "total_count": past.len() }), items::ENTRIES);
    let is_cut = items::write(&mut list, page.map(|version| shown(asked, &file, version, &named)))?;
    let limit = items::limit_of(&list, is_cut, limit);
    Ok(Reply::written(StatusCode::OK, list.end(&json!({ "limit": limit, "offset": offset }))))
}

/// Returns the id of a version that the path names; one that is no number is 405, as of files.
fn named_id<'a>(asked: &'a Asked<'_>) -> Result<&'a str, Refusal> {
    let id = asked.rest.get(AT).map_or("", String::as_str);
    ids::parse(id).map(|_| id).ok_or_else(Refusal::not_allowed)
}

/// Shows a version, past or current.
pub(crate) fn one(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(asked)?;
    let (file, version) = find(asked, named_id(asked)?)?;
    Ok(Reply::json(StatusCode::OK, shown(asked, &file, &version, &named)))
}

/// Deletes a past version: 204. That the current version of a file of Box cannot be deleted, 400, is
/// *assumed* (no option: no other reading is known).
pub(crate) fn delete(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (file, version) = find_past(asked, "file_version_id", named_id(asked)?)?;
    let address = upload::matched(asked, &file)?;
    asked.acting().delete_version(address, version.number)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Makes a past version the current one, as a new one of what it held: 201 with that. That the current version
/// of a file of Box cannot be promoted, 400, is *assumed* (no option: no other reading is known).
pub(crate) fn promote(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let named = named(asked)?;
    let members = Members::read(asked.call, &Shape::of(&["id", "type"]))?;
    let id = members.id("id")?.ok_or_else(|| Refusal::missing("id"))?;
    if let Some(other) = members.text("type")?.filter(|kind| *kind != "file_version") {
        return Err(Refusal::invalid("type", other, "'file_version'"));
    }
    let (file, version) = find_past(asked, "id", &id)?;
    file_lock::check(asked, &file)?;
    let promoted = asked.acting().restore_version(asked.place.at(file.id), version.number);
    promoted.map_err(|error| upload::refused(asked, file.parent.unwrap_or(file.id), error))?;
    events::tell(asked, Deed::MakeCurrent, file.id);
    let file = asked.app.sim.item(asked.place.at(file.id))?;
    let versions = asked.app.sim.versions(asked.place.at(file.id))?;
    let current = versions.iter().find(|version| version.is_current);
    let current = current.ok_or_else(|| Refusal::not_found("file_version", &id))?;
    Ok(Reply::json(StatusCode::CREATED, shown(asked, &file, current, &named)))
}

/// Finds a version of the file that a path names. That of another file is not found.
fn find(asked: &Asked<'_>, id: &str) -> Result<(Item, Version), Refusal> {
    let file = asked.place.file(asked.app, asked.id())?;
    let number = copy::number_of(asked, &file, id)?;
    let versions = asked.app.sim.versions(asked.place.at(file.id))?;
    let found = versions.into_iter().find(|version| version.number == number);
    found.map(|version| (file, version)).ok_or_else(|| Refusal::not_found("file_version", id))
}

/// Finds a version that is not the current one, and was not deleted.
fn find_past(asked: &Asked<'_>, name: &str, id: &str) -> Result<(Item, Version), Refusal> {
    let (file, version) = find(asked, id)?;
    if version.is_current {
        return Err(Refusal::invalid(name, id, "the id of a past version"));
    }
    if version.deleted_at.is_some() {
        Err(Refusal::not_found("file_version", id))
    } else {
        Ok((file, version))
    }
}

/// Returns the members that are asked for, if any are.
fn named<'a>(asked: &'a Asked<'_>) -> Result<Option<Vec<&'a str>>, Refusal> {
    let text = asked.call.query("fields").unwrap_or_default();
    let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in names.iter().filter(|name| !MEMBERS.contains(name)) {
        unused::note(asked.call, format!("?fields={name}"))?;
    }
    Ok((!names.is_empty()).then_some(names))
}

/// Shows a version. That a deleted version of a file of Box has no SHA-1 is *assumed*: it holds nothing any more (no
/// option: no other reading is known).
fn shown(asked: &Asked<'_>, file: &Item, version: &Version, named: &Option<Vec<&str>>) -> Value {
    let shower = asked.shower();
    let at = asked.place.at(file.id);
    let content = asked.app.sim.version_content(at, version.number).ok();
    let hashes =
        content.and_then(|content| hashes::of_one_of_many(asked.app, asked.call, &content, Which::Box));
    let sha1 = hashes.and_then(|hashes| hashes.sha1.as_ref().map(|hash| json!(hash)));
    let user = User::of(&asked.app.options, &version.modified_by);
    let (by, by_name) = (json!(user), json!(user.name));
    let trashed = |value: Value| if version.deleted_at.is_some() { value } else { Value::Null };
    let name = version.name.as_deref().unwrap_or(&file.name);
    // In the order of their names.
    let values = [
        Some(json!("file_version")),
        Some(json!(asked.place.ids.version(file.id, version.number))),
        sha1,
        Some(json!(name)),
        Some(json!(version.size)),
        Some(json!(shower.time(version.modified_at))),
        Some(json!(shower.time(version.modified_at))),
        Some(by.clone()),
        Some(version.deleted_at.map_or(Value::Null, |at| json!(shower.time(at)))),
        // That a version of a file of Box was deleted by who wrote it is *assumed* (no option: who did it is not
        // kept).
        Some(trashed(by)),
        Some(Value::Null),
        Some(Value::Null),
        Some(Value::Null),
        Some(by_name),
        Some(json!(version.number.to_string())),
    ];
    let members = MEMBERS.into_iter().zip(values);
    let is_wanted = |key: &str| match named {
        None => true,
        Some(named) => ["type", "id"].contains(&key) || named.contains(&key),
    };
    let members = members.filter(|(key, _)| is_wanted(key));
    members.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map>().into()
}
