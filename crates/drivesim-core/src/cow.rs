//! Provides copy-on-write arrays and tables: a clone shares all pages until one side is written.

use std::sync::Arc;

use crate::traffic::{count_made, make_mut_counted};

/// How many entries a page holds: a page of 32-byte nodes is 8 KiB, cheap to copy and rarely copied.
pub(crate) const PAGE: usize = 256;
/// How many pages a chunk holds; a clone of the array touches one counter for each chunk, 16,384 entries.
const CHUNK: usize = 64;

pub(crate) type Page<T> = Arc<[T; PAGE]>;
type Chunk<T> = Arc<Vec<Page<T>>>;

/// An array in pages behind two levels of shared pointers.
///
/// A clone is a view of this moment: it costs one counter per chunk, and later writes to either side copy the page that
/// they touch. So a copy reads its source without a lock.
#[derive(Clone, Debug)]
pub(crate) struct CowVec<T> {
    chunks: Vec<Chunk<T>>,
    n_pages: usize,
}

impl<T> Default for CowVec<T> {
    fn default() -> CowVec<T> {
        CowVec { chunks: Vec::new(), n_pages: 0 }
    }
}

impl<T> CowVec<T> {
    /// Returns how many pages there are.
    pub(crate) fn n_pages(&self) -> usize {
        self.n_pages
    }

    /// Returns entry `index`, or `None` beyond the last page.
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        let index = index as usize;
        let chunk = self.chunks.get(index / (PAGE * CHUNK))?;
        let page = chunk.get(index / PAGE % CHUNK)?;
        page.get(index % PAGE)
    }
}

/// Returns how many bytes a copy of a chunk takes. It shares the pages.
fn chunk_bytes<T>(chunk: &[Page<T>]) -> usize {
    size_of_val(chunk)
}

impl<T: Clone> CowVec<T> {
    /// Returns entry `index` for writing, copying its page first if a clone still shares it.
    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        let index = index as usize;
        let chunk =
            make_mut_counted(self.chunks.get_mut(index / (PAGE * CHUNK))?, |chunk| chunk_bytes(chunk));
        let page = make_mut_counted(chunk.get_mut(index / PAGE % CHUNK)?, size_of_val);
        page.get_mut(index % PAGE)
    }

    /// Adds a page at the end.
    pub(crate) fn push_page(&mut self, page: Page<T>) {
        if self.n_pages % CHUNK == 0 {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(last) = self.chunks.last_mut() {
            count_made(size_of::<[T; PAGE]>());
            make_mut_counted(last, |chunk| chunk_bytes(chunk)).push(page);
            self.n_pages += 1;
        }
    }
}

/// A list that grows and shrinks at its end, in copy-on-write pages.
#[derive(Clone, Debug)]
pub(crate) struct CowList<T> {
    entries: CowVec<T>,
    len: u32,
}

impl<T> Default for CowList<T> {
    fn default() -> CowList<T> {
        CowList { entries: CowVec::default(), len: 0 }
    }
}

impl<T: Copy> CowList<T> {
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn push(&mut self, value: T) {
        match self.entries.get_mut(self.len) {
            Some(entry) => *entry = value,
            None => self.entries.push_page(Arc::new([value; PAGE])),
        }
        self.len += 1;
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        self.entries.get(self.len).copied()
    }
}

/// A table of shared values by small numbers: names, contents, metadata.
///
/// Handles are stable while they are in use; [`Table::sweep`] frees unused ones.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    entries: CowVec<Option<T>>,
    free: CowList<u32>,
    len: u32,
    sweep_at: u32,
}

/// Tables smaller than this are never swept: it would cost more than it frees.
const SWEEP_FLOOR: u32 = 1024;

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: CowVec::default(), free: CowList::default(), len: 0, sweep_at: SWEEP_FLOOR }
    }
}

impl<T: Clone> Table<T> {
    pub(crate) fn get(&self, handle: u32) -> Option<&T> {
        self.entries.get(handle)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, handle: u32) -> Option<&mut T> {
        self.entries.get_mut(handle)?.as_mut()
    }

    /// Returns the entries that are in use or not swept yet.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len).filter_map(|handle| self.get(handle))
    }

    /// Returns how many entries are in use or not swept yet.
    pub(crate) fn n_used(&self) -> u32 {
        self.len - self.free.len()
    }

    /// Returns one more than the largest handle ever issued.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Adds `entry` and returns its handle, or `None` if all 2³² handles are used.
    pub(crate) fn add(&mut self, entry: T) -> Option<u32> {
        let handle = match self.free.pop() {
            Some(handle) => handle,
            None => {
                let handle = self.len;
                self.len = handle.checked_add(1)?;
                if handle as usize == self.entries.n_pages() * PAGE {
                    self.entries.push_page(Arc::new(std::array::from_fn(|_| None)));
                }
                handle
            }
        };
        *self.entries.get_mut(handle)? = Some(entry);
        Some(handle)
    }

    /// Removes an entry that is no longer used.
    pub(crate) fn remove(&mut self, handle: u32) -> Option<T> {
        let entry = self.entries.get_mut(handle)?.take()?;
        self.free.push(handle);
        Some(entry)
    }

    /// Returns whether enough was added since the last sweep that half of the entries may be unused.
    pub(crate) fn is_sweep_due(&self) -> bool {
        self.n_used() >= self.sweep_at
    }

    /// Drops each entry whose handle is not set in `used`, and schedules the next sweep.
    ///
    /// `n_items` is the cost of finding the used handles; the next sweep waits until as much was added.
    pub(crate) fn sweep(&mut self, used: &[bool], n_items: usize, mut dropped: impl FnMut(u32, T)) {
        for handle in 0..self.len {
            if used.get(handle as usize).copied().unwrap_or(false) {
                continue;
            }
            if self.get(handle).is_none() {
                continue;
            }
            if let Some(entry) = self.entries.get_mut(handle).and_then(Option::take) {
                dropped(handle, entry);
                self.free.push(handle);
            }
        }
        let amortized = u32::try_from(n_items / 8).unwrap_or(u32::MAX);
        self.sweep_at = self.n_used().saturating_mul(2).saturating_add(amortized).max(SWEEP_FLOOR);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_does_not_see_later_writes_to_the_original() {
        let mut table: Table<u32> = Table::default();
        for value in 0..70_000 {
            assert_eq!(table.add(value), Some(value));
        }
        let before = table.clone();
        *table.get_mut(69_999).unwrap() = 7;
        assert_eq!(before.get(69_999), Some(&69_999));
        assert_eq!(table.get(69_999), Some(&7));
        assert_eq!(table.get(70_000), None);
    }

    #[test]
    fn a_list_pops_what_was_pushed_and_its_clone_is_independent() {
        let mut list: CowList<u32> = CowList::default();
        (0..1000).for_each(|value| list.push(value));
        let mut clone = list.clone();
        assert_eq!((list.pop(), list.pop()), (Some(999), Some(998)));
        list.push(7);
        assert_eq!((list.pop(), list.pop(), list.len()), (Some(7), Some(997), 997));
        assert_eq!((clone.pop(), clone.pop(), clone.len()), (Some(999), Some(998), 998));
        assert_eq!(CowList::<u32>::default().pop(), None);
    }

    #[test]
    fn a_swept_handle_is_reused_and_a_used_one_stays() {
        let mut table: Table<&str> = Table::default();
        let (a, b) = (table.add("a").unwrap(), table.add("b").unwrap());
        let mut dropped = Vec::new();
        table.sweep(&[false, true], 2, |handle, entry| dropped.push((handle, entry)));
        assert_eq!(dropped, [(a, "a")]);
        assert_eq!(table.get(b), Some(&"b"));
        assert_eq!(table.add("c"), Some(a));
        assert_eq!(table.n_used(), 2);
    }
}
