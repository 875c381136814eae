//! The only place for what a client of Box does to reach a drive by paths: it walks, asks, and reads why it was refused.

#![allow(clippy::panic, reason = "an answer that no client understands is a test that fails")]

use std::collections::BTreeMap;

use axum::http::Method;
use drivesim_testkit::contract::{Code, lacking};
use serde_json::{Value, json};

use crate::transport::{Answer, Asking, Transport};

/// An id that nothing has.
pub const NOTHING: &str = "999";
const BOUNDARY: &str = "box-contract";

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Nothing,
}

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub id: String,
    pub kind: Kind,
}

impl Found {
    pub fn of(item: &Value) -> Found {
        let kind = if item["type"] == "folder" { Kind::Folder } else { Kind::File };
        Found { id: text(&item["id"]), kind }
    }

    fn nothing() -> Found {
        Found { id: NOTHING.to_owned(), kind: Kind::Nothing }
    }

    /// Returns the URL of the item.
    pub fn url(&self) -> String {
        let kind = if self.kind == Kind::Folder { "folders" } else { "files" };
        format!("/2.0/{kind}/{}", self.id)
    }

    /// Translates what is told of an item of the wrong kind: files and folders have ids apart, so that a file's id is
    /// that of no folder, and the other way round.
    pub fn needed_as<T>(&self, kind: Kind, told: Result<T, Code>) -> Result<T, Code> {
        let is_other = self.kind != kind && self.kind != Kind::Nothing;
        told.map_err(|code| if is_other && code == "itemNotFound" { "invalidRequest".into() } else { code })
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the code of the drive's own rule that an error of Box tells of.
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
        _ => panic!("no client knows what to make of {error}"),
    }
}

fn checked(answer: Answer) -> Result<Answer, Code> {
    if answer.status < 400 { Ok(answer) } else { Err(code_of(&answer.json()).to_owned()) }
}

/// A client and what it remembers.
pub struct Client<T> {
    pub wire: T,
    /// What it found before some of it was hidden.
    known: BTreeMap<String, Found>,
}

impl<T: Transport> Client<T> {
    pub fn new(wire: T) -> Self {
        Client { wire, known: BTreeMap::new() }
    }

    pub fn ask(
        &self,
        method: Method,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Answer, Code> {
        checked(self.wire.ask(Asking { method, url, headers, body }))
    }

    pub fn get(&self, url: &str) -> Result<Value, Code> {
        self.ask(Method::GET, url, Vec::new(), Vec::new()).map(|answer| answer.json())
    }

    /// Sends JSON, for an item with a tag if one is given.
    pub fn send(&self, method: Method, url: &str, tag: Option<String>, body: &Value) -> Result<Answer, Code> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        // Box takes no `null` for a member that is left out.
        let mut body = body.clone();
        if let Some(members) = body.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        self.ask(method, url, headers, body.to_string().into_bytes())
    }

    pub fn delete(&self, url: &str, tag: Option<String>) -> Result<(), Code> {
        let headers = tag.map(|tag| ("if-match", tag)).into_iter().collect();
        let answer = self.ask(Method::DELETE, url, headers, Vec::new())?;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        Ok(())
    }

    /// Sends what a file is to hold, behind what it is to be.
    pub fn upload(&self, url: &str, tag: Option<String>, about: &Value, bytes: &str) -> Result<(), Code> {
        let mut headers = vec![("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let head =
            |part: &str| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name={part}\r\n\r\n");
        let (first, second) = (head("\"attributes\""), head("\"file\"; filename=\"\""));
        let body = format!("{first}{about}\r\n{second}{bytes}\r\n--{BOUNDARY}--\r\n");
        let made = self.ask(Method::POST, url, headers, body.into_bytes())?.json();
        assert_eq!(made["entries"][0]["size"], bytes.len(), "{made}");
        Ok(())
    }

    /// Asks for a file; the bytes are at another URL.
    pub fn download(&self, url: &str) -> Result<Vec<u8>, Code> {
        let answer = self.ask(Method::GET, url, Vec::new(), Vec::new())?;
        assert_eq!((answer.status, answer.body.len()), (302, 0));
        let location = answer.location.expect("where the bytes are");
        Ok(self.ask(Method::GET, &location, Vec::new(), Vec::new())?.body)
    }

    /// Lists all entries of a list, by offset and by marker, which must be the same.
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

    /// Finds what a path leads to; what was remembered is taken where nothing is seen any more.
    pub fn find(&self, path: &str) -> Found {
        let mut at = Found { id: "0".to_owned(), kind: Kind::Folder };
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = if at.kind == Kind::Folder { self.find_in(&at, name) } else { Found::nothing() };
        }
        if at.kind == Kind::Nothing { self.known.get(path).cloned().unwrap_or(at) } else { at }
    }

    /// Finds an item of a folder by its name, in any case if it is not listed in this one: who asks whether a file could
    /// be sent is told what has its name.
    fn find_in(&self, folder: &Found, name: &str) -> Found {
        let url = format!("{}/items?limit=1000&usemarker=true", folder.url());
        let listed = self.get(&url).unwrap_or_default();
        let mut entries = listed["entries"].as_array().into_iter().flatten();
        if let Some(entry) = entries.find(|entry| entry["name"] == name) {
            return Found::of(entry);
        }
        let body = json!({ "name": name, "parent": { "id": folder.id } }).to_string().into_bytes();
        let asking = Asking { method: Method::OPTIONS, url: "/2.0/files/content", headers: Vec::new(), body };
        let holder = self.wire.ask(asking).json()["context_info"]["conflicts"].clone();
        if holder.is_object() { Found::of(&holder) } else { Found::nothing() }
    }

    /// Remembers where everything is.
    pub fn remember(&mut self) {
        let mut folders = vec![(String::new(), Found { id: "0".to_owned(), kind: Kind::Folder })];
        while let Some((above, folder)) = folders.pop() {
            for entry in self.entries(&format!("{}/items", folder.url()), 1000).unwrap_or_default() {
                let (path, found) = (format!("{above}/{}", text(&entry["name"])), Found::of(&entry));
                if found.kind == Kind::Folder {
                    folders.push((path.clone(), found.clone()));
                }
                self.known.insert(path, found);
            }
        }
    }
}

/// Returns the path of an item that was answered.
pub fn path_of(item: &Value) -> String {
    if item["id"] == "0" {
        return "/".to_owned();
    }
    let above = item["path_collection"]["entries"].as_array().expect("the folders above");
    if above.first().is_none_or(|first| first["id"] != "0") {
        lacking("paths below folders that may not be read");
    }
    let names = above.iter().skip(1).chain([item]).map(|item| text(&item["name"]));
    names.map(|name| format!("/{name}")).collect()
}
