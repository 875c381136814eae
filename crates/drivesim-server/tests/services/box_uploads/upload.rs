//! Tests of uploads in one request at Box.

use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::box_uploads::support::{TestServer, encode_form, sha1};

const URL: &str = "/api/2.0/files/content";

fn attributes(name: &str) -> String {
    json!({ "name": name, "parent": { "id": "0" } }).to_string()
}

#[test]
fn a_file_is_created_from_attributes_and_content() {
    let wire = TestServer::new("");
    for (url, name, part) in [
        (URL, "a.txt", "file"),
        ("/2.0/files/content", "b.txt", "contents"),
        ("/2.0/files/content/", "c", "x"),
    ] {
        let attributes = attributes(name);
        let parts = [("attributes", attributes.as_bytes()), (part, &b"some\r\nbytes"[..])];
        let file = wire.send_form(url, &[], &parts).expect_status(201).entry();
        let actual = json!([
            file["type"],
            file["name"],
            file["etag"],
            file["size"],
            file["sha1"],
            file["parent"]["id"]
        ]);
        assert_eq!(actual, json!(["file", name, "0", 11, sha1(b"some\r\nbytes"), "0"]));
        assert_eq!(wire.file(file["id"].as_str().unwrap()), file);
    }
    assert_eq!(wire.sim.read(wire.sim.drive("mine").unwrap().at("/b.txt")).unwrap(), b"some\r\nbytes");
}

#[test]
fn empty_content_and_content_like_a_boundary_are_uploaded() {
    let wire = TestServer::new("");
    for (name, content) in [("empty", &b""[..]), ("odd", b"\r\n--\r\n------=_bo\r\n\0\xff--")] {
        let id = wire.upload(name, content);
        assert_eq!(wire.file(&id)["sha1"], json!(sha1(content)));
    }
}

#[test]
fn a_new_file_has_the_given_times_and_etag_0() {
    let wire = TestServer::new("");
    let attributes = json!({
        "name": "a.txt", "parent": { "id": "0" },
        "content_created_at": "2012-12-12T10:53:43-08:00", "content_modified_at": "2013-01-01T00:00:00Z",
    });
    let attributes = attributes.to_string();
    let file = wire
        .send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", b"a")])
        .expect_status(201)
        .entry();
    let at =
        |key: &str| file[key].as_str().unwrap().parse::<drivesim::item::Timestamp>().unwrap().to_string();
    assert_eq!(at("content_created_at"), "2012-12-12T18:53:43Z");
    assert_eq!(at("content_modified_at"), "2013-01-01T00:00:00Z");
    assert_eq!((&file["etag"], &file["sequence_id"]), (&json!("0"), &json!("0")));
    assert_eq!(file["modified_at"], file["created_at"]);
}

#[test]
fn an_upload_returns_the_requested_fields() {
    let wire = TestServer::new("");
    let attributes = attributes("a.txt");
    let parts = [("attributes", attributes.as_bytes()), ("file", &b"a"[..])];
    let file = wire.send_form(&format!("{URL}?fields=name,size"), &[], &parts).expect_status(201).entry();
    let keys: Vec<&String> = file.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["type", "id", "etag", "name", "size"]);
}

#[test]
fn attributes_after_the_file_are_rejected() {
    let wire = TestServer::new("");
    let attributes = attributes("a.txt");
    let parts = [("file", &b"a"[..]), ("attributes", attributes.as_bytes())];
    wire.send_form(URL, &[], &parts).expect_error(400, "metadata_after_file_contents");
    let file = wire.upload("b.txt", b"b");
    wire.send_form(&format!("/2.0/files/{file}/content"), &[], &parts)
        .expect_error(400, "metadata_after_file_contents");
    assert_eq!(wire.outline(), "b.txt = \"b\"\n");
}

#[test]
fn content_md5_is_checked_against_the_sha1_of_the_file() {
    let wire = TestServer::new("");
    let attributes = attributes("a.txt");
    let parts = [("attributes", attributes.as_bytes()), ("file", &b"a"[..])];
    for wrong in [sha1(b"b"), "x".to_owned(), String::new(), sha1(b"a")[..38].to_owned()] {
        wire.send_form(URL, &[("content-md5", &wrong)], &parts).expect_error(400, "bad_digest");
    }
    assert_eq!(wire.outline(), "");
    wire.send_form(URL, &[("content-md5", &sha1(b"a").to_uppercase())], &parts).expect_status(201);
    let file = wire.upload("b.txt", b"b");
    let url = format!("/2.0/files/{file}/content");
    wire.send_form(&url, &[("content-md5", &sha1(b"x"))], &[("file", b"y")]).expect_error(400, "bad_digest");
    assert_eq!(wire.file(&file)["etag"], "0");
}

#[test]
fn a_name_conflict_in_any_case_reports_the_item_that_has_the_name() {
    let wire = TestServer::new("Docs/\n");
    let existing = wire.file(&wire.upload("A.txt", b"a"));
    let conflict_of = |name: &str| {
        let attributes = attributes(name);
        wire.send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", b"b")])
            .expect_error(409, "item_name_in_use")
    };
    let file = &conflict_of("a.TXT")["conflicts"];
    let mini = ["type", "id", "file_version", "sequence_id", "etag", "sha1", "name"];
    assert_eq!(file.as_object().unwrap().keys().collect::<Vec<_>>(), mini);
    assert_eq!(mini.map(|key| &file[key]), mini.map(|key| &existing[key]));
    let folder = &conflict_of("docs")["conflicts"];
    assert_eq!((&folder["type"], &folder["name"]), (&json!("folder"), &json!("Docs")));
    assert_eq!(folder.as_object().unwrap().len(), 5);
}

#[test]
fn an_invalid_name_is_rejected() {
    let wire = TestServer::new("");
    let upload = |name: &str| {
        let attributes = attributes(name);
        wire.send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", b"b")])
    };
    for name in ["a/b", "a\\b", "..", ".", "a\u{7}", "a "] {
        assert!(upload(name).expect_error(400, "item_name_invalid").is_string(), "{name:?}");
    }
    upload(&"a".repeat(256)).expect_error(400, "item_name_too_long");
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_missing_folder_is_not_found() {
    let wire = TestServer::new("");
    let attributes = json!({ "name": "a", "parent": { "id": "300000000099" } }).to_string();
    let context = wire
        .send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", b"b")])
        .expect_error(404, "not_found");
    assert!(context["errors"][0]["message"].as_str().unwrap().contains("d_300000000099"));
}

#[test]
fn errors_name_missing_and_invalid_parts_and_members() {
    let wire = TestServer::new("");
    let error_of = |parts: &[(&str, &[u8])]| {
        let context = wire.send_form(URL, &[], parts).expect_error(400, "bad_request");
        let error = &context["errors"][0];
        format!("{} {}", error["reason"].as_str().unwrap(), error["name"].as_str().unwrap())
    };
    let file = ("file", &b"a"[..]);
    assert_eq!(error_of(&[file]), "missing_parameter attributes");
    assert_eq!(error_of(&[("attributes", attributes("a").as_bytes())]), "missing_parameter file");
    assert_eq!(error_of(&[]), "missing_parameter file");
    assert_eq!(error_of(&[("attributes", b"{}"), file]), "missing_parameter name");
    assert_eq!(error_of(&[("attributes", b"{\"name\":\"a\"}"), file]), "missing_parameter parent");
    assert_eq!(error_of(&[("attributes", b"{\"name\":7}"), file]), "invalid_parameter name");
    assert_eq!(error_of(&[("attributes", b"[]"), file]), "invalid_parameter entity-body");
    assert_eq!(error_of(&[("attributes", b"{"), file]), "invalid_parameter entity-body");
    let bad_time = br#"{"name":"a","parent":{"id":"0"},"content_created_at":"soon"}"#;
    assert_eq!(error_of(&[("attributes", &bad_time[..]), file]), "invalid_parameter content_created_at");
    assert_eq!(error_of(&[("x", &b""[..]); 40]), "invalid_parameter entity-body");
    let twice = attributes("a");
    let twice = [("attributes", twice.as_bytes()); 2];
    assert_eq!(error_of(&[twice[0], twice[1], file]), "invalid_parameter entity-body");
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_body_that_is_not_a_complete_form_is_rejected() {
    let wire = TestServer::new("");
    let attributes = attributes("a");
    let whole = encode_form(&[("attributes", attributes.as_bytes()), ("file", b"some bytes")]);
    let kind = "multipart/form-data; boundary=\"----=_box\"";
    for kind in ["text/plain", "multipart/form-data", "multipart/form-data; boundary=other", ""] {
        wire.send("POST", URL, &[("content-type", kind)], whole.clone()).expect_error(400, "bad_request");
    }
    wire.send("POST", URL, &[], whole.clone()).expect_error(400, "bad_request");
    // The body is complete without its last line break.
    for end in 0..whole.len() - 2 {
        wire.send("POST", URL, &[("content-type", kind)], whole[..end].to_vec())
            .expect_error(400, "bad_request");
    }
    assert_eq!(wire.outline(), "");
    wire.send("POST", URL, &[("content-type", kind)], whole).expect_status(201);
}

#[test]
fn a_too_large_body_fails_with_the_error_of_box() {
    let options = ServerOptions::default().limits(Limits::default().max_upload(200));
    let wire = TestServer::with_options("", options);
    let attributes = attributes("a");
    let parts = [("attributes", attributes.as_bytes()), ("file", &[7; 300][..])];
    let answer = wire.send_form(URL, &[], &parts);
    assert_eq!(answer.json()["message"], "Request Entity too Large");
    let context = answer.expect_error(413, "request_entity_too_large");
    assert!(context["errors"][0]["message"].as_str().unwrap().contains("200"), "{context}");
}

#[test]
fn a_file_beyond_the_quota_is_rejected() {
    let wire = TestServer::new("a = \"12345678\"\n");
    let drive = wire.sim.drive("mine").unwrap();
    wire.sim.set_quota(&drive, Some(10)).unwrap();
    let attributes = attributes("b");
    let upload = |content: &[u8]| {
        wire.send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", content)])
    };
    upload(b"123").expect_error(403, "storage_limit_exceeded");
    upload(b"12").expect_status(201);
}

#[test]
fn a_new_version_keeps_the_file_and_increments_its_etag_once() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let before = wire.file(&file);
    let attributes: Value = json!({ "name": "b.txt", "content_modified_at": "2013-01-01T00:00:00Z" });
    let attributes = attributes.to_string();
    let url = format!("/api/2.0/files/{file}/content");
    let after = wire
        .send_form(&url, &[], &[("attributes", attributes.as_bytes()), ("file", b"two")])
        .expect_status(200)
        .entry();
    let actual = json!([after["id"], after["name"], after["etag"], after["sha1"], after["created_at"]]);
    assert_eq!(actual, json!([file, "b.txt", "1", sha1(b"two"), before["created_at"]]));
    let at = after["content_modified_at"].as_str().unwrap().parse::<drivesim::item::Timestamp>().unwrap();
    assert_eq!(at.to_string(), "2013-01-01T00:00:00Z");
    assert_ne!(after["file_version"]["id"], before["file_version"]["id"]);
}

#[test]
fn a_new_version_respects_if_match() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let url = format!("/2.0/files/{file}/content");
    let upload = |tag: &str, content: &[u8]| wire.send_form(&url, &[("if-match", tag)], &[("file", content)]);
    upload("1", b"two").expect_error(412, "precondition_failed");
    upload("\"7\"", b"two").expect_error(412, "precondition_failed");
    upload("0", b"two").expect_status(200);
    upload("0", b"three").expect_error(412, "precondition_failed");
    upload("\"1\"", b"three").expect_status(200);
    assert_eq!(wire.outline(), "a.txt = \"three\"\n");
}

#[test]
fn a_new_version_with_a_taken_name_changes_nothing() {
    let wire = TestServer::new("");
    let (file, other) = (wire.upload("a.txt", b"one"), wire.upload("b.txt", b"other"));
    let url = format!("/2.0/files/{file}/content");
    let upload = |name: &str| {
        let attributes = json!({ "name": name }).to_string();
        wire.send_form(&url, &[], &[("attributes", attributes.as_bytes()), ("file", b"two")])
    };
    assert_eq!(upload("B.txt").expect_error(409, "item_name_in_use")["conflicts"]["id"], json!(other));
    upload("a/b").expect_error(400, "item_name_invalid");
    assert_eq!(wire.file(&file)["etag"], "0");
    assert_eq!(wire.outline(), "a.txt = \"one\"\nb.txt = \"other\"\n");
}

#[test]
fn only_files_have_versions() {
    let wire = TestServer::new("");
    let upload = |id: &str| wire.send_form(&format!("/2.0/files/{id}/content"), &[], &[("file", b"two")]);
    upload("1500000000099").expect_error(404, "not_found");
    upload("x").expect_error(405, "method_not_allowed");
}

#[test]
fn invalid_times_are_rejected() {
    let wire = TestServer::new("");
    let send = |time: &str| {
        let attributes =
            json!({ "name": "a", "parent": { "id": "0" }, "content_modified_at": time }).to_string();
        wire.send_form(URL, &[], &[("attributes", attributes.as_bytes()), ("file", b"x")])
    };
    for time in ["0000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday"] {
        send(time).expect_error(400, "bad_request");
    }
    let uploaded = send("0001-01-02T00:00:00Z").expect_status(201).json();
    assert_eq!(uploaded["entries"][0]["content_modified_at"], "0001-01-01T16:00:00-08:00");
}
