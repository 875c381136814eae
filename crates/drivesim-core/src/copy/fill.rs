//! The only place that builds the records of a copy: page by page, each from its place in the plan alone, apart from
//! the drive.

mod listings;
mod lists;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::arena::{Built, BuiltPage, CHUNK, Chunk, Lists, NIL, Node, Nodes, Run, node};
use crate::children::order::{Part, Row};
use crate::children::{INDEX_FROM, List};
use crate::copy::check::RootWish;
use crate::copy::plan::{Children, Planned, PlannedFolder};
use crate::copy::{CopySpec, Refusal, Reveal};
use crate::cow::PAGE;
use crate::reserved::{Slots, Ticket};
use crate::tree::{Pin, visible_children};

/// How many pages a task builds: 3,072 items, which take just under 100 KiB.
const TASK_PAGES: usize = 12;

/// A copy that is built and not yet in its place.
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
    /// The records, and the lists of folders by number.
    Few(Vec<Node>, Vec<(u32, List)>),
}

impl Planned {
    /// Builds the records of the copy, in parallel from `parallel_from` items on. Needs no lock.
    pub fn fill(self, ticket: Ticket, parallel_from: usize) -> Staged {
        let n_items = self.n_items();
        let fill = Fill { planned: &self, ticket: &ticket };
        let (records, n_tasks) = match &*ticket.slots {
            Slots::Few(_) => (fill.few(), 0),
            Slots::Run(run) => {
                let (tasks, n_tasks) = fill.run(run, n_items >= parallel_from);
                (Records::Run(assemble(run, &ticket.blank, tasks)), n_tasks)
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

/// What a task has built of a run.
#[derive(Default)]
struct Task {
    pages: Vec<BuiltPage>,
    /// The lists of folders whose first child is in these pages, by the folders' numbers.
    lists: Vec<(u32, List)>,
}

/// Gives folders their lists, which were made with their children, and puts pages together to chunks, where a run has
/// whole ones.
fn assemble(run: &Run, blank: &Chunk, tasks: Vec<Task>) -> Built {
    let n_pages = tasks.iter().map(|task| task.pages.len()).sum();
    let mut pages: Vec<BuiltPage> = Vec::with_capacity(n_pages);
    let mut lists: Vec<Lists> = Vec::new();
    lists.resize_with(n_pages, Lists::default);
    for task in tasks {
        pages.extend(task.pages);
        for (number, list) in task.lists {
            lists[number as usize / PAGE].set(number as usize % PAGE, Some(list));
        }
    }
    for (page, lists) in pages.iter_mut().zip(lists) {
        page.lists = (!lists.is_empty()).then(|| Arc::new(lists));
    }
    if !run.has_whole_chunks() {
        return Built::Pages(pages);
    }
    let mut pages = pages.into_iter();
    let n_chunks = run.n_pages as usize / CHUNK;
    Built::Chunks((0..n_chunks).map(|_| Arc::new(blank.filled(pages.by_ref().take(CHUNK)))).collect())
}

/// Asks the allocator once for the room that so many pages take, and leaves it to them.
///
/// On threads other than the first, that of the GNU C library asks the system anew for each page, and while it is
/// answered no other thread can touch memory for the first time: two threads are hardly faster than one then. Where an
/// allocator does otherwise this costs nothing to speak of.
fn ask_for_room(n_pages: usize) {
    drop(std::hint::black_box(Vec::<[Node; PAGE]>::with_capacity(n_pages)));
}

/// What every record of a copy is made from.
struct Fill<'a> {
    planned: &'a Planned,
    ticket: &'a Ticket,
}

impl Fill<'_> {
    /// Builds the pages of a run; says also how many tasks were handed to the thread pool.
    fn run(&self, run: &Run, parallel: bool) -> (Vec<Task>, usize) {
        let n_pages = run.n_used_pages();
        if !parallel {
            return (vec![self.pages(run, 0..n_pages)], 0);
        }
        let tasks: Vec<Range<usize>> =
            (0..n_pages).step_by(TASK_PAGES).map(|at| at..n_pages.min(at + TASK_PAGES)).collect();
        let n_tasks = tasks.len();
        let build = |pages: Range<usize>| {
            ask_for_room(pages.len());
            self.pages(run, pages)
        };
        (tasks.into_par_iter().map(build).collect(), n_tasks)
    }

    /// Builds some pages of a run.
    fn pages(&self, run: &Run, pages: Range<usize>) -> Task {
        let numbers = (pages.start * PAGE) as u32..run.n_items.min((pages.end * PAGE) as u32);
        let mut writer = PageWriter::new(run.generation, pages.len());
        let lists = self.records(numbers, |record| writer.add(record));
        Task { pages: writer.finish(), lists }
    }

    /// Builds the records of a copy of few items.
    fn few(&self) -> Records {
        let mut records = Vec::with_capacity(self.planned.n_items());
        let lists = self.records(0..self.planned.plan.n_items, |record| records.push(record));
        Records::Few(records, lists)
    }

    /// Makes the records of the items with these numbers, one after the other, without generations; returns the lists
    /// of the folders whose first child is among them.
    fn records(&self, numbers: Range<u32>, mut put: impl FnMut(Node)) -> Vec<(u32, List)> {
        let (plan, nodes) = (&self.planned.plan, &self.planned.opened.view.nodes);
        let (mut lists, mut batch) = (Vec::new(), Vec::new());
        let always_lists = self.is_hidden() || matches!(*self.ticket.slots, Slots::Few(_));
        // Folders with something in them are met in the order in which they are planned.
        let mut folders = plan.folders[plan.folder_from(numbers.start)..].iter();
        let mut make = |source: &Node, parent: u32| {
            let folder = if source.n_children() == 0 { None } else { folders.next() };
            debug_assert!(folder.is_some() || source.n_children() == 0, "a folder that was not planned");
            put(self.record(source, parent, folder));
        };
        let roots = numbers.start.min(plan.n_roots)..numbers.end.min(plan.n_roots);
        for root in &self.planned.opened.roots[roots.start as usize..roots.end as usize] {
            make(&root.record, NIL);
        }
        for held in plan.holding(roots.end.max(numbers.start)..numbers.end) {
            let parent = self.ticket.slots.slot(held.folder.number);
            let children = held.folder.children(nodes, held.n_children);
            let is_first = held.numbers.start == held.folder.first_child;
            let needs_maker = is_first && (always_lists || held.n_children >= INDEX_FROM);
            let mut maker = if needs_maker { self.list_maker(&held, children) } else { None };
            each_child(nodes, children, held.ranks(), &mut batch, |source| {
                make(source, parent);
                if let Some(maker) = &mut maker {
                    maker.add(self, source);
                }
            });
            lists.extend(maker.map(|maker| (held.folder.number, maker.finish(self, &held, children))));
        }
        lists
    }

    /// Makes the record of an item; of a folder with something in it, as that is planned.
    #[inline(always)]
    fn record(&self, source: &Node, parent: u32, folder: Option<&PlannedFolder>) -> Node {
        let (view, translation) = (&self.planned.opened.view, &self.planned.translation);
        let stamp = translation.stamp(source).unwrap_or(self.ticket.stamp);
        let mut record = Node::new(source.kind(), translation.name(source), stamp);
        record.set_parent(parent);
        record.set_hidden(self.is_hidden());
        if let Some(folder) = folder {
            if source.is_nested() {
                record.set_nested();
            }
            record.set_first_child(self.ticket.slots.slot(folder.first_child));
            // A folder that fills step by step counts what it shows, so it starts with nothing.
            if !self.is_hidden() {
                record.size = source.size;
                record.set_n_children(source.n_children());
            }
        } else if !source.is_folder() {
            record.size = view.size_of(source);
            record.set_content(translation.content(view, source));
            record.set_history(translation.history(source));
        }
        record
    }

    fn is_hidden(&self) -> bool {
        self.planned.opened.spec.reveal == Reveal::Gradual
    }
}

/// How many records that lie anywhere are fetched at once: memory is waited for once for several of them.
const BATCH: usize = 64;

/// Gives those children of a folder in the source that have these numbers among them.
#[inline]
fn each_child(
    nodes: &Nodes,
    children: Children<'_>,
    ranks: Range<u32>,
    batch: &mut Vec<Node>,
    mut give: impl FnMut(&Node),
) {
    let (folder, list) = match children {
        Children::Row(row) => return nodes.each(row.slice(ranks), give),
        Children::Listed(folder, list) => (folder, list),
    };
    if list.len() != node(nodes, folder).n_children() {
        let children = visible_children(nodes, folder).skip(ranks.start as usize);
        return children.take(ranks.len()).for_each(|slot| give(node(nodes, slot)));
    }
    let mut parts = list.order.iter_from(ranks.start);
    let mut n_left = ranks.end - ranks.start;
    while n_left > 0 {
        let Some(part) = parts.next_part() else { break };
        match part {
            Part::Row(row) => {
                let row = Row::new(row.first, row.len.min(n_left));
                n_left -= row.len;
                nodes.each(row, &mut give);
            }
            Part::Slots(slots) => {
                let slots = &slots[..slots.len().min(n_left as usize)];
                n_left -= slots.len() as u32;
                for slots in slots.chunks(BATCH) {
                    batch.clear();
                    batch.extend(slots.iter().map(|&slot| *node(nodes, slot)));
                    batch.iter().for_each(&mut give);
                }
            }
        }
    }
}

/// Writes records into pages, one after the other.
struct PageWriter {
    generation: u32,
    /// The page in work: it is warm, so that the one it is copied to is written once and whole.
    page: Vec<Node>,
    done: Vec<BuiltPage>,
}

impl PageWriter {
    fn new(generation: u32, n_pages: usize) -> PageWriter {
        PageWriter { generation, page: Vec::with_capacity(PAGE), done: Vec::with_capacity(n_pages) }
    }

    #[inline]
    fn add(&mut self, record: Node) {
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
        self.done.push(BuiltPage { nodes, lists: None, n_used });
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
