//! Runs transcripts against a server: lines that begin with `>` are sent, lines that begin with `<` are the expected
//! response.
//!
//! `[id:/Docs/a.txt]` is the id of an item, `[drive]` that of a drive. `[id:NAME:/Docs/a.txt]` and `[drive:NAME]` name
//! the drive. `[=x]` matches anything and keeps it, `[x]` is the text that was kept, `[*]` matches anything. A member
//! `"..."` in an expected object allows other members. `< !Name` expects that a header is missing, `< ...` allows any
//! body.

use std::cell::RefCell;
use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use drivesim::{Pace, Sim};
use drivesim_server::{ServerOptions, router_with};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tower::ServiceExt;

use crate::graph::patterns;
use crate::support::responses;

/// Characters of paths that must be encoded in URLs.
const NON_URL: AsciiSet = CONTROLS.add(b' ').add(b'%').add(b'#').add(b'?');

/// A server without a socket, and the texts that its transcripts have kept.
pub(crate) struct TestServer {
    pub(crate) sim: Sim,
    router: Router,
    /// Whether every response is checked against the rules of its operation.
    is_checked: bool,
    variables: RefCell<BTreeMap<String, String>>,
}

/// A response.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns the body, which must be JSON with its content type.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A request.
pub(crate) struct TestRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// Serves a business drive whose owner is the caller.
pub(crate) fn business(outline: &str) -> TestServer {
    TestServer::new(&format!("drive work profile=business owner=me\n{outline}"))
}

/// Serves a personal drive whose owner is the caller.
pub(crate) fn personal(outline: &str) -> TestServer {
    TestServer::new(&format!("drive home profile=personal owner=me\n{outline}"))
}

impl TestServer {
    pub(crate) fn new(outline: &str) -> TestServer {
        TestServer::with_pace(Pace::Instant, outline)
    }

    pub(crate) fn with_pace(pace: Pace, outline: &str) -> TestServer {
        TestServer::from_sim(
            Sim::builder().pace(pace).outline(outline).build().unwrap(),
            ServerOptions::default(),
        )
    }

    pub(crate) fn with_options(options: ServerOptions, outline: &str) -> TestServer {
        TestServer::from_sim(Sim::builder().outline(outline).build().unwrap(), options)
    }

    pub(crate) fn from_sim(sim: Sim, options: ServerOptions) -> TestServer {
        let router = router_with(sim.clone(), options).unwrap();
        TestServer { sim, router, is_checked: true, variables: RefCell::default() }
    }

    /// Serves an outline with options that deviate from the published responses.
    pub(crate) fn unchecked(pace: Pace, outline: &str) -> TestServer {
        TestServer { is_checked: false, ..TestServer::with_pace(pace, outline) }
    }

    /// Sends a request and checks the response unless the server is unchecked.
    pub(crate) fn send(&self, sent: &TestRequest<'_>) -> Response {
        let mut request = Request::builder().method(sent.method).uri(sent.url).header("host", "drive.test");
        for &(name, value) in sent.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(sent.body.to_vec())).unwrap();
        let response = pollster::block_on(async {
            let raw = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = raw.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Response { status: parts.status.as_u16(), headers: parts.headers, body }
        });
        let (status, headers, body) = (response.status, &response.headers, &*response.body);
        // Responses of the admin API and of Box follow other rules.
        if self.is_checked && !sent.url.starts_with("/_drivesim/") && !sent.url.contains("/2.0/") {
            responses::assert_valid(&responses::Exchange {
                method: sent.method,
                url: sent.url,
                status,
                headers,
                body,
            });
        }
        response
    }

    /// Sends a GET request.
    pub(crate) fn get(&self, url: &str) -> Response {
        self.send(&TestRequest { method: "GET", url: &self.expand(url), headers: &[], body: b"" })
    }

    /// Sends a GET request that must succeed and returns the body.
    pub(crate) fn get_json(&self, url: &str) -> Value {
        let response = self.get(url);
        assert_eq!(response.status, 200, "{url}: {}", String::from_utf8_lossy(&response.body));
        response.json()
    }

    /// Sends JSON.
    pub(crate) fn send_json(&self, method: &str, url: &str, body: &str) -> Response {
        let headers = [("content-type", "application/json")];
        let (url, body) = (self.expand(url), self.expand(body));
        self.send(&TestRequest { method, url: &url, headers: &headers, body: body.as_bytes() })
    }

    /// Sends JSON and checks the status, and the error code unless `code` is empty.
    pub(crate) fn expect(&self, method: &str, url: &str, body: &str, status: u16, code: &str) {
        let response = self.send_json(method, url, body);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, status, "{method} {url} {body}: {text}");
        if !code.is_empty() {
            assert_eq!(response.json()["error"]["code"], code, "{method} {url} {body}: {text}");
        }
    }

    /// Starts a copy and returns the URL of its monitor.
    pub(crate) fn copy(&self, url: &str, body: &str) -> String {
        let response = self.send_json("POST", url, body);
        assert_eq!(response.status, 202, "{url} {body}: {}", String::from_utf8_lossy(&response.body));
        response.header("location").unwrap().to_owned()
    }

    /// Keeps a text for transcripts.
    pub(crate) fn set_variable(&self, key: &str, text: impl Into<String>) {
        self.variables.borrow_mut().insert(key.to_owned(), text.into());
    }

    /// Runs a transcript.
    pub(crate) fn run_transcript(&self, transcript: &str) {
        let lines: Vec<&str> = transcript.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let is_request = |line: &str| line.starts_with('>');
        let mut rest = &lines[..];
        while !rest.is_empty() {
            let n_request_lines = rest.iter().take_while(|line| is_request(line)).count();
            let n_response_lines =
                rest[n_request_lines..].iter().take_while(|line| !is_request(line)).count();
            assert!(n_request_lines > 0 && n_response_lines > 0, "a transcript has requests and responses");
            self.exchange(
                &rest[..n_request_lines],
                &rest[n_request_lines..n_request_lines + n_response_lines],
            );
            rest = &rest[n_request_lines + n_response_lines..];
        }
    }

    fn exchange(&self, request_lines: &[&str], response_lines: &[&str]) {
        let filled: Vec<String> = request_lines.iter().map(|line| self.expand(line[1..].trim())).collect();
        let (head, body) = split(&filled);
        let (method, url) = head[0].split_once(' ').unwrap();
        let headers: Vec<(&str, &str)> = head[1..].iter().map(|line| header(line)).collect();
        let response = self.send(&TestRequest { method, url, headers: &headers, body: body.as_bytes() });
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let context = || {
            format!("{}\ncame {} {:?}\n{text}", request_lines.join("\n"), response.status, response.headers)
        };
        let expected: Vec<String> = response_lines.iter().map(|line| line[1..].trim().to_owned()).collect();
        let (head, body) = split(&expected);
        let status = head[0].split(' ').next().unwrap();
        assert_eq!(response.status.to_string(), status, "{}", context());
        for line in &head[1..] {
            if let Some(name) = line.strip_prefix('!') {
                assert_eq!(response.header(name), None, "{}", context());
                continue;
            }
            let (name, pattern) = header(line);
            let value = response.header(name).unwrap_or_else(|| panic!("no {name}: {}", context()));
            assert!(self.matches_text(pattern, value), "{name} is {value}, not {pattern}: {}", context());
        }
        match body.as_str() {
            "..." => {}
            "" => assert_eq!(text, "", "{}", context()),
            body => {
                let pattern: Value = serde_json::from_str(body).expect("an expected body is JSON");
                let mut fits = |pattern: &str, text: &str| self.matches_text(pattern, text);
                let mut actual = response.json();
                if !body.contains("@odata.context") {
                    forget_contexts(&mut actual);
                }
                let fitted = patterns::match_value(&pattern, &actual, &mut fits, "body");
                assert_eq!(fitted, Ok(()), "{}", context());
            }
        }
    }

    /// Replaces placeholders by their values.
    pub(crate) fn expand(&self, text: &str) -> String {
        patterns::expand(text, &|key| self.placeholder_value(key))
    }

    fn placeholder_value(&self, key: &str) -> Option<String> {
        if let Some(kept) = self.variables.borrow().get(key) {
            return Some(kept.clone());
        }
        let (kind, argument) = key.split_once(':').unwrap_or((key, ""));
        let first = || self.sim.drives()[0].name().to_owned();
        let (drive, path) = match kind {
            "drive" => (if argument.is_empty() { first() } else { argument.to_owned() }, ""),
            "id" if argument.starts_with('/') => (first(), argument),
            "id" => argument.split_once(':').map(|(drive, path)| (drive.to_owned(), path))?,
            _ => return None,
        };
        let encoded = utf8_percent_encode(path, &NON_URL).to_string();
        let path = if matches!(path, "" | "/") { String::new() } else { format!(":{encoded}") };
        let below = if kind == "drive" { String::new() } else { format!("/root{path}") };
        let url = format!("/v1.0/drives/{drive}{below}");
        let response = self.send(&TestRequest { method: "GET", url: &url, headers: &[], body: b"" });
        assert_eq!(response.status, 200, "{key} stands for nothing: {url}");
        Some(response.json()["id"].as_str().unwrap().to_owned())
    }

    /// Returns whether a text matches a pattern, and keeps the texts that the pattern names.
    fn matches_text(&self, pattern: &str, text: &str) -> bool {
        let Some(kept) = patterns::match_text(&self.expand(pattern), text) else { return false };
        self.variables.borrow_mut().extend(kept);
        true
    }
}

/// Removes the OData contexts of a response, which only transcripts about contexts expect.
fn forget_contexts(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(forget_contexts),
        Value::Object(members) => {
            members.retain(|key, _| !key.ends_with("@odata.context"));
            members.values_mut().for_each(forget_contexts);
        }
        _ => {}
    }
}

/// Splits the lines of a message into head and body. The body begins with the first line that looks like JSON.
fn split(lines: &[String]) -> (&[String], String) {
    let begins = |line: &String| line.is_empty() || line.starts_with(['{', '"']) || *line == "...";
    let at = lines.iter().position(begins).unwrap_or(lines.len());
    (&lines[..at], lines[at..].concat())
}

fn header(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} is no header"));
    (name.trim(), value.trim())
}
