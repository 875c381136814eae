//! Compares HEAD with GET on every route that supports GET: the same status and headers, no body, the same length.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use drivesim::{Pace, Sim};
use drivesim_server::{Limits, ServerOptions, router_with, routes};
use serde_json::Value;
use tower::ServiceExt;

const TREE: &str = "Docs/\n  a.txt = \"hello\"\n";

/// A server with a drive for each kind of owner, an upload of each service and a copy.
pub(super) struct PreparedServer {
    router: Router,
    /// The values of the placeholders in paths.
    placeholders: BTreeMap<&'static str, String>,
}

pub(super) struct Response {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// Returns the headers that are the same in every response.
    fn stable_headers(&self) -> BTreeMap<String, Vec<u8>> {
        let ids = ["request-id", "client-request-id", "box-request-id", "content-length"];
        let stable = self.headers.iter().filter(|(name, _)| !ids.contains(&name.as_str()));
        stable.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    fn text(&self, header: &str) -> String {
        self.headers[header].to_str().unwrap().to_owned()
    }
}

impl PreparedServer {
    pub(super) fn new() -> PreparedServer {
        let mut outline = String::new();
        for (name, profile, owner) in [
            ("mine", "business", "me"),
            ("anns", "business", "user:ann"),
            ("groups", "business", "group:g"),
            ("sites", "business", "site:s"),
            ("home", "personal", "user:bob"),
            ("box", "box", "user:box"),
        ] {
            outline.push_str(&format!("drive {name} profile={profile} owner={owner}\n{TREE}"));
        }
        let sim = Sim::builder().pace(Pace::Instant).outline(outline).build().unwrap();
        let limits = Limits::default().max_long_poll(std::time::Duration::from_millis(1));
        let router = router_with(sim, ServerOptions::default().limits(limits)).unwrap();
        let mut server = PreparedServer { router, placeholders: BTreeMap::new() };
        server.prepare();
        server
    }

    pub(super) fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let mut request = Request::builder().method(method).uri(url).header("host", "drive.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        pollster::block_on(async {
            let raw = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = raw.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Response { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }

    fn json(&self, method: &str, url: &str, body: &str) -> Response {
        let response = self.send(method, url, &[("content-type", "application/json")], body);
        assert!(response.status < 400, "{method} {url}: {}", String::from_utf8_lossy(&response.body));
        response
    }

    /// Creates what the routes need and keeps the ids.
    fn prepare(&mut self) {
        let copy = self.json("POST", "/v1.0/me/drive/root:/Docs/a.txt:/copy", r#"{"name":"b.txt"}"#);
        let job = copy.text("location").rsplit('/').next().unwrap().to_owned();
        let content = self.json("GET", "/v1.0/me/drive/root:/Docs/a.txt:/content", "");
        let download = content.text("location").rsplit('/').next().unwrap().to_owned();
        let upload = self.json("POST", "/v1.0/me/drive/root:/Docs/new.txt:/createUploadSession", "{}").json();
        let upload = upload["uploadUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let entry = |response: Response| response.json()["entries"][0]["id"].as_str().unwrap().to_owned();
        let folder = entry(self.json("GET", "/2.0/folders/0/items", ""));
        let file = entry(self.json("GET", &format!("/2.0/folders/{folder}/items"), ""));
        let box_download = self.json("GET", &format!("/2.0/files/{file}/content"), "");
        let box_download = box_download.text("location").rsplit('/').next().unwrap().to_owned();
        let attributes = "--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n{}\r\n--x\r\n\
                          content-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nnew\r\n--x--\r\n";
        let kind = [("content-type", "multipart/form-data; boundary=x")];
        let uploaded = self.send("POST", &format!("/api/2.0/files/{file}/content"), &kind, attributes);
        assert!(uploaded.status < 300, "{}", uploaded.status);
        let version = entry(self.json("GET", &format!("/2.0/files/{file}/versions"), ""));
        let session = r#"{"folder_id":"0","file_size":20000000,"file_name":"big"}"#;
        let session = self.json("POST", "/api/2.0/files/upload_sessions", session).json();
        let session = session["id"].as_str().unwrap().to_owned();
        let trashed = |name: &str, kind_of_item: &str| {
            let body = format!(r#"{{"name":"{name}","parent":{{"id":"0"}}}}"#);
            let url = match kind_of_item {
                "files" => format!("/2.0/files/{file}/copy"),
                _ => "/2.0/folders".to_owned(),
            };
            let id = self.json("POST", &url, &body).json()["id"].as_str().unwrap().to_owned();
            self.json("DELETE", &format!("/2.0/{kind_of_item}/{id}"), "");
            id
        };
        let (trashed_file, trashed_folder) = (trashed("gone.txt", "files"), trashed("gone", "folders"));
        self.placeholders = BTreeMap::from([
            ("{job-id}", job),
            ("download", download),
            ("upload", upload),
            ("box-download", box_download),
            ("{folder-id}", folder),
            ("{file-id}", file),
            ("{version-id}", version),
            ("{session-id}", session),
            ("trashed-file", trashed_file),
            ("trashed-folder", trashed_folder),
        ]);
    }

    /// Replaces the placeholders of a path of the route table.
    pub(super) fn expand(&self, path: &str) -> String {
        let word = |key: &str| self.placeholders[key].as_str();
        let is_content = path.ends_with("/content");
        let owner = [("/users/", "anns"), ("/groups/", "groups"), ("/sites/", "sites")];
        // Without a drive in the path, the default is the first personal one.
        let is_named = path.contains("/me/") || path.contains("{drive-id}");
        let unnamed = if is_named { "mine" } else { "home" };
        let drive = owner.iter().find(|(kind, _)| path.contains(kind)).map_or(unnamed, |(_, drive)| drive);
        let item = |path: &str| {
            let response = self.json("GET", &format!("/v1.0/drives/{drive}/root:/{path}"), "");
            response.json()["id"].as_str().unwrap().to_owned()
        };
        // By an id followed by a path, or by one of them.
        let (id, below) = match (path.contains("{item-id}:/{path}"), is_content) {
            (true, true) => (item("Docs"), "a.txt"),
            (true, false) => (item("Docs"), "."),
            (false, true) => (item("Docs/a.txt"), "Docs/a.txt"),
            (false, false) => (item("Docs"), "Docs"),
        };
        let ticket = match path {
            _ if path.contains("_upload") => word("upload"),
            _ if path.starts_with("/_download") => word("download"),
            _ => word("box-download"),
        };
        let mut filled = path.to_owned();
        if path.ends_with("/trash") {
            filled = filled.replace("{file-id}", word("trashed-file"));
            filled = filled.replace("{folder-id}", word("trashed-folder"));
        }
        for (key, value) in [
            ("{drive-id}", drive),
            ("{user-id}", "ann"),
            ("{group-id}", "g"),
            ("{site-id}", "s"),
            ("{item-id}", &*id),
            ("{path}", below),
            ("{opaque}", ticket),
            ("{job-id}", word("{job-id}")),
            ("{id}", word("{job-id}")),
            ("{folder-id}", word("{folder-id}")),
            ("{file-id}", word("{file-id}")),
            ("{version-id}", word("{version-id}")),
            ("{session-id}", word("{session-id}")),
        ] {
            filled = filled.replace(key, value);
        }
        match &*filled {
            "/_drivesim/access" => "/_drivesim/access?drive=mine&path=/Docs".to_owned(),
            "/_drivesim/members" => "/_drivesim/members?drive=box&path=/Docs".to_owned(),
            search if search.ends_with("/search") => format!("{search}?query=a"),
            _ => filled,
        }
    }

    /// Compares HEAD with GET.
    fn compare(&self, url: &str, headers: &[(&str, &str)]) -> u16 {
        let (get, head) = (self.send("GET", url, headers, ""), self.send("HEAD", url, headers, ""));
        let again = self.send("GET", url, headers, "");
        assert_eq!(
            (get.status, get.stable_headers()),
            (again.status, again.stable_headers()),
            "GET {url} twice"
        );
        assert_eq!((head.status, head.stable_headers()), (get.status, get.stable_headers()), "HEAD {url}");
        assert!(head.body.is_empty(), "HEAD {url} has a body");
        let length = |response: &Response| {
            response.headers.get("content-length").map(|length| length.to_str().unwrap().to_owned())
        };
        match get.status {
            // These have neither a body nor a length.
            204 | 304 => assert_eq!(length(&head), length(&get), "HEAD {url}"),
            // A stream has no length.
            _ if url.ends_with("/events") && url.starts_with("/_drivesim") => {
                assert_eq!(length(&head), None, "HEAD {url}")
            }
            _ => assert_eq!(length(&head), Some(get.body.len().to_string()), "HEAD {url}"),
        }
        get.status
    }
}

#[test]
fn every_route_that_supports_get_supports_head() {
    let server = PreparedServer::new();
    let mut n_paths = 0;
    for route in routes().iter().filter(|route| route.method == "GET") {
        for path in route.paths() {
            let url = server.expand(&path);
            assert!(!url.contains('{'), "{url} has an unknown placeholder");
            // The root has no content, so these requests fail.
            let is_root = path.ends_with("/root/content");
            let status = server.compare(&url, &[]);
            assert!(is_root || status < 400, "GET {url}: {status}");
            n_paths += 1;
        }
    }
    assert!(n_paths > 200, "{n_paths}");
}

#[test]
fn head_matches_get_for_errors_gzip_ranges_and_not_modified() {
    let server = PreparedServer::new();
    let etag =
        server.json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").json()["eTag"].as_str().unwrap().to_owned();
    for (url, headers, status) in [
        ("/v1.0/me/drive/root:/gone", vec![], 404),
        ("/v1.0/me/drive/root:/Docs:/content", vec![], 400),
        ("/v1.0/me/drive/root/delta", vec![], 501),
        ("/v1.0/me/drive/root:/Docs/a.txt:/copy", vec![], 405),
        ("/v1.0/me/drive/root:/Docs/a.txt", vec![("if-none-match", &*etag)], 304),
        ("/v1.0/monitor/nosuch", vec![], 404),
        ("/2.0/files/1", vec![], 404),
        ("/2.0/nosuch", vec![], 404),
        ("/2.0/folders/0/items", vec![("accept-encoding", "gzip")], 200),
        ("/_drivesim/jobs/77", vec![], 404),
        ("/_drivesim/reset", vec![], 405),
        ("/_drivesim/nosuch", vec![], 404),
    ] {
        assert_eq!(server.compare(url, &headers), status, "{url}");
    }
    let download = format!("/_download/{}", server.placeholders["download"]);
    for range in ["bytes=1-2", "bytes=-1"] {
        assert_eq!(server.compare(&download, &[("range", range)]), 206);
    }
    assert_eq!(server.compare(&download, &[("range", "bytes=99-")]), 416);
}

#[test]
fn head_of_a_monitor_polls_the_job() {
    let sim =
        Sim::builder().pace(Pace::Polls(2)).outline(format!("drive mine owner=me\n{TREE}")).build().unwrap();
    let router = router_with(sim.clone(), ServerOptions::default()).unwrap();
    let server = PreparedServer { router, placeholders: BTreeMap::new() };
    let monitor =
        server.json("POST", "/v1.0/me/drive/root:/Docs/a.txt:/copy", r#"{"name":"b.txt"}"#).text("location");
    let statuses: Vec<u16> = (0..3).map(|_| server.send("HEAD", &monitor, &[], "").status).collect();
    assert!(sim.exists("/Docs/b.txt"), "{statuses:?}");
}
