//! The only place that builds the records of a copy: each from its number alone, apart from the drive.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::arena::{Arena, NIL, Node, Run, node};
use crate::copy::check::RootWish;
use crate::copy::plan::{Plan, Planned, Translation};
use crate::copy::{CopySpec, Refusal, Reveal};
use crate::cow::{PAGE, Page};
use crate::item::ItemId;
use crate::siblings::Balanced;
use crate::tree::Pin;

/// A copy of fewer items than this takes single slots, so that small copies do not leave half-empty pages.
const RUN_FROM: usize = PAGE / 2;
/// How many pages a task builds: 4,096 items.
const TASK_PAGES: usize = 16;

/// Room in a drive for a copy to come. It must be given back to the drive: with the copy, or unused.
#[derive(Debug)]
pub struct Ticket {
    pub(crate) slots: Slots,
    pub(crate) stamp: u32,
    pub(crate) n_items: u32,
    pub(crate) n_bytes: u64,
}

/// The slots of a copy by the numbers of its items.
#[derive(Clone, Debug)]
pub(crate) enum Slots {
    /// Consecutive pages.
    Run(Run),
    /// Single slots.
    Few(Vec<ItemId>),
}

impl Slots {
    /// Sets slots aside for `n_items`; `None`, and nothing set aside, when the arena is full.
    pub(crate) fn reserve(arena: &mut Arena, n_items: usize) -> Option<Slots> {
        if n_items >= RUN_FROM {
            return arena.reserve_run(u32::try_from(n_items).ok()?).map(Slots::Run);
        }
        let mut few = Vec::with_capacity(n_items);
        for _ in 0..n_items {
            match arena.alloc() {
                Some(slot) => few.push(arena.id(slot)),
                None => {
                    Slots::Few(few).release(arena);
                    return None;
                }
            }
        }
        Some(Slots::Few(few))
    }

    /// Gives back slots that were not filled.
    pub(crate) fn release(&self, arena: &mut Arena) {
        match self {
            Slots::Run(run) => arena.release_run(run),
            Slots::Few(few) => few.iter().for_each(|id| arena.free(id.slot)),
        }
    }

    /// Returns the id that item `number` has.
    pub(crate) fn id(&self, number: u32) -> ItemId {
        match self {
            Slots::Run(run) => {
                let generation = run.generations.get(number as usize / PAGE).copied().unwrap_or(0);
                ItemId { generation, slot: run.first_slot() + number }
            }
            Slots::Few(few) => {
                few.get(number as usize).copied().unwrap_or(ItemId { generation: 0, slot: NIL })
            }
        }
    }

    fn slot(&self, number: u32) -> u32 {
        self.id(number).slot
    }
}

/// A copy that is built and not yet in its place.
#[derive(Debug)]
pub struct Staged {
    pub(crate) ticket: Ticket,
    pub(crate) records: Records,
    pub(crate) n_items: usize,
    pub(crate) spec: CopySpec,
    pub(crate) roots: Vec<RootWish>,
    pub(crate) refused: Vec<Refusal>,
    pub(crate) n_tasks: usize,
    pub(crate) pin: Pin,
}

#[derive(Debug)]
pub(crate) enum Records {
    Pages(Vec<Page<Node>>),
    Few(Vec<Node>),
}

impl Planned {
    /// Builds the records of the copy, in parallel from `parallel_from` items on. Needs no lock.
    pub fn fill(self, ticket: Ticket, parallel_from: usize) -> Staged {
        let n_items = self.plan.order.len();
        let fill = Fill { planned: &self, slots: &ticket.slots, stamp: ticket.stamp };
        let mut n_tasks = self.n_tasks;
        let records = match &ticket.slots {
            Slots::Few(_) => Records::Few((0..n_items as u32).map(|number| fill.record(number)).collect()),
            Slots::Run(run) if n_items < parallel_from => {
                Records::Pages(fill.pages(0..run.generations.len()))
            }
            Slots::Run(run) => {
                let n_pages = run.generations.len();
                let tasks: Vec<Range<usize>> =
                    (0..n_pages).step_by(TASK_PAGES).map(|at| at..n_pages.min(at + TASK_PAGES)).collect();
                n_tasks += tasks.len();
                Records::Pages(tasks.into_par_iter().flat_map_iter(|pages| fill.pages(pages)).collect())
            }
        };
        let Planned { opened, .. } = self;
        Staged {
            ticket,
            records,
            n_items,
            spec: opened.spec,
            roots: opened.roots,
            refused: opened.refused,
            n_tasks,
            pin: opened.pin,
        }
    }
}

/// What every record of a copy is made from.
struct Fill<'a> {
    planned: &'a Planned,
    slots: &'a Slots,
    stamp: u32,
}

impl Fill<'_> {
    fn pages(&self, pages: Range<usize>) -> Vec<Page<Node>> {
        pages
            .map(|page_idx| Arc::new(std::array::from_fn(|at| self.record((page_idx * PAGE + at) as u32))))
            .collect()
    }

    /// Makes the record of item `number`; beyond the last, that of a free slot.
    fn record(&self, number: u32) -> Node {
        let plan = &self.planned.plan;
        let generation = self.slots.id(number).generation;
        let Some(&source) = plan.order.get(number as usize) else { return Node::free(generation) };
        let view = &self.planned.opened.view;
        let source = node(&view.nodes, source);
        let hidden = self.planned.opened.spec.reveal == Reveal::Gradual;
        let (name, content) = self.handles(source);
        let mut record = Node::new(source.kind(), name, self.stamp);
        record.generation = generation;
        record.content = content;
        record.set_hidden(hidden);
        if source.is_folder() {
            let children = children_of(plan, number);
            let root = Balanced::new(children.end - children.start).root();
            record.kids = root.map_or(NIL, |rank| self.slots.slot(children.start + rank));
            // A folder that fills step by step counts what it shows, so it starts with nothing.
            if !hidden {
                (record.size, record.n_children) = (source.size, source.n_children);
            }
        } else {
            record.size = source.size;
        }
        self.place_among_siblings(&mut record, number);
        record
    }

    fn place_among_siblings(&self, record: &mut Node, number: u32) {
        let plan = &self.planned.plan;
        let parent = plan.parent.get(number as usize).copied().unwrap_or(NIL);
        if parent == NIL {
            return;
        }
        let siblings = children_of(plan, parent);
        let links = Balanced::new(siblings.end - siblings.start).links(number - siblings.start);
        let slot = |rank: Option<u32>| rank.map_or(NIL, |rank| self.slots.slot(siblings.start + rank));
        record.parent = self.slots.slot(parent);
        (record.left, record.right) = (slot(links.left), slot(links.right));
        record.set_weight(links.weight);
    }

    fn handles(&self, source: &Node) -> (u32, u32) {
        if self.planned.opened.view.foreign.is_none() {
            return (source.name, source.content);
        }
        let Translation { names, contents, .. } = &self.planned.translation;
        let content = if source.is_folder() { Some(&0) } else { contents.get(&source.content) };
        (names.get(&source.name).copied().unwrap_or(0), content.copied().unwrap_or(0))
    }
}

fn children_of(plan: &Plan, number: u32) -> Range<u32> {
    let at = |idx: usize| plan.first_child.get(idx).copied().unwrap_or(0);
    at(number as usize)..at(number as usize + 1)
}
