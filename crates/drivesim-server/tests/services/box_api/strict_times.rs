//! Tests of times in requests at Box.

use serde_json::{Value, json};

use crate::box_api::strict::{first_parameter_error, send, serve_fixture};
use crate::box_api::support::TestServer;

/// Accepted times, and how they are returned: RFC 3339 in whole seconds.
const ACCEPTED: [(&str, &str); 6] = [
    // boxsdk 3 and box-node-sdk 10 write an offset, boxsdk 10 and rclone an offset or a `Z`.
    ("2012-12-12T10:53:43-08:00", "2012-12-12T10:53:43-08:00"),
    ("2012-12-12T10:53:43+00:00", "2012-12-12T02:53:43-08:00"),
    ("2012-12-12T10:53:43Z", "2012-12-12T02:53:43-08:00"),
    ("2024-02-29T23:59:59+05:30", "2024-02-29T10:29:59-08:00"),
    ("0001-01-02T00:00:00Z", "0001-01-01T16:00:00-08:00"),
    ("9999-12-30T00:00:00Z", "9999-12-29T16:00:00-08:00"),
];

/// Rejected times. Fractions of seconds fail at Box (cyberduck issue 12625).
const REJECTED: [&str; 24] = [
    "2021-12-06T11:13:51.042Z",
    "2021-12-06T11:13:51.0Z",
    "2021-12-06T11:13:51.5+01:00",
    "2021-12-06T11:13:51",
    "2021-12-06T11:13Z",
    "2021-12-06",
    "2021-12-06 11:13:51Z",
    "2021-12-06t11:13:51Z",
    "2021-12-06T11:13:51z",
    "2021-12-06T11:13:51+0100",
    "2021-12-06T11:13:51+01",
    "2021-12-06T11:13:51+24:00",
    "2016-12-31T23:59:60Z",
    "2021-12-06T24:00:00Z",
    "2021-13-06T11:13:51Z",
    "2023-02-29T11:13:51Z",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "-002021-12-06T11:13:51Z",
    "2021-12-06T11:13:51Z ",
    "20211206T111351Z",
    "1638789231",
    "yesterday",
    "",
];

/// Requests with a time in the body, and the name of its member.
const BODIES: [(&str, &str); 6] = [
    (
        r#"POST /files/content {"name":"n","parent":{"id":"0"},"content_modified_at":@}"#,
        "content_modified_at",
    ),
    (r#"POST /files/content {"name":"n","parent":{"id":"0"},"content_created_at":@}"#, "content_created_at"),
    (r#"POST /files/{file}/content {"name":"n","content_modified_at":@}"#, "content_modified_at"),
    (r#"POST /files/{file}/content {"content_created_at":@}"#, "content_created_at"),
    (r#"PUT /files/{file} {"content_modified_at":@}"#, "content_modified_at"),
    (r#"PUT /files/{file} {"content_created_at":@}"#, "content_created_at"),
];

/// Requests with a time in the query, and the name of its parameter.
const QUERIES: [(&str, &str); 6] = [
    ("GET /search?query=a&created_at_range=@,", "created_at_range"),
    ("GET /search?query=a&created_at_range=,@", "created_at_range"),
    ("GET /search?query=a&updated_at_range=@,", "updated_at_range"),
    ("GET /events?stream_type=admin_logs&created_after=@", "created_after"),
    ("GET /events?stream_type=admin_logs&created_before=@", "created_before"),
    ("GET /events?created_after=@", "created_after"),
];

/// Encodes a time for a query.
fn encoded(time: &str) -> String {
    time.replace('+', "%2B").replace(' ', "%20")
}

#[test]
fn a_time_in_a_body_is_set_and_returned() {
    for (time, expected) in ACCEPTED {
        for (request, member) in BODIES {
            let wire = serve_fixture();
            let body = send(&wire, &request.replace('@', &json!(time).to_string())).json();
            let file = if body["entries"].is_array() { &body["entries"][0] } else { &body };
            assert_eq!(file[member], expected, "{request} {time}: {body}");
        }
    }
}

#[test]
fn a_time_in_a_query_is_accepted() {
    for (time, _) in ACCEPTED {
        for (request, _) in QUERIES {
            send(&serve_fixture(), &request.replace('@', &encoded(time))).expect_status(200);
        }
    }
}

#[track_caller]
fn assert_time_rejected(wire: &TestServer, request: &str, name: &str, value: &str) {
    let (message, error) = first_parameter_error(send(wire, request));
    assert_eq!(message, "not a valid rfc 3339 formatted date", "{request}");
    assert_eq!((&error["reason"], &error["name"]), (&json!("invalid_parameter"), &json!(name)), "{request}");
    assert!(error["message"].as_str().unwrap().contains(value), "{request}: {error}");
}

#[test]
fn an_invalid_time_in_a_body_fails_with_the_name_of_its_member_and_changes_nothing() {
    let wire = serve_fixture();
    let before = wire.sim.outline_with(drivesim::outline::Detail::Attributes).unwrap();
    for (request, member) in BODIES {
        for time in REJECTED {
            assert_time_rejected(&wire, &request.replace('@', &json!(time).to_string()), member, time);
        }
        for other in [json!(1_638_789_231), json!(true), json!([]), json!({ "at": "2021-12-06T11:13:51Z" })] {
            assert_time_rejected(&wire, &request.replace('@', &other.to_string()), member, "");
        }
    }
    assert_eq!(wire.sim.outline_with(drivesim::outline::Detail::Attributes).unwrap(), before);
}

#[test]
fn an_invalid_time_in_a_query_fails_with_the_name_of_its_parameter() {
    let wire = serve_fixture();
    for (request, parameter) in QUERIES {
        for time in REJECTED.into_iter().filter(|time| !time.is_empty()) {
            assert_time_rejected(&wire, &request.replace('@', &encoded(time)), parameter, time);
        }
    }
    for request in [
        "GET /events?created_after=",
        "GET /search?query=a&created_at_range=",
        "GET /search?query=a&updated_at_range=,",
    ] {
        send(&wire, request).expect_error(400, "bad_request");
    }
}

#[test]
fn a_null_time_is_ignored_in_an_upload_and_rejected_in_a_change() {
    let wire = serve_fixture();
    // boxsdk 3 sends `null` for times that are not given.
    let null = r#"{"name":"n","parent":{"id":"0"},"description":null,"content_created_at":null,"content_modified_at":null}"#;
    send(&wire, &format!("POST /files/content {null}")).expect_status(201);
    let null = r#"{"name":null,"content_modified_at":null}"#;
    send(&wire, &format!("POST /files/{{file}}/content {null}")).expect_status(200);
    for member in ["content_created_at", "content_modified_at"] {
        let request = format!("PUT /files/{{file}} {{\"{member}\":null}}");
        send(&wire, &request).expect_parameter_error("invalid_parameter", member);
    }
}

#[test]
fn setting_times_is_a_change_of_the_file_but_not_a_new_version() {
    let wire = serve_fixture();
    let url = format!("/files/{}", wire.id("a.txt"));
    let before = wire.get(&url).expect_status(200).json();
    let after =
        wire.put(&url, &json!({ "content_modified_at": "2011-12-13T14:15:16Z" })).expect_status(200).json();
    assert_eq!(after["content_modified_at"], "2011-12-13T06:15:16-08:00");
    for member in ["content_created_at", "created_at", "sha1", "size", "file_version", "name", "parent"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    let etag = |file: &Value| file["etag"].as_str().unwrap().parse::<u32>().unwrap();
    assert_eq!(etag(&after), etag(&before) + 1);
    assert_eq!(wire.get(&url).expect_status(200).json(), after);
    let events = wire.get("/events").expect_status(200).json();
    assert_eq!(events["entries"][0]["event_type"], "ITEM_MODIFY", "{events}");
    // Together with a move and a new name it is one change.
    let body = json!({ "content_created_at": "2010-01-01T00:00:00Z", "name": "c", "parent": { "id": wire.id("Docs") } });
    let moved = wire.put(&url, &body).expect_status(200).json();
    assert_eq!(
        (&moved["content_created_at"], &moved["name"]),
        (&json!("2009-12-31T16:00:00-08:00"), &json!("c"))
    );
    assert_eq!(etag(&moved), etag(&after) + 1);
}
