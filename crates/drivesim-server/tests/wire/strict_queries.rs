//! Tests that a query which means nothing is refused, and that a behaviour in the URL counts wherever one does.

use crate::support::{Sent, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n  in/\nTo/\n";
const HEADS: [&str; 3] = ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"];

#[test]
fn an_option_that_comes_twice_or_that_there_is_none_of_is_refused() {
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
                let answer = wire.get(&url);
                let error = answer.json()["error"].clone();
                assert_eq!(
                    (answer.status, &error["code"]),
                    (400, &"invalidRequest".into()),
                    "{url}: {error}"
                );
                let inner = error.get("innerError").or(error.get("innererror")).unwrap();
                assert_eq!(inner["code"], "invalidQueryOption", "{url}");
            }
            for query in ["top=1", "%24top=1", "nosuch=1&nosuch=2", "$count=True", ""] {
                wire.read(&format!("{head}/root:/Docs:/children?{query}"));
            }
        }
    }
}

#[test]
fn what_means_nothing_is_refused_on_writes_too_and_changes_nothing() {
    for wire in [business(TREE), personal(TREE)] {
        let (behaviour, file) = ("@microsoft.graph.conflictBehavior", "/v1.0/me/drive/root:/Docs/a.txt");
        for query in [
            format!("?{behaviour}=rename&{behaviour}=rename"),
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
            let answer = wire.send(&Sent { method: "PUT", url: &url, headers: &[], body: b"new" });
            assert_eq!(answer.status, 400, "{url}");
        }
        wire.sim.assert_outline(TREE);
    }
}

#[test]
fn a_new_folder_takes_the_behaviour_of_the_url_where_its_body_has_none() {
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
fn a_listing_refuses_a_tag_that_is_none() {
    let wire = business(TREE);
    for (value, status) in [("\"", 400), ("\"open", 400), ("\"x\"", 200), ("x", 200), ("*", 200)] {
        let headers = [("if-none-match", value)];
        let url = "/v1.0/me/drive/root/children";
        let answer = wire.send(&Sent { method: "GET", url, headers: &headers, body: b"" });
        assert_eq!(answer.status, status, "{value}");
    }
}
