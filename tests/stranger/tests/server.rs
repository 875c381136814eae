//! Tests a client of Microsoft Graph and Box over HTTP.

use std::time::Duration;

use drivesim::{Pace, Sim};
use drivesim_server::Server;
use reqwest::blocking::{Client, Response};

const OUTLINE: &str =
    "drive work profile=business owner=me\nDocs/\n  a.txt = \"hi\"\nTo/\ndrive vault profile=box\nx.txt\n";

fn serve() -> (Sim, Server) {
    let sim = Sim::builder().pace(Pace::after(Duration::from_secs(10))).outline(OUTLINE).build().unwrap();
    let server = Server::start(sim.clone()).unwrap();
    (sim, server)
}

fn get(url: &str) -> Response {
    Client::new().get(url).send().unwrap()
}

#[test]
fn a_copy_is_monitored_until_it_completes() {
    let (sim, server) = serve();
    let copy = format!("{}/v1.0/me/drive/root:/Docs:/copy", server.url());
    let body = r#"{ "name": "Docs (old)" }"#;
    let accepted =
        Client::new().post(copy).header("content-type", "application/json").body(body).send().unwrap();
    assert_eq!(accepted.status(), 202);
    let monitor = accepted.headers()["location"].to_str().unwrap().to_owned();
    let status = || {
        serde_json::from_str::<serde_json::Value>(&get(&monitor).text().unwrap()).unwrap()["status"].clone()
    };
    assert_eq!(status(), "notStarted");
    sim.advance(Duration::from_secs(5)).unwrap();
    assert_eq!(status(), "inProgress");
    sim.run_until_idle();
    assert_eq!(status(), "completed");
    assert!(sim.exists("/Docs (old)/a.txt"));
}

/// Asserts that these members appear in this order.
#[track_caller]
fn in_order(text: &str, members: &[&str]) {
    let mut rest = text;
    for member in members {
        let at = rest
            .find(&format!("\"{member}\":"))
            .unwrap_or_else(|| panic!("no {member} in its place: {text}"));
        rest = &rest[at..];
    }
}

#[test]
fn members_of_responses_have_the_order_of_the_service() {
    let (sim, server) = serve();
    let text = |path: &str| get(&format!("{}{path}", server.url())).text().unwrap();
    in_order(&text("/v1.0/me/drive"), &["@odata.context", "id", "driveType", "name", "owner", "quota"]);
    in_order(
        &text("/v1.0/me/drive/root:/Docs/a.txt"),
        &["id", "name", "size", "createdDateTime", "eTag", "file"],
    );
    in_order(
        &text("/v1.0/me/drive/root:/Docs?$select=size,id,name"),
        &["@odata.context", "id", "name", "size"],
    );
    in_order(&text("/v1.0/me/drive/root:/Docs?$expand=children"), &["id", "name", "children", "name"]);
    in_order(
        &text("/v1.0/me/drive/root:/none"),
        &["error", "code", "message", "innerError", "date", "request-id"],
    );
    in_order(
        &text("/2.0/folders/0"),
        &["type", "id", "etag", "name", "created_at", "size", "item_collection"],
    );
    in_order(
        &text("/2.0/folders/17"),
        &["type", "status", "code", "context_info", "help_url", "message", "request_id"],
    );
    in_order(&text("/2.0/users/me"), &["type", "id", "name", "login", "created_at"]);
    sim.copy("/Docs", "/To", drivesim::CopyOptions::default()).unwrap();
    in_order(&text("/_drivesim/jobs"), &["id", "number", "status", "percentComplete", "pace", "acceptedAt"]);
    in_order(&text("/_drivesim/requests"), &["requests", "number", "method", "status", "more", "lastNumber"]);
}

#[test]
fn drivesim_does_not_change_the_features_of_serde_json() {
    assert_eq!(serde_json::json!({ "b": 1, "a": 2 }).to_string(), r#"{"a":2,"b":1}"#);
    let read: serde_json::Value = serde_json::from_str(r#"{"b":1.10,"a":2}"#).unwrap();
    assert_eq!(read.to_string(), r#"{"a":2,"b":1.1}"#);
}
