//! Tests of time and state in the admin API: health, reset, clock, snapshots, and errors of unknown routes and
//! malformed requests.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use drivesim::{Pace, Sim};
use drivesim_server::{Limits, ServerOptions};

use crate::admin::{MINE, TestServer, server_with_held_copies};

fn timed() -> TestServer {
    TestServer::from_builder(Sim::builder().pace(Pace::after(Duration::from_secs(10))).outline(MINE))
}

#[test]
fn health_needs_no_token() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().token("secret", &["Files.ReadWrite.All"]));
    let health = server.get("health");
    assert_eq!((health.status, &health.json()["status"]), (200, &"ok".into()));
    let limits = Limits::default();
    let held = &health.json()["held"];
    assert_eq!(held["total"]["limit"], limits.max_memory);
    assert_eq!(held["journal"], serde_json::json!({ "bytes": 0, "limit": limits.max_journal_bytes }));
    assert_eq!(held["changeLog"]["limit"], limits.max_change_log);
    assert_eq!(held["runningJobs"], serde_json::json!({ "bytes": 0, "limit": limits.max_running_job_bytes }));
    assert_eq!(held["downloads"], serde_json::json!({ "bytes": 0, "limit": limits.max_content }));
    assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 401);
    assert_eq!(server.send_admin("HEAD", "health", "").status, 200);
}

#[test]
fn health_shows_the_bytes_in_use() {
    let server = server_with_held_copies();
    let held = |part: &str| server.get("health").json()["held"][part]["bytes"].as_u64().unwrap();
    server.copy("/Docs", "Copy");
    assert_eq!(held("jobs"), 0, "the job has not ended");
    assert!(held("journal") > 0 && held("total") >= held("journal"));
    server.post("jobs/1/step", "{\"items\":9}");
    let job_bytes = held("jobs");
    assert!(job_bytes > 0, "the job has ended");
    assert_eq!(held("total"), held("journal") + job_bytes);
    server.post("reset", "");
    assert_eq!(held("total"), 0);
}

#[test]
fn the_error_for_a_missing_snapshot_names_some_of_the_others() {
    let server = TestServer::from_builder(Sim::builder().outline(MINE));
    for number in 100..150 {
        server.post(&format!("snapshot/{number}"), "");
    }
    let (_, _, message) = server.post("restore/none", "").error();
    assert!(message.contains("\"119\" and 30 more.") && !message.contains("120"), "{message}");
}

#[test]
fn a_reset_restores_the_initial_state() {
    let server = timed();
    let play = || {
        let monitor = server.copy("/Docs", "Copy");
        server.post("clock", "{\"advance\":\"5s\"}");
        server.post("drives", "{\"name\":\"more\",\"profile\":\"box\"}");
        let monitored = server.send_json("GET", &monitor, "");
        let texts =
            [server.get("outline?detail=all").text, server.get("jobs").text, server.get("requests").text];
        (monitor, monitored.headers["request-id"].clone(), monitored.text, texts)
    };
    let first = play();
    server.post("snapshot/s", "");
    assert_eq!(server.post("reset", "").status, 204);
    assert_eq!(server.get("outline").text, MINE);
    assert_eq!(server.get("jobs").text, "{\"jobs\":[],\"more\":false,\"lastNumber\":0}");
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    assert_eq!(server.get("requests").json()["lastNumber"], 0);
    assert_eq!(server.post("restore/s", "").status_and_code(), (404, "noSnapshot".to_owned()));
    assert_eq!(play(), first);
}

#[test]
fn the_manual_clock_can_be_advanced() {
    let server = timed();
    server.copy("/Docs", "Copy");
    let clock = server.post("clock", " {\"advance\": \"1s 500ms\"} ").json();
    assert_eq!((&clock["clock"], &clock["elapsedSeconds"]), (&"manual".into(), &1.5.into()));
    assert_eq!(clock["now"], "2024-01-01T00:00:01.5Z");
    assert_eq!(server.get("jobs/1").json()["percentComplete"], 15.0);
    let clock = server.post("run-until-idle", "").json();
    assert_eq!(clock["elapsedSeconds"], 10.0);
    assert_eq!(server.get("clock").json(), clock);
    server.assert_outline("mine", "Copy/\n  a.txt = \"hi\"\nDocs/\n  a.txt = \"hi\"\n");
}

#[test]
fn malformed_durations_and_those_past_the_end_of_time_fail() {
    let server = timed();
    for span in ["-5s", "5", "", "five"] {
        let (status, code, message) = server.post("clock", &format!("{{\"advance\":{span:?}}}")).error();
        assert_eq!((status, &*code), (400, "badDuration"), "{message}");
        assert!(message.contains("250ms, 1m 30s"), "{message}");
    }
    for body in ["", "{}", "5s", "{\"advance\":5}", "{\"advance\":\"5s\",\"by\":1}", "[\"5s\"]", "[[\"5s\"]]"]
    {
        assert_eq!(server.post("clock", body).status_and_code(), (400, "badRequest".to_owned()), "{body}");
    }
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    for span in ["9223372036854775807s", "80000000h"] {
        let (status, code, message) = server.post("clock", &format!("{{\"advance\":{span:?}}}")).error();
        assert_eq!((status, &*code), (400, "badDuration"), "{message}");
        assert!(message.contains("exceeds the latest time, 9999-12-30"), "{message}");
    }
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    assert_eq!(server.post("clock", "{\"advance\":\"69000000h\"}").status, 200);
    assert!(server.get("clock").json()["now"].as_str().unwrap().starts_with("9895-"));
    assert_eq!(server.send_json("GET", "/v1.0/me/drive", "").status, 200);
}

#[test]
fn the_system_clock_cannot_be_advanced() {
    let server = TestServer::from_builder(Sim::builder().system_clock());
    assert_eq!(
        server.post("clock", "{\"advance\":\"5s\"}").status_and_code(),
        (409, "systemClock".to_owned())
    );
    assert_eq!(server.get("clock").json()["clock"], "system");
    assert_eq!(server.post("run-until-idle", "").status, 200);
}

#[test]
fn snapshots_are_created_and_restored_by_name() {
    let server = server_with_held_copies();
    assert_eq!(server.post("snapshot/vor%20%C3%A4/x", "").status, 201);
    server.copy("/Docs", "Copy");
    assert_eq!(server.post("snapshot/later", "").status, 201);
    assert_eq!(server.post("restore/vor%20%C3%A4/x", "").status, 204);
    assert_eq!(server.get("jobs").text, "{\"jobs\":[],\"more\":false,\"lastNumber\":0}");
    server.post("restore/later", "");
    assert_eq!(server.get("jobs/1").json()["status"], "notStarted");
    assert_eq!(server.post("snapshot/later", "").status, 200);
    let (status, code, message) = server.post("restore/none", "").error();
    assert_eq!((status, &*code), (404, "noSnapshot"));
    assert!(message.contains("\"later\", \"vor ä/x\""), "{message}");
    assert_eq!(server.get("requests").json()["lastNumber"], 1, "the journal is not restored");
}

#[test]
fn the_number_and_the_names_of_snapshots_are_limited() {
    let mut limits = Limits::default();
    limits.max_snapshots = 2;
    let sim = Sim::builder().build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    let keep = |name: &str| server.post(&format!("snapshot/{name}"), "").status;
    assert_eq!([keep("a"), keep("b"), keep("b"), keep("c")], [201, 201, 200, 409]);
    assert_eq!(keep(&"x".repeat(256)), 400);
    server.post("reset", "");
    assert_eq!(keep("c"), 201);
}

#[test]
fn the_oldest_snapshots_are_dropped_at_the_limit_of_bytes() {
    let limit = 512 << 10;
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let options = ServerOptions::default().limits(Limits::default().max_snapshot_bytes(limit));
    let server = TestServer::with(sim, options);
    for number in 0..40 {
        assert_eq!(server.post(&format!("snapshot/s{number}"), "").status, 201);
        let path = format!("/v1.0/me/drive/root:/f{number}.bin:/content");
        assert_eq!(server.send_json("PUT", &path, "x".repeat(64 << 10)).status, 201);
        assert_eq!(
            server.send_json("DELETE", &format!("/v1.0/me/drive/root:/f{number}.bin"), "").status,
            204
        );
    }
    let (status, code, message) = server.post("restore/s0", "").error();
    assert_eq!((status, &*code), (410, "droppedSnapshot"), "{message}");
    assert!(message.contains("524288 bytes"), "{message}");
    assert_eq!(server.post("restore/s39", "").status, 204);
    assert_eq!(server.post("restore/never", "").status_and_code(), (404, "noSnapshot".to_owned()));
    // The name can be used again, and the initial state is still there.
    assert_eq!(server.post("snapshot/s0", "").status, 201);
    assert_eq!(server.post("restore/s0", "").status, 204);
    assert_eq!(server.post("reset", "").status, 204);
    assert_eq!(server.post("restore/s1", "").status_and_code(), (404, "noSnapshot".to_owned()));
}

#[test]
fn an_outline_beyond_the_limits_fails_with_its_line() {
    let limits = Limits::default().max_items(1000).max_content(100);
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    let before = server.get("outline").text;
    for (outline, expected) in [
        (
            "a # versions=400\nb # versions=400\nc # versions=400\n",
            "line 3, column 1: with its 400 versions there are 1200 items and versions, 1000 are allowed",
        ),
        (
            &*format!("a\nb = \"{}\"\n", "x".repeat(101)),
            "line 2, column 1: it makes 101 bytes of contents and texts, 100 are allowed",
        ),
        (
            "drive new profile=business\na # versions=500\nb # versions=500\nc\n",
            "line 4, column 1: with it there are 1001 items",
        ),
    ] {
        let (status, code, message) = server.send_admin("PUT", "outline", outline.to_owned()).error();
        assert_eq!((status, &*code), (507, "quotaLimitReached"), "{message}");
        assert!(message.contains(expected), "{message}");
        assert_eq!(server.get("outline").text, before);
    }
    assert_eq!(server.send_admin("PUT", "outline", "a # versions=400\n").status, 204);
}

#[test]
fn the_capacity_of_all_drives_is_limited_with_errors_of_the_service() {
    let limits = Limits::default().max_items(12).max_content(64);
    let outline = "drive mine profile=business owner=me\na.txt\nDocs/\n  b.txt\ndrive box profile=box owner=user:ann\nd.txt\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    let put = |path: &str, n_bytes: usize| server.send_json("PUT", path, "x".repeat(n_bytes));
    assert_eq!(put("/v1.0/me/drive/root:/c.txt:/content", 60).status, 201);
    let full = put("/v1.0/me/drive/root:/e.txt:/content", 5);
    assert_eq!((full.status, &full.json()["error"]["code"]), (507, &"quotaLimitReached".into()));
    assert_eq!(server.send_json("GET", "/v1.0/me/drive/root:/e.txt", "").status, 404);
    // The fifth copy of two items does not fit.
    let fits: Vec<bool> = (0..5)
        .map(|number| {
            server.copy("/Docs", &format!("Copy {number}"));
            server
                .send_json("GET", &format!("/v1.0/me/drive/root:/Copy {number}").replace(' ', "%20"), "")
                .status
                == 200
        })
        .collect();
    assert_eq!(fits, [true, true, true, false, false]);
    let folder = server.send_json("POST", "/2.0/folders", "{\"name\":\"n\",\"parent\":{\"id\":\"0\"}}");
    assert_eq!(folder.status, 201, "one more fits: {}", folder.text);
    let folder = server.send_json("POST", "/2.0/folders", "{\"name\":\"m\",\"parent\":{\"id\":\"0\"}}");
    assert_eq!((folder.status, &folder.json()["code"]), (403, &"storage_limit_exceeded".into()));
}

#[test]
fn the_error_for_an_unknown_route_lists_the_routes() {
    let server = server_with_held_copies();
    for route in ["", "nothing", "health/", "drives/", "jobs/", "snapshot", "Health"] {
        let (status, code, message) = server.get(route).error();
        assert_eq!((status, &*code), (404, "noRoute"), "{route}");
        assert!(message.contains("POST /_drivesim/jobs/{id}/step"), "{message}");
    }
    assert_eq!(server.send_json("GET", "/_drivesim", "").status_and_code(), (404, "noRoute".to_owned()));
    // This is not a path of the admin API.
    assert_eq!(server.send_json("GET", "/_drivesimilar", "").status, 501);
    let wrong = server.send_admin("DELETE", "outline", "");
    assert_eq!(
        (wrong.status_and_code(), &wrong.headers["allow"]),
        ((405, "methodNotAllowed".to_owned()), &"GET, HEAD, PUT".parse().unwrap())
    );
    assert_eq!(server.get("reset").headers["allow"], "POST");
}

#[test]
fn unreadable_requests_fail_with_an_error_of_the_admin_api() {
    let mut limits = Limits::default();
    (limits.max_json, limits.max_outline) = (50, 60);
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    let unreadable = |status: u16| (status, "unreadable".to_owned());
    assert_eq!(server.post("clock", &" ".repeat(51)).status_and_code(), unreadable(413));
    assert_eq!(server.send_admin("PUT", "outline", " ".repeat(61)).status_and_code(), unreadable(413));
    assert_eq!(
        server.post(&format!("snapshot/{}", "x".repeat(20_000)), "").status_and_code(),
        unreadable(414)
    );
    assert_eq!(server.post("snapshot/%ff", "").status_and_code(), unreadable(400));
    assert_eq!(server.post("snapshot/a%00b", "").status_and_code(), unreadable(400));
    assert_eq!(server.get("outline?drive=%ff").status_and_code(), unreadable(400));
}

#[test]
fn the_content_type_is_ignored() {
    let server = timed();
    for kind in ["application/x-www-form-urlencoded", "text/plain", "nonsense"] {
        let request = Request::post("/_drivesim/clock").header("content-type", kind);
        let request = request.body(Body::from("{\"advance\":\"1s\"}")).unwrap();
        assert_eq!(server.send(request).status, 200);
    }
    let request = Request::put("/_drivesim/outline").body(Body::from("x\n")).unwrap();
    assert_eq!(server.send(request).status, 204);
}

/// Restores an earlier state of a server.
type Restore = fn(&TestServer);

/// Opens an upload and returns the path of its URL.
fn upload(server: &TestServer, name: &str) -> String {
    let url = format!("/v1.0/me/drive/root:/{name}:/createUploadSession");
    let session = server.send_json("POST", &url, "{}").json();
    session["uploadUrl"].as_str().unwrap().strip_prefix("http://localhost").unwrap().to_owned()
}

/// Sends all bytes of an upload and returns the status of the response.
fn fragment(server: &TestServer, url: &str) -> u16 {
    let request = Request::put(url).header("content-range", "bytes 0-0/1").body(Body::from("x"));
    server.send(request.unwrap()).status
}

#[test]
fn an_upload_from_before_a_restore_is_not_found() {
    let restores: [(&str, Restore); 3] = [
        ("a reset", |server| drop(server.post("reset", ""))),
        ("a snapshot", |server| drop(server.post("restore/s", ""))),
        ("an outline", |server| drop(server.send_admin("PUT", "outline?drive=mine", "b.txt\n"))),
    ];
    for (context, restore) in restores {
        let server = server_with_held_copies();
        assert_eq!(server.post("snapshot/s", "").status, 201);
        let old = upload(&server, "a.bin");
        restore(&server);
        let before = server.get("outline?drive=mine").text;
        // A new session for the same name can be created.
        let new = upload(&server, "a.bin");
        assert_ne!(old, new, "{context}: the URL of an upload is used twice");
        assert_eq!(fragment(&server, &old), 404, "{context}");
        assert_eq!(server.get("outline?drive=mine").text, before, "{context}");
        assert_eq!(fragment(&server, &new), 201, "{context}");
    }
}

#[test]
fn a_duplicate_query_key_fails() {
    let server = timed();
    for path in ["outline?drive=mine&drive=mine", "outline?detail=all&drive=mine&detail=names"] {
        let (status, code, message) = server.get(path).error();
        assert_eq!((status, &*code), (400, "badRequest"), "{message}");
        assert!(message.ends_with("twice."), "{message}");
    }
}
