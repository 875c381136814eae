//! Holds the state of a simulator: drives, jobs, the clock, and settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use drivesim_core::Timestamp;
use drivesim_jobs::{Clock, Pace, SimTime};

use crate::address::Address;
use crate::copy_pool::CopyPool;
use crate::drives::{DriveCell, Drives};
use crate::effects::EventSink;
use crate::error::Error;
use crate::jobs::Jobs;
use crate::options::{OnFailure, Visibility};
use crate::watchdog::Moves;

/// The state of a simulator. All its handles share it, until one of them restores another state.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) drives: Drives,
    pub(crate) jobs: Jobs,
    pub(crate) clock: Clock,
    pub(crate) starts_at: Timestamp,
    pub(crate) seed: u64,
    pub(crate) pace: Pace,
    pub(crate) visibility: Visibility,
    pub(crate) on_failure: OnFailure,
    pub(crate) staging: Arc<CopyPool>,
    pub(crate) event_sink: EventSink,
    /// Whether a thread runs what is due while there are waiters.
    pub(crate) is_time_kept: AtomicBool,
    /// How long a waiter waits for a job that nobody moves.
    pub(crate) wait_timeout: Duration,
    /// How often time or a job was moved.
    pub(crate) moves: Arc<Moves>,
    /// How often another state was restored. Change tokens of earlier epochs are invalid.
    pub(crate) epoch: u64,
    /// A number that no other state has.
    pub(crate) lineage: u64,
    /// The bytes that the drives had created at the latest fork of this state that may outlive it: a snapshot, an
    /// outline that is printed; 0 before.
    pub(crate) created_at_fork: AtomicU64,
}

impl Shared {
    /// Returns the time of day at a time of the simulation, at most the last one of the year 9999.
    pub(crate) fn timestamp(&self, time: SimTime) -> Timestamp {
        self.starts_at.saturating_add(time.as_duration()).unwrap_or(Timestamp::MAX)
    }

    /// Finds the drive of an address.
    pub(crate) fn cell(&self, address: &Address) -> Result<Arc<DriveCell>, Error> {
        match &address.drive {
            None => self.drives.first(),
            Some(drive) => self.drives.by_ref(drive),
        }
    }

    /// Fails if an address is not in this drive.
    pub(crate) fn check_same_drive(&self, cell: &DriveCell, other: &Address) -> Result<(), Error> {
        let other = self.cell(other)?;
        if other.id == cell.id {
            return Ok(());
        }
        Err(Error::AcrossDrives {
            from: cell.drive_ref.name().to_owned(),
            to: other.drive_ref.name().to_owned(),
        })
    }

    /// Records a fork that may outlive this state.
    pub(crate) fn note_fork(&self) {
        self.created_at_fork.fetch_max(self.drives.traffic.created(), Ordering::Relaxed);
    }
}

/// Returns a number that no other state of a simulator in this process has.
pub(crate) fn new_lineage() -> u64 {
    static N_MADE: AtomicU64 = AtomicU64::new(0);
    N_MADE.fetch_add(1, Ordering::Relaxed)
}
