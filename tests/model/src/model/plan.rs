//! Places the items of the model's copies, hidden at first, and reveals them.

use std::collections::BTreeMap;

use drivesim::item::ItemKind;

use super::conflict::ConflictOutcome;
use super::copy::ModelCopyRequest;
use super::metadata::{FS_CREATED, FS_MODIFIED, Facts};
use super::names::same;
use super::{Key, Mark, Model, ModelError, ModelItem, Service};

/// The items that a starting copy has placed, all hidden.
#[derive(Default)]
pub(super) struct StartedCopy {
    /// All items, in the order in which they are revealed.
    pub(super) plan: Vec<Key>,
    /// The items directly in the target.
    pub(super) tops: Vec<Key>,
    /// The sources of all items.
    pub(super) sources: Vec<Key>,
    /// Why some of the top items could not be placed, by their position in the source.
    pub(super) details: BTreeMap<usize, ModelError>,
    /// The positions in the source of those that were placed.
    pub(super) ranks: BTreeMap<Key, usize>,
    /// For each item, its bytes plus one.
    pub(super) weights: Vec<u128>,
}

/// A top item to be placed in the target, and its name there.
pub(super) struct TopItem {
    pub(super) source: Key,
    pub(super) kind: ItemKind,
    pub(super) name: String,
    /// Why the target cannot have it, regardless of conflicts.
    pub(super) rejection: Option<ModelError>,
}

impl Model {
    /// Places the top items and then everything below them, breadth-first, all hidden.
    pub(super) fn place_items(
        &mut self,
        request: &ModelCopyRequest,
        tops: &[TopItem],
    ) -> Result<StartedCopy, ModelError> {
        let mut started = StartedCopy::default();
        let mut sources = Vec::new();
        for (rank, top) in tops.iter().enumerate() {
            match self.put_top(request, top, &started.plan) {
                Ok(key) => {
                    started.plan.push(key);
                    started.ranks.insert(key, rank);
                    sources.push(top.source);
                }
                Err(error) if request.options.children_only => {
                    started.details.insert(rank, error);
                }
                Err(error) => return Err(error),
            }
        }
        started.tops.clone_from(&started.plan);
        let mut n_done = 0;
        while n_done < sources.len() {
            // The items that this copy has placed are hidden, so they are not copied again.
            for child in self.seen_children(sources[n_done]) {
                let parent = started.plan[n_done];
                let new = self.add_hidden(request, parent, child, None);
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

    fn put_top(
        &mut self,
        request: &ModelCopyRequest,
        top: &TopItem,
        placed: &[Key],
    ) -> Result<Key, ModelError> {
        if let Some(error) = &top.rejection {
            return Err(error.clone());
        }
        let service = self.drive_of(request.target)?.service;
        let before = service.before_copy_number();
        let settled = self.resolve_conflict(
            request.target,
            &top.name,
            top.kind,
            request.options.conflict,
            before,
            None,
        )?;
        let (name, successor) = match settled {
            ConflictOutcome::Free(name) => (name, false),
            // A copy does not replace an item that it has placed itself.
            ConflictOutcome::Replace(_)
                if placed.iter().any(|key| same(service, &self.items[key].name, &top.name)) =>
            {
                return Err(ModelError::NameTaken);
            }
            ConflictOutcome::Replace(_) => (top.name.clone(), true),
        };
        let below = self.seen_units_below(top.source);
        self.check_path(request.target, &name, below)?;
        let key = self.add_hidden(request, request.target, top.source, Some(name));
        self.item_mut(key, |item| item.successor = successor);
        Ok(key)
    }

    /// Adds the copy of an item, hidden.
    pub(super) fn add_hidden(
        &mut self,
        request: &ModelCopyRequest,
        parent: Key,
        source: Key,
        name: Option<String>,
    ) -> Key {
        let source = self.items[&source].clone();
        let name = name.unwrap_or(source.name.clone());
        let blank =
            self.blank_item(request.target_drive, Some(parent), &name, source.kind, source.bytes.clone());
        let mut copy = ModelItem { hidden: true, facts: Facts::new(self.now, request.by), ..blank };
        copy.written.by = request.by;
        if self.drive(request.target_drive).is_some_and(|drive| drive.service == Service::Box) {
            copy.facts.description.clone_from(&source.facts.description);
            if source.kind == ItemKind::File {
                let kept = source.facts.times;
                (copy.facts.times[FS_CREATED], copy.facts.times[FS_MODIFIED]) =
                    (kept[FS_CREATED], kept[FS_MODIFIED]);
            }
        }
        if source.kind == ItemKind::File {
            self.copy_versions(&source, request.options.versions, &mut copy);
        }
        self.add(copy)
    }

    /// Reveals an item of a copy. A successor replaces the item that has its name now, if its path is not too long.
    pub(super) fn reveal(&mut self, key: Key) -> Result<(), ModelError> {
        let Some(item) = self.items.get(&key).cloned() else { return Ok(()) };
        if let Some(folder) = item.parent.filter(|_| item.successor) {
            if let Err(error) = self.replace_holder(key, folder, &item.name) {
                self.remove(key);
                return Err(error);
            }
        }
        self.item_mut(key, |item| (item.hidden, item.successor) = (false, false));
        self.note_change(key);
        Ok(())
    }

    /// Reveals all items of an instant copy at once: replaced items are removed first, and the folders above count one
    /// change.
    pub(super) fn reveal_all(&mut self, plan: &[Key], target: Key) {
        for key in plan {
            let item = self.items[key].clone();
            if let Some(folder) = item.parent.filter(|_| item.successor) {
                // The same checks have just passed.
                let _ = self.replace_holder(*key, folder, &item.name);
            }
            self.item_mut(*key, |item| (item.hidden, item.successor) = (false, false));
        }
        plan.iter().for_each(|key| self.number_change(*key));
        if !plan.is_empty() {
            self.touch_ancestors(target);
        }
    }

    fn replace_holder(&mut self, key: Key, folder: Key, name: &str) -> Result<(), ModelError> {
        self.require(folder)?;
        let holder = self.holder(folder, name, Some(key));
        let is_file = |holder| self.seen(holder).is_some_and(|item| item.kind == ItemKind::File);
        if holder.is_some_and(|holder| !is_file(holder)) {
            return Err(ModelError::NameTaken);
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
