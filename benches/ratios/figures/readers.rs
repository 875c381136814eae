//! The only place for the figures of a reader beside copies: one look every 50 µs, whether the last one is done or not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Sim};

use crate::machine::n_cores;
use crate::report::{Goal, Report};
use crate::trees;

const EVERY: Duration = Duration::from_micros(50);
const FOR: Duration = Duration::from_secs(3);
const PATH: &str = "/a/b/c/d/e/f/g/h.txt";

/// Looks for three seconds; returns how late each look was answered after it was due, longest last.
fn look(sim: &Sim) -> Vec<Duration> {
    let n_looks = (FOR.as_nanos() / EVERY.as_nanos()) as u32;
    let start = Instant::now();
    let mut late = Vec::with_capacity(n_looks as usize);
    for number in 0..n_looks {
        let due = EVERY * number;
        while start.elapsed() < due {
            std::hint::spin_loop();
        }
        assert_eq!(sim.item(PATH).expect("it is there").size, 5);
        late.push(start.elapsed() - due);
    }
    late.sort_unstable();
    late
}

fn p999(late: &[Duration]) -> Duration {
    late[late.len() * 999 / 1000]
}

/// Looks while threads copy a million items again and again; says also how many copies were made.
fn look_beside(sim: &Sim, n_threads: usize) -> (Vec<Duration>, usize) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let copiers: Vec<_> = (0..n_threads)
            .map(|thread| {
                let (sim, stop) = (sim.clone(), &stop);
                scope.spawn(move || {
                    let mut n_copies = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let name = format!("copy {thread} {n_copies}");
                        let job =
                            sim.copy("/source", "/", CopyOptions::named(name)).expect("the name is free");
                        let copy = job.outcome().expect("an instant job has ended").expect("it fits");
                        sim.delete_permanently(copy).expect("it is there");
                        n_copies += 1;
                    }
                    n_copies
                })
            })
            .collect();
        let late = look(sim);
        stop.store(true, Ordering::Relaxed);
        (late, copiers.into_iter().map(|copier| copier.join().expect("no copy panics")).sum())
    })
}

pub fn run(report: &mut Report) {
    let n_cores = n_cores();
    let sim = Sim::builder().parallel_from(usize::MAX).build().expect("an empty drive");
    let mut folder = sim.item("/").expect("the root").id;
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        folder = sim.create_folder(folder, name).expect("the name is free");
    }
    sim.create_sized(folder, "h.txt", 5).expect("the name is free");
    trees::wide(&sim, 1000, 1000);
    let idle = look(&sim);
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    report.add("reader, idle: p99.9", us(p999(&idle)), "us", Goal::None);
    for (name, n_threads, is_asked) in
        [("cores - 1 threads", n_cores - 1, true), ("all cores", n_cores, false)]
    {
        let (late, n_copies) = look_beside(&sim, n_threads.max(1));
        println!("# {n_copies} copies of a million items were made and deleted meanwhile");
        let goal = |most| if is_asked { Goal::AtMost(most) } else { Goal::None };
        let ratio = p999(&late).as_secs_f64() / p999(&idle).as_secs_f64();
        report.add(format!("reader beside copies on {name}: p99.9"), us(p999(&late)), "us", Goal::None);
        report.add(format!("reader beside copies on {name}: p99.9 against idle"), ratio, "x", goal(3.0));
        let longest = late.last().copied().unwrap_or_default();
        report.add(
            format!("reader beside copies on {name}: longest wait"),
            us(longest) / 1e3,
            "ms",
            goal(2.0),
        );
    }
}
