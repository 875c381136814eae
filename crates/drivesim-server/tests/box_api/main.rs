//! The only place that gathers the tests of the dialect of Box.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

mod files;
mod folders;
mod search;
mod support;
mod trash;
