//! Serves the API of Box.

mod access;
mod api_version;
mod body;
mod change;
pub(crate) mod chunked_uploads;
mod copy;
mod digest;
mod download;
mod drive;
pub(crate) mod error;
pub(crate) mod event_log;
mod events;
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
mod missing_operations;
mod multipart;
mod operations;
mod parts;
mod preflight;
mod query;
pub(crate) mod rates;
mod read;
mod route;
mod search;
mod settings;
mod shared_link;
mod time;
mod token;
mod trash;
mod upload;
mod upload_sessions;
mod users;
mod versions;

use axum::http::Method;
use drivesim::drive::DriveRef;
use drivesim::{ItemId, Sim};

use crate::box_api::drive::BoxDrive;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::ids::BoxIds;
use crate::box_api::item_renderer::BoxItemRenderer;
use crate::box_api::operations::Operation;
use crate::box_api::route::BoxRoute;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::limits::Limits;
use crate::state::app::App;

/// Returns whether a path belongs to Box.
pub(crate) fn is_box_path(path: &str) -> bool {
    route::is_box_path(path)
}

/// Returns the wire id of an item; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let profile = app.sim.profile_of(drive).ok().filter(|profile| profile.name == "box")?;
    let item = app.sim.item(drive.at(item)).ok()?;
    let given = app.sim.wire_ids(drive).ok()?;
    Some(BoxIds::new(profile.box_wire.id_offset, given).of(&item).to_string())
}

/// Returns whether a path has an operation with a method.
#[cfg(test)]
pub(crate) fn is_supported(method: &Method, path: &str) -> bool {
    BoxRoute::read(path).is_some_and(|route| operations::find(method, &route.rest).is_ok())
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
    operation: &'static Operation,
    /// The position in the event stream after which a long poll waits for an event.
    awaited_position: Option<u64>,
    /// The user of the token, if it has one.
    user: Option<String>,
}

/// The limit for the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyLimit {
    /// The limit for JSON.
    Json,
    /// The limit for contents of files.
    File,
}

impl BoxRequest {
    /// Returns the position in the event stream after which a long poll waits for an event.
    pub(crate) fn awaited_position(&self) -> Option<u64> {
        self.awaited_position
    }

    /// Returns whether the response may take less time than handing the request to another thread. This holds for a
    /// file or a folder with little to render and hash.
    pub(crate) fn runs_inline(&self, request: &ApiRequest) -> bool {
        let rest: Vec<&str> = self.route.rest.iter().map(String::as_str).collect();
        let is_read = matches!(rest[..], ["files" | "folders", _] | ["folders", _, "items"]);
        is_read && request.method == Method::GET && request.query("sort").is_none()
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

/// The approximate size in JSON of a folder in the path of an item, without its name.
const IN_PATH: usize = 96;

/// Handles an operation.
pub(crate) type BoxHandler = fn(&RequestContext<'_>) -> Result<ApiResponse, BoxError>;

/// A request with what its handler needs.
pub(crate) struct RequestContext<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest,
    pub(crate) drive: &'a BoxDrive,
    /// The sender of the request.
    pub(crate) user: &'a str,
    /// The segments of the path after the version.
    pub(crate) rest: &'a [String],
    /// The position in the event stream that a long poll has waited for.
    pub(crate) awaited_position: Option<u64>,
}

impl RequestContext<'_> {
    /// Returns the id in the path: the segment after the kind of the resource.
    pub(crate) fn id(&self) -> &str {
        self.rest.get(1).map_or("", String::as_str)
    }

    /// Returns the simulator with the sender of the request as actor.
    pub(crate) fn sim_as_caller(&self) -> Sim {
        self.app.sim.acting_as(self.user)
    }

    /// Reserves memory for a response with an item of a folder, before it is changed: the path may be long.
    pub(crate) fn reserve_for_path(&self, fields: &Fields, folder: ItemId) -> Result<(), BoxError> {
        if !fields.includes_path() {
            return Ok(());
        }
        // If the folder is gone, the change itself fails.
        let path = self.app.sim.path(self.drive.at(folder)).unwrap_or_default();
        let n_folders = path.bytes().filter(|&byte| byte == b'/').count();
        Ok(self.request.response_budget().reserve(2 * path.len() + n_folders * IN_PATH)?)
    }

    /// Returns the renderer of items for this request.
    pub(crate) fn renderer(&self) -> BoxItemRenderer<'_> {
        BoxItemRenderer { app: self.app, request: self.request, drive: self.drive }
    }
}

/// Finds the route of a request and checks its token.
pub(crate) fn route(app: &App, request: &ApiRequest) -> Result<BoxRequest, BoxError> {
    let route = BoxRoute::read(&request.path).ok_or_else(BoxError::no_path)?;
    let operation = operations::find(&request.method, &route.rest)?;
    request.check_headers()?;
    let user = access::check(app, request, &route)?;
    api_version::check(request)?;
    let awaited = events::awaited(app, request, &route.rest);
    Ok(BoxRequest { route, operation, awaited_position: awaited, user })
}

/// Handles a request.
pub(crate) fn handle(
    app: &App,
    request: &ApiRequest,
    BoxRequest { route, operation, awaited_position: awaited, user }: &BoxRequest,
) -> Result<ApiResponse, BoxError> {
    let place = &BoxDrive::find(app)?;
    // A request that exceeded the inline budget before it was counted is counted when it runs again.
    if drivesim::no_wait::has_given_up() {
        return Err(BoxError::no_path());
    }
    if let Some(most) = place.wire.rate_limit.filter(|_| request.mark_counted()) {
        app.rates.count(place.drive_ref.id(), most, app.sim.now())?;
    }
    let user = &*users::caller(app, request, place, user.as_deref())?;
    headers::check(request, operation.body_limit, &route.rest)?;
    query::check(request, operation.query_options)?;
    (operation.handler)(&RequestContext {
        app,
        request,
        drive: place,
        user,
        rest: &route.rest,
        awaited_position: *awaited,
    })
}
