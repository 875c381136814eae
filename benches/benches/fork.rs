//! Measures forks against copying the same number of records into fresh memory, and their cost for a verb.
//!
//! A fork shares the items of the drives, so it should take a small part of the time of a copy: at most 0.05 of it at a
//! million items with a record of 48 bytes each.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use drivesim::Sim;
use drivesim_testkit::shapes::{Shape, checksum, populate};

/// A record of 48 bytes.
type Record = [u64; 6];

/// Returns the number of items of the large drive, which is smaller in a test.
fn n_items() -> u64 {
    if std::env::args().any(|arg| arg == "--test") { 10_000 } else { 1_000_000 }
}

/// Measures `work`, without dropping its result.
fn time_of<R>(n_times: u64, mut work: impl FnMut() -> R) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..n_times {
        let start = Instant::now();
        let result = black_box(work());
        spent += start.elapsed();
        drop(result);
    }
    spent
}

fn forks(criterion: &mut Criterion) {
    let n_items = n_items();
    let sim = Sim::builder().build().expect("an empty drive");
    let source = populate(&sim, Shape::Wide, n_items).expect("the shape fits");
    let fork = sim.fork();
    let (original_sum, fork_sum) = (checksum(&sim, source), checksum(&fork, source));
    assert_eq!(
        original_sum.expect("readable"),
        fork_sum.expect("readable"),
        "the fork is not like its origin"
    );
    drop(fork);
    let records: Vec<Record> = (0..n_items).map(|number| [number; 6]).collect();

    let mut group = criterion.benchmark_group("fork");
    group.sample_size(20);
    group.bench_function(BenchmarkId::new("fork", n_items), |bencher| {
        bencher.iter_custom(|n_times| time_of(n_times, || sim.fork()));
    });
    group.bench_function(BenchmarkId::new("copy of the records", n_items), |bencher| {
        bencher.iter_custom(|n_times| time_of(n_times, || records.clone()));
    });
    // The first change copies only the shared pages that it touches.
    group.bench_function(BenchmarkId::new("first new file in a fork", n_items), |bencher| {
        let file_in = |fork: Sim| {
            fork.create_sized(source, "a name that was nowhere", 1).expect("a free name");
            fork
        };
        bencher.iter_custom(|n_times| {
            let mut spent = Duration::ZERO;
            for _ in 0..n_times {
                let fork = sim.fork();
                spent += time_of(1, || file_in(fork.clone()));
            }
            spent
        });
    });
    group.bench_function(BenchmarkId::new("restore", n_items), |bencher| {
        let snapshot = sim.snapshot();
        bencher.iter_custom(|n_times| time_of(n_times, || sim.restore(&snapshot)));
    });
    group.finish();
}

/// Measures the cheapest verb, which shows the overhead of finding the state best.
fn verb(criterion: &mut Criterion) {
    let sim = Sim::builder().outline("Docs/\n  a.txt\n").build().expect("an outline");
    let docs = sim.item("/Docs").expect("it is there").id;
    criterion.bench_function("look at an item by id", |bencher| bencher.iter(|| sim.item(black_box(docs))));
}

criterion_group!(benches, forks, verb);
criterion_main!(benches);
