//! Compares drivesim with a naive reference model, on random histories.
//!
//! | module | purpose |
//! |---|---|
//! | [`history`] | draws, prints and shrinks random histories |
//! | [`model`] | holds the state of a simulator, and applies a history to it |
//! | [`comparison`] | runs a history on the model and on drivesim, and compares everything that can be read |
//! | [`subject`] | runs the contract of the testkit on the model |
//! | [`fuzz`] | defines what the fuzzers run |
//!
//! No published crate depends on this one.

pub mod comparison;
pub mod fuzz;
pub mod history;
pub mod model;
pub mod subject;

pub use crate::history::Verb;
pub use crate::model::Model;
pub use crate::subject::ModelSubject;
