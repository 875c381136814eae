//! Renders identities and contexts, and applies `$select`.

use crate::json::ordered::{Map, Value, json};
use crate::state::options::ServerOptions;

/// Renders a user, an application or a group.
pub(crate) fn identity(options: &ServerOptions, name: &str) -> Value {
    match options.user_of(name) {
        Some(user) => json!({ "id": user.id, "displayName": user.name }),
        None => json!({ "id": name, "displayName": name }),
    }
}

/// Adds an `@odata.context`, as the first member.
pub(crate) fn with_context(context: String, value: Value) -> Value {
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), Value::String(context));
    if let Value::Object(others) = value {
        members.extend(others);
    }
    Value::Object(members)
}

/// The names of the download URL in `$select`, whatever its name in the response.
const DOWNLOAD_KEYS: [&str; 3] =
    ["@microsoft.graph.downloadUrl", "@content.downloadUrl", "content.downloadUrl"];

/// Returns whether a `$select` keeps a member that is not an annotation.
pub(crate) fn is_selected(member: &str, select_text: Option<&str>) -> bool {
    let mut value = json!({ member: null });
    select(&mut value, select_text);
    value.get(member).is_some()
}

/// Keeps only the members that a `$select` names, and the `@odata.context`.
pub(crate) fn select(value: &mut Value, select: Option<&str>) {
    let (Value::Object(members), Some(select)) = (value, select) else { return };
    let names: Vec<&str> = select.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() || names.contains(&"*") {
        return;
    }
    let is_selected = |key: &str| {
        names.iter().any(|name| *name == key || name.split_once('/').is_some_and(|(head, _)| head == key))
            || key == "@odata.context"
            || (DOWNLOAD_KEYS.contains(&key) && names.iter().any(|name| DOWNLOAD_KEYS.contains(name)))
    };
    members.retain(|key, _| is_selected(key));
}
