//! What tests of drivesim, and of programs built on it, share.
//!
//! * [`contract`]: what is promised of a drive, to be told over whatever passes one on.
//! * [`copy_properties`]: what is true of every copy, checked on drawn trees against any code that copies.
//! * [`history`]: strategies that draw histories of calls; [`model`]: a naive reference model of a simulator;
//!   [`comparison`]: runs a history on both it and drivesim.
//! * [`strategies`]: names that a profile takes or refuses, and trees.
//! * [`fuzz`]: bodies for fuzzers. [`shapes`]: trees of a given shape and size.

#![warn(missing_docs)]

pub mod comparison;
pub mod contract;
pub mod copy_properties;
pub mod fuzz;
pub mod history;
pub mod model;
mod must;
#[cfg(test)]
mod planted;
pub mod shapes;
pub mod strategies;

pub use crate::history::Verb;
pub use crate::model::Model;
