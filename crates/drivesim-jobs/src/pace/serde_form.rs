//! Implements serde for paces: their text.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Pace;

// The same text as everywhere. A pace that never ends fails both ways, as it does where a copy is requested.
impl Serialize for Pace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check().map_err(S::Error::custom)?;
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pace, D::Error> {
        let pace: Pace = String::deserialize(deserializer)?.parse().map_err(D::Error::custom)?;
        pace.check().map_err(D::Error::custom)?;
        Ok(pace)
    }
}
