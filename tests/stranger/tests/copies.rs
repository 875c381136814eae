//! Checks the copies of a client and of a folder copier against the properties of a copy.

use std::path::Path;

use drivesim::{Conflict, Profile, Sim};
use drivesim_server::Server;
use drivesim_testkit::copy_properties::{Check, Copier, CopyRequest, Outcome, Tree, Unsupported};
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// A client of Microsoft Graph, and the simulator whose drive it copies on.
struct GraphClient<'a> {
    sim: &'a Sim,
    url: String,
    http: &'a Client,
}

impl Copier for GraphClient<'_> {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        Ok(self.sim.replace_outline(&self.sim.drives()[0], &tree.to_string())?)
    }

    fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        let conflict = format!("@microsoft.graph.conflictBehavior={}", it.conflict);
        let url = format!("{}/v1.0/me/drive/root:{}:/copy?{conflict}", self.url, it.source);
        let mut body = json!({ "parentReference": { "path": format!("/drive/root:{}", it.target) } });
        if let Some(name) = &it.name {
            body["name"] = json!(name);
        }
        let request = self.http.post(url).header("content-type", "application/json");
        let accepted = request.body(body.to_string()).send()?.error_for_status()?;
        let monitor = accepted.headers()["location"].to_str()?.to_owned();
        let status: Value = serde_json::from_str(&self.http.get(monitor).send()?.text()?)?;
        if status["status"] == "completed" { Ok(None) } else { Err(status.to_string().into()) }
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Ok(self.sim.outline()?.parse()?)
    }
}

#[test]
fn a_client_copies_like_the_service() {
    let sim = Sim::builder().profile(Profile::BUSINESS).owner(drivesim::drive::Owner::Me).build().unwrap();
    let server = Server::start(sim.clone()).unwrap();
    let http = Client::new();
    // Only names that need no escapes in a URL.
    let check = Check::new(Profile::BUSINESS).cases(6);
    let check = check.names(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'));
    let report = check.run(|| GraphClient { sim: &sim, url: server.url(), http: &http });
    let not_checked: Vec<&str> = report.skipped.iter().map(|(name, _)| *name).collect();
    let expected = [
        "reported_sizes_add_up",
        "the_name_is_reported",
        "a_copy_is_independent",
        "behaviors_not_offered_are_refused",
    ];
    assert_eq!(not_checked, expected);
}

/// Copies a file or folder of the file system, but omits empty folders.
fn my_copy(root: &Path, it: &CopyRequest) -> Outcome<Option<String>> {
    fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
        if !from.is_dir() {
            std::fs::create_dir_all(to.parent().unwrap())?;
            return std::fs::copy(from, to).map(drop);
        }
        for found in std::fs::read_dir(from)? {
            let found = found?;
            copy_all(&found.path(), &to.join(found.file_name()))?;
        }
        Ok(())
    }
    if it.conflict != Conflict::Fail {
        return Err(Unsupported("conflict behaviors").into());
    }
    copy_all(&root.join(&it.source[1..]), &root.join(&it.target[1..]).join(it.wanted_name()))?;
    Ok(None)
}

struct Mine(tempfile::TempDir);

impl Copier for Mine {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        Ok(tree.write_dir(&self.0)?)
    }

    fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        my_copy(self.0.path(), it)
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Ok(Tree::read_dir(&self.0)?)
    }
}

#[test]
fn a_fault_of_a_folder_copier_is_found_and_minimized() {
    let check = Check::new(Profile::PLAIN).cases(16).only(&["the_source_stays", "empty_folders_are_copied"]);
    let report = check.names(|name| name.is_ascii()).find(|| Mine(tempfile::tempdir().unwrap()));
    assert_eq!(report.kept, ["the_source_stays"]);
    assert_eq!(report.broken.len(), 1, "{report}");
    assert_eq!(report.broken[0].start.to_string(), "a/\nto/\n", "{report}");
    assert_eq!(report.broken[0].calls, ["copy /a into /to, conflict: fail"]);
}
