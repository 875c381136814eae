//! The only place for a drive of Box behind a server, and for what is done to it in more than one step.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::http::Method;
use drivesim::{Address, Conflict, CopyOptions, Error, Job, LockId, Precondition, Sim, Timestamp, Versions};
use drivesim_testkit::contract::{Binned, Code, Ended, Id, lacking};
use serde_json::{Value, json};

use crate::box_client::{Client, Found, Kind, NOTHING, path_of, text};
use crate::transport::{Asking, Transport};

/// A drive of Box behind a server.
pub struct BoxSubject<T> {
    pub sim: Sim,
    pub client: Client<T>,
    /// The etag that the next call expects of what it names.
    pub expected: Option<String>,
    pub locks: Vec<LockId>,
    /// The copies that were begun, each with its URL; those of few items were done at once and have no job.
    pub copies: Vec<(Option<Job>, String)>,
    /// What was deleted by whom, in this order: Box does not tell.
    pub deleted: Vec<(Id, String)>,
    /// The ids of versions that were listed, by file and number.
    pub version_ids: RefCell<HashMap<(String, u32), String>>,
}

pub fn code(error: Error) -> Code {
    error.code().to_owned()
}

pub fn time(value: &Value) -> Timestamp {
    text(value).parse().expect("a time")
}

/// Returns a time that Box does not tell of the root.
pub fn time_but_of_root(value: &Value) -> Timestamp {
    if value.is_null() { Timestamp::UNIX_EPOCH } else { time(value) }
}

pub fn number_of(version: &Value) -> u32 {
    text(&version["version_number"]).parse().expect("a number")
}

pub fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(above, _)| above)
}

impl<T: Transport> BoxSubject<T> {
    pub fn send(&mut self, method: Method, found: &Found, body: &Value) -> Result<Value, Code> {
        let tag = self.expected.take();
        self.client.send(method, &found.url(), tag, body).map(|answer| answer.json())
    }

    /// Takes the tag of a call in which Box takes no notice of any: that one matches changes nothing, that one does not
    /// cannot be asked.
    pub fn pass_over_tag(&mut self, of: &Found, what: &'static str) -> Option<String> {
        let tag = self.expected.take()?;
        let item = self.client.get(&of.url()).unwrap_or_default();
        if item["etag"] == *tag { Some(tag) } else { lacking(what) }
    }

    pub fn new_file(&mut self, parent: &str, name: &str, bytes: &str) -> Result<(), Code> {
        let folder = self.client.find(parent);
        self.pass_over_tag(&folder, "conditions on where a file is made");
        let about = json!({ "name": name, "parent": { "id": folder.id } });
        let told = self.client.upload("/api/2.0/files/content", None, &about, bytes);
        folder.needed_as(Kind::Folder, told)
    }

    /// Addresses what the call at hand changes through the simulator.
    pub fn at(&mut self, path: &str) -> Address {
        match self.expected.take() {
            Some(tag) => Address::from(path).if_match(Precondition::ETag(tag.parse().expect("a number"))),
            None => path.into(),
        }
    }

    /// Deletes an item, and writes down who did it.
    pub fn delete_item(&mut self, item: &Found) -> Result<(), Code> {
        let tag = self.expected.take();
        let all = if item.kind == Kind::Folder { "?recursive=true" } else { "" };
        self.client.delete(&format!("{}{all}", item.url()), tag)?;
        self.deleted.push((item.url(), self.sim.user().to_owned()));
        Ok(())
    }

    /// Asks for a copy and returns the answer.
    pub fn order(&mut self, source: &str, target: &str, options: &CopyOptions) -> Result<Value, Code> {
        if options.children_only {
            lacking("copies of children only");
        }
        if options.conflict != Conflict::Fail {
            lacking("conflict behaviours");
        }
        let (from, to) = (self.client.find(source), self.client.find(target));
        self.pass_over_tag(&from, "conditions on what is copied");
        let mut body = json!({ "parent": { "id": to.id } });
        if let Some(name) = &options.name {
            body["name"] = json!(name);
        }
        match options.versions {
            Versions::Current => {}
            Versions::Number(_) if from.kind == Kind::Folder => lacking("copies of versions of folders"),
            Versions::Number(number) => body["version"] = json!(self.version_id(&from, number)),
            Versions::All => lacking("copies of all versions"),
        }
        if from.id == "0" {
            return self.refused_root(&from, &body);
        }
        let told = self.client.send(Method::POST, &format!("{}/copy", from.url()), None, &body);
        let made = to.needed_as(Kind::Folder, told)?;
        assert_eq!(made.status, 201);
        Ok(made.json())
    }

    /// Asks for a copy of the root, which Box refuses as a fault of its own.
    pub fn refused_root(&self, root: &Found, body: &Value) -> Result<Value, Code> {
        let url = format!("{}/copy", root.url());
        let body = body.to_string().into_bytes();
        let headers = Vec::new();
        let answer = self.client.wire.ask(Asking { method: Method::POST, url: &url, headers, body });
        assert_eq!((answer.status, &answer.json()["code"]), (500, &json!("internal_server_error")));
        Err("invalidRequest".to_owned())
    }

    /// Returns the job that has not ended, if there is one.
    pub fn running(&self) -> Option<Job> {
        self.sim.jobs().into_iter().find(|job| job.outcome().is_none())
    }

    /// Sees a copy to its end, which Box has no way to be asked about.
    pub fn end(&self, job: &Job, url: &str) -> Ended {
        while job.outcome().is_none() {
            job.step(1).expect("a held job");
        }
        match job.outcome() {
            Some(Err(error)) => Ended::Failed(code(error)),
            _ => Ended::Completed(path_of(&self.client.get(url).expect("the new item"))),
        }
    }

    /// Returns a copy that was begun and is a job.
    pub fn begun(&self, copy: &Id) -> (&Job, &str) {
        let (job, url) = &self.copies[copy.parse::<usize>().expect("a copy")];
        (job.as_ref().unwrap_or_else(|| lacking("copies of few items that stand still")), url)
    }

    /// Lists the versions of a file, the latest first: past ones are listed, the current one is asked for.
    pub fn listed(&self, file: &Found) -> Result<Vec<Value>, Code> {
        let url = format!("/2.0/files/{}", file.id);
        let current = self.client.get(&format!("{url}?fields=file_version"))?;
        let current = self.client.get(&format!("{url}/versions/{}", text(&current["file_version"]["id"])))?;
        let past = self.client.get(&format!("{url}/versions"))?;
        let past = past["entries"].as_array().expect("a list").iter().cloned();
        let all: Vec<Value> = [current].into_iter().chain(past).collect();
        let mut ids = self.version_ids.borrow_mut();
        ids.extend(all.iter().map(|one| ((file.id.clone(), number_of(one)), text(&one["id"]))));
        Ok(all)
    }

    /// Returns the id of a version of a file, also of one that is listed no more; or one that nothing has.
    pub fn version_id(&self, file: &Found, number: u32) -> String {
        // What is told of the file itself is asked for again by its version.
        let _ = self.listed(file);
        let ids = self.version_ids.borrow();
        ids.get(&(file.id.clone(), number)).cloned().unwrap_or_else(|| NOTHING.to_owned())
    }

    /// Lists the trash in the order in which it was filled: what was deleted at the same time as it was written down.
    pub fn binned(&self) -> Result<Vec<Binned>, Code> {
        let mut binned = Vec::new();
        for entry in self.client.entries("/2.0/folders/trash/items", 2)? {
            let found = Found::of(&entry);
            let item = self.client.get(&format!("{}/trash", found.url()))?;
            assert_eq!((&item["item_status"], &item["name"]), (&json!("trashed"), &entry["name"]));
            let written = self.deleted.iter().rposition(|(id, _)| *id == found.url());
            let written = written.expect("someone deleted it");
            let folder = &item["parent"];
            let one = Binned {
                id: found.url(),
                name: text(&item["name"]),
                folder: if folder.is_null() { String::new() } else { Found::of(folder).url() },
                deleted_at: time(&item["trashed_at"]),
                deleted_by: self.deleted[written].1.clone(),
                purge_at: item["purged_at"].as_str().map(|_| time(&item["purged_at"])),
            };
            binned.push((one.deleted_at, written, one));
        }
        binned.sort_by_key(|(at, written, _)| (*at, *written));
        Ok(binned.into_iter().map(|(.., one)| one).collect())
    }
}
