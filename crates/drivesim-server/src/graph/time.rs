//! Parses the times that clients send to Microsoft's drives.

use drivesim::item::Timestamp;

/// The largest offset in minutes, in both directions: that of .NET's DateTimeOffset, in which the services store times.
const MAX_OFFSET: i32 = 14 * 60;

/// Parses a time as the services' metadata describes it: RFC 3339 with seconds, a fraction of at most twelve digits,
/// and an offset, in the years 1 to 9999. The last two days are beyond the range of drivesim.
///
/// ASSUMED: A time with an offset beyond 14 hours fails (no option: rare).
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date_time, rest) = bytes.split_at_checked("0000-00-00T00:00:00".len())?;
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    if !date_time.iter().zip(b"0000-00-00T00:00:00").all(fits) || date_time.starts_with(b"0000") {
        return None;
    }
    // The metadata does not allow a second of 60.
    if date_time.ends_with(b":60") {
        return None;
    }
    let zone = match rest.strip_prefix(b".") {
        None => rest,
        Some(fraction) => {
            let n_digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=12).contains(&n_digits) {
                return None;
            }
            &fraction[n_digits..]
        }
    };
    if !is_zone(zone) {
        return None;
    }
    // Digits beyond nanoseconds are dropped.
    let end = text.len() - zone.len();
    let end = end.min("0000-00-00T00:00:00.000000000".len());
    [&text[..end], &text[text.len() - zone.len()..]].concat().parse().ok()
}

fn is_zone(zone: &[u8]) -> bool {
    let number = |tens: u8, ones: u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
    match zone {
        b"Z" => true,
        [b'+' | b'-', digits @ ..] => match digits {
            [a, b, b':', c, d] if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()) => {
                number(*c, *d) < 60 && number(*a, *b) * 60 + number(*c, *d) <= MAX_OFFSET
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_date_a_time_of_day_and_an_offset() {
        for (text, expected) in [
            ("2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z"),
            ("2024-01-31T12:00:00+01:00", "2024-01-31T11:00:00Z"),
            ("2024-01-31T12:00:00-14:00", "2024-02-01T02:00:00Z"),
            ("2024-01-31T12:00:00.5Z", "2024-01-31T12:00:00.5Z"),
            ("2023-11-16T01:06:28.7971778+00:00", "2023-11-16T01:06:28.7971778Z"),
            ("2024-01-31T12:00:00.123456789012Z", "2024-01-31T12:00:00.123456789Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-30T00:00:00Z", "9999-12-30T00:00:00Z"),
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn texts_that_lack_a_part_or_have_more_are_not_times() {
        for text in [
            "",
            "yesterday",
            "2024-01-31",
            "2024-01-31T12:00:00",
            "2024-01-31T12:00Z",
            "2024-01-31 12:00:00Z",
            "2024-01-31t12:00:00z",
            "2024-13-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-01-31T24:00:00Z",
            "2024-01-31T12:00:60Z",
            "2024-01-31T12:00:00.Z",
            "2024-01-31T12:00:00.1234567890123Z",
            "2024-01-31T12:00:00,5Z",
            "2024-01-31T12:00:00+0100",
            "2024-01-31T12:00:00+01",
            "2024-01-31T12:00:00+01:60",
            "2024-01-31T12:00:00+14:01",
            "2024-01-31T12:00:00Z ",
            " 2024-01-31T12:00:00Z",
            "2024-01-31T12:00:00Z[UTC]",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "-2024-01-31T12:00:00Z",
            "+002024-01-31T12:00:00Z",
            "２024-01-31T12:00:00Z",
            "2024-01-31T12:00:00é",
            "2024-01-31T12:00:0é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
