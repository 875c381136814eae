//! Parses requests as documentation pages print them, and formats whole responses.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

/// Names of the ids in responses and errors, which differ between runs.
const IDS: [&str; 4] = ["request-id", "client-request-id", "box-request-id", "request_id"];

/// A request as a page prints it: a line, headers, an empty line and a body.
pub(crate) struct RequestExample {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl RequestExample {
    /// Parses a request, whose lines may all be indented.
    pub(crate) fn parse(text: &str) -> RequestExample {
        let margin = |line: &str| line.len() - line.trim_start().len();
        let lines: Vec<&str> = text.trim_matches('\n').trim_end().lines().collect();
        let indent =
            lines.iter().filter(|line| !line.trim().is_empty()).map(|line| margin(line)).min().unwrap_or(0);
        let lines: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
        let n_head = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
        let (method, url) = lines[0].split_once(' ').unwrap();
        let header = |line: &&str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        };
        RequestExample {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: lines[1..n_head].iter().map(header).collect(),
            body: lines.get(n_head + 1..).unwrap_or_default().join("\n"),
        }
    }

    /// Returns the headers as borrowed pairs.
    pub(crate) fn header_pairs(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value)).collect()
    }
}

/// Formats a response: the status, all headers except the length, and the body with its members in order. Ids that
/// differ between runs become `[id]`.
pub(crate) fn format_response(status: u16, headers: &HeaderMap, body: &[u8]) -> String {
    let reason = StatusCode::from_u16(status).unwrap().canonical_reason().unwrap();
    let mut lines = vec![format!("HTTP/1.1 {status} {reason}")];
    for (name, value) in headers {
        if name != "content-length" {
            let value = if IDS.contains(&name.as_str()) { "[id]" } else { value.to_str().unwrap() };
            lines.push(format!("{name}: {value}"));
        }
    }
    if !body.is_empty() {
        let mut body: Value = serde_json::from_slice(body).unwrap();
        forget_ids(&mut body);
        lines.push(String::new());
        lines.push(serde_json::to_string_pretty(&body).unwrap());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn forget_ids(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(forget_ids),
        Value::Object(members) => {
            for (key, value) in members {
                if IDS.contains(&&**key) {
                    *value = "[id]".into();
                }
                forget_ids(value);
            }
        }
        _ => {}
    }
}
