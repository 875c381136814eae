//! The only place for what each permission allows on each kind of drive, verb by verb: the tables of the pages.

use drivesim_server::ServerOptions;

use crate::support::{Sent, Wire};

/// What a permission allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Allowed {
    Nothing,
    Reading,
    Writing,
}

use Allowed::{Nothing, Reading, Writing};

/// The permissions with what they allow on a work drive and on one of a person, for which the tables have none of
/// Sites.
const PERMISSIONS: [(&str, Allowed, Allowed); 8] = [
    ("Files.Read", Reading, Reading),
    ("Files.Read.All", Reading, Reading),
    ("Files.ReadWrite", Writing, Writing),
    ("Files.ReadWrite.All", Writing, Writing),
    ("Sites.Read.All", Reading, Nothing),
    ("Sites.ReadWrite.All", Writing, Nothing),
    ("Mail.ReadWrite", Nothing, Nothing),
    ("Files.ReadWrite.AppFolder", Nothing, Nothing),
];

/// Every verb with what it needs, where it is sent, and how it is answered where that is allowed.
const VERBS: [(&str, Allowed, &str, u16); 14] = [
    ("GET", Reading, "", 200),
    ("GET", Reading, "/root", 200),
    ("GET", Reading, "/root/children", 200),
    ("GET", Reading, "/root:/a.txt", 200),
    ("GET", Reading, "/root:/a.txt:/content", 302),
    ("HEAD", Reading, "/root:/a.txt:/content", 302),
    ("POST", Writing, "/root:/a.txt:/copy", 202),
    ("POST", Writing, "/root/children", 201),
    ("POST", Writing, "/root:/b.txt:/createUploadSession", 200),
    ("PATCH", Writing, "/root:/a.txt", 200),
    ("PUT", Writing, "/root:/b.txt:/content", 201),
    ("PUT", Writing, "/root:/a.txt:/content", 200),
    ("DELETE", Writing, "/root:/a.txt", 204),
    ("POST", Writing, "/root:/a.txt:/permanentDelete", 204),
];

/// Sends every verb with a token of some permissions.
fn check(profile: &str, scopes: &[&str], allowed: Allowed) {
    for drive in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive", "/v1.0/drives/mine"] {
        for (method, needed, path, status) in VERBS {
            let outline = format!("drive mine profile={profile} owner=me\na.txt = \"a\"\nTo/\n");
            let wire = Wire::with(ServerOptions::default().token("t", scopes), &outline);
            let before = wire.sim.outline().unwrap();
            let headers = [
                ("content-type", "application/json"),
                ("authorization", "Bearer t"),
                ("prefer", "respond-async"),
            ];
            let body: &[u8] = match method {
                "POST" | "PATCH" if path.ends_with("permanentDelete") => b"",
                "POST" | "PATCH" => br#"{"name":"b.txt","folder":{}}"#,
                _ => b"",
            };
            let url = format!("{drive}{path}");
            let answer = wire.send(&Sent { method, url: &url, headers: &headers, body });
            let what = format!("{method} {url} with {scopes:?} on a {profile} drive");
            if allowed >= needed {
                assert_eq!(answer.status, status, "{what}: {}", String::from_utf8_lossy(&answer.body));
            } else {
                assert_eq!(answer.status, 403, "{what}");
                if method != "HEAD" {
                    assert_eq!(answer.json()["error"]["code"], "accessDenied", "{what}");
                }
                assert_eq!(wire.sim.outline().unwrap(), before, "{what}");
                assert_eq!(wire.sim.jobs().len(), 0, "{what}");
            }
        }
    }
}

#[test]
fn every_permission_allows_on_a_work_drive_what_its_table_says() {
    for (scope, on_work_drives, _) in PERMISSIONS {
        check("business", &[scope], on_work_drives);
    }
}

#[test]
fn every_permission_allows_on_the_drive_of_a_person_what_its_table_says() {
    for (scope, _, on_drives_of_persons) in PERMISSIONS {
        check("personal", &[scope], on_drives_of_persons);
    }
}

#[test]
fn permissions_add_up() {
    check("business", &["Mail.ReadWrite", "Files.Read", "Sites.ReadWrite.All"], Writing);
    check("personal", &["Sites.ReadWrite.All", "Files.Read"], Reading);
    check("personal", &["Sites.Read.All", "Files.ReadWrite"], Writing);
    check("business", &[], Nothing);
    check("personal", &[], Nothing);
}
