//! The only place that answers about upload sessions: opened, fed in order, looked at, ended.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use drivesim::{Conflict, DriveError, Profile, Timestamp, Update, utf16_len};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::call::Call;
use crate::graph::body::{self, Members};
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::sessions::Session;
use crate::graph::upload::{self, Expected, Place};
use crate::graph::{change, drive};
use crate::ranges::{self, Fragment};
use crate::reply::Reply;

/// How long a session lasts. That an upload session lasts seven days is *assumed*: the pages only show that it ends.
const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The bytes of one fragment: less than 60 MiB are allowed (createUploadSession). That ranges of an upload may
/// be other than multiples of 320 KiB *differs* from the text of the page; its own example sends 26 bytes.
pub(super) const MOST_IN_FRAGMENT: usize = 60 << 20;

/// Opens a session for a file: 200 with the URL to send it to.
///
/// An upload session without a conflict behaviour replaces the file, which *differs* from the page: it says that fail
/// is the default, and clients see the file replaced (microsoft-graph-docs#19010, onedrive-api-docs#54) and rely on it,
/// as rclone does. With fail it is refused here already (the same, and onedrive-api-docs#772). That the `name` of an
/// upload session counts for nothing is *assumed*: the URL names the file.
pub(crate) fn create(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read_if_any(call)?;
    // Some clients leave the object out that the members belong in.
    let about = members.object("item")?.unwrap_or_else(|| members.clone());
    let conflict =
        about.conflict()?.map_or_else(|| body::conflict_in_query(call), |conflict| Ok(Some(conflict)));
    let conflict = conflict?.unwrap_or(Conflict::Replace);
    let found = drive::find(app, route)?;
    let (place, existing) = upload::place(app, &found, name)?;
    upload::expected(call, &found, existing.as_ref())?;
    let is_taken = existing.is_some_and(|item| item.is_folder() || conflict == Conflict::Fail);
    if is_taken && conflict != Conflict::Rename && matches!(place, Place::Named { .. }) {
        let message = "The specified item name already exists.";
        return Err(Refusal::new(StatusCode::CONFLICT, "nameAlreadyExists", message));
    }
    let total = about.count("fileSize")?;
    about.text("name")?;
    if let Some(total) = total {
        upload::check_room(app, &found, total)?;
    }
    let now = app.sim.now();
    let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let mut session = Session::new(found, place, expires_at);
    session.conflict = conflict;
    session.times =
        about.object("fileSystemInfo")?.map(|info| change::times(&info)).transpose()?.unwrap_or_default();
    session.description = description(&about, &session.found.profile(app)?)?;
    session.is_deferred = members.flag("deferCommit")?;
    session.total = total;
    let mut shown = shown(&session);
    let id = app.sessions.open(&app.options.limits, now, session)?;
    shown["uploadUrl"] = json!(format!("{}/_upload/{id}", call.base));
    Ok(Reply::json(StatusCode::OK, shown))
}

/// Returns what the file is said to be about.
fn description(about: &Members, profile: &Profile) -> Result<Option<String>, Refusal> {
    let Some(text) = about.text("description")? else { return Ok(None) };
    let units = utf16_len(text);
    match profile.max_description_units.filter(|&limit| units > limit) {
        Some(limit) => Err(DriveError::DescriptionTooLong { units, limit }.into()),
        None => Ok(Some(text.to_owned())),
    }
}

/// Shows what is expected next, and until when.
fn shown(session: &Session) -> Value {
    json!({
        "expirationDateTime": session.expires_at.to_string(),
        "nextExpectedRanges": session.next_ranges(),
    })
}

/// Refuses a session that is not there.
pub(super) fn check(app: &App, id: &str) -> Result<(), Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::not_found())?;
    app.sessions.look(id, app.sim.now(), |_| ())
}

/// Answers at the URL of a session: its bytes, its status, its end.
pub(crate) fn answer(app: &App, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::not_found())?;
    let now = app.sim.now();
    match call.method {
        Method::GET => {
            let shown = app.sessions.look(id, now, shown)?;
            Ok(Reply::json(StatusCode::OK, shown))
        }
        Method::PUT => add(app, call, id, now),
        Method::DELETE => {
            app.sessions.take(id, now)?;
            Ok(Reply::empty(StatusCode::NO_CONTENT))
        }
        Method::POST => complete(app, call, id, now),
        _ => Err(Refusal::no_route(call.method.as_str(), &call.path)),
    }
}

/// Takes the next bytes: 202 with what is expected after them, or the answer to the last ones.
fn add(app: &App, call: &Call, id: Uuid, now: Timestamp) -> Result<Reply, Refusal> {
    if call.body.len() >= MOST_IN_FRAGMENT {
        // That a range with too many bytes is 413 is *assumed*: the page only names the limit of 60 MiB.
        let message = format!("A fragment has less than {MOST_IN_FRAGMENT} bytes.");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "invalidRequest", message));
    }
    let n_bytes = call.body.len() as u64;
    let fragment = match call.decisive(header::CONTENT_RANGE)? {
        Some(header) => ranges::fragment(&header).ok_or_else(|| {
            Refusal::invalid(format!("Content-Range is {header:?}, it must be as in \"bytes 0-25/128\"."))
        })?,
        // That a PUT to an upload session without Content-Range sends all is *assumed*: an empty file has no range.
        None => Fragment { range: 0..n_bytes, total: n_bytes },
    };
    let last = app.sessions.add(&app.options.limits, now, id, (&fragment, call.body.clone()))?;
    match last {
        Some(session) => finish(app, call, id, session),
        None => Ok(Reply::json(StatusCode::ACCEPTED, app.sessions.look(id, now, shown)?)),
    }
}

/// Ends a session that was told to wait, or one whose name was taken at the end: 201 with the file.
fn complete(app: &App, call: &Call, id: Uuid, now: Timestamp) -> Result<Reply, Refusal> {
    if !call.body.is_empty() {
        return Err(Refusal::invalid("A session is completed by a request without a body."));
    }
    if !app.sessions.look(id, now, Session::is_whole)? {
        // That an upload session that lacks bytes cannot be completed, 400, is *assumed*.
        return Err(Refusal::invalid("The session does not hold the whole file yet."));
    }
    let session = app.sessions.take(id, now)?;
    finish(app, call, id, session)
}

/// Makes the file. If that is refused the session is still there.
fn finish(app: &App, call: &Call, id: Uuid, session: Session) -> Result<Reply, Refusal> {
    let Session { found, place, conflict, .. } = &session;
    let stored = match upload::store(app, found, place, session.content(), *conflict, Expected::default()) {
        Ok(stored) => stored,
        Err(refusal) => {
            app.sessions.put_back(id, session);
            return Err(refusal.at_the_end_of_an_upload());
        }
    };
    let mut update = Update::default().times(session.times);
    update.description.clone_from(&session.description);
    // The file is there: that it keeps its own times, if somebody was fast enough to lock it, is no refusal.
    let _ = app.sim.update(found.drive.at(stored.id), update);
    upload::answer(app, call, found, stored)
}
