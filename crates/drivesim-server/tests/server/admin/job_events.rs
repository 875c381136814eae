//! Tests of the events of a job as server-sent events.

use std::thread;

use axum::body::Body;
use axum::http::Request;
use drivesim::{Pace, Sim};
use expect_test::expect;

use crate::admin::{MINE, TestServer, TextResponse, server_with_held_copies};

fn timed() -> TestServer {
    TestServer::from_builder(Sim::builder().pace(Pace::items_per_second(1)).outline(MINE))
}

/// Requests events as a client does that reconnects.
fn reconnect(server: &TestServer, route: &str, last: &str) -> TextResponse {
    let request = Request::get(format!("/_drivesim/{route}")).header("Last-Event-ID", last);
    server.send(request.body(Body::empty()).unwrap())
}

fn ids(response: &TextResponse) -> Vec<&str> {
    response.text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
}

#[test]
fn a_stream_has_the_events_of_a_job_and_ends_with_it() {
    let server = timed();
    server.copy("/Docs", "Copy");
    let stream =
        server.open(Request::get("/_drivesim/jobs/1/events?every=item").body(Body::empty()).unwrap());
    for _ in 0..4 {
        server.post("clock", "{\"advance\":\"500ms\"}");
    }
    let response = TestServer::read(stream);
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["content-type"], "text/event-stream");
    assert_eq!(response.headers["cache-control"], "no-store");
    expect![[r#"
        id: 0.0.0
        event: accepted
        data: {"job":"ID","at":"2024-01-01T00:00:00Z","event":"accepted","status":"notStarted","percentComplete":0.0,"itemsDone":0,"itemsTotal":0}

        id: 1.0.0
        event: started
        data: {"job":"ID","at":"2024-01-01T00:00:00.000000001Z","event":"started","status":"inProgress","percentComplete":0.0,"itemsDone":0,"itemsTotal":0}

        id: 1.500.1
        event: progress
        data: {"job":"ID","at":"2024-01-01T00:00:01Z","event":"progress","status":"inProgress","percentComplete":50.0,"itemsDone":1,"itemsTotal":2}

        id: 1.999.2
        event: progress
        data: {"job":"ID","at":"2024-01-01T00:00:02Z","event":"progress","status":"inProgress","percentComplete":99.9,"itemsDone":2,"itemsTotal":2}

        id: 2.1000.2
        event: completed
        data: {"job":"ID","at":"2024-01-01T00:00:02Z","event":"completed","status":"completed","percentComplete":100.0,"itemsDone":2,"itemsTotal":2}

    "#]]
    .assert_eq(&response.text.replace(server.get("jobs/1").json()["id"].as_str().unwrap(), "ID"));
}

#[test]
fn the_query_sets_the_granularity_of_progress() {
    for (query, n_progress) in [("", 99), ("?every=percent", 99), ("?every=tenth", 999), ("?every=item", 2)] {
        let server = timed();
        server.copy("/Docs", "Copy");
        let route = format!("/_drivesim/jobs/1/events{query}");
        let stream = server.open(Request::get(route).body(Body::empty()).unwrap());
        server.post("run-until-idle", "");
        let response = TestServer::read(stream);
        let count = |event: &str| response.text.matches(&format!("event: {event}\n")).count();
        let states = ["accepted", "started", "completed", "failed"];
        assert_eq!((count("progress"), states.map(count)), (n_progress, [1, 1, 1, 0]), "{query}");
    }
}

#[test]
fn a_waiting_reader_wakes_when_the_clock_advances() {
    let server = timed();
    server.copy("/Docs", "Copy");
    let stream = server.open(Request::get("/_drivesim/jobs/1/events").body(Body::empty()).unwrap());
    let reader = thread::spawn(|| TestServer::read(stream));
    for _ in 0..20 {
        thread::yield_now();
        server.post("clock", "{\"advance\":\"100ms\"}");
    }
    assert_eq!(ids(&reader.join().unwrap()).len(), 2 + 99 + 1);
}

#[test]
fn an_ended_job_has_a_short_stream() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":1}");
    server.send_admin("PUT", "outline", "");
    let id = server.get("jobs").json()["jobs"][0]["id"].as_str().unwrap().to_owned();
    let response = server.get(&format!("jobs/{id}/events"));
    assert_eq!(ids(&response), ["0.0.0", "1.0.0", "2.500.1"]);
    assert!(
        response.text.ends_with(
            "\"status\":\"failed\",\"percentComplete\":50.0,\"itemsDone\":1,\"itemsTotal\":2}\n\n"
        )
    );
}

#[test]
fn a_client_that_reconnects_gets_new_events_until_there_are_none() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":9}");
    assert_eq!(ids(&reconnect(&server, "jobs/1/events", "")).len(), 3);
    assert_eq!(ids(&reconnect(&server, "jobs/1/events", "0.0.0")), ["1.0.0", "2.1000.2"]);
    assert_eq!(ids(&reconnect(&server, "jobs/1/events", "1.500.1")), ["2.1000.2"]);
    let response = reconnect(&server, "jobs/1/events", "2.1000.2");
    assert_eq!((response.status, &*response.text), (204, ""));
    for wrong in ["1", "9.9.9", "x", "1.2.3.4"] {
        let (status, code, message) = reconnect(&server, "jobs/1/events", wrong).error();
        assert_eq!((status, &*code), (400, "badRequest"));
        assert!(message.contains(wrong) && message.contains("Last-Event-ID"), "{message}");
    }
}

#[test]
fn a_duplicate_last_event_id_fails() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    for second in ["0.0.0", "1.500.1", ""] {
        let request = Request::get("/_drivesim/jobs/1/events").header("Last-Event-ID", "0.0.0");
        let response = server.send(request.header("Last-Event-ID", second).body(Body::empty()).unwrap());
        let message = "Last-Event-ID must not come twice.".to_owned();
        assert_eq!(response.error(), (400, "badRequest".to_owned(), message));
    }
}

#[test]
fn head_returns_the_headers_of_the_stream_without_waiting() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    let response = server.send_admin("HEAD", "jobs/1/events", "");
    assert_eq!((response.status, &*response.text), (200, ""));
    assert_eq!(response.headers["content-type"], "text/event-stream");
}

#[test]
fn malformed_requests_fail() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    for query in ["?every=second", "?every=", "?every=tenth&every=item", "?each=item"] {
        assert_eq!(
            server.get(&format!("jobs/1/events{query}")).status_and_code(),
            (400, "badRequest".to_owned()),
            "{query}"
        );
    }
    assert_eq!(server.get("jobs/2/events").status_and_code(), (404, "noJob".to_owned()));
    let response = server.post("jobs/1/events", "");
    assert_eq!(response.status_and_code(), (405, "methodNotAllowed".to_owned()));
    assert_eq!(response.headers["allow"], "GET, HEAD");
}
