//! Checks the options of a query of Box: each at most once, those that no operation has noted as ignored.

use crate::box_api::refusal::Refusal;
use crate::box_api::unused;
use crate::call::Call;

/// Refuses an option that is given twice, and notes those that an operation does not have. That Box refuses an option of a
/// query that is given twice is *assumed*: its description has no option that may be repeated (no option: rare).
pub(crate) fn check(call: &Call, known: &[&str]) -> Result<(), Refusal> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in call.query_pairs() {
        if !known.contains(&name.as_str()) {
            unused::note(call, format!("?{name}"))?;
        } else if seen.contains(&name.as_str()) {
            return Err(Refusal::invalid(name, value, "given once"));
        }
        seen.push(name);
    }
    Ok(())
}

/// Reads an option that is true or false; without it, false. The SDKs in Python write it with a capital letter. That
/// Box takes no other words for true and false in a query is *assumed* (no option: rare).
pub(crate) fn flag(call: &Call, name: &str) -> Result<bool, Refusal> {
    match call.query(name) {
        None | Some("false" | "False") => Ok(false),
        Some("true" | "True") => Ok(true),
        Some(other) => Err(Refusal::invalid(name, other, "true or false")),
    }
}

/// Reads an option that is one of several words; without it, the first. That Box refuses other words in an option of a
/// query than those it describes, and these in another case, is *assumed* (no option: rare).
pub(crate) fn word(call: &Call, name: &str, words: &'static [&'static str]) -> Result<&'static str, Refusal> {
    let Some(text) = call.query(name) else { return Ok(words.first().copied().unwrap_or_default()) };
    let found = words.iter().find(|word| **word == text);
    found.copied().ok_or_else(|| Refusal::invalid(name, text, &format!("one of {}", words.join(", "))))
}
