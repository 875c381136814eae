//! Tests of chunked uploads at Box.

use std::time::Duration;

use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::box_uploads::support::{Response, TestServer, digest, sha1};

const SESSIONS: &str = "/api/2.0/files/upload_sessions";
const PART: usize = 8 << 20;
const SIZE: usize = 20_000_000;

/// Returns the content to upload. All its parts are different.
fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 1000 % 251) as u8).collect()
}

/// Opens an upload session, and returns it.
fn open_session(wire: &TestServer, name: &str) -> Value {
    let body = json!({ "folder_id": "0", "file_size": SIZE, "file_name": name });
    wire.post(SESSIONS, &body).expect_status(201).json()
}

fn url(session: &Value, what: &str) -> String {
    session["session_endpoints"][what].as_str().unwrap().to_owned()
}

/// Sends a part that begins at `start`.
fn send(wire: &TestServer, session: &Value, start: usize, bytes: &[u8]) -> Response {
    let range = format!("bytes {start}-{}/{SIZE}", start + bytes.len() - 1);
    let headers = [("digest", &*digest(bytes)), ("content-range", &*range)];
    wire.send("PUT", &url(session, "upload_part"), &headers, bytes.to_vec())
}

/// Sends all parts, the last one first, and returns them in this order.
fn send_all(wire: &TestServer, session: &Value, content: &[u8]) -> Vec<Value> {
    let chunks: Vec<(usize, &[u8])> = content.chunks(PART).enumerate().collect();
    let send = |&(n, bytes): &(usize, &[u8])| {
        send(wire, session, n * PART, bytes).expect_status(200).json()["part"].clone()
    };
    chunks.iter().rev().map(send).collect()
}

fn commit(wire: &TestServer, session: &Value, digest: &str, body: &Value) -> Response {
    let headers = [("digest", digest), ("content-type", "application/json")];
    wire.send("POST", &url(session, "commit"), &headers, body.to_string())
}

#[test]
fn a_file_is_uploaded_in_parts_and_committed() {
    let wire = TestServer::new("");
    let session = open_session(&wire, "big.bin");
    let id = session["id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let answer = json!([
        session["type"],
        session["part_size"],
        session["total_parts"],
        session["num_parts_processed"]
    ]);
    assert_eq!(answer, json!(["upload_session", PART, 3, 0]));
    let expires_at: drivesim::item::Timestamp =
        session["session_expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires_at.duration_since(wire.sim.now()).as_hours(), 7 * 24);
    assert_eq!(url(&session, "status"), format!("http://host{SESSIONS}/{id}"));

    let content = content();
    let mut parts = send_all(&wire, &session, &content);
    let first =
        json!({ "part_id": parts[2]["part_id"], "offset": 0, "size": PART, "sha1": sha1(&content[..PART]) });
    assert_eq!(parts[2], first);
    assert_eq!(first["part_id"].as_str().unwrap().len(), 8);
    let status = wire.get(&url(&session, "status")).expect_status(200).json();
    assert_eq!(status["num_parts_processed"], 3);
    let listed = wire.get(&url(&session, "list_parts")).expect_status(200).json();
    parts.reverse();
    assert_eq!((&listed["total_count"], &listed["entries"]), (&json!(3), &json!(parts)));

    let body = json!({ "parts": parts, "attributes": { "content_modified_at": "2013-01-01T00:00:00Z" } });
    let file = commit(&wire, &session, &digest(&content), &body).expect_status(201).entry();
    let answer = json!([file["name"], file["size"], file["sha1"], file["etag"]]);
    assert_eq!(answer, json!(["big.bin", SIZE, sha1(&content), "0"]));
    assert!(file["content_modified_at"].as_str().unwrap().starts_with("201"), "{file}");
    wire.get(&url(&session, "status")).expect_error(404, "not_found");
}

#[test]
fn a_new_version_is_uploaded_in_parts() {
    let wire = TestServer::new("");
    let file = wire.upload("a.bin", b"one");
    let open = format!("/api/2.0/files/{file}/upload_sessions");
    let session = wire.post(&open, &json!({ "file_size": SIZE })).expect_status(201).json();
    let content = content();
    let body = json!({ "parts": send_all(&wire, &session, &content) });
    let commit_if_match = |tag: &str| {
        let headers = [("digest", &*digest(&content)), ("if-match", tag)];
        wire.send("POST", &url(&session, "commit"), &headers, body.to_string())
    };
    commit_if_match("5").expect_error(412, "precondition_failed");
    let after = commit_if_match("0").expect_status(201).entry();
    assert_eq!(json!([after["id"], after["etag"], after["size"]]), json!([file, "1", SIZE]));
}

#[test]
fn an_invalid_session_request_fails_with_the_code_of_the_wrong_member() {
    let wire = TestServer::new("a.txt\n");
    let valid = json!({ "folder_id": "0", "file_size": SIZE, "file_name": "a" });
    let with = |key: &str, value: Value| {
        let mut body = valid.clone();
        body[key] = value;
        wire.post(SESSIONS, &body)
    };
    with("folder_id", Value::Null).expect_error(400, "missing_destination");
    with("folder_id", json!("x")).expect_error(400, "invalid_folder_id");
    with("folder_id", json!([])).expect_error(400, "invalid_folder_id");
    with("folder_id", json!("300000000099")).expect_error(404, "not_found");
    with("file_size", Value::Null).expect_error(400, "missing_file_size");
    with("file_size", json!("many")).expect_error(400, "invalid_file_size");
    with("file_size", json!(-1)).expect_error(400, "invalid_file_size");
    with("file_size", json!(SIZE - 1)).expect_error(400, "file_size_too_small");
    with("file_size", json!(u64::MAX)).expect_error(403, "file_size_limit_exceeded");
    with("file_name", Value::Null).expect_error(400, "missing_file_name");
    with("file_name", json!("a/b")).expect_error(400, "item_name_invalid");
    let context = with("file_name", json!("A.TXT")).expect_error(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["name"], "a.txt");
    wire.sim.set_quota(wire.sim.drive("mine").unwrap(), Some(SIZE as u64 - 1)).unwrap();
    with("file_name", json!("b")).expect_error(403, "storage_limit_exceeded");
}

#[test]
fn a_part_that_does_not_match_its_headers_is_rejected() {
    let wire = TestServer::new("");
    let session = open_session(&wire, "a");
    let part = vec![7; PART];
    let put =
        |headers: &[(&str, &str)]| wire.send("PUT", &url(&session, "upload_part"), headers, part.clone());
    let valid_range = format!("bytes 0-{}/{SIZE}", PART - 1);
    let hash = digest(&part);
    put(&[("content-range", &valid_range), ("digest", &digest(b"other"))]).expect_error(400, "bad_digest");
    put(&[("content-range", &valid_range), ("digest", "sha=x")]).expect_error(400, "bad_request");
    put(&[("content-range", &valid_range)]).expect_error(400, "bad_request");
    put(&[("digest", &hash)]).expect_error(400, "bad_request");
    for range in ["x", "bytes 0-5/20000000", "bytes 5-2/20000000"] {
        put(&[("content-range", range), ("digest", &hash)]).expect_error(400, "bad_request");
    }
    for range in [format!("bytes 1-{PART}/{SIZE}"), format!("bytes 0-{}/{}", PART - 1, SIZE + 1)] {
        put(&[("content-range", &range), ("digest", &hash)]).expect_error(416, "invalid_range");
    }
    assert_eq!(wire.get(&url(&session, "status")).json()["num_parts_processed"], 0);
    send(&wire, &session, 0, &part[..5]).expect_error(416, "invalid_range");
    // The same part can be sent again. Other bytes at its place cannot.
    let first = send(&wire, &session, 0, &part).expect_status(200).json();
    assert_eq!(send(&wire, &session, 0, &part).expect_status(200).json(), first);
    send(&wire, &session, 0, &vec![8; PART]).expect_error(409, "range_overlaps_existing_part");
}

#[test]
fn a_commit_without_all_parts_is_rejected_and_can_be_repeated() {
    let wire = TestServer::new("");
    let (session, content) = (open_session(&wire, "a"), content());
    let first = send(&wire, &session, 0, &content[..PART]).expect_status(200).json()["part"].clone();
    commit(&wire, &session, &digest(&content), &json!({ "parts": [first] }))
        .expect_error(400, "parts_mismatch");
    let parts = send_all(&wire, &session, &content);
    let commit_parts = |parts: &Value| commit(&wire, &session, &digest(&content), &json!({ "parts": parts }));
    commit_parts(&json!(parts[1..])).expect_error(400, "parts_mismatch");
    commit_parts(&json!([parts[0], parts[1], parts[1]])).expect_error(400, "parts_mismatch");
    commit_parts(&json!([])).expect_error(400, "parts_mismatch");
    commit_parts(&json!([1, null, "x"])).expect_error(400, "bad_request");
    commit_parts(&json!("x")).expect_error(400, "bad_request");
    commit(&wire, &session, &digest(&content), &json!({})).expect_error(400, "bad_request");
    commit(&wire, &session, &digest(b"other"), &json!({ "parts": parts }))
        .expect_error(400, "digest_mismatch");
    // The name was taken after the session was opened.
    let other = wire.upload("A", b"first");
    assert_eq!(
        commit_parts(&json!(parts)).expect_error(409, "item_name_in_use")["conflicts"]["id"],
        json!(other)
    );
    wire.sim.delete(wire.sim.drive("mine").unwrap().at("/A")).unwrap();
    commit_parts(&json!(parts)).expect_status(201);
}

#[test]
fn an_aborted_or_expired_session_is_gone() {
    let wire = TestServer::new("");
    let (aborted, expired) = (open_session(&wire, "a"), open_session(&wire, "b"));
    wire.send("DELETE", &url(&aborted, "abort"), &[], "").expect_status(204);
    wire.get(&url(&aborted, "status")).expect_error(404, "not_found");
    wire.get(&format!("{SESSIONS}/x")).expect_error(400, "invalid_upload_session_id");
    wire.sim.advance(Duration::from_secs(7 * 24 * 60 * 60 - 1)).unwrap();
    wire.get(&url(&expired, "status")).expect_status(200);
    wire.sim.advance(Duration::from_secs(1)).unwrap();
    wire.get(&url(&expired, "status")).expect_error(410, "session_expired");
    wire.sim.advance(Duration::from_secs(7 * 24 * 60 * 60)).unwrap();
    wire.get(&url(&expired, "status")).expect_error(404, "not_found");
}

#[test]
fn sessions_are_limited_in_number_and_bytes() {
    let limits = Limits::default().max_sessions(2).max_session_bytes(SIZE + 10_000);
    let wire = TestServer::with_options("", ServerOptions::default().limits(limits));
    let (one, two) = (open_session(&wire, "a"), open_session(&wire, "b"));
    let body = json!({ "folder_id": "0", "file_size": SIZE, "file_name": "c" });
    let rejected = wire.post(SESSIONS, &body);
    assert_eq!(rejected.header("retry-after"), "1");
    rejected.expect_error(429, "rate_limit_exceeded");
    let content = content();
    send_all(&wire, &one, &content);
    send(&wire, &two, 0, &content[..PART]).expect_error(403, "storage_limit_exceeded");
    wire.send("DELETE", &url(&one, "abort"), &[], "").expect_status(204);
    send(&wire, &two, 0, &content[..PART]).expect_status(200);
}

#[test]
fn the_metadata_of_a_session_counts_as_session_bytes() {
    let limits = Limits::default().max_session_bytes(30_000);
    let wire = TestServer::with_options("", ServerOptions::default().limits(limits.max_upload(30 << 20)));
    let body = |name: &str| json!({ "folder_id": "0", "file_size": SIZE, "file_name": name });
    // The limit is below the minimum size of a chunked upload.
    wire.post(SESSIONS, &body("a")).expect_error(403, "file_size_limit_exceeded");
    let limits = Limits::default().max_session_bytes(SIZE + 20_000);
    let wire = TestServer::with_options("", ServerOptions::default().limits(limits));
    let content = content();
    let first = open_session(&wire, "a");
    send_all(&wire, &first, &content);
    let n_open = (0..100).take_while(|n| wire.post(SESSIONS, &body(&format!("b{n}"))).status == 201).count();
    assert!((20..100).contains(&n_open), "{n_open}");
    wire.post(SESSIONS, &body("c")).expect_error(403, "storage_limit_exceeded");
    wire.send("POST", "/_drivesim/reset", &[], "").expect_status(204);
    open_session(&wire, "c");
}

#[test]
fn a_commit_needs_no_budget_beyond_that_of_its_session() {
    let limits = Limits::default().max_session_bytes(SIZE + 10_000).max_bodies(PART);
    let wire = TestServer::with_options("a", ServerOptions::default().limits(limits));
    let (session, content) = (open_session(&wire, "b"), content());
    let parts = send_all(&wire, &session, &content);
    // A failed commit does not prevent a later one.
    let conflicting = json!({ "parts": parts, "attributes": { "name": "a" } });
    commit(&wire, &session, &digest(&content), &conflicting).expect_error(409, "item_name_in_use");
    let answer = wire.get(&url(&session, "status")).expect_status(200).json();
    assert_eq!(answer["num_parts_processed"], 3);
    commit(&wire, &session, &digest(&content), &json!({ "parts": parts })).expect_status(201);
    assert!(wire.sim.read("/b").unwrap() == content);
    open_session(&wire, "c");
}

#[test]
fn a_session_ends_with_its_drive() {
    let wire = TestServer::new("");
    let session = open_session(&wire, "a");
    let body = json!({ "name": "next", "profile": "box", "owner": "user:ann" });
    wire.post("/_drivesim/drives", &body).expect_status(201);
    wire.send("DELETE", "/_drivesim/drives/mine", &[], "").expect_status(204);
    wire.get(&url(&session, "status")).expect_error(404, "not_found");
    send(&wire, &session, 0, &content()[..PART]).expect_error(404, "not_found");
    open_session(&wire, "a");
}

#[test]
fn restore_reset_and_a_new_outline_end_all_sessions() {
    let wire = TestServer::new("");
    let assert_ends_session = |method: &str, admin_url: &str, body: &str| {
        let session = open_session(&wire, "a");
        wire.send(method, admin_url, &[], body.to_owned());
        wire.get(&url(&session, "status")).expect_error(404, "not_found");
    };
    wire.send("POST", "/_drivesim/snapshot/s", &[], "").expect_status(201);
    assert_ends_session("POST", "/_drivesim/restore/s", "");
    assert_ends_session("PUT", "/_drivesim/outline", "b.txt\n");
    assert_ends_session("POST", "/_drivesim/reset", "");
}

#[test]
fn a_commit_can_rename_the_file_and_needs_its_folder() {
    let wire = TestServer::new("Docs/\n");
    let docs = wire.get("/2.0/folders/0/items").json()["entries"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "folder_id": docs, "file_size": SIZE, "file_name": "big" });
    let content = content();
    let session = wire.post(SESSIONS, &body).expect_status(201).json();
    let parts = send_all(&wire, &session, &content);
    let commit = |name: &str| {
        let body = json!({ "parts": parts, "attributes": { "name": name } });
        commit(&wire, &session, &digest(&content), &body)
    };
    commit("a/b").expect_error(400, "item_name_invalid");
    wire.send("DELETE", &format!("/2.0/folders/{docs}"), &[], "").expect_status(204);
    let context = commit("renamed").expect_error(404, "not_found");
    assert!(context.to_string().contains(&format!("Invalid value 'd_{docs}'")), "{context}");
    wire.post(&format!("/2.0/folders/{docs}"), &json!({})).expect_status(201);
    let committed = commit("renamed").expect_status(201).json();
    assert_eq!(
        (&committed["entries"][0]["name"], &committed["entries"][0]["size"]),
        (&json!("renamed"), &json!(SIZE))
    );
}
