//! The only place that tests what Box tells of what was done: the stream of events.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::Wire;

/// Returns the types of events with the names of their sources.
fn told(events: &Value) -> Vec<(String, String)> {
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
    let wire = Wire::new("a/\n  b/\n    c.txt\n  d.txt");
    let now = wire.get("/events?stream_position=now").expect(200).json();
    assert_eq!(told(&now), []);
    let copy = json!({ "parent": { "id": "0" }, "name": "copy" });
    let made = wire.post(&format!("/folders/{}/copy", wire.id("a")), &copy).expect(201).json();
    let position = now["next_stream_position"].as_u64().unwrap();
    let events =
        wire.get(&format!("/events?stream_type=changes&stream_position={position}")).expect(200).json();
    assert_eq!(told(&events), [pair("ITEM_COPY", "copy")]);
    let event = &events["entries"][0];
    assert_eq!((&event["type"], &event["source"]["id"]), (&json!("event"), &made["id"]));
    assert_eq!((&event["source"]["type"], &event["source"]["etag"]), (&json!("folder"), &json!("0")));
    assert_eq!(event["created_by"], made["created_by"]);
    assert_eq!(event["created_at"], made["created_at"]);
    assert!(event["source"].get("item_collection").is_none());
    let next = events["next_stream_position"].as_u64().unwrap();
    let behind = wire.get(&format!("/events?stream_position={next}")).expect(200).json();
    assert_eq!((told(&behind), &behind["next_stream_position"]), (vec![], &json!(next)));
}

#[test]
fn who_wants_no_events_is_told_the_position() {
    let wire = Wire::new("a.txt");
    wire.post(
        &format!("/files/{}/copy", wire.id("a.txt")),
        &json!({ "parent": { "id": "0" }, "name": "b.txt" }),
    )
    .expect(201);
    // boxsdk 3 asks so where the stream is.
    let now = wire.get("/events?limit=0&stream_position=now&stream_type=all").expect(200).json();
    assert_eq!((told(&now), &now["next_stream_position"]), (vec![], &json!(1)));
    let start = wire.get("/events?limit=0").expect(200).json();
    assert_eq!((told(&start), &start["next_stream_position"]), (vec![], &json!(0)));
}

#[test]
fn each_deed_is_told_in_the_order_in_which_it_was_done() {
    let wire = Wire::new("a.txt\nf/");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    let made = wire.post("/folders", &json!({ "name": "new", "parent": { "id": "0" } })).expect(201).json();
    wire.put(&format!("/files/{file}"), &json!({ "name": "b.txt", "parent": { "id": folder } })).expect(200);
    wire.put(&format!("/files/{file}"), &json!({ "description": "words" })).expect(200);
    wire.put(&format!("/files/{file}"), &json!({ "description": "words" })).expect(200);
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": "0" } })).expect(201);
    wire.delete(&format!("/folders/{}", made["id"].as_str().unwrap())).expect(204);
    wire.post(&format!("/folders/{}", made["id"].as_str().unwrap()), &json!({})).expect(201);
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": "0" } })).expect(409);
    let events = wire.get("/events").expect(200).json();
    let all = [
        pair("ITEM_CREATE", "new"),
        pair("ITEM_MOVE", "b.txt"),
        pair("ITEM_RENAME", "b.txt"),
        pair("ITEM_MODIFY", "b.txt"),
        pair("ITEM_COPY", "b.txt"),
        pair("ITEM_TRASH", "new"),
        pair("ITEM_UNDELETE_VIA_TRASH", "new"),
    ];
    assert_eq!(told(&events), all);
    assert_eq!(events["entries"][5]["source"]["item_status"], "trashed");
    let mut ids: Vec<&Value> =
        events["entries"].as_array().unwrap().iter().map(|event| &event["event_id"]).collect();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    // Page by page it is the same.
    let (mut position, mut pages) = (json!(0), Vec::new());
    loop {
        let page = wire.get(&format!("/events?stream_position={position}&limit=3")).expect(200).json();
        if page["chunk_size"] == 0 {
            break;
        }
        position = page["next_stream_position"].clone();
        pages.push(told(&page));
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<usize>>(), [3, 3, 1]);
    assert_eq!(pages.concat(), all);
}

#[test]
fn an_enterprise_has_words_of_its_own_and_may_ask_for_some_of_them() {
    let wire = Wire::new("a.txt\nf/");
    let file = wire.id("a.txt");
    let folder = wire.id("f");
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect(201);
    wire.sim.advance(std::time::Duration::from_secs(10)).unwrap();
    wire.put(&format!("/files/{file}"), &json!({ "name": "b.txt" })).expect(200);
    let events = wire.get("/events?stream_type=admin_logs").expect(200).json();
    assert_eq!(told(&events), [pair("COPY", "a.txt"), pair("RENAME", "b.txt")]);
    assert_eq!(events["next_stream_position"], "2");
    let copies = wire.get("/events?stream_type=admin_logs_streaming&event_type=COPY,MOVE").expect(200).json();
    assert_eq!(told(&copies), [pair("COPY", "a.txt")]);
    let at = events["entries"][1]["created_at"].as_str().unwrap();
    let at = percent_encoding::utf8_percent_encode(at, percent_encoding::NON_ALPHANUMERIC);
    let late = wire.get(&format!("/events?stream_type=admin_logs&created_after={at}")).expect(200).json();
    assert_eq!(told(&late), [pair("RENAME", "b.txt")]);
}

#[test]
fn what_is_no_stream_no_position_and_no_time_is_refused_by_name() {
    let wire = Wire::new("");
    for (query, name) in [
        ("stream_type=all_of_it", "stream_type"),
        ("stream_position=-1", "stream_position"),
        ("stream_position=later", "stream_position"),
        ("stream_position=99999999999999999999999", "stream_position"),
        ("stream_type=admin_logs&created_before=yesterday", "created_before"),
    ] {
        wire.get(&format!("/events?{query}")).refused_for("invalid_parameter", name);
    }
    wire.get("/events?limit=none").refused(400, "invalid_limit");
}

#[test]
fn the_long_poll_says_whether_there_is_something_new() {
    let wire = Wire::new("a.txt\nf/");
    let servers = wire.send("OPTIONS", "/events", &[], "").expect(200).json();
    assert_eq!(servers["entries"][0]["type"], "realtime_server");
    let url = servers["entries"][0]["url"].as_str().unwrap().to_owned();
    let ask = |position: u64| {
        wire.get(&format!("{url}?stream_position={position}")).expect(200).json()["message"].clone()
    };
    assert_eq!(ask(0), "reconnect");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect(201);
    assert_eq!((ask(0), ask(1)), (json!("new_change"), json!("reconnect")));
}

#[test]
fn a_reset_begins_the_stream_anew() {
    let wire = Wire::new("a.txt\nf/");
    let (file, folder) = (wire.id("a.txt"), wire.id("f"));
    wire.post(&format!("/files/{file}/copy"), &json!({ "parent": { "id": folder } })).expect(201);
    wire.send("POST", "/_drivesim/reset", &[], "");
    let events = wire.get("/events").expect(200).json();
    assert_eq!((told(&events), &events["next_stream_position"]), (vec![], &json!(0)));
}

#[test]
fn a_long_poll_on_a_port_waits_for_what_comes_or_until_its_time_is_over() {
    let sim = drivesim::Sim::builder().outline("drive box profile=box\na.txt\nf/").build().unwrap();
    let limits = drivesim_server::Limits::default().max_long_poll(std::time::Duration::from_millis(1));
    let options = drivesim_server::ServerOptions::default().limits(limits);
    let hasty = drivesim_server::Server::start_on(sim.clone(), "127.0.0.1:0", options).unwrap();
    let patient = drivesim_server::Server::start(sim).unwrap();
    let poll = |server: &drivesim_server::Server| {
        let url = format!("{}/2.0/_realtime?stream_position=0", server.url());
        ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()
    };
    assert_eq!(poll(&hasty), r#"{"message":"reconnect"}"#);
    // Whether the folder comes before the question or after it, it is told.
    std::thread::scope(|scope| {
        let told = scope.spawn(|| poll(&patient));
        let body = json!({ "name": "new", "parent": { "id": "0" } }).to_string();
        ureq::post(format!("{}/2.0/folders", patient.url())).send(&body).unwrap();
        assert_eq!(told.join().unwrap(), r#"{"message":"new_change"}"#);
    });
}

#[test]
fn a_long_poll_from_now_on_tells_what_comes_while_it_waits() {
    let sim = drivesim::Sim::builder().outline("drive box profile=box\n").build().unwrap();
    let router = drivesim_server::router(sim).unwrap();
    let ask = |method: &str, url: &str, body: &str| {
        let request = Request::builder().method(method).uri(url).header("host", "host");
        router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (told, made) = runtime.block_on(async {
        // The first is asked, and waits, before the second is.
        let poll = ask("GET", "/2.0/_realtime?stream_position=now", "");
        let make = ask("POST", "/2.0/folders", r#"{"name":"new","parent":{"id":"0"}}"#);
        let (told, made) = futures_util::future::join(poll, make).await;
        (to_bytes(told.unwrap().into_body(), 1000).await.unwrap(), made.unwrap().status())
    });
    assert_eq!((&*told, made.as_u16()), (&br#"{"message":"new_change"}"#[..], 201));
}
