//! The only place that runs a history on drivesim beside the model and compares all that can be seen.
//!
//! ```
//! use drivesim_testkit::comparison;
//! use drivesim_testkit::history::histories;
//! use proptest::test_runner::{Config, TestRunner};
//!
//! let config = Config { cases: 3, failure_persistence: None, ..Config::default() };
//! TestRunner::new(config).run(&histories(5..10), |(model, verbs)| {
//!     let mut verbs = verbs.into_iter();
//!     comparison::run(model, |_| verbs.next());
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

use crate::history::Verb;
use crate::model::Model;

pub use engine::Engine;
pub use refusals::refusal_of;

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
/// asked for, given the model as it is then, until there is nothing: verbs of a list, or of a fuzzer.
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
