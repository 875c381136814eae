//! Provides tools for tests of drivesim and of programs built on it.
//!
//! * [`contract`]: what a drive promises, as tests that run on any implementation.
//! * [`copy_properties`]: properties of every copy, checked on random trees against any code that copies.
//! * [`history`]: strategies for random histories of calls; [`model`]: a naive reference model of a simulator;
//!   [`comparison`]: runs a history on the model and on drivesim and compares the results.
//! * [`strategies`]: names that a profile accepts or rejects, and trees.
//! * [`fuzz`]: bodies for fuzzers. [`shapes`]: trees of a given shape and size.

#![warn(missing_docs)]

pub mod comparison;
pub mod contract;
pub mod copy_properties;
mod expect;
pub mod fuzz;
pub mod history;
pub mod model;
pub mod shapes;
#[cfg(test)]
mod shrinking;
pub mod strategies;

pub use crate::history::Verb;
pub use crate::model::Model;
