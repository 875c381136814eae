//! Provides the HTTP client, checks and fuzz bodies that fuzzing, the soak and the tests of abuse share.

pub mod check;
pub mod fuzz;
pub mod http;
pub mod random;
