//! Provides tools for tests of programs that use drives, and of other implementations of a drive.
//!
//! | you have | use |
//! |---|---|
//! | something that behaves like a drive: a client, a router, a store | [`contract`]: implement `Subject`, and each promise of a drive becomes a test |
//! | code that copies folders | [`copy_properties`]: implement `Copier`, and properties of copies are checked on random trees |
//! | a program that must cope with any tree or name | [`strategies`]: trees, and names that a profile accepts or rejects |
//! | a program that must be fast, or cope with large trees | [`shapes`]: trees of a given shape and size |
//! | a strategy of your own | [`shrinking`]: tests that its failures shrink well |
//!
//! [`contract`] and [`copy_properties`] begin with an example of the whole. The crate uses only the public API of
//! `drivesim`.

#![warn(missing_docs)]

pub mod contract;
pub mod copy_properties;
mod expect;
pub mod shapes;
pub mod shrinking;
pub mod strategies;
