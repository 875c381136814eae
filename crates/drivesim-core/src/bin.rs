//! Holds the bin of a drive: which items were deleted, when, by which user and from where.

use jiff::Timestamp;

use crate::cow_map::CowMap;
use crate::item::ItemId;
use crate::metadata::UserId;

/// An item that was deleted itself. The items below it still are below it.
#[derive(Clone, Debug)]
pub(crate) struct BinEntry {
    pub(crate) slot: u32,
    /// The folder it was in, which may no longer exist.
    pub(crate) parent: ItemId,
    pub(crate) deleted_at: Timestamp,
    pub(crate) deleted_by: UserId,
    /// When it is purged; `None` for never.
    pub(crate) purge_at: Option<Timestamp>,
    pub(crate) size: u64,
    pub(crate) is_folder: bool,
}

impl BinEntry {
    /// Returns whether it is due to be purged.
    pub(crate) fn is_due(&self, at: Timestamp) -> bool {
        self.purge_at.is_some_and(|purge_at| purge_at <= at)
    }
}

/// The bin of a drive. A clone shares all entries until one side changes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bin {
    /// By the number of the delete.
    entries: CowMap<u64, BinEntry>,
    numbers: CowMap<u32, u64>,
    n_made: u64,
    n_folders: u32,
    n_bytes: u128,
}

impl Bin {
    pub(crate) fn add(&mut self, binned: BinEntry) {
        self.n_made += 1;
        self.n_folders += u32::from(binned.is_folder);
        self.n_bytes += u128::from(binned.size);
        self.numbers.insert(binned.slot, self.n_made);
        self.entries.insert(self.n_made, binned);
    }

    /// Removes an item from the bin.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<BinEntry> {
        let number = self.numbers.remove(&slot)?;
        let binned = self.entries.remove(&number)?;
        self.n_folders -= u32::from(binned.is_folder);
        self.n_bytes -= u128::from(binned.size);
        Some(binned)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&BinEntry> {
        self.entries.get(self.numbers.get(&slot)?)
    }

    /// Returns the items in the bin in the order of deletion.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &BinEntry> {
        self.entries.values()
    }

    /// Returns whether the bin has a folder, so that an id may name an item below one.
    pub(crate) fn has_folders(&self) -> bool {
        self.n_folders > 0
    }

    /// Returns how many bytes the items in the bin hold, without past versions.
    pub(crate) fn n_bytes(&self) -> u128 {
        self.n_bytes
    }
}
