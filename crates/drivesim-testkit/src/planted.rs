//! Plants failures in strategies and returns what they shrink to.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

/// How many seeds a failure is planted with.
const SEEDS: u64 = 8;

/// Shrinks a value that fails where `fails` says, found from the first seed.
pub(crate) fn shrunk<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    from_seed(1, strategy, &fails)
}

/// Shrinks such values found from several seeds; returns how they print in the message of a failing test: all alike.
pub(crate) fn printed<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> String {
    let print = |seed| format!("{:#?}", from_seed(seed, strategy, &fails));
    let first = print(1);
    (2..=SEEDS).for_each(|seed| assert_eq!(print(seed), first));
    first
}

fn from_seed<S: Strategy>(seed: u64, strategy: &S, fails: &impl Fn(&S::Value) -> bool) -> S::Value {
    // As many steps as a user's test has that sets nothing, and enough cases to find what is rare.
    let steps = Config::default().max_shrink_iters();
    let config = Config {
        cases: 10_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: steps,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(strategy, |value| match fails(&value) {
        true => Err(TestCaseError::fail("planted")),
        false => Ok(()),
    });
    match outcome {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("the planted failure was not found: {other:?}"),
    }
}
