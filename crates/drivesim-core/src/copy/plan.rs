//! The only place that reads a copy's source: which folders, breadth-first, and which numbers their children have.

use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::arena::{Nodes, node};
use crate::children::INDEX_FROM;
use crate::copy::check::Opened;
use crate::copy::take::Translation;
use crate::copy::view::Foreign;
use crate::error::Error;
use crate::intern::NameId;
use crate::item::ItemKind;
use crate::name::Case;
use crate::tree::visible_children;

/// A copy whose items are known.
#[derive(Debug)]
pub struct Planned {
    pub(crate) opened: Opened,
    pub(crate) plan: Plan,
    pub(crate) translation: Translation,
}

/// The items of a copy by their number in it: the top items come first, then the children of one folder after those of
/// another, in the order of the folders.
///
/// Only the folders are written down: items are many, and what they are can be read again.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) n_roots: u32,
    pub(crate) n_items: u32,
    /// The folders that are not empty, in the order of their numbers.
    pub(crate) folders: Vec<PlannedFolder>,
}

/// A folder of a copy with something in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedFolder {
    /// Where it stands in the source.
    pub(crate) source: u32,
    /// Its number in the copy.
    pub(crate) number: u32,
    /// The number of its first child.
    pub(crate) first_child: u32,
}

impl Opened {
    /// Reads which items the copy has. Needs no lock.
    ///
    /// # Errors
    /// Across drives, [`Error::BadName`] and [`Error::NameTaken`] for an item that the target's rules refuse.
    pub fn plan(self) -> Result<Planned, Error> {
        let plan = Plan::read(&self.view.nodes, self.roots.iter().map(|root| root.slot));
        if let Some(foreign) = &self.view.foreign {
            check_rules(&plan, &self.view.nodes, foreign)?;
        }
        let translation = Translation::wanted(&plan, self.roots.iter().map(|root| root.slot), &self.view);
        Ok(Planned { opened: self, plan, translation })
    }
}

impl Planned {
    /// Returns how many items the copy has.
    pub fn n_items(&self) -> usize {
        self.plan.n_items as usize
    }

    /// Says whether a folder of the copy has so many children that it has an index of their names.
    pub(crate) fn has_large_folder(&self) -> bool {
        let nodes = &self.opened.view.nodes;
        self.plan.folders.iter().any(|folder| node(nodes, folder.source).n_children() >= INDEX_FROM)
    }

    /// Returns the sizes of the items in the order in which they are revealed; of folders 0.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        let view = &self.opened.view;
        let sizes = self.slots().map(|slot| {
            let node = node(&view.nodes, slot);
            if node.is_folder() { 0 } else { view.size_of(node) }
        });
        Counted { left: self.n_items(), items: sizes }
    }

    /// Returns how many bytes the copy adds to what can be seen.
    pub fn n_bytes(&self) -> u64 {
        let (roots, view) = (self.opened.roots.iter(), &self.opened.view);
        roots.map(|root| view.size_of(node(&view.nodes, root.slot))).fold(0, u64::saturating_add)
    }

    /// Returns how many bytes the copy adds to past versions.
    pub(crate) fn n_past_bytes(&self) -> u128 {
        let view = &self.opened.view;
        let Some(histories) = &view.histories else { return 0 };
        self.slots().map(|slot| histories.n_bytes(node(&view.nodes, slot))).sum()
    }

    /// Returns where the items stand in the source, by their numbers.
    fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        let roots = self.opened.roots.iter().map(|root| root.slot);
        roots.chain(self.plan.below(&self.opened.view.nodes))
    }
}

/// An iterator that is known to give so many.
struct Counted<I> {
    left: usize,
    items: I,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.saturating_sub(1);
        self.items.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}

impl Plan {
    /// Reads the folders from the top items down. Folders that hold no folders are passed over whole, so that of most
    /// trees only a small part is looked at.
    fn read(nodes: &Nodes, roots: impl ExactSizeIterator<Item = u32>) -> Plan {
        let n_roots = roots.len() as u32;
        let mut plan = Plan { n_roots, n_items: n_roots, folders: Vec::new() };
        for (number, root) in roots.enumerate() {
            plan.enter(nodes, root, number as u32);
        }
        // The folders that were found and not yet read: the list grows while it is gone through.
        let mut next = 0;
        while let Some(&PlannedFolder { source, first_child, .. }) = plan.folders.get(next) {
            next += 1;
            if node(nodes, source).is_nested() {
                for (rank, child) in visible_children(nodes, source).enumerate() {
                    plan.enter(nodes, child, first_child + rank as u32);
                }
            }
        }
        plan
    }

    /// Writes an item down if it is a folder with something in it.
    fn enter(&mut self, nodes: &Nodes, source: u32, number: u32) {
        let n_children = node(nodes, source).n_children();
        if n_children > 0 {
            self.folders.push(PlannedFolder { source, number, first_child: self.n_items });
            self.n_items += n_children;
        }
    }

    /// Returns the place in the list of the first folder whose number is at least `number`.
    pub(crate) fn folder_from(&self, number: u32) -> usize {
        self.folders.partition_point(|folder| folder.number < number)
    }

    /// Returns the folders that hold the items with these numbers, the first of which is not a top item, each with
    /// the numbers of those of its children.
    pub(crate) fn holding(&self, numbers: Range<u32>) -> impl Iterator<Item = (&PlannedFolder, Range<u32>)> {
        let first = self.folders.partition_point(|folder| folder.first_child <= numbers.start);
        let folders = self.folders[first.saturating_sub(1)..].iter().enumerate();
        let end_of = move |at: usize| {
            self.folders.get(first.max(1) + at).map_or(self.n_items, |next| next.first_child)
        };
        folders.map_while(move |(at, folder)| {
            let held = folder.first_child.max(numbers.start)..end_of(at).min(numbers.end);
            (!held.is_empty()).then_some((folder, held))
        })
    }

    /// Returns where the items below the top ones stand in the source, by their numbers.
    pub(crate) fn below<'a>(&'a self, nodes: &'a Nodes) -> impl Iterator<Item = u32> + 'a {
        self.folders.iter().flat_map(|folder| visible_children(nodes, folder.source))
    }
}

/// Checks the items below the top ones against the rules of another drive.
fn check_rules(plan: &Plan, nodes: &Nodes, foreign: &Foreign) -> Result<(), Error> {
    let Some(rules) = &foreign.rules else { return Ok(()) };
    let mut checked: HashSet<(NameId, ItemKind), FixedState> = HashSet::default();
    for folder in &plan.folders {
        let mut previous: Option<(NameId, ItemKind)> = None;
        for child in visible_children(nodes, folder.source) {
            let (name_id, kind) = (node(nodes, child).name, node(nodes, child).kind());
            let name = foreign.names.text(name_id);
            if checked.insert((name_id, kind)) {
                let bad = |fault| Error::BadName { name: name.to_owned(), fault };
                rules.check(name, kind, false).map_err(bad)?;
            }
            // Names that fold to the same text stand side by side in canonical order.
            if rules.case == Case::Folded
                && let Some((_, holder)) = previous
                    .filter(|&(before, _)| foreign.names.folded(before) == foreign.names.folded(name_id))
            {
                let folder = foreign.names.text(node(nodes, folder.source).name).to_owned();
                return Err(Error::NameTaken { name: name.to_owned(), folder, holder });
            }
            previous = Some((name_id, kind));
        }
    }
    Ok(())
}
