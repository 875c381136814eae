//! Gathers the tests of uploads, versions and downloads at Box.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

#[path = "../support/box_answers.rs"]
mod box_answers;
mod chunked;
mod clients;
mod download;
mod preflight;
mod strict_digests;
mod support;
mod upload;
mod versions;
