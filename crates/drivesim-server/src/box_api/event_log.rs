//! The only place that keeps what was done to drives of Box: the stream of events, and who waits for the next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use drivesim::{DriveId, Timestamp};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::budget::{Budget, Part, Share};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
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

impl Deed {
    /// Returns what events of users call it.
    pub(crate) fn of_user(self) -> &'static str {
        match self {
            Deed::Create => "ITEM_CREATE",
            Deed::Upload => "ITEM_UPLOAD",
            Deed::Copy => "ITEM_COPY",
            Deed::Move => "ITEM_MOVE",
            Deed::Rename => "ITEM_RENAME",
            Deed::Modify => "ITEM_MODIFY",
            Deed::MakeCurrent => "ITEM_MAKE_CURRENT_VERSION",
            Deed::Trash => "ITEM_TRASH",
            Deed::Restore => "ITEM_UNDELETE_VIA_TRASH",
            Deed::Share => "ITEM_SHARED_CREATE",
            Deed::UpdateShare => "ITEM_SHARED_UPDATE",
            Deed::Unshare => "ITEM_SHARED_UNSHARE",
            Deed::Lock => "LOCK_CREATE",
            Deed::Unlock => "LOCK_DESTROY",
            Deed::Tag => "TAG_ITEM_CREATE",
            Deed::Sync => "ITEM_SYNC",
            Deed::Unsync => "ITEM_UNSYNC",
        }
    }

    /// Returns what events of an enterprise call it. That a new folder is an upload there, and a change of a
    /// description, of tags and of other settings of an item as an edit, is *assumed* (no option: no other reading is known). Which of
    /// the events of shared links and locks Box sends for a change by its API, and that a change of a link is sent as
    /// `ITEM_SHARED_UPDATE`, is *assumed* (no option: no other reading is known).
    pub(crate) fn of_enterprise(self) -> &'static str {
        match self {
            Deed::Create | Deed::Upload => "UPLOAD",
            Deed::Copy => "COPY",
            Deed::Move => "MOVE",
            Deed::Rename => "RENAME",
            Deed::Modify | Deed::Tag => "EDIT",
            Deed::MakeCurrent => "FILE_VERSION_RESTORE",
            Deed::Trash => "DELETE",
            Deed::Restore => "UNDELETE",
            Deed::Share => "SHARE",
            Deed::UpdateShare => "ITEM_SHARED_UPDATE",
            Deed::Unshare => "UNSHARE",
            Deed::Lock => "LOCK",
            Deed::Unlock => "UNLOCK",
            Deed::Sync => "ITEM_SYNC",
            Deed::Unsync => "ITEM_UNSYNC",
        }
    }
}

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Its place in the stream, from 1.
    pub(crate) number: u64,
    pub(crate) drive: DriveId,
    pub(crate) deed: Deed,
    pub(crate) at: Timestamp,
    pub(crate) by: String,
    /// The item as it was then, in JSON.
    pub(crate) source: Arc<str>,
}

impl Event {
    /// Returns how many bytes it takes, about.
    fn n_bytes(&self) -> usize {
        size_of::<Event>() + self.by.len() + self.source.len()
    }
}

#[derive(Debug)]
struct Kept {
    events: VecDeque<Event>,
    n_bytes: usize,
    /// So many bytes of the budget.
    share: Share,
}

impl Kept {
    /// Takes what the events are of from the budget; returns whether there is room for it.
    fn fits(&mut self) -> bool {
        self.share.resize(self.n_bytes).is_ok()
    }
}

/// The events of a server.
#[derive(Debug)]
pub(crate) struct EventLog {
    kept: Mutex<Kept>,
    /// How many are kept.
    most: usize,
    /// The number of the last.
    last: watch::Sender<u64>,
}

impl EventLog {
    pub(crate) fn new(most: usize, budget: &Budget) -> EventLog {
        let kept = Kept { events: VecDeque::new(), n_bytes: 0, share: budget.share(Part::Events) };
        EventLog { kept: Mutex::new(kept), most, last: watch::Sender::new(0) }
    }

    /// Adds an event; the oldest go if there are too many, or they take too many bytes.
    pub(crate) fn add(&self, event: impl FnOnce(u64) -> Event) {
        let mut kept = self.kept.lock();
        let number = self.last() + 1;
        let event = event(number);
        kept.n_bytes += event.n_bytes();
        kept.events.push_back(event);
        while kept.events.len() > self.most || !kept.fits() {
            let Some(oldest) = kept.events.pop_front() else { break };
            kept.n_bytes -= oldest.n_bytes();
        }
        // Under the lock, so that numbers come in their order.
        self.last.send_replace(number);
    }

    /// Returns the number of the last event, 0 before the first.
    pub(crate) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// Returns at most `most` events behind a place, of those that are wanted, and the place up to which the stream was
    /// looked through.
    pub(crate) fn behind(
        &self,
        place: u64,
        most: usize,
        is_wanted: impl Fn(&Event) -> bool,
    ) -> (Vec<Event>, u64) {
        let events = &self.kept.lock().events;
        let (mut found, mut last) = (Vec::new(), self.last());
        let first = events.partition_point(|event| event.number <= place);
        for event in events.range(first..).filter(|event| is_wanted(event)) {
            if found.len() == most {
                last = found.last().map_or(place, |event: &Event| event.number);
                break;
            }
            found.push(event.clone());
        }
        (found, last)
    }

    /// Waits until there are events behind a place, or for so long; without a runtime not at all. Says whether there are
    /// any.
    pub(crate) async fn news(&self, place: u64, wait: Duration) -> bool {
        if Handle::try_current().is_ok() {
            let mut last = self.last.subscribe();
            // That the wait is over says the same as the number.
            let _ = tokio::time::timeout(wait, last.wait_for(|last| *last > place)).await;
        }
        self.last() > place
    }

    /// Begins anew.
    pub(crate) fn forget(&self) {
        let mut kept = self.kept.lock();
        *kept = Kept { events: VecDeque::new(), n_bytes: 0, share: kept.share.sibling() };
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
            deed: if number % 2 == 0 { Deed::Copy } else { Deed::Upload },
            at: Timestamp::UNIX_EPOCH,
            by: "me".to_owned(),
            source: "{}".into(),
        }
    }

    fn numbers((events, last): (Vec<Event>, u64)) -> (Vec<u64>, u64) {
        (events.iter().map(|event| event.number).collect(), last)
    }

    #[test]
    fn a_place_leads_on_to_what_comes_behind_it() {
        let log = log(5, 10);
        assert_eq!(numbers(log.behind(0, 2, |_| true)), (vec![1, 2], 2));
        assert_eq!(numbers(log.behind(2, 9, |_| true)), (vec![3, 4, 5], 5));
        assert_eq!(numbers(log.behind(5, 9, |_| true)), (vec![], 5));
        assert_eq!(numbers(log.behind(99, 9, |_| true)), (vec![], 5));
    }

    #[test]
    fn what_is_not_wanted_is_passed_over_but_not_asked_for_again() {
        let copies = |event: &Event| event.deed == Deed::Copy;
        assert_eq!(numbers(log(5, 10).behind(0, 9, copies)), (vec![2, 4], 5));
        assert_eq!(numbers(log(5, 10).behind(0, 1, copies)), (vec![2], 2));
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many() {
        assert_eq!(numbers(log(5, 2).behind(0, 9, |_| true)), (vec![4, 5], 5));
        assert_eq!(numbers(log(5, 0).behind(0, 9, |_| true)), (vec![], 5));
    }

    #[test]
    fn the_oldest_go_where_they_take_too_many_bytes() {
        let one = event(1).n_bytes();
        let limits = Limits::default().max_event_bytes(3 * one + one / 2);
        let log = EventLog::new(10, &Budget::new(&limits));
        (0..5).for_each(|_| log.add(event));
        assert_eq!(numbers(log.behind(0, 9, |_| true)), (vec![3, 4, 5], 5));
        log.add(|number| Event { source: "x".repeat(one).into(), ..event(number) });
        assert_eq!(numbers(log.behind(0, 9, |_| true)), (vec![5, 6], 6));
        log.add(|number| Event { source: "x".repeat(10_000).into(), ..event(number) });
        assert_eq!(numbers(log.behind(0, 9, |_| true)), (vec![], 7));
        log.add(event);
        assert_eq!(numbers(log.behind(0, 9, |_| true)), (vec![8], 8));
    }

    #[test]
    fn without_a_runtime_nobody_waits() {
        let wait = Duration::from_secs(3600);
        assert!(!pollster::block_on(log(5, 10).news(5, wait)));
        assert!(pollster::block_on(log(5, 10).news(4, wait)));
    }
}
