//! Tests the forms in which `parentReference.path` names a drive and a folder: those of URLs.

use crate::graph::support::TestServer;

const DRIVES: &str = "drive me profile=business owner=me\na.txt\nTo/\n  in/\n\
                      drive ann profile=business owner=user:ann\nTo/\n  in/\n\
                      drive team profile=business owner=group:g\nTo/\n  in/\n\
                      drive root profile=business owner=site:root\nTo/\n  in/\n\
                      drive site profile=business owner=site:s\na.txt\nTo/\n  in/\n";

/// The forms that name a drive, and the drive that each names in a request to the first.
const FORMS: [(&str, &str); 13] = [
    ("/drive", "me"),
    ("/me/drive", "me"),
    ("/drives/[drive:team]", "team"),
    ("/me/drives/[drive:me]", "me"),
    ("/drives/team", "team"),
    ("/users/ann/drive", "ann"),
    ("/users/ann/drives/[drive:ann]", "ann"),
    ("/groups/g/drive", "team"),
    ("/groups/g/drives/[drive:team]", "team"),
    ("/sites/s/drive", "site"),
    ("/sites/s/drives/[drive:site]", "site"),
    ("/sites/root/drive", "root"),
    ("/sites/root/drives/root", "root"),
];
/// Continuations that name the folder `/To` of the drive called NAME.
const TAILS: [&str; 9] = [
    "/root:/To",
    "/root:/To:",
    "/root:/To:/",
    "/root:/To/",
    "/root:/TO",
    "/items/[id:NAME:/To]",
    "/items/root:/To",
    "/items/[id:NAME:/]:/To:",
    "/root:/%54o",
];

/// Copies into the folder at a path and asserts that it is the folder `/To` of a drive.
#[track_caller]
fn check(wire: &TestServer, path: &str, drive: &str) {
    let drive_handle = wire.sim.drive(drive).unwrap();
    let url = "/v1.0/me/drive/root:/a.txt:/copy";
    wire.copy(url, &format!(r#"{{"parentReference":{{"path":"{path}"}},"name":"b.txt"}}"#));
    assert!(wire.sim.exists(drive_handle.at("/To/b.txt")), "{path} is not in {drive}");
    wire.sim.delete(drive_handle.at("/To/b.txt")).unwrap();
}

#[test]
fn a_path_may_have_every_form_of_a_drive_that_urls_have() {
    let wire = TestServer::new(DRIVES);
    for (form, drive) in FORMS {
        for tail in TAILS {
            let path = wire.expand(&format!("{form}{}", tail.replace("NAME", drive)));
            check(&wire, &path, drive);
            check(&wire, path.trim_start_matches('/'), drive);
            check(&wire, &path.replace(':', "%3A").replace("/T", "%2FT"), drive);
            for service in ["/v1.0", "/beta", "/_api/v2.0", "/_api/v2.1", "/v2.0"] {
                check(&wire, &format!("{service}{path}"), drive);
            }
        }
    }
}

#[test]
fn the_path_of_the_root_site_names_its_drive() {
    let wire = TestServer::new(DRIVES);
    let url = "/v1.0/sites/s/drive/root:/a.txt:/copy";
    wire.copy(url, r#"{"parentReference":{"path":"/sites/root/drive/root:/To"}}"#);
    assert!(wire.sim.exists(wire.sim.drive("root").unwrap().at("/To/a.txt")));
    // A path without a drive means the drive of the request. A path may also name that drive explicitly.
    for (number, path) in ["/drive/root:/To", "/sites/s/drive/root:/To"].iter().enumerate() {
        wire.copy(url, &format!(r#"{{"parentReference":{{"path":"{path}"}},"name":"{number}"}}"#));
        assert!(wire.sim.exists(wire.sim.drive("site").unwrap().at(format!("/To/{number}"))), "{path}");
    }
}

#[test]
fn moves_and_restores_accept_the_same_forms() {
    let wire = TestServer::new(DRIVES);
    let item = wire.expand("/v1.0/me/drive/items/[id:me:/a.txt]");
    for form in ["/drive", "/me/drive", "/v1.0/me/drive", "/drives/[drive:me]", "/_api/v2.0/me/drives/me"] {
        for (tail, at) in [("/root:/To/in", "/To/in/a.txt"), ("/root:", "/a.txt"), ("/root", "/a.txt")] {
            let body = format!(r#"{{"parentReference":{{"path":"{form}{tail}"}}}}"#);
            wire.expect("PATCH", &item, &body, 200, "");
            assert!(wire.sim.exists(at), "{body}");
        }
        wire.expect("DELETE", &item, "", 204, "");
        let body = format!(r#"{{"parentReference":{{"path":"{form}/root:/To"}}}}"#);
        wire.expect("POST", &format!("{item}/restore"), &body, 200, "");
        assert!(wire.sim.exists("/To/a.txt"), "{body}");
    }
}

#[test]
fn a_path_that_names_no_folder_of_a_drive_fails() {
    let wire = TestServer::new(DRIVES);
    let cases = [
        ("/users/bob/drive/root:/To", 404),
        ("/groups/s/drive/root:/To", 404),
        ("/sites/s/drives/[drive:team]/root:/To", 404),
        ("/drives/b!AAAA/root:/To", 400),
        ("/me/drive/root:/gone", 404),
        ("/me/drive/items/[id:team:/To]", 404),
        ("/me/drive", 400),
        ("/drives", 400),
        ("/me", 400),
        ("/teams/t/drive/root:/To", 400),
        ("/me/drive/root:To", 400),
        ("/me/drive/root/To", 400),
        ("/me/drive/root:/To:/in:", 400),
        ("/me/drive/root:/To:/children", 400),
        ("/me/drive/special/approot", 400),
        ("/v3.0/me/drive/root:/To", 400),
        ("To", 400),
        ("/", 400),
    ];
    for (path, status) in cases {
        let code = if status == 404 { "itemNotFound" } else { "invalidRequest" };
        for (method, url) in
            [("POST", "/v1.0/me/drive/root:/a.txt:/copy"), ("PATCH", "/v1.0/me/drive/root:/a.txt")]
        {
            wire.expect(method, url, &format!(r#"{{"parentReference":{{"path":"{path}"}}}}"#), status, code);
        }
    }
    assert_eq!(wire.sim.jobs().len(), 0);
    let both = r#"{"parentReference":{"path":"/groups/g/drive/root:/To","driveId":"[drive:me]"}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/a.txt:/copy", both, 400, "invalidRequest");
    let both = r#"{"parentReference":{"path":"/groups/g/drive/root:/To","driveId":"[drive:team]"}}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/a.txt:/copy", both, 202, "");
}
