//! Plans a copy that was opened, and checks its names against the rules of another drive.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::arena::{Node, Nodes, node};
use crate::child_list::INDEX_FROM;
use crate::copy::check::Opened;
use crate::copy::plan::Plan;
use crate::copy::translation::Translation;
use crate::copy::view::CrossDrive;
use crate::error::Error;
use crate::history::PastTotals;
use crate::item::ItemKind;
use crate::name::{Case, Level, NameRules};
use crate::name_table::NameId;
use crate::tree::visible_children;

/// A copy whose items are known.
pub struct Planned {
    pub(crate) opened: Opened,
    pub(crate) plan: Plan,
    pub(crate) translation: Translation,
}

impl Opened {
    /// Finds the items of the copy. Needs no lock.
    ///
    /// # Errors
    /// Across drives, [`Error::BadName`] and [`Error::NameTaken`] for an item that violates the rules of the target.
    pub fn plan(mut self) -> Result<Planned, Error> {
        let plan = Plan::read(&self.view.nodes, &self.roots);
        if let Some(cross_drive) = &self.view.cross_drive {
            check_rules(&plan, &self.view.nodes, cross_drive)?;
        }
        let translation = Translation::collect(&plan, &self.roots, &self.view);
        if plan.folders.is_empty() {
            // There are only top items. Without the view, shared pages of nodes need not be copied before they change.
            self.view.nodes = Nodes::default();
        }
        Ok(Planned { opened: self, plan, translation })
    }
}

impl Planned {
    /// Returns how many items the copy has.
    pub fn n_items(&self) -> usize {
        self.plan.n_items as usize
    }

    /// Returns whether a folder of the copy is large enough to have an index of names.
    pub(crate) fn has_large_folder(&self) -> bool {
        self.plan.children_by_folder().any(|held| held.n_children >= INDEX_FROM)
    }

    /// Returns the sizes of the items in the order in which they are revealed; 0 for folders.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        let view = &self.opened.view;
        let sizes = self.records().map(|node| if node.is_folder() { 0 } else { view.size_of(node) });
        WithLength { left: self.n_items(), items: sizes }
    }

    /// Returns the visible bytes that the copy adds.
    pub fn n_bytes(&self) -> u64 {
        let (roots, view) = (self.opened.roots.iter(), &self.opened.view);
        roots.map(|root| view.size_of(&root.record)).fold(0, u64::saturating_add)
    }

    /// Returns the past versions that the copy adds.
    pub(crate) fn past(&self) -> PastTotals {
        let Some(histories) = &self.opened.view.histories else { return PastTotals::default() };
        self.records().map(|node| histories.past_sum(node)).sum()
    }

    /// Returns the nodes of the items in the source, by their numbers.
    fn records(&self) -> impl Iterator<Item = &Node> + '_ {
        self.plan.records(&self.opened.roots, &self.opened.view.nodes)
    }
}

/// An iterator with a known length.
struct WithLength<I> {
    left: usize,
    items: I,
}

impl<I: Iterator> Iterator for WithLength<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.saturating_sub(1);
        self.items.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for WithLength<I> {}

/// Checks the items below the top ones against the rules of another drive.
fn check_rules(plan: &Plan, nodes: &Nodes, cross_drive: &CrossDrive) -> Result<(), Error> {
    let Some(rules) = &cross_drive.rules else { return Ok(()) };
    let mut checked: HashSet<(NameId, ItemKind), FixedState> = HashSet::default();
    let collates = rules.equality().has_pairs();
    // The names that the target spells in another way than their folded texts.
    let mut collated: HashSet<NameId, FixedState> = HashSet::default();
    for folder in &plan.folders {
        let source = folder.source(nodes);
        let mut previous: Option<(NameId, ItemKind)> = None;
        let mut is_collated = false;
        for child in visible_children(nodes, source) {
            let (name_id, kind) = (node(nodes, child).name, node(nodes, child).kind());
            let name = cross_drive.names.text(name_id);
            if checked.insert((name_id, kind)) {
                let bad = |fault| Error::BadName { name: name.to_owned(), fault };
                rules.check(name, kind, Level::Below).map_err(bad)?;
                if collates && !name.is_ascii() && rules.name(name).collated().is_some() {
                    collated.insert(name_id);
                }
            }
            is_collated |= !collated.is_empty() && collated.contains(&name_id);
            // Names with the same folded text are adjacent in canonical order.
            let is_same = |before| cross_drive.names.folded(before) == cross_drive.names.folded(name_id);
            let same = previous.filter(|&(before, _)| rules.case == Case::Folded && is_same(before));
            if let Some((_, holder)) = same {
                return Err(name_taken(cross_drive, nodes, source, name, holder));
            }
            previous = Some((name_id, kind));
        }
        if is_collated {
            check_spellings(rules, nodes, cross_drive, source)?;
        }
    }
    Ok(())
}

/// Fails if two children of a folder are the same in another drive, whatever their places in the order.
fn check_spellings(
    rules: &NameRules,
    nodes: &Nodes,
    cross_drive: &CrossDrive,
    folder: u32,
) -> Result<(), Error> {
    let mut holders: HashMap<String, ItemKind, FixedState> = HashMap::default();
    for child in visible_children(nodes, folder) {
        let child = node(nodes, child);
        let name = cross_drive.names.text(child.name);
        let canonical = rules.name(name).canonical().to_owned();
        if let Some(holder) = holders.insert(canonical, child.kind()) {
            return Err(name_taken(cross_drive, nodes, folder, name, holder));
        }
    }
    Ok(())
}

/// Creates the error for a name that another child of its folder has in the target.
fn name_taken(cross_drive: &CrossDrive, nodes: &Nodes, folder: u32, name: &str, holder: ItemKind) -> Error {
    let folder = cross_drive.names.text(node(nodes, folder).name).to_owned();
    Error::NameTaken { name: name.to_owned(), folder, holder }
}
