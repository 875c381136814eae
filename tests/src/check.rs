//! Checks that a response is one that a service may send.

use serde_json::Value;

use crate::http::{Request, Response};

/// The statuses that services send.
const STATUSES: [u16; 32] = [
    200, 201, 202, 204, 206, 302, 303, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414,
    415, 416, 421, 423, 429, 431, 500, 501, 503, 505, 507,
];

/// Checks the response to a well-formed request.
///
/// # Panics
/// If no service may send it.
pub fn assert_response(request: &Request, response: &Response) {
    if let Err(why) = check_response(request, response) {
        panic!("{why}");
    }
}

/// Checks the response to a well-formed request, without panicking.
///
/// # Errors
/// Returns what is wrong with the response.
pub fn check_response(request: &Request, response: &Response) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{why}: {} {} {response:?}", request.method, request.target));
    if !STATUSES.contains(&response.status) {
        return wrong("no service sends this status");
    }
    if request.method == "HEAD" {
        return Ok(());
    }
    let is_json = response.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && serde_json::from_slice::<Value>(&response.body).is_err() {
        return wrong("no JSON");
    }
    if [204, 304].contains(&response.status)
        && response.header("content-length").is_some_and(|length| length != "0")
    {
        return wrong("a Content-Length without a body");
    }
    // Box returns 500 for a copy of the root into itself; no other response may have it.
    if response.status == 500 && response.json()["code"] != "internal_server_error" {
        return wrong("an error of the server");
    }
    if response.status == 503 && response.header("retry-after").is_none() {
        return wrong("no Retry-After");
    }
    if response.status >= 400 && !is_envelope(response) {
        wrong("not an envelope of a service")
    } else {
        Ok(())
    }
}

/// Returns whether an error response has the envelope of one of the services or of the admin API.
pub fn is_envelope(response: &Response) -> bool {
    let body = response.json();
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let error = &body["error"];
    let is_graph = is_text(&error["code"]) && error["message"].is_string();
    let is_box = body["type"] == "error" && body["status"] == response.status;
    let is_oauth = is_text(error) && body["error_description"].is_string();
    // Box sends only this for an invalid token.
    let is_token_error = response.status == 401 && response.header("www-authenticate").is_some();
    is_graph || is_box || is_oauth || is_token_error
}

/// Checks what was received on a connection after arbitrary bytes were sent: a sequence of well-formed responses.
///
/// # Panics
/// If it is anything else.
pub fn assert_stream(sent: &[u8], received: &[u8]) {
    // The end of a response to HEAD is not known here, as it may have a length and no body.
    let may_be_head = sent.windows(5).any(|word| word.eq_ignore_ascii_case(b"HEAD "));
    let mut rest = received;
    loop {
        match crate::http::read_response(&mut rest, may_be_head) {
            Ok(None) => return,
            Ok(Some(response)) => {
                let is_empty = response.body.is_empty();
                assert!(STATUSES.contains(&response.status), "{response:?}");
                // Malformed HTTP is rejected before a service is known, without an envelope.
                let is_http_error = is_empty && [400, 414, 431, 501, 505].contains(&response.status);
                let is_known =
                    response.status < 400 || is_http_error || is_envelope(&response) || may_be_head;
                assert!(is_known, "not an envelope of a service: {response:?}");
                if may_be_head {
                    return;
                }
            }
            Err(error) => panic!("{error} in {:?}", String::from_utf8_lossy(received)),
        }
    }
}
