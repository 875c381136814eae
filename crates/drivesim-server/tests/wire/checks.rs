//! The only place that sees to it that the check of all answers finds what is wrong with one.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::answers::{Exchange, faults};
use crate::support::{Wire, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n";

/// Returns what is wrong with an answer like one that came, with another body.
fn with(wire: &Wire, url: &str, body: &Value) -> Vec<String> {
    let headers: HeaderMap = wire.get(url).headers;
    let (url, body) = (wire.fill(url), body.to_string());
    faults(&Exchange { method: "GET", url: &url, status: 200, headers: &headers, body: body.as_bytes() })
}

#[test]
fn an_item_that_lacks_a_member_is_found() {
    for wire in [business(TREE), personal(TREE)] {
        for drive in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"] {
            for path in ["/root:/Docs/a.txt", "/root:/Docs"] {
                let url = format!("{drive}{path}");
                let whole = wire.read(&url);
                assert_eq!(with(&wire, &url, &whole), [""; 0], "{url}");
                for member in whole.as_object().unwrap().keys().filter(|key| *key != "@odata.context") {
                    let mut lacking = whole.clone();
                    lacking.as_object_mut().unwrap().remove(member);
                    assert!(!with(&wire, &url, &lacking).is_empty(), "{url} without {member}");
                    let selected = format!("{url}?%24select=id");
                    assert_eq!(with(&wire, &selected, &lacking), [""; 0], "{selected} without {member}");
                }
            }
        }
    }
}

#[test]
fn an_item_that_has_a_member_of_another_form_is_found() {
    let url = "/v1.0/me/drive/root:/Docs/a.txt";
    let wire = business(TREE);
    let whole = wire.read(url);
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
        assert!(!with(&wire, url, &other).is_empty(), "{at} of {other:#}");
    }
    let mut direct = whole.clone();
    let members = direct.as_object_mut().unwrap();
    let link = members.remove("@microsoft.graph.downloadUrl").unwrap();
    members.insert("@content.downloadUrl".to_owned(), link);
    assert!(!with(&wire, url, &direct).is_empty(), "the spelling of another dialect");
}

#[test]
fn children_are_held_to_the_same_wherever_they_are_told() {
    let wire = business(TREE);
    for (url, at) in [
        ("/v1.0/me/drive/root:/Docs:/children", "/value/0"),
        ("/v1.0/me/drive/root:/Docs?$expand=children", "/children/0"),
        ("/v1.0/me/drive/root:/Docs?$select=id&$expand=children", "/children/0"),
        ("/v1.0/me/drive/root/children?$expand=children", "/value/0/children/0"),
    ] {
        let mut told = wire.read(url);
        assert_eq!(with(&wire, url, &told), [""; 0], "{url}");
        told.pointer_mut(at).unwrap().as_object_mut().unwrap().remove("eTag").unwrap();
        assert_eq!(with(&wire, url, &told), ["eTag is missing"], "{url}");
    }
}

#[test]
fn an_answer_that_no_verb_gives_is_found() {
    let wire = business(TREE);
    let answer = wire.get("/v1.0/me/drive/root");
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
        let (headers, body) = (&answer.headers, &*answer.body);
        let told = faults(&Exchange { method, url, status, headers, body });
        assert!(!told.is_empty(), "{method} {url} {status}");
    }
}
