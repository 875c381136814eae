//! Implements the contract of drives with requests of Box clients.
//!
//! What Box has no API for is set through the simulator, which the server shares with the test: access, locks, quotas,
//! time, times of content. The user of an operation is the user that the server acts as.

use std::cell::RefCell;
use std::time::Duration;

use axum::http::Method;
use drivesim::access::{Access, LockScope};
use drivesim::item::{Times, Timestamp};
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Pace, Profile, Sim};
use drivesim_testkit::contract::{
    Binned, Code, Ended, Facts, Feed, Id, Seen, SeenVersion, Subject, Tag, unsupported,
};
use serde_json::json;

use crate::contract::box_client::{BoxClient, FoundItem, FoundKind, encoded, path_of, text};
use crate::contract::box_drive::{BoxSubject, code, optional_time, parent_path, time, version_number};
use crate::support::transport::Transport;

/// The event stream of Box is not a change feed: it lists each operation, a copied folder once, and never the existing
/// items.
const EVENTS: &str = "a change feed";

impl<T: Transport> Subject for BoxSubject<T> {
    fn offers(profile: &Profile) -> bool {
        profile.service == Service::Box
    }

    fn new(profile: &Profile, outline: &str) -> Self {
        let builder = Sim::builder().profile(profile.clone()).outline(outline).pace(Pace::Held);
        let sim = builder.build().expect("a drive");
        let client = BoxClient::new(T::new(sim.clone()));
        let (locks, copies, deleted) = (Vec::new(), Vec::new(), Vec::new());
        let version_ids = RefCell::default();
        BoxSubject { sim, client, expected: None, locks, copies, deleted, version_ids }
    }

    fn outline(&self) -> String {
        self.sim.check_invariants();
        self.sim.outline().expect("an outline")
    }

    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended {
        match self.request_copy(source, target, &options) {
            Ok(item) => match self.running_job() {
                Some(job) => self.run_to_end(&job, &FoundItem::of(&item).url()),
                None => Ended::Completed(path_of(&item)),
            },
            Err(code) => Ended::Refused(code),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Code> {
        let found = self.client.find(folder);
        let result = self.client.entries(&format!("/2.0/folders/{}/items", found.id), 2);
        let entries = found.expect_kind(FoundKind::Folder, result)?;
        let first_file = entries.partition_point(|entry| entry["type"] == "folder");
        let names: Vec<String> = entries.iter().map(|entry| text(&entry["name"])).collect();
        // Box lists folders before files, each kind by name: the names are merged.
        let (mut folders, mut files) =
            (names[..first_file].iter().peekable(), names[first_file..].iter().peekable());
        let mut all = Vec::new();
        while folders.peek().is_some() || files.peek().is_some() {
            let is_folder = match (folders.peek(), files.peek()) {
                (Some(folder), Some(file)) => folder.to_lowercase() <= file.to_lowercase(),
                (folder, _) => folder.is_some(),
            };
            all.extend(if is_folder { folders.next() } else { files.next() }.cloned());
        }
        Ok(all)
    }

    fn item(&self, path: &str) -> Result<Seen, Code> {
        let found = self.client.find(path);
        let item = self.client.get(&found.url())?;
        let child_count = item["item_collection"]["total_count"].as_u64().unwrap_or_default() as u32;
        let size = item["size"].as_u64().expect("a size");
        Ok(Seen { is_folder: found.kind == FoundKind::Folder, size, child_count })
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Code> {
        let found = self.client.find(path);
        found.expect_kind(FoundKind::File, self.client.download(&format!("/2.0/files/{}/content", found.id)))
    }

    fn create_folder(&mut self, parent: &str, name: &str) -> Result<(), Code> {
        let folder = self.client.find(parent);
        self.consume_ignored_tag(&folder, "preconditions on the parent of a new folder");
        let body = json!({ "name": name, "parent": { "id": folder.id } });
        let result = self.client.send(Method::POST, "/2.0/folders", None, &body).map(drop);
        folder.expect_kind(FoundKind::Folder, result)
    }

    fn create_file(&mut self, parent: &str, name: &str, text: &str) -> Result<(), Code> {
        self.new_file(parent, name, text)
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let found = self.client.find(path);
        if found.kind == FoundKind::Nothing {
            self.consume_ignored_tag(&found, "preconditions on missing files");
            return self.new_file(parent_path(path), &path[parent_path(path).len() + 1..], text);
        }
        let (tag, url) = (self.expected.take(), format!("/api/2.0/files/{}/content", found.id));
        found.expect_kind(FoundKind::File, self.client.upload(&url, tag, &json!({}), text))
    }

    fn rename(&mut self, path: &str, name: &str) -> Result<(), Code> {
        let found = self.client.find(path);
        self.send(Method::PUT, &found, &json!({ "name": name })).map(drop)
    }

    fn move_to(&mut self, path: &str, target: &str, name: Option<&str>) -> Result<(), Code> {
        self.update(path, name, Some(target), None, Times::default())
    }

    fn delete(&mut self, path: &str) -> Result<(), Code> {
        let found = self.client.find(path);
        self.delete_item(&found)
    }

    fn delete_permanently(&mut self, path: &str) -> Result<(), Code> {
        let found = self.client.find(path);
        self.delete_item(&found)?;
        self.client.delete(&format!("{}/trash", found.url()), None)
    }

    fn now(&self) -> Timestamp {
        self.sim.now()
    }

    fn pass(&mut self, time: Duration) {
        self.sim.advance(time).expect("a clock that is moved by hand");
    }

    fn act_as(&mut self, user: &str) {
        self.sim = self.sim.acting_as(user);
        self.client.transport = T::new(self.sim.clone());
    }

    fn if_match(&mut self, tag: Tag) {
        match tag {
            Tag::ETag(tag) => self.expected = Some(tag),
            Tag::CTag(_) => unsupported("preconditions on the content only"),
        }
    }

    fn facts(&self, path: &str) -> Result<Facts, Code> {
        let item = self.client.get(&self.client.find(path).url())?;
        Ok(Facts {
            created_at: optional_time(&item["created_at"]),
            created_by: text(&item["created_by"]["name"]),
            modified_at: optional_time(&item["modified_at"]),
            modified_by: text(&item["modified_by"]["name"]),
            fs_created_at: optional_time(&item["content_created_at"]),
            fs_modified_at: optional_time(&item["content_modified_at"]),
            description: Some(text(&item["description"])).filter(|text| !text.is_empty()),
            etag: text(&item["etag"]),
            // Box has no tag of the content; the id of the version identifies it.
            ctag: text(&item["file_version"]["id"]),
        })
    }

    fn set_times(&mut self, path: &str, times: Times) -> Result<(), Code> {
        let address = self.at(path);
        self.sim.set_times(address, times).map_err(code)
    }

    fn set_description(&mut self, path: &str, text: &str) -> Result<(), Code> {
        if path == "/" {
            unsupported("descriptions of the root");
        }
        self.update(path, None, None, Some(text), Times::default())
    }

    fn update(
        &mut self,
        path: &str,
        name: Option<&str>,
        target: Option<&str>,
        description: Option<&str>,
        times: Times,
    ) -> Result<(), Code> {
        let Times { created_at, modified_at, fs_created_at, fs_modified_at } = times;
        if created_at.is_some() || modified_at.is_some() {
            unsupported("times of an item in an update");
        }
        let found = self.client.find(path);
        if times != Times::default() && found.kind == FoundKind::Folder {
            unsupported("times of folders in an update");
        }
        let format_time = |at: Option<Timestamp>| at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let mut body = json!({
            "name": name,
            "description": description,
            "content_created_at": format_time(fs_created_at),
            "content_modified_at": format_time(fs_modified_at),
        });
        let Some(target) = target else { return self.send(Method::PUT, &found, &body).map(drop) };
        // Moves ignore preconditions.
        self.expected = self.consume_ignored_tag(&found, "preconditions on moves");
        let folder = self.client.find(target);
        body["parent"] = json!({ "id": folder.id });
        let result = self.send(Method::PUT, &found, &body).map(drop);
        folder.expect_kind(FoundKind::Folder, result)
    }

    fn versions(&self, file: &str) -> Result<Vec<SeenVersion>, Code> {
        let found = self.client.find(file);
        let listed = found.expect_kind(FoundKind::File, self.list_versions(&found))?;
        let seen = listed.iter().map(|version| SeenVersion {
            number: version_number(version),
            size: version["size"].as_u64().expect("a size"),
            modified_at: time(&version["modified_at"]),
            modified_by: text(&version["modified_by"]["name"]),
            is_deleted: !version["trashed_at"].is_null(),
        });
        Ok(seen.collect())
    }

    fn read_version(&self, file: &str, number: u32) -> Result<Vec<u8>, Code> {
        let found = self.client.find(file);
        let id = self.version_id(&found, number);
        let url = format!("/2.0/files/{}/content?version={id}", found.id);
        found.expect_kind(FoundKind::File, self.client.download(&url))
    }

    fn restore_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let found = self.client.find(file);
        self.consume_ignored_tag(&found, "preconditions on promoted versions");
        let body = json!({ "type": "file_version", "id": self.version_id(&found, number) });
        let url = format!("/2.0/files/{}/versions/current", found.id);
        found.expect_kind(FoundKind::File, self.client.send(Method::POST, &url, None, &body).map(drop))
    }

    fn delete_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        let found = self.client.find(file);
        let url = format!("/2.0/files/{}/versions/{}", found.id, self.version_id(&found, number));
        let tag = self.expected.take();
        found.expect_kind(FoundKind::File, self.client.delete(&url, tag))
    }

    fn id(&self, path: &str) -> Result<Id, Code> {
        let found = self.client.find(path);
        self.client.get(&found.url()).map(|_| found.url())
    }

    fn path(&self, id: &Id) -> Result<String, Code> {
        let item = self.client.get(id)?;
        // A file in the trash is still returned, with its status.
        if item["item_status"] == "active" { Ok(path_of(&item)) } else { Err("itemNotFound".to_owned()) }
    }

    fn bin(&self) -> Result<Vec<Binned>, Code> {
        self.trashed_items()
    }

    fn restore(
        &mut self,
        id: &Id,
        folder: Option<&str>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Code> {
        if conflict != Conflict::Fail {
            unsupported("conflict behaviors");
        }
        let mut body = json!({ "name": name });
        let folder = folder.map(|folder| self.client.find(folder));
        if let Some(folder) = &folder {
            body["parent"] = json!({ "id": folder.id });
        }
        let result = self.client.send(Method::POST, id, None, &body).map(drop);
        match folder {
            Some(folder) => folder.expect_kind(FoundKind::Folder, result),
            None => result,
        }
    }

    fn purge(&mut self, id: &Id) -> Result<(), Code> {
        self.client.delete(&format!("{id}/trash"), None)
    }

    fn empty_bin(&mut self) -> Result<(), Code> {
        self.trashed_items()?.into_iter().try_for_each(|binned| self.purge(&binned.id))
    }

    fn token(&self) -> Result<String, Code> {
        unsupported(EVENTS)
    }

    fn changes(&self, _: Option<&str>, _: usize) -> Result<Feed, Code> {
        unsupported(EVENTS)
    }

    fn search(&self, folder: &str, text: &str) -> Result<Vec<String>, Code> {
        let found = self.client.find(folder);
        let url = format!("/2.0/search?query={}&ancestor_folder_ids={}&limit=200", encoded(text), found.id);
        let results = found.expect_kind(FoundKind::Folder, self.client.get(&url))?;
        Ok(results["entries"].as_array().expect("a list").iter().map(path_of).collect())
    }

    fn set_access(&mut self, path: &str, access: Option<Access>) -> Result<(), Code> {
        self.client.remember();
        self.sim.set_access(path, access).map_err(code)
    }

    fn set_quota(&mut self, total: Option<u64>) -> Result<(), Code> {
        self.sim.set_quota(self.sim.first_drive().unwrap(), total).map_err(code)
    }

    fn used(&self) -> Result<u64, Code> {
        let me = self.client.get("/2.0/users/me?fields=space_used")?;
        Ok(me["space_used"].as_u64().expect("a number"))
    }

    fn lock(&mut self, path: &str, scope: LockScope) -> Result<Id, Code> {
        self.locks.push(self.sim.lock(path, scope).map_err(code)?);
        Ok((self.locks.len() - 1).to_string())
    }

    fn unlock(&mut self, lock: &Id) -> Result<(), Code> {
        let lock = self.locks[lock.parse::<usize>().expect("a lock that was given")];
        self.sim.unlock(self.sim.first_drive().unwrap(), lock).map_err(code)
    }

    fn begin_copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Result<Id, Code> {
        let item = self.request_copy(source, target, &options)?;
        if item["type"] == "file" {
            unsupported("held copies of files");
        }
        self.copies.push((self.running_job(), FoundItem::of(&item).url()));
        Ok((self.copies.len() - 1).to_string())
    }

    fn step_copy(&mut self, job: &Id, n_items: usize) -> Result<(), Code> {
        let (job, _) = self.started_copy(job);
        job.step(n_items).map(drop).map_err(code)
    }

    fn end_copy(&mut self, job: &Id) -> Ended {
        let (job, url) = self.started_copy(job);
        self.run_to_end(job, url)
    }
}
