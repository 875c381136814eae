//! Waits for jobs: a future for any runtime, and a thread that keeps the time for it when the clock is the system's.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use drivesim_core::ItemId;
use drivesim_jobs::Pace;

use crate::error::Error;
use crate::job::{Job, ResolvedJob};
use crate::sim::Shared;
use crate::watchdog::Watch;

/// How long the thread sleeps at most, so that it sees jobs that were added meanwhile.
const NAP: Duration = Duration::from_millis(5);

/// A future of the outcome of a job; created by [`Job::wait`]. When another state of the simulator is restored, it
/// follows the job there, or fails with [`Error::NoJob`] if the job was not yet accepted.
#[must_use = "a future does nothing unless it is awaited"]
pub struct JobWait {
    pub(crate) job: Job,
    pub(crate) limit: WaitLimit,
}

// As for a simulator: a wait that panics holds no lock.
impl std::panic::UnwindSafe for JobWait {}
impl std::panic::RefUnwindSafe for JobWait {}

/// Keeps time for a waiter of a job, or ends the wait if nobody moves the job.
#[derive(Debug, Default)]
pub(crate) struct WaitLimit {
    is_endless: bool,
    /// Set while the job does not move by itself.
    watch: Option<Arc<Watch>>,
}

impl WaitLimit {
    pub(crate) fn endless() -> WaitLimit {
        WaitLimit { is_endless: true, watch: None }
    }

    /// Registers `waker` to be woken, at the latest when nobody has moved the simulator for too long.
    ///
    /// # Panics
    /// After that time, unless the patience is endless.
    pub(crate) fn wait(&mut self, sim: &Arc<Shared>, job: &Job, waker: &Waker) {
        let pace = job.cell.request.pace;
        if !sim.clock.is_manual() && pace.is_timed() {
            sim.alarm.set(sim);
        } else if !self.is_endless && self.is_stuck(sim, waker) {
            panic_stuck(job.cell.number, pace, sim.wait_timeout);
        }
    }

    /// Returns whether nobody has moved this simulator for too long.
    fn is_stuck(&mut self, sim: &Shared, waker: &Waker) -> bool {
        match self.watch.as_ref().filter(|watch| watch.is_of(&sim.moves)) {
            Some(watch) => watch.is_expired(waker),
            None => {
                self.watch = Watch::begin(&sim.moves, sim.wait_timeout, waker);
                false
            }
        }
    }
}

/// Panics for a wait that would never end: a test that waits silently does not report what is wrong.
#[expect(clippy::panic, reason = "nobody would ever hear of an error: the future does not end")]
fn panic_stuck(job: u64, pace: Pace, limit: Duration) -> ! {
    let way = match pace {
        Pace::Held => "It is held and moves only when Job::step is called",
        Pace::Polls(_) => "It moves only when Job::poll is called",
        _ => {
            "The clock of its simulator is manual: call Sim::advance or Sim::run_until_idle before or while it is waited \
             for, or build the simulator with SimBuilder::system_clock"
        }
    };
    panic!(
        "job {job} at the pace {pace} is waited for and nobody has moved the simulator for {limit:?} of real time. {way}. \
         SimBuilder::wait_timeout sets how long this takes."
    );
}

impl Future for JobWait {
    type Output = Result<ItemId, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            let ResolvedJob { sim, cell, is_known, .. } = this.job.resolve();
            if let Some(outcome) = cell.outcome_or_wake(context.waker()) {
                return Poll::Ready(outcome);
            }
            if !this.job.sim.is_in(&sim) {
                // Another state was restored, perhaps before the waker was registered in this one: check that state.
                continue;
            }
            if !is_known {
                return Poll::Ready(Err(Error::NoJob { id: cell.id }));
            }
            this.limit.wait(&sim, &this.job, context.waker());
            return Poll::Pending;
        }
    }
}

/// The thread that runs what is due while there are waiters and the clock is the system's.
#[derive(Debug, Default)]
pub(crate) struct TimeKeeper {
    is_set: AtomicBool,
}

impl Shared {
    /// Keeps time while there are waiters, if the clock is the system's.
    pub(crate) fn keep_time(self: &Arc<Self>) {
        if !self.clock.is_manual() {
            self.alarm.set(self);
        }
    }
}

impl TimeKeeper {
    fn set(&self, sim: &Arc<Shared>) {
        if !self.is_set.swap(true, Ordering::AcqRel) {
            let sim = Arc::downgrade(sim);
            std::thread::spawn(move || keep_time(&sim));
        }
    }
}

/// Runs what is due until no job is queued, or the simulator is dropped.
fn keep_time(sim: &Weak<Shared>) {
    while let Some(sim) = sim.upgrade() {
        let now = sim.run_due_and_publish();
        let Some(due) = sim.jobs.next_due() else {
            sim.alarm.is_set.store(false, Ordering::Release);
            // A job may have been queued between the check and the store; its waiter saw the alarm set.
            if sim.jobs.next_due().is_none() || sim.alarm.is_set.swap(true, Ordering::AcqRel) {
                return;
            }
            continue;
        };
        let remaining = due.saturating_since(now);
        drop(sim);
        std::thread::sleep(remaining.min(NAP));
    }
}
