//! Tests of the change log against a model: a list of slots, each with the number of its latest change.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::outline::Bounds;
use crate::traffic::Traffic;

fn tombstone(id: u64, name: &str) -> Tombstone {
    let id = ItemId::from_bits(id);
    Tombstone { id, parent: None, name: name.to_owned(), kind: ItemKind::File, size: 7 }
}

/// Returns the changes after `seq`: a slot as its number, a tombstone as its name.
fn changes_after(log: &ChangeLog, seq: u64) -> Vec<(u64, String)> {
    let show = |(number, entry)| match entry {
        LogEntry::Slot(slot) => (number, slot.to_string()),
        LogEntry::Gone(tombstone) => (number, tombstone.name.clone()),
    };
    log.since(seq).unwrap().map(show).collect()
}

/// Returns the changes after `seq` as one line.
fn line(log: &ChangeLog, seq: u64) -> String {
    let words: Vec<String> =
        changes_after(log, seq).iter().map(|(number, what)| format!("{number}:{what}")).collect();
    words.join(" ")
}

fn n_ranges(log: &ChangeLog) -> usize {
    log.past.by_number.len() + usize::from(log.open.is_some())
}

/// Checks that both orders contain the same spans, that no slot is in two and that the limit is kept.
fn check(log: &ChangeLog) {
    let mut spans = Vec::new();
    let mut graves = BTreeMap::new();
    let mut next_number = log.dropped_to + 1;
    for (&number, change) in log.past.by_number.iter() {
        assert!(number >= next_number, "ranges overlap in number");
        next_number = number + change.range(number).len;
        match change {
            PastChange::Slots(span) => {
                assert!(span.number == number && span.n_slots > 0);
                spans.push(*span);
            }
            PastChange::Gone(tombstone) => assert_eq!(graves.insert(tombstone.id, number), None),
        }
    }
    assert!(graves.iter().eq(log.past.tombstones.iter()), "numbers of tombstones");
    let tombstones = log.past.by_number.values().filter_map(|change| match change {
        PastChange::Slots(_) => None,
        PastChange::Gone(tombstone) => Some(tombstone.n_bytes()),
    });
    assert_eq!(log.past.n_tombstone_bytes, tombstones.sum::<usize>(), "bytes of tombstones");
    spans.sort_by_key(|span| span.first);
    let by_slot: Vec<(u32, Span)> = spans.iter().map(|&span| (span.first, span)).collect();
    assert_eq!(log.past.by_slot.iter().map(|(&first, &span)| (first, span)).collect::<Vec<_>>(), by_slot);
    if let Some(open) = log.open {
        assert!(open.number >= next_number && open.n_slots > 0);
        assert_eq!(open.number + u64::from(open.n_slots), log.latest + 1, "the open span is the latest");
        let (from, to) = (open.end(), log.uncovered_to);
        assert!(!spans.iter().any(|span| span.first < to && span.end() > from), "covered before {to}");
        spans.push(open);
    }
    spans.sort_by_key(|span| span.first);
    assert!(spans.is_sorted_by(|a, b| a.end() <= b.first), "a slot lies in two spans");
    assert!(n_ranges(log) <= log.limit && next_number <= log.latest + 1);
}

#[test]
fn a_new_log_is_empty_and_has_forgotten_nothing() {
    let log = ChangeLog::new();
    assert_eq!((log.latest(), log.dropped_to(), line(&log, 0)), (0, 0, String::new()));
    assert_eq!(log.limit, 100_000);
}

#[test]
fn each_change_takes_the_next_number_and_a_reader_gets_the_later_ones() {
    let mut log = ChangeLog::new();
    for slot in [5, 6, 9, 2] {
        log.record(slot);
    }
    assert_eq!(log.latest(), 4);
    assert_eq!(line(&log, 0), "1:5 2:6 3:9 4:2");
    assert_eq!(line(&log, 1), "2:6 3:9 4:2");
    assert_eq!(line(&log, 3), "4:2");
    assert_eq!(line(&log, 4), "");
}

#[test]
fn a_reader_from_the_future_gets_nothing() {
    let mut log = ChangeLog::new();
    log.record_run(0, 10);
    log.log_tombstone(3, tombstone(3, "c"));
    for seq in [11, 12, u64::MAX - 1, u64::MAX] {
        assert_eq!(line(&log, seq), "");
    }
}

#[test]
fn a_slot_that_changes_again_is_listed_once_with_its_latest_number() {
    let mut log = ChangeLog::new();
    for slot in [1, 2, 3, 2, 2] {
        log.record(slot);
    }
    assert_eq!(line(&log, 0), "1:1 3:3 5:2");
    check(&log);
}

#[test]
fn a_million_items_created_in_order_are_one_span() {
    let mut log = ChangeLog::new();
    for slot in 0..1_000_000 {
        log.record(slot);
    }
    assert_eq!((n_ranges(&log), log.latest()), (1, 1_000_000));
}

#[test]
fn adjacent_copies_and_changes_join_the_span() {
    let mut log = ChangeLog::new();
    log.record(4);
    log.record_run(5, 100);
    log.record(105);
    assert_eq!(n_ranges(&log), 1);
    assert_eq!(log.latest(), 102);
}

#[test]
fn an_empty_copy_does_not_interrupt_a_span() {
    let mut log = ChangeLog::new();
    log.record(4);
    log.record_run(900, 0);
    log.record_run(5, 0);
    log.record(5);
    assert_eq!((n_ranges(&log), log.latest()), (1, 2));
}

#[test]
fn adjacent_slots_without_adjacent_numbers_are_separate_spans() {
    let mut log = ChangeLog::new();
    log.record(4);
    log.log_tombstone(9, tombstone(9, "gone"));
    log.record(5);
    assert_eq!(line(&log, 0), "1:4 2:gone 3:5");
    log.remove_tombstone(ItemId::from_bits(9));
    log.record(6);
    assert_eq!(line(&log, 0), "1:4 3:5 4:6");
    assert_eq!(n_ranges(&log), 2);
}

#[test]
fn a_change_at_the_edge_of_a_span_shortens_it_and_one_in_the_middle_splits_it() {
    let old = |changed: u32| {
        let mut log = ChangeLog::new();
        log.record_run(10, 4);
        log.record(changed);
        check(&log);
        (line(&log, 0), n_ranges(&log))
    };
    assert_eq!(old(10), ("2:11 3:12 4:13 5:10".to_owned(), 2));
    assert_eq!(old(13), ("1:10 2:11 3:12 5:13".to_owned(), 2));
    assert_eq!(old(11), ("1:10 3:12 4:13 5:11".to_owned(), 3));
}

#[test]
fn a_copy_covers_spans_whole_and_in_part() {
    let mut log = ChangeLog::new();
    for (first, n_slots) in [(0, 4), (10, 2), (6, 2), (14, 4)] {
        log.record_run(first, n_slots);
    }
    log.record_run(2, 14);
    check(&log);
    assert_eq!(n_ranges(&log), 3);
    assert!(line(&log, 0).starts_with("1:0 2:1 11:16 12:17 13:2 14:3 "));
    assert_eq!(log.latest(), 26);
}

#[test]
fn a_growing_span_takes_slots_from_the_spans_it_reaches() {
    let mut log = ChangeLog::new();
    log.record_run(3, 3);
    log.record(1);
    for slot in 2..5 {
        log.record(slot);
        check(&log);
    }
    assert_eq!(line(&log, 0), "3:5 4:1 5:2 6:3 7:4");
    assert_eq!(n_ranges(&log), 2);
}

#[test]
fn a_tombstone_replaces_the_change_of_its_item() {
    let mut log = ChangeLog::new();
    log.record_run(0, 3);
    let gone = tombstone(1, "b");
    log.log_tombstone(1, gone.clone());
    assert_eq!(line(&log, 0), "1:0 3:2 4:b");
    assert_eq!(log.since(3).unwrap().next(), Some((4, LogEntry::Gone(&gone))));
}

#[test]
fn a_second_tombstone_replaces_the_first() {
    let mut log = ChangeLog::new();
    log.log_tombstone(1, tombstone(1, "first"));
    log.record(1);
    log.log_tombstone(1, tombstone(1, "second"));
    assert_eq!(line(&log, 0), "3:second");
    check(&log);
}

#[test]
fn a_restored_item_has_no_tombstone_and_is_listed_as_changed() {
    let mut log = ChangeLog::new();
    log.record(1);
    log.log_tombstone(1, tombstone(1, "gone"));
    log.remove_tombstone(ItemId::from_bits(1));
    assert_eq!((line(&log, 0), log.latest()), (String::new(), 2));
    log.record(1);
    assert_eq!(line(&log, 0), "3:1");
}

#[test]
fn removing_a_missing_tombstone_changes_nothing() {
    let mut log = ChangeLog::new();
    log.log_tombstone(1, tombstone(1, "gone"));
    let before = log.clone();
    log.remove_tombstone(ItemId::from_bits(2));
    assert_eq!(line(&log, 0), "1:gone");
    assert!(log.past.by_number.is_same(&before.past.by_number));
}

#[test]
fn beyond_the_limit_the_oldest_changes_are_forgotten_and_older_readers_get_nothing() {
    let mut log = ChangeLog::with_limit(3);
    log.record_run(0, 5);
    log.log_tombstone(20, tombstone(20, "gone"));
    log.record(30);
    assert_eq!((log.dropped_to(), n_ranges(&log)), (0, 3));
    log.record(40);
    assert_eq!((log.dropped_to(), n_ranges(&log)), (5, 3));
    assert!(log.since(4).is_none() && log.since(0).is_none());
    assert_eq!(line(&log, 5), "6:gone 7:30 8:40");
    log.record(50);
    assert_eq!(log.dropped_to(), 6);
    assert!(log.since(5).is_none());
    check(&log);
}

#[test]
fn a_split_may_exceed_the_limit_by_two() {
    let mut log = ChangeLog::with_limit(1);
    log.record_run(0, 5);
    log.record(2);
    assert_eq!((log.dropped_to(), line(&log, 5)), (5, "6:2".to_owned()));
    check(&log);
}

#[test]
fn an_item_whose_change_was_forgotten_is_listed_again_when_it_changes() {
    let mut log = ChangeLog::with_limit(2);
    log.record(1);
    log.log_tombstone(2, tombstone(2, "gone"));
    for slot in [10, 20, 1] {
        log.record(slot);
    }
    log.remove_tombstone(ItemId::from_bits(2));
    log.log_tombstone(2, tombstone(2, "gone again"));
    assert_eq!(line(&log, log.dropped_to()), "5:1 6:gone again");
    check(&log);
}

#[test]
fn a_new_log_holds_a_hundred_thousand_ranges() {
    let mut log = ChangeLog::new();
    for slot in 0..100_000 {
        log.record(2 * slot);
    }
    assert_eq!((log.dropped_to(), n_ranges(&log)), (0, RANGES));
    log.record(1);
    assert_eq!((log.dropped_to(), n_ranges(&log)), (1, RANGES));
}

#[test]
fn a_clone_shares_the_past_and_keeps_what_it_saw() {
    let mut log = ChangeLog::new();
    log.record_run(0, 3);
    log.log_tombstone(1, tombstone(1, "gone"));
    log.record(10);
    let before = log.clone();
    log.record(11);
    assert!(log.past.by_number.is_same(&before.past.by_number), "what follows on leaves the past alone");
    log.record(0);
    assert_eq!((line(&before, 0), before.latest()), ("1:0 3:2 4:gone 5:10".to_owned(), 5));
    assert_eq!(line(&log, 0), "3:2 4:gone 5:10 6:11 7:0");
}

#[test]
fn a_large_span_is_read_in_pages() {
    let mut log = ChangeLog::new();
    let n_slots = 1 << 20;
    log.record_run(0, n_slots);
    // A past span and an open one.
    log.record_run(n_slots + 1, n_slots);
    let (mut seq, mut n_seen) = (0, 0);
    loop {
        let page: Vec<_> = log.since(seq).unwrap().take(200).collect();
        let Some(&(last, _)) = page.last() else { break };
        n_seen += page.len();
        seq = last;
    }
    assert_eq!((seq, n_seen), (log.latest(), 2 << 20));
}

/// An operation on a log.
#[derive(Clone, Debug)]
enum Step {
    Record(u32),
    Run(u32, u32),
    /// The slot and the id.
    Bury(u32, u64),
    Unearth(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..16u32).prop_map(Step::Record),
        4 => (0..16u32, 0..7u32).prop_map(|(first, n_slots)| Step::Run(first, n_slots)),
        2 => (0..24u32, 0..6u64).prop_map(|(slot, id)| Step::Bury(slot, id)),
        1 => (0..6u64).prop_map(Step::Unearth),
    ]
}

/// The expected content of a log, stored without spans.
#[derive(Default)]
struct Model {
    slots: BTreeMap<u32, u64>,
    tombstones: Vec<(u64, Tombstone)>,
    latest: u64,
    forgotten: u64,
}

impl Model {
    fn apply(&mut self, log: &mut ChangeLog, step: &Step) {
        match *step {
            Step::Record(slot) => {
                log.record(slot);
                self.record(slot);
            }
            Step::Run(first, n_slots) => {
                log.record_run(first, n_slots);
                (first..first + n_slots).for_each(|slot| self.record(slot));
            }
            Step::Bury(slot, id) => {
                let gone = tombstone(id, &format!("{id} from {slot} after {}", self.latest));
                log.log_tombstone(slot, gone.clone());
                self.latest += 1;
                self.slots.remove(&slot);
                self.tombstones.retain(|(_, old)| old.id != gone.id);
                self.tombstones.push((self.latest, gone));
            }
            Step::Unearth(id) => {
                log.remove_tombstone(ItemId::from_bits(id));
                self.tombstones.retain(|(_, old)| old.id.to_bits() != id);
            }
        }
    }

    fn record(&mut self, slot: u32) {
        self.latest += 1;
        self.slots.insert(slot, self.latest);
    }

    fn entries(&self) -> Vec<(u64, LogEntry<'_>)> {
        let slots = self.slots.iter().map(|(&slot, &number)| (number, LogEntry::Slot(slot)));
        let gone = self.tombstones.iter().map(|(number, gone)| (*number, LogEntry::Gone(gone)));
        let mut entries: Vec<_> = slots.chain(gone).filter(|&(number, _)| number > self.forgotten).collect();
        entries.sort_by_key(|&(number, _)| number);
        entries
    }

    /// Returns the last numbers of the fewest ranges that contain all entries.
    fn range_ends(&self) -> Vec<u64> {
        let entries = self.entries();
        let joins = |a: (u64, LogEntry<'_>), b: (u64, LogEntry<'_>)| match (a.1, b.1) {
            (LogEntry::Slot(slot), LogEntry::Slot(next)) => slot + 1 == next && a.0 + 1 == b.0,
            _ => false,
        };
        entries
            .chunk_by(|&a, &b| joins(a, b))
            .filter_map(|range| range.last())
            .map(|&(last, _)| last)
            .collect()
    }

    fn forget(&mut self, limit: usize) {
        let ends = self.range_ends();
        if let Some(n_over) = ends.len().checked_sub(limit + 1) {
            self.forgotten = ends[n_over];
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_equals_its_model_and_forgets_no_more_than_needed(
        steps in vec(step(), 1..60), limit in 1..14usize,
    ) {
        let (mut log, mut model) = (ChangeLog::with_limit(limit), Model::default());
        for step in &steps {
            model.apply(&mut log, step);
            model.forget(limit);
            check(&log);
            prop_assert_eq!((log.latest(), log.dropped_to()), (model.latest, model.forgotten));
            prop_assert_eq!(n_ranges(&log), model.range_ends().len());
            for seq in 0..=model.latest + 1 {
                let actual: Option<Vec<_>> = log.since(seq).map(Iterator::collect);
                let expected = model.entries().into_iter().filter(|&(number, _)| number > seq).collect();
                prop_assert_eq!(actual, (seq >= model.forgotten).then_some(expected));
            }
        }
    }
}

fn log_in(capacity: &Capacity) -> ChangeLog {
    let mut log = ChangeLog::new();
    log.count_against(Some(capacity));
    log
}

/// Records tombstones with names of a thousand bytes.
fn bury_many(log: &mut ChangeLog, ids: std::ops::Range<u64>) {
    ids.for_each(|id| log.log_tombstone(id as u32, tombstone(id, &"n".repeat(1000))));
}

#[test]
fn all_logs_keep_a_common_limit_and_each_a_minimum() {
    let limit = 1 << 20;
    let capacity = Capacity::new(Bounds { max_change_log: limit, ..Bounds::NONE });
    let (mut one, mut two) = (log_in(&capacity), log_in(&capacity));
    bury_many(&mut one, 0..700);
    let before = capacity.change_log_bytes();
    assert!((700_000..limit).contains(&before) && one.dropped_to() == 0, "{before}");
    bury_many(&mut two, 0..700);
    assert!(capacity.change_log_bytes() <= limit, "the one that records forgets");
    assert!(one.dropped_to() == 0 && two.dropped_to() > 0 && two.since(0).is_none());
    assert_eq!(two.since(two.dropped_to()).unwrap().count() as u64, 700 - two.dropped_to());
    capacity.set_bounds(Bounds { max_change_log: 0, ..Bounds::NONE });
    for log in [&mut one, &mut two] {
        bury_many(log, 700..701);
        assert!((FLOOR / 2..=FLOOR).contains(&log.n_bytes()), "{}", log.n_bytes());
        assert!(log.since(700).is_some(), "the latest change is known");
        check(log);
    }
    assert_eq!(capacity.change_log_bytes(), one.n_bytes() + two.n_bytes());
}

#[test]
fn clones_and_dropped_logs_do_not_count() {
    let capacity = Capacity::new(Bounds::NONE);
    let mut log = log_in(&capacity);
    bury_many(&mut log, 0..10);
    let mut clone = log.clone();
    bury_many(&mut clone, 10..20);
    assert_eq!(capacity.change_log_bytes(), log.n_bytes());
    drop(clone);
    log.remove_tombstone(ItemId::from_bits(3));
    assert_eq!(capacity.change_log_bytes(), log.n_bytes());
    let other = Capacity::new(Bounds::NONE);
    log.count_against(Some(&other));
    assert_eq!((capacity.change_log_bytes(), other.change_log_bytes()), (0, log.n_bytes()));
    drop(log);
    assert_eq!(other.change_log_bytes(), 0);
}

#[test]
fn removing_a_tombstone_that_a_clone_shares_counts_as_traffic() {
    let mut log = ChangeLog::new();
    bury_many(&mut log, 0..2);
    let parted = |change: &mut dyn FnMut()| {
        let before = Traffic::now();
        change();
        (Traffic::now() - before).parted
    };
    let clone = log.clone();
    log.record(7);
    assert!(parted(&mut || log.remove_tombstone(ItemId::from_bits(0))) >= 1000);
    drop(clone);
    assert_eq!(parted(&mut || log.remove_tombstone(ItemId::from_bits(1))), 0);
}
