//! Tests of conflicts in copies on the routes of the OneDrive API and of SharePoint: when they are reported and what
//! the folder contains afterwards.

use serde_json::Value;

use crate::graph::support::{Response, TestRequest, TestServer, business, personal};

const TREE: &str = "a.txt = \"new\"\nd/\n  new.txt\nTo/\n  a.txt = \"old\"\n  d/\n    old.txt\n";
const AS_BEFORE: &str = "a.txt = \"old\"\nd/\n  old.txt\n";
const ROUTES: [&str; 7] = [
    "/drive",
    "/v1.0/drive",
    "/drives/[drive]",
    "/_api/v2.0/drive",
    "/_api/v2.0/drives/[drive]",
    "/_api/v2.1/drive",
    "/sites/s/_api/v2.1/drives/[drive]",
];

/// Requests a copy into a folder that has an item of the name.
fn request_copy(wire: &TestServer, route: &str, source: &str, behavior: &str, name: &str) -> Response {
    let query = if behavior.is_empty() { "" } else { "?@microsoft.graph.conflictBehavior=" };
    let url = wire.expand(&format!("{route}/root:/{source}:/copy{query}{behavior}"));
    let name = if name.is_empty() { String::new() } else { format!(r#","name":"{name}""#) };
    let body = wire.expand(&format!(r#"{{"parentReference":{{"id":"[id:/To]"}}{name}}}"#));
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    wire.send(&TestRequest { method: "POST", url: &url, headers: &headers, body: body.as_bytes() })
}

/// Requests a copy that is accepted and returns the final response of its monitor.
fn copy_status(wire: &TestServer, route: &str, source: &str, behavior: &str, name: &str) -> Value {
    let response = request_copy(wire, route, source, behavior, name);
    assert_eq!(response.status, 202, "{route} {source} {behavior} {name}");
    let monitored = wire.get(response.header("location").unwrap());
    let is_of_onedrive = !route.contains("_api");
    let is_done = monitored.json()["status"] == "completed";
    assert_eq!(monitored.status, if is_done && is_of_onedrive { 303 } else { 200 }, "{route} {source}");
    monitored.json()
}

fn check_conflict(response: &Response, context: &str) {
    let error = response.json()["error"].clone();
    assert_eq!((response.status, &error["code"]), (409, &"nameAlreadyExists".into()), "{context}: {error}");
    assert_eq!(response.header("location"), None, "{context}");
}

fn check_failed(status: &Value, context: &str) {
    let code = &status["error"]["code"];
    assert_eq!(
        (&status["status"], code),
        (&"failed".into(), &"nameAlreadyExists".into()),
        "{context}: {status}"
    );
}

#[test]
fn an_explicit_name_conflicts_at_once_and_an_implicit_one_fails_the_job() {
    for route in ROUTES {
        let wire = business(TREE);
        for behavior in ["", "fail"] {
            for (source, sent) in [("a.txt", "A.TXT"), ("d", "d"), ("a.txt", "d"), ("d", "a.txt")] {
                check_conflict(&request_copy(&wire, route, source, behavior, sent), route);
            }
        }
        assert_eq!(wire.sim.jobs().len(), 0, "{route}");
        for behavior in ["", "fail"] {
            for source in ["a.txt", "d"] {
                check_failed(&copy_status(&wire, route, source, behavior, ""), route);
            }
        }
        wire.sim.assert_outline_of("/To", AS_BEFORE);
    }
}

#[test]
fn replacing_a_file_creates_a_new_item() {
    for route in ROUTES {
        for name in ["", "a.txt"] {
            let wire = business(TREE);
            let old = wire.expand("[id:/To/a.txt]");
            let status = copy_status(&wire, route, "a.txt", "replace", name);
            let new = wire.expand("[id:/To/a.txt]");
            assert_eq!(
                (&status["status"], &status["resourceId"]),
                (&"completed".into(), &new.as_str().into())
            );
            assert_ne!(new, old, "{route}");
            wire.sim.assert_outline_of("/To", "a.txt = \"new\"\nd/\n  old.txt\n");
        }
    }
}

#[test]
fn replacing_a_folder_fails_the_job() {
    for route in ROUTES {
        let wire = business(TREE);
        for (source, name) in [("d", ""), ("d", "d"), ("a.txt", "d"), ("d", "a.txt")] {
            check_failed(
                &copy_status(&wire, route, source, "replace", name),
                &format!("{route} {source} {name}"),
            );
        }
        wire.sim.assert_outline_of("/To", AS_BEFORE);
    }
}

#[test]
fn rename_adds_a_number_without_a_space() {
    for route in ROUTES {
        let wire = business(TREE);
        let cases = [
            ("a.txt", "", "a1.txt"),
            ("a.txt", "a.txt", "a2.txt"),
            ("d", "", "d1"),
            ("d", "a.txt", "a.txt1"),
        ];
        for (source, name, made) in cases {
            let status = copy_status(&wire, route, source, "rename", name);
            let new = wire.expand(&format!("[id:/To/{made}]"));
            assert_eq!(
                (&status["status"], &status["resourceId"]),
                (&"completed".into(), &new.into()),
                "{route}"
            );
        }
        assert_eq!(wire.sim.read("/To/a.txt").unwrap(), b"old", "{route}");
    }
}

#[test]
fn conflicts_on_personal_drives_fail_at_once_for_every_behavior() {
    for route in ROUTES {
        let wire = personal(TREE);
        for behavior in ["", "fail", "replace", "rename"] {
            for (source, name) in [("a.txt", ""), ("a.txt", "A.txt"), ("d", ""), ("d", "d"), ("d", "a.txt")] {
                check_conflict(
                    &request_copy(&wire, route, source, behavior, name),
                    &format!("{route} {behavior}"),
                );
            }
        }
        assert_eq!(wire.sim.jobs().len(), 0, "{route}");
        wire.sim.assert_outline_of("/To", AS_BEFORE);
    }
}

#[test]
fn two_conflict_behaviors_that_differ_change_nothing() {
    for (in_query, in_body) in [("replace", "fail"), ("fail", "replace")] {
        for key in ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior"] {
            let wire = business(TREE);
            let item = format!(r#""name":"d","{key}":"{in_body}""#);
            for (method, url, body) in [
                ("PATCH", "/v1.0/me/drive/root:/a.txt:", format!("{{{item}}}")),
                ("POST", "/v1.0/me/drive/root/children", format!(r#"{{{item},"folder":{{}}}}"#)),
                ("POST", "/v1.0/me/drive/root:/d:/createUploadSession", format!(r#"{{"item":{{{item}}}}}"#)),
            ] {
                let url = format!("{url}?@microsoft.graph.conflictBehavior={in_query}");
                let response = wire.send_json(method, &url, &body);
                let code = response.json()["error"]["code"].clone();
                assert_eq!(
                    (response.status, code.as_str()),
                    (400, Some("invalidRequest")),
                    "{method} {url} {body}"
                );
            }
            wire.sim.assert_outline(TREE);
        }
    }
}
