//! Tests of the requests that the admin API rejects: cross-site ones, those to foreign hosts, and those without its token.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use drivesim::Sim;
use drivesim_server::{Admin, ServerOptions};

use crate::admin::{MINE, TestServer, TextResponse, server_with_held_copies};

fn with(options: ServerOptions) -> TestServer {
    TestServer::with(Sim::builder().outline(MINE).build().unwrap(), options)
}

fn send(
    server: &TestServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> TextResponse {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(Body::from(body)).unwrap())
}

#[test]
fn pages_of_other_origins_cannot_read_or_change_anything() {
    let server = server_with_held_copies();
    let host = ("host", "localhost:8080");
    for header in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "https://localhost:8080.evil.example"),
        ("origin", "http://localhost:3000"),
        ("origin", "http://localhost"),
        ("origin", "file://"),
        ("origin", ""),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "anything"),
    ] {
        for (method, route, body) in [
            ("POST", "reset", ""),
            ("POST", "drives", "{\"name\":\"new\"}"),
            ("PUT", "outline?drive=mine", "gone\n"),
            ("GET", "outline", ""),
            ("GET", "health", ""),
            ("OPTIONS", "reset", ""),
            ("GET", "nothing", ""),
        ] {
            let headers = [host, header, ("content-type", "text/plain")];
            let response = send(&server, method, &format!("/_drivesim/{route}"), &headers, body);
            let (status, code, message) = response.error();
            assert_eq!((status, &*code), (403, "forbidden"), "{header:?} {method} {route}");
            let rule = if header.0 == "origin" { "Origin" } else { "Sec-Fetch-Site" };
            assert!(message.contains(rule), "{header:?}: {message}");
        }
    }
    let two = [host, ("origin", "http://localhost:8080"), ("origin", "http://evil.example")];
    assert_eq!(send(&server, "POST", "/_drivesim/reset", &two, "").status, 403);
    server.assert_outline("mine", "Docs/\n  a.txt = \"hi\"\n");
    assert_eq!(server.get("outline?drive=new").status, 404);
}

#[test]
fn pages_of_the_same_origin_and_programs_are_allowed() {
    let server = server_with_held_copies();
    for headers in [
        &[("host", "localhost:8080")][..],
        &[("host", "localhost:8080"), ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")],
        &[("host", "LOCALHOST:8080"), ("origin", "http://localhost:8080")],
        &[("host", "localhost"), ("origin", "https://localhost"), ("sec-fetch-site", "none")],
        &[("host", "127.0.0.1:80"), ("x-forwarded-host", "drives.test"), ("origin", "https://drives.test")],
        &[("origin", "http://localhost"), ("host", "localhost:80")],
    ] {
        let response = send(&server, "POST", "/_drivesim/reset", headers, "");
        assert_eq!(response.status, 204, "{headers:?}: {}", response.text);
    }
}

#[test]
fn the_admin_api_has_exactly_one_path() {
    let server = server_with_held_copies();
    let before = server.get("outline").text;
    for path in [
        "/%5fdrivesim/reset",
        "/%5Fdrivesim/reset",
        "/_drivesi%6d/reset",
        "//_drivesim/reset",
        "/_DRIVESIM/reset",
        "/_drivesim%2Freset",
        "/./_drivesim/reset",
        "/x/../_drivesim/reset",
        "/_drivesim/../_drivesim/reset",
        "/_drivesim//reset",
        "/_drivesim/./reset",
        "/_drivesim/%72eset",
        "/_drivesim/reset/",
        "/_drivesim/reset%20",
        "/_drivesim/reset%2F",
        "/_drivesim/reset;x",
        "/_drivesimx/reset",
        "/_drivesim",
        "/_drivesim/",
    ] {
        let response = send(&server, "POST", path, &[], "");
        assert!([404, 501].contains(&response.status), "{path}: {} {}", response.status, response.text);
        assert!(response.json()["error"]["code"].is_string(), "{path}: {}", response.text);
    }
    assert_eq!(server.get("outline").text, before);
    // A name may have any characters.
    assert_eq!(server.post("snapshot/a%20%2F%C3%A9", "").status, 201);
    assert_eq!(server.post("restore/a%20/%C3%A9", "").status, 204);
}

#[test]
fn an_admin_api_that_is_off_has_no_routes() {
    let server = with(ServerOptions::default().admin(Admin::Off));
    for route in ["health", "reset", "openapi.json", "nothing"] {
        for method in ["GET", "POST"] {
            let (status, code, message) = server.send_admin(method, route, "").error();
            assert_eq!((status, &*code), (404, "noRoute"), "{route}");
            assert_eq!(message, format!("There is no route /_drivesim/{route}."));
        }
    }
    assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 200);
}

#[test]
fn an_admin_api_with_a_token_requires_it() {
    let server =
        with(ServerOptions::default().admin(Admin::Token("s3cret".to_owned())).token("t", &["Files.Read"]));
    for (token, status) in [
        (None, 401),
        (Some("Bearer t"), 401),
        (Some("Bearer s3cre"), 401),
        (Some("Bearer s3cret1"), 401),
        (Some("Bearer S3cret"), 401),
        (Some("Basic s3cret"), 401),
        (Some("s3cret"), 401),
        (Some("Bearer s3cret"), 200),
        (Some("bearer s3cret"), 200),
    ] {
        let headers: Vec<(&str, &str)> = token.iter().map(|token| ("authorization", *token)).collect();
        let response = send(&server, "GET", "/_drivesim/health", &headers, "");
        assert_eq!(response.status, status, "{token:?}: {}", response.text);
        if status == 401 {
            assert_eq!(response.status_and_code(), (401, "unauthorized".to_owned()));
            assert_eq!(response.headers["www-authenticate"], "Bearer", "{token:?}");
            assert!(!response.text.contains("s3cret"), "{}", response.text);
        }
    }
    // The token is valid only for the admin API.
    let response = send(&server, "GET", "/v1.0/me/drive", &[("authorization", "Bearer s3cret")], "");
    assert_eq!(response.status, 401);
    let page = [("authorization", "Bearer s3cret"), ("origin", "http://evil.example"), ("host", "x")];
    assert_eq!(send(&server, "GET", "/_drivesim/health", &page, "").status, 403);
}

/// Sends a request with some headers over TCP and returns status and body.
fn request_over_tcp(server: &drivesim_server::Server, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(600))).unwrap();
    let request = format!("GET /_drivesim/clock HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn local_host_names_and_configured_ones_are_allowed() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let options = ServerOptions::default().admin_host("drives").admin_host("[2001:db8::1]");
    let server = drivesim_server::Server::start_on(sim, "127.0.0.1:0", options).unwrap();
    let port = server.address().port();
    for host in [
        "localhost",
        "LocalHost:1",
        "localhost.:80",
        "a.b.localhost",
        "127.0.0.1",
        &format!("127.0.0.1:{port}"),
        "127.1.2.3:9",
        "[::1]:80",
        "drives",
        "DRIVES:8080",
        "drives.",
        "[2001:db8::1]:80",
    ] {
        let (status, body) = request_over_tcp(&server, &format!("Host: {host}"));
        assert_eq!(status, 200, "{host}: {body}");
    }
    for host in [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "drives.evil.example",
        "xdrives",
        "",
    ] {
        let (status, body) = request_over_tcp(&server, &format!("Host: {host}"));
        assert_eq!(status, 403, "{host}: {body}");
        assert!(body.contains("\"forbidden\"") && body.contains("--admin-host"), "{host}: {body}");
        // A proxy may have received the request for another name.
        let (status, _) =
            request_over_tcp(&server, &format!("Host: localhost\r\nX-Forwarded-Host: localhost, {host}"));
        assert_eq!(status, 403, "{host} behind a proxy");
    }
    assert_eq!(request_over_tcp(&server, "Host: localhost\r\nX-Forwarded-Host: drives").0, 200);
}

#[test]
fn the_host_of_the_listener_is_allowed_and_that_of_the_public_url_is_not() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let options = ServerOptions::default().public_url("https://drives.test");
    let server = drivesim_server::Server::start_on(sim, "localhost:0", options).unwrap();
    assert_eq!(request_over_tcp(&server, "Host: localhost").0, 200);
    assert_eq!(request_over_tcp(&server, "Host: drives.test").0, 403);
}
