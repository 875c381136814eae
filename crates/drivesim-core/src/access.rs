//! The only place for what a caller may do with an item.

use std::fmt;

/// What callers may do with an item and with all below it that has no level of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Access {
    /// Nothing. That an item that may not be read is as if it were not there is *assumed* (option `unreadable`).
    None,
    /// Look at it.
    Read,
    /// Look at it and change it.
    #[default]
    Write,
}

impl Access {
    /// Returns the level with this name: `write`, `read` or `none`.
    pub fn named(name: &str) -> Option<Access> {
        [Access::Write, Access::Read, Access::None].into_iter().find(|access| access.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Access::Write => "write",
            Access::Read => "read",
            Access::None => "none",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
