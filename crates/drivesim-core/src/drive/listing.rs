//! Lists folders in the order in which the service of the drive does.

use crate::children::listing::ShownChildren;
use crate::children::{self, SortKey};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{Item, ItemId, ItemKind};

/// How many items of a page are looked at at once, so that memory is waited for once for several of them.
const BATCH: usize = 256;

impl Drive {
    /// Returns at most `limit` children of a folder in the order in which the service lists them
    /// ([`Profile::listing_order`](crate::Profile::listing_order)), from number `from` on, counted from 0.
    ///
    /// A page costs the same wherever it starts and however many children there are.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn listing_at(&self, folder: ItemId, from: u32, limit: usize) -> Result<Vec<Item>, Error> {
        let folder = self.require_folder(folder)?;
        let shown = children::shown(self.tree.nodes(), self.tree.sorting(), folder);
        let first = self.past_unreadable(folder, &shown, from);
        Ok(self.page(&shown, first, limit))
    }

    /// Returns at most `limit` children of a folder in the order in which the service lists them, from the first one on
    /// whose place is behind that of an item of this kind and name, which need not be there any more.
    ///
    /// A page costs the same wherever it starts and however many children there are.
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
        let (shown, sorter) = (children::shown(nodes, sorting, folder), sorting.on(nodes));
        let first = shown.n_up_to(&sorter.key_of(kind, name), sorter);
        Ok(self.page(&shown, first, limit))
    }

    /// Returns at most `limit` children that may be read, from number `first` of those that are shown on.
    fn page(&self, shown: &ShownChildren<'_>, first: u32, limit: usize) -> Vec<Item> {
        let readable = shown.iter_from(first).filter(|&slot| self.may_read(slot));
        let slots: Vec<u32> = readable.take(limit).collect();
        let mut items = Vec::with_capacity(slots.len());
        for slots in slots.chunks(BATCH) {
            self.fetch(slots);
            items.extend(slots.iter().map(|&slot| self.show(slot)));
        }
        items
    }

    /// Reads what is shown of items without waiting for one before the next: in a large folder neighbours in a listing
    /// stand anywhere in memory.
    fn fetch(&self, slots: &[u32]) {
        let mut nodes = [(0, 0); BATCH];
        let nodes = &mut nodes[..slots.len().min(BATCH)];
        for (place, &slot) in nodes.iter_mut().zip(slots) {
            let node = self.tree.node(slot);
            *place = (node.name, node.stamp);
        }
        self.tree.names.fetch(nodes.iter().map(|&(name, _)| name));
        let etags = nodes.iter().map(|&(_, stamp)| self.tree.stamps.get(stamp).map_or(0, |stamp| stamp.etag));
        std::hint::black_box(etags.fold(0, u32::wrapping_add));
    }

    /// Returns the number, among the children that are shown, of child number `from` of those that may be read.
    fn past_unreadable(&self, folder: u32, shown: &ShownChildren<'_>, from: u32) -> u32 {
        let mut unreadable = self.unreadable(folder);
        if unreadable.is_empty() {
            return from;
        }
        let sorter = self.tree.sorting().on(self.tree.nodes());
        let compare = |&slot: &u32, key: &SortKey<'_>| sorter.compare(slot, key);
        unreadable.sort_by(|slot, other| compare(slot, &sorter.key(*other)));
        // As many more are passed over as may not be read up to the child that is reached, until none is added.
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
