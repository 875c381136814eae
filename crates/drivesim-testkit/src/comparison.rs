//! The only place that runs a history on drivesim beside the model and compares all that can be seen.
//!
//! [`run`] does it for any source of verbs, such as a fuzzer; [`Comparison`] is what proptest runs:
//!
//! ```
//! use drivesim_testkit::comparison::Comparison;
//! use drivesim_testkit::history::Histories;
//! use proptest::test_runner::{Config, TestRunner};
//! use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
//!
//! let config = Config { cases: 3, failure_persistence: None, ..Config::default() };
//! let histories = Histories::sequential_strategy(5..10);
//! TestRunner::new(config.clone()).run(&histories, |(model, verbs, n_seen)| {
//!     Comparison::test_sequential(config.clone(), model, verbs, n_seen);
//!     Ok(())
//! })?;
//! # Ok::<(), proptest::test_runner::TestError<_>>(())
//! ```

mod calls;
mod compare;
pub mod coverage;
mod engine;
mod feed;
mod items;
mod refusals;

use std::sync::{Mutex, PoisonError};

use proptest_state_machine::StateMachineTest;

use crate::history::{Histories, Verb};
use crate::model::Model;

pub use engine::Engine;

/// The calls of the last history that failed.
static FAILED: Mutex<String> = Mutex::new(String::new());

/// Returns the calls of the last history that failed in this process, with what each had to give. While proptest
/// looks for shorter histories it is the shortest found so far.
pub fn failed_calls() -> String {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note_failed(calls: &str) {
    calls.clone_into(&mut FAILED.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Runs a history on the model and on drivesim and compares all that can be seen after each verb. What comes next is
/// asked for, given the model as it is then, until there is nothing.
///
/// # Panics
/// When something differs; [`failed_calls`] tells how it came to that.
pub fn run(mut model: Model, mut next: impl FnMut(&Model) -> Option<Verb>) {
    let mut engine = Engine::new(&model);
    while let Some(verb) = next(&model) {
        model.apply(&verb);
        engine.apply(&model);
    }
    engine.compare_all(&model);
}

/// The comparison as what proptest runs histories on.
#[derive(Debug)]
pub struct Comparison;

impl StateMachineTest for Comparison {
    type SystemUnderTest = Engine;
    type Reference = Histories;

    fn init_test(model: &Model) -> Engine {
        Engine::new(model)
    }

    fn apply(mut engine: Engine, model: &Model, _: Verb) -> Engine {
        engine.apply(model);
        engine
    }

    fn teardown(mut engine: Engine, model: Model) {
        engine.compare_all(&model);
    }
}
