//! Counts the bytes that the drives of a simulator release and create.

use std::sync::atomic::{AtomicU64, Ordering};

use drivesim_core::Traffic;

/// Counts the bytes that drives release and create.
#[derive(Debug, Default)]
pub(crate) struct TrafficCounter {
    parted: AtomicU64,
    made: AtomicU64,
}

impl TrafficCounter {
    pub(super) fn add(&self, traffic: Traffic) {
        self.parted.fetch_add(traffic.parted, Ordering::Relaxed);
        self.made.fetch_add(traffic.made, Ordering::Relaxed);
    }

    pub(crate) fn add_released(&self, n_bytes: u64) {
        self.parted.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(super) fn add_created(&self, n_bytes: u64) {
        self.made.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(crate) fn released(&self) -> u64 {
        self.parted.load(Ordering::Relaxed)
    }

    pub(crate) fn created(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}
