//! Reads the events of a job or of a simulator: as a blocking iterator, as a stream, or without waiting.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use arc_swap::ArcSwap;
use futures_core::Stream;

use crate::effects::Receiver;
use crate::job_event::JobEvent;
use crate::job_state::JobState;
use crate::sim::Sim;
use crate::state::Shared;
use crate::wait_limit::WaitLimit;

/// The events of a job ([`Job::events`](crate::Job::events)) or of all jobs of a simulator ([`Sim::events`](crate::Sim::events)).
///
/// There are three ways to read them:
///
/// - as a blocking iterator: `for event in events` or `for event in &mut events`;
/// - as a [`Stream`], in any async runtime or none;
/// - without waiting: [`Events::try_iter`].
///
/// Unread events are kept within limits: all changes of state, and 1,024 events of progress. When there are more, the
/// latest progress of a job replaces the one before it. A slow reader blocks nothing, and dropping the reader frees its
/// events.
///
/// Reading does not advance the clock. With a manual clock, events come when a call advances it, such as
/// [`Sim::advance`](crate::Sim::advance). With the system's clock, a thread of drivesim lets time pass while there are
/// waiters.
///
/// The events of a job end with the job, those of a simulator when it is dropped.
///
/// # Panics
/// Waiting for the events of a job panics like [`Job::wait`](crate::Job::wait) if no call has moved the simulator for
/// [`SimBuilder::wait_timeout`](crate::builder::SimBuilder::wait_timeout) of real time: without that, a loop over the
/// events of a held job would never end. The time starts when the reader waits for the first time, and restarts with
/// each call that moves the simulator; it also runs while the reader does something else. [`Events::without_timeout`] waits without
/// limit. Waiting for the events of a simulator has no such limit.
#[must_use = "unread events are kept until the reader is dropped"]
pub struct Events {
    receiver: Receiver,
    source: Source,
    limit: WaitLimit,
}

enum Source {
    Job(Sim, Arc<JobState>),
    /// The simulator's state; a reader does not keep it alive.
    Sim(Weak<ArcSwap<Shared>>),
}

// As for a simulator: a wait that panics holds no lock.
impl std::panic::UnwindSafe for Events {}
impl std::panic::RefUnwindSafe for Events {}

impl Events {
    pub(crate) fn of_job(sim: Sim, job: Arc<JobState>, receiver: Receiver) -> Events {
        Events { receiver, source: Source::Job(sim, job), limit: WaitLimit::default() }
    }

    pub(crate) fn of_sim(sim: &Arc<ArcSwap<Shared>>, receiver: Receiver) -> Events {
        Events { receiver, source: Source::Sim(Arc::downgrade(sim)), limit: WaitLimit::endless() }
    }

    /// Returns a reader that waits without a limit. For servers and other programs that show events whenever they come.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::Held).wait_timeout(Duration::ZERO).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let events = job.events().without_timeout();
    /// let reader = std::thread::spawn(|| events.into_iter().count());
    /// job.step(1)?;
    /// assert!(reader.join().is_ok_and(|n_events| n_events >= 3));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn without_timeout(self) -> Events {
        Events { limit: WaitLimit::endless(), ..self }
    }

    /// Returns the next event, or `None` if a reader would have to wait or nothing follows.
    ///
    /// ```
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// # use drivesim::event::EventKind;
    /// let sim = Sim::builder().pace(Pace::Held).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let events = job.events();
    /// assert_eq!(events.try_next().map(|event| event.kind), Some(EventKind::Accepted));
    /// assert_eq!(events.try_next(), None);
    /// job.step(1)?;
    /// assert_eq!(events.try_next().map(|event| event.kind), Some(EventKind::Started));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn try_next(&self) -> Option<JobEvent> {
        self.receiver.try_next().or_else(|| {
            self.state()?.run_due_and_publish();
            self.receiver.try_next()
        })
    }

    /// Returns the queued events one after the other, without waiting for more.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use drivesim::{CopyOptions, Pace, Sim};
    /// let sim = Sim::builder().pace(Pace::after(Duration::from_secs(100))).outline("a\nb/\n").build()?;
    /// let job = sim.copy("/a", "/b", CopyOptions::default())?;
    /// let events = job.events();
    /// sim.advance(Duration::from_secs(3))?;
    /// let percents: Vec<u8> = events.try_iter().map(|event| event.percent.whole()).collect();
    /// assert_eq!(percents, [0, 0, 1, 2, 3]); // accepted, started, 1 %, 2 %, 3 %
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn try_iter(&self) -> impl Iterator<Item = JobEvent> + '_ {
        std::iter::from_fn(|| self.try_next())
    }

    /// Returns the job whose events these are; `None` for the events of a simulator.
    pub(crate) fn job(&self) -> Option<(&Sim, &Arc<JobState>)> {
        match &self.source {
            Source::Job(sim, job) => Some((sim, job)),
            Source::Sim(_) => None,
        }
    }

    fn state(&self) -> Option<Arc<Shared>> {
        match &self.source {
            Source::Job(sim, _) => Some(Arc::clone(&sim.state())),
            Source::Sim(sim) => Some(sim.upgrade()?.load_full()),
        }
    }

    /// Lets time pass during a wait. Panics after the timeout.
    fn keep_time_or_panic(&mut self, waker: &Waker) {
        let Some(sim) = self.state() else { return };
        match &self.source {
            Source::Job(_, job) => self.limit.wait(&sim, job, waker),
            Source::Sim(_) => sim.keep_time(),
        }
    }

    fn next_or_wake(&mut self, context: &Context<'_>) -> Poll<Option<JobEvent>> {
        // What is due is not run here, because it may take long, and an executor that polls has other tasks.
        let polled = self.receiver.poll_next(context);
        if polled.is_pending() {
            // The waker is registered. If a snapshot is restored, the reader wakes, and then keeps time for the restored
            // state.
            self.keep_time_or_panic(context.waker());
        }
        polled
    }

    /// Waits for the next event.
    fn next_blocking(&mut self) -> Option<JobEvent> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let context = Context::from_waker(&waker);
        loop {
            match self.next_or_wake(&context) {
                Poll::Ready(event) => return event,
                Poll::Pending => thread::park(),
            }
        }
    }
}

/// Wakes a parked thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Stream for Events {
    type Item = JobEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<JobEvent>> {
        self.get_mut().next_or_wake(context)
    }
}

/// A blocking iterator of events. [`Events`] itself is not an iterator, because it is a [`Stream`], and both have a
/// `next`.
#[derive(Debug)]
pub struct EventsIter<E>(E);

impl Iterator for EventsIter<Events> {
    type Item = JobEvent;

    fn next(&mut self) -> Option<JobEvent> {
        self.0.next_blocking()
    }
}

impl Iterator for EventsIter<&mut Events> {
    type Item = JobEvent;

    fn next(&mut self) -> Option<JobEvent> {
        self.0.next_blocking()
    }
}

impl IntoIterator for Events {
    type Item = JobEvent;
    type IntoIter = EventsIter<Events>;

    fn into_iter(self) -> EventsIter<Events> {
        EventsIter(self)
    }
}

impl<'a> IntoIterator for &'a mut Events {
    type Item = JobEvent;
    type IntoIter = EventsIter<&'a mut Events>;

    fn into_iter(self) -> EventsIter<&'a mut Events> {
        EventsIter(self)
    }
}
