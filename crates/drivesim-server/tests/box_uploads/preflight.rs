//! The only place for the tests of the question whether a file could be sent to Box.

use drivesim_server::{Limits, ServerOptions};
use serde_json::json;

use crate::wire::Wire;

#[test]
fn a_file_that_could_be_sent_is_told_where_to_with_and_without_a_slash_at_the_end() {
    let wire = Wire::new("");
    for url in ["/2.0/files/content", "/2.0/files/content/", "/api/2.0/files/content"] {
        let body = json!({ "name": "a.txt", "parent": { "id": "0" }, "size": 10 });
        let answer = wire.options(url, &body).expect(200).json();
        assert_eq!(answer["upload_url"], "http://host/api/2.0/files/content");
        assert!(answer["upload_token"].is_string(), "{answer}");
    }
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_name_that_is_taken_is_told_with_the_one_that_has_it() {
    let wire = Wire::new("Docs/\n");
    let file = wire.uploaded("A.txt", b"a");
    let body = json!({ "name": "a.txt", "parent": { "id": "0" } });
    let context = wire.options("/2.0/files/content/", &body).refused(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["id"], json!(file));
    let body = json!({ "name": "docs", "parent": { "id": "0" } });
    let context = wire.options("/2.0/files/content", &body).refused(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["type"], "folder");
}

#[test]
fn what_could_not_be_sent_is_refused_as_it_would_be_then() {
    let wire = Wire::new("a = \"12345678\"\n");
    wire.sim.set_quota(wire.sim.drive("mine").unwrap().at("/"), Some(10)).unwrap();
    let asked = |name: &str, parent: &str, size: u64| {
        let body = json!({ "name": name, "parent": { "id": parent }, "size": size });
        wire.options("/2.0/files/content", &body)
    };
    asked("b", "0", 3).refused(403, "storage_limit_exceeded");
    asked("b", "0", 2).expect(200);
    asked("b/c", "0", 2).refused(400, "item_name_invalid");
    asked(&"b".repeat(256), "0", 2).refused(400, "item_name_too_long");
    asked("b", "300000000099", 2).refused(404, "not_found");
    wire.options("/2.0/files/content", &json!({ "parent": { "id": "0" } })).refused(400, "bad_request");
    wire.options("/2.0/files/content", &json!({ "name": "b" })).refused(400, "bad_request");
}

#[test]
fn a_new_version_may_keep_its_name_and_not_take_that_of_another() {
    let wire = Wire::new("");
    let (file, other) = (wire.uploaded("a.txt", b"a"), wire.uploaded("b.txt", b"b"));
    let url = format!("/2.0/files/{file}/content");
    for body in [json!({}), json!({ "size": 5 }), json!({ "name": "a.txt" }), json!({ "name": "A.TXT" })] {
        let answer = wire.options(&url, &body).expect(200).json();
        assert_eq!(answer["upload_url"], json!(format!("http://host/api/2.0/files/{file}/content")));
    }
    let context = wire.options(&url, &json!({ "name": "B.txt" })).refused(409, "item_name_in_use");
    assert_eq!(context["conflicts"]["id"], json!(other));
    wire.options("/2.0/files/1500000000099/content", &json!({})).refused(404, "not_found");
}

#[test]
fn a_file_that_could_be_sent_neither_whole_nor_in_parts_is_refused() {
    let ask = |limits: Limits, size: u64| {
        let wire = Wire::with("", ServerOptions::default().limits(limits));
        let body = json!({ "name": "a.txt", "parent": { "id": "0" }, "size": size });
        let session = json!({ "folder_id": "0", "file_size": size, "file_name": "a.txt" });
        let session = wire.post("/api/2.0/files/upload_sessions", &session).status;
        (wire.options("/2.0/files/content", &body).status, session)
    };
    let limits = || Limits::default().max_upload(8 << 20).max_session_bytes(30_010_000);
    assert_eq!(ask(limits(), 8 << 20), (200, 400));
    assert_eq!(ask(limits(), (8 << 20) + 1), (403, 400));
    assert_eq!(ask(limits(), 30_000_000), (200, 201));
    // A session takes something beside its parts.
    assert_eq!(ask(limits(), 30_010_000), (403, 403));
    // Parts that are larger than a request may be cannot come.
    assert_eq!(ask(limits().max_upload((8 << 20) - 1), 30_000_000), (403, 403));
}
