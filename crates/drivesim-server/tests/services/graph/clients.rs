//! Tests of the copy requests of real clients.

use crate::graph::support::{Response, TestRequest, TestServer, business, personal};

const TREE: &str = "base/\n  a.txt = \"hi\"\nto/\n";

fn post(wire: &TestServer, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let (url, body) = (wire.expand(url), wire.expand(body));
    wire.send(&TestRequest { method: "POST", url: &url, headers, body: body.as_bytes() })
}

/// Sends a copy to a drive of each kind and asserts that a new item is at the path.
fn check(url: &str, headers: &[(&str, &str)], body: &str, new_path: &str) {
    for wire in [business(TREE), personal(TREE)] {
        let response = post(&wire, url, headers, body);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, 202, "{url} {body}: {text}");
        assert!(response.header("location").unwrap().starts_with("http://drive.test/"));
        assert!(wire.sim.exists(new_path), "{url} {body} makes {new_path}");
    }
}

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[test]
fn rclone_sends_empty_members_and_a_preference() {
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    for base in ["/v1.0", "/_api/v2.0", "/some/prefix/v1.0", "/v2.0"] {
        check(
            &format!(
                "{base}/drives/[drive]/items/[id:/base/a.txt]/copy?@microsoft.graph.conflictBehavior=replace"
            ),
            &headers,
            r#"{"parentReference":{"driveId":"[drive]","id":"[id:/to]","path":"","driveType":""},"name":"b.txt"}"#,
            "/to/b.txt",
        );
    }
}

#[test]
fn opendal_names_the_source_by_path() {
    check(
        "/v1.0/me/drive/root:/base/a.txt:/copy",
        &JSON,
        r#"{"parentReference":{"path":"","driveId":"[drive]","id":"[id:/to]"},"name":"b.txt"}"#,
        "/to/b.txt",
    );
}

#[test]
fn onedrive_api_encodes_slashes_and_closes_paths_with_a_colon() {
    check(
        "/v1.0/me/drive/root:%2Fbase%2Fa.txt:/copy",
        &JSON,
        r#"{"parentReference":{"path":"/drive/root:%2Fto:"},"name":"b.txt"}"#,
        "/to/b.txt",
    );
    check(
        "/v1.0/me/drive/items/[id:/base/a.txt]/copy",
        &JSON,
        r#"{"parentReference":{"path":"/drive/items/[id:/to]"},"name":"b.txt"}"#,
        "/to/b.txt",
    );
    check(
        "/v1.0/me/drive/items/[id:/base/a.txt]/copy",
        &JSON,
        r#"{"parentReference":{"path":"/drive/root:"},"name":"b.txt"}"#,
        "/b.txt",
    );
}

#[test]
fn graph_rs_sends_a_name_only() {
    check("/v1.0/me/drive/root:/base/a.txt:/copy", &JSON, r#"{"name":"b.txt"}"#, "/base/b.txt");
}

#[test]
fn office365_sends_types_and_parameters_of_the_content_type() {
    let kind = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false";
    for behavior in ["fail", "replace", "rename"] {
        check(
            &format!(
                "/v1.0/drives/[drive]/items/[id:/base/a.txt]/copy?@microsoft.graph.conflictBehavior={behavior}"
            ),
            &[("content-type", kind)],
            r##"{"name":"b.txt","parentReference":
                {"id":"[id:/to]","driveId":"[drive]","@odata.type":"#microsoft.graph.ItemReference"}}"##,
            "/to/b.txt",
        );
    }
}

#[test]
fn o365_omits_members_without_a_value() {
    let url = "/v1.0/me/drive/items/[id:/base/a.txt]/copy";
    check(
        url,
        &JSON,
        r#"{"parentReference":{"id":"[id:/to]","driveId":"[drive]"},"name":"b.txt"}"#,
        "/to/b.txt",
    );
    check(url, &JSON, r#"{"parentReference":{"id":"[id:/to]"}}"#, "/to/a.txt");
    check(url, &JSON, r#"{"name":"b.txt"}"#, "/base/b.txt");
}

#[test]
fn the_official_sdk_encodes_ids_and_sends_every_member() {
    let wire = personal(TREE);
    let id = wire.expand("[id:/base/a.txt]").replace('!', "%21");
    let body = r#"{"childrenOnly":false,"includeAllVersionHistory":false,"name":"b.txt",
                   "parentReference":{"driveId":"[drive]","id":"[id:/to]"}}"#;
    for action in ["copy", "microsoft.graph.copy"] {
        let url = format!("/v1.0/drives/[drive]/items/{id}/{action}");
        let status = if action == "copy" { 202 } else { 409 };
        wire.expect("POST", &url, body, status, "");
    }
    assert!(wire.sim.exists("/to/b.txt"));
}

/// The body that the file system clients of Python send.
const NAMED: &str = r#"{"parentReference":{"driveId":"[drive]","id":"[id:/to]"},"name":"b.txt"}"#;

#[test]
fn msgraphfs_and_graph_onedrive_name_the_source_by_id() {
    for drive in ["/v1.0/drives/[drive]", "/v1.0/me/drive"] {
        check(&format!("{drive}/items/[id:/base/a.txt]/copy"), &JSON, NAMED, "/to/b.txt");
    }
}

#[test]
fn fs_onedrivefs_replaces_the_file_that_it_copies_onto() {
    let tree = format!("{TREE}  b.txt = \"old\"\n");
    let url = "/v1.0/me/drive/items/[id:/base/a.txt]/copy?@microsoft.graph.conflictBehavior=replace";
    let wire = business(&tree);
    let (source, old) = (wire.expand("[id:/base/a.txt]"), wire.expand("[id:/to/b.txt]"));
    let status = wire.get_json(&wire.copy(url, NAMED));
    let new = status["resourceId"].as_str().unwrap();
    assert_eq!((status["status"].as_str(), new), (Some("completed"), &*wire.expand("[id:/to/b.txt]")));
    assert!(new != old && new != source, "the copy is a new item");
    wire.sim.assert_outline("base/\n  a.txt = \"hi\"\nto/\n  b.txt = \"hi\"\n");
    let wire = personal(&tree);
    wire.expect("POST", url, NAMED, 409, "nameAlreadyExists");
    wire.sim.assert_outline(&tree);
}

#[test]
fn unknown_members_are_ignored() {
    check(
        "/v1.0/me/drive/items/[id:/base/a.txt]/copy",
        &JSON,
        r#"{"name":"b.txt","ParentReference":{"id":1},"@odata.type":"x","extra":[1,{"a":null}],
            "@microsoft.graph.conflictBehavior":"explode"}"#,
        "/base/b.txt",
    );
}

#[test]
fn the_behavior_in_the_body_of_a_copy_is_ignored() {
    let wire = business("base/\n  a.txt\nto/\n  a.txt\n");
    let body = r#"{"parentReference":{"id":"[id:/to]"},"name":"a.txt","@microsoft.graph.conflictBehavior":"replace"}"#;
    wire.expect("POST", "/v1.0/me/drive/root:/base/a.txt:/copy", body, 409, "nameAlreadyExists");
}

#[test]
fn the_behavior_has_several_spellings() {
    let cases = [
        "@microsoft.graph.conflictBehavior",
        "%40microsoft.graph.conflictBehavior",
        "@name.conflictBehavior",
    ];
    for key in cases {
        let wire = business("base/\n  a.txt = \"new\"\nto/\n  a.txt = \"old\"\n");
        let url = format!("/v1.0/me/drive/root:/base/a.txt:/copy?{key}=replace");
        wire.copy(&url, r#"{"parentReference":{"id":"[id:/to]"},"name":"a.txt"}"#);
        wire.sim.assert_outline_of("/to", "a.txt = \"new\"\n");
    }
}

#[test]
fn paths_of_references_have_many_forms() {
    let forms = [
        "/drive/root:/to",
        "/drive/root:/to:",
        "/drive/root:/to/",
        "drive/root:/to",
        "/me/drive/root:/to",
        "/drive/root%3A%2Fto",
        "/drives/[drive]/root:/to",
        "/drives/[drive]/items/[id:/to]",
        "/drive/items/[id:/to]",
        "/drive/items/[id:/]:/to",
    ];
    for form in forms {
        check(
            "/v1.0/me/drive/items/[id:/base/a.txt]/copy",
            &JSON,
            &format!(r#"{{"parentReference":{{"path":"{form}"}}}}"#),
            "/to/a.txt",
        );
    }
}

#[test]
fn the_path_of_a_reference_may_name_another_drive() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\na.txt\ndrive team profile=business owner=site:s\nIn/\n",
    );
    wire.copy(
        "/v1.0/me/drive/root:/a.txt:/copy",
        r#"{"parentReference":{"path":"/drives/[drive:team]/root:/In"}}"#,
    );
    assert!(wire.sim.exists(wire.sim.drive("team").unwrap().at("/In/a.txt")));
}

#[test]
fn a_copy_whose_body_is_not_json_fails() {
    let url = "/v1.0/me/drive/root:/base/a.txt:/copy";
    let cases: [&[(&str, &str)]; 4] = [
        &[],
        &[("content-type", "text/plain")],
        &[("content-type", "")],
        &[("content-type", "application/x-www-form-urlencoded")],
    ];
    let wire = business(TREE);
    for headers in cases {
        let response = post(&wire, url, headers, r#"{"name":"b.txt"}"#);
        assert_eq!(response.status, 400, "{headers:?}");
        assert_eq!(response.json()["error"]["code"], "BadRequest", "{headers:?}");
    }
    assert_eq!(post(&wire, url, &[("content-type", "Application/JSON; charset=utf-8")], "{}").status, 202);
}
