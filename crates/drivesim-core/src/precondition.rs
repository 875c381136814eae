//! Defines the preconditions that a caller can set for an item.

use std::fmt;

/// A state that a caller expects of an item; a verb fails if the item has another.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Precondition {
    /// The etag of the item: the number of its changes.
    ETag(u32),
    /// The ctag of the item: the number of changes of its content.
    CTag(u32),
}

impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Precondition::ETag(tag) => write!(f, "etag {tag}"),
            Precondition::CTag(tag) => write!(f, "ctag {tag}"),
        }
    }
}
