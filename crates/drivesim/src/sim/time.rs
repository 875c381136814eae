//! Implements the verbs that read and move the time of a simulator.

use std::time::Duration;

use drivesim_core::Timestamp;
use drivesim_jobs::SimTime;

use crate::error::Error;
use crate::sim::Sim;

impl Sim {
    /// Returns the time of day in the simulation.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// let start = sim.now();
    /// sim.advance(Duration::from_secs(1))?;
    /// assert_eq!(sim.now().duration_since(start).as_secs(), 1);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn now(&self) -> Timestamp {
        let sim = self.state();
        sim.timestamp(sim.clock.now())
    }

    /// Returns how long the simulation has run.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::Sim;
    /// let sim = Sim::builder().build()?;
    /// sim.advance(Duration::from_secs(1))?;
    /// assert_eq!(sim.elapsed(), Duration::from_secs(1));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn elapsed(&self) -> Duration {
        self.state().clock.now().as_duration()
    }

    /// Returns whether time passes only by calls of [`Sim::advance`] and the like, instead of following the system's
    /// clock.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// assert!(Sim::builder().build()?.has_manual_clock());
    /// assert!(!Sim::builder().system_clock().build()?.has_manual_clock());
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn has_manual_clock(&self) -> bool {
        self.state().clock.is_manual()
    }

    /// Advances time and runs what is due meanwhile.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, JobStatus, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(2))).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// sim.advance(Duration::from_secs(1))?;
    /// assert_eq!(job.percent_complete(), 50.0);
    /// sim.advance(Duration::from_secs(1))?;
    /// assert_eq!(job.status(), JobStatus::Completed);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Clock`] for a simulator that follows the system's clock.
    pub fn advance(&self, by: Duration) -> Result<(), Error> {
        let sim = self.state();
        sim.moves.count();
        let now = sim.clock.advance(by)?;
        sim.run_due_and_wait(now);
        Ok(())
    }

    /// Advances time from one due time to the next until nothing is due any more.
    ///
    /// Jobs that move by polls or steps do not move. With the system's clock this only runs what is due.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(9))).outline("a\nb/\n").build()?;
    /// sim.copy("/a", "/b", CopyOptions::default())?;
    /// sim.run_until_idle();
    /// assert_eq!(sim.elapsed(), Duration::from_secs(9));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn run_until_idle(&self) {
        let sim = &**self.state();
        sim.moves.count();
        if !sim.clock.is_manual() {
            return sim.run_due_and_wait(sim.clock.now());
        }
        // All of the future is run at once, job by job as they are due, and the clock follows.
        while sim.jobs.queue.next_due().is_some() {
            let latest = sim.run_all();
            sim.clock.follow(latest);
        }
    }

    /// Advances time to the next due time and runs what is due then; `None` if nothing is due any more.
    ///
    /// With the system's clock this only runs what is due.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::items_per_second(1)).outline("Docs/\n  a\n").build()?;
    /// sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// let mut steps = Vec::new();
    /// while let Some(time) = sim.step_clock() {
    ///     steps.push(time);
    /// }
    /// // The job starts a moment after it was accepted, and then does one item per second.
    /// assert_eq!(steps, [Duration::from_nanos(1), Duration::from_secs(1), Duration::from_secs(2)]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn step_clock(&self) -> Option<Duration> {
        let sim = &**self.state();
        sim.moves.count();
        let due: SimTime = sim.jobs.queue.next_due()?;
        match sim.clock.advance_to(due) {
            Ok(now) => {
                sim.run_due_and_wait(now);
                Some(now.as_duration())
            }
            Err(_) => {
                sim.run_due_and_wait(sim.clock.now());
                None
            }
        }
    }
}
