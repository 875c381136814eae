//! The only place that answers in the dialects of Microsoft: Graph, the OneDrive API, and SharePoint's form of it.

mod access;
mod body;
mod change;
mod children;
mod copy;
mod create;
mod download;
mod drive;
mod expand;
pub(crate) mod hashes;
mod ids;
mod item;
mod json;
mod monitor;
mod order;
mod precondition;
mod query;
mod quick_xor;
mod ranges;
mod read;
mod reference;
pub(crate) mod refusal;
mod remove;
mod route;
mod session;
pub(crate) mod sessions;
mod tags;
mod upload;

use axum::http::Method;
use drivesim::{DriveRef, ItemId};

use crate::app::App;
use crate::call::Call;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, Goal, ItemName, Route};
use crate::reply::Reply;

/// Answers a request.
pub(crate) fn answer(app: &App, call: Call) -> Result<Reply, Refusal> {
    let Some(route) = Route::read(&call.path) else {
        let refusal = Refusal::no_route(call.method.as_str(), &call.path);
        return Err(refusal.direct(is_direct(&call.path)));
    };
    let is_direct = route.dialect.is_direct();
    // Links are to come back by the way that the client took.
    answer_route(app, &call.below(&route.prefix), &route).map_err(|refusal| refusal.direct(is_direct))
}

/// Says whether a path is below one of the endpoints without a gateway, whatever follows there.
pub(crate) fn is_direct(path: &str) -> bool {
    Dialect::of(path).is_some_and(Dialect::is_direct)
}

/// Returns what the dialect of a path is called in the journal.
pub(crate) fn dialect(path: &str) -> Option<&'static str> {
    Some(match Route::read(path)?.dialect {
        Dialect::Graph => "graph",
        Dialect::OneDrive => "onedrive",
        Dialect::SharePoint => "sharepoint",
    })
}

/// Returns the id that clients of this family know an item by; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let found = drive::seen(app, drive.clone(), Dialect::Graph)?;
    let root = app.sim.item(drive.at("/")).ok()?.id;
    Some(ids::item_id(drive, found.flavour, item, item == root))
}

fn answer_route(app: &App, call: &Call, route: &Route) -> Result<Reply, Refusal> {
    if !route.goal.needs_no_token() {
        access::check(app, call, route)?;
    }
    let is = |method: Method| call.method == method;
    match &route.goal {
        Goal::Monitor(id) if is(Method::GET) => monitor::answer(app, call, route.dialect, id),
        Goal::Download(ticket) if is(Method::GET) || is(Method::HEAD) => download::answer(app, call, ticket),
        Goal::Upload(id) => session::answer(app, call, id),
        Goal::Drives(owner) if is(Method::GET) => drive::list(app, call, route, owner.as_deref()),
        Goal::Drive if is(Method::GET) => drive::read(app, call, route),
        Goal::Item(item) => answer_item(app, call, route, item),
        _ => Err(Refusal::no_route(call.method.as_str(), &call.path)),
    }
}

fn answer_item(app: &App, call: &Call, route: &Route, item: &ItemName) -> Result<Reply, Refusal> {
    match (&call.method, &*item.action) {
        (&Method::GET, "") => match item.of_root() {
            Some(root) if !read::is_there(app, route, item) => children::list(app, call, route, &root),
            _ => read::item(app, call, route, item),
        },
        (&Method::POST, "") if let Some(root) = item.of_root() => create::folder(app, call, route, &root),
        (&Method::GET, "children") => children::list(app, call, route, item),
        (&Method::POST, "children") => create::folder(app, call, route, item),
        (&Method::POST, "copy") => copy::start(app, call, route, item),
        (&Method::PATCH, "") => change::item(app, call, route, item),
        (&Method::DELETE, "") => remove::delete(app, call, route, item),
        (&Method::POST, "permanentDelete") => remove::delete_permanently(app, call, route, item),
        (&Method::POST, "restore") => remove::restore(app, call, route, item),
        (&Method::GET | &Method::HEAD, "content") => download::redirect(app, call, route, item),
        (&Method::PUT, "content") => upload::put(app, call, route, item),
        (&Method::POST, "createUploadSession") => session::create(app, call, route, item),
        _ => {
            // An id that is none says more than what is asked of it: a slash in it makes the rest look like an action.
            if let Some(id) = &item.id {
                item::by_wire_id(app, &drive::find(app, route)?, id)?;
            }
            Err(Refusal::no_route(call.method.as_str(), &call.path))
        }
    }
}
