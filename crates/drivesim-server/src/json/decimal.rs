//! Writes numbers as JSON strings.

use std::fmt;

use itoa::Buffer;
use serde::{Serialize, Serializer};

use crate::json::text::NoEscape;

/// A number that is written as a string, as ids and tags are: `"1500000000001"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) u128);

impl Decimal {
    fn with_text<R>(self, write: impl FnOnce(&str) -> R) -> R {
        let mut buffer = Buffer::new();
        // The shorter type is faster, and few numbers are larger.
        match u64::try_from(self.0) {
            Ok(number) => write(buffer.format(number)),
            Err(_) => write(buffer.format(self.0)),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| NoEscape(text).serialize(serializer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_its_digits_between_quotes() {
        for number in [0, 7, 1_500_000_000_001, u128::from(u64::MAX), u128::from(u64::MAX) + 1, u128::MAX] {
            let decimal = Decimal(number);
            assert_eq!(decimal.to_string(), number.to_string());
            assert_eq!(serde_json::to_string(&decimal).unwrap(), format!("\"{number}\""));
        }
    }
}
