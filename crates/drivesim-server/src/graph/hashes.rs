//! The only place that says which hashes a file has on the wire, and that keeps those that were made.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use data_encoding::{HEXLOWER, HEXUPPER};
use drivesim::{Content, Item};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha1::Digest;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{Flavour, Found};
use crate::graph::quick_xor::QuickXor;

/// Generated content above this is not hashed: a declared size must cost nothing.
const MOST_GENERATED: u64 = 64 << 20;
/// Contents up to this are hashed faster than they are looked up and kept.
const SMALL: u64 = 1 << 10;
/// How many contents are remembered.
const MOST_KEPT: usize = 10_000;
/// How many bytes of given contents are held by that, those of the latest not counted. Most are in a drive anyway.
const MOST_HELD: u64 = 1 << 30;
/// How many bytes are hashed at a time.
const PIECE: usize = 64 << 10;

/// Returns the hashes of a file; `None` if it is too large to be hashed or not there any more.
///
/// Business drives have quickXorHash alone, personal ones sha1Hash and sha256Hash as well (resource page on hashes;
/// sha1Hash in upper case from memory of real answers). That `sha256Hash` is in lower case is *assumed*.
pub(crate) fn of(app: &App, found: &Found, file: &Item) -> Option<Value> {
    hashable(app, found, file).map(|content| hashes(app, found, &content))
}

/// Returns the hashes of a file as one of many; `None` also if they would cost more than an answer may. That services
/// leave them out then is *assumed*: the page on hashes says that a hash may be missing.
pub(crate) fn of_one_of_many(app: &App, call: &Call, found: &Found, file: &Item) -> Option<Value> {
    let content = hashable(app, found, file)?;
    call.may_hash(content.size(), app.options.limits.max_hashed).then(|| hashes(app, found, &content))
}

/// Returns what a file holds, unless that is too large to be hashed.
fn hashable(app: &App, found: &Found, file: &Item) -> Option<Content> {
    let content = app.sim.content(found.drive.at(file.id)).ok()?;
    let is_too_large = matches!(content, Content::Generated { size, .. } if size > MOST_GENERATED);
    (!is_too_large).then_some(content)
}

fn hashes(app: &App, found: &Found, content: &Content) -> Value {
    if content.size() <= SMALL {
        return make(content, found.flavour);
    }
    app.hashes.of(content, found.flavour)
}

/// The hashes that were made, the oldest of which are forgotten first.
#[derive(Debug, Default)]
pub(crate) struct HashCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_key: HashMap<Key, (Content, Value)>,
    order: VecDeque<Key>,
    n_held: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Where given bytes are. They stay there while the cache holds them.
    Bytes(usize, bool),
    Generated(u64, u64, bool),
}

impl Key {
    fn of(content: &Content, flavour: Flavour) -> Key {
        let is_personal = flavour == Flavour::Personal;
        match content {
            Content::Bytes(bytes) => Key::Bytes(Arc::as_ptr(bytes).addr(), is_personal),
            Content::Generated { size, number } => Key::Generated(*size, *number, is_personal),
        }
    }
}

impl HashCache {
    fn of(&self, content: &Content, flavour: Flavour) -> Value {
        let key = Key::of(content, flavour);
        if let Some((_, hashes)) = self.0.lock().by_key.get(&key) {
            return hashes.clone();
        }
        // Made without the lock: two may make the same, none waits for another's.
        let hashes = make(content, flavour);
        self.0.lock().put(key, content.clone(), hashes.clone(), MOST_HELD);
        hashes
    }
}

impl Kept {
    fn put(&mut self, key: Key, content: Content, hashes: Value, most_held: u64) {
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

fn make(content: &Content, flavour: Flavour) -> Value {
    let mut quick = QuickXor::new();
    if flavour == Flavour::Business {
        each_piece(content, |piece| quick.update(piece));
        return json!({ "quickXorHash": quick.finish() });
    }
    let (mut sha1, mut sha256) = (sha1::Sha1::new(), sha2::Sha256::new());
    each_piece(content, |piece| {
        quick.update(piece);
        sha1.update(piece);
        sha256.update(piece);
    });
    json!({
        "quickXorHash": quick.finish(),
        "sha1Hash": HEXUPPER.encode(&sha1.finalize()),
        "sha256Hash": HEXLOWER.encode(&sha256.finalize()),
    })
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

    #[test]
    fn hashes_are_made_once_for_one_content_and_apart_for_others() {
        let cache = HashCache::default();
        let content = Content::from(vec![7; 2000]);
        let first = cache.of(&content, Flavour::Business);
        assert_eq!(cache.of(&content.clone(), Flavour::Business), first);
        assert_eq!(cache.0.lock().by_key.len(), 1);
        assert_ne!(cache.of(&content, Flavour::Personal), first);
        assert_ne!(cache.of(&Content::from(vec![8; 2000]), Flavour::Business), first);
        assert_eq!(cache.0.lock().n_held, 6000);
    }

    #[test]
    fn the_oldest_are_forgotten_when_too_many_bytes_are_held() {
        let cache = HashCache::default();
        let mut kept = cache.0.lock();
        let contents: Vec<Content> = (0..5).map(|_| Content::from(vec![0; 400])).collect();
        for content in &contents {
            kept.put(Key::of(content, Flavour::Business), content.clone(), Value::Null, 1000);
        }
        let is_kept = |content| kept.by_key.contains_key(&Key::of(content, Flavour::Business));
        assert_eq!(contents.iter().map(is_kept).collect::<Vec<_>>(), [false, false, true, true, true]);
        assert_eq!((kept.n_held, kept.order.len()), (1200, 3));
    }

    #[test]
    fn the_hashes_of_generated_bytes_are_those_of_the_bytes() {
        let generated = Content::Generated { size: 200_000, number: 3 };
        let mut bytes = vec![0; 200_000];
        generated.read_at(0, &mut bytes);
        assert_eq!(make(&generated, Flavour::Personal), make(&Content::from(bytes), Flavour::Personal));
    }
}
