//! Checks and parses the query options of Box.

use crate::box_api::error::BoxError;
use crate::box_api::ignored;
use crate::http::request::ApiRequest;

/// Fails for a duplicate option, and records options that an operation does not support as ignored.
///
/// ASSUMED: A query option that is given twice fails at Box: its description has no option that may be repeated (no
/// option: rare).
pub(crate) fn check(request: &ApiRequest, known: &[&str]) -> Result<(), BoxError> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in request.query_pairs() {
        if !known.contains(&name.as_str()) {
            ignored::note_ignored(request, format!("?{name}"))?;
        } else if seen.contains(&name.as_str()) {
            return Err(BoxError::invalid(name, value, "given once"));
        }
        seen.push(name);
    }
    Ok(())
}

/// Parses a boolean option; a missing one is false. The SDKs in Python write it with a capital letter.
///
/// ASSUMED: Other words for true and false in a query fail at Box (no option: rare).
pub(crate) fn flag(request: &ApiRequest, name: &str) -> Result<bool, BoxError> {
    match request.query(name) {
        None | Some("false" | "False") => Ok(false),
        Some("true" | "True") => Ok(true),
        Some(other) => Err(BoxError::invalid(name, other, "true or false")),
    }
}

/// Parses an option with one of several values; a missing one has the first value.
///
/// ASSUMED: Values of a query option that Box does not describe, or with another case, fail (no option: rare).
pub(crate) fn choice(
    request: &ApiRequest,
    name: &str,
    words: &'static [&'static str],
) -> Result<&'static str, BoxError> {
    let Some(text) = request.query(name) else { return Ok(words.first().copied().unwrap_or_default()) };
    let word = words.iter().find(|word| **word == text);
    word.copied().ok_or_else(|| BoxError::invalid(name, text, &format!("one of {}", words.join(", "))))
}
