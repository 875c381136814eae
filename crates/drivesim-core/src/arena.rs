//! The only place that gives out slots: flat records in pages, generations, free slots and runs of pages.

mod node;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cow::{CowList, CowVec, PAGE, Page};
use crate::item::ItemId;

use self::node::{FREE, NO_NODE};
pub(crate) use self::node::{NIL, Node, SLOT_LIMIT};

/// What is known of a page beside its nodes.
#[derive(Clone, Copy, Debug)]
struct PageState {
    /// How many of its slots are given out.
    n_used: u32,
    /// Slots from here on were never given out since the page was opened.
    bump: u32,
    /// The last slot given back, or [`NIL`].
    free: u32,
    /// The generation its slots start with when it is next opened.
    generation: u32,
}

/// Consecutive pages set aside for a staged copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first_page: u32,
    pub(crate) n_items: u32,
    /// The generation of the slots of each page.
    pub(crate) generations: Vec<u32>,
}

impl Run {
    pub(crate) fn first_slot(&self) -> u32 {
        self.first_page * PAGE as u32
    }
}

/// The nodes of a drive. A clone shares all pages: that is the view a copy reads.
pub(crate) type Nodes = CowVec<Node>;

/// Looks a slot up; a slot that was never given out reads as a free one.
pub(crate) fn node(nodes: &Nodes, slot: u32) -> &Node {
    nodes.get(slot).unwrap_or(&NO_NODE)
}

/// A set of pages that clones share until one of them changes it.
#[derive(Clone, Debug, Default)]
struct Pages(Arc<BTreeSet<u32>>);

impl Pages {
    fn first(&self) -> Option<u32> {
        self.0.first().copied()
    }

    // What is so already is no change: it copies nothing.
    fn insert(&mut self, page_idx: u32) {
        if !self.0.contains(&page_idx) {
            Arc::make_mut(&mut self.0).insert(page_idx);
        }
    }

    fn remove(&mut self, page_idx: u32) {
        if self.0.contains(&page_idx) {
            Arc::make_mut(&mut self.0).remove(&page_idx);
        }
    }

    /// Finds the lowest `n_pages` pages in a row.
    fn find_row(&self, n_pages: u32) -> Option<u32> {
        let (mut first, mut n_found) = (0, 0);
        for &page_idx in self.0.iter() {
            if n_found == 0 || page_idx != first + n_found {
                (first, n_found) = (page_idx, 0);
            }
            n_found += 1;
            if n_found == n_pages {
                return Some(first);
            }
        }
        None
    }
}

/// Slots and their records. A clone shares everything that grows with them until one side changes it.
#[derive(Clone, Debug)]
pub(crate) struct Arena {
    nodes: Nodes,
    states: CowList<PageState>,
    /// Pages with some used and some free slots; the lowest is filled first, so that order is repeatable.
    open: Pages,
    /// Pages without a used slot, ready for runs. They hold no memory.
    empty: Pages,
    blank: Page<Node>,
    n_used: u32,
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena {
            nodes: CowVec::default(),
            states: CowList::default(),
            open: Pages::default(),
            empty: Pages::default(),
            blank: Arc::new([FREE; PAGE]),
            n_used: 0,
        }
    }

    pub(crate) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    pub(crate) fn node(&self, slot: u32) -> &Node {
        node(&self.nodes, slot)
    }

    /// Changes the node at `slot`, which must have been given out.
    pub(crate) fn edit(&mut self, slot: u32, change: impl FnOnce(&mut Node)) {
        match self.nodes.get_mut(slot) {
            Some(node) => change(node),
            None => debug_assert!(false, "slot {slot} was never given out"),
        }
    }

    /// Returns how many slots are given out.
    pub(crate) fn n_used(&self) -> u32 {
        self.n_used
    }

    /// Returns the slots of all living nodes, lowest first.
    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.live_slots_from(0)
    }

    /// Returns the slots of all living nodes from `first` on, lowest first.
    pub(crate) fn live_slots_from(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let n_slots = (self.nodes.n_pages() * PAGE) as u32;
        (first..n_slots).filter(|&slot| self.node(slot).is_live())
    }

    pub(crate) fn id(&self, slot: u32) -> ItemId {
        ItemId { generation: self.node(slot).generation, slot }
    }

    /// Returns the slot of a living item, or `None` for an id that is stale or was never given.
    pub(crate) fn slot(&self, id: ItemId) -> Option<u32> {
        let node = self.node(id.slot);
        (node.is_live() && node.generation == id.generation).then_some(id.slot)
    }

    /// Gives out a slot; `None` when the arena is full. Its node is not alive before it is written.
    pub(crate) fn alloc(&mut self) -> Option<u32> {
        let page_idx = match self.open.first() {
            Some(page_idx) => page_idx,
            None => self.open_page()?,
        };
        let state = self.states.get_mut(page_idx)?;
        let slot = if state.free == NIL {
            state.bump += 1;
            page_idx * PAGE as u32 + state.bump - 1
        } else {
            let slot = state.free;
            state.free = node(&self.nodes, slot).parent;
            slot
        };
        state.n_used += 1;
        self.n_used += 1;
        if state.free == NIL && state.bump == PAGE as u32 {
            self.open.remove(page_idx);
        }
        Some(slot)
    }

    /// Writes the node of a slot that was given out, keeping the slot's generation.
    pub(crate) fn put(&mut self, slot: u32, new: Node) {
        self.edit(slot, |node| *node = Node { generation: node.generation, ..new });
    }

    /// Takes a slot back. Its ids are stale from now on; a slot whose generations are used up is retired.
    pub(crate) fn free(&mut self, slot: u32) {
        let page_idx = slot / PAGE as u32;
        let Some(state) = self.states.get_mut(page_idx) else { return };
        let next_free = state.free;
        let generation = node(&self.nodes, slot).generation.saturating_add(1);
        let reusable = generation < u32::MAX;
        state.n_used -= 1;
        self.n_used -= 1;
        if reusable {
            state.free = slot;
            self.open.insert(page_idx);
        }
        self.edit(slot, |node| *node = Node { generation, parent: next_free, ..FREE });
        self.close_if_empty(page_idx);
    }

    /// Sets consecutive pages aside for `n_items`; `None` when the arena is full.
    pub(crate) fn reserve_run(&mut self, n_items: u32) -> Option<Run> {
        let n_pages = n_items.div_ceil(PAGE as u32);
        let first_page = match self.empty.find_row(n_pages) {
            Some(first_page) => first_page,
            None => self.append_pages(n_pages)?,
        };
        let mut generations = Vec::with_capacity(n_pages as usize);
        for page_idx in first_page..first_page + n_pages {
            self.empty.remove(page_idx);
            generations.push(self.states.get(page_idx)?.generation);
        }
        self.n_used += n_items;
        Some(Run { first_page, n_items, generations })
    }

    /// Puts the pages of a run in place; their nodes were built elsewhere.
    pub(crate) fn install_run(&mut self, run: &Run, pages: Vec<Page<Node>>) {
        debug_assert_eq!(pages.len(), run.generations.len());
        let mut left = run.n_items;
        for (page_idx, page) in (run.first_page..).zip(pages) {
            let n_used = left.min(PAGE as u32);
            left -= n_used;
            self.nodes.set_page(page_idx as usize, page);
            if let Some(state) = self.states.get_mut(page_idx) {
                (state.n_used, state.bump, state.free) = (n_used, n_used, NIL);
            }
            if n_used < PAGE as u32 {
                self.open.insert(page_idx);
            }
        }
    }

    /// Gives back the pages of a run that was never installed.
    pub(crate) fn release_run(&mut self, run: &Run) {
        self.n_used -= run.n_items;
        let pages = run.first_page..run.first_page + run.generations.len() as u32;
        pages.for_each(|page_idx| self.empty.insert(page_idx));
    }

    /// Opens the lowest empty page, or a new one, for single slots.
    fn open_page(&mut self) -> Option<u32> {
        let page_idx = match self.empty.first() {
            Some(page_idx) => page_idx,
            None => self.append_pages(1)?,
        };
        self.empty.remove(page_idx);
        let state = self.states.get_mut(page_idx)?;
        (state.n_used, state.bump, state.free) = (0, 0, NIL);
        let fresh = Node { generation: state.generation, ..FREE };
        self.nodes.set_page(page_idx as usize, Arc::new(std::array::from_fn(|_| fresh.clone())));
        self.open.insert(page_idx);
        Some(page_idx)
    }

    /// Adds `n_pages` empty pages at the end and returns the first.
    fn append_pages(&mut self, n_pages: u32) -> Option<u32> {
        let first_page = self.nodes.n_pages() as u32;
        let end = first_page.checked_add(n_pages)?;
        if u64::from(end) * PAGE as u64 > u64::from(SLOT_LIMIT) {
            return None;
        }
        for page_idx in first_page..end {
            self.nodes.push_page(self.blank.clone());
            self.states.push(PageState { n_used: 0, bump: 0, free: NIL, generation: 1 });
            self.empty.insert(page_idx);
        }
        Some(first_page)
    }

    /// Drops the nodes of a page nobody uses any more, remembering how far its generations went.
    fn close_if_empty(&mut self, page_idx: u32) {
        let first_slot = page_idx * PAGE as u32;
        let Some(state) = self.states.get(page_idx) else { return };
        if state.n_used > 0 {
            return;
        }
        let slots = first_slot..first_slot + PAGE as u32;
        let generation = slots.map(|slot| node(&self.nodes, slot).generation).max().unwrap_or(1);
        self.open.remove(page_idx);
        self.nodes.set_page(page_idx as usize, self.blank.clone());
        if let Some(state) = self.states.get_mut(page_idx) {
            state.generation = generation;
        }
        // A page of which a slot is used up is never opened again.
        if generation < u32::MAX {
            self.empty.insert(page_idx);
        }
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
    fn a_node_is_48_bytes() {
        assert_eq!(size_of::<Node>(), 48);
    }

    #[test]
    fn a_freed_slot_is_given_again_under_another_id() {
        let mut arena = Arena::new();
        let (kept, first) = (put_file(&mut arena), put_file(&mut arena));
        arena.free(first.slot);
        let second = put_file(&mut arena);
        assert_eq!(first.slot, second.slot);
        assert_eq!(arena.slot(first), None);
        assert_eq!(arena.slot(second), Some(second.slot));
        assert_eq!(arena.slot(kept), Some(kept.slot));
    }

    #[test]
    fn an_emptied_page_gives_its_slots_again_under_other_ids() {
        let mut arena = Arena::new();
        let ids: Vec<ItemId> = (0..PAGE).map(|_| put_file(&mut arena)).collect();
        for id in &ids {
            arena.free(id.slot);
        }
        let run = arena.reserve_run(PAGE as u32 + 1).unwrap();
        assert_eq!(run.first_page, 1, "one empty page does not hold the run");
        arena.release_run(&run);
        let run = arena.reserve_run(2 * PAGE as u32).unwrap();
        assert_eq!((run.first_page, run.generations), (0, vec![2, 1]));
    }

    #[test]
    fn a_slot_whose_generations_are_used_up_is_retired() {
        let mut arena = Arena::new();
        put_file(&mut arena);
        let id = put_file(&mut arena);
        arena.edit(id.slot, |node| node.generation = u32::MAX - 1);
        arena.free(id.slot);
        assert_ne!(put_file(&mut arena).slot, id.slot);
    }
}
