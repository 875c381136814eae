//! Serves Microsoft Graph, the OneDrive API, and SharePoint's form of it.

mod access;
mod body;
mod change;
mod children;
mod copy;
mod create;
mod download;
mod drive;
mod drive_item;
mod expand;
mod handed_out;
mod ids;
mod item;
mod json;
mod monitor;
mod order;
mod place;
mod precondition;
mod query;
mod read;
mod reference;
pub(crate) mod refusal;
mod remove;
mod route;
mod segments;
mod session;
pub(crate) mod sessions;
mod tags;
mod target;
mod time;
mod types;
mod unanswered;
mod unused;
mod upload;

use axum::http::Method;
use drivesim::{DriveRef, ItemId};

use crate::app::App;
use crate::call::Call;
use crate::graph::expand::Expand;
use crate::graph::refusal::Refusal;
use crate::graph::route::{Dialect, Goal, ItemName, Route, Unread};
use crate::graph::session::MOST_IN_FRAGMENT;
use crate::limits::Limits;
use crate::reply::Reply;

/// A request whose URL and token are valid, before its body is read.
#[derive(Debug)]
pub(crate) struct Admitted {
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

impl Admitted {
    /// Returns the longest body that the request may have, in bytes.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> usize {
        match self.body_kind {
            BodyKind::Json => limits.max_json,
            BodyKind::File => limits.max_upload,
            BodyKind::Fragment => limits.max_upload.min(MOST_IN_FRAGMENT),
        }
    }

    /// Returns the name of the API in the journal.
    pub(crate) fn dialect(&self) -> &'static str {
        api_name(self.route.dialect)
    }

    /// Returns whether the response may take less time than handing the request to another thread. This holds for the
    /// most frequent requests: the status of a job, an item, and a folder with little to render and hash. A poll that
    /// advances its job costs no more than a copy of some items.
    pub(crate) fn is_short(&self, request: &Call) -> bool {
        if request.method != Method::GET {
            return false;
        }
        match &self.route.goal {
            Goal::Item(item) if ["", "children"].contains(&&*item.action) => {
                request.query("$expand").is_none()
            }
            Goal::Item(item) => item.action == "content",
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
pub(crate) fn admit(app: &App, request: &Call) -> Result<Admitted, Refusal> {
    let mut route = match Route::read(&request.path) {
        Ok(route) => route,
        Err(unread) => {
            // The service checks the token before it rejects the URL.
            let token = match unread.is_refused_by_the_service() {
                true => access::check_token(app, request).map(drop),
                false => Ok(()),
            };
            let error = token.err().unwrap_or_else(|| unanswered::unread(request, &unread));
            return Err(error.direct(is_direct(&request.path)));
        }
    };
    let is_direct_route = route.dialect.is_direct();
    let in_envelope = |error: Refusal| error.direct(is_direct_route);
    request.check_headers().map_err(|bad| in_envelope(bad.into()))?;
    // A URL with a wrong signature fails like one of an unknown resource.
    route.goal = route.goal.opened(&app.signer).ok_or_else(|| in_envelope(Refusal::not_found()))?;
    if route.goal.needs_no_token() {
        handed_out::check(app, request, &route.goal).map_err(in_envelope)?;
    } else {
        route.caller = access::check(app, request, &route).map_err(in_envelope)?;
    }
    let unanswered = || unanswered::unanswered(request, &route, &allowed(&route.goal));
    let body_kind = body_kind(&request.method, &route.goal)
        .ok_or_else(|| in_envelope(bad_id(app, &route).unwrap_or_else(unanswered)))?;
    if let Goal::Upload(id) = &route.goal {
        session::admit(app, request, id).map_err(in_envelope)?;
    }
    Ok(Admitted { route, body_kind })
}

/// Returns the error for a malformed id of an item. It is more helpful than an error for the action: a slash in the id
/// makes the rest look like an action.
fn bad_id(app: &App, route: &Route) -> Option<Refusal> {
    let Goal::Item(ItemName { id: Some(id), .. }) = &route.goal else { return None };
    let found = drive::find(app, route);
    found.and_then(|found| item::by_wire_id(&found, id)).err()
}

/// Handles a request.
pub(crate) fn answer(app: &App, request: &Call, Admitted { route, .. }: &Admitted) -> Result<Reply, Refusal> {
    handle_route(app, request, route).map_err(|error| error.direct(route.dialect.is_direct()))
}

/// Returns whether a path belongs to one of the endpoints without a gateway, known or not.
pub(crate) fn is_direct(path: &str) -> bool {
    Dialect::of(path).is_some_and(Dialect::is_direct)
}

/// Returns the name of the API of a path in the journal.
pub(crate) fn dialect(path: &str) -> Option<&'static str> {
    match Route::read(path) {
        Ok(route) => Some(api_name(route.dialect)),
        Err(Unread::Elsewhere) => None,
        Err(_) => Dialect::of(path).map(api_name),
    }
}

/// Returns the methods that a resource supports. HEAD is supported wherever GET is.
fn allowed(goal: &Goal) -> Vec<Method> {
    let all = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let read = |method: &Method| if *method == Method::HEAD { Method::GET } else { method.clone() };
    all.into_iter().filter(|method| body_kind(&read(method), goal).is_some()).collect()
}

fn api_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Graph => "graph",
        Dialect::OneDrive => "onedrive",
        Dialect::SharePoint => "sharepoint",
    }
}

/// Returns the wire id of an item; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let found = drive::seen(app, drive.id(), Dialect::Graph)?;
    Some(found.ids().item(item, item == found.root).to_string())
}

fn handle_route(app: &App, request: &Call, route: &Route) -> Result<Reply, Refusal> {
    unused::note_headers(request, &route.goal)?;
    if matches!(route.goal, Goal::Drives(_) | Goal::Drive | Goal::Item(_)) {
        query::check_form(request)?;
        unused::note_options(request, &route.goal)?;
    }
    match &route.goal {
        Goal::Monitor(id) => monitor::answer(app, request, route.dialect, id),
        Goal::Download(ticket) => download::answer(app, request, ticket),
        Goal::Upload(id) => session::answer(app, request, id),
        Goal::Drives(owner) => drive::list(app, request, route, owner.as_deref()),
        Goal::Drive => drive::read(app, request, route),
        Goal::Item(item) => match handler(&request.method, item) {
            Some((_, handler)) => {
                check_query(request, item)?;
                check_expand(app, request, route, item)?;
                handler(app, request, route, item)
            }
            None => Err(Refusal::no_route(request.method.as_str(), &request.path)),
        },
    }
}

/// Fails for query options that are not implemented, where the handler does not read them itself.
fn check_query(request: &Call, item: &ItemName) -> Result<(), Refusal> {
    if request.method == Method::GET && item.action != "content" {
        return Ok(());
    }
    query::check(request, &["select", "expand"])
}

/// Checks that the response to a change can be rendered with `$expand`, before anything is changed.
fn check_expand(app: &App, request: &Call, route: &Route, item: &ItemName) -> Result<(), Refusal> {
    let shows_item = match request.method {
        Method::PATCH => true,
        Method::PUT => item.action == "content",
        Method::POST => ["", "children", "restore"].contains(&&*item.action),
        _ => false,
    };
    if shows_item && request.query("$expand").is_some() {
        Expand::read(app, request, &drive::find(app, route)?)?.reserve(app, request)?;
    }
    Ok(())
}

/// Returns the kind of body that a request may have; `None` if the resource does not support the method.
fn body_kind(method: &Method, goal: &Goal) -> Option<BodyKind> {
    let is_read = *method == Method::GET;
    match goal {
        Goal::Upload(_) if *method == Method::PUT => Some(BodyKind::Fragment),
        Goal::Upload(_) => {
            [Method::GET, Method::POST, Method::DELETE].contains(method).then_some(BodyKind::Json)
        }
        Goal::Download(_) | Goal::Monitor(_) | Goal::Drives(_) | Goal::Drive => {
            is_read.then_some(BodyKind::Json)
        }
        Goal::Item(item) => handler(method, item).map(|(body_kind, _)| body_kind),
    }
}

/// Handles an action on an item.
type Handler = fn(&App, &Call, &Route, &ItemName) -> Result<Reply, Refusal>;

/// Returns the handler of an action on an item, and the kind of body that it expects.
fn handler(method: &Method, item: &ItemName) -> Option<(BodyKind, Handler)> {
    let (body_kind, handler): (BodyKind, Handler) = match (method, &*item.action) {
        (&Method::GET, "") => (BodyKind::Json, read_item),
        (&Method::POST, "") if item.of_root().is_some() => (BodyKind::Json, create_in_root),
        (&Method::GET, "children") => (BodyKind::Json, children::list),
        (&Method::POST, "children") => (BodyKind::Json, create::folder),
        (&Method::POST, "copy") => (BodyKind::Json, copy::start),
        (&Method::PATCH, "") => (BodyKind::Json, change::item),
        (&Method::DELETE, "") => (BodyKind::Json, remove::delete),
        (&Method::POST, "permanentDelete") => (BodyKind::Json, remove::delete_permanently),
        (&Method::POST, "restore") => (BodyKind::Json, remove::restore),
        (&Method::GET, "content") => (BodyKind::Json, download::redirect),
        (&Method::PUT, "content") => (BodyKind::File, upload::put),
        (&Method::POST, "createUploadSession") => (BodyKind::Json, session::create),
        _ => return None,
    };
    Some((body_kind, handler))
}

fn read_item(app: &App, request: &Call, route: &Route, item: &ItemName) -> Result<Reply, Refusal> {
    match item.of_root() {
        Some(root) if !read::is_there(app, route, item) => children::list(app, request, route, &root),
        _ => read::item(app, request, route, item),
    }
}

fn create_in_root(app: &App, request: &Call, route: &Route, item: &ItemName) -> Result<Reply, Refusal> {
    create::folder(app, request, route, &item.of_root().unwrap_or_else(|| item.clone()))
}
