//! Lists the routes of the admin API. Routing, `drivesim routes` and the OpenAPI description follow this table.
//!
//! A new route is a row here, a file with its handler, and its parameters and schemas in `openapi.json`.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};

use crate::admin::error::AdminError;
use crate::admin::{access, drives, job_events, jobs, members, openapi, read, state};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::route_info::{RouteInfo, route};
use crate::state::app::App;

use self::BodyKind::{Ignored, Json, Outline};

/// Handles a request of one route. The text is the part of the path in braces.
pub(super) type Handler = fn(&App, &ApiRequest, &str) -> Result<ApiResponse, AdminError>;

/// The body that a route reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyKind {
    /// None; what is sent is ignored.
    Ignored,
    Json,
    /// An outline, which may be longer than JSON.
    Outline,
}

/// A route of the admin API.
#[derive(Debug)]
pub(super) struct AdminRoute {
    pub(super) method: Method,
    /// The path, with a name in braces for its variable part.
    pub(super) path: &'static str,
    pub(super) body: BodyKind,
    pub(super) handler: Handler,
    /// What it does. The description adds a capital letter and a period.
    does: &'static str,
}

const fn row(
    method: Method,
    path: &'static str,
    body: BodyKind,
    handler: Handler,
    does: &'static str,
) -> AdminRoute {
    AdminRoute { method, path, body, handler, does }
}

/// All routes. If a path matches two rows, the first counts.
#[rustfmt::skip]
pub(super) static ROUTES: &[AdminRoute] = &[
    row(Method::GET, "/_drivesim/health", Ignored, state::health, "reports that the server is alive, and how many bytes it holds beside the drives"),
    row(Method::GET, "/_drivesim/openapi.json", Ignored, describe, "describes the admin API as OpenAPI"),
    row(Method::POST, "/_drivesim/reset", Ignored, state::reset, "restores the state at the start: drives, jobs, ids, the clock if it is manual"),
    row(Method::GET, "/_drivesim/outline", Ignored, drives::print, "prints what is in a drive, or all drives with their drive lines (a single drive that was not given one has none)"),
    row(Method::PUT, "/_drivesim/outline", Outline, drives::replace, "replaces the items of a drive, including its bin, by those of an outline; or all drives, if the outline has drive lines and ?drive= is missing"),
    row(Method::POST, "/_drivesim/drives", Json, drives::add, "creates an empty drive"),
    row(Method::DELETE, "/_drivesim/drives/{name}", Ignored, drives::remove, "removes a drive with all its items"),
    row(Method::GET, "/_drivesim/access", Ignored, access::show, "returns the access level of an item"),
    row(Method::PUT, "/_drivesim/access", Json, access::set, "sets the access level of an item and of everything below it without an own level"),
    row(Method::GET, "/_drivesim/members", Ignored, members::show, "lists the members of an item that were set: values that only Box has, such as tags and a classification"),
    row(Method::PATCH, "/_drivesim/members", Json, members::change, "sets and clears members of an item, all or none of them, as the service itself does: etag and times of the item stay, and access levels and locks are ignored"),
    row(Method::GET, "/_drivesim/clock", Ignored, state::clock, "returns the simulated time"),
    row(Method::POST, "/_drivesim/clock", Json, state::advance, "advances the clock and performs the work that becomes due"),
    row(Method::POST, "/_drivesim/run-until-idle", Ignored, state::run_until_idle, "advances the clock until nothing is due any more"),
    row(Method::GET, "/_drivesim/jobs", Ignored, jobs::list, "lists the jobs in the order of their numbers, oldest first: all that have not ended, and the last that have"),
    row(Method::POST, "/_drivesim/jobs/{id}/step", Json, jobs::step, "steps a held job by some items; the first step also starts it"),
    row(Method::GET, "/_drivesim/jobs/{id}/events", Ignored, job_events::stream, "streams the events of a job, from its acceptance to its end, as server-sent events"),
    row(Method::GET, "/_drivesim/jobs/{id}", Ignored, jobs::show, "shows a job"),
    row(Method::POST, "/_drivesim/snapshot/{name}", Ignored, state::snapshot, "keeps the state of all drives, jobs and the clock under a name"),
    row(Method::POST, "/_drivesim/restore/{name}", Ignored, state::restore, "restores the state with a name, any number of times"),
    row(Method::GET, "/_drivesim/requests", Ignored, state::requests, "lists the journal: all requests except those to the admin API, in the order of their numbers, with the headers and bodies of request and response"),
];

/// The routes that run at once under any load, so that clients can check whether the server is alive.
const AT_ONCE: [&str; 2] = ["/_drivesim/health", "/_drivesim/openapi.json"];

impl AdminRoute {
    /// Returns the part of a path in the place of the braces, which is not empty; `None` if the path does not match.
    pub(super) fn part<'a>(&self, path: &'a str) -> Option<&'a str> {
        let Some((before, rest)) = self.path.split_once('{') else {
            return (path == self.path).then_some("");
        };
        let after = rest.split_once('}').map_or("", |(_, after)| after);
        let part = path.strip_prefix(before)?.strip_suffix(after)?;
        Some(part).filter(|part| !part.is_empty())
    }

    /// Returns whether the response may take long: all that read drives or jobs may.
    pub(super) fn is_long(&self) -> bool {
        !AT_ONCE.contains(&self.path)
    }
}

/// The name of the admin API in lists of routes.
pub(crate) const GROUP: &str = "Admin API";

/// The routes as `drivesim routes` prints them.
static INFOS: LazyLock<Vec<RouteInfo>> = LazyLock::new(|| {
    let info = |row: &'static AdminRoute| route(GROUP, row.method.as_str(), row.path, row.does);
    ROUTES.iter().map(info).collect()
});

/// Returns the routes as `drivesim routes` prints them.
pub(crate) fn routes() -> &'static [RouteInfo] {
    &INFOS
}

/// Responds with the description of the admin API.
fn describe(_: &App, request: &ApiRequest, _: &str) -> Result<ApiResponse, AdminError> {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(openapi::document(routes()).to_string()));
    read::check_keys(request, &[])?;
    Ok(ApiResponse::bytes(StatusCode::OK, "application/json", DOCUMENT.clone()))
}
