//! Returns errors for requests without a route: those that drivesim does not implement, and those that the service
//! rejects too.

use axum::http::{Method, StatusCode, header};

use crate::graph::api::Api;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::item_locator::ItemLocator;
use crate::graph::route::{Resource, Route};
use crate::graph::route_error::RouteError;
use crate::graph::{operations, segments};
use crate::http::request::ApiRequest;
use crate::json::excerpt::Excerpt;

/// The methods that resources of the services may support.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// The message of the service for a malformed request (onedrive-api-docs issue 851).
const MALFORMED: &str = "The request is malformed or incorrect.";

/// Returns the error for a URL that is not a route.
pub(super) fn route_error(request: &ApiRequest, error: &RouteError) -> GraphError {
    let api = Api::of(&request.path).unwrap_or(Api::Graph);
    match error {
        RouteError::OtherService => GraphError::no_route(request),
        RouteError::NotImplemented(what) => GraphError::not_implemented(request, what),
        RouteError::AllItems if request.query("$filter").is_some() => {
            GraphError::not_implemented(request, "$filter of all items of a drive")
        }
        // Seen in msgraph-sdk-python issue 1070.
        RouteError::AllItems => GraphError::invalid("The 'filter' query option must be provided."),
        // Seen in onedrive-api-docs issue 232.
        RouteError::TooManyColons => GraphError::invalid("Paths can only contain at most two colons."),
        RouteError::BadColon => GraphError::invalid(format!(
            "{MALFORMED} A colon is followed by a slash: \"root:/a/b.txt:/content\"."
        )),
        RouteError::UnknownSegment(segment) => unknown_segment(api, segment),
    }
}

/// Returns the error for a resource that does not support the request.
pub(super) fn method_error(request: &ApiRequest, route: &Route) -> GraphError {
    let methods = operations::methods_of(&route.resource);
    match &route.resource {
        Resource::Item(item) => of_item(request, route.api, item, &methods),
        Resource::Drive => not_allowed(request, &methods),
        _ => GraphError::no_route(request),
    }
}

fn of_item(request: &ApiRequest, api: Api, item: &ItemLocator, methods: &[&str]) -> GraphError {
    let action = segments::first_name(&item.action);
    if item.action.is_empty()
        && !item.path.is_empty()
        && [Method::PUT, Method::POST].contains(&request.method)
    {
        return open_path(api);
    }
    if !methods.is_empty() {
        return not_allowed(request, methods);
    }
    let rest = item.action.get(action.len()..).unwrap_or_default().trim_start_matches('/');
    // Of the supported actions, only `children` can be followed by segments.
    if action != "children" && !rest.is_empty() && operations::has_action(action) {
        return unknown_segment(api, rest);
    }
    if segments::is_of_item(action) {
        return GraphError::not_implemented(request, &item.action);
    }
    unknown_segment(api, &item.action)
}

/// Returns the error for a write to a path without a closing colon: the action is parsed as part of the path. `API not
/// found` was seen on the OneDrive API (onedrive-api-docs issue 233).
///
/// DIFFERS(onedrive-api-docs issues 1145 and 1241): A PUT to an open path is `invalidRequest` through Graph; its
/// gateway requires a JSON body with `BadRequest`.
fn open_path(api: Api) -> GraphError {
    let hint = "A colon closes the path before the action: \"root:/a/b.txt:/content\".";
    GraphError::invalid(format!("{} {hint}", if api.is_direct() { API_NOT_FOUND } else { MALFORMED }))
}

/// The message of endpoints without a gateway for unknown segments (onedrive-api-docs issues 233, 545 and 746).
const API_NOT_FOUND: &str = "API not found.";

/// Returns the error for segments that the service does not know. Graph's gateway rejects one with `BadRequest`
/// (onedrive-api-docs issue 748).
///
/// ASSUMED: A path without its colon, that is several unknown segments, is `invalidRequest` (no option: rare).
fn unknown_segment(api: Api, segments: &str) -> GraphError {
    let segment = Excerpt(segments.split('/').next().unwrap_or_default());
    let hint = "A path begins with a colon: \"root:/a/b.txt\", \"items/ID:/a/b.txt\".";
    match (api.is_direct(), segments.contains('/')) {
        (true, _) => GraphError::invalid(format!("{API_NOT_FOUND} {hint}")),
        (false, true) => {
            GraphError::invalid(format!("Resource not found for the segment '{segment}'. {hint}"))
        }
        (false, false) => {
            let message = format!("Resource not found for the segment '{segment}'.");
            GraphError::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
        }
    }
}

/// Returns the error for a method that a resource does not support: 405 (msgraph-sdk-dotnet issue 2335). OPTIONS, which
/// browsers send first, is not implemented.
///
/// ASSUMED: A method that a resource does not support fails with the code `notAllowed` (no option: no other reading is
/// known).
fn not_allowed(request: &ApiRequest, methods: &[&str]) -> GraphError {
    if !METHODS.contains(&request.method) {
        return GraphError::no_route(request);
    }
    let message = "Specified HTTP method is not allowed for the request target.";
    let error = GraphError::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::NotAllowed, message);
    error.with_header(header::ALLOW, methods.join(", "))
}
