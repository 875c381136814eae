//! How long a fork takes, against copying so many records into fresh memory, and what a verb pays for it.
//!
//! A fork shares what is in the drives, so it should take a small part of the time that copying it would: at most
//! 0.05 of it at a million items, of which each has a record of 48 bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use drivesim::Sim;
use drivesim_testkit::shapes::{Shape, checksum, plant};

/// As large as the record of an item.
type Record = [u64; 6];

/// How many items the large drive has; few when the bench is only tried.
fn n_items() -> u64 {
    if std::env::args().any(|arg| arg == "--test") { 10_000 } else { 1_000_000 }
}

/// Takes the time of `work` alone, not that of dropping what it made.
fn time_of<R>(n_times: u64, mut work: impl FnMut() -> R) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..n_times {
        let start = Instant::now();
        let made = black_box(work());
        spent += start.elapsed();
        drop(made);
    }
    spent
}

fn forks(criterion: &mut Criterion) {
    let n_items = n_items();
    let sim = Sim::builder().build().expect("an empty drive");
    let source = plant(&sim, Shape::Wide, n_items).expect("the shape fits");
    let fork = sim.fork();
    let (here, there) = (checksum(&sim, source), checksum(&fork, source));
    assert_eq!(here.expect("readable"), there.expect("readable"), "the fork is not like its origin");
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
    // What is shared is copied when it is first changed: a page here and there, not all.
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

/// The look that does least: what finding the state costs shows here most.
fn verb(criterion: &mut Criterion) {
    let sim = Sim::builder().outline("Docs/\n  a.txt\n").build().expect("an outline");
    let docs = sim.item("/Docs").expect("it is there").id;
    criterion.bench_function("look at an item by id", |bencher| bencher.iter(|| sim.item(black_box(docs))));
}

criterion_group!(benches, forks, verb);
criterion_main!(benches);
