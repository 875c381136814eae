//! Parses the times that clients send to Box.

use drivesim::item::Timestamp;

use crate::box_api::error::BoxError;
use crate::http::request::ApiRequest;

/// The earliest accepted time: it is in the year 1 in every time zone.
const YEAR_1: Timestamp = Timestamp::constant(-62_135_596_800 + 24 * 60 * 60, 0);
/// The form of a time without its offset; each zero stands for a digit.
const FORM: &[u8; 19] = b"0000-00-00T00:00:00";

/// Parses the time of a member or an option: RFC 3339 in whole seconds, with an offset or a `Z`. Box rejects fractions
/// of a second (cyberduck issue 12625), which RFC 3339 allows, so its parser is strict.
///
/// ASSUMED: A lower-case `t` or `z` in a time, and a leap second, which RFC 3339 allows as well, fail at Box (no
/// option: rare).
/// ASSUMED: Only times of the years 1 to 9999 are accepted by Box (no option: rare).
pub(crate) fn parse(name: &str, text: &str) -> Result<Timestamp, BoxError> {
    let time = Some(text).filter(|text| is_well_formed(text)).and_then(|text| text.parse().ok());
    // Earlier times have no form that clients could parse.
    time.filter(|time: &Timestamp| *time >= YEAR_1).ok_or_else(|| BoxError::bad_time(name, text))
}

/// Parses a query option.
pub(crate) fn in_query(request: &ApiRequest, name: &str) -> Result<Option<Timestamp>, BoxError> {
    request.query(name).map(|text| parse(name, text)).transpose()
}

/// Returns whether a text has the form of a time; its numbers may be too large.
fn is_well_formed(text: &str) -> bool {
    let Some((time, offset)) = text.split_at_checked(FORM.len()) else { return false };
    let is_second = time.get(17..).is_some_and(|second| second < "60");
    looks_like(time, FORM) && is_second && (offset == "Z" || is_offset(offset))
}

/// Returns whether a text is an offset from UTC: `+01:00`.
fn is_offset(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return false };
    looks_like(digits, b"00:00") && digits < "24:00" && digits.get(3..).is_some_and(|minutes| minutes < "60")
}

/// Returns whether a text has digits where a form has zeros, and is equal to it elsewhere.
fn looks_like(text: &str, form: &[u8]) -> bool {
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    text.len() == form.len() && text.as_bytes().iter().zip(form).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_whole_seconds_and_an_offset() {
        for (text, expected) in [
            ("2012-12-12T10:53:43-08:00", "2012-12-12T18:53:43Z"),
            ("2012-12-12T10:53:43Z", "2012-12-12T10:53:43Z"),
            ("2012-12-12T10:53:43+00:00", "2012-12-12T10:53:43Z"),
            ("2012-12-12T10:53:43-00:00", "2012-12-12T10:53:43Z"),
            ("2024-02-29T23:59:59+23:59", "2024-02-29T00:00:59Z"),
            ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
            ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
        ] {
            assert_eq!(parse("x", text).map(|time| time.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_times() {
        for text in [
            "",
            "yesterday",
            "1706700000",
            "2012-12-12",
            "2012-12-12T10:53:43",
            "2012-12-12T10:53Z",
            "2012-12-12T10:53:43.0Z",
            "2012-12-12T10:53:43.042Z",
            "2012-12-12T10:53:43,5Z",
            "2012-12-12t10:53:43Z",
            "2012-12-12T10:53:43z",
            "2012-12-12 10:53:43Z",
            "2012-12-12T10:53:43 Z",
            " 2012-12-12T10:53:43Z",
            "2012-12-12T10:53:43Z ",
            "2012-12-12T10:53:60Z",
            "2016-12-31T23:59:60Z",
            "2012-12-12T24:00:00Z",
            "2012-12-12T10:60:00Z",
            "2012-13-12T10:53:43Z",
            "2012-00-12T10:53:43Z",
            "2012-02-30T10:53:43Z",
            "2023-02-29T10:53:43Z",
            "2012-12-12T10:53:43+0100",
            "2012-12-12T10:53:43+01",
            "2012-12-12T10:53:43+24:00",
            "2012-12-12T10:53:43+01:60",
            "2012-12-12T10:53:43\u{2212}08:00",
            "2012-12-12T10:53:43Z[UTC]",
            "2012-12-12T10:53:43+00:00[UTC]",
            "20121212T105343Z",
            "2012-W50-3T10:53:43Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "-002012-12-12T10:53:43Z",
            "+012012-12-12T10:53:43Z",
            "9999-12-31T23:59:59-12:00",
            "10000-01-01T00:00:00Z",
            "2012-12-12T10:53:43\u{661}Z",
            "٢٠١٢-12-12T10:53:43Z",
            "Wed, 12 Dec 2012 10:53:43 GMT",
        ] {
            assert_eq!(parse("x", text), Err(BoxError::bad_time("x", text)), "{text:?}");
        }
    }
}
