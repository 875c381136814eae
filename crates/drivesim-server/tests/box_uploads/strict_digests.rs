//! Tests all refusals of digests that clients send to Box, and what a session is good for after its commit.

use std::sync::OnceLock;

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::wire::{Answer, Wire, digest, sha1};

const SESSIONS: &str = "/api/2.0/files/upload_sessions";
const PART: usize = 8 << 20;
const SIZE: usize = 20_000_000;

/// What is sent in parts, with its digest and those of its parts.
struct Content {
    bytes: Vec<u8>,
    digest: String,
    of_parts: Vec<String>,
}

/// Returns what is sent; it is made and hashed once.
fn content() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    CONTENT.get_or_init(|| {
        let bytes: Vec<u8> = (0..SIZE).map(|at| (at / 1000 % 251) as u8).collect();
        let (digest, of_parts) = (digest(&bytes), bytes.chunks(PART).map(digest).collect());
        Content { bytes, digest, of_parts }
    })
}

/// An open session with all its parts.
struct Sent {
    wire: Wire,
    url: String,
    parts: Vec<Value>,
    content: &'static Content,
}

impl Sent {
    fn new() -> Sent {
        let (wire, content) = (Wire::new(""), content());
        let body = json!({ "folder_id": "0", "file_size": SIZE, "file_name": "big.bin" });
        let session = wire.post(SESSIONS, &body).expect(201).json();
        let url = format!("{SESSIONS}/{}", session["id"].as_str().unwrap());
        let mut sent = Sent { wire, url, parts: Vec::new(), content };
        sent.parts = (0..3).map(|number| sent.put(number, None).expect(200).json()["part"].clone()).collect();
        sent
    }

    /// Sends a part, with its own digest unless there is another.
    fn put(&self, number: usize, other: Option<&str>) -> Answer {
        let from = number * PART;
        let bytes = &self.content.bytes[from..SIZE.min(from + PART)];
        let range = format!("bytes {from}-{}/{SIZE}", from + bytes.len() - 1);
        let digest = other.unwrap_or(&self.content.of_parts[number]);
        let headers = [("content-range", &*range), ("digest", digest)];
        self.wire.send("PUT", &self.url, &headers, bytes.to_vec())
    }

    fn commit(&self, digest: Option<&str>) -> Answer {
        self.commit_as(digest, &json!({ "parts": self.parts }))
    }

    fn commit_as(&self, digest: Option<&str>, body: &Value) -> Answer {
        let headers: Vec<(&str, &str)> = digest.map(|digest| ("digest", digest)).into_iter().collect();
        self.wire.send("POST", &format!("{}/commit", self.url), &headers, body.to_string())
    }
}

fn base64(bytes: &[u8]) -> String {
    BASE64.encode(&Sha1::digest(bytes))
}

/// Digests that cannot be read.
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
fn each_digest_is_refused_by_the_code_of_its_place() {
    let sent = Sent::new();
    let of_part = &sent.content.of_parts[0];
    // A part: assumed to be as a whole file that is sent at once. Its bytes are not kept.
    assert_eq!(sent.put(0, Some(&digest(b"other"))).refused(400, "bad_digest"), Value::Null);
    // The whole: box-java-sdk issue 701, box-windows-sdk-v2 issue 767.
    for wrong in [digest(b"other"), of_part.clone()] {
        let answer = sent.commit(Some(&wrong));
        let expected = wrong.trim_start_matches("sha=");
        let actual = sent.content.digest.trim_start_matches("sha=");
        let message = format!("File digest was incorrect. Actual: {actual} Expected: {expected}");
        assert_eq!(answer.json()["message"], message);
        answer.refused(400, "digest_mismatch");
    }
    // What is no digest at all.
    for text in malformed(&sent.content.digest) {
        for answer in [sent.put(0, Some(&text)), sent.commit(Some(&text))] {
            let context = answer.refused(400, "bad_request");
            assert_eq!(context["errors"][0]["name"], "digest", "{text}: {context}");
        }
    }
    let context = sent.commit(None).refused(400, "bad_request");
    assert_eq!(context["errors"][0]["reason"], "missing_parameter", "{context}");
    assert_eq!(sent.wire.outline(), "");
    // box-node-sdk 3 writes the kind in capitals; RFC 3230 has several kinds in one header.
    sent.put(0, Some(&of_part.replace("sha", "SHA"))).expect(200);
    sent.commit(Some(&format!("md5=x, {}", sent.content.digest))).expect(201);
}

#[test]
fn a_file_that_is_sent_at_once_has_the_digest_that_its_header_names() {
    let url = "/api/2.0/files/content";
    let about = json!({ "name": "a", "parent": { "id": "0" } }).to_string();
    let sent = |given: &str| {
        let wire = Wire::new("");
        let parts: [(&str, &[u8]); 2] = [("attributes", about.as_bytes()), ("file", b"abc")];
        wire.parts(url, &[("content-md5", given)], &parts)
    };
    let right = sha1(b"abc");
    for wrong in [
        &*sha1(b"abd"),
        "",
        "x",
        &right[1..],
        &format!("sha={}", base64(b"abc")),
        &base64(b"abc"),
        // A real MD5, in both of its forms.
        "900150983cd24fb0d6963f7d28e17f72",
        "kAFQmDzST7DWlj99KOF/cg==",
    ] {
        let answer = sent(wrong);
        assert_eq!(
            answer.json()["message"],
            "The specified content-md5 did not match what we received",
            "{wrong}"
        );
        answer.refused(400, "bad_digest");
    }
    sent(&right).expect(201);
    sent(&HEXUPPER.encode(&Sha1::digest(b"abc"))).expect(201);
}

#[test]
fn a_listed_part_is_all_that_it_says_it_is() {
    let sent = Sent::new();
    let right = &*sent.content.digest;
    let with = |key: &str, value: Value| {
        let mut parts = sent.parts.clone();
        parts[1][key] = value;
        sent.commit_as(Some(right), &json!({ "parts": parts }))
    };
    with("sha1", json!(sha1(b"other"))).refused(400, "parts_mismatch");
    with("offset", json!(7)).refused(400, "parts_mismatch");
    with("size", json!(7)).refused(400, "parts_mismatch");
    with("part_id", json!("00000000")).refused(400, "parts_mismatch");
    for (key, value) in [
        ("offset", json!("8388608")),
        ("size", json!(1.5)),
        ("sha1", json!(7)),
        ("part_id", json!(7)),
        ("part_id", Value::Null),
        ("offset", Value::Null),
    ] {
        let context = with(key, value).refused(400, "bad_request");
        assert_eq!(context["errors"][0]["name"], format!("parts.{key}"), "{context}");
    }
    let timed =
        json!({ "parts": sent.parts, "attributes": { "content_modified_at": "2021-12-06T11:13:51.042Z" } });
    let context = sent.commit_as(Some(right), &timed).refused(400, "bad_request");
    assert_eq!(context["errors"][0]["name"], "attributes.content_modified_at");
    let timed = json!({
        "parts": sent.parts,
        "attributes": { "content_modified_at": "2021-12-06T11:13:51Z", "description": "d" },
    });
    let file = sent.commit_as(Some(right), &timed).expect(201).entry();
    let told = json!([file["content_modified_at"], file["description"], file["etag"]]);
    assert_eq!(told, json!(["2021-12-06T03:13:51-08:00", "d", "0"]));
}

#[test]
fn a_session_may_be_given_up_once_after_its_commit_and_is_good_for_nothing_else() {
    let sent = Sent::new();
    let right = &*sent.content.digest;
    // A new file has no tag that could match.
    let body = json!({ "parts": sent.parts }).to_string();
    let headers = [("digest", right), ("if-match", "0")];
    sent.wire
        .send("POST", &format!("{}/commit", sent.url), &headers, body)
        .refused(412, "precondition_failed");
    sent.commit(Some(right)).expect(201);
    sent.commit(Some(right)).refused(404, "not_found");
    sent.put(0, None).refused(404, "not_found");
    sent.wire.get(&sent.url).refused(404, "not_found");
    sent.wire.get(&format!("{}/parts", sent.url)).refused(404, "not_found");
    let abort = || sent.wire.send("DELETE", &sent.url, &[], "");
    // The tests of box-python-sdk and box-typescript-sdk-gen do so.
    abort().expect(204);
    abort().refused(404, "not_found");
    assert_eq!(sent.wire.outline().lines().count(), 1);
}

#[test]
fn a_session_that_was_given_up_or_forgotten_is_not_given_up_again() {
    let sent = Sent::new();
    let abort = |sent: &Sent| sent.wire.send("DELETE", &sent.url, &[], "");
    abort(&sent).expect(204);
    abort(&sent).refused(404, "not_found");
    let sent = Sent::new();
    sent.commit(Some(&sent.content.digest)).expect(201);
    sent.wire.send("POST", "/_drivesim/reset", &[], "").expect(204);
    abort(&sent).refused(404, "not_found");
}
