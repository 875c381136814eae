//! The only place that answers in the dialect of Box.

mod body;
mod copy;
mod fields;
mod ids;
mod items;
mod place;
mod read;
pub(crate) mod refusal;
mod route;
mod show;

use axum::http::Method;

use crate::app::App;
use crate::box_api::place::Place;
use crate::box_api::refusal::Refusal;
use crate::box_api::route::Route;
use crate::call::Call;
use crate::reply::Reply;

/// Says whether a path is one of Box's.
pub(crate) fn is_here(path: &str) -> bool {
    Route::read(path).is_some()
}

/// Answers a request.
pub(crate) fn answer(app: &App, call: Call) -> Result<Reply, Refusal> {
    let Some(route) = Route::read(&call.path) else { return Err(Refusal::not_allowed()) };
    let call = &call.below(&route.prefix);
    let rest: Vec<&str> = route.rest.iter().map(String::as_str).collect();
    let place = Place::find(app)?;
    match (&call.method, &rest[..]) {
        (&Method::GET, ["files", id]) => read::file(app, call, &place, id),
        (&Method::GET, ["folders", id]) => read::folder(app, call, &place, id),
        (&Method::GET, ["folders", id, "items"]) => items::list(app, call, &place, id),
        (&Method::POST, ["files", id, "copy"]) => copy::file(app, call, &place, id),
        (&Method::POST, ["folders", id, "copy"]) => copy::folder(app, call, &place, id),
        _ => Err(Refusal::not_allowed()),
    }
}
