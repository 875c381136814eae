//! Makes the hashes of what files hold, and keeps those that were made, without what they were made of.

mod quick_xor;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use drivesim::{Content, WeakFileBytes};
use foldhash::fast::FixedState;
use parking_lot::Mutex;
use sha1::Digest;

use crate::app::App;
use crate::budget::{Budget, Part, Share};
use crate::call::Call;
use crate::hashes::quick_xor::QuickXor;

/// Generated content above this is not hashed: a declared size must cost nothing.
const MOST_GENERATED: u64 = 64 << 20;
/// The hashes of how many contents are remembered.
const MOST_KEPT: usize = 10_000;
/// What an entry takes beside its texts: its key twice, its place in the table, the counts of the bytes.
const ENTRY: usize = 288;
/// How many bytes are hashed at a time.
const PIECE: usize = 64 << 10;

/// Which hashes a kind of drive tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    /// quickXorHash.
    Business,
    /// quickXorHash, SHA-1 and SHA-256.
    Personal,
    /// SHA-1.
    Box,
}

/// The hashes of a content, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashes {
    /// In Base64.
    pub(crate) quick_xor: Option<String>,
    /// In hexadecimal digits, the letters of which are small.
    pub(crate) sha1: Option<String>,
    /// The same.
    pub(crate) sha256: Option<String>,
}

/// Returns the hashes of a content; `None` if it is too large to be hashed.
pub(crate) fn of(app: &App, call: &Call, content: &Content, which: Which) -> Option<Arc<Hashes>> {
    if is_hashable(content) { app.hashes.of(call, content, which) } else { None }
}

/// Returns the hashes of a content as those of one file of many; `None` also if they would cost more than an answer may.
/// That services leave hashes out where they would take too long is *assumed*: the page on hashes says that a hash may
/// be missing (no option: limit of drivesim).
pub(crate) fn of_one_of_many(app: &App, call: &Call, content: &Content, which: Which) -> Option<Arc<Hashes>> {
    if may_be_made(app, call, content) { app.hashes.of(call, content, which) } else { None }
}

/// Counts what the hashes of one file of many cost, and returns whether the answer may have them.
pub(crate) fn may_be_made(app: &App, call: &Call, content: &Content) -> bool {
    is_hashable(content) && call.may_hash(content.size(), app.options.limits.max_hashed as u64)
}

fn is_hashable(content: &Content) -> bool {
    !matches!(content, Content::Generated { size, .. } if *size > MOST_GENERATED)
}

/// The hashes that were made, the oldest of which are forgotten first.
#[derive(Debug)]
pub(crate) struct HashCache(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    by_key: HashMap<Key, Entry, FixedState>,
    order: VecDeque<Key>,
    share: Share,
}

#[derive(Debug)]
struct Entry {
    /// That of given bytes. As long as it is here, no others get their address.
    bytes: Option<WeakFileBytes>,
    hashes: Arc<Hashes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The address of given bytes.
    Bytes(usize, Which),
    Generated(u64, u64, Which),
}

impl Key {
    fn of(content: &Content, which: Which) -> Key {
        match content {
            Content::Bytes(bytes) => Key::Bytes(bytes.address(), which),
            Content::Generated { size, number } => Key::Generated(*size, *number, which),
        }
    }
}

impl HashCache {
    pub(crate) fn new(budget: &Budget) -> HashCache {
        HashCache(Mutex::new(Kept::new(budget.share(Part::Hashes))))
    }

    /// Forgets all.
    pub(crate) fn forget(&self) {
        let mut kept = self.0.lock();
        *kept = Kept::new(kept.share.sibling());
    }

    /// Returns the hashes of a content; `None` if there is no time to make them.
    fn of(&self, call: &Call, content: &Content, which: Which) -> Option<Arc<Hashes>> {
        let key = Key::of(content, which);
        if let Some(hashes) = self.0.lock().get(key, content) {
            return Some(hashes);
        }
        if !call.has_time_to_hash(content.size()) {
            return None;
        }
        // Made without the lock: two may make the same, none waits for another's.
        let hashes = Arc::new(make(content, which));
        self.0.lock().put(key, content, hashes.clone());
        Some(hashes)
    }
}

impl Kept {
    /// Begins with nothing, and with a share that holds nothing.
    fn new(share: Share) -> Kept {
        Kept { by_key: HashMap::default(), order: VecDeque::new(), share }
    }

    fn get(&self, key: Key, content: &Content) -> Option<Arc<Hashes>> {
        let entry = self.by_key.get(&key)?;
        let is_it = match (&entry.bytes, content) {
            (Some(weak), Content::Bytes(bytes)) => weak.is_of(bytes),
            (None, Content::Generated { .. }) => true,
            _ => false,
        };
        is_it.then(|| entry.hashes.clone())
    }

    /// Remembers hashes, and forgets the oldest that leave no room for them.
    fn put(&mut self, key: Key, content: &Content, hashes: Arc<Hashes>) {
        if self.by_key.contains_key(&key) {
            return;
        }
        while self.order.len() >= MOST_KEPT || self.share.grow(cost(&hashes)).is_err() {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(entry) = self.by_key.remove(&oldest) {
                // To make it smaller is never refused.
                let _ = self.share.resize(self.share.n_bytes().saturating_sub(cost(&entry.hashes)));
            }
        }
        let bytes = match content {
            Content::Bytes(bytes) => Some(bytes.downgrade()),
            Content::Generated { .. } => None,
        };
        self.by_key.insert(key, Entry { bytes, hashes });
        self.order.push_back(key);
    }
}

/// Returns the memory that an entry takes, about.
fn cost(hashes: &Hashes) -> usize {
    let texts = [&hashes.quick_xor, &hashes.sha1, &hashes.sha256];
    ENTRY + texts.into_iter().flatten().map(String::len).sum::<usize>()
}

fn make(content: &Content, which: Which) -> Hashes {
    let mut quick = (which != Which::Box).then(QuickXor::new);
    let mut sha1 = (which != Which::Business).then(sha1::Sha1::new);
    let mut sha256 = (which == Which::Personal).then(sha2::Sha256::new);
    each_piece(content, |piece| {
        quick.iter_mut().for_each(|quick| quick.update(piece));
        sha1.iter_mut().for_each(|sha1| sha1.update(piece));
        sha256.iter_mut().for_each(|sha256| sha256.update(piece));
    });
    Hashes {
        quick_xor: quick.as_ref().map(QuickXor::finish),
        sha1: sha1.map(|sha1| HEXLOWER.encode(&sha1.finalize())),
        sha256: sha256.map(|sha256| HEXLOWER.encode(&sha256.finalize())),
    }
}

fn each_piece(content: &Content, mut take: impl FnMut(&[u8])) {
    if let Content::Bytes(bytes) = content {
        return bytes.chunks(PIECE).for_each(take);
    }
    let mut buffer = vec![0; PIECE.min(usize::try_from(content.size()).unwrap_or(PIECE))];
    let mut offset = 0;
    while offset < content.size() {
        let n_read = content.read_at(offset, &mut buffer);
        take(&buffer[..n_read]);
        offset += n_read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn call() -> Call {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        Call::head(&mut parts, None, None, crate::call::Room::default()).unwrap()
    }

    fn cache() -> HashCache {
        HashCache::new(&Budget::new(&Limits::default()))
    }

    #[test]
    fn who_is_in_a_hurry_makes_few_hashes_and_takes_all_that_were_made() {
        let (cache, hurried) = (cache(), call());
        let (small, large) = (Content::from(vec![1; 9]), Content::from(vec![2; 200 << 10]));
        hurried.hurry();
        assert!(cache.of(&hurried, &small, Which::Box).is_some());
        assert!(cache.of(&hurried, &large, Which::Box).is_none());
        assert!(hurried.begins_again());
        let made = cache.of(&hurried, &large, Which::Box);
        assert!(made.is_some() && !hurried.begins_again());
        let other = call();
        other.hurry();
        assert_eq!(cache.of(&other, &large, Which::Box), made);
        assert!(!other.begins_again());
    }

    #[test]
    fn hashes_are_made_once_for_one_content_and_apart_for_others() {
        let cache = cache();
        let content = Content::from(vec![7; 2000]);
        let first = cache.of(&call(), &content, Which::Business);
        assert_eq!(cache.of(&call(), &content.clone(), Which::Business), first);
        assert_eq!(cache.0.lock().by_key.len(), 1);
        assert_ne!(cache.of(&call(), &content, Which::Personal), first);
        assert_ne!(cache.of(&call(), &Content::from(vec![8; 2000]), Which::Business), first);
        let texts = [28, 28 + 40 + 64, 28].map(|texts| ENTRY + texts);
        assert_eq!(cache.0.lock().share.n_bytes(), texts.iter().sum::<usize>());
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_is_no_room_for_more() {
        let budget = Budget::new(&Limits::default().max_hash_bytes(3 * ENTRY));
        let cache = HashCache::new(&budget);
        let mut kept = cache.0.lock();
        let contents: Vec<Content> = (0..5).map(|_| Content::from(vec![0; 400])).collect();
        for content in &contents {
            kept.put(Key::of(content, Which::Business), content, Arc::default());
        }
        let is_kept = |content| kept.by_key.contains_key(&Key::of(content, Which::Business));
        assert_eq!(contents.iter().map(is_kept).collect::<Vec<_>>(), [false, false, true, true, true]);
        assert_eq!((budget.of(Part::Hashes).0, kept.order.len()), (3 * ENTRY, 3));
        drop(kept);
        cache.forget();
        assert_eq!((budget.of(Part::Hashes).0, cache.0.lock().by_key.len()), (0, 0));
    }

    #[test]
    fn hashes_keep_no_content_and_are_not_taken_for_those_of_another() {
        let cache = cache();
        // Allocators hand out an address again as soon as it is free.
        for number in 0..100_u8 {
            let content = Content::from(vec![number; 4096]);
            let made = cache.of(&call(), &content, Which::Box);
            assert_eq!(made.as_deref(), Some(&make(&content, Which::Box)), "{number}");
            let Content::Bytes(bytes) = content else { panic!("given bytes") };
            let weak = bytes.downgrade();
            drop(bytes);
            assert!(weak.is_gone(), "{number}");
        }
    }

    #[test]
    fn what_was_uploaded_hashed_and_purged_is_free() {
        let app =
            App::new(drivesim::Sim::builder().build().unwrap(), crate::ServerOptions::default()).unwrap();
        let content = Content::from(vec![1; 100_000]);
        let Content::Bytes(bytes) = &content else { panic!("given bytes") };
        let weak = bytes.downgrade();
        let file = app.sim.write("/a.bin", content).unwrap();
        let held = app.sim.content("/a.bin").unwrap();
        assert!(of(&app, &call(), &held, Which::Personal).is_some());
        drop(held);
        app.sim.delete_permanently("/a.bin").unwrap();
        assert!(!app.sim.exists(file));
        app.sim.write("/b.bin", Content::from("b")).unwrap();
        app.reset();
        assert!(weak.is_gone());
        assert_eq!(app.budget.of(Part::Hashes).0, 0);
    }

    #[test]
    fn the_hashes_of_generated_bytes_are_those_of_the_bytes() {
        let generated = Content::Generated { size: 200_000, number: 3 };
        let mut bytes = vec![0; 200_000];
        generated.read_at(0, &mut bytes);
        assert_eq!(make(&generated, Which::Personal), make(&Content::from(bytes), Which::Personal));
    }
}
