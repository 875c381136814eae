//! The only place that gathers the tests of the dialect of Box.

mod files;
mod folders;
mod search;
mod support;
mod trash;
