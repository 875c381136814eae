//! Serializes the values of this crate whose serde forms are not derived.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::pace::Pace;
use crate::percent::Percent;

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

// As a number, 33.3.
impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Percent, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let tenths = (number * 10.0).round();
        let is_whole = (number * 10.0 - tenths).abs() < 1e-6;
        if !(0.0..=1000.0).contains(&tenths) || !is_whole {
            return Err(D::Error::custom(format!("{number:?} is not a percentage, 0 to 100 in tenths")));
        }
        Ok(Percent::from_tenths(tenths as u16))
    }
}
