//! Tests that `drivesim serve` stays alive and takes little more memory than its budget, whatever clients do.
//!
//! Each part of the budget is driven to ten times its limit. The system limits the process's writable memory to the
//! budget and 256 MiB. The peak resident memory must exceed that at the start by no more than this.
#![cfg(target_os = "linux")]
// Clippy treats only functions marked as tests as tests, not their helpers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod capped;

use std::io::Write as _;

use drivesim_tests::http::Request;
use serde_json::json;

use crate::capped::{LimitedServer, path_of};

/// By which factor each part is driven over its limit.
const TIMES: u64 = 10;

#[test]
fn incomplete_bodies_stay_within_the_budget() {
    let capped = LimitedServer::start("", &[]);
    let body = vec![7; 8 << 20];
    let head = format!(
        "PUT /v1.0/me/drive/root:/half.bin:/content HTTP/1.1\r\nHost: {}\r\nContent-Length: 9000000\r\n\r\n",
        capped.address
    );
    let mut left = Vec::new();
    for _ in 0..capped.limit("bodies") * TIMES / body.len() as u64 {
        let mut stream = capped.impatient();
        // A rejected connection may be closed before everything is sent.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        left.push(stream);
    }
    capped.assert_alive();
    drop(left);
    capped.assert_alive();
}

#[test]
fn unread_responses_stay_within_the_budget() {
    let capped = LimitedServer::start(&capped::tree(100, 100), &[]);
    let target = "/v1.0/me/drive/root/children?$top=1000&$expand=children";
    let n_bytes = capped.send_once(&Request::new("GET", target)).body.len() as u64;
    let get = Request::new("GET", target).to_bytes(&capped.address.to_string(), false);
    let mut left = Vec::new();
    for _ in 0..(capped.limit("answers") * TIMES / n_bytes).clamp(20, 400) {
        let mut stream = capped.impatient();
        let _ = stream.write_all(&get.repeat(20));
        left.push(stream);
    }
    // Responses are created and wait, and others are rejected, while the clients do nothing.
    capped.wait_until_full("answers");
    (0..300).for_each(|_| capped.assert_alive());
    drop(left);
    capped.assert_alive();
}

#[test]
fn unfinished_uploads_stay_within_the_budget() {
    let mut capped = LimitedServer::start("", &[]);
    let n_bytes = 4_u64 << 20;
    let mut n_taken = 0;
    for n in 0..capped.limit("uploads") * TIMES / n_bytes {
        let open = Request::new("POST", format!("/v1.0/me/drive/root:/up{n}.bin:/createUploadSession"));
        let opened = capped.send(&open.json(&json!({ "item": { "description": "d".repeat(900) } })));
        let Some(url) = opened.json()["uploadUrl"].as_str().map(path_of) else { continue };
        let range = format!("bytes 0-{}/{}", n_bytes - 1, n_bytes * 2);
        let put = Request::new("PUT", url).header("Content-Range", range).body(vec![7; n_bytes as usize]);
        let answer = capped.send(&put);
        assert!([202, 507].contains(&answer.status), "{answer:?}");
        n_taken += u64::from(answer.status == 202);
    }
    assert!(n_taken > 0);
    for n in 0..20 {
        let body = json!({ "folder_id": "0", "file_size": 20_000_000, "file_name": format!("b{n}") });
        let opened = capped.send(&Request::new("POST", "/api/2.0/files/upload_sessions").json(&body));
        let Some(id) = opened.json()["id"].as_str().map(str::to_owned) else { continue };
        let put = Request::new("PUT", format!("/api/2.0/files/upload_sessions/{id}"));
        let put = put.header("Content-Range", "bytes 0-8388607/20000000");
        capped.send(&put.header("Digest", "sha=AAAA").body(vec![7; 8 << 20]));
    }
    capped.assert_alive();
}

#[test]
fn journal_entries_stay_within_the_budget() {
    let mut capped = LimitedServer::start("", &[]);
    let body = json!({ "name": "x".repeat(15 << 10), "folder": {} });
    for _ in 0..capped.limit("journal") * TIMES / (15 << 10) {
        let answer = capped.send(&Request::new("POST", "/v1.0/me/drive/root/children").json(&body));
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    assert!(capped.held("journal") > 0);
    capped.assert_alive();
}

#[test]
fn events_of_box_stay_within_the_budget() {
    let mut capped = LimitedServer::start("", &["--max-event-bytes=256KiB"]);
    for n in 0..capped.limit("events") * TIMES / 300 {
        let body = json!({ "name": format!("{n}-{}", "x".repeat(200)), "parent": { "id": "0" } });
        let answer = capped.send(&Request::new("POST", "/2.0/folders").json(&body));
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    assert!(capped.held("events") > 0);
    capped.assert_alive();
}

#[test]
fn hashes_of_many_files_stay_within_the_budget() {
    let mut capped = LimitedServer::start(&capped::tree(100, 100), &["--max-hash-bytes=64KiB"]);
    for folder in 0..100 {
        let list = format!("/v1.0/me/drive/root:/folder-{folder}:/children?$top=1000");
        assert_eq!(capped.send(&Request::new("GET", list)).status, 200);
    }
    // A hash has at least 20 bytes, so all together are more than ten times the limit.
    assert!(10_000 * 20 * 4 > capped.limit("hashes") * TIMES);
    assert!(capped.held("hashes") > 0);
    capped.assert_alive();
}

#[test]
fn ended_jobs_stay_within_the_budget() {
    let mut capped =
        LimitedServer::start("a.txt = \"a\"\n", &["--max-ended-job-bytes=256KiB", "--pace=instant"]);
    for n in 0..capped.limit("jobs") * TIMES / 250 {
        let body = json!({ "name": format!("copy-{n}.txt") });
        let answer = capped.send(&Request::new("POST", "/v1.0/me/drive/root:/a.txt:/copy").json(&body));
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    assert_eq!(capped.send(&Request::new("GET", "/_drivesim/jobs")).status, 200);
    assert!(capped.held("jobs") > 0);
    capped.assert_alive();
}

#[test]
fn snapshots_of_a_changing_drive_stay_within_the_budget() {
    let mut capped = LimitedServer::start(&capped::tree(100, 100), &[]);
    for n in 0..60 {
        let kept = capped.send(&Request::new("POST", format!("/_drivesim/snapshot/s{n}")));
        assert!([200, 201].contains(&kept.status), "{kept:?}");
        let outline = capped::tree(100, 100 + n % 2);
        let changed = capped.send(&Request::new("PUT", "/_drivesim/outline?drive=me").body(outline));
        assert_eq!(changed.status, 204, "{changed:?}");
    }
    assert!(capped.held("snapshots") > 0);
    assert_eq!(capped.send(&Request::new("POST", "/_drivesim/restore/s59")).status, 204);
    capped.assert_alive();
}
