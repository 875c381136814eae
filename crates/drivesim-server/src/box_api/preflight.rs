//! Handles preflight checks: whether an upload to Box would succeed.

use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use uuid::Uuid;

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::upload_check;
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
    upload_check::check_size(context, size)?;
    upload_check::check_new(context, &folder, name, size)?;
    Ok(upload_url(context, "content"))
}

/// Checks a new version of a file, with its new name if there is one.
pub(crate) fn version(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let members = Members::read(context.request, &VERSION)?;
    let (name, size) = (members.text("name")?, members.count_or_text("size")?.unwrap_or(0));
    let file = context.drive.file(context.app, context.id())?;
    upload_check::check_size(context, size)?;
    upload_check::check_version(context, &file, name, size)?;
    Ok(upload_url(context, &format!("{}/content", context.id())))
}

/// Responds with an upload URL and a token for it: that of the request, or any if tokens are not checked.
fn upload_url(context: &RequestContext<'_>, path: &str) -> ApiResponse {
    let url = format!("{}/api/2.0/files/{path}", context.request.base);
    let token = context.request.token().map_or_else(
        || HEXLOWER.encode(Uuid::new_v5(&Uuid::NAMESPACE_URL, url.as_bytes()).as_bytes()),
        str::to_owned,
    );
    ApiResponse::json(StatusCode::OK, json!({ "upload_url": url, "upload_token": token }))
}
