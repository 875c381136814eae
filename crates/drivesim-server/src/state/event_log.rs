//! Stores the event stream of Box, and lets long polls wait for the next event.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use drivesim::drive::DriveId;
use drivesim::item::Timestamp;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::limits::budget::{Budget, BudgetPart, Permit};

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Create,
    Upload,
    Copy,
    Move,
    Rename,
    Modify,
    MakeCurrent,
    Trash,
    Restore,
    Share,
    UpdateShare,
    Unshare,
    Lock,
    Unlock,
    Tag,
    Sync,
    Unsync,
}

impl EventKind {
    /// Returns its name in events of users.
    pub(crate) fn user_event_type(self) -> &'static str {
        match self {
            EventKind::Create => "ITEM_CREATE",
            EventKind::Upload => "ITEM_UPLOAD",
            EventKind::Copy => "ITEM_COPY",
            EventKind::Move => "ITEM_MOVE",
            EventKind::Rename => "ITEM_RENAME",
            EventKind::Modify => "ITEM_MODIFY",
            EventKind::MakeCurrent => "ITEM_MAKE_CURRENT_VERSION",
            EventKind::Trash => "ITEM_TRASH",
            EventKind::Restore => "ITEM_UNDELETE_VIA_TRASH",
            EventKind::Share => "ITEM_SHARED_CREATE",
            EventKind::UpdateShare => "ITEM_SHARED_UPDATE",
            EventKind::Unshare => "ITEM_SHARED_UNSHARE",
            EventKind::Lock => "LOCK_CREATE",
            EventKind::Unlock => "LOCK_DESTROY",
            EventKind::Tag => "TAG_ITEM_CREATE",
            EventKind::Sync => "ITEM_SYNC",
            EventKind::Unsync => "ITEM_UNSYNC",
        }
    }

    /// Returns its name in events of an enterprise.
    ///
    /// ASSUMED: In events of an enterprise of Box, a new folder is an upload, and a change of a description, of tags
    /// and of other settings of an item is an edit (no option: no other reading is known).
    /// ASSUMED: The events of shared links and locks that Box sends for a change by its API, and `ITEM_SHARED_UPDATE`
    /// for a change of a link (no option: no other reading is known).
    pub(crate) fn enterprise_event_type(self) -> &'static str {
        match self {
            EventKind::Create | EventKind::Upload => "UPLOAD",
            EventKind::Copy => "COPY",
            EventKind::Move => "MOVE",
            EventKind::Rename => "RENAME",
            EventKind::Modify | EventKind::Tag => "EDIT",
            EventKind::MakeCurrent => "FILE_VERSION_RESTORE",
            EventKind::Trash => "DELETE",
            EventKind::Restore => "UNDELETE",
            EventKind::Share => "SHARE",
            EventKind::UpdateShare => "ITEM_SHARED_UPDATE",
            EventKind::Unshare => "UNSHARE",
            EventKind::Lock => "LOCK",
            EventKind::Unlock => "UNLOCK",
            EventKind::Sync => "ITEM_SYNC",
            EventKind::Unsync => "ITEM_UNSYNC",
        }
    }
}

/// An event of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Its position in the stream, from 1.
    pub(crate) number: u64,
    pub(crate) drive: DriveId,
    pub(crate) kind: EventKind,
    pub(crate) at: Timestamp,
    pub(crate) by: String,
    /// The item at the time of the event, in JSON.
    pub(crate) source: Arc<str>,
}

impl Event {
    /// Estimates its memory in bytes.
    fn n_bytes(&self) -> usize {
        size_of::<Event>() + self.by.len() + self.source.len()
    }
}

#[derive(Debug)]
struct EventBuffer {
    events: VecDeque<Event>,
    n_bytes: usize,
    /// The permit for `n_bytes`.
    permit: Permit,
}

impl EventBuffer {
    /// Resizes the permit to the size of the events; returns whether the budget allows it.
    fn fits(&mut self) -> bool {
        self.permit.resize(self.n_bytes).is_ok()
    }
}

/// The events of a server.
#[derive(Debug)]
pub(crate) struct EventLog {
    buffer: Mutex<EventBuffer>,
    /// The largest number of events.
    max_events: usize,
    /// The number of the last event.
    last: watch::Sender<u64>,
}

impl EventLog {
    pub(crate) fn new(max_events: usize, budget: &Budget) -> EventLog {
        let buffer = EventBuffer {
            events: VecDeque::new(),
            n_bytes: 0,
            permit: budget.empty_permit(BudgetPart::Events),
        };
        EventLog { buffer: Mutex::new(buffer), max_events, last: watch::Sender::new(0) }
    }

    /// Adds an event, and drops the oldest ones beyond the limits.
    pub(crate) fn add(&self, event: impl FnOnce(u64) -> Event) {
        let mut buffer = self.buffer.lock();
        let number = self.last() + 1;
        let event = event(number);
        buffer.n_bytes += event.n_bytes();
        buffer.events.push_back(event);
        while buffer.events.len() > self.max_events || !buffer.fits() {
            let Some(oldest) = buffer.events.pop_front() else { break };
            buffer.n_bytes -= oldest.n_bytes();
        }
        // Under the lock, so that numbers are sent in order.
        self.last.send_replace(number);
    }

    /// Returns the number of the last event; 0 before the first.
    pub(crate) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Returns at most `most` matching events after a position, and the position up to which the stream was scanned.
    pub(crate) fn after(
        &self,
        position: u64,
        most: usize,
        matches: impl Fn(&Event) -> bool,
    ) -> (Vec<Event>, u64) {
        let events = &self.buffer.lock().events;
        let (mut found, mut last) = (Vec::new(), self.last());
        let first = events.partition_point(|event| event.number <= position);
        for event in events.range(first..).filter(|event| matches(event)) {
            if found.len() == most {
                last = found.last().map_or(position, |event: &Event| event.number);
                break;
            }
            found.push(event.clone());
        }
        (found, last)
    }

    /// Waits until there is an event after a position, for at most `wait`; without a runtime it does not wait. Returns
    /// whether there is one.
    pub(crate) async fn wait_for_event(&self, position: u64, wait: Duration) -> bool {
        if Handle::try_current().is_ok() {
            let mut last = self.last.subscribe();
            // The result of the wait is ignored: the number decides below.
            let _ = tokio::time::timeout(wait, last.wait_for(|last| *last > position)).await;
        }
        self.last() > position
    }

    /// Removes all events and restarts the numbers.
    pub(crate) fn clear(&self) {
        let mut buffer = self.buffer.lock();
        *buffer = EventBuffer { events: VecDeque::new(), n_bytes: 0, permit: buffer.permit.empty_like() };
        self.last.send_replace(0);
    }
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;

    use super::*;

    fn log(n_events: u64, most: usize) -> EventLog {
        let log = EventLog::new(most, &Budget::new(&Limits::default()));
        (0..n_events).for_each(|_| log.add(event));
        log
    }

    fn event(number: u64) -> Event {
        Event {
            number,
            drive: DriveId::from_uuid(uuid::Uuid::nil()),
            kind: if number % 2 == 0 { EventKind::Copy } else { EventKind::Upload },
            at: Timestamp::UNIX_EPOCH,
            by: "me".to_owned(),
            source: "{}".into(),
        }
    }

    fn numbers((events, last): (Vec<Event>, u64)) -> (Vec<u64>, u64) {
        (events.iter().map(|event| event.number).collect(), last)
    }

    #[test]
    fn events_after_a_position_are_returned() {
        let log = log(5, 10);
        assert_eq!(numbers(log.after(0, 2, |_| true)), (vec![1, 2], 2));
        assert_eq!(numbers(log.after(2, 9, |_| true)), (vec![3, 4, 5], 5));
        assert_eq!(numbers(log.after(5, 9, |_| true)), (vec![], 5));
        assert_eq!(numbers(log.after(99, 9, |_| true)), (vec![], 5));
    }

    #[test]
    fn events_that_do_not_match_are_skipped_but_not_scanned_again() {
        let copies = |event: &Event| event.kind == EventKind::Copy;
        assert_eq!(numbers(log(5, 10).after(0, 9, copies)), (vec![2, 4], 5));
        assert_eq!(numbers(log(5, 10).after(0, 1, copies)), (vec![2], 2));
    }

    #[test]
    fn the_oldest_events_are_dropped_beyond_the_largest_number() {
        assert_eq!(numbers(log(5, 2).after(0, 9, |_| true)), (vec![4, 5], 5));
        assert_eq!(numbers(log(5, 0).after(0, 9, |_| true)), (vec![], 5));
    }

    #[test]
    fn the_oldest_events_are_dropped_beyond_the_largest_number_of_bytes() {
        let one = event(1).n_bytes();
        let limits = Limits::default().max_event_bytes(3 * one + one / 2);
        let log = EventLog::new(10, &Budget::new(&limits));
        (0..5).for_each(|_| log.add(event));
        assert_eq!(numbers(log.after(0, 9, |_| true)), (vec![3, 4, 5], 5));
        log.add(|number| Event { source: "x".repeat(one).into(), ..event(number) });
        assert_eq!(numbers(log.after(0, 9, |_| true)), (vec![5, 6], 6));
        log.add(|number| Event { source: "x".repeat(10_000).into(), ..event(number) });
        assert_eq!(numbers(log.after(0, 9, |_| true)), (vec![], 7));
        log.add(event);
        assert_eq!(numbers(log.after(0, 9, |_| true)), (vec![8], 8));
    }

    #[test]
    fn polls_do_not_wait_without_a_runtime() {
        let wait = Duration::from_secs(3600);
        assert!(!pollster::block_on(log(5, 10).wait_for_event(5, wait)));
        assert!(pollster::block_on(log(5, 10).wait_for_event(4, wait)));
    }
}
