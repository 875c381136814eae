//! Reads the values of options.

use crate::profile::QuotaCounts;

/// Reads `true` or `false`.
pub(super) fn flag(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Reads the status of an error.
pub(super) fn error_status(value: &str) -> Option<u16> {
    value.parse().ok().filter(|status| (400..600).contains(status))
}

/// Reads one of two words: the first means that it is so.
pub(super) fn either(value: &str, is_so: &str, is_not: &str) -> Option<bool> {
    match value {
        _ if value == is_so => Some(true),
        _ if value == is_not => Some(false),
        _ => None,
    }
}

/// Reads a number of things, at least one.
pub(super) fn count<N: std::str::FromStr + PartialOrd + From<u8>>(value: &str) -> Option<N> {
    value.parse().ok().filter(|number| *number >= N::from(1))
}

/// Reads an offset from UTC, `+01:00`, in minutes.
pub(super) fn offset(value: &str) -> Option<i16> {
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text: &str, most: i16| -> Option<i16> {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|&number| is_number && number <= most)
    };
    Some(sign * (part(hours, 23)? * 60 + part(minutes, 59)?))
}

/// Reads what counts against a quota.
pub(super) fn quota_counts(value: &str) -> Option<QuotaCounts> {
    let (versions, bin) = match value {
        "all" => (true, true),
        "versions" => (true, false),
        "bin" => (false, true),
        "none" => (false, false),
        _ => return None,
    };
    Some(QuotaCounts { versions, bin })
}
