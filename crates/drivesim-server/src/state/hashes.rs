//! Computes the hashes of contents, and caches them without keeping the contents alive.

mod quick_xor;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use drivesim::item::{Content, WeakFileBytes};
use foldhash::fast::FixedState;
use parking_lot::Mutex;
use sha1::Digest;

use crate::http::request::ApiRequest;
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, Permit};
use crate::state::hashes::quick_xor::QuickXor;

/// Generated content above this size is not hashed, so that a huge declared size costs no time.
const MAX_GENERATED: u64 = 64 << 20;
/// The number of contents whose hashes are cached.
const MAX_ENTRIES: usize = 10_000;
/// The memory of an entry beside its texts: its key twice, its slot in the table, the reference counts of the bytes.
const ENTRY_BYTES: usize = 288;
/// The number of bytes that are hashed at a time.
const PIECE_BYTES: usize = 64 << 10;

/// The hashes that a kind of drive shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum HashSelection {
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
    /// In lower-case hexadecimal digits.
    pub(crate) sha1: Option<String>,
    /// In lower-case hexadecimal digits.
    pub(crate) sha256: Option<String>,
}

fn is_hashable(content: &Content) -> bool {
    !matches!(content, Content::Generated { size, .. } if *size > MAX_GENERATED)
}

/// A cache of hashes. It drops the oldest first.
#[derive(Debug)]
pub(crate) struct HashCache {
    entries: Mutex<Entries>,
    /// The maximal number of bytes that are hashed for one listing.
    max_hashed: u64,
}

#[derive(Debug)]
struct Entries {
    by_key: HashMap<ContentKey, Entry, FixedState>,
    order: VecDeque<ContentKey>,
    permit: Permit,
}

#[derive(Debug)]
struct Entry {
    /// Refers to stored bytes. While it exists, the allocator does not use their address for others.
    bytes: Option<WeakFileBytes>,
    hashes: Arc<Hashes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ContentKey {
    /// The address of stored bytes.
    Bytes(usize, HashSelection),
    Generated(u64, u64, HashSelection),
}

impl ContentKey {
    fn of(content: &Content, which: HashSelection) -> ContentKey {
        match content {
            Content::Bytes(bytes) => ContentKey::Bytes(bytes.address(), which),
            Content::Generated { size, number } => ContentKey::Generated(*size, *number, which),
        }
    }
}

impl HashCache {
    pub(crate) fn new(limits: &Limits, budget: &Budget) -> HashCache {
        let entries = Mutex::new(Entries::new(budget.empty_permit(BudgetPart::Hashes)));
        HashCache { entries, max_hashed: limits.max_hashed as u64 }
    }

    /// Empties the cache.
    pub(crate) fn forget(&self) {
        let mut entries = self.entries.lock();
        *entries = Entries::new(entries.permit.empty_like());
    }

    /// Returns the hashes of a content; `None` if it is too large, or if the inline budget does not allow it.
    pub(crate) fn of_content(
        &self,
        request: &ApiRequest,
        content: &Content,
        which: HashSelection,
    ) -> Option<Arc<Hashes>> {
        if is_hashable(content) { self.of(request, content, which) } else { None }
    }

    /// Returns the hashes of the content of one file in a listing; `None` also if they exceed the limit of a response.
    ///
    /// ASSUMED: Services leave hashes out where they would take too long; the page on hashes says that a hash may be
    /// missing (no option: limit of drivesim).
    pub(crate) fn of_listed_content(
        &self,
        request: &ApiRequest,
        content: &Content,
        which: HashSelection,
    ) -> Option<Arc<Hashes>> {
        if self.reserve_listed(request, content) { self.of(request, content, which) } else { None }
    }

    /// Counts the cost of the hashes of one file in a listing, and returns whether the response may include them.
    pub(crate) fn reserve_listed(&self, request: &ApiRequest, content: &Content) -> bool {
        is_hashable(content) && request.reserve_hashing(content.size(), self.max_hashed)
    }

    /// Returns the hashes of a content; `None` if the inline budget does not allow it.
    fn of(&self, request: &ApiRequest, content: &Content, which: HashSelection) -> Option<Arc<Hashes>> {
        let key = ContentKey::of(content, which);
        if let Some(hashes) = self.entries.lock().get(key, content) {
            return Some(hashes);
        }
        if !request.inline_budget().may_hash(content.size()) {
            return None;
        }
        // Computed without the lock: two threads may compute the same, none waits for another.
        let hashes = Arc::new(make(content, which));
        self.entries.lock().put(key, content, hashes.clone());
        Some(hashes)
    }
}

impl Entries {
    /// Creates an empty cache. The permit must be empty.
    fn new(permit: Permit) -> Entries {
        Entries { by_key: HashMap::default(), order: VecDeque::new(), permit }
    }

    fn get(&self, key: ContentKey, content: &Content) -> Option<Arc<Hashes>> {
        let entry = self.by_key.get(&key)?;
        let is_same = match (&entry.bytes, content) {
            (Some(weak), Content::Bytes(bytes)) => weak.is_of(bytes),
            (None, Content::Generated { .. }) => true,
            _ => false,
        };
        is_same.then(|| entry.hashes.clone())
    }

    /// Caches hashes, and drops the oldest until they fit.
    fn put(&mut self, key: ContentKey, content: &Content, hashes: Arc<Hashes>) {
        if self.by_key.contains_key(&key) {
            return;
        }
        while self.order.len() >= MAX_ENTRIES || self.permit.grow(cost(&hashes)).is_err() {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(entry) = self.by_key.remove(&oldest) {
                // Shrinking never fails.
                let _ = self.permit.resize(self.permit.n_bytes().saturating_sub(cost(&entry.hashes)));
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

/// Returns the approximate memory of an entry.
fn cost(hashes: &Hashes) -> usize {
    let texts = [&hashes.quick_xor, &hashes.sha1, &hashes.sha256];
    ENTRY_BYTES + texts.into_iter().flatten().map(String::len).sum::<usize>()
}

fn make(content: &Content, which: HashSelection) -> Hashes {
    let mut quick_xor = (which != HashSelection::Box).then(QuickXor::new);
    let mut sha1 = (which != HashSelection::Business).then(sha1::Sha1::new);
    let mut sha256 = (which == HashSelection::Personal).then(sha2::Sha256::new);
    for_each_piece(content, |piece| {
        quick_xor.iter_mut().for_each(|quick_xor| quick_xor.update(piece));
        sha1.iter_mut().for_each(|sha1| sha1.update(piece));
        sha256.iter_mut().for_each(|sha256| sha256.update(piece));
    });
    Hashes {
        quick_xor: quick_xor.as_ref().map(QuickXor::finish),
        sha1: sha1.map(|sha1| HEXLOWER.encode(&sha1.finalize())),
        sha256: sha256.map(|sha256| HEXLOWER.encode(&sha256.finalize())),
    }
}

fn for_each_piece(content: &Content, mut take: impl FnMut(&[u8])) {
    if let Content::Bytes(bytes) = content {
        return bytes.chunks(PIECE_BYTES).for_each(take);
    }
    let mut buffer = vec![0; PIECE_BYTES.min(usize::try_from(content.size()).unwrap_or(PIECE_BYTES))];
    let mut offset = 0;
    while offset < content.size() {
        let n_read = content.read_at(offset, &mut buffer);
        take(&buffer[..n_read]);
        offset += n_read as u64;
    }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;
    use crate::http::inline_budget::OverInlineBudget;

    fn request() -> ApiRequest {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        ApiRequest::from_parts(&mut parts, None, None, crate::http::request::RequestMemory::default())
            .unwrap()
    }

    fn cache() -> HashCache {
        HashCache::new(&Limits::default(), &Budget::new(&Limits::default()))
    }

    #[test]
    fn an_inline_request_computes_few_hashes_and_uses_all_cached_ones() {
        let (cache, inline) = (cache(), request());
        let (small, large) = (Content::from(vec![1; 9]), Content::from(vec![2; 200 << 10]));
        let hash = |content| cache.of(&inline, content, HashSelection::Box);
        assert!(inline.run_inline(|| hash(&small)).unwrap().is_some());
        assert_eq!(inline.run_inline(|| hash(&large)), Err(OverInlineBudget::IsLong));
        let computed = hash(&large);
        assert!(computed.is_some());
        assert_eq!(inline.run_inline(|| hash(&large)), Ok(computed));
    }

    #[test]
    fn hashes_are_computed_once_per_content_and_kind() {
        let cache = cache();
        let content = Content::from(vec![7; 2000]);
        let first = cache.of(&request(), &content, HashSelection::Business);
        assert_eq!(cache.of(&request(), &content.clone(), HashSelection::Business), first);
        assert_eq!(cache.entries.lock().by_key.len(), 1);
        assert_ne!(cache.of(&request(), &content, HashSelection::Personal), first);
        assert_ne!(cache.of(&request(), &Content::from(vec![8; 2000]), HashSelection::Business), first);
        let texts = [28, 28 + 40 + 64, 28].map(|texts| ENTRY_BYTES + texts);
        assert_eq!(cache.entries.lock().permit.n_bytes(), texts.iter().sum::<usize>());
    }

    #[test]
    fn the_oldest_hashes_are_dropped_beyond_the_limit() {
        let limits = Limits::default().max_hash_bytes(3 * ENTRY_BYTES);
        let budget = Budget::new(&limits);
        let cache = HashCache::new(&limits, &budget);
        let mut entries = cache.entries.lock();
        let contents: Vec<Content> = (0..5).map(|_| Content::from(vec![0; 400])).collect();
        for content in &contents {
            entries.put(ContentKey::of(content, HashSelection::Business), content, Arc::default());
        }
        let is_cached =
            |content| entries.by_key.contains_key(&ContentKey::of(content, HashSelection::Business));
        assert_eq!(contents.iter().map(is_cached).collect::<Vec<_>>(), [false, false, true, true, true]);
        assert_eq!((budget.usage_of(BudgetPart::Hashes).0, entries.order.len()), (3 * ENTRY_BYTES, 3));
        drop(entries);
        cache.forget();
        assert_eq!((budget.usage_of(BudgetPart::Hashes).0, cache.entries.lock().by_key.len()), (0, 0));
    }

    #[test]
    fn cached_hashes_keep_no_content_alive_and_are_never_used_for_another() {
        let cache = cache();
        // Allocators reuse an address as soon as it is free.
        for number in 0..100_u8 {
            let content = Content::from(vec![number; 4096]);
            let hashes = cache.of(&request(), &content, HashSelection::Box);
            assert_eq!(hashes.as_deref(), Some(&make(&content, HashSelection::Box)), "{number}");
            let Content::Bytes(bytes) = content else { panic!("given bytes") };
            let weak = bytes.downgrade();
            drop(bytes);
            assert!(weak.is_gone(), "{number}");
        }
    }

    #[test]
    fn the_bytes_of_a_hashed_and_purged_file_are_freed() {
        let (sim, budget) = (Sim::builder().build().unwrap(), Budget::new(&Limits::default()));
        let (cache, start) = (HashCache::new(&Limits::default(), &budget), sim.snapshot());
        let content = Content::from(vec![1; 100_000]);
        let Content::Bytes(bytes) = &content else { panic!("given bytes") };
        let weak = bytes.downgrade();
        let file = sim.write("/a.bin", content).unwrap();
        let stored = sim.content("/a.bin").unwrap();
        assert!(cache.of_content(&request(), &stored, HashSelection::Personal).is_some());
        drop(stored);
        sim.delete_permanently("/a.bin").unwrap();
        assert!(!sim.exists(file));
        sim.write("/b.bin", Content::from("b")).unwrap();
        sim.restore(&start);
        cache.forget();
        assert!(weak.is_gone());
        assert_eq!(budget.usage_of(BudgetPart::Hashes).0, 0);
    }

    #[test]
    fn generated_content_has_the_hashes_of_its_bytes() {
        let generated = Content::Generated { size: 200_000, number: 3 };
        let mut bytes = vec![0; 200_000];
        generated.read_at(0, &mut bytes);
        assert_eq!(
            make(&generated, HashSelection::Personal),
            make(&Content::from(bytes), HashSelection::Personal)
        );
    }
}
