//! Checks recorded histories of a few threads on a small drive for linearizability. There must be an order of the
//! operations that is consistent with their times and yields the same results when one thread runs them: on a fork of the
//! start and, for the operations that it supports, on the model.
//!
//! A copy is not atomic, and need not be: it is checked at one moment, its source is read at a second, and it appears
//! at a third. The search orders these three moments separately.
//!
//! `DRIVESIM_STORM` multiplies the number of histories, `DRIVESIM_RANDOM_SEED` sets the seed.

mod draw;
mod engine;
mod model;
mod order;
mod record;
mod reference;
mod self_test;
mod terms;

use drivesim::Profile;
use drivesim_model::op::Service;

use self::draw::{draw, without_quotas_if_there_are_copies};
use self::engine::EngineReference;
use self::model::ModelReference;
use self::order::is_linear;
use self::record::{format_history, overlaps, record};
use crate::model::{env_variable, seed};
use crate::storm::TestRng;
use crate::threads::with_watchdog;

/// The initial items. Their order in `tree`: a, c, x, then the children of c, of a, of a/b.
const START: &str = "a/\n  b/\n    y = \"two\"\n  x = \"one\"\nc/\n  x = \"three\"\nx = \"four\"\n";
/// The number of initial items.
const N_START: usize = 7;
/// The target number of histories whose verbs overlap, and the maximum number of histories. Whether threads overlap
/// depends on chance.
const TARGET: (usize, usize) = (250, 2500);

/// Records histories until enough overlap, and checks each.
fn check_many(all_ops: bool, profiles: &'static [Profile]) {
    let n_rounds = env_variable("DRIVESIM_STORM", |text| text.parse().ok(), 1u64);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    for seed in seed()..seed() + n_rounds {
        let (overlapping, all) = with_watchdog(move || check_round(seed, all_ops, profiles));
        n_overlapping += overlapping;
        n_histories += all;
    }
    println!("{n_overlapping} of {n_histories} histories overlapped");
}

/// Returns the number of overlapping histories and of all histories.
fn check_round(seed: u64, all_ops: bool, profiles: &[Profile]) -> (usize, usize) {
    let mut dice = TestRng::new(seed);
    let (mut n_overlapping, mut n_histories) = (0, 0);
    while n_overlapping < TARGET.0 && n_histories < TARGET.1 {
        let profile = dice.pick(profiles);
        let (mut engine, mut before) =
            (EngineReference::new(profile.clone(), 1), EngineReference::new(profile, usize::MAX));
        if all_ops {
            (engine, before) = (engine.with_job(), before.with_job());
        }
        let n_threads = 2 + dice.below(2);
        let mut ops = |n: usize| (0..n).map(|_| draw(&mut dice, all_ops)).collect::<Vec<_>>();
        let ops: Vec<_> = (0..n_threads).map(|thread| ops(2 + thread)).collect();
        let ops = without_quotas_if_there_are_copies(ops);
        let history = record(&engine, ops);
        engine.sim.check_invariants();
        n_histories += 1;
        n_overlapping += usize::from(overlaps(&history));
        let by_engine = is_linear(&before, &engine.start, &history);
        assert!(
            by_engine,
            "no order of one thread explains this, seed {seed}:\n{}",
            format_history(&history)
        );
        let by_model = all_ops || is_linear(&ModelReference::new(Service::Plain), &engine.start, &history);
        assert!(by_model, "the model explains this in no order, seed {seed}:\n{}", format_history(&history));
    }
    (n_overlapping, n_histories)
}

#[test]
fn histories_of_basic_verbs_are_linearizable_on_the_engine_and_the_model() {
    check_many(false, &[Profile::PLAIN]);
}

#[test]
fn histories_of_all_ops_are_linearizable_on_the_engine() {
    check_many(true, &[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX]);
}
