//! Measures how long the drive's lock is held: each step of a copy that needs it, separately.

use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Sim};
use drivesim_core::copy::{CopySpec, open};
use drivesim_core::{Conflict, Drive, ItemId, Profile, Timestamp};

use crate::trees::{file_name, folder_name};
use drivesim_benches::report::{Goal, Report, median_ratio, median_time};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Creates folders of a thousand files in a drive without a simulator.
fn populate(n_folders: usize) -> (Drive, ItemId) {
    let mut drive = Drive::new(Profile::PLAIN, NOW);
    drive.reclaim_in_portions();
    let top = drive.create_folder(drive.root(), "source", Conflict::Fail, NOW).expect("the name is free");
    for number in 0..n_folders {
        let folder =
            drive.create_folder(top, &folder_name(number), Conflict::Fail, NOW).expect("the name is free");
        for at in 0..1000 {
            let content = drive.generated(at as u64);
            drive
                .create_file(folder, &file_name(number, at), content, Conflict::Fail, NOW)
                .expect("the name is free");
        }
    }
    (drive, top)
}

fn time<R>(spent: &mut Vec<Duration>, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    spent.push(start.elapsed());
    result
}

/// Copies step by step, as a simulator does. Returns the longest time that needs the target's lock.
fn copy(drive: &mut Drive, top: ItemId, name: String) -> (Duration, ItemId) {
    let mut spent = Vec::new();
    let spec = CopySpec::new(top, drive.root()).named(name);
    let opened = time(&mut spent, || open(drive, drive, &spec)).expect("nothing refuses it");
    let mut planned = opened.plan().expect("one drive, one set of rules");
    while time(&mut spent, || drive.import(&mut planned, 1024, NOW)).expect("it fits") {}
    let ticket = time(&mut spent, || drive.reserve(&planned, NOW)).expect("it fits");
    let staged = planned.build(ticket, usize::MAX);
    let attached = time(&mut spent, || drive.attach(staged)).expect("the name is free");
    (spent.into_iter().max().unwrap_or_default(), attached.item)
}

/// Purges an item and frees its memory in steps, as a simulator does. Returns the longest time that needs the lock.
fn purge(drive: &mut Drive, item: ItemId) -> Duration {
    let mut spent = Vec::new();
    time(&mut spent, || drive.delete_permanently(item)).expect("it is there");
    while time(&mut spent, || drive.reclaim_some()).more {}
    spent.into_iter().max().unwrap_or_default()
}

pub fn run(report: &mut Report) {
    let ((mut small, small_top), (mut large, large_top)) = (populate(10), populate(1000));
    let [
        mut small_copies,
        mut large_copies,
        mut small_purges,
        mut large_purges,
        mut small_moves,
        mut large_moves,
    ] = [const { Vec::new() }; 6];
    let folder = |drive: &mut Drive| drive.create_folder(drive.root(), "aside", Conflict::Fail, NOW);
    let asides = [folder(&mut small), folder(&mut large)].map(|result| result.expect("the name is free"));
    let move_and_back = |drive: &mut Drive, item: ItemId, aside: ItemId, spent: &mut Vec<Duration>| {
        let target = [aside, drive.root()];
        let run =
            || target.map(|target| drive.move_to(item, target, None, Conflict::Fail, NOW).expect("free"));
        time(spent, run);
    };
    for round in 0..15 {
        let (spent, copied) = copy(&mut small, small_top, format!("copy {round}"));
        small_copies.push(spent);
        move_and_back(&mut small, copied, asides[0], &mut small_moves);
        small_purges.push(purge(&mut small, copied));
        let (spent, copied) = copy(&mut large, large_top, format!("copy {round}"));
        large_copies.push(spent);
        move_and_back(&mut large, copied, asides[1], &mut large_moves);
        large_purges.push(purge(&mut large, copied));
    }
    let longest = median_time(&large_copies);
    report.add(
        "lock held by a copy of 1 M items, longest",
        longest.as_secs_f64() * 1e3,
        "ms",
        Goal::AtMost(1.0),
    );
    report.ratio(
        "lock held by a copy, 1 M items against 10 k",
        median_ratio(&large_copies, &small_copies),
        2.0,
    );
    report.ratio("move, 1 M items against 10 k", median_ratio(&large_moves, &small_moves), 2.0);
    let longest = median_time(&large_purges);
    report.add(
        "lock held by a purge of 1 M items, longest",
        longest.as_secs_f64() * 1e3,
        "ms",
        Goal::AtMost(1.0),
    );
    // The longest of 2,000 steps of some µs depends mostly on noise, so this ratio is less reliable than that above.
    report.add(
        "lock held by a purge, 1 M items against 10 k",
        median_ratio(&large_purges, &small_purges),
        "x",
        Goal::None,
    );
}

/// Measures the copy of one file through the facade.
pub fn small(report: &mut Report) {
    let new_sim = || Sim::builder().outline("a.txt = \"hello\"\nto/\n").build().expect("an outline");
    let (mut sim, mut times) = (new_sim(), Vec::new());
    for round in 0..30_000 {
        if round % 3000 == 0 {
            sim = new_sim();
        }
        let options = CopyOptions::named(format!("copy {round}"));
        let start = Instant::now();
        let job = sim.copy("/a.txt", "/to", options).expect("the name is free");
        let outcome = job.outcome().expect("an instant job has ended");
        times.push(start.elapsed());
        outcome.expect("it fits");
        assert_eq!(job.parallel_tasks(), 0, "no thread pool is woken");
    }
    report.add("copy of one file", median_time(&times).as_secs_f64() * 1e6, "us", Goal::AtMost(5.0));
}
