//! Tests of how long a monitor exists, and of what remains of a copy that failed in part.

use std::time::Duration;

use drivesim::Pace;
use serde_json::json;

use crate::graph::support::{TestRequest, TestServer};

const BUSINESS: &str = "drive work profile=business owner=me\nDocs/\n  a.txt = \"a\"\nTo/\n";
const PERSONAL: &str = "drive home profile=personal owner=me\nDocs/\n  a.txt = \"a\"\nTo/\n";
const ROUTES: [&str; 6] =
    ["/v1.0/me/drive", "/beta/me/drive", "/drive", "/v1.0/drive", "/_api/v2.0/drive", "/_api/v2.1/drive"];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Starts a copy and returns the URL of its monitor.
fn start_copy(wire: &TestServer, route: &str, source: &str, members: &str) -> String {
    let url = wire.expand(&format!("{route}/root:/{source}:/copy"));
    let body = wire.expand(&format!(r#"{{"parentReference":{{"id":"[id:/To]"}}{members}}}"#));
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let response =
        wire.send(&TestRequest { method: "POST", url: &url, headers: &headers, body: body.as_bytes() });
    assert_eq!(response.status, 202, "{route}: {}", String::from_utf8_lossy(&response.body));
    response.header("location").unwrap().to_owned()
}

#[test]
fn a_monitor_is_not_found_a_day_after_the_end_of_its_job() {
    for outline in [BUSINESS, PERSONAL] {
        for route in ROUTES {
            let wire = TestServer::new(outline);
            let monitor = start_copy(&wire, route, "Docs", "");
            assert_eq!(wire.get(&monitor).json()["status"], "completed", "{route}");
            wire.sim.advance(DAY - Duration::from_secs(1)).unwrap();
            assert_eq!(wire.get(&monitor).json()["status"], "completed", "{route}");
            wire.sim.advance(Duration::from_secs(2)).unwrap();
            for _ in 0..2 {
                let response = wire.get(&monitor);
                let body = response.json();
                assert_eq!(
                    (response.status, &body["error"]["code"]),
                    (404, &"itemNotFound".into()),
                    "{route}"
                );
                assert_eq!((body.get("status"), response.header("location")), (None, None), "{route}");
            }
            assert!(wire.sim.exists("/To/Docs/a.txt"));
        }
    }
}

#[test]
fn the_monitor_of_a_failed_job_expires_and_that_of_a_running_one_does_not() {
    for (outline, route) in [(BUSINESS, "/v1.0/me/drive"), (PERSONAL, "/drive"), (PERSONAL, "/beta/me/drive")]
    {
        let wire = TestServer::with_pace(Pace::Held, outline);
        let monitor = start_copy(&wire, route, "Docs", "");
        wire.sim.advance(DAY * 3).unwrap();
        assert_eq!(wire.get(&monitor).json()["status"], "notStarted", "{route}");
        wire.sim.delete("/Docs").unwrap();
        wire.sim.jobs().remove(0).step(1).unwrap();
        wire.sim.advance(DAY - Duration::from_secs(1)).unwrap();
        assert_eq!(wire.get(&monitor).json()["status"], "failed", "{route}");
        wire.sim.advance(Duration::from_secs(2)).unwrap();
        assert_eq!(wire.get(&monitor).status, 404, "{route}");
    }
}

const FROM: &str = "From/\n  A/\n    new.txt\n  B/\n  c.txt = \"c\"\n  d/\n    e.txt\n";
const CHILDREN_ONLY: &str = r#","childrenOnly":true"#;

#[test]
fn children_without_conflicts_are_copied_when_others_fail() {
    for route in ROUTES {
        let wire = TestServer::new(&format!(
            "drive work profile=business owner=me\n{FROM}To/\n  A/\n    old.txt\n  b = \"file\"\n"
        ));
        let monitor = start_copy(&wire, route, "From", CHILDREN_ONLY);
        let status = wire.get(&monitor).json();
        assert_eq!(status["status"], "failed", "{route}");
        assert_eq!(status["error"]["details"].as_array().unwrap().len(), 2, "{route}: {status}");
        wire.sim.assert_outline_of("/To", "A/\n  old.txt\nb = \"file\"\nc.txt = \"c\"\nd/\n  e.txt\n");
    }
}

#[test]
fn personal_drives_report_several_errors_as_details() {
    for route in ROUTES {
        let wire =
            TestServer::with_pace(Pace::Held, &format!("drive home profile=personal owner=me\n{FROM}To/\n"));
        let monitor = start_copy(&wire, route, "From", CHILDREN_ONLY);
        wire.sim.create_folder("/To", "A").unwrap();
        wire.sim.create_folder("/To", "B").unwrap();
        wire.sim.jobs().remove(0).step(100).unwrap();
        let response = wire.get(&monitor);
        let mut status = response.json();
        assert_eq!((response.status, response.header("location")), (200, None), "{route}");
        let message = "Errors occurred during copy/move operation.";
        assert_eq!(
            (&status["status"], &status["error"]["message"]),
            (&json!("failed"), &json!(message)),
            "{route}"
        );
        assert_eq!(status["error"].get("code"), None, "{route}: {status}");
        let codes: Vec<_> = status["error"]["details"].as_array_mut().unwrap().drain(..).collect();
        let codes: Vec<_> = codes.iter().map(|detail| detail["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["nameAlreadyExists"; 2], "{route}");
        assert!(
            status["statusDescription"].is_string() && status["operation"] == "ItemCopy",
            "{route}: {status}"
        );
        wire.sim.assert_outline_of("/To", "A/\nB/\nc.txt = \"c\"\nd/\n  e.txt\n");
    }
}
