//! Measures deep copies: by shape and size, across drives, with each conflict behavior, under limits, paced, by cores.
//!
//! Every figure is the time of one copy; the throughput line is in items per second. Each bench first checks the result
//! of one copy, and prints its checksum. With `--test` the trees are small.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use drivesim::drive::DriveSpec;
use drivesim::{Conflict, CopyOptions, ItemId, Job, Pace, Profile, Sim};
use drivesim_testkit::shapes::{Shape, checksum, populate};

const SHAPES: [Shape; 5] = [Shape::Wide, Shape::Flat, Shape::Chain, Shape::Binary, Shape::Bushy];

/// Returns whether each bench runs only once, as a test.
fn is_test() -> bool {
    std::env::args().any(|arg| arg == "--test")
}

/// Returns a number of items, at most 1,000 in a test.
fn size(n_items: u64) -> u64 {
    if is_test() { n_items.min(1_000) } else { n_items }
}

/// Creates a group for slow copies: few samples, with the same number of copies in each.
fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(1500));
    group
}

/// Measures `copy`, and purges each copy outside the measurement. The target is the last drive.
fn time_of(sim: &Sim, n_copies: u64, copy: impl Fn() -> Job) -> Duration {
    let mut spent = Duration::ZERO;
    let target = sim.drives().pop().expect("there is a drive");
    for _ in 0..n_copies {
        let start = Instant::now();
        let job = copy();
        spent += start.elapsed();
        let copied = black_box(job.outcome()).expect("it has ended").expect("nothing refuses it");
        sim.delete_permanently(target.at(copied)).expect("the copy is there");
    }
    spent
}

fn n_items_of(sim: &Sim, source: ItemId) -> u64 {
    let totals = sim.totals(source).expect("the source is there");
    totals.files + totals.folders
}

/// Creates a tree, checks one copy of it and returns the simulator, the source and the number of items.
fn prepare(shape: Shape, n_items: u64, parallel_from: usize, n_threads: Option<usize>) -> (Sim, ItemId, u64) {
    let mut builder = Sim::builder().parallel_from(parallel_from);
    if let Some(n_threads) = n_threads {
        builder = builder.threads(n_threads);
    }
    let sim = builder.build().expect("an empty drive");
    let source = populate(&sim, shape, n_items).expect("the shape fits");
    let job = copy_next_to(&sim, source);
    let copy = job.outcome().expect("an instant job has ended").expect("nothing refuses it");
    let (expected, actual) =
        (checksum(&sim, source).expect("readable"), checksum(&sim, copy).expect("readable"));
    assert_eq!(expected, actual, "the copy is not like its source");
    println!("{shape:?}: {} items, checksum {actual:016x}", n_items_of(&sim, source));
    sim.delete_permanently(copy).expect("the copy is there");
    let n_items = n_items_of(&sim, source);
    (sim, source, n_items)
}

fn copy_next_to(sim: &Sim, source: ItemId) -> Job {
    sim.copy(source, "/", CopyOptions::named("copy")).expect("nothing else has the name")
}

fn shapes(criterion: &mut Criterion) {
    let mut group = group(criterion, "shape");
    let sizes: &[u64] = if is_test() { &[1_000] } else { &[1_000, 100_000, 1_000_000] };
    for shape in SHAPES {
        for &n_requested in sizes {
            let (sim, source, n_items) = prepare(shape, n_requested, drivesim::builder::PARALLEL_FROM, None);
            group.throughput(Throughput::Elements(n_items));
            group.bench_function(BenchmarkId::new(format!("{shape:?}"), n_requested), |bencher| {
                bencher.iter_custom(|n_copies| time_of(&sim, n_copies, || copy_next_to(&sim, source)));
            });
        }
    }
    group.finish();
}

/// Measures the same tree with one thread and with all. `PARALLEL_FROM` should be where the lines cross.
fn threshold(criterion: &mut Criterion) {
    let mut group = group(criterion, "threshold");
    let sizes: &[u64] = if is_test() { &[1_000] } else { &[2_000, 8_000, 16_000, 32_000, 128_000] };
    for &n_requested in sizes {
        for (variant, parallel_from) in [("one thread", usize::MAX), ("all cores", 1)] {
            let (sim, source, n_items) = prepare(Shape::Wide, n_requested, parallel_from, None);
            group.throughput(Throughput::Elements(n_items));
            group.bench_function(BenchmarkId::new(variant, n_requested), |bencher| {
                bencher.iter_custom(|n_copies| time_of(&sim, n_copies, || copy_next_to(&sim, source)));
            });
        }
    }
    group.finish();
}

/// Measures a bushy tree with 1, 2, 4, … threads up to the number of cores.
fn cores(criterion: &mut Criterion) {
    let mut group = group(criterion, "cores");
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let powers = (0..).map(|power| 1 << power).take_while(|&n_threads| n_threads < n_cores);
    for n_threads in powers.chain([n_cores]) {
        let (sim, source, n_items) = prepare(Shape::Bushy, size(1_000_000), 1, Some(n_threads));
        group.throughput(Throughput::Elements(n_items));
        group.bench_function(BenchmarkId::new("bushy", n_threads), |bencher| {
            bencher.iter_custom(|n_copies| time_of(&sim, n_copies, || copy_next_to(&sim, source)));
        });
    }
    group.finish();
}

/// Measures copies within a drive, to another with the same rules, and to one that checks each name.
fn across_drives(criterion: &mut Criterion) {
    let mut group = group(criterion, "across drives");
    let n_requested = size(29_000);
    for (variant, profile) in
        [("within one", None), ("same rules", Some(Profile::PLAIN)), ("other rules", Some(Profile::BUSINESS))]
    {
        let (sim, source, n_items) =
            prepare(Shape::Bushy, n_requested, drivesim::builder::PARALLEL_FROM, None);
        if let Some(profile) = profile {
            sim.add_drive(DriveSpec::new("other").profile(profile)).expect("the name is free");
        }
        let target = sim.drives().pop().expect("there is a drive");
        let copy = || sim.copy(source, target.at("/"), CopyOptions::named("copy")).expect("the name is free");
        group.throughput(Throughput::Elements(n_items));
        group.bench_function(BenchmarkId::new(variant, n_requested), |bencher| {
            bencher.iter_custom(|n_copies| time_of(&sim, n_copies, copy));
        });
    }
    group.finish();
}

/// Measures copies to a free name, with rename and with fail, and a file that replaces another.
fn conflicts(criterion: &mut Criterion) {
    let mut group = group(criterion, "conflict");
    let (sim, source, n_items) = prepare(Shape::Wide, size(100_000), drivesim::builder::PARALLEL_FROM, None);
    let options = |conflict| CopyOptions::default().on_conflict(conflict);
    group.throughput(Throughput::Elements(n_items));
    group.bench_function("free name", |bencher| {
        bencher.iter_custom(|n_copies| time_of(&sim, n_copies, || copy_next_to(&sim, source)));
    });
    group.bench_function("rename", |bencher| {
        let copy = || sim.copy(source, "/", options(Conflict::Rename)).expect("numbers are free");
        bencher.iter_custom(|n_copies| time_of(&sim, n_copies, copy));
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("fail", |bencher| {
        let fail = || sim.copy(source, "/", options(Conflict::Fail)).expect_err("the source has the name");
        bencher.iter(|| black_box(fail()));
    });
    let (file, target) = (sim.create_sized("/", "a.txt", 5), sim.create_folder("/", "to"));
    let (file, target) = (file.expect("a free name"), target.expect("a free name"));
    group.bench_function("replace of a file", |bencher| {
        let copy = || sim.copy(file, target, options(Conflict::Replace)).expect("it may replace");
        bencher.iter(|| black_box(copy().outcome()));
    });
    group.finish();
}

/// Measures a business drive with its limit of 30,000 items: accepting a copy, and completing it.
fn accepting(criterion: &mut Criterion) {
    let mut group = group(criterion, "business limit");
    for shape in [Shape::Wide, Shape::Bushy] {
        let sim = Sim::builder().profile(Profile::BUSINESS).build().expect("an empty drive");
        let source = populate(&sim, shape, size(29_000)).expect("the shape fits");
        group.throughput(Throughput::Elements(n_items_of(&sim, source)));
        let held_options = || CopyOptions::named("copy").pace(Pace::Held);
        // The fork drops its jobs with their memory. In one simulator thousands of jobs would accumulate.
        group.bench_function(BenchmarkId::new("accept", format!("{shape:?}")), |bencher| {
            bencher.iter_custom(|n_copies| {
                let fork = sim.fork();
                let start = Instant::now();
                for _ in 0..n_copies {
                    black_box(fork.copy(source, "/", held_options()).expect("no limit is met"));
                }
                start.elapsed()
            });
        });
        group.bench_function(BenchmarkId::new("accept to completed", format!("{shape:?}")), |bencher| {
            bencher.iter_custom(|n_copies| time_of(&sim, n_copies, || copy_next_to(&sim, source)));
        });
    }
    group.finish();
}

/// Measures copies of files at Box, with names that are valid or must be sanitised first.
fn sanitising(criterion: &mut Criterion) {
    let mut group = group(criterion, "box names");
    let sim = Sim::builder().profile(Profile::BOX).build().expect("an empty drive");
    let file = sim.create_sized("/", "a.txt", 5).expect("a free name");
    for (variant, name) in
        [("right", "minutes of 7-3 (final).docx"), ("sanitised", " minutes of 7/3\\(final).docx ")]
    {
        let copy = || sim.copy(file, "/", CopyOptions::named(name)).expect("a name that can be had");
        group.throughput(Throughput::Elements(1));
        group.bench_function(variant, |bencher| {
            bencher.iter_custom(|n_copies| time_of(&sim, n_copies, copy));
        });
    }
    group.finish();
}

/// Measures a copy that is revealed in 1, 10 or 1,000 steps of the clock.
fn paced(criterion: &mut Criterion) {
    let mut group = group(criterion, "paced");
    let (sim, source, n_items) = prepare(Shape::Bushy, size(100_000), drivesim::builder::PARALLEL_FROM, None);
    group.throughput(Throughput::Elements(n_items));
    for n_steps in [1u32, 10, 1_000] {
        let copy = || {
            let pace = Pace::after(Duration::from_secs(1_000));
            let job = sim.copy(source, "/", CopyOptions::named("copy").pace(pace)).expect("a free name");
            for _ in 0..n_steps {
                sim.advance(Duration::from_secs(1_000) / n_steps).expect("a clock that is moved by hand");
            }
            job
        };
        group.bench_function(BenchmarkId::new("steps", n_steps), |bencher| {
            bencher.iter_custom(|n_copies| time_of(&sim, n_copies, copy));
        });
    }
    group.finish();
}

criterion_group!(benches, shapes, threshold, cores, across_drives, conflicts, accepting, sanitising, paced);
criterion_main!(benches);
