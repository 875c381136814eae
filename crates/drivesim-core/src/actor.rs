//! Defines the actor of a change: who performs a verb, and when.

use jiff::Timestamp;

/// The default user.
pub const ME: &str = "me";

/// Who performs a verb, and when.
///
/// A timestamp alone converts into the actor [`ME`] at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The time of the verb.
    pub at: Timestamp,
    /// The name of the user who performs it.
    pub by: &'a str,
}

impl From<Timestamp> for Actor<'static> {
    fn from(at: Timestamp) -> Actor<'static> {
        Actor { at, by: ME }
    }
}
