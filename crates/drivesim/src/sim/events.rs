//! Implements the verbs that read the events of all jobs.

use drivesim_jobs::Every;

use crate::effects::Effects;
use crate::event_reader::Events;
use crate::sim::Sim;

impl Sim {
    /// Returns the events of all jobs from now on: accepted, started, each whole percent, completed, failed.
    ///
    /// Events come in the order of due time, then job; each has its own due time. [`Job::events`](crate::Job::events) are those of one job,
    /// from its acceptance on. [`Events`] describes how they are read, and what is kept for a slow reader.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// # use drivesim::event::EventKind;
    /// let sim = Sim::builder().outline("a.txt\nDocs/\n").build()?;
    /// let events = sim.events();
    /// sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// let kinds: Vec<EventKind> = events.try_iter().map(|event| event.kind).collect();
    /// assert_eq!(kinds[..2], [EventKind::Accepted, EventKind::Started]);
    /// assert_eq!(kinds.last(), Some(&EventKind::Completed));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events(&self) -> Events {
        self.events_every(Every::Percent)
    }

    /// Returns the events of all jobs from now on, with progress as often as `every`; otherwise like [`Sim::events`].
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Sim};
    /// # use drivesim::event::Every;
    /// let sim = Sim::builder().outline("a.txt\nb.txt\nDocs/\n").build()?;
    /// let events = sim.events_every(Every::Item);
    /// sim.copy("/", "/Docs", CopyOptions::children_only()).expect_err("a folder cannot be copied into itself");
    /// sim.copy("/a.txt", "/Docs", CopyOptions::default())?;
    /// sim.copy("/b.txt", "/Docs", CopyOptions::default())?;
    /// let done: Vec<usize> = events.try_iter().map(|event| event.items_done).collect();
    /// assert_eq!(done, [0, 0, 1, 1, 0, 0, 1, 1]); // of each job: accepted, started, an item is done, completed
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn events_every(&self, every: Every) -> Events {
        let sim = self.state();
        let now = sim.run_due();
        let mut effects = Effects::default();
        sim.catch_up(now, &mut effects);
        sim.publish(effects);
        Events::of_sim(&self.current, sim.event_sink.subscribe(every))
    }
}
