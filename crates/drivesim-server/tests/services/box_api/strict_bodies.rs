//! Tests of request bodies at Box: types, missing members, duplicates.

use crate::box_api::strict::{check, row, serve_fixture};

const SCHEMA: &str = "description of the interface: the type of the member";
const NULL: &str = "description of the interface: the member is not nullable";
const REQUIRED: &str = "description of the interface: the member is required";
const TWICE: &str = "assumed: RFC 8259 has no meaning for it";
const JSON: &str = "description of the interface: the body is a JSON object";
const SESSION: &str = "description of upload sessions: a code for each member";

#[test]
fn a_member_of_another_type_is_rejected() {
    check(&[
        row(r#"PUT /files/{file} {"name":7}"#, 400, "bad_request name", SCHEMA),
        row(r#"PUT /files/{file} {"name":["c"]}"#, 400, "bad_request name", SCHEMA),
        row(r#"PUT /files/{file} {"name":true}"#, 400, "bad_request name", SCHEMA),
        row(r#"PUT /files/{file} {"name":null}"#, 400, "bad_request name", NULL),
        row(r#"PUT /files/{file} {"description":7}"#, 400, "bad_request description", SCHEMA),
        row(r#"PUT /files/{file} {"description":null}"#, 400, "bad_request description", NULL),
        row(r#"PUT /files/{file} {"parent":"{folder}"}"#, 400, "bad_request parent", SCHEMA),
        row(r#"PUT /files/{file} {"parent":[]}"#, 400, "bad_request parent", SCHEMA),
        row(r#"PUT /files/{file} {"parent":null}"#, 400, "bad_request parent", NULL),
        row(r#"PUT /files/{file} {"parent":{}}"#, 400, "bad_request parent.id", REQUIRED),
        row(r#"PUT /files/{file} {"parent":{"id":null}}"#, 400, "bad_request parent.id", NULL),
        row(r#"PUT /files/{file} {"parent":{"id":0}}"#, 400, "bad_request parent.id", SCHEMA),
        row(r#"PUT /files/{file} {"parent":{"id":{}}}"#, 400, "bad_request parent.id", SCHEMA),
        row(
            r#"PUT /files/{file} {"parent":{"type":"file"}}"#,
            400,
            "bad_request parent.type",
            "assumed: it is a folder",
        ),
        row(
            r#"PUT /files/{file} {"parent":{"type":"file","id":"{folder}"}}"#,
            400,
            "bad_request parent.type",
            "assumed: it is a folder",
        ),
        row(
            r#"PUT /files/{file} {"parent":{"type":"folder","id":"{folder}"}}"#,
            200,
            "",
            "a folder as in responses",
        ),
        row(r#"PUT /folders/{folder} {"name":7}"#, 400, "bad_request name", SCHEMA),
        row(r#"PUT /folders/{folder} {"parent":{"id":7}}"#, 400, "bad_request parent.id", SCHEMA),
        row(r#"POST /folders {"name":7,"parent":{"id":"0"}}"#, 400, "bad_request name", SCHEMA),
        row(r#"POST /folders {"name":"n","parent":{"id":0}}"#, 400, "bad_request parent.id", SCHEMA),
        row(r#"POST /folders {"name":null,"parent":{"id":"0"}}"#, 400, "bad_request name", NULL),
        row(r#"POST /folders {"parent":{"id":"0"}}"#, 400, "bad_request name", REQUIRED),
        row(r#"POST /folders {"name":"n"}"#, 400, "bad_request parent", REQUIRED),
        row(r#"POST /folders {"name":"n","parent":{}}"#, 400, "bad_request parent.id", REQUIRED),
        row("POST /folders", 400, "bad_request name", REQUIRED),
        row(
            r#"POST /folders {"name":"","parent":{"id":"0"}}"#,
            400,
            "item_name_invalid",
            "description: minLength 1",
        ),
        row(r#"POST /files/{file}/copy {"parent":{"id":7}}"#, 400, "bad_request parent.id", SCHEMA),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"0"},"version":7}"#,
            400,
            "bad_request version",
            SCHEMA,
        ),
        row(r#"POST /files/{file}/copy {"parent":{"id":"0"},"name":null}"#, 400, "bad_request name", NULL),
        row("POST /files/{file}/copy {}", 400, "bad_request parent", REQUIRED),
        row(r#"POST /folders/{folder}/copy {"parent":"0"}"#, 400, "bad_request parent", SCHEMA),
        row(r#"POST /files/{file}/versions/current {"id":7}"#, 400, "bad_request id", SCHEMA),
        row(
            r#"POST /files/{file}/versions/current {"type":"file_version"}"#,
            400,
            "bad_request id",
            REQUIRED,
        ),
        row(
            r#"POST /files/{file}/versions/current {"type":"file","id":"{version}"}"#,
            400,
            "bad_request type",
            "description: the one word that it may be",
        ),
        row(r#"POST /files/content {"name":7,"parent":{"id":"0"}}"#, 400, "bad_request name", SCHEMA),
        row(r#"POST /files/content {"name":"n","parent":{"id":0}}"#, 400, "bad_request parent.id", SCHEMA),
        row(r#"POST /files/content {"name":"n","parent":"0"}"#, 400, "bad_request parent", SCHEMA),
        row(r#"POST /files/content {"name":"n"}"#, 400, "bad_request parent", REQUIRED),
        row(
            r#"POST /files/content {"name":"n","parent":{"id":"0"},"description":7}"#,
            400,
            "bad_request description",
            SCHEMA,
        ),
        row(r#"POST /files/{file}/content {"name":[]}"#, 400, "bad_request name", SCHEMA),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":1.5}"#,
            400,
            "bad_request size",
            SCHEMA,
        ),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":-1}"#,
            400,
            "bad_request size",
            SCHEMA,
        ),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":true}"#,
            400,
            "bad_request size",
            SCHEMA,
        ),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":"+1"}"#,
            400,
            "bad_request size",
            SCHEMA,
        ),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":""}"#,
            400,
            "bad_request size",
            SCHEMA,
        ),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":null}"#,
            400,
            "bad_request size",
            NULL,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":0,"file_size":20000000,"file_name":"n"}"#,
            400,
            "invalid_folder_id",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"x","file_size":20000000,"file_name":"n"}"#,
            400,
            "invalid_folder_id",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"file_size":20000000,"file_name":"n"}"#,
            400,
            "missing_destination",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_size":"20000000","file_name":"n"}"#,
            400,
            "invalid_file_size",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_size":2e7,"file_name":"n"}"#,
            400,
            "invalid_file_size",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_name":"n"}"#,
            400,
            "missing_file_size",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_size":20000000}"#,
            400,
            "missing_file_name",
            SESSION,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_size":20000000,"file_name":7}"#,
            400,
            "bad_request file_name",
            SCHEMA,
        ),
    ]);
}

#[test]
fn a_body_is_one_json_object_without_duplicate_members() {
    check(&[
        row(r#"PUT /files/{file} {"name":"c","name":"d"}"#, 400, "bad_request entity-body", TWICE),
        row(r#"PUT /files/{file} {"name":"c","name":"c"}"#, 400, "bad_request entity-body", TWICE),
        row(r#"PUT /files/{file} {"x":[{"y":1,"y":2}]}"#, 400, "bad_request entity-body", TWICE),
        row(
            r#"PUT /files/{file} {"parent":{"id":"0","id":"{folder}"}}"#,
            400,
            "bad_request entity-body",
            TWICE,
        ),
        row(r#"PUT /files/{file} {"Name":"c"}"#, 200, "Name", "member names are case-sensitive"),
        row(r#"PUT /files/{file} []"#, 400, "bad_request entity-body", JSON),
        row(r#"PUT /files/{file} "name""#, 400, "bad_request entity-body", JSON),
        row("PUT /files/{file} null", 400, "bad_request entity-body", JSON),
        row(r#"PUT /files/{file} {"name":"c"} {}"#, 400, "bad_request entity-body", JSON),
        row(r#"PUT /files/{file} {"name":"c",}"#, 400, "bad_request entity-body", JSON),
        row("PUT /files/{file} {'name':'c'}", 400, "bad_request entity-body", JSON),
        row("PUT /files/{file} name=c", 400, "bad_request entity-body", JSON),
        row(r#"PUT /files/{file} {"name":"\ud800"}"#, 400, "bad_request entity-body", JSON),
        row(r#"PUT /files/{file} {"name":1e400}"#, 400, "bad_request entity-body", JSON),
        row(
            r#"POST /files/content {"name":"n","name":"m","parent":{"id":"0"}}"#,
            400,
            "bad_request entity-body",
            TWICE,
        ),
        row(r#"POST /files/content {"name":"n""#, 400, "bad_request entity-body", JSON),
        row(r#"POST /files/content [{"name":"n"}]"#, 400, "bad_request entity-body", JSON),
        row(
            r#"POST /folders {"name":"n","parent":{"id":"0","id":"0"}}"#,
            400,
            "bad_request entity-body",
            TWICE,
        ),
        row("POST /folders [7]", 400, "bad_request entity-body", JSON),
    ]);
}

#[test]
fn json_needs_no_content_type_but_must_be_utf_8() {
    // The reference creates a folder with `curl -d` and no content type, so curl declares a form. The SDK for Python
    // (version 3) sends no content type.
    let status_of = |kind: Option<&str>, encoding: Option<&str>| {
        let wire = serve_fixture();
        let mut headers: Vec<(&str, &str)> = kind.map(|kind| ("content-type", kind)).into_iter().collect();
        headers.extend(encoding.map(|encoding| ("content-encoding", encoding)));
        let body = r#"{"name":"n","parent":{"id":"0"}}"#;
        wire.send("POST", "/folders", &headers, body).status.as_u16()
    };
    for kind in [
        None,
        Some("application/x-www-form-urlencoded"),
        Some("application/json"),
        Some("Application/JSON"),
        Some("application/json; charset=utf-8"),
    ] {
        assert_eq!(status_of(kind, None), 201, "{kind:?}");
    }
    for kind in ["text/plain", "text/json", "multipart/form-data; boundary=x", "nonsense", ""] {
        assert_eq!(status_of(Some(kind), None), 415, "{kind:?}");
    }
    assert_eq!(status_of(Some("application/json; charset=utf-16"), None), 501);
    assert_eq!(status_of(Some("application/json; charset=latin1"), None), 501);
    assert_eq!(status_of(Some("application/json"), Some("gzip")), 501);
    assert_eq!(status_of(Some("application/json"), Some("identity")), 201);
}

#[test]
fn a_copy_is_validated_as_strictly_as_other_requests() {
    const FOLDER: &str = "assumed: a parent is a folder";
    check(&[
        row(r#"POST /files/{file}/copy {"parent":{"id":"{folder}","type":"folder"}}"#, 201, "", SCHEMA),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"{folder}","type":"file"}}"#,
            400,
            "bad_request parent.type",
            FOLDER,
        ),
        row(r#"POST /files/{file}/copy {"parent":{"type":"file"}}"#, 400, "bad_request parent.type", FOLDER),
        row(
            r#"POST /files/{file}/copy {"parent":{"type":"folder"}}"#,
            400,
            "bad_request parent.id",
            REQUIRED,
        ),
        row(
            r#"POST /folders/{folder}/copy {"parent":{"id":0},"name":"n"}"#,
            400,
            "bad_request parent.id",
            SCHEMA,
        ),
        row(
            r#"POST /folders/{folder}/copy {"parent":{"id":"0","type":"file"},"name":"n"}"#,
            400,
            "bad_request parent.type",
            FOLDER,
        ),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"{folder}"},"parent":{"id":"{folder}"}}"#,
            400,
            "bad_request entity-body",
            TWICE,
        ),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"{folder}","id":"{folder}"}}"#,
            400,
            "bad_request entity-body",
            TWICE,
        ),
        row(
            r#"POST /files/{file}/copy?fields=name&fields=name {"parent":{"id":"{folder}"}}"#,
            400,
            "bad_request fields",
            SCHEMA,
        ),
    ]);
}
