//! Records members, query options and headers that have no effect, or rejects them if the server is strict.

use axum::http::{Method, header};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::graph::body::CONFLICT_KEYS;
use crate::graph::refusal::Refusal;
use crate::graph::route::Goal;
use crate::graph::types::Body;

/// The members of a reference that have an effect.
const REFERENCE: [&str; 4] =
    ["parentReference", "parentReference.driveId", "parentReference.id", "parentReference.path"];
const TIMES: [&str; 3] =
    ["fileSystemInfo", "fileSystemInfo.createdDateTime", "fileSystemInfo.lastModifiedDateTime"];

/// Returns whether a member of a body has an effect.
fn is_used(body: Body, has_item: bool, path: &str) -> bool {
    let is_conflict = CONFLICT_KEYS.contains(&path);
    let is_of = |paths: &[&str]| paths.contains(&path);
    match body {
        Body::Change => is_conflict || is_of(&REFERENCE) || is_of(&TIMES) || is_of(&["name", "description"]),
        Body::Create => is_conflict || is_of(&TIMES) || is_of(&["name", "description", "folder"]),
        // A copy ignores a conflict behavior in its body (onedrive-api-docs issue 981).
        Body::Copy => is_of(&REFERENCE) || is_of(&["name", "childrenOnly", "includeAllVersionHistory"]),
        Body::Restore => is_conflict || is_of(&REFERENCE) || path == "name",
        Body::UploadSession if has_item => match path.strip_prefix("item.") {
            Some(path) => is_uploadable(path),
            None => is_of(&["item", "deferCommit"]),
        },
        Body::UploadSession => is_uploadable(path) || path == "deferCommit",
        Body::Empty => false,
    }
}

fn is_uploadable(path: &str) -> bool {
    CONFLICT_KEYS.contains(&path)
        || TIMES.contains(&path)
        || ["name", "description", "fileSize"].contains(&path)
}

/// Records the members of a body that have no effect. Null members count as absent, and annotations of a type
/// (`@odata.type`) are not recorded.
pub(crate) fn note_members(request: &Call, body: Body, members: &Map<String, Value>) -> Result<(), Refusal> {
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
pub(crate) fn note_options(request: &Call, goal: &Goal) -> Result<(), Refusal> {
    for (key, _) in request.query_pairs() {
        let option = key.strip_prefix('$').unwrap_or(key);
        let shows_item = ["select", "expand"].contains(&option);
        let is_conflict = CONFLICT_KEYS.contains(&key.as_str());
        let is_used = match goal {
            Goal::Drives(_) => ["select", "top", "skiptoken"].contains(&option),
            Goal::Drive => option == "select",
            Goal::Item(item) => match (&request.method, &*item.action) {
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
            Goal::Monitor(_) | Goal::Download(_) | Goal::Upload(_) => true,
        };
        if !is_used {
            note(request, &format!("?{key}"))?;
        }
    }
    Ok(())
}

/// Records headers that have no effect although clients rely on them.
pub(crate) fn note_headers(request: &Call, goal: &Goal) -> Result<(), Refusal> {
    let is_content =
        matches!(goal, Goal::Item(item) if request.method == Method::PUT && item.action == "content");
    let is_upload = is_content || matches!(goal, Goal::Upload(_));
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
fn note(request: &Call, name: &str) -> Result<(), Refusal> {
    if request.refuses_ignored() {
        let message = format!("{name:.100} has no effect here, and this server is told to refuse that.");
        return Err(Refusal::invalid(message));
    }
    request.ignored(name);
    Ok(())
}
