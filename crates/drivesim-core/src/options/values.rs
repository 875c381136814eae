//! Parses the values of options.

use crate::profile::QuotaCounts;

/// Parses `true` or `false`.
pub(super) fn flag(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Parses the status of an error.
pub(super) fn error_status(value: &str) -> Option<u16> {
    value.parse().ok().filter(|status| (400..600).contains(status))
}

/// Parses one of two words: the first for true, the second for false.
pub(super) fn either(value: &str, when_true: &str, when_false: &str) -> Option<bool> {
    match value {
        _ if value == when_true => Some(true),
        _ if value == when_false => Some(false),
        _ => None,
    }
}

/// Parses a number of at least 1.
pub(super) fn count<N: std::str::FromStr + PartialOrd + From<u8>>(value: &str) -> Option<N> {
    value.parse().ok().filter(|number| *number >= N::from(1))
}

/// Parses a UTC offset such as `+01:00` into minutes.
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

/// Parses what counts against a quota.
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
