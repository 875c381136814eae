//! The only place for tests of folders of Box: made, renamed, moved, deleted.

use drivesim::LockScope;
use serde_json::{Value, json};

use crate::support::{Answer, Wire};

fn make(wire: &Wire, parent: &str, name: &str) -> Answer {
    wire.post("/folders", &json!({ "name": name, "parent": { "id": parent } }))
}

fn conflicts(error: &Value) -> &Value {
    &error["context_info"]["conflicts"]
}

#[test]
fn a_folder_that_is_made_comes_back_with_its_standard_members() {
    let wire = Wire::new("");
    let made = make(&wire, "0", "New").expect(201).json();
    assert_eq!((&made["type"], &made["name"], &made["etag"]), (&json!("folder"), &json!("New"), &json!("0")));
    assert_eq!(made["item_collection"]["total_count"], 0);
    assert_eq!(made["parent"]["id"], "0");
    assert_eq!(made.get("permissions"), None);
    wire.holds("New/\n");
    let below = make(&wire, made["id"].as_str().unwrap(), "Below").expect(201).json();
    assert_eq!(below["path_collection"]["total_count"], 2);
    wire.holds("New/\n  Below/\n");
}

#[test]
fn a_folder_that_is_made_has_the_fields_that_are_asked_for() {
    let wire = Wire::new("");
    let body = json!({ "name": "New", "parent": { "id": "0" } });
    let made = wire.post("/folders?fields=name", &body).expect(201).json();
    let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 4, "{made}");
}

#[test]
fn a_taken_name_of_a_new_folder_is_told_as_a_list_whatever_has_it() {
    let wire = Wire::new("Docs/\nnote = \"x\"\n");
    let error = make(&wire, "0", "docs").refused(409, "item_name_in_use");
    assert_eq!(conflicts(&error).as_array().unwrap().len(), 1);
    assert_eq!(conflicts(&error)[0]["id"], wire.id("/Docs"));
    let error = make(&wire, "0", "NOTE").refused(409, "item_name_in_use");
    assert_eq!(conflicts(&error)[0]["type"], "file");
    assert_eq!(conflicts(&error)[0].get("parent"), None);
    wire.holds("Docs/\nnote = \"x\"\n");
}

#[test]
fn a_drive_may_tell_conflicts_in_one_shape_for_all() {
    let wire = Wire::seeded("drive box profile=box conflicts_shape=object", "Docs/\n");
    let error = make(&wire, "0", "Docs").refused(409, "item_name_in_use");
    assert_eq!(conflicts(&error)["name"], "Docs");
}

#[test]
fn a_name_that_was_taken_this_second_may_be_told_to_be_reserved() {
    let wire = Wire::seeded("drive box profile=box duplicate_create=name_temporarily_reserved", "");
    make(&wire, "0", "New").expect(201);
    make(&wire, "0", "New").refused(409, "name_temporarily_reserved");
    wire.sim.advance(std::time::Duration::from_secs(1)).unwrap();
    make(&wire, "0", "New").refused(409, "item_name_in_use");
}

#[test]
fn a_name_that_box_does_not_take_is_refused() {
    let wire = Wire::new("");
    for name in ["", ".", "..", "a/b", "a\\b", "tab\t", "end "] {
        make(&wire, "0", name).refused(400, "item_name_invalid");
    }
    make(&wire, "0", &"n".repeat(256)).refused(400, "item_name_too_long");
    wire.holds("");
    make(&wire, "0", &"n".repeat(255)).expect(201);
}

#[test]
fn a_folder_needs_a_name_and_a_parent_that_is_there() {
    let wire = Wire::new("a.txt\n");
    wire.post("/folders", &json!({ "parent": { "id": "0" } })).refused_for("missing_parameter", "name");
    wire.post("/folders", &json!({ "name": "New" })).refused_for("missing_parameter", "parent");
    wire.post("/folders", &json!({ "name": "New", "parent": {} }))
        .refused_for("missing_parameter", "parent.id");
    wire.post("/folders", &json!({ "name": 5, "parent": { "id": "0" } }))
        .refused_for("invalid_parameter", "name");
    wire.post("/folders", &json!([])).refused_for("invalid_parameter", "entity-body");
    wire.send("POST", "/folders", &[], "{").refused_for("invalid_parameter", "entity-body");
    for parent in ["999", "300000009999", "x", &wire.id("/a.txt")] {
        make(&wire, parent, "New").refused(404, "not_found");
    }
    wire.holds("a.txt\n");
}

#[test]
fn a_folder_is_renamed_moved_and_described_in_one_step() {
    let wire = Wire::new("Docs/\n  a.txt\nOld/\n");
    let docs = wire.id("/Docs");
    let body = json!({ "name": "Papers", "parent": { "id": wire.id("/Old") }, "description": "all of them" });
    let changed = wire.put(&format!("/folders/{docs}"), &body).expect(200).json();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(docs), &json!("Papers")));
    assert_eq!((&changed["etag"], &changed["description"]), (&json!("1"), &json!("all of them")));
    assert_eq!(changed["parent"]["name"], "Old");
    wire.holds("Old/\n  Papers/\n    a.txt\n");
}

#[test]
fn a_change_of_a_folder_needs_its_tag_but_a_move_does_not() {
    let wire = Wire::new("Docs/\nOld/\n");
    let (docs, old) = (wire.id("/Docs"), wire.id("/Old"));
    let put =
        |tag: &str, body: &Value| wire.json("PUT", &format!("/folders/{docs}"), &[("if-match", tag)], body);
    put("7", &json!({ "name": "Papers" })).refused(412, "precondition_failed");
    put("7", &json!({ "name": "Papers", "parent": { "id": "0" } })).refused(412, "precondition_failed");
    wire.holds("Docs/\nOld/\n");
    put("0", &json!({ "name": "Papers" })).expect(200);
    put("7", &json!({ "parent": { "id": old } })).expect(200);
    wire.holds("Old/\n  Papers/\n");
}

#[test]
fn the_tag_of_a_folder_may_be_quoted_one_of_several_or_any() {
    let wire = Wire::new("Docs/\n");
    let docs = wire.id("/Docs");
    for (name, tag) in [("A", "\"0\""), ("B", "7, 1"), ("C", "*")] {
        wire.json("PUT", &format!("/folders/{docs}"), &[("if-match", tag)], &json!({ "name": name }))
            .expect(200);
    }
    wire.holds("C/\n");
}

#[test]
fn a_folder_is_not_moved_below_itself_or_to_a_taken_name() {
    let wire = Wire::new("Docs/\n  In/\nOld/\n  Docs/\n");
    let docs = wire.id("/Docs");
    let move_to =
        |parent: &str| wire.put(&format!("/folders/{docs}"), &json!({ "parent": { "id": wire.id(parent) } }));
    move_to("/Docs/In").refused(400, "cyclical_folder_structure");
    let error = move_to("/Old").refused(409, "item_name_in_use");
    assert_eq!(conflicts(&error)["id"], wire.id("/Old/Docs"));
    wire.put(&format!("/folders/{docs}"), &json!({ "parent": { "id": "999" } })).refused(404, "not_found");
    wire.holds("Docs/\n  In/\nOld/\n  Docs/\n");
}

#[test]
fn the_root_is_neither_changed_nor_deleted() {
    let wire = Wire::new("Docs/\n");
    wire.put("/folders/0", &json!({ "name": "x" })).refused_for("invalid_parameter", "folder_id");
    wire.put("/folders/0", &json!({ "description": "x" })).refused_for("invalid_parameter", "folder_id");
    wire.delete("/folders/0?recursive=true").refused_for("invalid_parameter", "folder_id");
    wire.holds("Docs/\n");
}

#[test]
fn a_folder_with_something_in_it_is_only_deleted_with_all() {
    let wire = Wire::new("Docs/\n  a.txt\nEmpty/\n");
    let (docs, empty) = (wire.id("/Docs"), wire.id("/Empty"));
    for word in ["", "?recursive=false"] {
        let error = wire.delete(&format!("/folders/{docs}{word}")).refused(400, "folder_not_empty");
        assert_eq!(error["message"], "Cannot delete – folder not empty");
    }
    wire.delete(&format!("/folders/{docs}?recursive=true")).expect(204);
    wire.delete(&format!("/folders/{empty}")).expect(204);
    wire.holds("");
    wire.delete(&format!("/folders/{docs}")).refused(404, "trashed");
    wire.get(&format!("/folders/{docs}")).expect(404);
}

#[test]
fn a_folder_with_another_tag_or_a_lock_is_not_deleted() {
    let wire = Wire::new("Docs/\n");
    let url = format!("/folders/{}", wire.id("/Docs"));
    wire.send("DELETE", &url, &[("if-match", "3")], "").refused(412, "precondition_failed");
    let lock = wire.sim.lock("/Docs", LockScope::Tree).unwrap();
    wire.send("DELETE", &url, &[("if-match", "0")], "").refused(409, "operation_blocked_temporary");
    wire.put(&url, &json!({ "name": "x" })).refused(409, "operation_blocked_temporary");
    wire.holds("Docs/\n");
    wire.sim.unlock("/", lock).unwrap();
    wire.send("DELETE", &url, &[("if-match", "0")], "").expect(204);
    wire.holds("");
}

#[test]
fn a_folder_is_shown_with_the_part_of_its_entries_that_is_asked_for() {
    let wire = Wire::new("f/\n  a = \"333\"\n  b = \"1\"\n  c = \"22\"\n  d/\n");
    let url = format!("/folders/{}", wire.id("f"));
    let shown = |query: &str| {
        let listed = wire.get(&format!("{url}{query}")).expect(200).json()["item_collection"].clone();
        let names = listed["entries"].as_array().unwrap().iter().map(|entry| entry["name"].clone()).collect();
        assert_eq!(listed["total_count"], 4);
        (listed["offset"].as_u64().unwrap(), listed["limit"].as_u64().unwrap(), Value::Array(names))
    };
    assert_eq!(shown(""), (0, 100, json!(["d", "a", "b", "c"])));
    assert_eq!(shown("?offset=1&limit=2"), (1, 2, json!(["a", "b"])));
    assert_eq!(shown("?sort=size&direction=DESC&limit=2000"), (0, 1000, json!(["d", "a", "c", "b"])));
    assert_eq!(shown("?offset=4"), (4, 100, json!([])));
    wire.get(&format!("{url}?limit=abc")).refused(400, "invalid_limit");
    wire.get(&format!("{url}?sort=colour")).refused_for("invalid_parameter", "sort");
}

#[test]
fn a_folder_in_the_trash_is_not_found_and_told_to_be_there() {
    let wire = Wire::new("f/\n  a\n");
    let url = format!("/folders/{}", wire.id("f"));
    wire.delete(&format!("{url}?recursive=true")).expect(204);
    for answer in [wire.get(&url), wire.get(&format!("{url}/items")), wire.delete(&url)] {
        answer.refused(404, "trashed");
    }
    wire.put(&url, &json!({ "name": "g" })).refused(404, "trashed");
}

/// Returns all names that pages by marker list, two at a time; what the marker leads behind may be deleted first.
fn by_marker(wire: &Wire, url: &str, query: &str, deletes: bool) -> Vec<String> {
    let (mut names, mut marker) = (Vec::new(), String::new());
    loop {
        let page =
            wire.get(&format!("{url}/items?usemarker=true&limit=2{query}&marker={marker}")).expect(200);
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
fn pages_by_marker_come_in_the_order_that_is_wanted_but_for_the_root() {
    let items = "  a = \"55555\"\n  b = \"1\"\n  c = \"333\"\n  d/\n  e/\n  f = \"22\"\n";
    let outline = format!("x/\n{items}{}", items.replace("  ", ""));
    let sorted: [(&str, &[&str]); 3] = [
        ("", &["d", "e", "a", "b", "c", "f"]),
        ("&sort=size", &["d", "e", "b", "f", "c", "a"]),
        ("&sort=name&direction=DESC", &["e", "d", "f", "c", "b", "a"]),
    ];
    for (query, expected) in sorted {
        for deletes in [false, true] {
            let wire = Wire::new(&outline);
            let url = format!("/folders/{}", wire.id("x"));
            assert_eq!(by_marker(&wire, &url, query, deletes), expected, "{query} {deletes}");
        }
        let listed = by_marker(&Wire::new(&outline), "/folders/0", query, false);
        assert_eq!(listed, ["d", "e", "x", "a", "b", "c", "f"], "{query}");
    }
    let wire = Wire::new(&outline);
    let url = format!("/folders/{}/items?usemarker=true&sort=colour", wire.id("x"));
    wire.get(&url).refused_for("invalid_parameter", "sort");
}

#[test]
fn a_marker_leads_on_in_its_own_folder_only() {
    let wire = Wire::new("x/\n  a\n  b\ny/\n  a\n  b\n");
    let url = |name: &str, marker: &Value| {
        let marker = marker.as_str().unwrap_or_default();
        format!("/folders/{}/items?usemarker=true&limit=1&marker={marker}", wire.id(name))
    };
    let marker = wire.get(&url("x", &Value::Null)).expect(200).json()["next_marker"].clone();
    assert_eq!(wire.get(&url("x", &marker)).expect(200).names(), ["b"]);
    wire.get(&url("y", &marker)).refused_for("invalid_parameter", "marker");
    for forged in ["abc", "ZiBh", "8J-YgA", "%F0%9F%98%80"] {
        wire.get(&url("x", &json!(forged))).refused_for("invalid_parameter", "marker");
    }
}

#[test]
fn the_root_has_no_tag_that_a_client_could_know() {
    let wire = Wire::new("f/\n");
    wire.get_with("/folders/0", ("if-none-match", "0")).expect(200);
    let url = format!("/folders/{}", wire.id("f"));
    for (header, status) in [("0", 304), ("\"0\"", 304), ("7, 0", 304), ("*", 304), ("1", 200)] {
        wire.get_with(&url, ("if-none-match", header)).expect(status);
    }
}
