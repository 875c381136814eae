//! Acts as a client of Box that names items by path: it finds ids, sends requests and translates errors.

#![allow(clippy::panic, reason = "a response that no client understands fails the test")]

use std::collections::BTreeMap;

use axum::http::Method;
use drivesim_testkit::contract::{Code, unsupported};
use serde_json::{Value, json};

use crate::support::transport::{OutgoingRequest, ReceivedResponse, Transport};

/// An id that no item has.
pub const MISSING_ID: &str = "999";
const BOUNDARY: &str = "box-contract";

/// The kind of the item at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundKind {
    File,
    Folder,
    Nothing,
}

/// The item at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundItem {
    pub id: String,
    pub kind: FoundKind,
}

impl FoundItem {
    pub fn of(item: &Value) -> FoundItem {
        let kind = if item["type"] == "folder" { FoundKind::Folder } else { FoundKind::File };
        FoundItem { id: text(&item["id"]), kind }
    }

    fn nothing() -> FoundItem {
        FoundItem { id: MISSING_ID.to_owned(), kind: FoundKind::Nothing }
    }

    /// Returns the URL of the item.
    pub fn url(&self) -> String {
        let kind = if self.kind == FoundKind::Folder { "folders" } else { "files" };
        format!("/2.0/{kind}/{}", self.id)
    }

    /// Translates the error for an item of the wrong kind: files and folders have separate ids, so the id of a file is
    /// not found as a folder and vice versa.
    pub fn expect_kind<T>(&self, kind: FoundKind, result: Result<T, Code>) -> Result<T, Code> {
        let is_other = self.kind != kind && self.kind != FoundKind::Nothing;
        result.map_err(|code| if is_other && code == "itemNotFound" { "invalidRequest".into() } else { code })
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the error code of the engine for an error of Box.
fn code_of(error: &Value) -> &'static str {
    let code = error["code"].as_str().expect("a code");
    let context = &error["context_info"];
    match code {
        "not_found" | "trashed" | "not_trashed" => "itemNotFound",
        "item_name_in_use" => {
            assert!(context["conflicts"].is_object() || context["conflicts"][0].is_object(), "{error}");
            "nameAlreadyExists"
        }
        "item_name_invalid" | "item_name_too_long" | "cyclical_folder_structure" => "invalidRequest",
        "bad_request" => {
            assert_eq!(context["errors"][0]["reason"], "invalid_parameter", "{error}");
            "invalidRequest"
        }
        "operation_blocked_temporary" => "resourceLocked",
        "precondition_failed" => "resourceModified",
        "access_denied_insufficient_permissions" => "accessDenied",
        "storage_limit_exceeded" => "quotaLimitReached",
        _ => panic!("no client understands {error}"),
    }
}

fn checked(response: ReceivedResponse) -> Result<ReceivedResponse, Code> {
    if response.status < 400 { Ok(response) } else { Err(code_of(&response.json()).to_owned()) }
}

/// A client and the items that it remembers.
pub struct BoxClient<T> {
    pub transport: T,
    /// The items found before access to some was removed.
    known: BTreeMap<String, FoundItem>,
}

impl<T: Transport> BoxClient<T> {
    pub fn new(wire: T) -> Self {
        BoxClient { transport: wire, known: BTreeMap::new() }
    }

    pub fn send_raw(
        &self,
        method: Method,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<ReceivedResponse, Code> {
        checked(self.transport.send(OutgoingRequest { method, url, headers, body }))
    }

    pub fn get(&self, url: &str) -> Result<Value, Code> {
        self.send_raw(Method::GET, url, Vec::new(), Vec::new()).map(|response| response.json())
    }

    /// Sends JSON, with `If-Match` if a tag is given.
    pub fn send(
        &self,
        method: Method,
        url: &str,
        tag: Option<String>,
        body: &Value,
    ) -> Result<ReceivedResponse, Code> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        // Box rejects `null` for members that may be omitted.
        let mut body = body.clone();
        if let Some(members) = body.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        self.send_raw(method, url, headers, body.to_string().into_bytes())
    }

    pub fn delete(&self, url: &str, tag: Option<String>) -> Result<(), Code> {
        let headers = tag.map(|tag| ("if-match", tag)).into_iter().collect();
        let response = self.send_raw(Method::DELETE, url, headers, Vec::new())?;
        assert_eq!((response.status, response.body.len()), (204, 0));
        Ok(())
    }

    /// Uploads a file: its attributes, then its content.
    pub fn upload(
        &self,
        url: &str,
        tag: Option<String>,
        attributes: &Value,
        bytes: &str,
    ) -> Result<(), Code> {
        let mut headers = vec![("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let head =
            |part: &str| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name={part}\r\n\r\n");
        let (first, second) = (head("\"attributes\""), head("\"file\"; filename=\"\""));
        let body = format!("{first}{attributes}\r\n{second}{bytes}\r\n--{BOUNDARY}--\r\n");
        let uploaded = self.send_raw(Method::POST, url, headers, body.into_bytes())?.json();
        assert_eq!(uploaded["entries"][0]["size"], bytes.len(), "{uploaded}");
        Ok(())
    }

    /// Downloads a file through the redirect to its content.
    pub fn download(&self, url: &str) -> Result<Vec<u8>, Code> {
        let response = self.send_raw(Method::GET, url, Vec::new(), Vec::new())?;
        assert_eq!((response.status, response.body.len()), (302, 0));
        let location = response.location.expect("where the bytes are");
        Ok(self.send_raw(Method::GET, &location, Vec::new(), Vec::new())?.body)
    }

    /// Lists all entries by offset and by marker and asserts that they are the same.
    pub fn entries(&self, url: &str, limit: usize) -> Result<Vec<Value>, Code> {
        let (mut by_offset, mut by_marker) = (Vec::new(), Vec::new());
        loop {
            let page = self.get(&format!("{url}?limit={limit}&offset={}", by_offset.len()))?;
            by_offset.extend(page["entries"].as_array().expect("a page").iter().cloned());
            if by_offset.len() as u64 >= page["total_count"].as_u64().expect("a number") {
                break;
            }
        }
        let mut marker = String::new();
        loop {
            let page =
                self.get(&format!("{url}?usemarker=true&limit={limit}&marker={}", encoded(&marker)))?;
            by_marker.extend(page["entries"].as_array().expect("a page").iter().cloned());
            marker = text(&page["next_marker"]);
            if marker.is_empty() {
                break;
            }
        }
        assert_eq!(by_offset, by_marker, "{url}");
        Ok(by_offset)
    }

    /// Finds the item at a path. If it is not visible, the remembered item is returned.
    pub fn find(&self, path: &str) -> FoundItem {
        let mut found = FoundItem { id: "0".to_owned(), kind: FoundKind::Folder };
        for name in path.split('/').filter(|name| !name.is_empty()) {
            found = if found.kind == FoundKind::Folder {
                self.find_in(&found, name)
            } else {
                FoundItem::nothing()
            };
        }
        if found.kind == FoundKind::Nothing { self.known.get(path).cloned().unwrap_or(found) } else { found }
    }

    /// Finds an item of a folder by name. If no name is equal, a preflight request finds the item whose name differs in
    /// letter case: its error contains the conflicting item.
    fn find_in(&self, folder: &FoundItem, name: &str) -> FoundItem {
        let url = format!("{}/items?limit=1000&usemarker=true", folder.url());
        let listed = self.get(&url).unwrap_or_default();
        let mut entries = listed["entries"].as_array().into_iter().flatten();
        if let Some(entry) = entries.find(|entry| entry["name"] == name) {
            return FoundItem::of(entry);
        }
        let body = json!({ "name": name, "parent": { "id": folder.id } }).to_string().into_bytes();
        let preflight =
            OutgoingRequest { method: Method::OPTIONS, url: "/2.0/files/content", headers: Vec::new(), body };
        let conflicting = self.transport.send(preflight).json()["context_info"]["conflicts"].clone();
        if conflicting.is_object() { FoundItem::of(&conflicting) } else { FoundItem::nothing() }
    }

    /// Remembers the items at all paths.
    pub fn remember(&mut self) {
        let mut folders = vec![(String::new(), FoundItem { id: "0".to_owned(), kind: FoundKind::Folder })];
        while let Some((above, folder)) = folders.pop() {
            for entry in self.entries(&format!("{}/items", folder.url()), 1000).unwrap_or_default() {
                let (path, found) = (format!("{above}/{}", text(&entry["name"])), FoundItem::of(&entry));
                if found.kind == FoundKind::Folder {
                    folders.push((path.clone(), found.clone()));
                }
                self.known.insert(path, found);
            }
        }
    }
}

/// Returns the path of an item in a response.
pub fn path_of(item: &Value) -> String {
    if item["id"] == "0" {
        return "/".to_owned();
    }
    let above = item["path_collection"]["entries"].as_array().expect("the folders above");
    if above.first().is_none_or(|first| first["id"] != "0") {
        unsupported("paths below unreadable folders");
    }
    let names = above.iter().skip(1).chain([item]).map(|item| text(&item["name"]));
    names.map(|name| format!("/{name}")).collect()
}
