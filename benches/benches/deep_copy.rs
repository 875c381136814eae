//! How long a deep copy takes, by shape and size, and from which size on threads pay.
//!
//! Every figure is time per copy; the throughput line gives items a second. Each bench first checks, on one
//! copy, that the result is what it should be, and prints a checksum of it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use drivesim::{CopyOptions, ItemId, Sim};
use drivesim_testkit::shapes::{Shape, checksum, plant};

/// Copies, takes the time of the copy alone, and deletes the copy again.
fn copy_and_delete(sim: &Sim, source: ItemId, n_copies: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..n_copies {
        let start = Instant::now();
        let job = sim.copy(source, "/", CopyOptions::named("copy"));
        spent += start.elapsed();
        let copy = job.expect("nothing else has the name").outcome();
        let copy = black_box(copy).expect("an instant job has ended").expect("nothing refuses it");
        sim.delete(copy).expect("the copy is there");
    }
    spent
}

/// Plants a shape, checks one copy of it and returns the simulator, the source and the number of items.
fn prepare(shape: Shape, n_items: u64, parallel_from: usize) -> (Sim, ItemId, u64) {
    let sim = Sim::builder().parallel_from(parallel_from).build().expect("an empty drive");
    let source = plant(&sim, shape, n_items).expect("the shape fits");
    let tally = sim.tally(source).expect("the source is there");
    let n_items = tally.files + tally.folders;
    let job = sim.copy(source, "/", CopyOptions::named("checked")).expect("nothing has the name");
    let copy = job.outcome().expect("an instant job has ended").expect("nothing refuses it");
    let (expected, actual) = (checksum(&sim, source), checksum(&sim, copy));
    assert_eq!(
        expected.expect("readable"),
        actual.clone().expect("readable"),
        "the copy is not like its source"
    );
    println!("{shape:?}: {n_items} items, checksum {:016x}", actual.expect("readable"));
    sim.delete(copy).expect("the copy is there");
    (sim, source, n_items)
}

fn shapes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("shape");
    group.sample_size(10);
    for shape in [Shape::Wide, Shape::Flat, Shape::Chain, Shape::Binary] {
        for n_items in [1_000, 100_000] {
            let (sim, source, n_items) = prepare(shape, n_items, drivesim::PARALLEL_FROM);
            group.throughput(Throughput::Elements(n_items));
            group.bench_function(BenchmarkId::new(format!("{shape:?}"), n_items), |bencher| {
                bencher.iter_custom(|n_copies| copy_and_delete(&sim, source, n_copies));
            });
        }
    }
    group.finish();
}

/// The same tree by one thread and by all: where the lines cross is what `PARALLEL_FROM` should be.
fn threshold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("threshold");
    group.sample_size(10);
    for n_items in [2_000, 8_000, 16_000, 32_000, 128_000] {
        for (way, parallel_from) in [("one thread", usize::MAX), ("all cores", 1)] {
            let (sim, source, n_items) = prepare(Shape::Wide, n_items, parallel_from);
            group.throughput(Throughput::Elements(n_items));
            group.bench_function(BenchmarkId::new(way, n_items), |bencher| {
                bencher.iter_custom(|n_copies| copy_and_delete(&sim, source, n_copies));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, shapes, threshold);
criterion_main!(benches);
