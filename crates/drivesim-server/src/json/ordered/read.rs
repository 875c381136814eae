//! Reads JSON into ordered values.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Map, Number, Value};

/// The name that `serde_json` gives the only member of a number if any crate of the build turns on its feature
/// `arbitrary_precision`.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(members) => Ok(members),
            _ => Err(D::Error::custom("an object is expected")),
        }
    }
}

struct Reader;

/// Parses a number from its digits.
fn number<E: Error>(digits: &str) -> Result<Value, E> {
    let unsigned = || digits.parse().ok().map(Number::Unsigned);
    let signed = || digits.parse().ok().map(Number::Signed);
    let float = || digits.parse().ok().filter(|number: &f64| number.is_finite()).map(Number::Float);
    let number = unsigned().or_else(signed).or_else(float);
    number.map(Value::Number).ok_or_else(|| E::custom("a number is expected"))
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::of(&number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::of(&number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::of(&number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        // A linear search for each key would take too long in a large object.
        let mut positions: HashMap<String, usize> = HashMap::new();
        while let Some(key) = members.next_key::<String>()? {
            if key == NUMBER {
                return number(&members.next_value::<String>()?);
            }
            let value = members.next_value()?;
            match positions.get(&key) {
                Some(&position) => map.members[position].1 = value,
                None => {
                    positions.insert(key.clone(), map.members.len());
                    map.members.push((key, value));
                }
            }
        }
        Ok(Value::Object(map))
    }
}
