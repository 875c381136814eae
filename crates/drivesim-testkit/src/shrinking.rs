//! Shrinks deliberate failures of strategies, for tests of strategies of your own.
//!
//! ```
//! use drivesim_testkit::shrinking::shrunk;
//!
//! assert_eq!(shrunk(&(0..1000u32), |number| *number >= 17), 17);
//! ```

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use crate::expect::fail;

/// The number of seeds that a failure is found with.
const SEEDS: u64 = 8;

/// Returns the smallest value for which `fails` holds, found from the first seed.
///
/// # Panics
/// Panics if no value fails.
pub fn shrunk<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    from_seed(1, strategy, &fails)
}

/// Finds and shrinks a failing value from several seeds. Asserts that all results print alike, and returns the text as
/// a failing test prints it.
///
/// # Panics
/// Panics if no value fails, or if the results differ.
///
/// ```
/// use drivesim_testkit::shrinking::printed;
///
/// assert_eq!(printed(&(0..1000u32), |number| *number >= 17), "17");
/// ```
pub fn printed<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> String {
    let print = |seed| format!("{:#?}", from_seed(seed, strategy, &fails));
    let first = print(1);
    (2..=SEEDS).for_each(|seed| assert_eq!(print(seed), first));
    first
}

fn from_seed<S: Strategy>(seed: u64, strategy: &S, fails: &impl Fn(&S::Value) -> bool) -> S::Value {
    // The default number of steps, as in users' tests, and enough cases to find rare failures.
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
        other => fail(format_args!("the deliberate failure was not found: {other:?}")),
    }
}
