//! Records members, query options and headers that have no effect, or rejects them if the server is strict.

use axum::http::{Method, header};
use serde_json::{Map, Value};

use crate::graph::body_types::BodyType;
use crate::graph::conflict_behavior::KEYS as CONFLICT_KEYS;
use crate::graph::error::GraphError;
use crate::graph::route::Resource;
use crate::http::request::ApiRequest;

/// The members of a reference that have an effect.
const REFERENCE: [&str; 4] =
    ["parentReference", "parentReference.driveId", "parentReference.id", "parentReference.path"];
const TIMES: [&str; 3] =
    ["fileSystemInfo", "fileSystemInfo.createdDateTime", "fileSystemInfo.lastModifiedDateTime"];

/// Returns whether a member of a body has an effect.
fn is_used(body: BodyType, has_item: bool, path: &str) -> bool {
    let is_conflict = CONFLICT_KEYS.contains(&path);
    let is_of = |paths: &[&str]| paths.contains(&path);
    match body {
        BodyType::Change => {
            is_conflict || is_of(&REFERENCE) || is_of(&TIMES) || is_of(&["name", "description"])
        }
        BodyType::Create => is_conflict || is_of(&TIMES) || is_of(&["name", "description", "folder"]),
        // A copy ignores a conflict behavior in its body (onedrive-api-docs issue 981).
        BodyType::Copy => is_of(&REFERENCE) || is_of(&["name", "childrenOnly", "includeAllVersionHistory"]),
        BodyType::Restore => is_conflict || is_of(&REFERENCE) || path == "name",
        BodyType::UploadSession if has_item => match path.strip_prefix("item.") {
            Some(path) => is_uploadable(path),
            None => is_of(&["item", "deferCommit"]),
        },
        BodyType::UploadSession => is_uploadable(path) || path == "deferCommit",
        BodyType::Empty => false,
    }
}

fn is_uploadable(path: &str) -> bool {
    CONFLICT_KEYS.contains(&path)
        || TIMES.contains(&path)
        || ["name", "description", "fileSize"].contains(&path)
}

/// Records the members of a body that have no effect. Null members count as absent, and annotations of a type
/// (`@odata.type`) are not recorded.
pub(crate) fn note_members(
    request: &ApiRequest,
    body: BodyType,
    members: &Map<String, Value>,
) -> Result<(), GraphError> {
    let has_item = members.get("item").is_some_and(|item| !item.is_null());
    let mut open = vec![(String::new(), members)];
    while let Some((prefix, members)) = open.pop() {
        for (key, value) in members {
            if value.is_null() || key.starts_with("@odata.") && !CONFLICT_KEYS.contains(&key.as_str()) {
                continue;
            }
            let path = format!("{prefix}{key}");
            match value {
                _ if !is_used(body, has_item, &path) => note(request, &path)?,
                Value::Object(members) => open.push((path + ".", members)),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Records the query options that have no effect on a resource.
pub(crate) fn note_options(request: &ApiRequest, goal: &Resource) -> Result<(), GraphError> {
    for (key, _) in request.query_pairs() {
        let option = key.strip_prefix('$').unwrap_or(key);
        let shows_item = ["select", "expand"].contains(&option);
        let is_conflict = CONFLICT_KEYS.contains(&key.as_str());
        let is_used = match goal {
            Resource::Drives(_) => ["select", "top", "skiptoken"].contains(&option),
            Resource::Drive => option == "select",
            Resource::Item(item) => match (&request.method, &*item.action) {
                (&Method::GET, "") => shows_item,
                (&Method::GET, "children") => {
                    shows_item || ["orderby", "top", "skiptoken", "count"].contains(&option)
                }
                (&Method::POST, "children") | (&Method::PATCH, "") | (&Method::PUT, "content") => {
                    shows_item || is_conflict
                }
                (&Method::POST, "restore") => shows_item,
                (&Method::POST, "copy" | "createUploadSession") => is_conflict,
                _ => false,
            },
            Resource::Monitor(_) | Resource::Download(_) | Resource::Upload(_) => true,
        };
        if !is_used {
            note(request, &format!("?{key}"))?;
        }
    }
    Ok(())
}

/// Records headers that have no effect although clients rely on them.
pub(crate) fn note_headers(request: &ApiRequest, goal: &Resource) -> Result<(), GraphError> {
    let is_content =
        matches!(goal, Resource::Item(item) if request.method == Method::PUT && item.action == "content");
    let is_upload = is_content || matches!(goal, Resource::Upload(_));
    let is_change = request.method != Method::GET;
    let headers = [
        (header::IF_UNMODIFIED_SINCE, "If-Unmodified-Since:", is_change),
        (header::CONTENT_RANGE, "Content-Range:", is_content),
        (header::CONTENT_ENCODING, "Content-Encoding:", is_upload),
    ];
    for (name, noted, matters) in headers {
        if matters && request.headers.contains_key(name) {
            note(request, noted)?;
        }
    }
    Ok(())
}

/// Records a name without effect; fails with 400 if the server is strict.
fn note(request: &ApiRequest, name: &str) -> Result<(), GraphError> {
    if request.is_strict() {
        let message =
            format!("{name:.100} has no effect here, and this server is configured to reject that.");
        return Err(GraphError::invalid(message));
    }
    request.note_ignored(name);
    Ok(())
}
