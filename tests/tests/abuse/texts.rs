//! Tests that the texts of items and drives are bounded.

use drivesim_server::Limits;
use drivesim_tests::http::Request;
use serde_json::json;

use crate::test_server::{BOX, MINE, TestServer};

const CAPACITY: usize = 64 << 10;

fn limits() -> Limits {
    Limits::default().max_content(CAPACITY)
}

#[test]
fn descriptions_count_towards_the_limit_of_contents() {
    let files: String = (0..20).map(|n| format!("f{n}.txt\n")).collect();
    let abused = TestServer::new(&format!("{MINE}\n{files}"), limits());
    let item = |n: usize| format!("/v1.0/me/drive/root:/f{n}.txt");
    let describe =
        |n: usize| Request::new("PATCH", item(n)).json(&json!({ "description": "d".repeat(10_000) }));
    for n in 0..6 {
        assert_eq!(abused.send(&describe(n)).status, 200);
    }
    let before = abused.get(&item(6)).json();
    let error = abused.assert_rejected(&describe(6), 507);
    assert_eq!(error.json()["error"]["code"], "quotaLimitReached");
    assert_eq!(abused.get(&item(6)).json(), before);
    let put = Request::new("PUT", format!("{}:/content", item(7))).body("x".repeat(10_000));
    assert_eq!(abused.send(&put).status, 507, "contents and texts have one limit");
    // A description of the same length can be changed at the limit.
    assert_eq!(abused.send(&describe(0)).status, 200);
    assert_eq!(abused.send(&Request::new("POST", format!("{}:/permanentDelete", item(0)))).status, 204);
    assert_eq!(abused.send(&describe(6)).status, 200);
}

#[test]
fn descriptions_of_outlines_count_towards_the_limit_of_contents() {
    let abused = TestServer::new(MINE, limits());
    let outline =
        |n_bytes: usize| format!("a.txt # description={}\nb.txt # owner=ann\n", "d".repeat(n_bytes));
    let replace = |text: String| Request::new("PUT", "/_drivesim/outline?drive=mine").body(text);
    let error = abused.assert_rejected(&replace(outline(CAPACITY + 1)), 507).json();
    assert_eq!(error["error"]["code"], "quotaLimitReached", "{error}");
    for _ in 0..5 {
        let replaced = abused.send(&replace(outline(CAPACITY - 1000)));
        assert_eq!(replaced.status, 204, "the replaced texts are freed: {replaced:?}");
    }
}

#[test]
fn members_of_box_items_count_towards_the_limit_of_contents() {
    let files: String = (0..20).map(|n| format!("f{n}.txt\n")).collect();
    let abused = TestServer::new(&format!("{BOX}\n{files}"), limits());
    let set = |n: usize| {
        let value = json!({ "set": { "classification": { "name": "c".repeat(10_000) } } });
        Request::new("PATCH", format!("/_drivesim/members?drive=box&path=/f{n}.txt")).json(&value)
    };
    for n in 0..6 {
        let answer = abused.send(&set(n));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let error = abused.assert_rejected(&set(6), 507).json();
    assert_eq!(error["error"]["code"], "quotaLimitReached", "{error}");
    assert_eq!(abused.get("/_drivesim/members?drive=box&path=/f6.txt").json(), json!({}));
    let id = abused.get("/2.0/folders/0/items").json()["entries"][6]["id"].as_str().unwrap().to_owned();
    let tags: Vec<String> = (0..100).map(|n| format!("{n}{}", "t".repeat(60))).collect();
    let tagged = Request::new("PUT", format!("/2.0/files/{id}")).json(&json!({ "tags": tags }));
    let answer = abused.assert_rejected(&tagged, 403);
    assert_eq!(answer.json()["code"], "storage_limit_exceeded");
}

#[test]
fn the_owner_and_the_options_of_a_drive_have_a_maximum_length() {
    let abused = TestServer::new(MINE, Limits::default());
    let long = format!("user:{}", "o".repeat(251));
    let add = |owner: &str, option: &str| {
        let body = json!({
            "name": "more", "profile": "business", "owner": owner, "options": { "max_versions": option },
        });
        Request::new("POST", "/_drivesim/drives").json(&body)
    };
    let message = |request: &Request| {
        abused.assert_rejected(request, 400).json()["error"]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message(&add(&long, "5")), "The owner may have at most 255 bytes, this one has 256.");
    let zeros = format!("{}5", "0".repeat(1024));
    assert_eq!(
        message(&add("user:ann", &zeros)),
        "The option \"max_versions\" may have at most 1024 bytes, this one has 1025."
    );
    for line in [format!("owner={long}"), format!("max_versions={zeros}")] {
        let outline = format!("drive more profile=business {line}\n");
        let text = message(&Request::new("PUT", "/_drivesim/outline").body(outline));
        assert!(text.contains("bytes, this one has"), "{text}");
    }
    assert_eq!(abused.send(&add(&long[..255], "5")).status, 201);
}
