//! Serves Microsoft Graph, the OneDrive API, and SharePoint's form of it.

mod access;
mod api;
mod body;
mod body_types;
mod change;
mod child_page;
mod children;
mod conflict_behavior;
mod context;
mod copy;
mod create;
mod delete;
mod download;
mod download_url;
mod drive;
mod drive_item;
mod drive_type;
mod drives;
pub(crate) mod error;
mod expand;
mod file_system_info;
mod folder_reference;
mod fragments;
mod ids;
mod ignored;
mod item;
mod item_locator;
mod item_response;
mod json;
mod mime_type;
mod monitor;
mod operation;
mod operations;
pub(crate) mod options;
mod parent_folder;
mod parent_reference;
mod precondition;
mod query;
mod read;
mod rejection;
mod resolved_drive;
mod route;
mod route_error;
mod segments;
mod signed_urls;
mod sort_order;
mod tags;
mod time;
mod upload;
mod upload_session;
mod upload_target;

use axum::http::Method;
use drivesim::ItemId;
use drivesim::drive::DriveRef;

use crate::graph::api::Api;
use crate::graph::context::GraphContext;
use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::ids::GraphIds;
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::{BodyKind, GraphOperation, GraphResult, RunsInline};
use crate::graph::route::{Resource, Route};
use crate::graph::route_error::RouteError;
use crate::graph::upload_session::MAX_FRAGMENT;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::route_info::RouteInfo;
use crate::limits::Limits;
use crate::state::app::App;

/// A request whose URL and token are valid, before its body is read.
#[derive(Debug)]
pub(crate) struct GraphRequest {
    route: Route,
    operation: &'static GraphOperation,
}

impl GraphRequest {
    /// Returns the longest body that the request may have, in bytes.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        match self.operation.body {
            BodyKind::Json => limits.max_json,
            BodyKind::File => limits.max_upload,
            BodyKind::Fragment => limits.max_upload.min(MAX_FRAGMENT),
        }
    }

    /// Returns the name of the API in the journal.
    pub(crate) fn service_name(&self) -> &'static str {
        self.route.api.name()
    }

    /// Returns whether the response may take less time than handing the request to another thread.
    pub(crate) fn runs_inline(&self, request: &ApiRequest) -> bool {
        match self.operation.inline {
            RunsInline::Never => false,
            RunsInline::WithoutExpand => request.query("$expand").is_none(),
            RunsInline::Always => true,
        }
    }

    /// Returns the part of the path before the version. Links in the response repeat it, so that they reach the server
    /// by the same base URL as the request.
    pub(crate) fn prefix(&self) -> &str {
        &self.route.prefix
    }
}

/// Returns the routes of all operations.
pub(crate) fn routes() -> impl Iterator<Item = RouteInfo> {
    operations::all().map(|operation| operation.info)
}

/// Finds the operation of a request and checks its token.
pub(crate) fn route(app: &App, request: &ApiRequest) -> Result<GraphRequest, GraphError> {
    match Route::read(&request.path) {
        Ok(route) => {
            let is_direct = route.api.is_direct();
            find_operation(app, request, route).map_err(|error| error.for_endpoint(is_direct))
        }
        Err(error) => {
            // The service checks the token before it rejects the URL.
            let token = match error.is_service_error() {
                true => access::check_token(app, request).map(drop),
                false => Ok(()),
            };
            let error = token.err().unwrap_or_else(|| rejection::route_error(request, &error));
            Err(error.for_endpoint(is_direct(&request.path)))
        }
    }
}

/// Checks headers, signature and token of a request, and finds its operation.
fn find_operation(app: &App, request: &ApiRequest, mut route: Route) -> Result<GraphRequest, GraphError> {
    request.check_headers()?;
    // A URL with a wrong signature fails like one of an unknown resource.
    route.resource = route.resource.verify(&app.signer).ok_or_else(GraphError::not_found)?;
    if route.resource.needs_no_token() {
        signed_urls::check(app, request, &route.resource)?;
    } else {
        route.caller = access::check(app, request, &route)?;
    }
    let context = GraphContext { app, request, route: &route };
    if let Some(children) = children_of_root(context) {
        route.resource = Resource::Item(children);
    }
    let context = GraphContext { app, request, route: &route };
    let Some(operation) = operations::find(request.method.as_str(), &route.resource) else {
        return Err(bad_id(context).unwrap_or_else(|| rejection::method_error(request, &route)));
    };
    if let Resource::Upload(id) = &route.resource {
        upload_session::check(app, request, id)?;
    }
    Ok(GraphRequest { route, operation })
}

/// Returns the children of the root if the request names them by `root:/children`. An item of that name has priority
/// where the request is for an item.
fn children_of_root(context: GraphContext<'_>) -> Option<ItemLocator> {
    let Resource::Item(item) = &context.route.resource else { return None };
    let children = item.as_children_of_root()?;
    let is_meant = match context.request.method {
        Method::GET => !read::exists(context, item),
        Method::POST => true,
        _ => false,
    };
    is_meant.then_some(children)
}

/// Returns the error for a malformed id of an item. It is more helpful than an error for the action: a slash in the id
/// makes the rest look like an action.
fn bad_id(context: GraphContext<'_>) -> Option<GraphError> {
    let Resource::Item(ItemLocator { id: Some(id), .. }) = &context.route.resource else { return None };
    let drive = context.find_drive();
    drive.and_then(|drive| item::by_wire_id(&drive, id)).err()
}

/// Handles a request.
pub(crate) fn handle(
    app: &App,
    request: &ApiRequest,
    GraphRequest { route, operation }: &GraphRequest,
) -> Result<ApiResponse, GraphError> {
    let response = run(GraphContext { app, request, route }, operation);
    response.map_err(|error| error.for_endpoint(route.api.is_direct()))
}

fn run(context: GraphContext<'_>, operation: &GraphOperation) -> GraphResult {
    operation.note_ignored_headers(context.request)?;
    operation.check_query(context.request)?;
    if operation.shows_item && context.request.method != Method::GET {
        reserve_expanded_item(context)?;
    }
    operation.handler.handle(context)
}

/// Checks that the response to a change can be rendered with `$expand`, before anything is changed.
fn reserve_expanded_item(context: GraphContext<'_>) -> Result<(), GraphError> {
    if context.request.query("$expand").is_some() {
        Expand::read(context.in_drive(&context.find_drive()?))?.reserve(context.request)?;
    }
    Ok(())
}

/// Returns whether a path belongs to one of the endpoints without a gateway, known or not.
pub(crate) fn is_direct(path: &str) -> bool {
    Api::of(path).is_some_and(Api::is_direct)
}

/// Returns the name of the API of a path in the journal.
pub(crate) fn service_name(path: &str) -> Option<&'static str> {
    match Route::read(path) {
        Ok(route) => Some(route.api.name()),
        Err(RouteError::OtherService) => None,
        Err(_) => Api::of(path).map(Api::name),
    }
}

/// Returns the wire id of an item; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let drive = app.sim.drive_info(drive).ok().filter(|drive| !drive.is_closed())?;
    let drive_type = DriveType::of(drive.profile())?;
    let ids = GraphIds { drive: drive.drive(), drive_type, assigned: &drive.wire_ids() };
    Some(ids.item(item, item == drive.root()).to_string())
}
