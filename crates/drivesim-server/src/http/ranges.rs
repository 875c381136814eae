//! Parses ranges: those that downloads request, and those of uploaded fragments.

use std::ops::Range;

/// The part of a content that a download requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    /// Everything: there is no range, an invalid one, or several (which a server may answer in full).
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes beyond the end.
    NotSatisfiable,
}

/// Parses a `Range` header (RFC 9110, 14.2: an invalid one is ignored).
pub(crate) fn parse_range(header: Option<&str>, size: u64) -> RequestedRange {
    let Some(range) = header.and_then(byte_range) else { return RequestedRange::Whole };
    let range = match range {
        ("", "") => return RequestedRange::Whole,
        ("", n_last) => size - number(n_last).min(size)..size,
        (first, "") => number(first)..size,
        (first, last) if number(first) > number(last) => return RequestedRange::Whole,
        (first, last) => number(first)..number(last).saturating_add(1).min(size),
    };
    if range.start >= range.end { RequestedRange::NotSatisfiable } else { RequestedRange::Part(range) }
}

/// Returns the two ends of `bytes=1-2`, digits or nothing.
fn byte_range(header: &str) -> Option<(&str, &str)> {
    let (unit, range) = header.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_read = unit.trim().eq_ignore_ascii_case("bytes") && is_number(first) && is_number(last);
    is_read.then_some((first, last))
}

/// Parses digits. A number that is too large becomes the maximum.
fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

/// The range of a fragment, and the size of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) range: Range<u64>,
    pub(crate) total: u64,
}

/// A `Content-Range`, with or without the size of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContentRange {
    pub(crate) range: Range<u64>,
    pub(crate) total: Option<u64>,
}

impl ContentRange {
    /// Returns the number of bytes of the range.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.range.end - self.range.start
    }
}

/// Parses the `Content-Range` of a fragment whose file has a known size, `bytes 0-25/128`. Returns `None` for any other
/// text.
pub(crate) fn parse_fragment(header: &str) -> Option<Fragment> {
    let ContentRange { range, total } = parse_content_range(header)?;
    Some(Fragment { range, total: total? })
}

/// Parses a `Content-Range`, `bytes 0-25/128` or `bytes 0-25/*`. Returns `None` if it is malformed (RFC 9110, 14.4;
/// spaces count, onedrive-api-docs issue 1332).
pub(crate) fn parse_content_range(header: &str) -> Option<ContentRange> {
    let (unit, rest) = header.trim_matches([' ', '\t']).split_once(' ')?;
    let (range, total) = rest.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (exact_number(first)?, exact_number(last)?);
    let total = if total == "*" { None } else { Some(exact_number(total)?) };
    let is_range = first <= last && total.is_none_or(|total| last < total);
    let end = last.checked_add(1)?;
    (is_range && unit.eq_ignore_ascii_case("bytes")).then_some(ContentRange { range: first..end, total })
}

/// Parses a number that consists of digits and fits.
fn exact_number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requested_range_is_parsed_and_cut_to_the_size() {
        let cases = [
            ("bytes=0-", RequestedRange::Part(0..10)),
            ("bytes=2-4", RequestedRange::Part(2..5)),
            ("bytes=2-99", RequestedRange::Part(2..10)),
            ("bytes=-3", RequestedRange::Part(7..10)),
            ("bytes=-99", RequestedRange::Part(0..10)),
            ("Bytes = 9-9", RequestedRange::Part(9..10)),
            ("bytes=0-99999999999999999999999", RequestedRange::Part(0..10)),
            ("bytes=0-18446744073709551615", RequestedRange::Part(0..10)),
            ("bytes=10-", RequestedRange::NotSatisfiable),
            ("bytes=-0", RequestedRange::NotSatisfiable),
            ("bytes=18446744073709551615-18446744073709551615", RequestedRange::NotSatisfiable),
            ("bytes=99999999999999999999999-", RequestedRange::NotSatisfiable),
        ];
        for (header, expected) in cases {
            assert_eq!(parse_range(Some(header), 10), expected, "{header}");
        }
        assert_eq!(parse_range(Some("bytes=0-"), 0), RequestedRange::NotSatisfiable);
    }

    #[test]
    fn an_invalid_range_requests_everything() {
        for header in
            ["bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2", "bytes=+1-2", ""]
        {
            assert_eq!(parse_range(Some(header), 10), RequestedRange::Whole, "{header}");
        }
        assert_eq!(parse_range(None, 10), RequestedRange::Whole);
    }

    #[test]
    fn a_fragment_is_parsed_strictly() {
        assert_eq!(parse_fragment("bytes 0-25/128"), Some(Fragment { range: 0..26, total: 128 }));
        let largest = "bytes 18446744073709551614-18446744073709551614/18446744073709551615";
        assert_eq!(parse_fragment(largest).map(|fragment| fragment.range.start), Some(u64::MAX - 1));
        for header in [
            "",
            "bytes",
            "bytes 5-2/10",
            "bytes 0-10/10",
            "bytes -1-5/10",
            "bytes 0-5/*",
            "bytes */10",
            "bytes a-b/c",
            "bytes 0-/10",
            "bytes +0-5/10",
            "bytes 0-18446744073709551615/18446744073709551615",
            "bytes 0-99999999999999999999/999999999999999999999",
            "lines 0-5/10",
            "bytes=0-5/10",
            "bytes  0-5/10",
            "bytes 0-5 /10",
            "bytes 0 - 5/10",
            "bytes 0-5/ 10",
            "bytes\t0-5/10",
            "0-5/10",
            "bytes 0-5",
            "bytes 0-5/",
            "bytes 0-5/10/10",
            "bytes 0-5/10, bytes 0-5/10",
            "bytes 0-5/-1",
            "bytes 0--1/0",
            "bytes 0-0/0",
        ] {
            assert_eq!(parse_fragment(header), None, "{header}");
            assert!(parse_content_range(header).is_none_or(|range| range.total.is_none()), "{header}");
        }
        assert_eq!(parse_fragment(" Bytes 00-05/010 "), Some(Fragment { range: 0..6, total: 10 }));
    }

    #[test]
    fn the_size_of_the_file_may_be_left_open() {
        let open = |first, last: u64| Some(ContentRange { range: first..last + 1, total: None });
        assert_eq!(parse_content_range("bytes 0-5/*"), open(0, 5));
        assert_eq!(parse_content_range("bytes 5-5/*"), open(5, 5));
        assert_eq!(
            parse_content_range("bytes 0-25/128"),
            Some(ContentRange { range: 0..26, total: Some(128) })
        );
        for header in [
            "bytes */*",
            "bytes */5",
            "bytes 5-2/*",
            "bytes 0-/*",
            "bytes 0-5/**",
            "bytes 0-5/ *",
            "bytes 0-18446744073709551615/*",
            "bytes 0-99999999999999999999/*",
        ] {
            assert_eq!(parse_content_range(header), None, "{header}");
        }
    }
}
