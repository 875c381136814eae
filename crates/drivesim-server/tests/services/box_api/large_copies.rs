//! Tests of copies at Box that continue after the response: their progress, and the locks they hold.

use drivesim::{Pace, Sim};
use drivesim_server::ServerOptions;
use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

/// Serves a drive with folders of 500 and of 501 items, where jobs only advance by `step`.
fn drive(options: &str) -> TestServer {
    let files = |n_files: usize| (0..n_files).map(|number| format!("  f{number:03}\n")).collect::<String>();
    let outline = format!(
        "drive box profile=box{options}\nMost/\n{}Big/\n{}To/\n  old\nsmall/\n  x\n",
        files(500),
        files(501)
    );
    TestServer::with_options(
        Sim::builder().pace(Pace::Held).outline(outline).build().unwrap(),
        ServerOptions::default(),
    )
}

fn url(wire: &TestServer, path: &str) -> String {
    let kind = if wire.sim.item(path).unwrap().is_folder() { "folders" } else { "files" };
    format!("/{kind}/{}", wire.id(path))
}

fn copy(wire: &TestServer, path: &str, target: &str) -> Response {
    wire.post(&format!("{}/copy", url(wire, path)), &json!({ "parent": { "id": wire.id(target) } }))
}

#[track_caller]
fn blocked(answer: Response) {
    answer.expect_error(409, "operation_blocked_temporary");
}

#[test]
fn a_copy_of_at_most_500_items_is_complete_in_the_response_at_any_pace() {
    let wire = drive("");
    let copied = copy(&wire, "/Most", "/To").expect_status(201).json();
    assert_eq!(copied["item_collection"]["total_count"], 500);
    copy(&wire, "/Most/f000", "/small").expect_status(201);
    assert!(wire.sim.jobs().iter().all(|job| job.outcome().is_some()));
}

#[test]
fn a_copy_of_more_than_500_items_is_filled_after_the_response() {
    let wire = drive("");
    let copied = copy(&wire, "/Big", "/To").expect_status(201).json();
    assert_eq!((&copied["name"], &copied["item_collection"]["total_count"]), (&json!("Big"), &json!(0)));
    let url = format!("/folders/{}", copied["id"].as_str().unwrap());
    let job = wire.sim.jobs().remove(0);
    job.step(101).unwrap();
    assert_eq!(wire.get(&format!("{url}/items")).expect_status(200).json()["total_count"], 100);
    let job_json = wire.get("/_drivesim/jobs").json()["jobs"][0].clone();
    assert_eq!((&job_json["status"], &job_json["itemsTotal"]), (&json!("inProgress"), &json!(502)));
    job.step(401).unwrap();
    assert_eq!(wire.get(&format!("{url}/items")).expect_status(200).json()["total_count"], 501);
    let job_json = wire.get("/_drivesim/jobs").json()["jobs"][0].clone();
    assert_eq!((&job_json["status"], &job_json["item"]["id"]), (&json!("completed"), &copied["id"]));
}

#[test]
fn a_long_copy_locks_its_source_and_its_target() {
    let wire = drive("");
    let (first, second) = (url(&wire, "/Big/f000"), url(&wire, "/To/old"));
    wire.delete(&first).expect_status(204);
    wire.delete(&second).expect_status(204);
    wire.sim.create_sized("/Big", "f000", 0).unwrap();
    copy(&wire, "/Big", "/To").expect_status(201);

    blocked(copy(&wire, "/Big", "/small"));
    blocked(copy(&wire, "/Big/f001", "/small"));
    blocked(copy(&wire, "/small/x", "/To"));
    let to = |folder: &str| json!({ "parent": { "id": wire.id(folder) } });
    blocked(wire.put(&url(&wire, "/Big/f001"), &to("small")));
    blocked(wire.put(&url(&wire, "/small/x"), &to("To")));
    blocked(wire.put(&url(&wire, "/small"), &to("Big")));
    blocked(wire.put(&url(&wire, "/Big"), &to("small")));
    blocked(wire.delete(&url(&wire, "/Big/f001")));
    blocked(wire.delete(&format!("{}?recursive=true", url(&wire, "/Big"))));
    blocked(wire.delete(&format!("{}?recursive=true", url(&wire, "/To"))));
    blocked(wire.post(&first, &json!({ "name": "f000 again" })));
    blocked(wire.post(&second, &json!({})));

    wire.sim.jobs().remove(0).step(502).unwrap();
    copy(&wire, "/small/x", "/To").expect_status(201);
    copy(&wire, "/Big/f001", "/small").expect_status(201);
    wire.post(&second, &json!({})).expect_status(201);
    wire.delete(&url(&wire, "/Big/f001")).expect_status(204);
}

/// Creates and uploads items in the source and in the target of a long copy, and below the source.
fn create_and_upload(wire: &TestServer) -> Vec<Response> {
    let attributes = |folder: &str| json!({ "name": "made", "parent": { "id": wire.id(folder) } });
    let session = |folder: &str| {
        let body = json!({ "folder_id": wire.id(folder), "file_name": "large", "file_size": 30 << 20 });
        wire.post("/files/upload_sessions", &body)
    };
    let preflight = |folder: &str| {
        let mut body = attributes(folder);
        body["name"] = json!("asked");
        wire.options("/files/content", &body)
    };
    let mut answers = vec![wire.upload(&format!("{}/content", url(wire, "/Big/f001")), &json!({}), "new")];
    for folder in ["Big", "To"] {
        answers.extend([
            preflight(folder),
            session(folder),
            wire.upload("/files/content", &attributes(folder), "new"),
        ]);
        let mut body = attributes(folder);
        body["name"] = json!("made folder");
        answers.push(wire.post("/folders", &body));
    }
    answers
}

#[test]
fn no_file_is_copied_out_of_the_target_of_a_long_copy() {
    let wire = drive("");
    copy(&wire, "/Big", "/To").expect_status(201);
    blocked(copy(&wire, "/To/old", "/small"));
    wire.sim.jobs().remove(0).step(502).unwrap();
    copy(&wire, "/To/old", "/small").expect_status(201);
}

#[test]
fn an_option_blocks_creation_and_upload_during_a_long_copy() {
    let wire = drive("");
    copy(&wire, "/Big", "/To").expect_status(201);
    for answer in create_and_upload(&wire) {
        assert!([200, 201].contains(&answer.status.as_u16()), "{answer:?}");
    }
    let wire = drive(" lock_blocks_create_upload=true");
    copy(&wire, "/Big", "/To").expect_status(201);
    let before = wire.sim.outline().unwrap();
    create_and_upload(&wire).into_iter().for_each(blocked);
    assert_eq!(wire.sim.outline().unwrap(), before);
    wire.sim.jobs().remove(0).step(502).unwrap();
    for answer in create_and_upload(&wire) {
        assert!([200, 201].contains(&answer.status.as_u16()), "{answer:?}");
    }
}

#[test]
fn the_number_of_items_of_a_long_copy_is_an_option() {
    let count_in_response = |threshold: &str| -> Value {
        let line = format!("drive box profile=box async_item_threshold={threshold}\nsmall/\n  x\n  y\nTo/\n");
        let sim = Sim::builder().pace(Pace::Held).outline(line).build().unwrap();
        let wire = TestServer::with_options(sim, ServerOptions::default());
        // The copy of a file is always complete in the response.
        copy(&wire, "/small/x", "/To").expect_status(201);
        copy(&wire, "/small/x", "/").expect_status(201);
        copy(&wire, "/small", "/To").expect_status(201).json()["item_collection"]["total_count"].clone()
    };
    assert_eq!(
        (count_in_response("2"), count_in_response("1"), count_in_response("0")),
        (json!(2), json!(0), json!(0))
    );
}
