//! Parses the values of flags and variables: counts, sizes, times, switches.
//!
//! An error message says what is expected, in the program's own words.

use std::time::Duration;

use drivesim::Pace;

/// Units of sizes, as in outlines.
const UNITS: [(&str, u64); 5] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)];

/// Parses a count: `1000`.
pub(crate) fn parse_count(text: &str) -> Result<usize, String> {
    let expected = || format!("expected a non-negative integer to {}", usize::MAX);
    whole(text).and_then(|count| usize::try_from(count).ok()).ok_or_else(expected)
}

/// Parses a number of repetitions: `3`.
pub(crate) fn parse_times(text: &str) -> Result<u32, String> {
    let expected = || format!("expected a whole number from 1 to {}", u32::MAX);
    let times = whole(text).and_then(|times| u32::try_from(times).ok());
    times.filter(|times| *times > 0).ok_or_else(expected)
}

/// Parses a number of bytes: `64 MiB`, `64MiB`, `4096`.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let expected = || "expected a number of bytes, as in 4096, 16 KiB or 64MiB".to_owned();
    let end = text.find(|found: char| !found.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim()).ok_or_else(expected)?;
    if digits.is_empty() {
        return Err(expected());
    }
    let size = whole(digits).and_then(|number| number.checked_mul(*factor));
    size.ok_or_else(|| format!("expected at most {} bytes", u64::MAX))
}

/// Parses a time like a pace: `30s`.
pub(crate) fn parse_time(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(Pace::After(time)) => Ok(time),
        _ => Err("expected a time, as in 500ms, 30s or 2m".to_owned()),
    }
}

/// Parses a switch of a variable.
pub(crate) fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" | "t" | "y" => Ok(true),
        "0" | "false" | "no" | "off" | "f" | "n" => Ok(false),
        _ => Err("expected 1, true, yes or on, or 0, false, no or off".to_owned()),
    }
}

/// Parses plain digits; `None` for another text or a number that is too large.
fn whole(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_parse_with_and_without_units() {
        let cases = [
            ("0", 0),
            ("4096", 4096),
            ("1 B", 1),
            ("64 MiB", 64 << 20),
            ("64MiB", 64 << 20),
            ("1 GiB", 1 << 30),
        ];
        for (text, size) in cases {
            assert_eq!(parse_bytes(text), Ok(size), "{text}");
        }
        let bad = [
            "",
            "MiB",
            "-1",
            "+1",
            "1 MB",
            "1.5 MiB",
            "1 mib",
            "99999999999999999999",
            "18446744073709551615 KiB",
        ];
        for bad in bad {
            assert!(parse_bytes(bad).unwrap_err().starts_with("expected "), "{bad}");
        }
    }

    #[test]
    fn times_parse_with_their_unit() {
        assert_eq!(parse_time("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["", "5", "5 parsecs", "10MiB/s", "held", "-5s", "99999999999999999999999h"] {
            assert!(parse_time(bad).unwrap_err().starts_with("expected "), "{bad}");
        }
    }

    #[test]
    fn counts_are_whole_numbers_in_plain_digits() {
        assert_eq!((parse_count("0"), parse_count("1000")), (Ok(0), Ok(1000)));
        assert_eq!((parse_times("1"), parse_times("4294967295")), (Ok(1), Ok(u32::MAX)));
        for bad in ["", "many", "-1", "+1", "1.5", "1 000", "0x10", "18446744073709551616"] {
            assert!(parse_count(bad).unwrap_err().starts_with("expected "), "{bad}");
            assert!(parse_times(bad).unwrap_err().starts_with("expected "), "{bad}");
        }
        assert!(parse_times("0").is_err() && parse_times("4294967296").is_err());
    }

    #[test]
    fn a_switch_is_on_or_off_in_any_case() {
        for (text, is_on) in [("1", true), ("TRUE", true), ("on", true), ("0", false), ("No", false)] {
            assert_eq!(parse_switch(text), Ok(is_on));
        }
        for bad in ["", "2", "maybe", "tru"] {
            assert!(parse_switch(bad).unwrap_err().starts_with("expected "), "{bad}");
        }
    }
}
