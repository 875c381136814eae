//! Tests of listing, reading, restoring and purging the trash of Box.

use serde_json::{Value, json};

use crate::box_api::support::TestServer;

/// Deletes the items at these paths, and returns their ids.
fn delete<const N: usize>(wire: &TestServer, paths: [&str; N]) -> [String; N] {
    let ids = paths.map(|path| wire.id(path));
    for path in paths {
        wire.sim.delete(path).unwrap();
    }
    ids
}

#[test]
fn the_trash_lists_top_level_deletions_with_folders_first() {
    let wire = TestServer::new("b.txt\nA.txt\nDocs/\n  in.txt\nkept\n");
    delete(&wire, ["/b.txt", "/A.txt", "/Docs"]);
    let listed = wire.get("/folders/trash/items").expect_status(200);
    assert_eq!(listed.names(), ["Docs", "A.txt", "b.txt"]);
    let body = listed.json();
    assert_eq!((&body["total_count"], &body["offset"], &body["limit"]), (&json!(3), &json!(0), &json!(100)));
    assert_eq!(body["entries"][0].get("item_status"), None);
    let with_fields = wire.get("/folders/trash/items?fields=trashed_at,name").expect_status(200).json();
    assert!(with_fields["entries"][1]["trashed_at"].is_string());
}

#[test]
fn the_trash_is_paged_by_offset_and_sorted() {
    let wire = TestServer::new("a = \"333\"\nb = \"1\"\nc = \"22\"\nD/\n");
    delete(&wire, ["/a", "/b", "/c", "/D"]);
    let names = |query: &str| wire.get(&format!("/folders/trash/items?{query}")).expect_status(200).names();
    assert_eq!(names("offset=1&limit=2"), ["a", "b"]);
    assert_eq!(names("sort=size"), ["D", "b", "c", "a"]);
    assert_eq!(names("sort=name&direction=DESC&limit=2"), ["D", "c"]);
    assert_eq!(names("offset=10000"), Vec::<String>::new());
    wire.get("/folders/trash/items?offset=10001").expect_parameter_error("invalid_parameter", "offset");
    wire.get("/folders/trash/items?limit=x").expect_error(400, "invalid_limit");
}

#[test]
fn the_trash_is_paged_by_marker_to_its_end() {
    let wire = TestServer::new("a\nb\nC/\n");
    delete(&wire, ["/a", "/b", "/C"]);
    let (mut names, mut marker) = (Vec::new(), String::new());
    loop {
        let url = format!("/folders/trash/items?usemarker=true&limit=1&marker={marker}");
        let page = wire.get(&url).expect_status(200);
        names.extend(page.names());
        let body = page.json();
        assert_eq!((body.get("total_count"), body.get("offset"), body.get("order")), (None, None, None));
        match body["next_marker"].as_str() {
            Some(next) => marker = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names, ["C", "a", "b"]);
}

#[test]
fn purging_a_page_does_not_skip_items_of_the_next_page() {
    let wire = TestServer::new("a\nb\nc\n");
    delete(&wire, ["/a", "/b", "/c"]);
    let url = "/folders/trash/items?usemarker=True&limit=1";
    let first = wire.get(url).expect_status(200).json();
    wire.delete(&format!("/files/{}/trash", first["entries"][0]["id"].as_str().unwrap())).expect_status(204);
    let marker = first["next_marker"].as_str().unwrap();
    assert_eq!(wire.get(&format!("{url}&marker={marker}")).expect_status(200).names(), ["b"]);
}

#[test]
fn parameters_of_marker_and_offset_paging_cannot_be_mixed() {
    let wire = TestServer::new("");
    for query in [
        "usemarker=true&sort=name",
        "usemarker=true&direction=ASC",
        "usemarker=true&offset=0",
        "usemarker=true&marker=nonsense",
        "marker=abc",
        "usemarker=false&marker=abc",
    ] {
        wire.get(&format!("/folders/trash/items?{query}")).expect_error(400, "invalid_parameter");
    }
}

#[test]
fn a_trashed_item_has_its_deletion_time_and_former_parent() {
    let wire = TestServer::new("Docs/\n  a.txt = \"hello\"\n");
    let docs = wire.id("/Docs");
    let [file] = delete(&wire, ["/Docs/a.txt"]);
    let trashed = wire.get(&format!("/files/{file}/trash")).expect_status(200).json();
    assert_eq!((&trashed["item_status"], &trashed["parent"]["id"]), (&json!("trashed"), &json!(docs)));
    assert_eq!(trashed["sha1"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    let trash = json!([{ "type": "folder", "id": "1", "sequence_id": null, "etag": null, "name": "Trash" }]);
    assert_eq!(trashed["path_collection"]["entries"], trash);
    assert!(trashed["trashed_at"].is_string() && trashed["purged_at"].is_string());
    wire.sim.delete("/Docs").unwrap();
    assert_eq!(wire.get(&format!("/folders/{docs}/trash")).expect_status(200).json()["name"], "Docs");
    assert_eq!(wire.get(&format!("/files/{file}/trash")).expect_status(200).json()["parent"], Value::Null);
}

#[test]
fn only_top_level_deletions_can_be_read_from_the_trash() {
    let wire = TestServer::new("Docs/\n  a.txt\nkept\nStays/\n");
    let (inner, kept, kept_folder) = (wire.id("/Docs/a.txt"), wire.id("/kept"), wire.id("/Stays"));
    let [docs] = delete(&wire, ["/Docs"]);
    for (method, body) in [("GET", ""), ("DELETE", "")] {
        wire.send(method, &format!("/files/{inner}/trash"), &[], body).expect_error(404, "not_found");
        wire.send(method, &format!("/files/{kept}/trash"), &[], body).expect_error(404, "not_trashed");
        wire.send(method, &format!("/folders/{kept_folder}/trash"), &[], body)
            .expect_error(404, "not_trashed");
        wire.send(method, &format!("/files/{docs}/trash"), &[], body).expect_error(404, "not_found");
        wire.send(method, "/folders/0/trash", &[], body).expect_error(404, "not_trashed");
        wire.send(method, "/folders/x/trash", &[], body).expect_error(405, "method_not_allowed");
    }
    assert_eq!(wire.sim.bin(wire.sim.first_drive().unwrap()).unwrap().len(), 1);
    wire.assert_outline("kept\nStays/\n");
}

#[test]
fn purged_items_are_not_found() {
    let wire = TestServer::new("a\nDocs/\n  b\n");
    let [file, folder] = delete(&wire, ["/a", "/Docs"]);
    wire.delete(&format!("/files/{file}/trash")).expect_status(204);
    wire.delete(&format!("/folders/{folder}/trash")).expect_status(204);
    assert!(wire.get("/folders/trash/items").expect_status(200).names().is_empty());
    wire.delete(&format!("/files/{file}/trash")).expect_error(404, "not_found");
    wire.get(&format!("/files/{file}")).expect_error(404, "not_found");
}

#[test]
fn a_restored_item_returns_to_its_folder_with_its_id() {
    let wire = TestServer::new("Docs/\n  a.txt = \"hello\"\n  In/\n    b\nOther/\n");
    let [file, folder] = delete(&wire, ["/Docs/a.txt", "/Docs/In"]);
    let other = wire.id("/Other");
    // The former folder still exists, so the parent of the request is ignored.
    let body = json!({ "name": "c.txt", "parent": { "id": other } });
    let restored = wire.post(&format!("/files/{file}"), &body).expect_status(201).json();
    assert_eq!((&restored["id"], &restored["name"]), (&json!(file), &json!("c.txt")));
    assert_eq!((&restored["item_status"], &restored["trashed_at"]), (&json!("active"), &Value::Null));
    assert_eq!(restored["parent"]["name"], "Docs");
    let restored = wire.send("POST", &format!("/folders/{folder}"), &[], "").expect_status(201).json();
    assert_eq!((&restored["id"], &restored["item_status"]), (&json!(folder), &json!("active")));
    wire.assert_outline("Docs/\n  c.txt = \"hello\"\n  In/\n    b\nOther/\n");
}

#[test]
fn the_parent_of_a_restore_counts_if_the_former_folder_is_gone() {
    let wire = TestServer::new("Docs/\n  a.txt\nOther/\n");
    let [file, _docs] = delete(&wire, ["/Docs/a.txt", "/Docs"]);
    let url = format!("/files/{file}");
    wire.post(&url, &json!({})).expect_error(404, "not_found");
    wire.post(&url, &json!({ "parent": { "id": "999" } })).expect_error(404, "not_found");
    wire.post(&url, &json!({ "parent": { "id": wire.id("/Other") } })).expect_status(201);
    wire.assert_outline("Other/\n  a.txt\n");
}

#[test]
fn a_restore_fails_for_taken_names_and_items_outside_the_trash() {
    let wire = TestServer::new("a.txt\n");
    let [file] = delete(&wire, ["/a.txt"]);
    wire.sim.create_folder("/", "A.txt").unwrap();
    let url = format!("/files/{file}");
    let error = wire.post(&url, &json!({})).expect_error(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["type"], "folder");
    wire.post(&url, &json!({ "name": "x/y" })).expect_error(400, "item_name_invalid");
    wire.post(&format!("/folders/{}", wire.id("/A.txt")), &json!({})).expect_error(404, "not_trashed");
    wire.post("/files/999", &json!({})).expect_error(404, "not_found");
    wire.post("/files/x", &json!({})).expect_error(405, "method_not_allowed");
    wire.assert_outline("A.txt/\n");
    wire.post(&url, &json!({ "name": "b.txt" })).expect_status(201);
    wire.assert_outline("A.txt/\nb.txt\n");
}
