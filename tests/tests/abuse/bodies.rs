//! Tests that request bodies are bounded before they are buffered.

use std::io::Write as _;

use drivesim_server::Limits;
use drivesim_tests::http::Request;
use serde_json::json;

use crate::test_server::{BOX, MINE, TestServer, path_of};

fn both() -> String {
    format!("{MINE}\nDocs/\n  a.txt = \"a\"\ndrive box profile=box owner=user:box\nDocs/\n")
}

#[test]
fn a_body_with_many_values_is_rejected_by_each_service() {
    let abused = TestServer::new(&both(), Limits::default().max_json_values(1000));
    let many = "0,".repeat(2000);
    for (method, target, body) in [
        ("POST", "/v1.0/me/drive/root/children", format!(r#"{{"name":"n","folder":{{}},"x":[{many}0]}}"#)),
        ("PATCH", "/v1.0/me/drive/root:/Docs", format!("[{many}0]")),
        ("POST", "/2.0/folders", format!(r#"{{"name":"n","parent":{{"id":"0"}},"x":[{many}0]}}"#)),
        ("POST", "/_drivesim/drives", format!(r#"{{"name":"n","profile":"box","options":[{many}0]}}"#)),
    ] {
        let request = Request::new(method, target).header("Content-Type", "application/json").body(body);
        abused.assert_rejected(&request, 413);
    }
    abused.wait_until_empty("bodies");
}

#[test]
fn a_body_of_deep_json_is_rejected() {
    let abused = TestServer::new(&both(), Limits::default());
    for body in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        for (method, target) in [("POST", "/v1.0/me/drive/root/children"), ("POST", "/2.0/folders")] {
            let request = Request::new(method, target).header("Content-Type", "application/json");
            let before = abused.state();
            let answer = abused.send(&request.body(body.clone()));
            assert!([400, 413].contains(&answer.status), "{answer:?}");
            assert_eq!(abused.state(), before);
        }
    }
    abused.assert_responds();
}

#[test]
fn an_outline_with_too_many_versions_is_rejected_with_its_line() {
    let abused = TestServer::new(&both(), Limits::default().max_items(1000));
    let mut outline = String::new();
    for line in 0..100 {
        outline += &format!("v{line}.txt = 10 B # versions=400\n");
    }
    let before = abused.state();
    let answer = abused.send(&Request::new("PUT", "/_drivesim/outline?drive=mine").body(outline));
    assert!([400, 409, 413, 507].contains(&answer.status), "{answer:?}");
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("line 3"), "{message}");
    assert_eq!(abused.state(), before);
    abused.assert_responds();
}

#[test]
fn requests_with_unsent_bodies_do_not_block_others() {
    let abused = TestServer::new(&both(), Limits::default().max_bodies(16 << 20));
    let head = format!(
        "PUT /v1.0/me/drive/root:/half.bin:/content HTTP/1.1\r\nHost: {}\r\nContent-Length: 10000000\r\n\r\nabc",
        abused.host()
    );
    let mut open = Vec::new();
    for _ in 0..100 {
        let mut stream = abused.connect();
        stream.write_all(head.as_bytes()).unwrap();
        open.push(stream);
    }
    // Together they announce a thousand megabytes.
    let request = Request::new("PUT", "/v1.0/me/drive/root:/whole.bin:/content").body(vec![7; 1 << 20]);
    assert_eq!(abused.send(&request).status, 201);
    assert!(abused.held_bytes("bodies") <= 8 << 20);
    drop(open);
    abused.wait_until_empty("bodies");
    assert!(!abused.sim.exists("/half.bin"));
}

#[test]
fn descriptions_of_upload_sessions_are_bounded() {
    let abused = TestServer::new(&both(), Limits::default().max_session_bytes(100_000));
    let open = |n: usize| {
        let body = json!({ "item": { "description": "d".repeat(900) } });
        Request::new("POST", format!("/v1.0/me/drive/root:/up{n}.bin:/createUploadSession")).json(&body)
    };
    let n_open = (0..200).take_while(|&n| abused.send(&open(n)).status == 200).count();
    assert!((10..200).contains(&n_open), "{n_open}");
    abused.assert_rejected(&open(200), 507);
    assert!(abused.held_bytes("uploads") > 10_000);
}

#[test]
fn uploads_are_bounded_in_bytes_and_freed() {
    let abused = TestServer::new(&both(), Limits::default().max_session_bytes(300_000));
    let opened = Request::new("POST", "/v1.0/me/drive/root:/up.bin:/createUploadSession").json(&json!({}));
    let url = path_of(abused.send(&opened).json()["uploadUrl"].as_str().unwrap());
    let fragment = |start: usize| {
        let range = format!("bytes {start}-{}/1000000", start + 99_999);
        Request::new("PUT", url.clone()).header("Content-Range", range).body(vec![7; 100_000])
    };
    let n_accepted = (0..10).take_while(|n| abused.send(&fragment(n * 100_000)).status == 202).count();
    assert!((1..=3).contains(&n_accepted), "{n_accepted}");
    abused.assert_rejected(&fragment(n_accepted * 100_000), 507);
    assert!(abused.held_bytes("uploads") >= 100_000 * n_accepted as u64);
    assert_eq!(abused.send(&Request::new("DELETE", url.clone())).status, 204);
    assert_eq!(abused.held_bytes("uploads"), 0);
}

#[test]
fn large_parts_of_box_are_bounded() {
    let abused = TestServer::new(&format!("{BOX}\nDocs/\n"), Limits::default().max_session_bytes(25_000_000));
    let body = json!({ "folder_id": "0", "file_size": 30_000_000, "file_name": "big" });
    let answer = abused.send(&Request::new("POST", "/api/2.0/files/upload_sessions").json(&body));
    assert!(answer.status >= 400, "{answer:?}");
    assert_eq!(abused.held_bytes("uploads"), 0);
}
