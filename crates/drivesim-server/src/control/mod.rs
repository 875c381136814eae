//! The only place for the side door, `/_drivesim/`: how a test in any language looks into a server and moves it.
//!
//! It needs no token and stands in no journal. What it answers is described in `openapi.json` beside this file.

mod drives;
pub(crate) mod fault;
mod jobs;
pub(crate) mod journal;
mod read;
mod state;

use axum::http::{Method, StatusCode};

use self::fault::Fault;
use crate::app::App;
use crate::call::Call;
use crate::reply::Reply;

/// What all paths of the side door begin with.
const PREFIX: &str = "/_drivesim";

/// The description of the side door.
const OPENAPI: &str = include_str!("openapi.json");

/// Answers a request of one route; the text is what stands in the path for the part in braces.
type Answer = fn(&App, &Call, &str) -> Result<Reply, Fault>;

/// All routes. Of two forms that a path has, the first counts.
const ROUTES: &[(Method, &str, Answer)] = &[
    (Method::GET, "/health", state::health),
    (Method::GET, "/openapi.json", state::openapi),
    (Method::POST, "/reset", state::reset),
    (Method::GET, "/outline", drives::print),
    (Method::PUT, "/outline", drives::replace),
    (Method::POST, "/drives", drives::add),
    (Method::DELETE, "/drives/{name}", drives::remove),
    (Method::GET, "/clock", state::clock),
    (Method::POST, "/clock", state::advance),
    (Method::POST, "/run-until-idle", state::run_until_idle),
    (Method::GET, "/jobs", jobs::list),
    (Method::POST, "/jobs/{id}/step", jobs::step),
    (Method::GET, "/jobs/{id}", jobs::one),
    (Method::POST, "/snapshot/{name}", state::snapshot),
    (Method::POST, "/restore/{name}", state::restore),
    (Method::GET, "/requests", state::requests),
];

/// Says whether a path, as it was sent, is one of the side door.
pub(crate) fn is_here(path: &str) -> bool {
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request.
pub(crate) fn answer(app: &App, call: &Call) -> Reply {
    route(app, call).unwrap_or_else(|fault| fault.reply())
}

fn route(app: &App, call: &Call) -> Result<Reply, Fault> {
    let path = call.path.strip_prefix(PREFIX).unwrap_or(&call.path);
    let form = ROUTES.iter().find(|(_, form, _)| part(form, path).is_some());
    let Some((_, form, _)) = form else { return Err(no_route(call)) };
    // Whoever asks for the head of an answer gets what belongs there of the whole.
    let method = if call.method == Method::HEAD { &Method::GET } else { &call.method };
    let mut here = ROUTES.iter().filter(|(_, other, _)| other == form);
    match here.find(|(other, ..)| other == method) {
        Some((_, form, answer)) => answer(app, call, part(form, path).unwrap_or_default()),
        None => Err(bad_method(call, form)),
    }
}

/// Returns what stands in a path for the part of a form in braces, which is not empty; `None` for another path.
fn part<'a>(form: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, rest)) = form.split_once('{') else { return (path == form).then_some("") };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let part = path.strip_prefix(before)?.strip_suffix(after)?;
    Some(part).filter(|part| !part.is_empty())
}

fn no_route(call: &Call) -> Fault {
    let routes: Vec<String> =
        ROUTES.iter().map(|(method, form, _)| format!("{method} {PREFIX}{form}")).collect();
    let message = format!("There is no route {}; there are: {}.", call.path, routes.join(", "));
    Fault::new(StatusCode::NOT_FOUND, "noRoute", message)
}

fn bad_method(call: &Call, form: &str) -> Fault {
    let here = ROUTES.iter().filter(|(_, other, _)| *other == form);
    let allow = here.map(|(method, ..)| method.as_str()).collect::<Vec<&str>>().join(", ");
    let message = format!("{} is no method of {PREFIX}{form}, which has {allow}.", call.method);
    Fault::bad_method(message, allow)
}
