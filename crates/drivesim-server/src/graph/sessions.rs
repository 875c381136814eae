//! Keeps upload sessions: what they hold, how many there are, and when they expire.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use drivesim::{Conflict, Content, DriveId, FileBytes, Times, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::budget::{Budget, OverBudget, Part, Share};
use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::upload::Place;
use crate::limits::Limits;
use crate::ranges::ContentRange;

/// What a fragment costs beside its bytes: many tiny ones take memory too.
const OVERHEAD: usize = 160;
/// What a session costs beside its texts.
const SESSION: usize = 2 * size_of::<Session>();

/// Bytes of a file, and the room for them.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    bytes: FileBytes,
    share: Arc<Share>,
}

/// An upload that is not done.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) found: Found,
    pub(crate) place: Place,
    pub(crate) conflict: Conflict,
    pub(crate) times: Times,
    pub(crate) description: Option<String>,
    /// Whether it waits for a commit.
    pub(crate) is_deferred: bool,
    /// Whether its fragments may leave the size of the file open.
    pub(crate) takes_open_total: bool,
    /// How large the file will be, once a request has said it.
    pub(crate) total: Option<u64>,
    pub(crate) expires_at: Timestamp,
    fragments: Vec<Fragment>,
    n_held: u64,
    /// The room for all else, once it is open.
    room: Option<Arc<Share>>,
    /// Whether its file is being made. Until that has failed no request finds it.
    is_ending: bool,
}

impl Session {
    /// Creates an empty session with the usual settings.
    pub(crate) fn new(found: Found, place: Place, expires_at: Timestamp) -> Session {
        Session {
            found,
            place,
            conflict: Conflict::default(),
            times: Times::default(),
            description: None,
            is_deferred: false,
            takes_open_total: false,
            total: None,
            expires_at,
            fragments: Vec::new(),
            n_held: 0,
            room: None,
            is_ending: false,
        }
    }

    /// Returns the memory that it takes without its fragments, about.
    fn cost(&self) -> usize {
        let folder = match &self.place {
            Place::File(_) => 0,
            Place::Named { folder, name } => {
                name.len() + folder.path.len() + folder.id.as_ref().map_or(0, String::len)
            }
        };
        SESSION + folder + self.description.as_ref().map_or(0, String::len)
    }

    /// Returns whether it holds the whole file. No session holds an empty one.
    fn is_whole(&self) -> bool {
        self.total == Some(self.n_held) && !self.fragments.is_empty()
    }

    /// Returns whether a commit makes its file. A file whose size was left open is as large as what came.
    fn is_complete(&self) -> bool {
        let has_open_total = self.total.is_none() && !self.fragments.is_empty();
        self.is_whole() || has_open_total
    }

    /// Returns the ranges that are still to come: fragments come in order, so there is one at most
    /// (onedrive-api-docs issue 93). It has an end once a fragment has named the size of the file
    /// (onedrive-api-docs issues 75 and 1273). A `fileSize` alone gives it none, as in the example of the page.
    pub(crate) fn next_ranges(&self) -> Vec<String> {
        match self.total {
            _ if self.is_whole() => Vec::new(),
            Some(total) if self.n_held > 0 => vec![format!("{}-{}", self.n_held, total - 1)],
            _ => vec![format!("{}-", self.n_held)],
        }
    }

    /// Takes the fragments out to make the file of them; no request finds the session until they are put back.
    fn end(&mut self) -> Session {
        self.is_ending = true;
        let fragments = std::mem::take(&mut self.fragments);
        Session { fragments, ..self.clone() }
    }

    /// Returns all bytes that it holds as one content, which is its only fragment from then on. Each fragment goes as soon as
    /// it is copied, so that they are never there twice.
    pub(crate) fn join(&mut self) -> Content {
        if let [Fragment { bytes, .. }] = &*self.fragments {
            return Content::from(bytes.clone());
        }
        let Some(mut share) = self.fragments.first().map(|first| first.share.sibling()) else {
            return Content::empty();
        };
        let mut whole = Vec::with_capacity(usize::try_from(self.n_held).unwrap_or_default());
        for fragment in std::mem::take(&mut self.fragments) {
            let n_bytes = fragment.bytes.len();
            whole.extend_from_slice(&fragment.bytes);
            drop(fragment);
            // It had as much before.
            share.grow_anyway(n_bytes);
        }
        let bytes = FileBytes::from(whole);
        self.fragments.push(Fragment { bytes: bytes.clone(), share: Arc::new(share) });
        Content::from(bytes)
    }

    /// Returns the fragments, to be put back.
    pub(crate) fn into_fragments(self) -> Vec<Fragment> {
        self.fragments
    }

    /// Refuses a range that leaves the size of the file open where that is not allowed.
    pub(crate) fn check_total(&self, range: &ContentRange) -> Result<(), Refusal> {
        let is_open = range.total.is_none();
        if is_open && !self.takes_open_total { Err(Refusal::no_content_range()) } else { Ok(()) }
    }

    /// Refuses a fragment that is no multiple of what the drive wants, unless it is the last, or may be.
    fn check_multiple(&self, given: &ContentRange, n_bytes: u64) -> Result<(), Refusal> {
        let unit = self.found.wire.fragment_multiple;
        let total = self.total.or(given.total);
        let may_be_last = total.is_none_or(|total| given.range.end == total);
        if may_be_last || n_bytes.checked_rem(unit).unwrap_or(0) == 0 {
            return Ok(());
        }
        Err(Refusal::invalid(format!("A fragment is a multiple of {unit} bytes, unless it is the last.")))
    }

    /// Refuses a fragment that does not come next. Which refusal comes first, if a fragment has several faults, is
    /// *assumed* (no option: order of checks).
    fn check(&self, given: &ContentRange, n_bytes: u64) -> Result<(), Refusal> {
        self.check_total(given)?;
        if given.n_bytes() != n_bytes {
            return Err(Refusal::fragment_of_other_length(given.n_bytes(), n_bytes));
        }
        match (self.total, given.total) {
            (Some(total), Some(other)) if total != other => {
                return Err(Refusal::fragment_of_other_total(total, other));
            }
            // A fragment beyond the end of the file, whose size it leaves open, is 400, which is *assumed* (no option:
            // rare).
            (Some(total), None) if given.range.end > total => {
                return Err(Refusal::invalid(format!(
                    "The file has {total} bytes, the fragment goes beyond."
                )));
            }
            _ => {}
        }
        self.check_multiple(given, n_bytes)?;
        if given.range.start < self.n_held {
            return Err(Refusal::fragment_overlap(self.n_held));
        }
        if given.range.start > self.n_held {
            return Err(Refusal::fragment_out_of_order(self.n_held));
        }
        Ok(())
    }
}

/// The sessions that are open.
#[derive(Debug)]
pub(crate) struct Sessions {
    budget: Budget,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    n_made: u64,
    by_id: HashMap<Uuid, Session>,
}

impl Open {
    fn forget_expired(&mut self, now: Timestamp) {
        self.by_id.retain(|_, session| session.expires_at > now);
    }

    /// Adds a session. Too many upload sessions at a time are refused with 429, which is *assumed*: the pages name no
    /// limit (no option: limit of drivesim).
    fn add(
        &mut self,
        (limits, budget): (&Limits, &Budget),
        now: Timestamp,
        mut session: Session,
    ) -> Result<Uuid, Refusal> {
        self.forget_expired(now);
        if self.by_id.len() >= limits.max_sessions {
            let message = format!("There are {} upload sessions, no more are kept.", self.by_id.len());
            return Err(Refusal::busy(message));
        }
        session.room = Some(Arc::new(budget.take(Part::Uploads, session.cost()).map_err(no_room)?));
        self.n_made += 1;
        let name = format!("drivesim upload session {}", self.n_made);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        self.by_id.insert(id, session);
        Ok(id)
    }

    fn get(&mut self, id: Uuid, now: Timestamp) -> Result<&mut Session, Refusal> {
        let is_usable = |session: &&mut Session| session.expires_at > now && !session.is_ending;
        self.by_id.get_mut(&id).filter(is_usable).ok_or_else(Refusal::not_found)
    }
}

/// Where the open sessions of a drive put their files.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) places: Vec<Place>,
    /// How many sessions were ever opened.
    n_made: u64,
}

/// Refuses what upload sessions have no room for. More bytes than this server holds in upload sessions are refused with
/// 507, which is *assumed* (no option: limit of drivesim).
fn no_room(over: OverBudget) -> Refusal {
    let message = format!("There is no room for it in upload sessions: {over}.");
    Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "quotaLimitReached", message)
}

impl Sessions {
    pub(crate) fn new(budget: &Budget) -> Sessions {
        Sessions { budget: budget.clone(), open: Mutex::default() }
    }

    /// Forgets all of them. Their URLs are never used again: a late fragment must not be written into another file.
    pub(crate) fn forget(&self) {
        let mut open = self.open.lock();
        *open = Open { n_made: open.n_made, ..Open::default() };
    }

    /// Forgets those of a drive.
    pub(crate) fn forget_of(&self, drive: DriveId) {
        let mut open = self.open.lock();
        open.by_id.retain(|_, session| session.found.drive.id() != drive);
    }

    /// Returns where the open sessions of a drive put their files.
    pub(crate) fn seen(&self, drive: DriveId, now: Timestamp) -> Seen {
        let open = self.open.lock();
        let sessions = open.by_id.values();
        let of_drive =
            sessions.filter(|session| session.found.drive.id() == drive && session.expires_at > now);
        Seen { places: of_drive.map(|session| session.place.clone()).collect(), n_made: open.n_made }
    }

    /// Opens a session.
    pub(crate) fn open(&self, limits: &Limits, now: Timestamp, session: Session) -> Result<Uuid, Refusal> {
        self.open.lock().add((limits, &self.budget), now, session)
    }

    /// Opens a session unless another one was opened since: `None`.
    pub(crate) fn open_after(
        &self,
        seen: &Seen,
        limits: &Limits,
        now: Timestamp,
        session: Session,
    ) -> Result<Option<Uuid>, Refusal> {
        let mut open = self.open.lock();
        if open.n_made != seen.n_made {
            return Ok(None);
        }
        open.add((limits, &self.budget), now, session).map(Some)
    }

    /// Reads from a session.
    pub(crate) fn look<R>(
        &self,
        id: Uuid,
        now: Timestamp,
        look: impl FnOnce(&Session) -> R,
    ) -> Result<R, Refusal> {
        self.open.lock().get(id, now).map(|session| look(session))
    }

    /// Adds the next bytes to a session. Returns the session if they are the last and no commit is awaited: then its
    /// file is to be made.
    pub(crate) fn add(
        &self,
        now: Timestamp,
        id: Uuid,
        range: &ContentRange,
        bytes: &Bytes,
    ) -> Result<Option<Session>, Refusal> {
        let mut open = self.open.lock();
        open.forget_expired(now);
        let session = open.get(id, now)?;
        session.check(range, bytes.len() as u64)?;
        let room = self.budget.take(Part::Uploads, bytes.len() + OVERHEAD).map_err(no_room)?;
        session.total = session.total.or(range.total);
        session.n_held = range.range.end;
        // What came may be part of a larger buffer, which would stay with it.
        let bytes = FileBytes::from(bytes.to_vec());
        session.fragments.push(Fragment { bytes, share: Arc::new(room) });
        let is_last = session.is_whole() && !session.is_deferred;
        Ok(is_last.then(|| session.end()))
    }

    /// Returns a session whose file is to be made. An upload session that lacks bytes is refused with 400, which is
    /// *assumed* (no option: no other reading is known).
    pub(crate) fn commit(&self, id: Uuid, now: Timestamp) -> Result<Session, Refusal> {
        let mut open = self.open.lock();
        let session = open.get(id, now)?;
        if !session.is_complete() {
            return Err(Refusal::invalid("The session does not hold the whole file yet."));
        }
        Ok(session.end())
    }

    /// Cancels a session.
    pub(crate) fn cancel(&self, id: Uuid, now: Timestamp) -> Result<(), Refusal> {
        let mut open = self.open.lock();
        open.get(id, now)?;
        open.by_id.remove(&id);
        Ok(())
    }

    /// Ends a session whose file was made.
    pub(crate) fn end(&self, id: Uuid) {
        self.open.lock().by_id.remove(&id);
    }

    /// Keeps a session whose file could not be made, unless it was forgotten meanwhile.
    pub(crate) fn resume(&self, id: Uuid, fragments: Vec<Fragment>) {
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
    use crate::app::App;
    use crate::graph::drive;
    use crate::graph::route::{ItemName, Route};
    use crate::options::ServerOptions;
    use crate::ranges;

    #[test]
    fn a_session_that_was_forgotten_while_its_file_was_made_stays_so_and_counts_until_that_is_over() {
        let sim = Sim::builder().outline("drive mine profile=business owner=me\n").build().unwrap();
        let app = App::new(sim, ServerOptions::default()).unwrap();
        let (now, limits) = (app.sim.now(), Limits::default());
        let route = Route::read("/v1.0/me/drive/root:/a.bin:/createUploadSession").ok().unwrap();
        let found = drive::find(&app, &route).unwrap();
        let root = ItemName { id: None, path: String::new(), action: String::new() };
        let place = Place::Named { folder: root, name: "a.bin".to_owned() };
        let session = Session::new(found, place, Timestamp::MAX);
        let id = app.sessions.open(&limits, now, session).unwrap();
        let held = || app.budget.of(Part::Uploads).0;
        assert_eq!(held(), SESSION + "a.bin".len());
        let range = ranges::content_range("bytes 0-2/3").unwrap();
        let ending = app.sessions.add(now, id, &range, &Bytes::from_static(b"abc")).unwrap().unwrap();
        assert_eq!(held(), SESSION + "a.bin".len() + OVERHEAD + 3);
        app.reset();
        app.sessions.resume(id, ending.clone().into_fragments());
        assert!(app.sessions.look(id, now, |_| ()).is_err());
        assert_eq!(held(), SESSION + "a.bin".len() + OVERHEAD + 3);
        drop(ending);
        assert_eq!(held(), 0);
    }

    #[test]
    fn fragments_that_are_joined_count_once() {
        let sim = Sim::builder().outline("drive mine profile=business owner=me\n").build().unwrap();
        let app = App::new(sim, ServerOptions::default()).unwrap();
        let (now, limits) = (app.sim.now(), Limits::default());
        let route = Route::read("/v1.0/me/drive/root:/a.bin:/createUploadSession").ok().unwrap();
        let root = ItemName { id: None, path: String::new(), action: String::new() };
        let place = Place::Named { folder: root, name: "a.bin".to_owned() };
        let session = Session::new(drive::find(&app, &route).unwrap(), place, Timestamp::MAX);
        let id = app.sessions.open(&limits, now, session).unwrap();
        let add = |range: &str, bytes: &'static [u8]| {
            let range = ranges::content_range(range).unwrap();
            app.sessions.add(now, id, &range, &Bytes::from_static(bytes)).unwrap()
        };
        let held = || app.budget.of(Part::Uploads).0;
        assert!(add("bytes 0-2/6", b"abc").is_none());
        let before = held();
        let mut ending = add("bytes 3-5/6", b"def").unwrap();
        assert_eq!(ending.join(), Content::from("abcdef"));
        assert_eq!(held(), before - OVERHEAD + 3);
        app.sessions.resume(id, ending.into_fragments());
        let mut again = app.sessions.commit(id, now).unwrap();
        assert_eq!((again.join(), held()), (Content::from("abcdef"), before - OVERHEAD + 3));
    }
}
