//! Tests of items with assigned Box ids.

use serde_json::json;

use crate::box_api::support::TestServer;

fn wire() -> TestServer {
    TestServer::new("Docs/ # id=12345\n  a.txt = \"hi\" # id=12345\nOther/ # id=22222\n")
}

#[test]
fn an_assigned_id_is_used_in_items_paths_and_listings() {
    let wire = wire();
    let file = wire.get("/files/12345").expect_status(200).json();
    assert_eq!(
        (&file["id"], &file["name"], &file["parent"]["id"]),
        (&json!("12345"), &json!("a.txt"), &json!("12345"))
    );
    let path = file["path_collection"]["entries"].as_array().unwrap();
    let ids: Vec<_> = path.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["0", "12345"]);
    let folder = wire.get("/folders/12345").expect_status(200).json();
    assert_eq!((&folder["id"], &folder["type"]), (&json!("12345"), &json!("folder")));
    assert_eq!(folder["item_collection"]["entries"][0]["id"], "12345");
    let root = wire.get("/folders/0/items").expect_status(200).json();
    assert_eq!([&root["entries"][0]["id"], &root["entries"][1]["id"]], [&json!("12345"), &json!("22222")]);
    let found = wire.get("/search?query=a.txt&ancestor_folder_ids=12345").expect_status(200).json();
    assert_eq!(found["entries"][0]["id"], "12345");
}

#[test]
fn an_assigned_id_is_kept_in_the_trash_and_in_events() {
    let wire = wire();
    wire.delete("/files/12345").expect_status(204);
    assert_eq!(wire.get("/folders/trash/items").expect_status(200).json()["entries"][0]["id"], "12345");
    assert_eq!(wire.get("/files/12345/trash").expect_status(200).json()["id"], "12345");
    wire.post("/files/12345", &json!({})).expect_status(201);
    wire.put("/files/12345", &json!({ "parent": { "id": "22222" } })).expect_status(200);
    let events = wire.get("/events?stream_position=0").expect_status(200).json();
    let actual: Vec<_> =
        events["entries"].as_array().unwrap().iter().map(|event| &event["source"]["id"]).collect();
    assert_eq!(actual, [&json!("12345"); 3]);
    wire.delete("/files/12345").expect_status(204);
    wire.delete("/files/12345/trash").expect_status(204);
    wire.get("/files/12345").expect_error(404, "not_found");
    wire.sim.set_wire_id("/Other", Some("12346")).unwrap();
    wire.get("/folders/22222").expect_error(404, "not_found");
    wire.get("/folders/12346").expect_status(200);
}

#[test]
fn uploads_and_name_conflicts_use_assigned_ids() {
    let wire = wire();
    let uploaded = wire.upload(
        "http://host/api/2.0/files/content",
        &json!({ "name": "b.txt", "parent": { "id": "12345" } }),
        "x",
    );
    assert_eq!(uploaded.expect_status(201).json()["entries"][0]["parent"]["id"], "12345");
    let error = wire
        .post("/files/12345/copy", &json!({ "parent": { "id": "12345" } }))
        .expect_error(409, "item_name_in_use");
    assert_eq!(error["context_info"]["conflicts"]["id"], "12345");
    let session = json!({ "folder_id": "22222", "file_size": 20_000_000, "file_name": "large.bin" });
    wire.send_json("POST", "http://host/api/2.0/files/upload_sessions", &[], &session).expect_status(201);
}

#[test]
fn an_assigned_id_replaces_the_generated_one() {
    let wire = TestServer::new("a.txt\nb.txt\n");
    let generated = wire.id("/a.txt");
    wire.sim.set_wire_id("/a.txt", Some("11111")).unwrap();
    wire.get(&format!("/files/{generated}")).expect_error(404, "not_found");
    wire.get("/files/11111").expect_status(200);
    let error = wire.sim.set_wire_id("/b.txt", Some("11111")).unwrap_err();
    assert_eq!(error.to_string(), "the id \"11111\" is taken by \"/a.txt\"");
}
