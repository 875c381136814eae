//! Handles upload sessions: creates them, receives fragments in order, reports their status, completes and cancels
//! them.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use drivesim::error::DriveError;
use drivesim::item::{Content, ItemKind, Timestamp};
use drivesim::options::Update;
use drivesim::profile::Name;
use drivesim::{Conflict, Item, Profile};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::graph::body::Members;
use crate::graph::body_types::BodyType;
use crate::graph::context::GraphContext;
use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::expand::Expand;
use crate::graph::file_system_info;
use crate::graph::fragments::{self, GraphUpload};
use crate::graph::item_locator::ItemLocator;
use crate::graph::operation::GraphResult;
use crate::graph::options::{OpenTotal, SecondSession};
use crate::graph::parent_folder::{self, NewItem};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::upload::{self, FileUpload, UploadPreconditions};
use crate::graph::upload_target::{UploadPath, UploadTarget};
use crate::http::ranges::{self, ContentRange};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::excerpt::Quoted;
use crate::json::ordered::{Value, json};
use crate::state::app::App;
use crate::state::secret::Purpose;
use crate::state::uploads::{NewUpload, UploadKey, UploadSession};

/// The size of a fragment must be less: less than 60 MiB are allowed (createUploadSession).
///
/// DIFFERS(text of the createUploadSession page): Ranges of an upload need not be multiples of 320 KiB; the page's own
/// example sends 26 bytes (option `wire.fragment_multiple`).
pub(super) const MAX_FRAGMENT: usize = 60 << 20;
/// The largest size of a file (page on restrictions and limitations: 250 GB).
const MAX_FILE_SIZE: u64 = 250 << 30;

/// Opens a session for a file: 200 with the upload URL. With the conflict behavior fail, a taken name fails here
/// already (microsoft-graph-docs#19010, onedrive-api-docs#54 and #772).
///
/// DIFFERS(createUploadSession page): An upload session without a conflict behavior replaces the file; the page says
/// that fail is the default, and clients see the file replaced (microsoft-graph-docs#19010, onedrive-api-docs#54) and
/// rely on it, as rclone does (option `wire.session_conflict`).
pub(crate) fn create(context: GraphContext<'_>, locator: &ItemLocator) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let members = Members::read_optional(request, BodyType::UploadSession)?;
    // Some clients omit the object that contains the members.
    let item = members.object("item")?.unwrap_or_else(|| members.clone());
    let item = item.without_null(&["name", "description", "fileSize", "fileSystemInfo"]);
    let conflict = item.conflict_or_in_query(request)?;
    let total = item.count("fileSize")?;
    check_size(total)?;
    let body_name = item.text("name")?;
    let drive = context.find_drive()?;
    let conflict = conflict.unwrap_or(drive.wire.session_conflict);
    let (path, existing) = upload::resolve(app, &drive, locator)?;
    check_name(body_name, &path, existing.as_ref())?;
    upload::preconditions(context.in_drive(&drive), existing.as_ref())?;
    let is_taken = existing.as_ref().is_some_and(|item| item.is_folder() || conflict == Conflict::Fail);
    if is_taken && conflict != Conflict::Rename && matches!(path, UploadPath::Named { .. }) {
        let message = "The specified item name already exists.";
        return Err(GraphError::new(StatusCode::CONFLICT, ErrorCode::NameAlreadyExists, message));
    }
    if let Some(total) = total {
        parent_folder::check_quota(app, &drive, total)?;
    }
    if existing.is_none() {
        check_new(app, &drive, &path, conflict, total.unwrap_or(0))?;
    }
    let profile = drive.profile(app)?;
    let now = app.sim.now();
    let expires_at = expires_at(now, drive.wire.session_days);
    let times = item
        .object("fileSystemInfo")?
        .map(|info| file_system_info::times(&info))
        .transpose()?
        .unwrap_or_default();
    let description = description(&item, &profile)?;
    let is_deferred = members.flag("deferCommit")?;
    let allows_open_total = is_deferred && drive.wire.open_total == OpenTotal::Deferred;
    let upload =
        GraphUpload { drive, target: path, conflict, times, description, is_deferred, allows_open_total };
    let upload = Arc::new(upload);
    let session = new_session(&upload, total, expires_at);
    let id = open(app, &profile, now, &upload, session)?;
    let mut body = render(expires_at, vec![fragments::WHOLE_RANGE.to_owned()]);
    body["uploadUrl"] = json!(url(app, request, id));
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// Returns the URL of a session.
fn url(app: &App, request: &ApiRequest, id: Uuid) -> String {
    let mut url = format!("{}/_upload/{id}", request.base);
    app.signer.push_signature(&mut url, Purpose::Upload, Hyphenated::LENGTH);
    url
}

/// Returns when a session that is opened now expires.
///
/// ASSUMED: An upload session lasts seven days: the pages only show that it ends (option `wire.session_days`).
fn expires_at(now: Timestamp, n_days: u32) -> Timestamp {
    let life = Duration::from_secs(u64::from(n_days) * 24 * 60 * 60);
    now.saturating_add(life).unwrap_or(Timestamp::MAX)
}

/// Fails if the name in the body is not that of the URL (msgraph-sdk-dotnet issue 2565).
///
/// ASSUMED: The name in the body of an upload session is compared with its case, also with the name of a file that the
/// URL names by id (no option: rare).
fn check_name(body_name: Option<&str>, path: &UploadPath, existing: Option<&Item>) -> Result<(), GraphError> {
    let name = match path {
        UploadPath::Named { name, .. } => Some(name.as_str()),
        UploadPath::File(_) => existing.map(|file| file.name.as_str()),
    };
    match body_name.zip(name) {
        Some((body_name, name)) if body_name != name => Err(GraphError::invalid(format!(
            "The name in the body, {}, differs from the name in the URL, {}.",
            Quoted(body_name),
            Quoted(name)
        ))),
        _ => Ok(()),
    }
}

/// Fails if a file is too large.
///
/// ASSUMED: An upload session for a file that is too large fails with 400 and `maxFileSizeExceeded` (no option: rare).
fn check_size(n_bytes: Option<u64>) -> Result<(), GraphError> {
    match n_bytes.filter(|&n_bytes| n_bytes > MAX_FILE_SIZE) {
        Some(n_bytes) => {
            let message = format!("A file has at most {MAX_FILE_SIZE} bytes, this one has {n_bytes}.");
            Err(GraphError::invalid(message).with_inner_code(ErrorCode::MaxFileSizeExceeded))
        }
        None => Ok(()),
    }
}

/// Fails if a new file could not be created now.
///
/// DIFFERS(microsoft-graph-docs issue 495): Missing folders of the path are created with the file of an upload session;
/// a sighting has them created with the session.
fn check_new(
    app: &App,
    drive: &ResolvedDrive,
    path: &UploadPath,
    conflict: Conflict,
    n_bytes: u64,
) -> Result<(), GraphError> {
    let UploadPath::Named { name, .. } = path else { return Ok(()) };
    let target = UploadTarget::resolve(app, drive, path)?;
    if !target.has_folder() {
        let new_item = NewItem { name, kind: ItemKind::File, n_bytes };
        parent_folder::check_path(app, drive, &target, new_item)?;
    } else if conflict == Conflict::Rename {
        return Ok(());
    }
    target.check_new(app, drive, n_bytes)
}

fn new_session(upload: &Arc<GraphUpload>, total: Option<u64>, expires_at: Timestamp) -> NewUpload {
    let (drive, n_bytes) = (upload.drive.drive_ref.id(), upload.n_bytes());
    NewUpload { drive, details: upload.clone(), n_bytes, total, expires_at }
}

/// Opens the session of an upload. On drives that allow one session per file, it fails if another one for the same file is
/// open.
fn open(
    app: &App,
    profile: &Profile,
    now: Timestamp,
    upload: &GraphUpload,
    session: NewUpload,
) -> Result<Uuid, GraphError> {
    let drive = &upload.drive;
    if drive.wire.second_session == SecondSession::Allowed {
        return Ok(app.graph_uploads.open(now, session)?);
    }
    let target = UploadTarget::resolve(app, drive, &upload.target)?;
    let is_same = |other: &Arc<GraphUpload>| {
        UploadTarget::resolve(app, drive, &other.target)
            .is_ok_and(|other| target.is_same(&other, &profile.names))
    };
    loop {
        let others = app.graph_uploads.open_in::<GraphUpload>(drive.drive_ref.id(), now);
        if others.details.iter().any(is_same) {
            return Err(GraphError::second_session());
        }
        if let Some(id) = app.graph_uploads.open_if_unchanged(&others, now, session.clone())? {
            return Ok(id);
        }
    }
}

/// Reads the description of the file.
fn description(item: &Members, profile: &Profile) -> Result<Option<String>, GraphError> {
    let Some(text) = item.text("description")? else { return Ok(None) };
    let units = Name::units_of(text);
    match profile.max_description_units.filter(|&limit| units > limit) {
        Some(limit) => Err(DriveError::DescriptionTooLong { units, limit }.into()),
        None => Ok(Some(text.to_owned())),
    }
}

/// Renders the next expected ranges and the expiry.
fn render(expires_at: Timestamp, next_ranges: Vec<String>) -> Value {
    json!({
        "expirationDateTime": expires_at.to_string(),
        "nextExpectedRanges": next_ranges,
    })
}

/// Renders the status of a session.
fn render_status(app: &App, key: UploadKey) -> Result<Value, GraphError> {
    fragments::read(app, key, |session, _| render(session.expires_at, fragments::next_ranges(session)))
}

/// Returns the key of the session that a URL names.
fn session_key(id: &str) -> Result<UploadKey, GraphError> {
    let id = Uuid::parse_str(id).map_err(|_| GraphError::not_found())?;
    Ok(UploadKey { id, drive: None })
}

/// Fails for an unknown session, and for a fragment without a well-formed `Content-Range`, before the body is read.
pub(super) fn check(app: &App, request: &ApiRequest, id: &str) -> Result<(), GraphError> {
    let key = session_key(id)?;
    if request.method != Method::PUT {
        return fragments::read(app, key, |_, _| ());
    }
    fragments::read(app, key, |session, upload| {
        let range = range_of(request)?;
        if session.total.is_none() {
            check_size(range.total)?;
        }
        upload.check_total(&range)
    })?
}

/// Returns the range of a fragment.
fn range_of(request: &ApiRequest) -> Result<ContentRange, GraphError> {
    let header = request.strict_header(header::CONTENT_RANGE)?;
    header.as_deref().and_then(ranges::parse_content_range).ok_or_else(GraphError::no_content_range)
}

/// Responds with the status of a session.
pub(crate) fn status(context: GraphContext<'_>, id: &str) -> GraphResult {
    Ok(ApiResponse::json(StatusCode::OK, render_status(context.app, session_key(id)?)?))
}

/// Cancels a session: 204.
pub(crate) fn cancel(context: GraphContext<'_>, id: &str) -> GraphResult {
    let app = context.app;
    app.graph_uploads.cancel(session_key(id)?, app.sim.now())?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Receives a fragment: 202 with the next expected ranges, or the response to the last fragment.
pub(crate) fn add(context: GraphContext<'_>, id: &str) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let key = session_key(id)?;
    if request.body.len() >= MAX_FRAGMENT {
        // ASSUMED: A range with too many bytes fails with 413: the page only names the limit of 60 MiB (no option:
        // limit of drivesim).
        let message = format!("A fragment has less than {MAX_FRAGMENT} bytes.");
        return Err(GraphError::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::InvalidRequest, message));
    }
    let range = range_of(request)?;
    reserve_expanded_file(context, key)?;
    match fragments::add(app, key, app.sim.now(), &range, &request.body)? {
        Some(session) => finish(context, session),
        None => Ok(ApiResponse::json(StatusCode::ACCEPTED, render_status(app, key)?)),
    }
}

/// Commits a deferred session, or one whose name was taken at its end: 201 with the file.
pub(crate) fn complete(context: GraphContext<'_>, id: &str) -> GraphResult {
    let GraphContext { app, request, .. } = context;
    let key = session_key(id)?;
    if !request.body.is_empty() {
        return Err(GraphError::invalid("A session is completed by a request without a body."));
    }
    reserve_expanded_file(context, key)?;
    let session = fragments::commit(app, key, app.sim.now())?;
    finish(context, session)
}

/// Checks that the file can be rendered with `$expand`, before it is created.
fn reserve_expanded_file(context: GraphContext<'_>, key: UploadKey) -> Result<(), GraphError> {
    if context.request.query("$expand").is_none() {
        return Ok(());
    }
    let drive = fragments::read(context.app, key, |_, upload| upload.drive.clone())?;
    Ok(Expand::read(context.in_drive(&drive))?.reserve(context.request)?)
}

/// Creates the file. If that fails, the session stays open.
fn finish(context: GraphContext<'_>, mut session: UploadSession) -> GraphResult {
    let app = context.app;
    let upload = GraphUpload::of(&session)?;
    let GraphUpload { drive, target: path, conflict, .. } = &*upload;
    let content = Content::from(session.join());
    let preconditions = UploadPreconditions::default();
    let file = FileUpload { path, content, conflict: *conflict, preconditions };
    let stored = match upload::store(app, drive, file) {
        Ok(stored) => stored,
        Err(error) => {
            app.graph_uploads.reopen(session);
            return Err(error.at_end_of_upload());
        }
    };
    app.graph_uploads.complete(session.id);
    let mut update = Update::default().times_of_upload(upload.times);
    update.description.clone_from(&upload.description);
    // The file exists now. If a concurrent request has locked it, it keeps its own times, and that is not an error.
    let _ = drive.sim_as_caller(app).update(drive.at(stored.id), update);
    upload::stored_file_response(context.in_drive(drive), stored)
}
