//! Works on a drive of Graph as a well-behaved client, and keeps a model of the drive.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use drivesim_tests::http::{Client, Request, Response};
use drivesim_tests::random::Random;
use serde_json::{Value, json};

use crate::Shared;
use crate::model::{Model, Node};

/// Maximum number of items of a model; beyond it, items are deleted.
const MAX_ITEMS: usize = 150;
/// Number of operations between comparisons of the drive with the model.
const COMPARISON_INTERVAL: u64 = 40;

/// A well-behaved client of one drive.
pub struct DriveClient<'a> {
    pub shared: &'a Shared,
    pub client: Client,
    pub random: Random,
}

impl<'a> DriveClient<'a> {
    pub fn new(shared: &'a Shared, random: Random) -> DriveClient<'a> {
        DriveClient { shared, client: Client::new(shared.address, Duration::from_secs(60)), random }
    }

    /// Sends a request, and again after 429 or 503. Returns `None` if there is no response.
    pub fn send_with_retry(&mut self, request: &Request) -> Option<Response> {
        for _ in 0..200 {
            let answer = match self.client.send(request) {
                Ok(answer) => answer,
                Err(error) => {
                    self.shared.stats.fail(format!("{} {}: {error}", request.method, request.target));
                    return None;
                }
            };
            self.shared.stats.check_response(request, &answer);
            if ![429, 503].contains(&answer.status) {
                return Some(answer);
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }

    /// Sends a request and returns its response if the status is expected. A full drive is allowed; any other status is
    /// a failure of the soak.
    pub fn expect_status(&mut self, what: &'static str, request: &Request, good: &[u16]) -> Option<Response> {
        let answer = self.send_with_retry(request)?;
        if good.contains(&answer.status) {
            self.shared.stats.count_operation(what);
            return Some(answer);
        }
        let is_full = answer.status == 507 || answer.json()["code"] == "storage_limit_exceeded";
        if !is_full {
            self.shared.stats.fail(format!("{what}: {} {}: {answer:?}", request.method, request.target));
        }
        None
    }

    /// Returns fewer than `most` bytes.
    pub fn random_bytes(&mut self, most: usize) -> Vec<u8> {
        let n_bytes = self.random.below(most);
        let start = self.random.number() as u8;
        (0..n_bytes).map(|at| start.wrapping_add(at as u8)).collect()
    }
}

pub fn run(shared: &Shared, drive: &'static str, random: Random) {
    let mut worker = DriveClient::new(shared, random);
    for n_done in 1_u64.. {
        if shared.is_over() {
            return;
        }
        let mut model = shared.models.borrow_model(drive);
        worker.step(drive, &mut model);
        if n_done % COMPARISON_INTERVAL == 0 {
            if let Err(why) = model.compare(&shared.sim.fork(), drive) {
                shared.stats.fail(why);
            }
            shared.stats.count_comparison();
        }
    }
}

/// Returns the URL of an item by path.
fn at(drive: &str, path: &str, rest: &str) -> String {
    format!("/v1.0/drives/{drive}/root:{path}{rest}")
}

impl DriveClient<'_> {
    fn step(&mut self, drive: &str, model: &mut Model) {
        let folder = model.any_folder(&mut self.random);
        let existing = model.any_item(&mut self.random);
        match (self.random.below(12), existing) {
            (_, Some((path, _))) if model.nodes.len() > MAX_ITEMS => self.remove(drive, model, &path),
            (0 | 1, _) => self.create(drive, model, &folder),
            (2 | 3, _) => self.put(drive, model, &folder),
            (4, _) => self.upload(drive, model, &folder),
            (5 | 6, Some((path, _))) => self.copy(drive, model, &path, &folder),
            (7, Some((path, _))) => self.rename(drive, model, &path),
            (8, Some((path, _))) => self.remove(drive, model, &path),
            (9, Some((path, Node::File(bytes)))) => self.read(drive, &path, &bytes),
            (10, Some((path, _))) => self.refuse(drive, &path),
            _ => self.list(drive, model, &folder),
        }
    }

    fn create(&mut self, drive: &str, model: &mut Model, folder: &str) {
        let name = model.new_name();
        let body = json!({ "name": name, "folder": {} });
        let request = Request::new("POST", at(drive, folder, ":/children")).json(&body);
        if self.expect_status("create folder", &request, &[201]).is_some() {
            model.nodes.insert(format!("{folder}/{name}"), Node::Folder);
        }
    }

    fn put(&mut self, drive: &str, model: &mut Model, folder: &str) {
        let path = format!("{folder}/{}.bin", model.new_name());
        let bytes = self.random_bytes(20_000);
        let request = Request::new("PUT", at(drive, &path, ":/content")).body(bytes.clone());
        if self.expect_status("put content", &request, &[200, 201]).is_some() {
            model.nodes.insert(path, Node::File(bytes.into()));
        }
    }

    fn upload(&mut self, drive: &str, model: &mut Model, folder: &str) {
        let path = format!("{folder}/{}.bin", model.new_name());
        let bytes = [self.random_bytes(40_000), vec![7]].concat();
        let open = Request::new("POST", at(drive, &path, ":/createUploadSession")).json(&json!({}));
        let Some(opened) = self.expect_status("open upload", &open, &[200]) else { return };
        let url = opened.json()["uploadUrl"].as_str().unwrap_or_default().to_owned();
        let url = format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default());
        let mut start = 0;
        for part in bytes.chunks(bytes.len().div_ceil(3)) {
            let end = start + part.len();
            let range = format!("bytes {start}-{}/{}", end - 1, bytes.len());
            let request = Request::new("PUT", url.clone()).header("Content-Range", range).body(part);
            if self.expect_status("upload range", &request, &[200, 201, 202]).is_none() {
                self.send_with_retry(&Request::new("DELETE", url));
                return;
            }
            start = end;
        }
        model.nodes.insert(path, Node::File(bytes.into()));
    }

    /// Copies an item and polls the monitor until the job has ended.
    fn copy(&mut self, drive: &str, model: &mut Model, path: &str, folder: &str) {
        if folder.starts_with(path) || model.subtree(path).len() + model.nodes.len() > MAX_ITEMS {
            return;
        }
        let name = model.new_name();
        let parent = json!({ "driveId": drive, "path": format!("/drives/{drive}/root:{folder}") });
        let body = json!({ "name": name, "parentReference": parent });
        let request = Request::new("POST", at(drive, path, ":/copy")).json(&body);
        let Some(accepted) = self.expect_status("copy", &request, &[202]) else { return };
        let monitor = accepted.header("location").unwrap_or_default().to_owned();
        let monitor = format!("/{}", monitor.splitn(4, '/').nth(3).unwrap_or_default());
        let to = format!("{folder}/{name}");
        for _ in 0..5000 {
            let Some(poll) = self.send_with_retry(&Request::new("GET", monitor.clone())) else { return };
            let status = poll.json()["status"].as_str().unwrap_or_default().to_owned();
            match (poll.status, &*status) {
                // The server forgets the oldest of many ended jobs.
                (_, "completed") | (303 | 404, _) => break,
                (_, "failed") => {
                    self.send_with_retry(&Request::new("DELETE", at(drive, &to, "")));
                    return;
                }
                _ => thread::sleep(Duration::from_millis(2)),
            }
        }
        match self.send_with_retry(&Request::new("GET", at(drive, &to, ""))) {
            Some(answer) if answer.status == 200 => model.copy(path, &to),
            other => self.shared.stats.fail(format!("{to} was copied but does not exist: {other:?}")),
        }
        self.shared.stats.count_operation("copy that ended");
    }

    fn rename(&mut self, drive: &str, model: &mut Model, path: &str) {
        let name = model.new_name();
        let request = Request::new("PATCH", at(drive, path, "")).json(&json!({ "name": name }));
        if self.expect_status("rename", &request, &[200]).is_some() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            model.copy(path, &format!("{folder}/{name}"));
            model.remove(path);
        }
    }

    fn remove(&mut self, drive: &str, model: &mut Model, path: &str) {
        let is_for_good = self.random.one_in(2);
        let request = match is_for_good {
            true => Request::new("POST", at(drive, path, ":/permanentDelete")),
            false => Request::new("DELETE", at(drive, path, "")),
        };
        if self.expect_status(if is_for_good { "purge" } else { "delete" }, &request, &[204]).is_some() {
            model.remove(path);
        }
    }

    fn read(&mut self, drive: &str, path: &str, bytes: &Arc<[u8]>) {
        let request = Request::new("GET", at(drive, path, ":/content"));
        let Some(answer) = self.expect_status("content", &request, &[302]) else { return };
        let url = answer.header("location").unwrap_or_default().to_owned();
        let request = Request::new("GET", format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default()));
        let Some(answer) = self.expect_status("download", &request, &[200]) else { return };
        if *answer.body != **bytes {
            self.shared.stats.fail(format!("{path} has other bytes than were sent"));
        }
    }

    /// Sends requests that must fail.
    fn refuse(&mut self, drive: &str, path: &str) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = path.strip_suffix(name).unwrap_or_default().trim_end_matches('/');
        let body = json!({ "name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail" });
        let request = Request::new("POST", at(drive, folder, ":/children")).json(&body);
        self.expect_status("rejected: name taken", &request, &[409]);
        let request = Request::new("GET", at(drive, &format!("{folder}/nowhere"), ""));
        self.expect_status("rejected: not found", &request, &[404]);
    }

    /// Lists a folder page by page.
    fn list(&mut self, drive: &str, model: &Model, folder: &str) {
        let mut next = Some(at(drive, folder, ":/children?$top=7"));
        let mut names = Vec::new();
        while let Some(url) = next {
            let Some(answer) = self.expect_status("list", &Request::new("GET", url), &[200]) else { return };
            let page: Value = answer.json();
            let items = page["value"].as_array().cloned().unwrap_or_default();
            names.extend(items.iter().map(|item| item["name"].as_str().unwrap_or_default().to_owned()));
            let link = page["@odata.nextLink"].as_str();
            next = link.map(|link| format!("/{}", link.splitn(4, '/').nth(3).unwrap_or_default()));
        }
        names.sort();
        if names != model.names_in(folder) {
            self.shared
                .stats
                .fail(format!("{drive}{folder} lists {names:?}, not {:?}", model.names_in(folder)));
        }
    }
}
