//! Finds one of many children by the handle of its name: extendible hashing with buckets that clones share.
//!
//! A value is the offset of the child's slot from a base that the owner keeps. So the copy of a folder whose children
//! have consecutive slots shares the index of the folder, with another base.
//!
//! # Rationale
//!
//! A binary search over the names of a million children costs about 3 µs, nearly all of it waiting for memory. One hash
//! table per folder would be copied whole by the first change after a fork, and grown whole under a lock; buckets of at
//! most 512 entries are copied, grown and split one at a time.

use crate::traffic::make_mut_counted;
use std::sync::Arc;

/// The maximum number of entries of a bucket.
const BUCKET_LIMIT: usize = 512;
/// The number of entries for which a bucket is sized when an index is built at once.
const BUCKET_TARGET: usize = 384;

/// A key that no name has: handles start at 0 and never reach it.
const NO_KEY: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Cell {
    key: u32,
    value: u32,
}

const EMPTY: Cell = Cell { key: NO_KEY, value: 0 };

/// Entries whose hashes begin with the same bits, by open addressing.
#[derive(Clone, Debug)]
struct Bucket {
    /// How many bits of the hash its entries share.
    bits: u32,
    len: u32,
    cells: Vec<Cell>,
}

/// Finds values by key.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// How many bits of a hash choose an entry of the directory.
    bits: u32,
    /// Values are offsets from here. The owner keeps it up to date.
    pub(super) base: u32,
    /// Maps the first bits of a hash to the bucket with its entries.
    directory: Arc<Vec<u32>>,
    buckets: Arc<Vec<Arc<Bucket>>>,
}

/// Spreads keys, which are small numbers in a row, evenly: the fractional parts of their multiples of the golden ratio
/// are never close to each other.
fn hash(key: u32) -> u32 {
    (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Returns the first `bits` bits of a hash.
fn prefix(hash: u32, bits: u32) -> usize {
    (u64::from(hash) >> (32 - bits)) as usize
}

impl Bucket {
    fn with_room(bits: u32, n_entries: usize) -> Bucket {
        Bucket { bits, len: 0, cells: vec![EMPTY; (n_entries * 5 / 4).max(8)] }
    }

    /// Returns the cell where the search for a key begins.
    fn home(&self, key: u32) -> usize {
        let rest = (u64::from(hash(key)) << self.bits) & u64::from(u32::MAX);
        ((rest * self.cells.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.cells.len() { 0 } else { at + 1 }
    }

    /// Finds the cell of a key, or the empty cell for it. There always is an empty cell.
    fn cell(&self, key: u32) -> usize {
        let mut at = self.home(key);
        while self.cells[at].key != key && self.cells[at].key != NO_KEY {
            at = self.after(at);
        }
        at
    }

    fn get(&self, key: u32) -> Option<u32> {
        let cell = self.cells[self.cell(key)];
        (cell.key == key).then_some(cell.value)
    }

    fn has_room(&self) -> bool {
        (self.len as usize + 1) * 5 <= self.cells.len() * 4
    }

    fn put(&mut self, key: u32, value: u32) {
        let at = self.cell(key);
        self.len += u32::from(self.cells[at].key == NO_KEY);
        self.cells[at] = Cell { key, value };
    }

    fn remove(&mut self, key: u32) {
        let mut hole = self.cell(key);
        if self.cells[hole].key != key {
            return;
        }
        self.len -= 1;
        // Entries that were displaced by the removed one move back towards their home.
        let mut at = self.after(hole);
        while self.cells[at].key != NO_KEY {
            let home = self.home(self.cells[at].key);
            let stays = if hole <= at { hole < home && home <= at } else { hole < home || home <= at };
            if !stays {
                self.cells[hole] = self.cells[at];
                hole = at;
            }
            at = self.after(at);
        }
        self.cells[hole] = EMPTY;
    }

    fn entries(&self) -> impl Iterator<Item = Cell> + '_ {
        self.cells.iter().copied().filter(|cell| cell.key != NO_KEY)
    }

    /// Makes room for more entries; returns false if the bucket has the maximum number.
    fn grow(&mut self) -> bool {
        if self.len as usize >= BUCKET_LIMIT {
            return false;
        }
        let mut grown = Bucket::with_room(self.bits, (self.len as usize * 3 / 2).clamp(16, BUCKET_LIMIT + 1));
        self.entries().for_each(|cell| grown.put(cell.key, cell.value));
        *self = grown;
        true
    }

    /// Splits in two by the next bit of the hash.
    fn split(&self) -> [Bucket; 2] {
        let mut halves = [0, 1].map(|_| Bucket::with_room(self.bits + 1, BUCKET_TARGET));
        for cell in self.entries() {
            halves[prefix(hash(cell.key), self.bits + 1) & 1].put(cell.key, cell.value);
        }
        halves
    }
}

impl Index {
    /// Creates an index of `n_entries` entries with distinct keys.
    pub(crate) fn build(n_entries: usize, entries: impl Iterator<Item = (u32, u32)>) -> Index {
        let n_buckets = n_entries.div_ceil(BUCKET_TARGET).next_power_of_two();
        let bits = n_buckets.trailing_zeros();
        // Consecutive keys are spread so evenly that hardly any bucket gets more than its share.
        let mut buckets: Vec<Bucket> = Vec::with_capacity(n_buckets);
        buckets.resize_with(n_buckets, || Bucket::with_room(bits, n_entries / n_buckets + 24));
        let mut overflow = Vec::new();
        for (key, value) in entries {
            let bucket = &mut buckets[prefix(hash(key), bits)];
            if bucket.has_room() || bucket.grow() {
                bucket.put(key, value)
            } else {
                overflow.push((key, value))
            }
        }
        let directory = Arc::new((0..n_buckets as u32).collect());
        let mut index = Index {
            bits,
            base: 0,
            directory,
            buckets: Arc::new(buckets.into_iter().map(Arc::new).collect()),
        };
        overflow.into_iter().for_each(|(key, value)| index.insert(key, value));
        index
    }

    pub(crate) fn get(&self, key: u32) -> Option<u32> {
        let bucket = *self.directory.get(prefix(hash(key), self.bits))?;
        self.buckets.get(bucket as usize)?.get(key)
    }

    /// Adds an entry, or changes the value of an existing one.
    pub(crate) fn insert(&mut self, key: u32, value: u32) {
        loop {
            let id = self.directory[prefix(hash(key), self.bits)];
            let bucket = self.bucket_mut(id);
            if bucket.has_room() || bucket.grow() {
                return bucket.put(key, value);
            }
            self.split(hash(key), id);
        }
    }

    pub(crate) fn remove(&mut self, key: u32) {
        let id = self.directory[prefix(hash(key), self.bits)];
        self.bucket_mut(id).remove(key);
    }

    fn bucket_mut(&mut self, id: u32) -> &mut Bucket {
        let buckets = make_mut_counted(&mut self.buckets, |buckets| size_of_val(&buckets[..]));
        make_mut_counted(&mut buckets[id as usize], |bucket| size_of_val(&bucket.cells[..]))
    }

    /// Splits the bucket for a hash in two, and doubles the directory if it cannot distinguish the two.
    fn split(&mut self, hash: u32, id: u32) {
        let buckets = make_mut_counted(&mut self.buckets, |buckets| size_of_val(&buckets[..]));
        let [low, high] = buckets[id as usize].split();
        let bits = low.bits;
        let new_id = buckets.len() as u32;
        buckets[id as usize] = Arc::new(low);
        buckets.push(Arc::new(high));
        if bits > self.bits {
            self.directory = Arc::new(self.directory.iter().flat_map(|&id| [id, id]).collect());
            self.bits += 1;
        }
        // The upper half of the directory entries with the prefix of the bucket.
        let n_each = 1usize << (self.bits - bits);
        let upper = (prefix(hash, bits) | 1) * n_each;
        make_mut_counted(&mut self.directory, |directory| size_of_val(&directory[..]))[upper..upper + n_each]
            .fill(new_id);
    }

    /// Returns the number of entries, counted bucket by bucket.
    pub(crate) fn len(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.len as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn check(index: &Index, model: &HashMap<u32, u32>, keys: impl Iterator<Item = u32>) {
        assert_eq!(index.len(), model.len());
        keys.for_each(|key| assert_eq!(index.get(key), model.get(&key).copied(), "{key}"));
    }

    proptest! {
        #[test]
        fn the_index_behaves_like_a_map_and_its_clones_do_not_change(
            n_built in 0u32..3000,
            operations in prop::collection::vec((0u8..3, 0u32..6000), 1..3000),
        ) {
            let mut model: HashMap<u32, u32> = (0..n_built).map(|key| (key, key + 1)).collect();
            let mut index = Index::build(n_built as usize, (0..n_built).map(|key| (key, key + 1)));
            let (before, model_before) = (index.clone(), model.clone());
            for (what, key) in operations {
                if what == 0 {
                    index.remove(key);
                    model.remove(&key);
                } else {
                    index.insert(key, key / 3);
                    model.insert(key, key / 3);
                }
            }
            check(&index, &model, 0..6000);
            check(&before, &model_before, 0..6000);
        }
    }

    #[test]
    fn the_index_grows_bucket_by_bucket_within_their_limit() {
        // Far apart, like the names of one folder in a large drive.
        for step in [1, 2, 1000, 65_536, 2_654_435_769u32] {
            let mut index = Index::build(0, std::iter::empty());
            let keys = || (0..20_000u32).map(move |number| number.wrapping_mul(step));
            let model: HashMap<u32, u32> = keys().map(|key| (key, !key)).collect();
            keys().for_each(|key| index.insert(key, !key));
            check(&index, &model, keys());
            assert!(
                index
                    .buckets
                    .iter()
                    .all(|bucket| bucket.len as usize <= BUCKET_LIMIT
                        && bucket.cells.len() <= 2 * BUCKET_LIMIT)
            );
            assert!(
                index.buckets.len() <= 4 * model.len().div_ceil(BUCKET_TARGET),
                "{step}: {}",
                index.buckets.len()
            );
        }
    }

    #[test]
    fn a_built_index_costs_at_most_13_bytes_an_entry() {
        for n_entries in [33, 100, 1000, 10_000, 1_000_000u32] {
            let index = Index::build(n_entries as usize, (0..n_entries).map(|key| (7 * key, key)));
            let n_bytes: usize =
                index.buckets.iter().map(|bucket| bucket.cells.len() * size_of::<Cell>()).sum();
            assert!(n_bytes <= 13 * n_entries as usize + 300, "{n_entries}: {n_bytes}");
        }
    }
}
