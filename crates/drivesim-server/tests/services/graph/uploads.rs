//! Tests of upload sessions on the wire.

use std::time::Duration;

use axum::body::Body;
use drivesim::Sim;
use drivesim::item::Timestamp;
use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::support::{Response, TestServer};

const BUSINESS: &str = "drive work profile=business owner=me\n";
const ROOT: &str = "/v1.0/me/drive/root";

fn business(outline: &str) -> TestServer {
    TestServer::new(&format!("{BUSINESS}{outline}"))
}

fn limited(set: impl FnOnce(&mut Limits)) -> TestServer {
    let mut limits = Limits::default();
    set(&mut limits);
    let sim = Sim::builder().outline(BUSINESS).build().unwrap();
    TestServer::with(sim, ServerOptions::default().limits(limits))
}

fn create(wire: &TestServer, path: &str, body: &Value) -> Response {
    wire.post(&format!("{ROOT}:{path}:/createUploadSession"), body)
}

fn open(wire: &TestServer, path: &str, body: &Value) -> String {
    let session = create(wire, path, body).expect(200).json();
    assert_eq!(session["nextExpectedRanges"], json!(["0-"]));
    session["uploadUrl"].as_str().unwrap().to_owned()
}

/// Opens a session for a new file.
fn open_new(wire: &TestServer) -> String {
    open(wire, "/a.bin", &json!({}))
}

fn send(wire: &TestServer, url: &str, range: &str, bytes: impl Into<Body>) -> Response {
    wire.put(url, &[("content-range", range)], bytes)
}

/// Sends all bytes of a file at once.
fn send_all(wire: &TestServer, url: &str, bytes: &'static str) -> Response {
    send(wire, url, &format!("bytes 0-{}/{}", bytes.len() - 1, bytes.len()), bytes)
}

/// Cancels a session.
fn cancel(wire: &TestServer, url: &str) {
    wire.send("DELETE", url, &[], Body::empty()).expect(204);
}

fn next(response: &Response) -> Value {
    response.json()["nextExpectedRanges"].clone()
}

#[test]
fn a_file_can_be_uploaded_in_fragments() {
    let wire = business("");
    let session = create(&wire, "/Docs.bin", &json!({ "item": { "name": "Docs.bin", "fileSize": 10 } }))
        .expect(200)
        .json();
    assert_eq!(session["expirationDateTime"], "2024-01-08T00:00:00Z");
    let url = session["uploadUrl"].as_str().unwrap();
    assert!(url.starts_with("http://host/_upload/"), "{url}");
    assert_eq!(next(&send(&wire, url, "bytes 0-3/10", "0123").expect(202)), json!(["4-9"]));
    assert_eq!(next(&wire.get(url).expect(200)), json!(["4-9"]));
    assert!(!wire.sim.exists("/Docs.bin"));
    assert_eq!(next(&send(&wire, url, "bytes 4-8/10", "45678").expect(202)), json!(["9-9"]));
    let item = send(&wire, url, "bytes 9-9/10", "9").expect(201).json();
    assert_eq!((&item["name"], &item["size"]), (&json!("Docs.bin"), &json!(10)));
    assert!(item["parentReference"]["path"].as_str().unwrap().starts_with("/drives/b!"));
    assert_eq!(wire.sim.read("/Docs.bin").unwrap(), b"0123456789");
    wire.get(url).expect_error(404, "itemNotFound", "");
    send(&wire, url, "bytes 9-9/10", "9").expect_error(404, "itemNotFound", "");
}

#[test]
fn a_session_can_be_opened_with_and_without_a_body() {
    let wire = TestServer::new("drive home profile=personal owner=me\n");
    let path = format!("{ROOT}:/x:/createUploadSession");
    wire.send("POST", &path, &[], Body::empty()).expect(200);
    for body in [
        json!({}),
        json!({ "item": {} }),
        json!({ "@microsoft.graph.conflictBehavior": "rename", "name": "x" }),
        json!({ "item": { "@odata.type": "microsoft.graph.driveItemUploadableProperties", "name": "x" } }),
    ] {
        wire.post(&path, &body).expect(200);
    }
    for body in [
        json!([]),
        json!({ "item": 1 }),
        json!({ "item": null }),
        json!({ "deferCommit": null }),
        json!({ "item": { "fileSize": -1 } }),
        json!({ "item": { "fileSize": "10" } }),
        json!({ "deferCommit": "yes" }),
        json!({ "item": { "@microsoft.graph.conflictBehavior": "overwrite" } }),
        json!({ "item": { "fileSystemInfo": { "createdDateTime": "yesterday" } } }),
    ] {
        wire.post(&path, &body).expect_error(400, "invalidRequest", "invalidParameterFormat");
    }
    wire.send("POST", &path, &[("content-type", "application/json")], "{").expect_error(
        400,
        "invalidRequest",
        "invalidParameterFormat",
    );
}

#[test]
fn sessions_can_be_opened_on_every_service() {
    let wire = TestServer::new("drive home profile=personal owner=me\na.txt\n");
    for path in [
        "/drive/root:/new/b.txt:/oneDrive.createUploadSession",
        "/v1.0/drive/root:/new/c.txt:/createUploadSession",
        "/_api/v2.0/drives/home/root:/new/d.txt:/createUploadSession",
        "/v1.0/me/drive/root:/new/e.txt:/microsoft.graph.createUploadSession",
    ] {
        let session = wire.post(path, &json!({})).expect(200).json();
        let url = session["uploadUrl"].as_str().unwrap();
        let item = send(&wire, url, "bytes 0-1/2", "hi").expect(201).json();
        let is_direct = !path.starts_with("/v1.0/me");
        assert_eq!(item.get("@content.downloadUrl").is_some(), is_direct, "{path}");
    }
    assert_eq!(wire.sim.children("/new").unwrap().len(), 4);
}

#[test]
fn an_upload_url_needs_no_token_and_ignores_one() {
    let sim = Sim::builder().outline(BUSINESS).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().token("tok", &["Files.ReadWrite"]));
    let path = format!("{ROOT}:/a:/createUploadSession");
    wire.send("POST", &path, &[], Body::empty()).expect_error(401, "InvalidAuthenticationToken", "");
    let session =
        wire.send("POST", &path, &[("authorization", "Bearer tok")], Body::empty()).expect(200).json();
    let url = session["uploadUrl"].as_str().unwrap();
    send(&wire, url, "bytes 0-3/5", "0123").expect(202);
    wire.put(url, &[("content-range", "bytes 4-4/5"), ("authorization", "Bearer other")], "4").expect(201);
}

#[test]
fn the_session_sets_the_conflict_behavior() {
    let wire = business("Docs/\na.txt = \"one\"\n");
    let with = |conflict: &str| json!({ "item": { "@microsoft.graph.conflictBehavior": conflict } });
    create(&wire, "/a.txt", &with("fail")).expect_error(409, "nameAlreadyExists", "");
    create(&wire, "/Docs", &with("replace")).expect_error(409, "nameAlreadyExists", "");
    let id = wire.sim.item("/a.txt").unwrap().id;
    for body in [json!({}), with("replace")] {
        send_all(&wire, &open(&wire, "/a.txt", &body), "two").expect(200);
        assert_eq!(wire.sim.item("/a.txt").unwrap().id, id);
    }
    let item = send_all(&wire, &open(&wire, "/a.txt", &with("rename")), "three").expect(201).json();
    assert_eq!(item["name"], "a 1.txt");
    assert_eq!(wire.sim.read("/a.txt").unwrap(), b"two");
}

#[test]
fn a_name_that_is_taken_meanwhile_fails_at_the_end_and_keeps_the_session() {
    let wire = business("");
    let url = open(&wire, "/a.txt", &json!({ "item": { "@microsoft.graph.conflictBehavior": "fail" } }));
    wire.sim.write("/a.txt", "faster").unwrap();
    send_all(&wire, &url, "slower").expect_error(409, "upload_name_conflict", "nameAlreadyExists");
    assert_eq!(next(&wire.get(&url).expect(200)), json!([]));
    wire.sim.delete("/a.txt").unwrap();
    wire.send("POST", &url, &[], Body::empty()).expect(201);
    assert_eq!(wire.sim.read("/a.txt").unwrap(), b"slower");
}

#[test]
fn a_session_for_an_existing_file_follows_it() {
    let wire = business("Docs/\na.txt = \"one\"\n");
    let item = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json();
    let path = format!("/v1.0/me/drive/items/{}/createUploadSession", item["id"].as_str().unwrap());
    let session = wire.post(&path, &json!({})).expect(200).json();
    wire.sim.move_to("/a.txt", "/Docs").unwrap();
    let replaced = send_all(&wire, session["uploadUrl"].as_str().unwrap(), "two").expect(200).json();
    assert_eq!(replaced["id"], item["id"]);
    assert_eq!(wire.sim.read("/Docs/a.txt").unwrap(), b"two");
    let session = wire.post(&path, &json!({})).expect(200).json();
    wire.sim.delete("/Docs/a.txt").unwrap();
    send_all(&wire, session["uploadUrl"].as_str().unwrap(), "three").expect_error(404, "itemNotFound", "");
}

#[test]
fn a_session_for_an_invalid_file_fails() {
    let wire = business("Docs/\n");
    create(&wire, "/con.txt", &json!({})).expect_error(400, "invalidRequest", "invalidPath");
    wire.post(&format!("{ROOT}/createUploadSession"), &json!({})).expect_error(400, "invalidRequest", "");
    let long = json!({ "item": { "description": "x".repeat(5000) } });
    assert!(create(&wire, "/long.txt", &long).status.as_u16() < 500);
    wire.sim.set_access("/Docs", Some(drivesim::access::Access::Read)).unwrap();
    create(&wire, "/Docs/a.txt", &json!({})).expect_error(403, "accessDenied", "");
    wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(100)).unwrap();
    create(&wire, "/a.txt", &json!({ "item": { "fileSize": 101 } })).expect_error(
        507,
        "quotaLimitReached",
        "",
    );
    let sized = |n_bytes: u64| create(&wire, "/a.txt", &json!({ "item": { "fileSize": n_bytes } }));
    sized(250 << 30).expect_error(507, "quotaLimitReached", "");
    sized((250 << 30) + 1).expect_error(400, "invalidRequest", "maxFileSizeExceeded");
    create(&wire, "/a.txt", &json!({ "item": { "fileSize": 100 } })).expect(200);
}

#[test]
fn a_session_with_failing_preconditions_is_not_opened() {
    let wire = business("a.txt = \"one\"\n");
    let etag = wire.get(&format!("{ROOT}:/a.txt")).expect(200).json()["eTag"].as_str().unwrap().to_owned();
    let with = |name: &str, value: &str, path: &str| {
        wire.send("POST", &format!("{ROOT}:{path}:/createUploadSession"), &[(name, value)], Body::empty())
    };
    let session = with("if-match", &etag, "/a.txt").expect(200).json();
    cancel(&wire, session["uploadUrl"].as_str().unwrap());
    with("if-match", "\"other\"", "/a.txt").expect_error(412, "resourceModified", "entityTagDoesNotMatch");
    with("if-none-match", &etag, "/a.txt").expect_error(412, "resourceModified", "entityTagDoesNotMatch");
    with("if-none-match", "\"other\"", "/a.txt").expect(200);
    with("if-match", "*", "/new.txt").expect_error(412, "resourceModified", "entityTagDoesNotMatch");
    with("if-none-match", "*", "/new.txt").expect(200);
}

#[test]
fn the_times_of_a_session_are_set_on_the_file() {
    let wire = business("");
    let times = json!({ "createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-02-03T04:05:06.5Z" });
    let url = open(&wire, "/a", &json!({ "item": { "fileSystemInfo": times, "description": "a letter" } }));
    let item = send_all(&wire, &url, "x").expect(201).json();
    // Business drives return whole seconds.
    let expected =
        json!({ "createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2002-02-03T04:05:06Z" });
    assert_eq!(item["fileSystemInfo"], expected);
    assert_eq!(item["description"], "a letter");
    let modified: Timestamp = "2002-02-03T04:05:06.5Z".parse().unwrap();
    assert_eq!(wire.sim.item("/a").unwrap().fs_modified_at, modified);
}

#[test]
fn a_deferred_file_is_created_on_commit() {
    let wire = business("");
    let url = open(&wire, "/a", &json!({ "deferCommit": true }));
    let complete = || wire.send("POST", &url, &[("content-length", "0")], Body::empty());
    complete().expect_error(400, "invalidRequest", "");
    send(&wire, &url, "bytes 0-3/6", "0123").expect(202);
    complete().expect_error(400, "invalidRequest", "");
    assert_eq!(next(&send(&wire, &url, "bytes 4-5/6", "45").expect(202)), json!([]));
    assert!(!wire.sim.exists("/a"));
    assert_eq!(complete().expect(201).json()["size"], 6);
    complete().expect_error(404, "itemNotFound", "");
}

#[test]
fn a_cancelled_session_is_not_found() {
    let wire = business("");
    let url = open_new(&wire);
    send(&wire, &url, "bytes 0-3/6", "0123").expect(202);
    assert!(wire.send("DELETE", &url, &[], Body::empty()).expect(204).body.is_empty());
    wire.send("DELETE", &url, &[], Body::empty()).expect_error(404, "itemNotFound", "");
    send(&wire, &url, "bytes 4-5/6", "45").expect_error(404, "itemNotFound", "");
    assert!(!wire.sim.exists("/a.bin"));
}

#[test]
fn a_session_expires_after_a_week() {
    let wire = business("");
    let url = open_new(&wire);
    wire.sim.advance(Duration::from_secs(7 * 86_400 - 1)).unwrap();
    wire.get(&url).expect(200);
    wire.sim.advance(Duration::from_secs(1)).unwrap();
    wire.get(&url).expect_error(404, "itemNotFound", "");
    send(&wire, &url, "bytes 0-0/1", "x").expect_error(404, "itemNotFound", "");
}

#[test]
fn sessions_that_do_not_exist_are_not_found() {
    let wire = business("");
    for id in ["x", "00000000-0000-0000-0000-000000000000", "%F0%9F%92%A5", "1"] {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            wire.send(method, &format!("/_upload/{id}"), &[], Body::empty()).expect_error(
                404,
                "itemNotFound",
                "",
            );
        }
    }
    wire.send("PATCH", &open_new(&wire), &[], Body::empty()).expect_error(501, "notSupported", "");
}

#[test]
fn the_number_of_sessions_is_limited() {
    let wire = limited(|limits| limits.max_sessions = 2);
    let (first, second) = (open(&wire, "/a", &json!({})), open(&wire, "/b", &json!({})));
    assert_ne!(first, second);
    create(&wire, "/c", &json!({})).expect_error(429, "activityLimitReached", "");
    send_all(&wire, &first, "x").expect(201);
    create(&wire, "/c", &json!({})).expect(200);
    create(&wire, "/d", &json!({})).expect_error(429, "activityLimitReached", "");
    wire.sim.advance(Duration::from_secs(8 * 86_400)).unwrap();
    create(&wire, "/d", &json!({})).expect(200);
}

#[test]
fn the_bytes_of_sessions_are_limited() {
    let wire = limited(|limits| limits.max_session_bytes = 100_000);
    let (first, second) = (open(&wire, "/a", &json!({})), open(&wire, "/b", &json!({})));
    send(&wire, &first, "bytes 0-69999/90000", vec![0; 70_000]).expect(202);
    let response = send(&wire, &second, "bytes 0-69999/90000", vec![0; 70_000]).expect(507);
    assert!(response.json().to_string().contains("max_session_bytes allows 100000 bytes"));
    response.expect_error(507, "quotaLimitReached", "");
    wire.send("DELETE", &first, &[], Body::empty()).expect(204);
    send(&wire, &second, "bytes 0-69999/70000", vec![0; 70_000]).expect(201);
    let third = open(&wire, "/c", &json!({}));
    send(&wire, &third, "bytes 0-69999/90000", vec![0; 70_000]).expect(202);
}

#[test]
fn descriptions_count_towards_the_limit_and_a_reset_frees_them() {
    let limits = Limits::default().max_session_bytes(100_000);
    let sim = Sim::builder().outline(BUSINESS).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(limits));
    let body = json!({ "item": { "description": "d".repeat(900) } });
    let open_all = || {
        let is_open = |n: &u32| create(&wire, &format!("/{n}"), &body).status == 200;
        (0..1000).take_while(is_open).count()
    };
    let n_open = open_all();
    assert!((10..100).contains(&n_open), "{n_open}");
    create(&wire, "/x", &body).expect_error(507, "quotaLimitReached", "");
    wire.send("POST", "/_drivesim/reset", &[], Body::empty()).expect(204);
    assert_eq!(open_all(), n_open);
}

#[test]
fn sessions_of_both_services_share_one_limit_of_bytes() {
    let limits = Limits::default().max_session_bytes(20_100_000);
    let outline = format!("{BUSINESS}drive box profile=box owner=user:b\n");
    let sim = Sim::builder().outline(outline).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(limits)).unchecked();
    let url = open_new(&wire);
    send(&wire, &url, "bytes 0-19999999/30000000", vec![0; 20_000_000]).expect(202);
    let session = json!({ "folder_id": "0", "file_size": 20_000_000, "file_name": "b" });
    let session = wire.post("/api/2.0/files/upload_sessions", &session).expect(201).json();
    let part = session["session_endpoints"]["upload_part"].as_str().unwrap();
    let bytes = vec![0; 8 << 20];
    let range = "bytes 0-8388607/20000000";
    // The SHA-1 of these bytes.
    let headers = [("digest", "sha=X94czmA+ZWbSDagRyci8zLBE1K4="), ("content-range", range)];
    let response = wire.send("PUT", part, &headers, bytes).json();
    assert_eq!(response["code"], "storage_limit_exceeded", "{response}");
}

#[test]
fn a_file_is_assembled_within_the_limit_of_sessions() {
    let wire = limited(|limits| (limits.max_bodies, limits.max_session_bytes) = (100_000, 400_000));
    let url = open(&wire, "/a.bin", &json!({ "deferCommit": true }));
    for at in 0..6 {
        let range = format!("bytes {}-{}/360000", at * 60_000, at * 60_000 + 59_999);
        send(&wire, &url, &range, vec![at as u8; 60_000]).expect(202);
    }
    // The first commit fails; the second one assembles the file.
    wire.sim.create_folder("/", "a.bin").unwrap();
    wire.send("POST", &url, &[], Body::empty()).expect(409);
    wire.sim.delete("/a.bin").unwrap();
    wire.send("POST", &url, &[], Body::empty()).expect(201);
    let bytes = wire.sim.read("/a.bin").unwrap();
    assert!(bytes.chunks(60_000).zip(0..).all(|(part, at)| *part == [at; 60_000]) && bytes.len() == 360_000);
    let other = open(&wire, "/b.bin", &json!({}));
    send(&wire, &other, "bytes 0-99999/100001", vec![0; 100_000]).expect(202);
}

#[test]
fn a_fragment_has_less_than_60_mib() {
    let wire = business("");
    let url = open_new(&wire);
    let limit = 60 << 20;
    let response = send(&wire, &url, &format!("bytes 0-{}/{limit}", limit - 1), vec![0; limit]);
    response.expect_error(413, "invalidRequest", "");
    let n_bytes = limit - 1;
    send(&wire, &url, &format!("bytes 0-{}/{}", n_bytes - 1, n_bytes + 1), vec![0; n_bytes]).expect(202);
    send(&wire, &url, &format!("bytes {n_bytes}-{n_bytes}/{}", n_bytes + 1), "x").expect(201);
    assert_eq!(wire.sim.item("/a.bin").unwrap().size, n_bytes as u64 + 1);
}

#[test]
fn a_session_follows_the_folder_of_its_file() {
    for profile in ["business", "personal"] {
        let wire = TestServer::new(&format!("drive mine profile={profile} owner=me\nF/\n"));
        let url = open(&wire, "/F/x.bin", &json!({}));
        wire.sim.rename("/F", "G").unwrap();
        send(&wire, &url, "bytes 0-1/2", "ab").expect(201);
        wire.sim.assert_outline("G/\n  x.bin = \"ab\"\n");
        let url = open(&wire, "/G/y.bin", &json!({}));
        wire.sim.delete("/G").unwrap();
        send(&wire, &url, "bytes 0-1/2", "ab").expect_error(404, "itemNotFound", "");
        wire.sim.assert_outline("");
    }
}

#[test]
fn an_error_for_too_many_sessions_has_retry_after() {
    let wire = limited(|limits| limits.max_sessions = 1);
    open(&wire, "/a", &json!({}));
    let response = create(&wire, "/b", &json!({})).expect(429);
    assert_eq!(response.header("retry-after"), "1");
}

#[test]
fn a_name_in_a_session_must_be_text() {
    let wire = business("");
    create(&wire, "/a", &json!({ "item": { "name": 5 } })).expect_error(
        400,
        "invalidRequest",
        "invalidParameterFormat",
    );
}
