//! Tests of the fragments of upload sessions: their headers, order and errors, and the ranges expected next.

use serde_json::{Value, json};

use crate::graph::support::{Response, TestRequest, TestServer, business, personal};

const TREE: &str = "a.txt = \"one\"\n";
const NEW: &str = "/v1.0/me/drive/root:/new.bin:/createUploadSession";
const DEFERRED: &str = r#"{"deferCommit": true}"#;

fn both() -> [TestServer; 2] {
    [business(TREE), personal(TREE)]
}

fn open(wire: &TestServer, body: &str) -> String {
    let session = wire.send_json("POST", NEW, body);
    assert_eq!(session.status, 200, "{}", String::from_utf8_lossy(&session.body));
    assert_eq!(session.json()["nextExpectedRanges"], json!(["0-"]), "{body}");
    session.json()["uploadUrl"].as_str().unwrap().to_owned()
}

fn send(wire: &TestServer, method: &str, url: &str) -> Response {
    wire.send(&TestRequest { method, url, headers: &[], body: b"" })
}

fn put(wire: &TestServer, url: &str, ranges: &[&str], body: &[u8]) -> Response {
    let headers: Vec<(&str, &str)> = ranges.iter().map(|range| ("content-range", *range)).collect();
    wire.send(&TestRequest { method: "PUT", url, headers: &headers, body })
}

/// Returns the ranges that the session expects next.
fn next(wire: &TestServer, url: &str) -> Value {
    wire.get_json(url)["nextExpectedRanges"].clone()
}

/// Sends a fragment that is not the last and returns the ranges expected next, which are also those of the session.
fn add(wire: &TestServer, url: &str, range: &str, body: &[u8]) -> Value {
    let response = put(wire, url, &[range], body);
    assert_eq!(response.status, 202, "{range}: {}", String::from_utf8_lossy(&response.body));
    let expected_next = response.json()["nextExpectedRanges"].clone();
    assert_eq!(next(wire, url), expected_next, "{range}");
    expected_next
}

/// Asserts that a request failed with a status, a code and an inner code.
fn check_error(context: &str, response: &Response, status: u16, code: &str, inner: &str) {
    let error = response.json()["error"].clone();
    let inner_code = error["innerError"].get("code").and_then(Value::as_str).unwrap_or_default();
    let actual = (response.status, error["code"].as_str().unwrap_or_default(), inner_code);
    assert_eq!(actual, (status, code, inner), "{context}: {error}");
}

/// Malformed Content-Range headers, each as a list of its lines.
const MALFORMED: &[&[&str]] = &[
    &[],
    &[""],
    &["bytes 0-4/5", "bytes 0-4/5"],
    &["bytes 0-4/5", "bytes 5-9/10"],
    &["bytes 0-4/5, bytes 0-4/5"],
    &["0-4/5"],
    &["bytes"],
    &["bytes=0-4/5"],
    &["items 0-4/5"],
    &["byte 0-4/5"],
    &["bytes 0-4"],
    &["bytes 0-4/"],
    &["bytes 0-4/x"],
    &["bytes 0-/5"],
    &["bytes -4/5"],
    &["bytes /5"],
    &["bytes */5"],
    &["bytes */*"],
    &["bytes 0-4/*"],
    &["bytes  0-4/5"],
    &["bytes 0 -4/5"],
    &["bytes 0- 4/5"],
    &["bytes 0-4 /5"],
    &["bytes 0-4/ 5"],
    &["bytes\t0-4/5"],
    &["bytes -1-4/5"],
    &["bytes 0--4/5"],
    &["bytes 0-4/-5"],
    &["bytes +0-4/5"],
    &["bytes 4-0/5"],
    &["bytes 0-5/5"],
    &["bytes 0-4/4"],
    &["bytes 0--1/0"],
    &["bytes 0-0/0"],
    &["bytes 0/0"],
    &["bytes 0x0-0x4/0x5"],
    &["bytes 0.0-4.0/5.0"],
    &["bytes 0-4,5-9/10"],
    &["bytes 0-18446744073709551615/18446744073709551615"],
    &["bytes 0-18446744073709551616/18446744073709551617"],
    &["bytes 18446744073709551616-18446744073709551620/18446744073709551621"],
    &["bytes 0-4/99999999999999999999999999"],
    &["bytes 0-4/5/5"],
    &["bytes 0-4/5 bytes 0-4/5"],
];

#[test]
fn a_fragment_with_a_malformed_content_range_fails_for_every_length() {
    for wire in both() {
        let before = wire.sim.outline().unwrap();
        for lines in MALFORMED {
            let url = open(&wire, r#"{"item": {"name": "new.bin"}}"#);
            for (expected, body) in [("0-", &b""[..]), ("0-", b"0"), ("0-", b"01234"), ("2-4", b"234")] {
                if expected == "2-4" && next(&wire, &url) == json!(["0-"]) {
                    add(&wire, &url, "bytes 0-1/5", b"01");
                }
                let response = put(&wire, &url, lines, body);
                check_error(&format!("{lines:?} {body:?}"), &response, 400, "invalidRequest", "");
                let message = response.json()["error"]["message"].clone();
                assert_eq!(message, "The Content-Range header is missing or malformed.", "{lines:?}");
                assert_eq!(next(&wire, &url), json!([expected]), "{lines:?}");
                assert_eq!(wire.sim.outline().unwrap(), before, "{lines:?}");
            }
            assert_eq!(put(&wire, &url, &["bytes 2-4/5"], b"234").status, 201, "{lines:?}");
            assert_eq!(wire.sim.read("/new.bin").unwrap(), b"01234", "{lines:?}");
            wire.sim.delete_permanently("/new.bin").unwrap();
        }
    }
}

#[test]
fn a_content_range_may_have_every_form_of_the_standard() {
    for range in ["bytes 0-4/5", "Bytes 0-4/5", "BYTES 0-4/5", " bytes 0-4/5 ", "bytes 00-004/0005"] {
        for wire in both() {
            assert_eq!(put(&wire, &open(&wire, "{}"), &[range], b"01234").status, 201, "{range}");
            assert_eq!(wire.sim.read("/new.bin").unwrap(), b"01234", "{range}");
        }
    }
}

#[test]
fn each_error_of_a_fragment_has_its_code_and_keeps_the_session() {
    let cases: &[(&str, &[u8], u16, &str, &str)] = &[
        // The length differs from that of the range (microsoft-graph-docs issue 1638).
        ("bytes 4-9/10", b"", 400, "invalidRequest", ""),
        ("bytes 4-9/10", b"45", 400, "invalidRequest", ""),
        ("bytes 4-9/10", b"4567890", 400, "invalidRequest", ""),
        ("bytes 0-99/200", b"0123456", 400, "invalidRequest", ""),
        // The total differs from that of the session (onedrive-api-docs issue 1332).
        ("bytes 4-9/11", b"456789", 400, "invalidRequest", "fragmentLengthMismatch"),
        ("bytes 4-7/8", b"4567", 400, "invalidRequest", "fragmentLengthMismatch"),
        ("bytes 0-3/4", b"0123", 400, "invalidRequest", "fragmentLengthMismatch"),
        ("bytes 4-9/18446744073709551615", b"456789", 400, "invalidRequest", "fragmentLengthMismatch"),
        // The bytes were already received (onedrive-api-docs issue 64).
        ("bytes 0-3/10", b"0123", 416, "invalidRange", "fragmentOverlap"),
        ("bytes 0-0/10", b"0", 416, "invalidRange", "fragmentOverlap"),
        ("bytes 3-9/10", b"3456789", 416, "invalidRange", "fragmentOverlap"),
        ("bytes 0-9/10", b"0123456789", 416, "invalidRange", "fragmentOverlap"),
        // Bytes before it are missing (onedrive-api-docs issue 79).
        ("bytes 5-9/10", b"56789", 416, "invalidRange", "fragmentOutOfOrder"),
        ("bytes 9-9/10", b"9", 416, "invalidRange", "fragmentOutOfOrder"),
        // The total is `*` without deferCommit.
        ("bytes 4-9/*", b"456789", 400, "invalidRequest", ""),
    ];
    for wire in both() {
        let url = open(&wire, "{}");
        add(&wire, &url, "bytes 0-3/10", b"0123");
        for (range, body, status, code, inner) in cases {
            check_error(range, &put(&wire, &url, &[range], body), *status, code, inner);
            assert_eq!(next(&wire, &url), json!(["4-9"]), "{range}");
            assert!(!wire.sim.exists("/new.bin"), "{range}");
        }
        assert_eq!(put(&wire, &url, &["bytes 4-9/10"], b"456789").status, 201);
        assert_eq!(wire.sim.read("/new.bin").unwrap(), b"0123456789");
    }
}

#[test]
fn the_first_fragment_has_the_same_errors_as_later_ones() {
    for wire in both() {
        let url = open(&wire, r#"{"item": {"fileSize": 10}}"#);
        let put = |range: &str, body: &[u8]| put(&wire, &url, &[range], body);
        check_error("gap", &put("bytes 1-9/10", b"123456789"), 416, "invalidRange", "fragmentOutOfOrder");
        check_error("length", &put("bytes 0-9/10", b"0"), 400, "invalidRequest", "");
        check_error("total", &put("bytes 0-3/4", b"0123"), 400, "invalidRequest", "fragmentLengthMismatch");
        assert_eq!(next(&wire, &url), json!(["0-"]));
        assert_eq!(put("bytes 0-9/10", b"0123456789").status, 201);
    }
}

#[test]
fn the_expected_ranges_have_an_end_once_the_size_is_known() {
    for wire in both() {
        for body in ["{}", r#"{"item": {"fileSize": 128}}"#] {
            let url = open(&wire, body);
            assert_eq!(next(&wire, &url), json!(["0-"]), "{body}");
            assert_eq!(add(&wire, &url, "bytes 0-25/128", &[7; 26]), json!(["26-127"]), "{body}");
            assert_eq!(add(&wire, &url, "bytes 26-26/128", &[7]), json!(["27-127"]), "{body}");
            assert_eq!(add(&wire, &url, "bytes 27-126/128", &[7; 100]), json!(["127-127"]), "{body}");
            assert_eq!(
                put(&wire, &url, &["bytes 127-127/128"], &[7]).status,
                if body == "{}" { 201 } else { 200 }
            );
        }
        let url = open(&wire, DEFERRED);
        assert_eq!(add(&wire, &url, "bytes 0-25/128", &[7; 26]), json!(["26-127"]));
        assert_eq!(add(&wire, &url, "bytes 26-127/128", &[7; 102]), json!([]));
        assert_eq!(send(&wire, "POST", &url).status, 200);
    }
}

#[test]
fn a_session_with_defer_commit_may_have_an_unknown_size() {
    for wire in both() {
        let url = open(&wire, DEFERRED);
        check_error("empty", &send(&wire, "POST", &url), 400, "invalidRequest", "");
        assert_eq!(add(&wire, &url, "bytes 0-4/*", b"01234"), json!(["5-"]));
        check_error(
            "overlap",
            &put(&wire, &url, &["bytes 0-4/*"], b"01234"),
            416,
            "invalidRange",
            "fragmentOverlap",
        );
        let gap = put(&wire, &url, &["bytes 6-6/*"], b"6");
        check_error("gap", &gap, 416, "invalidRange", "fragmentOutOfOrder");
        check_error("length", &put(&wire, &url, &["bytes 5-9/*"], b"5"), 400, "invalidRequest", "");
        assert_eq!(add(&wire, &url, "bytes 5-6/*", b"56"), json!(["7-"]));
        assert!(!wire.sim.exists("/new.bin"));
        let committed = send(&wire, "POST", &url);
        assert_eq!((committed.status, &committed.json()["size"]), (201, &json!(7)));
        assert_eq!(wire.sim.read("/new.bin").unwrap(), b"0123456");
        assert_eq!(send(&wire, "POST", &url).status, 404);
    }
}

#[test]
fn an_unknown_size_may_be_set_once_by_a_later_fragment() {
    for wire in both() {
        let url = open(&wire, DEFERRED);
        add(&wire, &url, "bytes 0-4/*", b"01234");
        assert_eq!(add(&wire, &url, "bytes 5-5/8", b"5"), json!(["6-7"]));
        let other = put(&wire, &url, &["bytes 6-8/9"], b"678");
        check_error("another", &other, 400, "invalidRequest", "fragmentLengthMismatch");
        check_error("beyond", &put(&wire, &url, &["bytes 6-8/*"], b"678"), 400, "invalidRequest", "");
        assert_eq!(add(&wire, &url, "bytes 6-6/*", b"6"), json!(["7-7"]));
        check_error("early", &send(&wire, "POST", &url), 400, "invalidRequest", "");
        assert_eq!(add(&wire, &url, "bytes 7-7/*", b"7"), json!([]));
        assert_eq!(send(&wire, "POST", &url).status, 201);
        assert_eq!(wire.sim.read("/new.bin").unwrap(), b"01234567");
        let url = open(&wire, r#"{"item": {"fileSize": 3}, "deferCommit": true}"#);
        check_error("beyond", &put(&wire, &url, &["bytes 0-3/*"], b"0123"), 400, "invalidRequest", "");
        assert_eq!(add(&wire, &url, "bytes 0-2/*", b"012"), json!([]));
        assert_eq!(send(&wire, "POST", &url).status, 200);
    }
}

#[test]
fn an_option_rejects_fragments_without_a_total() {
    for profile in ["business", "personal"] {
        let wire = TestServer::new(&format!(
            "drive mine profile={profile} owner=me wire.open_total=refused\n{TREE}"
        ));
        let url = open(&wire, DEFERRED);
        check_error(profile, &put(&wire, &url, &["bytes 0-4/*"], b"01234"), 400, "invalidRequest", "");
        assert_eq!(next(&wire, &url), json!(["0-"]));
        assert_eq!(add(&wire, &url, "bytes 0-4/5", b"01234"), json!([]));
        assert_eq!(send(&wire, "POST", &url).status, 201);
    }
}

#[test]
fn an_empty_file_needs_a_small_upload() {
    for wire in both() {
        for body in [r#"{"item": {"fileSize": 0}}"#, r#"{"item": {"fileSize": 0}, "deferCommit": true}"#] {
            let url = open(&wire, body);
            for lines in [&[][..], &["bytes 0-0/0"], &["bytes 0--1/0"], &["bytes */0"], &["bytes 0-0/1"]] {
                check_error(&format!("{lines:?}"), &put(&wire, &url, lines, b""), 400, "invalidRequest", "");
            }
            check_error("commit", &send(&wire, "POST", &url), 400, "invalidRequest", "");
            assert!(!wire.sim.exists("/new.bin"));
            assert_eq!(send(&wire, "DELETE", &url).status, 204);
        }
        let url = "/v1.0/me/drive/root:/new.bin:/content";
        assert_eq!(put(&wire, url, &[], b"").status, 201);
        assert_eq!(wire.sim.item("/new.bin").unwrap().size, 0);
    }
}

#[test]
fn fragments_of_any_size_yield_the_same_file_as_a_small_upload() {
    let content: Vec<u8> = (0..2000_u32).map(|at| (at * at / 7) as u8).collect();
    for wire in both() {
        assert_eq!(put(&wire, "/v1.0/me/drive/root:/whole.bin:/content", &[], &content).status, 201);
        let whole = wire.get_json("/v1.0/me/drive/root:/whole.bin")["file"]["hashes"].clone();
        for n_bytes in [1, 7, 320, 999, 1999, 2000] {
            let url = open(&wire, "{}");
            let mut last = None;
            for (at, bytes) in content.chunks(n_bytes).enumerate() {
                let first = at * n_bytes;
                let range = format!("bytes {first}-{}/2000", first + bytes.len() - 1);
                last = Some(put(&wire, &url, &[&range], bytes));
            }
            let item = last.unwrap().json();
            assert_eq!((&item["size"], &item["file"]["hashes"]), (&json!(2000), &whole), "{n_bytes}");
            assert!(whole["quickXorHash"].is_string());
        }
    }
}

#[test]
fn sessions_for_several_files_do_not_mix_their_fragments() {
    for wire in both() {
        let urls = ["x", "y", "z"].map(|name| {
            let url = format!("/v1.0/me/drive/root:/{name}:/createUploadSession");
            wire.send_json("POST", &url, "{}").json()["uploadUrl"].as_str().unwrap().to_owned()
        });
        for (url, body) in urls.iter().zip([b"ab", b"cd", b"ef"]) {
            assert_eq!(add(&wire, url, "bytes 0-1/4", body), json!(["2-3"]));
        }
        assert_eq!(send(&wire, "DELETE", &urls[1]).status, 204);
        assert_eq!(put(&wire, &urls[2], &["bytes 2-3/4"], b"FF").status, 201);
        assert_eq!(put(&wire, &urls[1], &["bytes 2-3/4"], b"DD").status, 404);
        assert_eq!(put(&wire, &urls[0], &["bytes 2-3/4"], b"BB").status, 201);
        wire.sim.assert_outline("a.txt = \"one\"\nx = \"abBB\"\nz = \"efFF\"\n");
    }
}
