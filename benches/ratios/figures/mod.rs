//! Contains the figures, one file for each group of goals.

pub mod copying;
pub mod heap;
pub mod listings;
pub mod locks;
pub mod memory;
pub mod naming;
pub mod readers;
pub mod shapes;
pub mod verbs;
