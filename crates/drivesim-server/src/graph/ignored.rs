//! Records parts of requests that have no effect, or rejects them if the server is strict.

use serde_json::{Map, Value};

use crate::graph::body_types::BodyType;
use crate::graph::conflict_behavior;
use crate::graph::error::GraphError;
use crate::http::request::ApiRequest;

/// The members of a reference that have an effect.
const REFERENCE: [&str; 4] =
    ["parentReference", "parentReference.driveId", "parentReference.id", "parentReference.path"];
const TIMES: [&str; 3] =
    ["fileSystemInfo", "fileSystemInfo.createdDateTime", "fileSystemInfo.lastModifiedDateTime"];

/// Returns whether a member of a body has an effect.
fn is_used(body: BodyType, has_item: bool, path: &str) -> bool {
    let is_conflict = conflict_behavior::KEYS.contains(&path);
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
    conflict_behavior::KEYS.contains(&path)
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
            if value.is_null()
                || key.starts_with("@odata.") && !conflict_behavior::KEYS.contains(&key.as_str())
            {
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

/// Records a name without effect; fails with 400 if the server is strict.
pub(crate) fn note(request: &ApiRequest, name: &str) -> Result<(), GraphError> {
    if request.is_strict() {
        let message =
            format!("{name:.100} has no effect here, and this server is configured to reject that.");
        return Err(GraphError::invalid(message));
    }
    request.note_ignored(name);
    Ok(())
}
