//! Writes times as responses contain them. This file is a fast path.
//!
//! `jiff` writes any time in several hundred instructions. Here the last text is kept, and usual times are written digit
//! by digit. With `jiff` alone, a page of 200 children takes 48 % more instructions; with the last text but without the
//! digits, 20 % more if all times differ, and none if they are equal (docs/design/own-code.md). Delete the digits once
//! `jiff` needs as few.

use std::cell::Cell;

use arrayvec::ArrayString;
use drivesim::item::Timestamp;
use jiff::tz::Offset;
use jiff::{RoundMode, TimestampRound, Unit};
use serde::{Serialize, Serializer};

use crate::json::text::NoEscape;

/// The precision of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    /// Whole seconds.
    Seconds,
    /// Milliseconds, without trailing zeros.
    Milliseconds,
}

/// A time in the form of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rfc3339 {
    at: Timestamp,
    precision: Precision,
    /// The offset from UTC in minutes; `None` means UTC, with a `Z`.
    offset_minutes: Option<i16>,
}

impl Rfc3339 {
    pub(crate) fn utc(at: Timestamp, precision: Precision) -> Rfc3339 {
        Rfc3339 { at, precision, offset_minutes: None }
    }

    /// Creates a time in whole seconds with an offset.
    pub(crate) fn with_offset(at: Timestamp, minutes: i16) -> Rfc3339 {
        Rfc3339 { at, precision: Precision::Seconds, offset_minutes: Some(minutes) }
    }

    /// Formats the time without its zone, digit by digit, because responses contain many times. Returns `None` for the
    /// rare forms: a fraction of a second, or a year without exactly four digits.
    fn format_plain(&self) -> Option<[u8; 19]> {
        let is_whole = match self.precision {
            // Truncation rounds towards 1970.
            Precision::Seconds => self.at >= Timestamp::UNIX_EPOCH || self.at.subsec_nanosecond() == 0,
            Precision::Milliseconds => self.at.subsec_nanosecond() == 0,
        };
        let local = self.offset().to_datetime(self.at);
        let year =
            u16::try_from(local.year()).ok().filter(|year| is_whole && (1000..=9999).contains(year))?;
        let mut text = *b"0000-00-00T00:00:00";
        let mut write = |at: usize, number: u8| {
            text[at] += number / 10;
            text[at + 1] += number % 10;
        };
        write(0, (year / 100) as u8);
        write(2, (year % 100) as u8);
        let parts = [local.month(), local.day(), local.hour(), local.minute(), local.second()];
        for (at, part) in [5, 8, 11, 14, 17].into_iter().zip(parts) {
            write(at, part.unsigned_abs());
        }
        Some(text)
    }

    fn offset(&self) -> Offset {
        let minutes = self.offset_minutes.unwrap_or(0);
        Offset::from_seconds(i32::from(minutes) * 60).unwrap_or(Offset::UTC)
    }

    /// Formats the time in any form.
    fn format_any(&self) -> String {
        let unit = match self.precision {
            Precision::Seconds => Unit::Second,
            Precision::Milliseconds => Unit::Millisecond,
        };
        let cut = TimestampRound::new().smallest(unit).mode(RoundMode::Trunc);
        let at = self.at.round(cut).unwrap_or(self.at);
        match self.offset_minutes {
            None => at.to_string(),
            Some(minutes) => {
                let zone = zone(minutes);
                self.offset().to_datetime(at).to_string() + std::str::from_utf8(&zone).unwrap_or_default()
            }
        }
    }

    /// Passes the text to a function. Most times in a response equal the one before.
    fn with_text<R>(&self, take: impl FnOnce(&str) -> R) -> R {
        match LAST.get() {
            Some((instant, text)) if instant == *self => take(&text),
            _ => match self.format_fast() {
                Some(text) => {
                    LAST.set(Some((*self, text)));
                    take(&text)
                }
                None => take(&self.format_any()),
            },
        }
    }

    /// Formats the time with its zone; `None` for the rare forms.
    fn format_fast(&self) -> Option<FastText> {
        let mut text = FastText::new();
        text.push_str(std::str::from_utf8(&self.format_plain()?).ok()?);
        match self.offset_minutes {
            None => text.push('Z'),
            Some(minutes) => text.push_str(std::str::from_utf8(&zone(minutes)).ok()?),
        }
        Some(text)
    }
}

/// A formatted time.
type FastText = ArrayString<25>;

thread_local! {
    /// The last time that was formatted.
    static LAST: Cell<Option<(Rfc3339, FastText)>> = const { Cell::new(None) };
}

/// Formats an offset, `-08:00`.
fn zone(minutes: i16) -> [u8; 6] {
    let mut zone = *b"+00:00";
    zone[0] = if minutes < 0 { b'-' } else { b'+' };
    let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
    for (at, number) in [(1, hours), (4, rest)] {
        zone[at] += (number / 10 % 10) as u8;
        zone[at + 1] += (number % 10) as u8;
    }
    zone
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| NoEscape(text).serialize(serializer))
    }
}

impl std::fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str, precision: Precision) -> String {
        Rfc3339::utc(text.parse().unwrap(), precision).to_string()
    }

    #[test]
    fn times_are_truncated_to_their_precision() {
        let time = "2024-02-29T23:59:58.123456Z";
        assert_eq!(utc(time, Precision::Seconds), "2024-02-29T23:59:58Z");
        assert_eq!(utc(time, Precision::Milliseconds), "2024-02-29T23:59:58.123Z");
        assert_eq!(utc("2024-02-29T23:59:58.120Z", Precision::Milliseconds), "2024-02-29T23:59:58.12Z");
        assert_eq!(utc("1969-12-31T23:59:58.5Z", Precision::Seconds), "1969-12-31T23:59:59Z");
        assert_eq!(utc("0999-01-02T03:04:05Z", Precision::Seconds), "0999-01-02T03:04:05Z");
    }

    #[test]
    fn a_time_with_another_precision_or_offset_is_formatted_again() {
        let at: Timestamp = "2024-01-01T00:30:00.5Z".parse().unwrap();
        let times = [
            Rfc3339::utc(at, Precision::Seconds),
            Rfc3339::utc(at, Precision::Milliseconds),
            Rfc3339::with_offset(at, 0),
            Rfc3339::with_offset(at, 60),
        ];
        assert_eq!(
            times.map(|time| time.to_string()),
            [
                "2024-01-01T00:30:00Z",
                "2024-01-01T00:30:00.5Z",
                "2024-01-01T00:30:00+00:00",
                "2024-01-01T01:30:00+01:00"
            ]
        );
    }

    #[test]
    fn an_offset_changes_the_local_time_and_is_shown() {
        let at =
            |minutes| Rfc3339::with_offset("2024-01-01T00:30:00.9Z".parse().unwrap(), minutes).to_string();
        assert_eq!(at(-8 * 60), "2023-12-31T16:30:00-08:00");
        assert_eq!(at(5 * 60 + 30), "2024-01-01T06:00:00+05:30");
        assert_eq!(at(0), "2024-01-01T00:30:00+00:00");
        for end in [Timestamp::MIN, Timestamp::MAX] {
            assert!(Rfc3339::with_offset(end, -25 * 60).to_string().ends_with("-25:00"));
        }
    }

    proptest! {
        #[test]
        fn the_fast_format_equals_the_general_one(second in -70_000_000_000_i64..250_000_000_000, nano in 0..3_i32) {
            let at = Timestamp::new(second, nano * 250_000_000).unwrap();
            for precision in [Precision::Seconds, Precision::Milliseconds] {
                let instant = Rfc3339::utc(at, precision);
                prop_assert_eq!(instant.to_string(), instant.format_any());
            }
        }
    }
}
