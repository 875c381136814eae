//! Keeps the named snapshots of the admin API, within a number of bytes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use drivesim::{Sim, Snapshot};
use parking_lot::{Mutex, MutexGuard};

use crate::budget::{Budget, Part, Share};

/// How many names of dropped snapshots are remembered.
const MOST_DROPPED: usize = 1000;
/// How many bytes drives part with before it is counted anew what snapshots hold.
const STEP: u64 = 256 << 10;

/// The snapshots by name.
#[derive(Debug)]
pub(crate) struct Snapshots {
    kept: Mutex<Kept>,
    /// Up to which number of bytes, as [`Kept::parted`] counts, nothing need be done.
    good_until: AtomicU64,
}

#[derive(Debug)]
pub(crate) struct Kept {
    by_name: BTreeMap<String, (u64, Snapshot)>,
    n_made: u64,
    /// Those that were dropped because they held too much, the latest last.
    dropped: VecDeque<String>,
    /// What all of them hold together.
    share: Share,
}

impl Kept {
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

    /// Keeps a snapshot; returns the older one of this name, for the caller to drop.
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

    /// Drops the oldest until what all hold together is within the budget: what the drives have parted with since the
    /// oldest was made. Returns those, for the caller to drop where nobody waits.
    fn bound(&mut self, sim: &Sim) -> Vec<Snapshot> {
        let mut dropped = Vec::new();
        while let Some((name, oldest)) = self.oldest() {
            let n_bytes = usize::try_from(sim.bytes_parted_since(oldest)).unwrap_or(usize::MAX);
            let name = name.clone();
            if self.share.resize(n_bytes).is_ok() {
                return dropped;
            }
            dropped.extend(self.by_name.remove(&name).map(|(_, snapshot)| snapshot));
            self.dropped.push_back(name);
            if self.dropped.len() > MOST_DROPPED {
                self.dropped.pop_front();
            }
        }
        // To give all back is never refused.
        let _ = self.share.resize(0);
        dropped
    }
}

impl Snapshots {
    pub(crate) fn new(budget: &Budget) -> Snapshots {
        let share = budget.share(Part::Snapshots);
        let kept = Kept { by_name: BTreeMap::new(), n_made: 0, dropped: VecDeque::new(), share };
        Snapshots { kept: Mutex::new(kept), good_until: AtomicU64::new(u64::MAX) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock()
    }

    /// Forgets all.
    pub(crate) fn clear(&self, kept: &mut Kept) {
        kept.by_name.clear();
        kept.dropped.clear();
        let _ = kept.share.resize(0);
        self.good_until.store(u64::MAX, Ordering::Relaxed);
    }

    /// Lets all snapshots together hold no more than they may. To be called after each request: most often it costs a
    /// look at two numbers. It waits for nobody: who has them locked counts after that.
    pub(crate) fn bound(&self, sim: &Sim) {
        if sim.bytes_parted() > self.good_until.load(Ordering::Relaxed) {
            if let Some(kept) = self.kept.try_lock() {
                self.count_kept(kept, sim);
            }
        }
    }

    /// Counts what all hold, and drops the oldest if that is too much.
    pub(crate) fn count(&self, sim: &Sim) {
        self.count_kept(self.kept.lock(), sim);
    }

    fn count_kept(&self, mut kept: MutexGuard<'_, Kept>, sim: &Sim) {
        let dropped = kept.bound(sim);
        let next = if kept.by_name.is_empty() { u64::MAX } else { sim.bytes_parted().saturating_add(STEP) };
        self.good_until.store(next, Ordering::Relaxed);
        drop(kept);
        // Their pages may be many, and others need the lock.
        drop(dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn nobody_waits_to_bound_them() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let limits = Limits::default().max_snapshot_bytes(64 << 10);
        let snapshots = Snapshots::new(&Budget::new(&limits));
        snapshots.lock().insert("s", sim.snapshot());
        snapshots.count(&sim);
        sim.write("/large", vec![0; 1 << 20]).unwrap();
        sim.replace_outline("drive", "").unwrap();
        {
            let kept = snapshots.lock();
            snapshots.bound(&sim);
            assert!(kept.get("s").is_some());
        }
        snapshots.bound(&sim);
        assert!(snapshots.lock().get("s").is_none());
    }
}
