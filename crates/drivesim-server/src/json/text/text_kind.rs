//! Marks texts whose form is known, so that they are written as JSON without a check.

use serde::{Serialize, Serializer};

use crate::json::text::to_vec;

/// JSON that was written before, for [`to_vec`] only: parts that many responses share are written once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verbatim<T = String>(T);

impl Verbatim {
    pub(crate) fn of(value: &impl Serialize) -> Verbatim {
        Verbatim(String::from_utf8(to_vec(value, TYPICAL)).unwrap_or_default())
    }
}

impl<T> Verbatim<T> {
    /// Wraps text that is JSON already.
    pub(crate) fn from_json(json: T) -> Verbatim<T> {
        Verbatim(json)
    }
}

/// The usual maximum of its bytes.
const TYPICAL: usize = 256;

/// Marks a text as JSON for the writer.
pub(crate) const VERBATIM: &str = "JSON that was written before";

impl<T: AsRef<str>> Serialize for Verbatim<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(VERBATIM, self.0.as_ref())
    }
}

/// A text that needs no escapes: a number, an id, a hash, or a URL of this server, which begins with
/// [`ApiRequest::base`](crate::http::request::ApiRequest::base) and continues as `url.rs` encodes it. Text from a client never qualifies.
/// Only debug builds check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoEscape<T>(pub(crate) T);

/// Marks a text as free of escapes for the writer.
pub(super) const NO_ESCAPE: &str = "a text without escapes";

impl<T: AsRef<str>> Serialize for NoEscape<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NO_ESCAPE, self.0.as_ref())
    }
}

/// What is known about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TextKind {
    #[default]
    Unknown,
    /// It needs no escapes.
    NoEscape,
    /// It is JSON.
    Verbatim,
}
