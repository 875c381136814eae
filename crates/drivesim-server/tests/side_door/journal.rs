//! The journal at the side door: which requests came, what monitors told and what was true.

use drivesim::Sim;
use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::{MINE, Server, held};

fn requests(server: &Server, query: &str) -> Vec<Value> {
    server.get(&format!("requests{query}")).json()["requests"].as_array().unwrap().clone()
}

#[test]
fn requests_are_kept_with_the_job_they_had_to_do_with() {
    let server = held();
    assert_eq!(requests(&server, ""), Vec::<Value>::new());
    let monitor = server.copy("/Docs", "Copy");
    server.get("jobs");
    server.post("jobs/1/step", "{\"items\":1}");
    server.wire("GET", &monitor, "");
    server.wire("GET", "/nowhere/%C3%A4?x=%20", "");
    server.wire("GET", "/v1.0/me/drive/root:/%ff", "");
    let job = server.get("jobs/1").json()["id"].clone();
    let at = "2024-01-01T00:00:00Z";
    let all = requests(&server, "");
    assert_eq!(
        all[..3],
        [
            json!({
                "number": 1, "method": "POST", "path": "/v1.0/me/drive/root:/Docs:/copy", "query": null,
                "status": 202, "dialect": "graph", "at": at, "job": job, "ignored": [],
            }),
            json!({
                "number": 2, "method": "GET", "path": monitor, "query": null,
                "status": 200, "dialect": "sharepoint", "at": at, "job": job, "ignored": [],
                "told": { "status": "inProgress", "percentageComplete": 50.0, "percentComplete": 50.0 },
                "true": { "status": "inProgress", "percentComplete": 50.0 },
            }),
            json!({
                "number": 3, "method": "GET", "path": "/nowhere/ä", "query": "x=%20",
                "status": 501, "dialect": null, "at": at, "job": null, "ignored": [],
            }),
        ]
    );
    assert_eq!((&all[3]["path"], &all[3]["status"]), (&"/v1.0/me/drive/root:/%ff".into(), &400.into()));
}

#[test]
fn of_a_failed_job_the_error_is_told_too() {
    let server = held();
    let monitor = server.copy("/Docs", "Copy");
    server.call("PUT", "outline", "");
    server.post("jobs/1/step", "{\"items\":1}");
    server.wire("GET", &monitor, "");
    let last = requests(&server, "?since=1")[0].clone();
    assert_eq!((&last["told"]["status"], &last["true"]["status"]), (&"failed".into(), &"failed".into()));
    assert_eq!(last["true"]["error"]["code"], "itemNotFound");
    assert!(last["told"]["error"].is_object());
}

#[test]
fn the_journal_is_read_in_parts() {
    let server = held();
    for _ in 0..5 {
        server.wire("GET", "/v1.0/me/drive", "");
    }
    let numbers = |query: &str| -> Vec<u64> {
        requests(&server, query).iter().map(|request| request["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers("?since=3"), [4, 5]);
    assert_eq!(numbers("?since=1&limit=2"), [2, 3]);
    assert_eq!(numbers("?limit=0"), [] as [u64; 0]);
    assert_eq!(numbers(&format!("?since={}", u64::MAX)), [] as [u64; 0]);
    let page = server.get("requests?limit=2").json();
    assert_eq!((&page["more"], &page["lastNumber"]), (&true.into(), &5.into()));
    for query in ["?since=-1", "?limit=x", "?since=99999999999999999999", "?after=1"] {
        assert_eq!(server.get(&format!("requests{query}")).code(), (400, "badRequest".to_owned()), "{query}");
    }
}

#[test]
fn the_oldest_requests_are_forgotten_when_there_are_too_many() {
    let mut limits = Limits::default();
    limits.max_journal = 3;
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = Server::with(sim, ServerOptions::default().limits(limits));
    for _ in 0..5 {
        server.wire("GET", "/v1.0/me/drive", "");
    }
    let kept = requests(&server, "");
    assert_eq!((kept.len(), &kept[0]["number"]), (3, &3.into()));
}

#[test]
fn the_side_door_does_not_count_as_a_request() {
    let (quiet, busy) = (held(), held());
    busy.get("jobs");
    busy.get("nothing");
    busy.wire("GET", "/%5Fdrivesim/health", "");
    let id = |server: &Server| server.wire("GET", "/v1.0/me/drive", "").headers["request-id"].clone();
    assert_eq!(id(&quiet), id(&busy));
}
