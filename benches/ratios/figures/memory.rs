//! The only place for the figures of what memory comes back: in a process of its own, where nothing else is.

use std::process::Command;

use drivesim::{CopyOptions, Sim};

use crate::machine::resident;
use crate::report::{Goal, Report};
use crate::trees;

/// What the child process prints: resident bytes at the start, after the 2nd and the last purge, and at the end.
const TIMES: usize = 20;

/// Copies a million items and deletes them for good, twenty times, and drops the simulator.
pub fn child() {
    // Threads and tables that stay are there before the start.
    let warm = Sim::builder().outline("a/\n  b = 1 B\n").build().expect("an outline");
    warm.copy("/a", "/", CopyOptions::named("c")).expect("the name is free");
    drop(warm);
    let start = resident();
    let sim = Sim::builder().build().expect("an empty drive");
    let source = trees::wide(&sim, 1000, 1000);
    let mut after = Vec::new();
    for _ in 0..TIMES {
        let job = sim.copy(source, "/", CopyOptions::named("copy")).expect("the name is free");
        let copy = job.outcome().expect("an instant job has ended").expect("it fits");
        sim.delete_permanently(copy).expect("it is there");
        after.push(resident());
    }
    drop(sim);
    println!("{start} {} {} {}", after[1], after[TIMES - 1], resident());
}

pub fn run(report: &mut Report) {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).arg("--memory").output().expect("this program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let bytes: Vec<f64> = text.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    let [start, second, last, end] = bytes[..] else { panic!("the child process says {text:?}") };
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    println!(
        "# resident MiB: start {:.1}, 2nd purge {:.1}, last purge {:.1}, end {:.1}",
        mib(start),
        mib(second),
        mib(last),
        mib(end)
    );
    report.ratio("resident after 20 copies and purges against after 2", last / second, 1.05);
    report.ratio("resident when the simulator is dropped against the start", end / start, 1.1);
    report.add("memory of the source and one copy", mib(second - start), "MiB", Goal::None);
}
