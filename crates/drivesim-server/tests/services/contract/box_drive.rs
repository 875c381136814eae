//! Holds a drive of Box behind a server and implements the operations on it that need several requests.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::http::Method;
use drivesim::access::LockId;
use drivesim::address::{Address, Precondition};
use drivesim::item::{Timestamp, Versions};
use drivesim::{Conflict, CopyOptions, Error, Job, Sim};
use drivesim_testkit::contract::{Binned, Code, Ended, Id, unsupported};
use serde_json::{Value, json};

use crate::contract::box_client::{BoxClient, FoundItem, FoundKind, MISSING_ID, path_of, text};
use crate::support::transport::{OutgoingRequest, Transport};

/// A drive of Box behind a server.
pub struct BoxSubject<T> {
    pub sim: Sim,
    pub client: BoxClient<T>,
    /// The etag that the next call expects its item to have.
    pub expected: Option<String>,
    pub locks: Vec<LockId>,
    /// The started copies, each with the URL of its new item. Copies of few items complete at once and have no job.
    pub copies: Vec<(Option<Job>, String)>,
    /// The deleted items and their users, in order: Box does not return the user.
    pub deleted: Vec<(Id, String)>,
    /// The ids of listed versions, by file and number.
    pub version_ids: RefCell<HashMap<(String, u32), String>>,
}

pub fn code(error: Error) -> Code {
    error.code().to_owned()
}

pub fn time(value: &Value) -> Timestamp {
    text(value).parse().expect("a time")
}

/// Parses a time that Box omits for the root.
pub fn optional_time(value: &Value) -> Timestamp {
    if value.is_null() { Timestamp::UNIX_EPOCH } else { time(value) }
}

pub fn version_number(version: &Value) -> u32 {
    text(&version["version_number"]).parse().expect("a number")
}

pub fn parent_path(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(above, _)| above)
}

impl<T: Transport> BoxSubject<T> {
    pub fn send(&mut self, method: Method, found: &FoundItem, body: &Value) -> Result<Value, Code> {
        let tag = self.expected.take();
        self.client.send(method, &found.url(), tag, body).map(|answer| answer.json())
    }

    /// Consumes the expected tag of a call for which Box ignores tags. A matching tag makes no difference; a promise
    /// with another tag is skipped.
    pub fn consume_ignored_tag(&mut self, of: &FoundItem, what: &'static str) -> Option<String> {
        let tag = self.expected.take()?;
        let item = self.client.get(&of.url()).unwrap_or_default();
        if item["etag"] == *tag { Some(tag) } else { unsupported(what) }
    }

    pub fn new_file(&mut self, parent: &str, name: &str, bytes: &str) -> Result<(), Code> {
        let folder = self.client.find(parent);
        self.consume_ignored_tag(&folder, "preconditions on the parent of a new file");
        let attributes = json!({ "name": name, "parent": { "id": folder.id } });
        let result = self.client.upload("/api/2.0/files/content", None, &attributes, bytes);
        folder.expect_kind(FoundKind::Folder, result)
    }

    /// Returns the address for a change through the simulator, with the expected tag.
    pub fn at(&mut self, path: &str) -> Address {
        match self.expected.take() {
            Some(tag) => Address::from(path).if_match(Precondition::ETag(tag.parse().expect("a number"))),
            None => path.into(),
        }
    }

    /// Deletes an item and records the user.
    pub fn delete_item(&mut self, item: &FoundItem) -> Result<(), Code> {
        let tag = self.expected.take();
        let all = if item.kind == FoundKind::Folder { "?recursive=true" } else { "" };
        self.client.delete(&format!("{}{all}", item.url()), tag)?;
        self.deleted.push((item.url(), self.sim.user().to_owned()));
        Ok(())
    }

    /// Requests a copy and returns the new item.
    pub fn request_copy(&mut self, source: &str, target: &str, options: &CopyOptions) -> Result<Value, Code> {
        if options.children_only {
            unsupported("copies of children only");
        }
        if options.conflict != Conflict::Fail {
            unsupported("conflict behaviors");
        }
        let (from, to) = (self.client.find(source), self.client.find(target));
        self.consume_ignored_tag(&from, "preconditions on the source of a copy");
        let mut body = json!({ "parent": { "id": to.id } });
        if let Some(name) = &options.name {
            body["name"] = json!(name);
        }
        match options.versions {
            Versions::Current => {}
            Versions::Number(_) if from.kind == FoundKind::Folder => {
                unsupported("copies of versions of folders")
            }
            Versions::Number(number) => body["version"] = json!(self.version_id(&from, number)),
            Versions::All => unsupported("copies of all versions"),
        }
        if from.id == "0" {
            return self.request_copy_of_root(&from, &body);
        }
        let result = self.client.send(Method::POST, &format!("{}/copy", from.url()), None, &body);
        let response = to.expect_kind(FoundKind::Folder, result)?;
        assert_eq!(response.status, 201);
        Ok(response.json())
    }

    /// Requests a copy of the root, which fails with 500.
    pub fn request_copy_of_root(&self, root: &FoundItem, body: &Value) -> Result<Value, Code> {
        let url = format!("{}/copy", root.url());
        let body = body.to_string().into_bytes();
        let headers = Vec::new();
        let response =
            self.client.transport.send(OutgoingRequest { method: Method::POST, url: &url, headers, body });
        assert_eq!((response.status, &response.json()["code"]), (500, &json!("internal_server_error")));
        Err("invalidRequest".to_owned())
    }

    /// Returns the running job, if there is one.
    pub fn running_job(&self) -> Option<Job> {
        self.sim.jobs().into_iter().find(|job| job.outcome().is_none())
    }

    /// Runs a job to its end through the simulator: Box has no API for jobs.
    pub fn run_to_end(&self, job: &Job, url: &str) -> Ended {
        while job.outcome().is_none() {
            job.step(1).expect("a held job");
        }
        match job.outcome() {
            Some(Err(error)) => Ended::Failed(code(error)),
            _ => Ended::Completed(path_of(&self.client.get(url).expect("the new item"))),
        }
    }

    /// Returns a started copy that has a job.
    pub fn started_copy(&self, copy: &Id) -> (&Job, &str) {
        let (job, url) = &self.copies[copy.parse::<usize>().expect("a copy")];
        (job.as_ref().unwrap_or_else(|| unsupported("held copies of few items")), url)
    }

    /// Lists the versions of a file, latest first: the current one from the file, the past ones from the list.
    pub fn list_versions(&self, file: &FoundItem) -> Result<Vec<Value>, Code> {
        let url = format!("/2.0/files/{}", file.id);
        let current = self.client.get(&format!("{url}?fields=file_version"))?;
        let current = self.client.get(&format!("{url}/versions/{}", text(&current["file_version"]["id"])))?;
        let past = self.client.get(&format!("{url}/versions"))?;
        let past = past["entries"].as_array().expect("a list").iter().cloned();
        let all: Vec<Value> = [current].into_iter().chain(past).collect();
        let mut ids = self.version_ids.borrow_mut();
        ids.extend(all.iter().map(|one| ((file.id.clone(), version_number(one)), text(&one["id"]))));
        Ok(all)
    }

    /// Returns the id of a version of a file, even if it is no longer listed, or an id that no version has.
    pub fn version_id(&self, file: &FoundItem, number: u32) -> String {
        // Errors of the file appear again in the request for the version.
        let _ = self.list_versions(file);
        let ids = self.version_ids.borrow();
        ids.get(&(file.id.clone(), number)).cloned().unwrap_or_else(|| MISSING_ID.to_owned())
    }

    /// Lists the trash in the order of deletion. Items deleted at the same time are in the order of the recorded
    /// deletions.
    pub fn trashed_items(&self) -> Result<Vec<Binned>, Code> {
        let mut binned = Vec::new();
        for entry in self.client.entries("/2.0/folders/trash/items", 2)? {
            let found = FoundItem::of(&entry);
            let item = self.client.get(&format!("{}/trash", found.url()))?;
            assert_eq!((&item["item_status"], &item["name"]), (&json!("trashed"), &entry["name"]));
            let index = self.deleted.iter().rposition(|(id, _)| *id == found.url());
            let index = index.expect("someone deleted it");
            let folder = &item["parent"];
            let binned_item = Binned {
                id: found.url(),
                name: text(&item["name"]),
                folder: if folder.is_null() { String::new() } else { FoundItem::of(folder).url() },
                deleted_at: time(&item["trashed_at"]),
                deleted_by: self.deleted[index].1.clone(),
                purge_at: item["purged_at"].as_str().map(|_| time(&item["purged_at"])),
            };
            binned.push((binned_item.deleted_at, index, binned_item));
        }
        binned.sort_by_key(|(at, index, _)| (*at, *index));
        Ok(binned.into_iter().map(|(.., binned_item)| binned_item).collect())
    }
}
