//! The only place for tokens and for what they and the drives allow.

use drivesim::{Access, CopyOptions};
use drivesim_server::ServerOptions;

use crate::support::{Answer, Sent, Wire, business};

const TREE: &str = "drive work profile=business owner=me\na.txt\nTo/\n";

fn guarded() -> Wire {
    let options = ServerOptions::default()
        .token("reader", &["Files.Read"])
        .token("writer", &["Files.ReadWrite"])
        .token("other", &["Mail.Read"]);
    Wire::with(options, TREE)
}

fn sent(wire: &Wire, method: &str, url: &str, authorization: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("authorization", authorization)];
    let headers = if authorization.is_empty() { &headers[..1] } else { &headers[..] };
    wire.send(&Sent { method, url, headers, body: br#"{"name":"b.txt"}"# })
}

const READ: &str = "/v1.0/me/drive/root:/a.txt";
const COPY: &str = "/v1.0/me/drive/root:/a.txt:/copy";

#[test]
fn without_a_token_that_is_known_nothing_is_answered() {
    let wire = guarded();
    for authorization in ["", "Bearer", "Bearer ", "Bearer nobody", "Basic reader", "reader", "Bearer READER"]
    {
        for (method, url) in [("GET", READ), ("POST", COPY), ("DELETE", READ), ("GET", "/v1.0/drives")] {
            let answer = sent(&wire, method, url, authorization);
            let code = answer.json()["error"]["code"].clone();
            assert_eq!(
                (answer.status, code),
                (401, "InvalidAuthenticationToken".into()),
                "{authorization:?}"
            );
        }
        let answer = sent(&wire, "GET", "/_api/v2.0/drive/root:/a.txt", authorization);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &"unauthenticated".into()));
    }
    wire.sim.assert_outline("a.txt\nTo/\n");
}

#[test]
fn a_token_goes_before_what_is_wrong_with_a_request() {
    let wire = guarded();
    let headers = [("content-type", "application/json")];
    let url = "/v1.0/me/drive/root:/gone:/copy";
    assert_eq!(wire.send(&Sent { method: "POST", url, headers: &headers, body: b"{" }).status, 401);
}

#[test]
fn a_token_that_only_reads_changes_nothing() {
    let wire = guarded();
    assert_eq!(sent(&wire, "GET", READ, "bearer reader").status, 200);
    for (method, url) in
        [("POST", COPY), ("PATCH", READ), ("DELETE", READ), ("POST", "/v1.0/me/drive/root/children")]
    {
        let answer = sent(&wire, method, url, "Bearer reader");
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
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
fn a_monitor_needs_no_token_and_bears_one() {
    let wire = guarded();
    let monitor = sent(&wire, "POST", COPY, "Bearer writer").header("location").unwrap().to_owned();
    for authorization in ["", "Bearer writer", "Bearer nobody"] {
        let answer = sent(&wire, "GET", &monitor, authorization);
        assert_eq!((answer.status, &answer.json()["status"]), (200, &"completed".into()));
    }
}

#[test]
fn every_permission_of_the_tables_allows_what_it_says() {
    for (scope, writes) in [
        ("Files.Read", false),
        ("Files.Read.All", false),
        ("Sites.Read.All", false),
        ("Files.ReadWrite", true),
        ("Files.ReadWrite.All", true),
        ("Sites.ReadWrite.All", true),
    ] {
        let wire = Wire::with(ServerOptions::default().token("t", &[scope]), TREE);
        assert_eq!(sent(&wire, "GET", READ, "Bearer t").status, 200, "{scope}");
        assert_eq!(sent(&wire, "POST", COPY, "Bearer t").status, if writes { 202 } else { 403 }, "{scope}");
    }
}

#[test]
fn without_read_access_a_thing_is_absent_and_without_write_access_it_is_denied() {
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

#[test]
fn what_is_locked_is_answered_with_423() {
    let wire = business("a.txt\n");
    wire.sim.lock("/a.txt", drivesim::LockScope::Item).unwrap();
    wire.expect("PATCH", READ, r#"{"name":"b"}"#, 423, "resourceLocked");
    wire.expect("DELETE", READ, "", 423, "resourceLocked");
}
