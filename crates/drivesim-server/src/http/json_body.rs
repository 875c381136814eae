//! Parses JSON within a limit of values and the budget.

use serde_json::Value;

use crate::http::body_limiter::BodyError;
use crate::http::request::ApiRequest;
use crate::json::unique::{CountError, count_values};

/// The maximal memory of a value or a key beside its text: its slot in a list or an object that has grown, and half of
/// that once more where members are copied.
const VALUE: usize = 128;

/// The reason why a text is rejected.
#[derive(Debug)]
pub(crate) enum JsonError {
    /// It is not JSON, or an object has a duplicate member.
    Malformed(serde_json::Error),
    /// It has too many values, or they do not fit into the budget now.
    Body(BodyError),
}

/// Parses the JSON of a request. Only `serde_json`, whose features other crates of a program choose, creates the
/// values, and only after the check.
pub(crate) fn parse(request: &ApiRequest, json: &[u8]) -> Result<Value, JsonError> {
    check(request, json)?;
    serde_json::from_slice(json).map_err(JsonError::Malformed)
}

/// Checks the JSON of a request before it is parsed, without creating values: no object may have a duplicate member,
/// and the number of values is limited. Their memory is held until the request is finished.
///
/// ASSUMED: A body with more than `max_json_values` values and keys fails with 413 (no option: limit of drivesim).
pub(crate) fn check(request: &ApiRequest, json: &[u8]) -> Result<(), JsonError> {
    let most = request.max_json_values();
    let cost = |n_values: usize| n_values.saturating_mul(VALUE).saturating_add(2 * json.len());
    // A comma separates any two values. The keys that the check holds take less than the values.
    let mut room = request
        .take_memory(cost(most.min(json.len() / 2 + 1)))
        .map_err(BodyError::OverBudget)
        .map_err(JsonError::Body)?;
    let n_values = count_values(json, most).map_err(|error| match error {
        CountError::Malformed(error) => JsonError::Malformed(error),
        CountError::TooManyValues => JsonError::Body(BodyError::TooManyValues(most)),
    })?;
    // Shrinking never fails.
    let _ = room.resize(cost(n_values));
    request.hold_permit(room);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request::RequestMemory;
    use crate::limits::Limits;
    use crate::limits::budget::{Budget, BudgetPart};

    fn request(room: RequestMemory) -> ApiRequest {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        ApiRequest::from_parts(&mut parts, None, None, room).unwrap()
    }

    fn parse(json: &[u8]) -> Result<Value, serde_json::Error> {
        super::parse(&request(RequestMemory::default()), json).map_err(|bad| match bad {
            JsonError::Malformed(error) => error,
            JsonError::Body(bad) => panic!("{bad:?}"),
        })
    }

    #[test]
    fn values_are_counted_before_any_is_created_and_their_memory_is_held_with_the_request() {
        let limits = Limits::default().max_json_values(6).max_bodies(100 * VALUE);
        let budget = Budget::new(&limits);
        let n_reserved = || budget.usage_of(BudgetPart::Bodies).0;
        let first = request(RequestMemory::new(&limits, &budget));
        assert!(super::parse(&first, b"{\"a\":[1,2,3]}").is_ok());
        assert_eq!(n_reserved(), 6 * VALUE + 2 * 13);
        for text in [&b"{\"a\":[1,2,3,4]}"[..], b"[0,0,0,0,0,0,", b"[[],[],[],[],[],[]]"] {
            let bad = check(&first, text).unwrap_err();
            assert!(matches!(bad, JsonError::Body(BodyError::TooManyValues(6))), "{bad:?}");
        }
        assert_eq!(n_reserved(), 6 * VALUE + 2 * 13);
        let _other = budget.take(BudgetPart::Bodies, 90 * VALUE).unwrap();
        let bad = check(&first, b"[1,2,3,4,5]").unwrap_err();
        assert!(matches!(bad, JsonError::Body(BodyError::OverBudget(_))), "{bad:?}");
        drop(first);
        assert_eq!(n_reserved(), 90 * VALUE);
    }

    #[test]
    fn a_text_is_parsed_as_serde_json_does() {
        for text in [
            "null",
            "{}",
            "[]",
            "{\"a\":1,\"b\":[-1,1.5,1e3,true,null,\"\\u00e4\"],\"c\":{\"a\":18446744073709551615}}",
            " [ 1 ] ",
            "[123456789012345678901234567890]",
            "1e400",
            "[1] x",
            "{\"a\"}",
            "{\"a\":\"\\ud800\"}",
            "",
            "\u{feff}{}",
        ] {
            let (own, other) = (parse(text.as_bytes()), serde_json::from_slice::<Value>(text.as_bytes()));
            assert_eq!(own.as_ref().ok(), other.as_ref().ok(), "{text}");
            assert_eq!(own.err().map(|e| e.to_string()), other.err().map(|e| e.to_string()), "{text}");
        }
        let deep = "[".repeat(1000);
        assert!(parse(deep.as_bytes()).unwrap_err().to_string().contains("recursion limit"));
    }

    #[test]
    fn a_duplicate_member_is_rejected_at_any_depth() {
        for text in ["{\"a\":1,\"a\":1}", "[{\"b\":{\"a\":1,\"c\":2,\"a\":null}}]", "{\"a\":1,\"\\u0061\":2}"]
        {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("the member \"a\" is duplicated at line 1"), "{error}");
        }
        assert!(parse(b"{\"a\":{\"a\":{}},\"A\":1}").is_ok());
    }
}
