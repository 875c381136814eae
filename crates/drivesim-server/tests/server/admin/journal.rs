//! Tests of the journal in the admin API: requests and responses, what monitors reported, and the true state of jobs.

use axum::body::Body;
use axum::http::Request;
use drivesim::Sim;
use drivesim_server::{Limits, ServerOptions};
use serde_json::{Value, json};

use crate::admin::{MINE, TestServer, server_with_held_copies};

fn requests(server: &TestServer, query: &str) -> Vec<Value> {
    server.get(&format!("requests{query}")).json()["requests"].as_array().unwrap().clone()
}

#[test]
fn requests_are_kept_with_their_job() {
    let server = server_with_held_copies();
    assert_eq!(requests(&server, ""), Vec::<Value>::new());
    let monitor = server.copy("/Docs", "Copy");
    server.get("jobs");
    server.post("jobs/1/step", "{\"items\":1}");
    server.send_json("GET", &monitor, "");
    server.send_json("GET", "/nowhere/%C3%A4?x=%20", "");
    server.send_json("GET", "/v1.0/me/drive/root:/%ff", "");
    let job = server.get("jobs/1").json()["id"].clone();
    let at = "2024-01-01T00:00:00Z";
    let mut all = requests(&server, "");
    for request in &mut all {
        for message in ["request", "response"] {
            assert!(request.as_object_mut().unwrap().remove(message).unwrap()["headers"].is_object());
        }
    }
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
fn the_journal_has_the_error_of_a_failed_job() {
    let server = server_with_held_copies();
    let monitor = server.copy("/Docs", "Copy");
    server.send_admin("PUT", "outline", "");
    server.post("jobs/1/step", "{\"items\":1}");
    server.send_json("GET", &monitor, "");
    let last = requests(&server, "?since=1")[0].clone();
    assert_eq!((&last["told"]["status"], &last["true"]["status"]), (&"failed".into(), &"failed".into()));
    assert_eq!(
        last["true"]["error"],
        json!({ "code": "itemNotFound", "message": "\"/Docs\" does not exist" })
    );
    assert!(last["told"]["error"].is_object());
}

#[test]
fn the_journal_can_be_read_in_parts() {
    let server = server_with_held_copies();
    for _ in 0..5 {
        server.send_json("GET", "/v1.0/me/drive", "");
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
        assert_eq!(
            server.get(&format!("requests{query}")).status_and_code(),
            (400, "badRequest".to_owned()),
            "{query}"
        );
    }
}

#[test]
fn the_oldest_requests_are_dropped_when_there_are_too_many() {
    let mut limits = Limits::default();
    limits.max_journal = 3;
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let server = TestServer::with(sim, ServerOptions::default().limits(limits));
    for _ in 0..5 {
        server.send_json("GET", "/v1.0/me/drive", "");
    }
    let entries = requests(&server, "");
    assert_eq!((entries.len(), &entries[0]["number"]), (3, &3.into()));
}

/// Sends a request and returns its entry in the journal.
fn journal_entry(
    server: &TestServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Value {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    server.send_bytes(request.body(body.into()).unwrap());
    requests(server, "").pop().unwrap()
}

#[test]
fn headers_and_bodies_of_request_and_response_are_kept() {
    let server = server_with_held_copies();
    let body = "{\"name\":\"Neu\",\"folder\":{}}";
    let headers = [("content-type", "application/json"), ("prefer", "a"), ("prefer", "b"), ("X-Test", "y")];
    let request = journal_entry(&server, "POST", "/v1.0/me/drive/root/children", &headers, body);
    assert_eq!(
        request["request"],
        json!({
            "headers": { "content-type": "application/json", "prefer": "a, b", "x-test": "y" },
            "hasAllHeaders": true,
            "body": body,
            "encoding": "utf-8",
            "hasWholeBody": true,
            "size": body.len(),
        })
    );
    let response = &request["response"];
    assert_eq!(response["headers"]["content-type"], "application/json");
    assert!(response["headers"]["request-id"].is_string(), "{response}");
    let item: Value = serde_json::from_str(response["body"].as_str().unwrap()).unwrap();
    assert_eq!((&item["name"], &request["status"]), (&"Neu".into(), &201.into()));
    assert_eq!(response["size"], response["body"].as_str().unwrap().len());
    // Without a body, and rejected before the body was read.
    let request = journal_entry(&server, "DELETE", "/v1.0/me/drive/root:/Neu", &[], "");
    assert_eq!((&request["request"]["body"], &request["response"]["body"]), (&"".into(), &"".into()));
    let request = journal_entry(&server, "GET", "/v1.0/nowhere", &[("x-a", "1")], "text");
    assert_eq!(
        (&request["request"]["body"], &request["request"]["headers"]["x-a"]),
        (&"".into(), &"1".into())
    );
    assert!(request["response"]["body"].as_str().unwrap().contains("drivesim routes"), "{request}");
}

#[test]
fn long_bodies_are_truncated_and_binary_ones_are_in_base64() {
    let outline = format!("{MINE}  big.bin = 1 MiB\n");
    let limits = Limits::default().max_journal_body(100);
    let server = TestServer::with(
        Sim::builder().outline(outline).build().unwrap(),
        ServerOptions::default().limits(limits),
    );
    let request = journal_entry(&server, "PUT", "/v1.0/me/drive/root:/n.txt:/content", &[], "é".repeat(75));
    assert_eq!(
        (&request["request"]["size"], &request["request"]["hasWholeBody"]),
        (&150.into(), &false.into())
    );
    assert_eq!(request["request"]["body"], "é".repeat(50));
    assert_eq!(request["response"]["body"].as_str().unwrap().len(), 100);
    let request = journal_entry(&server, "PUT", "/v1.0/me/drive/root:/b.bin:/content", &[], vec![0xff, 0x00]);
    assert_eq!(
        (&request["request"]["body"], &request["request"]["encoding"]),
        (&"/wA=".into(), &"base64".into())
    );
    let long = "x".repeat(95);
    let request =
        journal_entry(&server, "GET", "/v1.0/me/drive", &[("a", "1"), ("long", &long), ("z", "1")], "");
    let message = &request["request"];
    assert_eq!((&message["headers"], &message["hasAllHeaders"]), (&json!({ "a": "1" }), &false.into()));
    // The content of a file is generated only up to the limit.
    let url = journal_entry(&server, "GET", "/v1.0/me/drive/root:/Docs/big.bin:/content", &[], "");
    let url = url["response"]["headers"]["location"].as_str().unwrap().to_owned();
    let request = journal_entry(&server, "GET", url.strip_prefix("http://localhost").unwrap(), &[], "");
    assert_eq!(request["response"]["size"], 1 << 20);
    assert_eq!(request["response"]["hasWholeBody"], false);
    let request = journal_entry(&server, "HEAD", url.strip_prefix("http://localhost").unwrap(), &[], "");
    assert_eq!((&request["response"]["size"], &request["response"]["body"]), (&0.into(), &"".into()));
}

#[test]
fn a_journal_without_bodies_keeps_the_rest() {
    let limits = Limits::default().max_journal_body(0);
    let server = TestServer::with(
        Sim::builder().outline(MINE).build().unwrap(),
        ServerOptions::default().limits(limits),
    );
    let request =
        journal_entry(&server, "PUT", "/v1.0/me/drive/root:/n.txt:/content", &[("x-a", "1")], "hello");
    let message = json!({
        "headers": {}, "hasAllHeaders": true, "body": "", "encoding": "utf-8", "hasWholeBody": false, "size": 5,
    });
    assert_eq!(request["request"]["size"], message["size"]);
    assert_eq!((&request["request"]["body"], &request["status"]), (&message["body"], &201.into()));
}

#[test]
fn secrets_are_masked_in_headers_queries_and_bodies() {
    let server = TestServer::from_builder(Sim::builder().outline("drive vault profile=box\na.txt = 1 B\n"));
    let form = "grant_type=client_credentials&client_id=me&client_secret=hush1&box_subject_type=user&box_subject_id=1";
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", "Bearer hush2"),
        ("cookie", "session=hush3"),
    ];
    let request = journal_entry(&server, "POST", "/oauth2/token?access_token=hush5", &headers, form);
    assert_eq!(request["status"], 200, "{request}");
    let response: Value = serde_json::from_str(request["response"]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&response["access_token"], &response["token_type"]), (&"***".into(), &"bearer".into()));
    assert_eq!(request["query"], "access_token=***");
    assert_eq!(request["request"]["headers"]["authorization"], "Bearer ***");
    let request_body = request["request"]["body"].as_str().unwrap();
    assert!(request_body.contains("client_id=me&client_secret=***&box_subject_type=user"), "{request_body}");
    assert!(!request.to_string().contains("hush"), "{request}");
    let shared = [("boxapi", "shared_link=http://x&shared_link_password=hush4")];
    let request = journal_entry(&server, "GET", "/2.0/folders/0", &shared, "");
    assert_eq!(request["request"]["headers"]["boxapi"], "shared_link=http://x&shared_link_password=***");
    let form = "grant_type=refresh_token&refresh_token=hush1&client_secret=hush2&client_id=x";
    let request = journal_entry(&server, "POST", "/oauth2/token", &headers, form);
    assert!(!request.to_string().contains("hush"), "{request}");
    let request = journal_entry(
        &server,
        "POST",
        "/oauth2/revoke",
        &headers,
        "token=hush1&client_secret=hush2&client_id=x",
    );
    assert!(!request.to_string().contains("hush"), "{request}");
}

#[test]
fn bodies_count_towards_the_bytes_of_the_journal() {
    let limits = Limits::default().max_journal_bytes(100_000);
    let server = TestServer::with(
        Sim::builder().outline(MINE).build().unwrap(),
        ServerOptions::default().limits(limits),
    );
    for _ in 0..20 {
        journal_entry(&server, "PUT", "/v1.0/me/drive/root:/n.txt:/content", &[], vec![b'x'; 100_000]);
    }
    // An entry has 16 KiB of the request body and some KiB of the response.
    let n_kept = requests(&server, "").len();
    assert!((3..6).contains(&n_kept), "{n_kept}");
}

#[test]
fn the_journal_can_be_read_in_rust() {
    let sim = Sim::builder().pace(drivesim::Pace::Held).outline(MINE).build().unwrap();
    let server = drivesim_server::Server::start(sim.clone()).unwrap();
    assert_eq!(server.requests(), []);
    let debug_text = format!("{server:?}");
    assert!(debug_text.len() < 100 && debug_text.contains("127.0.0.1"), "{debug_text}");
    let job = sim.copy("/Docs", "/", drivesim::CopyOptions::named("Copy")).unwrap();
    job.step(1).unwrap();
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    let head =
        format!("GET /_api/v2.0/monitor/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", job.id());
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    std::io::Read::read_to_string(&mut stream, &mut String::new()).unwrap();
    let requests = server.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((request.number, request.status, request.job), (1, 200, Some(job.id())));
    assert_eq!(request.dialect, Some("sharepoint"));
    assert_eq!(request.truth, Some(job.report()));
    assert_eq!(request.request.header("host").as_deref(), Some("x"));
    assert!(request.response.text().unwrap().contains("\"percentComplete\":50.0"), "{request:?}");
    assert!(request.response.has_whole_body && request.request.body.is_empty());
}

#[test]
fn the_journal_has_no_requests_to_the_admin_api() {
    let (quiet, busy) = (server_with_held_copies(), server_with_held_copies());
    busy.get("jobs");
    busy.get("nothing");
    let id =
        |server: &TestServer| server.send_json("GET", "/v1.0/me/drive", "").headers["request-id"].clone();
    assert_eq!(id(&quiet), id(&busy));
}
