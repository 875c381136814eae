//! Waits for the end of a job: a future for any runtime.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use drivesim_core::ItemId;

use super::{Job, ResolvedJob};
use crate::error::Error;
use crate::wait_limit::WaitLimit;

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

impl Job {
    /// Waits for the end of the job, in any async runtime or none.
    ///
    /// With a manual clock another task must let time pass ([`Sim::advance`], [`Sim::run_until_idle`]). Held jobs and
    /// jobs that move by polls must be moved ([`Job::step`], [`Job::poll`]) before or during the wait. With the
    /// system's clock a thread of drivesim lets time pass while there are waiters.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(5))).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let wait = job.wait();
    /// sim.run_until_idle();
    /// let item = pollster::block_on(wait)?;
    /// assert_eq!(sim.path(item)?, "/b/a");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    /// # Panics
    /// The future panics when nobody has moved time or any job of the simulator for
    /// [`SimBuilder::wait_timeout`](crate::builder::SimBuilder::wait_timeout), 30 seconds of real time by default. A job that
    /// the system's clock moves is waited for without limit.
    ///
    /// ```should_panic
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let builder = Sim::builder().pace(Pace::after(Duration::from_secs(5))).wait_timeout(Duration::ZERO);
    /// let sim = builder.outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// pollster::block_on(job.wait())?; // nobody lets time pass
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn wait(&self) -> JobWait {
        JobWait { job: self.clone(), limit: WaitLimit::default() }
    }
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
            this.limit.wait(&sim, &cell, context.waker());
            return Poll::Pending;
        }
    }
}
