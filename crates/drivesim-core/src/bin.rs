//! The only place that keeps what was deleted: which items, when, by whom and where they were.

use jiff::Timestamp;

use crate::cow_map::CowMap;
use crate::item::ItemId;
use crate::stamp::UserId;

/// An item that was deleted by itself; what was below it still is.
#[derive(Clone, Debug)]
pub(crate) struct Binned {
    pub(crate) slot: u32,
    /// The folder it was in, which may be gone.
    pub(crate) parent: ItemId,
    pub(crate) deleted_at: Timestamp,
    pub(crate) deleted_by: UserId,
    /// When it is purged; never without it.
    pub(crate) purge_at: Option<Timestamp>,
    pub(crate) size: u64,
    pub(crate) is_folder: bool,
}

impl Binned {
    /// Returns whether its time is over.
    pub(crate) fn is_over(&self, at: Timestamp) -> bool {
        self.purge_at.is_some_and(|purge_at| purge_at <= at)
    }
}

/// The bin of a drive. A clone shares all entries until one side changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bin {
    /// By the number of the delete.
    entries: CowMap<u64, Binned>,
    numbers: CowMap<u32, u64>,
    n_made: u64,
    n_folders: u32,
    n_bytes: u128,
}

impl Bin {
    pub(crate) fn add(&mut self, binned: Binned) {
        self.n_made += 1;
        self.n_folders += u32::from(binned.is_folder);
        self.n_bytes += u128::from(binned.size);
        self.numbers.insert(binned.slot, self.n_made);
        self.entries.insert(self.n_made, binned);
    }

    /// Takes an item out.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<Binned> {
        let number = self.numbers.remove(&slot)?;
        let binned = self.entries.remove(&number)?;
        self.n_folders -= u32::from(binned.is_folder);
        self.n_bytes -= u128::from(binned.size);
        Some(binned)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&Binned> {
        self.entries.get(self.numbers.get(&slot)?)
    }

    /// Returns what is in the bin in the order in which it was deleted.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Binned> {
        self.entries.values()
    }

    /// Returns whether there is a folder in the bin, so that an id may be that of something below one.
    pub(crate) fn has_folders(&self) -> bool {
        self.n_folders > 0
    }

    /// Returns how many bytes what is in the bin holds, past versions not counted.
    pub(crate) fn n_bytes(&self) -> u128 {
        self.n_bytes
    }
}
