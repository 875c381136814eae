//! Shortens client text that messages quote, and messages themselves.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// A name in a message: quoted, escaped and with its length.
pub(crate) use drivesim_core::Quoted;
use serde_json::Value;

use crate::json::ordered;

/// The maximal number of characters that a message quotes of a text.
const MAX_CHARS: usize = 200;
/// The maximal number of bytes of an error's message in JSON: a safety net below the texts that are shortened where
/// they are quoted.
const MAX_MESSAGE: usize = 3 << 10;
/// The maximal number of bytes of each of several texts.
const MAX_CONTEXT: usize = 1 << 10;
/// Replaces the rest of a shortened text.
const REST: &str = "…";

/// A text between the quotes of a message; only its beginning if it is long.
pub(crate) struct Excerpt<'a>(pub(crate) &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => write!(f, "{}{REST}", &self.0[..end]),
            None => f.write_str(self.0),
        }
    }
}

/// Returns the beginning of a value in JSON. Writes little more than is quoted.
pub(crate) fn json(value: &Value) -> String {
    let mut beginning = Beginning(String::new());
    // Fails if it is long.
    let _ = write!(beginning, "{value}");
    beginning.0
}

/// Holds somewhat more than is quoted, so that a long value is recognised.
struct Beginning(String);

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = (4 * MAX_CHARS + 4).saturating_sub(self.0.len());
        let end = (0..=left.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.0.push_str(&text[..end]);
        if end < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// Returns the message of an error, or its beginning if it is long.
pub(crate) fn shorten_message(text: &str) -> Cow<'_, str> {
    cut(text, MAX_MESSAGE)
}

fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // Most are so short that nothing has to be counted.
    if text.len() <= most / 6 {
        return Cow::Borrowed(text);
    }
    let mut n_bytes = 0;
    for (at, c) in text.char_indices() {
        n_bytes += cost(c);
        if n_bytes > most {
            return Cow::Owned(format!("{}{REST}", &text[..at]));
        }
    }
    Cow::Borrowed(text)
}

/// Returns the number of bytes of a character in JSON, or more.
fn cost(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        '\0'..='\x1f' => 6,
        _ => c.len_utf8(),
    }
}

/// Returns the approximate number of bytes of a text in JSON. A short text is not examined.
pub(crate) fn n_bytes_in_json(text: &str) -> usize {
    if text.len() < MAX_MESSAGE { text.len() } else { text.chars().map(cost).sum() }
}

/// Shortens all texts in the JSON that an error has besides its message.
pub(crate) fn shorten_context(value: &ordered::Value) -> ordered::Value {
    use ordered::Value;
    match value {
        Value::String(text) => Value::String(cut(text, MAX_CONTEXT).into_owned()),
        Value::Array(list) => Value::Array(list.iter().map(shorten_context).collect()),
        Value::Object(members) => {
            let mut shortened = ordered::Map::new();
            members.iter().for_each(|(key, value)| shortened.insert(key.clone(), shorten_context(value)));
            Value::Object(shortened)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_is_quoted_by_its_beginning_and_a_short_one_whole() {
        let [short, long] = [200, 201].map(|n_chars| "é".repeat(n_chars));
        assert_eq!(Excerpt(&short).to_string(), short);
        assert_eq!(Excerpt(&long).to_string(), format!("{short}…"));
    }

    #[test]
    fn no_more_of_a_value_is_written_than_is_quoted() {
        assert_eq!(json(&json!({ "a": [1, "é"] })), r#"{"a":[1,"é"]}"#);
        for long in [json!("é".repeat(1 << 20)), json!(vec![1; 1 << 20])] {
            let text = json(&long);
            assert!((MAX_CHARS + 1..=4 * MAX_CHARS + 4).contains(&text.len()), "{}", text.len());
            assert!(Excerpt(&text).to_string().ends_with(REST));
        }
    }

    #[test]
    fn a_message_is_cut_by_what_it_takes_in_json() {
        for (c, n_bytes) in [('x', 1), ('"', 2), ('\u{1}', 6), ('\u{1f600}', 4)] {
            let fits: String = std::iter::repeat_n(c, MAX_MESSAGE / n_bytes).collect();
            assert_eq!(shorten_message(&fits), fits);
            let cut = shorten_message(&format!("{fits}{c}")).into_owned();
            assert_eq!(cut, format!("{fits}…"));
            assert!(json!(cut).to_string().len() <= MAX_MESSAGE + REST.len() + 2);
        }
    }
}
