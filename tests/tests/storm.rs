//! Stress tests: many threads run random verbs under a watchdog. All invariants must hold, no thread may deadlock, ids
//! must be unique, and jobs must release their locks.
//!
//! `DRIVESIM_THREADS` sets the number of threads, `DRIVESIM_STORM` the number of consecutive storms, `DRIVESIM_RANDOM_SEED`
//! the first seed: a number or `random`. A seed repeats the verbs, but their results depend on the scheduling of
//! threads.

mod checks;
mod draw;
mod draw_jobs;
mod pick;
mod rng;
mod run;
mod shared;
mod verbs;
mod worker;

use self::run::{by_iterators, by_threads, run_watched, storms};
use self::shared::Storm;
use self::verbs::VERBS;
use self::worker::Worker;

pub(crate) use self::rng::TestRng;

/// The number of verbs of each thread in one storm.
const N_VERBS: usize = 1000;

#[test]
fn a_storm_of_threads_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, false), by_threads));
}

/// With several threads, the scheduling decides how often a verb fails, so a storm only prints the counts. A single
/// thread is deterministic.
#[test]
fn a_single_thread_succeeds_with_every_verb() {
    let n_done = run_watched(Storm::new(1, false), |storm| vec![Worker::new(storm, 0).run(0, 8 * N_VERBS)]);
    let never = VERBS.iter().map(|verb| verb.name).filter(|name| n_done.get(name).is_none_or(|n| *n == 0));
    assert_eq!(never.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_storm_in_a_small_rayon_pool_keeps_all_invariants() {
    storms(|seed| {
        run_watched(Storm::new(seed, false), |storm| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
            pool.install(|| by_iterators(storm))
        })
    });
}

#[test]
fn a_storm_in_the_global_rayon_pool_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, false), by_iterators));
}

#[test]
fn a_storm_with_restored_snapshots_keeps_all_invariants() {
    storms(|seed| run_watched(Storm::new(seed, true), by_threads));
}
