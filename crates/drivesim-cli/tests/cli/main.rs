//! Tests the program `drivesim` as a user runs it: real folders, exit codes, output.

// Clippy treats only functions marked as tests as tests, not their helpers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod copying;
mod left_out;
mod limits;
mod options;
mod outlines;
mod routes;
mod serve;
mod sources;
mod usage;
mod values;
mod work;
