//! Parses the part of a path that names an item and the action on it.

use crate::graph::api::Api;
use crate::graph::route_error::RouteError;
use crate::graph::segments;

/// How a URL names an item, and the action on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemLocator {
    /// The item's id; `None` for the root.
    pub(crate) id: Option<String>,
    /// The path from the item with that id, names joined by slashes; empty for the item itself.
    pub(crate) path: String,
    /// The action without its qualifier; empty for the item itself.
    pub(crate) action: String,
}

impl ItemLocator {
    /// Parses `root…` or `items/ID…`.
    pub(crate) fn read(text: &str, api: Api) -> Result<ItemLocator, RouteError> {
        let is_tail = |tail: &&str| tail.is_empty() || tail.starts_with(['/', ':']);
        let (id, tail) = match text.strip_prefix("items/") {
            Some(rest) => {
                let end = rest.find(['/', ':']).unwrap_or(rest.len());
                rest.split_at(end)
            }
            None => match text.strip_prefix("root").filter(is_tail) {
                Some(tail) => ("root", tail),
                None => return Err(not_an_item(text, api)),
            },
        };
        let (path, action) = match tail.strip_prefix(':') {
            Some(tail) => tail.split_once(':').unwrap_or((tail, "")),
            None => ("", tail),
        };
        // The arguments of a function may contain colons.
        let is_function = || segments::is_of_item(segments::first_name(bare_action(action, api)));
        if action.contains(':') && !is_function() {
            let is_third = tail.matches(':').count() > 2;
            return Err(if is_third { RouteError::TooManyColons } else { RouteError::BadColon });
        }
        let starts_well = |text: &str| text.is_empty() || text.starts_with('/');
        if !starts_well(path) || !starts_well(action) {
            return Err(RouteError::BadColon);
        }
        // A child by name instead of by path, as in older pages on uploads (msgraph-sdk-php#186).
        let child = action.strip_prefix("/children/").and_then(|child| child.split_once('/'));
        let (path, action) = match child {
            Some((name, action)) => (format!("{path}/{name}"), action),
            None => (path.to_owned(), action),
        };
        let names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        let id = Some(id).filter(|id| *id != "root").map(str::to_owned);
        Ok(ItemLocator { id, path: names.join("/"), action: bare_action(action, api).to_owned() })
    }
}

impl ItemLocator {
    /// Returns the root with the action `children` if the URL is `root:/children`. Clients that put a path between
    /// colons do not always notice that theirs is empty.
    pub(crate) fn as_children_of_root(&self) -> Option<ItemLocator> {
        let is_meant = self.id.is_none() && self.path == "children" && self.action.is_empty();
        is_meant.then(|| ItemLocator { id: None, path: String::new(), action: self.path.clone() })
    }
}

/// Returns the error for what follows a drive and is not an item.
fn not_an_item(text: &str, api: Api) -> RouteError {
    let action = bare_action(text, api);
    match segments::first_name(action) {
        "items" if action == "items" => RouteError::AllItems,
        segment if segments::is_of_drive(segment) => RouteError::NotImplemented(action.to_owned()),
        _ => RouteError::UnknownSegment(action.to_owned()),
    }
}

/// Segments that are not actions and never qualified.
const MEMBERS: [&str; 2] = ["children", "content"];

/// Returns the name of an action without its qualifier.
fn bare_action(action: &str, api: Api) -> &str {
    let action = action.trim_matches('/');
    let action = action.strip_suffix("()").unwrap_or(action);
    let bare = api.qualifiers().iter().find_map(|qualifier| action.strip_prefix(qualifier));
    bare.filter(|bare| !MEMBERS.contains(bare)).unwrap_or(action)
}
