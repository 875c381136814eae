//! Tests of access tokens and of access levels of items.

use drivesim::CopyOptions;
use drivesim::access::Access;
use drivesim_server::ServerOptions;

use crate::graph::support::{Response, TestRequest, TestServer, business};

const TREE: &str = "drive work profile=business owner=me\na.txt\nTo/\n";

fn guarded() -> TestServer {
    let options = ServerOptions::default()
        .token("reader", &["Files.Read"])
        .token("writer", &["Files.ReadWrite"])
        .token("other", &["Mail.Read"]);
    TestServer::with_options(options, TREE)
}

fn sent(wire: &TestServer, method: &str, url: &str, authorization: &str) -> Response {
    let headers = [("content-type", "application/json"), ("authorization", authorization)];
    let headers = if authorization.is_empty() { &headers[..1] } else { &headers[..] };
    wire.send(&TestRequest { method, url, headers, body: br#"{"name":"b.txt"}"# })
}

const READ: &str = "/v1.0/me/drive/root:/a.txt";
const COPY: &str = "/v1.0/me/drive/root:/a.txt:/copy";

#[test]
fn a_request_without_a_known_token_fails() {
    let wire = guarded();
    for authorization in ["", "Bearer", "Bearer ", "Bearer nobody", "Basic reader", "reader", "Bearer READER"]
    {
        for (method, url) in [("GET", READ), ("POST", COPY), ("DELETE", READ), ("GET", "/v1.0/drives")] {
            let response = sent(&wire, method, url, authorization);
            let code = response.json()["error"]["code"].clone();
            assert_eq!(
                (response.status, code),
                (401, "InvalidAuthenticationToken".into()),
                "{authorization:?}"
            );
        }
        let response = sent(&wire, "GET", "/_api/v2.0/drive/root:/a.txt", authorization);
        assert_eq!((response.status, &response.json()["error"]["code"]), (401, &"unauthenticated".into()));
    }
    wire.sim.assert_outline("a.txt\nTo/\n");
}

#[test]
fn the_token_is_checked_before_the_request() {
    let wire = guarded();
    let headers = [("content-type", "application/json")];
    let url = "/v1.0/me/drive/root:/gone:/copy";
    assert_eq!(wire.send(&TestRequest { method: "POST", url, headers: &headers, body: b"{" }).status, 401);
}

#[test]
fn a_read_only_token_cannot_change_anything() {
    let wire = guarded();
    assert_eq!(sent(&wire, "GET", READ, "bearer reader").status, 200);
    for (method, url) in
        [("POST", COPY), ("PATCH", READ), ("DELETE", READ), ("POST", "/v1.0/me/drive/root/children")]
    {
        let response = sent(&wire, method, url, "Bearer reader");
        assert_eq!(
            (response.status, &response.json()["error"]["code"]),
            (403, &"accessDenied".into()),
            "{method} {url}"
        );
    }
    assert_eq!(sent(&wire, "GET", READ, "Bearer other").status, 403);
    assert_eq!(wire.sim.jobs().len(), 0);
    assert_eq!(sent(&wire, "POST", COPY, "Bearer writer").status, 202);
    wire.sim.assert_outline("a.txt\nb.txt\nTo/\n");
}

#[test]
fn a_monitor_accepts_requests_with_and_without_a_token() {
    let wire = guarded();
    let monitor = sent(&wire, "POST", COPY, "Bearer writer").header("location").unwrap().to_owned();
    for authorization in ["", "Bearer writer", "Bearer nobody"] {
        let response = sent(&wire, "GET", &monitor, authorization);
        assert_eq!((response.status, &response.json()["status"]), (200, &"completed".into()));
    }
}

#[test]
fn each_documented_permission_allows_its_operations() {
    for (scope, writes) in [
        ("Files.Read", false),
        ("Files.Read.All", false),
        ("Sites.Read.All", false),
        ("Files.ReadWrite", true),
        ("Files.ReadWrite.All", true),
        ("Sites.ReadWrite.All", true),
    ] {
        let wire = TestServer::with_options(ServerOptions::default().token("t", &[scope]), TREE);
        assert_eq!(sent(&wire, "GET", READ, "Bearer t").status, 200, "{scope}");
        assert_eq!(sent(&wire, "POST", COPY, "Bearer t").status, if writes { 202 } else { 403 }, "{scope}");
    }
}

#[test]
fn without_read_access_an_item_is_not_found_and_without_write_access_changes_are_denied() {
    let wire = business("no/\n  x\nread/\n  x\nTo/\n");
    wire.sim.set_access("/no", Some(Access::None)).unwrap();
    wire.sim.set_access("/read", Some(Access::Read)).unwrap();
    wire.expect("GET", "/v1.0/me/drive/root:/no/x", "", 404, "itemNotFound");
    wire.expect("DELETE", "/v1.0/me/drive/root:/no/x", "", 404, "itemNotFound");
    wire.expect("POST", "/v1.0/me/drive/root:/no/x:/copy", r#"{"name":"y"}"#, 404, "itemNotFound");
    wire.expect("GET", "/v1.0/me/drive/root:/read/x", "", 200, "");
    wire.expect("DELETE", "/v1.0/me/drive/root:/read/x", "", 403, "accessDenied");
    wire.expect("PATCH", "/v1.0/me/drive/root:/read/x", r#"{"name":"y"}"#, 403, "accessDenied");
    let folder = r#"{"name":"y","folder":{}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/read:/children", folder, 403, "accessDenied");
    wire.copy("/v1.0/me/drive/root:/read/x:/copy", r#"{"parentReference":{"path":"/drive/root:/To"}}"#);
    assert!(wire.sim.exists("/To/x"));
    assert!(wire.sim.copy("/read/x", "/read", CopyOptions::named("y")).is_err());
}

/// An outline with access levels: `Closed` cannot be read, `Fixed` cannot be changed.
const LEVELS: &str = "\
drive work profile=business owner=me
Closed/ # access=none
  in.txt = \"in\"
  open.txt = \"open\" # access=read
Fixed/ # access=read
  in.txt = \"in\"
  Drop/ # access=write
    old.txt = \"old\"
Mixed/
  free.txt = \"free\"
  hidden.txt = \"hidden\" # access=none
To/
a.txt = \"a\"
secret.txt = \"secret\" # access=none
";

fn parent(path: &str) -> String {
    format!(r#"{{"name":"new","parentReference":{{"path":"/drive/root:{path}"}}}}"#)
}

#[test]
fn access_levels_of_an_outline_apply_to_every_operation() {
    let wire = TestServer::new(LEVELS);
    let before = wire.sim.outline().unwrap();
    let root = "/v1.0/me/drive/root";
    let to = parent("/To");
    // Every operation on an item without read access fails with 404.
    for path in ["/Closed", "/Closed/in.txt", "/secret.txt", "/Mixed/hidden.txt"] {
        let item = format!("{root}:{path}");
        for (method, url, body) in [
            ("GET", item.clone(), ""),
            ("PATCH", item.clone(), r#"{"name":"x"}"#),
            ("DELETE", item.clone(), ""),
            ("POST", format!("{item}:/copy"), &*to),
            ("POST", format!("{item}:/permanentDelete"), ""),
        ] {
            wire.expect(method, &url, body, 404, "itemNotFound");
        }
    }
    for path in ["/Closed/in.txt", "/secret.txt", "/Mixed/hidden.txt"] {
        wire.expect("GET", &format!("{root}:{path}:/content"), "", 404, "itemNotFound");
    }
    wire.expect("GET", &format!("{root}:/Closed:/children"), "", 404, "itemNotFound");
    // Also by id.
    let id = wire.expand("[id:/a.txt]");
    wire.sim.set_access("/a.txt", Some(Access::None)).unwrap();
    wire.expect("GET", &format!("/v1.0/me/drive/items/{id}"), "", 404, "itemNotFound");
    wire.expect("POST", &format!("/v1.0/me/drive/items/{id}/copy"), &to, 404, "itemNotFound");
    wire.sim.set_access("/a.txt", None).unwrap();
    // A folder is copied whole or not at all.
    wire.expect("POST", &format!("{root}:/Mixed:/copy"), &to, 403, "accessDenied");
    // Nothing can be placed into a folder that cannot be changed or read.
    for (target, status, code) in [
        ("/Fixed", 403, "accessDenied"),
        ("/Closed", 404, "itemNotFound"),
        ("/Mixed/hidden.txt", 404, "itemNotFound"),
    ] {
        wire.expect("POST", &format!("{root}:/a.txt:/copy"), &parent(target), status, code);
        wire.expect("PATCH", &format!("{root}:/a.txt"), &parent(target), status, code);
    }
    for (method, url, body) in [
        ("POST", format!("{root}:/Fixed:/children"), r#"{"name":"new","folder":{}}"#),
        ("PUT", format!("{root}:/Fixed/new.txt:/content"), "x"),
        ("PUT", format!("{root}:/Fixed/in.txt:/content"), "x"),
        ("POST", format!("{root}:/Fixed/new.txt:/createUploadSession"), "{}"),
        ("PATCH", format!("{root}:/Fixed/in.txt"), r#"{"name":"x"}"#),
        ("DELETE", format!("{root}:/Fixed/in.txt"), ""),
        ("DELETE", format!("{root}:/Fixed"), ""),
    ] {
        wire.expect(method, &url, body, 403, "accessDenied");
    }
    assert_eq!(wire.sim.outline().unwrap(), before, "a failed request must not change anything");
    assert_eq!(wire.sim.jobs().len(), 0);
}

#[test]
fn access_levels_of_an_outline_do_not_affect_other_items() {
    let wire = TestServer::new(LEVELS);
    let root = "/v1.0/me/drive/root";
    let names = |url: &str| {
        let listed = wire.get_json(url)["value"].as_array().unwrap().clone();
        listed.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(names(&format!("{root}/children")), ["Fixed", "Mixed", "To", "a.txt"]);
    assert_eq!(names(&format!("{root}:/Mixed:/children")), ["free.txt"]);
    assert_eq!(wire.get_json(&format!("{root}:/Mixed"))["folder"]["childCount"], 1);
    // The level of an item overrides that of its folder.
    assert_eq!(wire.get_json(&format!("{root}:/Closed/open.txt"))["name"], "open.txt");
    wire.copy(&format!("{root}:/Closed/open.txt:/copy"), &parent("/To"));
    // A writable folder in one that is not writable.
    wire.copy(&format!("{root}:/a.txt:/copy"), &parent("/Fixed/Drop"));
    // A read-only item can be copied elsewhere, and the copy can be changed.
    let body = r#"{"name":"fixed","parentReference":{"path":"/drive/root:/To"}}"#;
    wire.copy(&format!("{root}:/Fixed:/copy"), body);
    wire.expect("DELETE", &format!("{root}:/To/fixed/in.txt"), "", 204, "");
    assert!(wire.sim.exists("/To/new") && wire.sim.exists("/Fixed/Drop/new"));
}

#[test]
fn a_copy_that_loses_its_access_before_it_starts_fails() {
    let outline = format!("{LEVELS}big.txt = 1 KiB\n");
    for (path, expected_code) in [("/big.txt", "itemNotFound"), ("/To", "accessDenied")] {
        let wire = TestServer::with_pace(drivesim::Pace::Held, &outline);
        let monitor = wire.copy("/v1.0/me/drive/root:/big.txt:/copy", &parent("/To"));
        let level = if path == "/To" { Access::Read } else { Access::None };
        wire.sim.set_access(path, Some(level)).unwrap();
        wire.sim.jobs()[0].step(1).unwrap();
        let status = wire.get_json(&monitor);
        assert_eq!(
            (&status["status"], &status["error"]["code"]),
            (&"failed".into(), &expected_code.into()),
            "{path}"
        );
    }
}

#[test]
fn changing_a_locked_item_fails_with_423() {
    let wire = business("a.txt\n");
    wire.sim.lock("/a.txt", drivesim::access::LockScope::Item).unwrap();
    wire.expect("PATCH", READ, r#"{"name":"b"}"#, 423, "resourceLocked");
    wire.expect("DELETE", READ, "", 423, "resourceLocked");
}
