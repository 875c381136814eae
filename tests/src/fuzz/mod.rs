//! Sends arbitrary bytes to a server and checks its invariants: it does not panic, its responses are valid, a failed
//! request changes nothing, and the next request gets a response.
//!
//! The bodies of the fuzz targets are plain functions of bytes, so that the normal tests can run them too.

mod ranges;
mod routes;
mod targets;
#[cfg(test)]
mod tests;
mod world;

pub use self::ranges::upload_range;
pub use self::targets::{admin, json_body, multipart, path, query, raw_request};

/// The function that a fuzz target calls with an input.
pub type TargetBody = fn(&[u8]);

/// The targets that fuzz a server, by name.
pub const TARGETS: [(&str, TargetBody); 7] = [
    ("raw_request", raw_request),
    ("json_body", json_body),
    ("query", query),
    ("path", path),
    ("multipart", multipart),
    ("upload_range", upload_range),
    ("admin", admin),
];
