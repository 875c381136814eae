//! Provides a sorted map in pieces that clones share: the first change after a clone copies one piece and the list of
//! pieces.
//!
//! # Rationale
//!
//! A `BTreeMap` behind a shared pointer is copied whole by the first change after a clone, while the drive's lock is
//! held: 8 ms with 100,000 entries. Persistent maps of other crates keep each entry, or each node of a tree, behind its
//! own pointer, and add five dependencies or more.

use std::borrow::Borrow;

use std::sync::Arc;

use crate::traffic::make_mut_counted;

/// The maximum number of entries of a piece. Two neighbours with at most half as many together are merged.
const PIECE: usize = 128;

type Piece<K, V> = Vec<(K, V)>;

/// A sorted map whose clone shares all entries until one side changes.
#[derive(Clone, Debug)]
pub(crate) struct CowMap<K, V> {
    /// Sorted by key; no piece is empty.
    pieces: Arc<Vec<Arc<Piece<K, V>>>>,
    len: usize,
}

impl<K, V> Default for CowMap<K, V> {
    fn default() -> CowMap<K, V> {
        CowMap { pieces: Arc::default(), len: 0 }
    }
}

impl<K, V> CowMap<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns all entries in the order of their keys.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.pieces.iter().flat_map(|piece| piece.iter()).map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> CowMap<K, V> {
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (piece, entry) = self.find(key).ok()?;
        Some(&self.pieces[piece][entry].1)
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Returns the last entry whose key is less than `key`.
    pub(crate) fn last_before(&self, key: &K) -> Option<(&K, &V)> {
        let (piece, entry) = self.find(key).unwrap_or_else(|position| position);
        let (key, value) = match entry.checked_sub(1) {
            Some(entry) => &self.pieces[piece][entry],
            None => self.pieces.get(piece.checked_sub(1)?)?.last()?,
        };
        Some((key, value))
    }

    /// Returns the entries from `key` on.
    pub(crate) fn from<'a>(&'a self, key: &K) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let (piece, entry) = self.find(key).unwrap_or_else(|position| position);
        let first = self.pieces.get(piece).map_or(&[][..], |piece| &piece[entry..]);
        let others = self.pieces.iter().skip(piece + 1).flat_map(|piece| piece.iter());
        first.iter().chain(others).map(|(key, value)| (key, value))
    }

    /// Returns the piece and the index in it that a key has, or would have.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<(usize, usize), (usize, usize)>
    where
        K: Borrow<Q>,
    {
        let n_before = self.pieces.partition_point(|piece| piece[0].0.borrow() <= key);
        let Some(piece) = n_before.checked_sub(1) else { return Err((0, 0)) };
        let found = self.pieces[piece].binary_search_by(|(other, _)| other.borrow().cmp(key));
        found.map(|entry| (piece, entry)).map_err(|entry| (piece, entry))
    }
}

impl<K: Ord + Clone, V: Clone> CowMap<K, V> {
    /// Returns whether both share all entries.
    #[cfg(test)]
    pub(crate) fn is_same(&self, other: &CowMap<K, V>) -> bool {
        Arc::ptr_eq(&self.pieces, &other.pieces)
    }

    /// Sets the value of a key, and returns what it had before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((piece, entry)) => Some(std::mem::replace(&mut self.piece_mut(piece)[entry].1, value)),
            Err((piece, entry)) => {
                self.insert_at(piece, entry, (key, value));
                None
            }
        }
    }

    fn insert_at(&mut self, piece: usize, entry: usize, new: (K, V)) {
        self.len += 1;
        if self.pieces.is_empty() {
            self.pieces_mut().push(Arc::new(vec![new]));
            return;
        }
        let is_last = piece + 1 == self.pieces.len();
        let entries = self.piece_mut(piece);
        if entries.len() < PIECE {
            entries.insert(entry, new);
            return;
        }
        // Keys inserted in order fill their pieces.
        let half = if is_last && entry == PIECE { PIECE } else { PIECE / 2 };
        let mut upper = entries.split_off(half);
        if entry <= half && half < PIECE {
            entries.insert(entry, new);
        } else {
            upper.insert(entry - half, new);
        }
        self.pieces_mut().insert(piece + 1, Arc::new(upper));
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (piece, entry) = self.find(key).ok()?;
        Some(self.remove_at(piece, entry).1)
    }

    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.is_empty()).then(|| self.remove_at(0, 0))
    }

    fn remove_at(&mut self, piece: usize, entry: usize) -> (K, V) {
        self.len -= 1;
        let entries = self.piece_mut(piece);
        let removed = entries.remove(entry);
        if entries.is_empty() {
            self.pieces_mut().remove(piece);
        } else if entries.len() < PIECE / 4 {
            self.join(piece.saturating_sub(1));
        }
        removed
    }

    /// Merges a piece and the next one if they are small.
    fn join(&mut self, piece: usize) {
        let (Some(left), Some(right)) = (self.pieces.get(piece), self.pieces.get(piece + 1)) else { return };
        if left.len() + right.len() <= PIECE / 2 {
            let right = self.pieces_mut().remove(piece + 1);
            let right = Arc::try_unwrap(right).unwrap_or_else(|shared| (*shared).clone());
            self.piece_mut(piece).extend(right);
        }
    }

    /// Keeps only the entries for which `is_kept` returns true.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&K, &V) -> bool) {
        // Pieces without a removed entry stay shared.
        let mut loses = |piece: &Piece<K, V>| piece.iter().any(|(key, value)| !is_kept(key, value));
        let touched: Vec<usize> =
            (0..self.pieces.len()).filter(|&piece| loses(&self.pieces[piece])).collect();
        for piece in touched.into_iter().rev() {
            let entries = self.piece_mut(piece);
            let n_before = entries.len();
            entries.retain(|(key, value)| is_kept(key, value));
            let n_left = entries.len();
            self.len -= n_before - n_left;
            if n_left == 0 {
                self.pieces_mut().remove(piece);
            } else {
                self.join(piece);
            }
        }
    }

    fn pieces_mut(&mut self) -> &mut Vec<Arc<Piece<K, V>>> {
        make_mut_counted(&mut self.pieces, |pieces| size_of_val(&pieces[..]))
    }

    fn piece_mut(&mut self, piece: usize) -> &mut Piece<K, V> {
        make_mut_counted(&mut self.pieces_mut()[piece], |piece| size_of_val(&piece[..]))
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for CowMap<K, V> {
    fn extend<T: IntoIterator<Item = (K, V)>>(&mut self, entries: T) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for CowMap<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> CowMap<K, V> {
        let mut map = CowMap::default();
        map.extend(entries);
        map
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::traffic::Traffic;

    /// Returns numbers that look random and are the same in each run.
    fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    fn assert_same(map: &CowMap<u64, u64>, model: &BTreeMap<u64, u64>) {
        assert!(map.iter().eq(model.iter()));
        assert_eq!(map.len(), model.len());
        assert!(map.pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
    }

    #[test]
    fn the_map_behaves_like_a_btree_map_and_its_clones_do_not_change() {
        let mut next = numbers(7);
        let (mut map, mut model) = (CowMap::default(), BTreeMap::new());
        let mut kept = Vec::new();
        for step in 0..60_000_u64 {
            // The map grows, then shrinks.
            let key = next(3_000);
            match (next(10), step % 20_000 < 10_000) {
                (0..=5, true) | (0..=2, false) => assert_eq!(map.insert(key, step), model.insert(key, step)),
                (6 | 7, true) | (3..=7, false) => assert_eq!(map.remove(&key), model.remove(&key)),
                (8, _) => assert_eq!(map.pop_first(), model.pop_first()),
                _ => {
                    assert_eq!(map.get(&key), model.get(&key));
                    assert_eq!(map.last_before(&key), model.range(..key).next_back());
                    assert!(map.from(&key).take(300).eq(model.range(key..).take(300)));
                }
            }
            if step % 2_000 == 0 {
                assert_same(&map, &model);
                kept.push((map.clone(), model.clone()));
            }
        }
        for (mut map, mut model) in kept {
            assert_same(&map, &model);
            let modulus = next(5) + 1;
            map.retain(|key, _| key % modulus == 0);
            model.retain(|key, _| key % modulus == 0);
            assert_same(&map, &model);
        }
    }

    #[test]
    fn the_first_change_after_a_clone_copies_one_piece() {
        let mut map: CowMap<u64, u64> = (0..100_000).map(|key| (key * 2, key)).collect();
        assert_eq!(
            map.pieces.len(),
            100_000_usize.div_ceil(PIECE),
            "keys inserted in order fill their pieces"
        );
        for change in
            [|map: &mut CowMap<u64, u64>| map.insert(77_777, 1), |map: &mut CowMap<u64, u64>| map.remove(&20)]
        {
            let clone = map.clone();
            let before = Traffic::now();
            change(&mut map);
            let copied = (Traffic::now() - before).made;
            assert!(copied <= 12 << 10, "{copied}");
            assert_ne!(map.len(), clone.len());
        }
    }
}
