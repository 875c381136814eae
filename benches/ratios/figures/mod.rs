//! The only place for the figures, a file for each group of goals.

pub mod copying;
