//! Checks that an answer is one that a service may give.

use serde_json::Value;

use crate::http::{Answer, Request};

/// What a request may be answered with.
const STATUSES: [u16; 32] = [
    200, 201, 202, 204, 206, 302, 303, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414,
    415, 416, 421, 423, 429, 431, 500, 501, 503, 505, 507,
];

/// Checks the answer to a request that could be read.
///
/// # Panics
/// When it is one that no service may give.
pub fn answer(request: &Request, answer: &Answer) {
    if let Err(why) = verdict(request, answer) {
        panic!("{why}");
    }
}

/// Returns why an answer is none that a service may give.
///
/// # Errors
/// What is wrong with it.
pub fn verdict(request: &Request, answer: &Answer) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{why}: {} {} {answer:?}", request.method, request.target));
    if !STATUSES.contains(&answer.status) {
        return wrong("a status that no service has");
    }
    if request.method == "HEAD" {
        return Ok(());
    }
    let is_json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && serde_json::from_slice::<Value>(&answer.body).is_err() {
        return wrong("no JSON");
    }
    if [204, 304].contains(&answer.status)
        && answer.header("content-length").is_some_and(|length| length != "0")
    {
        return wrong("a length of a body that is not there");
    }
    // Of a copy whose root would be copied into itself Box itself says 500; nothing else may be one.
    if answer.status == 500 && answer.json()["code"] != "internal_server_error" {
        return wrong("an error of the server");
    }
    if answer.status == 503 && answer.header("retry-after").is_none() {
        return wrong("no Retry-After");
    }
    if answer.status >= 400 && !is_envelope(answer) { wrong("no envelope of a service") } else { Ok(()) }
}

/// Returns whether a refusal has the form of one of the services or of the admin API.
pub fn is_envelope(answer: &Answer) -> bool {
    let body = answer.json();
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let error = &body["error"];
    let of_graph = is_text(&error["code"]) && error["message"].is_string();
    let of_box = body["type"] == "error" && body["status"] == answer.status;
    let of_oauth = is_text(error) && body["error_description"].is_string();
    // Box says no more than this of a token that is none.
    let of_token = answer.status == 401 && answer.header("www-authenticate").is_some();
    of_graph || of_box || of_oauth || of_token
}

/// Checks all that came on a connection on which any bytes were sent: well-formed answers one after the other.
///
/// # Panics
/// When it is anything else.
pub fn stream(sent: &[u8], come: &[u8]) {
    // Whether the answer to HEAD has a body is not known from outside, and so not where the next one begins.
    let may_be_head = sent.windows(5).any(|word| word.eq_ignore_ascii_case(b"HEAD "));
    let mut rest = come;
    loop {
        match crate::http::read_answer(&mut rest, may_be_head) {
            Ok(None) => return,
            Ok(Some(answer)) => {
                let is_empty = answer.body.is_empty();
                assert!(STATUSES.contains(&answer.status), "{answer:?}");
                // What is no HTTP has no service that could say so.
                let of_http = is_empty && [400, 414, 431, 501, 505].contains(&answer.status);
                let is_known = answer.status < 400 || of_http || is_envelope(&answer) || may_be_head;
                assert!(is_known, "no envelope of a service: {answer:?}");
                if may_be_head {
                    return;
                }
            }
            Err(error) => panic!("{error} in {:?}", String::from_utf8_lossy(come)),
        }
    }
}
