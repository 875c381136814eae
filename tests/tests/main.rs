//! All tests of drivesim through its face, in one program.

mod conflicts;
mod jobs;
mod large;
mod model;
mod properties;
mod refusals;
mod threads;
