//! Tests that malformed query options fail, and that a conflict behavior in the URL applies to every operation that has
//! one.

use crate::graph::support::{TestRequest, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n  in/\nTo/\n";
const HEADS: [&str; 3] = ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"];

#[test]
fn duplicate_unknown_and_malformed_query_options_fail() {
    for wire in [business(TREE), personal(TREE)] {
        for head in HEADS {
            for query in [
                "$top=1&$top=1",
                "$top=1&top=2",
                "%24top=1&$top=1",
                "$select=id&$select=name",
                "$count=true&$count=true",
                "$orderby=name&orderby=name",
                "$nosuch=1",
                "$Top=1",
                "$=1",
                "$count=yes",
                "$count=",
                "$top=",
                "$top=0",
                "$top=-1",
                "$top=+1",
                "$top=abc",
                "$top=1.5",
                "$top=99999999999999999999",
                "$skiptoken=KzE",
                "$skiptoken=MDI",
            ] {
                let url = format!("{head}/root:/Docs:/children?{query}");
                let response = wire.get(&url);
                let error = response.json()["error"].clone();
                assert_eq!(
                    (response.status, &error["code"]),
                    (400, &"invalidRequest".into()),
                    "{url}: {error}"
                );
                let inner = error.get("innerError").or(error.get("innererror")).unwrap();
                assert_eq!(inner["code"], "invalidQueryOption", "{url}");
            }
            for query in ["top=1", "%24top=1", "nosuch=1&nosuch=2", "$count=True", ""] {
                wire.get_json(&format!("{head}/root:/Docs:/children?{query}"));
            }
        }
    }
}

#[test]
fn malformed_query_options_fail_on_writes_and_change_nothing() {
    for wire in [business(TREE), personal(TREE)] {
        let (behavior, file) = ("@microsoft.graph.conflictBehavior", "/v1.0/me/drive/root:/Docs/a.txt");
        for query in [
            format!("?{behavior}=rename&{behavior}=rename"),
            "?$select=id&select=id".to_owned(),
            "?$nosuch=1".to_owned(),
        ] {
            wire.expect("PATCH", &format!("{file}{query}"), r#"{"name":"b.txt"}"#, 400, "invalidRequest");
            wire.expect(
                "POST",
                &format!("{file}:/copy{query}"),
                r#"{"name":"b.txt"}"#,
                400,
                "invalidRequest",
            );
            wire.expect("DELETE", &format!("{file}{query}"), "", 400, "invalidRequest");
            let folder = format!("/v1.0/me/drive/root:/Docs:/children{query}");
            wire.expect("POST", &folder, r#"{"name":"b","folder":{}}"#, 400, "invalidRequest");
            let url = format!("{file}:/content{query}");
            let response = wire.send(&TestRequest { method: "PUT", url: &url, headers: &[], body: b"new" });
            assert_eq!(response.status, 400, "{url}");
        }
        wire.sim.assert_outline(TREE);
    }
}

#[test]
fn a_new_folder_has_the_behavior_of_the_url_if_its_body_has_none() {
    for kind in [business, personal] {
        let url = "/v1.0/me/drive/root/children?@microsoft.graph.conflictBehavior=";
        let wire = kind(TREE);
        wire.expect("POST", &format!("{url}rename"), r#"{"name":"To","folder":{}}"#, 201, "");
        assert!(wire.sim.exists("/To 1"));
        wire.expect("POST", &format!("{url}replace"), r#"{"name":"To","folder":{}}"#, 200, "");
        wire.expect("POST", &format!("{url}fail"), r#"{"name":"To","folder":{}}"#, 409, "nameAlreadyExists");
        wire.expect("POST", &format!("{url}nosuch"), r#"{"name":"x","folder":{}}"#, 400, "invalidRequest");
    }
}

#[test]
fn a_listing_with_a_malformed_tag_fails() {
    let wire = business(TREE);
    for (value, status) in [("\"", 400), ("\"open", 400), ("\"x\"", 200), ("x", 200), ("*", 200)] {
        let headers = [("if-none-match", value)];
        let url = "/v1.0/me/drive/root/children";
        let response = wire.send(&TestRequest { method: "GET", url, headers: &headers, body: b"" });
        assert_eq!(response.status, status, "{value}");
    }
}

#[test]
fn a_malformed_expansion_fails_before_anything_changes() {
    for wire in [business(TREE), personal(TREE)] {
        let file = "/v1.0/me/drive/root:/Docs/a.txt";
        let opened = wire.send_json("POST", "/v1.0/me/drive/root:/up.txt:/createUploadSession", "{}").json();
        let upload = opened["uploadUrl"].as_str().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
        let range = [("content-range", "bytes 0-1/2")];
        let send =
            |method, url: &str, headers, body| wire.send(&TestRequest { method, url, headers, body }).status;
        for (query, status) in [
            ("?$expand=nosuch", 400),
            ("?$expand=children(", 400),
            ("?$expand=children($top=0)", 400),
            ("?$expand=children($nosuch=1)", 400),
            ("?$expand=permissions", 501),
        ] {
            let patched = wire.send_json("PATCH", &format!("{file}{query}"), r#"{"name":"b.txt"}"#);
            let children = format!("/v1.0/me/drive/root/children{query}");
            let created = wire.send_json("POST", &children, r#"{"name":"new","folder":{}}"#);
            let put = send("PUT", &format!("{file}:/content{query}"), &[], b"new");
            let put_new = send("PUT", &format!("/v1.0/me/drive/root:/new.txt:/content{query}"), &[], b"new");
            let uploaded = send("PUT", &format!("/{upload}{query}"), &range, b"up");
            let all = [patched.status, created.status, put, put_new, uploaded];
            assert_eq!(all, [status; 5], "{query}");
            wire.sim.assert_outline(TREE);
        }
        assert_eq!(send("PUT", &format!("/{upload}?$expand=children"), &range, b"up"), 201);
    }
}
