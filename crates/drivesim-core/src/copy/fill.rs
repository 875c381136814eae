//! The only place that builds the records of a copy: page by page, each from its place in the plan alone, apart from
//! the drive.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::arena::{Built, BuiltPage, CHUNK, Chunk, Lists, NIL, Node, Nodes, Run, node};
use crate::children::order::{Order, Part, Row};
use crate::children::{self, INDEX_FROM, List};
use crate::copy::check::RootWish;
use crate::copy::plan::{Planned, PlannedFolder};
use crate::copy::{CopySpec, Refusal, Reveal};
use crate::cow::PAGE;
use crate::reserved::{Slots, Ticket};
use crate::tree::{Pin, visible_children};

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
    Run(Built),
    Few(Vec<(Node, Option<List>)>),
}

impl Planned {
    /// Builds the records of the copy, in parallel from `parallel_from` items on. Needs no lock.
    pub fn fill(self, ticket: Ticket, parallel_from: usize) -> Staged {
        let n_items = self.n_items();
        let fill = Fill { planned: &self, ticket: &ticket };
        let (records, n_tasks) = match &*ticket.slots {
            Slots::Few(_) => (Records::Few(fill.few()), 0),
            Slots::Run(run) => {
                let (pages, n_tasks) = fill.run(run, n_items >= parallel_from);
                (Records::Run(assemble(run, &ticket.blank, pages)), n_tasks)
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

/// Puts pages together to chunks, where a run has whole ones.
fn assemble(run: &Run, blank: &Chunk, pages: Vec<BuiltPage>) -> Built {
    if !run.has_whole_chunks() {
        return Built::Pages(pages);
    }
    let mut pages = pages.into_iter();
    let n_chunks = run.n_pages as usize / CHUNK;
    Built::Chunks((0..n_chunks).map(|_| Arc::new(blank.filled(pages.by_ref().take(CHUNK)))).collect())
}

/// What every record of a copy is made from.
struct Fill<'a> {
    planned: &'a Planned,
    ticket: &'a Ticket,
}

impl Fill<'_> {
    /// Builds the pages of a run; says also how many tasks were handed to the thread pool.
    fn run(&self, run: &Run, parallel: bool) -> (Vec<BuiltPage>, usize) {
        let n_pages = run.n_used_pages();
        if !parallel {
            return (self.pages(run, 0..n_pages), 0);
        }
        let tasks: Vec<Range<usize>> =
            (0..n_pages).step_by(TASK_PAGES).map(|at| at..n_pages.min(at + TASK_PAGES)).collect();
        let n_tasks = tasks.len();
        (tasks.into_par_iter().flat_map_iter(|pages| self.pages(run, pages)).collect(), n_tasks)
    }

    /// Builds some pages of a run.
    fn pages(&self, run: &Run, pages: Range<usize>) -> Vec<BuiltPage> {
        let numbers = (pages.start * PAGE) as u32..run.n_items.min((pages.end * PAGE) as u32);
        let mut writer = PageWriter::new(run.generation, pages.len());
        self.records(numbers, |record, list| writer.add(record, list));
        writer.finish()
    }

    /// Builds the records of a copy of few items.
    fn few(&self) -> Vec<(Node, Option<List>)> {
        let mut few = Vec::with_capacity(self.planned.n_items());
        self.records(0..self.planned.plan.n_items, |record, list| few.push((record, list)));
        few
    }

    /// Makes the records of the items with these numbers, one after the other, without generations.
    fn records(&self, numbers: Range<u32>, mut put: impl FnMut(Node, Option<List>)) {
        let (plan, nodes) = (&self.planned.plan, &self.planned.opened.view.nodes);
        // Folders with something in them are met in the order in which they are planned.
        let mut folders = plan.folders[plan.folder_from(numbers.start)..].iter();
        let mut make = |source: &Node, parent: u32| match source.n_children() {
            0 => put(self.record(source, parent), None),
            _ => {
                let (record, list) = self.folder(source, parent, folders.next());
                put(record, list);
            }
        };
        let roots = numbers.start.min(plan.n_roots)..numbers.end.min(plan.n_roots);
        for root in &self.planned.opened.roots[roots.start as usize..roots.end as usize] {
            make(node(nodes, root.slot), NIL);
        }
        for (folder, held) in plan.holding(roots.end.max(numbers.start)..numbers.end) {
            let parent = self.ticket.slots.slot(folder.number);
            let ranks = held.start - folder.first_child..held.end - folder.first_child;
            each_child(nodes, folder.source, ranks, |source| make(source, parent));
        }
    }

    /// Makes the record of an item without children.
    #[inline]
    fn record(&self, source: &Node, parent: u32) -> Node {
        let (view, translation) = (&self.planned.opened.view, &self.planned.translation);
        let stamp = translation.stamp(source).unwrap_or(self.ticket.stamp);
        let mut record = Node::new(source.kind(), translation.name(source), stamp);
        record.set_parent(parent);
        record.set_hidden(self.is_hidden());
        if !source.is_folder() {
            record.size = view.size_of(source);
            record.set_content(translation.content(view, source));
            record.set_history(translation.history(source));
        }
        record
    }

    /// Makes the record of a folder with something in it, and the list of its children if it needs one.
    fn folder(&self, source: &Node, parent: u32, folder: Option<&PlannedFolder>) -> (Node, Option<List>) {
        let mut record = self.record(source, parent);
        let Some(folder) = folder else {
            debug_assert!(false, "a folder that was not planned");
            return (record, None);
        };
        let n_children = source.n_children();
        if source.is_nested() {
            record.set_nested();
        }
        // A folder that fills step by step counts what it shows, so it starts with nothing.
        if !self.is_hidden() {
            record.size = source.size;
            record.set_n_children(n_children);
        }
        let order = self.ticket.slots.order(folder.first_child, n_children);
        match order {
            Order::Row(row) if n_children < INDEX_FROM && !self.is_hidden() => {
                record.set_first_child(row.first);
                (record, None)
            }
            order => (record, Some(self.list(folder, order))),
        }
    }

    fn list(&self, folder: &PlannedFolder, order: Order) -> List {
        let (view, translation) = (&self.planned.opened.view, &self.planned.translation);
        let source = view.nodes.list(folder.source).filter(|_| view.foreign.is_none());
        // Where names mean the same and places are as far from each other, the index is the same.
        if let (Order::Row(row), Some(source)) = (&order, source)
            && let Some(list) = source.shared_by(*row)
        {
            return list;
        }
        let mut list = List::of(order);
        if list.len() >= INDEX_FROM {
            let mut found_by = Vec::with_capacity(list.len() as usize);
            each_child(&view.nodes, folder.source, 0..list.len(), |source| {
                found_by.push(self.ticket.found_by(translation.name(source)));
            });
            let mut found_by = found_by.into_iter();
            list.build_index(|_| found_by.next().unwrap_or_default());
        }
        list
    }

    fn is_hidden(&self) -> bool {
        self.planned.opened.spec.reveal == Reveal::Gradual
    }
}

/// Gives the visible children of a folder with these numbers among them.
#[inline]
fn each_child(nodes: &Nodes, folder: u32, ranks: Range<u32>, mut give: impl FnMut(&Node)) {
    if children::count(nodes, folder) != node(nodes, folder).n_children() {
        let children = visible_children(nodes, folder).skip(ranks.start as usize);
        return children.take(ranks.len()).for_each(|slot| give(node(nodes, slot)));
    }
    let mut parts = children::from_rank(nodes, folder, ranks.start);
    let mut n_left = ranks.end - ranks.start;
    while n_left > 0
        && let Some(part) = parts.next_part()
    {
        match part {
            Part::Row(row) => {
                let row = Row::new(row.first, row.len.min(n_left));
                n_left -= row.len;
                nodes.slices(row).flatten().for_each(&mut give);
            }
            Part::Slots(slots) => {
                let slots = &slots[..slots.len().min(n_left as usize)];
                n_left -= slots.len() as u32;
                slots.iter().for_each(|&slot| give(node(nodes, slot)));
            }
        }
    }
}

/// Writes records into pages, one after the other.
struct PageWriter {
    generation: u32,
    /// The page in work: it is warm, so that the one it is copied to is written once and whole.
    page: Vec<Node>,
    lists: Lists,
    done: Vec<BuiltPage>,
}

impl PageWriter {
    fn new(generation: u32, n_pages: usize) -> PageWriter {
        let (page, done) = (Vec::with_capacity(PAGE), Vec::with_capacity(n_pages));
        PageWriter { generation, page, lists: Vec::new(), done }
    }

    #[inline]
    fn add(&mut self, record: Node, list: Option<List>) {
        if let Some(list) = list {
            self.lists.push((self.page.len() as u8, list));
        }
        let mut record = record;
        record.generation = self.generation;
        self.page.push(record);
        if self.page.len() == PAGE {
            self.close(PAGE as u32);
        }
    }

    fn close(&mut self, n_used: u32) {
        let Ok(nodes) = Arc::<[Node]>::from(&self.page[..]).try_into() else {
            return debug_assert!(false, "a page that is not full");
        };
        let lists = (!self.lists.is_empty()).then(|| Arc::new(std::mem::take(&mut self.lists)));
        self.done.push(BuiltPage { nodes, lists, n_used });
        self.page.clear();
    }

    fn finish(mut self) -> Vec<BuiltPage> {
        let n_used = self.page.len();
        if n_used > 0 {
            self.page.resize(PAGE, Node::free(self.generation));
            self.close(n_used as u32);
        }
        self.done
    }
}
