//! Tests of file versions at Box.

use serde_json::{Value, json};

use crate::box_uploads::support::{TestServer, sha1};

/// Returns the total count and the ids of a list of versions.
fn listed(wire: &TestServer, url: &str) -> (Value, Vec<String>) {
    let body = wire.get(url).expect_status(200).json();
    let id = |version: &Value| version["id"].as_str().unwrap().to_owned();
    (body["total_count"].clone(), body["entries"].as_array().unwrap().iter().map(id).collect())
}

fn version_of(wire: &TestServer, file: &str) -> String {
    wire.file(file)["file_version"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn past_versions_are_listed_the_latest_first() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let url = format!("/2.0/files/{file}/versions");
    assert_eq!(listed(&wire, &url), (json!(0), Vec::new()));
    let first = version_of(&wire, &file);
    let second = wire.upload_version(&file, b"two!");
    wire.upload_version(&file, b"three");
    assert_eq!(listed(&wire, &url), (json!(2), vec![second.clone(), first.clone()]));
    assert_eq!(listed(&wire, &format!("{url}?limit=1")), (json!(2), vec![second]));
    assert_eq!(listed(&wire, &format!("{url}?limit=1&offset=1")), (json!(2), vec![first]));
    assert_eq!(listed(&wire, &format!("{url}?offset=9")), (json!(2), Vec::new()));
    wire.get(&format!("{url}?limit=x")).expect_error(400, "invalid_limit");
}

#[test]
fn a_past_version_keeps_its_name_and_content() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let first = version_of(&wire, &file);
    let attributes = json!({ "name": "b.txt" }).to_string();
    let parts = [("attributes", attributes.as_bytes()), ("file", &b"two!"[..])];
    wire.send_form(&format!("/2.0/files/{file}/content"), &[], &parts).expect_status(200);
    let version = wire.get(&format!("/2.0/files/{file}/versions/{first}")).expect_status(200).json();
    let actual = json!([
        version["type"],
        version["id"],
        version["name"],
        version["size"],
        version["sha1"],
        version["trashed_at"]
    ]);
    assert_eq!(actual, json!(["file_version", first, "a.txt", 3, sha1(b"one"), null]));
    assert_eq!(version["version_number"], "1");
    let with_fields =
        wire.get(&format!("/2.0/files/{file}/versions/{first}?fields=size")).expect_status(200).json();
    assert_eq!(with_fields, json!({ "type": "file_version", "id": first, "size": 3 }));
}

#[test]
fn a_promoted_version_is_a_new_version_with_the_old_content_and_name() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let first = version_of(&wire, &file);
    let attributes = json!({ "name": "b.txt" }).to_string();
    let parts = [("attributes", attributes.as_bytes()), ("file", &b"two!"[..])];
    wire.send_form(&format!("/2.0/files/{file}/content"), &[], &parts).expect_status(200);
    let second = version_of(&wire, &file);
    let url = format!("/2.0/files/{file}/versions");
    let body = json!({ "type": "file_version", "id": first });
    let promoted = wire.post(&format!("{url}/current"), &body).expect_status(201).json();
    assert_eq!((&promoted["type"], &promoted["sha1"]), (&json!("file_version"), &json!(sha1(b"one"))));
    let third = version_of(&wire, &file);
    assert_eq!(promoted["id"], json!(third));
    assert!(third != first && third != second);
    assert_eq!(listed(&wire, &url), (json!(2), vec![second, first]));
    assert_eq!(wire.outline(), "a.txt = \"one\"\n");
}

#[test]
fn only_past_versions_of_the_file_can_be_promoted() {
    let wire = TestServer::new("");
    let (file, other) = (wire.upload("a.txt", b"one"), wire.upload("b.txt", b"other"));
    let url = format!("/2.0/files/{file}/versions/current");
    wire.post(&url, &json!({ "type": "file_version" })).expect_error(400, "bad_request");
    wire.post(&url, &json!({ "id": version_of(&wire, &other) })).expect_error(404, "not_found");
    wire.post(&url, &json!({ "id": "x" })).expect_error(404, "not_found");
    wire.post(&url, &json!({ "id": version_of(&wire, &file) })).expect_error(400, "bad_request");
    assert_eq!(wire.file(&file)["etag"], "0");
}

#[test]
fn promoting_a_version_with_a_taken_name_reports_the_conflict() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let first = version_of(&wire, &file);
    let attributes = json!({ "name": "b.txt" }).to_string();
    let parts = [("attributes", attributes.as_bytes()), ("file", &b"two!"[..])];
    wire.send_form(&format!("/2.0/files/{file}/content"), &[], &parts).expect_status(200);
    let other = wire.upload("A.txt", b"other");
    let url = format!("/2.0/files/{file}/versions/current");
    let context = wire.post(&url, &json!({ "id": first })).expect_error(409, "item_name_in_use");
    assert_eq!(
        (&context["conflicts"]["id"], &context["conflicts"]["name"]),
        (&json!(other), &json!("A.txt"))
    );
    assert_eq!(wire.outline(), "A.txt = \"other\"\nb.txt = \"two!\"\n");
}

#[test]
fn a_deleted_version_is_still_listed_and_has_no_content() {
    let wire = TestServer::new("");
    let file = wire.upload("a.txt", b"one");
    let first = version_of(&wire, &file);
    let second = wire.upload_version(&file, b"two");
    let url = format!("/2.0/files/{file}/versions");
    let delete =
        |version: &str, tag: &str| wire.send("DELETE", &format!("{url}/{version}"), &[("if-match", tag)], "");
    delete(&first, "0").expect_error(412, "precondition_failed");
    delete(&first, "1").expect_status(204);
    let list = wire.get(&url).expect_status(200).json();
    assert_eq!((&list["total_count"], &list["entries"][0]["id"]), (&json!(1), &json!(first)));
    assert!(list["entries"][0]["trashed_at"].is_string(), "{list}");
    wire.get(&format!("/2.0/files/{file}/content?version={first}")).expect_error(404, "not_found");
    wire.post(&format!("{url}/current"), &json!({ "id": first })).expect_error(404, "not_found");
    delete(&second, "1").expect_error(400, "bad_request");
    let error = delete(&first, "1").expect_error(404, "not_found").to_string();
    assert!(error.contains(&format!("Invalid value '{first}'")), "{error}");
    for url in [format!("{url}/x"), format!("{url}/-1")] {
        wire.get(&url).expect_error(405, "method_not_allowed");
        wire.send("DELETE", &url, &[], "").expect_error(405, "method_not_allowed");
    }
    assert_eq!(wire.file(&file)["etag"], "1");
}

#[test]
fn ids_keep_their_length_when_files_are_purged_and_created() {
    let wire = TestServer::new("");
    for _ in 0..5 {
        let file = wire.upload("a.txt", b"one");
        assert_eq!((file.len(), version_of(&wire, &file).len()), (13, 13));
        wire.send("DELETE", &format!("/2.0/files/{file}"), &[], "").expect_status(204);
        wire.send("DELETE", &format!("/2.0/files/{file}/trash"), &[], "").expect_status(204);
    }
}
