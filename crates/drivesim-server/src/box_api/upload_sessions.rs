//! The only place that answers about chunked uploads to Box: opened, fed, looked at, committed, given up.

use std::collections::HashMap;

use axum::http::{StatusCode, header};
use data_encoding::HEXLOWER;
use drivesim::Content;
use uuid::Uuid;

use crate::app::App;
use crate::box_api::body::{Members, Shape};
use crate::box_api::chunked::{self, Goal, Key, PART_SIZE, Part, Session};
use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::upload::{CREATED, MODIFIED};
use crate::box_api::{Asked, digest, ids, items, preflight, upload};
use crate::budget;
use crate::ordered_json::{Value, json};
use crate::ranges::{self, Fragment};
use crate::reply::Reply;

/// How small a file may be. That the 20 MB of the guide to chunked uploads are 20,000,000 bytes is *assumed* (no
/// option: no other reading is known).
const LEAST_SIZE: u64 = 20_000_000;
/// How many parts are listed where the client does not say, and at most.
const LIMIT: usize = 1000;

/// What the bodies of new sessions and of a commit may have.
const NEW: Shape = Shape::of(&["folder_id", "file_size", "file_name"]).taking_null();
const VERSION: Shape = Shape::of(&["file_size", "file_name"]).taking_null();
const COMMITTED: Shape = Shape::of(&["parts", "attributes"]);
const LISTED: Shape = Shape::of(&["part_id", "offset", "size", "sha1"]);
const ATTRIBUTES: Shape = Shape::of(&["name", "description", CREATED, MODIFIED]).taking_null();

/// Opens an upload of a new file: 201 with where to send its parts.
pub(crate) fn create(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call, &NEW)?;
    let folder_id = folder_id(&members)?;
    let size = size(&members)?;
    let name = members.text("file_name")?.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| coded("missing_file_name", "file_name is required"))?;
    let folder = asked.place.target(asked.app, "folder_id", &folder_id)?;
    check_size(asked, size)?;
    preflight::check_new(asked, &folder, name, size)?;
    open(asked, Goal::File { folder: folder_id, name: name.to_owned() }, size)
}

/// Opens an upload of a new version of a file.
pub(crate) fn create_version(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let members = Members::read(asked.call, &VERSION)?;
    let size = size(&members)?;
    let name = members.text("file_name")?.map(str::to_owned);
    let file = asked.place.file(asked.app, asked.id())?;
    check_size(asked, size)?;
    preflight::check_version(asked, &file, name.as_deref(), size)?;
    open(asked, Goal::Version { file: asked.id().to_owned(), name }, size)
}

fn open(asked: &Asked<'_>, goal: Goal, size: u64) -> Result<Reply, Refusal> {
    let now = asked.app.sim.now();
    let session = Session::new(goal, size, now);
    let key =
        asked.app.chunked.open(&asked.app.options.limits, now, asked.place.drive.id(), session.clone())?;
    Ok(Reply::json(StatusCode::CREATED, shown(asked, key, &session)))
}

fn folder_id(members: &Members<'_>) -> Result<String, Refusal> {
    let invalid = || coded("invalid_folder_id", "folder_id must be the id of a folder");
    let id = members.id("folder_id").map_err(|_| invalid())?;
    let id = id.ok_or_else(|| coded("missing_destination", "folder_id is required"))?;
    if ids::parse(&id).is_some() { Ok(id) } else { Err(invalid()) }
}

fn size(members: &Members<'_>) -> Result<u64, Refusal> {
    let size = members.count("file_size");
    let size = size.map_err(|_| coded("invalid_file_size", "file_size must be a number of bytes"))?;
    size.ok_or_else(|| coded("missing_file_size", "file_size is required"))
}

/// Refuses a file that is too small to be sent in parts, or too large.
fn check_size(asked: &Asked<'_>, size: u64) -> Result<(), Refusal> {
    if size < LEAST_SIZE {
        let message = format!("The file has {size} bytes, chunked uploads have at least {LEAST_SIZE}");
        return Err(coded("file_size_too_small", &message));
    }
    if is_taken(asked.app, size) { Ok(()) } else { Err(preflight::too_large()) }
}

/// Returns whether a file can be sent in parts: those of all sessions together, and each for itself, are limited.
pub(crate) fn is_taken(app: &App, size: u64) -> bool {
    let most = app.budget.of(budget::Part::Uploads).1 as u64;
    size >= LEAST_SIZE && chunked::cost_of(size) <= most && PART_SIZE <= app.options.limits.max_upload as u64
}

fn coded(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, code, message)
}

/// Returns the session that a path names, by 32 hexadecimal digits.
fn session(asked: &Asked<'_>) -> Result<Key, Refusal> {
    let text = asked.rest.get(2).map_or("", String::as_str);
    let is_simple = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let message = "The upload session ID provided in the URL is not of a valid format.";
    let invalid = || coded("invalid_upload_session_id", message);
    let id = Uuid::parse_str(text).ok().filter(|_| is_simple).ok_or_else(invalid)?;
    Ok(Key { drive: asked.place.drive.id(), id })
}

/// Shows how far an upload is.
pub(crate) fn status(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let key = session(asked)?;
    let shown = asked.app.chunked.look(key, asked.app.sim.now(), |session| shown(asked, key, session))?;
    Ok(Reply::json(StatusCode::OK, shown))
}

fn shown(asked: &Asked<'_>, key: Key, session: &Session) -> Value {
    let id = key.id.simple().to_string();
    let url = format!("{}/api/2.0/files/upload_sessions/{id}", asked.call.base);
    json!({
        "id": id,
        "type": "upload_session",
        "num_parts_processed": session.parts().len(),
        "part_size": PART_SIZE,
        "session_endpoints": {
            "abort": url,
            "commit": format!("{url}/commit"),
            "list_parts": format!("{url}/parts"),
            "log_event": format!("{url}/log"),
            "status": url,
            "upload_part": url,
        },
        "session_expires_at": session.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "total_parts": session.n_parts(),
    })
}

/// Gives an upload up; one that was committed is given up without harm (tests of box-python-sdk and of
/// box-typescript-sdk-gen). That a session of Box is not found after that, and that it is good for nothing else after its
/// commit, is *assumed* (no option: no other reading is known).
pub(crate) fn abort(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let key = session(asked)?;
    if !asked.app.chunked.forget_committed(key) {
        asked.app.chunked.take(key, asked.app.sim.now())?;
        asked.app.chunked.let_go(key);
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Takes a part.
pub(crate) fn add(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, call, key) = (asked.app, asked.call, session(asked)?);
    let given = digest::given(call)?;
    let header = call.decisive(header::CONTENT_RANGE)?.ok_or_else(|| Refusal::missing("content-range"))?;
    let fragment = ranges::fragment(&header);
    let invalid = || Refusal::invalid("content-range", &header, "as in bytes 0-8388607/445856194");
    let Fragment { range, total } = fragment.ok_or_else(invalid)?;
    if range.end - range.start != call.body.len() as u64 {
        return Err(Refusal::invalid("content-range", &header, "that of the bytes that are sent"));
    }
    let actual = digest::sha1(&call.body);
    digest::check_part(given, actual)?;
    let bytes = (call.body.clone(), actual);
    let part = app.chunked.add(app.sim.now(), key, (range, total), bytes)?;
    Ok(Reply::json(StatusCode::OK, json!({ "part": shown_part(&part) })))
}

fn shown_part(part: &Part) -> Value {
    json!({
        "part_id": part.id,
        "offset": part.range.start,
        "size": part.range.end - part.range.start,
        "sha1": HEXLOWER.encode(&part.sha1),
    })
}

/// Lists the parts that came.
pub(crate) fn parts(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let key = session(asked)?;
    let limit = items::limit(asked.call, LIMIT, LIMIT)?;
    let offset = items::offset(asked.call, items::MOST_OFFSET_ELSEWHERE)?;
    let page = |session: &Session| {
        let entries: Vec<Value> = session.parts().skip(offset).take(limit).map(shown_part).collect();
        json!({
            "entries": entries,
            "limit": limit,
            "offset": offset,
            "order": [{ "by": "offset", "direction": "ASC" }],
            "total_count": session.parts().len(),
        })
    };
    Ok(Reply::json(StatusCode::OK, asked.app.chunked.look(key, asked.app.sim.now(), page)?))
}

/// Makes the file of an upload whose parts all came: 201 with it. If that is refused the session is still there.
pub(crate) fn commit(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (chunked, key, now) = (&asked.app.chunked, session(asked)?, asked.app.sim.now());
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let given = digest::given(asked.call)?;
    let members = Members::read(asked.call, &COMMITTED)?;
    let listed = listed(&members)?;
    let attributes = members.object("attributes", &ATTRIBUTES)?.unwrap_or_else(|| Members::none(asked.call));
    if !chunked.look(key, now, |session| session.is_whole() && names_all(&listed, session))? {
        let message = "The parts that are listed are not those of the file, or some did not come yet";
        return Err(coded("parts_mismatch", message));
    }
    let mut session = chunked.take(key, now)?;
    match finish(asked, &mut session, given, &attributes, &fields) {
        Ok(made) => {
            chunked.note_committed(key);
            upload::answer(asked, StatusCode::CREATED, made, &fields)
        }
        Err(refusal) => {
            chunked.put_back(key, session);
            Err(refusal)
        }
    }
}

/// A part that a commit lists: all that is said of it must be true.
struct ListedPart {
    id: String,
    offset: Option<u64>,
    size: Option<u64>,
    sha1: Option<String>,
}

impl ListedPart {
    fn is(&self, part: &Part) -> bool {
        let is_sha1 = |given: &String| given.eq_ignore_ascii_case(&HEXLOWER.encode(&part.sha1));
        self.id == part.id
            && self.offset.is_none_or(|offset| offset == part.range.start)
            && self.size.is_none_or(|size| size == part.range.end - part.range.start)
            && self.sha1.as_ref().is_none_or(is_sha1)
    }
}

/// Reads the parts that a commit lists.
fn listed(members: &Members<'_>) -> Result<Vec<ListedPart>, Refusal> {
    let parts = members.objects("parts", &LISTED)?.ok_or_else(|| Refusal::missing("parts"))?;
    let part = |part: &Members<'_>| {
        Ok(ListedPart {
            id: part.id("part_id")?.ok_or_else(|| Refusal::missing("parts.part_id"))?,
            offset: part.count("offset")?,
            size: part.count("size")?,
            sha1: part.text("sha1")?.map(str::to_owned),
        })
    };
    parts.iter().map(part).collect()
}

/// Returns whether a list names each part of a session once. That a commit at Box may name them in any order is
/// *assumed* (no option: no other reading is known).
fn names_all(listed: &[ListedPart], session: &Session) -> bool {
    let by_id: HashMap<&str, &ListedPart> = listed.iter().map(|part| (&*part.id, part)).collect();
    let is_named = |part: &Part| by_id.get(&*part.id).is_some_and(|listed| listed.is(part));
    by_id.len() == listed.len() && listed.len() == session.parts().len() && session.parts().all(is_named)
}

fn finish(
    asked: &Asked<'_>,
    session: &mut Session,
    given: [u8; 20],
    attributes: &Members<'_>,
    fields: &Fields,
) -> Result<drivesim::ItemId, Refusal> {
    let facts = upload::facts(attributes)?;
    digest::check_whole(given, digest::sha1_of(session.pieces()))?;
    let content = Content::from(session.join());
    match &session.goal {
        Goal::File { folder, name } => {
            // There is nothing yet that could have a tag (guide to consistency: 412 where nothing is found).
            if asked.call.headers.contains_key(header::IF_MATCH) {
                return Err(Refusal::modified());
            }
            let folder = asked.place.folder(asked.app, folder)?;
            let name = attributes.text("name")?.unwrap_or(name);
            asked.reserve_for_path(fields, folder.id)?;
            upload::make(asked, &folder, name, content, facts)
        }
        Goal::Version { file, name } => {
            let file = asked.place.file(asked.app, file)?;
            let address = upload::matched(asked, &file)?;
            asked.reserve_for_path(fields, file.parent.unwrap_or(file.id))?;
            let name = attributes.text("name")?.or(name.as_deref());
            upload::add_version(asked, (&file, address), content, (name, facts))?;
            Ok(file.id)
        }
    }
}
