//! Tests that members of a body must have their types and times their format, also members without effect.

use crate::graph::support::{TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\nTo/\n";

/// Sends bodies with an additional member to each operation that reads a body.
fn check(member: &str, status: u16) {
    for wire in [business(TREE), personal(TREE)] {
        let bodies = [
            ("PATCH", "/v1.0/me/drive/root:/Docs/a.txt", r#""description":"d""#),
            ("POST", "/v1.0/me/drive/root:/Docs:/children", r#""name":"new","folder":{}"#),
        ];
        for (method, url, members) in bodies {
            let body = format!("{{{members},{member}}}");
            let response = wire.send_json(method, url, &body);
            let is_as_expected = response.status == status || (status == 200 && response.status == 201);
            assert!(is_as_expected, "{method} {body}: {}", String::from_utf8_lossy(&response.body));
            if status == 400 {
                assert_eq!(response.json()["error"]["code"], "invalidRequest", "{body}");
            }
        }
        if status == 400 {
            wire.sim.assert_outline(TREE);
        }
    }
}

#[test]
fn members_without_effect_must_have_their_types() {
    for member in [
        r#""size":"7""#,
        r#""size":1.5"#,
        r#""size":9223372036854775808"#,
        r#""file":[]"#,
        r#""audio":{"year":"1970"}"#,
        r#""photo":{"takenDateTime":"2024-01-31"}"#,
        r#""permissions":{}"#,
        r#""permissions":[7]"#,
        r#""children":null"#,
        r#""id":null"#,
        r#""createdDateTime":1706700000"#,
        r#""@odata.type":7"#,
        r#""parentReference":{"sharepointIds":{"listId":7}}"#,
    ] {
        check(member, 400);
    }
    for member in [
        r#""size":7"#,
        r#""size":null"#,
        r#""audio":{"year":1970,"nosuch":[]}"#,
        r#""nosuch":[7,{}]"#,
        r#""file":{}"#,
    ] {
        check(member, 200);
    }
}

#[test]
fn a_duplicate_member_fails_at_any_depth() {
    check(r#""nosuch":1,"nosuch":1"#, 400);
    check(r#""fileSystemInfo":{},"fileSystemInfo":{}"#, 400);
    check(r#""file":{"hashes":{"sha1Hash":"a","sha1Hash":"a"}}"#, 400);
    check(r#""nosuch":1,"Nosuch":1"#, 200);
}

/// Sets a time in each of the bodies that have times.
fn set_time(wire: &TestServer, time: &str, status: u16) {
    let info = format!(r#"{{"fileSystemInfo":{{"lastModifiedDateTime":{time}}}}}"#);
    let code = if status == 400 { "invalidRequest" } else { "" };
    wire.expect("PATCH", "/v1.0/me/drive/root:/Docs/a.txt", &info, status, code);
    let session = "/v1.0/me/drive/root:/Docs/a.txt:/createUploadSession";
    wire.expect("POST", session, &format!(r#"{{"item":{info},"deferCommit":true}}"#), status, code);
    let read_only = format!(r#"{{"description":"d","createdDateTime":{time}}}"#);
    wire.expect("PATCH", "/v1.0/me/drive/root:/Docs/a.txt", &read_only, status, code);
}

#[test]
fn times_have_a_date_seconds_and_an_offset() {
    for kind in [business, personal] {
        for time in [
            "2024-01-31T12:00:00Z",
            "2024-01-31T12:00:00.1234567Z",
            "2024-01-31T12:00:00+01:00",
            "2017-05-12T21:08:18+00:00",
            "2023-11-16T01:06:28.7971778+00:00",
        ] {
            set_time(&kind(TREE), &format!("{time:?}"), 200);
        }
        let wire = kind(TREE);
        for time in [
            "\"\"",
            "\"yesterday\"",
            "\"2024-01-31\"",
            "\"2024-01-31T12:00:00\"",
            "\"2024-01-31T12:00Z\"",
            "\"2024-01-31 12:00:00Z\"",
            "\"2024-02-30T12:00:00Z\"",
            "\"2024-01-31T24:00:00Z\"",
            "\"2024-01-31T12:00:00+0100\"",
            "\"2024-01-31T12:00:00Z[UTC]\"",
            "\"-002024-01-31T12:00:00Z\"",
            "1706700000",
            "true",
            "{}",
        ] {
            set_time(&wire, time, 400);
        }
    }
}

#[test]
fn parameters_of_sessions_must_have_their_types() {
    let wire = business(TREE);
    let url = "/v1.0/me/drive/root:/Docs/new.txt:/createUploadSession";
    for body in [
        r#"{"item":{"fileSize":"3"}}"#,
        r#"{"item":{"fileSize":-1}}"#,
        r#"{"item":{"fileSize":1.5}}"#,
        r#"{"item":[]}"#,
        r#"{"deferCommit":"true"}"#,
        r#"{"deferCommit":1}"#,
        r#"{"item":{"mediaSource":{"contentCategory":"nosuch"}}}"#,
        r#"{"item":{},"item":{}}"#,
    ] {
        wire.expect("POST", url, body, 400, "invalidRequest");
    }
    wire.expect("POST", url, r#"{"item":{"fileSize":3},"deferCommit":false}"#, 200, "");
}
