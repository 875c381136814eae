//! Handles preflight checks: whether an upload to Box would succeed.

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use drivesim::Item;
use uuid::Uuid;

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::error::BoxError;
use crate::box_api::{RequestContext, upload, upload_sessions};
use crate::http::response::ApiResponse;
use crate::json::ordered::json;

/// The members of the body of a check, for a new file and for a new version.
const NEW: Shape = Shape::of(&["name", "size", "parent"]).with_required(&["name", "parent"]);
const VERSION: Shape = Shape::of(&["name", "size"]);

/// Checks a new file: 200 with the upload URL.
///
/// ASSUMED: A preflight check requires a name and a folder, and no size: the page marks none of them as required (no
/// option: no other reading is known).
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let members = Members::read(context.request, &NEW)?;
    let name = members.text("name")?.ok_or_else(|| BoxError::missing("name"))?;
    let parent = members.folder_id("parent", &PARENT)?;
    let size = members.count_or_text("size")?.unwrap_or(0);
    let folder = context.drive.target(context.app, "parent", &parent)?;
    check_size(context, size)?;
    check_new(context, &folder, name, size)?;
    Ok(upload_url(context, "content"))
}

/// Checks a new version of a file, with its new name if there is one.
pub(crate) fn version(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let members = Members::read(context.request, &VERSION)?;
    let (name, size) = (members.text("name")?, members.count_or_text("size")?.unwrap_or(0));
    let file = context.drive.file(context.app, context.id())?;
    check_size(context, size)?;
    check_version(context, &file, name, size)?;
    Ok(upload_url(context, &format!("{}/content", context.id())))
}

/// Answers with an upload URL and a token for it: that of the request, or any if tokens are not checked.
fn upload_url(context: &RequestContext<'_>, path: &str) -> ApiResponse {
    let url = format!("{}/api/2.0/files/{path}", context.request.base);
    let token = context.request.token().map_or_else(
        || HEXLOWER.encode(Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_bytes()).as_bytes()),
        str::to_owned,
    );
    ApiResponse::json(StatusCode::OK, json!({ "upload_url": url, "upload_token": token }))
}

/// Fails if a file could not be created.
pub(crate) fn check_new(
    context: &RequestContext<'_>,
    folder: &Item,
    name: &str,
    size: u64,
) -> Result<(), BoxError> {
    let checked = context.sim_as_caller().check_upload(context.drive.at(folder.id), name, size);
    checked.map_err(|error| upload::upload_error(context, folder.id, error))
}

/// Fails if a new version could not be added.
pub(crate) fn check_version(
    context: &RequestContext<'_>,
    file: &Item,
    name: Option<&str>,
    size: u64,
) -> Result<(), BoxError> {
    let checked = context.sim_as_caller().check_upload_version(context.drive.at(file.id), name, size);
    checked.map_err(|error| upload::upload_error(context, file.parent.unwrap_or(file.id), error))
}

/// Fails if a file is too large for a simple upload and for a chunked one.
fn check_size(context: &RequestContext<'_>, size: u64) -> Result<(), BoxError> {
    let max = context.app.options.limits.max_upload as u64;
    let is_accepted = size <= max || upload_sessions::is_accepted(context.app, size);
    if is_accepted { Ok(()) } else { Err(too_large()) }
}

/// 403 `file_size_limit_exceeded`.
///
/// ASSUMED: A file that is larger than the limit for all upload sessions of Box together, or whose parts are larger
/// than a request may be, fails with `file_size_limit_exceeded` (no option: limit of drivesim).
pub(crate) fn too_large() -> BoxError {
    let message = "File size exceeds the folder owner\u{2019}s file size limit";
    BoxError::new(StatusCode::FORBIDDEN, "file_size_limit_exceeded", message)
}

/// 403 `storage_limit_exceeded`.
pub(crate) fn over_quota() -> BoxError {
    BoxError::new(StatusCode::FORBIDDEN, "storage_limit_exceeded", "Account storage limit reached")
}
