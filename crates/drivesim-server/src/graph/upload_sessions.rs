//! Stores upload sessions: their bytes, their number, their expiry.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use drivesim::{Conflict, Content, DriveId, FileBytes, Times, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::upload_target::UploadPath;
use crate::http::ranges::ContentRange;
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, OverBudget, Permit};

/// The memory of a fragment without its bytes: many tiny fragments take memory too.
const FRAGMENT_OVERHEAD: usize = 160;
/// The memory of a session without its texts.
const SESSION_OVERHEAD: usize = 2 * size_of::<UploadSession>();

/// Bytes of a file, and the permit for them.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    bytes: FileBytes,
    permit: Arc<Permit>,
}

/// An upload in progress.
#[derive(Clone, Debug)]
pub(crate) struct UploadSession {
    pub(crate) drive: ResolvedDrive,
    pub(crate) target: UploadPath,
    pub(crate) conflict: Conflict,
    pub(crate) times: Times,
    pub(crate) description: Option<String>,
    /// Whether the file is created by a commit.
    pub(crate) is_deferred: bool,
    /// Whether fragments may omit the size of the file.
    pub(crate) allows_open_total: bool,
    /// The size of the file, once a request has declared it.
    pub(crate) total: Option<u64>,
    pub(crate) expires_at: Timestamp,
    fragments: Vec<Fragment>,
    n_received: u64,
    /// The permit for the session itself, once it is open.
    permit: Option<Arc<Permit>>,
    /// Whether its file is being created. Requests do not find the session until that has failed.
    is_ending: bool,
}

impl UploadSession {
    /// Creates an empty session with default values.
    pub(crate) fn new(drive: ResolvedDrive, path: UploadPath, expires_at: Timestamp) -> UploadSession {
        UploadSession {
            drive,
            target: path,
            conflict: Conflict::default(),
            times: Times::default(),
            description: None,
            is_deferred: false,
            allows_open_total: false,
            total: None,
            expires_at,
            fragments: Vec::new(),
            n_received: 0,
            permit: None,
            is_ending: false,
        }
    }

    /// Estimates its memory without its fragments.
    fn cost(&self) -> usize {
        let folder = match &self.target {
            UploadPath::File(_) => 0,
            UploadPath::Named { folder, name } => {
                name.len() + folder.path.len() + folder.id.as_ref().map_or(0, String::len)
            }
        };
        SESSION_OVERHEAD + folder + self.description.as_ref().map_or(0, String::len)
    }

    /// Returns whether it holds the whole file. This is never so for an empty file.
    fn is_whole(&self) -> bool {
        self.total == Some(self.n_received) && !self.fragments.is_empty()
    }

    /// Returns whether a commit succeeds. A file without a declared size is as large as the bytes received.
    fn is_complete(&self) -> bool {
        let has_open_total = self.total.is_none() && !self.fragments.is_empty();
        self.is_whole() || has_open_total
    }

    /// Returns the missing ranges: fragments come in order, so there is at most one (onedrive-api-docs issue 93). It
    /// has an end once a fragment has declared the size of the file (onedrive-api-docs issues 75 and 1273). With
    /// `fileSize` alone it has no end, as in the example of the page.
    pub(crate) fn next_ranges(&self) -> Vec<String> {
        match self.total {
            _ if self.is_whole() => Vec::new(),
            Some(total) if self.n_received > 0 => vec![format!("{}-{}", self.n_received, total - 1)],
            _ => vec![format!("{}-", self.n_received)],
        }
    }

    /// Removes the fragments, to create the file from them. Requests do not find the session until they are put back.
    fn end(&mut self) -> UploadSession {
        self.is_ending = true;
        let fragments = std::mem::take(&mut self.fragments);
        UploadSession { fragments, ..self.clone() }
    }

    /// Joins its fragments into one and returns its content. Each fragment is freed as soon as it is copied, so that
    /// not all bytes are held twice.
    pub(crate) fn join(&mut self) -> Content {
        if let [Fragment { bytes, .. }] = &*self.fragments {
            return Content::from(bytes.clone());
        }
        let Some(mut permit) = self.fragments.first().map(|first| first.permit.empty_like()) else {
            return Content::empty();
        };
        let mut whole = Vec::with_capacity(usize::try_from(self.n_received).unwrap_or_default());
        for fragment in std::mem::take(&mut self.fragments) {
            let n_bytes = fragment.bytes.len();
            whole.extend_from_slice(&fragment.bytes);
            drop(fragment);
            // The dropped fragment has freed as much.
            permit.grow_anyway(n_bytes);
        }
        let bytes = FileBytes::from(whole);
        self.fragments.push(Fragment { bytes: bytes.clone(), permit: Arc::new(permit) });
        Content::from(bytes)
    }

    /// Returns the fragments, to be put back.
    pub(crate) fn into_fragments(self) -> Vec<Fragment> {
        self.fragments
    }

    /// Fails if the range omits the size of the file where that is not allowed.
    pub(crate) fn check_total(&self, range: &ContentRange) -> Result<(), GraphError> {
        let is_open = range.total.is_none();
        if is_open && !self.allows_open_total { Err(GraphError::no_content_range()) } else { Ok(()) }
    }

    /// Fails if the size of a fragment is not a multiple of what the drive requires, unless it may be the last
    /// fragment.
    fn check_multiple(&self, given: &ContentRange, n_bytes: u64) -> Result<(), GraphError> {
        let unit = self.drive.wire.fragment_multiple;
        let total = self.total.or(given.total);
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
    /// ASSUMED: The order of these checks, where a fragment is wrong in several ways (no option: order of checks).
    fn check(&self, given: &ContentRange, n_bytes: u64) -> Result<(), GraphError> {
        self.check_total(given)?;
        if given.n_bytes() != n_bytes {
            return Err(GraphError::fragment_of_other_length(given.n_bytes(), n_bytes));
        }
        match (self.total, given.total) {
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
        self.check_multiple(given, n_bytes)?;
        if given.range.start < self.n_received {
            return Err(GraphError::fragment_overlap(self.n_received));
        }
        if given.range.start > self.n_received {
            return Err(GraphError::fragment_out_of_order(self.n_received));
        }
        Ok(())
    }
}

/// The open sessions.
#[derive(Debug)]
pub(crate) struct UploadSessions {
    budget: Budget,
    open: Mutex<OpenSessions>,
}

#[derive(Debug, Default)]
struct OpenSessions {
    n_opened: u64,
    by_id: HashMap<Uuid, UploadSession>,
}

impl OpenSessions {
    fn forget_expired(&mut self, now: Timestamp) {
        self.by_id.retain(|_, session| session.expires_at > now);
    }

    /// Adds a session.
    ///
    /// ASSUMED: Too many upload sessions at a time fail with 429: the pages name no limit (no option: limit of
    /// drivesim).
    fn add(
        &mut self,
        (limits, budget): (&Limits, &Budget),
        now: Timestamp,
        mut session: UploadSession,
    ) -> Result<Uuid, GraphError> {
        self.forget_expired(now);
        if self.by_id.len() >= limits.max_sessions {
            let message = format!("There are {} upload sessions, which is the limit.", self.by_id.len());
            return Err(GraphError::busy(message));
        }
        session.permit =
            Some(Arc::new(budget.take(BudgetPart::Uploads, session.cost()).map_err(over_budget)?));
        self.n_opened += 1;
        let name = format!("drivesim upload session {}", self.n_opened);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        self.by_id.insert(id, session);
        Ok(id)
    }

    fn get(&mut self, id: Uuid, now: Timestamp) -> Result<&mut UploadSession, GraphError> {
        let is_usable = |session: &&mut UploadSession| session.expires_at > now && !session.is_ending;
        self.by_id.get_mut(&id).filter(is_usable).ok_or_else(GraphError::not_found)
    }
}

/// The targets of the open sessions of a drive.
#[derive(Clone, Debug)]
pub(crate) struct SessionTargets {
    pub(crate) targets: Vec<UploadPath>,
    /// The number of sessions opened so far.
    n_opened: u64,
}

/// Returns the error for bytes beyond the budget of upload sessions.
///
/// ASSUMED: More bytes than this server holds in upload sessions fail with 507 (no option: limit of drivesim).
fn over_budget(over: OverBudget) -> GraphError {
    let message = format!("The budget of upload sessions is exhausted: {over}.");
    GraphError::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::QuotaLimitReached, message)
}

impl UploadSessions {
    pub(crate) fn new(budget: &Budget) -> UploadSessions {
        UploadSessions { budget: budget.clone(), open: Mutex::default() }
    }

    /// Removes all sessions. Their URLs are never used again: a late fragment must not be written into another file.
    pub(crate) fn clear(&self) {
        let mut open = self.open.lock();
        *open = OpenSessions { n_opened: open.n_opened, ..OpenSessions::default() };
    }

    /// Removes the sessions of a drive.
    pub(crate) fn remove_of_drive(&self, drive: DriveId) {
        let mut open = self.open.lock();
        open.by_id.retain(|_, session| session.drive.drive_ref.id() != drive);
    }

    /// Returns the targets of the open sessions of a drive.
    pub(crate) fn targets_of(&self, drive: DriveId, now: Timestamp) -> SessionTargets {
        let open = self.open.lock();
        let sessions = open.by_id.values();
        let of_drive =
            sessions.filter(|session| session.drive.drive_ref.id() == drive && session.expires_at > now);
        SessionTargets {
            targets: of_drive.map(|session| session.target.clone()).collect(),
            n_opened: open.n_opened,
        }
    }

    /// Opens a session.
    pub(crate) fn open(
        &self,
        limits: &Limits,
        now: Timestamp,
        session: UploadSession,
    ) -> Result<Uuid, GraphError> {
        self.open.lock().add((limits, &self.budget), now, session)
    }

    /// Opens a session; `None` if another one was opened since `seen`.
    pub(crate) fn open_if_unchanged(
        &self,
        seen: &SessionTargets,
        limits: &Limits,
        now: Timestamp,
        session: UploadSession,
    ) -> Result<Option<Uuid>, GraphError> {
        let mut open = self.open.lock();
        if open.n_opened != seen.n_opened {
            return Ok(None);
        }
        open.add((limits, &self.budget), now, session).map(Some)
    }

    /// Reads from a session.
    pub(crate) fn read<R>(
        &self,
        id: Uuid,
        now: Timestamp,
        read: impl FnOnce(&UploadSession) -> R,
    ) -> Result<R, GraphError> {
        self.open.lock().get(id, now).map(|session| read(session))
    }

    /// Adds the next bytes to a session. Returns the session if they are the last and no commit follows: the caller
    /// creates the file.
    pub(crate) fn add(
        &self,
        now: Timestamp,
        id: Uuid,
        range: &ContentRange,
        bytes: &Bytes,
    ) -> Result<Option<UploadSession>, GraphError> {
        let mut open = self.open.lock();
        open.forget_expired(now);
        let session = open.get(id, now)?;
        session.check(range, bytes.len() as u64)?;
        let permit =
            self.budget.take(BudgetPart::Uploads, bytes.len() + FRAGMENT_OVERHEAD).map_err(over_budget)?;
        session.total = session.total.or(range.total);
        session.n_received = range.range.end;
        // Copied, because the bytes may be part of a larger buffer, which they would keep alive.
        let bytes = FileBytes::from(bytes.to_vec());
        session.fragments.push(Fragment { bytes, permit: Arc::new(permit) });
        let is_last = session.is_whole() && !session.is_deferred;
        Ok(is_last.then(|| session.end()))
    }

    /// Commits a session and returns it: the caller creates the file.
    ///
    /// ASSUMED: The commit of an upload session that lacks bytes fails with 400 (no option: no other reading is known).
    pub(crate) fn commit(&self, id: Uuid, now: Timestamp) -> Result<UploadSession, GraphError> {
        let mut open = self.open.lock();
        let session = open.get(id, now)?;
        if !session.is_complete() {
            return Err(GraphError::invalid("The session does not hold the whole file yet."));
        }
        Ok(session.end())
    }

    /// Cancels a session.
    pub(crate) fn cancel(&self, id: Uuid, now: Timestamp) -> Result<(), GraphError> {
        let mut open = self.open.lock();
        open.get(id, now)?;
        open.by_id.remove(&id);
        Ok(())
    }

    /// Removes a session whose file was created.
    pub(crate) fn complete(&self, id: Uuid) {
        self.open.lock().by_id.remove(&id);
    }

    /// Reopens a session whose file could not be created, unless it was removed meanwhile.
    pub(crate) fn reopen(&self, id: Uuid, fragments: Vec<Fragment>) {
        if let Some(session) = self.open.lock().by_id.get_mut(&id) {
            session.fragments = fragments;
            session.is_ending = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;
    use crate::graph::drive;
    use crate::graph::item_locator::ItemLocator;
    use crate::graph::route::Route;
    use crate::http::ranges;
    use crate::state::app::App;
    use crate::state::options::ServerOptions;

    #[test]
    fn a_session_that_is_removed_while_its_file_is_created_stays_removed_and_counts_until_then() {
        let sim = Sim::builder().outline("drive mine profile=business owner=me\n").build().unwrap();
        let app = App::new(sim, ServerOptions::default()).unwrap();
        let (now, limits) = (app.sim.now(), Limits::default());
        let route = Route::read("/v1.0/me/drive/root:/a.bin:/createUploadSession").ok().unwrap();
        let drive = drive::find(&app, &route).unwrap();
        let root = ItemLocator { id: None, path: String::new(), action: String::new() };
        let place = UploadPath::Named { folder: root, name: "a.bin".to_owned() };
        let session = UploadSession::new(drive, place, Timestamp::MAX);
        let id = app.graph_uploads.open(&limits, now, session).unwrap();
        let used = || app.budget.usage_of(BudgetPart::Uploads).0;
        assert_eq!(used(), SESSION_OVERHEAD + "a.bin".len());
        let range = ranges::parse_content_range("bytes 0-2/3").unwrap();
        let ending = app.graph_uploads.add(now, id, &range, &Bytes::from_static(b"abc")).unwrap().unwrap();
        assert_eq!(used(), SESSION_OVERHEAD + "a.bin".len() + FRAGMENT_OVERHEAD + 3);
        app.reset();
        app.graph_uploads.reopen(id, ending.clone().into_fragments());
        assert!(app.graph_uploads.read(id, now, |_| ()).is_err());
        assert_eq!(used(), SESSION_OVERHEAD + "a.bin".len() + FRAGMENT_OVERHEAD + 3);
        drop(ending);
        assert_eq!(used(), 0);
    }

    #[test]
    fn joined_fragments_count_once() {
        let sim = Sim::builder().outline("drive mine profile=business owner=me\n").build().unwrap();
        let app = App::new(sim, ServerOptions::default()).unwrap();
        let (now, limits) = (app.sim.now(), Limits::default());
        let route = Route::read("/v1.0/me/drive/root:/a.bin:/createUploadSession").ok().unwrap();
        let root = ItemLocator { id: None, path: String::new(), action: String::new() };
        let place = UploadPath::Named { folder: root, name: "a.bin".to_owned() };
        let session = UploadSession::new(drive::find(&app, &route).unwrap(), place, Timestamp::MAX);
        let id = app.graph_uploads.open(&limits, now, session).unwrap();
        let add = |range: &str, bytes: &'static [u8]| {
            let range = ranges::parse_content_range(range).unwrap();
            app.graph_uploads.add(now, id, &range, &Bytes::from_static(bytes)).unwrap()
        };
        let used = || app.budget.usage_of(BudgetPart::Uploads).0;
        assert!(add("bytes 0-2/6", b"abc").is_none());
        let before = used();
        let mut ending = add("bytes 3-5/6", b"def").unwrap();
        assert_eq!(ending.join(), Content::from("abcdef"));
        assert_eq!(used(), before - FRAGMENT_OVERHEAD + 3);
        app.graph_uploads.reopen(id, ending.into_fragments());
        let mut again = app.graph_uploads.commit(id, now).unwrap();
        assert_eq!((again.join(), used()), (Content::from("abcdef"), before - FRAGMENT_OVERHEAD + 3));
    }
}
