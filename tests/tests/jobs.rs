//! Tests of jobs: start, progress, visible items and outcome.

use std::future::Future;
use std::time::Duration;

use drivesim::drive::DriveSpec;
use drivesim::event::EventKind;
use drivesim::options::{OnFailure, Visibility};
use drivesim::{Conflict, CopyOptions, Error, Job, JobStatus, Pace, Profile, Sim};
use expect_test::expect;

const DOCS: &str = "Archive/\nDocs/\n  a.txt = \"hi\"\n  b.bin = 2 MiB\n";
const MILLI: Duration = Duration::from_millis(1);

fn sim(pace: Pace, outline: &str) -> Sim {
    Sim::builder().profile(Profile::BUSINESS).pace(pace).outline(outline).build().unwrap()
}

fn copy(sim: &Sim) -> Job {
    sim.copy("/Docs", "/Archive", CopyOptions::default()).unwrap()
}

fn failure(job: &Job) -> &'static str {
    assert_eq!(job.status(), JobStatus::Failed);
    job.outcome().unwrap().unwrap_err().code()
}

/// Advances the clock in steps and records the job's status, its percentage and the number of visible items at each.
fn diary(sim: &Sim, job: &Job, step: Duration, n_steps: usize) -> String {
    let mut diary = String::new();
    for _ in 0..=n_steps {
        let n_seen = sim.totals("/Archive").unwrap();
        let n_seen = n_seen.files + n_seen.folders - 1;
        let millis = sim.elapsed().as_millis();
        diary += &format!("at {millis} ms {} {} seen {n_seen}\n", job.status(), job.percent_complete());
        sim.advance(step).unwrap();
        sim.check_invariants();
    }
    diary
}

#[test]
fn items_are_copied_at_their_rate_and_a_partial_item_counts_as_a_fraction() {
    let sim = sim(Pace::items_per_second(4), DOCS);
    let job = copy(&sim);
    expect![[r#"
        at 0 ms notStarted 0 seen 0
        at 125 ms inProgress 16.6 seen 0
        at 250 ms inProgress 33.3 seen 1
        at 375 ms inProgress 50 seen 1
        at 500 ms inProgress 66.6 seen 2
        at 625 ms inProgress 83.3 seen 2
        at 750 ms completed 100 seen 3
    "#]]
    .assert_eq(&diary(&sim, &job, 125 * MILLI, 6));
}

#[test]
fn bytes_are_copied_at_their_rate_and_each_item_counts_one_byte_more() {
    let sim = sim(Pace::bytes_per_second(1000), "Archive/\nDocs/\n  a = 998 B\n  b = 1999 B\n");
    let job = copy(&sim);
    expect![[r#"
        at 0 ms notStarted 0 seen 0
        at 500 ms inProgress 16.6 seen 1
        at 1000 ms inProgress 33.3 seen 2
        at 1500 ms inProgress 50 seen 2
        at 2000 ms inProgress 66.6 seen 2
        at 2500 ms inProgress 83.3 seen 2
        at 3000 ms completed 100 seen 3
    "#]]
    .assert_eq(&diary(&sim, &job, 500 * MILLI, 6));
}

#[test]
fn a_duration_is_divided_evenly_among_items() {
    let sim = sim(Pace::after(Duration::from_secs(2)), DOCS);
    let job = copy(&sim);
    expect![[r#"
        at 0 ms notStarted 0 seen 0
        at 500 ms inProgress 25 seen 0
        at 1000 ms inProgress 50 seen 1
        at 1500 ms inProgress 75 seen 2
        at 2000 ms completed 100 seen 3
    "#]]
    .assert_eq(&diary(&sim, &job, 500 * MILLI, 4));
}

#[test]
fn an_instant_job_completes_within_the_call_and_emits_all_events() {
    let sim = sim(Pace::Instant, DOCS);
    let events = sim.events();
    let job = copy(&sim);
    assert_eq!((job.status(), job.percent_complete()), (JobStatus::Completed, 100.0));
    let events: Vec<_> = events.try_iter().map(|event| (event.kind, event.percent.whole())).collect();
    assert_eq!(events.len(), 2 + 99 + 1);
    use EventKind::{Accepted, Completed, Progress, Started};
    assert_eq!(events[..3], [(Accepted, 0), (Started, 0), (Progress, 1)]);
    assert_eq!(events[100..], [(Progress, 99), (Completed, 100)]);
}

#[test]
fn polls_advance_only_jobs_that_are_paced_by_polls() {
    let polled = sim(Pace::polls(3), DOCS);
    let job = copy(&polled);
    assert_eq!((job.status(), job.percent_complete()), (JobStatus::NotStarted, 0.0));
    polled.advance(Duration::from_secs(1000)).unwrap();
    polled.run_until_idle();
    assert_eq!(job.status(), JobStatus::NotStarted);
    let reports: Vec<_> =
        (0..4).map(|_| job.poll()).map(|report| (report.status, report.percent.as_f64())).collect();
    use JobStatus::{Completed, InProgress};
    assert_eq!(reports, [(InProgress, 33.3), (InProgress, 66.6), (Completed, 100.0), (Completed, 100.0)]);

    let held = sim(Pace::Held, DOCS);
    let job = copy(&held);
    assert_eq!(job.poll().status, JobStatus::NotStarted);
}

#[test]
fn steps_advance_a_held_job_and_fail_for_others() {
    let held = sim(Pace::Held, DOCS);
    let job = copy(&held);
    assert_eq!(job.step(0).unwrap().status, JobStatus::InProgress);
    assert_eq!(job.step(1).unwrap().percent.as_f64(), 33.3);
    held.assert_outline_of("/Archive", "Docs/\n");
    assert_eq!(job.step(usize::MAX).unwrap().status, JobStatus::Completed);
    assert_eq!(job.step(1).unwrap().status, JobStatus::Completed, "nothing happens after the end");

    let timed = sim(Pace::items_per_second(1), DOCS);
    assert!(matches!(copy(&timed).step(1), Err(Error::NotHeld { .. })));
}

#[test]
fn a_pace_that_never_ends_is_rejected() {
    for pace in [Pace::items_per_second(0), Pace::bytes_per_second(0), Pace::polls(0)] {
        assert!(Sim::builder().pace(pace).build().is_err());
        let sim = sim(Pace::Instant, DOCS);
        assert!(sim.copy("/Docs", "/Archive", CopyOptions::default().pace(pace)).is_err());
        assert_eq!(sim.jobs().len(), 0);
    }
}

#[test]
fn the_source_is_read_once_when_the_job_starts() {
    let sim = sim(Pace::Held, DOCS);
    let job = copy(&sim);
    sim.write("/Docs/a.txt", "changed").unwrap();
    sim.create_folder("/Docs", "new").unwrap();
    sim.rename("/Docs/b.bin", "c.bin").unwrap();
    sim.create_folder("/", "Elsewhere").unwrap();
    sim.move_to("/Docs", "/Elsewhere").unwrap();
    job.step(0).unwrap();
    sim.delete("/Elsewhere").unwrap();
    job.step(9).unwrap();
    sim.assert_outline("Archive/\n  Docs/\n    a.txt = \"changed\"\n    c.bin = 2 MiB\n    new/\n");
}

#[test]
fn a_job_without_a_name_uses_the_name_of_the_source_at_its_start() {
    let sim = sim(Pace::Held, DOCS);
    let job = copy(&sim);
    sim.rename("/Docs", "Papers").unwrap();
    job.step(9).unwrap();
    assert_eq!(sim.path(job.outcome().unwrap().unwrap()).unwrap(), "/Archive/Papers");
}

fn message(job: &Job) -> String {
    job.outcome().unwrap().unwrap_err().to_string()
}

#[test]
fn a_failed_job_names_the_missing_item_by_its_path() {
    let cases = [
        ("waiting", "/Docs", "\"/Docs\" does not exist"),
        ("waiting", "/Archive", "\"/Archive\" does not exist"),
        ("running", "/Archive", "\"/Archive/Old\" does not exist"),
        ("running", "/Archive/Old", "\"/Archive/Old\" does not exist"),
    ];
    for (when, deleted, expected) in cases {
        for permanently in [false, true] {
            let sim = sim(Pace::Held, DOCS);
            let job = sim.copy("/Docs", "/Archive", CopyOptions::named("Old")).unwrap();
            if when == "running" {
                job.step(2).unwrap();
            }
            if permanently { sim.delete_permanently(deleted) } else { sim.delete(deleted) }.unwrap();
            let _ = job.step(1).unwrap();
            assert_eq!(message(&job), expected, "{when}, {deleted} is deleted");
            assert_eq!(failure(&job), "itemNotFound");
        }
    }
}

#[test]
fn a_failed_job_names_a_replaced_file_or_a_target_of_children_by_its_path() {
    let sim = sim(Pace::Held, "a = 1 B\nd/\n  e/\n    a = 2 B\nfrom/\n  x\n  y\n");
    let replacing = sim.copy("/a", "/d/e", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    let children = sim.copy("/from", "/d/e", CopyOptions::children_only()).unwrap();
    replacing.step(0).unwrap();
    children.step(1).unwrap();
    sim.delete("/d").unwrap();
    assert_eq!(message(&replacing), "\"/d/e/a\" does not exist");
    assert_eq!(message(&children), "\"/d/e\" does not exist");
}

#[test]
fn a_cross_drive_job_names_the_missing_source_or_target() {
    // The first item of each drive has the same id.
    let outline = "drive one\nDocs/\n  a\ndrive two\nTo/\n";
    for (deleted, expected) in [("one", "\"/Docs\" does not exist"), ("two", "\"/To\" does not exist")] {
        let sim = Sim::builder().pace(Pace::Held).outline(outline).build().unwrap();
        let (one, two) = (sim.drive("one").unwrap(), sim.drive("two").unwrap());
        let job = sim.copy(one.at("/Docs"), two.at("/To"), CopyOptions::default()).unwrap();
        let deleted = if deleted == "one" { one.at("/Docs") } else { two.at("/To") };
        sim.delete(deleted).unwrap();
        let _ = job.step(1).unwrap();
        assert_eq!(message(&job), expected);
    }
    for deleted in ["one", "two"] {
        let sim = Sim::builder().pace(Pace::Held).outline(outline).build().unwrap();
        let (one, two) = (sim.drive("one").unwrap(), sim.drive("two").unwrap());
        let job = sim.copy(one.at("/Docs"), two.at("/To"), CopyOptions::default()).unwrap();
        sim.remove_drive(sim.drive(deleted).unwrap()).unwrap();
        let _ = job.step(1).unwrap();
        assert_eq!(message(&job), format!("there is no drive \"{deleted}\""));
        let reference = if deleted == "one" { one } else { two };
        let error = sim.item(reference.at("/")).unwrap_err().to_string();
        assert_eq!(error, format!("there is no drive \"{deleted}\""));
        assert_eq!(sim.profile_of(&reference).unwrap_err().to_string(), error);
    }
}

#[test]
fn a_waiting_job_fails_if_its_source_or_target_is_deleted() {
    for deleted in ["/Docs", "/Archive"] {
        let sim = sim(Pace::items_per_second(1), DOCS);
        let job = copy(&sim);
        sim.delete(deleted).unwrap();
        let before = sim.outline().unwrap();
        assert_eq!(job.status(), JobStatus::NotStarted);
        sim.run_until_idle();
        assert_eq!(failure(&job), "itemNotFound");
        sim.assert_outline(&before);
    }
}

#[test]
fn a_waiting_job_fails_if_it_becomes_impossible() {
    let sim = sim(Pace::Held, "Archive/\nDocs/\n  a\n");
    let (into_itself, conflicting) = (copy(&sim), copy(&sim));
    sim.move_to("/Archive", "/Docs").unwrap();
    into_itself.step(1).unwrap();
    assert_eq!(failure(&into_itself), "invalidRequest");
    sim.move_to("/Docs/Archive", "/").unwrap();
    sim.create_folder("/Archive", "docs").unwrap();
    conflicting.step(1).unwrap();
    assert_eq!(failure(&conflicting), "nameAlreadyExists");
    sim.assert_outline("Archive/\n  docs/\nDocs/\n  a\n");
}

#[test]
fn a_deleted_new_item_or_target_fails_a_running_job_at_once() {
    for deleted in ["/Archive/Docs", "/Archive"] {
        let sim = sim(Pace::Held, DOCS);
        let job = copy(&sim);
        job.step(2).unwrap();
        sim.delete(deleted).unwrap();
        assert_eq!(failure(&job), "itemNotFound");
        assert_eq!(job.percent_complete(), 66.6, "a failed job keeps its percentage");
        sim.check_invariants();
        job.step(1).unwrap();
        assert!(!sim.exists("/Archive/Docs"));
    }
}

#[test]
fn a_removed_drive_fails_jobs_that_copy_to_it_but_not_those_that_have_read_it() {
    let sim = sim(Pace::Held, "Docs/\n  a\n");
    let (from, to) =
        (sim.add_drive("from").unwrap(), sim.add_drive(DriveSpec::new("to").profile(Profile::BOX)).unwrap());
    sim.create_folder(from.at("/"), "Papers").unwrap();
    let reading = sim.copy(from.at("/Papers"), "/", CopyOptions::default()).unwrap();
    let late = sim.copy(from.at("/Papers"), "/", CopyOptions::named("late")).unwrap();
    let writing = sim.copy("/Docs", to.at("/"), CopyOptions::default()).unwrap();
    reading.step(0).unwrap();
    writing.step(1).unwrap();
    sim.remove_drive(sim.drive("from").unwrap()).unwrap();
    sim.remove_drive(sim.drive("to").unwrap()).unwrap();
    reading.step(1).unwrap();
    late.step(1).unwrap();
    assert_eq!(reading.status(), JobStatus::Completed);
    assert_eq!((failure(&writing), failure(&late)), ("itemNotFound", "itemNotFound"));
}

#[test]
fn names_of_unrevealed_items_are_taken() {
    let sim = sim(Pace::Held, DOCS);
    let job = copy(&sim);
    job.step(1).unwrap();
    for name in ["a.txt", "B.BIN"] {
        let error = sim.create_folder("/Archive/Docs", name).unwrap_err();
        assert_eq!(error.code(), "nameAlreadyExists");
        assert!(!sim.exists(format!("/Archive/Docs/{name}")));
    }
    job.step(2).unwrap();
    assert_eq!(sim.read("/Archive/Docs/a.txt").unwrap(), b"hi");
}

#[test]
fn a_moved_folder_keeps_filling_and_a_deleted_one_drops_its_unrevealed_items() {
    let sim = sim(Pace::Held, "Archive/\nDocs/\n  keep/\n    k\n  lose/\n    l\n");
    let job = copy(&sim);
    job.step(3).unwrap();
    sim.rename("/Archive/Docs/keep", "kept").unwrap();
    sim.move_to("/Archive/Docs/kept", "/").unwrap();
    sim.delete("/Archive/Docs/lose").unwrap();
    job.step(9).unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    sim.assert_outline("Archive/\n  Docs/\nDocs/\n  keep/\n    k\n  lose/\n    l\nkept/\n  k\n");
}

#[test]
fn copies_see_only_what_is_revealed() {
    let sim = sim(Pace::Held, DOCS);
    let job = copy(&sim);
    job.step(2).unwrap();
    sim.copy("/Archive/Docs", "/", CopyOptions::named("half").pace(Pace::Instant)).unwrap();
    job.step(1).unwrap();
    sim.assert_outline_of("/half", "a.txt = \"hi\"\n");
}

#[test]
fn a_copy_that_is_visible_on_completion_is_hidden_until_then() {
    let sim = sim(Pace::Held, DOCS);
    let job =
        sim.copy("/Docs", "/Archive", CopyOptions::default().visibility(Visibility::OnCompletion)).unwrap();
    job.step(2).unwrap();
    assert_eq!(job.percent_complete(), 66.6);
    sim.assert_outline(DOCS);
    job.step(1).unwrap();
    sim.assert_outline_of("/Archive", "Docs/\n  a.txt = \"hi\"\n  b.bin = 2 MiB\n");
}

#[test]
fn a_failed_job_keeps_revealed_items_unless_leftovers_are_removed() {
    for (leftovers, expected) in
        [(OnFailure::Keep, "a = 1 B\nb/\nold = 9 B\n"), (OnFailure::Remove, "b/\nold = 9 B\n")]
    {
        let sim = sim(Pace::Held, "from/\n  a = 1 B\n  b = 2 B\nto/\n  b = 3 B\n  old = 9 B\n");
        let options = CopyOptions::children_only().on_conflict(Conflict::Replace).on_failure(leftovers);
        let job = sim.copy("/from", "/to", options).unwrap();
        job.step(1).unwrap();
        // The file to be replaced becomes a folder, which nothing replaces.
        sim.delete("/to/b").unwrap();
        sim.create_folder("/to", "b").unwrap();
        job.step(1).unwrap();
        assert_eq!(failure(&job), "someItemsFailed");
        sim.check_invariants();
        sim.assert_outline_of("/to", expected);
    }
}

#[test]
fn a_replaced_file_stays_until_the_new_one_is_complete() {
    let sim = sim(Pace::bytes_per_second(1), "a = 4 B\nd/\n  a = 2 B\n");
    let old = sim.item("/d/a").unwrap().id;
    let job = sim.copy("/a", "/d", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    sim.advance(Duration::from_millis(4900)).unwrap();
    assert_eq!((job.percent_complete(), sim.item("/d/a").unwrap().id), (98.0, old));
    assert_eq!(sim.item("/d").unwrap().size, 2);
    sim.advance(Duration::from_millis(100)).unwrap();
    assert_eq!(job.outcome().unwrap().unwrap(), sim.item("/d/a").unwrap().id);
    assert_eq!(sim.item("/d").unwrap().size, 4);
}

#[test]
fn jobs_advance_in_the_order_of_due_time_then_number() {
    let sim = sim(Pace::items_per_second(1), "to/\na = 1 B\nb/\n  x\n  y\n");
    let events = sim.events();
    let slow = sim.copy("/b", "/to", CopyOptions::default()).unwrap();
    let quick = sim.copy("/a", "/to", CopyOptions::default()).unwrap();
    sim.run_until_idle();
    assert_eq!((slow.number(), quick.number()), (1, 2));
    let number = |event: &drivesim::event::JobEvent| if event.job == slow.id() { 1 } else { 2 };
    let events: Vec<_> = events.try_iter().collect();
    let order: Vec<_> = events.iter().map(|event| (event.at, number(event))).collect();
    assert!(order.is_sorted(), "{order:?}");
    let milestones: Vec<_> = events
        .iter()
        .filter(|event| event.kind != EventKind::Progress)
        .map(|event| (number(event), event.kind))
        .collect();
    use EventKind::{Accepted, Completed, Started};
    let expected = [(1, Accepted), (2, Accepted), (1, Started), (2, Started), (2, Completed), (1, Completed)];
    assert_eq!(milestones, expected);
    for number_of in [1, 2] {
        let percents: Vec<_> = events.iter().filter(|event| number(event) == number_of).collect();
        assert_eq!(percents.len(), 99 + 3, "each whole percent once");
    }
}

#[test]
fn progress_events_have_their_due_time_even_if_they_are_late() {
    let sim = sim(Pace::after(Duration::from_secs(100)), DOCS);
    let events = sim.events();
    copy(&sim);
    let start = sim.now();
    sim.advance(Duration::from_secs(1000)).unwrap();
    for event in events.try_iter() {
        assert_eq!(event.at.duration_since(start).as_secs(), i64::from(event.percent.whole()));
    }
}

#[test]
fn jobs_of_different_paces_end_the_same_in_one_step_and_in_many() {
    let outline = "a/\n  x = 10 B\n  y/\n    z = 5 B\nb/\n  w\nto/\n";
    let paces = ["3items/s", "7B/s", "1500ms", "2items/s", "1B/s"];
    let run = |step: Duration| {
        let sim = sim(Pace::Instant, outline);
        let jobs: Vec<Job> = paces
            .iter()
            .cycle()
            .take(20)
            .enumerate()
            .map(|(number, pace)| {
                let source = if number % 3 == 0 { "/b" } else { "/a" };
                let options = CopyOptions::named(format!("copy {number}")).pace(pace.parse().unwrap());
                sim.copy(source, if number % 4 == 0 { "/a/y" } else { "/to" }, options)
                    .or_else(|_| sim.copy(source, "/to", CopyOptions::named(format!("copy {number}"))))
                    .unwrap()
            })
            .collect();
        while sim.elapsed() < Duration::from_secs(60) {
            sim.advance(step).unwrap();
        }
        assert!(jobs.iter().all(|job| job.status() == JobStatus::Completed));
        sim.check_invariants();
        let ids: Vec<_> = jobs.iter().map(|job| job.outcome().unwrap().unwrap()).collect();
        (sim.outline().unwrap(), ids)
    };
    assert_eq!(run(Duration::from_secs(60)), run(Duration::from_millis(100)));
}

#[test]
fn ended_jobs_are_forgotten_but_their_handles_still_work() {
    let sim = Sim::builder().keep_ended(Duration::from_secs(10)).outline(DOCS).build().unwrap();
    let first = copy(&sim);
    sim.advance(Duration::from_secs(10)).unwrap();
    assert_eq!(sim.jobs().len(), 1);
    assert!(sim.job(first.id()).is_some());
    sim.advance(MILLI).unwrap();
    assert_eq!(sim.jobs().len(), 0);
    assert!(sim.job(first.id()).is_none());
    assert_eq!(first.status(), JobStatus::Completed);
}

#[test]
fn copying_the_children_of_an_empty_folder_completes() {
    let sim = sim(Pace::items_per_second(1), "from/\nto/\n");
    let job = sim.copy("/from", "/to", CopyOptions::children_only()).unwrap();
    sim.run_until_idle();
    assert_eq!((job.status(), job.percent_complete()), (JobStatus::Completed, 100.0));
}

#[test]
fn waiting_needs_no_runtime_and_works_with_either_clock() {
    let manual = sim(Pace::after(Duration::from_secs(3600)), DOCS);
    let job = copy(&manual);
    let waiter = std::thread::spawn({
        let wait = job.wait();
        move || pollster::block_on(wait)
    });
    manual.run_until_idle();
    assert_eq!(waiter.join().unwrap(), job.outcome().unwrap());

    let system = Sim::builder().system_clock().pace(Pace::after(30 * MILLI)).outline(DOCS).build().unwrap();
    let job = copy(&system);
    let item = pollster::block_on(job.wait()).unwrap();
    assert_eq!(system.path(item).unwrap(), "/Archive/Docs");
    assert!(system.advance(MILLI).is_err(), "the system clock cannot be advanced");
}

#[test]
fn a_wait_that_cannot_end_panics_with_the_reason() {
    let message = |pace: Pace| {
        let builder = Sim::builder().pace(pace).wait_timeout(Duration::ZERO);
        let sim = builder.outline(DOCS).build().unwrap();
        let job = copy(&sim);
        let waited = std::panic::catch_unwind(|| pollster::block_on(job.wait())).unwrap_err();
        // The simulator is still usable.
        sim.run_until_idle();
        sim.check_invariants();
        *waited.downcast::<String>().unwrap()
    };
    expect!["job 1 at the pace 1h is waited for and nobody has moved the simulator for 0ns of real time. The clock of its simulator is manual: call Sim::advance or Sim::run_until_idle before or while it is waited for, or build the simulator with SimBuilder::system_clock. SimBuilder::wait_timeout sets how long this takes."]
        .assert_eq(&message(Pace::after(Duration::from_secs(3600))));
    expect!["job 1 at the pace held is waited for and nobody has moved the simulator for 0ns of real time. It is held and moves only when Job::step is called. SimBuilder::wait_timeout sets how long this takes."]
        .assert_eq(&message(Pace::Held));
    expect!["job 1 at the pace 2polls is waited for and nobody has moved the simulator for 0ns of real time. It moves only when Job::poll is called. SimBuilder::wait_timeout sets how long this takes."]
        .assert_eq(&message(Pace::polls(2)));
}

#[test]
fn a_wait_for_a_held_job_also_panics_with_the_system_clock() {
    let builder = Sim::builder().system_clock().pace(Pace::Held).wait_timeout(Duration::ZERO);
    let job = copy(&builder.outline(DOCS).build().unwrap());
    assert!(std::panic::catch_unwind(|| pollster::block_on(job.wait())).is_err());
}

#[test]
fn a_wait_for_a_job_that_ends_does_not_time_out() {
    let builder = || Sim::builder().wait_timeout(Duration::ZERO).outline(DOCS);
    let system = builder().system_clock().pace(Pace::after(30 * MILLI)).build().unwrap();
    assert!(pollster::block_on(copy(&system).wait()).is_ok());
    let manual = builder().pace(Pace::after(Duration::from_secs(3600))).build().unwrap();
    let job = copy(&manual);
    let wait = job.wait();
    manual.run_until_idle();
    assert_eq!(pollster::block_on(wait), job.outcome().unwrap());
}

#[test]
fn a_wait_continues_while_the_simulator_advances() {
    let builder = Sim::builder().pace(Pace::Held).wait_timeout(Duration::from_secs(3600));
    let job = copy(&builder.outline(DOCS).build().unwrap());
    let mut wait = std::pin::pin!(job.wait());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..3 {
        assert!(wait.as_mut().poll(&mut context).is_pending());
        job.step(1).unwrap();
    }
    assert!(wait.as_mut().poll(&mut context).is_ready());
}

#[test]
fn a_job_longer_than_the_time_range_ends_with_it() {
    let huge = format!("a = {} B\nto/\n", u64::MAX / 2);
    let sim = sim(Pace::bytes_per_second(1), &huge);
    let job = sim.copy("/a", "/to", CopyOptions::default()).unwrap();
    sim.advance(Duration::from_secs(u64::MAX / 4)).unwrap();
    assert_eq!(job.status(), JobStatus::InProgress);
    assert_eq!(job.percent_complete(), 49.9);
    sim.run_until_idle();
    assert_eq!(job.status(), JobStatus::Completed);
    assert_eq!(sim.item("/to/a").unwrap().size, u64::MAX / 2);
}

#[test]
fn visibility_on_completion_works_at_a_timed_pace() {
    let sim = sim(Pace::items_per_second(1), DOCS);
    let options = CopyOptions::default().visibility(Visibility::OnCompletion);
    let job = sim.copy("/Docs", "/Archive", options).unwrap();
    let events = sim.events();
    for _ in 0..29 {
        sim.advance(100 * MILLI).unwrap();
        sim.assert_outline(DOCS);
    }
    assert_eq!(job.percent_complete(), 96.6);
    sim.run_until_idle();
    assert_eq!(sim.elapsed(), 3000 * MILLI);
    assert_eq!(events.try_iter().count(), 1 + 99 + 1);
    assert_eq!(sim.totals("/Archive/Docs").unwrap().files, 2);
}

#[test]
fn a_new_item_that_was_moved_does_not_need_its_target() {
    let sim = sim(Pace::Held, DOCS);
    let job = copy(&sim);
    job.step(2).unwrap();
    sim.move_to("/Archive/Docs", "/Docs").unwrap();
    sim.delete("/Archive").unwrap();
    job.step(1).unwrap();
    assert_eq!(job.status(), JobStatus::Completed);
    sim.assert_outline_of("/Docs/Docs", "a.txt = \"hi\"\nb.bin = 2 MiB\n");
}

#[test]
fn a_replacing_copy_fails_if_its_target_is_deleted() {
    let sim = sim(Pace::Held, "a = 1 B\nd/\n  a = 2 B\n");
    let job = sim.copy("/a", "/d", CopyOptions::default().on_conflict(Conflict::Replace)).unwrap();
    job.step(0).unwrap();
    sim.delete("/d").unwrap();
    assert_eq!(failure(&job), "itemNotFound");
    sim.check_invariants();
}

#[test]
fn nothing_is_due_for_a_failed_job() {
    let sim = sim(Pace::items_per_second(1), DOCS);
    let job = copy(&sim);
    sim.advance(1500 * MILLI).unwrap();
    sim.delete("/Archive/Docs").unwrap();
    assert_eq!(failure(&job), "itemNotFound");
    sim.run_until_idle();
    assert_eq!(sim.elapsed(), 1500 * MILLI);
}

#[test]
fn leftovers_are_removed_at_every_pace_and_fail_jobs_below_them() {
    let outline = "from/\n  a/\n    x\n  b\nto/\n  b/\n";
    let options = CopyOptions::children_only().on_conflict(Conflict::Replace).on_failure(OnFailure::Remove);
    for pace in ["instant", "held", "2polls", "1items/s", "1s"] {
        let sim = sim(pace.parse().unwrap(), outline);
        let job = sim.copy("/from", "/to", options.clone()).unwrap();
        for _ in 0..2 {
            let _ = job.step(9);
            job.poll();
        }
        sim.run_until_idle();
        assert_eq!(failure(&job), "someItemsFailed", "{pace}");
        sim.assert_outline(outline);
    }
    let sim = sim(Pace::Held, outline);
    let first = sim.copy("/from", "/to", options).unwrap();
    first.step(1).unwrap();
    let second = sim.copy("/from", "/to/a", CopyOptions::named("inner")).unwrap();
    second.step(1).unwrap();
    first.step(1).unwrap();
    assert_eq!((failure(&first), failure(&second)), ("someItemsFailed", "itemNotFound"));
}

#[test]
fn late_subscribers_receive_only_new_events() {
    let sim = sim(Pace::after(Duration::from_secs(10)), DOCS);
    copy(&sim);
    sim.advance(Duration::from_secs(5)).unwrap();
    let events = sim.events();
    sim.advance(Duration::from_secs(1)).unwrap();
    let percents: Vec<u8> = events.try_iter().map(|event| event.percent.whole()).collect();
    assert_eq!(percents, (51..=60).collect::<Vec<u8>>());
}

#[test]
fn polls_are_counted_even_if_there_is_nothing_to_copy() {
    let sim = sim(Pace::polls(4), "from/\nto/\n");
    let job = sim.copy("/from", "/to", CopyOptions::children_only()).unwrap();
    let percents: Vec<f64> = (0..4).map(|_| job.poll().percent.as_f64()).collect();
    assert_eq!(percents, [25.0, 50.0, 75.0, 100.0]);
}

#[test]
fn a_job_whose_target_is_a_removed_leftover_fails_at_once() {
    for pace in [Pace::polls(3), Pace::Held, Pace::after(Duration::from_secs(5))] {
        let outline = "s/\n  d/\n  taken\nt/\n  taken\nf\n";
        let sim = sim(Pace::after(Duration::from_secs(1)), outline);
        let options = CopyOptions::children_only().on_failure(OnFailure::Remove);
        let first = sim.copy("/s", "/t", options).unwrap();
        sim.write("/s/z", "").unwrap();
        sim.advance(600 * MILLI).unwrap();
        let second = sim.copy("/f", "/t/d", CopyOptions::default().pace(pace)).unwrap();
        second.poll();
        let _ = second.step(0);
        sim.run_until_idle();
        assert_eq!((failure(&first), failure(&second)), ("someItemsFailed", "itemNotFound"), "{pace}");
        assert_eq!(sim.elapsed(), Duration::from_secs(1), "{pace}");
        sim.assert_outline(&(outline.replace("taken\nt/", "taken\n  z\nt/")));
    }
}

/// Makes `n_copies` instant copies of a file and returns the numbers of the known jobs.
fn known_after(sim: &Sim, n_copies: usize) -> Vec<u64> {
    for _ in 0..n_copies {
        sim.copy("/Docs/a.txt", "/", CopyOptions::default().on_conflict(Conflict::Rename)).unwrap();
    }
    sim.jobs().iter().map(Job::number).collect()
}

#[test]
fn the_last_ended_jobs_and_all_running_jobs_are_kept() {
    let builder = Sim::builder().profile(Profile::BUSINESS).outline(DOCS);
    let sim = builder.keep_ended_jobs(3, usize::MAX).build().unwrap();
    let held = sim.copy("/Docs", "/Archive", CopyOptions::default().pace(Pace::Held)).unwrap();
    assert_eq!(known_after(&sim, 1000), [1, 999, 1000, 1001]);
    assert_eq!(sim.ended_jobs().number, 3);
    held.step(3).unwrap();
    assert_eq!(sim.jobs().iter().map(Job::number).collect::<Vec<u64>>(), [1, 1000, 1001]);
    sim.keep_ended_jobs(1, usize::MAX);
    assert_eq!(sim.jobs().iter().map(Job::number).collect::<Vec<u64>>(), [1], "the last ended job");
    assert!(sim.job_numbered(1001).is_none() && sim.job_numbered(1).is_some());
}

#[test]
fn ended_jobs_are_bounded_in_bytes_by_the_size_of_their_messages() {
    let max_bytes = 100_000;
    let count_kept = |name: &str| {
        let builder = Sim::builder().outline(DOCS).keep_ended_jobs(usize::MAX, max_bytes);
        let sim = builder.build().unwrap();
        for number in 0..500 {
            let missing = CopyOptions::named(format!("{name}{number}")).pace(Pace::Held);
            let job = sim.copy("/Docs/a.txt", "/Archive", missing).unwrap();
            job.step(1).unwrap();
            assert!(sim.ended_jobs().bytes <= max_bytes);
        }
        sim.ended_jobs().number
    };
    let (short, long) = (count_kept("n"), count_kept(&"n".repeat(5000)));
    assert!((50..400).contains(&short) && (10..20).contains(&long), "{short}, {long}");
}

#[test]
fn a_handle_of_a_forgotten_job_still_reports_its_outcome() {
    let sim = Sim::builder().outline(DOCS).keep_ended_jobs(0, 0).build().unwrap();
    let job = copy(&sim);
    assert!(sim.job(job.id()).is_none() && sim.jobs().is_empty());
    let report = job.poll();
    assert_eq!((report.status, report.percent.as_f64()), (JobStatus::Completed, 100.0));
    assert_eq!(pollster::block_on(job.wait()).ok(), report.item());
    assert_eq!(job.progress().items_done, 3);
    let kinds: Vec<EventKind> = job.events().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.last(), Some(&EventKind::Completed));
    let held = sim.copy("/Docs", "/", CopyOptions::named("b").pace(Pace::Held)).unwrap();
    held.step(1).unwrap();
    assert_eq!(held.step(9).unwrap().status, JobStatus::Completed);
    assert_eq!(held.percent_complete(), 100.0);
}

#[test]
fn pages_of_jobs_list_all_known_jobs() {
    let sim = Sim::builder().outline(DOCS).keep_ended_jobs(700, usize::MAX).build().unwrap();
    let known = known_after(&sim, 1000);
    let (mut seen, mut after, mut n_pages) = (Vec::new(), 0, 0);
    loop {
        let page = sim.jobs_after(after, 99);
        n_pages += 1;
        seen.extend(page.jobs.iter().map(Job::number));
        assert_eq!(page.last_number, 1000);
        after = seen.last().copied().unwrap();
        if !page.more {
            break;
        }
    }
    assert_eq!((seen, n_pages), (known, 8));
    assert_eq!((301..=1000).collect::<Vec<u64>>(), sim.jobs().iter().map(Job::number).collect::<Vec<u64>>());
    let beyond = sim.jobs_after(u64::MAX, usize::MAX);
    assert!(beyond.jobs.is_empty() && !beyond.more);
}

#[test]
fn forks_forget_jobs_independently_and_a_restore_keeps_the_limit() {
    let sim = Sim::builder().outline(DOCS).keep_ended_jobs(300, usize::MAX).build().unwrap();
    known_after(&sim, 300);
    let (fork, before) = (sim.fork(), sim.snapshot());
    sim.keep_ended_jobs(5, usize::MAX);
    assert_eq!(known_after(&sim, 1), [297, 298, 299, 300, 301]);
    assert_eq!(fork.jobs().len(), 300);
    assert_eq!(known_after(&fork, 2), (3..=302).collect::<Vec<u64>>());
    sim.restore(&before);
    assert_eq!(sim.jobs().iter().map(Job::number).collect::<Vec<u64>>(), [296, 297, 298, 299, 300]);
    assert_eq!(sim.ended_jobs().number, 5);
}
