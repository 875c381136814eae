//! Tests of digests in uploads to Box, and of sessions after their commit.

use std::sync::OnceLock;

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::box_uploads::support::{Response, TestServer, digest, sha1};

const SESSIONS: &str = "/api/2.0/files/upload_sessions";
const PART: usize = 8 << 20;
const SIZE: usize = 20_000_000;

/// The content of a chunked upload, with its digest and those of its parts.
struct Content {
    bytes: Vec<u8>,
    digest: String,
    part_digests: Vec<String>,
}

/// Returns the content to upload. It is created and hashed once.
fn content() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    CONTENT.get_or_init(|| {
        let bytes: Vec<u8> = (0..SIZE).map(|at| (at / 1000 % 251) as u8).collect();
        let (digest, part_digests) = (digest(&bytes), bytes.chunks(PART).map(digest).collect());
        Content { bytes, digest, part_digests }
    })
}

/// An open upload session with all its parts.
struct CompleteSession {
    wire: TestServer,
    url: String,
    parts: Vec<Value>,
    content: &'static Content,
}

impl CompleteSession {
    fn new() -> CompleteSession {
        let (wire, content) = (TestServer::new(""), content());
        let body = json!({ "folder_id": "0", "file_size": SIZE, "file_name": "big.bin" });
        let session = wire.post(SESSIONS, &body).expect_status(201).json();
        let url = format!("{SESSIONS}/{}", session["id"].as_str().unwrap());
        let mut session_with_parts = CompleteSession { wire, url, parts: Vec::new(), content };
        session_with_parts.parts = (0..3)
            .map(|number| session_with_parts.put(number, None).expect_status(200).json()["part"].clone())
            .collect();
        session_with_parts
    }

    /// Sends a part, with the given digest or its own.
    fn put(&self, number: usize, digest_override: Option<&str>) -> Response {
        let from = number * PART;
        let bytes = &self.content.bytes[from..SIZE.min(from + PART)];
        let range = format!("bytes {from}-{}/{SIZE}", from + bytes.len() - 1);
        let digest = digest_override.unwrap_or(&self.content.part_digests[number]);
        let headers = [("content-range", &*range), ("digest", digest)];
        self.wire.send("PUT", &self.url, &headers, bytes.to_vec())
    }

    fn commit(&self, digest: Option<&str>) -> Response {
        self.commit_as(digest, &json!({ "parts": self.parts }))
    }

    fn commit_as(&self, digest: Option<&str>, body: &Value) -> Response {
        let headers: Vec<(&str, &str)> = digest.map(|digest| ("digest", digest)).into_iter().collect();
        self.wire.send("POST", &format!("{}/commit", self.url), &headers, body.to_string())
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64.encode(&Sha1::digest(bytes))
}

/// Returns malformed variants of a digest.
fn malformed(right: &str) -> Vec<String> {
    let right = right.trim_start_matches("sha=").to_owned();
    let hex = HEXLOWER.encode(&[7; 20]);
    vec![
        String::new(),
        "x".to_owned(),
        "sha=".to_owned(),
        "sha=x".to_owned(),
        right.clone(),
        format!("md5={right}"),
        format!("sha1={right}"),
        format!("sha-256={right}"),
        format!("sha:{right}"),
        format!("sha={}", right.trim_end_matches('=')),
        format!("sha={hex}"),
        format!("sha=\"{right}\""),
        format!("sha={right},sha={right}"),
        format!("sha={}", BASE64.encode(&[7; 32])),
    ]
}

#[test]
fn wrong_digests_of_parts_and_commits_fail_with_their_own_codes() {
    let session = CompleteSession::new();
    let part_digest = &session.content.part_digests[0];
    // A part. The code is assumed to be that of a file in one request. The part is not stored.
    assert_eq!(session.put(0, Some(&digest(b"other"))).expect_error(400, "bad_digest"), Value::Null);
    // The commit: box-java-sdk issue 701, box-windows-sdk-v2 issue 767.
    for wrong in [digest(b"other"), part_digest.clone()] {
        let answer = session.commit(Some(&wrong));
        let expected = wrong.trim_start_matches("sha=");
        let actual = session.content.digest.trim_start_matches("sha=");
        let message = format!("File digest was incorrect. Actual: {actual} Expected: {expected}");
        assert_eq!(answer.json()["message"], message);
        answer.expect_error(400, "digest_mismatch");
    }
    // Malformed digests.
    for text in malformed(&session.content.digest) {
        for answer in [session.put(0, Some(&text)), session.commit(Some(&text))] {
            let context = answer.expect_error(400, "bad_request");
            assert_eq!(context["errors"][0]["name"], "digest", "{text}: {context}");
        }
    }
    let context = session.commit(None).expect_error(400, "bad_request");
    assert_eq!(context["errors"][0]["reason"], "missing_parameter", "{context}");
    assert_eq!(session.wire.outline(), "");
    // box-node-sdk 3 writes the algorithm in capitals. RFC 3230 allows several digests in one header.
    session.put(0, Some(&part_digest.replace("sha", "SHA"))).expect_status(200);
    session.commit(Some(&format!("md5=x, {}", session.content.digest))).expect_status(201);
}

#[test]
fn content_md5_must_be_the_sha1_of_the_file() {
    let url = "/api/2.0/files/content";
    let attributes = json!({ "name": "a", "parent": { "id": "0" } }).to_string();
    let upload = |content_md5: &str| {
        let wire = TestServer::new("");
        let parts: [(&str, &[u8]); 2] = [("attributes", attributes.as_bytes()), ("file", b"abc")];
        wire.send_form(url, &[("content-md5", content_md5)], &parts)
    };
    let right = sha1(b"abc");
    for wrong in [
        &*sha1(b"abd"),
        "",
        "x",
        &right[1..],
        &format!("sha={}", base64(b"abc")),
        &base64(b"abc"),
        // A real MD5, in hexadecimal and in Base64.
        "900150983cd24fb0d6963f7d28e17f72",
        "kAFQmDzST7DWlj99KOF/cg==",
    ] {
        let answer = upload(wrong);
        assert_eq!(
            answer.json()["message"],
            "The specified content-md5 did not match what we received",
            "{wrong}"
        );
        answer.expect_error(400, "bad_digest");
    }
    upload(&right).expect_status(201);
    upload(&HEXUPPER.encode(&Sha1::digest(b"abc"))).expect_status(201);
}

#[test]
fn all_members_of_listed_parts_are_checked() {
    let session = CompleteSession::new();
    let right = &*session.content.digest;
    let with = |key: &str, value: Value| {
        let mut parts = session.parts.clone();
        parts[1][key] = value;
        session.commit_as(Some(right), &json!({ "parts": parts }))
    };
    with("sha1", json!(sha1(b"other"))).expect_error(400, "parts_mismatch");
    with("offset", json!(7)).expect_error(400, "parts_mismatch");
    with("size", json!(7)).expect_error(400, "parts_mismatch");
    with("part_id", json!("00000000")).expect_error(400, "parts_mismatch");
    for (key, value) in [
        ("offset", json!("8388608")),
        ("size", json!(1.5)),
        ("sha1", json!(7)),
        ("part_id", json!(7)),
        ("part_id", Value::Null),
        ("offset", Value::Null),
    ] {
        let context = with(key, value).expect_error(400, "bad_request");
        assert_eq!(context["errors"][0]["name"], format!("parts.{key}"), "{context}");
    }
    let body = json!({ "parts": session.parts, "attributes": { "content_modified_at": "2021-12-06T11:13:51.042Z" } });
    let context = session.commit_as(Some(right), &body).expect_error(400, "bad_request");
    assert_eq!(context["errors"][0]["name"], "attributes.content_modified_at");
    let body = json!({
        "parts": session.parts,
        "attributes": { "content_modified_at": "2021-12-06T11:13:51Z", "description": "d" },
    });
    let file = session.commit_as(Some(right), &body).expect_status(201).entry();
    let actual = json!([file["content_modified_at"], file["description"], file["etag"]]);
    assert_eq!(actual, json!(["2021-12-06T03:13:51-08:00", "d", "0"]));
}

#[test]
fn a_session_can_be_aborted_once_after_its_commit() {
    let session = CompleteSession::new();
    let right = &*session.content.digest;
    // A new file has no tag that could match.
    let body = json!({ "parts": session.parts }).to_string();
    let headers = [("digest", right), ("if-match", "0")];
    session
        .wire
        .send("POST", &format!("{}/commit", session.url), &headers, body)
        .expect_error(412, "precondition_failed");
    session.commit(Some(right)).expect_status(201);
    session.commit(Some(right)).expect_error(404, "not_found");
    session.put(0, None).expect_error(404, "not_found");
    session.wire.get(&session.url).expect_error(404, "not_found");
    session.wire.get(&format!("{}/parts", session.url)).expect_error(404, "not_found");
    let abort = || session.wire.send("DELETE", &session.url, &[], "");
    // The tests of box-python-sdk and box-typescript-sdk-gen abort a committed session.
    abort().expect_status(204);
    abort().expect_error(404, "not_found");
    assert_eq!(session.wire.outline().lines().count(), 1);
}

#[test]
fn an_aborted_or_forgotten_session_cannot_be_aborted() {
    let session = CompleteSession::new();
    let abort = |session: &CompleteSession| session.wire.send("DELETE", &session.url, &[], "");
    abort(&session).expect_status(204);
    abort(&session).expect_error(404, "not_found");
    let session = CompleteSession::new();
    session.commit(Some(&session.content.digest)).expect_status(201);
    session.wire.send("POST", "/_drivesim/reset", &[], "").expect_status(204);
    abort(&session).expect_error(404, "not_found");
}
