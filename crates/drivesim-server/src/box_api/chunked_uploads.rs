//! Stores chunked uploads to Box: their parts, their number, their expiry.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use drivesim::{DriveId, FileBytes, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart as Kept, Permit};

/// The size of all parts but the last (recorded responses).
pub(crate) const PART_SIZE: u64 = 8 << 20;
/// The lifetime of a session, and also the time for which it is known as expired.
pub(crate) const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The target of an upload, with the ids that the client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChunkedTarget {
    File { folder: String, name: String },
    Version { file: String, name: Option<String> },
}

/// A part that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceivedPart {
    pub(crate) id: String,
    pub(crate) range: Range<u64>,
    pub(crate) sha1: [u8; 20],
    bytes: Bytes,
}

/// Identifies an upload. An id is only valid in its drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ChunkedUploadId {
    pub(crate) drive: DriveId,
    pub(crate) id: Uuid,
}

/// An upload in progress.
#[derive(Clone, Debug)]
pub(crate) struct ChunkedUpload {
    pub(crate) target: ChunkedTarget,
    /// The size of the file.
    pub(crate) size: u64,
    pub(crate) expires_at: Timestamp,
    /// The parts by their offsets. The bytes of each part carry their own permit.
    parts: BTreeMap<u64, ReceivedPart>,
    /// All parts in one piece, once a commit has joined them.
    joined: Option<FileBytes>,
    /// The permit for the session itself, once it is open.
    permit: Option<Arc<Permit>>,
}

impl ChunkedUpload {
    pub(crate) fn new(goal: ChunkedTarget, size: u64, now: Timestamp) -> ChunkedUpload {
        let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        ChunkedUpload { target: goal, size, expires_at, parts: BTreeMap::new(), joined: None, permit: None }
    }

    /// Estimates its memory without its parts.
    fn cost(&self) -> usize {
        let texts = match &self.target {
            ChunkedTarget::File { folder, name } => folder.len() + name.len(),
            ChunkedTarget::Version { file, name } => file.len() + name.as_ref().map_or(0, String::len),
        };
        SESSION_OVERHEAD + texts
    }

    /// Returns the number of parts of the file.
    pub(crate) fn total_parts(&self) -> u64 {
        self.size.div_ceil(PART_SIZE)
    }

    /// Returns the received parts, in the order of the file.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = &ReceivedPart> {
        self.parts.values()
    }

    /// Returns whether all parts were received.
    pub(crate) fn is_complete(&self) -> bool {
        self.parts.len() as u64 == self.total_parts()
    }

    /// Returns the bytes of each received part.
    pub(crate) fn part_bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.values().map(|part| &*part.bytes)
    }

    /// Joins the parts, which become slices of the returned bytes. Each part is freed as soon as it is copied, so that
    /// not all bytes are held twice.
    pub(crate) fn join(&mut self) -> FileBytes {
        if let Some(joined) = &self.joined {
            return joined.clone();
        }
        let mut permit = self.permit.as_ref().map(|permit| permit.empty_like());
        let mut whole = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
        for part in self.parts.values_mut() {
            let n_bytes = part.bytes.len();
            whole.extend_from_slice(&std::mem::take(&mut part.bytes));
            // The freed part had as much.
            permit.iter_mut().for_each(|permit| permit.grow_anyway(n_bytes));
        }
        let joined = FileBytes::from(whole);
        let bytes = match permit {
            Some(permit) => permit.hold(joined.clone()),
            None => Bytes::from_owner(joined.clone()),
        };
        let index = |at: u64| bytes.len().min(usize::try_from(at).unwrap_or(usize::MAX));
        for part in self.parts.values_mut() {
            part.bytes = bytes.slice(index(part.range.start)..index(part.range.end));
        }
        self.joined = Some(joined.clone());
        joined
    }

    /// Fails if no part of this file has the range (guide to chunked uploads: 416).
    fn check(&self, range: &Range<u64>, total: u64) -> Result<(), BoxError> {
        let end = range.start.saturating_add(PART_SIZE).min(self.size);
        if total == self.size && range.start % PART_SIZE == 0 && range.end == end {
            return Ok(());
        }
        let message = format!(
            "Parts of this file of {} bytes begin at multiples of {PART_SIZE} and have that size, except for the last",
            self.size
        );
        // ASSUMED: A range that no part of an upload to Box has fails with the code `invalid_range`: only the status is
        // documented (no option: no other reading is known).
        Err(BoxError::new(StatusCode::RANGE_NOT_SATISFIABLE, BoxErrorCode::InvalidRange, message))
    }
}

/// The chunked uploads of a server.
#[derive(Debug)]
pub(crate) struct ChunkedUploads {
    budget: Budget,
    open: Mutex<OpenUploads>,
}

#[derive(Debug, Default)]
struct OpenUploads {
    n_opened: u64,
    sessions: HashMap<ChunkedUploadId, ChunkedUpload>,
    /// The expired sessions, the oldest first, each with the time until which it is known.
    expired: VecDeque<(ChunkedUploadId, Timestamp)>,
    /// The sessions that are being committed, and are put back if that fails.
    committing: HashSet<ChunkedUploadId>,
    /// The committed sessions that were not aborted since, the oldest first.
    committed: VecDeque<ChunkedUploadId>,
}

/// The largest number of committed sessions that are remembered, and also that of expired ones.
const MAX_REMEMBERED: usize = 1000;
/// The memory of a session without its texts, and of a part without its bytes.
const SESSION_OVERHEAD: usize = 2 * size_of::<(ChunkedUploadId, ChunkedUpload)>();
const PART_OVERHEAD: usize = 2 * size_of::<ReceivedPart>();

/// Returns the least memory of a complete session for a file of a size.
pub(crate) fn min_memory(size: u64) -> u64 {
    let n_parts = size.div_ceil(PART_SIZE);
    size.saturating_add(n_parts.saturating_mul(PART_OVERHEAD as u64)).saturating_add(SESSION_OVERHEAD as u64)
}

impl OpenUploads {
    /// Drops the parts of expired sessions, and forgets those that expired long ago.
    fn expire(&mut self, now: Timestamp) {
        let mut expired: Vec<(ChunkedUploadId, Timestamp)> = Vec::new();
        self.sessions.retain(|key, session| {
            let is_open = session.expires_at > now;
            if !is_open {
                expired.push((*key, session.expires_at.saturating_add(LIFE).unwrap_or(Timestamp::MAX)));
            }
            is_open
        });
        expired.sort_by_key(|(key, until)| (*until, key.id));
        self.expired.extend(expired);
        self.expired.retain(|(_, until)| *until > now);
        let n_over = self.expired.len().saturating_sub(MAX_REMEMBERED);
        self.expired.drain(..n_over);
    }

    /// Finds a session.
    ///
    /// ASSUMED: An expired upload session of Box is 410 for as long as it was valid, and then not found (no option: no
    /// other reading is known).
    fn get(&mut self, key: ChunkedUploadId, now: Timestamp) -> Result<&mut ChunkedUpload, BoxError> {
        self.expire(now);
        if self.expired.iter().any(|(expired, _)| *expired == key) {
            return Err(BoxError::new(
                StatusCode::GONE,
                BoxErrorCode::SessionExpired,
                "The upload session has expired",
            ));
        }
        self.sessions.get_mut(&key).ok_or_else(|| not_found(key))
    }
}

impl ChunkedUploads {
    pub(crate) fn new(budget: &Budget) -> ChunkedUploads {
        ChunkedUploads { budget: budget.clone(), open: Mutex::default() }
    }

    /// Removes all sessions. Their ids are never used again: a late part must not be written into another file.
    pub(crate) fn clear(&self) {
        let mut open = self.open.lock();
        *open = OpenUploads { n_opened: open.n_opened, ..OpenUploads::default() };
    }

    /// Removes the sessions of a drive.
    pub(crate) fn remove_of_drive(&self, drive: DriveId) {
        let mut open = self.open.lock();
        open.sessions.retain(|key, _| key.drive != drive);
        open.expired.retain(|(key, _)| key.drive != drive);
        open.committing.retain(|key| key.drive != drive);
        open.committed.retain(|key| key.drive != drive);
    }

    /// Opens a session.
    ///
    /// ASSUMED: Too many upload sessions of Box at a time are 429: the pages name no limit (no option: limit of
    /// drivesim).
    pub(crate) fn open(
        &self,
        limits: &Limits,
        now: Timestamp,
        drive: DriveId,
        mut session: ChunkedUpload,
    ) -> Result<ChunkedUploadId, BoxError> {
        let mut open = self.open.lock();
        open.expire(now);
        let n_open = open.sessions.len();
        if n_open >= limits.max_sessions {
            let message = format!("There are {n_open} upload sessions, which is the limit");
            let error =
                BoxError::new(StatusCode::TOO_MANY_REQUESTS, BoxErrorCode::RateLimitExceeded, message);
            return Err(error.with_header(header::RETRY_AFTER, "1"));
        }
        let permit = self.budget.take(Kept::Uploads, session.cost()).map_err(|_| BoxError::over_quota())?;
        session.permit = Some(Arc::new(permit));
        open.n_opened += 1;
        let name = format!("drivesim chunked upload {}", open.n_opened);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        open.sessions.insert(ChunkedUploadId { drive, id }, session);
        Ok(ChunkedUploadId { drive, id })
    }

    /// Reads from a session.
    pub(crate) fn read<R>(
        &self,
        key: ChunkedUploadId,
        now: Timestamp,
        read: impl FnOnce(&ChunkedUpload) -> R,
    ) -> Result<R, BoxError> {
        self.open.lock().get(key, now).map(|session| read(session))
    }

    /// Adds a part to a session. Fails if there is another part with its range (guide to chunked uploads).
    ///
    /// ASSUMED: A part of an upload to Box that is sent again with the same bytes succeeds (no option: no other reading
    /// is known).
    /// ASSUMED: More bytes than upload sessions of Box may hold are 403 `storage_limit_exceeded` (no option: limit of
    /// drivesim).
    pub(crate) fn add(
        &self,
        now: Timestamp,
        key: ChunkedUploadId,
        (range, total): (Range<u64>, u64),
        (bytes, sha1): (Bytes, [u8; 20]),
    ) -> Result<ReceivedPart, BoxError> {
        let mut open = self.open.lock();
        let session = open.get(key, now)?;
        session.check(&range, total)?;
        if let Some(existing) = session.parts.get(&range.start) {
            let is_same = existing.sha1 == sha1;
            let message = "A part with this range was uploaded already, with other bytes";
            let error =
                || BoxError::new(StatusCode::CONFLICT, BoxErrorCode::RangeOverlapsExistingPart, message);
            return is_same.then(|| existing.clone()).ok_or_else(error);
        }
        let permit = self
            .budget
            .take(Kept::Uploads, bytes.len() + PART_OVERHEAD)
            .map_err(|_| BoxError::over_quota())?;
        // The number of the part, scrambled with that of the session.
        let number = (range.start / PART_SIZE) as u32 ^ key.id.as_fields().0;
        // Copied, because the bytes may be part of a larger buffer, which they would keep alive.
        let part =
            ReceivedPart { id: format!("{number:08X}"), range, sha1, bytes: permit.hold(bytes.to_vec()) };
        session.parts.insert(part.range.start, part.clone());
        Ok(part)
    }

    /// Removes a session, to commit or abort it.
    pub(crate) fn take(&self, key: ChunkedUploadId, now: Timestamp) -> Result<ChunkedUpload, BoxError> {
        let mut open = self.open.lock();
        open.get(key, now)?;
        let session = open.sessions.remove(&key).ok_or_else(|| not_found(key))?;
        open.committing.insert(key);
        Ok(session)
    }

    /// Puts back a session whose commit failed, unless it was removed meanwhile.
    pub(crate) fn put_back(&self, key: ChunkedUploadId, session: ChunkedUpload) {
        let mut open = self.open.lock();
        if open.committing.remove(&key) {
            open.sessions.insert(key, session);
        }
    }

    /// Records that a session was committed.
    pub(crate) fn mark_committed(&self, key: ChunkedUploadId) {
        let mut open = self.open.lock();
        // A session that was removed meanwhile stays removed.
        if open.committing.remove(&key) {
            open.committed.push_back(key);
            let n_over = open.committed.len().saturating_sub(MAX_REMEMBERED);
            open.committed.drain(..n_over);
        }
    }

    /// Forgets a committed session; returns whether there was one.
    pub(crate) fn forget_committed(&self, key: ChunkedUploadId) -> bool {
        let mut open = self.open.lock();
        let at = open.committed.iter().position(|committed| *committed == key);
        at.and_then(|at| open.committed.remove(at)).is_some()
    }

    /// Drops a session that was aborted.
    pub(crate) fn drop_aborted(&self, key: ChunkedUploadId) {
        self.open.lock().committing.remove(&key);
    }
}

fn not_found(key: ChunkedUploadId) -> BoxError {
    BoxError::not_found("upload_session", &key.id.simple().to_string())
}
