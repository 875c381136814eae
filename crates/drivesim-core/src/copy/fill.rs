//! The only place that builds the records of a copy: each from its number alone, apart from the drive.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::arena::{NIL, Node, node};
use crate::copy::check::RootWish;
use crate::copy::plan::{Plan, Planned};
use crate::copy::{CopySpec, Refusal, Reveal};
use crate::cow::{PAGE, Page};
use crate::reserved::{Slots, Ticket};
use crate::siblings::Balanced;
use crate::tree::Pin;

/// How many pages a task builds: 4,096 items.
const TASK_PAGES: usize = 16;

/// A copy that is built and not yet in its place.
#[derive(Debug)]
pub struct Staged {
    pub(crate) ticket: Ticket,
    pub(crate) records: Records,
    pub(crate) n_items: usize,
    pub(crate) spec: CopySpec,
    /// Whether it comes from another drive.
    pub(crate) crosses: bool,
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
        let records = match &*ticket.slots {
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
            crosses: opened.view.foreign.is_some(),
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
        let translation = &self.planned.translation;
        let stamp = translation.stamp(source).unwrap_or(self.stamp);
        let mut record = Node::new(source.kind(), translation.name(source), stamp);
        record.generation = generation;
        record.content = translation.content(view, source);
        record.set_hidden(hidden);
        if source.is_folder() {
            let children = children_of(plan, number);
            let root = Balanced::new(children.end - children.start).root();
            record.set_kids(root.map_or(NIL, |rank| self.slots.slot(children.start + rank)));
            // A folder that fills step by step counts what it shows, so it starts with nothing.
            if !hidden {
                (record.size, record.n_children) = (source.size, source.n_children);
            }
        } else {
            record.size = view.size_of(source);
            record.set_history(translation.history(source));
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
}

fn children_of(plan: &Plan, number: u32) -> Range<u32> {
    let at = |idx: usize| plan.first_child.get(idx).copied().unwrap_or(0);
    at(number as usize)..at(number as usize + 1)
}
