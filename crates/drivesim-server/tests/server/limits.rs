//! Tests of the limits of a server, without a port.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use drivesim::{Pace, Sim};
use drivesim_server::{LimitError, Limits, ServerOptions, StartError, router_with};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use serde_json::{Value, json};

use crate::support::TestServer;

const MINE: &str = "drive mine profile=business owner=me\nDocs/\n  a.txt = \"hi\"\nTo/\n";

fn limited(limits: Limits) -> TestServer {
    TestServer::with(Sim::builder().outline(MINE).build().unwrap(), ServerOptions::default().limits(limits))
}

/// A body that counts how often it is polled.
struct CountingBody {
    n_polls: Arc<AtomicUsize>,
    size: Option<u64>,
    pieces: Vec<Result<&'static [u8], &'static str>>,
}

impl CountingBody {
    /// Creates a body with a declared size and the pieces that it yields.
    fn body(size: Option<u64>, pieces: &[Result<&'static [u8], &'static str>]) -> (Body, Arc<AtomicUsize>) {
        let n_polls = Arc::new(AtomicUsize::new(0));
        let pieces = pieces.iter().rev().copied().collect();
        (Body::new(CountingBody { n_polls: n_polls.clone(), size, pieces }), n_polls)
    }
}

impl HttpBody for CountingBody {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        self.n_polls.fetch_add(1, Ordering::Relaxed);
        let piece = self.pieces.pop();
        std::task::Poll::Ready(piece.map(|piece| piece.map(|bytes| Frame::data(Bytes::from_static(bytes)))))
    }

    fn size_hint(&self) -> SizeHint {
        self.size.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

const LONG: Option<u64> = Some(250 << 20);
const PUT: &str = "/v1.0/me/drive/root:/b.txt:/content";

#[test]
fn a_body_is_not_read_before_route_token_and_length_are_checked() {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    let options = ServerOptions::default().token("t", &["Files.ReadWrite"]);
    let wire =
        TestServer::with(sim, options.limits(Limits::default().max_upload(300 << 20).max_outline(1000)));
    const TOKEN: (&str, &str) = ("authorization", "Bearer t");
    type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], u16);
    let cases: [Case; 9] = [
        ("PUT", "/nowhere", &[], 501),
        ("PUT", PUT, &[], 401),
        ("PUT", PUT, &[("authorization", "Bearer other")], 401),
        ("PUT", "/v1.0/me/drive/root:/b.txt:/nonsense", &[TOKEN], 400),
        ("POST", "/v1.0/me/drive/root:/Docs:/copy", &[TOKEN], 413),
        ("PUT", "/v1.0/_upload/0e5a2d3c-0000-5000-8000-000000000000", &[], 404),
        ("PUT", "/_drivesim/nothing", &[], 404),
        ("PUT", "/_drivesim/outline", &[], 413),
        ("POST", "/_drivesim/clock", &[], 413),
    ];
    for (method, url, headers, status) in cases {
        let (body, n_polls) = CountingBody::body(LONG, &[Ok(b"x")]);
        wire.send(method, url, headers, body).expect(status);
        assert_eq!(n_polls.load(Ordering::Relaxed), 0, "{method} {url}");
    }
}

#[test]
fn a_fragment_of_a_session_has_at_most_60_mib() {
    let wire = limited(Limits::default());
    let response = wire.post("/v1.0/me/drive/root:/b.bin:/createUploadSession", &json!({}));
    let url = response.expect(200).json()["uploadUrl"].as_str().unwrap().to_owned();
    let (body, n_polls) = CountingBody::body(Some((60 << 20) + 1), &[Ok(b"x")]);
    wire.put(&url, &[("content-range", "bytes 0-62914560/62914561")], body).expect_error(
        413,
        "invalidRequest",
        "",
    );
    assert_eq!(n_polls.load(Ordering::Relaxed), 0);
}

#[test]
fn a_fragment_with_a_malformed_range_or_a_rejected_token_is_not_read() {
    let drive = "drive mine profile=personal owner=me\n";
    let wire = TestServer::with(Sim::builder().outline(drive).build().unwrap(), ServerOptions::default());
    let response = wire.post("/v1.0/me/drive/root:/b.bin:/createUploadSession", &json!({}));
    let url = response.expect(200).json()["uploadUrl"].as_str().unwrap().to_owned();
    let range = ("content-range", "bytes 0-299999/300000");
    let token = ("authorization", "Bearer t");
    for (headers, status) in
        [(&[][..], 400), (&[("content-range", "bytes 0-299999/*")], 400), (&[range, token], 401)]
    {
        let (body, n_polls) = CountingBody::body(Some(300_000), &[Ok(b"x")]);
        wire.put(&url, headers, body).expect(status);
        assert_eq!(n_polls.load(Ordering::Relaxed), 0, "{headers:?}");
    }
}

#[test]
fn a_short_unneeded_body_is_read_unless_the_client_expects_100_continue() {
    let wire = limited(Limits::default());
    let (body, n_polls) = CountingBody::body(Some(2), &[Ok(b"{}")]);
    wire.send("POST", "/nowhere", &[], body).expect(501);
    assert_eq!(n_polls.load(Ordering::Relaxed), 2);
    let (body, n_polls) = CountingBody::body(Some(2), &[Ok(b"{}")]);
    wire.send("POST", "/nowhere", &[("expect", "100-continue")], body).expect(501);
    assert_eq!(n_polls.load(Ordering::Relaxed), 0);
}

#[test]
fn a_body_is_read_only_up_to_the_limit() {
    let wire = limited(Limits::default().max_upload(4));
    let (body, n_polls) = CountingBody::body(None, &[Ok(b"abc"), Ok(b"def"), Ok(b"ghi")]);
    wire.put(PUT, &[], body).expect_error(413, "invalidRequest", "");
    assert_eq!(n_polls.load(Ordering::Relaxed), 2);
    wire.put(PUT, &[], "abcd").expect(201);
}

#[test]
fn a_broken_body_is_malformed_and_not_too_long() {
    let wire = limited(Limits::default());
    let (body, _) = CountingBody::body(None, &[Ok(b"abc"), Err("broken")]);
    wire.put(PUT, &[], body).expect_error(400, "invalidRequest", "");
    let (body, _) = CountingBody::body(None, &[Err("broken")]);
    let response = wire.send("PUT", "/_drivesim/outline", &[], body).expect(400);
    assert_eq!(response.json()["error"]["code"], "unreadable");
    assert!(!wire.sim.exists("/b.txt"));
}

#[test]
fn outlines_have_their_own_limit() {
    let wire = limited(Limits::default().max_outline(10));
    wire.put("/_drivesim/outline", &[], "0123456789a\n").expect(413);
    wire.put("/_drivesim/outline", &[], "012345678\n").expect(204);
    let wire = limited(Limits::default().max_json(10));
    wire.put("/_drivesim/outline", &[], "0123456789a\n").expect(204);
}

#[test]
fn a_body_above_the_budget_of_all_bodies_fails_with_413() {
    let wire = limited(Limits::default().max_bodies(10));
    wire.put(PUT, &[], "0123456789a").expect_error(413, "invalidRequest", "");
    // The permits of a body are released.
    for _ in 0..3 {
        wire.put(PUT, &[], "0123456789");
    }
    assert!(wire.sim.exists("/b.txt"));
}

/// Returns JSON of one MiB with half a million values.
fn many_values() -> String {
    format!("{{\"name\":[{}0]}}", "0,".repeat((1 << 19) - 20))
}

#[test]
fn json_of_too_many_values_fails_on_each_service_before_it_is_parsed() {
    let outline = format!("{MINE}drive box profile=box owner=user:b\n");
    let wire = TestServer::with(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default())
        .unchecked();
    let json = [("content-type", "application/json")];
    let send = |method: &str, url: &str| wire.send(method, url, &json, many_values()).expect(413).json();
    let graph = send("POST", "/v1.0/me/drive/root/children");
    assert_eq!(graph["error"]["code"], "invalidRequest");
    let direct = send("POST", "/v1.0/drive/root/children");
    assert!(direct["error"]["message"].as_str().unwrap().contains("max_json_values"), "{direct}");
    let box_error = send("POST", "/2.0/folders");
    assert_eq!(box_error["code"], "request_entity_too_large");
    let admin = send("POST", "/_drivesim/clock");
    assert_eq!(admin["error"]["code"], "unreadable");
    for error in [graph, box_error, admin].map(|error| error.to_string()) {
        assert!(error.contains("50000 values") && error.contains("max_json_values"), "{error}");
    }
    wire.post("/v1.0/me/drive/root/children", &json!({ "name": "New", "folder": {} })).expect(201);
}

#[test]
fn the_values_of_a_body_count_towards_the_budget_of_bodies() {
    let outline = format!("{MINE}drive box profile=box owner=user:b\n");
    let limits = Limits::default().max_bodies(20_000);
    let wire = TestServer::with(
        Sim::builder().outline(outline).build().unwrap(),
        ServerOptions::default().limits(limits),
    )
    .unchecked();
    let json = [("content-type", "application/json")];
    let body = || format!("{{\"name\":[{}0]}}", "0,".repeat(1000));
    for (method, url) in
        [("POST", "/v1.0/me/drive/root/children"), ("POST", "/2.0/folders"), ("POST", "/_drivesim/clock")]
    {
        let full = wire.send(method, url, &json, body()).expect(503);
        assert_eq!(full.header("retry-after"), "1", "{url}");
        assert!(full.json().to_string().contains("max_bodies"), "{}", full.json());
    }
    wire.post("/v1.0/me/drive/root/children", &json!({ "name": "New", "folder": {} })).expect(201);
}

#[test]
fn running_jobs_are_limited() {
    let sim = Sim::builder().pace(Pace::Held).outline(MINE).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(Limits::default().max_jobs(2)));
    let copy = |name: &str| wire.post("/v1.0/me/drive/root:/Docs:/copy", &json!({ "name": name }));
    copy("1").expect(202);
    copy("2").expect(202);
    let response = copy("3");
    assert_eq!(response.header("retry-after"), "1");
    response.expect_error(429, "activityLimitReached", "");
    assert_eq!(wire.sim.jobs().len(), 2);
    wire.sim.jobs()[0].step(9).unwrap();
    copy("3").expect(202);
}

#[test]
fn the_number_of_drives_is_limited() {
    let wire = limited(Limits::default().max_drives(2));
    let add = |name: &str| wire.post("/_drivesim/drives", &json!({ "name": name, "profile": "box" }));
    add("x").expect(201);
    let error_body = add("y").expect(409).json();
    assert_eq!(error_body["error"]["code"], "tooManyDrives");
    wire.send("DELETE", "/_drivesim/drives/x", &[], "").expect(204);
    add("y").expect(201);
}

#[test]
fn the_journal_truncates_long_texts_and_records_their_length() {
    let wire = limited(Limits::default());
    let url = format!("/v1.0/{}?q={}", "x".repeat(5000), "é".repeat(1000).replace('é', "%C3%A9"));
    wire.get(&url).expect(501);
    let request = wire.get("/_drivesim/requests").json()["requests"][0].clone();
    let path = request["path"].as_str().unwrap();
    assert_eq!(path, format!("/v1.0/{}… (2958 more bytes)", "x".repeat(2042)));
    let query = request["query"].as_str().unwrap();
    assert!(query.ends_with("… (3954 more bytes)"), "{query}");
}

#[test]
fn the_bytes_of_the_journal_are_limited() {
    let wire = limited(Limits::default().max_journal_bytes(20_000).max_journal_body(0));
    for _ in 0..50 {
        wire.get(&format!("/v1.0/{}", "x".repeat(2000)));
    }
    let requests = wire.get("/_drivesim/requests").json();
    let n_kept = requests["requests"].as_array().unwrap().len();
    assert!((5..10).contains(&n_kept), "{n_kept}");
    assert_eq!(requests["requests"][n_kept - 1]["number"], 50);
    let wire = limited(Limits::default().max_journal_bytes(0));
    wire.get("/v1.0/me/drive").expect(200);
    assert_eq!(wire.get("/_drivesim/requests").json()["requests"], json!([]));
}

#[test]
fn unusable_limits_and_urls_fail_at_the_start() {
    let start = |options: ServerOptions| router_with(Sim::builder().build().unwrap(), options);
    let limits = ServerOptions::default().limits(Limits::default().max_page(0));
    assert!(matches!(start(limits), Err(StartError::Limit(LimitError { limit: "max_page", .. }))));
    let url = ServerOptions::default().public_url("http://me:secret@host");
    assert!(matches!(start(url), Err(StartError::PublicUrl { .. })));
}

const FILES: &str = "drive mine profile=business owner=me\na.bin = 3 KiB\nb.bin = 3 KiB\nc.txt = \"c\"\n";

fn names_and_hashes(wire: &TestServer, url: &str) -> Vec<(String, bool)> {
    let list = wire.get(url).expect(200).json();
    let items = list["value"].as_array().or(list["children"].as_array()).unwrap().iter();
    let is_hashed = |item: &Value| item["file"]["hashes"]["quickXorHash"].is_string();
    items.map(|item| (item["name"].as_str().unwrap().to_owned(), is_hashed(item))).collect()
}

#[test]
fn listings_have_hashes_up_to_the_limit_and_single_items_always() {
    let sim = Sim::builder().outline(FILES).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(Limits::default().max_hashed(4 << 10)))
        .unchecked();
    let expected = [("a.bin", true), ("b.bin", false), ("c.txt", true)];
    let expected = expected.map(|(name, is_hashed)| (name.to_owned(), is_hashed));
    for _ in 0..2 {
        assert_eq!(names_and_hashes(&wire, "/v1.0/me/drive/root/children"), expected);
        assert_eq!(names_and_hashes(&wire, "/v1.0/me/drive/root?$expand=children"), expected);
    }
    let single = wire.get("/v1.0/me/drive/root:/b.bin").expect(200).json();
    assert!(single["file"]["hashes"]["quickXorHash"].is_string(), "{single}");
}

#[test]
fn hashes_are_computed_only_if_selected() {
    // Hashes of the top files would use up the limit, leaving none for the file in the folder.
    let outline = format!("{FILES}in/\n  d.bin = 3 KiB\n");
    let sim = Sim::builder().outline(outline).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(Limits::default().max_hashed(4 << 10)))
        .unchecked();
    let root = "/v1.0/me/drive/root/children";
    let list = wire.get(&format!("{root}?$select=name,size&$expand=children($select=name,file)")).json();
    let items = list["value"].as_array().unwrap();
    let named = |name: &str| items.iter().find(|item| item["name"] == name).unwrap();
    assert_eq!(named("a.bin"), &json!({ "name": "a.bin", "size": 3072 }));
    assert!(named("in")["children"][0]["file"]["hashes"].is_object(), "{list}");
    let list = wire.get(&format!("{root}?$expand=children($select=name,file)")).json();
    let items = list["value"].as_array().unwrap();
    let folder = items.iter().find(|item| item["name"] == "in").unwrap();
    assert!(folder["children"][0]["file"]["hashes"].is_null(), "{list}");
}

/// Collects the names on a page, those in folders as `folder/name`, and the links to further pages.
fn collect(page: &Value, key: &str, above: &str, names: &mut Vec<String>, links: &mut Vec<(String, String)>) {
    for item in page[key].as_array().unwrap() {
        let name = format!("{above}{}", item["name"].as_str().unwrap());
        names.push(name.clone());
        if item["children"].is_array() {
            collect(item, "children", &format!("{name}/"), names, links);
        }
    }
    let link = if key == "value" { "@odata.nextLink" } else { "children@odata.nextLink" };
    if let Some(link) = page[link].as_str() {
        links.push((link.to_owned(), above.to_owned()));
    }
}

#[test]
fn a_page_with_expanded_children_is_truncated_and_its_links_lead_to_every_item_once() {
    let folder = |n: usize| {
        let files = (0..n).map(|file| format!("  file {file}.txt = {file} B\n"));
        format!("Folder {n}/\n{}", files.collect::<String>())
    };
    let outline = format!("{MINE}drive many profile=business\n{}", (0..40).map(folder).collect::<String>());
    let mut expected: Vec<String> = Vec::new();
    for n in 0..40 {
        expected.push(format!("Folder {n}"));
        expected.extend((0..n).map(|file| format!("Folder {n}/file {file}.txt")));
    }
    expected.sort();
    for (limit, query) in [
        (16 << 10, "$top=1000&$expand=children"),
        (4 << 10, "$expand=children($select=name)"),
        (4 << 10, "$top=7&$expand=children($top=5)"),
        (16 << 10, "$select=name,folder&$expand=thumbnails,children($orderby=name)"),
        (32 << 20, "$top=1000&$expand=children"),
    ] {
        let sim = Sim::builder().outline(&outline).build().unwrap();
        let limits = Limits::default().max_answer(limit);
        let wire = TestServer::with(sim, ServerOptions::default().limits(limits));
        let (mut names, mut n_pages) = (Vec::new(), 0);
        let mut links = vec![(format!("/v1.0/drives/many/root/children?{query}"), String::new())];
        while let Some((link, above)) = links.pop() {
            let response = wire.get(&link.replace(' ', "%20")).expect(200);
            // The first item is always included, and a link follows.
            assert!(response.body.len() < limit + 3000, "{link}: {}", response.body.len());
            collect(&response.json(), "value", &above, &mut names, &mut links);
            n_pages += 1;
        }
        names.sort();
        assert_eq!(names, expected, "{query}");
        let is_single_page = limit == 32 << 20;
        assert!(if is_single_page { n_pages == 1 } else { n_pages > 10 }, "{query}: {n_pages}");
    }
}

#[test]
fn an_item_with_expanded_children_is_within_the_limit() {
    let files: String = (0..100).map(|file| format!("  file {file}.txt\n")).collect();
    let sim = Sim::builder().outline(format!("drive mine profile=business owner=me\nDocs/\n{files}")).build();
    let limits = Limits::default().max_answer(8 << 10);
    let wire = TestServer::with(sim.unwrap(), ServerOptions::default().limits(limits));
    let docs = wire.get("/v1.0/me/drive/root:/Docs?$expand=children").expect(200);
    assert!(docs.body.len() < 10 << 10, "{}", docs.body.len());
    let (mut names, mut links) = (Vec::new(), Vec::new());
    collect(&docs.json(), "children", "", &mut names, &mut links);
    assert!(names.len() < 100 && links.len() == 1);
    while let Some((link, _)) = links.pop() {
        collect(&wire.get(&link).expect(200).json(), "value", "", &mut names, &mut links);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 100);
}

/// Returns an outline of Box with files deep in folders, so that each path has many bytes.
fn deep() -> String {
    let folders: String = (0..60).map(|depth| format!("{}level {depth}/\n", "  ".repeat(depth))).collect();
    let files: String = (0..50).map(|file| format!("{}needle {file:02}.txt\n", "  ".repeat(60))).collect();
    format!("drive box profile=box owner=user:b\n{folders}{files}")
}

#[test]
fn lists_of_box_are_truncated_and_can_be_continued() {
    let sim = Sim::builder().outline(deep()).build().unwrap();
    let path: String = (0..60).map(|depth| format!("/level {depth}")).collect();
    let limits = Limits::default().max_answer(64 << 10);
    let wire = TestServer::with(sim.clone(), ServerOptions::default().limits(limits)).unchecked();
    // The wire id of the folder.
    let found = wire.get("/2.0/search?query=needle&limit=1&fields=parent").expect(200).json();
    let folder = found["entries"][0]["parent"]["id"].as_str().unwrap();
    let names = |page: &Value| -> Vec<String> {
        let entries = page["entries"].as_array().unwrap().iter();
        entries.map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    let expected: Vec<String> = (0..50).map(|file| format!("needle {file:02}.txt")).collect();
    let listing = format!("/2.0/folders/{folder}/items?limit=1000");
    for list in [
        format!("{listing}&fields=name,path_collection"),
        format!("{listing}&fields=name,path_collection&sort=date"),
        "/2.0/search?query=needle&limit=200".to_owned(),
    ] {
        let (mut all, mut offset, mut n_pages) = (Vec::new(), 0, 0);
        loop {
            let response = wire.get(&format!("{list}&offset={offset}")).expect(200);
            assert!(response.body.len() < 80 << 10, "{}", response.body.len());
            let page = response.json();
            assert_eq!((&page["offset"], &page["total_count"]), (&json!(offset), &json!(50)), "{list}");
            all.extend(names(&page));
            n_pages += 1;
            // The guide to offset-based pagination adds the returned limit.
            offset += page["limit"].as_u64().unwrap();
            if offset >= page["total_count"].as_u64().unwrap() {
                break;
            }
        }
        assert_eq!(all, expected, "{list}");
        assert!(n_pages > 3, "{list}: {n_pages}");
    }
    for sort in ["", "&sort=size"] {
        let list = format!("{listing}&usemarker=true&fields=name,path_collection{sort}");
        let (mut all, mut marker) = (Vec::new(), String::new());
        loop {
            let page = wire.get(&format!("{list}&marker={marker}")).expect(200).json();
            assert_eq!(page["limit"], 1000);
            all.extend(names(&page));
            let Some(next) = page["next_marker"].as_str() else { break };
            marker = next.to_owned();
        }
        assert_eq!(all, expected, "{sort}");
    }
    for file in &expected {
        sim.delete(format!("{path}/{file}").as_str()).unwrap();
    }
    let whole = wire.get("/2.0/folders/trash/items?limit=1000").expect(200).json();
    assert_eq!((names(&whole), &whole["limit"]), (expected, &json!(1000)));
}

/// Sends requests to a router and keeps the responses unread.
struct UnreadResponses {
    router: axum::Router,
    responses: Vec<axum::response::Response>,
}

impl UnreadResponses {
    fn of(limits: Limits) -> UnreadResponses {
        let files: String = (0..200).map(|file| format!("file {file:03}.txt\n")).collect();
        let outline = format!(
            "drive mine profile=business owner=me\n{files}in/\n  a.txt\ndrive box profile=box owner=user:b\n{files}"
        );
        let sim = Sim::builder().outline(outline).build().unwrap();
        let router = router_with(sim, ServerOptions::default().limits(limits)).unwrap();
        UnreadResponses { router, responses: Vec::new() }
    }

    /// Requests a content and returns the target of the redirect.
    fn redirected(&self, url: &str) -> String {
        let request = axum::http::Request::builder().uri(url).header("host", "host");
        let request = request.body(Body::empty()).unwrap();
        let response = pollster::block_on(tower::ServiceExt::oneshot(self.router.clone(), request)).unwrap();
        assert_eq!(response.status().as_u16(), 302, "{url}");
        let location = response.headers()["location"].to_str().unwrap();
        location.strip_prefix("http://host").unwrap_or(location).to_owned()
    }

    /// Sends a request and keeps the response if its status is 200. Otherwise returns the status, the body and whether
    /// there is a `Retry-After`.
    fn ask(&mut self, method: &str, url: &str, body: &str) -> (u16, Value, bool) {
        let request = axum::http::Request::builder().method(method).uri(url).header("host", "host");
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = pollster::block_on(tower::ServiceExt::oneshot(self.router.clone(), request)).unwrap();
        let status = response.status().as_u16();
        if status == 200 {
            self.responses.push(response);
            return (status, Value::Null, false);
        }
        let has_retry_after = response.headers().contains_key("retry-after");
        let body = pollster::block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default(), has_retry_after)
    }
}

#[test]
fn responses_count_until_their_last_byte_is_read() {
    let mut unread = UnreadResponses::of(Limits::default().max_answers(1 << 20));
    let list = "/v1.0/me/drive/root/children";
    let n_held = (0..1000).take_while(|_| unread.ask("GET", list, "").0 == 200).count();
    assert!((2..10).contains(&n_held), "{n_held}");
    let lists = [list, "/v1.0/me/drive/root?$expand=children", "/2.0/folders/0/items?limit=1000"];
    for (url, code) in lists.into_iter().zip(["/error/code", "/error/code", "/code"]) {
        let body = (0..100).map(|_| unread.ask("GET", url, "")).find(|(status, ..)| *status != 200);
        let (status, body, has_retry_after) = body.unwrap();
        let code = body.pointer(code).and_then(Value::as_str).unwrap_or_default();
        assert!(["serviceNotAvailable", "unavailable"].contains(&code), "{body}");
        assert!(body.to_string().contains("max_answers allows 1048576 bytes"), "{body}");
        assert_eq!((status, has_retry_after), (503, true), "{url}");
    }
    // Short responses are not counted, and a change whose response exceeds the budget is not made.
    assert_eq!(unread.ask("GET", "/v1.0/me/drive", "").0, 200);
    assert_eq!(unread.ask("GET", "/_drivesim/health", "").0, 200);
    let changed = unread.ask("PATCH", "/v1.0/me/drive/root:/in?$expand=children", "{\"description\":\"d\"}");
    assert_eq!((changed.0, changed.2), (503, true));
    unread.responses.clear();
    assert_eq!(unread.ask("GET", list, "").0, 200);
}

#[test]
fn deleted_files_that_are_still_being_sent_are_limited() {
    let mut unread = UnreadResponses::of(Limits::default());
    let outline = "drive mine profile=business owner=me\ndrive box profile=box\n";
    let sim = Sim::builder().outline(outline).build().unwrap();
    let limits = Limits::default().max_content(1 << 20);
    unread.router = router_with(sim.clone(), ServerOptions::default().limits(limits)).unwrap();
    let content = "/v1.0/me/drive/root:/a.bin:/content";
    let read = |unread: &mut UnreadResponses| {
        let url = unread.redirected(content);
        unread.ask("GET", &url, "").0
    };
    let put = |unread: &mut UnreadResponses| unread.ask("PUT", content, &"x".repeat(400_000)).0;
    // All responses share the content.
    assert_eq!(put(&mut unread), 201);
    assert!((0..10).all(|_| read(&mut unread) == 200));
    for expected in [200, 503] {
        assert_eq!(unread.ask("POST", "/v1.0/me/drive/root:/a.bin:/permanentDelete", "").0, 204);
        assert_eq!(put(&mut unread), 201);
        assert_eq!(read(&mut unread), expected);
    }
    let url = unread.redirected(content);
    let (status, body, has_retry_after) = unread.ask("GET", &url, "");
    assert_eq!((status, has_retry_after), (503, true));
    assert!(body.to_string().contains("max_content allows 1048576 bytes"), "{body}");
    // Also with an error of Box.
    sim.write(sim.drive("box").unwrap().at("/b.bin"), vec![7; 500_000]).unwrap();
    let collect = TestServer::with(sim, ServerOptions::default())
        .unchecked()
        .get("/2.0/folders/0/items")
        .expect(200)
        .json();
    let id = collect["entries"][0]["id"].as_str().unwrap().to_owned();
    let url = unread.redirected(&format!("/2.0/files/{id}/content"));
    let (status, body, has_retry_after) = unread.ask("GET", &url, "");
    assert_eq!((status, &body["code"], has_retry_after), (503, &json!("unavailable"), true), "{body}");
    // Small files and HEAD succeed, and dropped responses release their bytes.
    assert_eq!(unread.ask("HEAD", &url, "").0, 200);
    assert_eq!(unread.ask("PUT", "/v1.0/me/drive/root:/small.txt:/content", "hi").0, 201);
    let small = unread.redirected("/v1.0/me/drive/root:/small.txt:/content");
    assert_eq!(unread.ask("GET", &small, "").0, 200);
    unread.responses.clear();
    assert_eq!(read(&mut unread), 200);
}

#[test]
fn a_long_outline_is_streamed_while_it_is_printed() {
    let files: String = (0..20_000).map(|file| format!("file number {file:05}.txt\n")).collect();
    let outline = format!("drive mine profile=business owner=me\n{files}");
    let sim = Sim::builder().outline(&outline).build().unwrap();
    let wire = TestServer::with(
        sim.clone(),
        ServerOptions::default().limits(Limits::default().max_answers(1 << 20)),
    );
    let whole = wire.get("/_drivesim/outline").expect(200);
    assert!(whole.body == outline.as_bytes(), "{}", String::from_utf8_lossy(&whole.body[..100]));
    assert!(!whole.headers.contains_key("content-length"), "{:?}", whole.headers);
    let head = wire.send("HEAD", "/_drivesim/outline", &[], "").expect(200);
    assert_eq!((head.body.len(), head.header("content-type")), (0, "text/plain; charset=utf-8"));

    let mut unread = UnreadResponses::of(Limits::default());
    unread.router = router_with(sim.clone(), ServerOptions::default()).unwrap();
    for _ in 0..16 {
        assert_eq!(unread.ask("GET", "/_drivesim/outline", "").0, 200);
    }
    let (status, error, has_retry_after) = unread.ask("GET", "/_drivesim/outline", "");
    assert_eq!((status, &error["error"]["code"], has_retry_after), (503, &json!("busy"), true));
    sim.delete("/file number 19999.txt").unwrap();
    let first = unread.responses.pop().unwrap().into_body();
    let first = pollster::block_on(axum::body::to_bytes(first, usize::MAX)).unwrap();
    assert!(first == outline.as_bytes(), "the outline is that of the time of the request");
    // A dropped response releases its place, however much of it was read.
    unread.responses.pop();
    for _ in 0..2 {
        assert_eq!(unread.ask("GET", "/_drivesim/outline", "").0, 200);
    }
}

/// Serves a drive of Box with nested folders and returns the id of the innermost.
fn deep_in_box(limits: Limits) -> (TestServer, String) {
    let mut outline = String::from("drive box profile=box owner=user:b\n");
    for depth in 0..1000 {
        outline.push_str(&format!("{}{}/\n", "  ".repeat(depth), if depth == 999 { "last" } else { "f" }));
    }
    outline.push_str("a.txt = \"a\"\n");
    let sim = Sim::builder().pace(Pace::Instant).outline(outline).build().unwrap();
    let wire = TestServer::with(sim, ServerOptions::default().limits(limits)).unchecked();
    let found = wire.get("/2.0/search?query=last&fields=id").expect(200).json();
    let id = found["entries"][0]["id"].as_str().unwrap().to_owned();
    (wire, id)
}

#[test]
fn a_response_to_a_change_counts_with_its_length_not_its_buffer() {
    let (wire, id) = deep_in_box(Limits::default());
    let mut unread = UnreadResponses::of(Limits::default());
    unread.router = router_with(wire.sim.clone(), ServerOptions::default()).unwrap();
    let url = format!("/2.0/folders/{id}");
    assert_eq!(unread.ask("PUT", &url, "{\"description\":\"d\"}").0, 200);
    let n_bytes = unread.responses[0].body().size_hint().exact().unwrap();
    assert!(n_bytes > 64 << 10, "{n_bytes}");
    assert_eq!(unread.ask("GET", "/_drivesim/health", "").0, 200);
    let health = unread.responses.pop().unwrap().into_body();
    let health = pollster::block_on(axum::body::to_bytes(health, usize::MAX)).unwrap();
    let health: Value = serde_json::from_slice(&health).unwrap();
    assert_eq!(health["held"]["answers"]["bytes"], n_bytes);
}

/// Method, URL, headers and body.
type Change<'a> = (&'a str, String, &'a [(&'a str, &'a str)], String);

#[test]
fn a_change_whose_response_exceeds_the_budget_fails_and_changes_nothing() {
    let file = |wire: &TestServer| {
        let list = wire.get("/2.0/folders/0/items").expect(200).json();
        let entries = list["entries"].as_array().unwrap().clone();
        entries.iter().find(|entry| entry["name"] == "a.txt").unwrap()["id"].as_str().unwrap().to_owned()
    };
    for (limits, status) in [
        (Limits::default().max_answers(90_000), 503),
        (Limits::default().max_answer(80_000), 413),
        (Limits::default(), 200),
    ] {
        let (wire, id) = deep_in_box(limits);
        let parent = json!({ "id": id });
        let before = wire.sim.outline();
        let json = [("content-type", "application/json")];
        let form = [("content-type", "multipart/form-data; boundary=x")];
        let upload = format!(
            "--x\r\ncontent-disposition: form-data; name=\"attributes\"\r\n\r\n{}\r\n--x\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nnew\r\n--x--\r\n",
            json!({ "name": "new", "parent": parent })
        );
        let copy = format!("/2.0/files/{}/copy", file(&wire));
        let changes: [Change<'_>; 5] = [
            ("PUT", format!("/2.0/folders/{id}"), &json, json!({ "description": "d" }).to_string()),
            ("POST", "/2.0/folders".to_owned(), &json, json!({ "name": "n", "parent": parent }).to_string()),
            ("POST", copy, &json, json!({ "parent": parent }).to_string()),
            ("POST", "/api/2.0/files/content".to_owned(), &form, upload),
            (
                "PUT",
                format!("/2.0/files/{}", file(&wire)),
                &json,
                json!({ "name": "moved", "parent": parent }).to_string(),
            ),
        ];
        for (method, url, headers, body) in changes {
            let response = wire.send(method, &url, headers, body.clone());
            if status == 200 {
                assert!(response.status.is_success() && response.body.len() > 64 << 10, "{response:?}");
                continue;
            }
            let response = response.expect(status);
            assert!(response.json().to_string().contains("max_answer"), "{response:?}");
            assert_eq!(wire.sim.outline(), before, "{method} {url}");
            if method == "PUT" && url.contains("folders") {
                // A response without the path needs no permit for it.
                wire.send(method, &format!("{url}?fields=id"), headers, json!({}).to_string()).expect(200);
            }
        }
    }
}

#[test]
fn unread_responses_block_changes_and_stay_within_the_limit() {
    let files: String = (0..300).map(|n| format!("  f{n}.txt\n")).collect();
    let outline = format!("drive mine profile=business owner=me\nDocs/\n{files}gone.txt\n");
    let sim = Sim::builder().outline(outline).build().unwrap();
    let limits = Limits::default().max_answers(1 << 20);
    let router = router_with(sim.clone(), ServerOptions::default().limits(limits)).unwrap();
    let send = |method: &str, url: &str, body: &str| {
        let request = axum::http::Request::builder().method(method).uri(url).header("host", "localhost");
        let request = request.header("content-type", "application/json").body(Body::from(body.to_owned()));
        pollster::block_on(tower::ServiceExt::oneshot(router.clone(), request.unwrap())).unwrap()
    };
    let n_held = || {
        let health = send("GET", "/_drivesim/health", "");
        let health = pollster::block_on(axum::body::to_bytes(health.into_body(), usize::MAX)).unwrap();
        let health: Value = serde_json::from_slice(&health).unwrap();
        health["held"]["answers"]["bytes"].as_u64().unwrap()
    };
    let expanded = "/v1.0/me/drive/root:/Docs?$expand=children($top=300)";
    let (mut unread, mut n_changes) = (Vec::new(), 0);
    let rejected = loop {
        let name = format!("description {n_changes}");
        let response = send("PATCH", expanded, &json!({ "description": name }).to_string());
        assert!(n_held() <= 1 << 20, "{}", n_held());
        if response.status() != 200 {
            break response;
        }
        n_changes += 1;
        unread.push(response);
    };
    assert_eq!(
        (rejected.status().as_u16(), &rejected.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert!(n_changes > 1, "{n_changes}");
    let description = || sim.item("/Docs").unwrap().description.clone().unwrap();
    assert_eq!(&*description(), format!("description {}", n_changes - 1));
    // Listings use up the rest, and then all changes fail, except deletions, whose responses have no body.
    while n_held() < (1 << 20) - (40 << 10) {
        let list = send("GET", "/v1.0/me/drive/root:/Docs:/children?$top=30", "");
        assert_eq!(list.status(), 200);
        unread.push(list);
    }
    let patch = |url: &str| send("PATCH", url, "{\"description\":\"other\"}").status().as_u16();
    assert_eq!(patch("/v1.0/me/drive/root:/Docs"), 503);
    assert_eq!(&*description(), format!("description {}", n_changes - 1));
    assert_eq!(send("DELETE", "/v1.0/me/drive/root:/gone.txt", "").status(), 204);
    drop(unread);
    assert_eq!((patch(expanded), n_held()), (200, 0));
}

#[test]
fn a_long_description_needs_a_permit_before_the_item_changes() {
    let outline =
        format!("drive mine profile=business owner=me\na.txt # description=\"{}\"\n", "d".repeat(100_000));
    let sim = Sim::builder().outline(outline).build().unwrap();
    let limits = Limits::default().max_answers(90_000);
    let wire = TestServer::with(sim, ServerOptions::default().limits(limits)).unchecked();
    let patch = |name: &str| {
        let json = [("content-type", "application/json")];
        wire.send("PATCH", "/v1.0/me/drive/root:/a.txt", &json, json!({ "name": name }).to_string())
    };
    patch("b.txt").expect(503);
    wire.put("/v1.0/me/drive/root:/a.txt:/content", &[], "other").expect(503);
    assert!(wire.sim.exists("/a.txt") && wire.sim.item("/a.txt").unwrap().size == 0);
}
