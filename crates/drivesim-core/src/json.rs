//! Holds JSON values as text in one canonical form, for members that a service keeps of an item.
//!
//! The core needs no serde for that: it only checks whether a text is JSON and which shape it has.

mod read;
#[cfg(feature = "serde")]
mod serde_form;
mod shape;

use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::sync::Arc;

pub use self::read::ParseJsonError;
pub(crate) use self::shape::{MemberShape, Shape};

/// A JSON value as text: without blanks between its parts, its members in the order in which they were written.
///
/// Invisible and other unprintable characters are escaped, so that the text fits one line of an outline. Numbers stay
/// as they were written.
///
/// With the feature `serde` it is serialized as the JSON value itself, for self-describing formats such as JSON.
/// Numbers that are not 64-bit integers are rounded to doubles.
///
/// ```
/// use drivesim_core::Json;
///
/// let json: Json = " { \"name\" : \"Top Secret\", \"n\": [1.0] } ".parse()?;
/// assert_eq!(json.as_str(), "{\"name\":\"Top Secret\",\"n\":[1.0]}");
/// assert_eq!(Json::text("a").as_str(), "\"a\"");
/// assert!("[1,]".parse::<Json>().is_err());
/// # Ok::<(), drivesim_core::ParseJsonError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Json(Arc<str>);

/// A parsed JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The digits as they were written.
    Number(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Json {
    /// Returns a JSON string with this text.
    pub fn text(text: &str) -> Json {
        Json::from_value(&Value::Text(text.to_owned()))
    }

    /// Returns the value in its canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the value is `null`.
    pub fn is_null(&self) -> bool {
        &*self.0 == "null"
    }

    pub(crate) fn from_value(value: &Value) -> Json {
        let mut text = String::new();
        write_value(&mut text, value);
        Json(text.into())
    }

    /// Parses a value at the start of a text; returns it and the number of bytes that it takes.
    pub(crate) fn read_start(text: &str) -> Result<(Json, usize), ParseJsonError> {
        let (value, n_bytes) = read::parse_prefix(text)?;
        Ok((Json::from_value(&value), n_bytes))
    }

    /// Parses the value.
    pub(crate) fn value(&self) -> Value {
        // The text was parsed or written here, so it is valid.
        read::parse_prefix(&self.0).map_or(Value::Null, |(value, _)| value)
    }
}

impl FromStr for Json {
    type Err = ParseJsonError;

    fn from_str(text: &str) -> Result<Json, ParseJsonError> {
        read::parse_whole(text).map(|value| Json::from_value(&value))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value {
    /// Returns the parts of an object at these paths, each a key or several keys separated by dots; `None` if nothing
    /// is left.
    pub(crate) fn parts(self, paths: &[&str]) -> Option<Value> {
        let Value::Object(members) = self else { return None };
        let kept = members.into_iter().filter_map(|(key, value)| {
            if paths.contains(&&*key) {
                return Some((key, value));
            }
            let below: Vec<&str> =
                paths.iter().filter_map(|path| path.strip_prefix(&*key)?.strip_prefix('.')).collect();
            value.parts(&below).map(|value| (key, value))
        });
        let kept: Vec<(String, Value)> = kept.collect();
        (!kept.is_empty()).then_some(Value::Object(kept))
    }
}

// Writing to a string cannot fail, so the results are ignored.
fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(digits) => out.push_str(digits),
        Value::Text(text) => write_text(out, text),
        Value::List(elements) => {
            out.push('[');
            for (idx, element) in elements.iter().enumerate() {
                out.push_str(if idx == 0 { "" } else { "," });
                write_value(out, element);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (idx, (key, value)) in members.iter().enumerate() {
                out.push_str(if idx == 0 { "" } else { "," });
                write_text(out, key);
                out.push(':');
                write_value(out, value);
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\'' => out.push(c),
            c if c.escape_debug().eq([c]) => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
