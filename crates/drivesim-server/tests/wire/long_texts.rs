//! Sends long texts wherever a client may send a text, and holds refusals to be short.

use std::fmt::Write as _;

use drivesim_server::routes;
use serde_json::{Value, json};

use super::heads::Swept;

/// How many bytes a refusal has at most.
const SHORT: usize = 4 << 10;
/// A character that is longer where it is escaped.
const SOFT_HYPHEN: &str = "\u{ad}";
/// Where texts stand in bodies: a dot leads into an object.
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
/// The keys of queries.
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

/// Returns a body with one text, and what a body of the kind needs beside it.
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

/// A place where a long text was sent, and how long the refusal is.
struct Long(Vec<String>, usize);

impl Long {
    fn send(&mut self, swept: &Swept, method: &str, url: &str, what: &str, kind: &str, body: &str) {
        let answer = swept.send(method, url, &[("content-type", kind)], body);
        if answer.status < 400 {
            return;
        }
        self.1 += 1;
        if answer.body.len() > SHORT {
            let text = String::from_utf8_lossy(&answer.body);
            let beginning: String = text.chars().take(300).collect();
            let mut line = String::new();
            let _ = write!(line, "{method} {url:.60} {what}: {} {}: {beginning}", answer.status, text.len());
            self.0.push(line);
        }
    }
}

#[test]
fn a_refusal_is_short_whatever_long_text_was_sent() {
    let text = SOFT_HYPHEN.repeat(5000);
    let encoded = "%C2%AD".repeat(1500);
    let mut long = Long(Vec::new(), 0);
    for route in routes() {
        let swept = Swept::new();
        let Some(path) = route.paths().into_iter().next() else { continue };
        let (url, method) = (swept.filled(&path), route.method);
        let separator = if url.contains('?') { '&' } else { '?' };
        for key in KEYS {
            let url = format!("{url}{separator}{key}={encoded}");
            long.send(&swept, method, &url, key, "application/json", "");
        }
        for url in [format!("{url}{separator}{encoded}=x"), format!("{url}/{encoded}")] {
            long.send(&swept, method, &url, "URL", "application/json", "");
        }
        if method == "GET" || method == "DELETE" {
            continue;
        }
        let json = "application/json";
        for member in MEMBERS {
            for value in [json!(text), json!([text]), json!({ &*text: text })] {
                long.send(&swept, method, &url, member, json, &body(member, &value));
            }
        }
        let twice = format!("{{\"{text}\":1,\"{text}\":2}}");
        for body in [twice.as_str(), &text, &format!("{{\"{text}"), &format!("a.txt # {text}=x\n")] {
            long.send(&swept, method, &url, "body", json, body);
        }
        for key in ["grant_type", "box_subject_type", "client_id", "nosuch"] {
            let form = format!("client_secret=x&{key}={encoded}&{encoded}=x&{encoded}=x");
            long.send(&swept, method, &url, key, "application/x-www-form-urlencoded", &form);
        }
    }
    assert!(long.1 > 1000, "{}", long.1);
    assert!(long.0.is_empty(), "{}", long.0.join("\n"));
}
