//! Calculates how much of a job is done at a time, and when a given amount will be done.

use std::fmt;

use crate::pace::Pace;
use crate::percent::Percent;
use crate::ratio::{mul_div_ceil, mul_div_floor};
use crate::time::{NANOS_PER_SECOND, SimTime};

/// Tenths of a percent in the whole.
const TENTHS: u128 = 1000;

/// The work of a job: its pace, the number of items and, if the pace needs them, their sizes.
#[derive(Clone, PartialEq, Eq)]
pub struct Work {
    pace: Pace,
    n_items: usize,
    /// The bytes to do until each item is done, kept for [`Pace::BytesPerSecond`] only. An item counts one byte more
    /// than its size, so that folders and empty files take time too. Sums of `u64` sizes cannot overflow `u128`: no
    /// memory holds 2^64 of them.
    bytes_until: Box<[u128]>,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Work {{ pace: {}, {} items }}", self.pace, self.n_items)
    }
}

impl Work {
    /// Creates the work of items with these sizes in bytes, done in this order at `pace`.
    ///
    /// The sizes are read only at a pace in bytes, which keeps 16 bytes for each item. With a pace for which
    /// [`Pace::check`] fails, the work is due at the end of time, or never moved by a poll.
    #[must_use]
    pub fn new(pace: Pace, sizes: impl ExactSizeIterator<Item = u64>) -> Self {
        if !matches!(pace, Pace::BytesPerSecond(_)) {
            return Self { pace, n_items: sizes.len(), bytes_until: Box::default() };
        }
        let mut sum = 0u128;
        let add = |size| {
            sum = sum.saturating_add(u128::from(size)).saturating_add(1);
            sum
        };
        let bytes_until: Box<[u128]> = sizes.map(add).collect();
        Self { pace, n_items: bytes_until.len(), bytes_until }
    }

    /// Returns the pace.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// Returns how many bytes of memory grow with the number of items: 0 except at a pace in bytes.
    #[must_use]
    pub fn n_kept_bytes(&self) -> usize {
        size_of_val(&*self.bytes_until)
    }

    /// Returns the number of items.
    #[must_use]
    pub const fn n_items(&self) -> usize {
        self.n_items
    }

    /// Returns the nanoseconds from the start of the work until `n_done` items are done, rounded up. The caller ensures
    /// that `n_done` is 1 to `n_items`. The result is 0 for a pace without times.
    fn nanos_until_item(&self, n_done: usize) -> u128 {
        match self.pace {
            Pace::ItemsPerSecond(rate) => mul_div_ceil(wide(n_done), NANOS_PER_SECOND, u128::from(rate)),
            Pace::BytesPerSecond(rate) => {
                let n_bytes = n_done.checked_sub(1).and_then(|idx| self.bytes_until.get(idx)).copied();
                mul_div_ceil(n_bytes.unwrap_or(0), NANOS_PER_SECOND, u128::from(rate))
            }
            Pace::After(span) => mul_div_ceil(wide(n_done), span.as_nanos(), wide(self.n_items)),
            Pace::Instant | Pace::Polls(_) | Pace::Held => 0,
        }
    }

    /// Returns the nanoseconds from the start of the work until `tenths` of a percent are done, rounded up. The item in
    /// progress counts by its fraction.
    fn nanos_until_tenth(&self, tenths: u16) -> u128 {
        let (rate, total) = match self.pace {
            Pace::ItemsPerSecond(rate) => (rate, wide(self.n_items)),
            Pace::BytesPerSecond(rate) => (rate, self.bytes_until.last().copied().unwrap_or(0)),
            Pace::After(span) => return mul_div_ceil(span.as_nanos(), u128::from(tenths), TENTHS),
            Pace::Instant | Pace::Polls(_) | Pace::Held => return 0,
        };
        mul_div_ceil(total, u128::from(tenths) * (NANOS_PER_SECOND / TENTHS), u128::from(rate))
    }

    /// Returns how many items are done `elapsed` nanoseconds after the start, before the end of the work.
    fn items_after_nanos(&self, elapsed: u128) -> usize {
        let units = |rate| mul_div_floor(elapsed, u128::from(rate), NANOS_PER_SECOND);
        match self.pace {
            Pace::ItemsPerSecond(rate) => self.at_most_all(units(rate)),
            Pace::BytesPerSecond(rate) => {
                let n_bytes = units(rate);
                self.bytes_until.partition_point(|until| *until <= n_bytes)
            }
            Pace::After(span) => {
                self.at_most_all(mul_div_floor(wide(self.n_items), elapsed, span.as_nanos()))
            }
            Pace::Instant => self.n_items,
            Pace::Polls(_) | Pace::Held => 0,
        }
    }

    fn at_most_all(&self, n_items: u128) -> usize {
        usize::try_from(n_items).map_or(self.n_items, |n_items| n_items.min(self.n_items))
    }
}

/// Calculates how far a job is at a time, and when it reaches a given progress.
///
/// Work counts from the time the job was accepted, although the job starts one instant later: a job of two seconds is
/// done two seconds after it was accepted. Both directions are calculated from the same exact fractions and agree to
/// the nanosecond, in any order of calls.
///
/// The clock moves jobs at the paces in items, bytes and time. At other paces the due times are `None`: an instant job
/// is done within the call, and the caller passes the numbers of polls or steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    accepted_at: SimTime,
    work: Work,
}

impl Timeline {
    /// Creates the timeline of `work` accepted at `accepted_at`.
    #[must_use]
    pub const fn new(accepted_at: SimTime, work: Work) -> Self {
        Self { accepted_at, work }
    }

    /// Returns the time from which work counts.
    #[must_use]
    pub const fn accepted_at(&self) -> SimTime {
        self.accepted_at
    }

    /// Returns the work.
    #[must_use]
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// Returns when the clock starts the job: at the first instant after it was accepted.
    #[must_use]
    pub const fn start_due(&self) -> Option<SimTime> {
        self.work.pace.start_due(self.accepted_at)
    }

    /// Returns when all work is done, at most [`SimTime::MAX`]. A job without items ends when it starts.
    #[must_use]
    pub fn end_due(&self) -> Option<SimTime> {
        let start = self.start_due()?;
        if self.work.n_items == 0 {
            return Some(start);
        }
        let end = self.accepted_at.saturating_add_nanos(self.work.nanos_until_item(self.work.n_items));
        Some(end.max(start))
    }

    /// Returns the earliest time at which `n_done` items are done; more than the number of items count as all.
    #[must_use]
    pub fn item_due(&self, n_done: usize) -> Option<SimTime> {
        let end = self.end_due()?;
        if n_done == 0 {
            return Some(self.accepted_at);
        }
        if n_done >= self.work.n_items {
            return Some(end);
        }
        Some(self.due_within(self.work.nanos_until_item(n_done), end))
    }

    /// Returns how many items are done at `time`.
    ///
    /// At the paces that polls or steps move it is 0, see [`Timeline::items_after_polls`] and
    /// [`Timeline::items_after_steps`].
    #[must_use]
    pub fn items_done(&self, time: SimTime) -> usize {
        if self.end_due().is_some_and(|end| time >= end) {
            return self.work.n_items;
        }
        if time < self.start_due().unwrap_or(self.accepted_at) {
            return 0;
        }
        self.work.items_after_nanos(time.saturating_since(self.accepted_at).as_nanos())
    }

    /// Returns the earliest time at which the whole percentage `percent`, 0 to 99, is reached.
    ///
    /// It is `None` if the clock never reaches it: 100 % is reached by completing, and a job without items reaches no
    /// other one before.
    #[must_use]
    pub fn percent_due(&self, percent: u8) -> Option<SimTime> {
        self.tenth_due(u16::from(percent) * 10)
    }

    /// Returns the earliest time at which `tenths` of a percent, 0 to 999, are reached.
    ///
    /// It is `None` if the clock never reaches it: see [`Timeline::percent_due`].
    #[must_use]
    pub fn tenth_due(&self, tenths: u16) -> Option<SimTime> {
        let end = self.end_due()?;
        match tenths {
            0 => Some(self.accepted_at),
            1..=999 if self.work.n_items > 0 => Some(self.due_of_tenth(tenths, end)),
            _ => None,
        }
    }

    /// Returns the progress at `time` in the unit of the pace. The item in progress counts by its fraction.
    ///
    /// All work done is 99.9 %, because only a completed job shows 100 %. A job without items stays at 0 %. At the
    /// paces that polls or steps move it is 0 %, see [`Timeline::percent_after_polls`] and
    /// [`Timeline::percent_after_steps`].
    #[must_use]
    pub fn percent_at(&self, time: SimTime) -> Percent {
        if self.work.n_items == 0 {
            return Percent::ZERO;
        }
        let Some(end) = self.end_due() else {
            let is_over = self.items_done(time) == self.work.n_items;
            return if is_over { Percent::ALMOST } else { Percent::ZERO };
        };
        if time >= end {
            return Percent::ALMOST;
        }
        // The tenths are searched by their due times, so that the two directions agree.
        let (mut reached, mut beyond) = (0, Percent::DONE.tenths());
        while beyond - reached > 1 {
            let middle = reached.midpoint(beyond);
            if self.due_of_tenth(middle, end) <= time { reached = middle } else { beyond = middle }
        }
        Percent::from_tenths(reached)
    }

    /// Returns how many items are done after `n_polls` polls: all at the last poll of [`Pace::Polls`], an equal share
    /// at each poll before, rounded down. At any other pace a poll does nothing.
    #[must_use]
    pub fn items_after_polls(&self, n_polls: u32) -> usize {
        let Pace::Polls(n_all @ 1..) = self.work.pace else { return 0 };
        self.work.at_most_all(mul_div_floor(wide(self.work.n_items), u128::from(n_polls), u128::from(n_all)))
    }

    /// Returns the progress after `n_polls` polls, in polls. At any pace but [`Pace::Polls`] it is 0 %.
    #[must_use]
    pub fn percent_after_polls(&self, n_polls: u32) -> Percent {
        match self.work.pace {
            Pace::Polls(n_all) => Percent::on_the_way(u64::from(n_polls), u64::from(n_all)),
            _ => Percent::ZERO,
        }
    }

    /// Returns how many items are done after `n_steps` steps of one item each. At any pace but [`Pace::Held`] a step
    /// does nothing.
    #[must_use]
    pub fn items_after_steps(&self, n_steps: usize) -> usize {
        if self.work.pace == Pace::Held { n_steps.min(self.work.n_items) } else { 0 }
    }

    /// Returns the progress after `n_steps` steps, in items. At any pace but [`Pace::Held`] it is 0 %.
    #[must_use]
    pub fn percent_after_steps(&self, n_steps: usize) -> Percent {
        Percent::on_the_way(self.items_after_steps(n_steps) as u64, self.work.n_items as u64)
    }

    fn due_of_tenth(&self, tenths: u16, end: SimTime) -> SimTime {
        if tenths == 0 { self.accepted_at } else { self.due_within(self.work.nanos_until_tenth(tenths), end) }
    }

    /// Clamps a due time between start and end: no work is done before the job has started.
    fn due_within(&self, n_nanos: u128, end: SimTime) -> SimTime {
        self.accepted_at.saturating_add_nanos(n_nanos).max(self.accepted_at.next_instant()).min(end)
    }
}

const fn wide(count: usize) -> u128 {
    count as u128
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn at_millis(millis: u64) -> SimTime {
        SimTime::new(Duration::from_millis(millis))
    }

    #[test]
    fn zero_percent_is_reached_when_the_job_is_accepted() {
        assert_eq!(timeline("2items/s", &[1, 1]).percent_due(0), Some(at_millis(1000)));
        assert_eq!(timeline("2items/s", &[1, 1]).percent_due(100), None);
    }

    /// Returns a timeline accepted after a second, so that no result is right by starting at zero.
    fn timeline(pace: &str, sizes: &[u64]) -> Timeline {
        Timeline::new(at_millis(1000), Work::new(pace.parse().unwrap(), sizes.iter().copied()))
    }

    fn before(time: SimTime) -> SimTime {
        SimTime::ZERO.saturating_add_nanos(time.as_nanos().saturating_sub(1))
    }

    /// Asserts items done and progress at these milliseconds after the job was accepted.
    fn check(timeline: &Timeline, table: &[(u64, usize, &str)]) {
        for (millis, n_items, percent) in table {
            let time = at_millis(1000 + millis);
            let found = (timeline.items_done(time), timeline.percent_at(time).to_string());
            assert_eq!(found, (*n_items, (*percent).to_owned()), "{millis} ms after {timeline:?}");
        }
    }

    #[test]
    fn items_are_done_at_an_even_rate_whatever_their_sizes() {
        let timeline = timeline("2items/s", &[1, 1_000_000, 0]);
        let table = [
            (0, 0, "0.0"),
            (250, 0, "16.6"),
            (499, 0, "33.2"),
            (500, 1, "33.3"),
            (1400, 2, "93.3"),
            (1500, 3, "99.9"),
        ];
        check(&timeline, &table);
        assert_eq!(timeline.end_due(), Some(at_millis(2500)));
        assert_eq!(timeline.item_due(1), Some(at_millis(1500)));
    }

    #[test]
    fn bytes_are_done_at_an_even_rate_with_one_more_for_each_item() {
        let timeline = timeline("10B/s", &[0, 9, 0, 87]);
        check(&timeline, &[(99, 0, "0.9"), (100, 1, "1.0"), (1099, 1, "10.9"), (1100, 2, "11.0")]);
        check(&timeline, &[(1200, 3, "12.0"), (9999, 3, "99.9"), (10_000, 4, "99.9")]);
        assert_eq!(timeline.end_due(), Some(at_millis(11_000)));
    }

    #[test]
    fn a_given_time_is_split_evenly_among_the_items() {
        let timeline = timeline("3s", &[5, 5, 5, 5]);
        check(
            &timeline,
            &[(0, 0, "0.0"), (749, 0, "24.9"), (750, 1, "25.0"), (2999, 3, "99.9"), (3000, 4, "99.9")],
        );
        assert_eq!(timeline.end_due(), Some(at_millis(4000)));
    }

    #[test]
    fn ends_round_up_to_a_nanosecond() {
        let timeline = timeline("3items/s", &[0]);
        assert_eq!(timeline.end_due().unwrap().as_nanos(), 1_333_333_334);
        assert_eq!(timeline.items_done(before(timeline.end_due().unwrap())), 0);
    }

    #[test]
    fn no_job_ends_before_it_starts() {
        let first = at_millis(1000).next_instant();
        for pace in ["0ns", "1ns", "18446744073709551615items/s", "18446744073709551615B/s"] {
            let timeline = timeline(pace, &[1, 2]);
            assert_eq!(timeline.start_due(), Some(first), "{pace}");
            assert_eq!(timeline.end_due(), Some(first), "{pace}");
            assert_eq!((timeline.items_done(at_millis(1000)), timeline.items_done(first)), (0, 2), "{pace}");
            assert_eq!(timeline.percent_at(at_millis(1000)), Percent::ZERO, "{pace}");
            assert_eq!(timeline.percent_due(1), Some(first), "{pace}");
        }
    }

    #[test]
    fn a_job_without_items_ends_when_it_starts_and_stays_at_zero() {
        for pace in ["1items/s", "1B/s", "2s"] {
            let timeline = timeline(pace, &[]);
            assert_eq!(timeline.end_due(), timeline.start_due(), "{pace}");
            assert_eq!(timeline.percent_at(SimTime::MAX), Percent::ZERO, "{pace}");
            assert_eq!(timeline.percent_due(1), None, "{pace}");
        }
        assert_eq!(timeline("3polls", &[]).percent_after_polls(1).to_string(), "33.3", "polls count polls");
        assert_eq!(timeline("held", &[]).percent_after_steps(3), Percent::ZERO);
    }

    #[test]
    fn polls_move_a_job_in_equal_shares() {
        let timeline = timeline("3polls", &[0; 7]);
        let progress =
            |n_polls| (timeline.items_after_polls(n_polls), timeline.percent_after_polls(n_polls).tenths());
        assert_eq!(
            [0, 1, 2, 3, 4, u32::MAX].map(progress),
            [(0, 0), (2, 333), (4, 666), (7, 999), (7, 999), (7, 999)]
        );
        assert_eq!(timeline.items_after_steps(7), 0);
    }

    #[test]
    fn steps_move_a_held_job_item_by_item() {
        let timeline = timeline("held", &[0; 7]);
        let progress =
            |n_steps| (timeline.items_after_steps(n_steps), timeline.percent_after_steps(n_steps).tenths());
        assert_eq!([0, 1, 6, 7, usize::MAX].map(progress), [(0, 0), (1, 142), (6, 857), (7, 999), (7, 999)]);
        assert_eq!(timeline.items_after_polls(7), 0);
    }

    #[test]
    fn the_clock_does_not_move_jobs_that_polls_or_steps_move() {
        for pace in ["3polls", "held"] {
            let timeline = timeline(pace, &[1, 2, 3]);
            assert_eq!((timeline.start_due(), timeline.end_due(), timeline.item_due(1)), (None, None, None));
            assert_eq!((timeline.percent_due(0), timeline.percent_due(50)), (None, None));
            assert_eq!(
                (timeline.items_done(SimTime::MAX), timeline.percent_at(SimTime::MAX)),
                (0, Percent::ZERO)
            );
        }
    }

    #[test]
    fn an_instant_job_is_done_when_accepted() {
        let timeline = timeline("instant", &[1, 2]);
        assert_eq!((timeline.start_due(), timeline.end_due(), timeline.percent_due(1)), (None, None, None));
        assert_eq!((timeline.items_done(at_millis(999)), timeline.items_done(at_millis(1000))), (0, 2));
        assert_eq!(timeline.percent_at(at_millis(1000)), Percent::ALMOST);
    }

    #[test]
    fn a_job_longer_than_time_ends_with_it() {
        let huge = [u64::MAX; 9];
        for pace in ["1B/s", "18446744073709551615s"] {
            let timeline = timeline(pace, &huge);
            assert_eq!(timeline.end_due(), Some(SimTime::MAX), "{pace}");
            assert_eq!(
                (timeline.items_done(SimTime::MAX), timeline.percent_at(SimTime::MAX)),
                (9, Percent::ALMOST)
            );
            assert!(timeline.items_done(before(SimTime::MAX)) < 9, "{pace}");
        }
        assert_eq!(timeline("1B/s", &huge).items_done(before(SimTime::MAX)), 0);
    }

    #[test]
    fn a_pace_that_never_ends_is_due_at_the_end_of_time() {
        for pace in [Pace::items_per_second(0), Pace::bytes_per_second(0)] {
            let timeline = Timeline::new(SimTime::ZERO, Work::new(pace, [1, 2].into_iter()));
            assert_eq!((timeline.item_due(1), timeline.end_due()), (Some(SimTime::MAX), Some(SimTime::MAX)));
            assert_eq!(timeline.items_done(before(SimTime::MAX)), 0);
            assert_eq!(timeline.percent_at(before(SimTime::MAX)), Percent::ZERO);
        }
        let polled = Timeline::new(SimTime::ZERO, Work::new(Pace::polls(0), [1].into_iter()));
        assert_eq!((polled.items_after_polls(9), polled.percent_after_polls(9)), (0, Percent::ZERO));
    }

    #[test]
    fn all_items_are_done_at_the_end_of_time() {
        let timeline = Timeline::new(SimTime::MAX, Work::new(Pace::items_per_second(1), [1, 2].into_iter()));
        assert_eq!((timeline.start_due(), timeline.end_due()), (Some(SimTime::MAX), Some(SimTime::MAX)));
        assert_eq!(timeline.items_done(SimTime::MAX), 2);
    }

    #[test]
    fn sizes_are_kept_only_at_a_pace_in_bytes() {
        let kept = |pace: &str| timeline(pace, &[1, 2, 3]).work.bytes_until.len();
        assert_eq!(["instant", "1items/s", "1B/s", "1s", "1polls", "held"].map(kept), [0, 0, 3, 0, 0, 0]);
        assert_eq!(timeline("held", &[1, 2, 3]).work().n_items(), 3);
    }

    /// Generates small and huge numbers alike, because they take different paths through the arithmetic.
    fn any_rate() -> impl Strategy<Value = u64> {
        prop_oneof![1..100u64, 1..=u64::MAX, (0..64u32).prop_map(|bits| 1 << bits)]
    }

    fn any_span() -> impl Strategy<Value = Duration> {
        prop_oneof![(0..100u64).prop_map(Duration::from_nanos), any::<Duration>(), Just(Duration::MAX)]
    }

    fn any_timeline() -> impl Strategy<Value = Timeline> {
        let pace = prop_oneof![
            any_rate().prop_map(Pace::ItemsPerSecond),
            any_rate().prop_map(Pace::BytesPerSecond),
            any_span().prop_map(Pace::After),
        ];
        let size = prop_oneof![0..10u64, any_rate()];
        let accepted_at =
            prop_oneof![4 => Just(Duration::ZERO), 4 => Just(Duration::from_secs(5)), 1 => any_span()];
        (pace, prop::collection::vec(size, 0..20), accepted_at).prop_map(|(pace, sizes, accepted_at)| {
            Timeline::new(SimTime::new(accepted_at), Work::new(pace, sizes.into_iter()))
        })
    }

    proptest! {
        #[test]
        fn items_are_done_from_their_due_times_on(timeline in any_timeline(), later in any_span()) {
            for n_done in 1..=timeline.work.n_items {
                let due = timeline.item_due(n_done).unwrap();
                prop_assert!(timeline.items_done(due) >= n_done);
                prop_assert!(timeline.items_done(due.saturating_add(later)) >= n_done);
                if due > timeline.accepted_at {
                    prop_assert!(timeline.items_done(before(due)) < n_done);
                }
            }
        }

        #[test]
        fn percents_are_reached_from_their_due_times_on(timeline in any_timeline(), later in any_span()) {
            for percent in 1..=99u8 {
                let Some(due) = timeline.percent_due(percent) else {
                    prop_assert_eq!(timeline.work.n_items, 0);
                    continue;
                };
                prop_assert!(timeline.percent_at(due).whole() >= percent);
                prop_assert!(timeline.percent_at(due.saturating_add(later)).whole() >= percent);
                if due > timeline.accepted_at {
                    prop_assert!(timeline.percent_at(before(due)).whole() < percent);
                }
            }
            prop_assert_eq!(timeline.percent_due(100), None);
        }

        #[test]
        fn items_done_agrees_with_the_plain_formula_without_overflow(
            rate in 1..1_000_000u64,
            sizes in prop::collection::vec(0..1000u64, 1..20),
            elapsed in 1..20_000_000_000u64,
        ) {
            let now = SimTime::new(Duration::from_nanos(elapsed));
            let work = |pace| Work::new(pace, sizes.iter().copied());
            let done = |pace| Timeline::new(SimTime::ZERO, work(pace)).items_done(now);
            let units = u128::from(elapsed) * u128::from(rate) / NANOS_PER_SECOND;
            prop_assert_eq!(done(Pace::ItemsPerSecond(rate)) as u128, units.min(sizes.len() as u128));
            let sums = sizes.iter().scan(0, |sum, size| { *sum += u128::from(size + 1); Some(*sum) });
            prop_assert_eq!(done(Pace::BytesPerSecond(rate)), sums.take_while(|sum| *sum <= units).count());
            let shares = sizes.len() as u64 * elapsed / (rate * 1000);
            let after = done(Pace::After(Duration::from_micros(rate)));
            prop_assert_eq!(after as u64, shares.min(sizes.len() as u64));
        }

        #[test]
        fn work_starts_and_ends_in_order(timeline in any_timeline()) {
            let (start, end) = (timeline.start_due().unwrap(), timeline.end_due().unwrap());
            prop_assert!(timeline.accepted_at <= start && start <= end);
            prop_assert_eq!(timeline.items_done(end), timeline.work.n_items);
            let mut last = timeline.accepted_at;
            for n_done in 1..=timeline.work.n_items {
                let due = timeline.item_due(n_done).unwrap();
                prop_assert!(last <= due && start <= due && due <= end);
                last = due;
            }
        }
    }

    #[test]
    fn the_debug_text_of_many_items_is_short() {
        let work = Work::new(Pace::bytes_per_second(10), vec![7; 10_000].into_iter());
        assert_eq!(format!("{work:?}"), "Work { pace: 10B/s, 10000 items }");
        let timeline = Timeline::new(SimTime::ZERO, work);
        assert!(format!("{timeline:#?}").len() < 200, "{timeline:?}");
    }
}
