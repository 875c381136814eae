//! Tests of forks and snapshots: the same calls have the same results, and both sides are independent.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use drivesim::drive::DriveSpec;
use drivesim::event::EventKind;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{Conflict, CopyOptions, Error, Job, JobStatus, Pace, Profile, Sim};
use drivesim_model::history::histories;
use drivesim_testkit::shapes::{Shape, populate};
use proptest::prelude::*;
use rayon::prelude::*;

use crate::threads::with_watchdog;
use drivesim_model::comparison::Engine;

const DOCS: &str = "Archive/\nDocs/\n  a = 3 B\n  b/\n    c = 4 B\n  d = \"hi\"\n";

fn sim(pace: Pace) -> Sim {
    // Tests poll waits manually and count their wakes.
    Sim::builder().pace(pace).wait_timeout(Duration::MAX).outline(DOCS).build().unwrap()
}

/// Returns the visible state of a simulator.
fn visible_state(sim: &Sim) -> String {
    sim.check_invariants();
    // A drive whose root is inaccessible has no outline.
    let mut text = format!("{:?}\n{:?}", sim.elapsed(), sim.outline());
    for drive in sim.drives() {
        let mut folders = vec![sim.item(drive.at("/")).unwrap()];
        while let Some(folder) = folders.pop() {
            let children = sim.children(drive.at(folder.id)).unwrap();
            folders.extend(children.iter().filter(|item| item.is_folder()).cloned());
            text += &format!("{folder:?}\n{children:?}\n");
        }
    }
    for job in sim.jobs() {
        text += &format!("{} {} {:?} {:?}\n", job.id(), job.accepted_at(), job.report(), job.progress());
    }
    text
}

/// Calls all kinds of verbs and returns their results.
fn run_all_verbs(sim: &Sim) -> String {
    let events = sim.events();
    let mut results = String::new();
    let mut record = |what: &dyn std::fmt::Debug| results += &format!("{what:?}\n");
    record(&sim.create_folder("/", "new"));
    record(&sim.create_file_with("/", "Docs", "x", Conflict::Rename));
    record(&sim.create_sized("/new", "sized", 7));
    record(&sim.add_drive(DriveSpec::new("more").profile(Profile::BOX)));
    let job = sim.copy("/Docs", "/new", CopyOptions::default().pace(Pace::items_per_second(2)));
    record(&job.map(|job| (job.id(), job.number())));
    record(&sim.advance(Duration::from_secs(1)));
    record(&sim.rename("/Docs/a", "A"));
    record(&sim.delete("/Docs/b"));
    record(&sim.step_clock());
    sim.run_until_idle();
    for job in sim.jobs() {
        record(&job.poll());
        record(&job.step(2));
    }
    record(&events.try_iter().collect::<Vec<_>>());
    results + &visible_state(sim)
}

#[test]
fn a_fork_and_its_origin_return_the_same_results() {
    let origin = sim(Pace::Instant);
    origin.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    origin.create_file_with("/", "Docs", "x", Conflict::Rename).unwrap();
    origin.add_drive("gone").unwrap();
    origin.remove_drive(origin.drive("gone").unwrap()).unwrap();
    let fork = origin.fork();
    assert_eq!(visible_state(&fork), visible_state(&origin));
    assert_eq!(run_all_verbs(&fork), run_all_verbs(&origin));
    let again = fork.fork();
    again.create_folder("/", "only here").unwrap();
    assert_eq!(visible_state(&fork), visible_state(&origin));
}

#[test]
fn changes_of_one_side_are_not_visible_in_the_other() {
    let origin = sim(Pace::Held);
    let events = origin.events();
    let job = origin.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    job.step(2).unwrap();
    assert_eq!(events.try_iter().filter(|event| event.kind == EventKind::Started).count(), 1);
    events.try_iter().for_each(drop);
    let before = visible_state(&origin);
    let fork = origin.fork();
    run_all_verbs(&fork);
    assert_eq!(visible_state(&origin), before);
    assert_eq!(events.try_iter().count(), 0, "a fork has no subscribers");
    let before = visible_state(&fork);
    run_all_verbs(&origin);
    assert_eq!(visible_state(&fork), before);
}

/// Jobs at every pace, in every state: not started, halfway, completed, failed.
fn jobs_of_all_kinds() -> Sim {
    let sim = Sim::builder().outline(DOCS).build().unwrap();
    let two = sim.add_drive(DriveSpec::new("two").profile(Profile::BUSINESS)).unwrap();
    let copy =
        |name: &str, pace: Pace| sim.copy("/Docs", "/Archive", CopyOptions::named(name).pace(pace)).unwrap();
    copy("held, waiting", Pace::Held);
    copy("held", Pace::Held).step(2).unwrap();
    copy("polled, waiting", Pace::polls(3));
    copy("polled", Pace::polls(4)).poll();
    copy("instant", Pace::Instant);
    copy("by time", Pace::items_per_second(1));
    copy("by bytes", Pace::bytes_per_second(3));
    let late = CopyOptions::named("at the end").visibility(Visibility::OnCompletion);
    sim.copy("/Docs", "/Archive", late.pace(Pace::after(Duration::from_secs(7)))).unwrap();
    sim.copy("/Docs", two.at("/"), CopyOptions::default().pace(Pace::items_per_second(1))).unwrap();
    sim.create_file("/", "d", "old").unwrap();
    let replace = CopyOptions::default().on_conflict(Conflict::Replace).pace(Pace::items_per_second(1));
    sim.copy("/Docs/d", "/", replace).unwrap();
    let doomed = CopyOptions::named("doomed").pace(Pace::Held).on_failure(OnFailure::Remove);
    let doomed = sim.copy("/Docs", "/Archive", doomed).unwrap();
    doomed.step(1).unwrap();
    sim.delete("/Archive/doomed").unwrap();
    assert_eq!(doomed.status(), JobStatus::Failed);
    sim.advance(Duration::from_millis(2500)).unwrap();
    copy("timed, waiting", Pace::items_per_second(1));
    sim
}

#[test]
fn jobs_of_all_kinds_end_the_same_in_both() {
    let origin = jobs_of_all_kinds();
    let fork = origin.fork();
    assert_eq!(visible_state(&fork), visible_state(&origin));
    let finish = |sim: &Sim| {
        let mut results = String::new();
        for _ in 0..5 {
            results += &format!("{:?} {}", sim.step_clock(), visible_state(sim));
        }
        sim.delete("/Docs").unwrap();
        sim.run_until_idle();
        for job in sim.jobs() {
            (0..4).for_each(|_| results += &format!("{:?} {:?}\n", job.poll(), job.step(1)));
            assert!(matches!(job.status(), JobStatus::Completed | JobStatus::Failed), "{:?}", job.report());
        }
        results + &visible_state(sim)
    };
    let untouched = origin.snapshot();
    let ended = finish(&fork);
    assert_eq!(finish(&origin), ended);
    origin.restore(&untouched);
    assert_eq!(finish(&origin), ended);
}

#[test]
fn a_fork_finds_and_forgets_jobs_like_its_origin() {
    let origin = Sim::builder().outline(DOCS).keep_ended(Duration::from_secs(60)).build().unwrap();
    let ended = origin.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    let fork = origin.fork();
    assert_eq!(fork.job(ended.id()).unwrap().report(), ended.report());
    origin.advance(Duration::from_secs(61)).unwrap();
    assert!(origin.job(ended.id()).is_none());
    assert_eq!(ended.status(), JobStatus::Completed, "the handle keeps its last state");
    assert!(fork.job(ended.id()).is_some());
    fork.advance(Duration::from_secs(61)).unwrap();
    assert!(fork.job(ended.id()).is_none());
    let next = |sim: &Sim| sim.copy("/Docs/a", "/", CopyOptions::default()).unwrap().id();
    assert_eq!(next(&fork), next(&origin));
    assert_ne!(
        next(&sim(Pace::Held)),
        origin.jobs()[0].id(),
        "the first job of another simulator has another id"
    );
}

#[test]
fn a_snapshot_can_be_restored_repeatedly() {
    let sim = jobs_of_all_kinds();
    let snapshot = sim.snapshot();
    let (before, handle) = (visible_state(&sim), sim.clone());
    let first = run_all_verbs(&sim);
    for _ in 0..3 {
        sim.restore(&snapshot);
        assert_eq!(visible_state(&handle), before, "all handles refer to the restored state");
        assert_eq!(run_all_verbs(&sim), first);
    }
    let other = Sim::builder().outline("quite another\n").build().unwrap();
    other.restore(&snapshot.clone());
    assert_eq!(run_all_verbs(&other), first);
}

#[test]
fn subscribers_stay_and_receive_repeated_events() {
    let sim = sim(Pace::items_per_second(1));
    let events = sim.events();
    sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    sim.advance(Duration::from_millis(1500)).unwrap();
    let snapshot = sim.snapshot();
    let received = || events.try_iter().collect::<Vec<_>>();
    assert!(received().iter().any(|event| event.kind == EventKind::Started));
    sim.run_until_idle();
    let first = received();
    assert_eq!(first.last().unwrap().kind, EventKind::Completed);
    sim.restore(&snapshot);
    assert_eq!(received(), []);
    sim.run_until_idle();
    assert_eq!(received(), first);
}

#[test]
fn subscribers_after_a_snapshot_receive_no_earlier_progress() {
    let sim = sim(Pace::after(Duration::from_secs(10)));
    sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    sim.advance(Duration::from_secs(5)).unwrap();
    let snapshot = sim.snapshot();
    let events = sim.events();
    sim.restore(&snapshot);
    sim.advance(Duration::from_millis(100)).unwrap();
    let percents: Vec<u8> = events.try_iter().map(|event| event.percent.whole()).collect();
    assert_eq!(percents, [51]);
}

#[test]
fn a_handle_follows_its_job_and_keeps_the_last_state_of_a_missing_one() {
    let sim = sim(Pace::Held);
    let old = sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    old.step(1).unwrap();
    let snapshot = sim.snapshot();
    let progress = old.progress();
    let new = sim.copy("/Docs", "/", CopyOptions::named("new")).unwrap();
    new.step(3).unwrap();
    let last = (new.report(), new.progress());
    old.step(9).unwrap();
    assert_eq!(old.status(), JobStatus::Completed);

    sim.restore(&snapshot);
    assert_eq!((old.status(), old.progress()), (JobStatus::InProgress, progress));
    assert_eq!((new.poll(), new.progress()), last);
    assert_eq!(new.step(1).unwrap(), last.0, "it advances nothing");
    assert!(sim.job(new.id()).is_none());
    // Another job has the same id now. The old handle does not refer to it.
    let other = sim.copy("/Docs/a", "/", CopyOptions::default()).unwrap();
    assert_eq!(other.id(), new.id());
    assert_eq!((new.report(), new.progress()), last);
    assert_eq!(other.step(1).unwrap().status, JobStatus::Completed);
    assert_eq!(old.step(9).unwrap().status, JobStatus::Completed);
    sim.assert_outline(
        "Archive/\n  Docs/\n    a = 3 B\n    b/\n      c = 4 B\n    d = \"hi\"\n\
         Docs/\n  a = 3 B\n  b/\n    c = 4 B\n  d = \"hi\"\na = 3 B\n",
    );
}

#[test]
fn a_missing_job_does_not_advance() {
    let sim = sim(Pace::after(Duration::from_secs(8)));
    let empty = sim.snapshot();
    let job = sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    sim.advance(Duration::from_secs(2)).unwrap();
    sim.restore(&empty);
    assert_eq!((job.percent_complete(), sim.elapsed()), (25.0, Duration::ZERO));
    sim.advance(Duration::from_secs(100)).unwrap();
    assert_eq!((job.percent_complete(), job.status()), (25.0, JobStatus::InProgress));
    sim.assert_outline(DOCS);
}

/// A waker that counts its wakes.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[test]
fn a_wait_for_a_job_is_woken_by_a_restore_and_follows_the_job() {
    let sim = sim(Pace::Held);
    let empty = sim.snapshot();
    let job = sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
    job.step(1).unwrap();
    let snapshot = sim.snapshot();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut context = Context::from_waker(&waker);
    let mut wait = pin!(job.wait());
    let mut lost = pin!(job.wait());
    assert_eq!(wait.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(lost.as_mut().poll(&mut context), Poll::Pending);
    sim.restore(&snapshot);
    assert_eq!(count.0.load(Ordering::Acquire), 1);
    assert_eq!(wait.as_mut().poll(&mut context), Poll::Pending);
    job.step(9).unwrap();
    assert_eq!(count.0.load(Ordering::Acquire), 2);
    assert_eq!(wait.as_mut().poll(&mut context), Poll::Ready(Ok(sim.item("/Archive/Docs").unwrap().id)));

    sim.restore(&empty);
    let no_job = Err(Error::NoJob { id: job.id() });
    assert_eq!(lost.as_mut().poll(&mut context), Poll::Ready(no_job), "it could never be ready");
}

#[test]
fn a_waiting_thread_follows_the_restored_job_with_the_system_clock() {
    with_watchdog(|| {
        let pace = Pace::after(Duration::from_millis(200));
        let sim = Sim::builder().system_clock().pace(pace).outline(DOCS).build().unwrap();
        let job = sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap();
        let (snapshot, fork) = (sim.snapshot(), sim.fork());
        let forked = fork.job(job.id()).unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| pollster::block_on(job.wait()));
            (0..20).for_each(|_| sim.restore(&snapshot));
            let item = waiter.join().unwrap().unwrap();
            assert_eq!(pollster::block_on(forked.wait()), Ok(item));
        });
        assert_eq!(sim.outline().unwrap(), fork.outline().unwrap());
    });
}

#[test]
fn a_fork_of_a_fork_outlives_the_others() {
    let origin = jobs_of_all_kinds();
    let expected = run_all_verbs(&origin.fork());
    let fork = origin.fork().fork();
    drop(origin);
    assert_eq!(run_all_verbs(&fork), expected);
}

/// Starts copies, advances the clock and changes items until `stop` is set.
fn keep_busy(sim: &Sim, thread: usize, stop: &AtomicBool) {
    for number in 0.. {
        if stop.load(Ordering::Acquire) {
            return;
        }
        let pace = match number % 5 {
            0 => Pace::Instant,
            1 => Pace::polls(2),
            2 => Pace::Held,
            _ => Pace::items_per_second(100_000),
        };
        let name = format!("{thread} {number}");
        // A fork may have been restored, or the drive removed: errors are expected, deadlocks are not.
        let target = if number % 2 == 0 { "two" } else { "drive" };
        let Ok(target) = sim.drive(target) else { continue };
        let options = CopyOptions::named(&name).pace(pace).on_failure(OnFailure::Remove);
        let job = sim.copy("/source", target.at("/to"), options);
        match (number % 4, job) {
            (0, _) => drop(sim.advance(Duration::from_millis(1))),
            (_, Ok(job)) if pace == Pace::Held => drop(job.step(usize::MAX)),
            (_, Ok(job)) => drop(job.poll()),
            _ => {}
        }
        match number % 6 {
            2 => sim.run_until_idle(),
            4 => drop(sim.delete(target.at(format!("/to/{name}").as_str()))),
            _ => {}
        }
    }
}

fn busy_sim() -> Sim {
    let sim = Sim::builder().parallel_from(1000).build().unwrap();
    populate(&sim, Shape::Wide, 3000).unwrap();
    let two = sim.add_drive("two").unwrap();
    sim.create_folder("/", "to").unwrap();
    sim.create_folder(two.at("/"), "to").unwrap();
    sim
}

/// Checks that a fork taken during other operations is complete: all its jobs can be run to their end.
fn check_complete(fork: &Sim) {
    fork.check_invariants();
    let again = fork.fork();
    for sim in [fork, &again] {
        sim.run_until_idle();
        for job in sim.jobs() {
            while !matches!(job.status(), JobStatus::Completed | JobStatus::Failed) {
                match job.pace() {
                    Pace::Held => drop(job.step(usize::MAX)),
                    Pace::Polls(_) => drop(job.poll()),
                    _ => panic!("{:?} after the clock has run", job.report()),
                }
            }
        }
        // Ids may repeat in another drive, so the copies themselves are checked.
        let copies = sim.drives().into_iter().flat_map(|drive| sim.children(drive.at("/to")).unwrap());
        let n_complete = copies.filter(|copy| copy.child_count == 96).count();
        assert_eq!(
            n_complete,
            sim.drives().iter().map(|drive| sim.item(drive.at("/to")).unwrap().child_count as usize).sum()
        );
        sim.check_invariants();
    }
    let finished = |sim: &Sim| sim.jobs().iter().map(Job::report).collect::<Vec<_>>();
    assert_eq!(finished(fork), finished(&again), "the fork contains all state of its jobs");
    assert_eq!(fork.outline().unwrap(), again.outline().unwrap());
}

#[test]
fn forks_during_copies_on_other_threads_are_complete() {
    with_watchdog(|| {
        for round in 0..4 {
            let sim = busy_sim();
            let stop = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for thread in 0..3 {
                    let (sim, stop) = (&sim, &stop);
                    scope.spawn(move || keep_busy(sim, thread + round * 10, stop));
                }
                let forks: Vec<Sim> = (0..12).map(|_| sim.fork()).collect();
                stop.store(true, Ordering::Release);
                forks.iter().for_each(check_complete);
            });
            check_complete(&sim.fork());
        }
    });
}

#[test]
fn forks_during_the_build_of_a_copy_are_complete() {
    with_watchdog(|| {
        let sim = Sim::builder().parallel_from(1000).build().unwrap();
        populate(&sim, Shape::Wide, 40_000).unwrap();
        let options = CopyOptions::named("copy").pace(Pace::items_per_second(1000));
        sim.copy("/source", "/", options).unwrap();
        std::thread::scope(|scope| {
            let runner = scope.spawn(|| sim.advance(Duration::from_secs(1)));
            while !runner.is_finished() {
                sim.fork().check_invariants();
            }
        });
        sim.check_invariants();
    });
}

#[test]
fn states_are_restored_while_other_threads_run() {
    with_watchdog(|| {
        let sim = busy_sim();
        let start = sim.snapshot();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let (sim, stop) = (&sim, &stop);
                scope.spawn(move || keep_busy(sim, thread, stop));
            }
            for _ in 0..30 {
                let snapshot = sim.snapshot();
                sim.check_invariants();
                sim.restore(&start);
                sim.restore(&snapshot);
            }
            stop.store(true, Ordering::Release);
        });
        check_complete(&sim);
        sim.restore(&start);
        assert_eq!(sim.item("/to").unwrap().child_count, 0);
        assert!(sim.jobs().is_empty());
    });
}

#[test]
fn forks_from_inside_a_parallel_iterator_do_not_deadlock() {
    with_watchdog(|| {
        let sim = busy_sim();
        (0..40).into_par_iter().for_each(|number| {
            let pace = if number % 2 == 0 { Pace::Instant } else { Pace::items_per_second(1000) };
            let options = CopyOptions::named(format!("{number}")).pace(pace);
            sim.copy("/source", "/to", options).unwrap();
            let fork = sim.fork();
            sim.advance(Duration::from_millis(100)).unwrap();
            fork.advance(Duration::from_millis(100)).unwrap();
            fork.check_invariants();
        });
        sim.run_until_idle();
        assert_eq!(sim.item("/to").unwrap().child_count, 40);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The fork, then the origin, and finally a restored snapshot must continue like the model.
    #[test]
    fn a_fork_at_any_point_of_a_history_continues_like_its_origin(
        (model, verbs) in histories(10..40),
        at in any::<u8>(),
    ) {
        let mut model = model;
        let mut origin = Engine::new(&model);
        origin.compare(&model);
        let at = usize::from(at) % (verbs.len() + 1);
        for verb in &verbs[..at] {
            model.apply(verb);
            origin.apply(&model);
            origin.compare(&model);
        }
        let snapshot = origin.sim.snapshot();
        let mut others = vec![origin.on(origin.sim.fork()), origin.on(origin.sim.clone())];
        let (start, end) = (model.clone(), |engine: &mut Engine| {
            let mut model = model.clone();
            for verb in &verbs[at..] {
                model.apply(verb);
                engine.apply(&model);
                engine.compare(&model);
            }
            visible_state(&engine.sim)
        });
        origin.compare(&start);
        let expected = end(&mut origin);
        origin.sim.restore(&snapshot);
        for other in &mut others {
            other.compare(&start);
            prop_assert_eq!(&end(other), &expected);
        }
    }
}

#[test]
fn a_fork_has_only_the_locks_of_its_jobs() {
    with_watchdog(|| {
        let sim =
            Sim::builder().profile(Profile::BOX).pace(Pace::Held).outline("big/\nto/\n").build().unwrap();
        // Enough items that Box locks the source and the target of a copy.
        for number in 0..501 {
            sim.create_folder("/big", &number.to_string()).unwrap();
        }
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let forker = scope.spawn(|| {
                let mut n_forks = 0;
                loop {
                    let fork = sim.fork();
                    fork.jobs().iter().for_each(|job| drop(job.step(usize::MAX).unwrap()));
                    fork.rename("/big", "unlocked").unwrap();
                    fork.rename("/to", "unlocked too").unwrap();
                    n_forks += 1;
                    if is_over.load(Ordering::Acquire) {
                        return n_forks;
                    }
                }
            });
            for number in 0..60 {
                let job = sim.copy("/big", "/to", CopyOptions::named(number.to_string())).unwrap();
                assert!(sim.rename("/big", "locked").is_err());
                job.step(usize::MAX).unwrap();
                sim.delete_permanently(format!("/to/{number}").as_str()).unwrap();
            }
            is_over.store(true, Ordering::Release);
            assert!(forker.join().unwrap() > 0);
        });
    });
}

#[test]
fn files_are_replaced_when_a_copy_completes() {
    for pace in [Pace::Instant, Pace::items_per_second(100)] {
        let sim = Sim::builder().profile(Profile::BUSINESS).build().unwrap();
        for folder in ["/from", "/to"] {
            sim.create_folder("/", &folder[1..]).unwrap();
            for number in 0..600 {
                sim.create_sized(folder, &format!("{number:03}"), if folder == "/to" { 10 } else { 1 })
                    .unwrap();
            }
        }
        let options = CopyOptions::children_only().on_conflict(Conflict::Replace).pace(pace);
        let job = sim.copy("/from", "/to", options).unwrap();
        sim.run_until_idle();
        assert_eq!(job.status(), JobStatus::Completed);
        sim.check_invariants();
        assert_eq!(sim.item("/to").unwrap().size, 600);
        assert_eq!(sim.quota(sim.first_drive().unwrap()).unwrap().used, 1200);
        let fork = sim.fork();
        assert_eq!(sim.create_sized("/", "next", 1), fork.create_sized("/", "next", 1));
    }
}
