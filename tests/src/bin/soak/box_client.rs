//! Works on a drive of Box as a well-behaved client, and keeps a model of the drive.

use drivesim_tests::http::Request;
use drivesim_tests::random::Random;
use serde_json::{Value, json};

use crate::Shared;
use crate::graph_client::DriveClient;
use crate::model::{Model, Node};

const MAX_ITEMS: usize = 120;
const COMPARISON_INTERVAL: u64 = 40;

pub fn run(shared: &Shared, drive: &'static str, random: Random) {
    let mut worker = DriveClient::new(shared, random);
    for n_done in 1_u64.. {
        if shared.is_over() {
            return;
        }
        let mut model = shared.models.borrow_model(drive);
        worker.box_step(drive, &mut model);
        if n_done % COMPARISON_INTERVAL == 0 {
            if let Err(why) = model.compare(&shared.sim.fork(), drive) {
                shared.stats.fail(why);
            }
            shared.stats.count_comparison();
        }
    }
}

/// Returns the URL of an item.
fn url(node: &Node, id: &str) -> String {
    format!("/2.0/{}/{id}", if *node == Node::Folder { "folders" } else { "files" })
}

impl DriveClient<'_> {
    fn box_step(&mut self, drive: &str, model: &mut Model) {
        let folder = model.any_folder(&mut self.random);
        let existing = model.any_item(&mut self.random);
        let is_full = model.nodes.len() > MAX_ITEMS;
        match (self.random.below(10), existing) {
            (_, Some((path, node))) if is_full => self.box_remove(drive, model, &path, &node),
            (0 | 1, _) => self.box_create(drive, model, &folder),
            (2 | 3, _) => self.box_upload(drive, model, &folder),
            (4 | 5, Some((path, node))) => self.box_copy(drive, model, &path, &node),
            (6, Some((path, node))) => self.box_rename(drive, model, &path, &node),
            (7, Some((path, node))) => self.box_remove(drive, model, &path, &node),
            (8, Some((path, node))) => self.box_trash(drive, &path, &node),
            _ => self.box_list(drive, model, &folder),
        }
    }

    /// Returns the wire id of an item, as a client finds it in the listings of folders.
    fn box_id(&mut self, drive: &str, path: &str) -> Option<String> {
        let mut id = "0".to_owned();
        for name in path.split('/').skip(1) {
            let url = format!("/2.0/folders/{id}/items?limit=1000&fields=name");
            let answer = self.expect_status("box list", &Request::new("GET", url), &[200])?;
            let entries = answer.json()["entries"].as_array().cloned().unwrap_or_default();
            let entry = entries.iter().find(|entry| entry["name"] == name);
            let Some(found) = entry.and_then(|entry| entry["id"].as_str()) else {
                self.shared.stats.fail(format!("{drive}{path} is not listed"));
                return None;
            };
            id = found.to_owned();
        }
        Some(id)
    }

    fn box_create(&mut self, drive: &str, model: &mut Model, folder: &str) {
        let Some(id) = self.box_id(drive, folder) else { return };
        let name = model.new_name();
        let body = json!({ "name": name, "parent": { "id": id } });
        if self
            .expect_status("box create folder", &Request::new("POST", "/2.0/folders").json(&body), &[201])
            .is_some()
        {
            model.nodes.insert(format!("{folder}/{name}"), Node::Folder);
        }
    }

    fn box_upload(&mut self, drive: &str, model: &mut Model, folder: &str) {
        let Some(id) = self.box_id(drive, folder) else { return };
        let name = format!("{}.bin", model.new_name());
        let attributes = json!({ "name": name, "parent": { "id": id } });
        let bytes = [self.random_bytes(10_000), vec![7]].concat();
        let head = format!(
            "--soak\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n{attributes}\r\n--soak\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), &bytes, b"\r\n--soak--\r\n"].concat();
        let request = Request::new("POST", "/api/2.0/files/content").body(body);
        let request = request.header("Content-Type", "multipart/form-data; boundary=soak");
        if self.expect_status("box upload", &request, &[201]).is_some() {
            model.nodes.insert(format!("{folder}/{name}"), Node::File(bytes.into()));
        }
    }

    fn box_copy(&mut self, drive: &str, model: &mut Model, path: &str, node: &Node) {
        if model.subtree(path).len() + model.nodes.len() > MAX_ITEMS {
            return;
        }
        let (Some(id), Some(home)) = (self.box_id(drive, path), self.box_id(drive, "/home")) else { return };
        let name = model.new_name();
        let body = json!({ "name": name, "parent": { "id": home } });
        let request = Request::new("POST", format!("{}/copy", url(node, &id))).json(&body);
        let Some(answer) = self.expect_status("box copy", &request, &[201]) else { return };
        // The copy of a folder fills up; requests repeat until it is complete.
        let copied: Value = answer.json();
        let copied = copied["id"].as_str().unwrap_or_default().to_owned();
        let n_expected = model.subtree(path).len();
        let to = format!("/home/{name}");
        for _ in 0..5000 {
            let tally = self.shared.sim.drive(drive).ok();
            let tally = tally.and_then(|drive| self.shared.sim.totals(drive.at(&to)).ok());
            if tally.is_some_and(|tally| (tally.files + tally.folders) as usize == n_expected) {
                break;
            }
            self.send_with_retry(&Request::new("GET", format!("{}?fields=name", url(node, &copied))));
        }
        model.copy(path, &to);
    }

    fn box_rename(&mut self, drive: &str, model: &mut Model, path: &str, node: &Node) {
        let Some(id) = self.box_id(drive, path) else { return };
        let name = model.new_name();
        let request = Request::new("PUT", url(node, &id)).json(&json!({ "name": name }));
        if self.expect_status("box rename", &request, &[200]).is_some() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            model.copy(path, &format!("{folder}/{name}"));
            model.remove(path);
        }
    }

    fn box_remove(&mut self, drive: &str, model: &mut Model, path: &str, node: &Node) {
        let Some(id) = self.box_id(drive, path) else { return };
        let rest = if *node == Node::Folder { "?recursive=true" } else { "" };
        let request = Request::new("DELETE", format!("{}{rest}", url(node, &id)));
        if self.expect_status("box delete", &request, &[204]).is_none() {
            return;
        }
        model.remove(path);
        if self.random.one_in(2) {
            self.expect_status(
                "box purge",
                &Request::new("DELETE", format!("{}/trash", url(node, &id))),
                &[204],
            );
        }
    }

    /// Moves an item to the trash and restores it.
    fn box_trash(&mut self, drive: &str, path: &str, node: &Node) {
        let Some(id) = self.box_id(drive, path) else { return };
        let rest = if *node == Node::Folder { "?recursive=true" } else { "" };
        let delete = Request::new("DELETE", format!("{}{rest}", url(node, &id)));
        if self.expect_status("box delete", &delete, &[204]).is_some() {
            self.expect_status("box restore", &Request::new("POST", url(node, &id)).json(&json!({})), &[201]);
        }
    }

    fn box_list(&mut self, drive: &str, model: &Model, folder: &str) {
        let Some(id) = self.box_id(drive, folder) else { return };
        let (mut names, mut offset) = (Vec::new(), 0);
        loop {
            let url = format!("/2.0/folders/{id}/items?fields=name&limit=9&offset={offset}");
            let Some(answer) = self.expect_status("box page", &Request::new("GET", url), &[200]) else {
                return;
            };
            let entries = answer.json()["entries"].as_array().cloned().unwrap_or_default();
            if entries.is_empty() {
                break;
            }
            offset += entries.len();
            names.extend(entries.iter().map(|entry| entry["name"].as_str().unwrap_or_default().to_owned()));
        }
        names.sort();
        if names != model.names_in(folder) {
            self.shared
                .stats
                .fail(format!("{drive}{folder} lists {names:?}, not {:?}", model.names_in(folder)));
        }
    }
}
