//! Tests of what the journal lists as ignored, and that a server with full strictness rejects it.

use drivesim::Sim;
use drivesim_server::{ServerOptions, Strictness};

use crate::admin::{MINE, TestServer};

fn server(strict: Strictness) -> TestServer {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    TestServer::with(sim, ServerOptions::default().strict(strict))
}

/// Requests to drives of Graph, and their parts without effect.
const REQUESTS: [(&str, &str, &str, &[&str]); 9] = [
    ("GET", "/root/children?$top=1&nosuch=1&select=id&$count=true", "", &["?nosuch"]),
    ("GET", "/root?$select=id&$top=1&includeDeletedItems=true", "", &[]),
    ("GET", "?$select=id&nosuch", "", &["?nosuch"]),
    (
        "PATCH",
        "/root:/Docs/a.txt?$select=id&nosuch=1",
        r#"{"name":"b.txt","size":7,"file":{"mimeType":"x"},"parentReference":{"path":"/drive/root:","driveType":"","siteId":null},"@odata.type":"x"}"#,
        &["?nosuch", "parentReference.driveType", "size", "file"],
    ),
    (
        "POST",
        "/root/children?nosuch=1",
        r#"{"name":"x","folder":{"childCount":0},"description":"d","webUrl":"x","@microsoft.graph.conflictBehavior":"fail"}"#,
        &["?nosuch", "webUrl", "folder.childCount"],
    ),
    (
        "POST",
        "/root:/Docs:/copy?@microsoft.graph.conflictBehavior=rename&$select=id",
        r#"{"name":"y","Name":"z","@microsoft.graph.conflictBehavior":"rename","childrenOnly":false}"#,
        &["?$select", "Name", "@microsoft.graph.conflictBehavior"],
    ),
    (
        "POST",
        "/root:/new.txt:/createUploadSession",
        r#"{"item":{"fileSize":3,"fileSystemInfo":{"lastAccessedDateTime":"2024-01-31T12:00:00Z"}},"fileSize":3,"deferCommit":false}"#,
        &["item.fileSystemInfo.lastAccessedDateTime", "fileSize"],
    ),
    ("POST", "/root:/new2.txt:/createUploadSession", r#"{"fileSize":3,"nosuch":{"x":1}}"#, &["nosuch"]),
    ("DELETE", "/root:/Docs?nosuch=1", "", &["?nosuch"]),
];

fn url(path: &str) -> String {
    format!("/v1.0/me/drive{path}")
}

#[test]
fn the_journal_lists_parts_without_effect() {
    for (method, path, body, ignored) in REQUESTS {
        let server = server(Strictness::Formats);
        let response = server.send_json(method, &url(path), body);
        let requests = server.get("requests").json()["requests"].clone();
        let mut names: Vec<&str> =
            requests[0]["ignored"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let mut ignored = ignored.to_vec();
        if response.status < 400 {
            names.sort_unstable();
            ignored.sort_unstable();
            assert_eq!(names, ignored, "{method} {path} {body}");
        } else {
            assert!(path.starts_with("/root?"), "{method} {path} {body}: {}", response.text);
        }
    }
}

#[test]
fn full_strictness_rejects_parts_without_effect() {
    for (method, path, body, ignored) in REQUESTS {
        let server = server(Strictness::All);
        let response = server.send_json(method, &url(path), body);
        assert_eq!(response.status, 400, "{method} {path} {body}: {}", response.text);
        assert_eq!(response.json()["error"]["code"], "invalidRequest", "{}", response.text);
        let is_named = ignored.iter().any(|name| response.text.contains(&name.replace('"', "\\\"")));
        assert!(ignored.is_empty() || is_named, "{}", response.text);
        server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
    }
}

#[test]
fn full_strictness_accepts_parts_with_an_effect() {
    let server = server(Strictness::All);
    for (method, path, body, status) in [
        ("GET", "/root/children?$top=1&$select=id&$expand=children&$orderby=name", "", 200),
        ("GET", "/root:/Docs/a.txt?select=id", "", 200),
        (
            "PATCH",
            "/root:/Docs/a.txt",
            r#"{"description":"d","@odata.type":"microsoft.graph.driveItem"}"#,
            200,
        ),
        (
            "POST",
            "/root/children?@microsoft.graph.conflictBehavior=rename",
            r#"{"name":"x","folder":{}}"#,
            201,
        ),
        ("POST", "/root:/Docs:/copy", r#"{"name":"y","parentReference":{"path":"/drive/root:"}}"#, 202),
        ("POST", "/root:/n:/createUploadSession", r#"{"item":{"name":"n","fileSize":3}}"#, 200),
    ] {
        let response = server.send_json(method, &url(path), body);
        assert_eq!(response.status, status, "{method} {path} {body}: {}", response.text);
    }
}
