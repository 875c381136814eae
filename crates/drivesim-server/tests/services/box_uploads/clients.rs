//! Replays requests of real clients of Box.

use std::time::Duration;

use serde_json::{Value, json};

use crate::box_uploads::support::{Response, TestServer, digest, sha1};

/// The fields that rclone requests, in its order.
const FIELDS: &str = "type,id,sequence_id,etag,sha1,name,size,created_at,modified_at,content_created_at,\
                      content_modified_at,item_status,shared_link,owned_by";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Finds an item as rclone does: by a preflight with its name. Returns its type and id.
fn find_by_preflight(wire: &TestServer, folder: &str, name: &str) -> Option<(String, String)> {
    let body = json!({ "name": name, "parent": { "id": folder } });
    let answer = wire.options("/2.0/files/content/", &body);
    if answer.status == 200 {
        return None;
    }
    let conflicts = answer.expect_error(409, "item_name_in_use")["conflicts"].clone();
    Some((text(&conflicts["type"]), text(&conflicts["id"])))
}

/// Sends a multipart form. `parts` has the headers and the content of each part.
fn send_form(wire: &TestServer, url: &str, boundary: &str, parts: [(&str, &[u8]); 2]) -> Response {
    let mut body = Vec::new();
    for (head, content) in parts {
        body.extend(
            [b"--", boundary.as_bytes(), b"\r\n", head.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat(),
        );
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    wire.send("POST", url, &[("content-type", &kind), ("authorization", "Bearer token")], body)
}

#[test]
fn rclone_finds_an_item_by_a_preflight() {
    let wire = TestServer::new("Docs/\n");
    let file = wire.upload("a.txt", b"hi");
    assert_eq!(find_by_preflight(&wire, "0", "a.txt"), Some(("file".to_owned(), file)));
    assert_eq!(find_by_preflight(&wire, "0", "b.txt"), None);
    let (kind, docs) = find_by_preflight(&wire, "0", "docs").unwrap();
    assert_eq!((kind.as_str(), find_by_preflight(&wire, &docs, "a.txt")), ("folder", None));
    // Before an upload, rclone adds the size.
    let body = json!({ "name": "b.txt", "parent": { "id": "0" }, "size": 11 });
    let url = text(&wire.options("/2.0/files/content/", &body).expect_status(200).json()["upload_url"]);
    assert_eq!(url, "http://host/api/2.0/files/content");
}

#[test]
fn rclone_lists_a_folder_by_marker_with_1000_items_per_page() {
    let files: String = (0..1001).map(|number| format!("{number:04}\n")).collect();
    let wire = TestServer::new(&format!("Docs/\n{files}"));
    let url = format!("/2.0/folders/0/items?fields={FIELDS}&limit=1000&usemarker=true");
    let first = wire.get(&url).expect_status(200).json();
    assert_eq!((&first["limit"], first["entries"].as_array().unwrap().len()), (&json!(1000), 1000));
    let next = wire.get(&format!("{url}&marker={}", text(&first["next_marker"]))).expect_status(200).json();
    let entries = next["entries"].as_array().unwrap();
    assert_eq!(
        (entries.len(), &entries[0]["name"], &entries[1]["name"]),
        (2, &json!("0999"), &json!("1000"))
    );
    assert_eq!(next["next_marker"], Value::Null);
    for (entry, n_members) in [(&first["entries"][0], 13), (&entries[1], 14)] {
        let members = entry.as_object().unwrap();
        assert!(members.keys().all(|key| FIELDS.split(',').any(|field| field == key)), "{entry}");
        assert_eq!(members.len(), n_members, "{entry}");
    }
}

#[test]
fn rclone_uploads_a_file_as_contents_with_its_times() {
    let wire = TestServer::new("");
    let attributes = r#"{"name":"a.txt","parent":{"id":"0"},"content_created_at":"2001-02-03T04:05:06Z","content_modified_at":"2001-02-03T04:05:06Z"}"#;
    let contents = "Content-Disposition: form-data; name=\"contents\"; filename=\"a.txt\"\r\nContent-Type: application/octet-stream";
    let parts =
        [("Content-Disposition: form-data; name=\"attributes\"", attributes.as_bytes()), (contents, b"hi")];
    let url = format!("/api/2.0/files/content?fields={FIELDS}");
    let file = send_form(&wire, &url, "0b1c2d3e4f", parts).expect_status(201).entry();
    assert_eq!((&file["sha1"], &file["size"]), (&json!(sha1(b"hi")), &json!(2)));
    assert_eq!(file["content_modified_at"], "2001-02-02T20:05:06-08:00");
    // To overwrite a file, rclone sends the same form to the file.
    let url = format!("/api/2.0/files/{}/content?fields={FIELDS}", text(&file["id"]));
    let parts =
        [("Content-Disposition: form-data; name=\"attributes\"", attributes.as_bytes()), (contents, b"ho")];
    let again = send_form(&wire, &url, "0b1c2d3e4f", parts).expect_status(200).entry();
    assert_eq!((&again["id"], &again["etag"]), (&file["id"], &json!("1")));
    assert_eq!(wire.outline(), "a.txt = \"ho\"\n");
}

#[test]
fn rclone_overwrites_by_a_copy_under_another_name_a_delete_and_a_rename() {
    let wire =
        TestServer::new("From/\n  a.txt = \"new\" # modified=2001-02-03T04:05:06Z\nTo/\n  a.txt = \"old\"\n");
    let [(_, from), (_, to)] = ["From", "To"].map(|name| find_by_preflight(&wire, "0", name).unwrap());
    let [(_, source), (_, old)] =
        [&from, &to].map(|folder| find_by_preflight(&wire, folder, "a.txt").unwrap());
    let before = wire.file(&source);
    wire.sim.advance(Duration::from_secs(3600)).unwrap();

    let copy = format!("/2.0/files/{source}/copy?fields={FIELDS}");
    let body = |name: &str| json!({ "name": name, "parent": { "id": to } });
    wire.post(&copy, &body("a.txt")).expect_error(409, "item_name_in_use");
    let copied = wire.post(&copy, &body("x-rclone-copy-kuqovox8")).expect_status(201).json();
    wire.send("DELETE", &format!("/2.0/files/{old}"), &[], "").expect_status(204);
    let headers = [("content-type", "application/json")];
    let url = format!("/2.0/files/{}?fields={FIELDS}", text(&copied["id"]));
    let renamed = wire.send("PUT", &url, &headers, body("a.txt").to_string()).expect_status(200).json();

    assert_eq!((&renamed["name"], &renamed["sha1"]), (&json!("a.txt"), &before["sha1"]));
    // rclone regards the times of the content as those of the file, and a copy keeps them.
    for time in ["content_created_at", "content_modified_at"] {
        assert_eq!((&copied[time], &renamed[time]), (&before[time], &before[time]), "{time}");
    }
    assert_ne!(renamed["modified_at"], before["modified_at"]);
    assert_eq!(wire.outline(), "From/\n  a.txt = \"new\"\nTo/\n  a.txt = \"new\"\n");
}

#[test]
fn the_python_sdks_write_true_with_a_capital_letter() {
    let wire = TestServer::new("Docs/\n  a.txt\nOther/\n");
    let listed = wire.get("/2.0/folders/0/items?usemarker=True&limit=1").expect_status(200).json();
    assert_eq!((listed.get("total_count"), listed["next_marker"].is_string()), (None, true));
    let docs = text(&listed["entries"][0]["id"]);
    wire.send("DELETE", &format!("/2.0/folders/{docs}?recursive=False"), &[], "")
        .expect_error(400, "folder_not_empty");
    wire.send("DELETE", &format!("/2.0/folders/{docs}?recursive=True"), &[], "").expect_status(204);
    let trash = wire.get("/2.0/folders/trash/items?usemarker=True").expect_status(200).json();
    assert_eq!((&trash["entries"][0]["id"], trash.get("offset")), (&json!(docs), None));
    assert_eq!(wire.outline(), "Other/\n");
}

#[test]
fn the_python_sdks_send_forms_whose_filename_can_be_empty() {
    let wire = TestServer::new("");
    for (name, file) in [
        (
            "a.txt",
            "Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream",
        ),
        ("b.txt", "Content-Disposition: form-data; name=\"file\"; filename=\"unused\""),
        (
            "c.txt",
            "Content-Disposition: form-data; name=\"file\"; filename=\"other name.txt\"\r\nContent-Type: text/plain",
        ),
    ] {
        let attributes = json!({ "name": name, "parent": { "id": "0" } }).to_string();
        let parts = [
            ("Content-Disposition: form-data; name=\"attributes\"", attributes.as_bytes()),
            (file, &b"hi"[..]),
        ];
        let file = send_form(&wire, "/api/2.0/files/content", "5f8a9c", parts).expect_status(201).entry();
        assert_eq!((&file["name"], &file["size"]), (&json!(name), &json!(2)));
    }
    assert_eq!(wire.outline(), "a.txt = \"hi\"\nb.txt = \"hi\"\nc.txt = \"hi\"\n");
}

#[test]
fn the_sdks_use_the_urls_of_the_session_and_commit_the_listed_parts() {
    let content: Vec<u8> = (0..20_000_001).map(|at: u32| (at / 777 % 251) as u8).collect();
    let wire = TestServer::new("");
    let body = json!({ "folder_id": "0", "file_size": content.len(), "file_name": "big.bin" });
    let session = wire.post("/api/2.0/files/upload_sessions", &body).expect_status(201).json();
    let url = |what: &str| text(&session["session_endpoints"][what]);
    for what in ["upload_part", "commit", "abort", "list_parts", "status"] {
        assert!(url(what).starts_with("http://host/"), "{session}");
    }

    let part_size = session["part_size"].as_u64().unwrap() as usize;
    for (n, bytes) in content.chunks(part_size).enumerate() {
        let (first, size) = (n * part_size, content.len());
        let range = format!("bytes {first}-{}/{size}", first + bytes.len() - 1);
        let headers = [
            ("content-type", "application/octet-stream"),
            ("digest", &*digest(bytes)),
            ("content-range", &*range),
        ];
        wire.send("PUT", &url("upload_part"), &headers, bytes.to_vec()).expect_status(200);
    }
    let listed = wire.get(&format!("{}?offset=0&limit=1000", url("list_parts"))).expect_status(200).json();
    assert_eq!(listed["total_count"], session["total_parts"]);
    let headers = [("content-type", "application/json"), ("digest", &*digest(&content))];
    let body = json!({ "parts": listed["entries"] }).to_string();
    let file = wire.send("POST", &url("commit"), &headers, body).expect_status(201).entry();
    assert_eq!((&file["name"], &file["sha1"]), (&json!("big.bin"), &json!(sha1(&content))));
}
