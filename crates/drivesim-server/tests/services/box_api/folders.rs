//! Tests of creating, renaming, moving and deleting folders at Box.

use drivesim::access::LockScope;
use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

fn create(wire: &TestServer, parent: &str, name: &str) -> Response {
    wire.post("/folders", &json!({ "name": name, "parent": { "id": parent } }))
}

fn conflicts(error: &Value) -> &Value {
    &error["context_info"]["conflicts"]
}

#[test]
fn a_new_folder_is_returned_with_its_standard_members() {
    let wire = TestServer::new("");
    let created = create(&wire, "0", "New").expect_status(201).json();
    assert_eq!(
        (&created["type"], &created["name"], &created["etag"]),
        (&json!("folder"), &json!("New"), &json!("0"))
    );
    assert_eq!(created["item_collection"]["total_count"], 0);
    assert_eq!(created["parent"]["id"], "0");
    assert_eq!(created.get("permissions"), None);
    wire.assert_outline("New/\n");
    let below = create(&wire, created["id"].as_str().unwrap(), "Below").expect_status(201).json();
    assert_eq!(below["path_collection"]["total_count"], 2);
    wire.assert_outline("New/\n  Below/\n");
}

#[test]
fn a_new_folder_is_returned_with_the_requested_fields() {
    let wire = TestServer::new("");
    let body = json!({ "name": "New", "parent": { "id": "0" } });
    let created = wire.post("/folders?fields=name", &body).expect_status(201).json();
    let keys: Vec<&String> = created.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 4, "{created}");
}

#[test]
fn a_name_conflict_of_a_new_folder_is_a_list() {
    let wire = TestServer::new("Docs/\nnote = \"x\"\n");
    let error = create(&wire, "0", "docs").expect_error(409, "item_name_in_use");
    assert_eq!(conflicts(&error).as_array().unwrap().len(), 1);
    assert_eq!(conflicts(&error)[0]["id"], wire.id("/Docs"));
    let error = create(&wire, "0", "NOTE").expect_error(409, "item_name_in_use");
    assert_eq!(conflicts(&error)[0]["type"], "file");
    assert_eq!(conflicts(&error)[0].get("parent"), None);
    wire.assert_outline("Docs/\nnote = \"x\"\n");
}

#[test]
fn the_shape_of_conflicts_is_an_option() {
    let wire = TestServer::with_drive_line("drive box profile=box wire.conflicts_shape=object", "Docs/\n");
    let error = create(&wire, "0", "Docs").expect_error(409, "item_name_in_use");
    assert_eq!(conflicts(&error)["name"], "Docs");
}

#[test]
fn a_name_taken_in_the_same_second_can_be_reported_as_reserved() {
    let wire = TestServer::with_drive_line(
        "drive box profile=box wire.duplicate_create=name_temporarily_reserved",
        "",
    );
    create(&wire, "0", "New").expect_status(201);
    create(&wire, "0", "New").expect_error(409, "name_temporarily_reserved");
    wire.sim.advance(std::time::Duration::from_secs(1)).unwrap();
    create(&wire, "0", "New").expect_error(409, "item_name_in_use");
}

#[test]
fn an_invalid_name_is_rejected() {
    let wire = TestServer::new("");
    for name in ["", ".", "..", "a/b", "a\\b", "tab\t", "end "] {
        create(&wire, "0", name).expect_error(400, "item_name_invalid");
    }
    create(&wire, "0", &"n".repeat(256)).expect_error(400, "item_name_too_long");
    wire.assert_outline("");
    create(&wire, "0", &"n".repeat(255)).expect_status(201);
}

#[test]
fn a_new_folder_needs_a_name_and_an_existing_parent() {
    let wire = TestServer::new("a.txt\n");
    wire.post("/folders", &json!({ "parent": { "id": "0" } }))
        .expect_parameter_error("missing_parameter", "name");
    wire.post("/folders", &json!({ "name": "New" })).expect_parameter_error("missing_parameter", "parent");
    wire.post("/folders", &json!({ "name": "New", "parent": {} }))
        .expect_parameter_error("missing_parameter", "parent.id");
    wire.post("/folders", &json!({ "name": 5, "parent": { "id": "0" } }))
        .expect_parameter_error("invalid_parameter", "name");
    wire.post("/folders", &json!([])).expect_parameter_error("invalid_parameter", "entity-body");
    wire.send("POST", "/folders", &[], "{").expect_parameter_error("invalid_parameter", "entity-body");
    for parent in ["999", "300000009999", "x", &wire.id("/a.txt")] {
        create(&wire, parent, "New").expect_error(404, "not_found");
    }
    wire.assert_outline("a.txt\n");
}

#[test]
fn a_folder_is_renamed_moved_and_described_in_one_step() {
    let wire = TestServer::new("Docs/\n  a.txt\nOld/\n");
    let docs = wire.id("/Docs");
    let body = json!({ "name": "Papers", "parent": { "id": wire.id("/Old") }, "description": "all of them" });
    let changed = wire.put(&format!("/folders/{docs}"), &body).expect_status(200).json();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(docs), &json!("Papers")));
    assert_eq!((&changed["etag"], &changed["description"]), (&json!("1"), &json!("all of them")));
    assert_eq!(changed["parent"]["name"], "Old");
    wire.assert_outline("Old/\n  Papers/\n    a.txt\n");
}

#[test]
fn if_match_is_checked_for_changes_of_a_folder_but_not_for_moves() {
    let wire = TestServer::new("Docs/\nOld/\n");
    let (docs, old) = (wire.id("/Docs"), wire.id("/Old"));
    let put = |tag: &str, body: &Value| {
        wire.send_json("PUT", &format!("/folders/{docs}"), &[("if-match", tag)], body)
    };
    put("7", &json!({ "name": "Papers" })).expect_error(412, "precondition_failed");
    put("7", &json!({ "name": "Papers", "parent": { "id": "0" } })).expect_error(412, "precondition_failed");
    wire.assert_outline("Docs/\nOld/\n");
    put("0", &json!({ "name": "Papers" })).expect_status(200);
    put("7", &json!({ "parent": { "id": old } })).expect_status(200);
    wire.assert_outline("Old/\n  Papers/\n");
}

#[test]
fn if_match_accepts_quoted_tags_lists_and_the_asterisk() {
    let wire = TestServer::new("Docs/\n");
    let docs = wire.id("/Docs");
    for (name, tag) in [("A", "\"0\""), ("B", "7, 1"), ("C", "*")] {
        wire.send_json("PUT", &format!("/folders/{docs}"), &[("if-match", tag)], &json!({ "name": name }))
            .expect_status(200);
    }
    wire.assert_outline("C/\n");
}

#[test]
fn a_folder_cannot_move_below_itself_or_to_a_taken_name() {
    let wire = TestServer::new("Docs/\n  In/\nOld/\n  Docs/\n");
    let docs = wire.id("/Docs");
    let move_to =
        |parent: &str| wire.put(&format!("/folders/{docs}"), &json!({ "parent": { "id": wire.id(parent) } }));
    move_to("/Docs/In").expect_error(400, "cyclical_folder_structure");
    let error = move_to("/Old").expect_error(409, "item_name_in_use");
    assert_eq!(conflicts(&error)["id"], wire.id("/Old/Docs"));
    wire.put(&format!("/folders/{docs}"), &json!({ "parent": { "id": "999" } }))
        .expect_error(404, "not_found");
    wire.assert_outline("Docs/\n  In/\nOld/\n  Docs/\n");
}

#[test]
fn the_root_can_be_neither_changed_nor_deleted() {
    let wire = TestServer::new("Docs/\n");
    wire.put("/folders/0", &json!({ "name": "x" })).expect_parameter_error("invalid_parameter", "folder_id");
    wire.put("/folders/0", &json!({ "description": "x" }))
        .expect_parameter_error("invalid_parameter", "folder_id");
    wire.delete("/folders/0?recursive=true").expect_parameter_error("invalid_parameter", "folder_id");
    wire.assert_outline("Docs/\n");
}

#[test]
fn only_a_recursive_delete_removes_a_folder_with_children() {
    let wire = TestServer::new("Docs/\n  a.txt\nEmpty/\n");
    let (docs, empty) = (wire.id("/Docs"), wire.id("/Empty"));
    for word in ["", "?recursive=false"] {
        let error = wire.delete(&format!("/folders/{docs}{word}")).expect_error(400, "folder_not_empty");
        assert_eq!(error["message"], "Cannot delete – folder not empty");
    }
    wire.delete(&format!("/folders/{docs}?recursive=true")).expect_status(204);
    wire.delete(&format!("/folders/{empty}")).expect_status(204);
    wire.assert_outline("");
    wire.delete(&format!("/folders/{docs}")).expect_error(404, "trashed");
    wire.get(&format!("/folders/{docs}")).expect_status(404);
}

#[test]
fn a_folder_with_another_tag_or_a_lock_cannot_be_deleted() {
    let wire = TestServer::new("Docs/\n");
    let url = format!("/folders/{}", wire.id("/Docs"));
    wire.send("DELETE", &url, &[("if-match", "3")], "").expect_error(412, "precondition_failed");
    let lock = wire.sim.lock("/Docs", LockScope::Tree).unwrap();
    wire.send("DELETE", &url, &[("if-match", "0")], "").expect_error(409, "operation_blocked_temporary");
    wire.put(&url, &json!({ "name": "x" })).expect_error(409, "operation_blocked_temporary");
    wire.assert_outline("Docs/\n");
    wire.sim.unlock(wire.sim.first_drive().unwrap(), lock).unwrap();
    wire.send("DELETE", &url, &[("if-match", "0")], "").expect_status(204);
    wire.assert_outline("");
}

#[test]
fn a_folder_is_returned_with_the_requested_page_of_its_entries() {
    let wire = TestServer::new("f/\n  a = \"333\"\n  b = \"1\"\n  c = \"22\"\n  d/\n");
    let url = format!("/folders/{}", wire.id("f"));
    let page = |query: &str| {
        let listed = wire.get(&format!("{url}{query}")).expect_status(200).json()["item_collection"].clone();
        let names = listed["entries"].as_array().unwrap().iter().map(|entry| entry["name"].clone()).collect();
        assert_eq!(listed["total_count"], 4);
        (listed["offset"].as_u64().unwrap(), listed["limit"].as_u64().unwrap(), Value::Array(names))
    };
    assert_eq!(page(""), (0, 100, json!(["d", "a", "b", "c"])));
    assert_eq!(page("?offset=1&limit=2"), (1, 2, json!(["a", "b"])));
    assert_eq!(page("?sort=size&direction=DESC&limit=2000"), (0, 1000, json!(["d", "a", "c", "b"])));
    assert_eq!(page("?offset=4"), (4, 100, json!([])));
    wire.get(&format!("{url}?limit=abc")).expect_error(400, "invalid_limit");
    wire.get(&format!("{url}?sort=colour")).expect_parameter_error("invalid_parameter", "sort");
}

#[test]
fn a_folder_in_the_trash_fails_with_trashed() {
    let wire = TestServer::new("f/\n  a\n");
    let url = format!("/folders/{}", wire.id("f"));
    wire.delete(&format!("{url}?recursive=true")).expect_status(204);
    for answer in [wire.get(&url), wire.get(&format!("{url}/items")), wire.delete(&url)] {
        answer.expect_error(404, "trashed");
    }
    wire.put(&url, &json!({ "name": "g" })).expect_error(404, "trashed");
}

/// Returns the names of all pages by marker, two at a time. With `deletes`, deletes the last entry of each page before
/// the next request.
fn by_marker(wire: &TestServer, url: &str, query: &str, deletes: bool) -> Vec<String> {
    let (mut names, mut marker) = (Vec::new(), String::new());
    loop {
        let page = wire
            .get(&format!("{url}/items?usemarker=true&limit=2{query}&marker={marker}"))
            .expect_status(200);
        names.extend(page.names());
        let Some(next) = page.json()["next_marker"].as_str().map(str::to_owned) else { return names };
        if deletes {
            let last = page.json()["entries"][1].clone();
            wire.delete(&format!("/{}s/{}", last["type"].as_str().unwrap(), last["id"].as_str().unwrap()));
        }
        marker = next;
    }
}

#[test]
fn pages_by_marker_are_sorted_except_for_the_root() {
    let items = "  a = \"55555\"\n  b = \"1\"\n  c = \"333\"\n  d/\n  e/\n  f = \"22\"\n";
    let outline = format!("x/\n{items}{}", items.replace("  ", ""));
    let sorted: [(&str, &[&str]); 3] = [
        ("", &["d", "e", "a", "b", "c", "f"]),
        ("&sort=size", &["d", "e", "b", "f", "c", "a"]),
        ("&sort=name&direction=DESC", &["e", "d", "f", "c", "b", "a"]),
    ];
    for (query, expected) in sorted {
        for deletes in [false, true] {
            let wire = TestServer::new(&outline);
            let url = format!("/folders/{}", wire.id("x"));
            assert_eq!(by_marker(&wire, &url, query, deletes), expected, "{query} {deletes}");
        }
        let listed = by_marker(&TestServer::new(&outline), "/folders/0", query, false);
        assert_eq!(listed, ["d", "e", "x", "a", "b", "c", "f"], "{query}");
    }
    let wire = TestServer::new(&outline);
    let url = format!("/folders/{}/items?usemarker=true&sort=colour", wire.id("x"));
    wire.get(&url).expect_parameter_error("invalid_parameter", "sort");
}

#[test]
fn a_marker_is_valid_in_its_own_folder_only() {
    let wire = TestServer::new("x/\n  a\n  b\ny/\n  a\n  b\n");
    let url = |name: &str, marker: &Value| {
        let marker = marker.as_str().unwrap_or_default();
        format!("/folders/{}/items?usemarker=true&limit=1&marker={marker}", wire.id(name))
    };
    let marker = wire.get(&url("x", &Value::Null)).expect_status(200).json()["next_marker"].clone();
    assert_eq!(wire.get(&url("x", &marker)).expect_status(200).names(), ["b"]);
    wire.get(&url("y", &marker)).expect_parameter_error("invalid_parameter", "marker");
    for forged in ["abc", "ZiBh", "8J-YgA", "%F0%9F%98%80"] {
        wire.get(&url("x", &json!(forged))).expect_parameter_error("invalid_parameter", "marker");
    }
}

#[test]
fn if_none_match_never_matches_the_root() {
    let wire = TestServer::new("f/\n");
    wire.get_with("/folders/0", ("if-none-match", "0")).expect_status(200);
    let url = format!("/folders/{}", wire.id("f"));
    for (header, status) in [("0", 304), ("\"0\"", 304), ("7, 0", 304), ("*", 304), ("1", 200)] {
        wire.get_with(&url, ("if-none-match", header)).expect_status(status);
    }
}
