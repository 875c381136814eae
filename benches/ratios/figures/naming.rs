//! Measures copies that are renamed to a free number.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use drivesim::{Conflict, CopyOptions, ItemId, Sim};

use crate::trees::Rng;
use drivesim_benches::report::{Report, median_ratio, median_time};

const TAKEN: usize = 100_000;
const GAPS: usize = 100;

/// Creates a folder in which `report.txt` and most of its numbers are taken. Returns the free numbers, sorted.
fn populate(sim: &Sim, seed: u64) -> Vec<usize> {
    sim.create_folder("/", "full").expect("the name is free");
    sim.create_sized("/full", "report.txt", 1).expect("the name is free");
    let mut numbers: Vec<usize> = (2..TAKEN + GAPS).collect();
    Rng::new(seed).shuffle(&mut numbers);
    let mut gaps = numbers.split_off(numbers.len() - GAPS);
    numbers.push(1);
    for number in numbers {
        sim.create_sized("/full", &format!("report {number}.txt"), 1).expect("the name is free");
    }
    gaps.sort_unstable();
    gaps
}

fn copy(sim: &Sim, target: &str) -> (Duration, String) {
    let options = CopyOptions::default().on_conflict(Conflict::Rename);
    let start = Instant::now();
    let job = sim.copy("/report.txt", target, options);
    let spent = start.elapsed();
    let copy = job.expect("a number is free").outcome().expect("an instant job has ended").expect("it fits");
    (spent, sim.item(copy).expect("it is there").name)
}

pub fn run(report: &mut Report) {
    let (mut firsts, mut walks) = (Vec::new(), Vec::new());
    let (mut laters, mut empties, mut ordered) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..3 {
        let sim = Sim::builder().build().expect("an empty drive");
        sim.create_sized("/", "report.txt", 1).expect("the name is free");
        sim.create_folder("/", "empty").expect("the name is free");
        let gaps = populate(&sim, round);
        let children = sim.children("/full").expect("it is there");
        let mut map: BTreeMap<String, ItemId> =
            children.into_iter().map(|child| (child.name, child.id)).collect();
        let start = Instant::now();
        let n_children = sim.children("/full").expect("it is there").len();
        walks.push(start.elapsed());
        assert_eq!(n_children, TAKEN);
        for (at, gap) in gaps.iter().enumerate() {
            let (spent, name) = copy(&sim, "/full");
            assert_eq!(name, format!("report {gap}.txt"), "the lowest gap must result");
            if at == 0 {
                firsts.push(spent)
            } else {
                laters.push(spent)
            }
            // The same into an empty folder, which is emptied afterwards.
            let (spent, _) = copy(&sim, "/empty");
            let id = sim.item("/report.txt").expect("it is there").id;
            let start = Instant::now();
            map.insert(name, id);
            if at > 0 {
                empties.push(spent);
                ordered.push(start.elapsed());
            }
            sim.delete_permanently("/empty/report.txt").expect("it is there");
        }
        report.checksum("numbers given", gaps.iter().map(|&gap| gap as u64).sum());
    }
    report.per_item("one walk of a folder of 100,000", median_time(&walks), TAKEN);
    report.ratio(
        "first rename-copy there against one walk of the folder",
        median_ratio(&firsts, &walks),
        1.5,
    );
    report.per_item("later rename-copies, each", median_time(&laters), 1);
    report.per_item("copies into an empty folder, each", median_time(&empties), 1);
    report.per_item("insert into a BTreeMap of 100,000 names, each", median_time(&ordered), 1);
    report.ratio(
        "later rename-copies against an empty folder",
        median_time(&laters).as_secs_f64() / median_time(&empties).as_secs_f64(),
        2.0,
    );
}
