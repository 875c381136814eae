//! Parses requests to the admin API: JSON, text, queries, time spans.
//!
//! The route decides the format of a body. Its content type is ignored, because `curl -d` sends a wrong one.

use std::time::Duration;

use jiff::SignedDuration;
use serde::de::DeserializeOwned;

use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::http::json_body::{self, JsonError};
use crate::http::request::ApiRequest;
use crate::json::excerpt::{Excerpt, Quoted};

/// Parses a JSON body.
pub(super) fn json<T: DeserializeOwned>(request: &ApiRequest, example: &str) -> Result<T, AdminError> {
    if request.body.trim_ascii().is_empty() {
        return Err(AdminError::bad_request(format!("The body is empty; expected {example}.")));
    }
    if !request.body.trim_ascii_start().starts_with(b"{") {
        return Err(AdminError::bad_request(format!("The body is not a JSON object; expected {example}.")));
    }
    let misread = |error: serde_json::Error| {
        AdminError::bad_request(format!("The body is not as expected, {example}: {error}."))
    };
    // A map would accept the second of two members with one name.
    json_body::check(request, &request.body).map_err(|bad| match bad {
        JsonError::Malformed(error) => misread(error),
        JsonError::Body(bad) => bad.into(),
    })?;
    serde_json::from_slice(&request.body).map_err(misread)
}

/// Returns a body as text.
pub(super) fn text(request: &ApiRequest) -> Result<&str, AdminError> {
    let not_text = |error: std::str::Utf8Error| {
        let message = format!("The body is not valid UTF-8 from byte {} on.", error.valid_up_to() + 1);
        AdminError::new(AdminCode::BadOutline, message)
    };
    std::str::from_utf8(&request.body).map_err(not_text)
}

/// Fails if the query has a key that the route does not know, or the same key twice: one of them would have no effect.
pub(super) fn check_keys(request: &ApiRequest, known: &[&str]) -> Result<(), AdminError> {
    let pairs = request.query_pairs();
    let is_repeated = |at: usize| pairs[..at].iter().any(|(other, _)| *other == pairs[at].0);
    if let Some(at) = (0..pairs.len()).find(|&at| is_repeated(at)) {
        return Err(AdminError::bad_request(format!("The query has {} twice.", Quoted(&pairs[at].0))));
    }
    let unknown = pairs.iter().find(|(key, _)| !known.contains(&key.as_str()));
    let Some((key, _)) = unknown else { return Ok(()) };
    let known = if known.is_empty() { "no keys".to_owned() } else { known.join(", ") };
    Err(AdminError::bad_request(format!(
        "The query has the unknown key {}; this route has {known}.",
        Quoted(key)
    )))
}

/// Parses a whole number of the query.
pub(super) fn number(request: &ApiRequest, key: &str) -> Result<Option<u64>, AdminError> {
    let Some(text) = request.query(key) else { return Ok(None) };
    let wrong = |_| {
        AdminError::bad_request(format!("{key}={} is not an integer from 0 to {}.", Excerpt(text), u64::MAX))
    };
    text.parse().map(Some).map_err(wrong)
}

/// The number of entries in a response if the request has no `limit`.
const DEFAULT_LIMIT: u64 = 1000;

/// The requested part of a numbered list.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageRequest {
    /// Only entries with numbers above this one.
    pub(super) since: u64,
    pub(super) limit: usize,
}

/// Parses the requested part of a list from a query without other keys.
pub(super) fn page(request: &ApiRequest) -> Result<PageRequest, AdminError> {
    check_keys(request, &["since", "limit"])?;
    let since = number(request, "since")?.unwrap_or(0);
    let limit = number(request, "limit")?.unwrap_or(DEFAULT_LIMIT);
    Ok(PageRequest { since, limit: usize::try_from(limit).unwrap_or(usize::MAX) })
}

/// Parses a time span: `5s`, `250ms`, `1m 30s`, `1.5h`, `PT5S`.
pub(super) fn span(text: &str) -> Result<Duration, AdminError> {
    let bad = |why: &str| {
        let message =
            format!("{} is not a time span{why}; valid forms are 5s, 250ms, 1m 30s, 2h, PT5S.", Quoted(text));
        AdminError::new(AdminCode::BadDuration, message)
    };
    // The parser's error describes its whole grammar, which has more forms than these.
    let span: SignedDuration = text.trim().parse().map_err(|_| bad(""))?;
    Duration::try_from(span).map_err(|_| bad(", because it is negative"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_parsed_in_the_usual_forms() {
        let cases = [
            ("5s", 5_000),
            ("250ms", 250),
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            (" 2h ", 7_200_000),
            ("1.5s", 1_500),
            ("PT5S", 5_000),
            ("0s", 0),
        ];
        for (text, millis) in cases {
            assert_eq!(span(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn an_invalid_span_is_rejected_with_the_valid_forms() {
        for text in
            ["", " ", "5", "-5s", "5s ago", "soon", "5 parsecs", "99999999999999999999s", "1 month", "∞"]
        {
            let error = format!("{:?}", span(text).unwrap_err());
            assert!(error.contains("BadDuration") && error.contains("250ms"), "{text:?}: {error}");
            assert!(!error.contains("jiff") && !error.contains("parsing"), "{error}");
        }
    }
}
