//! Tests of known, unsupported and unknown members of bodies at Box.

use serde_json::json;

use crate::box_api::strict::{check, ignored, row, send, serve_fixture};

const REFERENCE: &str = "reference of files and folders; drivesim lacks it";
const NULL: &str = "guide to shared links, reference of locks: null removes";
const SCHEMA: &str = "description of the interface";
const UNKNOWN: &str = "no description has it: accepted and noted";
const NOT_SET: &str = "assumed: the service has it and the request cannot set it";
const RCLONE: &str = "rclone sets times this way";
const BOXSDK_3: &str = "boxsdk 3 sends it";

/// Members of files and folders that no request can set.
const NEVER_SET: [&str; 8] = [
    "allowed_invitee_roles",
    "classification",
    "has_collaborations",
    "is_accessible_via_shared_link",
    "is_associated_with_app_item",
    "is_externally_owned",
    "metadata",
    "watermark_info",
];
/// Members of files that no request can set.
const NEVER_SET_OF_FILES: [&str; 7] = [
    "comment_count",
    "expires_at",
    "expiring_embed_link",
    "is_package",
    "representations",
    "uploader_display_name",
    "shared_link_permission_options",
];

#[test]
fn a_member_that_the_request_cannot_set_is_rejected_and_nothing_changes() {
    let wire = serve_fixture();
    let before = wire.sim.outline().unwrap();
    let assert_rejected = |method: &str, path: &str, members: &[&str]| {
        for member in members {
            for value in [json!(null), json!({}), json!("x")] {
                let body = json!({ "name": "n", "parent": { "id": "0" }, *member: value }).to_string();
                send(&wire, &format!("{method} {path} {body}"))
                    .expect_parameter_error("invalid_parameter", member);
            }
        }
    };
    assert_rejected("PUT", "/files/{file}", &NEVER_SET);
    assert_rejected("PUT", "/files/{file}", &NEVER_SET_OF_FILES);
    assert_rejected("POST", "/files/{file}/copy", &NEVER_SET_OF_FILES);
    assert_rejected("POST", "/files/{file}/copy", &["tags", "shared_link", "lock", "disposition_at"]);
    assert_rejected("PUT", "/folders/{folder}", &NEVER_SET);
    assert_rejected("PUT", "/folders/{folder}", &["permissions", "allowed_shared_link_access_levels"]);
    assert_rejected("POST", "/folders", &NEVER_SET);
    assert_rejected("POST", "/folders", &["tags", "shared_link", "can_non_owners_invite"]);
    assert_rejected("POST", "/folders/{folder}/copy", &["tags", "shared_link", "sync_state"]);
    assert_eq!(wire.sim.outline().unwrap(), before);
    // The body of a restore has only a name and a folder.
    let trashed = format!("/files/{}", wire.id("a.txt"));
    wire.sim.delete("/a.txt").unwrap();
    wire.post(&trashed, &json!({ "tags": ["a"] })).expect_parameter_error("invalid_parameter", "tags");
}

#[test]
fn an_unsupported_member_is_rejected_and_an_unknown_one_is_noted() {
    check(&[
        row(r#"PUT /files/{file} {"shared_link":{"access":"open"}}"#, 200, "", SCHEMA),
        row(r#"PUT /files/{file} {"shared_link":{}}"#, 200, "", SCHEMA),
        row(r#"PUT /files/{file} {"shared_link":{"url":"x"}}"#, 400, "bad_request shared_link.url", NOT_SET),
        row(r#"PUT /files/{file}?fields=shared_link {"name":"c","shared_link":{}}"#, 200, "", SCHEMA),
        row(r#"PUT /files/{file} {"lock":{"access":"lock"}}"#, 200, "", SCHEMA),
        row(r#"PUT /files/{file} {"lock":{"access":"lock","id":"1"}}"#, 400, "bad_request lock.id", NOT_SET),
        row(r#"PUT /files/{file} {"disposition_at":"2030-01-01T00:00:00Z"}"#, 200, "", SCHEMA),
        row(
            r#"PUT /files/{file} {"permissions":{"can_download":"open"}}"#,
            501,
            "not_implemented",
            REFERENCE,
        ),
        row(r#"PUT /files/{file} {"collections":[{"id":"1"}]}"#, 501, "not_implemented", REFERENCE),
        row(r#"PUT /files/{file} {"tags":["a"]}"#, 200, "", SCHEMA),
        row(r#"PUT /files/{file} {"parent":{"id":"0","user_id":"1"}}"#, 501, "not_implemented", REFERENCE),
        row(r#"PUT /files/{file} {"shared_link":null}"#, 200, "", NULL),
        row(r#"PUT /files/{file} {"lock":null}"#, 200, "", NULL),
        row(r#"PUT /files/{file} {"collections":null}"#, 200, "", NULL),
        row(r#"PUT /files/{file} {"collections":[]}"#, 200, "", NULL),
        row(r#"PUT /files/{file} {"tags":[]}"#, 200, "", "assumed: removes all tags"),
        row(r#"PUT /files/{file} {"nonsense":{"a":1},"also":null}"#, 200, "nonsense also", UNKNOWN),
        row(r#"PUT /files/{file} {"parent":{"id":"{folder}","etag":"1"}}"#, 200, "parent.etag", UNKNOWN),
        row(r#"PUT /files/{file} {"content_modified_at":"2011-12-13T14:15:16Z"}"#, 200, "", RCLONE),
        row(r#"PUT /folders/{folder} {"shared_link":{"access":"company"}}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"lock":{"access":"lock"}}"#, 400, "bad_request lock", NOT_SET),
        row(r#"PUT /folders/{folder} {"sync_state":"synced"}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"can_non_owners_invite":true}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"can_non_owners_view_collaborators":false}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"is_collaboration_restricted_to_enterprise":true}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"folder_upload_email":{"access":"open"}}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"collections":[{"id":"1"}]}"#, 501, "not_implemented", REFERENCE),
        row(r#"PUT /folders/{folder} {"tags":["a"]}"#, 200, "", SCHEMA),
        row(r#"PUT /folders/{folder} {"shared_link":null,"folder_upload_email":null}"#, 200, "", NULL),
        row(
            r#"PUT /folders/{folder} {"content_modified_at":"2011-12-13T14:15:16Z"}"#,
            400,
            "bad_request content_modified_at",
            NOT_SET,
        ),
        row(r#"POST /folders {"name":"n","parent":{"id":"0"},"sync_state":"synced"}"#, 201, "", SCHEMA),
        row(
            r#"POST /folders {"name":"n","parent":{"id":"0"},"folder_upload_email":{"access":"open"}}"#,
            201,
            "",
            SCHEMA,
        ),
        row(
            r#"POST /folders {"name":"n","parent":{"id":"0"},"description":"d"}"#,
            400,
            "bad_request description",
            NOT_SET,
        ),
        row(
            r#"POST /files/{file}/copy {"parent":{"id":"{folder}"},"description":"d"}"#,
            400,
            "bad_request description",
            NOT_SET,
        ),
        row(r#"POST /files/{file}/copy {"parent":{"id":"{folder}"},"version":"{version}"}"#, 201, "", SCHEMA),
        row(
            r#"POST /folders/{folder}/copy {"name":"n","parent":{"id":"0"},"version":"1"}"#,
            201,
            "version",
            UNKNOWN,
        ),
        row(
            r#"POST /files/{file}/versions/current {"type":"file_version","id":"{version}"}"#,
            201,
            "",
            SCHEMA,
        ),
        row(r#"POST /files/{file}/versions/current {"id":"{version}","x":1}"#, 201, "x", UNKNOWN),
        row(
            r#"POST /files/content {"name":"n","parent":{"id":"0"},"description":"d","size":1}"#,
            201,
            "size",
            BOXSDK_3,
        ),
        row(r#"POST /files/{file}/content {"name":"n","parent":{"id":"0"}}"#, 200, "parent", UNKNOWN),
        row(
            r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"size":"10"}"#,
            200,
            "",
            "box-ui-elements issue 200",
        ),
        row(r#"OPTIONS /files/content {"name":"n","parent":{"id":"0"},"sha1":"x"}"#, 200, "sha1", UNKNOWN),
        row(
            r#"OPTIONS /files/{file}/content {"size":1,"name":"n","parent":{"id":"0"}}"#,
            200,
            "parent",
            UNKNOWN,
        ),
        row(
            r#"POST /files/upload_sessions {"folder_id":"0","file_size":20000000,"file_name":"n","x":1}"#,
            201,
            "x",
            UNKNOWN,
        ),
        row(r#"POST /files/{file}/upload_sessions {"file_size":20000000,"file_name":"n"}"#, 201, "", SCHEMA),
        row(
            r#"PUT /files/{file}/versions/{version} {"trashed_at":null}"#,
            501,
            "not_implemented",
            "reference of versions; drivesim lacks it",
        ),
    ]);
}

#[test]
fn the_error_names_an_unsupported_member() {
    let wire = serve_fixture();
    let error =
        send(&wire, r#"PUT /files/{file} {"parent":{"id":"0","user_id":"1"}}"#).expect_status(501).json();
    let message =
        "drivesim does not implement the member 'parent.user_id' of Box; `drivesim routes` lists its routes.";
    assert_eq!(error["message"], message);
}

#[test]
fn an_upload_of_a_file_or_a_version_sets_the_description() {
    let wire = serve_fixture();
    let uploaded =
        send(&wire, r#"POST /files/content {"name":"n","parent":{"id":"0"},"description":"d"}"#).json();
    assert_eq!(
        json!([uploaded["entries"][0]["description"], uploaded["entries"][0]["etag"]]),
        json!(["d", "0"])
    );
    let url = format!("/files/{}/content", uploaded["entries"][0]["id"].as_str().unwrap());
    let upload_version = |attributes: &str| {
        let file = wire.upload_text(&url, attributes, "x").expect_status(200).json()["entries"][0].clone();
        json!([file["description"], file["etag"]])
    };
    assert_eq!(upload_version("{}"), json!(["d", "1"]));
    assert_eq!(upload_version(r#"{"description":"e"}"#), json!(["e", "2"]));
    assert_eq!(upload_version(r#"{"description":null}"#), json!(["e", "3"]));
    assert_eq!(upload_version(r#"{"description":""}"#), json!(["", "4"]));
    let long = json!({ "description": "d".repeat(256) }).to_string();
    wire.upload_text(&url, &long, "x").expect_parameter_error("invalid_parameter", "description");
    let long = json!({ "name": "m", "parent": { "id": "0" }, "description": "d".repeat(256) }).to_string();
    wire.upload_text("/files/content", &long, "x").expect_parameter_error("invalid_parameter", "description");
}

#[test]
fn the_journal_lists_ignored_parameters_of_failed_requests_too() {
    let wire = serve_fixture();
    send(&wire, r#"POST /folders {"name":"a.txt","parent":{"id":"0"},"x":1}"#).expect_status(409);
    assert_eq!(ignored(&wire), ["x"]);
    wire.get("/folders/0?nonsense=1&nonsense=2&fields=name,colour").expect_status(200);
    assert_eq!(ignored(&wire), ["?nonsense", "?fields=colour"]);
    wire.get("/folders/0").expect_status(200);
    assert_eq!(ignored(&wire), [] as [&str; 0]);
}
