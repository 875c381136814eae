//! Stores upload sessions of all services: their parts, their number, their expiry.
//!
//! A service keeps with each session what the file is to be. The store does not know that type, which belongs to the
//! service, and hands it out as it was given.

mod session;

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use drivesim::drive::DriveId;
use drivesim::item::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, OverBudget};

pub(crate) use self::session::{UploadSession, min_memory};

/// The maximal number of completed sessions that are remembered, and also that of expired ones.
const MAX_REMEMBERED: usize = 1000;

/// How a request names a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UploadKey {
    pub(crate) id: Uuid,
    /// The drive that the session must belong to, if the URL names one.
    pub(crate) drive: Option<DriveId>,
}

impl UploadKey {
    fn names(&self, id: Uuid, drive: DriveId) -> bool {
        self.id == id && self.drive.is_none_or(|named| named == drive)
    }
}

/// A session that is to be opened.
#[derive(Clone, Debug)]
pub(crate) struct NewUpload {
    pub(crate) drive: DriveId,
    /// What the service keeps with the session.
    pub(crate) details: Arc<dyn Any + Send + Sync>,
    /// The memory of the details.
    pub(crate) n_bytes: usize,
    /// The size of the file, if it is known.
    pub(crate) total: Option<u64>,
    pub(crate) expires_at: Timestamp,
}

/// The reason why a session is not found, or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UploadError {
    /// There is no session with this id, or its file is being created.
    NotFound(Uuid),
    /// It has expired, not longer ago than it was open.
    Expired,
    /// This many are open, which is the limit.
    TooMany(usize),
    /// Its bytes do not fit into the budget now.
    OverBudget(OverBudget),
}

/// The upload sessions of a service.
#[derive(Debug)]
pub(crate) struct UploadStore {
    /// The beginning of the texts from which the ids are derived.
    id_prefix: &'static str,
    max_open: usize,
    budget: Budget,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    n_opened: u64,
    by_id: HashMap<Uuid, UploadSession>,
    /// The sessions that have expired and those that were completed, the oldest first.
    expired: VecDeque<PastSession>,
    completed: VecDeque<PastSession>,
}

/// A session that is gone and still known.
#[derive(Debug)]
struct PastSession {
    id: Uuid,
    drive: DriveId,
    known_until: Timestamp,
}

/// What the service keeps with the open sessions of a drive.
#[derive(Debug)]
pub(crate) struct OpenUploads<D> {
    pub(crate) details: Vec<Arc<D>>,
    /// The number of sessions opened so far.
    n_opened: u64,
}

impl UploadStore {
    pub(crate) fn new(id_prefix: &'static str, limits: &Limits, budget: &Budget) -> UploadStore {
        let (max_open, budget) = (limits.max_sessions, budget.clone());
        UploadStore { id_prefix, max_open, budget, sessions: Mutex::default() }
    }

    /// Removes all sessions. Their ids are never used again: a late part must not be written into another file.
    pub(crate) fn clear(&self) {
        let mut sessions = self.sessions.lock();
        let n_opened = sessions.n_opened;
        let removed = std::mem::replace(&mut *sessions, Sessions { n_opened, ..Sessions::default() });
        drop(sessions);
        drop(removed);
    }

    /// Removes the sessions of a drive.
    pub(crate) fn remove_of_drive(&self, drive: DriveId) {
        let mut sessions = self.sessions.lock();
        sessions.by_id.retain(|_, session| session.drive != drive);
        sessions.expired.retain(|past| past.drive != drive);
        sessions.completed.retain(|past| past.drive != drive);
    }

    /// Opens a session.
    pub(crate) fn open(&self, now: Timestamp, upload: NewUpload) -> Result<Uuid, UploadError> {
        self.add(&mut self.sessions.lock(), now, upload)
    }

    /// Returns the open sessions of a drive whose details have a type.
    pub(crate) fn open_in<D: Any + Send + Sync>(&self, drive: DriveId, now: Timestamp) -> OpenUploads<D> {
        let sessions = self.sessions.lock();
        let open = sessions.by_id.values().filter(|session| session.drive == drive);
        let open = open.filter(|session| session.expires_at > now);
        OpenUploads {
            details: open.filter_map(UploadSession::details).collect(),
            n_opened: sessions.n_opened,
        }
    }

    /// Opens a session; `None` if another one was opened since `seen`.
    pub(crate) fn open_if_unchanged<D>(
        &self,
        seen: &OpenUploads<D>,
        now: Timestamp,
        upload: NewUpload,
    ) -> Result<Option<Uuid>, UploadError> {
        let mut sessions = self.sessions.lock();
        if sessions.n_opened != seen.n_opened {
            return Ok(None);
        }
        self.add(&mut sessions, now, upload).map(Some)
    }

    fn add(&self, sessions: &mut Sessions, now: Timestamp, upload: NewUpload) -> Result<Uuid, UploadError> {
        sessions.expire(now);
        if sessions.by_id.len() >= self.max_open {
            return Err(UploadError::TooMany(sessions.by_id.len()));
        }
        let n_bytes = session::SESSION_OVERHEAD + upload.n_bytes;
        let permit = self.budget.take(BudgetPart::Uploads, n_bytes).map_err(UploadError::OverBudget)?;
        sessions.n_opened += 1;
        let name = format!("{} {}", self.id_prefix, sessions.n_opened);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        sessions.by_id.insert(id, UploadSession::new(id, upload, now, permit));
        Ok(id)
    }

    /// Reads from a session.
    pub(crate) fn read<R, E: From<UploadError>>(
        &self,
        key: UploadKey,
        now: Timestamp,
        read: impl FnOnce(&UploadSession) -> Result<R, E>,
    ) -> Result<R, E> {
        read(self.sessions.lock().get(key, now)?)
    }

    /// Changes a session.
    pub(crate) fn change<R, E: From<UploadError>>(
        &self,
        key: UploadKey,
        now: Timestamp,
        change: impl FnOnce(&mut UploadSession) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut sessions = self.sessions.lock();
        sessions.expire(now);
        change(sessions.get(key, now)?)
    }

    /// Reopens a session whose file could not be created, unless it was removed meanwhile.
    pub(crate) fn reopen(&self, session: UploadSession) {
        if let Some(kept) = self.sessions.lock().by_id.get_mut(&session.id) {
            kept.resume(session);
        }
    }

    /// Removes a session whose file was created, and remembers it unless it was removed meanwhile.
    pub(crate) fn complete(&self, id: Uuid) {
        let mut sessions = self.sessions.lock();
        if let Some(session) = sessions.by_id.remove(&id) {
            sessions.completed.push_back(session.past());
            keep_last(&mut sessions.completed);
        }
    }

    /// Removes a session without creating its file.
    pub(crate) fn cancel(&self, key: UploadKey, now: Timestamp) -> Result<(), UploadError> {
        let mut sessions = self.sessions.lock();
        sessions.get(key, now)?;
        sessions.by_id.remove(&key.id);
        Ok(())
    }

    /// Forgets a completed session; returns whether there was one.
    pub(crate) fn forget_completed(&self, key: UploadKey) -> bool {
        let mut sessions = self.sessions.lock();
        let at = sessions.completed.iter().position(|past| key.names(past.id, past.drive));
        at.and_then(|at| sessions.completed.remove(at)).is_some()
    }
}

impl Sessions {
    /// Drops the parts of expired sessions, and forgets those that expired long ago.
    fn expire(&mut self, now: Timestamp) {
        let mut expired = Vec::new();
        self.by_id.retain(|_, session| {
            let is_open = session.expires_at > now;
            if !is_open {
                expired.push(session.past());
            }
            is_open
        });
        expired.sort_by_key(|past| (past.known_until, past.id));
        self.expired.extend(expired);
        self.expired.retain(|past| past.known_until > now);
        keep_last(&mut self.expired);
    }

    /// Finds a session whose file is not being created.
    fn get(&mut self, key: UploadKey, now: Timestamp) -> Result<&mut UploadSession, UploadError> {
        if self.by_id.get(&key.id).is_none_or(|session| session.expires_at <= now) {
            self.expire(now);
        }
        if self.expired.iter().any(|past| key.names(past.id, past.drive)) {
            return Err(UploadError::Expired);
        }
        let session = self.by_id.get_mut(&key.id).filter(|session| key.names(session.id, session.drive));
        session.filter(|session| !session.is_ending()).ok_or(UploadError::NotFound(key.id))
    }
}

fn keep_last(past: &mut VecDeque<PastSession>) {
    let n_over = past.len().saturating_sub(MAX_REMEMBERED);
    past.drain(..n_over);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const LIFE: Duration = Duration::from_secs(60);

    struct Fixture {
        budget: Budget,
        store: UploadStore,
    }

    impl Fixture {
        fn new(limits: &Limits) -> Fixture {
            let budget = Budget::new(limits);
            Fixture { store: UploadStore::new("test", limits, &budget), budget }
        }

        /// Opens a session for a file of six bytes.
        fn open(&self, drive: DriveId, now: Timestamp) -> Result<UploadKey, UploadError> {
            let upload = NewUpload {
                drive,
                details: Arc::new("a.bin"),
                n_bytes: "a.bin".len(),
                total: Some(6),
                expires_at: now + LIFE,
            };
            self.store.open(now, upload).map(|id| UploadKey { id, drive: Some(drive) })
        }

        fn add(&self, key: UploadKey, offset: u64, bytes: &[u8]) {
            let range = offset..offset + bytes.len() as u64;
            self.store.change(key, NOW, |session| session.add_part(range, bytes, None)).unwrap();
        }

        fn take(&self, key: UploadKey) -> Result<UploadSession, UploadError> {
            self.store.change(key, NOW, |session| Ok::<_, UploadError>(session.end()))
        }

        fn found(&self, key: UploadKey, now: Timestamp) -> Result<usize, UploadError> {
            self.store.read(key, now, |session| Ok::<_, UploadError>(session.parts().len()))
        }

        fn n_bytes(&self) -> usize {
            self.budget.usage_of(BudgetPart::Uploads).0
        }
    }

    fn drive(number: u128) -> DriveId {
        DriveId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_session_that_is_removed_while_its_file_is_created_stays_removed_and_counts_until_then() {
        let removals: [fn(&Fixture); 3] = [
            |server| server.store.clear(),
            |server| server.store.remove_of_drive(drive(1)),
            |server| server.store.sessions.lock().expire(NOW + LIFE),
        ];
        for remove in removals {
            let server = Fixture::new(&Limits::default());
            let key = server.open(drive(1), NOW).unwrap();
            server.add(key, 0, b"abc");
            let n_bytes = server.n_bytes();
            let ending = server.take(key).unwrap();
            remove(&server);
            assert_eq!(server.n_bytes(), n_bytes);
            server.store.reopen(ending);
            assert!(server.found(key, NOW).is_err());
            assert_eq!(server.n_bytes(), 0);
            server.store.complete(key.id);
            assert!(!server.store.forget_completed(key));
        }
    }

    #[test]
    fn a_session_is_not_found_while_its_file_is_created_and_is_open_again_if_that_fails() {
        let server = Fixture::new(&Limits::default());
        let key = server.open(drive(1), NOW).unwrap();
        server.add(key, 0, b"abcdef");
        let ending = server.take(key).unwrap();
        let not_found = UploadError::NotFound(key.id);
        assert_eq!(server.found(key, NOW), Err(not_found));
        assert_eq!(server.store.cancel(key, NOW), Err(not_found));
        assert_eq!(server.store.open_in::<&str>(drive(1), NOW).details, [Arc::new("a.bin")]);
        server.store.reopen(ending);
        assert_eq!(server.found(key, NOW), Ok(1));
        server.store.cancel(key, NOW).unwrap();
        assert_eq!((server.found(key, NOW), server.n_bytes()), (Err(not_found), 0));
    }

    #[test]
    fn joined_parts_count_once_and_further_parts_follow_them() {
        let server = Fixture::new(&Limits::default());
        let key = server.open(drive(1), NOW).unwrap();
        let empty = server.n_bytes();
        server.add(key, 0, b"ab");
        server.add(key, 2, b"cd");
        let mut ending = server.take(key).unwrap();
        assert_eq!(&*ending.join(), b"abcd");
        assert_eq!(server.n_bytes(), empty + 4);
        server.store.reopen(ending);
        server.add(key, 4, b"ef");
        let mut ending = server.take(key).unwrap();
        assert_eq!(ending.pieces().collect::<Vec<_>>(), [&b"abcd"[..], b"ef"]);
        assert_eq!(&*ending.join(), b"abcdef");
        assert_eq!(&*ending.join(), b"abcdef");
        assert_eq!((server.n_bytes(), ending.parts().len()), (empty + 6, 3));
    }

    #[test]
    fn an_expired_session_is_known_for_as_long_as_it_was_open() {
        let server = Fixture::new(&Limits::default());
        let key = server.open(drive(1), NOW).unwrap();
        server.add(key, 0, b"abc");
        assert_eq!(server.found(key, NOW + LIFE - Duration::from_nanos(1)), Ok(1));
        assert_eq!(server.found(key, NOW + LIFE), Err(UploadError::Expired));
        assert_eq!(server.n_bytes(), 0);
        assert_eq!(server.found(key, NOW + 2 * LIFE), Err(UploadError::NotFound(key.id)));
    }

    #[test]
    fn a_key_with_another_drive_names_no_session() {
        let server = Fixture::new(&Limits::default());
        let key = server.open(drive(1), NOW).unwrap();
        let elsewhere = UploadKey { drive: Some(drive(2)), ..key };
        assert_eq!(server.found(elsewhere, NOW), Err(UploadError::NotFound(key.id)));
        assert_eq!(server.found(UploadKey { drive: None, ..key }, NOW), Ok(0));
        server.store.complete(key.id);
        assert!(!server.store.forget_completed(elsewhere));
        assert!(server.store.forget_completed(key) && !server.store.forget_completed(key));
    }

    #[test]
    fn sessions_are_limited_in_number_and_bytes_and_their_ids_are_never_used_again() {
        let server = Fixture::new(&Limits::default().max_sessions(2).max_session_bytes(2000));
        let first = server.open(drive(1), NOW).unwrap();
        let seen = server.store.open_in::<&str>(drive(1), NOW);
        server.open(drive(1), NOW).unwrap();
        assert_eq!(server.open(drive(1), NOW), Err(UploadError::TooMany(2)));
        let too_long = |session: &mut UploadSession| session.add_part(0..2000, &[0; 2000], None);
        let over = server.store.change(first, NOW, too_long).unwrap_err();
        assert!(matches!(over, UploadError::OverBudget(_)), "{over:?}");
        let upload = NewUpload {
            drive: drive(1),
            details: Arc::new(""),
            n_bytes: 0,
            total: None,
            expires_at: NOW + LIFE,
        };
        assert_eq!(server.store.open_if_unchanged(&seen, NOW, upload), Ok(None));
        server.store.clear();
        let ids = [server.open(drive(1), NOW), server.open(drive(1), NOW)];
        assert!(ids.iter().all(|key| key.is_ok_and(|key| key != first)));
    }
}
