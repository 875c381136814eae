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

#[test]
fn an_expansion_that_the_answer_cannot_have_is_refused_before_anything_is_changed() {
    for wire in [business(TREE), personal(TREE)] {
        let file = "/v1.0/me/drive/root:/Docs/a.txt";
        let opened = wire.send_json("POST", "/v1.0/me/drive/root:/up.txt:/createUploadSession", "{}").json();
        let upload = opened["uploadUrl"].as_str().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
        let range = [("content-range", "bytes 0-1/2")];
        let send = |method, url: &str, headers, body| wire.send(&Sent { method, url, headers, body }).status;
        for (query, status) in [
            ("?$expand=nosuch", 400),
            ("?$expand=children(", 400),
            ("?$expand=children($top=0)", 400),
            ("?$expand=children($nosuch=1)", 400),
            ("?$expand=permissions", 501),
        ] {
            let patched = wire.send_json("PATCH", &format!("{file}{query}"), r#"{"name":"b.txt"}"#);
            let made = format!("/v1.0/me/drive/root/children{query}");
            let made = wire.send_json("POST", &made, r#"{"name":"new","folder":{}}"#);
            let put = send("PUT", &format!("{file}:/content{query}"), &[], b"new");
            let put_new = send("PUT", &format!("/v1.0/me/drive/root:/new.txt:/content{query}"), &[], b"new");
            let uploaded = send("PUT", &format!("/{upload}{query}"), &range, b"up");
            let all = [patched.status, made.status, put, put_new, uploaded];
            assert_eq!(all, [status; 5], "{query}");
            wire.sim.assert_outline(TREE);
        }
        assert_eq!(send("PUT", &format!("/{upload}?$expand=children"), &range, b"up"), 201);
    }
}
