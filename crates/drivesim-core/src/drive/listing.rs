//! Lists folders in the listing order of the service.

use crate::children::{self, SortKey, VisibleChildren};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{Item, ItemId, ItemKind};

/// How many items of a page are fetched together, so that several memory accesses overlap.
const BATCH: usize = 256;

impl Drive {
    /// Returns at most `limit` children of a folder in the listing order of the service
    /// ([`Profile::listing_order`](crate::Profile::listing_order)), from index `from` on, counted from 0.
    ///
    /// The cost of a page depends neither on where it starts nor on the number of children.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn listing_at(&self, folder: ItemId, from: u32, limit: usize) -> Result<Vec<Item>, Error> {
        let folder = self.require_folder(folder)?;
        let shown = children::visible(self.tree.nodes(), self.tree.sorting(), folder);
        let first = self.visible_index(folder, &shown, from);
        Ok(self.page(&shown, first, limit))
    }

    /// Returns at most `limit` children of a folder in the listing order of the service, from the first one that sorts
    /// after an item of this kind and name. That item need not exist any more.
    ///
    /// The cost of a page depends neither on where it starts nor on the number of children.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn listing_after(
        &self,
        folder: ItemId,
        kind: ItemKind,
        name: &str,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        let folder = self.require_folder(folder)?;
        let (nodes, sorting) = (self.tree.nodes(), self.tree.sorting());
        let (shown, sorter) = (children::visible(nodes, sorting, folder), sorting.sorter(nodes));
        let first = shown.n_up_to(&sorter.key_of(kind, &self.tree.names.name(name)), sorter);
        Ok(self.page(&shown, first, limit))
    }

    /// Returns at most `limit` readable children, from index `first` of the visible ones on.
    fn page(&self, shown: &VisibleChildren<'_>, first: u32, limit: usize) -> Vec<Item> {
        let readable = shown.iter_from(first).filter(|&slot| self.may_read(slot));
        let slots: Vec<u32> = readable.take(limit).collect();
        let mut items = Vec::with_capacity(slots.len());
        for slots in slots.chunks(BATCH) {
            self.fetch(slots);
            items.extend(slots.iter().map(|&slot| self.item_at_slot(slot)));
        }
        items
    }

    /// Loads the nodes and metadata of items into the cache, with overlapping memory accesses: neighbours in the
    /// listing of a large folder lie anywhere in memory.
    fn fetch(&self, slots: &[u32]) {
        let mut nodes = [(0, 0); BATCH];
        let nodes = &mut nodes[..slots.len().min(BATCH)];
        for (target, &slot) in nodes.iter_mut().zip(slots) {
            let node = self.tree.node(slot);
            *target = (node.name, node.metadata);
        }
        self.tree.names.prefetch(nodes.iter().map(|&(name, _)| name));
        let etags = nodes
            .iter()
            .map(|&(_, metadata)| self.tree.metadata.get(metadata).map_or(0, |metadata| metadata.etag));
        std::hint::black_box(etags.fold(0, u32::wrapping_add));
    }

    /// Returns the index among the visible children of the child that has index `from` among the readable ones.
    fn visible_index(&self, folder: u32, shown: &VisibleChildren<'_>, from: u32) -> u32 {
        let mut unreadable = self.unreadable_children(folder);
        if unreadable.is_empty() {
            return from;
        }
        let sorter = self.tree.sorting().sorter(self.tree.nodes());
        let compare = |&slot: &u32, key: &SortKey<'_>| sorter.compare(slot, key);
        unreadable.sort_by(|slot, other| compare(slot, &sorter.key(*other)));
        // Adds the number of unreadable children up to the child that is reached, until it no longer grows.
        let mut at = from;
        loop {
            let Some(slot) = shown.get(at) else { return at };
            let key = sorter.key(slot);
            let n_passed = unreadable.partition_point(|slot| compare(slot, &key).is_le()) as u32;
            if at == from + n_passed {
                return at;
            }
            at = from + n_passed;
        }
    }
}

#[cfg(test)]
mod tests;
