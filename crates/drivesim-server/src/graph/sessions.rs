//! The only place that keeps upload sessions: what they hold, how many there are, and when they run out.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::StatusCode;
use drivesim::{Conflict, Content, DriveId, Times, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::upload::Place;
use crate::limits::Limits;
use crate::ranges::Fragment;

/// What a fragment costs beside its bytes: many tiny ones take memory too.
const OVERHEAD: usize = 128;

/// An upload that is not done.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) found: Found,
    pub(crate) place: Place,
    pub(crate) conflict: Conflict,
    pub(crate) times: Times,
    pub(crate) description: Option<String>,
    /// Whether it waits to be told that it is complete.
    pub(crate) is_deferred: bool,
    /// How large the file will be, once that was said.
    pub(crate) total: Option<u64>,
    pub(crate) expires_at: Timestamp,
    fragments: Vec<Bytes>,
    n_held: u64,
    /// The memory it takes, about.
    cost: usize,
}

impl Session {
    /// Makes one that holds nothing and does what is usual.
    pub(crate) fn new(found: Found, place: Place, expires_at: Timestamp) -> Session {
        Session {
            found,
            place,
            conflict: Conflict::default(),
            times: Times::default(),
            description: None,
            is_deferred: false,
            total: None,
            expires_at,
            fragments: Vec::new(),
            n_held: 0,
            cost: 0,
        }
    }

    /// Says whether it holds the whole file; of an empty one it has to be said that this is it.
    pub(crate) fn is_whole(&self) -> bool {
        self.total == Some(self.n_held) && !self.fragments.is_empty()
    }

    /// Returns the ranges that are still to come.
    pub(crate) fn next_ranges(&self) -> Vec<String> {
        if self.is_whole() { Vec::new() } else { vec![format!("{}-", self.n_held)] }
    }

    /// Returns what it holds in one piece.
    pub(crate) fn content(&self) -> Content {
        Content::from(self.fragments.concat())
    }

    /// Refuses bytes that do not come next (createUploadSession: in order, of one total; the codes from the page on
    /// errors). That a range that names another size of the file than those before is 400 is *assumed*.
    fn check(&self, fragment: &Fragment, n_bytes: u64) -> Result<(), Refusal> {
        let invalid = |inner, message: String| Err(Refusal::invalid_range(message).inner(inner));
        let (start, n_held) = (fragment.range.start, self.n_held);
        if let Some(total) = self.total.filter(|&total| total != fragment.total) {
            let message = format!("The file was to have {total} bytes, now it is {}.", fragment.total);
            return Err(Refusal::invalid(message));
        }
        let n_said = fragment.range.end - start;
        if n_said != n_bytes {
            let message = format!("The range has {n_said} bytes, the body {n_bytes}.");
            return invalid("fragmentLengthMismatch", message);
        }
        if start < n_held {
            return invalid("fragmentOverlap", format!("The bytes before {n_held} were received already."));
        }
        if start > n_held {
            return invalid("fragmentOutOfOrder", format!("The next byte expected is {n_held}."));
        }
        Ok(())
    }
}

/// The sessions that are open.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    n_made: u64,
    /// What all of them together cost.
    cost: usize,
    by_id: HashMap<Uuid, Session>,
}

impl Open {
    fn forget_expired(&mut self, now: Timestamp) {
        self.by_id.retain(|_, session| session.expires_at > now);
        self.cost = self.by_id.values().map(|session| session.cost).sum();
    }

    fn take(&mut self, id: Uuid) -> Result<Session, Refusal> {
        let session = self.by_id.remove(&id).ok_or_else(Refusal::not_found)?;
        self.cost -= session.cost;
        Ok(session)
    }

    fn get(&mut self, id: Uuid, now: Timestamp) -> Result<&mut Session, Refusal> {
        self.by_id.get_mut(&id).filter(|session| session.expires_at > now).ok_or_else(Refusal::not_found)
    }
}

impl Sessions {
    /// Forgets all of them. Their URLs do not come again: who still sends to one must not write into another file.
    pub(crate) fn forget(&self) {
        let mut open = self.0.lock();
        *open = Open { n_made: open.n_made, ..Open::default() };
    }

    /// Forgets those of a drive.
    pub(crate) fn forget_of(&self, drive: DriveId) {
        let mut open = self.0.lock();
        open.by_id.retain(|_, session| session.found.drive.id() != drive);
        open.cost = open.by_id.values().map(|session| session.cost).sum();
    }

    /// Opens a session. That too many upload sessions at a time are 429 is *assumed*: the pages name no limit.
    pub(crate) fn open(&self, limits: &Limits, now: Timestamp, session: Session) -> Result<Uuid, Refusal> {
        let mut open = self.0.lock();
        open.forget_expired(now);
        if open.by_id.len() >= limits.max_sessions {
            let message = format!("There are {} upload sessions, no more are kept.", open.by_id.len());
            return Err(Refusal::busy(message));
        }
        open.n_made += 1;
        let name = format!("drivesim upload session {}", open.n_made);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        open.by_id.insert(id, session);
        Ok(id)
    }

    /// Looks at a session.
    pub(crate) fn look<R>(
        &self,
        id: Uuid,
        now: Timestamp,
        look: impl FnOnce(&Session) -> R,
    ) -> Result<R, Refusal> {
        self.0.lock().get(id, now).map(|session| look(session))
    }

    /// Adds the next bytes to a session. If they are the last and it does not wait to be told, it is taken out: whoever
    /// sent them has it alone. That more bytes than this server holds in upload sessions are 507 is *assumed*.
    pub(crate) fn add(
        &self,
        limits: &Limits,
        now: Timestamp,
        id: Uuid,
        (fragment, bytes): (&Fragment, Bytes),
    ) -> Result<Option<Session>, Refusal> {
        let mut open = self.0.lock();
        open.forget_expired(now);
        let cost = bytes.len() + OVERHEAD;
        let cost_of_all = open.cost + cost;
        let session = open.get(id, now)?;
        session.check(fragment, bytes.len() as u64)?;
        if cost_of_all > limits.max_session_bytes {
            let most = limits.max_session_bytes;
            let message = format!("Upload sessions may hold {most} bytes together, this would be more.");
            return Err(Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached", message));
        }
        session.total = Some(fragment.total);
        session.n_held = fragment.range.end;
        // What came may be part of a larger buffer, which would stay with it.
        session.fragments.push(Bytes::copy_from_slice(&bytes));
        session.cost += cost;
        let is_done = session.is_whole() && !session.is_deferred;
        open.cost = cost_of_all;
        if is_done { open.take(id).map(Some) } else { Ok(None) }
    }

    /// Takes a session out.
    pub(crate) fn take(&self, id: Uuid, now: Timestamp) -> Result<Session, Refusal> {
        let mut open = self.0.lock();
        open.forget_expired(now);
        open.take(id)
    }

    /// Puts a session back that was taken out in vain.
    pub(crate) fn put_back(&self, id: Uuid, session: Session) {
        let mut open = self.0.lock();
        open.cost += session.cost;
        open.by_id.insert(id, session);
    }
}
