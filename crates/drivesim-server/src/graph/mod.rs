//! Serves Microsoft Graph, the OneDrive API, and SharePoint's form of it.

mod access;
mod api;
mod body;
mod body_types;
mod change;
mod child_page;
mod children;
mod conflict_behavior;
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
use crate::graph::error::GraphError;
use crate::graph::expand::Expand;
use crate::graph::item_locator::ItemLocator;
use crate::graph::route::{Resource, Route};
use crate::graph::route_error::RouteError;
use crate::graph::upload_session::MAX_FRAGMENT;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::limits::Limits;
use crate::state::app::App;

/// A request whose URL and token are valid, before its body is read.
#[derive(Debug)]
pub(crate) struct GraphRequest {
    route: Route,
    body_kind: BodyKind,
}

/// The kind of body that a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyKind {
    /// JSON, or a body that is ignored.
    Json,
    /// The content of a file.
    File,
    /// A part of the content of a file.
    Fragment,
}

impl GraphRequest {
    /// Returns the longest body that the request may have, in bytes.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        match self.body_kind {
            BodyKind::Json => limits.max_json,
            BodyKind::File => limits.max_upload,
            BodyKind::Fragment => limits.max_upload.min(MAX_FRAGMENT),
        }
    }

    /// Returns the name of the API in the journal.
    pub(crate) fn service_name(&self) -> &'static str {
        api_name(self.route.api)
    }

    /// Returns whether the response may take less time than handing the request to another thread. This holds for the
    /// most frequent requests: the status of a job, an item, and a folder with little to render and hash. A poll that
    /// advances its job costs no more than a copy of some items.
    pub(crate) fn runs_inline(&self, request: &ApiRequest) -> bool {
        if request.method != Method::GET {
            return false;
        }
        match &self.route.resource {
            Resource::Item(item) if ["", "children"].contains(&&*item.action) => {
                request.query("$expand").is_none()
            }
            Resource::Item(item) => item.action == "content",
            _ => true,
        }
    }

    /// Returns the part of the path before the version. Links in the response repeat it, so that they reach the server
    /// by the same base URL as the request.
    pub(crate) fn prefix(&self) -> &str {
        &self.route.prefix
    }
}

/// Finds the route of a request and checks its token.
pub(crate) fn route(app: &App, request: &ApiRequest) -> Result<GraphRequest, GraphError> {
    let mut route = match Route::read(&request.path) {
        Ok(route) => route,
        Err(unread) => {
            // The service checks the token before it rejects the URL.
            let token = match unread.is_service_error() {
                true => access::check_token(app, request).map(drop),
                false => Ok(()),
            };
            let error = token.err().unwrap_or_else(|| rejection::route_error(request, &unread));
            return Err(error.for_endpoint(is_direct(&request.path)));
        }
    };
    let is_direct_route = route.api.is_direct();
    let in_envelope = |error: GraphError| error.for_endpoint(is_direct_route);
    request.check_headers().map_err(|bad| in_envelope(bad.into()))?;
    // A URL with a wrong signature fails like one of an unknown resource.
    route.resource =
        route.resource.verify(&app.signer).ok_or_else(|| in_envelope(GraphError::not_found()))?;
    if route.resource.needs_no_token() {
        signed_urls::check(app, request, &route.resource).map_err(in_envelope)?;
    } else {
        route.caller = access::check(app, request, &route).map_err(in_envelope)?;
    }
    let unanswered = || rejection::method_error(request, &route, &allowed(&route.resource));
    let body_kind = body_kind(&request.method, &route.resource)
        .ok_or_else(|| in_envelope(bad_id(app, &route).unwrap_or_else(unanswered)))?;
    if let Resource::Upload(id) = &route.resource {
        upload_session::check(app, request, id).map_err(in_envelope)?;
    }
    Ok(GraphRequest { route, body_kind })
}

/// Returns the error for a malformed id of an item. It is more helpful than an error for the action: a slash in the id
/// makes the rest look like an action.
fn bad_id(app: &App, route: &Route) -> Option<GraphError> {
    let Resource::Item(ItemLocator { id: Some(id), .. }) = &route.resource else { return None };
    let found = drive::find(app, route);
    found.and_then(|found| item::by_wire_id(&found, id)).err()
}

/// Handles a request.
pub(crate) fn handle(
    app: &App,
    request: &ApiRequest,
    GraphRequest { route, .. }: &GraphRequest,
) -> Result<ApiResponse, GraphError> {
    handle_route(app, request, route).map_err(|error| error.for_endpoint(route.api.is_direct()))
}

/// Returns whether a path belongs to one of the endpoints without a gateway, known or not.
pub(crate) fn is_direct(path: &str) -> bool {
    Api::of(path).is_some_and(Api::is_direct)
}

/// Returns the name of the API of a path in the journal.
pub(crate) fn service_name(path: &str) -> Option<&'static str> {
    match Route::read(path) {
        Ok(route) => Some(api_name(route.api)),
        Err(RouteError::OtherService) => None,
        Err(_) => Api::of(path).map(api_name),
    }
}

/// Returns the methods that a resource supports. HEAD is supported wherever GET is.
fn allowed(goal: &Resource) -> Vec<Method> {
    let all = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let read = |method: &Method| if *method == Method::HEAD { Method::GET } else { method.clone() };
    all.into_iter().filter(|method| body_kind(&read(method), goal).is_some()).collect()
}

fn api_name(dialect: Api) -> &'static str {
    match dialect {
        Api::Graph => "graph",
        Api::OneDrive => "onedrive",
        Api::SharePoint => "sharepoint",
    }
}

/// Returns the wire id of an item; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let found = drive::by_ref(app, drive, Api::Graph)?;
    Some(found.ids().item(item, item == found.root).to_string())
}

fn handle_route(app: &App, request: &ApiRequest, route: &Route) -> Result<ApiResponse, GraphError> {
    ignored::note_headers(request, &route.resource)?;
    if matches!(route.resource, Resource::Drives(_) | Resource::Drive | Resource::Item(_)) {
        query::check_form(request)?;
        ignored::note_options(request, &route.resource)?;
    }
    match &route.resource {
        Resource::Monitor(id) => monitor::serve(app, request, route.api, id),
        Resource::Download(ticket) => download::serve(app, request, ticket),
        Resource::Upload(id) => upload_session::handle(app, request, id),
        Resource::Drives(owner) => drives::list(app, request, route, owner.as_deref()),
        Resource::Drive => drives::read(app, request, route),
        Resource::Item(item) => match handler(&request.method, item) {
            Some((_, handler)) => {
                check_query(request, item)?;
                check_expand(app, request, route, item)?;
                handler(app, request, route, item)
            }
            None => Err(GraphError::no_route(request)),
        },
    }
}

/// Fails for query options that are not implemented, where the handler does not read them itself.
fn check_query(request: &ApiRequest, item: &ItemLocator) -> Result<(), GraphError> {
    if request.method == Method::GET && item.action != "content" {
        return Ok(());
    }
    query::check(request, &["select", "expand"])
}

/// Checks that the response to a change can be rendered with `$expand`, before anything is changed.
fn check_expand(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    item: &ItemLocator,
) -> Result<(), GraphError> {
    let shows_item = match request.method {
        Method::PATCH => true,
        Method::PUT => item.action == "content",
        Method::POST => ["", "children", "restore"].contains(&&*item.action),
        _ => false,
    };
    if shows_item && request.query("$expand").is_some() {
        Expand::read(app, request, &drive::find(app, route)?)?.reserve(request)?;
    }
    Ok(())
}

/// Returns the kind of body that a request may have; `None` if the resource does not support the method.
fn body_kind(method: &Method, goal: &Resource) -> Option<BodyKind> {
    let is_read = *method == Method::GET;
    match goal {
        Resource::Upload(_) if *method == Method::PUT => Some(BodyKind::Fragment),
        Resource::Upload(_) => {
            [Method::GET, Method::POST, Method::DELETE].contains(method).then_some(BodyKind::Json)
        }
        Resource::Download(_) | Resource::Monitor(_) | Resource::Drives(_) | Resource::Drive => {
            is_read.then_some(BodyKind::Json)
        }
        Resource::Item(item) => handler(method, item).map(|(body_kind, _)| body_kind),
    }
}

/// Handles an action on an item.
type Handler = fn(&App, &ApiRequest, &Route, &ItemLocator) -> Result<ApiResponse, GraphError>;

/// Returns the handler of an action on an item, and the kind of body that it expects.
fn handler(method: &Method, item: &ItemLocator) -> Option<(BodyKind, Handler)> {
    let (body_kind, handler): (BodyKind, Handler) = match (method, &*item.action) {
        (&Method::GET, "") => (BodyKind::Json, read_item),
        (&Method::POST, "") if item.as_children_of_root().is_some() => (BodyKind::Json, create_in_root),
        (&Method::GET, "children") => (BodyKind::Json, children::list),
        (&Method::POST, "children") => (BodyKind::Json, create::folder),
        (&Method::POST, "copy") => (BodyKind::Json, copy::copy),
        (&Method::PATCH, "") => (BodyKind::Json, change::item),
        (&Method::DELETE, "") => (BodyKind::Json, delete::delete),
        (&Method::POST, "permanentDelete") => (BodyKind::Json, delete::delete_permanently),
        (&Method::POST, "restore") => (BodyKind::Json, delete::restore),
        (&Method::GET, "content") => (BodyKind::Json, download::redirect),
        (&Method::PUT, "content") => (BodyKind::File, upload::put),
        (&Method::POST, "createUploadSession") => (BodyKind::Json, upload_session::create),
        _ => return None,
    };
    Some((body_kind, handler))
}

fn read_item(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    item: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    match item.as_children_of_root() {
        Some(root) if !read::exists(app, route, item) => children::list(app, request, route, &root),
        _ => read::item(app, request, route, item),
    }
}

fn create_in_root(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    item: &ItemLocator,
) -> Result<ApiResponse, GraphError> {
    create::folder(app, request, route, &item.as_children_of_root().unwrap_or_else(|| item.clone()))
}
