//! The only place that reads a copy's source: which items, breadth-first, the children of a folder side by side.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::arena::{NIL, Nodes, node};
use crate::copy::check::Opened;
use crate::copy::take::Translation;
use crate::copy::view::Foreign;
use crate::error::Error;
use crate::intern::NameId;
use crate::item::ItemKind;
use crate::name::Case;
use crate::tree::visible_children;

/// How many children a task reads at least, so that handing it over pays.
const TASK: usize = 4096;

/// A copy whose items are known.
#[derive(Debug)]
pub struct Planned {
    pub(crate) opened: Opened,
    pub(crate) plan: Plan,
    pub(crate) translation: Translation,
    pub(crate) n_tasks: usize,
}

/// The items of a copy by their number in it; the top items come first.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Where each stands in the source.
    pub(crate) order: Vec<u32>,
    /// The number of the folder each is in; [`NIL`] for top items.
    pub(crate) parent: Vec<u32>,
    /// The number of each item's first child; one entry more than items, so that the next entry ends the list.
    pub(crate) first_child: Vec<u32>,
}

impl Opened {
    /// Reads the source, in parallel from `parallel_from` items on. Needs no lock.
    ///
    /// # Errors
    /// Across drives, [`Error::BadName`] and [`Error::NameTaken`] for an item that the target's rules refuse.
    pub fn plan(self, parallel_from: usize) -> Result<Planned, Error> {
        let roots = self.roots.iter().map(|root| root.slot).collect();
        let (plan, n_tasks) = Plan::read(&self.view.nodes, roots, parallel_from);
        if let Some(foreign) = &self.view.foreign {
            check_rules(&plan, &self.view.nodes, foreign, self.roots.len())?;
        }
        let translation = Translation::wanted(&plan, &self.view);
        Ok(Planned { opened: self, plan, translation, n_tasks })
    }
}

impl Planned {
    /// Returns how many items the copy has.
    pub fn n_items(&self) -> usize {
        self.plan.order.len()
    }

    /// Returns the sizes of the items in the order in which they are revealed; of folders 0.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.plan.order.iter().map(|&slot| {
            let view = &self.opened.view;
            let node = node(&view.nodes, slot);
            if node.is_folder() { 0 } else { view.size_of(node) }
        })
    }

    /// Returns how many bytes the copy adds to what can be seen.
    pub(crate) fn n_bytes(&self) -> u64 {
        let (roots, view) = (self.opened.roots.iter(), &self.opened.view);
        roots.map(|root| view.size_of(node(&view.nodes, root.slot))).fold(0, u64::saturating_add)
    }

    /// Returns how many bytes the copy adds to past versions.
    pub(crate) fn n_past_bytes(&self) -> u128 {
        let view = &self.opened.view;
        let Some(histories) = &view.histories else { return 0 };
        self.plan.order.iter().map(|&slot| histories.n_bytes(node(&view.nodes, slot))).sum()
    }
}

impl Plan {
    /// Reads level by level. Returns the plan and how many tasks were handed to the thread pool.
    fn read(nodes: &Nodes, roots: Vec<u32>, parallel_from: usize) -> (Plan, usize) {
        let mut plan = Plan { parent: vec![NIL; roots.len()], order: roots, first_child: Vec::new() };
        let (mut level, mut n_tasks) = (0..plan.order.len(), 0);
        while !level.is_empty() {
            let first = level.end;
            let mut end = first as u32;
            for &slot in &plan.order[level.clone()] {
                plan.first_child.push(end);
                end += node(nodes, slot).n_children;
            }
            let end = end as usize;
            plan.order.resize(end, 0);
            plan.parent.resize(end, 0);
            n_tasks += plan.read_level(nodes, level, end - first >= parallel_from);
            level = first..end;
        }
        plan.first_child.push(plan.order.len() as u32);
        (plan, n_tasks)
    }

    /// Writes down the children of the items of one level, which come right after it.
    fn read_level(&mut self, nodes: &Nodes, level: std::ops::Range<usize>, parallel: bool) -> usize {
        let (above, children) = self.order.split_at_mut(level.end);
        let folders = above[level.clone()].iter().zip(level.clone());
        let mut task = Task { folders: Vec::new(), order: children, parent: &mut self.parent[level.end..] };
        let folders = folders.filter(|&(&slot, _)| node(nodes, slot).n_children > 0);
        task.folders.extend(folders.map(|(&slot, number)| (slot, number as u32)));
        if !parallel {
            task.run(nodes);
            return 0;
        }
        let tasks = task.split(nodes);
        let n_tasks = tasks.len();
        tasks.into_par_iter().for_each(|task| task.run(nodes));
        n_tasks
    }
}

/// Folders next to each other, by slot and number, and the room for their children.
struct Task<'a> {
    folders: Vec<(u32, u32)>,
    order: &'a mut [u32],
    parent: &'a mut [u32],
}

impl<'a> Task<'a> {
    fn run(self, nodes: &Nodes) {
        let mut room = self.order.iter_mut().zip(self.parent);
        for (slot, number) in self.folders {
            // The room is asked for second, so that no place is lost when a folder ends.
            for (child, (order, parent)) in visible_children(nodes, slot).zip(room.by_ref()) {
                (*order, *parent) = (child, number);
            }
        }
    }

    /// Splits into tasks of enough children each.
    fn split(self, nodes: &Nodes) -> Vec<Task<'a>> {
        let mut tasks = Vec::new();
        let (mut order, mut parent) = (self.order, self.parent);
        let (mut folders, mut n_children) = (Vec::new(), 0);
        let n_folders = self.folders.len();
        for (idx, folder) in self.folders.into_iter().enumerate() {
            n_children += node(nodes, folder.0).n_children as usize;
            folders.push(folder);
            if n_children >= TASK || idx + 1 == n_folders {
                let (task_order, order_left) = order.split_at_mut(n_children);
                let (task_parent, parent_left) = parent.split_at_mut(n_children);
                tasks.push(Task { folders, order: task_order, parent: task_parent });
                (order, parent, folders, n_children) = (order_left, parent_left, Vec::new(), 0);
            }
        }
        tasks
    }
}

/// Checks the items below the top ones against the rules of another drive.
fn check_rules(plan: &Plan, nodes: &Nodes, foreign: &Foreign, n_roots: usize) -> Result<(), Error> {
    let Some(rules) = &foreign.rules else { return Ok(()) };
    let mut checked: HashSet<(NameId, ItemKind), FixedState> = HashSet::default();
    let mut previous: Option<(u32, NameId, ItemKind)> = None;
    for (&slot, &parent) in plan.order.iter().zip(&plan.parent).skip(n_roots) {
        let (name_id, kind) = (node(nodes, slot).name, node(nodes, slot).kind());
        let name = foreign.names.text(name_id);
        if checked.insert((name_id, kind)) {
            let bad = |fault| Error::BadName { name: name.to_owned(), fault };
            rules.check(name, kind, false).map_err(bad)?;
        }
        // Names that fold to the same text stand side by side in canonical order.
        if rules.case == Case::Folded
            && let Some((_, _, holder)) = previous.filter(|&(folder, before, _)| {
                folder == parent && foreign.names.folded(before) == foreign.names.folded(name_id)
            })
        {
            let folder = plan.order.get(parent as usize).map_or(NIL, |&folder| node(nodes, folder).name);
            let folder = foreign.names.text(folder).to_owned();
            return Err(Error::NameTaken { name: name.to_owned(), folder, holder });
        }
        previous = Some((parent, name_id, kind));
    }
    Ok(())
}
