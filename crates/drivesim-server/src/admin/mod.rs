//! Routes the admin API, `/_drivesim/`, with which tests in any language observe and control a server.
//!
//! It needs no token of a service, and the journal does not record it. `openapi.json` in this directory describes its
//! responses.

mod access;
mod drives;
pub(crate) mod error;
pub(crate) mod gate;
pub(crate) mod job_events;
mod jobs;
mod members;
mod read;
mod state;

use axum::http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use self::error::AdminError;
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Excerpt;
use crate::limits::Limits;
use crate::state::app::App;

/// The prefix of all paths of the admin API.
const PREFIX: &str = "/_drivesim";

/// The description of the admin API.
const OPENAPI: &str = include_str!("openapi.json");

/// Handles a request of one route. The text is the part of the path in braces.
type Handler = fn(&App, &ApiRequest, &str) -> Result<ApiResponse, AdminError>;

/// The route of the outline, whose bodies may be longer than others.
const OUTLINE: &str = "/outline";

/// The routes that run at once under any load, so that clients can check whether the server is alive.
const SHORT: [&str; 2] = ["/health", "/openapi.json"];

/// All routes. If a path matches two forms, the first counts.
const ROUTES: &[(Method, &str, Handler)] = &[
    (Method::GET, "/health", state::health),
    (Method::GET, "/openapi.json", state::openapi),
    (Method::POST, "/reset", state::reset),
    (Method::GET, OUTLINE, drives::print),
    (Method::PUT, OUTLINE, drives::replace),
    (Method::POST, "/drives", drives::add),
    (Method::DELETE, "/drives/{name}", drives::remove),
    (Method::GET, "/access", access::show),
    (Method::PUT, "/access", access::set),
    (Method::GET, "/members", members::show),
    (Method::PATCH, "/members", members::change),
    (Method::GET, "/clock", state::clock),
    (Method::POST, "/clock", state::advance),
    (Method::POST, "/run-until-idle", state::run_until_idle),
    (Method::GET, "/jobs", jobs::list),
    (Method::POST, "/jobs/{id}/step", jobs::step),
    (Method::GET, "/jobs/{id}/events", job_events::stream),
    (Method::GET, "/jobs/{id}", jobs::show),
    (Method::POST, "/snapshot/{name}", state::snapshot),
    (Method::POST, "/restore/{name}", state::restore),
    (Method::GET, "/requests", state::requests),
];

/// Returns whether a path, as it was sent, belongs to the admin API. Percent-encoded, upper-case or dotted variants do
/// not, so that a proxy can rely on a rule for the path.
pub(crate) fn is_here(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns whether a path is that of a stream of events.
pub(crate) fn is_stream(path: &str) -> bool {
    path.starts_with(PREFIX) && path.ends_with("/events")
}

/// The route of a request.
#[derive(Debug)]
pub(crate) struct AdminRoute {
    method: Method,
    form: &'static str,
    handler: Handler,
    /// The part of the path in braces.
    part: String,
}

impl AdminRoute {
    /// Returns the maximal number of bytes of the body.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        let is_outline = self.method == Method::PUT && self.form == OUTLINE;
        if is_outline { limits.max_outline } else { limits.max_json }
    }

    /// Returns whether the response may take long: all that read drives or jobs may.
    pub(crate) fn is_long(&self) -> bool {
        !SHORT.contains(&self.form)
    }

    /// Handles the request.
    pub(crate) fn handle(&self, app: &App, request: &ApiRequest) -> ApiResponse {
        (self.handler)(app, request, &self.part).unwrap_or_else(|fault| fault.to_response())
    }
}

/// Finds the route of a request by its path as it was sent. Only the part in braces may be encoded.
pub(crate) fn find_route(request: &ApiRequest, path: &str) -> Result<AdminRoute, AdminError> {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let form = ROUTES.iter().find(|(_, form, _)| part(form, path).is_some());
    let Some((_, form, _)) = form else { return Err(no_route(request)) };
    let method = &request.method;
    let mut same_form = ROUTES.iter().filter(|(_, other, _)| other == form);
    match same_form.find(|(other, ..)| other == method) {
        Some((method, form, answer)) => {
            let part = percent_decode_str(part(form, path).unwrap_or_default());
            let part = part.decode_utf8_lossy().into_owned();
            Ok(AdminRoute { method: method.clone(), form, handler: *answer, part })
        }
        None => Err(bad_method(request, form)),
    }
}

/// Returns the non-empty part of a path that a form has in braces; `None` if the path does not match.
fn part<'a>(form: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, rest)) = form.split_once('{') else { return (path == form).then_some("") };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let part = path.strip_prefix(before)?.strip_suffix(after)?;
    Some(part).filter(|part| !part.is_empty())
}

fn no_route(request: &ApiRequest) -> AdminError {
    let routes: Vec<String> =
        ROUTES.iter().map(|(method, form, _)| format!("{method} {PREFIX}{form}")).collect();
    let message = format!("There is no route {}; there are: {}.", Excerpt(&request.path), routes.join(", "));
    AdminError::new(StatusCode::NOT_FOUND, "noRoute", message)
}

fn bad_method(request: &ApiRequest, form: &str) -> AdminError {
    let same_form = ROUTES.iter().filter(|(_, other, _)| *other == form);
    // HEAD is handled as GET.
    let word =
        |method: &Method| if *method == Method::GET { "GET, HEAD".to_owned() } else { method.to_string() };
    let allow = same_form.map(|(method, ..)| word(method)).collect::<Vec<String>>().join(", ");
    let message =
        format!("{} is not a method of {PREFIX}{form}, which has {allow}.", Excerpt(request.method.as_str()));
    AdminError::bad_method(message, allow)
}
