//! Counts requests to drives of Box against their rate limits.

use std::collections::HashMap;

use axum::http::{StatusCode, header};
use drivesim::{DriveId, Timestamp};
use parking_lot::Mutex;

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;

/// The length of the window in which requests are counted, in seconds (guide to rate limits).
const WINDOW: i64 = 60;

/// The requests of the current minute to each drive, by the clock of the simulator.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter(Mutex<HashMap<DriveId, (i64, u32)>>);

impl RateLimiter {
    /// Counts a request to a drive that allows `max` a minute. Fails with 429 beyond that, with the seconds to wait.
    pub(crate) fn count(&self, drive: DriveId, max: u32, now: Timestamp) -> Result<(), BoxError> {
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
        let message = "Request rate limit exceeded, please try again later";
        let error = BoxError::new(StatusCode::TOO_MANY_REQUESTS, BoxErrorCode::RateLimitExceeded, message);
        let wait = WINDOW - now.as_second().rem_euclid(WINDOW);
        Err(error.with_header(header::RETRY_AFTER, wait.to_string()))
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
