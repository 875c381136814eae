//! Queues jobs by due time, then by number, and lets one thread at a time run them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use drivesim_jobs::SimTime;
use parking_lot::{Condvar, Mutex};

use crate::job_state::JobState;

/// The jobs that the clock moves, by due time, then by number.
#[derive(Debug)]
pub(crate) struct DueQueue {
    entries: Mutex<Entries>,
    /// Notified when a thread has run what was due.
    turn_ended: Condvar,
    /// When the first job is due in nanoseconds, so that checking for due jobs costs one load.
    next_due: AtomicU64,
}

#[derive(Debug, Default)]
struct Entries {
    due: BTreeMap<(SimTime, u64), Arc<JobState>>,
    /// Whether a thread is running due jobs. This is no lock: readers continue with the state before.
    is_running: bool,
}

/// No job is due.
const NEVER: u64 = u64::MAX;

impl DueQueue {
    pub(super) fn new() -> DueQueue {
        DueQueue { entries: Mutex::default(), turn_ended: Condvar::new(), next_due: AtomicU64::new(NEVER) }
    }

    /// Returns whether a job is due by `now`.
    pub(crate) fn has_due(&self, now: SimTime) -> bool {
        self.next_due.load(Ordering::Acquire) <= nanos(now)
    }

    /// Returns when the first job is due.
    pub(crate) fn next_due(&self) -> Option<SimTime> {
        self.entries.lock().due.first_key_value().map(|(&(due, _), _)| due)
    }

    /// Returns whether a thread is running due jobs.
    pub(crate) fn is_running(&self) -> bool {
        self.entries.lock().is_running
    }

    /// Adds a job that is due at `due`.
    pub(super) fn insert(&self, due: SimTime, job: Arc<JobState>) {
        let mut entries = self.entries.lock();
        entries.due.insert((due, job.number), job);
        self.store_next_due(&entries);
    }

    /// Removes a job that ended early.
    pub(crate) fn remove(&self, job: &JobState) {
        let mut entries = self.entries.lock();
        entries.due.retain(|&(_, number), _| number != job.number);
        self.store_next_due(&entries);
    }

    fn store_next_due(&self, entries: &Entries) {
        let next = entries.due.first_key_value().map_or(NEVER, |(&(due, _), _)| nanos(due).min(NEVER - 1));
        self.next_due.store(next, Ordering::Release);
    }
}

/// The right to run due jobs. It is released even if running them panics.
pub(crate) struct Turn<'a>(&'a DueQueue);

impl<'a> Turn<'a> {
    /// Takes the turn, unless another thread has it.
    pub(crate) fn try_take(queue: &'a DueQueue) -> Option<Turn<'a>> {
        let mut entries = queue.entries.lock();
        if entries.is_running {
            return None;
        }
        entries.is_running = true;
        // Created only here, because a turn is released when it is dropped.
        Some(Turn(queue))
    }

    /// Takes the turn when no other thread has it any more.
    pub(crate) fn take(queue: &'a DueQueue) -> Turn<'a> {
        let mut entries = queue.entries.lock();
        while entries.is_running {
            queue.turn_ended.wait(&mut entries);
        }
        entries.is_running = true;
        Turn(queue)
    }

    /// Removes the first due job, and returns it with the time until which it may run before another job is due.
    pub(crate) fn next_job(&self, now: SimTime) -> Option<(Arc<JobState>, SimTime)> {
        let mut entries = self.0.entries.lock();
        let first = entries.due.first_entry().filter(|first| first.key().0 <= now)?;
        let ((due, number), job) = first.remove_entry();
        let until = match entries.due.first_key_value() {
            Some((&(next, other), _)) if next <= now && number < other => next,
            // The other job goes first at its time, so this one stops a moment before.
            Some((&(next, _), _)) if next <= now => a_moment_before(next),
            _ => now,
        };
        Some((job, until.max(due)))
    }

    /// Puts a job back that is due again later.
    pub(crate) fn put_back(&self, due: SimTime, job: Arc<JobState>) {
        self.0.entries.lock().due.insert((due, job.number), job);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut entries = self.0.entries.lock();
        entries.is_running = false;
        self.0.store_next_due(&entries);
        drop(entries);
        self.0.turn_ended.notify_one();
    }
}

/// Returns a time in nanoseconds, saturating.
fn nanos(time: SimTime) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn a_moment_before(time: SimTime) -> SimTime {
    SimTime::new(time.as_duration().saturating_sub(Duration::from_nanos(1)))
}
