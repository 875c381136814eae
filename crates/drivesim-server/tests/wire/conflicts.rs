//! The only place for what becomes of a taken name on the routes of the OneDrive API and of SharePoint: when it is told,
//! and what is there afterwards.

use serde_json::Value;

use crate::support::{Answer, Sent, Wire, business, personal};

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

/// Asks for a copy into a folder that has an item of the name.
fn asked(wire: &Wire, route: &str, source: &str, behavior: &str, name: &str) -> Answer {
    let query = if behavior.is_empty() { "" } else { "?@microsoft.graph.conflictBehavior=" };
    let url = wire.fill(&format!("{route}/root:/{source}:/copy{query}{behavior}"));
    let name = if name.is_empty() { String::new() } else { format!(r#","name":"{name}""#) };
    let body = wire.fill(&format!(r#"{{"parentReference":{{"id":"[id:/To]"}}{name}}}"#));
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    wire.send(&Sent { method: "POST", url: &url, headers: &headers, body: body.as_bytes() })
}

/// Asks for a copy that is accepted, and returns what its monitor tells in the end.
fn told(wire: &Wire, route: &str, source: &str, behavior: &str, name: &str) -> Value {
    let answer = asked(wire, route, source, behavior, name);
    assert_eq!(answer.status, 202, "{route} {source} {behavior} {name}");
    let told = wire.get(answer.header("location").unwrap());
    let is_of_onedrive = !route.contains("_api");
    let is_done = told.json()["status"] == "completed";
    assert_eq!(told.status, if is_done && is_of_onedrive { 303 } else { 200 }, "{route} {source}");
    told.json()
}

fn check_refused(answer: &Answer, what: &str) {
    let error = answer.json()["error"].clone();
    assert_eq!((answer.status, &error["code"]), (409, &"nameAlreadyExists".into()), "{what}: {error}");
    assert_eq!(answer.header("location"), None, "{what}");
}

fn check_failed(told: &Value, what: &str) {
    let code = &told["error"]["code"];
    assert_eq!((&told["status"], code), (&"failed".into(), &"nameAlreadyExists".into()), "{what}: {told}");
}

#[test]
fn a_name_that_was_sent_is_refused_at_once_and_one_that_was_not_fails_its_job() {
    for route in ROUTES {
        let wire = business(TREE);
        for behavior in ["", "fail"] {
            for (source, sent) in [("a.txt", "A.TXT"), ("d", "d"), ("a.txt", "d"), ("d", "a.txt")] {
                check_refused(&asked(&wire, route, source, behavior, sent), route);
            }
        }
        assert_eq!(wire.sim.jobs().len(), 0, "{route}");
        for behavior in ["", "fail"] {
            for source in ["a.txt", "d"] {
                check_failed(&told(&wire, route, source, behavior, ""), route);
            }
        }
        wire.sim.assert_outline_of("/To", AS_BEFORE);
    }
}

#[test]
fn a_file_is_replaced_by_a_new_one() {
    for route in ROUTES {
        for name in ["", "a.txt"] {
            let wire = business(TREE);
            let old = wire.fill("[id:/To/a.txt]");
            let told = told(&wire, route, "a.txt", "replace", name);
            let new = wire.fill("[id:/To/a.txt]");
            assert_eq!((&told["status"], &told["resourceId"]), (&"completed".into(), &new.as_str().into()));
            assert_ne!(new, old, "{route}");
            wire.sim.assert_outline_of("/To", "a.txt = \"new\"\nd/\n  old.txt\n");
        }
    }
}

#[test]
fn a_folder_is_not_replaced_and_its_job_fails() {
    for route in ROUTES {
        let wire = business(TREE);
        for (source, name) in [("d", ""), ("d", "d"), ("a.txt", "d"), ("d", "a.txt")] {
            check_failed(&told(&wire, route, source, "replace", name), &format!("{route} {source} {name}"));
        }
        wire.sim.assert_outline_of("/To", AS_BEFORE);
    }
}

#[test]
fn a_number_without_a_space_makes_the_name_free() {
    for route in ROUTES {
        let wire = business(TREE);
        let cases = [
            ("a.txt", "", "a1.txt"),
            ("a.txt", "a.txt", "a2.txt"),
            ("d", "", "d1"),
            ("d", "a.txt", "a.txt1"),
        ];
        for (source, name, made) in cases {
            let told = told(&wire, route, source, "rename", name);
            let new = wire.fill(&format!("[id:/To/{made}]"));
            assert_eq!((&told["status"], &told["resourceId"]), (&"completed".into(), &new.into()), "{route}");
        }
        assert_eq!(wire.sim.read("/To/a.txt").unwrap(), b"old", "{route}");
    }
}

#[test]
fn drives_of_a_person_refuse_it_at_once_whatever_the_behavior() {
    for route in ROUTES {
        let wire = personal(TREE);
        for behavior in ["", "fail", "replace", "rename"] {
            for (source, name) in [("a.txt", ""), ("a.txt", "A.txt"), ("d", ""), ("d", "d"), ("d", "a.txt")] {
                check_refused(&asked(&wire, route, source, behavior, name), &format!("{route} {behavior}"));
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
                let answer = wire.send_json(method, &url, &body);
                let code = answer.json()["error"]["code"].clone();
                assert_eq!(
                    (answer.status, code.as_str()),
                    (400, Some("invalidRequest")),
                    "{method} {url} {body}"
                );
            }
            wire.sim.assert_outline(TREE);
        }
    }
}
