//! Keeps the named snapshots of the admin API, within a number of bytes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use drivesim::Sim;
use drivesim::snapshot::Snapshot;
use parking_lot::{Mutex, MutexGuard};

use crate::limits::budget::{Budget, BudgetPart, Permit};

/// The maximal number of dropped snapshots whose names are remembered.
const MOST_DROPPED: usize = 1000;
/// The memory of snapshots is counted again after drives have released this many bytes.
const STEP: u64 = 256 << 10;

/// The snapshots by name.
#[derive(Debug)]
pub(crate) struct Snapshots {
    entries: Mutex<NamedSnapshots>,
    /// Up to this value of [`Sim::bytes_parted`] nothing has to be counted.
    good_until: AtomicU64,
}

#[derive(Debug)]
pub(crate) struct NamedSnapshots {
    by_name: BTreeMap<String, (u64, Snapshot)>,
    n_made: u64,
    /// The names of snapshots that were dropped to save memory, the latest last.
    dropped: VecDeque<String>,
    /// The memory that only the snapshots hold.
    permit: Permit,
}

impl NamedSnapshots {
    pub(crate) fn get(&self, name: &str) -> Option<&Snapshot> {
        self.by_name.get(name).map(|(_, snapshot)| snapshot)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    /// Returns whether a snapshot of this name was dropped.
    pub(crate) fn is_dropped(&self, name: &str) -> bool {
        self.dropped.iter().any(|dropped| dropped == name)
    }

    /// Adds a snapshot. Returns the older one of this name, so that the caller can drop it.
    pub(crate) fn insert(&mut self, name: &str, snapshot: Snapshot) -> Option<Snapshot> {
        self.dropped.retain(|dropped| dropped != name);
        self.n_made += 1;
        let older = self.by_name.insert(name.to_owned(), (self.n_made, snapshot));
        older.map(|(_, snapshot)| snapshot)
    }

    fn oldest(&self) -> Option<(&String, &Snapshot)> {
        let oldest = self.by_name.iter().min_by_key(|(_, (number, _))| *number);
        oldest.map(|(name, (_, snapshot))| (name, snapshot))
    }

    /// Drops the oldest snapshots until the memory that only they hold fits into the budget: what the drives have
    /// released since the oldest was made. Returns them, so that the caller can drop them without the lock.
    fn bound(&mut self, sim: &Sim) -> Vec<Snapshot> {
        let mut dropped = Vec::new();
        while let Some((name, oldest)) = self.oldest() {
            let n_bytes = usize::try_from(sim.bytes_parted_since(oldest)).unwrap_or(usize::MAX);
            let name = name.clone();
            if self.permit.resize(n_bytes).is_ok() {
                return dropped;
            }
            dropped.extend(self.by_name.remove(&name).map(|(_, snapshot)| snapshot));
            self.dropped.push_back(name);
            if self.dropped.len() > MOST_DROPPED {
                self.dropped.pop_front();
            }
        }
        // Shrinking never fails.
        let _ = self.permit.resize(0);
        dropped
    }
}

impl Snapshots {
    pub(crate) fn new(budget: &Budget) -> Snapshots {
        let permit = budget.empty_permit(BudgetPart::Snapshots);
        let entries =
            NamedSnapshots { by_name: BTreeMap::new(), n_made: 0, dropped: VecDeque::new(), permit };
        Snapshots { entries: Mutex::new(entries), good_until: AtomicU64::new(u64::MAX) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, NamedSnapshots> {
        self.entries.lock()
    }

    /// Removes all snapshots.
    pub(crate) fn clear(&self, entries: &mut NamedSnapshots) {
        entries.by_name.clear();
        entries.dropped.clear();
        let _ = entries.permit.resize(0);
        self.good_until.store(u64::MAX, Ordering::Relaxed);
    }

    /// Drops snapshots until their memory fits into the budget. Call it after each request: usually it only compares
    /// two numbers. It never waits: while another thread holds the lock it does nothing, and that thread counts
    /// afterwards.
    pub(crate) fn enforce_limit(&self, sim: &Sim) {
        if sim.bytes_parted() > self.good_until.load(Ordering::Relaxed) {
            if let Some(entries) = self.entries.try_lock() {
                self.count_locked(entries, sim);
            }
        }
    }

    /// Counts the memory of all snapshots, and drops the oldest if it is too much.
    pub(crate) fn count_bytes(&self, sim: &Sim) {
        self.count_locked(self.entries.lock(), sim);
    }

    fn count_locked(&self, mut entries: MutexGuard<'_, NamedSnapshots>, sim: &Sim) {
        let dropped = entries.bound(sim);
        let next =
            if entries.by_name.is_empty() { u64::MAX } else { sim.bytes_parted().saturating_add(STEP) };
        self.good_until.store(next, Ordering::Relaxed);
        drop(entries);
        // They may have many pages, and other threads need the lock.
        drop(dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn bounding_snapshots_never_waits_for_the_lock() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let limits = Limits::default().max_snapshot_bytes(64 << 10);
        let snapshots = Snapshots::new(&Budget::new(&limits));
        snapshots.lock().insert("s", sim.snapshot());
        snapshots.count_bytes(&sim);
        sim.write("/large", vec![0; 1 << 20]).unwrap();
        sim.replace_outline(sim.drive("drive").unwrap(), "").unwrap();
        {
            let entries = snapshots.lock();
            snapshots.enforce_limit(&sim);
            assert!(entries.get("s").is_some());
        }
        snapshots.enforce_limit(&sim);
        assert!(snapshots.lock().get("s").is_none());
    }
}
