//! The only place that finds one of many children by the handle of its name: extendible hashing, in parts that clones
//! share.
//!
//! A value is how far the child's slot is from a base that the owner keeps: so a copy of a folder whose children lie
//! side by side has the same index as the folder itself, with another base, and shares it.
//!
//! # Rationale
//!
//! A binary search over the names of a million children costs about 3 µs, nearly all of it waiting for memory. One
//! hash table a folder would be copied whole by the first change after a fork, and grown whole under a lock; parts of
//! at most 512 entries are copied, grown and split one at a time.

use crate::traffic::own;
use std::sync::Arc;

/// How many entries a part holds at most.
const PART: usize = 512;
/// How many entries a part is made for when an index is built at once.
const BUILT: usize = 384;

/// The key that no name has: handles are given from 0 and never reach it.
const NO_KEY: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Cell {
    key: u32,
    value: u32,
}

const EMPTY: Cell = Cell { key: NO_KEY, value: 0 };

/// Entries whose hashes begin with the same bits, by open addressing.
#[derive(Clone, Debug)]
struct Part {
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
    /// Values tell how far something is from here; the owner's to keep.
    pub(super) base: u32,
    /// Which part has the entries whose hashes begin so.
    directory: Arc<Vec<u32>>,
    parts: Arc<Vec<Arc<Part>>>,
}

/// Spreads keys, which are small numbers in a row, evenly: the fractional parts of their multiples of the golden ratio
/// are never close to each other.
fn hash(key: u32) -> u32 {
    (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Returns the first `bits` bits of a hash.
fn head(hash: u32, bits: u32) -> usize {
    (u64::from(hash) >> (32 - bits)) as usize
}

impl Part {
    fn with_room(bits: u32, n_entries: usize) -> Part {
        Part { bits, len: 0, cells: vec![EMPTY; (n_entries * 5 / 4).max(8)] }
    }

    /// The cell where the search for a key begins.
    fn home(&self, key: u32) -> usize {
        let rest = (u64::from(hash(key)) << self.bits) & u64::from(u32::MAX);
        ((rest * self.cells.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.cells.len() { 0 } else { at + 1 }
    }

    /// Finds the cell of a key, or the empty one where it would go. There always is an empty one.
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
        // What was pushed on by the entry that goes moves back towards its home.
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

    /// Makes room for more entries; says no when it has as many as it may have.
    fn grow(&mut self) -> bool {
        if self.len as usize >= PART {
            return false;
        }
        let mut grown = Part::with_room(self.bits, (self.len as usize * 3 / 2).clamp(16, PART + 1));
        self.entries().for_each(|cell| grown.put(cell.key, cell.value));
        *self = grown;
        true
    }

    /// Parts in two by the next bit of the hash.
    fn split(&self) -> [Part; 2] {
        let mut halves = [0, 1].map(|_| Part::with_room(self.bits + 1, BUILT));
        for cell in self.entries() {
            halves[head(hash(cell.key), self.bits + 1) & 1].put(cell.key, cell.value);
        }
        halves
    }
}

impl Index {
    /// Makes an index of `n_entries` entries with different keys.
    pub(crate) fn build(n_entries: usize, entries: impl Iterator<Item = (u32, u32)>) -> Index {
        let n_parts = n_entries.div_ceil(BUILT).next_power_of_two();
        let bits = n_parts.trailing_zeros();
        // Keys in a row are spread so evenly that hardly a part gets more than its share.
        let mut parts: Vec<Part> = Vec::with_capacity(n_parts);
        parts.resize_with(n_parts, || Part::with_room(bits, n_entries / n_parts + 24));
        let mut too_many = Vec::new();
        for (key, value) in entries {
            let part = &mut parts[head(hash(key), bits)];
            if part.has_room() || part.grow() { part.put(key, value) } else { too_many.push((key, value)) }
        }
        let directory = Arc::new((0..n_parts as u32).collect());
        let mut index =
            Index { bits, base: 0, directory, parts: Arc::new(parts.into_iter().map(Arc::new).collect()) };
        too_many.into_iter().for_each(|(key, value)| index.insert(key, value));
        index
    }

    pub(crate) fn get(&self, key: u32) -> Option<u32> {
        let part = *self.directory.get(head(hash(key), self.bits))?;
        self.parts.get(part as usize)?.get(key)
    }

    /// Adds an entry, or changes the value of the one that is there.
    pub(crate) fn insert(&mut self, key: u32, value: u32) {
        loop {
            let id = self.directory[head(hash(key), self.bits)];
            let part = self.part_mut(id);
            if part.has_room() || part.grow() {
                return part.put(key, value);
            }
            self.split(hash(key), id);
        }
    }

    pub(crate) fn remove(&mut self, key: u32) {
        let id = self.directory[head(hash(key), self.bits)];
        self.part_mut(id).remove(key);
    }

    fn part_mut(&mut self, id: u32) -> &mut Part {
        let parts = own(&mut self.parts, |parts| size_of_val(&parts[..]));
        own(&mut parts[id as usize], |part| size_of_val(&part.cells[..]))
    }

    /// Splits the part for a hash in two, and doubles the directory if it cannot tell the two apart.
    fn split(&mut self, hash: u32, id: u32) {
        let parts = own(&mut self.parts, |parts| size_of_val(&parts[..]));
        let [low, high] = parts[id as usize].split();
        let bits = low.bits;
        let new_id = parts.len() as u32;
        parts[id as usize] = Arc::new(low);
        parts.push(Arc::new(high));
        if bits > self.bits {
            self.directory = Arc::new(self.directory.iter().flat_map(|&id| [id, id]).collect());
            self.bits += 1;
        }
        // The entries of the directory that begin as the part did, of those the upper half.
        let n_each = 1usize << (self.bits - bits);
        let upper = (head(hash, bits) | 1) * n_each;
        own(&mut self.directory, |directory| size_of_val(&directory[..]))[upper..upper + n_each].fill(new_id);
    }

    /// Returns how many entries there are, counted one by one.
    pub(crate) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len as usize).sum()
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
        fn finds_as_a_map_does_and_leaves_clones_as_they_were(
            n_built in 0u32..3000,
            moves in prop::collection::vec((0u8..3, 0u32..6000), 1..3000),
        ) {
            let mut model: HashMap<u32, u32> = (0..n_built).map(|key| (key, key + 1)).collect();
            let mut index = Index::build(n_built as usize, (0..n_built).map(|key| (key, key + 1)));
            let (before, model_before) = (index.clone(), model.clone());
            for (what, key) in moves {
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
    fn grows_part_by_part_and_no_part_is_more_than_full() {
        // Far apart, as the names of one folder in a large drive may be.
        for step in [1, 2, 1000, 65_536, 2_654_435_769u32] {
            let mut index = Index::build(0, std::iter::empty());
            let keys = || (0..20_000u32).map(move |number| number.wrapping_mul(step));
            let model: HashMap<u32, u32> = keys().map(|key| (key, !key)).collect();
            keys().for_each(|key| index.insert(key, !key));
            check(&index, &model, keys());
            assert!(index.parts.iter().all(|part| part.len as usize <= PART && part.cells.len() <= 2 * PART));
            assert!(index.parts.len() <= 4 * model.len().div_ceil(BUILT), "{step}: {}", index.parts.len());
        }
    }

    #[test]
    fn a_built_index_costs_at_most_13_bytes_an_entry() {
        for n_entries in [33, 100, 1000, 10_000, 1_000_000u32] {
            let index = Index::build(n_entries as usize, (0..n_entries).map(|key| (7 * key, key)));
            let n_bytes: usize = index.parts.iter().map(|part| part.cells.len() * size_of::<Cell>()).sum();
            assert!(n_bytes <= 13 * n_entries as usize + 300, "{n_entries}: {n_bytes}");
        }
    }
}
