//! Measures a reader during copies: one read every 50 µs, whether the last one is complete or not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Sim};

use crate::machine::n_cores;
use crate::peers;
use crate::trees;
use drivesim_benches::report::{Goal, Report, median_ratio, median_time};

const EVERY: Duration = Duration::from_micros(50);
const FOR: Duration = Duration::from_secs(3);
/// The duration of less important figures.
const BRIEFLY: Duration = Duration::from_millis(500);
/// The number of rounds, so that noise of the machine affects all figures alike.
const ROUNDS: u32 = 3;
const PATH: &str = "/a/b/c/d/e/f/g/h.txt";

/// Reads for a while. Returns the latency of each read from the time at which it was due, sorted.
fn read_item(sim: &Sim, time: Duration) -> Vec<Duration> {
    let n_reads = (time.as_nanos() / EVERY.as_nanos()) as u32;
    let start = Instant::now();
    let mut late = Vec::with_capacity(n_reads as usize);
    for number in 0..n_reads {
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

/// Reads while threads copy a million items repeatedly. Also returns the number of copies.
fn read_during_copies(sim: &Sim, n_threads: usize, time: Duration) -> (Vec<Duration>, usize) {
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
        let late = read_item(sim, time);
        stop.store(true, Ordering::Relaxed);
        (late, copiers.into_iter().map(|copier| copier.join().expect("no copy panics")).sum())
    })
}

/// Reads while threads only clone records, which needs no lock: the effect of the machine alone.
fn read_during_clones(sim: &Sim, n_threads: usize) -> Vec<Duration> {
    let (stop, records) = (AtomicBool::new(false), peers::records(1_000_000));
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    peers::clone_records(&records);
                }
            });
        }
        let late = read_item(sim, BRIEFLY);
        stop.store(true, Ordering::Relaxed);
        late
    })
}

/// The latencies of several rounds.
#[derive(Default)]
struct Latencies {
    p999s: Vec<Duration>,
    longest: Duration,
    n_copies: usize,
}

impl Latencies {
    fn add(&mut self, (late, n_copies): (Vec<Duration>, usize)) {
        self.p999s.push(p999(&late));
        self.longest = self.longest.max(late.last().copied().unwrap_or_default());
        self.n_copies += n_copies;
    }

    fn report(&self, report: &mut Report, name: &str) {
        report.add(format!("{name}: p99.9"), median_time(&self.p999s).as_secs_f64() * 1e6, "us", Goal::None);
    }

    fn report_longest(&self, report: &mut Report, name: &str, goal: Goal) {
        report.add(format!("{name}: longest wait"), self.longest.as_secs_f64() * 1e3, "ms", goal);
        if self.n_copies > 0 {
            println!(
                "# {} copies of a million items were created and deleted during the measurement",
                self.n_copies
            );
        }
    }
}

pub fn run(report: &mut Report) {
    let sim = Sim::builder().parallel_from(usize::MAX).build().expect("an empty drive");
    let mut folder = sim.item("/").expect("the root").id;
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        folder = sim.create_folder(folder, name).expect("the name is free");
    }
    sim.create_sized(folder, "h.txt", 5).expect("the name is free");
    trees::wide(&sim, 1000, 1000);
    let n_others = (n_cores() - 1).max(1);
    let [mut idle, mut during_clones, mut during_copies, mut on_all] =
        std::array::from_fn(|_| Latencies::default());
    for _ in 0..ROUNDS {
        idle.add((read_item(&sim, BRIEFLY), 0));
        during_clones.add((read_during_clones(&sim, n_others), 0));
        during_copies.add(read_during_copies(&sim, n_others, FOR / ROUNDS));
    }
    on_all.add(read_during_copies(&sim, n_cores(), BRIEFLY));
    idle.report(report, "reader, idle");
    during_clones.report(report, "reader beside cloning of records");
    let name = "reader beside copies on cores - 1 threads";
    during_copies.report(report, name);
    report.ratio(format!("{name}: p99.9 against idle"), median_ratio(&during_copies.p999s, &idle.p999s), 3.0);
    let against_clones = median_ratio(&during_copies.p999s, &during_clones.p999s);
    report.add(format!("{name}: p99.9 against cloning"), against_clones, "x", Goal::None);
    during_copies.report_longest(report, name, Goal::AtMost(2.0));
    during_clones.report_longest(report, "reader beside cloning of records", Goal::None);
    on_all.report(report, "reader beside copies on all cores");
    on_all.report_longest(report, "reader beside copies on all cores", Goal::None);
}
