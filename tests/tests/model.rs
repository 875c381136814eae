//! Runs random histories on the reference model and on drivesim and compares all visible state.
//!
//! `DRIVESIM_HISTORIES` sets the number of histories, `DRIVESIM_RANDOM_SEED` the seed: a number or `random`. A failure prints
//! the seed and the shortest failing history that was found.

use std::time::{SystemTime, UNIX_EPOCH};

use drivesim_model::comparison::{self, coverage, failed_calls};
use drivesim_model::history::histories;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

/// The default number of histories.
const N_HISTORIES: u32 = 3000;
/// The number of verbs of a history.
const N_VERBS: std::ops::Range<usize> = 35..75;
/// The default seed; a failure prints the seed in use.
const SEED: u64 = 1;
/// How often each covered event must occur in a normal run.
const MIN_OCCURRENCES: u64 = 50;

pub(crate) fn env_variable<T>(name: &str, parse: impl Fn(&str) -> Option<T>, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => parse(&text).unwrap_or_else(|| panic!("{name} cannot be {text:?}")),
        Err(_) => default,
    }
}

pub(crate) fn seed() -> u64 {
    let parse = |text: &str| match text {
        "random" => SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_nanos() as u64),
        number => number.parse().ok(),
    };
    env_variable("DRIVESIM_RANDOM_SEED", parse, SEED)
}

#[test]
fn the_engine_behaves_like_the_model() {
    let cases = env_variable("DRIVESIM_HISTORIES", |text| text.parse().ok(), N_HISTORIES);
    let seed = seed();
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&histories(N_VERBS), |(model, verbs)| {
        let mut verbs = verbs.into_iter();
        comparison::run(model, |_| verbs.next());
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("no histories could be drawn: {reason}"),
        Err(TestError::Fail(reason, (model, verbs))) => panic!(
            "{reason}\n\nthe calls, shortest history found:\n{}\nits start: {model:#?}\nits verbs: {verbs:#?}\n\n\
             to repeat it: DRIVESIM_RANDOM_SEED={seed} DRIVESIM_HISTORIES={cases}",
            failed_calls(),
        ),
    }
    let needed = if cases >= N_HISTORIES { MIN_OCCURRENCES } else { 0 };
    coverage::check(needed);
}
