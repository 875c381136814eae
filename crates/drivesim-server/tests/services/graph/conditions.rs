//! Tests of preconditions under concurrent requests, and that failed requests leave no traces.

use std::sync::Barrier;

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::json;

use crate::support::TestServer;

const ROOT: &str = "/v1.0/me/drive/root";
const JSON: (&str, &str) = ("content-type", "application/json");

fn business(outline: &str) -> TestServer {
    TestServer::new(&format!("drive work profile=business owner=me\n{outline}"))
}

fn personal(outline: &str) -> TestServer {
    TestServer::new(&format!("drive home profile=personal owner=me\n{outline}"))
}

/// Sends the same request from several threads at once and returns the number of responses for each status.
fn send_concurrently(wire: &TestServer, send: impl Fn(&TestServer) -> u16 + Sync) -> Vec<(u16, usize)> {
    const N_THREADS: usize = 4;
    let barrier = Barrier::new(N_THREADS);
    let run = || {
        barrier.wait();
        send(wire)
    };
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..N_THREADS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    statuses.chunk_by(u16::eq).map(|same| (same[0], same.len())).collect()
}

#[test]
fn one_of_concurrent_uploads_with_if_none_match_succeeds() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}.txt:/content");
        let statuses =
            send_concurrently(&wire, |wire| wire.put(&url, &[("if-none-match", "*")], "x").status.as_u16());
        assert_eq!(statuses, [(201, 1), (412, 3)], "{url}");
    }
}

#[test]
fn one_of_concurrent_uploads_creates_the_file() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}.txt:/content");
        let statuses = send_concurrently(&wire, |wire| wire.put(&url, &[], "x").status.as_u16());
        assert_eq!(statuses, [(200, 3), (201, 1)], "{url}");
    }
    assert_eq!(wire.sim.children("/").unwrap().len(), 60);
}

#[test]
fn one_of_concurrent_uploads_creates_the_file_and_its_parents() {
    for wire in [business(""), personal("")] {
        for round in 0..60 {
            let url = format!("{ROOT}:/{round}/x/a.txt:/content");
            let statuses = send_concurrently(&wire, |wire| wire.put(&url, &[], "x").status.as_u16());
            assert_eq!(statuses, [(200, 3), (201, 1)], "{url}");
            assert_eq!(wire.sim.children(format!("/{round}/x")).unwrap().len(), 1, "{url}");
        }
    }
}

#[test]
fn one_of_concurrent_sessions_for_a_file_of_a_business_drive_is_created() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}/a.bin:/createUploadSession");
        let statuses = send_concurrently(&wire, |wire| wire.post(&url, &json!({})).status.as_u16());
        assert_eq!(statuses, [(200, 1), (409, 3)], "{url}");
    }
}

#[test]
fn one_of_concurrent_requests_creates_the_folder_and_the_others_find_it() {
    let wire = business("");
    for round in 0..60 {
        let body = json!({
            "name": format!("{round}"), "folder": {}, "@microsoft.graph.conflictBehavior": "replace",
        });
        let statuses =
            send_concurrently(&wire, |wire| wire.post(&format!("{ROOT}/children"), &body).status.as_u16());
        assert_eq!(statuses, [(200, 3), (201, 1)], "{round}");
    }
}

/// Returns the state of a personal drive that a failed request could change, except the next id.
fn traces(wire: &TestServer) -> (String, String) {
    let root = wire.get(ROOT).expect(200).json();
    (
        wire.sim.outline_with(drivesim::outline::Detail::Attributes).unwrap(),
        format!("{} {}", root["cTag"], root["eTag"]),
    )
}

/// Sends a request and returns the status of the response.
type Send = fn(&TestServer) -> u16;

#[test]
fn a_failed_request_creates_no_parents() {
    let cases: [(&str, u16, Send); 6] = [
        ("a stale tag", 412, |wire| {
            let url = format!("{ROOT}:/q/w:/children");
            let body = json!({ "name": "a", "folder": {} }).to_string();
            wire.send("POST", &url, &[JSON, ("if-match", "x")], body).status.as_u16()
        }),
        ("a tag of a missing file", 412, |wire| {
            wire.put(&format!("{ROOT}:/q/w/a.txt:/content"), &[("if-match", "*")], "x").status.as_u16()
        }),
        ("a bad name", 400, |wire| {
            let body = json!({ "name": "a:b", "folder": {} });
            wire.post(&format!("{ROOT}:/q/w:/children"), &body).status.as_u16()
        }),
        ("a bad name of a parent", 400, |wire| {
            wire.put(&format!("{ROOT}:/q/w%7C/a.txt:/content"), &[], "x").status.as_u16()
        }),
        ("a path that is too long", 400, |wire| {
            let long = "x".repeat(255);
            wire.put(&format!("{ROOT}:/q/{long}/{long}:/content"), &[], "x").status.as_u16()
        }),
        ("a file that is too large", 507, |wire| {
            wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(3)).unwrap();
            wire.put(&format!("{ROOT}:/q/w/a.txt:/content"), &[], "four").status.as_u16()
        }),
    ];
    for (context, status, send) in cases {
        let (wire, untouched) = (personal("a.txt\n"), personal("a.txt\n"));
        let before = traces(&wire);
        assert_eq!(send(&wire), status, "{context}");
        assert_eq!(traces(&wire), before, "{context}");
        let ids = [&wire, &untouched].map(|wire| wire.sim.create_folder("/", "next").unwrap());
        assert_eq!(ids[0], ids[1], "{context} uses up an id");
    }
}

#[test]
fn a_header_that_is_not_text_fails() {
    let wire = business("a.txt = \"one\"\n");
    let before = wire.sim.outline().unwrap();
    let bad = HeaderValue::from_bytes(b"\"\xff\"").unwrap();
    for (method, url, header) in [
        ("DELETE", ":/a.txt", "if-match"),
        ("PATCH", ":/a.txt", "if-match"),
        ("PUT", ":/a.txt:/content", "if-match"),
        ("PUT", ":/b.txt:/content", "if-none-match"),
        ("GET", ":/a.txt", "if-none-match"),
        ("GET", ":/a.txt:/content", "if-none-match"),
    ] {
        let request = Request::builder().method(method).uri(format!("{ROOT}{url}")).header(header, &bad);
        let request = request.header("content-type", "application/json").body(Body::from("{}")).unwrap();
        wire.send_request(request).expect_error(400, "invalidRequest", "malformedEntityTag");
    }
    assert_eq!(wire.sim.outline().unwrap(), before);
}

#[test]
fn tags_may_be_in_several_header_lines() {
    let wire = business("a.txt = \"one\"\n");
    let url = format!("{ROOT}:/a.txt");
    let etag = wire.get(&url).expect(200).json()["eTag"].as_str().unwrap().to_owned();
    let headers = [("if-none-match", "\"other\""), ("if-none-match", &*etag)];
    wire.send("GET", &url, &headers, Body::empty()).expect(304);
    let headers = [("if-match", "\"other\""), ("if-match", &*etag)];
    wire.send("DELETE", &url, &headers, Body::empty()).expect(204);
}

#[test]
fn a_tag_with_an_unclosed_quote_fails() {
    let wire = business("a.txt = \"one\"\n");
    for tag in ["\"", "\"a", "\"a\", \"b"] {
        let response = wire.send("DELETE", &format!("{ROOT}:/a.txt"), &[("if-match", tag)], Body::empty());
        response.expect_error(400, "invalidRequest", "malformedEntityTag");
    }
    assert!(wire.sim.exists("/a.txt"));
}

#[test]
fn a_permanent_deletion_with_a_malformed_body_deletes_nothing() {
    let wire = business("a.txt = \"one\"\n");
    let url = format!("{ROOT}:/a.txt:/permanentDelete");
    wire.send("POST", &url, &[JSON], "{bad").expect_error(400, "invalidRequest", "invalidParameterFormat");
    assert!(wire.sim.exists("/a.txt"));
    wire.send("POST", &url, &[JSON], "{}").expect(204);
}

#[test]
fn a_malformed_percent_encoding_fails() {
    let wire = business("");
    for path in ["a%zzb.txt", "tail%", "tail%2", "%"] {
        wire.put(&format!("{ROOT}:/{path}:/content"), &[], "x").expect_error(
            400,
            "invalidRequest",
            "invalidPath",
        );
    }
    wire.get(&format!("{ROOT}?x=%zz")).expect(400);
    assert!(wire.sim.children("/").unwrap().is_empty());
    wire.put(&format!("{ROOT}:/50%25.txt:/content"), &[], "x").expect(201);
    assert!(wire.sim.exists("/50%.txt"));
}

#[test]
fn an_id_with_a_slash_fails() {
    let wire = business("");
    for id in ["a%2Fb", "..%2Fx", "..%2F..%2Fetc%2Fpasswd"] {
        let url = format!("/v1.0/me/drive/items/{id}");
        wire.get(&url).expect_error(400, "invalidRequest", "invalidResourceId");
    }
}

#[test]
fn null_removes_a_description() {
    let wire = business("a.txt\n");
    let patch =
        |body: &str| wire.send("PATCH", &format!("{ROOT}:/a.txt"), &[JSON], body.to_owned()).expect(200);
    assert_eq!(patch("{\"description\":\"d\"}").json()["description"], "d");
    assert_eq!(patch("{\"name\":\"a.txt\"}").json()["description"], "d");
    assert_eq!(patch("{\"description\":null}").json().get("description"), None);
}
