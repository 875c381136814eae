//! The only place for tests of files of Box that are renamed, moved, described and deleted.

use serde_json::json;

use crate::support::Wire;

#[test]
fn a_file_is_renamed_moved_and_described_in_one_step() {
    let wire = Wire::new("a.txt = \"hello\"\nDocs/\n");
    let file = wire.id("/a.txt");
    let body = json!({ "name": "b.txt", "parent": { "id": wire.id("/Docs") }, "description": "a letter" });
    let changed = wire.put(&format!("/files/{file}"), &body).expect(200).json();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(file), &json!("b.txt")));
    assert_eq!((&changed["etag"], &changed["sequence_id"]), (&json!("1"), &json!("1")));
    assert_eq!(changed["sha1"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    assert_eq!((&changed["description"], &changed["parent"]["name"]), (&json!("a letter"), &json!("Docs")));
    wire.holds("Docs/\n  b.txt = \"hello\"\n");
}

#[test]
fn a_change_of_a_file_needs_its_tag_but_a_move_does_not() {
    let wire = Wire::new("a.txt\nDocs/\n");
    let (url, docs) = (format!("/files/{}", wire.id("/a.txt")), wire.id("/Docs"));
    let put = |tag: &str, body| wire.json("PUT", &url, &[("if-match", tag)], &body);
    put("1", json!({ "name": "b.txt" })).refused(412, "precondition_failed");
    put("1", json!({ "description": "x" })).refused(412, "precondition_failed");
    wire.holds("a.txt\nDocs/\n");
    put("0", json!({ "name": "b.txt" })).expect(200);
    put("0", json!({ "parent": { "id": docs } })).expect(200);
    wire.holds("Docs/\n  b.txt\n");
}

#[test]
fn a_taken_name_of_a_file_is_told_as_one_item() {
    let wire = Wire::new("a.txt\nb.txt = \"x\"\nDocs/\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    let error = wire.put(&url, &json!({ "name": "B.TXT" })).refused(409, "item_name_in_use");
    let holder = &error["context_info"]["conflicts"];
    assert_eq!((&holder["type"], &holder["id"]), (&json!("file"), &json!(wire.id("/b.txt"))));
    assert_eq!((holder["file_version"]["type"].as_str(), holder.get("parent")), (Some("file_version"), None));
    let error = wire.put(&url, &json!({ "name": "docs" })).refused(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["type"], "folder");
    wire.put(&url, &json!({ "name": "A.txt" })).expect(200);
    wire.holds("A.txt\nb.txt = \"x\"\nDocs/\n");
}

#[test]
fn a_change_that_box_does_not_take_changes_nothing() {
    let wire = Wire::new("a.txt\nb.txt\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    wire.put(&url, &json!({ "name": "x/y" })).refused(400, "item_name_invalid");
    wire.put(&url, &json!({ "name": "n".repeat(256) })).refused(400, "item_name_too_long");
    wire.put(&url, &json!({ "description": "d".repeat(256) }))
        .refused_for("invalid_parameter", "description");
    wire.put(&url, &json!({ "name": "c", "parent": { "id": wire.id("/b.txt") } })).refused(404, "not_found");
    wire.put(&url, &json!({ "parent": "0" })).refused_for("invalid_parameter", "parent");
    wire.put("/files/999", &json!({ "name": "c" })).refused(404, "not_found");
    wire.put("/files/a.txt", &json!({ "name": "c" })).refused(405, "method_not_allowed");
    let unchanged = wire.put(&url, &json!({ "shared_link": null })).expect(200).json();
    assert_eq!((&unchanged["etag"], &unchanged["description"]), (&json!("0"), &json!("")));
    wire.holds("a.txt\nb.txt\n");
}

#[test]
fn a_hash_that_is_not_known_is_left_out() {
    let wire = Wire::new("big.bin = 3 TiB\n");
    let shown = wire.get(&format!("/files/{}", wire.id("/big.bin"))).expect(200).json();
    assert_eq!((shown.get("sha1"), shown["file_version"].get("sha1")), (None, None));
    assert_eq!(
        (&shown["size"], &shown["file_version"]["type"]),
        (&json!(3_u64 << 40), &json!("file_version"))
    );
}

#[test]
fn a_deleted_file_goes_to_the_trash_and_is_still_shown() {
    let wire = Wire::new("a.txt = \"hello\"\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    wire.send("DELETE", &url, &[("if-match", "5")], "").refused(412, "precondition_failed");
    wire.holds("a.txt = \"hello\"\n");
    wire.send("DELETE", &url, &[("if-match", "0")], "").expect(204);
    wire.holds("");
    let shown = wire.get(&url).expect(200).json();
    assert_eq!((&shown["item_status"], &shown["name"]), (&json!("trashed"), &json!("a.txt")));
    wire.delete(&url).refused(404, "trashed");
    wire.put(&url, &json!({ "name": "b.txt" })).refused(404, "trashed");
    wire.delete("/files/999").refused(404, "not_found");
}

#[test]
fn a_list_tells_of_each_file_the_hash_of_what_it_holds() {
    let wire = Wire::new("d0/\nd1/\nd2/\na = \"0\"\nb = \"1\"\nc = \"2\"\nd\ne = 3 B\n");
    for query in ["", "?fields=sha1", "?fields=file_version", "?fields=name,sha1,size"] {
        let listed = wire.get(&format!("/folders/0/items{query}")).expect(200).json();
        let entries = listed["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 8);
        for entry in entries.iter().filter(|entry| entry["type"] == "file") {
            let file = wire.get(&format!("/files/{}", entry["id"].as_str().unwrap())).expect(200).json();
            let (told, own) = (entry.get("sha1"), &file["sha1"]);
            assert!(told.is_some() || query == "?fields=file_version", "{query}: {entry}");
            assert!(told.is_none_or(|told| told == own), "{query}: {entry} is of {own}");
            let version = entry.get("file_version").map_or(own, |version| &version["sha1"]);
            assert_eq!(version, own, "{query}: {entry}");
        }
    }
    let entries = wire.get("/folders/0/items").expect(200).json()["entries"].clone();
    let hashes: std::collections::BTreeSet<&str> =
        entries.as_array().unwrap().iter().filter_map(|entry| entry["sha1"].as_str()).collect();
    assert_eq!(hashes.len(), 5);
}
