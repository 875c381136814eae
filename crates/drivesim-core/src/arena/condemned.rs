//! Detaches the slots of condemned items: whole chunks and pages at once, other slots one by one.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::extents::Extent;
use super::nodes::{CHUNK, Nodes};
use super::{Arena, DeferredDrops, Node};
use crate::cow::PAGE;
use crate::item::ItemId;

const WORD: usize = u64::BITS as usize;
const WORDS: usize = PAGE / WORD;

/// The budget of one call of [`Arena::detach`]: a whole chunk, or as many visited slots.
pub(crate) const PORTION: usize = 2048;
/// The cost of detaching a whole page.
const WHOLE: usize = PORTION / CHUNK;
/// The cost of freeing single slots of a page, in addition to the slots.
const SINGLES: usize = 64;

/// The slots of a page to free.
#[derive(Clone, Copy, Debug, Default)]
struct PageSlots {
    page_idx: u32,
    slots: [u64; WORDS],
    n_slots: u32,
}

impl PageSlots {
    fn add(&mut self, range: Range<usize>) {
        for (word, bits) in self.slots.iter_mut().enumerate() {
            let (first, end) = (word * WORD, (word + 1) * WORD);
            let in_word = range.start.clamp(first, end) - first..range.end.clamp(first, end) - first;
            if !in_word.is_empty() {
                *bits |= (u64::MAX >> (WORD - in_word.len())) << in_word.start;
            }
        }
        self.n_slots = self.slots.iter().map(|bits| bits.count_ones()).sum();
    }

    fn has(&self, at: usize) -> bool {
        self.slots.get(at / WORD).is_some_and(|bits| bits >> (at % WORD) & 1 == 1)
    }

    fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        (0..PAGE).filter(|&at| self.has(at))
    }

    fn is_whole(&self) -> bool {
        self.n_slots as usize == PAGE
    }
}

/// Slots to free, by page.
#[derive(Debug, Default)]
pub(crate) struct CollectedSlots {
    pages: HashMap<u32, PageSlots, FixedState>,
    last: Option<PageSlots>,
    n_slots: usize,
}

impl CollectedSlots {
    /// Adds consecutive slots that were not added before.
    pub(crate) fn add(&mut self, slots: Range<u32>) {
        self.n_slots += slots.len();
        let mut first = slots.start;
        while first < slots.end {
            let page_idx = first / PAGE as u32;
            let end = slots.end.min((page_idx + 1) * PAGE as u32);
            let start = (page_idx * PAGE as u32, first);
            self.page(page_idx).add((start.1 - start.0) as usize..(end - start.0) as usize);
            first = end;
        }
    }

    fn page(&mut self, page_idx: u32) -> &mut PageSlots {
        // Items that were created together lie together, so most slots are in the page of the previous one.
        if let Some(last) = self.last.take_if(|last| last.page_idx != page_idx) {
            self.pages.insert(last.page_idx, last);
        }
        let pages = &mut self.pages;
        self.last.get_or_insert_with(|| {
            pages.remove(&page_idx).unwrap_or(PageSlots { page_idx, ..PageSlots::default() })
        })
    }

    /// Converts the slots into the form in which an arena frees them.
    pub(crate) fn condemned(self, nodes: &Nodes) -> CondemnedSlots {
        let mut pages: Vec<_> = self.pages.into_values().chain(self.last).collect();
        pages.sort_unstable_by_key(|page| page.page_idx);
        let generation_of = |page: &PageSlots| {
            let nodes_of_page = nodes.page(page.page_idx as usize).filter(|_| page.is_whole());
            // Condemned items do not change, so a page that is freed whole can be inspected now.
            nodes_of_page.map_or(0, |nodes| nodes.iter().map(next_generation).max().unwrap_or(1))
        };
        let pages = pages.into_iter().map(|page| (page, generation_of(&page))).collect();
        CondemnedSlots { pages: Arc::new(pages), next: 0, n_left: self.n_slots as u32 }
    }
}

fn next_generation(node: &Node) -> u32 {
    node.generation.saturating_add(1)
}

/// Slots of items that can no longer be found and are not freed yet, in the order of pages. For pages that are freed
/// whole, the next generation of their slots is known.
///
/// A clone shares the list and proceeds independently.
#[derive(Clone, Debug, Default)]
pub(crate) struct CondemnedSlots {
    pages: Arc<Vec<(PageSlots, u32)>>,
    next: usize,
    n_left: u32,
}

impl CondemnedSlots {
    pub(crate) fn has(&self, slot: u32) -> bool {
        let left = self.pages.get(self.next..).unwrap_or_default();
        let page_idx = slot / PAGE as u32;
        let found = left.binary_search_by_key(&page_idx, |(page, _)| page.page_idx);
        found.is_ok_and(|at| left[at].0.has(slot as usize % PAGE))
    }
}

impl Arena {
    /// Condemns slots, which [`Arena::detach`] frees. All slots condemned before must be freed.
    pub(crate) fn condemn(&mut self, condemned: CondemnedSlots) {
        debug_assert!(self.condemned.is_none(), "slots are still to be freed");
        self.condemned = Some(condemned).filter(|condemned| condemned.n_left > 0);
    }

    /// Returns whether condemned slots are not freed yet.
    pub(crate) fn has_condemned(&self) -> bool {
        self.condemned.is_some()
    }

    pub(crate) fn n_condemned(&self) -> u32 {
        self.condemned.as_ref().map_or(0, |condemned| condemned.n_left)
    }

    /// Returns whether a slot is condemned and not freed yet.
    pub(crate) fn is_condemned(&self, slot: u32) -> bool {
        self.condemned.as_ref().is_some_and(|condemned| condemned.has(slot))
    }

    /// Frees condemned slots within `budget`, but at least some. If `ids` is set, adds the ids of the items to it, at a
    /// cost of one for each.
    pub(crate) fn detach(
        &mut self,
        budget: usize,
        drops: &mut DeferredDrops,
        mut ids: Option<&mut Vec<ItemId>>,
    ) {
        let Some(mut condemned) = self.condemned.take() else { return };
        let pages = condemned.pages.clone();
        let mut left = budget.max(1);
        while let Some(&(page, generation)) = pages.get(condemned.next).filter(|_| left > 0) {
            let chunk_idx = page.page_idx as usize / CHUNK;
            let rest = pages.get(condemned.next..).unwrap_or_default();
            let n_pages = rest.partition_point(|(page, _)| page.page_idx as usize / CHUNK <= chunk_idx);
            let in_chunk = rest.get(..n_pages).unwrap_or_default();
            if ids.is_none() && self.detach_chunk(in_chunk, drops) {
                condemned.next += n_pages;
                condemned.n_left -= in_chunk.iter().map(|(page, _)| page.n_slots).sum::<u32>();
                left = left.saturating_sub(WHOLE * n_pages);
                continue;
            }
            let (n_slots, first) = (page.n_slots as usize, page.page_idx * PAGE as u32);
            if let Some(ids) = &mut ids {
                ids.extend(page.positions().map(|at| self.id(first + at as u32)));
                left = left.saturating_sub(n_slots);
            }
            let is_whole = self.is_freed_whole(&page);
            if is_whole {
                self.detach_page(&page, generation, drops);
                left = left.saturating_sub(WHOLE);
            } else {
                self.free_positions(&page, drops);
                left = left.saturating_sub(SINGLES + n_slots);
            }
            condemned.next += 1;
            condemned.n_left -= page.n_slots;
        }
        self.condemned = Some(condemned).filter(|condemned| condemned.n_left > 0);
    }

    fn is_freed_whole(&self, page: &PageSlots) -> bool {
        self.nodes.state(page.page_idx).is_some_and(|state| state.n_used == page.n_slots)
    }

    /// Detaches a chunk if only these pages of it are used, and only these slots of them.
    fn detach_chunk(&mut self, pages: &[(PageSlots, u32)], drops: &mut DeferredDrops) -> bool {
        let Some((first, _)) = pages.first() else { return false };
        let n_slots: u32 = pages.iter().map(|(page, _)| page.n_slots).sum();
        let chunk_idx = first.page_idx as usize / CHUNK;
        let is_all_used = self.nodes.n_used_in_chunk(chunk_idx) == n_slots;
        if !is_all_used || !pages.iter().all(|(page, _)| self.is_freed_whole(page)) {
            return false;
        }
        let mut empty: Option<Extent> = None;
        for (page, generation) in pages {
            self.open.remove(page.page_idx);
            let one =
                Extent { first: page.page_idx, len: 1, generation: self.next_in_page(page, *generation) };
            match &mut empty {
                // Consecutive pages with the same next generation are released together.
                Some(row) if row.first + row.len == one.first && row.generation == one.generation => {
                    row.len += 1
                }
                _ => empty.replace(one).into_iter().for_each(|row| self.give(row)),
            }
        }
        empty.into_iter().for_each(|row| self.give(row));
        self.n_used -= n_slots;
        drops.chunks.extend(self.nodes.blank_chunk(chunk_idx, &self.blank));
        true
    }

    /// Detaches a page of which only these slots are used.
    fn detach_page(&mut self, page: &PageSlots, generation: u32, drops: &mut DeferredDrops) {
        self.open.remove(page.page_idx);
        let generation = self.next_in_page(page, generation);
        self.give(Extent { first: page.page_idx, len: 1, generation });
        self.n_used -= page.n_slots;
        drops.pages.extend(self.nodes.blank_page(page.page_idx, &self.blank));
    }

    /// Returns the next generation of the slots of a page that is freed whole; `known` if all of them are condemned.
    fn next_in_page(&self, page: &PageSlots, known: u32) -> u32 {
        if page.is_whole() {
            return known;
        }
        let nodes = self.nodes.page(page.page_idx as usize).map_or(&[][..], |page| &page[..]);
        let generations = nodes.iter().enumerate().map(|(at, node)| match page.has(at) {
            true => next_generation(node),
            false => node.generation,
        });
        generations.max().unwrap_or(1)
    }

    /// Makes empty pages available again. A page with a slot whose generations are used up is never opened again.
    fn give(&mut self, pages: Extent) {
        if pages.generation < u32::MAX {
            self.empty.release(pages);
        }
    }

    /// Frees single slots of a page.
    fn free_positions(&mut self, page: &PageSlots, drops: &mut DeferredDrops) {
        let first = page.page_idx * PAGE as u32;
        if self.nodes.has_lists(page.page_idx) {
            for at in page.positions() {
                drops.lists.extend(self.nodes.set_list(first + at as u32, None));
            }
        }
        let Some(mut free) = self.nodes.state(page.page_idx).map(|state| state.free) else { return };
        let Some(nodes) = self.nodes.page_mut(page.page_idx as usize) else { return };
        for at in page.positions() {
            let node = &mut nodes[at];
            *node = Node::free(next_generation(node));
            // A slot whose generations are used up is retired.
            if node.generation < u32::MAX {
                node.set_parent(free);
                free = first + at as u32;
            }
        }
        self.n_used -= page.n_slots;
        let Some(state) = self.nodes.state_mut(page.page_idx) else { return };
        state.n_used -= page.n_slots;
        if state.free != free {
            state.free = free;
            self.open.insert(page.page_idx);
        }
    }
}
