//! The only place that makes the hashes of what files hold, and that keeps those that were made.

mod quick_xor;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use drivesim::Content;
use foldhash::fast::FixedState;
use parking_lot::Mutex;
use sha1::Digest;

use crate::app::App;
use crate::call::Call;
use crate::hashes::quick_xor::QuickXor;

/// Generated content above this is not hashed: a declared size must cost nothing.
const MOST_GENERATED: u64 = 64 << 20;
/// How many contents are remembered.
const MOST_KEPT: usize = 10_000;
/// How many bytes of given contents are held by that, those of the latest not counted. Most are in a drive anyway.
const MOST_HELD: u64 = 1 << 30;
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
    let is_paid = is_hashable(content) && call.may_hash(content.size(), app.options.limits.max_hashed as u64);
    if is_paid { app.hashes.of(call, content, which) } else { None }
}

fn is_hashable(content: &Content) -> bool {
    !matches!(content, Content::Generated { size, .. } if *size > MOST_GENERATED)
}

/// The hashes that were made, the oldest of which are forgotten first.
#[derive(Debug, Default)]
pub(crate) struct HashCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_key: HashMap<Key, (Content, Arc<Hashes>), FixedState>,
    order: VecDeque<Key>,
    n_held: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Where given bytes are. They stay there while the cache holds them.
    Bytes(usize, Which),
    Generated(u64, u64, Which),
}

impl Key {
    fn of(content: &Content, which: Which) -> Key {
        match content {
            Content::Bytes(bytes) => Key::Bytes(Arc::as_ptr(bytes).addr(), which),
            Content::Generated { size, number } => Key::Generated(*size, *number, which),
        }
    }
}

impl HashCache {
    /// Returns the hashes of a content; `None` if there is no time to make them.
    fn of(&self, call: &Call, content: &Content, which: Which) -> Option<Arc<Hashes>> {
        let key = Key::of(content, which);
        if let Some((_, hashes)) = self.0.lock().by_key.get(&key) {
            return Some(hashes.clone());
        }
        if !call.has_time_to_hash(content.size()) {
            return None;
        }
        // Made without the lock: two may make the same, none waits for another's.
        let hashes = Arc::new(make(content, which));
        self.0.lock().put(key, content.clone(), hashes.clone(), MOST_HELD);
        Some(hashes)
    }
}

impl Kept {
    fn put(&mut self, key: Key, content: Content, hashes: Arc<Hashes>, most_held: u64) {
        if self.by_key.contains_key(&key) {
            return;
        }
        while self.order.len() >= MOST_KEPT || self.n_held > most_held {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some((content, _)) = self.by_key.remove(&oldest) {
                self.n_held -= held(&content);
            }
        }
        self.n_held += held(&content);
        self.by_key.insert(key, (content, hashes));
        self.order.push_back(key);
    }
}

/// Returns the memory that a content takes.
fn held(content: &Content) -> u64 {
    match content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::Generated { .. } => 0,
    }
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

    fn call() -> Call {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        Call::head(&mut parts, None, None).unwrap()
    }

    #[test]
    fn who_is_in_a_hurry_makes_few_hashes_and_takes_all_that_were_made() {
        let (cache, hurried) = (HashCache::default(), call());
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
        let cache = HashCache::default();
        let content = Content::from(vec![7; 2000]);
        let first = cache.of(&call(), &content, Which::Business);
        assert_eq!(cache.of(&call(), &content.clone(), Which::Business), first);
        assert_eq!(cache.0.lock().by_key.len(), 1);
        assert_ne!(cache.of(&call(), &content, Which::Personal), first);
        assert_ne!(cache.of(&call(), &Content::from(vec![8; 2000]), Which::Business), first);
        assert_eq!(cache.0.lock().n_held, 6000);
    }

    #[test]
    fn the_oldest_are_forgotten_when_too_many_bytes_are_held() {
        let cache = HashCache::default();
        let mut kept = cache.0.lock();
        let contents: Vec<Content> = (0..5).map(|_| Content::from(vec![0; 400])).collect();
        for content in &contents {
            kept.put(Key::of(content, Which::Business), content.clone(), Arc::default(), 1000);
        }
        let is_kept = |content| kept.by_key.contains_key(&Key::of(content, Which::Business));
        assert_eq!(contents.iter().map(is_kept).collect::<Vec<_>>(), [false, false, true, true, true]);
        assert_eq!((kept.n_held, kept.order.len()), (1200, 3));
    }

    #[test]
    fn the_hashes_of_generated_bytes_are_those_of_the_bytes() {
        let generated = Content::Generated { size: 200_000, number: 3 };
        let mut bytes = vec![0; 200_000];
        generated.read_at(0, &mut bytes);
        assert_eq!(make(&generated, Which::Personal), make(&Content::from(bytes), Which::Personal));
    }
}
