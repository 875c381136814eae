//! Implements serde for percentages: a number such as 33.3.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Percent;

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
