//! Defines the access levels of items: what a caller may do with them.

use std::fmt;

/// What callers may do with an item, and with items below it that set no other level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Access {
    /// Nothing.
    ///
    /// ASSUMED: An item that may not be read seems not to exist (option `unreadable`).
    None,
    /// Read it.
    Read,
    /// Read it and change it.
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
