//! The only place for tests of the trash of Box: listed, shown, restored, emptied.

use serde_json::{Value, json};

use crate::support::Wire;

/// Deletes what is at these paths, and returns the ids.
fn delete<const N: usize>(wire: &Wire, paths: [&str; N]) -> [String; N] {
    let ids = paths.map(|path| wire.id(path));
    for path in paths {
        wire.sim.delete(path).unwrap();
    }
    ids
}

#[test]
fn the_trash_lists_what_was_deleted_itself_folders_first() {
    let wire = Wire::new("b.txt\nA.txt\nDocs/\n  in.txt\nkept\n");
    delete(&wire, ["/b.txt", "/A.txt", "/Docs"]);
    let listed = wire.get("/folders/trash/items").expect(200);
    assert_eq!(listed.names(), ["Docs", "A.txt", "b.txt"]);
    let body = listed.json();
    assert_eq!((&body["total_count"], &body["offset"], &body["limit"]), (&json!(3), &json!(0), &json!(100)));
    assert_eq!(body["entries"][0].get("item_status"), None);
    let with_fields = wire.get("/folders/trash/items?fields=trashed_at,name").expect(200).json();
    assert!(with_fields["entries"][1]["trashed_at"].is_string());
}

#[test]
fn the_trash_is_paged_by_offset_in_the_order_that_is_wanted() {
    let wire = Wire::new("a = \"333\"\nb = \"1\"\nc = \"22\"\nD/\n");
    delete(&wire, ["/a", "/b", "/c", "/D"]);
    let names = |query: &str| wire.get(&format!("/folders/trash/items?{query}")).expect(200).names();
    assert_eq!(names("offset=1&limit=2"), ["a", "b"]);
    assert_eq!(names("sort=size"), ["D", "b", "c", "a"]);
    assert_eq!(names("sort=name&direction=DESC&limit=2"), ["D", "c"]);
    assert_eq!(names("offset=10000"), Vec::<String>::new());
    wire.get("/folders/trash/items?offset=10001").refused_for("invalid_parameter", "offset");
    wire.get("/folders/trash/items?limit=x").refused(400, "invalid_limit");
}

#[test]
fn the_trash_is_paged_by_marker_to_its_end() {
    let wire = Wire::new("a\nb\nC/\n");
    delete(&wire, ["/a", "/b", "/C"]);
    let (mut names, mut marker) = (Vec::new(), String::new());
    loop {
        let url = format!("/folders/trash/items?usemarker=true&limit=1&marker={marker}");
        let page = wire.get(&url).expect(200);
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
fn a_client_that_purges_what_it_was_shown_misses_nothing_of_the_next_page() {
    let wire = Wire::new("a\nb\nc\n");
    delete(&wire, ["/a", "/b", "/c"]);
    let url = "/folders/trash/items?usemarker=True&limit=1";
    let first = wire.get(url).expect(200).json();
    wire.delete(&format!("/files/{}/trash", first["entries"][0]["id"].as_str().unwrap())).expect(204);
    let marker = first["next_marker"].as_str().unwrap();
    assert_eq!(wire.get(&format!("{url}&marker={marker}")).expect(200).names(), ["b"]);
}

#[test]
fn what_goes_with_one_way_of_paging_is_refused_with_the_other() {
    let wire = Wire::new("");
    for query in [
        "usemarker=true&sort=name",
        "usemarker=true&direction=ASC",
        "usemarker=true&offset=0",
        "usemarker=true&marker=nonsense",
        "marker=abc",
        "usemarker=false&marker=abc",
    ] {
        wire.get(&format!("/folders/trash/items?{query}")).refused(400, "invalid_parameter");
    }
}

#[test]
fn an_item_of_the_trash_tells_when_it_was_deleted_and_where_it_was() {
    let wire = Wire::new("Docs/\n  a.txt = \"hello\"\n");
    let docs = wire.id("/Docs");
    let [file] = delete(&wire, ["/Docs/a.txt"]);
    let shown = wire.get(&format!("/files/{file}/trash")).expect(200).json();
    assert_eq!((&shown["item_status"], &shown["parent"]["id"]), (&json!("trashed"), &json!(docs)));
    assert_eq!(shown["sha1"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    let trash = json!([{ "type": "folder", "id": "1", "sequence_id": null, "etag": null, "name": "Trash" }]);
    assert_eq!(shown["path_collection"]["entries"], trash);
    assert!(shown["trashed_at"].is_string() && shown["purged_at"].is_string());
    wire.sim.delete("/Docs").unwrap();
    assert_eq!(wire.get(&format!("/folders/{docs}/trash")).expect(200).json()["name"], "Docs");
    assert_eq!(wire.get(&format!("/files/{file}/trash")).expect(200).json()["parent"], Value::Null);
}

#[test]
fn only_what_was_deleted_itself_is_shown_from_the_trash() {
    let wire = Wire::new("Docs/\n  a.txt\nkept\nStays/\n");
    let (inner, kept, kept_folder) = (wire.id("/Docs/a.txt"), wire.id("/kept"), wire.id("/Stays"));
    let [docs] = delete(&wire, ["/Docs"]);
    for (method, body) in [("GET", ""), ("DELETE", "")] {
        wire.send(method, &format!("/files/{inner}/trash"), &[], body).refused(404, "not_found");
        wire.send(method, &format!("/files/{kept}/trash"), &[], body).refused(404, "not_trashed");
        wire.send(method, &format!("/folders/{kept_folder}/trash"), &[], body).refused(404, "not_trashed");
        wire.send(method, &format!("/files/{docs}/trash"), &[], body).refused(404, "not_found");
        wire.send(method, "/folders/0/trash", &[], body).refused(404, "not_trashed");
        wire.send(method, "/folders/x/trash", &[], body).refused(405, "method_not_allowed");
    }
    assert_eq!(wire.sim.bin("/").unwrap().len(), 1);
    wire.holds("kept\nStays/\n");
}

#[test]
fn what_is_purged_is_gone() {
    let wire = Wire::new("a\nDocs/\n  b\n");
    let [file, folder] = delete(&wire, ["/a", "/Docs"]);
    wire.delete(&format!("/files/{file}/trash")).expect(204);
    wire.delete(&format!("/folders/{folder}/trash")).expect(204);
    assert!(wire.get("/folders/trash/items").expect(200).names().is_empty());
    wire.delete(&format!("/files/{file}/trash")).refused(404, "not_found");
    wire.get(&format!("/files/{file}")).refused(404, "not_found");
}

#[test]
fn what_is_restored_is_back_in_its_folder_under_its_id() {
    let wire = Wire::new("Docs/\n  a.txt = \"hello\"\n  In/\n    b\nOther/\n");
    let [file, folder] = delete(&wire, ["/Docs/a.txt", "/Docs/In"]);
    let other = wire.id("/Other");
    // The folder it was in is still there, so that another one does not count.
    let body = json!({ "name": "c.txt", "parent": { "id": other } });
    let restored = wire.post(&format!("/files/{file}"), &body).expect(201).json();
    assert_eq!((&restored["id"], &restored["name"]), (&json!(file), &json!("c.txt")));
    assert_eq!((&restored["item_status"], &restored["trashed_at"]), (&json!("active"), &Value::Null));
    assert_eq!(restored["parent"]["name"], "Docs");
    let restored = wire.send("POST", &format!("/folders/{folder}"), &[], "").expect(201).json();
    assert_eq!((&restored["id"], &restored["item_status"]), (&json!(folder), &json!("active")));
    wire.holds("Docs/\n  c.txt = \"hello\"\n  In/\n    b\nOther/\n");
}

#[test]
fn another_folder_counts_when_the_old_one_is_gone() {
    let wire = Wire::new("Docs/\n  a.txt\nOther/\n");
    let [file, _docs] = delete(&wire, ["/Docs/a.txt", "/Docs"]);
    let url = format!("/files/{file}");
    wire.post(&url, &json!({})).refused(404, "not_found");
    wire.post(&url, &json!({ "parent": { "id": "999" } })).refused(404, "not_found");
    wire.post(&url, &json!({ "parent": { "id": wire.id("/Other") } })).expect(201);
    wire.holds("Other/\n  a.txt\n");
}

#[test]
fn nothing_is_restored_to_a_taken_name_or_from_elsewhere() {
    let wire = Wire::new("a.txt\n");
    let [file] = delete(&wire, ["/a.txt"]);
    wire.sim.create_folder("/", "A.txt").unwrap();
    let url = format!("/files/{file}");
    let error = wire.post(&url, &json!({})).refused(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["type"], "folder");
    wire.post(&url, &json!({ "name": "x/y" })).refused(400, "item_name_invalid");
    wire.post(&format!("/folders/{}", wire.id("/A.txt")), &json!({})).refused(404, "not_trashed");
    wire.post("/files/999", &json!({})).refused(404, "not_found");
    wire.post("/files/x", &json!({})).refused(405, "method_not_allowed");
    wire.holds("A.txt/\n");
    wire.post(&url, &json!({ "name": "b.txt" })).expect(201);
    wire.holds("A.txt/\nb.txt\n");
}
