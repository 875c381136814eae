//! Code that the measuring programs share.

pub mod report;
