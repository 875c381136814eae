//! Tests of names in every request of Box that has one.

use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

/// Serves a new drive for one request.
fn drive() -> TestServer {
    TestServer::new("a.txt\nd/\nTo/\n")
}

/// What a request with a name does, and how it is sent.
type NamedRequest = (&'static str, fn(&TestServer, &str) -> Response);

/// The only request of the table that fails with its own code if the name is empty.
const SESSION: &str = "upload session";

/// All requests with a name, except the copy of a file.
const REQUESTS: [NamedRequest; 9] = [
    ("copy of a folder", |wire, name| wire.post(&at(wire, "/folders/{}/copy", "d"), &new(wire, name))),
    ("new folder", |wire, name| wire.post("/folders", &new(wire, name))),
    ("renamed folder", |wire, name| wire.put(&at(wire, "/folders/{}", "d"), &json!({ "name": name }))),
    ("renamed file", |wire, name| wire.put(&at(wire, "/files/{}", "a.txt"), &json!({ "name": name }))),
    ("upload", |wire, name| wire.upload("/files/content", &new(wire, name), "x")),
    ("new version", |wire, name| {
        wire.upload(&at(wire, "/files/{}/content", "a.txt"), &json!({ "name": name }), "x")
    }),
    ("preflight", |wire, name| wire.options("/files/content", &new(wire, name))),
    ("preflight of a version", |wire, name| {
        wire.options(&at(wire, "/files/{}/content", "a.txt"), &json!({ "name": name }))
    }),
    (SESSION, |wire, name| {
        let body = json!({ "folder_id": wire.id("To"), "file_name": name, "file_size": 20_000_000 });
        wire.post("/files/upload_sessions", &body)
    }),
];

fn at(wire: &TestServer, url: &str, path: &str) -> String {
    url.replace("{}", &wire.id(path))
}

fn new(wire: &TestServer, name: &str) -> Value {
    json!({ "name": name, "parent": { "id": wire.id("To") } })
}

fn copy(wire: &TestServer, name: &str) -> Response {
    wire.post(&at(wire, "/files/{}/copy", "a.txt"), &new(wire, name))
}

/// Checks every request against a test vector.
fn check(vector: &Value) {
    let (name, file) = (vector["input"].as_str().unwrap(), vector["file_copy"].as_str().unwrap());
    let answer = copy(&drive(), name);
    match file.strip_prefix("400") {
        Some(codes) => {
            let code = answer.expect_status(400).json()["code"].as_str().unwrap().to_owned();
            assert!(codes.contains(&code), "{vector}: {code}");
        }
        None => assert_eq!(answer.expect_status(201).json()["name"], file, "{vector}"),
    }
    let others = vector["create_rename_upload_foldercopy"].as_str().unwrap();
    for (what, send) in REQUESTS {
        let answer = send(&drive(), name);
        let Some(code) = others.strip_prefix("400") else {
            assert!([200, 201].contains(&answer.status.as_u16()), "{what}, {vector}: {answer:?}");
            continue;
        };
        let is_missing = name.is_empty() && what == SESSION;
        answer.expect_error(400, if is_missing { "missing_file_name" } else { code.trim() });
    }
}

#[test]
fn the_name_vectors_hold_in_every_request() {
    let vectors = include_str!("../../../../drivesim-core/tests/vectors/box-names.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(vectors.len() > 20, "only {} vectors", vectors.len());
    vectors.iter().for_each(check);
}

#[test]
fn a_space_at_the_end_is_kept_by_an_option() {
    for (option, expected) in [("", "new.txt"), (" reject_trailing_space=false", "new.txt ")] {
        let wire = TestServer::with_drive_line(&format!("drive box profile=box{option}"), "a.txt\nTo/\n");
        assert_eq!(copy(&wire, "new.txt ").expect_status(201).json()["name"], expected);
        let folder = wire.post("/folders", &json!({ "name": "new ", "parent": { "id": "0" } }));
        assert_eq!(folder.status.as_u16(), if option.is_empty() { 400 } else { 201 });
    }
}
