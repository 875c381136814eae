//! Checks the fragments of upload sessions: their order, their sizes, and whether the file is complete.

use std::sync::Arc;

use axum::http::StatusCode;
use drivesim::Conflict;
use drivesim::item::{Times, Timestamp};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::upload_target::UploadPath;
use crate::http::ranges::ContentRange;
use crate::state::app::App;
use crate::state::uploads::{UploadError, UploadKey, UploadSession};

/// The file that an upload session creates.
#[derive(Clone, Debug)]
pub(crate) struct GraphUpload {
    pub(crate) drive: ResolvedDrive,
    pub(crate) target: UploadPath,
    pub(crate) conflict: Conflict,
    pub(crate) times: Times,
    pub(crate) description: Option<String>,
    /// Whether the file is created by a commit.
    pub(crate) is_deferred: bool,
    /// Whether fragments may omit the size of the file.
    pub(crate) allows_open_total: bool,
}

impl GraphUpload {
    /// Returns the upload of a session.
    pub(crate) fn of(session: &UploadSession) -> Result<Arc<GraphUpload>, GraphError> {
        session.details().ok_or_else(GraphError::not_found)
    }

    /// Estimates its memory.
    pub(crate) fn n_bytes(&self) -> usize {
        let folder = match &self.target {
            UploadPath::File(_) => 0,
            UploadPath::Named { folder, name } => {
                name.len() + folder.path.len() + folder.id.as_ref().map_or(0, String::len)
            }
        };
        size_of::<GraphUpload>() + folder + self.description.as_ref().map_or(0, String::len)
    }

    /// Fails if the range omits the size of the file where that is not allowed.
    pub(crate) fn check_total(&self, range: &ContentRange) -> Result<(), GraphError> {
        let is_open = range.total.is_none();
        if is_open && !self.allows_open_total { Err(GraphError::no_content_range()) } else { Ok(()) }
    }

    /// Fails if the size of a fragment is not a multiple of `fragment_multiple`. The last fragment may have any size.
    fn check_multiple(
        &self,
        session: &UploadSession,
        given: &ContentRange,
        n_bytes: u64,
    ) -> Result<(), GraphError> {
        let unit = u64::from(self.drive.wire.fragment_multiple);
        let total = session.total.or(given.total);
        let may_be_last = total.is_none_or(|total| given.range.end == total);
        if may_be_last || n_bytes.checked_rem(unit).unwrap_or(0) == 0 {
            return Ok(());
        }
        Err(GraphError::invalid(format!(
            "The size of a fragment must be a multiple of {unit} bytes, except for the last one."
        )))
    }

    /// Fails if a fragment is not the next one.
    ///
    /// ASSUMED: A fragment that breaks several rules fails by the first of these checks (no option: order of checks).
    fn check_fragment(
        &self,
        session: &UploadSession,
        given: &ContentRange,
        n_bytes: u64,
    ) -> Result<(), GraphError> {
        self.check_total(given)?;
        if given.n_bytes() != n_bytes {
            return Err(GraphError::fragment_of_other_length(given.n_bytes(), n_bytes));
        }
        match (session.total, given.total) {
            (Some(total), Some(other)) if total != other => {
                return Err(GraphError::fragment_of_other_total(total, other));
            }
            // ASSUMED: A fragment that omits the size of the file and goes beyond its end fails with 400 (no option:
            // rare).
            (Some(total), None) if given.range.end > total => {
                return Err(GraphError::invalid(format!(
                    "The fragment goes beyond the {total} bytes of the file."
                )));
            }
            _ => {}
        }
        self.check_multiple(session, given, n_bytes)?;
        let n_received = session.end_of_parts();
        if given.range.start < n_received {
            return Err(GraphError::fragment_overlap(n_received));
        }
        if given.range.start > n_received {
            return Err(GraphError::fragment_out_of_order(n_received));
        }
        Ok(())
    }
}

/// Reads from a session.
pub(crate) fn read<R>(
    app: &App,
    key: UploadKey,
    read: impl FnOnce(&UploadSession, &GraphUpload) -> R,
) -> Result<R, GraphError> {
    app.graph_uploads.read(key, app.sim.now(), |session| Ok(read(session, &*GraphUpload::of(session)?)))
}

/// Adds the next bytes to a session. Returns the session if they are the last and no commit follows: the caller creates
/// the file.
pub(crate) fn add(
    app: &App,
    key: UploadKey,
    now: Timestamp,
    given: &ContentRange,
    bytes: &[u8],
) -> Result<Option<UploadSession>, GraphError> {
    app.graph_uploads.change(key, now, |session| {
        let upload = GraphUpload::of(session)?;
        upload.check_fragment(session, given, bytes.len() as u64)?;
        session.add_part(given.range.clone(), bytes, None)?;
        session.total = session.total.or(given.total);
        let is_last = has_all_bytes(session) && !upload.is_deferred;
        Ok(is_last.then(|| session.end()))
    })
}

/// Ends a session and returns its fragments. The caller creates the file.
///
/// ASSUMED: The commit of an upload session that lacks bytes fails with 400 (no option: no other reading is known).
pub(crate) fn commit(app: &App, key: UploadKey, now: Timestamp) -> Result<UploadSession, GraphError> {
    app.graph_uploads.change(key, now, |session| {
        if !can_commit(session) {
            return Err(GraphError::invalid("The session does not hold the whole file yet."));
        }
        Ok(session.end())
    })
}

/// Returns whether a session has all bytes of the file. Always false for an empty file.
fn has_all_bytes(session: &UploadSession) -> bool {
    session.total == Some(session.end_of_parts()) && session.parts().len() > 0
}

/// Returns whether a commit succeeds. A file without a declared size is as large as the bytes received.
fn can_commit(session: &UploadSession) -> bool {
    let has_open_total = session.total.is_none() && session.parts().len() > 0;
    has_all_bytes(session) || has_open_total
}

/// The missing range of a session that has no fragments.
pub(crate) const WHOLE_RANGE: &str = "0-";

/// Returns the missing ranges: fragments come in order, so there is at most one (onedrive-api-docs issue 93). It has an
/// end once a fragment has declared the size of the file (onedrive-api-docs issues 75 and 1273). With `fileSize` alone
/// it has no end, as in the example of the page.
pub(crate) fn next_ranges(session: &UploadSession) -> Vec<String> {
    let n_received = session.end_of_parts();
    match session.total {
        _ if has_all_bytes(session) => Vec::new(),
        _ if n_received == 0 => vec![WHOLE_RANGE.to_owned()],
        Some(total) => vec![format!("{n_received}-{}", total - 1)],
        None => vec![format!("{n_received}-")],
    }
}

impl From<UploadError> for GraphError {
    /// ASSUMED: Too many upload sessions at a time fail with 429: the pages name no limit (no option: limit of
    /// drivesim).
    /// ASSUMED: More bytes than this server holds in upload sessions fail with 507 (no option: limit of drivesim).
    fn from(error: UploadError) -> GraphError {
        match error {
            UploadError::NotFound(_) | UploadError::Expired => GraphError::not_found(),
            UploadError::TooMany(n_open) => {
                GraphError::busy(format!("There are {n_open} upload sessions, which is the limit."))
            }
            UploadError::OverBudget(over) => {
                let message = format!("The budget of upload sessions is exhausted: {over}.");
                GraphError::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::QuotaLimitReached, message)
            }
        }
    }
}
