//! Allocates slots: flat nodes in pages, generations, free slots and runs of pages.

mod condemned;
mod extents;
mod lists;
mod node;
mod nodes;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::child_list::List;
use crate::child_list::PartlyVisible;
use crate::content::Content;
use crate::cow::{PAGE, Page};
use crate::history::History;
use crate::item::ItemId;
use crate::traffic::make_mut_counted;

pub(crate) use self::condemned::{CollectedSlots, CondemnedSlots, PORTION};
use self::extents::{Extent, Extents};
pub(crate) use self::lists::Lists;
use self::node::FREE;
pub(crate) use self::node::Node;
pub(crate) use self::nodes::{BuiltPage, CHUNK, Chunk, Nodes, node};
pub(crate) use crate::slot::{NIL, SLOT_LIMIT};

/// Consecutive pages reserved for a staged copy. A run of at least a chunk's worth of items has whole chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRun {
    pub(crate) first_page: u32,
    pub(crate) n_pages: u32,
    pub(crate) n_items: u32,
    pub(crate) generation: u32,
}

impl PageRun {
    pub(crate) fn first_slot(&self) -> u32 {
        self.first_page * PAGE as u32
    }

    /// Returns how many pages the items take.
    pub(crate) fn n_used_pages(&self) -> usize {
        self.n_items.div_ceil(PAGE as u32) as usize
    }

    pub(crate) fn has_whole_chunks(&self) -> bool {
        self.n_pages as usize >= CHUNK
    }
}

/// The built pages of a run.
#[derive(Debug)]
pub(crate) enum BuiltRun {
    Chunks(Vec<Arc<Chunk>>),
    Pages(Vec<BuiltPage>),
}

/// A set of pages that clones share until one of them changes it.
#[derive(Clone, Debug, Default)]
struct PageSet(Arc<BTreeSet<u32>>);

impl PageSet {
    fn first(&self) -> Option<u32> {
        self.0.first().copied()
    }

    // Inserts nothing if the page is in the set, so that nothing is copied.
    fn insert(&mut self, page_idx: u32) {
        if !self.0.contains(&page_idx) {
            make_mut_counted(&mut self.0, |pages| pages.len() * 6).insert(page_idx);
        }
    }

    fn remove(&mut self, page_idx: u32) {
        if self.0.contains(&page_idx) {
            make_mut_counted(&mut self.0, |pages| pages.len() * 6).remove(&page_idx);
        }
    }
}

/// What freed slots have left to drop. Dropping it may take long, since the allocator may return memory to the system;
/// no other thread has to wait for that.
#[derive(Debug, Default)]
pub(crate) struct DeferredDrops {
    chunks: Vec<Arc<Chunk>>,
    pages: Vec<(Page<Node>, Option<Arc<Lists>>)>,
    lists: Vec<List>,
    partly_shown: Vec<PartlyVisible>,
    histories: Vec<History>,
    contents: Vec<Content>,
}

impl Clone for DeferredDrops {
    /// Returns an empty value: the original drops what is left to drop.
    fn clone(&self) -> DeferredDrops {
        DeferredDrops::default()
    }
}

impl DeferredDrops {
    pub(crate) fn is_empty(&self) -> bool {
        let has_slots = !self.chunks.is_empty() || !self.pages.is_empty() || !self.lists.is_empty();
        let has_more =
            !self.partly_shown.is_empty() || !self.histories.is_empty() || !self.contents.is_empty();
        !has_slots && !has_more
    }

    pub(crate) fn add_partly_visible(&mut self, partly_shown: PartlyVisible) {
        self.partly_shown.push(partly_shown);
    }

    pub(crate) fn add_contents(&mut self, contents: Vec<Content>) {
        self.contents.extend(contents);
    }

    pub(crate) fn add_histories(&mut self, histories: impl IntoIterator<Item = History>) {
        self.histories.extend(histories);
    }
}

/// Slots and their nodes. A clone shares everything that grows with them until one side changes it.
#[derive(Clone, Debug)]
pub(crate) struct Arena {
    nodes: Nodes,
    /// Pages with some used and some free slots; the lowest is filled first, so that order is repeatable.
    open: PageSet,
    /// Pages without a used slot. They hold no memory.
    empty: Extents,
    /// A chunk of empty pages.
    blank: Arc<Chunk>,
    n_used: u32,
    /// Slots of removed items that are not freed yet.
    condemned: Option<CondemnedSlots>,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena {
            nodes: Nodes::default(),
            open: PageSet::default(),
            empty: Extents::default(),
            blank: Arc::new(Chunk::blank()),
            n_used: 0,
            condemned: None,
        }
    }

    pub(crate) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    pub(crate) fn node(&self, slot: u32) -> &Node {
        node(&self.nodes, slot)
    }

    /// Changes the node at `slot`, which must be allocated.
    pub(crate) fn edit(&mut self, slot: u32, change: impl FnOnce(&mut Node)) {
        match self.nodes.get_mut(slot) {
            Some(node) => change(node),
            None => debug_assert!(false, "slot {slot} was never given out"),
        }
    }

    /// Sets or removes the list of a folder's children.
    pub(crate) fn set_list(&mut self, folder: u32, list: Option<List>) {
        self.nodes.set_list(folder, list);
    }

    /// Changes the list of a folder that has one.
    pub(crate) fn edit_list(&mut self, folder: u32, change: impl FnOnce(&mut List, &Nodes)) {
        self.nodes.edit_list(folder, change);
    }

    /// Returns a chunk of unused pages to fill.
    pub(crate) fn blank(&self) -> Arc<Chunk> {
        self.blank.clone()
    }

    /// Returns how many slots are allocated.
    pub(crate) fn n_used(&self) -> u32 {
        self.n_used
    }

    /// Returns the slots of all live nodes, lowest first.
    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.live_slots_from(0)
    }

    /// Returns the slots of all live nodes from `first` on, lowest first.
    pub(crate) fn live_slots_from(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let pages = first / PAGE as u32..self.nodes.n_pages() as u32;
        let used = pages.filter(|&page_idx| self.nodes.state(page_idx).is_some_and(|state| state.n_used > 0));
        let slots = used.flat_map(|page_idx| page_idx * PAGE as u32..(page_idx + 1) * PAGE as u32);
        slots.filter(move |&slot| slot >= first && self.node(slot).is_live())
    }

    pub(crate) fn id(&self, slot: u32) -> ItemId {
        ItemId { generation: self.node(slot).generation, slot }
    }

    /// Returns the slot of a live item, or `None` for an id that is stale or was never issued.
    pub(crate) fn slot(&self, id: ItemId) -> Option<u32> {
        let node = self.node(id.slot);
        let is_current = node.is_live() && node.generation == id.generation && !self.is_condemned(id.slot);
        is_current.then_some(id.slot)
    }

    /// Allocates a slot; `None` if the arena is full. Its node is not live before it is written.
    pub(crate) fn alloc(&mut self) -> Option<u32> {
        let page_idx = match self.open.first() {
            Some(page_idx) => page_idx,
            None => self.open_page()?,
        };
        let next_free = self.nodes.state(page_idx).map(|state| self.node(state.free).parent())?;
        let state = self.nodes.state_mut(page_idx)?;
        let slot = if state.free == NIL {
            state.bump += 1;
            page_idx * PAGE as u32 + state.bump - 1
        } else {
            std::mem::replace(&mut state.free, next_free)
        };
        state.n_used += 1;
        self.n_used += 1;
        if state.free == NIL && state.bump == PAGE as u32 {
            self.open.remove(page_idx);
        }
        Some(slot)
    }

    /// Writes the node of an allocated slot, keeping the slot's generation.
    pub(crate) fn put(&mut self, slot: u32, new: Node) {
        self.edit(slot, |node| {
            let generation = node.generation;
            *node = new;
            node.generation = generation;
        });
    }

    /// Frees a slot. Its ids are stale from now on. A slot whose generations are used up is retired.
    pub(crate) fn free(&mut self, slot: u32, drops: &mut DeferredDrops) {
        drops.lists.extend(self.nodes.set_list(slot, None));
        let page_idx = slot / PAGE as u32;
        let Some(state) = self.nodes.state_mut(page_idx) else { return };
        let free = state.free;
        state.n_used -= 1;
        self.n_used -= 1;
        if state.n_used == 0 {
            drops.pages.extend(self.close_page(page_idx, slot));
            return;
        }
        let Some(node) = self.nodes.get_mut(slot) else { return };
        *node = Node::free(node.generation.saturating_add(1));
        if node.generation == u32::MAX {
            return;
        }
        node.set_parent(free);
        if let Some(state) = self.nodes.state_mut(page_idx) {
            state.free = slot;
            self.open.insert(page_idx);
        }
    }

    /// Reserves consecutive pages for `n_items`; `None` if the arena is full.
    ///
    /// The time does not grow with the run, except for adding chunks at the end.
    pub(crate) fn reserve_run(&mut self, n_items: u32) -> Option<PageRun> {
        let n_pages = n_items.div_ceil(PAGE as u32);
        let is_large = n_pages as usize >= CHUNK;
        let n_pages = if is_large { n_pages.next_multiple_of(CHUNK as u32) } else { n_pages };
        let Extent { first, generation, .. } = match self.empty.take_row(n_pages) {
            Some(extent) => extent,
            None => {
                self.append_chunks(n_pages.div_ceil(CHUNK as u32))?;
                self.empty.take_row(n_pages)?
            }
        };
        self.n_used += n_items;
        Some(PageRun { first_page: first, n_pages, n_items, generation })
    }

    /// Installs the pages of a run; their nodes were built elsewhere.
    pub(crate) fn install_run(&mut self, run: &PageRun, built: BuiltRun) {
        match built {
            BuiltRun::Chunks(chunks) => {
                let first_chunk = run.first_page as usize / CHUNK;
                for (at, chunk) in chunks.into_iter().enumerate() {
                    self.nodes.set_chunk(first_chunk + at, chunk);
                }
            }
            BuiltRun::Pages(pages) => {
                for (page_idx, page) in (run.first_page..).zip(pages) {
                    self.nodes.set_page(page_idx, page);
                }
            }
        }
        let end = run.first_page + run.n_used_pages() as u32;
        if run.n_items % PAGE as u32 != 0 {
            self.open.insert(end - 1);
        }
        // Unused pages of the last chunk are available to others.
        let len = run.first_page + run.n_pages - end;
        if len > 0 {
            self.empty.release(Extent { first: end, len, generation: run.generation });
        }
    }

    /// Releases the pages of a run that was never installed.
    pub(crate) fn release_run(&mut self, run: &PageRun) {
        self.n_used -= run.n_items;
        self.empty.release(Extent { first: run.first_page, len: run.n_pages, generation: run.generation });
    }

    /// Opens the lowest empty page, or a new one, for single slots.
    fn open_page(&mut self) -> Option<u32> {
        let Extent { first: page_idx, generation, .. } = match self.empty.take_one() {
            Some(extent) => extent,
            None => {
                self.append_chunks(1)?;
                self.empty.take_one()?
            }
        };
        let nodes = Arc::new([Node::free(generation); PAGE]);
        self.nodes.set_page(page_idx, BuiltPage { nodes, lists: None, n_used: 0 });
        self.open.insert(page_idx);
        Some(page_idx)
    }

    /// Adds chunks of empty pages at the end; `None`, and nothing added, if the arena is too small for them.
    fn append_chunks(&mut self, n_chunks: u32) -> Option<()> {
        let first = self.nodes.n_pages() as u32;
        let len = n_chunks.checked_mul(CHUNK as u32)?;
        // The last slot of all is the one that means "none".
        if u64::from(first.checked_add(len)?) * PAGE as u64 >= u64::from(SLOT_LIMIT) {
            return None;
        }
        (0..n_chunks).for_each(|_| self.nodes.push_chunk(self.blank.clone()));
        self.empty.release(Extent { first, len, generation: FREE.generation });
        Some(())
    }

    /// Removes the nodes of a page that is no longer used, and keeps the page's highest generation. `freed` is the slot
    /// that was used last.
    fn close_page(&mut self, page_idx: u32, freed: u32) -> Option<(Page<Node>, Option<Arc<Lists>>)> {
        let first = page_idx * PAGE as u32;
        let nodes = self.nodes.page(page_idx as usize).map_or(&[][..], |page| &page[..]);
        let generations = (first..).zip(nodes).map(|(slot, node)| match slot == freed {
            true => node.generation.saturating_add(1),
            false => node.generation,
        });
        let generation = generations.max().unwrap_or(1);
        self.open.remove(page_idx);
        let old = self.nodes.blank_page(page_idx, &self.blank);
        // A page with a slot whose generations are used up is never opened again.
        if generation < u32::MAX {
            self.empty.release(Extent { first: page_idx, len: 1, generation });
        }
        old
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ItemKind;

    fn put_file(arena: &mut Arena) -> ItemId {
        let slot = arena.alloc().unwrap();
        arena.put(slot, Node::new(ItemKind::File, 0, 0));
        arena.id(slot)
    }

    #[test]
    fn a_node_is_32_bytes() {
        assert_eq!(size_of::<Node>(), 32);
    }

    #[test]
    fn a_freed_slot_is_reused_under_another_id() {
        let mut arena = Arena::new();
        let (kept, first) = (put_file(&mut arena), put_file(&mut arena));
        arena.free(first.slot, &mut DeferredDrops::default());
        let second = put_file(&mut arena);
        assert_eq!(first.slot, second.slot);
        assert_eq!(arena.slot(first), None);
        assert_eq!(arena.slot(second), Some(second.slot));
        assert_eq!(arena.slot(kept), Some(kept.slot));
    }

    #[test]
    fn the_slots_of_an_emptied_page_are_reused_under_other_ids() {
        let mut arena = Arena::new();
        let ids: Vec<ItemId> = (0..PAGE).map(|_| put_file(&mut arena)).collect();
        for id in &ids {
            arena.free(id.slot, &mut DeferredDrops::default());
        }
        let run = arena.reserve_run(PAGE as u32 + 1).unwrap();
        assert_eq!((run.first_page, run.n_pages, run.generation), (0, 2, 2));
        arena.release_run(&run);
        let run = arena.reserve_run(CHUNK as u32 * PAGE as u32).unwrap();
        assert_eq!((run.first_page, run.n_pages, run.generation), (0, CHUNK as u32, 2));
        assert_ne!(put_file(&mut arena).slot / PAGE as u32 / CHUNK as u32, 0, "the run has it");
    }

    #[test]
    fn slots_freed_over_several_pages_do_not_affect_a_clone_and_ids_are_not_reused() {
        let mut arena = Arena::new();
        let ids: Vec<ItemId> = (0..3 * PAGE).map(|_| put_file(&mut arena)).collect();
        let (clone, mut drops) = (arena.clone(), DeferredDrops::default());
        let first = PAGE as u32 / 2;
        let mut collected = CollectedSlots::default();
        collected.add(first..first + 2 * PAGE as u32);
        arena.condemn(collected.condemned(arena.nodes()));
        assert!(
            ids.iter().filter(|id| arena.slot(**id).is_none()).count() == 2 * PAGE,
            "ids are stale before the slots are free"
        );
        arena.detach(usize::MAX, &mut drops, None);
        assert_eq!((drops.pages.len(), drops.lists.len(), drops.clone().is_empty()), (1, 0, true));
        assert_eq!(arena.n_used(), PAGE as u32);
        for (at, &id) in ids.iter().enumerate() {
            assert_eq!(clone.slot(id), Some(id.slot));
            let is_freed = (first as usize..first as usize + 2 * PAGE).contains(&at);
            assert_eq!(arena.slot(id).is_none(), is_freed, "{at}");
        }
        let again: Vec<ItemId> = (0..2 * PAGE).map(|_| put_file(&mut arena)).collect();
        assert!(again.iter().all(|id| !ids.contains(id) && arena.slot(*id) == Some(id.slot)));
        assert_eq!(arena.nodes.n_pages(), clone.nodes.n_pages(), "freed slots are reused");
    }

    #[test]
    fn a_slot_whose_generations_are_used_up_is_retired() {
        let mut arena = Arena::new();
        put_file(&mut arena);
        let id = put_file(&mut arena);
        arena.edit(id.slot, |node| node.generation = u32::MAX - 1);
        arena.free(id.slot, &mut DeferredDrops::default());
        assert_ne!(put_file(&mut arena).slot, id.slot);
    }
}
