//! Tests of the events of jobs and simulators: content, order, slow readers and wakers.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use drivesim::event::{EventKind, Events, Every, JobEvent};
use drivesim::item::Timestamp;
use drivesim::job::Percent;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{CopyOptions, Job, JobStatus, Pace, Sim};
use expect_test::expect;
use futures_core::Stream;

const DOCS: &str = "Archive/\nDocs/\n  a.txt = \"hi\"\n  b.bin = 2 MiB\n";
const MILLI: Duration = Duration::from_millis(1);

fn sim(pace: Pace) -> Sim {
    Sim::builder().pace(pace).outline(DOCS).build().unwrap()
}

fn copy(sim: &Sim) -> Job {
    sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap()
}

/// Returns events as text, with the milliseconds since the start.
fn diary(start: Timestamp, events: impl IntoIterator<Item = JobEvent>) -> String {
    let line = |event: JobEvent| {
        let JobEvent { at, kind, percent, items_done, items_total, .. } = event;
        let millis = at.duration_since(start).as_millis();
        format!("{millis} ms {kind:?} {} {percent}% {items_done}/{items_total}\n", event.status())
    };
    events.into_iter().map(line).collect()
}

fn percents(events: &Events) -> Vec<u8> {
    events.try_iter().map(|event| event.percent.whole()).collect()
}

fn tenths(events: &[JobEvent]) -> Vec<u16> {
    let progress = events.iter().filter(|event| event.kind == EventKind::Progress);
    progress.map(|event| event.percent.tenths()).collect()
}

async fn next(events: &mut Events) -> Option<JobEvent> {
    poll_fn(|context| Pin::new(&mut *events).poll_next(context)).await
}

#[test]
fn the_events_of_a_job_range_from_its_acceptance_to_its_end() {
    let sim = sim(Pace::items_per_second(1));
    let start = sim.now();
    let job = copy(&sim);
    let events = job.events_every(Every::Item);
    sim.run_until_idle();
    expect![[r#"
        0 ms Accepted notStarted 0.0% 0/0
        0 ms Started inProgress 0.0% 0/0
        1000 ms Progress inProgress 33.3% 1/3
        2000 ms Progress inProgress 66.6% 2/3
        3000 ms Progress inProgress 99.9% 3/3
        3000 ms Completed completed 100.0% 3/3
    "#]]
    .assert_eq(&diary(start, events));
}

#[test]
fn steps_and_polls_emit_events_at_their_time() {
    for pace in [Pace::Held, Pace::polls(3)] {
        let sim = sim(pace);
        let start = sim.now();
        let job = copy(&sim);
        let events = job.events_every(Every::Item);
        for _ in 0..3 {
            sim.advance(10 * MILLI).unwrap();
            job.poll();
            let _ = job.step(1);
        }
        expect![[r#"
            0 ms Accepted notStarted 0.0% 0/0
            10 ms Started inProgress 0.0% 0/0
            10 ms Progress inProgress 33.3% 1/3
            20 ms Progress inProgress 66.6% 2/3
            30 ms Progress inProgress 99.9% 3/3
            30 ms Completed completed 100.0% 3/3
        "#]]
        .assert_eq(&diary(start, events));
    }
}

#[test]
fn tenths_and_percents_have_their_own_due_times() {
    let sim = sim(Pace::after(Duration::from_secs(100)));
    let start = sim.now();
    let job = copy(&sim);
    let all = [job.events_every(Every::Tenth), job.events(), sim.events_every(Every::Tenth), sim.events()];
    sim.advance(Duration::from_secs(1000)).unwrap();
    for (events, step) in all.into_iter().zip([1, 10, 1, 10]) {
        let events: Vec<JobEvent> = events.try_iter().collect();
        assert_eq!(tenths(&events), (1..1000).filter(|tenth| tenth % step == 0).collect::<Vec<u16>>());
        for event in events.iter().filter(|event| event.kind == EventKind::Progress) {
            assert_eq!(event.at.duration_since(start).as_millis(), i128::from(event.percent.tenths()) * 100);
        }
        assert!(events.is_sorted_by_key(|event| (event.at, event.percent)));
    }
}

#[test]
fn events_do_not_depend_on_clock_steps_or_reads() {
    let run = |every, step: Option<Duration>, reads_often: bool| {
        let sim = sim(Pace::bytes_per_second(1 << 20));
        let job = copy(&sim);
        let events = job.events_every(every);
        let mut read = Vec::new();
        while let (Some(step), false) = (step, job.status().is_ended()) {
            sim.advance(step).unwrap();
            if reads_often {
                read.extend(events.try_iter());
            }
        }
        sim.run_until_idle();
        read.extend(events);
        read
    };
    for every in Every::ALL {
        let at_once = run(every, None, false);
        assert_eq!(at_once.last().unwrap().kind, EventKind::Completed);
        for (millis, reads_often) in [(7, true), (7, false), (333, true), (5000, false)] {
            assert_eq!(
                run(every, Some(millis * MILLI), reads_often),
                at_once,
                "{every:?} {millis} {reads_often}"
            );
        }
    }
}

#[test]
fn a_reader_that_reads_only_at_the_end_misses_no_state() {
    let files: String = (0..5000).map(|nth| format!("  f{nth}\n")).collect();
    let sim = Sim::builder().pace(Pace::items_per_second(100)).outline(format!("Docs/\n{files}to/\n"));
    let sim = sim.build().unwrap();
    let all_events = sim.events_every(Every::Item);
    let jobs: Vec<Job> = (0..3).map(|_| sim.copy("/Docs", "/to", rename()).unwrap()).collect();
    let job_events: Vec<Events> = jobs.iter().map(|job| job.events_every(Every::Item)).collect();
    while jobs.iter().any(|job| !job.status().is_ended()) {
        sim.advance(Duration::from_secs(1)).unwrap();
    }
    let all_events: Vec<JobEvent> = all_events.try_iter().collect();
    let n_states = all_events.iter().filter(|event| event.kind != EventKind::Progress).count();
    assert_eq!(n_states, 3 * 3);
    assert!(all_events.len() <= n_states + 1024 + 3, "{}", all_events.len());
    assert!(all_events.is_sorted_by_key(|event| event.at));
    for (job, events) in jobs.iter().zip(job_events) {
        for events in [events.into_iter().collect(), events_of(&all_events, job)] {
            let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
            assert_eq!(kinds[..2], [EventKind::Accepted, EventKind::Started]);
            assert_eq!(kinds[kinds.len() - 1], EventKind::Completed);
            assert!(kinds.len() <= 3 + 1024, "{}", kinds.len());
            assert!(events.is_sorted_by_key(|event| (event.at, event.items_done)));
            assert_eq!(events[events.len() - 2].items_done, 5001, "the latest progress is not lost");
        }
    }
}

fn rename() -> CopyOptions {
    CopyOptions::default().on_conflict(drivesim::Conflict::Rename)
}

fn events_of(events: &[JobEvent], job: &Job) -> Vec<JobEvent> {
    events.iter().copied().filter(|event| event.job == job.id()).collect()
}

#[test]
fn a_late_reader_receives_a_summary() {
    let sim = sim(Pace::after(Duration::from_secs(3)));
    let start = sim.now();
    let job = copy(&sim);
    sim.advance(1000 * MILLI).unwrap();
    let early = job.events();
    assert_eq!(percents(&early), [0, 0, 33]);
    sim.advance(31 * MILLI).unwrap();
    let late = job.events_every(Every::Tenth);
    assert_eq!(percents(&early), [34]);
    expect![[r#"
        0 ms Accepted notStarted 0.0% 0/0
        0 ms Started inProgress 0.0% 0/0
        1031 ms Progress inProgress 34.3% 1/3
    "#]]
    .assert_eq(&diary(start, late.try_iter()));
    sim.advance(3 * MILLI).unwrap();
    assert_eq!(late.try_iter().map(|event| event.percent).collect::<Vec<_>>(), [Percent::from_tenths(344)]);
    sim.run_until_idle();
    sim.advance(Duration::from_secs(60)).unwrap();
    expect![[r#"
        0 ms Accepted notStarted 0.0% 0/0
        0 ms Started inProgress 0.0% 0/0
        3000 ms Completed completed 100.0% 3/3
    "#]]
    .assert_eq(&diary(start, job.events()));
    assert_eq!(percents(&early), (35..=100).collect::<Vec<u8>>());
}

#[test]
fn a_failure_event_reports_the_progress_of_the_job() {
    let sim = sim(Pace::Held);
    let start = sim.now();
    let job = copy(&sim);
    let events = job.events_every(Every::Item);
    job.step(2).unwrap();
    sim.delete("/Archive").unwrap();
    let expected = expect![[r#"
        0 ms Accepted notStarted 0.0% 0/0
        0 ms Started inProgress 0.0% 0/0
        0 ms Progress inProgress 66.6% 1/3
        0 ms Progress inProgress 66.6% 2/3
        0 ms Failed failed 66.6% 2/3
    "#]];
    expected.assert_eq(&diary(start, events));
    let late: Vec<JobEvent> = job.events().into_iter().collect();
    assert_eq!((late.len(), late[2].kind, late[2].items_done), (3, EventKind::Failed, 2));
}

#[test]
fn a_copy_that_is_visible_on_completion_reports_its_progress() {
    let sim = sim(Pace::items_per_second(1));
    let options = CopyOptions::default().visibility(Visibility::OnCompletion).on_failure(OnFailure::Remove);
    let job = sim.copy("/Docs", "/Archive", options).unwrap();
    let events = job.events_every(Every::Item);
    sim.advance(2500 * MILLI).unwrap();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [0, 0, 1, 2]);
    let late: Vec<_> = job.events_every(Every::Item).try_iter().map(|event| event.items_done).collect();
    assert_eq!(late, [0, 0, 2]);
    sim.run_until_idle();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn readers_do_not_affect_each_other() {
    let sim = sim(Pace::after(Duration::from_secs(10)));
    let first = (sim.events(), copy(&sim));
    let own = first.1.events();
    sim.advance(1000 * MILLI).unwrap();
    for _ in 0..3 {
        drop((
            sim.events(),
            sim.events_every(Every::Item),
            first.1.events_every(Every::Tenth),
            first.1.events(),
        ));
        sim.advance(1000 * MILLI).unwrap();
    }
    let expected: Vec<u8> = [0, 0].into_iter().chain(1..=40).collect();
    assert_eq!((percents(&first.0), percents(&own)), (expected.clone(), expected));
}

#[test]
fn a_stream_is_woken_without_a_runtime() {
    for pace in [Pace::Held, Pace::after(Duration::from_secs(4))] {
        let sim = sim(pace);
        let job = copy(&sim);
        let mut events = job.events_every(Every::Item);
        let mover = thread::spawn(move || {
            for _ in 0..4 {
                sim.advance(Duration::from_secs(1)).unwrap();
                let _ = job.step(1);
            }
        });
        let read = pollster::block_on(async {
            let mut read = Vec::new();
            while let Some(event) = next(&mut events).await {
                read.push(event.kind);
            }
            assert_eq!(next(&mut events).await, None, "the stream stays ended");
            read
        });
        mover.join().unwrap();
        use EventKind::{Accepted, Completed, Progress, Started};
        assert_eq!(read, [Accepted, Started, Progress, Progress, Progress, Completed], "{pace}");
    }
}

#[test]
fn a_loop_ends_with_the_job_while_another_thread_advances_it() {
    let sim = sim(Pace::after(Duration::from_secs(2)));
    let job = copy(&sim);
    let mut events = job.events();
    let reader =
        thread::spawn(move || (&mut events).into_iter().map(|event| event.percent.whole()).collect());
    while !job.status().is_ended() {
        sim.advance(10 * MILLI).unwrap();
    }
    let percents: Vec<u8> = reader.join().unwrap();
    assert_eq!(percents, [0, 0].into_iter().chain(1..=100).collect::<Vec<u8>>());
}

#[test]
fn the_system_clock_wakes_a_reader_when_progress_is_due() {
    // With one item nothing is revealed before the end in 100 seconds, but progress is sent.
    let builder = Sim::builder().system_clock().pace(Pace::after(Duration::from_secs(100)));
    let sim = builder.outline("f\nto/\n").build().unwrap();
    let all_events = sim.events_every(Every::Tenth);
    let reader = thread::spawn(move || all_events.into_iter().find(|event| event.percent > Percent::ZERO));
    let job = sim.copy("/f", "/to", CopyOptions::default()).unwrap();
    let mut events = job.events_every(Every::Tenth).into_iter();
    let first: Vec<JobEvent> = events.by_ref().take(4).collect();
    // A late reader receives the progress so far in one event. Its tenth depends on the speed of the machine.
    let seen = tenths(&first);
    assert!(seen.len() == 2 && seen[0] > 0 && seen[1] == seen[0] + 1, "{seen:?}");
    // A reader that subscribed before the job existed misses none.
    assert_eq!(reader.join().unwrap().unwrap().percent, Percent::from_tenths(1));
    assert_eq!(job.status(), JobStatus::InProgress);
}

#[test]
fn waiting_for_a_job_that_does_not_advance_panics_with_the_reason() {
    let sim = Sim::builder().pace(Pace::Held).wait_timeout(Duration::ZERO).outline(DOCS).build().unwrap();
    let job = copy(&sim);
    let mut events = job.events();
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (&mut events).into_iter().count()));
    let message = *waited.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("Job::step"), "{message}");
    let patient = job.events().without_timeout();
    let reader = thread::spawn(move || patient.into_iter().last());
    thread::yield_now();
    job.step(9).unwrap();
    assert_eq!(reader.join().unwrap().unwrap().kind, EventKind::Completed);
    assert_eq!(
        events.try_iter().last().unwrap().kind,
        EventKind::Completed,
        "the reader still works after the panic"
    );
}

#[test]
fn the_events_of_a_simulator_end_when_it_is_dropped() {
    let sim = sim(Pace::Instant);
    let mut events = sim.events();
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut events).poll_next(&mut context).is_pending());
    let reader = thread::spawn(move || events.into_iter().map(|event| event.kind).collect::<Vec<_>>());
    drop(copy(&sim));
    drop(sim);
    let kinds = reader.join().unwrap();
    assert_eq!((kinds.len(), kinds[101]), (102, EventKind::Completed));
}

#[test]
fn a_fork_has_no_readers_and_its_job_emits_its_own_events() {
    let origin = sim(Pace::items_per_second(1));
    let job = copy(&origin);
    let events = job.events_every(Every::Item);
    origin.advance(1500 * MILLI).unwrap();
    let fork = origin.fork();
    let forked = fork.job(job.id()).unwrap();
    fork.run_until_idle();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [0, 0, 1]);
    let forked_events = forked.events();
    let late: Vec<_> = forked_events.into_iter().map(|event| (event.kind, event.items_done)).collect();
    assert_eq!(late[1..], [(EventKind::Started, 0), (EventKind::Completed, 3)]);
    origin.run_until_idle();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [2, 3, 3]);
}

#[test]
fn readers_follow_their_job_into_a_restored_state() {
    let sim = sim(Pace::items_per_second(1));
    let job = copy(&sim);
    let mut events = job.events_every(Every::Item);
    sim.advance(1500 * MILLI).unwrap();
    let snapshot = sim.snapshot();
    let later = sim.copy("/Docs", "/Archive", rename()).unwrap();
    let later_events = later.events();
    sim.advance(1000 * MILLI).unwrap();
    let done = |events: &Events| events.try_iter().map(|event| event.items_done).collect::<Vec<_>>();
    assert_eq!(done(&events), [0, 0, 1, 2]);
    sim.restore(&snapshot);
    assert_eq!(done(&events), []);
    sim.advance(1000 * MILLI).unwrap();
    assert_eq!(done(&events), [2], "it happens again");
    // The events of a missing job end without a final state.
    let later_events: Vec<JobStatus> = later_events.into_iter().map(|event| event.status()).collect();
    assert_eq!(later_events.last(), Some(&JobStatus::InProgress));
    let again: Vec<JobStatus> = later.events().into_iter().map(|event| event.status()).collect();
    assert_eq!(again.last(), Some(&JobStatus::InProgress));
    // A waiting reader is woken and continues to wait in the restored state.
    let waits = |events: &mut Events| {
        Pin::new(events).poll_next(&mut Context::from_waker(Waker::noop())).is_pending()
    };
    assert!(waits(&mut events));
    sim.restore(&snapshot);
    assert!(waits(&mut events));
    sim.run_until_idle();
    assert_eq!(events.into_iter().map(|event| event.items_done).collect::<Vec<_>>(), [2, 3, 3]);
}

#[test]
fn a_reader_receives_the_end_of_a_job_that_has_ended_in_the_restored_state() {
    let sim = sim(Pace::Held);
    let job = copy(&sim);
    let events = job.events_every(Every::Item);
    let fork = sim.fork();
    fork.job(job.id()).unwrap().step(9).unwrap();
    sim.restore(&fork.snapshot());
    assert_eq!(
        events.into_iter().map(|event| event.kind).collect::<Vec<_>>(),
        [EventKind::Accepted, EventKind::Completed]
    );
}

#[test]
fn readers_come_and_go_while_threads_copy_and_advance_the_clock() {
    let sim = sim(Pace::after(Duration::from_secs(1)));
    let early = copy(&sim).events_every(Every::Tenth);
    thread::scope(|scope| {
        let movers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..300 {
                        sim.advance(7 * MILLI).unwrap();
                    }
                })
            })
            .collect();
        let readers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut read = Vec::new();
                    for _ in 0..10 {
                        let job = sim.copy("/Docs", "/Archive", rename()).unwrap();
                        drop(job.events());
                        read.push((job.events_every(Every::Tenth), job.clone()));
                    }
                    read
                })
            })
            .collect();
        movers.into_iter().for_each(|mover| mover.join().unwrap());
        let readers: Vec<_> = readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        sim.run_until_idle();
        for (events, job) in readers {
            let events: Vec<JobEvent> = events.into_iter().collect();
            assert!(events.iter().all(|event| event.job == job.id()));
            assert!(events.is_sorted_by_key(|event| (event.at, event.percent)), "{events:#?}");
            let states: Vec<_> = events.iter().filter(|event| event.kind != EventKind::Progress).collect();
            assert_eq!((states.len(), states[2].kind), (3, EventKind::Completed));
            let tenths = tenths(&events);
            // A reader that subscribes after the end receives no progress.
            let first = tenths.first().copied().unwrap_or(1000);
            assert_eq!(tenths, (first..1000).collect::<Vec<u16>>(), "none is missing or repeated");
        }
    });
    assert_eq!(tenths(&early.into_iter().collect::<Vec<_>>()), (1..1000).collect::<Vec<u16>>());
}

/// A waker that counts its wakes.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn polling_is_pending_until_there_is_an_event() {
    for all_events in [false, true] {
        let sim = sim(Pace::Held);
        let all = sim.events();
        let job = copy(&sim);
        let mut events = if all_events { all } else { job.events() };
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        let mut poll =
            || Pin::new(&mut events).poll_next(&mut context).map(|event| event.map(|event| event.kind));
        assert_eq!(poll(), Poll::Ready(Some(EventKind::Accepted)));
        assert!(poll().is_pending());
        job.step(0).unwrap();
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert_eq!(poll(), Poll::Ready(Some(EventKind::Started)));
        assert!(poll().is_pending());
        job.step(9).unwrap();
        assert_eq!(woken.0.load(Ordering::Relaxed), 2);
    }
}
