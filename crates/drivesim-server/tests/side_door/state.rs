//! Time and states at the side door: health, reset, clock, snapshots; and how it refuses what it has not.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use drivesim::{Pace, Sim};
use drivesim_server::{Limits, ServerOptions};

use crate::{MINE, Server, held};

fn timed() -> Server {
    Server::of(Sim::builder().pace(Pace::after(Duration::from_secs(10))).outline(MINE))
}

#[test]
fn it_tells_that_it_is_there_without_a_token() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = Server::with(sim, ServerOptions::default().token("secret", &["Files.ReadWrite.All"]));
    let health = server.get("health");
    assert_eq!((health.status, &health.json()["status"]), (200, &"ok".into()));
    let limits = Limits::default();
    let held = &health.json()["held"];
    assert_eq!(held["total"]["limit"], limits.max_memory);
    assert_eq!(held["journal"], serde_json::json!({ "bytes": 0, "limit": limits.max_journal_bytes }));
    assert_eq!(held["changeLog"]["limit"], limits.max_change_log);
    assert_eq!(held["runningJobs"], serde_json::json!({ "bytes": 0, "limit": limits.max_running_job_bytes }));
    assert_eq!(held["downloads"], serde_json::json!({ "bytes": 0, "limit": limits.max_content }));
    assert_eq!(server.wire("GET", "/v1.0/me/drive", "").status, 401);
    assert_eq!(server.call("HEAD", "health", "").status, 200);
}

#[test]
fn it_shows_how_many_bytes_are_held() {
    let server = held();
    let held = |part: &str| server.get("health").json()["held"][part]["bytes"].as_u64().unwrap();
    server.copy("/Docs", "Copy");
    assert_eq!(held("jobs"), 0, "the job has not ended");
    assert!(held("journal") > 0 && held("total") >= held("journal"));
    server.post("jobs/1/step", "{\"items\":9}");
    let one = held("jobs");
    assert!(one > 0, "the job has ended");
    assert_eq!(held("total"), held("journal") + one);
    server.post("reset", "");
    assert_eq!(held("total"), 0);
}

#[test]
fn of_many_snapshots_some_are_named_where_one_is_not_there() {
    let server = Server::of(Sim::builder().outline(MINE));
    for number in 100..150 {
        server.post(&format!("snapshot/{number}"), "");
    }
    let (_, _, message) = server.post("restore/none", "").refusal();
    assert!(message.contains("\"119\" and 30 more.") && !message.contains("120"), "{message}");
}

#[test]
fn a_reset_goes_back_to_the_start_in_every_respect() {
    let server = timed();
    let play = || {
        let monitor = server.copy("/Docs", "Copy");
        server.post("clock", "{\"advance\":\"5s\"}");
        server.post("drives", "{\"name\":\"more\",\"profile\":\"box\"}");
        let told = server.wire("GET", &monitor, "");
        let made =
            [server.get("outline?detail=all").text, server.get("jobs").text, server.get("requests").text];
        (monitor, told.headers["request-id"].clone(), told.text, made)
    };
    let first = play();
    server.post("snapshot/s", "");
    assert_eq!(server.post("reset", "").status, 204);
    assert_eq!(server.get("outline").text, MINE);
    assert_eq!(server.get("jobs").text, "{\"jobs\":[],\"more\":false,\"lastNumber\":0}");
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    assert_eq!(server.get("requests").json()["lastNumber"], 0);
    assert_eq!(server.post("restore/s", "").code(), (404, "noSnapshot".to_owned()));
    assert_eq!(play(), first);
}

#[test]
fn the_clock_is_moved_by_hand() {
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
fn spans_that_are_none_or_lead_past_the_end_of_time_are_refused() {
    let server = timed();
    for span in ["-5s", "5", "", "five"] {
        let (status, code, message) = server.post("clock", &format!("{{\"advance\":{span:?}}}")).refusal();
        assert_eq!((status, &*code), (400, "badDuration"), "{message}");
        assert!(message.contains("250ms, 1m 30s"), "{message}");
    }
    for body in ["", "{}", "5s", "{\"advance\":5}", "{\"advance\":\"5s\",\"by\":1}", "[\"5s\"]", "[[\"5s\"]]"]
    {
        assert_eq!(server.post("clock", body).code(), (400, "badRequest".to_owned()), "{body}");
    }
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    for span in ["9223372036854775807s", "80000000h"] {
        let (status, code, message) = server.post("clock", &format!("{{\"advance\":{span:?}}}")).refusal();
        assert_eq!((status, &*code), (400, "badDuration"), "{message}");
        assert!(message.contains("the end of time, 9999-12-30"), "{message}");
    }
    assert_eq!(server.get("clock").json()["elapsedSeconds"], 0.0);
    assert_eq!(server.post("clock", "{\"advance\":\"69000000h\"}").status, 200);
    assert!(server.get("clock").json()["now"].as_str().unwrap().starts_with("9895-"));
    assert_eq!(server.wire("GET", "/v1.0/me/drive", "").status, 200);
}

#[test]
fn the_systems_clock_is_not_moved() {
    let server = Server::of(Sim::builder().system_clock());
    assert_eq!(server.post("clock", "{\"advance\":\"5s\"}").code(), (409, "systemClock".to_owned()));
    assert_eq!(server.get("clock").json()["clock"], "system");
    assert_eq!(server.post("run-until-idle", "").status, 200);
}

#[test]
fn states_are_kept_and_put_back_by_name() {
    let server = held();
    assert_eq!(server.post("snapshot/vor%20%C3%A4/x", "").status, 201);
    server.copy("/Docs", "Copy");
    assert_eq!(server.post("snapshot/later", "").status, 201);
    assert_eq!(server.post("restore/vor%20%C3%A4/x", "").status, 204);
    assert_eq!(server.get("jobs").text, "{\"jobs\":[],\"more\":false,\"lastNumber\":0}");
    server.post("restore/later", "");
    assert_eq!(server.get("jobs/1").json()["status"], "notStarted");
    assert_eq!(server.post("snapshot/later", "").status, 200);
    let (status, code, message) = server.post("restore/none", "").refusal();
    assert_eq!((status, &*code), (404, "noSnapshot"));
    assert!(message.contains("\"later\", \"vor ä/x\""), "{message}");
    assert_eq!(server.get("requests").json()["lastNumber"], 1, "the journal goes on");
}

#[test]
fn there_may_not_be_too_many_snapshots_nor_too_long_names() {
    let mut limits = Limits::default();
    limits.max_snapshots = 2;
    let sim = Sim::builder().build().unwrap();
    let server = Server::with(sim, ServerOptions::default().limits(limits));
    let keep = |name: &str| server.post(&format!("snapshot/{name}"), "").status;
    assert_eq!([keep("a"), keep("b"), keep("b"), keep("c")], [201, 201, 200, 409]);
    assert_eq!(keep(&"x".repeat(256)), 400);
    server.post("reset", "");
    assert_eq!(keep("c"), 201);
}

#[test]
fn snapshots_of_a_changing_drive_hold_no_more_than_they_may_and_the_oldest_are_dropped() {
    let most = 512 << 10;
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let options = ServerOptions::default().limits(Limits::default().max_snapshot_bytes(most));
    let server = Server::with(sim, options);
    for number in 0..40 {
        assert_eq!(server.post(&format!("snapshot/s{number}"), "").status, 201);
        let path = format!("/v1.0/me/drive/root:/f{number}.bin:/content");
        assert_eq!(server.wire("PUT", &path, "x".repeat(64 << 10)).status, 201);
        assert_eq!(server.wire("DELETE", &format!("/v1.0/me/drive/root:/f{number}.bin"), "").status, 204);
    }
    let (status, code, message) = server.post("restore/s0", "").refusal();
    assert_eq!((status, &*code), (410, "droppedSnapshot"), "{message}");
    assert!(message.contains("524288 bytes"), "{message}");
    assert_eq!(server.post("restore/s39", "").status, 204);
    assert_eq!(server.post("restore/never", "").code(), (404, "noSnapshot".to_owned()));
    // The name can be used again, and the start is there still.
    assert_eq!(server.post("snapshot/s0", "").status, 201);
    assert_eq!(server.post("restore/s0", "").status, 204);
    assert_eq!(server.post("reset", "").status, 204);
    assert_eq!(server.post("restore/s1", "").code(), (404, "noSnapshot".to_owned()));
}

#[test]
fn an_outline_of_more_than_all_drives_may_hold_is_refused_with_its_line() {
    let limits = Limits::default().max_items(1000).max_content(100);
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = Server::with(sim, ServerOptions::default().limits(limits));
    let before = server.get("outline").text;
    for (outline, place) in [
        (
            "a # versions=400\nb # versions=400\nc # versions=400\n",
            "line 3, column 1: with its 400 versions there are 1200 items and versions, 1000 are allowed",
        ),
        (
            &*format!("a\nb = \"{}\"\n", "x".repeat(101)),
            "line 2, column 1: with it there are 101 bytes of contents and texts, 100 are allowed",
        ),
        (
            "drive new profile=business\na # versions=500\nb # versions=500\nc\n",
            "line 4, column 1: with it there are 1001 items",
        ),
    ] {
        let (status, code, message) = server.call("PUT", "outline", outline.to_owned()).refusal();
        assert_eq!((status, &*code), (507, "quotaLimitReached"), "{message}");
        assert!(message.contains(place), "{message}");
        assert_eq!(server.get("outline").text, before);
    }
    assert_eq!(server.call("PUT", "outline", "a # versions=400\n").status, 204);
}

#[test]
fn what_all_drives_hold_is_bounded_and_a_refusal_is_that_of_the_service() {
    let limits = Limits::default().max_items(12).max_content(64);
    let outline = "drive mine profile=business owner=me\na.txt\nDocs/\n  b.txt\ndrive box profile=box owner=user:ann\nd.txt\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let server = Server::with(sim, ServerOptions::default().limits(limits));
    let put = |path: &str, n_bytes: usize| server.wire("PUT", path, "x".repeat(n_bytes));
    assert_eq!(put("/v1.0/me/drive/root:/c.txt:/content", 60).status, 201);
    let full = put("/v1.0/me/drive/root:/e.txt:/content", 5);
    assert_eq!((full.status, &full.json()["error"]["code"]), (507, &"quotaLimitReached".into()));
    assert_eq!(server.wire("GET", "/v1.0/me/drive/root:/e.txt", "").status, 404);
    // The fifth copy of two items does not fit.
    let fits: Vec<bool> = (0..5)
        .map(|number| {
            server.copy("/Docs", &format!("Copy {number}"));
            server.wire("GET", &format!("/v1.0/me/drive/root:/Copy {number}").replace(' ', "%20"), "").status
                == 200
        })
        .collect();
    assert_eq!(fits, [true, true, true, false, false]);
    let folder = server.wire("POST", "/2.0/folders", "{\"name\":\"n\",\"parent\":{\"id\":\"0\"}}");
    assert_eq!(folder.status, 201, "one more fits: {}", folder.text);
    let folder = server.wire("POST", "/2.0/folders", "{\"name\":\"m\",\"parent\":{\"id\":\"0\"}}");
    assert_eq!((folder.status, &folder.json()["code"]), (403, &"storage_limit_exceeded".into()));
}

#[test]
fn what_is_no_route_is_told_with_the_routes_there_are() {
    let server = held();
    for route in ["", "nothing", "health/", "drives/", "jobs/", "snapshot", "Health"] {
        let (status, code, message) = server.get(route).refusal();
        assert_eq!((status, &*code), (404, "noRoute"), "{route}");
        assert!(message.contains("POST /_drivesim/jobs/{id}/step"), "{message}");
    }
    assert_eq!(server.wire("GET", "/_drivesim", "").code(), (404, "noRoute".to_owned()));
    // This is no path of the side door at all.
    assert_eq!(server.wire("GET", "/_drivesimilar", "").status, 501);
    let wrong = server.call("DELETE", "outline", "");
    assert_eq!(
        (wrong.code(), &wrong.headers["allow"]),
        ((405, "methodNotAllowed".to_owned()), &"GET, HEAD, PUT".parse().unwrap())
    );
    assert_eq!(server.get("reset").headers["allow"], "POST");
}

#[test]
fn requests_that_cannot_be_read_are_refused_in_the_words_of_the_side_door() {
    let mut limits = Limits::default();
    (limits.max_json, limits.max_outline) = (50, 60);
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = Server::with(sim, ServerOptions::default().limits(limits));
    let refused = |status: u16| (status, "unreadable".to_owned());
    assert_eq!(server.post("clock", &" ".repeat(51)).code(), refused(413));
    assert_eq!(server.call("PUT", "outline", " ".repeat(61)).code(), refused(413));
    assert_eq!(server.post(&format!("snapshot/{}", "x".repeat(20_000)), "").code(), refused(414));
    assert_eq!(server.post("snapshot/%ff", "").code(), refused(400));
    assert_eq!(server.post("snapshot/a%00b", "").code(), refused(400));
    assert_eq!(server.get("outline?drive=%ff").code(), refused(400));
}

#[test]
fn the_content_type_is_not_looked_at() {
    let server = timed();
    for kind in ["application/x-www-form-urlencoded", "text/plain", "nonsense"] {
        let request = Request::post("/_drivesim/clock").header("content-type", kind);
        let request = request.body(Body::from("{\"advance\":\"1s\"}")).unwrap();
        assert_eq!(server.send(request).status, 200);
    }
    let request = Request::put("/_drivesim/outline").body(Body::from("x\n")).unwrap();
    assert_eq!(server.send(request).status, 204);
}

/// A way to put something back.
type PutBack = fn(&Server);

/// Opens an upload and returns the path of its URL.
fn upload(server: &Server, name: &str) -> String {
    let url = format!("/v1.0/me/drive/root:/{name}:/createUploadSession");
    let session = server.wire("POST", &url, "{}").json();
    session["uploadUrl"].as_str().unwrap().strip_prefix("http://localhost").unwrap().to_owned()
}

/// Sends all of an upload and returns the status of the answer.
fn fragment(server: &Server, url: &str) -> u16 {
    let request = Request::put(url).header("content-range", "bytes 0-0/1").body(Body::from("x"));
    server.send(request.unwrap()).status
}

#[test]
fn an_upload_that_was_begun_before_writes_into_nothing_of_what_is_put_back() {
    let back: [(&str, PutBack); 3] = [
        ("a reset", |server| drop(server.post("reset", ""))),
        ("a snapshot", |server| drop(server.post("restore/s", ""))),
        ("an outline", |server| drop(server.call("PUT", "outline?drive=mine", "b.txt\n"))),
    ];
    for (what, put_back) in back {
        let server = held();
        assert_eq!(server.post("snapshot/s", "").status, 201);
        let old = upload(&server, "a.bin");
        put_back(&server);
        let before = server.get("outline?drive=mine").text;
        // The name is free again as well.
        let new = upload(&server, "a.bin");
        assert_ne!(old, new, "{what}: the URL of an upload comes again");
        assert_eq!(fragment(&server, &old), 404, "{what}");
        assert_eq!(server.get("outline?drive=mine").text, before, "{what}");
        assert_eq!(fragment(&server, &new), 201, "{what}");
    }
}

#[test]
fn a_key_that_a_query_has_twice_is_refused() {
    let server = timed();
    for path in ["outline?drive=mine&drive=mine", "outline?detail=all&drive=mine&detail=names"] {
        let (status, code, message) = server.get(path).refusal();
        assert_eq!((status, &*code), (400, "badRequest"), "{message}");
        assert!(message.ends_with("twice."), "{message}");
    }
}
