//! Displays names in messages.

use std::fmt;

/// Displays a name in a message: quoted and escaped as in Rust; a long name is shortened and followed by its length.
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.0.char_indices().nth(80).and_then(|(end, _)| self.0.get(..end));
        match head {
            Some(head) => write!(f, "{head:?}… ({} bytes)", self.0.len()),
            None => write!(f, "{:?}", self.0),
        }
    }
}
