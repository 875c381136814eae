//! Runs what is due in a thread while there are waiters and the clock is the system's.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::state::Shared;

/// How long the thread sleeps at most, so that it sees jobs that were added meanwhile.
const NAP: Duration = Duration::from_millis(5);

impl Shared {
    /// Keeps time while there are waiters, if the clock is the system's.
    pub(crate) fn keep_time(self: &Arc<Self>) {
        if !self.clock.is_manual() && !self.is_time_kept.swap(true, Ordering::AcqRel) {
            let sim = Arc::downgrade(self);
            std::thread::spawn(move || keep_time(&sim));
        }
    }
}

/// Runs what is due until no job is queued, or the simulator is dropped.
fn keep_time(sim: &Weak<Shared>) {
    while let Some(sim) = sim.upgrade() {
        let now = sim.run_due_and_publish();
        let Some(due) = sim.jobs.queue.next_due() else {
            sim.is_time_kept.store(false, Ordering::Release);
            // A job may have been queued between the check and the store; its waiter saw that time is kept.
            if sim.jobs.queue.next_due().is_none() || sim.is_time_kept.swap(true, Ordering::AcqRel) {
                return;
            }
            continue;
        };
        let remaining = due.saturating_since(now);
        drop(sim);
        std::thread::sleep(remaining.min(NAP));
    }
}
