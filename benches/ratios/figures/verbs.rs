//! Measures single verbs in a huge folder against a small one.

use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Sim};

use crate::trees::{self, Rng, file_name};
use drivesim_benches::report::{Report, median_time};

const HUGE: usize = 1_000_000;
const SMALL: usize = 10;
/// The number of measurements of each verb.
const TIMES: usize = 400;

/// The verbs in the order in which they are applied to one item.
const VERBS: [&str; 5] = ["find", "create", "rename", "move", "delete"];

/// Measures the verbs on items with random names in `/folder`, which has `n_files` files.
fn times(sim: &Sim, n_files: usize, dice: &mut Rng) -> [Vec<Duration>; 5] {
    let mut times = [const { Vec::new() }; 5];
    let mut time = |verb: usize, work: &dyn Fn()| {
        let start = Instant::now();
        work();
        times[verb].push(start.elapsed());
    };
    for number in 0..TIMES {
        // A random existing name.
        let other = file_name(0, dice.below(n_files));
        let path = format!("/folder/{other}");
        time(0, &|| drop(sim.item(&path).expect("it is there")));
        let (new, renamed) =
            (format!("{other} {number}"), format!("{}{number}", file_name(0, dice.below(n_files))));
        let [new_path, renamed_path] = [&new, &renamed].map(|name| format!("/folder/{name}"));
        time(1, &|| {
            sim.create_sized("/folder", &new, 5).expect("the name is free");
        });
        time(2, &|| sim.rename(&new_path, &renamed).expect("the name is free"));
        time(3, &|| sim.move_to(&renamed_path, "/aside").expect("the name is free"));
        sim.move_to(format!("/aside/{renamed}"), "/folder").expect("the name is free");
        time(4, &|| sim.delete(&renamed_path).expect("it is there"));
    }
    times
}

/// Makes 1,000 random changes in `/folder`.
fn make_changes(sim: &Sim, n_files: usize, dice: &mut Rng) {
    for number in 0..500 {
        let name = format!("{} {number} new", file_name(0, dice.below(n_files)));
        sim.create_sized("/folder", &name, 5).expect("the name is free");
        if number % 2 == 0 {
            sim.rename(format!("/folder/{name}"), &format!("{number} {name}")).expect("the name is free");
        } else {
            sim.delete_permanently(format!("/folder/{name}")).expect("it is there");
        }
    }
}

fn populate(n_files: usize, copied: bool) -> Sim {
    let sim = Sim::builder().build().expect("an empty drive");
    let [folder, _] = ["folder", "aside"].map(|name| sim.create_folder("/", name).expect("the name is free"));
    trees::fill(&sim, folder, 0, n_files);
    if copied {
        sim.rename(folder, "source").expect("the name is free");
        sim.copy(folder, "/", CopyOptions::named("folder")).expect("the name is free");
    }
    sim
}

pub fn run(report: &mut Report) {
    let kinds = [("made by creates", false), ("copied and changed", true)];
    let huge = trees::run_in_parallel([&|| populate(HUGE, false), &|| populate(HUGE, true)]);
    for ((kind, copied), huge) in kinds.into_iter().zip(huge) {
        let small = populate(SMALL, copied);
        let mut dice = Rng::new(7);
        make_changes(&huge, HUGE, &mut dice);
        let in_small = times(&small, SMALL, &mut dice);
        let in_huge = times(&huge, HUGE, &mut dice);
        for (at, verb) in VERBS.into_iter().enumerate() {
            let (small, huge) = (median_time(&in_small[at]), median_time(&in_huge[at]));
            report.per_item(format!("{verb} in a folder of 1 M {kind}"), huge, 1);
            let ratio = huge.as_secs_f64() / small.as_secs_f64();
            report.ratio(format!("{verb} in 1 M against 10, {kind}"), ratio, 12.0);
        }
    }
}
