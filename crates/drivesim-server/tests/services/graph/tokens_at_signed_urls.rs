//! Tests of tokens in requests to pre-authenticated URLs: those of uploads, downloads and monitors.

use serde_json::json;

use crate::graph::support::{Response, TestRequest, TestServer};

const TREE: &str = "Docs/\n  a.txt = \"hello\"\nTo/\n";
const TOKENS: [&str; 4] = ["Bearer t", "bearer t", "Basic dTpw", "Bearer"];

fn drive(profile: &str, options: &str) -> TestServer {
    TestServer::new(&format!("drive mine profile={profile} owner=me {options}\n{TREE}"))
}

fn upload(wire: &TestServer) -> String {
    let url = "/v1.0/me/drive/root:/new.bin:/createUploadSession";
    wire.send_json("POST", url, "{}").json()["uploadUrl"].as_str().unwrap().to_owned()
}

fn send(wire: &TestServer, method: &str, url: &str, token: Option<&str>) -> Response {
    let mut headers: Vec<(&str, &str)> = token.iter().map(|token| ("authorization", *token)).collect();
    let body: &[u8] = if method == "PUT" { b"0123" } else { b"" };
    if method == "PUT" {
        headers.push(("content-range", "bytes 0-3/8"));
    }
    wire.send(&TestRequest { method, url, headers: &headers, body })
}

fn check_unauthenticated(context: &str, method: &str, response: &Response) {
    assert_eq!(response.status, 401, "{context}");
    assert_eq!(response.header("www-authenticate"), Some("Bearer"), "{context}");
    if method != "HEAD" {
        assert_eq!(response.json()["error"]["code"], "unauthenticated", "{context}");
        assert_eq!(response.json()["error"]["message"], "Unauthenticated", "{context}");
    }
}

#[test]
fn an_upload_url_rejects_tokens_by_option() {
    for (profile, options, refuses) in [
        ("personal", "", true),
        ("personal", "wire.token_at_upload=refused", true),
        ("personal", "wire.token_at_upload=ignored", false),
        (
            "personal",
            "wire.token_at_download=refused wire.token_at_monitor=refused wire.token_at_upload=ignored",
            false,
        ),
        ("business", "", false),
        ("business", "wire.token_at_upload=ignored", false),
        ("business", "wire.token_at_upload=refused", true),
        ("business", "wire.token_at_download=refused wire.token_at_monitor=refused", false),
    ] {
        for token in TOKENS {
            let wire = drive(profile, options);
            let url = upload(&wire);
            let context = format!("{profile} {options:?} {token}");
            for method in ["PUT", "GET", "POST", "DELETE", "HEAD", "PATCH"].into_iter().filter(|_| refuses) {
                let response = send(&wire, method, &url, Some(token));
                check_unauthenticated(&format!("{method} {context}"), method, &response);
                assert_eq!(wire.get_json(&url)["nextExpectedRanges"], json!(["0-"]), "{method} {context}");
            }
            let token = Some(token).filter(|_| !refuses);
            assert_eq!(send(&wire, "PUT", &url, token).status, 202, "{context}");
            assert_eq!(
                send(&wire, "GET", &url, token).json()["nextExpectedRanges"],
                json!(["4-7"]),
                "{context}"
            );
            assert_eq!(send(&wire, "DELETE", &url, token).status, 204, "{context}");
            assert!(!wire.sim.exists("/new.bin"), "{context}");
        }
    }
}

#[test]
fn a_download_url_rejects_tokens_by_option() {
    for (profile, options, refuses) in [
        ("personal", "", false),
        ("personal", "wire.token_at_download=refused", true),
        ("business", "", false),
        ("business", "wire.token_at_download=refused", true),
        ("business", "wire.token_at_upload=refused wire.token_at_monitor=refused", false),
    ] {
        let wire = drive(profile, options);
        let item = wire.get_json("/v1.0/me/drive/root:/Docs/a.txt");
        let url = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
        let location = wire.get("/v1.0/me/drive/root:/Docs/a.txt:/content");
        for url in [url, location.header("location").unwrap()] {
            for token in TOKENS {
                for method in ["GET", "HEAD"] {
                    let response = send(&wire, method, url, Some(token));
                    let context = format!("{method} {profile} {options:?} {token}");
                    if refuses {
                        check_unauthenticated(&context, method, &response);
                    } else {
                        assert_eq!(response.status, 200, "{context}");
                    }
                }
            }
            assert_eq!(send(&wire, "GET", url, None).body, b"hello", "{profile} {options:?}");
        }
    }
}

#[test]
fn a_monitor_rejects_tokens_by_option() {
    for (profile, options, refuses) in [
        ("personal", "", false),
        ("personal", "wire.token_at_monitor=refused", true),
        ("business", "", false),
        ("business", "wire.token_at_monitor=refused", true),
        ("business", "wire.token_at_upload=refused wire.token_at_download=refused", false),
    ] {
        for route in ["/v1.0/me/drive", "/_api/v2.0/drive", "/drive"] {
            let wire = drive(profile, options);
            let body = br#"{"name": "b.txt", "parentReference": {"path": "/drive/root:/Docs"}}"#;
            let url = format!("{route}/root:/Docs/a.txt:/copy");
            let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
            let accepted = wire.send(&TestRequest { method: "POST", url: &url, headers: &headers, body });
            let monitor = accepted.header("location").unwrap();
            for token in TOKENS {
                let response = send(&wire, "GET", monitor, Some(token));
                let context = format!("{profile} {options:?} {route} {token}");
                if refuses {
                    check_unauthenticated(&context, "GET", &response);
                } else {
                    assert_eq!(response.json()["status"], "completed", "{context}");
                }
            }
            assert_eq!(
                send(&wire, "GET", monitor, None).json()["status"],
                "completed",
                "{profile} {options:?}"
            );
        }
    }
}

#[test]
fn the_drive_of_the_url_decides_whether_tokens_are_rejected() {
    let wire = TestServer::new(&format!(
        "drive work profile=business owner=me\n{TREE}drive home profile=personal owner=user:ann\n{TREE}"
    ));
    for (owner, status) in [("me", 202), ("users/ann", 401)] {
        let url = format!("/v1.0/{owner}/drive/root:/new.bin:/createUploadSession");
        let session = wire.send_json("POST", &url, "{}").json();
        let url = session["uploadUrl"].as_str().unwrap();
        assert_eq!(send(&wire, "PUT", url, Some("Bearer t")).status, status, "{owner}");
    }
}

#[test]
fn an_unknown_url_is_not_found_with_and_without_a_token() {
    let options = "wire.token_at_download=refused wire.token_at_monitor=refused";
    let wire = drive("personal", options);
    let id = "00000000-0000-0000-0000-000000000000";
    for url in [format!("/_upload/{id}"), "/_download/x".to_owned(), format!("/v1.0/monitor/{id}")] {
        for token in [None, Some("Bearer t")] {
            assert_eq!(send(&wire, "GET", &url, token).status, 404, "{url}");
        }
    }
}
