//! What tests of drivesim, and of programs built on it, share: tree shapes, fuzz bodies, a reference model.

#![warn(missing_docs)]

pub mod fuzz;
pub mod history;
pub mod model;
pub mod shapes;

pub use crate::history::Verb;
pub use crate::model::Model;
