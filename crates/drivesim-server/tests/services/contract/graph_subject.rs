//! Implements the contract of drives with requests of Graph clients.
//!
//! What Graph has no API for is set through the simulator, which the server shares with the test: access, locks,
//! quotas, time, past versions.

use std::time::Duration;

use axum::http::Method;
use drivesim::access::{Access, LockId, LockScope};
use drivesim::address::Address;
use drivesim::drive::DriveSpec;
use drivesim::item::{Times, Timestamp, Versions};
use drivesim::job::JobId;
use drivesim::profile::Service;
use drivesim::snapshot::Snapshot;
use drivesim::{Conflict, CopyOptions, Error, Job, Pace, Profile, Sim};
use drivesim_testkit::contract::{Code, Ended, Facts, Id, Seen, SeenVersion, Subject, Tag, unsupported};
use serde_json::{Value, json};

use crate::support::transport::{OutgoingRequest, ReceivedResponse, Transport};

/// A drive behind a server.
pub struct GraphSubject<T> {
    sim: Sim,
    wire: T,
    profile: Profile,
    /// The tag that the next call expects its item to have.
    expected: Option<String>,
    locks: Vec<LockId>,
    /// The monitor URLs of started jobs.
    monitors: Vec<String>,
    snapshot: Option<Snapshot>,
}

/// Splits a path into drive and path. Paths on the first drive have no drive.
fn split_drive(path: &str) -> (&str, &str) {
    match path.split_once(':') {
        Some((drive, path)) if !drive.starts_with('/') => (drive, path),
        _ => ("drive", path),
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the URL of an item or of an action on it.
fn url(path: &str, action: &str) -> String {
    let (drive, path) = split_drive(path);
    if path.contains(':') {
        unsupported("names with colons");
    }
    let names: Vec<String> = path.split('/').filter(|name| !name.is_empty()).map(encoded).collect();
    let colon = if action.is_empty() { "" } else { ":" };
    match (names.is_empty(), action.is_empty()) {
        (true, true) => format!("/v1.0/drives/{}/root", encoded(drive)),
        (true, false) => format!("/v1.0/drives/{}/root/{action}", encoded(drive)),
        (false, _) => {
            let slash = if action.is_empty() { "" } else { "/" };
            format!("/v1.0/drives/{}/root:/{}{colon}{slash}{action}", encoded(drive), names.join("/"))
        }
    }
}

/// Returns the code of an error, or the inner code if that identifies the rule.
fn code_of(error: &Value) -> Code {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let inner = text(&error["innerError"]["code"]);
    match &*inner {
        "pathIsTooLong" | "totalAffectedItemCountExceeded" => inner,
        _ if error["details"].is_array() => "someItemsFailed".to_owned(),
        _ => text(&error["code"]),
    }
}

fn checked(response: ReceivedResponse) -> Result<ReceivedResponse, Code> {
    if response.status < 400 {
        return Ok(response);
    }
    let body = response.json();
    assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    Err(code_of(&body["error"]))
}

fn code(error: Error) -> Code {
    error.code().to_owned()
}

/// Creates a body, with a name if there is one: `null` is not the same as absent.
fn named(name: Option<&str>) -> Value {
    name.map_or_else(|| json!({}), |name| json!({ "name": name }))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(value: &Value) -> Timestamp {
    text(value).parse().expect("a time")
}

/// Returns the path of an item in a response.
fn path_of(item: &Value) -> String {
    if item["root"].is_object() {
        return "/".to_owned();
    }
    let above = text(&item["parentReference"]["path"]);
    let (_, above) = above.split_once("root:").expect("a path below the root");
    format!("{above}/{}", text(&item["name"]))
}

impl<T: Transport> GraphSubject<T> {
    fn send_raw(
        &self,
        method: Method,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<ReceivedResponse, Code> {
        checked(self.wire.send(OutgoingRequest { method, url, headers, body }))
    }

    fn get(&self, url: &str) -> Result<Value, Code> {
        self.send_raw(Method::GET, url, Vec::new(), Vec::new()).map(|response| response.json())
    }

    /// Sends JSON with the expected tag of the call.
    fn send(&mut self, method: Method, url: &str, body: &Value) -> Result<ReceivedResponse, Code> {
        let mut headers = vec![("content-type", "application/json".to_owned())];
        headers.extend(self.expected.take().map(|tag| ("if-match", tag)));
        self.send_raw(method, url, headers, body.to_string().into_bytes())
    }

    fn put(&mut self, url: &str, bytes: &str) -> Result<(), Code> {
        let headers = self.expected.take().map(|tag| ("if-match", tag)).into_iter().collect();
        self.send_raw(Method::PUT, url, headers, bytes.as_bytes().to_vec()).map(drop)
    }

    /// Returns a `parentReference` to an item.
    fn reference(&self, path: &str) -> Result<Value, Code> {
        let item = self.get(&url(path, ""))?;
        Ok(json!({ "driveId": item["parentReference"]["driveId"], "id": item["id"] }))
    }

    fn address(&self, path: &str) -> Address {
        let (drive, path) = split_drive(path);
        self.sim.drive(drive).expect("a drive that was made").at(path)
    }

    /// Requests a copy and returns the URL of its monitor.
    fn request_copy(&mut self, source: &str, target: &str, options: &CopyOptions) -> Result<String, Code> {
        if matches!(options.versions, Versions::Number(_)) {
            unsupported("copies of an earlier version");
        }
        if options.versions == Versions::All && options.name.is_some() {
            unsupported("copies of all versions under another name");
        }
        let mut body = json!({ "childrenOnly": options.children_only });
        // A missing target has no id, so it is named by path.
        let (drive, path) = split_drive(target);
        body["parentReference"] = self.reference(target).unwrap_or_else(|_| {
            let id = self.get(&format!("/v1.0/drives/{}", encoded(drive))).expect("the drive")["id"].clone();
            json!({ "driveId": id, "path": format!("/drive/root:{}", path.trim_end_matches('/')) })
        });
        if let Some(name) = &options.name {
            body["name"] = json!(name);
        }
        body["includeAllVersionHistory"] = json!(options.versions == Versions::All);
        let behavior = match options.conflict {
            Conflict::Fail => "fail",
            Conflict::Replace => "replace",
            Conflict::Rename => "rename",
        };
        let url = format!("{}?@microsoft.graph.conflictBehavior={behavior}", url(source, "copy"));
        let response = self.send(Method::POST, &url, &body)?;
        assert_eq!((response.status, response.body.len()), (202, 0));
        Ok(response.location.expect("the URL of a monitor"))
    }

    /// Runs a job to its end and returns the outcome from its monitor.
    fn run_to_end(&self, monitor: &str, target: &str) -> Ended {
        let job = self.job(monitor);
        while job.outcome().is_none() {
            job.step(1).expect("a held job");
        }
        let status = self.get(monitor).expect("a job's status");
        if status["status"] == "failed" {
            return Ended::Failed(code_of(&status["error"]));
        }
        assert_eq!(status["status"], "completed");
        let (drive, prefix) = match target.split_once(':') {
            Some((drive, _)) if !drive.starts_with('/') => (drive, format!("{drive}:")),
            _ => ("drive", String::new()),
        };
        let id = encoded(&text(&status["resourceId"]));
        let item = self.get(&format!("/v1.0/drives/{}/items/{id}", encoded(drive))).expect("the new item");
        Ended::Completed(format!("{prefix}{}", path_of(&item)))
    }

    fn job(&self, monitor: &str) -> Job {
        let id = monitor.rsplit('/').next().expect("an id").parse().expect("a UUID");
        self.sim.job(JobId::from_uuid(id)).expect("a job that was begun")
    }

    /// Skips promises with an expected tag for changes through the simulator, whose tags have another form.
    fn skip_expected_tag(&self) -> Result<(), Code> {
        if self.expected.is_some() {
            unsupported("preconditions on changes through the simulator")
        } else {
            Ok(())
        }
    }

    /// Returns whether the wire ignores a behavior that the engine rejects.
    fn ignores(&self, conflict: Conflict) -> bool {
        self.profile.service == Service::Personal && conflict != Conflict::Fail
    }
}

impl<T: Transport> Subject for GraphSubject<T> {
    fn offers(profile: &Profile) -> bool {
        profile.service != Service::Box
    }

    fn new(profile: &Profile, outline: &str) -> Self {
        let builder = Sim::builder().profile(profile.clone()).outline(outline).pace(Pace::Held);
        let sim = builder.build().expect("a drive");
        let wire = T::new(sim.clone());
        let (locks, monitors) = (Vec::new(), Vec::new());
        GraphSubject { sim, wire, profile: profile.clone(), expected: None, locks, monitors, snapshot: None }
    }

    fn outline(&self) -> String {
        self.sim.check_invariants();
        self.sim.outline().expect("an outline")
    }

    fn copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Ended {
        if self.ignores(options.conflict) {
            return Ended::Refused("notSupported".to_owned());
        }
        match self.request_copy(source, target, &options) {
            Ok(monitor) => self.run_to_end(&monitor, target),
            Err(code) => Ended::Refused(code),
        }
    }

    fn names(&self, folder: &str) -> Result<Vec<String>, Code> {
        let mut names = Vec::new();
        let mut next = Some(format!("{}?$top=2&$orderby=name", url(folder, "children")));
        while let Some(url) = next {
            let page = self.get(&url)?;
            names.extend(page["value"].as_array().expect("a page").iter().map(|item| text(&item["name"])));
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        if self.item(folder)?.is_folder { Ok(names) } else { Err("invalidRequest".to_owned()) }
    }

    fn item(&self, path: &str) -> Result<Seen, Code> {
        let item = self.get(&url(path, ""))?;
        let child_count = item["folder"]["childCount"].as_u64().unwrap_or_default() as u32;
        let size = item["size"].as_u64().expect("a size");
        Ok(Seen { is_folder: item["folder"].is_object(), size, child_count })
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Code> {
        let response = self.send_raw(Method::GET, &url(path, "content"), Vec::new(), Vec::new())?;
        let location = response.location.expect("where the bytes are");
        Ok(self.send_raw(Method::GET, &location, Vec::new(), Vec::new())?.body)
    }

    fn create_folder(&mut self, parent: &str, name: &str) -> Result<(), Code> {
        if self.profile.service == Service::Personal {
            self.item(parent)?;
        }
        self.send(Method::POST, &url(parent, "children"), &json!({ "name": name, "folder": {} })).map(drop)
    }

    fn create_file(&mut self, parent: &str, name: &str, text: &str) -> Result<(), Code> {
        // An upload would create the parent.
        self.item(parent)?;
        let path = format!("{}/{name}", parent.trim_end_matches('/'));
        self.put(&format!("{}?@microsoft.graph.conflictBehavior=fail", url(&path, "content")), text)
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Code> {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let exists = self.item(path).is_ok();
        // An upload would create the folder.
        if !exists && !parent.is_empty() {
            self.item(parent)?;
        }
        let result = self.put(&url(path, "content"), text);
        // Writing to a folder fails because the name is taken.
        result.map_err(
            |code| {
                if exists && code == "nameAlreadyExists" { "invalidRequest".to_owned() } else { code }
            },
        )
    }

    fn rename(&mut self, path: &str, name: &str) -> Result<(), Code> {
        self.send(Method::PATCH, &url(path, ""), &json!({ "name": name })).map(drop)
    }

    fn move_to(&mut self, path: &str, target: &str, name: Option<&str>) -> Result<(), Code> {
        let mut body = named(name);
        body["parentReference"] = self.reference(target)?;
        self.send(Method::PATCH, &url(path, ""), &body).map(drop)
    }

    fn delete(&mut self, path: &str) -> Result<(), Code> {
        self.send(Method::DELETE, &url(path, ""), &Value::Null).map(drop)
    }

    fn delete_permanently(&mut self, path: &str) -> Result<(), Code> {
        self.send(Method::POST, &url(path, "permanentDelete"), &json!({})).map(drop)
    }

    fn now(&self) -> Timestamp {
        self.sim.now()
    }

    fn pass(&mut self, time: Duration) {
        self.sim.advance(time).expect("a clock that is moved by hand");
    }

    fn if_match(&mut self, tag: Tag) {
        let (Tag::ETag(tag) | Tag::CTag(tag)) = tag;
        self.expected = Some(tag);
    }

    fn facts(&self, path: &str) -> Result<Facts, Code> {
        let item = self.get(&url(path, ""))?;
        Ok(Facts {
            created_at: time(&item["createdDateTime"]),
            created_by: text(&item["createdBy"]["user"]["id"]),
            modified_at: time(&item["lastModifiedDateTime"]),
            modified_by: text(&item["lastModifiedBy"]["user"]["id"]),
            fs_created_at: time(&item["fileSystemInfo"]["createdDateTime"]),
            fs_modified_at: time(&item["fileSystemInfo"]["lastModifiedDateTime"]),
            description: item["description"].as_str().map(str::to_owned),
            etag: text(&item["eTag"]),
            ctag: text(&item["cTag"]),
        })
    }

    fn set_times(&mut self, path: &str, times: Times) -> Result<(), Code> {
        self.update(path, None, None, None, times)
    }

    fn set_description(&mut self, path: &str, text: &str) -> Result<(), Code> {
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
        if times.created_at.is_some() || times.modified_at.is_some() {
            // Graph has no API for these.
            return self.sim.set_times(self.address(path), times).map_err(code);
        }
        let mut body = named(name);
        if let Some(description) = description {
            body["description"] = json!(description);
        }
        if let Some(target) = target {
            body["parentReference"] = self.reference(target)?;
        }
        let format_time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        body["fileSystemInfo"] = json!({
            "createdDateTime": format_time(times.fs_created_at),
            "lastModifiedDateTime": format_time(times.fs_modified_at),
        });
        self.send(Method::PATCH, &url(path, ""), &body).map(drop)
    }

    fn versions(&self, file: &str) -> Result<Vec<SeenVersion>, Code> {
        let versions = self.sim.versions(self.address(file)).map_err(code)?;
        let seen = versions.into_iter().map(|version| SeenVersion {
            number: version.number,
            size: version.size,
            modified_at: version.modified_at,
            modified_by: version.modified_by.to_string(),
            is_deleted: version.deleted_at.is_some(),
        });
        Ok(seen.collect())
    }

    fn read_version(&self, file: &str, number: u32) -> Result<Vec<u8>, Code> {
        let content = self.sim.version_content(self.address(file), number).map_err(code)?;
        let mut bytes = vec![0; content.size() as usize];
        content.read_at(0, &mut bytes);
        Ok(bytes)
    }

    fn restore_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        self.skip_expected_tag()?;
        self.sim.restore_version(self.address(file), number).map_err(code)
    }

    fn delete_version(&mut self, file: &str, number: u32) -> Result<(), Code> {
        self.skip_expected_tag()?;
        self.sim.delete_version(self.address(file), number).map_err(code)
    }

    fn id(&self, path: &str) -> Result<Id, Code> {
        self.get(&url(path, "")).map(|item| text(&item["id"]))
    }

    fn path(&self, id: &Id) -> Result<String, Code> {
        self.get(&format!("/v1.0/drives/drive/items/{}", encoded(id))).map(|item| path_of(&item))
    }

    fn restore(
        &mut self,
        id: &Id,
        folder: Option<&str>,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Code> {
        let mut body = named(name);
        if let Some(folder) = folder {
            body["parentReference"] = self.reference(folder)?;
        }
        if conflict != Conflict::Fail {
            body["@microsoft.graph.conflictBehavior"] =
                json!(if conflict == Conflict::Rename { "rename" } else { "replace" });
        }
        let url = format!("/v1.0/drives/drive/items/{}/restore", encoded(id));
        self.send(Method::POST, &url, &body).map(drop)
    }

    fn keep_state(&mut self) {
        self.snapshot = Some(self.sim.snapshot());
    }

    fn put_back(&mut self) {
        self.sim.restore(self.snapshot.as_ref().expect("a state that was kept"));
    }

    fn set_access(&mut self, path: &str, access: Option<Access>) -> Result<(), Code> {
        self.sim.set_access(self.address(path), access).map_err(code)
    }

    fn set_quota(&mut self, total: Option<u64>) -> Result<(), Code> {
        self.sim.set_quota(self.sim.first_drive().unwrap(), total).map_err(code)
    }

    fn used(&self) -> Result<u64, Code> {
        self.get("/v1.0/drives/drive").map(|drive| drive["quota"]["used"].as_u64().expect("a number"))
    }

    fn lock(&mut self, path: &str, scope: LockScope) -> Result<Id, Code> {
        self.locks.push(self.sim.lock(self.address(path), scope).map_err(code)?);
        Ok((self.locks.len() - 1).to_string())
    }

    fn unlock(&mut self, lock: &Id) -> Result<(), Code> {
        let lock = self.locks[lock.parse::<usize>().expect("a lock that was given")];
        self.sim.unlock(self.sim.first_drive().unwrap(), lock).map_err(code)
    }

    fn begin_copy(&mut self, source: &str, target: &str, options: CopyOptions) -> Result<Id, Code> {
        let monitor = self.request_copy(source, target, &options)?;
        self.monitors.push(format!("{target} {monitor}"));
        Ok((self.monitors.len() - 1).to_string())
    }

    fn step_copy(&mut self, job: &Id, n_items: usize) -> Result<(), Code> {
        let (_, monitor) =
            self.monitors[job.parse::<usize>().expect("a job")].rsplit_once(' ').expect("both");
        self.job(monitor).step(n_items).map(drop).map_err(code)
    }

    fn end_copy(&mut self, job: &Id) -> Ended {
        let (target, monitor) =
            self.monitors[job.parse::<usize>().expect("a job")].rsplit_once(' ').expect("both");
        self.run_to_end(monitor, target)
    }

    fn add_drive(&mut self, name: &str, profile: &Profile) -> Result<(), Code> {
        if (profile.service == Service::Personal) != (self.profile.service == Service::Personal) {
            unsupported("copies between the kinds of OneDrive");
        }
        self.sim.add_drive(DriveSpec::new(name).profile(profile.clone())).map(drop).map_err(code)
    }
}
