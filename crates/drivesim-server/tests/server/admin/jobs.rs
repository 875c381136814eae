//! Tests of jobs in the admin API: they are shown and stepped.

use std::time::Duration;

use drivesim::{Pace, Sim};
use drivesim_server::{Limits, ServerOptions};

use crate::admin::{MINE, TestServer, server_with_held_copies};

#[test]
fn a_job_can_be_shown_and_stepped() {
    let server = server_with_held_copies();
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
    assert_eq!(job["item"]["id"], server.send_json("GET", &monitor, "").json()["resourceId"]);
    assert_eq!(server.get(&format!("jobs/{id}")).json(), job);
}

#[test]
fn showing_a_job_does_not_count_as_a_poll() {
    let server = TestServer::from_builder(Sim::builder().pace(Pace::polls(2)).outline(MINE));
    server.copy("/Docs", "Copy");
    for _ in 0..5 {
        assert_eq!(server.get("jobs/1").json()["status"], "notStarted");
    }
}

#[test]
fn a_failed_job_has_its_error() {
    let server = server_with_held_copies();
    server.copy("/Docs", "Copy");
    server.send_admin("PUT", "outline", "");
    let job = server.post("jobs/1/step", "{\"items\":1}").json();
    assert_eq!((&job["status"], &job["error"]["code"]), (&"failed".into(), &"itemNotFound".into()));
    assert_eq!(job["error"]["message"], "\"/Docs\" does not exist");
}

#[test]
fn malformed_steps_fail() {
    let server = server_with_held_copies();
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
        assert_eq!(
            server.post("jobs/1/step", body).status_and_code(),
            (400, "badRequest".to_owned()),
            "{body}"
        );
    }
    for id in ["2", "x", "00000000-0000-0000-0000-000000000000", "1/2", "99999999999999999999"] {
        assert_eq!(
            server.post(&format!("jobs/{id}/step"), "{\"items\":1}").status_and_code(),
            (404, "noJob".to_owned())
        );
    }
    let timed =
        TestServer::from_builder(Sim::builder().pace(Pace::after(Duration::from_secs(2))).outline(MINE));
    timed.copy("/Docs", "Copy");
    let (status, code, message) = timed.post("jobs/1/step", "{\"items\":1}").error();
    assert_eq!((status, &*code), (409, "notHeld"));
    assert!(message.contains("2s"), "{message}");
}

#[test]
fn jobs_are_listed_in_pages() {
    let server = server_with_held_copies();
    for name in ["b", "c", "d"] {
        server.copy("/Docs", name);
    }
    let page = |query: &str| {
        let list = server.get(&format!("jobs?{query}")).json();
        let jobs = list["jobs"].as_array().unwrap().iter();
        let numbers: Vec<u64> = jobs.map(|job| job["number"].as_u64().unwrap()).collect();
        (numbers, list["more"].as_bool().unwrap(), list["lastNumber"].as_u64().unwrap())
    };
    assert_eq!(page("limit=2"), (vec![1, 2], true, 3));
    assert_eq!(page("since=2"), (vec![3], false, 3));
    assert_eq!(page("since=1&limit=1"), (vec![2], true, 3));
    assert_eq!(page("limit=0"), (vec![], true, 3));
    assert_eq!(page(&format!("since={}&limit={}", u64::MAX, u64::MAX)), (vec![], false, 3));
    for query in ["since=-1", "limit=many", "limit=1&limit=2", "after=1"] {
        assert_eq!(
            server.get(&format!("jobs?{query}")).status_and_code(),
            (400, "badRequest".to_owned()),
            "{query}"
        );
    }
}

#[test]
fn a_page_of_jobs_is_limited_to_a_thousand_and_to_the_size_of_responses() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    for number in 0..1001 {
        let copy = drivesim::CopyOptions::named(number.to_string());
        sim.copy("/Docs/a.txt", "/Docs", copy).unwrap();
    }
    let server = TestServer::with(sim.clone(), ServerOptions::default());
    let list = server.get("jobs?limit=5000").json();
    assert_eq!((list["jobs"].as_array().unwrap().len(), &list["more"]), (1000, &true.into()));
    let narrow =
        TestServer::with(sim, ServerOptions::default().limits(Limits::default().max_answer(4 << 10)));
    let list = narrow.get("jobs").json();
    let n_listed = list["jobs"].as_array().unwrap().len();
    assert!((1..20).contains(&n_listed) && list["more"] == true, "{n_listed}");
    let list = narrow.get("requests?limit=5000").json();
    assert_eq!(list["more"], false);
}

#[test]
fn only_the_last_ended_jobs_are_kept() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let limits = Limits::default().max_ended_jobs(2);
    let server = TestServer::with(sim.clone(), ServerOptions::default().limits(limits));
    let monitors = ["b", "c", "d"].map(|name| server.copy("/Docs", name));
    assert_eq!(monitors.map(|monitor| server.send_json("GET", &monitor, "").status), [404, 200, 200]);
    assert_eq!(server.get("jobs/1").status_and_code(), (404, "noJob".to_owned()));
    assert_eq!(server.get("jobs").json()["jobs"][0]["number"], 2);
    server.post("reset", "");
    let monitors = ["b", "c", "d"].map(|name| server.copy("/Docs", name));
    assert_eq!(monitors.map(|monitor| server.send_json("GET", &monitor, "").status), [404, 200, 200]);
}

#[test]
fn ended_jobs_use_at_most_the_bytes_of_their_limit() {
    const LIMIT: u64 = 16 << 10;
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let limits = Limits::default().max_ended_job_bytes(LIMIT as usize);
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    for number in 0..200 {
        server.copy("/Docs", &format!("{number:0200}"));
    }
    let bytes_in_use = server.get("health").json()["held"]["jobs"].clone();
    assert_eq!(bytes_in_use["limit"], LIMIT);
    assert!((LIMIT / 2..=LIMIT).contains(&bytes_in_use["bytes"].as_u64().unwrap()), "{bytes_in_use}");
    let n_kept = server.get("jobs").json()["jobs"].as_array().unwrap().len();
    assert!((5..80).contains(&n_kept), "{n_kept}");
}
