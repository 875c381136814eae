//! Builds the nodes of a copy outside of the drive, page by page; each node depends on its number in the plan alone.

mod listings;
mod lists;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::arena::{BuiltPage, BuiltRun, CHUNK, Chunk, Lists, NIL, Node, Nodes, PageRun, node};
use crate::child_list::order::{OrderPart, SlotRange};
use crate::child_list::{INDEX_FROM, List};
use crate::copy::check::CopyRoot;
use crate::copy::plan::{PlannedFolder, SourceChildren};
use crate::copy::planned::Planned;
use crate::copy::{CopySpec, Reveal, TopItemError};
use crate::cow::PAGE;
use crate::reservations::{ReservedSlots, Ticket};
use crate::tree::{Pin, visible_children};

/// The number of pages that a task builds: 3,072 items, which take just under 100 KiB.
const TASK_PAGES: usize = 12;

/// A copy that is built and not yet attached.
pub struct Staged {
    pub(crate) ticket: Ticket,
    pub(crate) records: BuiltNodes,
    pub(crate) n_items: usize,
    pub(crate) spec: CopySpec,
    /// Whether it comes from another drive.
    pub(crate) crosses: bool,
    pub(crate) roots: Vec<CopyRoot>,
    pub(crate) refused: Vec<TopItemError>,
    pub(crate) n_tasks: usize,
    pub(crate) pin: Pin,
}

#[derive(Debug)]
pub(crate) enum BuiltNodes {
    Run(BuiltRun),
    /// The nodes, and the lists of folders by number.
    Few(Vec<Node>, Vec<(u32, List)>),
}

impl Planned {
    /// Builds the nodes of the copy, in parallel from `parallel_from` items on. Needs no lock.
    pub fn build(self, ticket: Ticket, parallel_from: usize) -> Staged {
        let n_items = self.n_items();
        let fill = CopyBuilder { planned: &self, ticket: &ticket };
        let (records, n_tasks) = match &*ticket.slots {
            ReservedSlots::Few(_) => (fill.few(), 0),
            ReservedSlots::Run(run) => {
                let (tasks, n_tasks) = fill.run(run, n_items >= parallel_from);
                (BuiltNodes::Run(assemble(run, &ticket.blank, tasks)), n_tasks)
            }
        };
        let Planned { opened, .. } = self;
        Staged {
            ticket,
            records,
            n_items,
            spec: opened.spec,
            crosses: opened.view.cross_drive.is_some(),
            roots: opened.roots,
            refused: opened.refused,
            n_tasks,
            pin: opened.pin,
        }
    }
}

/// The pages and lists of a run that a task has built.
#[derive(Default)]
struct TaskOutput {
    pages: Vec<BuiltPage>,
    /// The lists of folders whose first child is in these pages, by the folders' numbers.
    lists: Vec<(u32, List)>,
}

/// Adds the lists of folders, which were built with their children, and joins pages to chunks where a run has whole
/// ones.
fn assemble(run: &PageRun, blank: &Chunk, tasks: Vec<TaskOutput>) -> BuiltRun {
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
        return BuiltRun::Pages(pages);
    }
    let mut pages = pages.into_iter();
    let n_chunks = run.n_pages as usize / CHUNK;
    BuiltRun::Chunks((0..n_chunks).map(|_| Arc::new(blank.with_pages(pages.by_ref().take(CHUNK)))).collect())
}

/// Requests the memory for a number of pages from the allocator at once, and leaves it to the following allocations.
///
/// On threads other than the first, the allocator of the GNU C library asks the system for each page, and meanwhile no
/// other thread can touch new memory: two threads are hardly faster than one then. With other allocators this costs
/// almost nothing.
fn request_memory(n_pages: usize) {
    drop(std::hint::black_box(Vec::<[Node; PAGE]>::with_capacity(n_pages)));
}

/// The inputs of every node of a copy.
struct CopyBuilder<'a> {
    planned: &'a Planned,
    ticket: &'a Ticket,
}

impl CopyBuilder<'_> {
    /// Builds the pages of a run; returns also the number of tasks given to the thread pool.
    fn run(&self, run: &PageRun, parallel: bool) -> (Vec<TaskOutput>, usize) {
        let n_pages = run.n_used_pages();
        if !parallel {
            return (vec![self.pages(run, 0..n_pages)], 0);
        }
        let tasks: Vec<Range<usize>> =
            (0..n_pages).step_by(TASK_PAGES).map(|at| at..n_pages.min(at + TASK_PAGES)).collect();
        let n_tasks = tasks.len();
        let build = |pages: Range<usize>| {
            request_memory(pages.len());
            self.pages(run, pages)
        };
        (tasks.into_par_iter().map(build).collect(), n_tasks)
    }

    /// Builds some pages of a run.
    fn pages(&self, run: &PageRun, pages: Range<usize>) -> TaskOutput {
        let numbers = (pages.start * PAGE) as u32..run.n_items.min((pages.end * PAGE) as u32);
        let mut writer = PageWriter::new(run.generation, pages.len());
        let lists = self.records(numbers, |record| writer.add(record));
        TaskOutput { pages: writer.finish(), lists }
    }

    /// Builds the nodes of a copy of few items.
    fn few(&self) -> BuiltNodes {
        let mut records = Vec::with_capacity(self.planned.n_items());
        let lists = self.records(0..self.planned.plan.n_items, |record| records.push(record));
        BuiltNodes::Few(records, lists)
    }

    /// Builds the nodes of the items with these numbers in order, without generations. Returns the lists of the folders
    /// whose first child is among them.
    fn records(&self, numbers: Range<u32>, mut put: impl FnMut(Node)) -> Vec<(u32, List)> {
        let (plan, nodes) = (&self.planned.plan, &self.planned.opened.view.nodes);
        let (mut lists, mut batch) = (Vec::new(), Vec::new());
        let always_lists = self.is_hidden() || matches!(*self.ticket.slots, ReservedSlots::Few(_));
        // Folders that are not empty are visited in the order in which they are planned.
        let mut folders = plan.folders[plan.first_folder_at(numbers.start)..].iter();
        let mut make = |source: &Node, parent: u32| {
            let folder = if source.n_children() == 0 { None } else { folders.next() };
            debug_assert!(folder.is_some() || source.n_children() == 0, "a folder that is not in the plan");
            put(self.record(source, parent, folder));
        };
        let roots = numbers.start.min(plan.n_roots)..numbers.end.min(plan.n_roots);
        for root in &self.planned.opened.roots[roots.start as usize..roots.end as usize] {
            make(&root.record, NIL);
        }
        for part in plan.folders_containing(roots.end.max(numbers.start)..numbers.end) {
            let parent = self.ticket.slots.slot(part.folder.number);
            let children = part.folder.children(nodes, part.n_children);
            let is_first = part.numbers.start == part.folder.first_child;
            let needs_maker = is_first && (always_lists || part.n_children >= INDEX_FROM);
            let mut maker = if needs_maker { self.list_builder(&part, children) } else { None };
            each_child(nodes, children, part.ranks(), &mut batch, |source| {
                make(source, parent);
                if let Some(maker) = &mut maker {
                    maker.add(self, source);
                }
            });
            lists.extend(maker.map(|maker| (part.folder.number, maker.finish(self, &part, children))));
        }
        lists
    }

    /// Builds the node of an item. `folder` is the plan of a folder that is not empty.
    #[inline(always)]
    fn record(&self, source: &Node, parent: u32, folder: Option<&PlannedFolder>) -> Node {
        let (view, translation) = (&self.planned.opened.view, &self.planned.translation);
        let metadata = translation.metadata(source).unwrap_or(self.ticket.metadata);
        let mut record = Node::new(source.kind(), translation.name(source), metadata);
        record.set_parent(parent);
        record.set_hidden(self.is_hidden());
        if let Some(folder) = folder {
            if source.is_nested() {
                record.set_nested();
            }
            record.set_first_child(self.ticket.slots.slot(folder.first_child));
            // A folder that is revealed step by step counts its visible children, so it starts at zero.
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

/// The number of scattered nodes to fetch together, so that memory accesses overlap.
const FETCH_BATCH: usize = 64;

/// Calls `visit` with the children of a folder in the source whose index among them is in `ranks`.
#[inline]
fn each_child(
    nodes: &Nodes,
    children: SourceChildren<'_>,
    ranks: Range<u32>,
    batch: &mut Vec<Node>,
    mut visit: impl FnMut(&Node),
) {
    let (folder, list) = match children {
        SourceChildren::Row(row) => return nodes.each(row.slice(ranks), visit),
        SourceChildren::Listed(folder, list) => (folder, list),
    };
    if list.len() != node(nodes, folder).n_children() {
        let children = visible_children(nodes, folder).skip(ranks.start as usize);
        return children.take(ranks.len()).for_each(|slot| visit(node(nodes, slot)));
    }
    let mut parts = list.order.iter_from(ranks.start);
    let mut n_left = ranks.end - ranks.start;
    while n_left > 0 {
        let Some(part) = parts.next_part() else { break };
        match part {
            OrderPart::Row(row) => {
                let row = SlotRange::new(row.first, row.len.min(n_left));
                n_left -= row.len;
                nodes.each(row, &mut visit);
            }
            OrderPart::Slots(slots) => {
                let slots = &slots[..slots.len().min(n_left as usize)];
                n_left -= slots.len() as u32;
                for slots in slots.chunks(FETCH_BATCH) {
                    batch.clear();
                    batch.extend(slots.iter().map(|&slot| *node(nodes, slot)));
                    batch.iter().for_each(&mut visit);
                }
            }
        }
    }
}

/// Writes nodes into pages, one after the other.
struct PageWriter {
    generation: u32,
    /// The current page. It stays in the cache, so that the page it is copied to is written once and whole.
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
