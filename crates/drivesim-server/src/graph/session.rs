//! Answers about upload sessions: opened, fed in order, looked at, ended.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use drivesim::{Conflict, DriveError, Item, ItemKind, Profile, Timestamp, Update, utf16_len};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::app::App;
use crate::call::Call;
use crate::excerpt::Quoted;
use crate::graph::body::{self, Members};
use crate::graph::change;
use crate::graph::create::{self, Leaf};
use crate::graph::drive::{self, Found};
use crate::graph::expand::Expand;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::sessions::Session;
use crate::graph::target::Target;
use crate::graph::types::Body;
use crate::graph::upload::{self, Expected, Place};
use crate::ordered_json::{Value, json};
use crate::ranges::{self, ContentRange};
use crate::reply::Reply;
use crate::secret::Purpose;

/// The bytes of one fragment: less than 60 MiB are allowed (createUploadSession). That ranges of an upload may
/// be other than multiples of 320 KiB *differs* from the text of the page; its own example sends 26 bytes (option
/// `fragment_multiple`).
pub(super) const MOST_IN_FRAGMENT: usize = 60 << 20;
/// The bytes of one file (page on restrictions and limitations: 250 GB).
const MOST_IN_FILE: u64 = 250 << 30;

/// Opens a session for a file: 200 with the URL to send it to.
///
/// An upload session without a conflict behaviour replaces the file, which *differs* from the page: it says that fail
/// is the default, and clients see the file replaced (microsoft-graph-docs#19010, onedrive-api-docs#54) and rely on it,
/// as rclone does (option `session_conflict`). With fail it is refused here already (the same, and
/// onedrive-api-docs#772).
pub(crate) fn create(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let members = Members::read_if_any(call, Body::UploadSession)?;
    // Some clients leave the object out that the members belong in.
    let about = members.object("item")?.unwrap_or_else(|| members.clone());
    let about = about.without_null(&["name", "description", "fileSize", "fileSystemInfo"]);
    let conflict = body::conflict(call, &about)?;
    let total = about.count("fileSize")?;
    check_size(total)?;
    let body_name = about.text("name")?;
    let found = drive::find(app, route)?;
    let conflict = conflict.unwrap_or(found.wire.session_conflict);
    let (place, existing) = upload::place(app, &found, name)?;
    check_name(body_name, &place, existing.as_ref())?;
    upload::expected(call, &found, existing.as_ref())?;
    let is_taken = existing.as_ref().is_some_and(|item| item.is_folder() || conflict == Conflict::Fail);
    if is_taken && conflict != Conflict::Rename && matches!(place, Place::Named { .. }) {
        let message = "The specified item name already exists.";
        return Err(Refusal::new(StatusCode::CONFLICT, "nameAlreadyExists", message));
    }
    if let Some(total) = total {
        upload::check_room(app, &found, total)?;
    }
    if existing.is_none() {
        check_new(app, &found, &place, conflict, total.unwrap_or(0))?;
    }
    let profile = found.profile(app)?;
    let now = app.sim.now();
    let expires_at = expires_at(now, found.wire.session_days);
    let mut session = Session::new(found, place, expires_at);
    session.conflict = conflict;
    session.times =
        about.object("fileSystemInfo")?.map(|info| change::times(&info)).transpose()?.unwrap_or_default();
    session.description = description(&about, &profile)?;
    session.is_deferred = members.flag("deferCommit")?;
    session.takes_open_total = session.is_deferred && session.found.wire.takes_open_total;
    session.total = total;
    let mut shown = shown(&session);
    let id = open(app, &profile, now, session)?;
    shown["uploadUrl"] = json!(url(app, call, id));
    Ok(Reply::json(StatusCode::OK, shown))
}

/// Returns the URL of a session.
fn url(app: &App, call: &Call, id: Uuid) -> String {
    let mut url = format!("{}/_upload/{id}", call.base);
    app.signer.push(&mut url, Purpose::Upload, Hyphenated::LENGTH);
    url
}

/// Returns when a session ends that is opened now. That an upload session lasts seven days is *assumed*: the pages only
/// show that it ends (option `session_days`).
fn expires_at(now: Timestamp, n_days: u32) -> Timestamp {
    let life = Duration::from_secs(u64::from(n_days) * 24 * 60 * 60);
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

/// Refuses a name in the body that is not that of the URL (msgraph-sdk-dotnet issue 2565). A name in the body of an
/// upload session that differs in the case of letters is another name, and one for a file that is named by id must be
/// what the file is called, which is *assumed* (no option: rare).
fn check_name(given: Option<&str>, place: &Place, existing: Option<&Item>) -> Result<(), Refusal> {
    let name = match place {
        Place::Named { name, .. } => Some(name.as_str()),
        Place::File(_) => existing.map(|file| file.name.as_str()),
    };
    match given.zip(name) {
        Some((given, name)) if given != name => Err(Refusal::invalid(format!(
            "The name in the body, {}, differs from the name in the URL, {}.",
            Quoted(given),
            Quoted(name)
        ))),
        _ => Ok(()),
    }
}

/// Refuses a file that is too long. That an upload session for a file that is too long is refused with 400 and
/// `maxFileSizeExceeded` is *assumed* (no option: rare).
fn check_size(n_bytes: Option<u64>) -> Result<(), Refusal> {
    match n_bytes.filter(|&n_bytes| n_bytes > MOST_IN_FILE) {
        Some(n_bytes) => {
            let message = format!("A file has at most {MOST_IN_FILE} bytes, this one is to have {n_bytes}.");
            Err(Refusal::invalid(message).inner("maxFileSizeExceeded"))
        }
        None => Ok(()),
    }
}

/// Refuses a session for a new file that could not be made now. The folders that are missing on the way are made with
/// the file, which *differs* from a sighting that has them made with the session (microsoft-graph-docs issue 495).
fn check_new(
    app: &App,
    found: &Found,
    place: &Place,
    conflict: Conflict,
    n_bytes: u64,
) -> Result<(), Refusal> {
    let Place::Named { name, .. } = place else { return Ok(()) };
    let target = Target::of(app, found, place)?;
    if !target.has_folder() {
        let leaf = Leaf { name, kind: ItemKind::File, n_bytes };
        create::check_way(app, found, &target, leaf)?;
    } else if conflict == Conflict::Rename {
        return Ok(());
    }
    target.check_new(app, found, n_bytes)
}

/// Opens a session. Where a file has one session at most, no other one for the same file may be open.
fn open(app: &App, profile: &Profile, now: Timestamp, session: Session) -> Result<Uuid, Refusal> {
    let limits = &app.options.limits;
    if !session.found.wire.refuses_second_session {
        return app.sessions.open(limits, now, session);
    }
    let found = &session.found;
    let target = Target::of(app, found, &session.place)?;
    let is_same = |place: &Place| {
        Target::of(app, found, place).is_ok_and(|other| target.is_same(&other, &profile.names))
    };
    loop {
        let seen = app.sessions.seen(found.drive.id(), now);
        if seen.places.iter().any(is_same) {
            return Err(Refusal::second_session());
        }
        if let Some(id) = app.sessions.open_after(&seen, limits, now, session.clone())? {
            return Ok(id);
        }
    }
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

/// Refuses a session that is not there, and a fragment without a well-formed `Content-Range`, before the body is read.
pub(super) fn admit(app: &App, call: &Call, id: &str) -> Result<(), Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::not_found())?;
    let now = app.sim.now();
    if call.method != Method::PUT {
        return app.sessions.look(id, now, |_| ());
    }
    app.sessions.look(id, now, |session| {
        let range = range_of(call)?;
        if session.total.is_none() {
            check_size(range.total)?;
        }
        session.check_total(&range)
    })?
}

/// Returns the range of a fragment.
fn range_of(call: &Call) -> Result<ContentRange, Refusal> {
    let header = call.decisive(header::CONTENT_RANGE)?;
    header.as_deref().and_then(ranges::content_range).ok_or_else(Refusal::no_content_range)
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
            app.sessions.cancel(id, now)?;
            Ok(Reply::empty(StatusCode::NO_CONTENT))
        }
        Method::POST => complete(app, call, id, now),
        _ => Err(Refusal::no_route(call.method.as_str(), &call.path)),
    }
}

/// Takes the next bytes: 202 with what is expected after them, or the answer to the last ones.
fn add(app: &App, call: &Call, id: Uuid, now: Timestamp) -> Result<Reply, Refusal> {
    if call.body.len() >= MOST_IN_FRAGMENT {
        // A range with too many bytes is refused with 413, which is *assumed*: the page only names the limit of 60 MiB
        // (no option: limit of drivesim).
        let message = format!("A fragment has less than {MOST_IN_FRAGMENT} bytes.");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "invalidRequest", message));
    }
    let range = range_of(call)?;
    check_expand(app, call, id, now)?;
    match app.sessions.add(now, id, &range, &call.body)? {
        Some(session) => finish(app, call, id, session),
        None => Ok(Reply::json(StatusCode::ACCEPTED, app.sessions.look(id, now, shown)?)),
    }
}

/// Commits a session that waits for it, or one whose name was taken at the end: 201 with the file.
fn complete(app: &App, call: &Call, id: Uuid, now: Timestamp) -> Result<Reply, Refusal> {
    if !call.body.is_empty() {
        return Err(Refusal::invalid("A session is completed by a request without a body."));
    }
    check_expand(app, call, id, now)?;
    let session = app.sessions.commit(id, now)?;
    finish(app, call, id, session)
}

/// Refuses an option that the file could not be shown with, before it is made.
fn check_expand(app: &App, call: &Call, id: Uuid, now: Timestamp) -> Result<(), Refusal> {
    if call.query("$expand").is_none() {
        return Ok(());
    }
    let found = app.sessions.look(id, now, |session| session.found.clone())?;
    Ok(Expand::read(app, call, &found)?.reserve(app, call)?)
}

/// Makes the file. If that is refused the session is still there.
fn finish(app: &App, call: &Call, id: Uuid, mut session: Session) -> Result<Reply, Refusal> {
    let content = session.join();
    let Session { found, place, conflict, .. } = &session;
    let stored = match upload::store(app, found, place, content, *conflict, Expected::default()) {
        Ok(stored) => stored,
        Err(refusal) => {
            app.sessions.resume(id, session.into_fragments());
            return Err(refusal.at_the_end_of_an_upload());
        }
    };
    app.sessions.end(id);
    let mut update = Update::default().times_of_upload(session.times);
    update.description.clone_from(&session.description);
    // The file is there: that it keeps its own times, if somebody was fast enough to lock it, is no refusal.
    let _ = found.acting(app).update(found.drive.at(stored.id), update);
    upload::answer(app, call, found, stored)
}
