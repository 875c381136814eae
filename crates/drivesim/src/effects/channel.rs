//! Queues the events that a reader has not read yet: all states, and a bounded number of progress events.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use drivesim_jobs::{EventKind, Marks};
use parking_lot::Mutex;

use crate::ids::JobId;
use crate::job_event::JobEvent;

/// How many progress events are kept: all tenths of a percent of one job fit. If the queue is full, the latest progress
/// of a job replaces the one before it. Changes of state are never dropped; a job has three of them.
const MOST_PROGRESS: usize = Marks::MOST;

/// Creates a channel.
pub(crate) fn channel() -> (Sender, Receiver) {
    let queue = Arc::new(Mutex::new(Queue::default()));
    (Sender(Arc::downgrade(&queue)), Receiver(queue))
}

/// The sending end of a channel. It does not keep the events: they are dropped with the receiver.
#[derive(Clone, Debug)]
pub(crate) struct Sender(Weak<Mutex<Queue>>);

/// The receiving end of a channel.
#[derive(Debug)]
pub(crate) struct Receiver(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    /// `None` in the place of progress that was dropped.
    slots: VecDeque<Option<JobEvent>>,
    /// The number of the first slot, counted from the start.
    first: u64,
    /// The slot of the latest progress of each job that has any.
    latest: HashMap<JobId, u64>,
    n_progress: usize,
    n_gaps: usize,
    is_closed: bool,
    waker: Option<Waker>,
}

impl Sender {
    /// Sends an event; its reader must be woken when no lock is held. Returns whether there still is a reader.
    pub(crate) fn send(&self, event: JobEvent, wakers: &mut Vec<Waker>) -> bool {
        let Some(queue) = self.0.upgrade() else { return false };
        let mut queue = queue.lock();
        queue.push(event);
        wakers.extend(queue.waker.take());
        true
    }

    /// Ends the channel after the events that were sent; returns the waiting reader, to be woken when no lock is held.
    pub(crate) fn close(&self) -> Option<Waker> {
        let queue = self.0.upgrade()?;
        let mut queue = queue.lock();
        queue.is_closed = true;
        queue.waker.take()
    }

    /// Returns the waiting reader, to be woken when no lock is held.
    pub(crate) fn take_waiting(&self) -> Option<Waker> {
        self.0.upgrade()?.lock().waker.take()
    }

    /// Returns whether there is a reader.
    pub(crate) fn is_read(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Receiver {
    /// Returns the next queued event.
    pub(crate) fn try_next(&self) -> Option<JobEvent> {
        self.0.lock().pop()
    }

    /// Returns the next event, `None` at the end, or registers the reader to be woken when there is one.
    pub(crate) fn poll_next(&self, context: &Context<'_>) -> Poll<Option<JobEvent>> {
        let mut queue = self.0.lock();
        match queue.pop() {
            None if !queue.is_closed => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
            event => Poll::Ready(event),
        }
    }
}

impl Queue {
    fn push(&mut self, event: JobEvent) {
        if event.kind == EventKind::Progress {
            self.make_room(event.job);
            self.latest.insert(event.job, self.first + self.slots.len() as u64);
            self.n_progress += 1;
        }
        self.slots.push_back(Some(event));
    }

    /// Drops the latest progress of a job if there is no room for a later one.
    fn make_room(&mut self, job: JobId) {
        if self.n_progress < MOST_PROGRESS {
            return;
        }
        let Some(number) = self.latest.remove(&job) else { return };
        let Some(slot) = self.slots.get_mut((number - self.first) as usize) else { return };
        *slot = None;
        self.n_progress -= 1;
        self.n_gaps += 1;
        // Gaps are closed when most slots are gaps, so that each costs the same however many there are.
        if self.n_gaps > self.slots.len() / 2 {
            self.close_gaps();
        }
    }

    fn close_gaps(&mut self) {
        self.slots.retain(Option::is_some);
        (self.first, self.n_gaps) = (0, 0);
        let progress = self.slots.iter().zip(0..);
        let progress = progress.filter_map(|(slot, number)| slot.map(|event| (event, number)));
        let progress = progress.filter(|(event, _)| event.kind == EventKind::Progress);
        self.latest = progress.map(|(event, number)| (event.job, number)).collect();
    }

    fn pop(&mut self) -> Option<JobEvent> {
        loop {
            let slot = self.slots.pop_front()?;
            let number = self.first;
            self.first += 1;
            let Some(event) = slot else {
                self.n_gaps -= 1;
                continue;
            };
            if event.kind == EventKind::Progress {
                self.n_progress -= 1;
                if self.latest.get(&event.job) == Some(&number) {
                    self.latest.remove(&event.job);
                }
            }
            return Some(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use drivesim_core::Timestamp;
    use drivesim_jobs::Percent;

    use super::*;

    fn event(job: u64, kind: EventKind, items_done: usize) -> JobEvent {
        let (percent, items_total) = (Percent::ZERO, 0);
        JobEvent { job: JobId::new(0, job), at: Timestamp::MIN, kind, percent, items_done, items_total }
    }

    fn progress(job: u64, items_done: usize) -> JobEvent {
        event(job, EventKind::Progress, items_done)
    }

    fn drain(receiver: &Receiver) -> Vec<JobEvent> {
        std::iter::from_fn(|| receiver.try_next()).collect()
    }

    fn assert_consistent(queue: &Queue) {
        let events: Vec<(u64, JobEvent)> =
            (queue.first..).zip(&queue.slots).filter_map(|(nth, slot)| Some((nth, (*slot)?))).collect();
        assert_eq!(queue.n_gaps, queue.slots.len() - events.len());
        let progress = events.iter().filter(|(_, event)| event.kind == EventKind::Progress);
        assert_eq!(queue.n_progress, progress.clone().count());
        assert_eq!(queue.latest, progress.map(|(nth, event)| (event.job, *nth)).collect());
    }

    #[test]
    fn a_fast_reader_reads_all_events_in_order() {
        let (sender, receiver) = channel();
        let sent: Vec<JobEvent> = (0..10 * MOST_PROGRESS).map(|nth| progress(1, nth)).collect();
        let mut read = Vec::new();
        for event in &sent {
            assert!(sender.send(*event, &mut Vec::new()));
            read.extend(receiver.try_next());
        }
        assert_eq!(read, sent);
    }

    #[test]
    fn a_slow_reader_loses_progress_but_neither_states_nor_the_latest_progress() {
        let (sender, receiver) = channel();
        let send = |event| assert!(sender.send(event, &mut Vec::new()));
        let n_events = 100_000;
        send(event(1, EventKind::Started, 0));
        send(event(2, EventKind::Started, 0));
        for nth in 1..=n_events {
            send(progress(1, nth));
            if nth % 100 == 0 {
                send(progress(2, nth));
            }
            let queue = receiver.0.lock();
            assert!(queue.n_progress <= MOST_PROGRESS + 1, "{}", queue.n_progress);
            assert!(queue.slots.len() <= 2 * (MOST_PROGRESS + 4) + 1, "{}", queue.slots.len());
            assert!(
                nth % 997 > 0 || {
                    assert_consistent(&queue);
                    true
                }
            );
        }
        send(event(1, EventKind::Completed, n_events));
        send(event(2, EventKind::Failed, n_events));
        let read = drain(&receiver);
        let states: Vec<_> = read.iter().filter(|event| event.kind != EventKind::Progress).collect();
        assert_eq!(states.len(), 4);
        for job in [1, 2] {
            let of_job = read.iter().filter(|event| event.job == JobId::new(0, job));
            let done: Vec<usize> = of_job.map(|event| event.items_done).collect();
            assert!(done.is_sorted(), "progress never decreases");
            assert_eq!(done[done.len() - 2..], [n_events; 2]);
        }
        assert_consistent(&receiver.0.lock());
        assert!(receiver.0.lock().latest.is_empty());
    }

    #[test]
    fn at_least_one_progress_event_is_kept_for_each_job() {
        let (sender, receiver) = channel();
        let n_jobs = 3 * MOST_PROGRESS as u64;
        for nth in 1..=5 {
            (0..n_jobs).for_each(|job| assert!(sender.send(progress(job, nth), &mut Vec::new())));
        }
        assert_consistent(&receiver.0.lock());
        let read = drain(&receiver);
        assert!(read.len() <= MOST_PROGRESS + n_jobs as usize);
        let latest: HashMap<JobId, usize> = read.iter().map(|event| (event.job, event.items_done)).collect();
        assert_eq!((latest.len() as u64, latest.values().all(|nth| *nth == 5)), (n_jobs, true));
    }

    #[test]
    fn a_dropped_reader_frees_its_unread_events() {
        let (sender, receiver) = channel();
        let queue = Arc::downgrade(&receiver.0);
        assert!(sender.send(progress(1, 1), &mut Vec::new()) && sender.is_read());
        drop(receiver);
        assert!(queue.upgrade().is_none());
        assert!(!sender.send(progress(1, 2), &mut Vec::new()) && !sender.is_read());
    }

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_reader_is_woken_once_for_each_wait_and_at_the_end() {
        let (sender, receiver) = channel();
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let context = Context::from_waker(&waker);
        let mut wakers = Vec::new();
        assert!(receiver.poll_next(&context).is_pending());
        sender.send(progress(1, 1), &mut wakers);
        sender.send(progress(1, 2), &mut wakers);
        wakers.drain(..).for_each(Waker::wake);
        assert_eq!(count.0.load(Ordering::Relaxed), 1);
        assert_eq!(drain(&receiver).len(), 2);
        assert!(receiver.poll_next(&context).is_pending());
        sender.close().into_iter().for_each(Waker::wake);
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert_eq!(receiver.poll_next(&context), Poll::Ready(None));
    }
}
