//! Tests of what a monitor returns while a copy runs, after it completed, and after it failed.

use std::time::Duration;

use drivesim::Pace;
use serde_json::{Value, json};

use crate::graph::support::{Response, TestRequest, TestServer};

const BUSINESS: &str = "drive work profile=business owner=me\nDocs/\n  a.txt = \"a\"\nTo/\n";
const PERSONAL: &str = "drive home profile=personal owner=me\nDocs/\n  a.txt = \"a\"\nTo/\n";
const BODY: &str = r#"{"parentReference":{"id":"[id:/To]"}}"#;

/// Starts a copy on a route and polls its status several times.
fn poll_copy(wire: &TestServer, route: &str, n_polls: usize) -> Vec<(u16, Value)> {
    let url = start_copy(wire, route);
    let poll = |_| {
        let response = wire.get(&url);
        (response.status, response.json())
    };
    (0..n_polls).map(poll).collect()
}

fn start_copy(wire: &TestServer, route: &str) -> String {
    let (url, body) = (wire.expand(&format!("{route}/root:/Docs:/copy")), wire.expand(BODY));
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let response =
        wire.send(&TestRequest { method: "POST", url: &url, headers: &headers, body: body.as_bytes() });
    assert_eq!(response.status, 202);
    response.header("location").unwrap().to_owned()
}

#[test]
fn monitors_of_business_drives_return_200_and_both_percentages() {
    for route in ["/v1.0/me/drive", "/_api/v2.0/drive"] {
        let wire = TestServer::with_pace(Pace::polls(2), BUSINESS);
        let responses = poll_copy(&wire, route, 3);
        assert_eq!(responses.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 200]);
        let running = &responses[0].1;
        assert_eq!(running["status"], "inProgress");
        assert_eq!(
            (&running["percentageComplete"], &running["percentComplete"]),
            (&json!(50.0), &json!(50.0))
        );
        assert_eq!(running["createdDateTime"], "0001-01-01T00:00:00Z");
        assert_eq!(running["lastActionDateTime"], "0001-01-01T00:00:00Z");
        assert!(running.get("resourceId").is_none() && running.get("resourceLocation").is_none());
        let done = &responses[1].1;
        assert_eq!((&done["status"], &done["percentageComplete"]), (&json!("completed"), &json!(100.0)));
        assert_eq!(done["resourceId"], wire.expand("[id:/To/Docs]"));
        assert_eq!(&responses[2].1, done, "the status of a completed job stays");
    }
}

#[test]
fn a_waiting_job_has_the_status_not_started() {
    let wire = TestServer::with_pace(Pace::Held, BUSINESS);
    let url = start_copy(&wire, "/v1.0/me/drive");
    let status = wire.get_json(&url);
    assert_eq!((&status["status"], &status["percentageComplete"]), (&json!("notStarted"), &json!(0.0)));
    assert!(status.get("resourceId").is_none());
}

#[test]
fn the_percentage_follows_the_clock() {
    let wire = TestServer::with_pace(Pace::after(Duration::from_secs(10)), BUSINESS);
    let url = start_copy(&wire, "/v1.0/me/drive");
    let mut percentages = Vec::new();
    for _ in 0..4 {
        percentages.push(wire.get_json(&url)["percentageComplete"].as_f64().unwrap());
        wire.sim.advance(Duration::from_millis(3335)).unwrap();
    }
    assert_eq!(percentages, [0.0, 33.3, 66.7, 100.0]);
}

#[test]
fn monitors_of_personal_drives_return_202_and_then_200() {
    let wire = TestServer::with_pace(Pace::polls(2), PERSONAL);
    let responses = poll_copy(&wire, "/v1.0/me/drive", 3);
    assert_eq!(responses.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [202, 200, 200]);
    assert_eq!(
        responses[0].1,
        json!({
            "operation": "ItemCopy",
            "percentageComplete": 50.0,
            "status": "inProgress",
            "statusDescription": "Completed 1/2 files; 0/1 bytes",
        })
    );
    let new = wire.expand("[id:/To/Docs]");
    let done = json!({ "operation": "itemCopy", "percentageComplete": 100.0, "status": "completed", "resourceId": new });
    assert_eq!(responses[1].1, done);
}

#[test]
fn the_onedrive_api_redirects_to_the_new_item_and_returns_the_status() {
    for outline in [BUSINESS, PERSONAL] {
        for route in ["/drive", "/v1.0/drive"] {
            let wire = TestServer::with_pace(Pace::polls(2), outline);
            let url = start_copy(&wire, route);
            assert!(url.starts_with("http://drive.test/monitor/"), "{url}");
            let running = wire.get(&url);
            assert_eq!((running.status, running.header("location")), (202, None));
            let done = wire.get(&url);
            assert_eq!((done.status, &done.json()["status"]), (303, &json!("completed")));
            assert_eq!(done.json()["operation"], "ItemCopy");
            let item = wire.get_json(done.header("location").unwrap());
            assert_eq!(item["id"], done.json()["resourceId"]);
            assert_eq!(item["name"], "Docs");
        }
    }
}

#[test]
fn no_other_route_returns_303() {
    for (outline, route) in [
        (BUSINESS, "/v1.0/me/drive"),
        (BUSINESS, "/_api/v2.0/drive"),
        (PERSONAL, "/beta/me/drive"),
        (PERSONAL, "/_api/v2.1/drive"),
    ] {
        let response = {
            let wire = TestServer::new(outline);
            let url = start_copy(&wire, route);
            wire.get(&url)
        };
        assert_eq!((response.status, response.header("location")), (200, None), "{route}");
    }
}

/// Makes a running copy fail and returns the response of its monitor.
fn fail_copy(outline: &str, route: &str) -> Response {
    let wire = TestServer::with_pace(Pace::Held, outline);
    let url = start_copy(&wire, route);
    wire.sim.delete("/Docs").unwrap();
    let job = wire.sim.jobs().remove(0);
    job.step(1).unwrap();
    wire.get(&url)
}

#[test]
fn a_failed_copy_on_a_business_drive_has_a_code_and_no_percentage() {
    let response = fail_copy(BUSINESS, "/v1.0/me/drive");
    assert_eq!(response.status, 200);
    let status = response.json();
    let keys: Vec<&str> = status.as_object().unwrap().keys().map(String::as_str).collect();
    let expected_keys = ["@odata.context", "id", "createdDateTime", "lastActionDateTime", "status", "error"];
    assert_eq!(keys, expected_keys);
    assert_eq!((&status["status"], &status["error"]["code"]), (&json!("failed"), &json!("itemNotFound")));
}

#[test]
fn a_failed_copy_on_a_personal_drive_has_a_code_and_a_description() {
    for route in ["/v1.0/me/drive", "/drive"] {
        let response = fail_copy(PERSONAL, route);
        assert_eq!((response.status, response.header("location")), (200, None), "{route}");
        let status = response.json();
        assert_eq!((&status["status"], &status["error"]["code"]), (&json!("failed"), &json!("itemNotFound")));
        assert!(status["statusDescription"].is_string() && status.get("resourceId").is_none());
    }
}

#[test]
fn failed_children_are_details_of_an_error_without_a_code() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\n\
         From/\n  A/\n  B/\n  c.txt\nTo/\n  A/\n  B/\n",
    );
    wire.run_transcript(
        r#"
        > POST /v1.0/me/drive/root:/From:/copy?@microsoft.graph.conflictBehavior=replace
        > Content-Type: application/json
        > {"parentReference": {"id": "[id:/To]"}, "childrenOnly": true}
        < 202
        < Location: http://drive.test/_api/v2.0/monitor/[=job]

        > GET /_api/v2.0/monitor/[job]
        < 200
        < {"@odata.context": "[*]", "id": "[job]", "createdDateTime": "0001-01-01T00:00:00Z",
        <  "lastActionDateTime": "0001-01-01T00:00:00Z", "status": "failed",
        <  "error": {"message": "Errors occurred during copy/move operation.", "details": [
        <    {"code": "nameAlreadyExists", "message": "Name already exists", "target": "[id:/To/A]"},
        <    {"code": "nameAlreadyExists", "message": "Name already exists", "target": "[id:/To/B]"}]}}
        "#,
    );
}

#[test]
fn a_copy_of_children_returns_the_target_folder() {
    let wire = TestServer::new("drive work profile=business owner=me\nFrom/\n  a.txt\nTo/\n");
    let body = r#"{"parentReference":{"id":"[id:/To]"},"childrenOnly":true}"#;
    let monitor = wire.copy("/v1.0/me/drive/root:/From:/copy", body);
    assert_eq!(wire.get_json(&monitor)["resourceId"], wire.expand("[id:/To]"));
    let body = r#"{"parentReference":{"id":"[id:/]"},"childrenOnly":true}"#;
    let monitor = wire.copy("/v1.0/me/drive/root:/From:/copy", body);
    let root = wire.get_json(&monitor)["resourceId"].as_str().unwrap().to_owned();
    assert!(root.ends_with("6Y2GOVW7725BZO354PWSELRRZ"), "{root} is that of a root");
}

#[test]
fn an_unknown_monitor_is_not_found() {
    let wire = TestServer::new(BUSINESS);
    let ids = ["4A3407B5-88FC-4504-8B21-0AABD3412717", "x", "%20", "113jlkjlkjasd1212abcascaf"];
    for id in ids {
        for head in ["", "/v1.0", "/_api/v2.0", "/_api/v2.1", "/sites/s/_api/v2.1"] {
            let response = wire.get(&format!("{head}/monitor/{id}"));
            assert_eq!(
                (response.status, &response.json()["error"]["code"]),
                (404, &json!("itemNotFound")),
                "{head}"
            );
        }
    }
    wire.expect("DELETE", "/_api/v2.0/monitor/x", "", 501, "notSupported");
}

#[test]
fn a_completed_job_of_a_removed_drive_is_not_found() {
    for (outline, route) in [(BUSINESS, "/v1.0/me/drive"), (PERSONAL, "/v1.0/me/drive"), (PERSONAL, "/drive")]
    {
        let wire = TestServer::new(outline);
        let url = start_copy(&wire, route);
        let drive = wire.sim.drives().remove(0);
        wire.sim.remove_drive(&drive).unwrap();
        wire.expect("GET", &url, "", 404, "itemNotFound");
    }
}

#[test]
fn a_monitor_is_found_only_under_its_url() {
    let wire = TestServer::new(BUSINESS);
    let url = start_copy(&wire, "/v1.0/me/drive");
    let (head, id) = url.rsplit_once('/').unwrap();
    // A GUID is the same in any letter case.
    assert_eq!(wire.get_json(&format!("{head}/{}", id.to_uppercase())), wire.get_json(&url));
    for other in [format!("{{{id}}}"), id.replace('-', ""), format!("{id}%20")] {
        wire.expect("GET", &format!("{head}/{other}"), "", 404, "itemNotFound");
    }
}
