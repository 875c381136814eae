//! The only place that knows what is told about a job as it happens, and that nothing is told twice.

use crate::percent::Percent;
use crate::progress::Timeline;
use crate::time::SimTime;

/// Says what happened to a job, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event {
    /// When it happened: the time it was due, however late it was noticed.
    pub at: SimTime,
    /// What happened.
    pub kind: EventKind,
}

/// Says what can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The job was accepted and has not started.
    Accepted,
    /// The job has started.
    Started,
    /// The job has passed this whole percentage, 1 to 99.
    Percent(u8),
    /// The job has ended well.
    Completed,
    /// The job has ended with an error.
    Failed,
}

/// Remembers the last whole percentage told of a job, so that each from 1 to 99 is told once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PercentMarks {
    last: u8,
}

impl PercentMarks {
    /// The last mark: 100 % is told as [`EventKind::Completed`].
    const LAST: u8 = 99;

    /// Makes the marks of a job of which nothing was told.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: 0 }
    }

    /// Gives the last whole percentage told, 0 to 99.
    #[must_use]
    pub const fn last(&self) -> u8 {
        self.last
    }

    /// Tells when the clock next passes a whole percentage, if it does.
    #[must_use]
    pub fn next_due(&self, timeline: &Timeline) -> Option<SimTime> {
        timeline.percent_due(self.last.saturating_add(1))
    }

    /// Passes all whole percentages that `timeline` has reached by `now` and gives the new ones, each
    /// with its own due time; those that the clock does not reach, of an instant job, with `now`.
    ///
    /// They count as told with the call, even where the iterator is dropped.
    pub fn pass_due<'a>(
        &mut self,
        timeline: &'a Timeline,
        now: SimTime,
    ) -> impl Iterator<Item = Event> + use<'a> {
        self.pass(timeline.percent_at(now)).map(move |percent| Event {
            at: timeline.percent_due(percent).unwrap_or(now),
            kind: EventKind::Percent(percent),
        })
    }

    /// Passes all whole percentages up to `percent` and gives the new ones, at the time `now`: for what a
    /// call, a look or a step has moved. With [`Percent::DONE`] it gives all that are left.
    ///
    /// They count as told with the call, even where the iterator is dropped.
    pub fn pass_now(&mut self, percent: Percent, now: SimTime) -> impl Iterator<Item = Event> + use<> {
        self.pass(percent).map(move |percent| Event { at: now, kind: EventKind::Percent(percent) })
    }

    fn pass(&mut self, percent: Percent) -> std::ops::RangeInclusive<u8> {
        let first = self.last.saturating_add(1);
        self.last = self.last.max(percent.whole().min(Self::LAST));
        first..=self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Pace;
    use crate::progress::Work;
    use proptest::prelude::*;
    use std::time::Duration;

    fn at_millis(millis: u64) -> SimTime {
        SimTime::new(Duration::from_millis(millis))
    }

    fn timeline(pace: Pace, n_items: usize) -> Timeline {
        Timeline::new(SimTime::ZERO, Work::new(pace, vec![0; n_items].into_iter()))
    }

    fn percents(events: impl Iterator<Item = Event>) -> Vec<(u8, SimTime)> {
        events
            .map(|event| match event.kind {
                EventKind::Percent(percent) => (percent, event.at),
                other => panic!("{other:?} is no percentage"),
            })
            .collect()
    }

    #[test]
    fn each_percent_is_told_once_with_its_own_due_time() {
        let timeline = timeline(Pace::after(Duration::from_secs(10)), 1);
        let mut marks = PercentMarks::new();
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(99))), []);
        assert_eq!(marks.next_due(&timeline), Some(at_millis(100)));
        let three = [(1, at_millis(100)), (2, at_millis(200)), (3, at_millis(300))];
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(399))), three);
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(399))), []);
        assert_eq!(
            percents(marks.pass_due(&timeline, at_millis(100))),
            [],
            "time that goes back tells nothing"
        );
        assert_eq!(percents(marks.pass_due(&timeline, SimTime::MAX)).len(), 96);
        assert_eq!((marks.last(), marks.next_due(&timeline)), (99, None));
    }

    #[test]
    fn looks_and_steps_tell_their_percents_at_their_own_time() {
        let timeline = timeline(Pace::polls(3), 5);
        let mut marks = PercentMarks::new();
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(1))), []);
        assert_eq!(marks.next_due(&timeline), None);
        let first = percents(marks.pass_now(timeline.percent_after_looks(1), at_millis(7)));
        assert_eq!(
            (first.len(), first.first(), first.last()),
            (33, Some(&(1, at_millis(7))), Some(&(33, at_millis(7))))
        );
        assert_eq!(percents(marks.pass_now(Percent::DONE, at_millis(8))).len(), 66);
        assert_eq!(percents(marks.pass_now(Percent::DONE, at_millis(9))), []);
    }

    #[test]
    fn an_instant_job_passes_all_percents_at_once() {
        let told = percents(PercentMarks::new().pass_due(&timeline(Pace::Instant, 3), at_millis(5)));
        assert_eq!(told, (1..=99).map(|percent| (percent, at_millis(5))).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_to_do_passes_no_percent_before_it_completes() {
        let timeline = timeline(Pace::items_per_second(1), 0);
        assert_eq!(percents(PercentMarks::new().pass_due(&timeline, SimTime::MAX)), []);
        assert_eq!(PercentMarks::new().next_due(&timeline), None);
    }

    proptest! {
        #[test]
        fn the_same_events_come_however_often_is_asked(
            rate in 1..50u64,
            n_items in 1..40usize,
            mut looks in prop::collection::vec(0..60_000u64, 0..20),
        ) {
            looks.sort_unstable();
            let timeline = timeline(Pace::items_per_second(rate), n_items);
            let mut marks = PercentMarks::new();
            let mut told = Vec::new();
            for look in looks {
                told.extend(percents(marks.pass_due(&timeline, at_millis(look))));
            }
            told.extend(percents(marks.pass_due(&timeline, SimTime::MAX)));
            let at_once = percents(PercentMarks::new().pass_due(&timeline, SimTime::MAX));
            prop_assert_eq!(&told, &at_once);
            prop_assert_eq!(told.len(), 99);
            prop_assert!(told.is_sorted_by_key(|(percent, at)| (*at, *percent)));
        }
    }
}
