//! Tests of pre-authenticated URLs on a server that checks tokens: they cannot be forged from the ids in them.

use drivesim_server::ServerOptions;
use serde_json::{Value, json};

use crate::graph::support::{Response, TestRequest, TestServer};

const DRIVES: &str = "drive mine profile=business owner=me\nDocs/\n  a.txt = \"hello\"\ndrive box profile=box owner=user:b\nb.txt = \"box\"\n";
const TOKEN: (&str, &str) = ("authorization", "Bearer t");

fn open() -> TestServer {
    TestServer::new(DRIVES)
}

fn checked(options: ServerOptions) -> TestServer {
    TestServer::with_options(options.token("t", &["Files.ReadWrite.All", "root_readwrite"]), DRIVES)
}

fn send(wire: &TestServer, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
    wire.send(&TestRequest { method, url, headers, body: body.as_bytes() })
}

/// Returns pre-authenticated URLs: of an upload, a monitor, a download, and a download of Box.
fn signed_urls(wire: &TestServer) -> [String; 4] {
    let content_type = ("content-type", "application/json");
    let session = "/v1.0/me/drive/root:/new.txt:/createUploadSession";
    let session = send(wire, "POST", session, &[TOKEN, content_type], "{}").json();
    let copy =
        send(wire, "POST", "/v1.0/me/drive/root:/Docs:/copy", &[TOKEN, content_type], "{\"name\":\"Copy\"}");
    let item = send(wire, "GET", "/v1.0/me/drive/root:/Docs/a.txt", &[TOKEN], "").json();
    let listed = send(wire, "GET", "/2.0/folders/0/items", &[TOKEN], "").json();
    let file = listed["entries"][0]["id"].as_str().unwrap().to_owned();
    let box_download = send(wire, "GET", &format!("/2.0/files/{file}/content"), &[TOKEN], "");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [
        text(&session["uploadUrl"]),
        copy.header("location").unwrap().to_owned(),
        text(&item["@microsoft.graph.downloadUrl"]),
        box_download.header("location").unwrap().to_owned(),
    ]
}

fn put(wire: &TestServer, url: &str) -> u16 {
    send(wire, "PUT", url, &[("content-range", "bytes 0-4/5")], "12345").status
}

#[test]
fn pre_authenticated_urls_work_without_a_token() {
    let wire = checked(ServerOptions::default());
    let [upload, monitor, download, box_download] = signed_urls(&wire);
    let content = send(&wire, "GET", "/v1.0/me/drive/root:/Docs/a.txt:/content", &[TOKEN], "");
    assert_eq!(send(&wire, "GET", &monitor, &[], "").json()["status"], "completed");
    assert_eq!(send(&wire, "GET", &download, &[], "").body, b"hello");
    assert_eq!(send(&wire, "GET", content.header("location").unwrap(), &[], "").body, b"hello");
    assert_eq!(send(&wire, "GET", &box_download, &[], "").body, b"box");
    assert_eq!(send(&wire, "GET", &upload, &[], "").json()["nextExpectedRanges"], json!(["0-"]));
    assert_eq!(put(&wire, &upload), 201);
}

#[test]
fn urls_without_the_signature_of_this_server_are_not_found() {
    // The ids are the same on each server: a server that does not check tokens shows how its URLs are built.
    let (public, wire) = (signed_urls(&open()), checked(ServerOptions::default()));
    let ours = signed_urls(&wire);
    let other = signed_urls(&checked(ServerOptions::default()));
    for (public, ours) in public.iter().zip(&ours) {
        assert!(ours.starts_with(&format!("{public}.")), "{ours} does not extend {public}");
    }
    for urls in [public, other] {
        let [upload, monitor, download, box_download] = urls;
        for (method, url) in [("GET", &upload), ("DELETE", &upload), ("GET", &monitor), ("GET", &download)] {
            let response = send(&wire, method, url, &[], "");
            assert_eq!(
                (response.status, response.json()["error"]["code"].as_str()),
                (404, Some("itemNotFound")),
                "{url}"
            );
        }
        assert_eq!(send(&wire, "GET", &box_download, &[], "").status, 404, "{box_download}");
        assert_eq!(put(&wire, &upload), 404);
    }
    // A signature is valid only for its own URL.
    let [upload, monitor, ..] = &ours;
    let (_, monitor_signature) = monitor.rsplit_once('.').unwrap();
    let (id, _) = upload.rsplit_once('.').unwrap();
    assert_eq!(put(&wire, &format!("{id}.{monitor_signature}")), 404);
    assert!(!wire.sim.exists("/new.txt"));
    assert_eq!(put(&wire, upload), 201);
}

#[test]
fn the_same_seed_yields_the_same_urls() {
    let seeded = |seed: u64| signed_urls(&checked(ServerOptions::default().url_seed(seed)));
    assert_eq!(seeded(7), seeded(7));
    let (one, other) = (seeded(7), seeded(8));
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}

#[test]
fn a_reset_keeps_the_secret() {
    let wire = checked(ServerOptions::default());
    let [_, _, download, _] = signed_urls(&wire);
    assert_eq!(send(&wire, "POST", "/_drivesim/reset", &[], "").status, 204);
    assert_eq!(send(&wire, "GET", &download, &[], "").body, b"hello");
}
