//! The only place that tests what requests expect of what is there when several come at once, and that what is refused
//! leaves nothing behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

mod support;

use std::sync::Barrier;

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::json;
use support::Wire;

const ROOT: &str = "/v1.0/me/drive/root";
const JSON: (&str, &str) = ("content-type", "application/json");

fn business(outline: &str) -> Wire {
    Wire::new(&format!("drive work profile=business owner=me\n{outline}"))
}

fn personal(outline: &str) -> Wire {
    Wire::new(&format!("drive home profile=personal owner=me\n{outline}"))
}

/// Sends the same request from several threads at once and returns how often each status came.
fn at_once(wire: &Wire, send: impl Fn(&Wire) -> u16 + Sync) -> Vec<(u16, usize)> {
    const N_THREADS: usize = 4;
    let barrier = Barrier::new(N_THREADS);
    let ask = || {
        barrier.wait();
        send(wire)
    };
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..N_THREADS).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    statuses.chunk_by(u16::eq).map(|same| (same[0], same.len())).collect()
}

#[test]
fn of_uploads_that_want_to_be_the_first_one_is() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}.txt:/content");
        let came = at_once(&wire, |wire| wire.put(&url, &[("if-none-match", "*")], "x").status.as_u16());
        assert_eq!(came, [(201, 1), (412, 3)], "{url}");
    }
}

#[test]
fn of_uploads_to_one_name_one_makes_the_file() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}.txt:/content");
        let came = at_once(&wire, |wire| wire.put(&url, &[], "x").status.as_u16());
        assert_eq!(came, [(200, 3), (201, 1)], "{url}");
    }
    assert_eq!(wire.sim.children("/").unwrap().len(), 60);
}

#[test]
fn of_uploads_to_one_name_in_a_missing_folder_one_makes_the_file() {
    for wire in [business(""), personal("")] {
        for round in 0..60 {
            let url = format!("{ROOT}:/{round}/x/a.txt:/content");
            let came = at_once(&wire, |wire| wire.put(&url, &[], "x").status.as_u16());
            assert_eq!(came, [(200, 3), (201, 1)], "{url}");
            assert_eq!(wire.sim.children(format!("/{round}/x")).unwrap().len(), 1, "{url}");
        }
    }
}

#[test]
fn of_sessions_for_one_file_of_a_business_drive_one_is_opened() {
    let wire = business("");
    for round in 0..60 {
        let url = format!("{ROOT}:/{round}/a.bin:/createUploadSession");
        let came = at_once(&wire, |wire| wire.post(&url, &json!({})).status.as_u16());
        assert_eq!(came, [(200, 1), (409, 3)], "{url}");
    }
}

#[test]
fn of_folders_of_one_name_one_is_made_and_found_by_the_others() {
    let wire = business("");
    for round in 0..60 {
        let body = json!({
            "name": format!("{round}"), "folder": {}, "@microsoft.graph.conflictBehavior": "replace",
        });
        let came = at_once(&wire, |wire| wire.post(&format!("{ROOT}/children"), &body).status.as_u16());
        assert_eq!(came, [(200, 3), (201, 1)], "{round}");
    }
}

/// Everything of a personal drive that a refused request could leave a trace in, but the next id.
fn traces(wire: &Wire) -> (String, String) {
    let root = wire.get(ROOT).expect(200).json();
    (
        wire.sim.outline_with(drivesim::Detail::Attributes).unwrap(),
        format!("{} {}", root["cTag"], root["eTag"]),
    )
}

/// Sends something and returns the status of the answer.
type Send = fn(&Wire) -> u16;

#[test]
fn nothing_is_made_on_the_way_to_what_is_refused() {
    let refused: [(&str, u16, Send); 6] = [
        ("a stale tag", 412, |wire| {
            let url = format!("{ROOT}:/q/w:/children");
            let body = json!({ "name": "a", "folder": {} }).to_string();
            wire.send("POST", &url, &[JSON, ("if-match", "x")], body).status.as_u16()
        }),
        ("a tag of what is not there", 412, |wire| {
            wire.put(&format!("{ROOT}:/q/w/a.txt:/content"), &[("if-match", "*")], "x").status.as_u16()
        }),
        ("a bad name", 400, |wire| {
            let body = json!({ "name": "a:b", "folder": {} });
            wire.post(&format!("{ROOT}:/q/w:/children"), &body).status.as_u16()
        }),
        ("a bad name on the way", 400, |wire| {
            wire.put(&format!("{ROOT}:/q/w%7C/a.txt:/content"), &[], "x").status.as_u16()
        }),
        ("a path that is too long", 400, |wire| {
            let long = "x".repeat(255);
            wire.put(&format!("{ROOT}:/q/{long}/{long}:/content"), &[], "x").status.as_u16()
        }),
        ("a file that is too large", 507, |wire| {
            wire.sim.set_quota("/", Some(3)).unwrap();
            wire.put(&format!("{ROOT}:/q/w/a.txt:/content"), &[], "four").status.as_u16()
        }),
    ];
    for (what, status, send) in refused {
        let (wire, untouched) = (personal("a.txt\n"), personal("a.txt\n"));
        let before = traces(&wire);
        assert_eq!(send(&wire), status, "{what}");
        assert_eq!(traces(&wire), before, "{what}");
        let ids = [&wire, &untouched].map(|wire| wire.sim.create_folder("/", "next").unwrap());
        assert_eq!(ids[0], ids[1], "{what} uses up an id");
    }
}

#[test]
fn a_header_that_cannot_be_read_is_not_overlooked() {
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
        wire.send_request(request).refused(400, "invalidRequest", "malformedEntityTag");
    }
    assert_eq!(wire.sim.outline().unwrap(), before);
}

#[test]
fn tags_may_stand_in_several_lines() {
    let wire = business("a.txt = \"one\"\n");
    let url = format!("{ROOT}:/a.txt");
    let etag = wire.get(&url).expect(200).json()["eTag"].as_str().unwrap().to_owned();
    let headers = [("if-none-match", "\"other\""), ("if-none-match", &*etag)];
    wire.send("GET", &url, &headers, Body::empty()).expect(304);
    let headers = [("if-match", "\"other\""), ("if-match", &*etag)];
    wire.send("DELETE", &url, &headers, Body::empty()).expect(204);
}

#[test]
fn quotes_that_do_not_end_are_no_tag() {
    let wire = business("a.txt = \"one\"\n");
    for tag in ["\"", "\"a", "\"a\", \"b"] {
        let answer = wire.send("DELETE", &format!("{ROOT}:/a.txt"), &[("if-match", tag)], Body::empty());
        answer.refused(400, "invalidRequest", "malformedEntityTag");
    }
    assert!(wire.sim.exists("/a.txt"));
}

#[test]
fn nothing_is_lost_for_good_by_a_body_that_cannot_be_read() {
    let wire = business("a.txt = \"one\"\n");
    let url = format!("{ROOT}:/a.txt:/permanentDelete");
    wire.send("POST", &url, &[JSON], "{bad").refused(400, "invalidRequest", "invalidParameterFormat");
    assert!(wire.sim.exists("/a.txt"));
    wire.send("POST", &url, &[JSON], "{}").expect(204);
}

#[test]
fn a_percent_sign_that_encodes_nothing_is_refused() {
    let wire = business("");
    for path in ["a%zzb.txt", "tail%", "tail%2", "%"] {
        wire.put(&format!("{ROOT}:/{path}:/content"), &[], "x").refused(400, "invalidRequest", "invalidPath");
    }
    wire.get(&format!("{ROOT}?x=%zz")).expect(400);
    assert!(wire.sim.children("/").unwrap().is_empty());
    wire.put(&format!("{ROOT}:/50%25.txt:/content"), &[], "x").expect(201);
    assert!(wire.sim.exists("/50%.txt"));
}

#[test]
fn an_id_with_a_slash_is_no_id() {
    let wire = business("");
    for id in ["a%2Fb", "..%2Fx", "..%2F..%2Fetc%2Fpasswd"] {
        let url = format!("/v1.0/me/drive/items/{id}");
        wire.get(&url).refused(400, "invalidRequest", "invalidResourceId");
    }
}

#[test]
fn a_description_is_taken_away_by_null() {
    let wire = business("a.txt\n");
    let patch =
        |body: &str| wire.send("PATCH", &format!("{ROOT}:/a.txt"), &[JSON], body.to_owned()).expect(200);
    assert_eq!(patch("{\"description\":\"d\"}").json()["description"], "d");
    assert_eq!(patch("{\"name\":\"a.txt\"}").json()["description"], "d");
    assert_eq!(patch("{\"description\":null}").json().get("description"), None);
}
