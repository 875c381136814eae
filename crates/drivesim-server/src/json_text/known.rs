//! Marks texts whose form is known, so that they are written as JSON without a check.

use serde::{Serialize, Serializer};

use crate::json_text::to_vec;

/// JSON that was written before, for [`to_vec`] only: parts that many responses share are written once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<T = String>(T);

impl Raw {
    pub(crate) fn of(value: &impl Serialize) -> Raw {
        Raw(String::from_utf8(to_vec(value, TYPICAL)).unwrap_or_default())
    }
}

impl<T> Raw<T> {
    /// Wraps text that is JSON already.
    pub(crate) fn from_json(json: T) -> Raw<T> {
        Raw(json)
    }
}

/// The usual maximum of its bytes.
const TYPICAL: usize = 256;

/// Marks a text as JSON for the writer.
pub(crate) const RAW: &str = "JSON that was written before";

impl<T: AsRef<str>> Serialize for Raw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(RAW, self.0.as_ref())
    }
}

/// A text that needs no escapes: a number, an id, a hash, or a URL of this server, which begins with
/// [`Call::base`](crate::call::Call::base) and continues as `url.rs` encodes it. Text from a client never qualifies.
/// Only debug builds check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<T>(pub(crate) T);

/// Marks a text as free of escapes for the writer.
pub(super) const PLAIN: &str = "a text without escapes";

impl<T: AsRef<str>> Serialize for Plain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(PLAIN, self.0.as_ref())
    }
}

/// What is known about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Known {
    #[default]
    Nothing,
    /// It needs no escapes.
    Plain,
    /// It is JSON.
    Raw,
}
