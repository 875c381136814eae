//! The only place that says whether a file could be sent to Box, before it is.

use axum::http::StatusCode;
use drivesim::{Access, DriveError, Item, ItemKind};
use serde_json::json;

use crate::box_api::body::Members;
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, upload};
use crate::reply::Reply;

/// Answers for a new file: 200 with where to send it. That a preflight check must have a name and a folder, and need not
/// have a size, is *assumed*: the page marks none of them as required.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call)?;
    let name = members.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let parent = members.id_in("parent")?;
    let size = members.count("size")?.unwrap_or(0);
    let folder = asked.place.target(asked.app, &parent)?;
    check_new(asked, &folder, name, size)?;
    Ok(granted(asked, "content"))
}

/// Answers for a new version of a file, and for the name it is to have then.
pub(crate) fn version(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call)?;
    let (name, size) = (members.text("name")?, members.count("size")?.unwrap_or(0));
    let file = asked.place.file(asked.app, asked.id())?;
    check_version(asked, &file, name, size)?;
    Ok(granted(asked, &format!("{}/content", asked.id())))
}

/// The page also knows a token for the URL, which hosts that speed uploads up want; there is none of those here.
fn granted(asked: &Asked<'_>, path: &str) -> Reply {
    let url = format!("{}/api/2.0/files/{path}", asked.call.base);
    Reply::json(StatusCode::OK, json!({ "upload_url": url }))
}

/// Refuses a file that could not be made.
pub(crate) fn check_new(asked: &Asked<'_>, folder: &Item, name: &str, size: u64) -> Result<(), Refusal> {
    check_access(asked, folder)?;
    check_name(asked, folder, name, None)?;
    check_room(asked, size)
}

/// Refuses a new version that could not be added.
pub(crate) fn check_version(
    asked: &Asked<'_>,
    file: &Item,
    name: Option<&str>,
    size: u64,
) -> Result<(), Refusal> {
    check_access(asked, file)?;
    if let (Some(name), Some(folder)) = (name.filter(|name| *name != file.name), file.parent) {
        let folder = asked.app.sim.item(asked.place.at(folder))?;
        check_name(asked, &folder, name, Some(file))?;
    }
    check_room(asked, size)
}

fn check_access(asked: &Asked<'_>, item: &Item) -> Result<(), Refusal> {
    let needed = Access::Write;
    let address = || asked.place.at(item.id);
    if asked.app.sim.access(address())? == needed {
        return Ok(());
    }
    let item = asked.app.sim.path(address())?;
    Err(DriveError::AccessDenied { item, needed }.into())
}

/// Refuses a name that cannot be had in a folder, or that another item than `own` has.
fn check_name(asked: &Asked<'_>, folder: &Item, name: &str, own: Option<&Item>) -> Result<(), Refusal> {
    let rules = asked.app.sim.profile_of(&asked.place.drive)?.names;
    rules.check(name, ItemKind::File, folder.parent.is_none()).map_err(|fault| {
        let name = name.to_owned();
        Refusal::from(DriveError::BadName { name, fault })
    })?;
    let holder = asked.shower().named(folder.id, name);
    match holder.filter(|holder| own.is_none_or(|own| own.id != holder.id)) {
        Some(_) => Err(upload::taken(asked, folder.id, name)),
        None => Ok(()),
    }
}

fn check_room(asked: &Asked<'_>, size: u64) -> Result<(), Refusal> {
    if size <= asked.app.sim.quota(asked.place.at("/"))?.remaining {
        return Ok(());
    }
    Err(no_room())
}

/// 403 `storage_limit_exceeded`.
pub(crate) fn no_room() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "storage_limit_exceeded", "Account storage limit reached")
}
