//! Tracks the empty pages of an arena as extents that can be used again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::arena::nodes::CHUNK;
use crate::traffic::make_mut_counted;

/// How many extents of sufficient size are tried for one that also has a suitable start.
const TRIES: usize = 16;

/// Consecutive empty pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) first: u32,
    pub(super) len: u32,
    /// The generation with which their slots start when they are used next.
    pub(super) generation: u32,
}

impl Extent {
    fn end(self) -> u32 {
        self.first + self.len
    }

    fn part(self, first: u32, end: u32) -> Option<Extent> {
        (first < end).then_some(Extent { first, len: end - first, ..self })
    }
}

#[derive(Clone, Debug, Default)]
struct ExtentIndex {
    by_first: BTreeMap<u32, Extent>,
    /// By length, then by first page.
    by_len: BTreeSet<(u32, u32)>,
}

impl ExtentIndex {
    fn put(&mut self, extent: Extent) {
        self.by_first.insert(extent.first, extent);
        self.by_len.insert((extent.len, extent.first));
    }

    fn take(&mut self, first: u32) -> Option<Extent> {
        let extent = self.by_first.remove(&first)?;
        self.by_len.remove(&(extent.len, extent.first));
        Some(extent)
    }
}

/// The unused pages. A clone shares them until one side takes or releases some.
#[derive(Clone, Debug, Default)]
pub(super) struct Extents(Arc<ExtentIndex>);

impl Extents {
    /// Adds empty pages and merges them with adjacent ones: then all start with the highest generation among them.
    pub(super) fn release(&mut self, extent: Extent) {
        let index = make_mut_counted(&mut self.0, |index| index.by_first.len() * 40);
        let mut joined = extent;
        let before = index.by_first.range(..extent.first).next_back().map(|(_, &before)| before);
        let before = before.filter(|before| before.end() == extent.first);
        let after = index.by_first.get(&extent.end()).copied();
        for next in [before, after].into_iter().flatten() {
            // A slot that was used billions of times has few generations left; its page must not reduce those of
            // others.
            if next.generation.max(joined.generation) < u32::MAX / 2 {
                index.take(next.first);
                let (first, end) = (joined.first.min(next.first), joined.end().max(next.end()));
                let generation = joined.generation.max(next.generation);
                joined = Extent { first, len: end - first, generation };
            }
        }
        index.put(joined);
    }

    /// Takes the lowest page; `None` if there is none.
    pub(super) fn take_one(&mut self) -> Option<Extent> {
        let (_, &extent) = self.0.by_first.first_key_value()?;
        Some(self.cut(extent, extent.first, 1))
    }

    /// Takes consecutive pages: from the lowest of the shortest extents that hold them. Whole chunks start at the start
    /// of a chunk. `None` if no extent holds them.
    pub(super) fn take_row(&mut self, n_pages: u32) -> Option<Extent> {
        let whole_chunks = n_pages as usize % CHUNK == 0;
        let start = |first: u32| if whole_chunks { first.next_multiple_of(CHUNK as u32) } else { first };
        let fits = |&(len, first): &(u32, u32)| start(first) + n_pages <= first + len;
        let by_len = &self.0.by_len;
        let near = by_len.range((n_pages, 0)..).take(TRIES).find(|&extent| fits(extent));
        // An extent this much longer holds them wherever it starts.
        let sure = || by_len.range((n_pages + CHUNK as u32 - 1, 0)..).next();
        let &(_, first) = near.or_else(sure)?;
        let extent = *self.0.by_first.get(&first)?;
        Some(self.cut(extent, start(first), n_pages))
    }

    /// Cuts pages out of an extent.
    fn cut(&mut self, extent: Extent, first: u32, n_pages: u32) -> Extent {
        let index = make_mut_counted(&mut self.0, |index| index.by_first.len() * 40);
        index.take(extent.first);
        let end = first + n_pages;
        for rest in [extent.part(extent.first, first), extent.part(end, extent.end())].into_iter().flatten() {
            index.put(rest);
        }
        Extent { first, len: n_pages, ..extent }
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> Vec<Extent> {
        self.0.by_first.values().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(first: u32, len: u32, generation: u32) -> Extent {
        Extent { first, len, generation }
    }

    #[test]
    fn adjacent_pages_merge_and_keep_the_highest_generation() {
        let mut extents = Extents::default();
        extents.release(extent(10, 2, 1));
        extents.release(extent(14, 1, 5));
        let before = extents.clone();
        extents.release(extent(12, 2, 3));
        assert_eq!(extents.all(), [extent(10, 5, 5)]);
        assert_eq!(before.all(), [extent(10, 2, 1), extent(14, 1, 5)]);
        extents.release(extent(15, 1, u32::MAX - 1));
        assert_eq!(extents.all(), [extent(10, 5, 5), extent(15, 1, u32::MAX - 1)]);
    }

    #[test]
    fn a_row_comes_from_the_shortest_extent_and_whole_chunks_are_aligned() {
        let mut extents = Extents::default();
        extents.release(extent(0, 10, 1));
        extents.release(extent(20, 5, 1));
        extents.release(extent(30, 300, 2));
        assert_eq!(extents.take_row(5), Some(extent(20, 5, 1)));
        assert_eq!(extents.take_row(128), Some(extent(64, 128, 2)));
        assert_eq!(extents.take_row(128), Some(extent(192, 128, 2)));
        assert_eq!(extents.take_row(64), None);
        assert_eq!(extents.take_one(), Some(extent(0, 1, 1)));
        assert_eq!(extents.all(), [extent(1, 9, 1), extent(30, 34, 2), extent(320, 10, 2)]);
    }
}
