//! Sends the requests of a table to a drive of Box and checks the responses.

use std::collections::BTreeSet;

use drivesim::outline::Detail;
use serde_json::{Value, json};

use crate::box_api::support::{Response, TestServer};

/// A request, the expected response, and the source of the rule.
pub struct Row {
    /// Method, URL and JSON. `{file}` is the id of `a.txt`, `{folder}` that of `Docs`, `{version}` that of the past
    /// version of `a.txt`.
    pub request: &'static str,
    pub status: u16,
    /// For an error: its code and the parameter that it names. For a success: what the journal lists as ignored.
    pub expected: &'static str,
    pub source: &'static str,
}

/// Creates a row.
pub const fn row(request: &'static str, status: u16, expected: &'static str, source: &'static str) -> Row {
    Row { request, status, expected, source }
}

/// The items of the drive.
pub const FIXTURE: &str = "a.txt = \"hello\"\nDocs/\n  b.txt = \"b\"\n";

/// Serves the drive that all rows are sent to.
pub fn serve_fixture() -> TestServer {
    let wire = TestServer::new(FIXTURE);
    wire.sim.write("/a.txt", "hello again").unwrap();
    wire
}

/// Sends each row to a new drive. A failed request must not change the drive.
#[track_caller]
pub fn check(rows: &[Row]) {
    let mut seen = BTreeSet::new();
    for row in rows {
        assert!(
            !row.source.is_empty() && seen.insert(row.request),
            "{} has no source or is a duplicate",
            row.request
        );
        let wire = serve_fixture();
        let before = wire.sim.outline_with(Detail::Attributes).unwrap();
        let answer = send(&wire, row.request);
        let (status, outcome) = (answer.status.as_u16(), outcome(&wire, &answer));
        assert_eq!((status, outcome.as_str()), (row.status, row.expected), "{}: {answer:?}", row.request);
        if status >= 400 {
            assert_eq!(wire.sim.outline_with(Detail::Attributes).unwrap(), before, "{}", row.request);
        }
    }
}

/// Sends a request given as text: a method, a URL and optional JSON. A POST to `…/content` gets a multipart body.
#[track_caller]
pub fn send(wire: &TestServer, request: &str) -> Response {
    let (method, rest) = request.split_once(' ').unwrap();
    let (url, body) = rest.split_once(' ').unwrap_or((rest, ""));
    let (url, body) = (fill_placeholders(wire, url), fill_placeholders(wire, body));
    if method == "POST" && url.ends_with("/content") {
        return wire.upload_text(&url, &body, "x");
    }
    let headers = [("content-type", "application/json")];
    wire.send(method, &url, &headers[..usize::from(!body.is_empty())], body)
}

/// Replaces the placeholders by ids.
fn fill_placeholders(wire: &TestServer, text: &str) -> String {
    let text = text.replace("{file}", &wire.id("a.txt")).replace("{folder}", &wire.id("Docs"));
    if !text.contains("{version}") {
        return text;
    }
    let versions = wire.get(&format!("/files/{}/versions", wire.id("a.txt"))).expect_status(200).json();
    text.replace("{version}", versions["entries"][0]["id"].as_str().unwrap())
}

/// Returns the code of an error with the parameter that it names, or what a successful request sent without effect.
fn outcome(wire: &TestServer, answer: &Response) -> String {
    if answer.status.as_u16() < 400 {
        return ignored(wire).join(" ");
    }
    let error = answer.json();
    let code = error["code"].as_str().or(error["error"].as_str()).unwrap_or_default();
    let name = error["context_info"]["errors"][0]["name"].as_str().unwrap_or_default();
    format!("{code} {name}").trim_end().to_owned()
}

/// Returns what the last request sent without effect, from the journal.
#[track_caller]
pub fn ignored(wire: &TestServer) -> Vec<String> {
    let journal = wire.get("/_drivesim/requests").expect_status(200).json();
    let last = journal["requests"].as_array().unwrap().last().cloned().unwrap();
    let names = last["ignored"].as_array().unwrap().iter();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Returns the message and the first entry of an error that names a parameter.
pub fn first_parameter_error(answer: Response) -> (Value, Value) {
    let error = answer.expect_status(400).json();
    (error["message"].clone(), json!(error["context_info"]["errors"][0]))
}
