//! Runs random histories on the model of the testkit and on drivesim and compares all that can be seen.
//!
//! `DRIVESIM_HISTORIES` sets how many histories are run, `DRIVESIM_SEED` another seed than the usual one: a number,
//! or `random`. The seed is printed with a failure, beside the shortest history that was found to fail.

use std::time::{SystemTime, UNIX_EPOCH};

use drivesim_testkit::comparison::{self, coverage, failed_calls};
use drivesim_testkit::history::histories;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

/// How many histories a normal run has.
const N_HISTORIES: u32 = 3000;
/// How many verbs a history has.
const N_VERBS: std::ops::Range<usize> = 35..75;
/// The usual seed; that of another run is told when it fails.
const SEED: u64 = 1;
/// How often everything must have happened in a normal run.
const OFTEN_ENOUGH: u64 = 50;

pub(crate) fn variable<T>(name: &str, read: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
    match std::env::var(name) {
        Ok(text) => read(&text).unwrap_or_else(|| panic!("{name} cannot be {text:?}")),
        Err(_) => otherwise,
    }
}

pub(crate) fn seed() -> u64 {
    let read = |text: &str| match text {
        "random" => SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_nanos() as u64),
        number => number.parse().ok(),
    };
    variable("DRIVESIM_SEED", read, SEED)
}

#[test]
fn the_engine_does_what_the_model_does() {
    let cases = variable("DRIVESIM_HISTORIES", |text| text.parse().ok(), N_HISTORIES);
    let seed = seed();
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 4000,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&histories(N_VERBS), |(model, verbs)| {
        let mut verbs = verbs.into_iter();
        comparison::run(model, |_| verbs.next());
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("no histories could be drawn: {reason}"),
        Err(TestError::Fail(reason, (model, verbs))) => panic!(
            "{reason}\n\nthe calls, shortest history found:\n{}\nits start: {model:#?}\nits verbs: {verbs:#?}\n\n\
             to repeat it: DRIVESIM_SEED={seed} DRIVESIM_HISTORIES={cases}",
            failed_calls(),
        ),
    }
    let needed = if cases >= N_HISTORIES { OFTEN_ENOUGH } else { 0 };
    coverage::check(needed);
}
