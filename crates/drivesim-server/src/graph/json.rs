//! The only place for the small parts that answers are made of: identities, selected members.

use crate::options::ServerOptions;
use crate::ordered_json::{Map, Value, json};

/// Shows a user, an application or a group.
pub(crate) fn identity(options: &ServerOptions, name: &str) -> Value {
    match options.user_of(name) {
        Some(user) => json!({ "id": user.id, "displayName": user.name }),
        None => json!({ "id": name, "displayName": name }),
    }
}

/// Says first of which kind an answer is.
pub(crate) fn with_context(context: String, shown: Value) -> Value {
    let mut members = Map::new();
    members.insert("@odata.context".to_owned(), Value::String(context));
    if let Value::Object(shown) = shown {
        members.extend(shown);
    }
    Value::Object(members)
}

/// How clients ask for the URL of a download, whatever it is called in the answer.
const DOWNLOAD_KEYS: [&str; 3] =
    ["@microsoft.graph.downloadUrl", "@content.downloadUrl", "content.downloadUrl"];

/// Returns whether a `$select` leaves a member that is no annotation.
pub(crate) fn is_selected(member: &str, select_text: Option<&str>) -> bool {
    let mut value = json!({ member: null });
    select(&mut value, select_text);
    value.get(member).is_some()
}

/// Leaves only the members that a `$select` names; what is an annotation stays if it is about the answer as a whole.
pub(crate) fn select(value: &mut Value, select: Option<&str>) {
    let (Value::Object(members), Some(select)) = (value, select) else { return };
    let names: Vec<&str> = select.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() || names.contains(&"*") {
        return;
    }
    let is_wanted = |key: &str| {
        names.iter().any(|name| *name == key || name.split_once('/').is_some_and(|(head, _)| head == key))
            || key == "@odata.context"
            || (DOWNLOAD_KEYS.contains(&key) && names.iter().any(|name| DOWNLOAD_KEYS.contains(name)))
    };
    members.retain(|key, _| is_wanted(key));
}
