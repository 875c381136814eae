//! Sends long texts wherever a client may send text, and tests that error responses stay short.

use std::fmt::Write as _;

use drivesim_server::routes;
use serde_json::{Value, json};

use super::head_requests::PreparedServer;

/// The most bytes that an error response may have.
const MAX_ERROR_BYTES: usize = 4 << 10;
/// A character that becomes longer when escaped.
const SOFT_HYPHEN: &str = "\u{ad}";
/// Members of bodies that hold texts. A dot separates the keys of nested objects.
const MEMBERS: [&str; 40] = [
    "",
    "name",
    "description",
    "folder",
    "file",
    "size",
    "parentReference.id",
    "parentReference.path",
    "parentReference.driveId",
    "fileSystemInfo.createdDateTime",
    "fileSystemInfo.lastModifiedDateTime",
    "@microsoft.graph.conflictBehavior",
    "@name.conflictBehavior",
    "childrenOnly",
    "item.name",
    "item.description",
    "item.fileSize",
    "item.@microsoft.graph.conflictBehavior",
    "deferCommit",
    "parent.id",
    "parent",
    "sync_state",
    "content_created_at",
    "tags",
    "shared_link.access",
    "shared_link.unshared_at",
    "lock.access",
    "collections",
    "folder_upload_email.access",
    "folder_id",
    "file_name",
    "file_size",
    "parts",
    "attributes",
    "type",
    "id",
    "advance",
    "access",
    "profile",
    "owner",
];
/// Keys of queries.
const KEYS: [&str; 24] = [
    "$select",
    "$expand",
    "$orderby",
    "$top",
    "$skiptoken",
    "$count",
    "$nosuch",
    "nosuch",
    "limit",
    "offset",
    "marker",
    "usemarker",
    "sort",
    "direction",
    "fields",
    "query",
    "content_types",
    "stream_position",
    "since",
    "every",
    "drive",
    "detail",
    "path",
    "@microsoft.graph.conflictBehavior",
];

/// Returns a body with the text at the member, and the members that such a body requires.
fn body(member: &str, text: &Value) -> String {
    let mut body = json!({ "name": "n", "path": "/", "folder": {}, "parent": { "id": "0" } });
    let mut at = &mut body;
    for key in member.split('.').filter(|_| !member.starts_with('@')) {
        if !at[key].is_object() {
            at[key] = json!({});
        }
        at = &mut at[key];
    }
    if member.starts_with('@') {
        at[member] = text.clone()
    } else {
        *at = text.clone()
    }
    body.to_string()
}

/// Descriptions of the error responses that are too long, and the number of error responses.
struct Report(Vec<String>, usize);

impl Report {
    fn send(
        &mut self,
        server: &PreparedServer,
        method: &str,
        url: &str,
        place: &str,
        kind: &str,
        body: &str,
    ) {
        let response = server.send(method, url, &[("content-type", kind)], body);
        if response.status < 400 {
            return;
        }
        self.1 += 1;
        if response.body.len() > MAX_ERROR_BYTES {
            let text = String::from_utf8_lossy(&response.body);
            let beginning: String = text.chars().take(300).collect();
            let mut line = String::new();
            let _ =
                write!(line, "{method} {url:.60} {place}: {} {}: {beginning}", response.status, text.len());
            self.0.push(line);
        }
    }
}

#[test]
fn error_responses_are_short_for_every_long_text() {
    let text = SOFT_HYPHEN.repeat(5000);
    let encoded = "%C2%AD".repeat(1500);
    let mut report = Report(Vec::new(), 0);
    for route in routes() {
        let server = PreparedServer::new();
        let Some(path) = route.paths().into_iter().next() else { continue };
        let (url, method) = (server.expand(&path), route.method);
        let separator = if url.contains('?') { '&' } else { '?' };
        for key in KEYS {
            let url = format!("{url}{separator}{key}={encoded}");
            report.send(&server, method, &url, key, "application/json", "");
        }
        for url in [format!("{url}{separator}{encoded}=x"), format!("{url}/{encoded}")] {
            report.send(&server, method, &url, "URL", "application/json", "");
        }
        if method == "GET" || method == "DELETE" {
            continue;
        }
        let json = "application/json";
        for member in MEMBERS {
            for value in [json!(text), json!([text]), json!({ &*text: text })] {
                report.send(&server, method, &url, member, json, &body(member, &value));
            }
        }
        let twice = format!("{{\"{text}\":1,\"{text}\":2}}");
        for body in [twice.as_str(), &text, &format!("{{\"{text}"), &format!("a.txt # {text}=x\n")] {
            report.send(&server, method, &url, "body", json, body);
        }
        for key in ["grant_type", "box_subject_type", "client_id", "nosuch"] {
            let form = format!("client_secret=x&{key}={encoded}&{encoded}=x&{encoded}=x");
            report.send(&server, method, &url, key, "application/x-www-form-urlencoded", &form);
        }
    }
    assert!(report.1 > 1000, "{}", report.1);
    assert!(report.0.is_empty(), "{}", report.0.join("\n"));
}
