//! Routes the admin API, `/_drivesim/`, with which tests in any language observe and control a server.
//!
//! It needs no token of a service, and the journal does not record it.

mod access;
mod drives;
pub(crate) mod error;
pub(crate) mod error_code;
pub(crate) mod gate;
pub(crate) mod job_events;
mod jobs;
mod members;
mod openapi;
mod read;
pub(crate) mod routes;
mod state;

use axum::http::Method;
use percent_encoding::percent_decode_str;

use self::error::AdminError;
use self::error_code::AdminCode;
use self::routes::{AdminRoute, BodyKind, ROUTES};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Excerpt;
use crate::limits::Limits;
use crate::state::app::App;

/// The prefix of all paths of the admin API.
const PREFIX: &str = "/_drivesim";

/// Returns whether a path, as it was sent, belongs to the admin API. Percent-encoded, upper-case or dotted variants do
/// not, so that a proxy can rely on a rule for the path.
pub(crate) fn is_here(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether a path is that of a stream of events.
pub(crate) fn is_stream(path: &str) -> bool {
    path.starts_with(PREFIX) && path.ends_with("/events")
}

/// A request with its route.
#[derive(Debug)]
pub(crate) struct AdminRequest {
    route: &'static AdminRoute,
    /// The part of the path in braces.
    part: String,
}

impl AdminRequest {
    /// Returns the maximal number of bytes of the body.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        match self.route.body {
            BodyKind::Outline => limits.max_outline,
            BodyKind::Json | BodyKind::Ignored => limits.max_json,
        }
    }

    /// Returns whether the response may take long.
    pub(crate) fn is_long(&self) -> bool {
        self.route.is_long()
    }

    /// Handles the request.
    pub(crate) fn handle(&self, app: &App, request: &ApiRequest) -> ApiResponse {
        (self.route.handler)(app, request, &self.part).unwrap_or_else(|fault| fault.to_response())
    }
}

/// Finds the route of a request by its path as it was sent. Only the part in braces may be encoded.
pub(crate) fn find_route(request: &ApiRequest, path: &str) -> Result<AdminRequest, AdminError> {
    let matching = ROUTES.iter().find_map(|route| Some((route, route.part(path)?)));
    let Some((matching, part)) = matching else { return Err(no_route(request)) };
    let mut same_path = ROUTES.iter().filter(|route| route.path == matching.path);
    match same_path.find(|route| route.method == request.method) {
        Some(route) => {
            let part = percent_decode_str(part).decode_utf8_lossy().into_owned();
            Ok(AdminRequest { route, part })
        }
        None => Err(bad_method(request, matching.path)),
    }
}

fn no_route(request: &ApiRequest) -> AdminError {
    let routes: Vec<String> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let message = format!("There is no route {}; there are: {}.", Excerpt(&request.path), routes.join(", "));
    AdminError::new(AdminCode::NoRoute, message)
}

fn bad_method(request: &ApiRequest, path: &str) -> AdminError {
    let same_path = ROUTES.iter().filter(|route| route.path == path);
    // HEAD is handled as GET.
    let word =
        |method: &Method| if *method == Method::GET { "GET, HEAD".to_owned() } else { method.to_string() };
    let allow = same_path.map(|route| word(&route.method)).collect::<Vec<String>>().join(", ");
    let message =
        format!("{} is not a method of {path}, which has {allow}.", Excerpt(request.method.as_str()));
    AdminError::bad_method(message, allow)
}
