//! Runs a history on drivesim and on the reference model, and compares everything that can be read.
//!
//! ```
//! use drivesim_model::comparison;
//! use drivesim_model::history::histories;
//! use proptest::test_runner::{Config, TestRunner};
//!
//! let config = Config { cases: 3, failure_persistence: None, ..Config::default() };
//! TestRunner::new(config).run(&histories(5..10), |(model, ops)| {
//!     let mut ops = ops.into_iter();
//!     comparison::run(model, |_| ops.next());
//!     Ok(())
//! })?;
//! # Ok::<(), proptest::test_runner::TestError<_>>(())
//! ```

mod calls;
mod compare;
pub mod coverage;
mod engine;
mod errors;
mod feed;
mod items;

use std::sync::{Mutex, PoisonError};

use crate::model::Model;
use crate::op::HistoryOp;

pub use engine::Engine;
pub use errors::model_error_of;

/// The calls of the last failed history.
static FAILED: Mutex<String> = Mutex::new(String::new());

/// Returns the calls of the last history that failed in this process, with their expected results. While proptest
/// shrinks, this is the shortest history found so far.
pub fn failed_calls() -> String {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note_failed(calls: &str) {
    calls.clone_into(&mut FAILED.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Runs a history on the model and on drivesim, and compares everything that can be read after each op. `next`
/// returns the next op given the current model, until it returns `None`: ops of a list, or of a fuzzer.
///
/// # Panics
/// Panics if something differs; [`failed_calls`] returns the calls that led to it.
pub fn run(mut model: Model, mut next: impl FnMut(&Model) -> Option<HistoryOp>) {
    let mut engine = Engine::new(&model);
    while let Some(op) = next(&model) {
        model.apply(&op);
        engine.apply(&model);
    }
    engine.compare_all(&model);
}
