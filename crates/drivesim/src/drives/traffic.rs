//! Counts the bytes that the drives of a simulator release and create.

use std::sync::atomic::{AtomicU64, Ordering};

use drivesim_core::Traffic;

/// Counts the bytes that drives release and create.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    parted: AtomicU64,
    made: AtomicU64,
}

impl Counter {
    pub(super) fn add(&self, traffic: Traffic) {
        self.parted.fetch_add(traffic.parted, Ordering::Relaxed);
        self.made.fetch_add(traffic.made, Ordering::Relaxed);
    }

    pub(crate) fn part_with(&self, n_bytes: u64) {
        self.parted.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(super) fn make(&self, n_bytes: u64) {
        self.made.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(crate) fn parted(&self) -> u64 {
        self.parted.load(Ordering::Relaxed)
    }

    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}
