//! Frees what is deleted for good, with all below it: little at once, much in portions where others wait.
//!
//! Much is freed in three steps. It is scanned, on a view of the pages, so that no lock is needed: which slots it has, page
//! by page ([`Scan::run`]). All of it is condemned at one moment: no id finds any of it from then on, so the order in
//! which it goes is of no concern. Then its pages and chunks are detached, a portion at a time; what they hold is dropped
//! by the caller.

use std::sync::Arc;

use crate::arena::{Collected, Condemned, Nodes, PORTION, Waste, node};
use crate::children;
use crate::children::listing::PartlyShown;
use crate::children::order::Part;
use crate::cow::Table;
use crate::history::{History, PastSum};
use crate::item::ItemId;
use crate::tree::Tree;
use crate::tree::numbers::Numbers;

/// How many items are freed at once.
const FEW: usize = 512;
/// What it costs to free what is kept for one item, as [`PORTION`] counts.
const KEPT: usize = 4;

/// What hangs nowhere any more and is still to be freed, an item with all below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Garbage {
    /// Items that were not scanned yet. What is below them is as it was.
    tops: Vec<u32>,
    /// What is kept for condemned items alone, as far as it was not freed.
    kept: Arc<Vec<Kept>>,
    n_kept_freed: usize,
    /// What items that were freed have left behind.
    waste: Waste,
    /// The items that were freed at once, and those of condemned ones that are to be known one by one.
    freed: Vec<ItemId>,
    /// Whether others were condemned since somebody asked.
    has_others: bool,
    /// Whether condemned items are to be known one by one when they are freed.
    is_keyed: bool,
    /// Whether what is much waits for [`Tree::free_some`].
    in_portions: bool,
}

/// What is kept for a condemned item alone.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    stamp: Option<u32>,
    history: Option<u32>,
    numbers_of: Option<u32>,
}

/// A view of what is to be freed.
#[derive(Debug)]
pub(crate) struct Scan {
    tops: Vec<u32>,
    nodes: Nodes,
    histories: Table<History>,
    numbers: Numbers,
}

/// What is to be freed, slot by slot.
#[derive(Debug)]
pub(crate) struct Scanned {
    n_tops: usize,
    condemned: Condemned,
    kept: Vec<Kept>,
    n_hidden: u32,
    promised: u64,
    past: PastSum,
}

impl Scan {
    /// Finds all slots. This is what takes long, and needs no lock.
    pub(crate) fn run(self) -> Scanned {
        let mut found = Found {
            scan: &self,
            collected: Collected::default(),
            kept: Vec::new(),
            hidden: (0, 0),
            past: PastSum::default(),
        };
        let mut folders = Vec::new();
        for &top in &self.tops {
            found.add(top, &mut folders);
        }
        while let Some(folder) = folders.pop() {
            let mut children = children::all(&self.nodes, folder);
            while let Some(part) = children.next_part() {
                match part {
                    Part::Row(row) => found.add_row(row.slots(), &mut folders),
                    Part::Slots(slots) => slots.iter().for_each(|&slot| found.add(slot, &mut folders)),
                }
            }
        }
        let Found { collected, kept, hidden: (n_hidden, promised), past, .. } = found;
        let (n_tops, condemned) = (self.tops.len(), collected.condemned(&self.nodes));
        Scanned { n_tops, condemned, kept, n_hidden, promised, past }
    }
}

struct Found<'a> {
    scan: &'a Scan,
    collected: Collected,
    kept: Vec<Kept>,
    /// How many hidden items there are, and their bytes.
    hidden: (u32, u64),
    past: PastSum,
}

impl Found<'_> {
    fn add(&mut self, slot: u32, folders: &mut Vec<u32>) {
        self.add_row(slot..slot + 1, folders);
    }

    /// Adds slots side by side, and the folders among them to `folders`.
    fn add_row(&mut self, slots: std::ops::Range<u32>, folders: &mut Vec<u32>) {
        self.collected.add(slots.clone());
        for slot in slots {
            let (node, scan) = (node(&self.scan.nodes, slot), self.scan);
            if node.is_plain() {
                continue;
            }
            if node.is_folder() {
                folders.push(slot);
            }
            if node.is_hidden() {
                self.hidden = (self.hidden.0 + 1, self.hidden.1 + node.size);
            }
            let kept = Kept {
                stamp: node.has_own_stamp().then_some(node.stamp),
                history: node.history(),
                numbers_of: Some(slot).filter(|&slot| node.is_folder() && scan.numbers.knows(slot)),
            };
            if let Some(history) = kept.history.and_then(|history| scan.histories.get(history)) {
                self.past += history.sum();
            }
            if kept.stamp.is_some() || kept.history.is_some() || kept.numbers_of.is_some() {
                self.kept.push(kept);
            }
        }
    }
}

impl Tree {
    /// Lets large subtrees be freed in portions; see [`Tree::free_some`].
    pub(crate) fn free_in_portions(&mut self) {
        self.garbage.in_portions = true;
    }

    /// Returns whether items that hang nowhere are still to be freed.
    pub(crate) fn has_garbage(&self) -> bool {
        self.arena.has_condemned() || !self.garbage.tops.is_empty()
    }

    /// Returns whether there is something for [`Tree::free_some`] to do.
    pub(crate) fn has_waste(&self) -> bool {
        self.has_garbage() || !self.garbage.waste.is_empty()
    }

    /// Keeps what takes long to drop, where somebody waits for it.
    pub(super) fn discard(&mut self, add: impl FnOnce(&mut Waste)) {
        if self.garbage.in_portions {
            add(&mut self.garbage.waste);
        }
    }

    /// Drops what was kept while a folder was shown in part, where nobody waits for it.
    pub(super) fn discard_partly_shown(&mut self, partly_shown: PartlyShown) {
        self.discard(|waste| waste.add(partly_shown));
    }

    /// Frees an unlinked item and all below it, visible or not.
    pub(crate) fn free_unlinked(&mut self, top: u32) {
        match self.few_at(top) {
            // A folder goes after what is in it.
            Some(few) => few.into_iter().rev().for_each(|slot| self.free_one(slot)),
            None => self.garbage.tops.push(top),
        }
        if !self.garbage.in_portions {
            while self.free_some().0 {}
        }
    }

    /// Returns an item and all below it; `None` if they are many.
    fn few_at(&self, top: u32) -> Option<Vec<u32>> {
        let (mut few, mut next) = (vec![top], 0);
        while let Some(&slot) = few.get(next) {
            next += 1;
            if self.node(slot).is_folder() {
                few.extend(children::all(self.nodes(), slot).take(FEW + 1 - few.len()));
            }
            if few.len() > FEW {
                return None;
            }
        }
        Some(few)
    }

    /// Returns a view of what is to be freed and was not scanned; `None` if there is nothing, or if something that was
    /// is still to be freed.
    pub(crate) fn scan(&self) -> Option<Scan> {
        if self.garbage.tops.is_empty() || self.arena.has_condemned() {
            return None;
        }
        let (tops, nodes) = (self.garbage.tops.clone(), self.nodes().clone());
        Some(Scan { tops, nodes, histories: self.histories.clone(), numbers: self.numbers.clone() })
    }

    /// Lets all that was scanned be gone. The scan must be the only one since something was condemned. If `is_keyed`,
    /// [`Tree::take_freed`] gives the items one by one as they are freed.
    pub(crate) fn condemn(&mut self, scanned: Scanned, is_keyed: bool) {
        let Scanned { n_tops, condemned, kept, n_hidden, promised, past } = scanned;
        self.garbage.tops.drain(..n_tops.min(self.garbage.tops.len()));
        (self.garbage.kept, self.garbage.n_kept_freed) = (Arc::new(kept), 0);
        self.garbage.is_keyed = is_keyed;
        self.garbage.has_others |= !is_keyed;
        self.n_hidden -= n_hidden;
        self.promised -= promised;
        self.past -= past;
        self.may_have_unused = true;
        self.arena.condemn(condemned);
    }

    /// Frees a portion of what is still to be freed; returns whether there is more, and what is to be dropped. What was
    /// not scanned is scanned first, however long that takes.
    pub(crate) fn free_some(&mut self) -> (bool, Waste) {
        if let Some(scan) = self.scan() {
            self.condemn(scan.run(), false);
        }
        let n_kept = self.free_kept(PORTION / KEPT);
        let left = PORTION.saturating_sub(n_kept * KEPT);
        if left > 0 {
            let Garbage { waste, freed, is_keyed, .. } = &mut self.garbage;
            self.arena.detach(left, waste, is_keyed.then_some(freed));
        }
        let waste = std::mem::take(&mut self.garbage.waste);
        (self.has_garbage(), waste)
    }

    /// Frees at most so many of what is kept for condemned items alone; returns how many.
    fn free_kept(&mut self, limit: usize) -> usize {
        let kept = self.garbage.kept.clone();
        let next = kept.iter().skip(self.garbage.n_kept_freed).take(limit);
        let n_freed = next.len();
        for kept in next {
            if let Some(stamp) = kept.stamp {
                self.drop_stamp(stamp);
            }
            if let Some(history) = kept.history {
                let history = self.histories.remove(history);
                self.garbage.waste.add_histories(history);
            }
            if let Some(folder) = kept.numbers_of {
                self.numbers.forget(folder);
            }
        }
        self.garbage.n_kept_freed += n_freed;
        n_freed
    }

    fn free_one(&mut self, slot: u32) {
        let node = *self.node(slot);
        self.may_have_unused |= !node.is_folder();
        if node.is_hidden() {
            self.promised -= node.size;
            self.n_hidden -= 1;
        }
        if node.has_own_stamp() {
            self.drop_stamp(node.stamp);
        }
        self.past -= self.past_of(slot);
        if let Some(history) = node.history() {
            let history = self.histories.remove(history);
            self.garbage.waste.add_histories(history);
        }
        self.numbers.forget(slot);
        if !node.is_hidden() {
            self.garbage.freed.push(self.arena.id(slot));
        }
        self.arena.free(slot, &mut self.garbage.waste);
    }

    /// Returns the items that were freed since somebody asked, as far as they are known one by one, and whether others
    /// were condemned.
    pub(crate) fn take_freed(&mut self) -> (Vec<ItemId>, bool) {
        let has_others = std::mem::take(&mut self.garbage.has_others);
        (std::mem::take(&mut self.garbage.freed), has_others)
    }
}

#[cfg(test)]
mod tests;
