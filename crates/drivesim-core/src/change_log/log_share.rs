//! Counts the bytes of one change log against a capacity.

use crate::capacity::Capacity;

/// The bytes of one log in the sum of all logs. Dropping the log subtracts them; a clone counts no bytes.
#[derive(Debug, Default)]
pub(super) struct LogShare {
    capacity: Option<Capacity>,
    n_bytes: u64,
}

impl Clone for LogShare {
    fn clone(&self) -> LogShare {
        LogShare::default()
    }
}

impl Drop for LogShare {
    fn drop(&mut self) {
        self.set_bytes(0);
    }
}

impl LogShare {
    pub(super) fn of(capacity: Option<&Capacity>) -> LogShare {
        let mut share = LogShare::default();
        share.capacity = capacity.cloned();
        share
    }

    /// Sets the bytes of the log.
    pub(super) fn set_bytes(&mut self, n_bytes: u64) {
        let Some(capacity) = &self.capacity else { return };
        if n_bytes != self.n_bytes {
            capacity.update_change_log(self.n_bytes, n_bytes);
            self.n_bytes = n_bytes;
        }
    }

    /// Returns whether all logs together exceed their limit.
    pub(super) fn is_over(&self) -> bool {
        self.capacity.as_ref().is_some_and(Capacity::is_log_over)
    }
}
