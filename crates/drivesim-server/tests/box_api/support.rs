//! The only place that calls the router in tests of Box, without a port, and holds every answer to what Box publishes.

#![allow(dead_code, reason = "each test file uses its part of it")]

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use drivesim::Sim;
use drivesim_server::{ServerOptions, router_with};
use jsonschema::Validator;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A simulator with a drive of Box, and the service in front of it.
pub struct Wire {
    pub sim: Sim,
    router: Router,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Wire {
    /// Serves an outline as a drive of Box, on a clock that only tests move.
    pub fn new(outline: &str) -> Wire {
        Wire::seeded("drive box profile=box", outline)
    }

    /// Serves an outline below a drive line of its own, for options of the drive.
    pub fn seeded(line: &str, outline: &str) -> Wire {
        let outline = format!("{line}\n{outline}");
        Wire::with(Sim::builder().outline(outline).build().unwrap(), ServerOptions::default())
    }

    /// Serves a simulator in some way.
    pub fn with(sim: Sim, options: ServerOptions) -> Wire {
        let router = router_with(sim.clone(), options).unwrap();
        Wire { sim, router }
    }

    /// Sends a request to what follows the version, or to another absolute path as it is. Every answer must be one that
    /// Box gives to its operation.
    #[track_caller]
    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let path = url.strip_prefix("http://host").unwrap_or(url);
        let is_whole = ["/2.0", "/api/", "/oauth2/", "/_drivesim/"].iter().any(|head| path.starts_with(head));
        let path = if is_whole { path.to_owned() } else { format!("/2.0{path}") };
        let mut request = Request::builder().method(method).uri(&path).header("host", "host");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let answer = pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Answer { status: parts.status, headers: parts.headers, body }
        });
        // Of the long poll only the URL is answered, which is published nowhere.
        if !path.starts_with("/_drivesim/") && !path.starts_with("/2.0/_realtime") {
            check(method, &path, &answer);
        }
        answer
    }

    /// Asks for something.
    #[track_caller]
    pub fn get(&self, url: &str) -> Answer {
        self.send("GET", url, &[], Body::empty())
    }

    /// Asks with a header more.
    #[track_caller]
    pub fn get_with(&self, url: &str, header: (&str, &str)) -> Answer {
        self.send("GET", url, &[header], Body::empty())
    }

    /// Sends JSON.
    #[track_caller]
    pub fn post(&self, url: &str, body: &Value) -> Answer {
        self.json("POST", url, &[], body)
    }

    /// Sends JSON to change something.
    #[track_caller]
    pub fn put(&self, url: &str, body: &Value) -> Answer {
        self.json("PUT", url, &[], body)
    }

    /// Sends JSON to ask whether something would be taken.
    #[track_caller]
    pub fn options(&self, url: &str, body: &Value) -> Answer {
        self.json("OPTIONS", url, &[], body)
    }

    /// Deletes something.
    #[track_caller]
    pub fn delete(&self, url: &str) -> Answer {
        self.send("DELETE", url, &[], Body::empty())
    }

    /// Sends JSON with headers.
    #[track_caller]
    pub fn json(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        self.send(method, url, &headers, body.to_string())
    }

    /// Returns the id on the wire of what is at a path, found as a client would find it.
    #[track_caller]
    pub fn id(&self, path: &str) -> String {
        let mut id = "0".to_owned();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let listed = self.get(&format!("/folders/{id}/items?limit=1000")).expect(200).json();
            let found = listed["entries"].as_array().unwrap().iter().find(|entry| entry["name"] == name);
            let found = found.unwrap_or_else(|| panic!("no {name} of {path} in {listed}"));
            id = found["id"].as_str().unwrap().to_owned();
        }
        id
    }

    /// Sees to it that the drive has exactly this in it.
    #[track_caller]
    pub fn holds(&self, outline: &str) {
        assert_eq!(self.sim.outline_of("/").unwrap(), outline);
    }
}

impl Answer {
    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Returns a header, which must be there.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// Sees to it that this is the answer, and returns it.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// Sees to it that the request was refused with this status and code, and returns the error.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let error = self.expect(status).json();
        assert_eq!(error["code"], code, "{error}");
        error
    }

    /// Sees to it that the request was refused because of a parameter: `missing_parameter` or `invalid_parameter`.
    #[track_caller]
    pub fn refused_for(self, reason: &str, name: &str) -> Value {
        let error = self.refused(400, "bad_request");
        let first = &error["context_info"]["errors"][0];
        assert_eq!((&first["reason"], &first["name"]), (&json!(reason), &json!(name)), "{error}");
        error
    }

    /// Returns the names of the entries, in their order.
    #[track_caller]
    pub fn names(&self) -> Vec<String> {
        let body = self.json();
        let entries = body["entries"].as_array().unwrap_or_else(|| panic!("no entries: {self:?}"));
        entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]);
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

/// Holds an answer to its envelope, its headers and the schema of its operation.
#[track_caller]
fn check(method: &str, path: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    let about = format!("{method} {path}: {answer:?}");
    assert!(answer.headers.get("box-request-id").is_some_and(|id| !id.is_empty()), "no id: {about}");
    assert!(status != 501 && status != 502, "{about}");
    if answer.body.is_empty() {
        assert!(matches!(status, 200 | 202 | 204 | 302 | 304 | 401), "a body is missing: {about}");
        return;
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
        assert!(path.contains("/content"), "no JSON: {about}");
        return;
    };
    let is_token = path.starts_with("/oauth2/") || path.starts_with("/api/oauth2/");
    if status >= 400 && !is_token {
        check_envelope(status, &body, &about);
    }
    let mut faults = schemas().map(|schemas| schemas.faults(method, path, status, &body)).unwrap_or_default();
    // Whoever made the root has no address (recorded answers), which is none of the form that addresses have.
    faults.retain(|fault| !fault.contains(r#"{"type":"user","id":"","name":"","login":""}"#));
    // The source of an event is one of several schemas that do not exclude each other.
    faults.retain(|fault| !(fault.contains("more than one of the schemas") && fault.ends_with("/source")));
    if path.contains("fields=") {
        // Who asks for some members does not get the others.
        faults.retain(|fault| !fault.contains("is a required property"));
    }
    assert!(faults.is_empty(), "{faults:#?}\n{about}");
}

/// Holds an error to the envelope that all have.
#[track_caller]
fn check_envelope(status: u16, error: &Value, about: &str) {
    assert_eq!(error["type"], "error", "{about}");
    assert_eq!(error["status"], status, "{about}");
    for key in ["code", "message", "help_url"] {
        assert!(error[key].as_str().is_some_and(|text| !text.is_empty()), "no {key}: {about}");
    }
    let id = error["request_id"].as_str().unwrap_or_default();
    let is_id = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    assert!(is_id, "no request_id: {about}");
}

/// The published schemas, loosened where recorded answers are known not to fit them.
struct Schemas {
    all: Value,
    made: Mutex<HashMap<String, &'static Validator>>,
}

/// Returns the schemas; `None` where `DRIVESIM_FACTS` names no folder that has them.
fn schemas() -> Option<&'static Schemas> {
    static SCHEMAS: OnceLock<Option<Schemas>> = OnceLock::new();
    let read = || {
        let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
            eprintln!("DRIVESIM_FACTS is not set: that answers fit the schemas is left out");
            return None;
        };
        let file = std::path::Path::new(&folder).join("box/box-schemas-relaxed.json");
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Some(Schemas { all: serde_json::from_slice(&text).unwrap(), made: Mutex::default() })
    };
    SCHEMAS.get_or_init(read).as_ref()
}

impl Schemas {
    /// Says where a body does not fit the schema of an answer. One of an operation that is not published must be an
    /// error.
    fn faults(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let Some(responses) = self.operation(method, path) else {
            let is_error = status >= 400;
            return if is_error {
                self.misfits("#/$defs/ClientError", body)
            } else {
                vec![NOT_KNOWN.to_owned()]
            };
        };
        let listed = responses.get(&*status.to_string());
        let fallback = responses.get("default").filter(|_| status >= 400);
        match listed.or(fallback).and_then(Value::as_str) {
            Some("binary") => Vec::new(),
            Some(schema) => self.misfits(schema, body),
            None => vec![format!("{method} {path} has no answer {status} with a body")],
        }
    }

    /// Finds the answers of an operation; a whole segment goes before one in braces.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/api").unwrap_or(path);
        let path = path.strip_prefix("/2.0").unwrap_or(path).trim_end_matches('/');
        let fits = |template: &str| {
            let (given, template): (Vec<&str>, Vec<&str>) =
                (path.split('/').collect(), template.split('/').collect());
            let is_one = |(given, template): (&&str, &&str)| template.starts_with('{') || given == template;
            given.len() == template.len() && given.iter().zip(&template).all(is_one)
        };
        let operations = self.all["x-operations"].as_object()?;
        let found = operations.iter().filter_map(|(key, operation)| {
            let (verb, template) = key.split_once(' ')?;
            (verb == method && fits(template))
                .then(|| (template.matches('{').count(), &operation["responses"]))
        });
        found.min_by_key(|(n_braces, _)| *n_braces).map(|(_, responses)| responses)
    }

    fn misfits(&self, schema: &str, body: &Value) -> Vec<String> {
        let told = |fault: jsonschema::ValidationError<'_>| {
            format!("does not fit {schema}: {fault} at {}", fault.instance_path())
        };
        self.validator(schema).iter_errors(body).map(told).collect()
    }

    fn validator(&self, schema: &str) -> &'static Validator {
        let make = || {
            let root = json!({ "$ref": schema, "$defs": self.all["$defs"] });
            let validator = jsonschema::options().should_validate_formats(true).build(&root).unwrap();
            &*Box::leak(Box::new(validator))
        };
        self.made.lock().unwrap().entry(schema.to_owned()).or_insert_with(make)
    }
}

const NOT_KNOWN: &str = "an answer of an operation that is not published";
