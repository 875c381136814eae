//! Defines the events of a job, and reports each mark of its progress once.

#[cfg(feature = "serde")]
mod serde_form;

use crate::percent::Percent;
use crate::progress::Timeline;
use crate::time::SimTime;

/// Something that happened to a job, with its progress at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "self::serde_form::EventForm", try_from = "self::serde_form::EventForm")
)]
pub struct Event {
    /// When it happened: its due time, however late it was noticed.
    pub at: SimTime,
    /// What happened.
    pub kind: EventKind,
    /// The progress of the job. 100 % exactly when completed.
    pub percent: Percent,
    /// How many items were done.
    pub items_done: usize,
    /// How many items the job has; 0 until its copy is planned, shortly after it has started.
    pub items_total: usize,
}

/// What can happen to a job. Nothing else can, so a `match` needs no wildcard.
///
/// Closed: a new variant is a breaking change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum EventKind {
    /// The job was accepted and has not started.
    Accepted,
    /// The job has started.
    Started,
    /// The job has made progress: see [`Event::percent`] and [`Event::items_done`].
    Progress,
    /// The job has ended successfully.
    Completed,
    /// The job has ended with an error.
    Failed,
}

/// How often the progress of a job is an event. There are no other ways, so a `match` needs no wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Every {
    /// At each whole percent, 1 to 99.
    #[default]
    Percent,
    /// At each tenth of a percent, 0.1 to 99.9.
    Tenth,
    /// At each item that is done.
    Item,
}

impl Every {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Percent, Self::Tenth, Self::Item];
}

/// Remembers the last reported progress of a job, so that each mark (percent, tenth or item) is reported once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    every: Every,
    last: usize,
}

impl Marks {
    /// How many events a single pass creates at most: if it passes more marks, it creates events of the last of them.
    /// No reader can have read in between.
    pub const MOST: usize = 1024;

    /// Creates the marks of a job without reported progress.
    #[must_use]
    pub const fn new(every: Every) -> Self {
        Self { every, last: 0 }
    }

    /// Returns the kind of the marks.
    #[must_use]
    pub const fn every(&self) -> Every {
        self.every
    }

    /// Returns the last mark that was passed: a whole percent, a tenth of a percent, or a number of items.
    #[must_use]
    pub const fn last(&self) -> usize {
        self.last
    }

    /// Returns when the clock passes the next mark, if it does.
    #[must_use]
    pub fn next_due(&self, timeline: &Timeline) -> Option<SimTime> {
        let next = self.last.saturating_add(1);
        let is_mark = self.every != Every::Item || next <= timeline.work().n_items();
        if is_mark { self.due(timeline, next) } else { None }
    }

    /// Passes all marks that `timeline` has reached by `now` and returns an event for each of them, or for the last
    /// [`Marks::MOST`] if there are more. The time of an event is the due time of its mark. The marks of an instant job
    /// have no due time: their events are at `now`.
    ///
    /// They count as reported with the call, even if the iterator is dropped.
    pub fn pass_due<'a>(
        &mut self,
        timeline: &'a Timeline,
        now: SimTime,
    ) -> impl Iterator<Item = Event> + use<'a> {
        let (before, marks) = (self.clone(), self.pass(timeline.percent_at(now), timeline.items_done(now)));
        marks.map(move |mark| {
            let at = before.due(timeline, mark).unwrap_or(now);
            before.event(timeline, mark, at, timeline.percent_at(at), timeline.items_done(at))
        })
    }

    /// Passes all marks up to `percent` and `items_done` and returns an event for each of them, at the time `now`: for
    /// progress by a call, a poll or a step. With [`Percent::DONE`] and all items it passes all remaining marks.
    ///
    /// They count as reported with the call, even if the iterator is dropped.
    pub fn pass_now<'a>(
        &mut self,
        timeline: &'a Timeline,
        percent: Percent,
        items_done: usize,
        now: SimTime,
    ) -> impl Iterator<Item = Event> + use<'a> {
        let (before, marks) = (self.clone(), self.pass(percent, items_done));
        marks.map(move |mark| before.event(timeline, mark, now, percent, items_done))
    }

    fn pass(&mut self, percent: Percent, items_done: usize) -> std::ops::RangeInclusive<usize> {
        let percent = percent.min(Percent::ALMOST);
        let reached = match self.every {
            Every::Percent => usize::from(percent.whole()),
            Every::Tenth => usize::from(percent.tenths()),
            Every::Item => items_done,
        };
        let first = self.last.saturating_add(1);
        self.last = self.last.max(reached);
        first.max(self.last.saturating_sub(Self::MOST - 1))..=self.last
    }

    fn due(&self, timeline: &Timeline, mark: usize) -> Option<SimTime> {
        match self.every {
            Every::Item => timeline.item_due(mark),
            Every::Percent | Every::Tenth => timeline.tenth_due(self.tenths(mark)),
        }
    }

    /// Returns the event of a mark that was passed at `at`, when the job was at `percent` and `items_done`. The value
    /// that the mark counts is that of the mark, even if several are passed at once.
    fn event(
        &self,
        timeline: &Timeline,
        mark: usize,
        at: SimTime,
        percent: Percent,
        items_done: usize,
    ) -> Event {
        let (percent, items_done) = match self.every {
            Every::Item => (percent.min(Percent::ALMOST), mark),
            Every::Percent | Every::Tenth => (Percent::from_tenths(self.tenths(mark)), items_done),
        };
        Event { at, kind: EventKind::Progress, percent, items_done, items_total: timeline.work().n_items() }
    }

    fn tenths(&self, mark: usize) -> u16 {
        let tenths = if self.every == Every::Percent { mark.saturating_mul(10) } else { mark };
        u16::try_from(tenths).unwrap_or(u16::MAX)
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
        events.map(|event| (event.percent.whole(), event.at)).collect()
    }

    fn items(events: impl Iterator<Item = Event>) -> Vec<(usize, u16, SimTime)> {
        events.map(|event| (event.items_done, event.percent.tenths(), event.at)).collect()
    }

    #[test]
    fn each_percent_is_reported_once_at_its_due_time() {
        let timeline = timeline(Pace::after(Duration::from_secs(10)), 1);
        let mut marks = Marks::new(Every::Percent);
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(99))), []);
        assert_eq!(marks.next_due(&timeline), Some(at_millis(100)));
        let three = [(1, at_millis(100)), (2, at_millis(200)), (3, at_millis(300))];
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(399))), three);
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(399))), []);
        assert_eq!(
            percents(marks.pass_due(&timeline, at_millis(100))),
            [],
            "an earlier time reports nothing"
        );
        assert_eq!(percents(marks.pass_due(&timeline, SimTime::MAX)).len(), 96);
        assert_eq!((marks.last(), marks.next_due(&timeline)), (99, None));
    }

    #[test]
    fn each_tenth_is_reported_once_at_its_due_time() {
        let timeline = timeline(Pace::after(Duration::from_secs(10)), 2);
        let mut marks = Marks::new(Every::Tenth);
        let reported: Vec<_> = marks.pass_due(&timeline, SimTime::MAX).collect();
        assert_eq!(reported.len(), 999);
        for (event, tenths) in reported.iter().zip(1u16..) {
            assert_eq!((event.percent.tenths(), event.at), (tenths, at_millis(u64::from(tenths) * 10)));
            assert_eq!((event.items_done, event.items_total), (usize::from(tenths >= 500), 2));
        }
        assert_eq!((marks.last(), marks.next_due(&timeline)), (999, None));
    }

    #[test]
    fn each_item_is_reported_once_at_its_due_time() {
        let timeline = timeline(Pace::items_per_second(2), 3);
        let mut marks = Marks::new(Every::Item);
        assert_eq!(items(marks.pass_due(&timeline, at_millis(499))), []);
        assert_eq!(marks.next_due(&timeline), Some(at_millis(500)));
        let two = [(1, 333, at_millis(500)), (2, 666, at_millis(1000))];
        assert_eq!(items(marks.pass_due(&timeline, at_millis(1100))), two);
        assert_eq!(items(marks.pass_due(&timeline, SimTime::MAX)), [(3, 999, at_millis(1500))]);
        assert_eq!(marks.next_due(&timeline), None);
    }

    #[test]
    fn polls_and_steps_report_progress_at_the_time_of_the_call() {
        let timeline = timeline(Pace::polls(3), 5);
        let (now, third) = (at_millis(7), timeline.percent_after_polls(1));
        let mut marks = Marks::new(Every::Percent);
        assert_eq!(percents(marks.pass_due(&timeline, at_millis(1))), []);
        assert_eq!(marks.next_due(&timeline), None);
        let first = percents(marks.pass_now(&timeline, third, 1, now));
        assert_eq!((first.len(), first.first(), first.last()), (33, Some(&(1, now)), Some(&(33, now))));
        assert_eq!(percents(marks.pass_now(&timeline, Percent::DONE, 5, now)).len(), 66);
        assert_eq!(percents(marks.pass_now(&timeline, Percent::DONE, 5, now)), []);

        let mut marks = Marks::new(Every::Item);
        assert_eq!(items(marks.pass_now(&timeline, third, 2, now)), [(1, 333, now), (2, 333, now)]);
        assert_eq!(items(marks.pass_now(&timeline, Percent::DONE, 3, now)), [(3, 999, now)]);
    }

    #[test]
    fn an_instant_job_passes_all_percents_at_once() {
        let instant = timeline(Pace::Instant, 3);
        let reported = percents(Marks::new(Every::Percent).pass_due(&instant, at_millis(5)));
        assert_eq!(reported, (1..=99).map(|percent| (percent, at_millis(5))).collect::<Vec<_>>());
    }

    #[test]
    fn a_job_without_items_passes_no_mark_before_it_completes() {
        let timeline = timeline(Pace::items_per_second(1), 0);
        for every in Every::ALL {
            assert_eq!(Marks::new(every).pass_due(&timeline, SimTime::MAX).count(), 0);
            assert_eq!(Marks::new(every).next_due(&timeline), None);
        }
    }

    #[test]
    fn a_pass_over_many_items_reports_only_the_last_of_them() {
        let timeline = timeline(Pace::items_per_second(1000), 1_000_000);
        let mut marks = Marks::new(Every::Item);
        let reported = items(marks.pass_due(&timeline, SimTime::MAX));
        assert_eq!(reported.len(), Marks::MOST);
        assert_eq!((reported[0].0, reported[Marks::MOST - 1].0), (1_000_001 - Marks::MOST, 1_000_000));
        assert_eq!(marks.last(), 1_000_000);
    }

    proptest! {
        #[test]
        fn events_do_not_depend_on_how_often_marks_are_passed(
            rate in 1..50u64,
            n_items in 1..40usize,
            every in prop::sample::select(Every::ALL.to_vec()),
            mut polls in prop::collection::vec(0..60_000u64, 0..20),
        ) {
            polls.sort_unstable();
            let timeline = timeline(Pace::items_per_second(rate), n_items);
            let mut marks = Marks::new(every);
            let mut reported = Vec::new();
            for poll in polls {
                reported.extend(marks.pass_due(&timeline, at_millis(poll)));
            }
            reported.extend(marks.pass_due(&timeline, SimTime::MAX));
            let at_once: Vec<Event> = Marks::new(every).pass_due(&timeline, SimTime::MAX).collect();
            prop_assert_eq!(&reported, &at_once);
            let n_marks = match every { Every::Percent => 99, Every::Tenth => 999, Every::Item => n_items };
            prop_assert_eq!(reported.len(), n_marks);
            prop_assert!(reported.is_sorted_by_key(|event| (event.at, event.percent, event.items_done)));
        }
    }
}
