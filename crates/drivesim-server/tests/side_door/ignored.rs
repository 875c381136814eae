//! Tests what the journal names as ignored, and that a server which is strict in all refuses it.

use drivesim::Sim;
use drivesim_server::{ServerOptions, Strictness};

use crate::{MINE, Server};

fn server(strict: Strictness) -> Server {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    Server::with(sim, ServerOptions::default().strict(strict))
}

/// Requests to Microsoft's drives, and what of them has no effect.
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
fn the_journal_names_what_has_no_effect() {
    for (method, path, body, ignored) in REQUESTS {
        let server = server(Strictness::Formats);
        let answer = server.wire(method, &url(path), body);
        let requests = server.get("requests").json()["requests"].clone();
        let mut names: Vec<&str> =
            requests[0]["ignored"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let mut ignored = ignored.to_vec();
        if answer.status < 400 {
            names.sort_unstable();
            ignored.sort_unstable();
            assert_eq!(names, ignored, "{method} {path} {body}");
        } else {
            assert!(path.starts_with("/root?"), "{method} {path} {body}: {}", answer.text);
        }
    }
}

#[test]
fn a_server_that_is_strict_in_all_refuses_it_and_changes_nothing() {
    for (method, path, body, ignored) in REQUESTS {
        let server = server(Strictness::All);
        let answer = server.wire(method, &url(path), body);
        assert_eq!(answer.status, 400, "{method} {path} {body}: {}", answer.text);
        assert_eq!(answer.json()["error"]["code"], "invalidRequest", "{}", answer.text);
        let is_named = ignored.iter().any(|name| answer.text.contains(&name.replace('"', "\\\"")));
        assert!(ignored.is_empty() || is_named, "{}", answer.text);
        server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
    }
}

#[test]
fn a_server_that_is_strict_in_all_takes_what_has_an_effect() {
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
        let answer = server.wire(method, &url(path), body);
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text);
    }
}
