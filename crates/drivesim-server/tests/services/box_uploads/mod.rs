//! Gathers the tests of uploads, versions and downloads at Box.

mod chunked;
mod clients;
mod download;
mod preflight;
mod strict_digests;
mod support;
mod upload;
mod versions;
