//! Tests of renaming, moving, describing and deleting files at Box.

use serde_json::json;

use crate::box_api::support::TestServer;

#[test]
fn a_file_is_renamed_moved_and_described_in_one_step() {
    let wire = TestServer::new("a.txt = \"hello\"\nDocs/\n");
    let file = wire.id("/a.txt");
    let body = json!({ "name": "b.txt", "parent": { "id": wire.id("/Docs") }, "description": "a letter" });
    let changed = wire.put(&format!("/files/{file}"), &body).expect_status(200).json();
    assert_eq!((&changed["id"], &changed["name"]), (&json!(file), &json!("b.txt")));
    assert_eq!((&changed["etag"], &changed["sequence_id"]), (&json!("1"), &json!("1")));
    assert_eq!(changed["sha1"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    assert_eq!((&changed["description"], &changed["parent"]["name"]), (&json!("a letter"), &json!("Docs")));
    wire.assert_outline("Docs/\n  b.txt = \"hello\"\n");
}

#[test]
fn if_match_is_checked_for_changes_of_a_file_but_not_for_moves() {
    let wire = TestServer::new("a.txt\nDocs/\n");
    let (url, docs) = (format!("/files/{}", wire.id("/a.txt")), wire.id("/Docs"));
    let put = |tag: &str, body| wire.send_json("PUT", &url, &[("if-match", tag)], &body);
    put("1", json!({ "name": "b.txt" })).expect_error(412, "precondition_failed");
    put("1", json!({ "description": "x" })).expect_error(412, "precondition_failed");
    wire.assert_outline("a.txt\nDocs/\n");
    put("0", json!({ "name": "b.txt" })).expect_status(200);
    put("0", json!({ "parent": { "id": docs } })).expect_status(200);
    wire.assert_outline("Docs/\n  b.txt\n");
}

#[test]
fn a_name_conflict_of_a_file_is_one_object() {
    let wire = TestServer::new("a.txt\nb.txt = \"x\"\nDocs/\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    let error = wire.put(&url, &json!({ "name": "B.TXT" })).expect_error(409, "item_name_in_use");
    let holder = &error["context_info"]["conflicts"];
    assert_eq!((&holder["type"], &holder["id"]), (&json!("file"), &json!(wire.id("/b.txt"))));
    assert_eq!((holder["file_version"]["type"].as_str(), holder.get("parent")), (Some("file_version"), None));
    let error = wire.put(&url, &json!({ "name": "docs" })).expect_error(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["type"], "folder");
    wire.put(&url, &json!({ "name": "A.txt" })).expect_status(200);
    wire.assert_outline("A.txt\nb.txt = \"x\"\nDocs/\n");
}

#[test]
fn an_invalid_change_of_a_file_changes_nothing() {
    let wire = TestServer::new("a.txt\nb.txt\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    wire.put(&url, &json!({ "name": "x/y" })).expect_error(400, "item_name_invalid");
    wire.put(&url, &json!({ "name": "n".repeat(256) })).expect_error(400, "item_name_too_long");
    wire.put(&url, &json!({ "description": "d".repeat(256) }))
        .expect_parameter_error("invalid_parameter", "description");
    wire.put(&url, &json!({ "name": "c", "parent": { "id": wire.id("/b.txt") } }))
        .expect_error(404, "not_found");
    wire.put(&url, &json!({ "parent": "0" })).expect_parameter_error("invalid_parameter", "parent");
    wire.put("/files/999", &json!({ "name": "c" })).expect_error(404, "not_found");
    wire.put("/files/a.txt", &json!({ "name": "c" })).expect_error(405, "method_not_allowed");
    let unchanged = wire.put(&url, &json!({ "shared_link": null })).expect_status(200).json();
    assert_eq!((&unchanged["etag"], &unchanged["description"]), (&json!("0"), &json!("")));
    wire.assert_outline("a.txt\nb.txt\n");
}

#[test]
fn an_unknown_hash_is_omitted() {
    let wire = TestServer::new("big.bin = 3 TiB\n");
    let file = wire.get(&format!("/files/{}", wire.id("/big.bin"))).expect_status(200).json();
    assert_eq!((file.get("sha1"), file["file_version"].get("sha1")), (None, None));
    assert_eq!((&file["size"], &file["file_version"]["type"]), (&json!(3_u64 << 40), &json!("file_version")));
}

#[test]
fn a_deleted_file_goes_to_the_trash_and_can_still_be_read() {
    let wire = TestServer::new("a.txt = \"hello\"\n");
    let url = format!("/files/{}", wire.id("/a.txt"));
    wire.send("DELETE", &url, &[("if-match", "5")], "").expect_error(412, "precondition_failed");
    wire.assert_outline("a.txt = \"hello\"\n");
    wire.send("DELETE", &url, &[("if-match", "0")], "").expect_status(204);
    wire.assert_outline("");
    let trashed = wire.get(&url).expect_status(200).json();
    assert_eq!((&trashed["item_status"], &trashed["name"]), (&json!("trashed"), &json!("a.txt")));
    wire.delete(&url).expect_error(404, "trashed");
    wire.put(&url, &json!({ "name": "b.txt" })).expect_error(404, "trashed");
    wire.delete("/files/999").expect_error(404, "not_found");
}

#[test]
fn a_list_has_the_content_hash_of_each_file() {
    let wire = TestServer::new("d0/\nd1/\nd2/\na = \"0\"\nb = \"1\"\nc = \"2\"\nd\ne = 3 B\n");
    for query in ["", "?fields=sha1", "?fields=file_version", "?fields=name,sha1,size"] {
        let listed = wire.get(&format!("/folders/0/items{query}")).expect_status(200).json();
        let entries = listed["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 8);
        for entry in entries.iter().filter(|entry| entry["type"] == "file") {
            let file =
                wire.get(&format!("/files/{}", entry["id"].as_str().unwrap())).expect_status(200).json();
            let (listed_hash, expected) = (entry.get("sha1"), &file["sha1"]);
            assert!(listed_hash.is_some() || query == "?fields=file_version", "{query}: {entry}");
            assert!(
                listed_hash.is_none_or(|listed_hash| listed_hash == expected),
                "{query}: {entry}, not {expected}"
            );
            let version = entry.get("file_version").map_or(expected, |version| &version["sha1"]);
            assert_eq!(version, expected, "{query}: {entry}");
        }
    }
    let entries = wire.get("/folders/0/items").expect_status(200).json()["entries"].clone();
    let hashes: std::collections::BTreeSet<&str> =
        entries.as_array().unwrap().iter().filter_map(|entry| entry["sha1"].as_str()).collect();
    assert_eq!(hashes.len(), 5);
}
