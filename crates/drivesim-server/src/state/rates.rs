//! Counts requests to drives of Box against their rate limits.

use std::collections::HashMap;

use drivesim::drive::DriveId;
use drivesim::item::Timestamp;
use parking_lot::Mutex;

/// The length of the window in which requests are counted, in seconds (guide to rate limits).
const WINDOW: i64 = 60;

/// A request exceeds the rate limit of its drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverRate {
    /// The seconds until requests are allowed again.
    pub(crate) wait: i64,
}

/// The requests of the current minute to each drive, by the clock of the simulator.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter(Mutex<HashMap<DriveId, (i64, u32)>>);

impl RateLimiter {
    /// Counts a request to a drive that allows `max` a minute. Fails beyond that.
    pub(crate) fn count(&self, drive: DriveId, max: u32, now: Timestamp) -> Result<(), OverRate> {
        let minute = now.as_second().div_euclid(WINDOW);
        let mut counts = self.0.lock();
        let (counted, n_requests) = counts.entry(drive).or_insert((minute, 0));
        if *counted != minute {
            (*counted, *n_requests) = (minute, 0);
        }
        if *n_requests < max {
            *n_requests += 1;
            return Ok(());
        }
        Err(OverRate { wait: WINDOW - now.as_second().rem_euclid(WINDOW) })
    }

    /// Removes the count of a drive that is removed.
    pub(crate) fn forget_of(&self, drive: DriveId) {
        self.0.lock().remove(&drive);
    }

    /// Resets all counts.
    pub(crate) fn reset(&self) {
        self.0.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;

    #[test]
    fn a_drive_that_is_removed_is_counted_no_longer() {
        let sim = Sim::builder().outline("drive a profile=box\ndrive b profile=box\n").build().unwrap();
        let drives = sim.all_drives();
        let rates = RateLimiter::default();
        for drive in &drives {
            assert!(rates.count(drive.id(), 1, sim.now()).is_ok());
            assert!(rates.count(drive.id(), 1, sim.now()).is_err());
        }
        rates.forget_of(drives[0].id());
        assert_eq!(rates.0.lock().len(), 1);
        assert!(rates.count(drives[1].id(), 1, sim.now()).is_err());
    }
}
