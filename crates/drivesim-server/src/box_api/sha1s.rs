//! The only place that makes the hashes that Box tells, and that keeps those of larger contents.
