//! Reads the events of one job.

use drivesim_jobs::Every;

use super::{Job, ResolvedJob};
use crate::effects::{Effects, channel};
use crate::event_reader::Events;

impl Job {
    /// Returns the job's own events, from its acceptance to its end: changes of state, and progress at each whole
    /// percent. Each event has the progress of the job in percent and items.
    ///
    /// The reader first receives a summary of what has happened before the call: the states with their times, and the
    /// current progress; of a job that has ended, its states and its end. [`Events`] describes how events are read, and
    /// what is kept for a slow reader. When another state of the simulator is restored, the reader follows the job
    /// there and receives events again that happen again. It ends where there is no such job.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// # use drivesim::event::EventKind;
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(2))).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let events = job.events();
    /// sim.run_until_idle();
    /// for event in events {
    ///     match event.kind {
    ///         EventKind::Progress => println!("{} {}%", event.at, event.percent),
    ///         _ => println!("{} {}", event.at, event.status()),
    ///     }
    /// }
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events(&self) -> Events {
        self.events_every(Every::Percent)
    }

    /// Returns the job's own events, with progress as often as `every`; otherwise like [`Job::events`].
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// # use drivesim::event::Every;
    /// let sim = Sim::builder().pace(Pace::items_per_second(1)).outline("Docs/\n  a\n  b\n").build()?;
    /// let job = sim.copy("/Docs", "/", CopyOptions::named("Copy"))?;
    /// let events = job.events_every(Every::Item);
    /// sim.run_until_idle();
    /// let lines: Vec<String> = events.into_iter().map(|event| format!("{}: {}", event.status(), event.percent)).collect();
    /// let progress = ["inProgress: 33.3", "inProgress: 66.6", "inProgress: 99.9"];
    /// assert_eq!(lines[..2], ["notStarted: 0.0", "inProgress: 0.0"]);
    /// assert_eq!(lines[2..5], progress);
    /// assert_eq!(lines[5..], ["completed: 100.0"]);
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events_every(&self, every: Every) -> Events {
        loop {
            let ResolvedJob { sim, cell, is_known, now } = self.resolve();
            let (sender, receiver) = channel();
            let mut effects = Effects::default();
            cell.subscribe(&sim, every, &sender, is_known, now, &mut effects);
            sim.publish(effects);
            if self.sim.is_in(&sim) {
                return Events::of_job(self.sim.clone(), self.cell.clone(), receiver);
            }
            // Another state was restored, perhaps before the reader was registered: subscribe again in that state.
        }
    }
}
