//! The only place that speaks to a server in transcripts: lines that begin with `>` are sent, lines that begin with
//! `<` are what must come back.
//!
//! `[id:/Docs/a.txt]` stands for the id of an item, `[drive]` for that of a drive, with `NAME:` before the path or
//! `:NAME` behind for a drive by name; `[=x]` matches anything and keeps it, `[x]` stands for what was kept, `[*]`
//! matches anything. A member `"..."` in an expected object says that it may have others. `< !Name` says that a header
//! is not there, `< ...` that the body may be anything.

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

use crate::{answers, fit};

/// What a path may have and a URL may not.
const NON_URL: AsciiSet = CONTROLS.add(b' ').add(b'%').add(b'#').add(b'?');

/// A server without a socket, and what its transcripts have kept.
pub(crate) struct Wire {
    pub(crate) sim: Sim,
    router: Router,
    /// Whether every answer must be one of its verb.
    is_checked: bool,
    kept: RefCell<BTreeMap<String, String>>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns the body, which must be JSON and say so.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A request as text.
pub(crate) struct Sent<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// A drive of a person's work, at a pace of its own.
pub(crate) fn business(outline: &str) -> Wire {
    Wire::new(&format!("drive work profile=business owner=me\n{outline}"))
}

/// A drive of a person.
pub(crate) fn personal(outline: &str) -> Wire {
    Wire::new(&format!("drive home profile=personal owner=me\n{outline}"))
}

impl Wire {
    pub(crate) fn new(outline: &str) -> Wire {
        Wire::paced(Pace::Instant, outline)
    }

    pub(crate) fn paced(pace: Pace, outline: &str) -> Wire {
        Wire::of(Sim::builder().pace(pace).outline(outline).build().unwrap(), ServerOptions::default())
    }

    pub(crate) fn with(options: ServerOptions, outline: &str) -> Wire {
        Wire::of(Sim::builder().outline(outline).build().unwrap(), options)
    }

    pub(crate) fn of(sim: Sim, options: ServerOptions) -> Wire {
        let router = router_with(sim.clone(), options).unwrap();
        Wire { sim, router, is_checked: true, kept: RefCell::default() }
    }

    /// A server with other readings than those that the published answers have.
    pub(crate) fn unchecked(pace: Pace, outline: &str) -> Wire {
        Wire { is_checked: false, ..Wire::paced(pace, outline) }
    }

    /// Sends a request; every answer must be one of its verb, where that is checked.
    pub(crate) fn send(&self, sent: &Sent<'_>) -> Answer {
        let mut request = Request::builder().method(sent.method).uri(sent.url).header("host", "drive.test");
        for &(name, value) in sent.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(sent.body.to_vec())).unwrap();
        let answer = pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        });
        let (status, headers, body) = (answer.status, &answer.headers, &*answer.body);
        // Those of the admin API and of Box are held to other rules.
        if self.is_checked && !sent.url.starts_with("/_drivesim/") && !sent.url.contains("/2.0/") {
            answers::check(&answers::Exchange { method: sent.method, url: sent.url, status, headers, body });
        }
        answer
    }

    /// Reads something.
    pub(crate) fn get(&self, url: &str) -> Answer {
        self.send(&Sent { method: "GET", url: &self.fill(url), headers: &[], body: b"" })
    }

    /// Reads something that is there.
    pub(crate) fn read(&self, url: &str) -> Value {
        let answer = self.get(url);
        assert_eq!(answer.status, 200, "{url}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Sends JSON.
    pub(crate) fn send_json(&self, method: &str, url: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        let (url, body) = (self.fill(url), self.fill(body));
        self.send(&Sent { method, url: &url, headers: &headers, body: body.as_bytes() })
    }

    /// Sends JSON for an answer of some status, and of some code if it is an error.
    pub(crate) fn expect(&self, method: &str, url: &str, body: &str, status: u16, code: &str) {
        let answer = self.send_json(method, url, body);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{method} {url} {body}: {text}");
        if !code.is_empty() {
            assert_eq!(answer.json()["error"]["code"], code, "{method} {url} {body}: {text}");
        }
    }

    /// Starts a copy and returns the URL of its monitor.
    pub(crate) fn copy(&self, url: &str, body: &str) -> String {
        let answer = self.send_json("POST", url, body);
        assert_eq!(answer.status, 202, "{url} {body}: {}", String::from_utf8_lossy(&answer.body));
        answer.header("location").unwrap().to_owned()
    }

    /// Keeps something for transcripts.
    pub(crate) fn keep(&self, key: &str, text: impl Into<String>) {
        self.kept.borrow_mut().insert(key.to_owned(), text.into());
    }

    /// Speaks a transcript.
    pub(crate) fn speaks(&self, transcript: &str) {
        let lines: Vec<&str> = transcript.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let is_sent = |line: &str| line.starts_with('>');
        let mut rest = &lines[..];
        while !rest.is_empty() {
            let n_sent = rest.iter().take_while(|line| is_sent(line)).count();
            let n_come = rest[n_sent..].iter().take_while(|line| !is_sent(line)).count();
            assert!(n_sent > 0 && n_come > 0, "a transcript has requests and answers");
            self.exchange(&rest[..n_sent], &rest[n_sent..n_sent + n_come]);
            rest = &rest[n_sent + n_come..];
        }
    }

    fn exchange(&self, sent: &[&str], come: &[&str]) {
        let filled: Vec<String> = sent.iter().map(|line| self.fill(line[1..].trim())).collect();
        let (head, body) = split(&filled);
        let (method, url) = head[0].split_once(' ').unwrap();
        let headers: Vec<(&str, &str)> = head[1..].iter().map(|line| header(line)).collect();
        let answer = self.send(&Sent { method, url, headers: &headers, body: body.as_bytes() });
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let shown = || format!("{}\ncame {} {:?}\n{text}", sent.join("\n"), answer.status, answer.headers);
        let wanted: Vec<String> = come.iter().map(|line| line[1..].trim().to_owned()).collect();
        let (head, body) = split(&wanted);
        let status = head[0].split(' ').next().unwrap();
        assert_eq!(answer.status.to_string(), status, "{}", shown());
        for line in &head[1..] {
            if let Some(name) = line.strip_prefix('!') {
                assert_eq!(answer.header(name), None, "{}", shown());
                continue;
            }
            let (name, pattern) = header(line);
            let value = answer.header(name).unwrap_or_else(|| panic!("no {name}: {}", shown()));
            assert!(self.fits_text(pattern, value), "{name} is {value}, not {pattern}: {}", shown());
        }
        match body.as_str() {
            "..." => {}
            "" => assert_eq!(text, "", "{}", shown()),
            body => {
                let pattern: Value = serde_json::from_str(body).expect("an expected body is JSON");
                let mut fits = |pattern: &str, text: &str| self.fits_text(pattern, text);
                let mut told = answer.json();
                if !body.contains("@odata.context") {
                    forget_contexts(&mut told);
                }
                let fitted = fit::fit(&pattern, &told, &mut fits, "body");
                assert_eq!(fitted, Ok(()), "{}", shown());
            }
        }
    }

    /// Puts in what placeholders stand for.
    pub(crate) fn fill(&self, text: &str) -> String {
        fit::filled(text, &|key| self.known(key))
    }

    fn known(&self, key: &str) -> Option<String> {
        if let Some(kept) = self.kept.borrow().get(key) {
            return Some(kept.clone());
        }
        let (kind, what) = key.split_once(':').unwrap_or((key, ""));
        let first = || self.sim.drives()[0].name().to_owned();
        let (drive, path) = match kind {
            "drive" => (if what.is_empty() { first() } else { what.to_owned() }, ""),
            "id" if what.starts_with('/') => (first(), what),
            "id" => what.split_once(':').map(|(drive, path)| (drive.to_owned(), path))?,
            _ => return None,
        };
        let encoded = utf8_percent_encode(path, &NON_URL).to_string();
        let path = if matches!(path, "" | "/") { String::new() } else { format!(":{encoded}") };
        let below = if kind == "drive" { String::new() } else { format!("/root{path}") };
        let url = format!("/v1.0/drives/{drive}{below}");
        let answer = self.send(&Sent { method: "GET", url: &url, headers: &[], body: b"" });
        assert_eq!(answer.status, 200, "{key} stands for nothing: {url}");
        Some(answer.json()["id"].as_str().unwrap().to_owned())
    }

    /// Returns whether a text fits a pattern, and keeps what the pattern wants kept.
    fn fits_text(&self, pattern: &str, text: &str) -> bool {
        let Some(kept) = fit::matched(&self.fill(pattern), text) else { return false };
        self.kept.borrow_mut().extend(kept);
        true
    }
}

/// Drops what says of which kind an answer and its parts are: that is shown where a transcript is about it.
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

/// Splits the lines of a message into its head and its body, which begins with the first line that looks like JSON.
fn split(lines: &[String]) -> (&[String], String) {
    let begins = |line: &String| line.is_empty() || line.starts_with(['{', '"']) || *line == "...";
    let at = lines.iter().position(begins).unwrap_or(lines.len());
    (&lines[..at], lines[at..].concat())
}

fn header(line: &str) -> (&str, &str) {
    let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} is no header"));
    (name.trim(), value.trim())
}
