//! Jobs at the side door: shown, stepped.

use std::time::Duration;

use drivesim::{Pace, Sim};

use crate::{MINE, Server, held};

#[test]
fn a_job_is_shown_whole_and_stepped() {
    let server = held();
    let monitor = server.copy("/Docs", "Copy");
    let job = server.get("jobs").json()["jobs"][0].clone();
    let id = job["id"].as_str().unwrap();
    assert!(monitor.ends_with(id));
    assert_eq!(
        (&job["number"], &job["pace"], &job["status"]),
        (&1.into(), &"held".into(), &"notStarted".into())
    );
    assert_eq!((&job["sourceDrive"], &job["targetDrive"]), (&"mine".into(), &"mine".into()));
    assert_eq!((&job["item"], &job["error"]), (&().into(), &().into()));
    let job = server.post(&format!("jobs/{id}/step"), "{\"items\":1}").json();
    assert_eq!((&job["status"], &job["percentComplete"]), (&"inProgress".into(), &50.0.into()));
    assert_eq!((&job["itemsDone"], &job["itemsTotal"]), (&1.into(), &2.into()));
    let job = server.post("jobs/1/step", &format!("{{\"items\":{}}}", u64::MAX)).json();
    assert_eq!((&job["status"], &job["percentComplete"]), (&"completed".into(), &100.0.into()));
    assert_eq!(job["item"]["path"], "/Copy");
    assert_eq!(job["item"]["id"], server.wire("GET", &monitor, "").json()["resourceId"]);
    assert_eq!(server.get(&format!("jobs/{id}")).json(), job);
}

#[test]
fn looking_at_a_job_here_is_no_look_that_moves_it() {
    let server = Server::of(Sim::builder().pace(Pace::polls(2)).outline(MINE));
    server.copy("/Docs", "Copy");
    for _ in 0..5 {
        assert_eq!(server.get("jobs/1").json()["status"], "notStarted");
    }
}

#[test]
fn why_a_job_failed_is_told() {
    let server = held();
    server.copy("/Docs", "Copy");
    server.call("PUT", "outline", "");
    let job = server.post("jobs/1/step", "{\"items\":1}").json();
    assert_eq!((&job["status"], &job["error"]["code"]), (&"failed".into(), &"itemNotFound".into()));
    assert_eq!(job["error"]["message"], "\"/Docs\" does not exist");
}

#[test]
fn steps_that_make_no_sense_are_refused() {
    let server = held();
    server.copy("/Docs", "Copy");
    for body in [
        "",
        "{}",
        "{\"items\":-1}",
        "{\"items\":1.5}",
        "{\"items\":1e99}",
        "{\"items\":\"1\"}",
        "{\"item\":1}",
    ] {
        assert_eq!(server.post("jobs/1/step", body).code(), (400, "badRequest".to_owned()), "{body}");
    }
    for id in ["2", "x", "00000000-0000-0000-0000-000000000000", "1/2", "99999999999999999999"] {
        assert_eq!(
            server.post(&format!("jobs/{id}/step"), "{\"items\":1}").code(),
            (404, "noJob".to_owned())
        );
    }
    let timed = Server::of(Sim::builder().pace(Pace::after(Duration::from_secs(2))).outline(MINE));
    timed.copy("/Docs", "Copy");
    let (status, code, message) = timed.post("jobs/1/step", "{\"items\":1}").refusal();
    assert_eq!((status, &*code), (409, "notHeld"));
    assert!(message.contains("2s"), "{message}");
}
