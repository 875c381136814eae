//! Handles preflight checks: whether an upload to Box would succeed.

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use drivesim::Item;
use uuid::Uuid;

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, upload, upload_sessions};
use crate::ordered_json::json;
use crate::reply::Reply;

/// The members of the body of a check, for a new file and for a new version.
const NEW: Shape = Shape::of(&["name", "size", "parent"]).needing(&["name", "parent"]);
const VERSION: Shape = Shape::of(&["name", "size"]);

/// Checks a new file: 200 with the upload URL.
///
/// ASSUMED: A preflight check requires a name and a folder, and no size: the page marks none of them as required (no
/// option: no other reading is known).
pub(crate) fn file(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(context.call, &NEW)?;
    let name = members.text("name")?.ok_or_else(|| Refusal::missing("name"))?;
    let parent = members.id_in("parent", &PARENT)?;
    let size = members.count_or_text("size")?.unwrap_or(0);
    let folder = context.place.target(context.app, "parent", &parent)?;
    check_size(context, size)?;
    check_new(context, &folder, name, size)?;
    Ok(upload_url(context, "content"))
}

/// Checks a new version of a file, with its new name if there is one.
pub(crate) fn version(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(context.call, &VERSION)?;
    let (name, size) = (members.text("name")?, members.count_or_text("size")?.unwrap_or(0));
    let file = context.place.file(context.app, context.id())?;
    check_size(context, size)?;
    check_version(context, &file, name, size)?;
    Ok(upload_url(context, &format!("{}/content", context.id())))
}

/// Answers with an upload URL and a token for it: that of the request, or any if tokens are not checked.
fn upload_url(context: &Asked<'_>, path: &str) -> Reply {
    let url = format!("{}/api/2.0/files/{path}", context.call.base);
    let token = context.call.token().map_or_else(
        || HEXLOWER.encode(Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_bytes()).as_bytes()),
        str::to_owned,
    );
    Reply::json(StatusCode::OK, json!({ "upload_url": url, "upload_token": token }))
}

/// Fails if a file could not be created.
pub(crate) fn check_new(context: &Asked<'_>, folder: &Item, name: &str, size: u64) -> Result<(), Refusal> {
    let checked = context.acting().check_upload(context.place.at(folder.id), name, size);
    checked.map_err(|error| upload::refused(context, folder.id, error))
}

/// Fails if a new version could not be added.
pub(crate) fn check_version(
    context: &Asked<'_>,
    file: &Item,
    name: Option<&str>,
    size: u64,
) -> Result<(), Refusal> {
    let checked = context.acting().check_upload_version(context.place.at(file.id), name, size);
    checked.map_err(|error| upload::refused(context, file.parent.unwrap_or(file.id), error))
}

/// Fails if a file is too large for a simple upload and for a chunked one.
fn check_size(context: &Asked<'_>, size: u64) -> Result<(), Refusal> {
    let max = context.app.options.limits.max_upload as u64;
    let is_accepted = size <= max || upload_sessions::is_taken(context.app, size);
    if is_accepted { Ok(()) } else { Err(too_large()) }
}

/// 403 `file_size_limit_exceeded`.
///
/// ASSUMED: A file that is larger than the limit for all upload sessions of Box together, or whose parts are larger
/// than a request may be, fails with `file_size_limit_exceeded` (no option: limit of drivesim).
pub(crate) fn too_large() -> Refusal {
    let message = "File size exceeds the folder owner\u{2019}s file size limit";
    Refusal::new(StatusCode::FORBIDDEN, "file_size_limit_exceeded", message)
}

/// 403 `storage_limit_exceeded`.
pub(crate) fn no_room() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "storage_limit_exceeded", "Account storage limit reached")
}
