//! Tests that cross-site requests, guessed URLs, uploaded web pages and malformed HTTP do no harm.

use drivesim_server::{Limits, ServerOptions};
use drivesim_tests::http::Request;
use serde_json::json;

use crate::test_server::{MINE, TestServer, path_of};

fn mine() -> String {
    format!("{MINE}\nDocs/\n  a.txt = \"a\"\n")
}

#[test]
fn cross_site_requests_do_not_reach_the_admin_api() {
    let abused = TestServer::new(&mine(), Limits::default());
    assert_eq!(
        abused.send(&Request::new("PUT", "/v1.0/me/drive/root:/b.txt:/content").body("b")).status,
        201
    );
    let reset = Request::new("POST", "/_drivesim/reset");
    let add = Request::new("POST", "/_drivesim/drives").header("Content-Type", "text/plain");
    let add = add.body(r#"{"name":"evil","profile":"business"}"#);
    for request in [reset, add, Request::new("GET", "/_drivesim/outline")] {
        abused.assert_rejected(&request.clone().header("Origin", "http://evil.example"), 403);
        abused.assert_rejected(&request.clone().header("Origin", "null"), 403);
        abused.assert_rejected(&request.clone().header("Sec-Fetch-Site", "cross-site"), 403);
    }
    assert!(abused.sim.exists("/b.txt"));
    let own = Request::new("GET", "/_drivesim/outline").header("Origin", format!("http://{}", abused.host()));
    assert_eq!(abused.send(&own).status, 200);
}

#[test]
fn another_host_does_not_reach_the_admin_api_and_the_error_names_the_flag() {
    let abused = TestServer::new(&mine(), Limits::default());
    for request in [Request::new("GET", "/_drivesim/outline"), Request::new("POST", "/_drivesim/reset")] {
        let received = abused.exchange(&request.to_bytes("evil.example", true));
        assert!(received.starts_with("HTTP/1.1 4") && received.contains("--admin-host"), "{received}");
        let port = abused.server.address().port();
        let received = abused.exchange(&request.to_bytes(&format!("localhost:{port}"), true));
        assert!(received.starts_with("HTTP/1.1 2"), "{received}");
    }
    let absolute = Request::new("GET", "http://evil.example/_drivesim/outline");
    let received = abused.exchange(&absolute.to_bytes(&abused.host(), true));
    assert!(received.starts_with("HTTP/1.1 4"), "{received}");
}

#[test]
fn the_admin_api_has_no_other_path() {
    let abused = TestServer::new(&mine(), Limits::default());
    abused.send(&Request::new("PUT", "/v1.0/me/drive/root:/b.txt:/content").body("b"));
    for path in ["/%5fdrivesim/reset", "/%5Fdrivesim/reset", "//_drivesim/reset", "/./_drivesim/reset"] {
        let answer = abused.send(&Request::new("POST", path));
        assert!(answer.status >= 400, "{path}: {answer:?}");
        assert!(abused.sim.exists("/b.txt"), "{path}");
    }
    abused.assert_responds();
}

#[test]
fn preauthenticated_urls_differ_between_runs_with_a_token_check() {
    let start = || {
        let options = ServerOptions::default().token("t", &["Files.ReadWrite.All"]);
        TestServer::with_options(&mine(), options)
    };
    let (one, other) = (start(), start());
    let urls = |abused: &TestServer| {
        let with_token = |request: Request| abused.send(&request.header("Authorization", "Bearer t"));
        let content = with_token(Request::new("GET", "/v1.0/me/drive/root:/Docs/a.txt:/content"));
        let upload =
            Request::new("POST", "/v1.0/me/drive/root:/up.bin:/createUploadSession").json(&json!({}));
        let upload = with_token(upload).json()["uploadUrl"].as_str().unwrap().to_owned();
        let copy =
            Request::new("POST", "/v1.0/me/drive/root:/Docs/a.txt:/copy").json(&json!({ "name": "b" }));
        let copy = with_token(copy);
        [content.header("location").unwrap(), &upload, copy.header("location").unwrap()].map(path_of)
    };
    let (mine, theirs) = (urls(&one), urls(&other));
    for (mine, theirs) in mine.iter().zip(&theirs) {
        assert_ne!(mine, theirs);
        assert!(one.get(mine).status < 400, "{mine}");
        one.assert_rejected(&Request::new("GET", theirs.clone()), 404);
    }
    let put = Request::new("PUT", theirs[1].clone()).header("Content-Range", "bytes 0-2/3").body("abc");
    one.assert_rejected(&put, 404);
}

#[test]
fn an_uploaded_web_page_is_sent_as_an_attachment() {
    let abused = TestServer::new(&mine(), Limits::default());
    for name in ["evil.html", "evil.svg", "evil.xhtml"] {
        let put = Request::new("PUT", format!("/v1.0/me/drive/root:/{name}:/content"));
        let put = put.header("Content-Type", "text/html").body("<script>alert(1)</script>");
        assert_eq!(abused.send(&put).status, 201);
        let content = abused.get(&format!("/v1.0/me/drive/root:/{name}:/content"));
        let file = abused.get(&path_of(content.header("location").unwrap()));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"), "{file:?}");
        let disposition = file.header("content-disposition").unwrap_or_default();
        assert!(disposition.starts_with("attachment"), "{file:?}");
    }
}

#[test]
fn a_rejection_with_an_unread_body_closes_the_connection() {
    let abused = TestServer::new(&mine(), Limits::default().max_upload(1000).max_json(1000).max_bodies(2000));
    for (target, status) in [
        ("/v1.0/me/drive/root:/b.bin:/content", 413),
        ("/v1.0/nothing/that/is/built", 501),
        ("/2.0/nothing", 404),
        ("/_drivesim/nothing", 404),
    ] {
        let request = Request::new("PUT", target).body(vec![b'x'; 300_000]);
        let received = abused.exchange(&request.to_bytes(&abused.host(), false)).to_lowercase();
        assert!(received.starts_with(&format!("http/1.1 {status} ")), "{target}: {received}");
        assert!(received.contains("connection: close\r\n"), "{target}: {received}");
        abused.assert_responds();
    }
}

#[test]
fn a_request_must_have_one_host() {
    let abused = TestServer::new(&mine(), Limits::default());
    let host = abused.host();
    for head in [
        "GET /v1.0/me/drive HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        format!("GET /v1.0/me/drive HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        "GET /v1.0/me/drive HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(),
        format!("GET ftp://{host}/v1.0/me/drive HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    ] {
        let received = abused.exchange(head.as_bytes());
        assert!(received.starts_with("HTTP/1.1 400 "), "{head:?}: {received}");
        abused.assert_responds();
    }
}

#[test]
fn a_head_longer_than_the_limit_is_rejected() {
    let abused = TestServer::new(&mine(), Limits::default().max_head(16 << 10));
    let head = |n_bytes: usize| {
        let padding = "x".repeat(n_bytes / 8 - 8);
        let header = |n: usize| format!("X-{n}: {padding}\r\n");
        let headers: String = (0..8).map(header).collect();
        format!(
            "GET /v1.0/me/drive HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
            abused.host()
        )
    };
    assert!(abused.exchange(head(15 << 10).as_bytes()).starts_with("HTTP/1.1 200 "));
    let received = abused.exchange(head(20 << 10).as_bytes());
    assert!(received.starts_with("HTTP/1.1 431 "), "{received}");
    abused.assert_responds();
}
