//! Refuses requests that no route answers: what is not built here, and what the service refuses too.

use axum::http::{Method, StatusCode, header};

use crate::call::Call;
use crate::excerpt::Excerpt;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, Goal, ItemName, Route, Unread};
use crate::graph::segments;

/// The methods that resources of the services know.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What the service says of a request that it cannot make sense of (onedrive-api-docs issue 851).
const MALFORMED: &str = "The request is malformed or incorrect.";

/// Refuses a URL that is no route.
pub(super) fn unread(call: &Call, unread: &Unread) -> Refusal {
    let dialect = Dialect::of(&call.path).unwrap_or(Dialect::Graph);
    match unread {
        Unread::Elsewhere => Refusal::no_route(call.method.as_str(), &call.path),
        Unread::NotBuilt(what) => not_built(call, what),
        Unread::Items if call.query("$filter").is_some() => {
            not_built(call, "$filter of all items of a drive")
        }
        // Seen in msgraph-sdk-python issue 1070.
        Unread::Items => Refusal::invalid("The 'filter' query option must be provided."),
        // Seen in onedrive-api-docs issue 232.
        Unread::TooManyColons => Refusal::invalid("Paths can only contain at most two colons."),
        Unread::BadColon => Refusal::invalid(format!(
            "{MALFORMED} What follows a colon begins with a slash: \"root:/a/b.txt:/content\"."
        )),
        Unread::Segment(segment) => nonsense(dialect, segment),
    }
}

/// Refuses a request to something that is there but does not answer it.
pub(super) fn unanswered(call: &Call, route: &Route, allowed: &[Method]) -> Refusal {
    match &route.goal {
        Goal::Item(item) => of_item(call, route.dialect, item, allowed),
        Goal::Drive => not_allowed(call, allowed),
        _ => Refusal::no_route(call.method.as_str(), &call.path),
    }
}

fn of_item(call: &Call, dialect: Dialect, item: &ItemName, allowed: &[Method]) -> Refusal {
    let asked = segments::first(&item.action);
    if item.action.is_empty() && !item.path.is_empty() && [Method::PUT, Method::POST].contains(&call.method) {
        return open_path(dialect);
    }
    if !allowed.is_empty() {
        return not_allowed(call, allowed);
    }
    let behind = item.action.get(asked.len()..).unwrap_or_default().trim_start_matches('/');
    // Children have more behind them, other actions that are answered have nothing.
    if asked != "children" && !behind.is_empty() && is_answered(item, asked) {
        return nonsense(dialect, behind);
    }
    if segments::is_of_item(asked) {
        return not_built(call, &item.action);
    }
    nonsense(dialect, &item.action)
}

/// Returns whether something that may be asked of an item is answered, whatever the method.
fn is_answered(item: &ItemName, asked: &str) -> bool {
    let item = ItemName { action: asked.to_owned(), ..item.clone() };
    !super::allowed(&Goal::Item(item)).is_empty()
}

/// Refuses to write to a path that no colon closes: what is asked of the item is read as part of its path. `API not found`
/// was seen on the OneDrive API (onedrive-api-docs issue 233). That a PUT to an open path is `invalidRequest` through
/// Graph *differs* from its gateway, which asks for a JSON body as `BadRequest` (onedrive-api-docs issues 1145 and 1241).
fn open_path(dialect: Dialect) -> Refusal {
    let hint = "A colon closes the path before what is asked of the item: \"root:/a/b.txt:/content\".";
    Refusal::invalid(format!("{} {hint}", if dialect.is_direct() { API_NOT_FOUND } else { MALFORMED }))
}

/// What the endpoints without a gateway say of nonsense (onedrive-api-docs issues 233, 545 and 746).
const API_NOT_FOUND: &str = "API not found.";

/// Refuses a segment that the service does not know. Graph's gateway refuses it as `BadRequest` (onedrive-api-docs issue
/// 748). That a path without its colon, several such segments, is refused as `invalidRequest` is *assumed* (no option:
/// rare).
fn nonsense(dialect: Dialect, asked: &str) -> Refusal {
    let segment = Excerpt(asked.split('/').next().unwrap_or_default());
    let hint = "A path begins with a colon: \"root:/a/b.txt\", \"items/ID:/a/b.txt\".";
    match (dialect.is_direct(), asked.contains('/')) {
        (true, _) => Refusal::invalid(format!("{API_NOT_FOUND} {hint}")),
        (false, true) => Refusal::invalid(format!("Resource not found for the segment '{segment}'. {hint}")),
        (false, false) => {
            let message = format!("Resource not found for the segment '{segment}'.");
            Refusal::new(StatusCode::BAD_REQUEST, "BadRequest", message)
        }
    }
}

/// Refuses a method that a resource does not know: 405 (msgraph-sdk-dotnet issue 2335). That a method that a resource
/// does not know is refused with the code `notAllowed` is *assumed* (no option: no other reading is known). OPTIONS,
/// which browsers send first, is not built.
fn not_allowed(call: &Call, allowed: &[Method]) -> Refusal {
    if !METHODS.contains(&call.method) {
        return Refusal::no_route(call.method.as_str(), &call.path);
    }
    let message = "Specified HTTP method is not allowed for the request target.";
    let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "notAllowed", message);
    refusal.with(header::ALLOW, names.join(", "))
}

/// Refuses what the service has and drivesim lacks.
pub(super) fn not_built(call: &Call, what: &str) -> Refusal {
    Refusal::not_built(call.method.as_str(), &call.path, what)
}
