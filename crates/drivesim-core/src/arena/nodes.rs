//! Stores the pages of nodes and of their lists, which a view of a drive shares with it.

use std::sync::Arc;

use crate::arena::lists::Lists;
use crate::arena::node::{FREE, NO_NODE, Node};
use crate::child_list::List;
use crate::child_list::order::{Order, SlotRange};
use crate::cow::{PAGE, Page};
use crate::traffic::{count_made, count_parted, is_shared, make_mut_counted};

/// How many pages a chunk holds: a view costs one counter for each 16,384 slots.
pub(crate) const CHUNK: usize = 64;

/// The state of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageState {
    /// How many of its slots are allocated.
    pub(super) n_used: u32,
    /// Slots from here on were not allocated since the page was opened.
    pub(super) bump: u32,
    /// The slot that was freed last, or [`NIL`](super::NIL).
    pub(super) free: u32,
}

impl PageState {
    pub(super) fn used(n_used: u32) -> PageState {
        PageState { n_used, bump: n_used, free: super::NIL }
    }
}

/// Consecutive pages.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pages: [Page<Node>; CHUNK],
    lists: [Option<Arc<Lists>>; CHUNK],
    states: [PageState; CHUNK],
}

/// A page that was built outside the arena.
#[derive(Clone, Debug)]
pub(crate) struct BuiltPage {
    pub(crate) nodes: Page<Node>,
    pub(crate) lists: Option<Arc<Lists>>,
    pub(crate) n_used: u32,
}

impl BuiltPage {
    /// Creates an unused page, shared with a blank chunk, at no cost.
    pub(super) fn blank(chunk: &Chunk) -> BuiltPage {
        BuiltPage { nodes: chunk.pages[0].clone(), lists: None, n_used: 0 }
    }
}

impl Chunk {
    /// Creates a chunk of unused pages, which share one page.
    pub(super) fn blank() -> Chunk {
        let blank: Page<Node> = Arc::new([FREE; PAGE]);
        Chunk {
            pages: std::array::from_fn(|_| blank.clone()),
            lists: [const { None }; CHUNK],
            states: [PageState::used(0); CHUNK],
        }
    }

    /// Creates a chunk of built pages; the remaining positions stay as in `self`, a blank chunk.
    pub(crate) fn with_pages(&self, pages: impl IntoIterator<Item = BuiltPage>) -> Chunk {
        let mut chunk = self.clone();
        pages.into_iter().enumerate().for_each(|(at, page)| drop(chunk.put(at, page)));
        chunk
    }

    /// Sets a page; returns the old nodes and their lists.
    fn put(&mut self, at: usize, page: BuiltPage) -> (Page<Node>, Option<Arc<Lists>>) {
        self.states[at] = PageState::used(page.n_used);
        let lists = std::mem::replace(&mut self.lists[at], page.lists);
        (std::mem::replace(&mut self.pages[at], page.nodes), lists)
    }

    /// Returns how many bytes of the chunk others share; all of it if they share the chunk.
    fn n_shared_bytes(&self, is_shared: bool) -> usize {
        let own = if is_shared { size_of::<Chunk>() } else { 0 };
        let used = (0..CHUNK).filter(|&at| self.states[at].n_used > 0);
        own + used.map(|at| shared_bytes(&self.pages[at], self.lists[at].as_ref(), is_shared)).sum::<usize>()
    }

    fn n_used(&self) -> u32 {
        self.states.iter().map(|state| state.n_used).sum()
    }
}

/// The nodes of a drive and the lists of their children. A clone shares everything: it is the view that a copy reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    chunks: Vec<Arc<Chunk>>,
}

/// Returns the node of a slot; a slot that was never allocated reads as a free one.
#[inline]
pub(crate) fn node(nodes: &Nodes, slot: u32) -> &Node {
    let (page_idx, at) = place(slot);
    match nodes.chunks.get(page_idx / CHUNK) {
        Some(chunk) => &chunk.pages[page_idx % CHUNK][at],
        None => &NO_NODE,
    }
}

/// Returns the page of a slot and the position in it.
fn place(slot: u32) -> (usize, usize) {
    (slot as usize / PAGE, slot as usize % PAGE)
}

/// Returns how many bytes of a page and its lists others share.
fn shared_bytes(nodes: &Page<Node>, lists: Option<&Arc<Lists>>, is_all: bool) -> usize {
    let nodes = if is_all || is_shared(nodes) { size_of::<[Node; PAGE]>() } else { 0 };
    nodes + lists.filter(|lists| is_all || is_shared(lists)).map_or(0, |lists| lists.n_bytes())
}

impl Nodes {
    pub(crate) fn n_pages(&self) -> usize {
        self.chunks.len() * CHUNK
    }

    /// Returns the nodes of a page; `None` beyond the last.
    pub(crate) fn page(&self, page_idx: usize) -> Option<&Page<Node>> {
        self.chunks.get(page_idx / CHUNK).map(|chunk| &chunk.pages[page_idx % CHUNK])
    }

    /// Returns the nodes of the page of a slot.
    #[cfg(test)]
    pub(crate) fn page_of(&self, slot: u32) -> Option<&Page<Node>> {
        self.page(slot as usize / PAGE)
    }

    /// Calls `visit` with the nodes of consecutive slots, usually few.
    #[inline]
    pub(crate) fn each(&self, row: SlotRange, mut visit: impl FnMut(&Node)) {
        // In deep trees most folders have one child.
        if row.len == 1 {
            return visit(node(self, row.first));
        }
        let (mut first, end) = (row.first as usize, row.end() as usize);
        while first < end {
            let (page_idx, at) = (first / PAGE, first % PAGE);
            let n_nodes = (end - first).min(PAGE - at);
            if let Some(page) = self.page(page_idx) {
                page[at..at + n_nodes].iter().for_each(&mut visit);
            }
            first += n_nodes;
        }
    }

    /// Returns the list of a folder's children; `None` if its node describes them.
    pub(crate) fn list(&self, folder: u32) -> Option<&List> {
        let (page_idx, at) = place(folder);
        self.chunks.get(page_idx / CHUNK)?.lists[page_idx % CHUNK].as_ref()?.get(at)
    }

    /// Returns whether a folder has a list of its children.
    #[inline]
    pub(crate) fn has_list(&self, folder: u32) -> bool {
        let (page_idx, at) = place(folder);
        let lists =
            self.chunks.get(page_idx / CHUNK).and_then(|chunk| chunk.lists[page_idx % CHUNK].as_ref());
        lists.is_some_and(|lists| lists.has(at))
    }

    /// Returns the slots of all pages that `other` does not share.
    pub(crate) fn differing<'a>(&'a self, other: &'a Nodes) -> impl Iterator<Item = u32> + 'a {
        let n_chunks = self.chunks.len().max(other.chunks.len());
        let chunks = (0..n_chunks).map(|idx| (idx, self.chunks.get(idx), other.chunks.get(idx)));
        let chunks = chunks.filter(|(_, one, two)| match (one, two) {
            (Some(one), Some(two)) => !Arc::ptr_eq(one, two),
            _ => true,
        });
        let page_idxs = chunks.flat_map(|(idx, ..)| idx * CHUNK..(idx + 1) * CHUNK);
        let is_shared = |page_idx: usize| match (self.page(page_idx), other.page(page_idx)) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            _ => false,
        };
        let pages = page_idxs.filter(move |&page_idx| !is_shared(page_idx));
        pages.flat_map(|page_idx| (page_idx * PAGE) as u32..((page_idx + 1) * PAGE) as u32)
    }

    fn chunk_mut(&mut self, page_idx: usize) -> Option<&mut Chunk> {
        self.chunks.get_mut(page_idx / CHUNK).map(|chunk| make_mut_counted(chunk, size_of_val))
    }

    /// Returns a node for writing, copying its page first if a clone still shares it.
    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Node> {
        let (page_idx, at) = place(slot);
        self.page_mut(page_idx)?.get_mut(at)
    }

    /// Returns the nodes of a page for writing, copied first if a clone still shares them.
    pub(super) fn page_mut(&mut self, page_idx: usize) -> Option<&mut [Node; PAGE]> {
        Some(make_mut_counted(&mut self.chunk_mut(page_idx)?.pages[page_idx % CHUNK], size_of_val))
    }

    pub(super) fn state(&self, page_idx: u32) -> Option<&PageState> {
        let page_idx = page_idx as usize;
        self.chunks.get(page_idx / CHUNK).map(|chunk| &chunk.states[page_idx % CHUNK])
    }

    pub(super) fn state_mut(&mut self, page_idx: u32) -> Option<&mut PageState> {
        let page_idx = page_idx as usize;
        self.chunk_mut(page_idx).map(|chunk| &mut chunk.states[page_idx % CHUNK])
    }

    /// Sets or removes the list of a folder's children; returns the old one.
    pub(super) fn set_list(&mut self, folder: u32, list: Option<List>) -> Option<List> {
        let (page_idx, at) = place(folder);
        if list.is_none() && self.list(folder).is_none() {
            return None;
        }
        let lists = &mut self.chunk_mut(page_idx)?.lists[page_idx % CHUNK];
        let old = make_mut_counted(lists.get_or_insert_default(), Lists::n_bytes).set(at, list);
        if lists.as_ref().is_some_and(|lists| lists.is_empty()) {
            *lists = None;
        }
        old
    }

    /// Changes the list of a folder that has one.
    pub(super) fn edit_list(&mut self, folder: u32, change: impl FnOnce(&mut List, &Nodes)) {
        let (page_idx, at) = place(folder);
        let no_children = List::new(Order::Row(SlotRange::default()));
        let list = self.list_mut(page_idx, at).map(|list| std::mem::replace(list, no_children));
        let Some(mut list) = list else { return debug_assert!(false, "the folder has no list") };
        change(&mut list, self);
        if let Some(place) = self.list_mut(page_idx, at) {
            *place = list;
        }
    }

    fn list_mut(&mut self, page_idx: usize, at: usize) -> Option<&mut List> {
        make_mut_counted(self.chunk_mut(page_idx)?.lists[page_idx % CHUNK].as_mut()?, Lists::n_bytes)
            .get_mut(at)
    }

    pub(super) fn push_chunk(&mut self, chunk: Arc<Chunk>) {
        self.chunks.push(chunk);
    }

    pub(super) fn set_chunk(&mut self, chunk_idx: usize, chunk: Arc<Chunk>) {
        if let Some(place) = self.chunks.get_mut(chunk_idx) {
            count_made(chunk.n_shared_bytes(true));
            *place = chunk;
        }
    }

    /// Returns how many slots of a chunk are allocated.
    pub(super) fn n_used_in_chunk(&self, chunk_idx: usize) -> u32 {
        self.chunks.get(chunk_idx).map_or(0, |chunk| chunk.n_used())
    }

    /// Returns whether a folder of a page has a list of its children.
    pub(super) fn has_lists(&self, page_idx: u32) -> bool {
        let page_idx = page_idx as usize;
        self.chunks.get(page_idx / CHUNK).is_some_and(|chunk| chunk.lists[page_idx % CHUNK].is_some())
    }

    /// Replaces a chunk by the blank chunk; returns the old one.
    pub(super) fn blank_chunk(&mut self, chunk_idx: usize, blank: &Arc<Chunk>) -> Option<Arc<Chunk>> {
        let old = self.chunks.get_mut(chunk_idx).map(|chunk| std::mem::replace(chunk, blank.clone()))?;
        count_parted(old.n_shared_bytes(is_shared(&old)));
        Some(old)
    }

    /// Replaces a page by a blank one, and its chunk by the blank chunk if no page of it is used any more. Returns the
    /// old nodes and their lists.
    pub(super) fn blank_page(
        &mut self,
        page_idx: u32,
        blank: &Arc<Chunk>,
    ) -> Option<(Page<Node>, Option<Arc<Lists>>)> {
        let at = page_idx as usize % CHUNK;
        let chunk = self.chunk_mut(page_idx as usize)?;
        let old = chunk.put(at, BuiltPage::blank(blank));
        count_parted(shared_bytes(&old.0, old.1.as_ref(), false));
        let is_unused = chunk.n_used() == 0;
        if is_unused {
            self.blank_chunk(page_idx as usize / CHUNK, blank);
        }
        Some(old)
    }

    /// Sets a page that was empty.
    pub(super) fn set_page(&mut self, page_idx: u32, page: BuiltPage) {
        count_made(shared_bytes(&page.nodes, page.lists.as_ref(), true));
        if let Some(chunk) = self.chunk_mut(page_idx as usize) {
            chunk.put(page_idx as usize % CHUNK, page);
        }
    }
}
