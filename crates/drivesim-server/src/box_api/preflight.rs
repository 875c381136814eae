//! The only place that says whether a file could be sent to Box, before it is.

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use drivesim::Item;
use uuid::Uuid;

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, upload, upload_sessions};
use crate::ordered_json::json;
use crate::reply::Reply;

/// What the body of a check may have, for a new file and for a new version.
const NEW: Shape = Shape::of(&["name", "size", "parent"]).needing(&["name", "parent"]);
const VERSION: Shape = Shape::of(&["name", "size"]);

/// Answers for a new file: 200 with where to send it. That a preflight check must have a name and a folder, and need not
/// have a size, is *assumed*: the page marks none of them as required (no option: no other reading is known).
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call, &NEW)?;
    let name = members.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let parent = members.id_in("parent", &PARENT)?;
    let size = members.count_or_text("size")?.unwrap_or(0);
    let folder = asked.place.target(asked.app, "parent", &parent)?;
    check_size(asked, size)?;
    check_new(asked, &folder, name, size)?;
    Ok(granted(asked, "content"))
}

/// Answers for a new version of a file, and for the name it is to have then.
pub(crate) fn version(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call, &VERSION)?;
    let (name, size) = (members.text("name")?, members.count_or_text("size")?.unwrap_or(0));
    let file = asked.place.file(asked.app, asked.id())?;
    check_size(asked, size)?;
    check_version(asked, &file, name, size)?;
    Ok(granted(asked, &format!("{}/content", asked.id())))
}

/// Tells where to send a file, and with which token: that of the request will do, or any where none is asked for.
fn granted(asked: &Asked<'_>, path: &str) -> Reply {
    let url = format!("{}/api/2.0/files/{path}", asked.call.base);
    let token = asked.call.token().map_or_else(
        || HEXLOWER.encode(Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_bytes()).as_bytes()),
        str::to_owned,
    );
    Reply::json(StatusCode::OK, json!({ "upload_url": url, "upload_token": token }))
}

/// Refuses a file that could not be made.
pub(crate) fn check_new(asked: &Asked<'_>, folder: &Item, name: &str, size: u64) -> Result<(), Refusal> {
    let checked = asked.acting().check_upload(asked.place.at(folder.id), name, size);
    checked.map_err(|error| upload::refused(asked, folder.id, error))
}

/// Refuses a new version that could not be added.
pub(crate) fn check_version(
    asked: &Asked<'_>,
    file: &Item,
    name: Option<&str>,
    size: u64,
) -> Result<(), Refusal> {
    let checked = asked.acting().check_upload_version(asked.place.at(file.id), name, size);
    checked.map_err(|error| upload::refused(asked, file.parent.unwrap_or(file.id), error))
}

/// Refuses so many bytes as could be sent neither whole nor in parts.
fn check_size(asked: &Asked<'_>, size: u64) -> Result<(), Refusal> {
    let most = asked.app.options.limits.max_upload as u64;
    let is_taken = size <= most || upload_sessions::is_taken(asked.app, size);
    if is_taken { Ok(()) } else { Err(too_large()) }
}

/// 403 `file_size_limit_exceeded`. That a file that is larger than upload sessions of Box may be together, or whose parts
/// are larger than a request may be, is refused so is *assumed* (no option: limit of drivesim).
pub(crate) fn too_large() -> Refusal {
    let message = "File size exceeds the folder owner\u{2019}s file size limit";
    Refusal::new(StatusCode::FORBIDDEN, "file_size_limit_exceeded", message)
}

/// 403 `storage_limit_exceeded`.
pub(crate) fn no_room() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "storage_limit_exceeded", "Account storage limit reached")
}
