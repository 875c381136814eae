//! The only place that tells subscribers what happens to jobs: through channels, never under a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;

use drivesim_core::Timestamp;
use drivesim_jobs::{Event, EventKind, SimTime};
use parking_lot::Mutex;

use crate::ids::{DriveId, JobId};

/// Something that happened to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobEvent {
    /// The job.
    pub job: JobId,
    /// When it was due; time may have gone on since.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
}

/// Those who want to be told, whatever the state.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    senders: Mutex<Vec<Sender<JobEvent>>>,
    n_senders: AtomicUsize,
}

/// Those who want to be told, as one state of a simulator knows them. They stay when the state is left for another.
#[derive(Debug, Default)]
pub(crate) struct Voice {
    subscribers: Arc<Subscribers>,
    /// The state was left: what still happens in it is told to nobody.
    is_cut: AtomicBool,
}

impl Voice {
    /// Returns a voice that speaks to the same subscribers.
    pub(crate) fn another(&self) -> Voice {
        Voice { subscribers: self.subscribers.clone(), is_cut: AtomicBool::new(false) }
    }

    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
    }

    pub(crate) fn subscribe(&self) -> Receiver<JobEvent> {
        self.subscribers.subscribe()
    }

    /// Says whether anybody would hear; if not, events need not be made.
    pub(crate) fn any(&self) -> bool {
        self.subscribers.any() && !self.is_cut.load(Ordering::Acquire)
    }

    /// Sends events in the order of due time, then job number; then wakes those who wait.
    pub(crate) fn tell(&self, pending: Pending, timestamp: impl Fn(SimTime) -> Timestamp) {
        if self.any() {
            self.subscribers.send(pending.events, timestamp);
        }
        pending.wakers.into_iter().for_each(Waker::wake);
    }
}

/// What is to be told when all locks are given back: events, with the number of their job, and who waits.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) events: Vec<(u64, JobId, Event)>,
    pub(crate) wakers: Vec<Waker>,
    /// Drives from which something was removed, and when: other jobs may have lost their place.
    pub(crate) removed_from: Vec<(DriveId, SimTime)>,
    /// When the last of the events happened.
    pub(crate) latest: SimTime,
}

impl Subscribers {
    fn subscribe(&self) -> Receiver<JobEvent> {
        let (sender, receiver) = channel();
        let mut senders = self.senders.lock();
        senders.push(sender);
        self.n_senders.store(senders.len(), Ordering::Release);
        receiver
    }

    fn any(&self) -> bool {
        self.n_senders.load(Ordering::Acquire) > 0
    }

    /// Sends events in the order of due time, then job number, forgetting subscribers that are gone.
    fn send(&self, mut events: Vec<(u64, JobId, Event)>, timestamp: impl Fn(SimTime) -> Timestamp) {
        if events.is_empty() {
            return;
        }
        events.sort_by_key(|&(number, _, event)| (event.at, number));
        let mut senders = self.senders.lock();
        for (_, job, event) in events {
            let event = JobEvent { job, at: timestamp(event.at), kind: event.kind };
            senders.retain(|sender| sender.send(event).is_ok());
        }
        self.n_senders.store(senders.len(), Ordering::Release);
    }
}
