//! Measures copies of trees of other shapes and sizes, per item.

use std::path::Path;
use std::time::Duration;

use drivesim::{ItemId, Sim};

use crate::figures::copying::TreeFixture;
use crate::trees;
use drivesim_benches::report::{Report, median_time};

const ROUNDS: usize = 3;

/// The name of a tree, and the function that creates it.
type ShapeSpec = (&'static str, fn(&Sim) -> ItemId);

const SHAPES: [ShapeSpec; 4] = [
    ("one folder of 1 M files", |sim| trees::flat(sim, 1_000_000)),
    ("chain 1 M deep", |sim| trees::chain(sim, 1_000_000)),
    ("binary tree of 2^19 leaves", |sim| trees::binary(sim, 19)),
    ("the names below /usr", |sim| trees::from_directory(sim, Path::new("/usr"), 1_000_000)),
];

/// Measures each shape against a wide tree in the same round, with one thread.
pub fn run(report: &mut Report) {
    let populate = |shape: usize| TreeFixture::new(false, SHAPES[shape].1);
    let [mut wide, beds @ ..] = trees::run_in_parallel([
        &|| TreeFixture::new(false, |sim| trees::wide(sim, 1000, 1000)),
        &|| populate(0),
        &|| populate(1),
        &|| populate(2),
        &|| populate(3),
    ]);
    // Memory that a bed frees would be warm for the next copies, so all beds stay until the end.
    let mut done = Vec::new();
    for ((name, _), mut bed) in SHAPES.into_iter().zip(beds) {
        if bed.n_items < 1000 {
            println!("# {name}: {} items are too few to tell", bed.n_items);
            continue;
        }
        let (mut ours, mut wides) = (Vec::new(), Vec::new());
        // Small trees are copied several times, up to the same number of items.
        let n_times = (1_000_000 / bed.n_items).clamp(1, 20);
        for _ in 0..ROUNDS {
            // The first copy is not measured: it would find the memory warm that the plan of the other tree has freed,
            // which is large for many folders.
            wide.copy();
            wides.push(wide.copy().0);
            bed.copy();
            ours.push((0..n_times).map(|_| bed.copy().0).sum::<Duration>() / n_times as u32);
        }
        report.per_item(format!("copy of {name}"), median_time(&ours), bed.n_items);
        let per_item = |time: Duration, n_items: usize| time.as_secs_f64() / n_items as f64;
        let ratios = ours
            .iter()
            .zip(&wides)
            .map(|(&one, &wide_time)| per_item(one, bed.n_items) / per_item(wide_time, wide.n_items));
        report.ratio(
            format!("{name}, per item against the wide tree"),
            drivesim_benches::report::median(ratios.collect()),
            2.0,
        );
        bed.check(name, report);
        done.push(bed);
    }
}

/// Measures the time per item of a copy of 10 M items against one of 100 k.
pub fn growth(report: &mut Report) {
    let mut large = TreeFixture::new(false, |sim| trees::wide(sim, 10_000, 1000));
    let mut small = TreeFixture::new(false, |sim| trees::wide(sim, 100, 1000));
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let small_time = (0..20).map(|_| small.copy().0).sum::<Duration>() / 20;
        let large_time = large.copy().0;
        report.per_item("copy of 10 M items", large_time, large.n_items);
        let per_item = |time: Duration, n_items: usize| time.as_secs_f64() / n_items as f64;
        ratios.push(per_item(large_time, large.n_items) / per_item(small_time, small.n_items));
    }
    report.ratio("per item at 10 M against 100 k", drivesim_benches::report::median(ratios), 1.3);
}
