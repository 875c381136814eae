//! Parses JSON and refuses an object that has a member twice.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Parses a whole text. Values are made by `serde_json` alone, whose features other crates of a program choose.
///
/// # Errors
/// That of `serde_json`, or one that names a member that an object has twice.
pub(crate) fn parse(json: &[u8]) -> Result<Value, serde_json::Error> {
    let value = serde_json::from_slice(json)?;
    let Unique = serde_json::from_slice(json)?;
    Ok(value)
}

/// A value in which no object has a member twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unique, D::Error> {
        deserializer.deserialize_any(Unique)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Unique, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unique, A::Error> {
        while list.next_element::<Unique>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
        let mut keys: HashSet<String> = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format_args!("the member {key:?} is there twice")));
            }
            members.next_value::<Unique>()?;
            keys.insert(key);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_what_it_means_to_serde_json() {
        for text in [
            "null",
            "{}",
            "[]",
            "{\"a\":1,\"b\":[-1,1.5,1e3,true,null,\"\\u00e4\"],\"c\":{\"a\":18446744073709551615}}",
            " [ 1 ] ",
            "[123456789012345678901234567890]",
            "1e400",
            "[1] x",
            "{\"a\"}",
            "{\"a\":\"\\ud800\"}",
            "",
            "\u{feff}{}",
        ] {
            let (own, other) = (parse(text.as_bytes()), serde_json::from_slice::<Value>(text.as_bytes()));
            assert_eq!(own.as_ref().ok(), other.as_ref().ok(), "{text}");
            assert_eq!(own.err().map(|e| e.to_string()), other.err().map(|e| e.to_string()), "{text}");
        }
        let deep = "[".repeat(1000);
        assert!(parse(deep.as_bytes()).unwrap_err().to_string().contains("recursion limit"));
    }

    #[test]
    fn a_member_that_is_there_twice_is_refused_at_any_depth() {
        for text in ["{\"a\":1,\"a\":1}", "[{\"b\":{\"a\":1,\"c\":2,\"a\":null}}]", "{\"a\":1,\"\\u0061\":2}"]
        {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("the member \"a\" is there twice at line 1"), "{error}");
        }
        assert!(parse(b"{\"a\":{\"a\":{}},\"A\":1}").is_ok());
    }
}
