//! The events of a job and of a simulator: what comes, in which order, what a slow reader loses, who is woken.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use drivesim::{
    CopyOptions, EventKind, Events, Every, Job, JobEvent, JobStatus, Leftovers, Pace, Percent, Sim,
    Timestamp, Visibility,
};
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

/// Writes down events, with the milliseconds since the start.
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
fn the_events_of_a_job_go_from_its_acceptance_to_its_end() {
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
fn steps_and_looks_are_told_when_they_are_made() {
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
fn tenths_and_percents_come_as_asked_each_with_its_own_due_time() {
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
fn the_same_events_come_however_time_passes_and_however_often_is_read() {
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
fn a_reader_that_never_reads_until_the_end_loses_no_state() {
    let files: String = (0..5000).map(|nth| format!("  f{nth}\n")).collect();
    let sim = Sim::builder().pace(Pace::items_per_second(100)).outline(format!("Docs/\n{files}to/\n"));
    let sim = sim.build().unwrap();
    let of_all = sim.events_every(Every::Item);
    let jobs: Vec<Job> = (0..3).map(|_| sim.copy("/Docs", "/to", rename()).unwrap()).collect();
    let of_one: Vec<Events> = jobs.iter().map(|job| job.events_every(Every::Item)).collect();
    while jobs.iter().any(|job| !job.status().is_ended()) {
        sim.advance(Duration::from_secs(1)).unwrap();
    }
    let of_all: Vec<JobEvent> = of_all.try_iter().collect();
    let n_states = of_all.iter().filter(|event| event.kind != EventKind::Progress).count();
    assert_eq!(n_states, 3 * 3);
    assert!(of_all.len() <= n_states + 1024 + 3, "{}", of_all.len());
    assert!(of_all.is_sorted_by_key(|event| event.at));
    for (job, events) in jobs.iter().zip(of_one) {
        for events in [events.into_iter().collect(), of_job(&of_all, job)] {
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

fn of_job(events: &[JobEvent], job: &Job) -> Vec<JobEvent> {
    events.iter().copied().filter(|event| event.job == job.id()).collect()
}

#[test]
fn who_asks_late_hears_in_short_what_has_happened() {
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
fn a_failure_is_an_end_that_tells_how_far_the_job_was() {
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
fn a_copy_that_shows_at_its_end_tells_its_progress_meanwhile() {
    let sim = sim(Pace::items_per_second(1));
    let options = CopyOptions::default().visibility(Visibility::OnCompletion).leftovers(Leftovers::Remove);
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
fn another_reader_takes_nothing_from_the_first() {
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
fn a_stream_wakes_without_a_runtime() {
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
            assert_eq!(next(&mut events).await, None, "the end is the end");
            read
        });
        mover.join().unwrap();
        use EventKind::{Accepted, Completed, Progress, Started};
        assert_eq!(read, [Accepted, Started, Progress, Progress, Progress, Completed], "{pace}");
    }
}

#[test]
fn a_loop_ends_with_the_job_while_another_thread_moves_it() {
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
fn the_clock_of_the_system_wakes_a_reader_when_progress_is_due() {
    // One item, so nothing is due before the end, in 100 seconds: progress is sent all the same.
    let builder = Sim::builder().system_clock().pace(Pace::after(Duration::from_secs(100)));
    let sim = builder.outline("f\nto/\n").build().unwrap();
    let of_all = sim.events_every(Every::Tenth);
    let reader = thread::spawn(move || of_all.into_iter().find(|event| event.percent > Percent::ZERO));
    let job = sim.copy("/f", "/to", CopyOptions::default()).unwrap();
    let mut events = job.events_every(Every::Tenth).into_iter();
    let first: Vec<JobEvent> = events.by_ref().take(4).collect();
    // Who asks late hears of the progress so far in one event, and the machine may be slow: which tenth that is depends on it.
    let seen = tenths(&first);
    assert!(seen.len() == 2 && seen[0] > 0 && seen[1] == seen[0] + 1, "{seen:?}");
    // Who asked before there was a job misses none.
    assert_eq!(reader.join().unwrap().unwrap().percent, Percent::from_tenths(1));
    assert_eq!(job.status(), JobStatus::InProgress);
}

#[test]
fn waiting_for_a_job_that_nobody_moves_panics_with_the_reason() {
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
    assert_eq!(events.try_iter().last().unwrap().kind, EventKind::Completed, "what panicked can be read on");
}

#[test]
fn the_events_of_a_simulator_end_when_it_is_gone() {
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
fn a_fork_has_no_readers_and_its_twin_tells_its_own() {
    let origin = sim(Pace::items_per_second(1));
    let job = copy(&origin);
    let events = job.events_every(Every::Item);
    origin.advance(1500 * MILLI).unwrap();
    let fork = origin.fork();
    let twin = fork.job(job.id()).unwrap();
    fork.run_until_idle();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [0, 0, 1]);
    let of_twin = twin.events();
    let late: Vec<_> = of_twin.into_iter().map(|event| (event.kind, event.items_done)).collect();
    assert_eq!(late[1..], [(EventKind::Started, 0), (EventKind::Completed, 3)]);
    origin.run_until_idle();
    assert_eq!(events.try_iter().map(|event| event.items_done).collect::<Vec<_>>(), [2, 3, 3]);
}

#[test]
fn readers_follow_their_job_into_a_state_that_is_restored() {
    let sim = sim(Pace::items_per_second(1));
    let job = copy(&sim);
    let mut events = job.events_every(Every::Item);
    sim.advance(1500 * MILLI).unwrap();
    let snapshot = sim.snapshot();
    let later = sim.copy("/Docs", "/Archive", rename()).unwrap();
    let of_later = later.events();
    sim.advance(1000 * MILLI).unwrap();
    let done = |events: &Events| events.try_iter().map(|event| event.items_done).collect::<Vec<_>>();
    assert_eq!(done(&events), [0, 0, 1, 2]);
    sim.restore(&snapshot);
    assert_eq!(done(&events), []);
    sim.advance(1000 * MILLI).unwrap();
    assert_eq!(done(&events), [2], "it happens again");
    // A job that is not there ends without an end.
    let of_later: Vec<JobStatus> = of_later.into_iter().map(|event| event.status()).collect();
    assert_eq!(of_later.last(), Some(&JobStatus::InProgress));
    let again: Vec<JobStatus> = later.events().into_iter().map(|event| event.status()).collect();
    assert_eq!(again.last(), Some(&JobStatus::InProgress));
    // Who waits is woken, and waits on in there.
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
fn a_reader_hears_the_end_of_a_job_that_had_ended_in_the_state_that_is_restored() {
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
fn readers_come_and_go_while_threads_copy_and_move_time() {
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
            // Who comes when the job has ended hears of no progress.
            let first = tenths.first().copied().unwrap_or(1000);
            assert_eq!(tenths, (first..1000).collect::<Vec<u16>>(), "none is missing, none comes twice");
        }
    });
    assert_eq!(tenths(&early.into_iter().collect::<Vec<_>>()), (1..1000).collect::<Vec<u16>>());
}

/// Counts how often a reader is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn polling_is_pending_until_something_happens() {
    for of_all in [false, true] {
        let sim = sim(Pace::Held);
        let all = sim.events();
        let job = copy(&sim);
        let mut events = if of_all { all } else { job.events() };
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
