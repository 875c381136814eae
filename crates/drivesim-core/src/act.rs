//! The only place for who does something and when: what every changing verb is told.

use jiff::Timestamp;

/// The user of whom nothing else is said.
pub const ME: &str = "me";

/// Who does something, and when.
///
/// A time alone is something done by [`ME`] then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// When it is done.
    pub at: Timestamp,
    /// The name of the user who does it.
    pub by: &'a str,
}

impl From<Timestamp> for Act<'static> {
    fn from(at: Timestamp) -> Act<'static> {
        Act { at, by: ME }
    }
}
