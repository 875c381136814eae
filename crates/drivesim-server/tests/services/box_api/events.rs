//! Tests of the event stream of Box.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::box_api::support::TestServer;

/// Returns the types of events with the names of their sources.
fn types_and_names(events: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = events["entries"].as_array().unwrap();
    assert_eq!(events["chunk_size"], entries.len());
    entries.iter().map(|event| (text(&event["event_type"]), text(&event["source"]["name"]))).collect()
}

fn pair(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

#[test]
fn a_copied_folder_is_one_event_of_the_new_folder() {
    let wire = TestServer::new("a/\n  b/\n    c.txt\n  d.txt");
    let now = wire.get("/events?stream_position=now").expect_status(200).json();
    assert_eq!(types_and_names(&now), []);
    let copy = json!({ "parent": { "id": "0" }, "name": "copy" });
    let copied = wire.post(&format!("/folders/{}/copy", wire.id("a")), &copy).expect_status(201).json();
    let position = now["next_stream_position"].as_u64().unwrap();
    let events = wire
        .get(&format!("/events?stream_type=changes&stream_position={position}"))
        .expect_status(200)
        .json();
    assert_eq!(types_and_names(&events), [pair("ITEM_COPY", "copy")]);
    let event = &events["entries"][0];
    assert_eq!((&event["type"], &event["source"]["id"]), (&json!("event"), &copied["id"]));
    assert_eq!((&event["source"]["type"], &event["source"]["etag"]), (&json!("folder"), &json!("0")));
    assert_eq!(event["created_by"], copied["created_by"]);
    assert_eq!(event["created_at"], copied["created_at"]);
    assert!(event["source"].get("item_collection").is_none());
    let next = events["next_stream_position"].as_u64().unwrap();
    let behind = wire.get(&format!("/events?stream_position={next}")).expect_status(200).json();
    assert_eq!((types_and_names(&behind), &behind["next_stream_position"]), (vec![], &json!(next)));
}

#[test]
fn limit_0_returns_the_position_without_events() {
    let wire = TestServer::new("a.txt");
    wire.post(
        &format!("/files/{}/copy", wire.id("a.txt")),
        &json!({ "parent": { "id": "0" }, "name": "b.txt" }),
    )
    .expect_status(201);
    // boxsdk 3 queries the position of the stream this way.
    let now = wire.get("/events?limit=0&stream_position=now&stream_type=all").expect_status(200).json();
    assert_eq!((types_and_names(&now), &now["next_stream_position"]), (vec![], &json!(1)));
    let start = wire.get("/events?limit=0").expect_status(200).json();
    assert_eq!((types_and_names(&start), &start["next_stream_position"]), (vec![], &json!(0)));
}

#[test]
fn operations_are_reported_in_order() {
    let wire = TestServer::new("a.txt\nf/");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    let created =
        wire.post("/folders", &json!({ "name": "new", "parent": { "id": "0" } })).expect_status(201).json();
    wire.put(&format!("/files/{file}"), &json!({ "name": "b.txt", "parent": { "id": folder } }))
        .expect_status(200);
    wire.put(&format!("/files/{file}"), &json!({ "description": "words" })).expect_status(200);
    wire.put(&format!("/files/{file}"), &json!({ "description": "words" })).expect_status(200);
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": "0" } })).expect_status(201);
    wire.delete(&format!("/folders/{}", created["id"].as_str().unwrap())).expect_status(204);
    wire.post(&format!("/folders/{}", created["id"].as_str().unwrap()), &json!({})).expect_status(201);
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": "0" } })).expect_status(409);
    let events = wire.get("/events").expect_status(200).json();
    let all = [
        pair("ITEM_CREATE", "new"),
        pair("ITEM_MOVE", "b.txt"),
        pair("ITEM_RENAME", "b.txt"),
        pair("ITEM_MODIFY", "b.txt"),
        pair("ITEM_COPY", "b.txt"),
        pair("ITEM_TRASH", "new"),
        pair("ITEM_UNDELETE_VIA_TRASH", "new"),
    ];
    assert_eq!(types_and_names(&events), all);
    assert_eq!(events["entries"][5]["source"]["item_status"], "trashed");
    let mut ids: Vec<&Value> =
        events["entries"].as_array().unwrap().iter().map(|event| &event["event_id"]).collect();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    // Pages return the same events.
    let (mut position, mut pages) = (json!(0), Vec::new());
    loop {
        let page = wire.get(&format!("/events?stream_position={position}&limit=3")).expect_status(200).json();
        if page["chunk_size"] == 0 {
            break;
        }
        position = page["next_stream_position"].clone();
        pages.push(types_and_names(&page));
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<usize>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), all);
}

#[test]
fn enterprise_streams_have_their_own_event_types_and_filter_by_them() {
    let wire = TestServer::new("a.txt\nf/");
    let file = wire.id("a.txt");
    let folder = wire.id("f");
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect_status(201);
    wire.sim.advance(std::time::Duration::from_secs(10)).unwrap();
    wire.put(&format!("/files/{file}"), &json!({ "name": "b.txt" })).expect_status(200);
    let events = wire.get("/events?stream_type=admin_logs").expect_status(200).json();
    assert_eq!(types_and_names(&events), [pair("COPY", "a.txt"), pair("RENAME", "b.txt")]);
    assert_eq!(events["next_stream_position"], "2");
    let copies =
        wire.get("/events?stream_type=admin_logs_streaming&event_type=COPY,MOVE").expect_status(200).json();
    assert_eq!(types_and_names(&copies), [pair("COPY", "a.txt")]);
    let at = events["entries"][1]["created_at"].as_str().unwrap();
    let at = percent_encoding::utf8_percent_encode(at, percent_encoding::NON_ALPHANUMERIC);
    let late =
        wire.get(&format!("/events?stream_type=admin_logs&created_after={at}")).expect_status(200).json();
    assert_eq!(types_and_names(&late), [pair("RENAME", "b.txt")]);
}

#[test]
fn errors_name_invalid_stream_types_positions_and_times() {
    let wire = TestServer::new("");
    for (query, name) in [
        ("stream_type=all_of_it", "stream_type"),
        ("stream_position=-1", "stream_position"),
        ("stream_position=later", "stream_position"),
        ("stream_position=99999999999999999999999", "stream_position"),
        ("stream_type=admin_logs&created_before=yesterday", "created_before"),
    ] {
        wire.get(&format!("/events?{query}")).expect_parameter_error("invalid_parameter", name);
    }
    wire.get("/events?limit=none").expect_error(400, "invalid_limit");
}

#[test]
fn a_long_poll_reports_whether_there_are_new_events() {
    let wire = TestServer::new("a.txt\nf/");
    let servers = wire.send("OPTIONS", "/events", &[], "").expect_status(200).json();
    assert_eq!(servers["entries"][0]["type"], "realtime_server");
    let url = servers["entries"][0]["url"].as_str().unwrap().to_owned();
    let poll = |position: u64| {
        wire.get(&format!("{url}?stream_position={position}")).expect_status(200).json()["message"].clone()
    };
    assert_eq!(poll(0), "reconnect");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect_status(201);
    assert_eq!((poll(0), poll(1)), (json!("new_change"), json!("reconnect")));
}

#[test]
fn a_reset_restarts_the_stream() {
    let wire = TestServer::new("a.txt\nf/");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect_status(201);
    wire.send("POST", "/_drivesim/reset", &[], "");
    let events = wire.get("/events").expect_status(200).json();
    assert_eq!((types_and_names(&events), &events["next_stream_position"]), (vec![], &json!(0)));
}

#[test]
fn a_long_poll_on_a_port_waits_for_an_event_or_a_timeout() {
    let sim = drivesim::Sim::builder().outline("drive box profile=box\na.txt\nf/").build().unwrap();
    let limits = drivesim_server::Limits::default().max_long_poll(std::time::Duration::from_millis(1));
    let options = drivesim_server::ServerOptions::default().limits(limits);
    let impatient = drivesim_server::Server::start_on(sim.clone(), "127.0.0.1:0", options).unwrap();
    let patient = drivesim_server::Server::start(sim).unwrap();
    let poll = |server: &drivesim_server::Server| {
        let url = format!("{}/2.0/_realtime?stream_position=0", server.url());
        ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()
    };
    assert_eq!(poll(&impatient), r#"{"message":"reconnect"}"#);
    // The event is reported whether the folder is created before or after the poll starts.
    std::thread::scope(|scope| {
        let polled = scope.spawn(|| poll(&patient));
        let body = json!({ "name": "new", "parent": { "id": "0" } }).to_string();
        ureq::post(format!("{}/2.0/folders", patient.url())).send(&body).unwrap();
        assert_eq!(polled.join().unwrap(), r#"{"message":"new_change"}"#);
    });
}

#[test]
fn a_long_poll_from_now_reports_events_that_come_while_it_waits() {
    let sim = drivesim::Sim::builder().outline("drive box profile=box\n").build().unwrap();
    let router = drivesim_server::router(sim).unwrap();
    let send = |method: &str, url: &str, body: &str| {
        let request = Request::builder().method(method).uri(url).header("host", "host");
        router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (polled, created) = runtime.block_on(async {
        // The first future is polled, and waits, before the second one starts.
        let poll = send("GET", "/2.0/_realtime?stream_position=now", "");
        let create = send("POST", "/2.0/folders", r#"{"name":"new","parent":{"id":"0"}}"#);
        let (polled, created) = futures_util::future::join(poll, create).await;
        (to_bytes(polled.unwrap().into_body(), 1000).await.unwrap(), created.unwrap().status())
    });
    assert_eq!((&*polled, created.as_u16()), (&br#"{"message":"new_change"}"#[..], 201));
}
