//! The only place that answers in the dialect of Box.

mod access;
mod api_version;
mod body;
mod change;
pub(crate) mod chunked;
mod copy;
mod digest;
mod download;
pub(crate) mod event_log;
mod events;
mod fields;
mod file_lock;
mod files;
mod folders;
mod headers;
mod ids;
mod items;
mod missing;
mod multipart;
mod operations;
mod parts;
mod place;
mod preflight;
mod query;
pub(crate) mod rates;
mod read;
pub(crate) mod refusal;
mod route;
mod search;
mod settings;
mod shapes;
mod shared_link;
mod show;
mod time;
mod token;
mod trash;
mod unused;
mod upload;
mod upload_sessions;
mod users;
mod versions;

use axum::http::Method;
use drivesim::{DriveRef, ItemId, Sim};

use crate::app::App;
use crate::box_api::fields::Fields;
use crate::box_api::ids::Ids;
use crate::box_api::operations::Operation;
use crate::box_api::place::Place;
use crate::box_api::refusal::Refusal;
use crate::box_api::route::Route;
use crate::box_api::show::Shower;
use crate::call::Call;
use crate::limits::Limits;
use crate::reply::Reply;

/// Returns whether a path is one of Box's.
pub(crate) fn is_here(path: &str) -> bool {
    route::is_here(path)
}

/// Returns the id that clients of Box know an item by; `None` in a drive of another service.
pub(crate) fn wire_id(app: &App, drive: &DriveRef, item: ItemId) -> Option<String> {
    let profile = app.sim.profile_of(drive).ok().filter(|profile| profile.name == "box")?;
    let item = app.sim.item(drive.at(item)).ok()?;
    let given = app.sim.wire_ids(drive).ok()?;
    Some(Ids::new(profile.box_wire.id_offset, given).of(&item).to_string())
}

/// Returns whether something is done when a path is asked with a method.
#[cfg(test)]
pub(crate) fn is_answered(method: &Method, path: &str) -> bool {
    Route::read(path).is_some_and(|route| operations::find(method, &route.rest).is_ok())
}

/// Returns the id of a request as errors tell it: 16 characters.
pub(crate) fn request_id(id: &str) -> String {
    id.chars().filter(|character| *character != '-').take(16).collect()
}

/// Returns the id of a request as the header of its answer tells it: another one, of 27 characters.
pub(crate) fn request_id_in_header(id: &str) -> String {
    let digits = id.chars().rev().filter(|character| *character != '-');
    let mut header = String::with_capacity(27);
    header.push('0');
    header.extend(digits.take(26));
    header
}

/// A request that will be answered: its route, and its operation.
#[derive(Debug)]
pub(crate) struct Admitted {
    route: Route,
    operation: &'static Operation,
    /// The place in the stream of events behind which something must be before this is answered.
    awaited: Option<u64>,
    /// The user of the token, if it has one.
    user: Option<String>,
}

/// How long the body of a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// As long as JSON.
    Json,
    /// As long as a file.
    File,
}

impl Admitted {
    /// Returns the place in the stream of events behind which something must be before this is answered.
    pub(crate) fn awaited(&self) -> Option<u64> {
        self.awaited
    }

    /// Returns whether to make the answer may take less time than to have it made elsewhere: that of a file or a folder with
    /// little to show and to hash does.
    pub(crate) fn is_short(&self, call: &Call) -> bool {
        let rest: Vec<&str> = self.route.rest.iter().map(String::as_str).collect();
        let is_read = matches!(rest[..], ["files" | "folders", _] | ["folders", _, "items"]);
        is_read && call.method == Method::GET && call.query("sort").is_none()
    }

    /// Returns what stands before all that is read of the path. Links are to come back by the way that the client took.
    pub(crate) fn prefix(&self) -> &str {
        &self.route.prefix
    }

    /// Returns how long the body of the request may be.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> usize {
        match self.operation.takes {
            Takes::Json => limits.max_json,
            Takes::File => limits.max_upload,
        }
    }
}

/// What a folder takes in the path of an item beside its name, about.
const IN_PATH: usize = 96;

/// What answers a request: of whom, with which path behind the version.
pub(crate) type Answer = fn(&Asked<'_>) -> Result<Reply, Refusal>;

/// A request to answer.
pub(crate) struct Asked<'a> {
    pub(crate) app: &'a App,
    pub(crate) call: &'a Call,
    pub(crate) place: &'a Place,
    /// Whom it comes from.
    pub(crate) user: &'a str,
    /// The segments of the path behind the version.
    pub(crate) rest: &'a [String],
    /// The place in the stream of events that was waited for.
    pub(crate) awaited: Option<u64>,
}

impl Asked<'_> {
    /// Returns the id that stands behind the kind of what is meant.
    pub(crate) fn id(&self) -> &str {
        self.rest.get(1).map_or("", String::as_str)
    }

    /// Returns the simulator in the hands of the user whom the request comes from: for all that is noted with a name.
    pub(crate) fn acting(&self) -> Sim {
        self.app.sim.acting_as(self.user)
    }

    /// Takes room for an answer that shows what is in a folder, before it is changed: the path may be long.
    pub(crate) fn reserve_for_path(&self, fields: &Fields, folder: ItemId) -> Result<(), Refusal> {
        if !fields.tells_path() {
            return Ok(());
        }
        // A folder that is gone refuses the change itself.
        let path = self.app.sim.path(self.place.at(folder)).unwrap_or_default();
        let n_folders = path.bytes().filter(|&byte| byte == b'/').count();
        Ok(self.call.answer_room().reserve(2 * path.len() + n_folders * IN_PATH)?)
    }

    /// Returns what shows items for this request.
    pub(crate) fn shower(&self) -> Shower<'_> {
        Shower { app: self.app, call: self.call, place: self.place }
    }
}

/// Finds the route of a request and looks at its token.
pub(crate) fn admit(app: &App, call: &Call) -> Result<Admitted, Refusal> {
    let route = Route::read(&call.path).ok_or_else(Refusal::no_path)?;
    let operation = operations::find(&call.method, &route.rest)?;
    call.check_headers()?;
    let user = access::check(app, call, &route)?;
    api_version::check(call)?;
    let awaited = events::awaited(app, call, &route.rest);
    Ok(Admitted { route, operation, awaited, user })
}

/// Answers a request.
pub(crate) fn answer(
    app: &App,
    call: &Call,
    Admitted { route, operation, awaited, user }: &Admitted,
) -> Result<Reply, Refusal> {
    let place = &Place::find(app)?;
    // What is given up before it was counted is counted when it is answered.
    if drivesim::has_given_up() {
        return Err(Refusal::no_path());
    }
    if let Some(most) = place.wire.rate_limit.filter(|_| call.counts_now()) {
        app.rates.count(place.drive.id(), most, app.sim.now())?;
    }
    let user = &*users::caller(app, call, place, user.as_deref())?;
    headers::check(call, operation.takes, &route.rest)?;
    query::check(call, operation.query)?;
    (operation.answer)(&Asked { app, call, place, user, rest: &route.rest, awaited: *awaited })
}
