//! The only place that runs the program `drivesim` as a user does: real folders, exit codes, what is printed.

// Clippy takes only functions marked as tests for tests, not what they share.
#![allow(clippy::unwrap_used, clippy::panic)]

mod copying;
mod leaving_out;
mod limits;
mod options;
mod outlines;
mod routes;
mod serve;
mod sources;
mod usage;
mod values;
mod work;
