//! The only place that answers in the dialects of Microsoft: Graph, the OneDrive API, and SharePoint's form of it.

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

/// A request whose URL and token are good, before its body is read.
#[derive(Debug)]
pub(crate) struct Admitted {
    route: Route,
    takes: Takes,
}

/// Which body a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// JSON, or one that nobody looks at.
    Json,
    /// What a file is to hold.
    File,
    /// A part of that.
    Fragment,
}

impl Admitted {
    /// Returns how long the body of the request may be.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> usize {
        match self.takes {
            Takes::Json => limits.max_json,
            Takes::File => limits.max_upload,
            Takes::Fragment => limits.max_upload.min(MOST_IN_FRAGMENT),
        }
    }

    /// Returns what the dialect is called in the journal.
    pub(crate) fn dialect(&self) -> &'static str {
        word(self.route.dialect)
    }

    /// Returns whether to make the answer may take less time than to have it made elsewhere: what is asked for most often
    /// does, the status of a job, an item and a folder with little to show and to hash. That a look moves its job on costs no
    /// more than a copy of some items.
    pub(crate) fn is_short(&self, call: &Call) -> bool {
        if call.method != Method::GET {
            return false;
        }
        match &self.route.goal {
            Goal::Item(item) if ["", "children"].contains(&&*item.action) => call.query("$expand").is_none(),
            Goal::Item(item) => item.action == "content",
            _ => true,
        }
    }

    /// Returns what stands before all that is read of the path. Links are to come back by the way that the client took.
    pub(crate) fn prefix(&self) -> &str {
        &self.route.prefix
    }
}

/// Finds the route of a request and looks at its token.
pub(crate) fn admit(app: &App, call: &Call) -> Result<Admitted, Refusal> {
    let mut route = match Route::read(&call.path) {
        Ok(route) => route,
        Err(unread) => {
            // What the service would refuse it refuses after the token.
            let token = match unread.is_refused_by_the_service() {
                true => access::check_token(app, call).map(drop),
                false => Ok(()),
            };
            let refusal = token.err().unwrap_or_else(|| unanswered::unread(call, &unread));
            return Err(refusal.direct(is_direct(&call.path)));
        }
    };
    let is_direct_route = route.dialect.is_direct();
    let told = |refusal: Refusal| refusal.direct(is_direct_route);
    call.check_headers().map_err(|bad| told(bad.into()))?;
    // A URL that was not handed out is as unknown as one of nothing.
    route.goal = route.goal.opened(&app.signer).ok_or_else(|| told(Refusal::not_found()))?;
    if route.goal.needs_no_token() {
        handed_out::check(app, call, &route.goal).map_err(told)?;
    } else {
        route.caller = access::check(app, call, &route).map_err(told)?;
    }
    let unanswered = || unanswered::unanswered(call, &route, &allowed(&route.goal));
    let takes = takes(&call.method, &route.goal)
        .ok_or_else(|| told(bad_id(app, &route).unwrap_or_else(unanswered)))?;
    if let Goal::Upload(id) = &route.goal {
        session::admit(app, call, id).map_err(told)?;
    }
    Ok(Admitted { route, takes })
}

/// Refuses an item's id that is none. It says more than what is asked of the item: a slash in the id makes the rest look
/// like an action.
fn bad_id(app: &App, route: &Route) -> Option<Refusal> {
    let Goal::Item(ItemName { id: Some(id), .. }) = &route.goal else { return None };
    let found = drive::find(app, route);
    found.and_then(|found| item::by_wire_id(&found, id)).err()
}

/// Answers a request.
pub(crate) fn answer(app: &App, call: &Call, Admitted { route, .. }: &Admitted) -> Result<Reply, Refusal> {
    answer_route(app, call, route).map_err(|refusal| refusal.direct(route.dialect.is_direct()))
}

/// Returns whether a path is below one of the endpoints without a gateway, whatever follows there.
pub(crate) fn is_direct(path: &str) -> bool {
    Dialect::of(path).is_some_and(Dialect::is_direct)
}

/// Returns what the dialect of a path is called in the journal.
pub(crate) fn dialect(path: &str) -> Option<&'static str> {
    match Route::read(path) {
        Ok(route) => Some(word(route.dialect)),
        Err(Unread::Elsewhere) => None,
        Err(_) => Dialect::of(path).map(word),
    }
}

/// Returns the methods that something answers: HEAD wherever GET is.
fn allowed(goal: &Goal) -> Vec<Method> {
    let all = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let read = |method: &Method| if *method == Method::HEAD { Method::GET } else { method.clone() };
    all.into_iter().filter(|method| takes(&read(method), goal).is_some()).collect()
}

fn word(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Graph => "graph",
        Dialect::OneDrive => "onedrive",
        Dialect::SharePoint => "sharepoint",
    }
}

/// Returns the id that clients of this family know an item by; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let found = drive::seen(app, drive.id(), Dialect::Graph)?;
    Some(found.ids().item(item, item == found.root).to_string())
}

fn answer_route(app: &App, call: &Call, route: &Route) -> Result<Reply, Refusal> {
    unused::note_headers(call, &route.goal)?;
    if matches!(route.goal, Goal::Drives(_) | Goal::Drive | Goal::Item(_)) {
        query::check_form(call)?;
        unused::note_options(call, &route.goal)?;
    }
    match &route.goal {
        Goal::Monitor(id) => monitor::answer(app, call, route.dialect, id),
        Goal::Download(ticket) => download::answer(app, call, ticket),
        Goal::Upload(id) => session::answer(app, call, id),
        Goal::Drives(owner) => drive::list(app, call, route, owner.as_deref()),
        Goal::Drive => drive::read(app, call, route),
        Goal::Item(item) => match verb(&call.method, item) {
            Some((_, answer)) => {
                check_query(call, item)?;
                check_expand(app, call, route, item)?;
                answer(app, call, route, item)
            }
            None => Err(Refusal::no_route(call.method.as_str(), &call.path)),
        },
    }
}

/// Refuses options of the query that are not built, where the answer does not read them itself.
fn check_query(call: &Call, item: &ItemName) -> Result<(), Refusal> {
    if call.method == Method::GET && item.action != "content" {
        return Ok(());
    }
    query::check(call, &["select", "expand"])
}

/// Refuses an option that the answer to a change could not be shown with, before anything is changed.
fn check_expand(app: &App, call: &Call, route: &Route, item: &ItemName) -> Result<(), Refusal> {
    let shows_item = match call.method {
        Method::PATCH => true,
        Method::PUT => item.action == "content",
        Method::POST => ["", "children", "restore"].contains(&&*item.action),
        _ => false,
    };
    if shows_item && call.query("$expand").is_some() {
        Expand::read(app, call, &drive::find(app, route)?)?.reserve(app, call)?;
    }
    Ok(())
}

/// Returns which body a request may have; `None` if what it names does not know the method.
fn takes(method: &Method, goal: &Goal) -> Option<Takes> {
    let is_read = *method == Method::GET;
    match goal {
        Goal::Upload(_) if *method == Method::PUT => Some(Takes::Fragment),
        Goal::Upload(_) => {
            [Method::GET, Method::POST, Method::DELETE].contains(method).then_some(Takes::Json)
        }
        Goal::Download(_) | Goal::Monitor(_) | Goal::Drives(_) | Goal::Drive => {
            is_read.then_some(Takes::Json)
        }
        Goal::Item(item) => verb(method, item).map(|(takes, _)| takes),
    }
}

/// Answers what is asked of an item.
type Answer = fn(&App, &Call, &Route, &ItemName) -> Result<Reply, Refusal>;

/// Returns what is done when something is asked of an item, and with which body.
fn verb(method: &Method, item: &ItemName) -> Option<(Takes, Answer)> {
    let (takes, answer): (Takes, Answer) = match (method, &*item.action) {
        (&Method::GET, "") => (Takes::Json, read_item),
        (&Method::POST, "") if item.of_root().is_some() => (Takes::Json, create_in_root),
        (&Method::GET, "children") => (Takes::Json, children::list),
        (&Method::POST, "children") => (Takes::Json, create::folder),
        (&Method::POST, "copy") => (Takes::Json, copy::start),
        (&Method::PATCH, "") => (Takes::Json, change::item),
        (&Method::DELETE, "") => (Takes::Json, remove::delete),
        (&Method::POST, "permanentDelete") => (Takes::Json, remove::delete_permanently),
        (&Method::POST, "restore") => (Takes::Json, remove::restore),
        (&Method::GET, "content") => (Takes::Json, download::redirect),
        (&Method::PUT, "content") => (Takes::File, upload::put),
        (&Method::POST, "createUploadSession") => (Takes::Json, session::create),
        _ => return None,
    };
    Some((takes, answer))
}

fn read_item(app: &App, call: &Call, route: &Route, item: &ItemName) -> Result<Reply, Refusal> {
    match item.of_root() {
        Some(root) if !read::is_there(app, route, item) => children::list(app, call, route, &root),
        _ => read::item(app, call, route, item),
    }
}

fn create_in_root(app: &App, call: &Call, route: &Route, item: &ItemName) -> Result<Reply, Refusal> {
    create::folder(app, call, route, &item.of_root().unwrap_or_else(|| item.clone()))
}
