//! Lists the supported operations of Box: the route table.

use std::sync::LazyLock;

use axum::http::Method;

use crate::box_api::access::RequiredToken;
use crate::box_api::error::BoxError;
use crate::box_api::missing_operations::{self, MissingOperation};
use crate::box_api::operation::{BoxOperation, delete, get, options, post, put};
use crate::box_api::{
    copy, current_user, download, events, files, folders, items, path_pattern, preflight, read, search,
    token, trash, upload, upload_sessions, versions,
};
use crate::http::route_info::{RouteInfo, route};

const FIELDS: &[&str] = &["fields"];
const PAGE: &[&str] = &["fields", "limit", "offset"];
const SORTED: &[&str] = &["fields", "sort", "direction", "offset", "limit"];
const LISTED: &[&str] = &["fields", "usemarker", "marker", "offset", "limit", "sort", "direction"];

/// The operations on items, events and tokens. Their order decides nothing but the order of the list of routes.
static OPERATIONS: &[BoxOperation] = &[
    get("{box}/files/{file-id}", read::file, "shows the file, also one in the trash")
        .with_query(FIELDS)
        .running_inline()
        .checking_rep_hints(),
    put(
        "{box}/files/{file-id}",
        files::update,
        "renames or moves the file, sets its description, tags, lock, shared link, disposition \
         and times of the content",
    )
    .with_query(FIELDS),
    delete("{box}/files/{file-id}", files::delete, "moves the file to the trash"),
    post("{box}/files/{file-id}/copy", copy::file, "copies the file, and responds with the copy")
        .with_query(FIELDS),
    get("{box}/folders/{folder-id}", read::folder, "shows the folder with its first entries")
        .with_query(SORTED)
        .running_inline(),
    get(
        "{box}/folders/{folder-id}/items",
        items::list,
        "lists the children of the folder, by offset or by marker",
    )
    .with_query(LISTED)
    .running_inline(),
    post("{box}/folders", folders::create, "creates a folder, with its upload address and sync state")
        .with_query(FIELDS),
    put(
        "{box}/folders/{folder-id}",
        folders::update,
        "renames or moves the folder, sets its description, tags, shared link, upload address, \
         sync state and settings",
    )
    .with_query(FIELDS),
    delete(
        "{box}/folders/{folder-id}",
        folders::delete,
        "moves the folder to the trash, with its items if `recursive=true`",
    )
    .with_query(&["recursive"]),
    post(
        "{box}/folders/{folder-id}/copy",
        copy::folder,
        "copies the folder, and responds with the copy, which is filled later if it is large",
    )
    .with_query(FIELDS),
    get("{box}/folders/trash/items", trash::list, "lists the trash, by offset or by marker")
        .with_query(LISTED),
    get("{box}/files/{file-id}/trash", trash::file, "shows the file of the trash").with_query(FIELDS),
    get("{box}/folders/{folder-id}/trash", trash::folder, "shows the folder of the trash").with_query(FIELDS),
    post("{box}/files/{file-id}", trash::restore_file, "restores the file from the trash").with_query(FIELDS),
    post("{box}/folders/{folder-id}", trash::restore_folder, "restores the folder from the trash")
        .with_query(FIELDS),
    delete("{box}/files/{file-id}/trash", trash::purge_file, "deletes the file of the trash for good"),
    delete(
        "{box}/folders/{folder-id}/trash",
        trash::purge_folder,
        "deletes the folder of the trash for good",
    ),
    get("{box}/search", search::search, "finds files and folders by their names").with_query(search::OPTIONS),
    get("{box}/users/me", current_user::show, "shows the user of the request").with_query(FIELDS),
    get("{box}/events", events::list, "lists the changes made through this API, after a position")
        .with_query(events::OPTIONS),
    // All callers that may read events may have the URL.
    options("{box}/events", events::long_poll_url, "returns the URL of the long poll")
        .with_token(RequiredToken::Read),
    get("{box}/_realtime", events::poll, "waits for changes after a position")
        .with_query(&["stream_position"])
        .with_token(RequiredToken::Nothing)
        .waiting_for_event(),
    post("/oauth2/token", token::grant, "issues a token for any well-formed request")
        .with_token(RequiredToken::Nothing),
    post("/oauth2/revoke", token::revoke, "accepts the revocation of a token, which stays valid")
        .with_token(RequiredToken::Nothing),
];

/// The operations on the contents of files.
static CONTENT_OPERATIONS: &[BoxOperation] = &[
    post(
        "{box}/files/content",
        upload::file,
        "creates a file from a multipart body: `attributes` first, then the content",
    )
    .with_query(FIELDS)
    .with_file_body(),
    options(
        "{box}/files/content",
        preflight::file,
        "checks whether the file could be uploaded, and returns the upload URL",
    ),
    post("{box}/files/{file-id}/content", upload::version, "uploads a new version of the file")
        .with_query(FIELDS)
        .with_file_body(),
    options(
        "{box}/files/{file-id}/content",
        preflight::version,
        "checks whether the new version could be uploaded",
    ),
    get(
        "{box}/files/{file-id}/content",
        download::redirect,
        "redirects to a download of the file, or of a version: 302",
    )
    .with_query(&["version", "access_token"])
    .with_token(RequiredToken::ReadInQuery),
    get(
        "{box}/_download/{opaque}",
        download::serve,
        "sends the content, or the requested range of it, without a token",
    )
    .with_token(RequiredToken::Nothing),
    get("{box}/files/{file-id}/versions", versions::list, "lists the past versions of the file")
        .with_query(PAGE),
    get("{box}/files/{file-id}/versions/{version-id}", versions::show, "shows the version")
        .with_query(FIELDS),
    delete("{box}/files/{file-id}/versions/{version-id}", versions::delete, "deletes the past version"),
    post("{box}/files/{file-id}/versions/current", versions::promote, "makes a past version current")
        .with_query(FIELDS),
    post(
        "{box}/files/upload_sessions",
        upload_sessions::create,
        "creates an upload session for a new file in parts",
    ),
    post(
        "{box}/files/{file-id}/upload_sessions",
        upload_sessions::create_version,
        "creates an upload session for a new version in parts",
    ),
    get(
        "{box}/files/upload_sessions/{session-id}",
        upload_sessions::status,
        "reports the progress of an upload in parts",
    ),
    put("{box}/files/upload_sessions/{session-id}", upload_sessions::add, "uploads a part").with_file_body(),
    delete("{box}/files/upload_sessions/{session-id}", upload_sessions::abort, "cancels an upload in parts"),
    get("{box}/files/upload_sessions/{session-id}/parts", upload_sessions::parts, "lists the uploaded parts")
        .with_query(&["offset", "limit"]),
    post(
        "{box}/files/upload_sessions/{session-id}/commit",
        upload_sessions::commit,
        "creates the file from its parts",
    )
    .with_query(FIELDS),
];

/// Operations that are listed together.
struct OperationGroup {
    name: &'static str,
    operations: &'static [BoxOperation],
}

static GROUPS: [OperationGroup; 2] = [
    OperationGroup { name: "Box", operations: OPERATIONS },
    OperationGroup { name: "Content at Box", operations: CONTENT_OPERATIONS },
];

/// The operations with their patterns, in the order in which requests are matched with them.
static BY_PATTERN: LazyLock<Vec<(&'static str, &'static BoxOperation)>> = LazyLock::new(|| {
    let operations = GROUPS.iter().flat_map(|group| group.operations);
    let mut by_pattern: Vec<_> = operations.map(|operation| (operation.pattern(), operation)).collect();
    by_pattern.sort_by_key(|(pattern, _)| path_pattern::precedence(pattern));
    by_pattern
});

/// Finds the operation of a request. A path that Box does not have is 404, an operation that Box has and drivesim lacks
/// is 501, and another method of a path that Box has is 405.
pub(crate) fn find(method: &Method, segments: &[String]) -> Result<&'static BoxOperation, BoxError> {
    let mut is_known = false;
    for (pattern, operation) in &*BY_PATTERN {
        if path_pattern::matches(pattern, segments) {
            if operation.method == method {
                return Ok(operation);
            }
            is_known = true;
        }
    }
    match missing_operations::find(method.as_str(), segments) {
        MissingOperation::Operation(path) => Err(BoxError::not_implemented(&format!("{method} /{path}"))),
        MissingOperation::OtherMethod => Err(BoxError::not_allowed()),
        MissingOperation::Nothing if is_known => Err(BoxError::not_allowed()),
        MissingOperation::Nothing => Err(BoxError::no_path()),
    }
}

/// Returns the routes of Box.
pub(crate) fn routes() -> impl Iterator<Item = RouteInfo> {
    GROUPS.iter().flat_map(|group| {
        group
            .operations
            .iter()
            .map(|operation| route(group.name, operation.method, operation.path, operation.does))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::box_api::route::BoxRoute;

    #[test]
    fn each_operation_is_found_by_all_its_paths() {
        for group in &GROUPS {
            for operation in group.operations {
                let info = route(group.name, operation.method, operation.path, operation.does);
                for path in info.paths() {
                    let method = Method::try_from(operation.method).unwrap();
                    let route = BoxRoute::read(&path).unwrap();
                    let found = find(&method, &route.segments).unwrap();
                    assert!(std::ptr::eq(found, operation), "{} {path} leads to {}", method, found.path);
                }
            }
        }
    }

    #[test]
    fn a_fixed_segment_comes_before_a_name_in_braces() {
        let path = |method: Method, path: &str| {
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            find(&method, &segments).map(|operation| operation.pattern()).unwrap_or_default()
        };
        assert_eq!(path(Method::POST, "files/content"), "files/content");
        assert_eq!(path(Method::POST, "files/1"), "files/{file-id}");
        assert_eq!(path(Method::GET, "folders/trash/items"), "folders/trash/items");
        assert_eq!(path(Method::GET, "files/upload_sessions/content"), "files/upload_sessions/{session-id}");
        assert_eq!(path(Method::GET, "files/1/content"), "files/{file-id}/content");
    }
}
