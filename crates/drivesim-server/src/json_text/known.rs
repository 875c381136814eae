//! The only place for texts of which something is known before they are written as JSON.

use serde::{Serialize, Serializer};

use crate::json_text::to_vec;

/// JSON that was written before, for [`to_vec`] alone: what many answers have in common is written once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<T = String>(T);

impl Raw {
    pub(crate) fn of(value: &impl Serialize) -> Raw {
        Raw(String::from_utf8(to_vec(value, TYPICAL)).unwrap_or_default())
    }
}

impl<T> Raw<T> {
    /// Takes what is JSON already.
    pub(crate) fn from_json(json: T) -> Raw<T> {
        Raw(json)
    }
}

/// How many bytes that takes at most, most often.
const TYPICAL: usize = 256;

/// What tells a writer that a text is JSON.
pub(crate) const RAW: &str = "JSON that was written before";

impl<T: AsRef<str>> Serialize for Raw<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(RAW, self.0.as_ref())
    }
}

/// A text that needs no escapes: a number, an id, a hash, a URL of this server that begins with
/// [`Call::base`](crate::call::Call::base) and goes on as `url.rs` encodes. What a client has sent is none, whatever it is
/// called. Only debug builds look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<T>(pub(crate) T);

/// What tells a writer that a text needs no escapes.
pub(super) const PLAIN: &str = "a text without escapes";

impl<T: AsRef<str>> Serialize for Plain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(PLAIN, self.0.as_ref())
    }
}

/// What is known of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Known {
    #[default]
    Nothing,
    /// It needs no escapes.
    Plain,
    /// It is JSON.
    Raw,
}
