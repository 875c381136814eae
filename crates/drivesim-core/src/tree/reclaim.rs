//! Frees purged items with everything below them: a few at once, many in portions if other threads wait.
//!
//! Many items are freed in three steps. A scan of a view of the pages, without a lock, collects their slots by page
//! ([`Scan::run`]). Then all of them are condemned at once: from then on no id finds any of them, so they can be freed
//! in any order. Then their pages and chunks are detached, a portion at a time; the caller drops them.

use std::sync::Arc;

use crate::arena::{CollectedSlots, CondemnedSlots, DeferredDrops, Nodes, PORTION, node};
use crate::child_list::PartlyVisible;
use crate::child_list::order::OrderPart;
use crate::children;
use crate::cow::Table;
use crate::history::{History, PastTotals};
use crate::item::ItemId;
use crate::tree::Tree;
use crate::tree::numbers::FolderNumbers;

/// The maximum number of items that are freed at once.
const FEW: usize = 512;
/// The cost of freeing the data of one item, in the unit of [`PORTION`].
const OWN_DATA_COST: usize = 4;

/// Unlinked items that are not freed yet, each with everything below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unreclaimed {
    /// Items that were not scanned yet. The items below them are unchanged.
    tops: Vec<u32>,
    /// The data that belongs to condemned items only.
    own_data: Arc<Vec<OwnData>>,
    n_own_data_freed: usize,
    /// What freed items have left to drop.
    deferred_drops: DeferredDrops,
    /// The items that were freed at once, and condemned ones whose ids are collected.
    freed: Vec<ItemId>,
    /// Whether other items were condemned since the last [`Tree::take_reclaimed_ids`].
    has_others: bool,
    /// Whether the ids of condemned items are collected when they are freed.
    is_keyed: bool,
    /// Whether many items wait for [`Tree::reclaim_some`].
    in_portions: bool,
}

/// The data that belongs to one condemned item only.
#[derive(Clone, Copy, Debug, Default)]
struct OwnData {
    metadata: Option<u32>,
    history: Option<u32>,
    numbers_of: Option<u32>,
}

/// A view of the items to free.
#[derive(Debug)]
pub(crate) struct Scan {
    tops: Vec<u32>,
    nodes: Nodes,
    histories: Table<History>,
    numbers: FolderNumbers,
}

/// The slots to free.
#[derive(Debug)]
pub(crate) struct Scanned {
    n_tops: usize,
    condemned: CondemnedSlots,
    own_data: Vec<OwnData>,
    n_hidden: u32,
    promised: u64,
    past: PastTotals,
}

impl Scan {
    /// Finds all slots. This takes long, and needs no lock.
    pub(crate) fn run(self) -> Scanned {
        let mut found = Found {
            scan: &self,
            collected: CollectedSlots::default(),
            own_data: Vec::new(),
            hidden: (0, 0),
            past: PastTotals::default(),
        };
        let mut folders = Vec::new();
        for &top in &self.tops {
            found.add(top, &mut folders);
        }
        while let Some(folder) = folders.pop() {
            let mut children = children::all(&self.nodes, folder);
            while let Some(part) = children.next_part() {
                match part {
                    OrderPart::Row(row) => found.add_row(row.slots(), &mut folders),
                    OrderPart::Slots(slots) => slots.iter().for_each(|&slot| found.add(slot, &mut folders)),
                }
            }
        }
        let Found { collected, own_data, hidden: (n_hidden, promised), past, .. } = found;
        let (n_tops, condemned) = (self.tops.len(), collected.condemned(&self.nodes));
        Scanned { n_tops, condemned, own_data, n_hidden, promised, past }
    }
}

struct Found<'a> {
    scan: &'a Scan,
    collected: CollectedSlots,
    own_data: Vec<OwnData>,
    /// The number of hidden items, and their bytes.
    hidden: (u32, u64),
    past: PastTotals,
}

impl Found<'_> {
    fn add(&mut self, slot: u32, folders: &mut Vec<u32>) {
        self.add_row(slot..slot + 1, folders);
    }

    /// Adds consecutive slots, and the folders among them to `folders`.
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
            let own_data = OwnData {
                metadata: node.has_own_metadata().then_some(node.metadata),
                history: node.history(),
                numbers_of: Some(slot).filter(|&slot| node.is_folder() && scan.numbers.tracks(slot)),
            };
            if let Some(history) = own_data.history.and_then(|history| scan.histories.get(history)) {
                self.past += history.totals();
            }
            if own_data.metadata.is_some() || own_data.history.is_some() || own_data.numbers_of.is_some() {
                self.own_data.push(own_data);
            }
        }
    }
}

impl Tree {
    /// Frees large subtrees in portions from now on; see [`Tree::reclaim_some`].
    pub(crate) fn reclaim_in_portions(&mut self) {
        self.unreclaimed.in_portions = true;
    }

    /// Returns whether unlinked items are not freed yet.
    pub(crate) fn has_reclaimable(&self) -> bool {
        self.arena.has_condemned() || !self.unreclaimed.tops.is_empty()
    }

    /// Returns whether [`Tree::reclaim_some`] has work to do.
    pub(crate) fn has_reclaim_work(&self) -> bool {
        self.has_reclaimable() || !self.unreclaimed.deferred_drops.is_empty()
    }

    /// Defers dropping large values if other threads wait for the drive.
    pub(super) fn discard(&mut self, add: impl FnOnce(&mut DeferredDrops)) {
        if self.unreclaimed.in_portions {
            add(&mut self.unreclaimed.deferred_drops);
        }
    }

    /// Drops the data of a partly visible folder, deferred if other threads wait for the drive.
    pub(super) fn discard_partly_shown(&mut self, partly_shown: PartlyVisible) {
        self.discard(|drops| drops.add_partly_visible(partly_shown));
    }

    /// Frees an unlinked item and everything below it, visible or not.
    pub(crate) fn reclaim(&mut self, top: u32) {
        match self.few_at(top) {
            // A folder is freed after its children.
            Some(few) => few.into_iter().rev().for_each(|slot| self.free_one(slot)),
            None => self.unreclaimed.tops.push(top),
        }
        if !self.unreclaimed.in_portions {
            while self.reclaim_some().0 {}
        }
    }

    /// Returns an item and everything below it; `None` if they are many.
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

    /// Returns a view of the items that are to be freed and were not scanned; `None` if there are none, or if scanned
    /// items are not freed yet.
    pub(crate) fn scan(&self) -> Option<Scan> {
        if self.unreclaimed.tops.is_empty() || self.arena.has_condemned() {
            return None;
        }
        let (tops, nodes) = (self.unreclaimed.tops.clone(), self.nodes().clone());
        Some(Scan { tops, nodes, histories: self.histories.clone(), numbers: self.numbers.clone() })
    }

    /// Condemns all scanned items. No other scan may have been condemned since this one was taken. If `is_keyed`,
    /// [`Tree::take_reclaimed_ids`] returns the ids of the items as they are freed.
    pub(crate) fn condemn(&mut self, scanned: Scanned, is_keyed: bool) {
        let Scanned { n_tops, condemned, own_data, n_hidden, promised, past } = scanned;
        self.unreclaimed.tops.drain(..n_tops.min(self.unreclaimed.tops.len()));
        (self.unreclaimed.own_data, self.unreclaimed.n_own_data_freed) = (Arc::new(own_data), 0);
        self.unreclaimed.is_keyed = is_keyed;
        self.unreclaimed.has_others |= !is_keyed;
        self.n_hidden -= n_hidden;
        self.hidden_bytes -= promised;
        self.past -= past;
        self.may_have_unused = true;
        self.arena.condemn(condemned);
    }

    /// Frees a portion of the items to free; returns whether there are more, and what to drop. Scans items that were
    /// not scanned first, however long that takes.
    pub(crate) fn reclaim_some(&mut self) -> (bool, DeferredDrops) {
        if let Some(scan) = self.scan() {
            self.condemn(scan.run(), false);
        }
        let n_freed = self.free_own_data(PORTION / OWN_DATA_COST);
        let left = PORTION.saturating_sub(n_freed * OWN_DATA_COST);
        if left > 0 {
            let Unreclaimed { deferred_drops: drops, freed, is_keyed, .. } = &mut self.unreclaimed;
            self.arena.detach(left, drops, is_keyed.then_some(freed));
        }
        let drops = std::mem::take(&mut self.unreclaimed.deferred_drops);
        (self.has_reclaimable(), drops)
    }

    /// Frees the data of at most `limit` condemned items; returns of how many.
    fn free_own_data(&mut self, limit: usize) -> usize {
        let own_data = self.unreclaimed.own_data.clone();
        let next = own_data.iter().skip(self.unreclaimed.n_own_data_freed).take(limit);
        let n_freed = next.len();
        for own_data in next {
            if let Some(metadata) = own_data.metadata {
                self.drop_metadata(metadata);
            }
            if let Some(history) = own_data.history {
                let history = self.histories.remove(history);
                self.unreclaimed.deferred_drops.add_histories(history);
            }
            if let Some(folder) = own_data.numbers_of {
                self.numbers.untrack(folder);
            }
        }
        self.unreclaimed.n_own_data_freed += n_freed;
        n_freed
    }

    fn free_one(&mut self, slot: u32) {
        let node = *self.node(slot);
        self.may_have_unused |= !node.is_folder();
        if node.is_hidden() {
            self.hidden_bytes -= node.size;
            self.n_hidden -= 1;
        }
        if node.has_own_metadata() {
            self.drop_metadata(node.metadata);
        }
        self.past -= self.past_totals_of(slot);
        if let Some(history) = node.history() {
            let history = self.histories.remove(history);
            self.unreclaimed.deferred_drops.add_histories(history);
        }
        self.numbers.untrack(slot);
        if !node.is_hidden() {
            self.unreclaimed.freed.push(self.arena.id(slot));
        }
        self.arena.free(slot, &mut self.unreclaimed.deferred_drops);
    }

    /// Returns the collected ids of items that were freed since the last call, and whether other items were condemned.
    pub(crate) fn take_reclaimed_ids(&mut self) -> (Vec<ItemId>, bool) {
        let has_others = std::mem::take(&mut self.unreclaimed.has_others);
        (std::mem::take(&mut self.unreclaimed.freed), has_others)
    }
}

#[cfg(test)]
mod tests;
