//! The events of a job as server-sent events.

use std::thread;

use axum::body::Body;
use axum::http::Request;
use drivesim::{Pace, Sim};
use expect_test::expect;

use crate::{Answer, MINE, Server, held};

fn timed() -> Server {
    Server::of(Sim::builder().pace(Pace::items_per_second(1)).outline(MINE))
}

/// Asks for events as a client does that has some already.
fn again(server: &Server, route: &str, last: &str) -> Answer {
    let request = Request::get(format!("/_drivesim/{route}")).header("Last-Event-ID", last);
    server.send(request.body(Body::empty()).unwrap())
}

fn ids(answer: &Answer) -> Vec<&str> {
    answer.text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
}

#[test]
fn a_stream_tells_the_life_of_a_job_and_ends_with_it() {
    let server = timed();
    server.copy("/Docs", "Copy");
    let begun = server.open(Request::get("/_drivesim/jobs/1/events?every=item").body(Body::empty()).unwrap());
    for _ in 0..4 {
        server.post("clock", "{\"advance\":\"500ms\"}");
    }
    let answer = Server::read(begun);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    assert_eq!(answer.headers["cache-control"], "no-store");
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
    .assert_eq(&answer.text.replace(server.get("jobs/1").json()["id"].as_str().unwrap(), "ID"));
}

#[test]
fn progress_comes_as_often_as_asked() {
    for (query, n_progress) in [("", 99), ("?every=percent", 99), ("?every=tenth", 999), ("?every=item", 2)] {
        let server = timed();
        server.copy("/Docs", "Copy");
        let route = format!("/_drivesim/jobs/1/events{query}");
        let begun = server.open(Request::get(route).body(Body::empty()).unwrap());
        server.post("run-until-idle", "");
        let answer = Server::read(begun);
        let count = |event: &str| answer.text.matches(&format!("event: {event}\n")).count();
        let states = ["accepted", "started", "completed", "failed"];
        assert_eq!((count("progress"), states.map(count)), (n_progress, [1, 1, 1, 0]), "{query}");
    }
}

#[test]
fn a_reader_that_waits_is_woken_when_the_clock_is_moved() {
    let server = timed();
    server.copy("/Docs", "Copy");
    let begun = server.open(Request::get("/_drivesim/jobs/1/events").body(Body::empty()).unwrap());
    let reader = thread::spawn(|| Server::read(begun));
    for _ in 0..20 {
        thread::yield_now();
        server.post("clock", "{\"advance\":\"100ms\"}");
    }
    assert_eq!(ids(&reader.join().unwrap()).len(), 2 + 99 + 1);
}

#[test]
fn a_job_that_has_ended_is_told_in_short() {
    let server = held();
    server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":1}");
    server.call("PUT", "outline", "");
    let id = server.get("jobs").json()["jobs"][0]["id"].as_str().unwrap().to_owned();
    let answer = server.get(&format!("jobs/{id}/events"));
    assert_eq!(ids(&answer), ["0.0.0", "1.0.0", "2.500.1"]);
    assert!(
        answer.text.ends_with(
            "\"status\":\"failed\",\"percentComplete\":50.0,\"itemsDone\":1,\"itemsTotal\":2}\n\n"
        )
    );
}

#[test]
fn who_connects_again_hears_what_is_new_and_nobody_connects_for_ever() {
    let server = held();
    server.copy("/Docs", "Copy");
    server.post("jobs/1/step", "{\"items\":9}");
    assert_eq!(ids(&again(&server, "jobs/1/events", "")).len(), 3);
    assert_eq!(ids(&again(&server, "jobs/1/events", "0.0.0")), ["1.0.0", "2.1000.2"]);
    assert_eq!(ids(&again(&server, "jobs/1/events", "1.500.1")), ["2.1000.2"]);
    let answer = again(&server, "jobs/1/events", "2.1000.2");
    assert_eq!((answer.status, &*answer.text), (204, ""));
    for wrong in ["1", "9.9.9", "x", "1.2.3.4"] {
        let (status, code, message) = again(&server, "jobs/1/events", wrong).refusal();
        assert_eq!((status, &*code), (400, "badRequest"));
        assert!(message.contains(wrong) && message.contains("Last-Event-ID"), "{message}");
    }
}

#[test]
fn the_last_event_is_one() {
    let server = held();
    server.copy("/Docs", "Copy");
    for second in ["0.0.0", "1.500.1", ""] {
        let request = Request::get("/_drivesim/jobs/1/events").header("Last-Event-ID", "0.0.0");
        let answer = server.send(request.header("Last-Event-ID", second).body(Body::empty()).unwrap());
        let message = "Last-Event-ID must not come twice.".to_owned();
        assert_eq!(answer.refusal(), (400, "badRequest".to_owned(), message));
    }
}

#[test]
fn the_head_is_that_of_the_stream_and_does_not_wait() {
    let server = held();
    server.copy("/Docs", "Copy");
    let answer = server.call("HEAD", "jobs/1/events", "");
    assert_eq!((answer.status, &*answer.text), (200, ""));
    assert_eq!(answer.headers["content-type"], "text/event-stream");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let server = held();
    server.copy("/Docs", "Copy");
    for query in ["?every=second", "?every=", "?every=tenth&every=item", "?each=item"] {
        assert_eq!(
            server.get(&format!("jobs/1/events{query}")).code(),
            (400, "badRequest".to_owned()),
            "{query}"
        );
    }
    assert_eq!(server.get("jobs/2/events").code(), (404, "noJob".to_owned()));
    let answer = server.post("jobs/1/events", "");
    assert_eq!(answer.code(), (405, "methodNotAllowed".to_owned()));
    assert_eq!(answer.headers["allow"], "GET, HEAD");
}
