//! Measures the heap usage of copies, counted by the allocator.

use drivesim::{ItemId, Sim};

use crate::figures::copying::TreeFixture;
use crate::trees;
use drivesim_benches::report::{Goal, Report};

/// The name of a tree, the function that creates it, and the allowed allocations per item.
type TreeSpec = (&'static str, fn(&Sim) -> ItemId, Option<f64>);

const TREES: [TreeSpec; 4] = [
    ("wide tree, listing order", |sim| trees::wide(sim, 1000, 1000), Some(0.01)),
    ("binary tree", |sim| trees::binary(sim, 17), Some(0.01)),
    ("wide tree, random order", |sim| trees::wide_in_random_order(sim, 300, 1000), None),
    ("one folder", |sim| trees::flat(sim, 300_000), None),
];

pub fn run(report: &mut Report) {
    let populate = |tree: usize| TreeFixture::new(false, TREES[tree].1);
    let beds = trees::run_in_parallel([&|| populate(0), &|| populate(1), &|| populate(2), &|| populate(3)]);
    for ((name, _, most), mut bed) in TREES.into_iter().zip(beds) {
        let usage = allocation_counter::measure(|| {
            bed.copy();
        });
        let n_items = bed.n_items as f64;
        let n_bytes = usage.bytes_current as f64 / n_items;
        report.add(format!("heap bytes a copied item, {name}"), n_bytes, "bytes", Goal::AtMost(64.0));
        let goal = most.map_or(Goal::None, Goal::AtMost);
        report.add(
            format!("allocations a copied item, {name}"),
            usage.count_total as f64 / n_items,
            "",
            goal,
        );
    }
}
