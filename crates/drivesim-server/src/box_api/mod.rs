//! Serves the API of Box.

mod access;
mod api_version;
mod body;
mod change;
mod change_error;
mod content_times;
mod context;
mod copy;
mod current_user;
mod derived_token;
mod digest;
mod download;
mod drive;
mod emit_event;
mod entry_list;
mod entry_marker;
mod entry_order;
mod entry_page;
pub(crate) mod error;
mod error_code;
mod events;
mod existing_item;
mod fields;
mod file_lock;
mod files;
mod folders;
mod headers;
mod ids;
mod ignored;
mod item_renderer;
mod items;
mod json_objects;
mod member_lists;
mod missing_operations;
mod multipart;
mod operation;
mod operations;
pub(crate) mod options;
mod paging;
mod parts;
mod path_pattern;
mod precondition;
mod preflight;
mod query;
mod read;
mod route;
mod search;
mod settings;
mod shared_link;
mod time;
mod token;
mod trash;
mod upload;
mod upload_check;
mod upload_parts;
mod upload_sessions;
mod users;
mod versions;

use drivesim::ItemId;
use drivesim::drive::DriveRef;

use crate::box_api::context::RequestContext;
use crate::box_api::drive::BoxDrive;
use crate::box_api::error::BoxError;
use crate::box_api::ids::BoxIds;
use crate::box_api::operation::{BodyLimit, BoxOperation};
use crate::box_api::route::BoxRoute;
use crate::http::inline_budget;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::route_info::RouteInfo;
use crate::limits::Limits;
use crate::state::app::App;

/// Returns whether a path belongs to Box.
pub(crate) fn is_box_path(path: &str) -> bool {
    route::is_box_path(path)
}

/// Returns the wire id of an item; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let profile = app.sim.profile_of(drive).ok().filter(drive::is_box)?;
    let item = app.sim.item(drive.at(item)).ok()?;
    let assigned_ids = app.sim.wire_ids(drive).ok()?;
    Some(BoxIds::new(profile.id_offset, assigned_ids).of(&item).to_string())
}

/// Returns the routes of Box.
pub(crate) fn routes() -> impl Iterator<Item = RouteInfo> {
    operations::routes()
}

/// Returns the id of a request in the form of errors: 16 characters.
pub(crate) fn request_id(id: &str) -> String {
    id.chars().filter(|character| *character != '-').take(16).collect()
}

/// Returns the id of a request in the form of the response header: a different id, of 27 characters.
pub(crate) fn request_id_in_header(id: &str) -> String {
    let digits = id.chars().rev().filter(|character| *character != '-');
    let mut header = String::with_capacity(27);
    header.push('0');
    header.extend(digits.take(26));
    header
}

/// A request with its route and operation, before its body is read.
#[derive(Debug)]
pub(crate) struct BoxRequest {
    route: BoxRoute,
    operation: &'static BoxOperation,
    /// The position in the event stream after which a long poll waits for an event.
    awaited_position: Option<u64>,
    /// The user of the token, if it has one.
    user: Option<String>,
}

impl BoxRequest {
    /// Returns the position in the event stream after which a long poll waits for an event.
    pub(crate) fn awaited_position(&self) -> Option<u64> {
        self.awaited_position
    }

    /// Returns whether the response may take less time than handing the request to another thread. This holds for a
    /// file or a folder with little to render and hash.
    pub(crate) fn runs_inline(&self, request: &ApiRequest) -> bool {
        self.operation.runs_inline && request.query("sort").is_none()
    }

    /// Returns the part of the path before the version. Links in the response repeat it, so that they reach the server
    /// by the same base URL as the request.
    pub(crate) fn prefix(&self) -> &str {
        &self.route.prefix
    }

    /// Returns the longest body that the request may have, in bytes.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        match self.operation.body_limit {
            BodyLimit::Json => limits.max_json,
            BodyLimit::File => limits.max_upload,
        }
    }
}

/// Finds the route of a request and checks its token.
pub(crate) fn route(app: &App, request: &ApiRequest) -> Result<BoxRequest, BoxError> {
    let route = BoxRoute::read(&request.path).ok_or_else(BoxError::no_path)?;
    let operation = operations::find(&request.method, &route.segments)?;
    request.check_headers()?;
    let user = access::check(app, request, operation.required_token)?;
    api_version::check(request)?;
    // A position that cannot be read fails when the request is handled.
    let awaited_position = if operation.waits_for_event { events::position(app, request).ok() } else { None };
    Ok(BoxRequest { route, operation, awaited_position, user })
}

/// Handles a request.
pub(crate) fn handle(
    app: &App,
    request: &ApiRequest,
    BoxRequest { route, operation, awaited_position, user }: &BoxRequest,
) -> Result<ApiResponse, BoxError> {
    let drive = &BoxDrive::find(app)?;
    // Before the request is counted: it runs again.
    inline_budget::check_wait()?;
    if let Some(max_requests) = drive.wire.rate_limit.filter(|_| request.mark_counted()) {
        app.rates.count(drive.drive_ref.id(), max_requests, app.sim.now())?;
    }
    let user = &*users::caller(app, request, drive, user.as_deref())?;
    headers::check(request, operation)?;
    query::check(request, operation.query_options)?;
    (operation.handler)(&RequestContext {
        app,
        request,
        drive,
        user,
        segments: &route.segments,
        awaited_position: *awaited_position,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use drivesim::Sim;

    use super::*;
    use crate::http::request::RequestMemory;
    use crate::state::options::ServerOptions;

    /// Returns whether a request is admitted. Names in braces stay, without the braces.
    fn is_admitted(app: &App, method: &str, path: &str) -> bool {
        let path = path.replace(['{', '}'], "");
        let (mut parts, ()) = Request::builder().method(method).uri(path).body(()).unwrap().into_parts();
        let request = ApiRequest::from_parts(&mut parts, None, None, RequestMemory::default()).unwrap();
        route(app, &request).is_ok()
    }

    #[test]
    fn each_route_is_admitted() {
        let app = App::new(Sim::builder().build().unwrap(), ServerOptions::default()).unwrap();
        assert!(!is_admitted(&app, "PATCH", "/2.0/files/1"));
        for route in routes() {
            for path in route.paths() {
                assert!(is_admitted(&app, route.method, &path), "{} {path}", route.method);
            }
        }
    }
}
