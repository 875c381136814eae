//! All tests of drivesim through its face, in one program.

mod access;
mod bin;
mod case_folding;
mod changes;
mod conflicts;
mod contract;
mod conversions;
mod diff;
mod drives;
mod facts;
mod forks;
mod jobs;
mod large;
mod linear;
mod locks;
mod model;
mod preconditions;
mod properties;
mod quota;
mod readers;
mod refusals;
mod search;
mod storm;
mod threads;
mod update;
mod versions;
