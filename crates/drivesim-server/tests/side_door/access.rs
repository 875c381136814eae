//! Levels of access at the admin API: shown, set, taken away, printed and read back.

use drivesim::Sim;
use serde_json::{Value, json};

use crate::{Server, held};

fn set(server: &Server, body: Value) -> Value {
    let answer = server.call("PUT", "access", body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[test]
fn a_level_is_set_shown_and_taken_away() {
    let server = held();
    let shown = |path: &str| server.get(&format!("access?drive=mine&path={path}")).json();
    let answer = |path: &str, access: &str, own: Value| json!({ "drive": "mine", "path": path, "access": access, "own": own });
    assert_eq!(shown("/Docs"), answer("/Docs", "write", Value::Null));
    let read = set(&server, json!({ "drive": "mine", "path": "/Docs", "access": "read" }));
    assert_eq!(read, answer("/Docs", "read", json!("read")));
    assert_eq!(shown("/Docs/a.txt"), answer("/Docs/a.txt", "read", Value::Null));
    assert_eq!(server.wire("DELETE", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 403);
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    // There is one drive, so it need not be named; those who set levels see all items.
    set(&server, json!({ "path": "/Docs", "access": "none" }));
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 404);
    assert_eq!(server.get("access?path=/Docs/a.txt").json()["access"], "none");
    set(&server, json!({ "path": "/Docs/a.txt", "access": "write" }));
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    for body in [json!({ "path": "/Docs", "access": null }), json!({ "path": "/Docs/a.txt", "access": null })]
    {
        assert_eq!(set(&server, body)["own"], Value::Null);
    }
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
    // The root stands for the drive.
    set(&server, json!({ "path": "/", "access": "read" }));
    assert_eq!(shown("/Docs")["access"], "read");
}

#[test]
fn what_is_no_level_and_no_item_is_refused() {
    let server = held();
    for (body, status, code) in [
        (json!({ "path": "/Docs", "access": "all" }), 400, "badRequest"),
        (json!({ "path": "Docs", "access": "read" }), 400, "badRequest"),
        (json!({ "access": "read" }), 400, "badRequest"),
        (json!({ "path": "/Docs", "level": "read" }), 400, "badRequest"),
        (json!({ "path": "/Docs", "access": 1 }), 400, "badRequest"),
        (json!({ "path": "/gone", "access": "read" }), 404, "noItem"),
        (json!({ "drive": "other", "path": "/", "access": "read" }), 404, "noDrive"),
    ] {
        let answer = server.call("PUT", "access", body.to_string());
        assert_eq!(answer.code(), (status, code.to_owned()), "{body}");
    }
    assert_eq!(server.get("access").code(), (400, "badRequest".to_owned()));
    assert_eq!(server.get("access?path=/gone").code(), (404, "noItem".to_owned()));
    server.post("drives", "{\"name\":\"x\",\"profile\":\"box\"}");
    assert_eq!(server.get("access?path=/").code(), (400, "badRequest".to_owned()));
}

#[test]
fn levels_are_printed_and_read_back() {
    let outline = "drive mine profile=business owner=me\nDocs/ # access=read\n  a.txt # access=none\n";
    let server = Server::of(Sim::builder().outline(outline));
    let printed = server.get("outline?detail=all").text;
    assert!(printed.contains(" access=read\n") && printed.contains(" access=none\n"), "{printed}");
    assert_eq!(server.call("PUT", "outline", printed.clone()).status, 204);
    assert_eq!(server.get("outline?detail=all").text, printed);
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 404);
    // An outline that says nothing of levels leaves none.
    assert_eq!(server.call("PUT", "outline?drive=mine", "Docs/\n  a.txt\n").status, 204);
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/Docs/a.txt", "").status, 200);
}

#[test]
fn a_level_that_is_forgotten_is_not_one_that_is_taken_away() {
    let server = held();
    set(&server, json!({ "path": "/Docs", "access": "read" }));
    let (status, code, message) =
        server.call("PUT", "access", json!({ "path": "/Docs" }).to_string()).refusal();
    assert_eq!((status, code.as_str()), (400, "badRequest"));
    assert!(message.contains("missing field `access`"), "{message}");
    assert_eq!(server.get("access?path=/Docs").json()["own"], "read");
}

#[test]
fn a_drive_that_may_not_be_looked_at_is_there_for_the_admin_api() {
    let server = held();
    server.copy("/Docs", "copy");
    // With its name and without.
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
        let patched = server.call("PATCH", &members, "{}");
        assert_eq!(patched.status, 200, "{}", patched.text);
        let job = &server.get("jobs").json()["jobs"][0];
        assert_eq!((&job["sourceDrive"], &job["targetDrive"]), (&json!("mine"), &json!("mine")));
        assert_eq!(server.wire("GET", "/v1.0/me/drive", "").status, 404);
        assert_eq!(set(&server, body(Value::Null))["access"], "write");
        assert_eq!(server.wire("GET", "/v1.0/me/drive", "").status, 200);
    }
    set(&server, json!({ "path": "/", "access": "none" }));
    // Its outline is replaced without its name, and its owner is still its owner.
    assert_eq!(server.call("PUT", "outline", "x\n").status, 204);
    server.assert_outline("mine", "x\n");
    let second = "{\"name\":\"second\",\"profile\":\"business\",\"owner\":\"me\"}";
    assert_eq!(server.post("drives", second).code(), (409, "ownerTaken".to_owned()));
    assert_eq!(server.call("DELETE", "drives/mine", "").status, 204);
    assert_eq!(server.post("drives", &second.replace("second", "mine")).status, 201);
    assert_eq!(server.wire("GET", "/v1.0/me/drive", "").status, 200);
}

#[test]
fn drives_that_may_not_be_looked_at_count() {
    let limits = drivesim_server::Limits::default().max_drives(1);
    let sim = Sim::builder().outline("drive hid profile=business access=none\n").build().unwrap();
    let server = Server::with(sim, drivesim_server::ServerOptions::default().limits(limits));
    let (status, code) = server.post("drives", "{\"name\":\"x\",\"profile\":\"box\"}").code();
    assert_eq!((status, code.as_str()), (409, "tooManyDrives"));
}
