//! Holds JSON whose objects keep the order in which their members were added.
//!
//! `serde_json::Value` sorts the members of an object unless its feature `preserve_order` is on, and that feature would
//! change the JSON of every crate of the build. Responses consist of these values instead; request bodies, whose order
//! has no meaning, are read as `serde_json::Value`.

mod read;
mod write;

use std::fmt;
use std::ops::{Index, IndexMut};

use serde::Serialize;

use crate::json::text;

/// A number as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Unsigned(u64),
    /// Below zero.
    Signed(i64),
    /// Finite.
    Float(f64),
}

/// Any JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Value>),
    Object(Map),
}

/// The members of an object, in the order in which they were added.
///
/// Lookup is linear: objects of responses are small.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map {
    members: Vec<(String, Value)>,
}

impl Map {
    pub(crate) fn new() -> Map {
        Map::default()
    }

    /// Appends a member. An existing member of that name gets the value and keeps its position.
    pub(crate) fn insert(&mut self, key: String, value: Value) {
        match self.get_mut(&key) {
            Some(old) => *old = value,
            None => self.members.push((key, value)),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Returns the value of a member, which is added if it is missing.
    fn member(&mut self, key: &str) -> &mut Value {
        let at = self.members.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            self.members.push((key.to_owned(), Value::Null));
            self.members.len() - 1
        });
        &mut self.members[at].1
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &Value)> {
        self.members.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&str, &Value) -> bool) {
        self.members.retain(|(key, value)| keeps(key, value));
    }
}

/// Objects with the same members are equal, in any order.
impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.members.len() == other.members.len()
            && self.members.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl Extend<(String, Value)> for Map {
    fn extend<I: IntoIterator<Item = (String, Value)>>(&mut self, members: I) {
        for (key, value) in members {
            self.insert(key, value);
        }
    }
}

impl FromIterator<(String, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Map {
        let mut map = Map::new();
        map.extend(members);
        map
    }
}

impl IntoIterator for Map {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

static NULL: Value = Value::Null;

impl Value {
    /// Returns the JSON of `value`; `null` if it cannot be written.
    pub(crate) fn of<T: Serialize + ?Sized>(value: &T) -> Value {
        value.serialize(write::ValueWriter).unwrap_or_default()
    }

    /// Parses JSON; `null` if the text is not JSON.
    pub(crate) fn parse(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(crate) fn as_object_mut(&mut self) -> Option<&mut Map> {
        if let Value::Object(members) = self { Some(members) } else { None }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        if let Value::Object(members) = self { members.get(key) } else { None }
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.as_object_mut()?.get_mut(key)
    }
}

/// Returns `null` for a missing member, and for values other than objects.
impl Index<&str> for Value {
    type Output = Value;

    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&NULL)
    }
}

/// Adds the member if it is missing. A value other than an object is replaced by one.
impl IndexMut<&str> for Value {
    fn index_mut(&mut self, key: &str) -> &mut Value {
        match self {
            Value::Object(members) => members.member(key),
            other => {
                *other = Value::Object(Map::new());
                other.index_mut(key)
            }
        }
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, text: &str) -> bool {
        matches!(self, Value::String(own) if own == text)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

impl From<Map> for Value {
    fn from(members: Map) -> Value {
        Value::Object(members)
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Value {
        Value::Array(values.into_iter().collect())
    }
}

/// Writes the value as in a response.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&text::to_vec(self, 0)))
    }
}

/// Creates a [`Value`] from JSON that contains expressions, as `serde_json::json` does.
macro_rules! json {
    (null) => { $crate::json::ordered::Value::Null };
    ([ $($element:tt)* ]) => {{
        #[allow(unused_mut, clippy::vec_init_then_push)]
        let values = { let mut values = Vec::new(); $crate::json::ordered::json!(@array values $($element)*); values };
        $crate::json::ordered::Value::Array(values)
    }};
    ({ $($member:tt)* }) => {{
        #[allow(unused_mut)]
        let members = {
            let mut members = $crate::json::ordered::Map::new();
            $crate::json::ordered::json!(@object members $($member)*);
            members
        };
        $crate::json::ordered::Value::Object(members)
    }};

    (@array $to:ident) => {};
    (@array $to:ident null $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@element $to [null] $(, $($rest)*)?);
    };
    (@array $to:ident [ $($value:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@element $to [[ $($value)* ]] $(, $($rest)*)?);
    };
    (@array $to:ident { $($value:tt)* } $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@element $to [{ $($value)* }] $(, $($rest)*)?);
    };
    (@array $to:ident $value:expr $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@element $to [$value] $(, $($rest)*)?);
    };
    (@element $to:ident [ $($value:tt)* ] $(, $($rest:tt)*)?) => {
        $to.push($crate::json::ordered::json!($($value)*));
        $($crate::json::ordered::json!(@array $to $($rest)*);)?
    };

    (@object $to:ident) => {};
    (@object $to:ident $key:tt : null $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@member $to $key [null] $(, $($rest)*)?);
    };
    (@object $to:ident $key:tt : [ $($value:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@member $to $key [[ $($value)* ]] $(, $($rest)*)?);
    };
    (@object $to:ident $key:tt : { $($value:tt)* } $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@member $to $key [{ $($value)* }] $(, $($rest)*)?);
    };
    (@object $to:ident $key:tt : $value:expr $(, $($rest:tt)*)?) => {
        $crate::json::ordered::json!(@member $to $key [$value] $(, $($rest)*)?);
    };
    (@member $to:ident $key:tt [ $($value:tt)* ] $(, $($rest:tt)*)?) => {
        $to.insert(($key).to_owned(), $crate::json::ordered::json!($($value)*));
        $($crate::json::ordered::json!(@object $to $($rest)*);)?
    };

    ($value:expr) => { $crate::json::ordered::Value::of(&$value) };
}

pub(crate) use json;

#[cfg(test)]
mod tests;
