//! Holds the change log of a drive: the latest change of each item, numbered, as spans of slots.
//!
//! Every change takes one number, and a slot keeps only its latest. Consecutive slots with consecutive numbers are one
//! [`Span`]: a copy is one, and so are a million items created one after the other. A later change is cut out of the
//! earlier spans, so each slot lies in at most one span. A removed item leaves a [`Tombstone`].
//!
//! Every allocation of a slot is recorded, so slots need no generations here. A slot that is freed without a tombstone
//! stays in the log until it is allocated again; readers skip slots without a live item.
//!
//! # Rationale
//!
//! A number in each node of the arena could be found by slot but not in the order of numbers, and a log of single
//! changes would make a copy as slow as it has items. The cost of spans depends on the number of operations, not on the
//! number of items.

mod log_share;
#[cfg(feature = "serde")]
mod serde_form;

use std::sync::Arc;

use self::log_share::LogShare;
use crate::capacity::Capacity;
use crate::cow_map::CowMap;
use crate::item::{ItemId, ItemKind};
use crate::traffic::{count_made, count_parted, is_shared};

/// The maximum number of spans and tombstones of a log. Beyond it the oldest are dropped.
const RANGES: usize = 100_000;
/// How many bytes a log keeps even if its capacity is exhausted.
const FLOOR: u64 = 16 << 10;

/// What is known of a removed item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "self::serde_form::TombstoneForm")
)]
pub struct Tombstone {
    /// The id of the item; it is never reused.
    pub id: ItemId,
    /// The id of the last folder it was in; `None` if it was in no folder.
    pub parent: Option<ItemId>,
    /// Its last name.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// Its last size in bytes: for a file its own, for a folder that of all files below it.
    pub size: u64,
}

impl Tombstone {
    /// Returns approximately how many bytes it takes behind its pointer: its counters and its name, with the overhead
    /// of an allocator.
    fn n_bytes(&self) -> usize {
        size_of::<Tombstone>() + self.name.capacity() + 48
    }
}

/// The subject of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogEntry<'a> {
    /// The item in this slot is new or has changed.
    Slot(u32),
    /// The item was removed.
    Gone(&'a Tombstone),
}

/// Consecutive slots that changed one after the other; never empty when stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    /// The number of the change of the first slot; each next slot has one more.
    number: u64,
    first: u32,
    n_slots: u32,
}

impl Span {
    /// Returns the slot after the last.
    fn end(&self) -> u32 {
        self.first + self.n_slots
    }

    /// Returns the part of the span before `slot`, if any.
    fn up_to(self, slot: u32) -> Option<Span> {
        (self.first < slot).then(|| Span { n_slots: slot - self.first, ..self })
    }

    /// Returns the part of the span from `slot` on, if any; `slot` is not before the span.
    fn beyond(self, slot: u32) -> Option<Span> {
        (slot < self.end()).then(|| Span {
            number: self.number + u64::from(slot - self.first),
            first: slot,
            n_slots: self.end() - slot,
        })
    }

    fn range(&self) -> LogRange<'static> {
        LogRange { number: self.number, len: u64::from(self.n_slots), first: LogEntry::Slot(self.first) }
    }
}

/// One span or tombstone, as a reader of the log gets it.
struct LogRange<'a> {
    number: u64,
    /// How many numbers it takes.
    len: u64,
    first: LogEntry<'a>,
}

impl<'a> LogRange<'a> {
    /// Returns the changes after number `seq`, with their numbers.
    fn since(self, seq: u64) -> impl Iterator<Item = (u64, LogEntry<'a>)> {
        let LogRange { number, len, first } = self;
        let n_seen = seq.saturating_add(1).saturating_sub(number);
        (n_seen..len).map(move |offset| match first {
            LogEntry::Slot(slot) => (number + offset, LogEntry::Slot(slot + offset as u32)),
            LogEntry::Gone(_) => (number, first),
        })
    }
}

/// A past range as stored.
#[derive(Clone, Debug)]
enum PastChange {
    Slots(Span),
    /// Shared, so that a log does not copy names when it diverges from its clone.
    Gone(Arc<Tombstone>),
}

impl PastChange {
    fn range(&self, number: u64) -> LogRange<'_> {
        match self {
            PastChange::Slots(span) => span.range(),
            PastChange::Gone(tombstone) => LogRange { number, len: 1, first: LogEntry::Gone(tombstone) },
        }
    }
}

/// The past ranges: each once by its first number, and once by its subject.
#[derive(Clone, Debug, Default)]
struct Past {
    by_number: CowMap<u64, PastChange>,
    /// The spans by their first slots.
    by_slot: CowMap<u32, Span>,
    /// The numbers of the tombstones.
    tombstones: CowMap<ItemId, u64>,
    /// How many bytes the tombstones take.
    n_tombstone_bytes: usize,
}

impl Past {
    /// Returns approximately how many bytes the past takes.
    fn n_bytes(&self) -> usize {
        let of_each =
            size_of::<(u64, PastChange)>() + size_of::<(u32, Span)>().max(size_of::<(ItemId, u64)>());
        // The pieces of a map are about two thirds full.
        self.by_number.len() * of_each * 3 / 2 + self.n_tombstone_bytes
    }

    fn put(&mut self, span: Span) {
        self.by_number.insert(span.number, PastChange::Slots(span));
        self.by_slot.insert(span.first, span);
    }

    /// Drops the changes of the slots from `first` to before `end`.
    fn cut(&mut self, first: u32, end: u32) {
        while let Some(span) = self.last_between(first, end) {
            self.by_number.remove(&span.number);
            self.by_slot.remove(&span.first);
            for rest in [span.up_to(first), span.beyond(end)].into_iter().flatten() {
                self.put(rest);
            }
        }
    }

    /// Finds the last span with a slot from `first` to before `end`.
    fn last_between(&self, first: u32, end: u32) -> Option<Span> {
        let (_, &span) = self.by_slot.last_before(&end)?;
        (span.end() > first).then_some(span)
    }

    fn add_tombstone(&mut self, number: u64, tombstone: Tombstone) {
        self.remove_tombstone(tombstone.id);
        self.tombstones.insert(tombstone.id, number);
        self.n_tombstone_bytes += tombstone.n_bytes();
        count_made(tombstone.n_bytes());
        self.by_number.insert(number, PastChange::Gone(Arc::new(tombstone)));
    }

    fn remove_tombstone(&mut self, id: ItemId) {
        if let Some(number) = self.tombstones.remove(&id) {
            let change = self.by_number.remove(&number);
            self.drop_tombstone(change);
        }
    }

    /// Counts that a tombstone is removed. A clone may still have it.
    fn drop_tombstone(&mut self, change: Option<PastChange>) {
        let Some(PastChange::Gone(tombstone)) = change else { return };
        self.n_tombstone_bytes -= tombstone.n_bytes();
        if is_shared(&tombstone) {
            count_parted(tombstone.n_bytes());
        }
    }

    /// Drops the oldest range and returns its last number.
    fn drop_oldest(&mut self) -> Option<u64> {
        let (number, change) = self.by_number.pop_first()?;
        let last = number + change.range(number).len - 1;
        match &change {
            PastChange::Slots(span) => drop(self.by_slot.remove(&span.first)),
            PastChange::Gone(tombstone) => drop(self.tombstones.remove(&tombstone.id)),
        }
        self.drop_tombstone(Some(change));
        Some(last)
    }
}

/// The change log of one drive. A clone shares the past until one side changes it.
#[derive(Clone, Debug)]
pub(crate) struct ChangeLog {
    past: Past,
    /// The span of the latest changes, separate from the past: the next slot extends it by one.
    open: Option<Span>,
    /// The past covers no slot from the end of the open span up to here.
    uncovered_to: u32,
    latest: u64,
    dropped_to: u64,
    /// [`RANGES`], except in tests; at least 1, so that the latest change is never dropped.
    limit: usize,
    share: LogShare,
}

impl ChangeLog {
    pub(crate) fn new() -> ChangeLog {
        ChangeLog::with_limit(RANGES)
    }

    fn with_limit(limit: usize) -> ChangeLog {
        let past = Past::default();
        let share = LogShare::default();
        ChangeLog { past, open: None, uncovered_to: 0, latest: 0, dropped_to: 0, limit, share }
    }

    /// Counts the bytes of the log against a capacity and against no other; `None` for no capacity. A clone does not
    /// count.
    pub(crate) fn count_against(&mut self, capacity: Option<&Capacity>) {
        self.share = LogShare::of(capacity);
        self.share.set_bytes(self.n_bytes());
    }

    /// Returns approximately how many bytes the log takes.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.past.n_bytes() as u64
    }

    /// Records that the item in `slot` is new or has changed: its latest change is now.
    #[inline]
    pub(crate) fn record(&mut self, slot: u32) {
        self.record_run(slot, 1);
    }

    /// Records that the items in `n_slots` slots from `first` on have changed, in this order.
    ///
    /// Takes O(log n), and as much again for each span that it covers, however many slots there are.
    #[inline]
    pub(crate) fn record_run(&mut self, first: u32, n_slots: u32) {
        let end = first + n_slots;
        match &mut self.open {
            Some(open) if open.end() == first && end <= self.uncovered_to => {
                open.n_slots += n_slots;
                self.latest += u64::from(n_slots);
            }
            _ => self.record_over(first, n_slots),
        }
    }

    /// Records a run that does not follow the one before, or that covers earlier changes.
    fn record_over(&mut self, first: u32, n_slots: u32) {
        if n_slots == 0 {
            return;
        }
        let end = first + n_slots;
        if self.open.is_some_and(|open| open.end() != first) {
            self.close();
        }
        let past = &mut self.past;
        past.cut(first, end);
        self.uncovered_to = past.by_slot.from(&end).next().map_or(u32::MAX, |(&next, _)| next);
        let open = self.open.get_or_insert(Span { number: self.latest + 1, first, n_slots: 0 });
        open.n_slots += n_slots;
        self.latest += u64::from(n_slots);
        self.drop_old();
    }

    /// Records that the item in `slot` was removed: drops the changes of the slot and adds `tombstone`.
    ///
    /// Replaces an earlier tombstone of the same item.
    pub(crate) fn log_tombstone(&mut self, slot: u32, tombstone: Tombstone) {
        self.close();
        self.latest += 1;
        let past = &mut self.past;
        past.cut(slot, slot + 1);
        past.add_tombstone(self.latest, tombstone);
        self.drop_old();
    }

    /// Drops the tombstone of a restored item, if there is one. The caller records the item afterwards.
    pub(crate) fn remove_tombstone(&mut self, id: ItemId) {
        if self.past.tombstones.contains_key(&id) {
            self.past.remove_tombstone(id);
            self.share.set_bytes(self.n_bytes());
        }
    }

    /// Returns the number of the latest change; 0 if there was none.
    pub(crate) fn latest(&self) -> u64 {
        self.latest
    }

    /// Returns the number up to which changes were dropped.
    pub(crate) fn dropped_to(&self) -> u64 {
        self.dropped_to
    }

    /// Returns the changes after number `seq` in order of number, each slot and each tombstone once; `None` if some of
    /// them were dropped.
    ///
    /// It starts in O(log n) for any `seq`, also within a span, and is lazy.
    pub(crate) fn since(&self, seq: u64) -> Option<impl Iterator<Item = (u64, LogEntry<'_>)>> {
        if seq < self.dropped_to {
            return None;
        }
        let past = &self.past.by_number;
        // The last range that begins at or before `seq` may extend beyond it.
        let start = past.last_before(&seq.saturating_add(1)).map_or(0, |(&number, _)| number);
        let ranges = past.from(&start).map(|(&number, change)| change.range(number));
        Some(ranges.chain(self.open.as_ref().map(Span::range)).flat_map(move |range| range.since(seq)))
    }

    /// Moves the open span to the past; nothing extends it any more.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.past.put(open);
        }
    }

    /// Drops the oldest ranges while there are too many, or while all logs together take too much and this one more
    /// than its floor.
    fn drop_old(&mut self) {
        let mut n_ranges = self.past.by_number.len() + usize::from(self.open.is_some());
        self.share.set_bytes(self.n_bytes());
        while n_ranges > self.limit || n_ranges > 1 && self.n_bytes() > FLOOR && self.share.is_over() {
            let Some(last) = self.past.drop_oldest() else { return };
            self.dropped_to = last;
            self.share.set_bytes(self.n_bytes());
            n_ranges -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
