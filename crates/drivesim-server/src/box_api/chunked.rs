//! Keeps chunked uploads to Box: their parts, how many of them there are, and when they run out.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use drivesim::{DriveId, FileBytes, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::box_api::preflight;
use crate::box_api::refusal::Refusal;
use crate::budget::{Budget, Part as Kept, Share};
use crate::limits::Limits;

/// How many bytes all parts but the last have (recorded answers).
pub(crate) const PART_SIZE: u64 = 8 << 20;
/// How long a session lasts, and how long it is known after that it has run out.
pub(crate) const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What an upload is to become, with the ids that the client gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    File { folder: String, name: String },
    Version { file: String, name: Option<String> },
}

/// A part that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) range: Range<u64>,
    pub(crate) sha1: [u8; 20],
    bytes: Bytes,
}

/// Which upload it is: the same id names none in another drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) drive: DriveId,
    pub(crate) id: Uuid,
}

/// An upload that is not done.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) goal: Goal,
    /// How large the file will be.
    pub(crate) size: u64,
    pub(crate) expires_at: Timestamp,
    /// By where they begin. The bytes of each count themselves.
    parts: BTreeMap<u64, Part>,
    /// All parts in one piece, once a commit has put them together.
    joined: Option<FileBytes>,
    /// The room for all else, once it is open.
    room: Option<Arc<Share>>,
}

impl Session {
    pub(crate) fn new(goal: Goal, size: u64, now: Timestamp) -> Session {
        let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        Session { goal, size, expires_at, parts: BTreeMap::new(), joined: None, room: None }
    }

    /// Returns the memory that it takes without its parts, about.
    fn cost(&self) -> usize {
        let texts = match &self.goal {
            Goal::File { folder, name } => folder.len() + name.len(),
            Goal::Version { file, name } => file.len() + name.as_ref().map_or(0, String::len),
        };
        SESSION + texts
    }

    /// Returns how many parts the file has.
    pub(crate) fn n_parts(&self) -> u64 {
        self.size.div_ceil(PART_SIZE)
    }

    /// Returns the parts that came, in the order of the file.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = &Part> {
        self.parts.values()
    }

    /// Returns whether all parts came.
    pub(crate) fn is_whole(&self) -> bool {
        self.parts.len() as u64 == self.n_parts()
    }

    /// Returns what came, piece by piece.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.values().map(|part| &*part.bytes)
    }

    /// Returns what came in one piece, of which the parts are slices from then on. Each part goes as soon as it is copied, so
    /// that they are never there twice.
    pub(crate) fn join(&mut self) -> FileBytes {
        if let Some(joined) = &self.joined {
            return joined.clone();
        }
        let mut share = self.room.as_ref().map(|room| room.sibling());
        let mut whole = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
        for part in self.parts.values_mut() {
            let n_bytes = part.bytes.len();
            whole.extend_from_slice(&std::mem::take(&mut part.bytes));
            // It had as much before.
            share.iter_mut().for_each(|share| share.grow_anyway(n_bytes));
        }
        let joined = FileBytes::from(whole);
        let bytes = match share {
            Some(share) => share.hold(joined.clone()),
            None => Bytes::from_owner(joined.clone()),
        };
        let place = |at: u64| bytes.len().min(usize::try_from(at).unwrap_or(usize::MAX));
        for part in self.parts.values_mut() {
            part.bytes = bytes.slice(place(part.range.start)..place(part.range.end));
        }
        self.joined = Some(joined.clone());
        joined
    }

    /// Refuses a range that no part of this file has (guide to chunked uploads: 416).
    fn check(&self, range: &Range<u64>, total: u64) -> Result<(), Refusal> {
        let end = range.start.saturating_add(PART_SIZE).min(self.size);
        if total == self.size && range.start % PART_SIZE == 0 && range.end == end {
            return Ok(());
        }
        let message = format!(
            "Parts of this file of {} bytes begin at multiples of {PART_SIZE} and have as many bytes, but for the last",
            self.size
        );
        // That a range that no part of an upload to Box has has the code `invalid_range` is *assumed*: only the status is
        // documented (no option: no other reading is known).
        Err(Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalid_range", message))
    }
}

/// The chunked uploads that are open.
#[derive(Debug)]
pub(crate) struct Chunked {
    budget: Budget,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    n_made: u64,
    sessions: HashMap<Key, Session>,
    /// Those that ran out, the oldest first, and until when they are known.
    expired: VecDeque<(Key, Timestamp)>,
    /// Those that were taken out to be made files, and may come back.
    taken: HashSet<Key>,
    /// Those that became files and were not given up since, the oldest first.
    committed: VecDeque<Key>,
}

/// How many committed sessions are known, and how many of those that ran out.
const MOST_KNOWN: usize = 1000;
/// What a session costs beside its texts, and a part beside its bytes.
const SESSION: usize = 2 * size_of::<(Key, Session)>();
const PART: usize = 2 * size_of::<Part>();

/// Returns what a session with a file of a size holds at least, when all parts are there.
pub(crate) fn cost_of(size: u64) -> u64 {
    let n_parts = size.div_ceil(PART_SIZE);
    size.saturating_add(n_parts.saturating_mul(PART as u64)).saturating_add(SESSION as u64)
}

impl Open {
    /// Lets those go that ran out long ago, and the parts of those that ran out.
    fn tidy(&mut self, now: Timestamp) {
        let mut ended: Vec<(Key, Timestamp)> = Vec::new();
        self.sessions.retain(|key, session| {
            let is_open = session.expires_at > now;
            if !is_open {
                ended.push((*key, session.expires_at.saturating_add(LIFE).unwrap_or(Timestamp::MAX)));
            }
            is_open
        });
        ended.sort_by_key(|(key, until)| (*until, key.id));
        self.expired.extend(ended);
        self.expired.retain(|(_, until)| *until > now);
        let n_over = self.expired.len().saturating_sub(MOST_KNOWN);
        self.expired.drain(..n_over);
    }

    /// Finds a session. That an upload session of Box that ran out is 410 for as long again, and then not found, is
    /// *assumed* (no option: no other reading is known).
    fn get(&mut self, key: Key, now: Timestamp) -> Result<&mut Session, Refusal> {
        self.tidy(now);
        if self.expired.iter().any(|(expired, _)| *expired == key) {
            return Err(Refusal::new(StatusCode::GONE, "session_expired", "The upload session has expired"));
        }
        self.sessions.get_mut(&key).ok_or_else(|| not_found(key))
    }
}

impl Chunked {
    pub(crate) fn new(budget: &Budget) -> Chunked {
        Chunked { budget: budget.clone(), open: Mutex::default() }
    }

    /// Forgets all of them. Their ids do not come again: who still sends to one must not write into another file.
    pub(crate) fn forget(&self) {
        let mut open = self.open.lock();
        *open = Open { n_made: open.n_made, ..Open::default() };
    }

    /// Forgets those of a drive.
    pub(crate) fn forget_of(&self, drive: DriveId) {
        let mut open = self.open.lock();
        open.sessions.retain(|key, _| key.drive != drive);
        open.expired.retain(|(key, _)| key.drive != drive);
        open.taken.retain(|key| key.drive != drive);
        open.committed.retain(|key| key.drive != drive);
    }

    /// Opens a session. That too many upload sessions of Box at a time are 429 is *assumed*: the pages name no limit
    /// (no option: limit of drivesim).
    pub(crate) fn open(
        &self,
        limits: &Limits,
        now: Timestamp,
        drive: DriveId,
        mut session: Session,
    ) -> Result<Key, Refusal> {
        let mut open = self.open.lock();
        open.tidy(now);
        let n_open = open.sessions.len();
        if n_open >= limits.max_sessions {
            let message = format!("There are {n_open} upload sessions, no more are kept");
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message);
            return Err(refusal.with(header::RETRY_AFTER, "1"));
        }
        let room = self.budget.take(Kept::Uploads, session.cost()).map_err(|_| preflight::no_room())?;
        session.room = Some(Arc::new(room));
        open.n_made += 1;
        let name = format!("drivesim chunked upload {}", open.n_made);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        open.sessions.insert(Key { drive, id }, session);
        Ok(Key { drive, id })
    }

    /// Looks at a session.
    pub(crate) fn look<R>(
        &self,
        key: Key,
        now: Timestamp,
        look: impl FnOnce(&Session) -> R,
    ) -> Result<R, Refusal> {
        self.open.lock().get(key, now).map(|session| look(session))
    }

    /// Adds a part to a session; another part with its range is refused (guide to chunked uploads). That a part of an
    /// upload to Box that comes again with the same bytes is taken as the same is *assumed* (no option: no other
    /// reading is known). That more bytes than upload sessions of Box may hold are 403 `storage_limit_exceeded` is
    /// *assumed* (no option: limit of drivesim).
    pub(crate) fn add(
        &self,
        now: Timestamp,
        key: Key,
        (range, total): (Range<u64>, u64),
        (bytes, sha1): (Bytes, [u8; 20]),
    ) -> Result<Part, Refusal> {
        let mut open = self.open.lock();
        let session = open.get(key, now)?;
        session.check(&range, total)?;
        if let Some(there) = session.parts.get(&range.start) {
            let is_same = there.sha1 == sha1;
            let message = "A part with this range was uploaded already, with other bytes";
            let refusal = || Refusal::new(StatusCode::CONFLICT, "range_overlaps_existing_part", message);
            return is_same.then(|| there.clone()).ok_or_else(refusal);
        }
        let room = self.budget.take(Kept::Uploads, bytes.len() + PART).map_err(|_| preflight::no_room())?;
        // One number for each part of a session, hidden by the session's own.
        let number = (range.start / PART_SIZE) as u32 ^ key.id.as_fields().0;
        // What came may be part of a larger buffer, which would stay with it.
        let part = Part { id: format!("{number:08X}"), range, sha1, bytes: room.hold(bytes.to_vec()) };
        session.parts.insert(part.range.start, part.clone());
        Ok(part)
    }

    /// Takes a session out, to be put back or let go.
    pub(crate) fn take(&self, key: Key, now: Timestamp) -> Result<Session, Refusal> {
        let mut open = self.open.lock();
        open.get(key, now)?;
        let session = open.sessions.remove(&key).ok_or_else(|| not_found(key))?;
        open.taken.insert(key);
        Ok(session)
    }

    /// Puts a session back that was taken out in vain, unless it was forgotten meanwhile.
    pub(crate) fn put_back(&self, key: Key, session: Session) {
        let mut open = self.open.lock();
        if open.taken.remove(&key) {
            open.sessions.insert(key, session);
        }
    }

    /// Lets a session go that was taken out and became a file.
    pub(crate) fn note_committed(&self, key: Key) {
        let mut open = self.open.lock();
        // One that was forgotten meanwhile stays forgotten.
        if open.taken.remove(&key) {
            open.committed.push_back(key);
            let n_over = open.committed.len().saturating_sub(MOST_KNOWN);
            open.committed.drain(..n_over);
        }
    }

    /// Forgets a session that became a file; returns whether it was one.
    pub(crate) fn forget_committed(&self, key: Key) -> bool {
        let mut open = self.open.lock();
        let at = open.committed.iter().position(|committed| *committed == key);
        at.and_then(|at| open.committed.remove(at)).is_some()
    }

    /// Lets a session go that was taken out.
    pub(crate) fn let_go(&self, key: Key) {
        self.open.lock().taken.remove(&key);
    }
}

fn not_found(key: Key) -> Refusal {
    Refusal::not_found("upload_session", &key.id.simple().to_string())
}
