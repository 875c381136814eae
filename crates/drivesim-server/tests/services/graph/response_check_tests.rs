//! Tests of the check of all responses: it finds what is wrong with a response.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::graph::support::{TestServer, business, personal};
use crate::support::responses::{Exchange, violations};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n";

/// Returns what is wrong with a response if its body is replaced.
fn faults_with_body(wire: &TestServer, url: &str, body: &Value) -> Vec<String> {
    let headers: HeaderMap = wire.get(url).headers;
    let (url, body) = (wire.expand(url), body.to_string());
    violations(&Exchange { method: "GET", url: &url, status: 200, headers: &headers, body: body.as_bytes() })
}

#[test]
fn an_item_without_a_member_is_found() {
    for wire in [business(TREE), personal(TREE)] {
        for drive in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"] {
            for path in ["/root:/Docs/a.txt", "/root:/Docs"] {
                let url = format!("{drive}{path}");
                let whole = wire.get_json(&url);
                assert_eq!(faults_with_body(&wire, &url, &whole), [""; 0], "{url}");
                for member in whole.as_object().unwrap().keys().filter(|key| *key != "@odata.context") {
                    let mut incomplete = whole.clone();
                    incomplete.as_object_mut().unwrap().remove(member);
                    assert!(!faults_with_body(&wire, &url, &incomplete).is_empty(), "{url} without {member}");
                    let selected = format!("{url}?%24select=id");
                    assert_eq!(
                        faults_with_body(&wire, &selected, &incomplete),
                        [""; 0],
                        "{selected} without {member}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_item_with_a_malformed_member_is_found() {
    let url = "/v1.0/me/drive/root:/Docs/a.txt";
    let wire = business(TREE);
    let whole = wire.get_json(url);
    let id = whole["id"].as_str().unwrap();
    let changes = [
        ("/eTag", json!("\"{0},1\"")),
        ("/cTag", json!(format!("\"{{{id}}},1\""))),
        ("/file/hashes/quickXorHash", json!("AAAA")),
        ("/file/hashes", json!({})),
        ("/parentReference/path", json!("/drive/root:/Docs")),
        ("/parentReference/driveType", json!("home")),
        ("/parentReference", json!({ "driveId": "x", "driveType": "business" })),
        ("/size", json!(-1)),
        ("/webUrl", json!("a.txt")),
        ("/fileSystemInfo", json!({})),
    ];
    for (at, value) in changes {
        let mut other = whole.clone();
        *other.pointer_mut(at).unwrap() = value;
        assert!(!faults_with_body(&wire, url, &other).is_empty(), "{at} of {other:#}");
    }
    let mut direct = whole.clone();
    let members = direct.as_object_mut().unwrap();
    let link = members.remove("@microsoft.graph.downloadUrl").unwrap();
    members.insert("@content.downloadUrl".to_owned(), link);
    assert!(!faults_with_body(&wire, url, &direct).is_empty(), "the spelling of another service");
}

#[test]
fn children_are_checked_in_listings_and_expansions() {
    let wire = business(TREE);
    for (url, at) in [
        ("/v1.0/me/drive/root:/Docs:/children", "/value/0"),
        ("/v1.0/me/drive/root:/Docs?$expand=children", "/children/0"),
        ("/v1.0/me/drive/root:/Docs?$select=id&$expand=children", "/children/0"),
        ("/v1.0/me/drive/root/children?$expand=children", "/value/0/children/0"),
    ] {
        let mut body = wire.get_json(url);
        assert_eq!(faults_with_body(&wire, url, &body), [""; 0], "{url}");
        body.pointer_mut(at).unwrap().as_object_mut().unwrap().remove("eTag").unwrap();
        assert_eq!(faults_with_body(&wire, url, &body), ["eTag is missing"], "{url}");
    }
}

#[test]
fn a_response_that_no_operation_sends_is_found() {
    let wire = business(TREE);
    let response = wire.get("/v1.0/me/drive/root");
    let cases = [
        ("POST", "/v1.0/me/drive/root:/a:/copy", 200),
        ("POST", "/v1.0/me/drive/root:/a:/copy", 202),
        ("DELETE", "/v1.0/me/drive/root:/a", 200),
        ("PUT", "/v1.0/me/drive/root:/a:/content", 202),
        ("GET", "/v1.0/me/drive/root:/a:/content", 200),
        ("POST", "/v1.0/me/drive/root:/a:/createUploadSession", 201),
        ("GET", "/v1.0/me/drive/root", 500),
    ];
    for (method, url, status) in cases {
        let (headers, body) = (&response.headers, &*response.body);
        let faults_found = violations(&Exchange { method, url, status, headers, body });
        assert!(!faults_found.is_empty(), "{method} {url} {status}");
    }
}
