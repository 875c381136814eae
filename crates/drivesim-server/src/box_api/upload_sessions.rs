//! Handles chunked uploads to Box: opens sessions, receives parts, reports their status, commits and aborts them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{StatusCode, header};
use data_encoding::HEXLOWER;
use drivesim::item::{Content, Timestamp};
use uuid::Uuid;

use crate::box_api::body::{Members, Shape};
use crate::box_api::content_times::{CREATED, MODIFIED};
use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::fields::Fields;
use crate::box_api::precondition::address_if_match;
use crate::box_api::upload::NewVersion;
use crate::box_api::upload_check::{self, MIN_SIZE};
use crate::box_api::upload_parts::{self, ChunkedTarget, ChunkedUpload, PART_SIZE, ReceivedPart};
use crate::box_api::{digest, ids, paging, upload};
use crate::http::ranges;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Value, json};
use crate::state::uploads::{NewUpload, UploadKey, UploadSession};

/// The default and the largest size of a page of parts.
const LIMIT: usize = 1000;
/// The lifetime of a session, and also the time for which it is known as expired.
const SESSION_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The members of the bodies of new sessions and of a commit.
const NEW: Shape = Shape::of(&["folder_id", "file_size", "file_name"]).allowing_null();
const VERSION: Shape = Shape::of(&["file_size", "file_name"]).allowing_null();
const COMMITTED: Shape = Shape::of(&["parts", "attributes"]);
const LISTED: Shape = Shape::of(&["part_id", "offset", "size", "sha1"]);
const ATTRIBUTES: Shape = Shape::of(&["name", "description", CREATED, MODIFIED]).allowing_null();

/// Opens an upload of a new file: 201 with the URL for its parts.
pub(crate) fn create(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let members = Members::read(context.request, &NEW)?;
    let folder_id = folder_id(&members)?;
    let size = size(&members)?;
    let name = members.text("file_name")?.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| coded(BoxErrorCode::MissingFileName, "file_name is required"))?;
    let folder = context.drive.target(context.app, "folder_id", &folder_id)?;
    check_size(context, size)?;
    upload_check::check_new(context, &folder, name, size)?;
    open(context, ChunkedTarget::File { folder: folder_id, name: name.to_owned() }, size)
}

/// Opens an upload of a new version of a file.
pub(crate) fn create_version(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let members = Members::read(context.request, &VERSION)?;
    let size = size(&members)?;
    let name = members.text("file_name")?.map(str::to_owned);
    let file = context.drive.file(context.app, context.id())?;
    check_size(context, size)?;
    upload_check::check_version(context, &file, name.as_deref(), size)?;
    open(context, ChunkedTarget::Version { file: context.id().to_owned(), name }, size)
}

fn open(context: &RequestContext<'_>, target: ChunkedTarget, size: u64) -> Result<ApiResponse, BoxError> {
    let now = context.app.sim.now();
    let expires_at = now.saturating_add(SESSION_LIFE).unwrap_or(Timestamp::MAX);
    let upload = Arc::new(ChunkedUpload { target, size });
    let id = context.app.box_uploads.open(
        now,
        NewUpload {
            drive: context.drive.drive_ref.id(),
            details: upload.clone(),
            n_bytes: upload.n_bytes(),
            total: Some(size),
            expires_at,
        },
    )?;
    Ok(ApiResponse::json(StatusCode::CREATED, render(context, id, &upload, expires_at, 0)))
}

fn folder_id(members: &Members<'_>) -> Result<String, BoxError> {
    let invalid = || coded(BoxErrorCode::InvalidFolderId, "folder_id must be the id of a folder");
    let id = members.id("folder_id").map_err(|_| invalid())?;
    let id = id.ok_or_else(|| coded(BoxErrorCode::MissingDestination, "folder_id is required"))?;
    if ids::parse(&id).is_some() { Ok(id) } else { Err(invalid()) }
}

fn size(members: &Members<'_>) -> Result<u64, BoxError> {
    let size = members.count("file_size");
    let size =
        size.map_err(|_| coded(BoxErrorCode::InvalidFileSize, "file_size must be a number of bytes"))?;
    size.ok_or_else(|| coded(BoxErrorCode::MissingFileSize, "file_size is required"))
}

/// Fails if a file is too small or too large for a chunked upload.
fn check_size(context: &RequestContext<'_>, size: u64) -> Result<(), BoxError> {
    if size < MIN_SIZE {
        let message = format!("The file has {size} bytes, chunked uploads have at least {MIN_SIZE}");
        return Err(coded(BoxErrorCode::FileSizeTooSmall, &message));
    }
    if upload_check::is_accepted_in_parts(context.app, size) {
        Ok(())
    } else {
        Err(upload_check::too_large())
    }
}

fn coded(code: BoxErrorCode, message: &str) -> BoxError {
    BoxError::new(StatusCode::BAD_REQUEST, code, message)
}

/// Returns the session that a path names, by 32 hexadecimal digits.
fn session(context: &RequestContext<'_>) -> Result<UploadKey, BoxError> {
    let text = context.segment(2);
    let is_simple = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let message = "The upload session ID provided in the URL is not of a valid format.";
    let invalid = || coded(BoxErrorCode::InvalidUploadSessionId, message);
    let id = Uuid::parse_str(text).ok().filter(|_| is_simple).ok_or_else(invalid)?;
    Ok(UploadKey { id, drive: Some(context.drive.drive_ref.id()) })
}

/// Answers with the progress of an upload.
pub(crate) fn status(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let key = session(context)?;
    let body = context.app.box_uploads.read(key, context.app.sim.now(), |session| {
        let upload = ChunkedUpload::of(session)?;
        Ok::<_, BoxError>(render(context, session.id, &upload, session.expires_at, session.parts().len()))
    })?;
    Ok(ApiResponse::json(StatusCode::OK, body))
}

fn render(
    context: &RequestContext<'_>,
    id: Uuid,
    upload: &ChunkedUpload,
    expires_at: Timestamp,
    n_received: usize,
) -> Value {
    let id = id.simple().to_string();
    let url = format!("{}/api/2.0/files/upload_sessions/{id}", context.request.base);
    json!({
        "id": id,
        "type": "upload_session",
        "num_parts_processed": n_received,
        "part_size": PART_SIZE,
        "session_endpoints": {
            "abort": url,
            "commit": format!("{url}/commit"),
            "list_parts": format!("{url}/parts"),
            "log_event": format!("{url}/log"),
            "status": url,
            "upload_part": url,
        },
        "session_expires_at": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "total_parts": upload.total_parts(),
    })
}

/// Aborts an upload. Aborting a committed one succeeds and has no effect on the file (tests of box-python-sdk and of
/// box-typescript-sdk-gen).
///
/// ASSUMED: A session of Box is not found after it was aborted, and nothing else can be done with it after its commit
/// (no option: no other reading is known).
pub(crate) fn abort(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let key = session(context)?;
    if !context.app.box_uploads.forget_completed(key) {
        context.app.box_uploads.cancel(key, context.app.sim.now())?;
    }
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Receives a part.
pub(crate) fn add(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (app, request, key) = (context.app, context.request, session(context)?);
    let expected = digest::read_digest(request)?;
    let header =
        request.strict_header(header::CONTENT_RANGE)?.ok_or_else(|| BoxError::missing("content-range"))?;
    let fragment = ranges::parse_fragment(&header);
    let invalid = || BoxError::invalid("content-range", &header, "as in bytes 0-8388607/445856194");
    let fragment = fragment.ok_or_else(invalid)?;
    if fragment.range.end - fragment.range.start != request.body.len() as u64 {
        return Err(BoxError::invalid("content-range", &header, "the range of the bytes that are sent"));
    }
    let actual = digest::sha1(&request.body);
    digest::check_part(expected, actual)?;
    let part = app
        .box_uploads
        .change(key, app.sim.now(), |session| upload_parts::add(session, fragment, &request.body, actual))?;
    Ok(ApiResponse::json(StatusCode::OK, json!({ "part": render_part(&part) })))
}

fn render_part(part: &ReceivedPart) -> Value {
    json!({
        "part_id": part.id,
        "offset": part.range.start,
        "size": part.range.end - part.range.start,
        "sha1": HEXLOWER.encode(&part.sha1),
    })
}

/// Lists the received parts.
pub(crate) fn parts(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let key = session(context)?;
    let limit = paging::limit(context.request, LIMIT, LIMIT)?;
    let offset = paging::offset(context.request, paging::MAX_OFFSET_ELSEWHERE)?;
    let page = |session: &UploadSession| {
        let parts = upload_parts::received(session).skip(offset).take(limit);
        let entries: Vec<Value> = parts.map(|part| render_part(&part)).collect();
        Ok::<_, BoxError>(json!({
            "entries": entries,
            "limit": limit,
            "offset": offset,
            "order": [{ "by": "offset", "direction": "ASC" }],
            "total_count": session.parts().len(),
        }))
    };
    Ok(ApiResponse::json(StatusCode::OK, context.app.box_uploads.read(key, context.app.sim.now(), page)?))
}

/// Creates the file of a complete upload: 201 with the file. If that fails, the session stays open.
pub(crate) fn commit(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (chunked, key, now) = (&context.app.box_uploads, session(context)?, context.app.sim.now());
    let fields = Fields::read(context.request, Fields::Standard)?;
    let expected = digest::read_digest(context.request)?;
    let members = Members::read(context.request, &COMMITTED)?;
    let listed = listed(&members)?;
    let attributes =
        members.object("attributes", &ATTRIBUTES)?.unwrap_or_else(|| Members::empty(context.request));
    let is_named = |session: &UploadSession| {
        let is_complete = ChunkedUpload::of(session)?.is_complete(session);
        Ok::<_, BoxError>(is_complete && names_all(&listed, session))
    };
    if !chunked.read(key, now, is_named)? {
        let message = "The listed parts are not those of the file, or some are missing";
        return Err(coded(BoxErrorCode::PartsMismatch, message));
    }
    let mut session = chunked.change(key, now, |session| Ok::<_, BoxError>(session.end()))?;
    match finish(context, &mut session, expected, &attributes, &fields) {
        Ok(file) => {
            chunked.complete(session.id);
            upload::file_response(context, StatusCode::CREATED, file, &fields)
        }
        Err(error) => {
            chunked.reopen(session);
            Err(error)
        }
    }
}

/// A part that a commit lists. All its members must match the received part.
struct ListedPart {
    id: String,
    offset: Option<u64>,
    size: Option<u64>,
    sha1: Option<String>,
}

impl ListedPart {
    fn matches(&self, part: &ReceivedPart) -> bool {
        let is_sha1 = |sha1: &String| sha1.eq_ignore_ascii_case(&HEXLOWER.encode(&part.sha1));
        self.id == part.id
            && self.offset.is_none_or(|offset| offset == part.range.start)
            && self.size.is_none_or(|size| size == part.range.end - part.range.start)
            && self.sha1.as_ref().is_none_or(is_sha1)
    }
}

/// Parses the parts that a commit lists.
fn listed(members: &Members<'_>) -> Result<Vec<ListedPart>, BoxError> {
    let parts = members.objects("parts", &LISTED)?.ok_or_else(|| BoxError::missing("parts"))?;
    let part = |part: &Members<'_>| {
        Ok(ListedPart {
            id: part.id("part_id")?.ok_or_else(|| BoxError::missing("parts.part_id"))?,
            offset: part.count("offset")?,
            size: part.count("size")?,
            sha1: part.text("sha1")?.map(str::to_owned),
        })
    };
    parts.iter().map(part).collect()
}

/// Returns whether a list names each part of a session once.
///
/// ASSUMED: A commit at Box may name the parts in any order (no option: no other reading is known).
fn names_all(listed: &[ListedPart], session: &UploadSession) -> bool {
    let by_id: HashMap<&str, &ListedPart> = listed.iter().map(|part| (&*part.id, part)).collect();
    let is_named = |part: ReceivedPart| by_id.get(&*part.id).is_some_and(|listed| listed.matches(&part));
    let mut received = upload_parts::received(session);
    by_id.len() == listed.len() && listed.len() == received.len() && received.all(is_named)
}

fn finish(
    context: &RequestContext<'_>,
    session: &mut UploadSession,
    expected: [u8; 20],
    attributes: &Members<'_>,
    fields: &Fields,
) -> Result<drivesim::ItemId, BoxError> {
    let facts = upload::content_facts(attributes)?;
    digest::check_whole(expected, digest::sha1_of(session.pieces()))?;
    let content = Content::from(session.join());
    match &ChunkedUpload::of(session)?.target {
        ChunkedTarget::File { folder, name } => {
            // A new file has no tag yet (guide to consistency: 412 if nothing is found).
            if context.request.headers.contains_key(header::IF_MATCH) {
                return Err(BoxError::modified());
            }
            let folder = context.drive.folder(context.app, folder)?;
            let name = attributes.text("name")?.unwrap_or(name);
            context.reserve_for_path(fields, folder.id)?;
            upload::create_file(context, &folder, name, content, facts)
        }
        ChunkedTarget::Version { file, name } => {
            let file = context.drive.file(context.app, file)?;
            let address = address_if_match(context, &file)?;
            context.reserve_for_path(fields, file.parent.unwrap_or(file.id))?;
            let name = attributes.text("name")?.or(name.as_deref());
            upload::add_version(context, &file, address, NewVersion { name, content, facts })?;
            Ok(file.id)
        }
    }
}
