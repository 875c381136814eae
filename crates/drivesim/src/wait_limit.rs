//! Ends a wait for a job that nobody moves.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use drivesim_jobs::Pace;

use crate::job_state::JobState;
use crate::state::Shared;
use crate::watchdog::Watch;

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
    /// After that time, unless the limit is endless.
    pub(crate) fn wait(&mut self, sim: &Arc<Shared>, job: &JobState, waker: &Waker) {
        let pace = job.request.pace;
        if !sim.clock.is_manual() && pace.is_timed() {
            sim.keep_time();
        } else if !self.is_endless && self.is_stuck(sim, waker) {
            panic_stuck(job.number, pace, sim.wait_timeout);
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
