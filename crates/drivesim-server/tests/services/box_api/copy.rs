//! Tests of copies at Box that are complete when the response is sent.

use drivesim::access::{Access, LockScope};
use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

const TREE: &str = "Docs/\n  a.txt = \"hello\"\n  Sub/\n    b.txt = \"x\"\nTo/\n";

/// Copies the item at a path.
#[track_caller]
fn copy(wire: &TestServer, path: &str, body: &Value) -> Response {
    let id = wire.id(path);
    let kind = if wire.sim.item(path).unwrap().is_folder() { "folders" } else { "files" };
    wire.post(&format!("/{kind}/{id}/copy"), body)
}

fn into(wire: &TestServer, folder: &str) -> Value {
    json!({ "parent": { "id": wire.id(folder) } })
}

fn named(wire: &TestServer, folder: &str, name: &str) -> Value {
    json!({ "parent": { "id": wire.id(folder) }, "name": name })
}

#[test]
fn the_request_of_the_page_copies_a_file_and_returns_its_standard_members() {
    let wire = TestServer::new(TREE);
    let copied = copy(&wire, "/Docs/a.txt", &into(&wire, "/To")).expect_status(201).json();
    let members: Vec<&String> = copied.as_object().unwrap().keys().collect();
    let standard = [
        "type",
        "id",
        "file_version",
        "sequence_id",
        "etag",
        "sha1",
        "name",
        "description",
        "size",
        "path_collection",
        "created_at",
        "modified_at",
        "trashed_at",
        "purged_at",
        "content_created_at",
        "content_modified_at",
        "created_by",
        "modified_by",
        "owned_by",
        "shared_link",
        "parent",
        "item_status",
    ];
    assert_eq!(members, standard);
    assert_eq!(copied["sha1"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    assert_eq!(
        (&copied["name"], &copied["size"], &copied["etag"]),
        (&json!("a.txt"), &json!(5), &json!("0"))
    );
    assert_eq!(copied["parent"]["id"], wire.id("/To"));
    assert_eq!(copied["path_collection"]["total_count"], 2);
    assert_eq!(copied["created_at"], "2023-12-31T16:00:00-08:00");
    assert_ne!(copied["id"], wire.id("/Docs/a.txt"));
    wire.sim.assert_outline_of("/To", "a.txt = \"hello\"\n");
}

#[test]
fn a_copied_file_has_a_new_version_and_keeps_the_times_of_its_content() {
    let wire = TestServer::new("a.txt = \"one\"\nTo/\n");
    let source = wire.get(&format!("/files/{}", wire.id("/a.txt"))).expect_status(200).json();
    wire.sim.advance(std::time::Duration::from_secs(3600)).unwrap();
    let copied = copy(&wire, "/a.txt", &into(&wire, "/To")).expect_status(201).json();
    assert_ne!(copied["file_version"]["id"], source["file_version"]["id"]);
    assert_eq!(copied["content_modified_at"], source["content_modified_at"]);
    assert_eq!(copied["modified_at"], "2023-12-31T17:00:00-08:00");
}

#[test]
fn requested_fields_come_with_type_id_and_etag() {
    let wire = TestServer::new(TREE);
    let id = wire.id("/Docs/a.txt");
    let body = named(&wire, "/To", "b.txt");
    let copied =
        wire.post(&format!("/files/{id}/copy?fields=name,parent,extension"), &body).expect_status(201).json();
    let members: Vec<&String> = copied.as_object().unwrap().keys().collect();
    assert_eq!(members, ["type", "id", "etag", "name", "parent", "extension"]);
    assert_eq!((&copied["name"], &copied["extension"]), (&json!("b.txt"), &json!("txt")));
}

#[test]
fn a_bad_name_is_sanitised_for_a_file_and_rejected_for_a_folder() {
    let wire = TestServer::new(TREE);
    let copied =
        copy(&wire, "/Docs/a.txt", &named(&wire, "/To", "x/y\\z\u{7}.txt ")).expect_status(201).json();
    assert_eq!(copied["name"], "xyz.txt");
    copy(&wire, "/Docs/a.txt", &named(&wire, "/To", "/")).expect_error(400, "item_name_invalid");
    copy(&wire, "/Docs/a.txt", &named(&wire, "/To", &"x".repeat(256)))
        .expect_error(400, "item_name_too_long");
    for name in ["x/y", "x ", "."] {
        copy(&wire, "/Docs/Sub", &named(&wire, "/To", name)).expect_error(400, "item_name_invalid");
    }
    copy(&wire, "/Docs/Sub", &named(&wire, "/To", "")).expect_error(400, "item_name_invalid");
    copy(&wire, "/Docs/Sub", &named(&wire, "/To", &"x".repeat(256))).expect_error(400, "item_name_too_long");
}

#[test]
fn a_name_conflict_reports_the_item_of_any_case_and_kind() {
    let wire = TestServer::new("a.txt = \"1\"\nb/\nTo/\n  A.TXT\n  B = \"file\"\n");
    let error = copy(&wire, "/a.txt", &into(&wire, "/To")).expect_error(409, "item_name_in_use");
    let conflict = &error["context_info"]["conflicts"];
    assert_eq!((&conflict["type"], &conflict["id"]), (&json!("file"), &json!(wire.id("/To/A.TXT"))));
    let error = copy(&wire, "/b", &into(&wire, "/To")).expect_error(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["id"], wire.id("/To/B"));
    copy(&wire, "/a.txt", &into(&wire, "/")).expect_error(409, "item_name_in_use");
    let wire = TestServer::with_drive_line("drive box profile=box wire.conflicts_shape=array", "a.txt\n");
    let error = copy(&wire, "/a.txt", &into(&wire, "/")).expect_error(409, "item_name_in_use");
    assert!(error["context_info"]["conflicts"].is_array(), "{error}");
}

#[test]
fn errors_name_missing_and_invalid_parameters() {
    let wire = TestServer::new(TREE);
    copy(&wire, "/Docs/a.txt", &json!({})).expect_parameter_error("missing_parameter", "parent");
    copy(&wire, "/Docs/a.txt", &json!({ "parent": {} }))
        .expect_parameter_error("missing_parameter", "parent.id");
    copy(&wire, "/Docs/a.txt", &json!({ "parent": "x" }))
        .expect_parameter_error("invalid_parameter", "parent");
    copy(&wire, "/Docs/a.txt", &json!({ "parent": { "id": "0" }, "name": 5 }))
        .expect_parameter_error("invalid_parameter", "name");
    for id in ["300000009999", "1", "x"] {
        copy(&wire, "/Docs/a.txt", &json!({ "parent": { "id": id } })).expect_error(404, "not_found");
    }
    wire.post("/files/1500000009999/copy", &into(&wire, "/To")).expect_error(404, "not_found");
    wire.post("/files/abc/copy", &into(&wire, "/To")).expect_error(405, "method_not_allowed");
    let error = wire.post("/files/1234/copy", &into(&wire, "/To")).expect_error(404, "not_found");
    assert_eq!(
        error["context_info"]["errors"][0]["message"],
        "Invalid value 'f_1234'. 'item' with value 'f_1234' not found"
    );
    let file = json!({ "parent": { "id": wire.id("/Docs/a.txt") } });
    copy(&wire, "/Docs", &file).expect_error(404, "not_found");
    wire.assert_outline(TREE);
}

#[test]
fn the_status_for_a_file_as_target_is_an_option() {
    for (status, code) in [
        (400, "bad_request"),
        (403, "access_denied_insufficient_permissions"),
        (404, "not_found"),
        (409, "conflict"),
        (500, "internal_server_error"),
    ] {
        let wire = TestServer::with_drive_line(
            &format!("drive box profile=box wire.file_as_target_status={status}"),
            TREE,
        );
        let file = json!({ "parent": { "id": wire.id("/Docs/a.txt") } });
        let error = copy(&wire, "/Docs", &file).expect_error(status, code);
        let is_not_found = error["message"] == "Not Found";
        assert_eq!(is_not_found, status == 404, "{error}");
    }
}

#[test]
fn null_for_a_required_member_counts_as_missing() {
    let wire = TestServer::new(TREE);
    for (body, name) in
        [(json!({ "parent": null }), "parent"), (json!({ "parent": { "id": null } }), "parent.id")]
    {
        copy(&wire, "/Docs/a.txt", &body).expect_parameter_error("missing_parameter", name);
        copy(&wire, "/Docs", &body).expect_parameter_error("missing_parameter", name);
    }
    // The name and the type of the parent are optional.
    let mut named = into(&wire, "/To");
    named["name"] = json!(null);
    let error = copy(&wire, "/Docs", &named).expect_error(400, "bad_request").to_string();
    assert!(error.contains("must be a value of its type, or omitted"), "{error}");
    wire.assert_outline(TREE);
}

#[test]
fn the_statuses_for_the_root_and_for_a_cyclic_copy_are_options() {
    for (options, root, cycle) in [
        ("", (500, "internal_server_error"), (400, "cyclical_folder_structure")),
        (
            " wire.copy_root_status=403 wire.cyclic_copy_status=409",
            (403, "access_denied_insufficient_permissions"),
            (409, "conflict"),
        ),
        (
            " wire.copy_root_status=400 wire.cyclic_copy_status=500",
            (400, "bad_request"),
            (500, "internal_server_error"),
        ),
    ] {
        let wire = TestServer::with_drive_line(&format!("drive box profile=box{options}"), TREE);
        wire.post("/folders/0/copy", &into(&wire, "/To")).expect_error(root.0, root.1);
        copy(&wire, "/Docs", &into(&wire, "/Docs")).expect_error(cycle.0, cycle.1);
        copy(&wire, "/Docs", &into(&wire, "/Docs/Sub")).expect_error(cycle.0, cycle.1);
        wire.assert_outline(TREE);
    }
}

#[test]
fn a_source_that_matches_if_none_match_is_not_copied() {
    let wire = TestServer::new(TREE);
    let url = format!("/files/{}/copy", wire.id("/Docs/a.txt"));
    let body = into(&wire, "/To");
    assert!(
        wire.send_json("POST", &url, &[("if-none-match", "0")], &body).expect_status(304).body.is_empty()
    );
    wire.assert_outline(TREE);
    wire.send_json("POST", &url, &[("if-none-match", "7")], &body).expect_status(201);
    let wire = TestServer::with_drive_line("drive box profile=box wire.if_none_match_on_copy=false", TREE);
    let url = format!("/files/{}/copy", wire.id("/Docs/a.txt"));
    wire.send_json("POST", &url, &[("if-none-match", "0")], &into(&wire, "/To")).expect_status(201);
}

#[test]
fn policy_and_access_levels_forbid_copies() {
    let wire = TestServer::with_drive_line("drive box profile=box wire.forbidden_by_policy=true", TREE);
    copy(&wire, "/Docs/a.txt", &into(&wire, "/To")).expect_error(403, "forbidden_by_policy");
    let wire = TestServer::new(TREE);
    wire.sim.set_access("/To", Some(Access::Read)).unwrap();
    copy(&wire, "/Docs/a.txt", &into(&wire, "/To"))
        .expect_error(403, "access_denied_insufficient_permissions");
    let (file, to) = (wire.id("/Docs/a.txt"), wire.id("/To"));
    wire.sim.set_access("/Docs", Some(Access::None)).unwrap();
    let body = json!({ "parent": { "id": to } });
    wire.post(&format!("/files/{file}/copy"), &body).expect_error(404, "not_found");
}

#[test]
fn an_earlier_version_can_be_copied() {
    let wire = TestServer::new("a.txt = \"one\"\nTo/\n");
    let old = wire.get(&format!("/files/{}", wire.id("/a.txt"))).expect_status(200).json();
    wire.sim.write("/a.txt", b"two".to_vec()).unwrap();
    let mut body = into(&wire, "/To");
    body["version"] = old["file_version"]["id"].clone();
    let copied = copy(&wire, "/a.txt", &body).expect_status(201).json();
    assert_eq!(copied["sha1"], old["sha1"]);
    wire.sim.assert_outline_of("/To", "a.txt = \"one\"\n");
    // An id is a string.
    body["version"] = json!(old["file_version"]["id"].as_str().unwrap().parse::<u64>().unwrap());
    body["name"] = json!("by number.txt");
    copy(&wire, "/a.txt", &body).expect_parameter_error("invalid_parameter", "version");
    body["version"] = json!("1700000999999");
    body["name"] = json!("other");
    copy(&wire, "/a.txt", &body).expect_error(404, "not_found");
    body["version"] = json!([1]);
    copy(&wire, "/a.txt", &body).expect_parameter_error("invalid_parameter", "version");
}

#[test]
fn the_statuses_for_an_unknown_version_and_an_exceeded_quota_are_options() {
    let line = "drive box profile=box wire.foreign_version_status=400 wire.copy_without_room_status=507";
    for (line, (version_status, code), quota) in
        [("drive box profile=box", (404, "not_found"), 403), (line, (400, "bad_request"), 507)]
    {
        let wire = TestServer::with_drive_line(line, "a.txt = \"12345\"\nTo/\n");
        wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(9)).unwrap();
        copy(&wire, "/a.txt", &into(&wire, "/To")).expect_error(quota, "storage_limit_exceeded");
        let mut body = into(&wire, "/To");
        body["version"] = json!("1700000999999");
        copy(&wire, "/a.txt", &body).expect_error(version_status, code);
        wire.assert_outline("a.txt = \"12345\"\nTo/\n");
    }
}

#[test]
fn a_folder_is_copied_with_its_subtree_and_returned_with_its_entries() {
    let wire = TestServer::new(TREE);
    let copied = copy(&wire, "/Docs", &into(&wire, "/To")).expect_status(201).json();
    assert_eq!(copied["item_collection"]["total_count"], 2);
    assert_eq!((&copied["size"], &copied["etag"]), (&json!(6), &json!("0")));
    wire.sim.assert_outline_of("/To", "Docs/\n  Sub/\n    b.txt = \"x\"\n  a.txt = \"hello\"\n");
}

#[test]
fn the_etag_of_items_in_a_copied_folder_is_an_option() {
    let etags = |option: &str| {
        let wire = TestServer::with_drive_line(
            &format!("drive box profile=box{option}"),
            "a/\n  b/\n    c.txt\n  d.txt",
        );
        wire.put(&format!("/folders/{}", wire.id("a/b")), &json!({ "description": "x" })).expect_status(200);
        let copy = json!({ "parent": { "id": "0" }, "name": "copy" });
        let copied = wire.post(&format!("/folders/{}/copy", wire.id("a")), &copy).expect_status(201).json();
        let etag = |kind: &str, path: &str| {
            wire.get(&format!("/{kind}/{}", wire.id(path))).expect_status(200).json()["etag"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let below = [etag("folders", "copy/b"), etag("files", "copy/b/c.txt"), etag("files", "copy/d.txt")];
        (copied["etag"].as_str().unwrap().to_owned(), below)
    };
    let all = |etag: &str| ("0".to_owned(), [etag, etag, etag].map(str::to_owned));
    assert_eq!(etags(""), all("0"));
    assert_eq!(etags(" copied_child_etag=1"), all("1"));
}

#[test]
fn of_two_errors_of_a_copy_the_first_in_the_order_of_checks_is_returned() {
    let wire = TestServer::with_drive_line(
        "drive box profile=box wire.forbidden_by_policy=true",
        "Docs/\n  a.txt\nTo/\n  Docs/\nClosed/\n",
    );
    wire.sim.set_access("/Closed", Some(Access::Read)).unwrap();
    let (folder, file) = (wire.id("Docs"), wire.id("Docs/a.txt"));
    let post = |url: &str, body: Value| wire.post(&format!("{url}/copy"), &body);
    let (folders, files) = (format!("/folders/{folder}"), format!("/files/{file}"));
    let into = |id: &str| json!({ "parent": { "id": id } });
    // No parent, no source; no source, no target; no target, a bad name.
    post("/folders/301234567890", json!({})).expect_parameter_error("missing_parameter", "parent");
    let error = post("/folders/301234567890", into("301234567891")).expect_error(404, "not_found");
    assert!(error.to_string().contains("d_301234567890"), "{error}");
    post(&folders, json!({ "parent": { "id": "301234567891" }, "name": "" })).expect_error(404, "not_found");
    // A read-only target, and a policy; a policy, and an unknown version; a policy, and a bad name.
    post(&folders, into(&wire.id("Closed"))).expect_error(403, "access_denied_insufficient_permissions");
    post(&files, json!({ "parent": { "id": wire.id("To") }, "version": "7" }))
        .expect_error(403, "forbidden_by_policy");
    post(&folders, json!({ "parent": { "id": wire.id("To") }, "name": "a/b" }))
        .expect_error(403, "forbidden_by_policy");
    // A bad name, and the root.
    let root = json!({ "parent": { "id": "0" }, "name": "a/b" });
    TestServer::new("To/\n").post("/folders/0/copy", &root).expect_error(400, "item_name_invalid");
    // A bad name, and a folder into itself; the folder into itself, and a lock; the lock, and a taken name.
    let wire = TestServer::new("Docs/\n  a.txt\nTo/\n  Docs/\n");
    let url = format!("/folders/{}/copy", wire.id("Docs"));
    let into_itself = |name: &str| json!({ "parent": { "id": wire.id("Docs") }, "name": name });
    wire.sim.lock("/Docs", LockScope::Tree).unwrap();
    wire.sim.lock("/To", LockScope::Item).unwrap();
    wire.post(&url, &into_itself("a.txt")).expect_error(400, "cyclical_folder_structure");
    wire.post(&url, &json!({ "parent": { "id": wire.id("To") } }))
        .expect_error(409, "operation_blocked_temporary");
}
