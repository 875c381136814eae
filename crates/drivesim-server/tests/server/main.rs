//! Tests of the server apart from its services: HTTP, limits, liveness and the admin API.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod admin;
mod http;
mod limits;
mod liveness;
#[allow(dead_code, reason = "the tests of services use the other part")]
#[path = "../support/mod.rs"]
mod support;
