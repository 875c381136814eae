//! Parses and prints members of a service among the attributes of an item: JSON, or a bare word that is a text.

use std::fmt;

use super::cursor::{BLANK, Cursor, Parsed};
use super::write_word;
use crate::json::Json;
use crate::members::Members;

/// Writes all members, each as ` name=value`.
pub(super) fn write_all(out: &mut impl fmt::Write, members: &Members) -> fmt::Result {
    for (name, value) in members.iter() {
        out.write_char(' ')?;
        write_word(out, name)?;
        write!(out, "={value}")?;
    }
    Ok(())
}

impl Cursor<'_> {
    /// Parses the value of a member. A value that begins like a list, an object or a quoted text must be JSON.
    pub(super) fn member(&mut self) -> Parsed<Json> {
        let start = *self;
        let read = Json::read_start(self.rest());
        if let Ok((json, n_bytes)) = &read {
            self.take(*n_bytes);
            if self.rest().is_empty() || self.rest().starts_with(BLANK) {
                return Ok(json.clone());
            }
        }
        match read {
            Ok(_) if start.rest().starts_with(['[', '{', '"']) => {
                Err(self.unexpected("a space after the value"))
            }
            Err(error) if start.rest().starts_with(['[', '{', '"']) => {
                let position = Cursor { offset: start.offset + error.at, ..start };
                Err(position.unexpected(format!("JSON: {}", error.expected)))
            }
            _ => {
                *self = start;
                self.value("a value").map(|word| Json::text(&word))
            }
        }
    }
}
