//! Lists the supported operations of Box, and finds that of a request.

use axum::http::Method;

use crate::box_api::error::BoxError;
use crate::box_api::operation::{BodyLimit, BoxHandler, Operation};
use crate::box_api::path_pattern::matches;
use crate::box_api::{
    copy, current_user, download, events, files, folders, items, missing_operations, preflight, read, search,
    token, trash, upload, upload_sessions, versions,
};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;
const OPTIONS: Method = Method::OPTIONS;

const NONE: &[&str] = &[];
const FIELDS: &[&str] = &["fields"];
const PAGE: &[&str] = &["fields", "limit", "offset"];
const SORTED: &[&str] = &["fields", "sort", "direction", "offset", "limit"];
const LISTED: &[&str] = &["fields", "usemarker", "marker", "offset", "limit", "sort", "direction"];

/// Creates an operation whose body has the limit for JSON.
const fn takes_json(
    method: Method,
    path: &'static str,
    answer: BoxHandler,
    query: &'static [&'static str],
) -> Operation {
    Operation { method, path, body_limit: BodyLimit::Json, handler: answer, query_options: query }
}

/// Creates an operation whose body has the limit for contents of files.
const fn takes_file(
    method: Method,
    path: &'static str,
    answer: BoxHandler,
    query: &'static [&'static str],
) -> Operation {
    Operation { method, path, body_limit: BodyLimit::File, handler: answer, query_options: query }
}

/// The operations. If several match a path, the first is used.
static OPERATIONS: [Operation; 41] = [
    takes_file(POST, "files/content", upload::file, FIELDS),
    takes_json(OPTIONS, "files/content", preflight::file, NONE),
    takes_json(POST, "files/upload_sessions", upload_sessions::create, NONE),
    takes_json(GET, "files/upload_sessions/{}", upload_sessions::status, NONE),
    takes_file(PUT, "files/upload_sessions/{}", upload_sessions::add, NONE),
    takes_json(DELETE, "files/upload_sessions/{}", upload_sessions::abort, NONE),
    takes_json(GET, "files/upload_sessions/{}/parts", upload_sessions::parts, &["offset", "limit"]),
    takes_json(POST, "files/upload_sessions/{}/commit", upload_sessions::commit, FIELDS),
    takes_json(POST, "files/{}/upload_sessions", upload_sessions::create_version, NONE),
    takes_file(POST, "files/{}/content", upload::version, FIELDS),
    takes_json(OPTIONS, "files/{}/content", preflight::version, NONE),
    takes_json(GET, "files/{}/content", download::redirect, &["version", "access_token"]),
    takes_json(GET, "_download/{}", download::serve, NONE),
    takes_json(GET, "files/{}/versions", versions::list, PAGE),
    takes_json(POST, "files/{}/versions/current", versions::promote, FIELDS),
    takes_json(GET, "files/{}/versions/{}", versions::show, FIELDS),
    takes_json(DELETE, "files/{}/versions/{}", versions::delete, NONE),
    takes_json(GET, "files/{}", read::file, FIELDS),
    takes_json(PUT, "files/{}", files::update, FIELDS),
    takes_json(DELETE, "files/{}", files::delete, NONE),
    takes_json(POST, "files/{}", trash::restore_file, FIELDS),
    takes_json(POST, "files/{}/copy", copy::file, FIELDS),
    takes_json(GET, "files/{}/trash", trash::file, FIELDS),
    takes_json(DELETE, "files/{}/trash", trash::purge_file, NONE),
    takes_json(POST, "folders", folders::create, FIELDS),
    takes_json(GET, "folders/trash/items", trash::list, LISTED),
    takes_json(GET, "folders/{}", read::folder, SORTED),
    takes_json(PUT, "folders/{}", folders::update, FIELDS),
    takes_json(DELETE, "folders/{}", folders::delete, &["recursive"]),
    takes_json(POST, "folders/{}", trash::restore_folder, FIELDS),
    takes_json(GET, "folders/{}/items", items::list, LISTED),
    takes_json(POST, "folders/{}/copy", copy::folder, FIELDS),
    takes_json(GET, "folders/{}/trash", trash::folder, FIELDS),
    takes_json(DELETE, "folders/{}/trash", trash::purge_folder, NONE),
    takes_json(GET, "search", search::search, search::OPTIONS),
    takes_json(GET, "users/me", current_user::show, FIELDS),
    takes_json(GET, "events", events::list, events::OPTIONS),
    takes_json(OPTIONS, "events", events::long_poll_url, NONE),
    takes_json(GET, "_realtime", events::poll, &["stream_position"]),
    takes_json(POST, "oauth2/token", token::grant, NONE),
    takes_json(POST, "oauth2/revoke", token::revoke, NONE),
];

/// Finds the operation of a request. A path that Box does not have is 404, an operation that Box has and drivesim lacks
/// is 501, and another method of a path that Box has is 405.
pub(crate) fn find(method: &Method, rest: &[String]) -> Result<&'static Operation, BoxError> {
    let mut matching = OPERATIONS.iter().filter(|operation| matches(operation.path, rest)).peekable();
    let is_known = matching.peek().is_some();
    if let Some(operation) = matching.find(|operation| operation.method == method) {
        return Ok(operation);
    }
    match missing_operations::find(method.as_str(), rest) {
        missing_operations::MissingOperation::Operation(path) => {
            Err(BoxError::not_implemented(&format!("{method} /{path}")))
        }
        missing_operations::MissingOperation::OtherMethod => Err(BoxError::not_allowed()),
        missing_operations::MissingOperation::Nothing if is_known => Err(BoxError::not_allowed()),
        missing_operations::MissingOperation::Nothing => Err(BoxError::no_path()),
    }
}
