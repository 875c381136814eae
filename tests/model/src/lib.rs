//! Compares drivesim with a naive reference model, on random histories.
//!
//! | module | purpose |
//! |---|---|
//! | [`op`] | defines the operations on a simulator as data, and performs them on drivesim |
//! | [`history`] | draws and shrinks random histories |
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
pub mod op;
pub mod subject;
mod time;

pub use crate::time::nanos_of;

pub use crate::model::Model;
pub use crate::op::Op;
pub use crate::subject::ModelSubject;
