//! Runs any bytes as what a client sends, and checks what a service may never do: panic, answer what it may not, change
//! something and refuse it, or leave the next request without an answer.
//!
//! The bodies of the fuzz targets are plain functions of bytes, so that the normal tests run them too.

mod ranges;
mod routes;
mod targets;
#[cfg(test)]
mod tests;
mod world;

pub use self::ranges::upload_range;
pub use self::targets::{admin, json_body, multipart, path, query, raw_request};

/// What a fuzz target does with an input.
pub type Body = fn(&[u8]);

/// What fuzzes a server, by the name of its target.
pub const TARGETS: [(&str, Body); 7] = [
    ("raw_request", raw_request),
    ("json_body", json_body),
    ("query", query),
    ("path", path),
    ("multipart", multipart),
    ("upload_range", upload_range),
    ("admin", admin),
];
