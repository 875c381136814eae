//! The only place for what the programs that measure share.

pub mod report;
