//! Reads and writes trees as clients of Box do.

use axum::http::Method;
use drivesim::item::Timestamp;
use serde_json::{Value, json};

use crate::cross_service::{Client, TransferContent, TransferItem};

const BOUNDARY: &str = "both-services";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Reads the items below a folder, page by page, with the contents of files.
pub(crate) fn read(client: &Client, folder: &str) -> Vec<TransferItem> {
    let fields = "fields=name,content_created_at,content_modified_at&usemarker=true&limit=50";
    let (mut items, mut marker) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/2.0/folders/{folder}/items?{fields}&marker={marker}")).json();
        items.extend(page["entries"].as_array().unwrap().iter().map(|item| carried(client, item)));
        match page["next_marker"].as_str() {
            Some(next) => marker = next.to_owned(),
            None => return items,
        }
    }
}

fn carried(client: &Client, item: &Value) -> TransferItem {
    let id = text(&item["id"]);
    // Box returns times with the offset of the account.
    let time = |key: &str| text(&item[key]).parse::<Timestamp>().unwrap().to_string();
    let what = match item["type"] == "folder" {
        true => TransferContent::Folder(read(client, &id)),
        false => TransferContent::File {
            bytes: client.bytes(&format!("/2.0/files/{id}/content")),
            created: time("content_created_at"),
            modified: time("content_modified_at"),
        },
    };
    TransferItem { name: text(&item["name"]), content: what }
}

/// Writes items into a folder.
pub(crate) fn write(client: &Client, folder: &str, items: &[TransferItem]) {
    for item in items {
        let mut attributes = json!({ "name": item.name, "parent": { "id": folder } });
        match &item.content {
            TransferContent::Folder(items) => {
                let body = attributes.to_string().into();
                let created_folder =
                    client.send(Method::POST, "/2.0/folders", "application/json", body, 201).json();
                write(client, &text(&created_folder["id"]), items);
            }
            TransferContent::File { bytes, created, modified } => {
                attributes["content_created_at"] = json!(created);
                attributes["content_modified_at"] = json!(modified);
                let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
                client.send(
                    Method::POST,
                    "/api/2.0/files/content",
                    &content_type,
                    form(&attributes, bytes),
                    201,
                );
            }
        }
    }
}

fn form(attributes: &Value, bytes: &[u8]) -> Vec<u8> {
    let head = |part: &str| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name={part}\r\n\r\n");
    let attributes = format!("{}{attributes}\r\n{}", head("\"attributes\""), head("\"file\"; filename=\"\""));
    [attributes.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}
