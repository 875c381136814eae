//! Tests of the targets of uploads: several sessions for one file, names in URL and body, missing parents, names that
//! running copies hold.

use std::time::Duration;

use drivesim::access::Access;
use drivesim::options::Visibility;
use drivesim::{CopyOptions, Pace};
use serde_json::Value;

use crate::graph::support::{Response, TestRequest, TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"one\"\nTo/\n  old.bin = \"old\"\n";
/// URLs of a file in the folder `To`, or of one below it.
const FORMS: [&str; 11] = [
    "/v1.0/me/drive/root:/To/NAME:",
    "/v1.0/drives/[drive]/root:/to/NAME:",
    "/v1.0/drives/[drive]/items/[id:/To]:/NAME:",
    "/v1.0/me/drive/items/[id:/To]/children/NAME",
    "/v1.0/me/drive/root:/To:/children/NAME",
    "/beta/me/drive/root:/To/NAME:",
    "/_api/v2.0/drives/[drive]/root:/To/NAME:",
    "/_api/v2.1/drive/items/[id:/To]:/NAME:",
    "/drive/root:/To/NAME:",
    "/v1.0/drive/items/[id:/To]:/NAME:",
    "/drives/[drive]/items/[id:/To]/children/NAME",
];

/// Returns all forms of a URL for a name.
fn forms(name: &str) -> Vec<String> {
    FORMS.iter().map(|form| form.replace("NAME", name)).collect()
}

fn create(wire: &TestServer, file: &str, body: &str) -> Response {
    wire.send_json("POST", &format!("{file}/createUploadSession"), body)
}

fn open(wire: &TestServer, file: &str) -> String {
    let response = create(wire, file, "{}");
    assert_eq!(response.status, 200, "{file}: {}", String::from_utf8_lossy(&response.body));
    response.json()["uploadUrl"].as_str().unwrap().to_owned()
}

fn put(wire: &TestServer, file: &str, body: &[u8]) -> Response {
    let url = wire.expand(&format!("{file}/content"));
    wire.send(&TestRequest { method: "PUT", url: &url, headers: &[], body })
}

fn send_all(wire: &TestServer, url: &str) -> u16 {
    let headers = [("content-range", "bytes 0-2/3")];
    wire.send(&TestRequest { method: "PUT", url, headers: &headers, body: b"new" }).status
}

fn cancel(wire: &TestServer, url: &str) {
    assert_eq!(wire.send(&TestRequest { method: "DELETE", url, headers: &[], body: b"" }).status, 204);
}

/// Asserts that a request failed with a status and a code.
fn check_error(context: &str, response: &Response, status: u16, code: &str) {
    let error = response.json()["error"].clone();
    assert_eq!((response.status, error["code"].as_str()), (status, Some(code)), "{context}: {error}");
}

fn check_conflict(context: &str, response: &Response) {
    check_error(context, response, 409, "nameAlreadyExists");
}

#[test]
fn a_file_of_a_business_drive_has_one_open_session_for_all_its_urls() {
    for (name, by_id) in [("big.bin", None), ("old.bin", Some("/v1.0/me/drive/items/[id:/To/old.bin]"))] {
        let wire = business(TREE);
        let mut urls = forms(name);
        urls.extend(forms(&name.to_uppercase()));
        urls.extend(by_id.map(str::to_owned));
        for first in &urls {
            let session = open(&wire, first);
            for second in &urls {
                check_conflict(&format!("{first} then {second}"), &create(&wire, second, "{}"));
            }
            cancel(&wire, &session);
            let again = open(&wire, first);
            cancel(&wire, &again);
        }
    }
}

#[test]
fn a_second_session_fails_for_every_behavior() {
    let wire = business(TREE);
    let file = "/v1.0/me/drive/root:/To/big.bin:";
    for first in ["fail", "replace", "rename"] {
        let body =
            |behavior: &str| format!(r#"{{"item": {{"@microsoft.graph.conflictBehavior": "{behavior}"}}}}"#);
        let session = create(&wire, file, &body(first)).json()["uploadUrl"].as_str().unwrap().to_owned();
        for second in ["fail", "replace", "rename"] {
            check_conflict(&format!("{first} then {second}"), &create(&wire, file, &body(second)));
        }
        check_conflict("without one", &create(&wire, file, ""));
        cancel(&wire, &session);
    }
}

#[test]
fn a_new_session_can_be_created_after_the_first_has_ended() {
    let wire = business(TREE);
    let file = "/v1.0/me/drive/root:/To/big.bin:";
    let first = open(&wire, file);
    assert_eq!(send_all(&wire, &first), 201, "the end of the first");
    let second = open(&wire, file);
    assert_eq!(send_all(&wire, &second), 200);
    let third = open(&wire, file);
    wire.sim.advance(Duration::from_secs(7 * 86_400 - 1)).unwrap();
    check_conflict("before it expires", &create(&wire, file, "{}"));
    wire.sim.advance(Duration::from_secs(1)).unwrap();
    let fourth = open(&wire, file);
    assert_ne!(third, fourth);
    cancel(&wire, &fourth);
    let deferred =
        create(&wire, file, r#"{"deferCommit": true}"#).json()["uploadUrl"].as_str().unwrap().to_owned();
    assert_eq!(send_all(&wire, &deferred), 202);
    check_conflict("before the commit", &create(&wire, file, "{}"));
    assert_eq!(
        wire.send(&TestRequest { method: "POST", url: &deferred, headers: &[], body: b"" }).status,
        200
    );
    open(&wire, file);
}

#[test]
fn a_session_whose_file_could_not_be_created_stays_open() {
    let wire = business(TREE);
    let file = "/v1.0/me/drive/root:/To/big.bin:";
    let fail = r#"{"item": {"@microsoft.graph.conflictBehavior": "fail"}}"#;
    let session = create(&wire, file, fail).json()["uploadUrl"].as_str().unwrap().to_owned();
    wire.sim.write("/To/big.bin", "faster").unwrap();
    assert_eq!(send_all(&wire, &session), 409);
    check_conflict("after the error", &create(&wire, file, "{}"));
    wire.sim.delete("/To/big.bin").unwrap();
    assert_eq!(
        wire.send(&TestRequest { method: "POST", url: &session, headers: &[], body: b"" }).status,
        201
    );
    open(&wire, file);
}

#[test]
fn each_session_of_a_personal_drive_is_new() {
    for name in ["big.bin", "old.bin"] {
        let wire = personal(TREE);
        let mut urls: Vec<String> = Vec::new();
        for form in forms(name) {
            urls.push(open(&wire, &form));
            urls.push(open(&wire, &form));
        }
        let n_opened = urls.len();
        urls.sort_unstable();
        urls.dedup();
        assert_eq!(urls.len(), n_opened, "each session has its own URL");
        assert!(urls.iter().all(|url| [200, 201].contains(&send_all(&wire, url))));
    }
}

#[test]
fn an_option_allows_or_rejects_a_second_session() {
    for (profile, value, status) in [
        ("business", "allowed", 200),
        ("business", "refused", 409),
        ("personal", "allowed", 200),
        ("personal", "refused", 409),
    ] {
        let drive = format!("drive mine profile={profile} owner=me wire.second_session={value}\n{TREE}");
        let wire = TestServer::new(&drive);
        let file = "/v1.0/me/drive/root:/To/big.bin:";
        open(&wire, file);
        assert_eq!(create(&wire, file, "{}").status, status, "{profile} {value}");
    }
}

#[test]
fn sessions_for_other_files_do_not_conflict() {
    let wire = TestServer::new(&format!(
        "drive work profile=business owner=me\n{TREE}drive team profile=business owner=site:s\n{TREE}"
    ));
    for file in [
        "/v1.0/me/drive/root:/To/big.bin:",
        "/v1.0/me/drive/root:/To/big2.bin:",
        "/v1.0/me/drive/root:/big.bin:",
        "/v1.0/me/drive/root:/Docs/big.bin:",
        "/v1.0/me/drive/root:/To/old.bin:",
        "/v1.0/me/drive/root:/no/such/big.bin:",
        "/v1.0/me/drive/root:/no/big.bin:",
        "/v1.0/me/drive/root:/no/other/big.bin:",
        "/v1.0/sites/s/drive/root:/To/big.bin:",
        "/v1.0/drives/team/root:/To/old.bin:",
    ] {
        open(&wire, file);
    }
    for file in [
        "/v1.0/me/drive/root:/NO/Such/BIG.bin:",
        "/v1.0/me/drive/items/[id:/]:/no/such/big.bin:",
        "/v1.0/sites/s/drive/root:/to/BIG.BIN:",
    ] {
        check_conflict(file, &create(&wire, file, "{}"));
    }
}

#[test]
fn sessions_are_compared_by_the_current_paths_of_their_files() {
    let wire = business(TREE);
    open(&wire, "/v1.0/me/drive/items/[id:/To/old.bin]");
    let renamed = wire.expand("/v1.0/me/drive/items/[id:/To/old.bin]");
    wire.sim.rename("/To/old.bin", "other.bin").unwrap();
    check_conflict("the new name", &create(&wire, "/v1.0/me/drive/root:/To/other.bin:", "{}"));
    check_conflict("the id", &create(&wire, &renamed, "{}"));
    open(&wire, "/v1.0/me/drive/root:/To/old.bin:");
    wire.sim.rename("/To", "There").unwrap();
    check_conflict("the new folder", &create(&wire, "/v1.0/me/drive/root:/There/OLD.bin:", "{}"));
    open(&wire, "/v1.0/me/drive/root:/To/old.bin:");
    wire.sim.create_folder("/", "To").unwrap();
    check_conflict(
        "a folder that was missing",
        &create(&wire, "/v1.0/me/drive/items/[id:/To]:/old.bin:", "{}"),
    );
    wire.sim.delete("/There/other.bin").unwrap();
    open(&wire, "/v1.0/me/drive/root:/There/other.bin:");
}

#[test]
fn a_name_in_the_body_of_a_session_must_be_that_of_the_url() {
    for wire in [business(TREE), personal(TREE)] {
        let mut urls = forms("one.zip");
        wire.sim.write("/To/one.zip", "zip").unwrap();
        urls.push("/v1.0/me/drive/items/[id:/To/one.zip]".to_owned());
        for url in urls {
            for name in ["two.zip", "One.zip", "ONE.ZIP", "one.zip ", "one", "", "To/one.zip", "/one.zip"] {
                for body in
                    [format!(r#"{{"item": {{"name": "{name}"}}}}"#), format!(r#"{{"name": "{name}"}}"#)]
                {
                    check_error(&format!("{url} {body}"), &create(&wire, &url, &body), 400, "invalidRequest");
                }
            }
            for body in
                [r#"{"item": {"name": "one.zip"}}"#, r#"{"item": {"name": null}}"#, r#"{"name": "one.zip"}"#]
            {
                let response = create(&wire, &url, body);
                assert_eq!(response.status, 200, "{url} {body}");
                cancel(&wire, response.json()["uploadUrl"].as_str().unwrap());
            }
        }
        let encoded = "/v1.0/me/drive/root:/To/gr%C3%BC%C3%9Fe%20100%25.txt:";
        assert_eq!(create(&wire, encoded, r#"{"item": {"name": "grüße 100%.txt"}}"#).status, 200);
        let below = "/v1.0/me/drive/root:/To/no/such/one.zip:";
        check_error(below, &create(&wire, below, r#"{"item": {"name": "two.zip"}}"#), 400, "invalidRequest");
    }
}

/// Starts a copy of `Docs` into `To` and advances it by one step: its top folder exists, the names below are reserved.
fn start_copy(profile: &str, visibility: Visibility) -> TestServer {
    let wire = TestServer::with_pace(Pace::Held, &format!("drive mine profile={profile} owner=me\n{TREE}"));
    let options = CopyOptions::default().visibility(visibility);
    wire.sim.copy("/Docs", "/To", options).unwrap();
    wire.sim.jobs().remove(0).step(1).unwrap();
    wire
}

#[test]
fn a_name_that_a_running_copy_has_not_revealed_is_taken() {
    for profile in ["business", "personal"] {
        let wire = start_copy(profile, Visibility::Gradual);
        assert!(wire.sim.exists("/To/Docs") && !wire.sim.exists("/To/Docs/a.txt"));
        let before = wire.sim.outline().unwrap();
        for file in [
            "/v1.0/me/drive/root:/To/Docs/a.txt:",
            "/v1.0/me/drive/root:/to/docs/A.TXT:",
            "/v1.0/me/drive/items/[id:/To/Docs]:/a.txt:",
            "/v1.0/me/drive/items/[id:/To/Docs]/children/a.txt",
            "/_api/v2.0/drive/root:/To/Docs/a.txt:",
            "/drive/root:/To/Docs/a.txt:",
            "/v1.0/me/drive/root:/To/Docs/a.txt/below/b.txt:",
        ] {
            check_conflict(file, &put(&wire, file, b"x"));
            check_conflict(file, &create(&wire, file, "{}"));
            for behavior in ["fail", "replace"] {
                let query = format!("@microsoft.graph.conflictBehavior={behavior}");
                let url = wire.expand(&format!("{file}/content?{query}"));
                check_conflict(
                    &url,
                    &wire.send(&TestRequest { method: "PUT", url: &url, headers: &[], body: b"x" }),
                );
                let body = format!(r#"{{"item": {{"@microsoft.graph.conflictBehavior": "{behavior}"}}}}"#);
                check_conflict(file, &create(&wire, file, &body));
            }
            assert_eq!(wire.sim.outline().unwrap(), before, "{file}");
        }
        let folder = r#"{"name": "a.txt", "folder": {}}"#;
        wire.expect("POST", "/v1.0/me/drive/root:/To/Docs:/children", folder, 409, "nameAlreadyExists");
        let rename = "/v1.0/me/drive/root:/To/Docs/a.txt:/content?@microsoft.graph.conflictBehavior=rename";
        let renamed = wire.send(&TestRequest { method: "PUT", url: rename, headers: &[], body: b"x" });
        assert_eq!((renamed.status, &renamed.json()["name"]), (201, &Value::from("a 1.txt")));
        wire.sim.jobs().remove(0).step(100).unwrap();
        assert_eq!(put(&wire, "/v1.0/me/drive/root:/To/Docs/a.txt:", b"x").status, 200);
    }
}

#[test]
fn a_folder_that_a_running_copy_has_not_revealed_is_taken() {
    for profile in ["business", "personal"] {
        let wire = start_copy(profile, Visibility::OnCompletion);
        assert!(!wire.sim.exists("/To/Docs"));
        let before = wire.sim.outline().unwrap();
        for file in ["Docs", "DOCS", "Docs/a.txt", "Docs/new.txt", "docs/new/new.txt"] {
            let file = format!("/v1.0/me/drive/root:/To/{file}:");
            check_conflict(&file, &put(&wire, &file, b"x"));
            check_conflict(&file, &create(&wire, &file, "{}"));
            assert_eq!(wire.sim.outline().unwrap(), before, "{file}");
        }
    }
}

#[test]
fn an_upload_creates_missing_parents() {
    for profile in ["business", "personal"] {
        for form in forms("NAME") {
            let wire = TestServer::new(&format!("drive mine profile={profile} owner=me\n{TREE}"));
            // A URL of a child names no further folders.
            let names = if form.contains("/children/") { "a.txt" } else { "no/such/a.txt" };
            let file = form.replace("NAME", names);
            assert_eq!(put(&wire, &file, b"one").status, 201, "{profile} {file}");
            assert_eq!(wire.sim.read(format!("/To/{names}")).unwrap(), b"one", "{profile} {file}");
            assert_eq!(put(&wire, &file, b"two").status, 200, "{profile} {file}");
            let file = form.replace("NAME", &format!("other/{names}"));
            if names == "a.txt" {
                continue;
            }
            let before = wire.sim.outline().unwrap();
            let session = open(&wire, &file);
            assert_eq!(wire.sim.outline().unwrap(), before, "{profile} {file}: created with the file");
            assert_eq!(send_all(&wire, &session), 201, "{profile} {file}");
            assert_eq!(wire.sim.read(format!("/To/other/{names}")).unwrap(), b"new", "{profile} {file}");
        }
    }
}

#[test]
fn only_personal_drives_create_missing_parents_of_folders() {
    for (wire, status) in [(business(TREE), 404), (personal(TREE), 201)] {
        for url in [
            "/v1.0/me/drive/root:/To/no/such:/children",
            "/v1.0/me/drive/items/[id:/To]:/not/this:/children",
            "/_api/v2.0/drive/root:/To/nor/this:/children",
            "/drive/root:/nor:/children",
        ] {
            let code = if status == 404 { "itemNotFound" } else { "" };
            wire.expect("POST", url, r#"{"name": "x", "folder": {}}"#, status, code);
        }
        assert_eq!(wire.sim.exists("/To/no/such/x"), status == 201);
    }
}

#[test]
fn options_create_or_reject_missing_parents() {
    for profile in ["business", "personal"] {
        for (value, upload, child) in [("made", 201, 201), ("refused", 404, 404)] {
            let options = format!("wire.upload_folders={value} wire.children_folders={value}");
            let wire = TestServer::new(&format!("drive mine profile={profile} owner=me {options}\n{TREE}"));
            let file = "/v1.0/me/drive/root:/no/such/a.txt:";
            assert_eq!(create(&wire, file, "{}").status, if value == "made" { 200 } else { 404 });
            assert_eq!(put(&wire, file, b"x").status, upload, "{profile} {value}");
            let folder = r#"{"name": "x", "folder": {}}"#;
            wire.expect("POST", "/v1.0/me/drive/root:/nor/such:/children", folder, child, "");
            assert_eq!(put(&wire, "/v1.0/me/drive/root:/To/a.txt:", b"x").status, 201);
        }
    }
}

#[test]
fn a_failed_upload_creates_no_folders() {
    let long = "x".repeat(255);
    for profile in ["business", "personal"] {
        let wire = TestServer::new(&format!("drive mine profile={profile} owner=me\n{TREE}shut/\n  in/\n"));
        wire.sim.set_access("/shut", Some(Access::None)).unwrap();
        let read_only = wire.sim.create_folder("/", "read").unwrap();
        wire.sim.set_access(read_only, Some(Access::Read)).unwrap();
        let before = wire.sim.outline().unwrap();
        let long = format!("no/{long}/{long}");
        let cases = [
            ("no/such/a%7Cb.txt", 400),
            ("no/su*ch/a.txt", 400),
            ("no/con/a.txt", 400),
            (long.as_str(), 400),
            ("Docs/a.txt/b.txt", 400),
            ("Docs/a.txt/below/b.txt", 400),
            ("read/no/a.txt", 403),
            ("shut/a.txt", 404),
            ("shut/no/a.txt", 404),
            ("shut/in/a.txt", 404),
        ];
        for (path, status) in cases {
            let file = format!("/v1.0/me/drive/root:/{}:", path.replace(' ', "%20").replace('*', "%2A"));
            assert_eq!(put(&wire, &file, b"x").status, status, "{profile} {path}");
            assert_eq!(create(&wire, &file, "{}").status, status, "{profile} {path}");
            assert_eq!(wire.sim.outline().unwrap(), before, "{profile} {path}");
        }
        wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(10)).unwrap();
        let file = "/v1.0/me/drive/root:/no/such/a.txt:";
        assert_eq!(put(&wire, file, b"too much").status, 507, "{profile}");
        assert_eq!(create(&wire, file, r#"{"item": {"fileSize": 8}}"#).status, 507, "{profile}");
        let session = open(&wire, file);
        wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(6)).unwrap();
        assert_eq!(send_all(&wire, &session), 507, "{profile}");
        assert_eq!(wire.sim.outline().unwrap(), before, "{profile}");
        let headers = [("if-match", "*")];
        let url = format!("{file}/content");
        let response = wire.send(&TestRequest { method: "PUT", url: &url, headers: &headers, body: b"" });
        assert_eq!(response.status, 412, "{profile}");
        assert_eq!(wire.sim.outline().unwrap(), before, "{profile}");
    }
}

#[test]
fn an_upload_to_a_missing_id_creates_nothing() {
    for wire in [business(TREE), personal(TREE)] {
        let gone = wire.expand("/v1.0/me/drive/items/[id:/To]:/no/a.txt:");
        wire.sim.delete_permanently("/To").unwrap();
        check_error(&gone, &put(&wire, &gone, b"x"), 404, "itemNotFound");
        check_error(&gone, &create(&wire, &gone, "{}"), 404, "itemNotFound");
        wire.sim.assert_outline("Docs/\n  a.txt = \"one\"\n");
    }
}
