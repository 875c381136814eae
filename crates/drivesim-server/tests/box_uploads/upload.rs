//! The only place for the tests of files that are sent to Box in one request.

use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::wire::{Wire, form, sha1};

const URL: &str = "/api/2.0/files/content";

fn about(name: &str) -> String {
    json!({ "name": name, "parent": { "id": "0" } }).to_string()
}

#[test]
fn a_file_that_is_sent_behind_its_attributes_is_there() {
    let wire = Wire::new("");
    for (url, name, part) in [
        (URL, "a.txt", "file"),
        ("/2.0/files/content", "b.txt", "contents"),
        ("/2.0/files/content/", "c", "x"),
    ] {
        let about = about(name);
        let parts = [("attributes", about.as_bytes()), (part, &b"some\r\nbytes"[..])];
        let file = wire.parts(url, &[], &parts).expect(201).entry();
        let told = json!([
            file["type"],
            file["name"],
            file["etag"],
            file["size"],
            file["sha1"],
            file["parent"]["id"]
        ]);
        assert_eq!(told, json!(["file", name, "0", 11, sha1(b"some\r\nbytes"), "0"]));
        assert_eq!(wire.file(file["id"].as_str().unwrap()), file);
    }
    assert_eq!(wire.sim.read(wire.sim.drive("mine").unwrap().at("/b.txt")).unwrap(), b"some\r\nbytes");
}

#[test]
fn an_empty_file_and_one_that_looks_like_a_boundary_are_sent_whole() {
    let wire = Wire::new("");
    for (name, content) in [("empty", &b""[..]), ("odd", b"\r\n--\r\n------=_bo\r\n\0\xff--")] {
        let id = wire.uploaded(name, content);
        assert_eq!(wire.file(&id)["sha1"], json!(sha1(content)));
    }
}

#[test]
fn a_new_file_has_the_times_that_came_with_it_and_is_new_all_the_same() {
    let wire = Wire::new("");
    let about = json!({
        "name": "a.txt", "parent": { "id": "0" },
        "content_created_at": "2012-12-12T10:53:43-08:00", "content_modified_at": "2013-01-01T00:00:00Z",
    });
    let about = about.to_string();
    let file = wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", b"a")]).expect(201).entry();
    let at = |key: &str| file[key].as_str().unwrap().parse::<drivesim::Timestamp>().unwrap().to_string();
    assert_eq!(at("content_created_at"), "2012-12-12T18:53:43Z");
    assert_eq!(at("content_modified_at"), "2013-01-01T00:00:00Z");
    assert_eq!((&file["etag"], &file["sequence_id"]), (&json!("0"), &json!("0")));
    assert_eq!(file["modified_at"], file["created_at"]);
}

#[test]
fn fields_are_those_that_are_asked_for() {
    let wire = Wire::new("");
    let about = about("a.txt");
    let parts = [("attributes", about.as_bytes()), ("file", &b"a"[..])];
    let file = wire.parts(&format!("{URL}?fields=name,size"), &[], &parts).expect(201).entry();
    let keys: Vec<&String> = file.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["type", "id", "etag", "name", "size"]);
}

#[test]
fn attributes_behind_the_file_are_refused_and_nothing_is_made() {
    let wire = Wire::new("");
    let about = about("a.txt");
    let parts = [("file", &b"a"[..]), ("attributes", about.as_bytes())];
    wire.parts(URL, &[], &parts).refused(400, "metadata_after_file_contents");
    let file = wire.uploaded("b.txt", b"b");
    wire.parts(&format!("/2.0/files/{file}/content"), &[], &parts)
        .refused(400, "metadata_after_file_contents");
    assert_eq!(wire.outline(), "b.txt = \"b\"\n");
}

#[test]
fn a_content_md5_is_a_sha1_and_must_be_that_of_the_file() {
    let wire = Wire::new("");
    let about = about("a.txt");
    let parts = [("attributes", about.as_bytes()), ("file", &b"a"[..])];
    for wrong in [sha1(b"b"), "x".to_owned(), String::new(), sha1(b"a")[..38].to_owned()] {
        wire.parts(URL, &[("content-md5", &wrong)], &parts).refused(400, "bad_digest");
    }
    assert_eq!(wire.outline(), "");
    wire.parts(URL, &[("content-md5", &sha1(b"a").to_uppercase())], &parts).expect(201);
    let file = wire.uploaded("b.txt", b"b");
    let url = format!("/2.0/files/{file}/content");
    wire.parts(&url, &[("content-md5", &sha1(b"x"))], &[("file", b"y")]).refused(400, "bad_digest");
    assert_eq!(wire.file(&file)["etag"], "0");
}

#[test]
fn a_name_that_is_taken_in_any_case_is_told_with_the_one_that_has_it() {
    let wire = Wire::new("Docs/\n");
    let there = wire.file(&wire.uploaded("A.txt", b"a"));
    let sent = |name: &str| {
        let about = about(name);
        wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", b"b")])
            .refused(409, "item_name_in_use")
    };
    let file = &sent("a.TXT")["conflicts"];
    let mini = ["type", "id", "file_version", "sequence_id", "etag", "sha1", "name"];
    assert_eq!(file.as_object().unwrap().keys().collect::<Vec<_>>(), mini);
    assert_eq!(mini.map(|key| &file[key]), mini.map(|key| &there[key]));
    let folder = &sent("docs")["conflicts"];
    assert_eq!((&folder["type"], &folder["name"]), (&json!("folder"), &json!("Docs")));
    assert_eq!(folder.as_object().unwrap().len(), 5);
}

#[test]
fn a_name_that_no_item_may_have_is_refused() {
    let wire = Wire::new("");
    let sent = |name: &str| {
        let about = about(name);
        wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", b"b")])
    };
    for name in ["a/b", "a\\b", "..", ".", "a\u{7}", "a "] {
        assert!(sent(name).refused(400, "item_name_invalid").is_string(), "{name:?}");
    }
    sent(&"a".repeat(256)).refused(400, "item_name_too_long");
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_folder_that_is_not_there_is_not_found() {
    let wire = Wire::new("");
    let about = json!({ "name": "a", "parent": { "id": "300000000099" } }).to_string();
    let context =
        wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", b"b")]).refused(404, "not_found");
    assert!(context["errors"][0]["message"].as_str().unwrap().contains("d_300000000099"));
}

#[test]
fn what_is_missing_is_named() {
    let wire = Wire::new("");
    let refused = |parts: &[(&str, &[u8])]| {
        let context = wire.parts(URL, &[], parts).refused(400, "bad_request");
        let error = &context["errors"][0];
        format!("{} {}", error["reason"].as_str().unwrap(), error["name"].as_str().unwrap())
    };
    let file = ("file", &b"a"[..]);
    assert_eq!(refused(&[file]), "missing_parameter attributes");
    assert_eq!(refused(&[("attributes", about("a").as_bytes())]), "missing_parameter file");
    assert_eq!(refused(&[]), "missing_parameter file");
    assert_eq!(refused(&[("attributes", b"{}"), file]), "missing_parameter name");
    assert_eq!(refused(&[("attributes", b"{\"name\":\"a\"}"), file]), "missing_parameter parent");
    assert_eq!(refused(&[("attributes", b"{\"name\":7}"), file]), "invalid_parameter name");
    assert_eq!(refused(&[("attributes", b"[]"), file]), "invalid_parameter entity-body");
    assert_eq!(refused(&[("attributes", b"{"), file]), "invalid_parameter entity-body");
    let early = br#"{"name":"a","parent":{"id":"0"},"content_created_at":"soon"}"#;
    assert_eq!(refused(&[("attributes", &early[..]), file]), "invalid_parameter content_created_at");
    assert_eq!(refused(&[("x", &b""[..]); 40]), "invalid_parameter entity-body");
    let twice = about("a");
    let twice = [("attributes", twice.as_bytes()); 2];
    assert_eq!(refused(&[twice[0], twice[1], file]), "invalid_parameter entity-body");
    assert_eq!(wire.outline(), "");
}

#[test]
fn a_body_that_is_no_form_is_refused_wherever_it_breaks_off() {
    let wire = Wire::new("");
    let about = about("a");
    let whole = form(&[("attributes", about.as_bytes()), ("file", b"some bytes")]);
    let kind = "multipart/form-data; boundary=\"----=_box\"";
    for kind in ["text/plain", "multipart/form-data", "multipart/form-data; boundary=other", ""] {
        wire.send("POST", URL, &[("content-type", kind)], whole.clone()).refused(400, "bad_request");
    }
    wire.send("POST", URL, &[], whole.clone()).refused(400, "bad_request");
    // The end is two hyphens and a line break; nobody waits for the latter.
    for end in 0..whole.len() - 2 {
        wire.send("POST", URL, &[("content-type", kind)], whole[..end].to_vec()).refused(400, "bad_request");
    }
    assert_eq!(wire.outline(), "");
    wire.send("POST", URL, &[("content-type", kind)], whole).expect(201);
}

#[test]
fn a_body_that_is_too_long_is_refused_in_the_words_of_box() {
    let options = ServerOptions::default().limits(Limits::default().max_upload(200));
    let wire = Wire::with("", options);
    let about = about("a");
    let parts = [("attributes", about.as_bytes()), ("file", &[7; 300][..])];
    let answer = wire.parts(URL, &[], &parts);
    assert_eq!(answer.json()["message"], "Request Entity too Large");
    let context = answer.refused(413, "request_entity_too_large");
    assert!(context["errors"][0]["message"].as_str().unwrap().contains("200"), "{context}");
}

#[test]
fn a_file_that_there_is_no_room_for_is_refused() {
    let wire = Wire::new("a = \"12345678\"\n");
    let drive = wire.sim.drive("mine").unwrap();
    wire.sim.set_quota(drive.at("/"), Some(10)).unwrap();
    let about = about("b");
    let sent = |content: &[u8]| wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", content)]);
    sent(b"123").refused(403, "storage_limit_exceeded");
    sent(b"12").expect(201);
}

#[test]
fn a_new_version_keeps_the_file_and_moves_its_etag_once() {
    let wire = Wire::new("");
    let file = wire.uploaded("a.txt", b"one");
    let before = wire.file(&file);
    let about: Value = json!({ "name": "b.txt", "content_modified_at": "2013-01-01T00:00:00Z" });
    let about = about.to_string();
    let url = format!("/api/2.0/files/{file}/content");
    let after =
        wire.parts(&url, &[], &[("attributes", about.as_bytes()), ("file", b"two")]).expect(200).entry();
    let told = json!([after["id"], after["name"], after["etag"], after["sha1"], after["created_at"]]);
    assert_eq!(told, json!([file, "b.txt", "1", sha1(b"two"), before["created_at"]]));
    let at = after["content_modified_at"].as_str().unwrap().parse::<drivesim::Timestamp>().unwrap();
    assert_eq!(at.to_string(), "2013-01-01T00:00:00Z");
    assert_ne!(after["file_version"]["id"], before["file_version"]["id"]);
}

#[test]
fn a_new_version_of_another_state_than_if_match_names_is_refused() {
    let wire = Wire::new("");
    let file = wire.uploaded("a.txt", b"one");
    let url = format!("/2.0/files/{file}/content");
    let sent = |tag: &str, content: &[u8]| wire.parts(&url, &[("if-match", tag)], &[("file", content)]);
    sent("1", b"two").refused(412, "precondition_failed");
    sent("\"7\"", b"two").refused(412, "precondition_failed");
    sent("0", b"two").expect(200);
    sent("0", b"three").refused(412, "precondition_failed");
    sent("\"1\"", b"three").expect(200);
    assert_eq!(wire.outline(), "a.txt = \"three\"\n");
}

#[test]
fn a_new_version_whose_new_name_is_taken_changes_nothing() {
    let wire = Wire::new("");
    let (file, other) = (wire.uploaded("a.txt", b"one"), wire.uploaded("b.txt", b"other"));
    let url = format!("/2.0/files/{file}/content");
    let sent = |name: &str| {
        let about = json!({ "name": name }).to_string();
        wire.parts(&url, &[], &[("attributes", about.as_bytes()), ("file", b"two")])
    };
    assert_eq!(sent("B.txt").refused(409, "item_name_in_use")["conflicts"]["id"], json!(other));
    sent("a/b").refused(400, "item_name_invalid");
    assert_eq!(wire.file(&file)["etag"], "0");
    assert_eq!(wire.outline(), "a.txt = \"one\"\nb.txt = \"other\"\n");
}

#[test]
fn only_a_file_has_new_versions() {
    let wire = Wire::new("");
    let sent = |id: &str| wire.parts(&format!("/2.0/files/{id}/content"), &[], &[("file", b"two")]);
    sent("1500000000099").refused(404, "not_found");
    sent("x").refused(405, "method_not_allowed");
}

#[test]
fn times_that_no_client_could_read_are_refused() {
    let wire = Wire::new("");
    let send = |time: &str| {
        let about = json!({ "name": "a", "parent": { "id": "0" }, "content_modified_at": time }).to_string();
        wire.parts(URL, &[], &[("attributes", about.as_bytes()), ("file", b"x")])
    };
    for time in ["0000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday"] {
        send(time).refused(400, "bad_request");
    }
    let made = send("0001-01-02T00:00:00Z").expect(201).json();
    assert_eq!(made["entries"][0]["content_modified_at"], "0001-01-01T16:00:00-08:00");
}
