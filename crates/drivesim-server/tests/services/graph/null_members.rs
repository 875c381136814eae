//! Tests of members of bodies that are `null` or empty: `null` differs from an absent member.

use crate::graph::support::{TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\nTo/\n";
const ITEM: &str = "/v1.0/me/drive/root:/Docs/a.txt";
const ROUTES: [&str; 4] = [
    "/v1.0/me/drive/root:/Docs/a.txt:/copy",
    "/v1.0/drives/[drive]/items/[id:/Docs/a.txt]/copy",
    "/_api/v2.0/drive/root:/Docs/a.txt:/copy",
    "/beta/me/drive/items/[id:/Docs/a.txt]/microsoft.graph.copy",
];

/// Sends bodies and asserts that each fails at once and changes nothing.
#[track_caller]
fn check_rejected(wire: &TestServer, method: &str, url: &str, bodies: &[&str]) {
    let before = wire.sim.outline_with(drivesim::outline::Detail::Attributes).unwrap();
    for body in bodies {
        wire.expect(method, url, body, 400, "invalidRequest");
        assert_eq!(wire.sim.outline_with(drivesim::outline::Detail::Attributes).unwrap(), before, "{body}");
        assert_eq!(wire.sim.jobs().len(), 0, "{body}");
    }
}

/// References that are present but name no folder.
const EMPTY_REFERENCES: [&str; 8] = [
    r#"{"parentReference":null}"#,
    r#"{"parentReference":{}}"#,
    r#"{"parentReference":{"id":null}}"#,
    r#"{"parentReference":{"id":"","path":"","driveId":"","driveType":""}}"#,
    r#"{"parentReference":{"id":null,"driveId":null}}"#,
    r#"{"parentReference":{"driveId":"[drive]"}}"#,
    r#"{"parentReference":{"path":""},"name":"b.txt"}"#,
    r#"{"parentReference":null,"name":"b.txt"}"#,
];
const BAD_NAMES: [&str; 4] = [
    r#"{"name":null}"#,
    r#"{"name":""}"#,
    r#"{"name":null,"parentReference":{"id":"[id:/To]"}}"#,
    r#"{"name":"","parentReference":{"id":"[id:/To]"}}"#,
];

#[test]
fn a_copy_with_a_null_or_empty_name_or_target_fails_at_once() {
    for wire in [business(TREE), personal(TREE)] {
        for url in ROUTES {
            check_rejected(&wire, "POST", url, &EMPTY_REFERENCES);
            check_rejected(&wire, "POST", url, &BAD_NAMES);
            check_rejected(&wire, "POST", url, &[r#"{"parentReference":null,"name":null}"#]);
        }
        let shared = r#"{"parentReference":{"sharepointIds":{"listId":"x"}}}"#;
        wire.expect("POST", ROUTES[0], shared, 501, "notSupported");
    }
}

#[test]
fn empty_members_next_to_the_id_of_a_target_are_ignored() {
    for (number, body) in [
        r#"{"parentReference":{"id":"[id:/To]","driveId":"[drive]","path":"","driveType":""},"name":"0"}"#,
        r#"{"parentReference":{"path":"","driveId":"[drive]","id":"[id:/To]"},"name":"1"}"#,
        r#"{"parentReference":{"id":"[id:/To]","driveId":null,"path":null},"name":"2"}"#,
        r#"{"parentReference":{"path":"/drive/root:/To","id":""},"name":"3"}"#,
        r#"{"parentReference":{"id":"[id:/To]"},"name":"4","childrenOnly":null,"includeAllVersionHistory":null}"#,
    ]
    .into_iter()
    .enumerate()
    {
        for wire in [business(TREE), personal(TREE)] {
            wire.expect("POST", ROUTES[0], body, 202, "");
            assert!(wire.sim.exists(format!("/To/{number}")), "{body}");
        }
    }
}

#[test]
fn an_option_accepts_or_rejects_a_copy_without_a_name_and_target() {
    let behavior = "?@microsoft.graph.conflictBehavior=rename";
    for profile in ["business", "personal"] {
        let accepting =
            TestServer::new(&format!("drive d profile={profile} owner=me wire.empty_copy=accept\n{TREE}"));
        let rejecting =
            TestServer::new(&format!("drive d profile={profile} owner=me wire.empty_copy=refuse\n{TREE}"));
        for body in ["{}", r#"{"childrenOnly":false}"#, r#"{"@microsoft.graph.conflictBehavior":"rename"}"#] {
            for query in ["", behavior] {
                let url = format!("{}{query}", ROUTES[0]);
                // Personal drives report at once that the name is taken.
                let status = if profile == "personal" { 409 } else { 202 };
                accepting.expect("POST", &url, body, status, "");
                rejecting.expect("POST", &url, body, 400, "invalidRequest");
            }
        }
        let error = rejecting.send_json("POST", ROUTES[0], "{}").json();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("At least one of 'parentReference.id', "), "{message}");
        rejecting.expect("POST", ROUTES[0], r#"{"name":"b.txt"}"#, 202, "");
        rejecting.expect("POST", ROUTES[0], r#"{"parentReference":{"id":"[id:/To]"}}"#, 202, "");
    }
}

#[test]
fn a_change_accepts_null_only_for_the_description() {
    for wire in [business(TREE), personal(TREE)] {
        check_rejected(&wire, "PATCH", ITEM, &EMPTY_REFERENCES);
        check_rejected(&wire, "PATCH", ITEM, &BAD_NAMES);
        check_rejected(
            &wire,
            "PATCH",
            ITEM,
            &[
                r#"{"fileSystemInfo":null}"#,
                r#"{"fileSystemInfo":""}"#,
                r#"{"fileSystemInfo":{"lastModifiedDateTime":""}}"#,
                r#"{"name":"b","@microsoft.graph.conflictBehavior":null}"#,
                r#"{"name":"b","@microsoft.graph.conflictBehavior":""}"#,
            ],
        );
        for body in [
            "{}",
            r#"{"description":null}"#,
            r#"{"description":""}"#,
            r#"{"fileSystemInfo":{}}"#,
            r#"{"fileSystemInfo":{"createdDateTime":null,"lastModifiedDateTime":"2002-03-04T05:06:07Z"}}"#,
        ] {
            wire.expect("PATCH", ITEM, body, 200, "");
        }
        let info = wire.get_json(ITEM)["fileSystemInfo"].clone();
        assert_eq!(info["lastModifiedDateTime"], "2002-03-04T05:06:07Z");
        assert_eq!(info["createdDateTime"], "2024-01-01T00:00:00Z");
    }
}

#[test]
fn a_restore_with_a_null_or_empty_name_or_target_fails() {
    for wire in [business(TREE), personal(TREE)] {
        wire.set_variable("a", wire.expand("[id:/Docs/a.txt]"));
        wire.expect("DELETE", ITEM, "", 204, "");
        let url = "/v1.0/me/drive/items/[a]/restore";
        check_rejected(&wire, "POST", url, &EMPTY_REFERENCES);
        check_rejected(&wire, "POST", url, &BAD_NAMES);
        wire.expect("POST", url, "{}", 200, "");
    }
}

#[test]
fn a_new_folder_needs_a_name_and_a_facet() {
    for wire in [business(TREE), personal(TREE)] {
        let url = "/v1.0/me/drive/root:/Docs:/children";
        check_rejected(
            &wire,
            "POST",
            url,
            &[
                r#"{"name":null,"folder":{}}"#,
                r#"{"name":"","folder":{}}"#,
                r#"{"folder":{}}"#,
                r#"{"name":"x"}"#,
                r#"{"name":"x","folder":null}"#,
                r#"{"name":"x","folder":{},"@microsoft.graph.conflictBehavior":null}"#,
                r#"{"name":"x","folder":{},"fileSystemInfo":{"createdDateTime":"now"}}"#,
                r#"{"name":"x","folder":{},"description":7}"#,
            ],
        );
        for (member, value) in [
            ("file", "{}"),
            ("remoteItem", r#"{"id":"x"}"#),
            ("@microsoft.graph.sourceUrl", r#""http://a.test""#),
        ] {
            let body = format!(r#"{{"name":"x","{member}":{value}}}"#);
            let response = wire.send_json("POST", url, &body);
            let error = response.json()["error"].clone();
            assert_eq!((response.status, &error["code"]), (501, &"notSupported".into()), "{body}");
            assert!(error["message"].as_str().unwrap().contains(member), "{error}");
        }
        wire.expect(
            "POST",
            url,
            r#"{"name":"x","folder":{},"description":null,"fileSystemInfo":null}"#,
            201,
            "",
        );
    }
}

#[test]
fn a_new_folder_gets_the_description_and_times_of_the_request() {
    for wire in [business(TREE), personal(TREE)] {
        wire.run_transcript(
            r#"
            > POST /v1.0/me/drive/root:/Docs:/children
            > Content-Type: application/json
            > {"name": "New", "folder": {}, "description": "about",
            >  "fileSystemInfo": {"createdDateTime": "2001-02-03T04:05:06Z"}}
            < 201
            < {"...": "", "name": "New", "description": "about", "fileSystemInfo":
            <  {"createdDateTime": "2001-02-03T04:05:06Z", "lastModifiedDateTime": "2024-01-01T00:00:00Z"}}
            "#,
        );
        // An existing folder keeps its description.
        let body = r#"{"name":"New","folder":{},"description":"other","@microsoft.graph.conflictBehavior":"replace"}"#;
        let found = wire.send_json("POST", "/v1.0/me/drive/root:/Docs:/children", body);
        assert_eq!((found.status, &found.json()["description"]), (200, &"about".into()));
    }
}

#[test]
fn an_upload_session_accepts_null_where_the_schema_does() {
    for wire in [business(TREE), personal(TREE)] {
        let url = "/v1.0/me/drive/root:/To/new.bin:/createUploadSession";
        for body in [
            r#"{"item":null}"#,
            r#"{"deferCommit":null}"#,
            r#"{"item":{"@microsoft.graph.conflictBehavior":null}}"#,
        ] {
            wire.expect("POST", url, body, 400, "invalidRequest");
        }
        let item = r#"{"item":{"name":null,"description":null,"fileSize":null,"fileSystemInfo":null}}"#;
        wire.expect("POST", url, item, 200, "");
    }
}
