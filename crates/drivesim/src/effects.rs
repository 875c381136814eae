//! Collects the effects of changes, such as events, and publishes them, never under a lock.

mod channel;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::Waker;

use drivesim_core::Timestamp;
use drivesim_jobs::{Event, Every, Marks, SimTime};
use parking_lot::Mutex;

pub(crate) use self::channel::{Receiver, Sender, channel};
use crate::ids::{DriveId, JobId};
use crate::job_event::JobEvent;

/// The readers of the events of a simulator, in whatever state it is.
#[derive(Debug, Default)]
pub(crate) struct Subscribers {
    senders: Mutex<Vec<(Every, Sender)>>,
    /// The kinds of progress that have readers, as bits.
    heard: AtomicU8,
}

/// The readers of the events of a simulator, as seen by one of its states. They stay when another state is restored.
#[derive(Debug, Default)]
pub(crate) struct EventSink {
    subscribers: Arc<Subscribers>,
    /// The state was left: what still happens in it is not published.
    is_cut: AtomicBool,
}

impl EventSink {
    /// Returns another sink for the same subscribers.
    pub(crate) fn new_sink(&self) -> EventSink {
        EventSink { subscribers: self.subscribers.clone(), is_cut: AtomicBool::new(false) }
    }

    pub(crate) fn disconnect(&self) {
        self.is_cut.store(true, Ordering::Release);
    }

    pub(crate) fn subscribe(&self, every: Every) -> Receiver {
        self.subscribers.subscribe(every)
    }

    /// Returns whether there are readers; if not, events need not be created.
    pub(crate) fn has_readers(&self) -> bool {
        self.subscribers.heard.load(Ordering::Acquire) > 0 && !self.is_cut.load(Ordering::Acquire)
    }

    /// Returns whether progress of this kind has readers.
    pub(crate) fn has_readers_of(&self, every: Every) -> bool {
        self.has_readers() && self.subscribers.heard.load(Ordering::Acquire) & bit(every) > 0
    }

    /// Publishes events in the order of due time, then job number; then wakes the waiters.
    pub(crate) fn publish(&self, mut pending: Effects, timestamp: impl Fn(SimTime) -> Timestamp) {
        if self.has_readers() {
            self.subscribers.send(pending.events, timestamp, &mut pending.wakers);
        }
        pending.wakers.into_iter().for_each(Waker::wake);
    }
}

/// What is published once no lock is held: events, and readers to wake.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    events: Vec<PendingEvent>,
    pub(crate) wakers: Vec<Waker>,
    /// Drives from which something was removed, and when: other jobs may be orphaned.
    pub(crate) removed_from: Vec<(DriveId, SimTime)>,
    /// When the last change of state happened.
    pub(crate) latest: SimTime,
    /// The number of events at which progress is thinned next.
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct PendingEvent {
    number: u64,
    job: JobId,
    event: Event,
    /// Which readers get this progress; `None` for a change of state, which all get.
    every: Option<Every>,
}

/// From how many pending events on progress is dropped that fits into no reader's channel.
const THIN_FROM: usize = 1 << 16;

impl Effects {
    /// Adds an event of a job; an event of progress only for readers of `every`.
    pub(crate) fn add(&mut self, number: u64, job: JobId, event: Event, every: Option<Every>) {
        self.events.push(PendingEvent { number, job, event, every });
        if self.events.len() >= self.most.max(THIN_FROM) {
            self.thin();
        }
    }

    /// Drops progress that fits into no reader's channel: of each job all but the latest.
    fn thin(&mut self) {
        let mut n_newer: HashMap<(u64, Every), usize> = HashMap::new();
        let mut is_kept = |event: &PendingEvent| {
            let Some(every) = event.every else { return true };
            let n_newer = n_newer.entry((event.number, every)).or_default();
            *n_newer += 1;
            *n_newer <= Marks::MOST
        };
        let kept: Vec<bool> = self.events.iter().rev().map(&mut is_kept).collect();
        let mut kept = kept.into_iter().rev();
        self.events.retain(|_| kept.next().unwrap_or(true));
        self.most = self.events.len().saturating_mul(2);
    }
}

impl Subscribers {
    fn subscribe(&self, every: Every) -> Receiver {
        let (sender, receiver) = channel();
        let mut senders = self.senders.lock();
        senders.retain(|(_, sender)| sender.is_read());
        senders.push((every, sender));
        self.note_heard(&senders);
        receiver
    }

    /// Sends events in the order of due time, then job number, and removes dropped subscribers.
    fn send(
        &self,
        mut events: Vec<PendingEvent>,
        timestamp: impl Fn(SimTime) -> Timestamp,
        wakers: &mut Vec<Waker>,
    ) {
        if events.is_empty() {
            return;
        }
        events.sort_by_key(|pending| (pending.event.at, pending.number));
        let mut senders = self.senders.lock();
        for PendingEvent { job, event, every, .. } in events {
            let event = JobEvent::new(job, event, timestamp(event.at));
            let matches = |of: Every| every.is_none_or(|every| every == of);
            senders.retain(|(of, sender)| if matches(*of) { sender.send(event, wakers) } else { true });
        }
        self.note_heard(&senders);
    }

    fn note_heard(&self, senders: &[(Every, Sender)]) {
        let heard = senders.iter().fold(0, |bits, (every, _)| bits | bit(*every));
        self.heard.store(heard, Ordering::Release);
    }
}

impl Drop for Subscribers {
    /// Closes the channels when the simulator is dropped.
    fn drop(&mut self) {
        let senders = std::mem::take(self.senders.get_mut());
        senders.iter().filter_map(|(_, sender)| sender.close()).for_each(Waker::wake);
    }
}

fn bit(every: Every) -> u8 {
    match every {
        Every::Percent => 1,
        Every::Tenth => 2,
        Every::Item => 4,
    }
}

#[cfg(test)]
mod tests {
    use drivesim_jobs::{EventKind, Percent};

    use super::*;

    fn event(kind: EventKind, items_done: usize) -> Event {
        let at = SimTime::new(std::time::Duration::from_nanos(items_done as u64));
        Event { at, kind, percent: Percent::ZERO, items_done, items_total: 0 }
    }

    #[test]
    fn pending_events_are_bounded_and_keep_states_and_the_latest_progress() {
        let mut pending = Effects::default();
        let jobs = [JobId::new(0, 1), JobId::new(0, 2)];
        let n_events = 10 * THIN_FROM;
        for nth in 0..n_events {
            let number = nth % 2;
            let kind = if nth < 6 { EventKind::Started } else { EventKind::Progress };
            let every = (kind == EventKind::Progress).then_some(Every::Item);
            pending.add(number as u64, jobs[number], event(kind, nth), every);
            assert!(pending.events.len() <= THIN_FROM);
        }
        let n_states = pending.events.iter().filter(|pending| pending.every.is_none()).count();
        assert_eq!(n_states, 6);
        let newest = pending.events.iter().rev().take(2 * Marks::MOST);
        assert!(newest.map(|pending| pending.event.items_done).eq((0..n_events).rev().take(2 * Marks::MOST)));
    }

    #[test]
    fn a_dropped_subscriber_is_removed() {
        let subscribers = Subscribers::default();
        drop(subscribers.subscribe(Every::Tenth));
        let receiver = subscribers.subscribe(Every::Percent);
        assert_eq!(subscribers.heard.load(Ordering::Relaxed), bit(Every::Percent));
        drop(receiver);
        let mut pending = Effects::default();
        pending.add(1, JobId::new(0, 1), event(EventKind::Started, 0), None);
        subscribers.send(pending.events, |_| Timestamp::MIN, &mut Vec::new());
        assert_eq!(subscribers.heard.load(Ordering::Relaxed), 0);
    }
}
