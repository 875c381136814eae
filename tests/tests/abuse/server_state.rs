//! Tests that what a server keeps in addition to its drives is bounded in bytes, and that the oldest is dropped.

use drivesim::{Pace, Sim};
use drivesim_server::{Limits, ServerOptions};
use drivesim_tests::http::Request;
use serde_json::json;

use crate::test_server::{MINE, TestServer, path_of, tree};

fn copy(abused: &TestServer, n: usize) -> String {
    let body = json!({ "name": format!("copy-{n}.txt") });
    let answer = abused.send(&Request::new("POST", "/v1.0/me/drive/root:/a.txt:/copy").json(&body));
    assert_eq!(answer.status, 202, "{answer:?}");
    path_of(answer.header("location").unwrap())
}

#[test]
fn ended_jobs_are_bounded_by_number_and_the_oldest_are_forgotten() {
    let abused = TestServer::new(&format!("{MINE}\na.txt = \"a\"\n"), Limits::default().max_ended_jobs(50));
    let monitors: Vec<String> = (0..300).map(|n| copy(&abused, n)).collect();
    assert_eq!(abused.get(&monitors[0]).status, 404);
    assert!(abused.get(&monitors[299]).status < 400);
    let jobs = abused.get("/_drivesim/jobs").json();
    assert!(jobs["jobs"].as_array().unwrap().len() <= 50, "{}", jobs["jobs"].as_array().unwrap().len());
    assert!(abused.held_bytes("jobs") > 0);
}

#[test]
fn ended_jobs_are_bounded_in_bytes() {
    let limits = Limits::default().max_ended_job_bytes(20_000);
    let abused = TestServer::new(&format!("{MINE}\na.txt = \"a\"\n"), limits);
    let monitors: Vec<String> = (0..300).map(|n| copy(&abused, n)).collect();
    assert!(abused.held_bytes("jobs") <= 20_000);
    assert_eq!(abused.get(&monitors[0]).status, 404);
    assert!(abused.get(&monitors[299]).status < 400);
}

#[test]
fn purged_content_is_freed_and_its_hashes_are_bounded() {
    let limits = Limits::default().max_content(1 << 20).max_hash_bytes(2000);
    let abused = TestServer::new(&format!("{MINE}\na.txt = \"a\"\n"), limits);
    for n in 0..100_u32 {
        let path = format!("/v1.0/me/drive/root:/f{n}.bin");
        let bytes: Vec<u8> = (0..100_000_u32).map(|at| (at ^ n) as u8).collect();
        // Ten times the limit of all drives in total, but never at the same time.
        assert_eq!(abused.send(&Request::new("PUT", format!("{path}:/content")).body(bytes)).status, 201);
        let item = abused.get(&path).json();
        assert!(item["file"]["hashes"]["quickXorHash"].is_string(), "{item}");
        assert_eq!(abused.send(&Request::new("POST", format!("{path}:/permanentDelete"))).status, 204);
    }
    assert!(abused.held_bytes("hashes") <= 2000);
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/reset")).status, 204);
    assert_eq!(abused.held_bytes("hashes"), 0);
}

#[test]
fn snapshots_of_a_changing_drive_are_bounded_in_bytes_and_the_oldest_are_dropped() {
    let abused = TestServer::new(&tree(MINE, 20, 100), Limits::default().max_snapshot_bytes(4 << 20));
    for n in 0..60 {
        let saved = abused.send(&Request::new("POST", format!("/_drivesim/snapshot/s{n}")));
        assert_eq!(saved.status, 201, "{saved:?}");
        let outline = tree("", 20, 100 + n);
        let changed =
            abused.send(&Request::new("PUT", "/_drivesim/outline?drive=mine").body(outline.trim_start()));
        assert_eq!(changed.status, 204, "{changed:?}");
        assert!(abused.held_bytes("snapshots") <= 4 << 20);
    }
    let answer = abused.assert_rejected(&Request::new("POST", "/_drivesim/restore/s0"), 410);
    assert_eq!(answer.json()["error"]["code"], "droppedSnapshot");
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/restore/s59")).status, 204);
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/reset")).status, 204);
    assert_eq!(abused.held_bytes("snapshots"), 0);
}

#[test]
fn the_journal_is_bounded_in_bytes_and_cleared_by_a_reset() {
    let abused =
        TestServer::new(&format!("{MINE}\na.txt = \"a\"\n"), Limits::default().max_journal_bytes(50_000));
    for n in 0..200 {
        let put =
            Request::new("PUT", format!("/v1.0/me/drive/root:/f{n}.txt:/content")).body("x".repeat(2000));
        abused.send(&put);
    }
    assert!((10_000..=50_000).contains(&abused.held_bytes("journal")));
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/reset")).status, 204);
    assert_eq!(abused.held_bytes("journal"), 0);
}

#[test]
fn events_of_box_are_bounded_in_bytes() {
    let outline = "drive box profile=box owner=me\n";
    let abused = TestServer::new(outline, Limits::default().max_event_bytes(20_000));
    for n in 0..200 {
        let body = json!({ "name": format!("folder {n}"), "parent": { "id": "0" } });
        assert_eq!(abused.send(&Request::new("POST", "/2.0/folders").json(&body)).status, 201);
    }
    assert!((1000..=20_000).contains(&abused.held_bytes("events")));
}

#[test]
fn the_change_logs_of_all_drives_are_bounded_in_bytes() {
    let second = "drive second profile=business\n";
    let limits = Limits::default().max_change_log(40_000);
    let abused = TestServer::new(&format!("{MINE}\na.txt\n{second}b.txt\n"), limits);
    let drives = abused.get("/v1.0/drives").json();
    let ids: Vec<&str> =
        drives["value"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{drives}");
    for n in 0..400 {
        let path = format!("/v1.0/drives/{}/root:/{n}{}", ids[n % 2], "n".repeat(200));
        let put = Request::new("PUT", format!("{path}.txt:/content")).body("x");
        assert_eq!(abused.send(&put).status, 201);
        assert_eq!(abused.send(&Request::new("POST", format!("{path}.txt:/permanentDelete"))).status, 204);
        assert!(abused.held_bytes("changeLog") <= 40_000, "{}", abused.held_bytes("changeLog"));
    }
    assert!(abused.held_bytes("changeLog") > 20_000);
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/reset")).status, 204);
    assert!(abused.held_bytes("changeLog") < 2000);
}

#[test]
fn failed_children_of_running_jobs_are_bounded_in_bytes() {
    let files: String = (0..500).map(|n| format!("  taken {n}.txt\n")).collect();
    let folders: String = (0..20).map(|n| format!("from{n}/\n  new {n}.txt\n{files}")).collect();
    let outline = format!("{MINE}\n{folders}to/\n{files}");
    let limits = Limits::default().max_running_job_bytes(200_000);
    let sim = Sim::builder().pace(Pace::Held).outline(outline).build().unwrap();
    let abused = TestServer::with_sim(sim, ServerOptions::default().limits(limits));
    let target = abused.get("/v1.0/me/drive/root:/to").json()["id"].clone();
    let n_running = (0..20)
        .filter(|n| {
            let body = json!({ "childrenOnly": true, "parentReference": { "id": target } });
            let copy = Request::new("POST", format!("/v1.0/me/drive/root:/from{n}:/copy")).json(&body);
            assert_eq!(abused.send(&copy).status, 202);
            let job = format!("/_drivesim/jobs/{}", n + 1);
            let step = Request::new("POST", format!("{job}/step")).json(&json!({ "items": 0 }));
            assert_eq!(abused.send(&step).status, 200);
            assert!(abused.held_bytes("runningJobs") <= 200_000);
            let job_report = abused.get(&job).json();
            assert!(
                job_report["status"] == "inProgress" || job_report["error"]["code"] == "quotaLimitReached",
                "{job_report}"
            );
            job_report["status"] == "inProgress"
        })
        .count();
    assert!((1..20).contains(&n_running), "{n_running}");
    assert_eq!(abused.send(&Request::new("POST", "/_drivesim/reset")).status, 204);
    assert_eq!(abused.held_bytes("runningJobs"), 0);
}
