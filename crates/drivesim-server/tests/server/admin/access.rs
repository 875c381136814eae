//! Tests of access levels in the admin API: they are shown, set, removed, printed and read back.

use drivesim::Sim;
use serde_json::{Value, json};

use crate::admin::{TestServer, server_with_held_copies};

fn set(server: &TestServer, body: Value) -> Value {
    let response = server.send_admin("PUT", "access", body.to_string());
    assert_eq!(response.status, 200, "{}", response.text);
    response.json()
}

#[test]
fn a_level_can_be_set_shown_and_removed() {
    let server = server_with_held_copies();
    let show = |path: &str| server.get(&format!("access?drive=mine&path={path}")).json();
    let expected = |path: &str, access: &str, own: Value| json!({ "drive": "mine", "path": path, "access": access, "own": own });
    assert_eq!(show("/Docs"), expected("/Docs", "write", Value::Null));
    let read = set(&server, json!({ "drive": "mine", "path": "/Docs", "access": "read" }));
    assert_eq!(read, expected("/Docs", "read", json!("read")));
    assert_eq!(show("/Docs/a.txt"), expected("/Docs/a.txt", "read", Value::Null));
    assert_eq!(server.send_json("DELETE", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 403);
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    // With one drive, its name is optional. The admin API sees all items.
    set(&server, json!({ "path": "/Docs", "access": "none" }));
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 404);
    assert_eq!(server.get("access?path=/Docs/a.txt").json()["access"], "none");
    set(&server, json!({ "path": "/Docs/a.txt", "access": "write" }));
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    for body in [json!({ "path": "/Docs", "access": null }), json!({ "path": "/Docs/a.txt", "access": null })]
    {
        assert_eq!(set(&server, body)["own"], Value::Null);
    }
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    // The level of the root applies to the drive.
    set(&server, json!({ "path": "/", "access": "read" }));
    assert_eq!(show("/Docs")["access"], "read");
}

#[test]
fn unknown_levels_items_and_drives_fail() {
    let server = server_with_held_copies();
    for (body, status, code) in [
        (json!({ "path": "/Docs", "access": "all" }), 400, "badRequest"),
        (json!({ "path": "Docs", "access": "read" }), 400, "badRequest"),
        (json!({ "access": "read" }), 400, "badRequest"),
        (json!({ "path": "/Docs", "level": "read" }), 400, "badRequest"),
        (json!({ "path": "/Docs", "access": 1 }), 400, "badRequest"),
        (json!({ "path": "/gone", "access": "read" }), 404, "noItem"),
        (json!({ "drive": "other", "path": "/", "access": "read" }), 404, "noDrive"),
    ] {
        let response = server.send_admin("PUT", "access", body.to_string());
        assert_eq!(response.status_and_code(), (status, code.to_owned()), "{body}");
    }
    assert_eq!(server.get("access").status_and_code(), (400, "badRequest".to_owned()));
    assert_eq!(server.get("access?path=/gone").status_and_code(), (404, "noItem".to_owned()));
    server.post("drives", "{\"name\":\"x\",\"profile\":\"box\"}");
    assert_eq!(server.get("access?path=/").status_and_code(), (400, "badRequest".to_owned()));
}

#[test]
fn levels_can_be_printed_and_read_back() {
    let outline = "drive mine profile=business owner=me\nDocs/ # access=read\n  a.txt # access=none\n";
    let server = TestServer::from_builder(Sim::builder().outline(outline));
    let printed = server.get("outline?detail=all").text;
    assert!(printed.contains(" access=read\n") && printed.contains(" access=none\n"), "{printed}");
    assert_eq!(server.send_admin("PUT", "outline", printed.clone()).status, 204);
    assert_eq!(server.get("outline?detail=all").text, printed);
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 404);
    // An outline without levels removes them.
    assert_eq!(server.send_admin("PUT", "outline?drive=mine", "Docs/\n  a.txt\n").status, 204);
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
}

#[test]
fn a_request_without_a_level_fails() {
    let server = server_with_held_copies();
    set(&server, json!({ "path": "/Docs", "access": "read" }));
    let (status, code, message) =
        server.send_admin("PUT", "access", json!({ "path": "/Docs" }).to_string()).error();
    assert_eq!((status, code.as_str()), (400, "badRequest"));
    assert!(message.contains("missing field `access`"), "{message}");
    assert_eq!(server.get("access?path=/Docs").json()["own"], "read");
}

#[test]
fn a_drive_that_cannot_be_read_is_visible_to_the_admin_api() {
    let server = server_with_held_copies();
    server.copy("/Docs", "copy");
    // With the name of the drive and without.
    for name in [json!({ "drive": "mine" }), json!({})] {
        let body = |access: Value| {
            let mut body = name.clone();
            body["path"] = json!("/");
            body["access"] = access;
            body
        };
        set(&server, body(json!("none")));
        let query = if name["drive"].is_null() { "" } else { "&drive=mine" };
        assert_eq!(server.get(&format!("access?path=/{query}")).json()["access"], "none");
        let members = format!("members?path=/Docs/a.txt{query}");
        assert_eq!(server.get(&members).status, 200, "{}", server.get(&members).text);
        let patched = server.send_admin("PATCH", &members, "{}");
        assert_eq!(patched.status, 200, "{}", patched.text);
        let job = &server.get("jobs").json()["jobs"][0];
        assert_eq!((&job["sourceDrive"], &job["targetDrive"]), (&json!("mine"), &json!("mine")));
        assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 404);
        assert_eq!(set(&server, body(Value::Null))["access"], "write");
        assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 200);
    }
    set(&server, json!({ "path": "/", "access": "none" }));
    // Its outline can be replaced without its name, and its owner stays taken.
    assert_eq!(server.send_admin("PUT", "outline", "x\n").status, 204);
    server.assert_outline("mine", "x\n");
    let second = "{\"name\":\"second\",\"profile\":\"business\",\"owner\":\"me\"}";
    assert_eq!(server.post("drives", second).status_and_code(), (409, "ownerTaken".to_owned()));
    assert_eq!(server.send_admin("DELETE", "drives/mine", "").status, 204);
    assert_eq!(server.post("drives", &second.replace("second", "mine")).status, 201);
    assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 200);
}

#[test]
fn drives_that_cannot_be_read_count_towards_the_limit() {
    let limits = drivesim_server::Limits::default().max_drives(1);
    let sim = Sim::builder().outline("drive hid profile=business access=none\n").build().unwrap();
    let server = TestServer::with(sim, drivesim_server::ServerOptions::default().limits(limits));
    let (status, code) = server.post("drives", "{\"name\":\"x\",\"profile\":\"box\"}").status_and_code();
    assert_eq!((status, code.as_str()), (409, "tooManyDrives"));
}
