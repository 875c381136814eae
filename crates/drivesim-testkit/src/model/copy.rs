//! The only place for whether the model allows a copy, and for what it puts in place when it starts.

use std::collections::BTreeMap;

use drivesim::{Conflict, ItemKind, Leftovers, Pace, Visibility};

use super::names::{same, units};
use super::verbs::Settled;
use super::{Key, Mark, Model, ModelItem, Refusal};

/// What a copy was asked to do.
#[derive(Clone, Debug)]
pub struct CopyWish {
    /// The new name.
    pub name: Option<String>,
    /// What to do about a taken name.
    pub conflict: Conflict,
    /// Whether the folder itself is left out.
    pub children_only: bool,
    /// How fast.
    pub pace: Pace,
    /// What is seen meanwhile; `None` as the simulator has it.
    pub visibility: Option<Visibility>,
    /// What stays if it fails; `None` as the simulator has it.
    pub leftovers: Option<Leftovers>,
}

/// A copy's source and target, which are followed wherever they are moved, and what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) source_drive: u32,
    pub(super) source: Key,
    pub(super) target_drive: u32,
    pub(super) target: Key,
    pub(super) wish: CopyWish,
}

/// What a copy that starts has put in place, all of it hidden.
#[derive(Default)]
pub(super) struct Started {
    /// All items in the order in which they are revealed.
    pub(super) plan: Vec<Key>,
    /// Those that lie in the target.
    pub(super) tops: Vec<Key>,
    /// What all of it is copied from.
    sources: Vec<Key>,
    /// Why some of the top items could not be placed, by their place in the source.
    pub(super) details: BTreeMap<usize, Refusal>,
    /// The place in the source of those that were.
    pub(super) ranks: BTreeMap<Key, usize>,
    /// Bytes and one more, of each item.
    pub(super) weights: Vec<u128>,
}

/// An item to be put in the target, and the name it wants there.
struct Wanted {
    source: Key,
    kind: ItemKind,
    name: String,
}

impl Model {
    /// Refuses a copy that is refused by the call.
    pub(super) fn accept(&mut self, order: &Order) -> Result<(), Refusal> {
        let wanted = self.check_copy(order)?;
        let wish = &order.wish;
        let service = self.drive_of(order.target)?.service;
        let mut trial = self.clone();
        let placed = trial.put_in_place(order, &wanted);
        if service.refuses_taken_at_once(wish.name.is_some(), wish.conflict) {
            let started = placed.as_ref().map_err(Refusal::clone)?;
            if let Some(refusal) = started.details.values().next() {
                return Err(refusal.clone());
            }
        }
        // What would be left out needs no room.
        let sizes: u128 = match placed {
            Ok(_) => trial.promised(order.target_drive) - self.promised(order.target_drive),
            Err(_) => wanted.iter().map(|top| self.size(top.source)).sum(),
        };
        self.check_room_for(order.target_drive, sizes)
    }

    /// Checks a copy again, now that it starts, and puts what it makes in place, still hidden.
    pub(super) fn start(&mut self, order: &Order) -> Result<Started, Refusal> {
        let wanted = self.check_copy(order)?;
        let mut trial = self.clone();
        let started = trial.put_in_place(order, &wanted)?;
        if trial.promised(order.target_drive) > u128::from(u64::MAX) {
            return Err(Refusal::SizeOverflow);
        }
        for source in &started.sources {
            self.check_names_in(order, *source)?;
        }
        if started.plan.is_empty() && !started.details.is_empty() {
            return Err(Refusal::SomeFailed(started.details.into_values().collect()));
        }
        *self = trial;
        Ok(started)
    }

    /// Checks all but taken names and room, in the order in which it is told, and returns the wanted names.
    fn check_copy(&self, order: &Order) -> Result<Vec<Wanted>, Refusal> {
        let wish = &order.wish;
        let source_drive = self.drive(order.source_drive).ok_or(Refusal::NoDrive)?;
        let target_drive = self.drive(order.target_drive).ok_or(Refusal::NoDrive)?;
        if !self.offers(target_drive.service.offers_copy(wish.conflict)) {
            return Err(Refusal::ConflictNotOffered);
        }
        let source = self.require(order.source)?;
        let is_box = source_drive.service == super::Service::Box;
        if source.parent.is_none() && (is_box || !wish.children_only) {
            return Err(Refusal::IsRoot);
        }
        if wish.children_only && source.kind == ItemKind::File {
            return Err(Refusal::ChildrenOfAFile);
        }
        if self.require(order.target)?.kind == ItemKind::File {
            return Err(Refusal::NotAFolder);
        }
        if self.is_within(order.target, order.source) {
            return Err(Refusal::IntoItself);
        }
        let wanted = self.wanted(order);
        for top in &wanted {
            self.check_name(order.target, &top.name, top.kind)?;
        }
        let n_items: usize = wanted.iter().map(|top| self.visible_below(top.source).len()).sum();
        if n_items > target_drive.limits.max_items {
            return Err(Refusal::TooManyItems);
        }
        for top in &wanted {
            self.check_path(order.target, &top.name, self.visible_units_below(top.source))?;
        }
        Ok(wanted)
    }

    fn wanted(&self, order: &Order) -> Vec<Wanted> {
        let tops = match order.wish.children_only {
            true => self.visible_children(order.source),
            false => vec![order.source],
        };
        let service = self.drive(order.target_drive).map(|drive| drive.service);
        let wanted = tops.into_iter().map(|source| {
            let ModelItem { kind, name, .. } = &self.items[&source];
            let name = order.wish.name.as_ref().unwrap_or(name);
            let name = match (kind, service) {
                // The children of a folder are a folder's copy, not files asked for one by one.
                (ItemKind::File, Some(service)) if !order.wish.children_only => service.for_copied_file(name),
                _ => name.clone(),
            };
            Wanted { source, kind: *kind, name }
        });
        wanted.collect()
    }

    /// Checks the names of what is in a folder of the source, and that they stay apart in the other drive.
    fn check_names_in(&self, order: &Order, folder: Key) -> Result<(), Refusal> {
        let service = self.drive_of(order.target)?.service;
        let children = self.visible_children(folder);
        for (n, child) in children.iter().enumerate() {
            let ModelItem { name, kind, .. } = &self.items[child];
            if !service.allows(name, *kind, false) {
                return Err(Refusal::BadName);
            }
            if children[..n].iter().any(|other| same(service, &self.items[other].name, name)) {
                return Err(Refusal::NameTaken);
            }
        }
        Ok(())
    }

    fn visible_units_below(&self, top: Key) -> usize {
        let own = self.path_units(top);
        let all = self.visible_below(top).into_iter().map(|key| self.path_units(key));
        all.max().unwrap_or(own).saturating_sub(own)
    }

    fn check_room_for(&self, drive: u32, more: u128) -> Result<(), Refusal> {
        let is_room = self.promised(drive) + more <= u128::from(u64::MAX);
        if is_room { Ok(()) } else { Err(Refusal::SizeOverflow) }
    }

    /// Puts the top items and then all below them in place, breadth-first, all hidden.
    fn put_in_place(&mut self, order: &Order, wanted: &[Wanted]) -> Result<Started, Refusal> {
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
            for child in self.visible_children(sources[n_done]) {
                let parent = started.plan[n_done];
                let new = self.add_hidden(order.target_drive, parent, child, None, false);
                started.plan.push(new);
                sources.push(child);
            }
            n_done += 1;
        }
        let sizes = sources.iter().map(|source| self.items[source].bytes.size());
        started.weights = sizes.map(|size| u128::from(size) + 1).collect();
        started.sources = sources;
        Ok(started)
    }

    fn put_top(&mut self, order: &Order, top: &Wanted, placed: &[Key]) -> Result<Key, Refusal> {
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
        let below = self.visible_units_below(top.source);
        self.check_path(order.target, &name, below)?;
        debug_assert!(units(&name) > 0, "a name that was checked is not empty");
        Ok(self.add_hidden(order.target_drive, order.target, top.source, Some(name), successor))
    }

    fn add_hidden(
        &mut self,
        drive: u32,
        parent: Key,
        source: Key,
        name: Option<String>,
        successor: bool,
    ) -> Key {
        let ModelItem { kind, bytes, name: own, .. } = self.items[&source].clone();
        let name = name.unwrap_or(own);
        self.add(ModelItem { drive, parent: Some(parent), name, kind, bytes, hidden: true, successor })
    }

    /// Shows an item of a copy. A successor takes the place of what has its name by now, if its path may be so long.
    pub(super) fn reveal(&mut self, key: Key) -> Result<(), Refusal> {
        let Some(item) = self.items.get(&key).cloned() else { return Ok(()) };
        if let Some(folder) = item.parent.filter(|_| item.successor)
            && let Err(refusal) = self.take_place(key, folder, &item.name)
        {
            self.remove(key);
            return Err(refusal);
        }
        self.item_mut(key, |item| (item.hidden, item.successor) = (false, false));
        Ok(())
    }

    fn take_place(&mut self, key: Key, folder: Key, name: &str) -> Result<(), Refusal> {
        let holder = self.holder(folder, name, Some(key));
        let is_file = |holder| self.visible(holder).is_some_and(|item| item.kind == ItemKind::File);
        if holder.is_some_and(|holder| !is_file(holder)) {
            return Err(Refusal::NameTaken);
        }
        self.check_path(folder, name, 0)?;
        if let Some(holder) = holder {
            self.remove(holder);
            self.mark(Mark::Settled("copy replaces", ItemKind::File));
        }
        Ok(())
    }
}
