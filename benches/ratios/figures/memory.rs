//! Measures the memory that is returned to the system, in a separate process.

use std::hint::black_box;
use std::process::Command;

use drivesim::{CopyOptions, Sim};

use crate::machine::resident_bytes;
use crate::trees;
use drivesim_benches::report::{Goal, Report};

/// The number of copies and purges.
const TIMES: usize = 20;

/// Copies a million items and purges the copy, twenty times, and drops the simulator. Prints the resident bytes at the
/// start, after the 2nd and the last purge, and at the end.
pub fn child() {
    // Creates the threads and their permanent queues before the start.
    let warm = Sim::builder().outline("a/\n  b = 1 B\n").parallel_from(1).build().expect("an outline");
    for number in 0..100 {
        warm.copy("/a", "/", CopyOptions::named(format!("{number}"))).expect("the name is free");
    }
    drop(warm);
    let mut after = Vec::with_capacity(TIMES);
    let start = resident_bytes();
    let sim = Sim::builder().build().expect("an empty drive");
    let source = trees::wide(&sim, 1000, 1000);
    for _ in 0..TIMES {
        let job = sim.copy(source, "/", CopyOptions::named("copy")).expect("the name is free");
        let copy = job.outcome().expect("an instant job has ended").expect("it fits");
        sim.delete_permanently(copy).expect("it is there");
        after.push(resident_bytes());
    }
    drop(sim);
    // Freeing a large block makes the allocator return memory to the system.
    drop(black_box(vec![0u8; 100_000]));
    println!("{start} {} {} {}", after[1], after[TIMES - 1], resident_bytes());
}

/// Runs the child process in an environment. Returns its figures in MiB.
fn resident_in(env: Option<(&str, &str)>) -> [f64; 4] {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program).arg("--memory").envs(env).output().expect("this program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let bytes = text.split_whitespace().filter_map(|field| field.parse::<f64>().ok());
    let mib: Vec<f64> = bytes.map(|bytes| bytes / f64::from(1 << 20)).collect();
    let [start, second, last, end] = mib[..] else { panic!("the child process says {text:?}") };
    println!("# resident MiB: start {start:.1}, 2nd purge {second:.1}, last purge {last:.1}, end {end:.1}");
    [start, second, last, end]
}

pub fn run(report: &mut Report) {
    // Threads cache a few freed blocks of each size, which pin the heap below them.
    let without_caches = ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1");
    let [[start, second, last, end], [bare_start, .., bare_end]] =
        [resident_in(None), resident_in(Some(without_caches))];
    report.ratio("resident after 20 copies and purges against after 2", last / second, 1.1);
    report.ratio("resident after dropping the simulator against the start", end / start, 1.1);
    report.add("memory of the source and one copy", second - start, "MiB", Goal::None);
    report.add(
        "the same, with the C library's caches of threads off",
        bare_end / bare_start,
        "x",
        Goal::None,
    );
}
