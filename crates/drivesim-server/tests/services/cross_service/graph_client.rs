//! Reads and writes trees as clients of Microsoft Graph do.

use axum::http::Method;
use serde_json::{Value, json};

use crate::cross_service::{Client, TransferContent, TransferItem};

fn encoded(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Reads the items below a folder, page by page, with the contents of files.
pub(crate) fn read(client: &Client, children: &str) -> Vec<TransferItem> {
    let mut items = Vec::new();
    let mut next = Some(children.to_owned());
    while let Some(url) = next {
        let page = client.get(&url).json();
        items.extend(page["value"].as_array().unwrap().iter().map(|item| carried(client, item)));
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    items
}

fn carried(client: &Client, item: &Value) -> TransferItem {
    let url = format!("/v1.0/drives/work/items/{}", encoded(&text(&item["id"])));
    let what = if item["folder"].is_object() {
        TransferContent::Folder(read(client, &format!("{url}/children?$top=50")))
    } else {
        let times = &item["fileSystemInfo"];
        TransferContent::File {
            bytes: client.bytes(&format!("{url}/content")),
            created: text(&times["createdDateTime"]),
            modified: text(&times["lastModifiedDateTime"]),
        }
    };
    TransferItem { name: text(&item["name"]), content: what }
}

/// Writes items into a folder, given as a path that ends with a colon.
pub(crate) fn write(client: &Client, folder: &str, items: &[TransferItem]) {
    let json = "application/json";
    for item in items {
        let path = format!("{}/{}:", folder.trim_end_matches(':'), encoded(&item.name));
        match &item.content {
            TransferContent::Folder(items) => {
                let body = json!({
                    "name": item.name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail",
                });
                client.send(Method::POST, &format!("{folder}/children"), json, body.to_string().into(), 201);
                write(client, &path, items);
            }
            TransferContent::File { bytes, created, modified } => {
                let url = format!("{path}/content?@microsoft.graph.conflictBehavior=fail");
                client.send(Method::PUT, &url, "application/octet-stream", bytes.clone(), 201);
                let times = json!({ "createdDateTime": created, "lastModifiedDateTime": modified });
                let body = json!({ "fileSystemInfo": times }).to_string().into();
                client.send(Method::PATCH, path.trim_end_matches(':'), json, body, 200);
            }
        }
    }
}
