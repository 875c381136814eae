//! Parses the values of options.

use crate::profile::QuotaCounts;

/// Parses `true` or `false`.
pub(super) fn flag(value: &str) -> Option<bool> {
    one_of(value, &[("true", true), ("false", false)])
}

/// Parses one of several words, each given with its meaning.
pub(super) fn one_of<T: Copy>(value: &str, words: &[(&str, T)]) -> Option<T> {
    words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning)
}

/// Parses a number of at least 1.
pub(super) fn count(value: &str) -> Option<u32> {
    value.parse().ok().filter(|number| *number >= 1)
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
