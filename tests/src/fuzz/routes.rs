//! Lists the routes of the server and fills their placeholders with existing items.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use drivesim_server::routes;
use serde_json::{Value, json};

use super::world::{DRIVES, World};
use crate::http::Request;

/// A route whose path has placeholders in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: String,
}

/// Returns all routes of the server's table, one for each form of a path.
pub(super) fn all_routes() -> &'static [Route] {
    static ALL: OnceLock<Vec<Route>> = OnceLock::new();
    ALL.get_or_init(|| {
        let of = |route: &drivesim_server::RouteInfo| {
            let method = route.method;
            route.paths().into_iter().map(move |path| Route { method, path }).collect::<Vec<_>>()
        };
        routes().iter().flat_map(of).collect()
    })
}

/// Returns the routes of the admin API.
pub(super) fn admin_routes() -> impl Iterator<Item = &'static Route> {
    all_routes().iter().filter(|route| route.path.starts_with("/_drivesim"))
}

/// The values of the placeholders of routes.
#[derive(Clone, Debug)]
pub(super) struct Placeholders(BTreeMap<String, String>);

impl Placeholders {
    /// Creates what the placeholders name: a copy, an upload of each service, a version, items in the trash.
    pub(super) fn create(world: &World) -> Placeholders {
        let get = |path: &str| world.send(&Request::new("GET", path));
        let post = |path: &str, body: Value| world.send(&Request::new("POST", path).json(&body));
        let last =
            |url: Option<&str>| url.and_then(|url| url.rsplit('/').next()).unwrap_or("none").to_owned();
        let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
        let first = |path: &str| text(&get(path).json()["entries"][0]["id"]);
        let copy = post("/v1.0/me/drive/root:/c.txt:/copy", json!({ "name": "copied.txt" }));
        let content = get("/v1.0/me/drive/root:/Docs/a.txt:/content");
        let upload = post("/v1.0/me/drive/root:/new.txt:/createUploadSession", json!({})).json();
        let box_folder = first("/2.0/folders/0/items");
        let in_folder = get(&format!("/2.0/folders/{box_folder}/items")).json();
        let mut entries = in_folder["entries"].as_array().into_iter().flatten();
        let box_file = text(&entries.find(|entry| entry["type"] == "file").unwrap_or(&Value::Null)["id"]);
        let body = "--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n{}\r\n--x\r\n\
                    content-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nnew\r\n--x--\r\n";
        let version = Request::new("POST", format!("/api/2.0/files/{box_file}/content"));
        world.send(&version.header("Content-Type", "multipart/form-data; boundary=x").body(body));
        let box_content = get(&format!("/2.0/files/{box_file}/content"));
        let session = json!({ "folder_id": "0", "file_size": 20_000_000, "file_name": "big" });
        let session = post("/api/2.0/files/upload_sessions", session).json();
        let trashed = |path: &str, kind: &str| {
            let id = text(&post(path, json!({ "name": "gone", "parent": { "id": "0" } })).json()["id"]);
            world.send(&Request::new("DELETE", format!("/2.0/{kind}/{id}")));
            id
        };
        let trashed_file = trashed(&format!("/2.0/files/{box_file}/copy"), "files");
        let mut words = BTreeMap::from(
            [
                ("{monitor-id}", last(copy.header("location"))),
                ("download", last(content.header("location"))),
                ("upload", last(upload["uploadUrl"].as_str())),
                ("box-download", last(box_content.header("location"))),
                ("{version-id}", first(&format!("/2.0/files/{box_file}/versions"))),
                ("{session-id}", text(&session["id"])),
                ("gone-file", trashed_file),
                ("gone-folder", trashed("/2.0/folders", "folders")),
                ("{folder-id}", box_folder),
                ("{file-id}", box_file),
            ]
            .map(|(word, name)| (word.to_owned(), name)),
        );
        for (drive, ..) in DRIVES.iter().filter(|(_, profile, _)| *profile != "box") {
            let id = |path: &str| text(&get(&format!("/v1.0/drives/{drive}/root:/{path}")).json()["id"]);
            words.insert(format!("folder {drive}"), id("Docs"));
            words.insert(format!("file {drive}"), id("Docs/a.txt"));
        }
        Placeholders(words)
    }

    /// Returns the value of a placeholder.
    pub(super) fn get(&self, word: &str) -> &str {
        self.0.get(word).map_or("none", String::as_str)
    }

    /// Fills the placeholders in the path of a route.
    pub(super) fn fill(&self, path: &str) -> String {
        let owners = [
            ("/users/", "anns"),
            ("/groups/", "groups"),
            ("/sites/", "sites"),
            ("/me/", "mine"),
            ("{drive-id}", "mine"),
        ];
        // Paths that name no drive mean the first personal one.
        let drive = owners.iter().find(|(word, _)| path.contains(word)).map_or("home", |(_, drive)| drive);
        let kind = if path.contains("/content") { "file" } else { "folder" };
        let item = self.get(&format!("{kind} {drive}"));
        let below = match (path.contains("{item-id}:/"), path.contains("/content")) {
            (true, _) => "deep",
            (false, true) => "Docs/a.txt",
            (false, false) => "Docs",
        };
        let ticket = match path {
            _ if path.contains("_upload") => "upload",
            _ if path.starts_with("/_download") => "download",
            _ => "box-download",
        };
        let is_trashed = path.ends_with("/trash");
        let box_id = |word, trashed| if is_trashed { self.get(trashed) } else { self.get(word) };
        let mut path = path.to_owned();
        for (word, name) in [
            ("{drive-id}", "mine"),
            ("{user-id}", "ann"),
            ("{group-id}", "g"),
            ("{site-id}", "s"),
            ("{item-id}", item),
            ("{path}", below),
            ("{opaque}", self.get(ticket)),
            ("{job-id}", self.get("{monitor-id}")),
            ("{id}", self.get("{monitor-id}")),
            ("{folder-id}", box_id("{folder-id}", "gone-folder")),
            ("{file-id}", box_id("{file-id}", "gone-file")),
            ("{version-id}", self.get("{version-id}")),
            ("{session-id}", self.get("{session-id}")),
            ("{name}", "kept"),
        ] {
            path = path.replace(word, name);
        }
        path
    }
}
