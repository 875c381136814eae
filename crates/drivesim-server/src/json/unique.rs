//! Counts the values of a JSON text without creating them, and rejects objects with duplicate members.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::json::excerpt::Quoted;

/// The reason why a text is rejected.
#[derive(Debug)]
pub(crate) enum CountError {
    /// It is not JSON, or an object has a duplicate member.
    Malformed(serde_json::Error),
    /// It has too many values and keys.
    TooManyValues,
}

/// Returns the number of values and keys of a text. Fails if there are more than `most`.
pub(crate) fn count_values(json: &[u8], most: usize) -> Result<usize, CountError> {
    let mut count = Count { n_values: 0, most };
    let checked = whole(json, &mut count);
    if count.n_values > most {
        return Err(CountError::TooManyValues);
    }
    checked.map_err(CountError::Malformed)?;
    Ok(count.n_values)
}

fn whole(json: &[u8], count: &mut Count) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    Unique(count).deserialize(&mut reader)?;
    reader.end()
}

/// The number of values and keys.
struct Count {
    n_values: usize,
    most: usize,
}

impl Count {
    /// Counts one more. Fails beyond the limit, with any message.
    fn add<E: Error>(&mut self) -> Result<(), E> {
        self.n_values += 1;
        if self.n_values > self.most { Err(E::custom("too many values")) } else { Ok(()) }
    }
}

/// A value without duplicate members.
struct Unique<'a>(&'a mut Count);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.add()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Unique(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut keys: HashSet<String> = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format_args!("the member {} is duplicated", Quoted(&key))));
            }
            self.0.add()?;
            members.next_value_seed(Unique(&mut *self.0))?;
            keys.insert(key);
        }
        Ok(())
    }
}
