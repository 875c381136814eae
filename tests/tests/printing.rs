//! Tests of `Debug` output: one line for handles of a drive of any size, and readable messages.

use std::fmt::Debug;
use std::panic::catch_unwind;
use std::time::Duration;

use drivesim::{Conflict, CopyOptions, Job, Pace, Profile, Sim};
use drivesim_model::Model;
use drivesim_model::comparison::Engine;
use drivesim_model::op::Service;
use expect_test::{Expect, expect};

/// Maximum length of output that does not grow with the drive.
const MAX_LENGTH: usize = 10_000;
/// The number of items of the large folder.
const MANY: u64 = 20_000;

/// Checks that both forms of the output are short.
#[track_caller]
fn check_short(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(text.len() <= MAX_LENGTH, "{} bytes: {}", text.len(), &text[..200]);
    }
}

/// Checks the output of a value that prints as one line.
#[track_caller]
fn check_line(value: &impl Debug, expected: Expect) {
    expected.assert_eq(&format!("{value:?}"));
    assert_eq!(format!("{value:#?}"), format!("{value:?}"));
}

fn large() -> Sim {
    let sim = Sim::builder().pace(Pace::items_per_second(1000)).build().unwrap();
    let folder = sim.create_folder("/", "large").unwrap();
    for number in 0..MANY {
        sim.create_sized(folder, &format!("{number:05}.txt"), number).unwrap();
    }
    sim
}

/// Starts a copy of the large folder and advances the clock by a third of its duration.
fn copying(sim: &Sim) -> Job {
    let job = sim.copy("/large", "/", CopyOptions::named("copy")).unwrap();
    sim.advance(Duration::from_millis(6667)).unwrap();
    job
}

#[test]
fn handles_of_a_drive_print_as_one_line() {
    let sim = large();
    let job = copying(&sim);
    check_line(&job, expect!["Job { number: 1, status: InProgress, 33.3 % }"]);
    check_line(&job.wait(), expect!["JobWait { number: 1, status: InProgress, 33.3 % }"]);
    check_line(&sim, expect!["Sim { 1 drives, 1 running jobs, elapsed: 6.667s }"]);
    check_line(&sim.snapshot(), expect!["Snapshot { 1 drives, 1 running jobs, elapsed: 6.667s }"]);
    let builder = Sim::builder().profile(Profile::BOX).outline(sim.outline().unwrap());
    check_line(&builder, expect!["SimBuilder { profile: box, pace: instant, seed: 0, .. }"]);
    check_line(&sim.profile_of(&sim.drives()[0]).unwrap(), expect!["Profile::PLAIN"]);
}

#[test]
fn printing_a_job_does_not_advance_it_and_works_after_a_restore() {
    let sim = large();
    let before = sim.snapshot();
    let job = copying(&sim);
    check_line(&job, expect!["Job { number: 1, status: InProgress, 33.3 % }"]);
    assert_eq!(job.progress().items_done, 6667);
    sim.restore(&before);
    check_line(&job, expect!["Job { number: 1, status: InProgress, 33.3 % }"]);
    check_line(&sim, expect!["Sim { 1 drives, 0 running jobs, elapsed: 0ns }"]);
}

#[test]
fn results_of_a_large_drive_print_briefly() {
    let sim = large();
    let before = sim.fork();
    let job = copying(&sim);
    check_short(&job.report());
    check_short(&job.progress());
    check_short(&sim.item("/large").unwrap());
    check_short(&sim.totals("/").unwrap());
    check_short(&sim.quota(sim.first_drive().unwrap()).unwrap());
    check_short(&sim.drives());
    check_short(&sim.drives()[0].at("/large"));
    check_short(&sim.children_after("/large", None, usize::MAX).unwrap());
    check_short(&sim.changes(sim.first_drive().unwrap(), None, usize::MAX).unwrap());
    check_short(&before.diff(&sim).unwrap());
    check_short(&drivesim::outline::parse(&sim.outline().unwrap()).unwrap());
    check_short(&sim.content("/large/00007.txt").unwrap());
    sim.drive_infos().for_each(|drive| check_short(&drive));
    sim.write("/large/00007.txt", "x".repeat(100_000).as_str()).unwrap();
    check_short(&sim.content("/large/00007.txt").unwrap());
    sim.run_until_idle();
    let options = CopyOptions::children_only().on_conflict(Conflict::Fail).pace(Pace::Instant);
    check_short(&sim.copy("/large", "/copy", options).unwrap_err());
    let model = Model::holding(Service::Plain, &[]);
    check_short(&Engine::new(&model));
    check_short(&model);
}

fn message(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *catch_unwind(test).unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn messages_of_unwrap_are_readable() {
    let sim = Sim::builder().pace(Pace::Held).outline("Docs/\nto/\n").build().unwrap();
    let copy = || drop(sim.copy("/Docs", "/to", CopyOptions::default()).unwrap_err());
    expect!["called `Result::unwrap_err()` on an `Ok` value: Job { number: 1, status: NotStarted, 0.0 % }"]
        .assert_eq(&message(copy));
    let build = || drop(Sim::builder().outline("Docs/\n   a.txt\n").build().unwrap());
    expect!["called `Result::unwrap()` on an `Err` value: not an outline: line 2, column 4: expected two spaces per level, found 3 spaces"]
        .assert_eq(&message(build));
    let seed = || drop(Sim::builder().outline("a\na\n").build().unwrap());
    expect![[r#"called `Result::unwrap()` on an `Err` value: no drive can hold the outline: line 2, column 1: the name "a" is taken by a file in "/""#]]
        .assert_eq(&message(seed));
    let item = || drop(sim.item("Docs").unwrap());
    expect![[r#"called `Result::unwrap()` on an `Err` value: "Docs" is not a path: a path begins with a slash, as "/Docs""#]]
        .assert_eq(&message(item));
    let pace = || assert_eq!("fast".parse::<Pace>().unwrap(), Pace::Held);
    assert!(message(pace).contains("`fast` is not a pace: expected `instant`"));
}

#[test]
fn errors_of_names_and_paths_suggest_the_right_form() {
    let sim = Sim::builder().profile(Profile::BUSINESS).outline("Docs/\n").build().unwrap();
    let errors = [
        sim.item("/Docs/../to").unwrap_err(),
        sim.create_folder("/", "Docs/").unwrap_err(),
        sim.create_folder("/", "a/b").unwrap_err(),
        sim.create_folder("/", "").unwrap_err(),
        sim.create_folder("/", "..").unwrap_err(),
        sim.create_folder("Docs", "a").unwrap_err(),
        sim.write("/", "text").unwrap_err(),
    ];
    let messages: String = errors.iter().map(|error| format!("{error}\n")).collect();
    expect![[r#"
        "/Docs/../to" does not exist: ".." is not followed in a path, write "/to"
        the name "Docs/" is not allowed: a name must not contain '/'; a name is the last part of a path, here "Docs"
        the name "a/b" is not allowed: a name must not contain '/'; a name is the last part of a path, here "b"
        the name "" is not allowed: a name must not be empty
        the name ".." is not allowed: a name must not end with a period
        "Docs" is not a path: a path begins with a slash, as "/Docs"
        "/" is a folder, a file is needed
    "#]]
    .assert_eq(&messages);
}
