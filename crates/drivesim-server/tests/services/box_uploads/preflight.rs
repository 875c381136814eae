//! Tests of upload preflights at Box.

use drivesim_server::{Limits, ServerOptions};
use serde_json::json;

use crate::box_uploads::support::TestServer;

#[test]
fn a_preflight_returns_the_upload_url_with_and_without_a_trailing_slash() {
    let wire = TestServer::new("");
    for url in ["/2.0/files/content", "/2.0/files/content/", "/api/2.0/files/content"] {
        let body = json!({ "name": "a.txt", "parent": { "id": "0" }, "size": 10 });
        let answer = wire.options(url, &body).expect_status(200).json();
        assert_eq!(answer["upload_url"], "http://host/api/2.0/files/content");
        assert!(answer["upload_token"].is_string(), "{answer}");
    }
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_preflight_of_a_taken_name_reports_the_item_that_has_it() {
    let wire = TestServer::new("Docs/\n");
    let file = wire.upload("A.txt", b"a");
    let body = json!({ "name": "a.txt", "parent": { "id": "0" } });
    let context = wire.options("/2.0/files/content/", &body).expect_error(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["id"], json!(file));
    let body = json!({ "name": "docs", "parent": { "id": "0" } });
    let context = wire.options("/2.0/files/content", &body).expect_error(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["type"], "folder");
}

#[test]
fn a_preflight_fails_as_the_upload_would() {
    let wire = TestServer::new("a = \"12345678\"\n");
    wire.sim.set_quota(wire.sim.drive("mine").unwrap(), Some(10)).unwrap();
    let preflight = |name: &str, parent: &str, size: u64| {
        let body = json!({ "name": name, "parent": { "id": parent }, "size": size });
        wire.options("/2.0/files/content", &body)
    };
    preflight("b", "0", 3).expect_error(403, "storage_limit_exceeded");
    preflight("b", "0", 2).expect_status(200);
    preflight("b/c", "0", 2).expect_error(400, "item_name_invalid");
    preflight(&"b".repeat(256), "0", 2).expect_error(400, "item_name_too_long");
    preflight("b", "300000000099", 2).expect_error(404, "not_found");
    wire.options("/2.0/files/content", &json!({ "parent": { "id": "0" } })).expect_error(400, "bad_request");
    wire.options("/2.0/files/content", &json!({ "name": "b" })).expect_error(400, "bad_request");
}

#[test]
fn a_preflight_of_a_new_version_accepts_its_own_name_and_no_taken_one() {
    let wire = TestServer::new("");
    let (file, other) = (wire.upload("a.txt", b"a"), wire.upload("b.txt", b"b"));
    let url = format!("/2.0/files/{file}/content");
    for body in [json!({}), json!({ "size": 5 }), json!({ "name": "a.txt" }), json!({ "name": "A.TXT" })] {
        let answer = wire.options(&url, &body).expect_status(200).json();
        assert_eq!(answer["upload_url"], json!(format!("http://host/api/2.0/files/{file}/content")));
    }
    let context = wire.options(&url, &json!({ "name": "B.txt" })).expect_error(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["id"], json!(other));
    wire.options("/2.0/files/1500000000099/content", &json!({})).expect_error(404, "not_found");
}

#[test]
fn a_preflight_fails_for_a_file_too_large_for_every_kind_of_upload() {
    let statuses = |limits: Limits, size: u64| {
        let wire = TestServer::with_options("", ServerOptions::default().limits(limits));
        let body = json!({ "name": "a.txt", "parent": { "id": "0" }, "size": size });
        let session = json!({ "folder_id": "0", "file_size": size, "file_name": "a.txt" });
        let session = wire.post("/api/2.0/files/upload_sessions", &session).status;
        (wire.options("/2.0/files/content", &body).status, session)
    };
    let limits = || Limits::default().max_upload(8 << 20).max_session_bytes(30_010_000);
    assert_eq!(statuses(limits(), 8 << 20), (200, 400));
    assert_eq!(statuses(limits(), (8 << 20) + 1), (403, 400));
    assert_eq!(statuses(limits(), 30_000_000), (200, 201));
    // The metadata of a session counts against the limit too.
    assert_eq!(statuses(limits(), 30_010_000), (403, 403));
    // A part is larger than the limit of a request body.
    assert_eq!(statuses(limits().max_upload((8 << 20) - 1), 30_000_000), (403, 403));
}
