//! The only place for what a copy of the model puts in place, hidden at first, and for how it comes to be seen.

use std::collections::BTreeMap;

use drivesim::ItemKind;

use super::copy::Order;
use super::facts::{FS_CREATED, FS_MODIFIED, Facts};
use super::names::same;
use super::settle::Settled;
use super::{Key, Mark, Model, ModelItem, Refusal, Service};

/// What a copy that starts has put in place, all of it hidden.
#[derive(Default)]
pub(super) struct Started {
    /// All items in the order in which they are revealed.
    pub(super) plan: Vec<Key>,
    /// Those that lie in the target.
    pub(super) tops: Vec<Key>,
    /// What all of it is copied from.
    pub(super) sources: Vec<Key>,
    /// Why some of the top items could not be placed, by their place in the source.
    pub(super) details: BTreeMap<usize, Refusal>,
    /// The place in the source of those that were.
    pub(super) ranks: BTreeMap<Key, usize>,
    /// Bytes and one more, of each item.
    pub(super) weights: Vec<u128>,
}

/// An item to be put in the target, and the name it wants there.
pub(super) struct Wanted {
    pub(super) source: Key,
    pub(super) kind: ItemKind,
    pub(super) name: String,
    /// Why the target could not have it, whatever else is in it.
    pub(super) unfit: Option<Refusal>,
}

impl Model {
    /// Puts the top items and then all below them in place, breadth-first, all hidden.
    pub(super) fn put_in_place(&mut self, order: &Order, wanted: &[Wanted]) -> Result<Started, Refusal> {
        let mut started = Started::default();
        let mut sources = Vec::new();
        for (rank, top) in wanted.iter().enumerate() {
            match self.put_top(order, top, &started.plan) {
                Ok(key) => {
                    started.plan.push(key);
                    started.ranks.insert(key, rank);
                    sources.push(top.source);
                }
                Err(refusal) if order.wish.children_only => {
                    started.details.insert(rank, refusal);
                }
                Err(refusal) => return Err(refusal),
            }
        }
        started.tops.clone_from(&started.plan);
        let mut n_done = 0;
        while n_done < sources.len() {
            // What this very copy has placed is hidden, so it is not copied once more.
            for child in self.seen_children(sources[n_done]) {
                let parent = started.plan[n_done];
                let new = self.add_hidden(order, parent, child, None);
                started.plan.push(new);
                sources.push(child);
            }
            n_done += 1;
        }
        let sizes = started.plan.iter().map(|key| self.items[key].bytes.size());
        started.weights = sizes.map(|size| u128::from(size) + 1).collect();
        started.sources = sources;
        Ok(started)
    }

    fn put_top(&mut self, order: &Order, top: &Wanted, placed: &[Key]) -> Result<Key, Refusal> {
        if let Some(refusal) = &top.unfit {
            return Err(refusal.clone());
        }
        let service = self.drive_of(order.target)?.service;
        let before = service.before_copy_number();
        let settled = self.settle(order.target, &top.name, top.kind, order.wish.conflict, before, None)?;
        let (name, successor) = match settled {
            Settled::Free(name) => (name, false),
            // What this very copy puts in place it does not replace again.
            Settled::Over(_) if placed.iter().any(|key| same(service, &self.items[key].name, &top.name)) => {
                return Err(Refusal::NameTaken);
            }
            Settled::Over(_) => (top.name.clone(), true),
        };
        let below = self.seen_units_below(top.source);
        self.check_path(order.target, &name, below)?;
        let key = self.add_hidden(order, order.target, top.source, Some(name));
        self.item_mut(key, |item| item.successor = successor);
        Ok(key)
    }

    /// Adds the copy of an item, hidden.
    pub(super) fn add_hidden(
        &mut self,
        order: &Order,
        parent: Key,
        source: Key,
        name: Option<String>,
    ) -> Key {
        let source = self.items[&source].clone();
        let name = name.unwrap_or(source.name.clone());
        let blank = self.blank(order.target_drive, Some(parent), &name, source.kind, source.bytes.clone());
        let mut copy = ModelItem { hidden: true, facts: Facts::new(self.now, order.by), ..blank };
        copy.written.by = order.by;
        if self.drive(order.target_drive).is_some_and(|drive| drive.service == Service::Box) {
            copy.facts.description.clone_from(&source.facts.description);
            if source.kind == ItemKind::File {
                let kept = source.facts.times;
                (copy.facts.times[FS_CREATED], copy.facts.times[FS_MODIFIED]) =
                    (kept[FS_CREATED], kept[FS_MODIFIED]);
            }
        }
        if source.kind == ItemKind::File {
            self.copy_versions(&source, order.wish.versions, &mut copy);
        }
        self.add(copy)
    }

    /// Shows an item of a copy. A successor takes the place of what has its name by now, if its path may be so long.
    pub(super) fn reveal(&mut self, key: Key) -> Result<(), Refusal> {
        let Some(item) = self.items.get(&key).cloned() else { return Ok(()) };
        if let Some(folder) = item.parent.filter(|_| item.successor) {
            if let Err(refusal) = self.take_place(key, folder, &item.name) {
                self.remove(key);
                return Err(refusal);
            }
        }
        self.item_mut(key, |item| (item.hidden, item.successor) = (false, false));
        self.note_change(key);
        Ok(())
    }

    /// Shows all of a copy that takes no time at once: what is replaced goes first, and the folders above count one change.
    pub(super) fn reveal_all(&mut self, plan: &[Key], target: Key) {
        for key in plan {
            let item = self.items[key].clone();
            if let Some(folder) = item.parent.filter(|_| item.successor) {
                // It was looked at a moment ago.
                let _ = self.take_place(*key, folder, &item.name);
            }
            self.item_mut(*key, |item| (item.hidden, item.successor) = (false, false));
        }
        plan.iter().for_each(|key| self.number_change(*key));
        if !plan.is_empty() {
            self.touch_above(target);
        }
    }

    fn take_place(&mut self, key: Key, folder: Key, name: &str) -> Result<(), Refusal> {
        self.require(folder)?;
        let holder = self.holder(folder, name, Some(key));
        let is_file = |holder| self.seen(holder).is_some_and(|item| item.kind == ItemKind::File);
        if holder.is_some_and(|holder| !is_file(holder)) {
            return Err(Refusal::NameTaken);
        }
        holder.map_or(Ok(()), |holder| self.check_replaceable(holder))?;
        self.check_path(folder, name, 0)?;
        if let Some(holder) = holder {
            self.erase(holder);
            self.mark(Mark::Settled("copy replaces", ItemKind::File));
        }
        Ok(())
    }
}
