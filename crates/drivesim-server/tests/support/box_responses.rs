//! Checks every response of Box against what Box publishes: headers, the envelope of an error, the schema of the
//! operation.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use axum::http::HeaderMap;
use jsonschema::Validator;
use serde_json::{Value, json};

/// A request and its response.
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// A path with its query, or a whole URL.
    pub(crate) url: &'a str,
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Exchange<'_> {
    /// Returns the path with its query.
    fn path(&self) -> &str {
        let behind = self.url.split_once("://").map_or(self.url, |(_, behind)| behind);
        &behind[behind.find('/').unwrap_or(behind.len())..]
    }
}

/// Names the exchange in messages.
impl std::fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(self.body);
        write!(f, "{} {:.300} came {} {:?} {:.3000}", self.method, self.url, self.status, self.headers, body)
    }
}

/// Returns whether a URL is one of Box.
pub(crate) fn is_box_url(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| segment == "2.0")
}

/// Panics if a response differs from what Box publishes.
#[track_caller]
pub(crate) fn assert_valid(exchange: &Exchange<'_>) {
    let (status, path) = (exchange.status, exchange.path());
    let id = exchange.headers.get("box-request-id");
    assert!(id.is_some_and(|id| !id.is_empty()), "no id: {exchange}");
    assert_ne!(status, 502, "{exchange}");
    if exchange.body.is_empty() {
        let may_lack_body = exchange.method == "HEAD" || is_download(path) && status < 400;
        let may_be = may_lack_body || matches!(status, 200 | 202 | 204 | 302 | 304 | 401);
        assert!(may_be, "a body is missing: {exchange}");
        return;
    }
    // The content of a file may be anything.
    if is_download(path) && status < 400 {
        return;
    }
    // The response with the URL of the long poll is not published.
    if path.contains("/2.0/_realtime") {
        return;
    }
    let body = serde_json::from_slice::<Value>(exchange.body);
    let mut body = body.unwrap_or_else(|_| panic!("no JSON: {exchange}"));
    let is_token = path.starts_with("/oauth2/") || path.starts_with("/api/oauth2/");
    if status >= 400 && !is_token {
        check_envelope(status, &body, exchange);
    }
    // Recorded responses have an empty user as creator of the root, which no schema allows.
    let nobody = json!({ "type": "user", "id": "", "name": "", "login": "" });
    if body["id"] == "0" && body["created_by"] == nobody {
        body["created_by"]["login"] = json!("nobody@example.com");
    }
    forget_no_tags(&mut body);
    let faults = schemas().map(|schemas| schemas.faults(exchange.method, path, status, &body));
    let mut faults = faults.unwrap_or_default();
    // The source of an event is one of several schemas that do not exclude each other.
    faults.retain(|fault| !(fault.contains("more than one of the schemas") && fault.ends_with("/source")));
    // The example of the reference of copying a file has booleans there.
    let is_of_example =
        |fault: &str| fault.ends_with("/properties/paged") || fault.ends_with("/properties/thumb");
    faults.retain(|fault| !is_of_example(fault));
    if fields_of(path).contains('.') {
        // A part of a member lacks what the schema requires of the whole.
        faults.retain(|fault| !fault.contains("is not valid under any of the schemas"));
    }
    if path.contains("fields=") {
        // A response to a request for some fields lacks the others.
        faults.retain(|fault| !fault.contains("is a required property"));
    }
    assert!(faults.is_empty(), "{faults:#?}\n{exchange}");
}

/// Returns the fields that a path requests.
fn fields_of(path: &str) -> &str {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|option| option.strip_prefix("fields=")).unwrap_or_default()
}

/// Removes empty lists of tags: the schemas require at least one tag and do not cover items without tags.
fn forget_no_tags(body: &mut Value) {
    match body {
        Value::Array(values) => values.iter_mut().for_each(forget_no_tags),
        Value::Object(members) => {
            if members.get("tags").and_then(Value::as_array).is_some_and(Vec::is_empty) {
                members.remove("tags");
            }
            members.values_mut().for_each(forget_no_tags);
        }
        _ => {}
    }
}

/// Returns whether a path is the target of the redirect from `/content`.
fn is_download(path: &str) -> bool {
    path.contains("/2.0/_download/")
}

/// Checks the common envelope of errors.
#[track_caller]
fn check_envelope(status: u16, error: &Value, about: &Exchange<'_>) {
    assert_eq!(error["type"], "error", "{about}");
    assert_eq!(error["status"], status, "{about}");
    for key in ["code", "message", "help_url"] {
        assert!(error[key].as_str().is_some_and(|text| !text.is_empty()), "no {key}: {about}");
    }
    if status == 501 {
        let message = error["message"].as_str().unwrap_or_default();
        assert!(error["code"] == "not_implemented" && message.contains("`drivesim routes`"), "{about}");
    }
    let id = error["request_id"].as_str().unwrap_or_default();
    let is_id = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    assert!(is_id, "no request_id: {about}");
}

/// The published schemas, relaxed where recorded responses are known not to match them.
struct Schemas {
    all: Value,
    validators: Mutex<HashMap<String, &'static Validator>>,
}

/// Returns the schemas; `None` if `DRIVESIM_FACTS` is not set.
fn schemas() -> Option<&'static Schemas> {
    static SCHEMAS: OnceLock<Option<Schemas>> = OnceLock::new();
    let read = || {
        let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
            // Not a macro: the output of `eprintln!` is captured while a test passes.
            let text =
                b"skipped: DRIVESIM_FACTS is not set, so responses are not checked against the published schemas\n";
            std::io::Write::write_all(&mut std::io::stderr(), text).unwrap();
            return None;
        };
        let file = std::path::Path::new(&folder).join("box/box-schemas-relaxed.json");
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Some(Schemas { all: serde_json::from_slice(&text).unwrap(), validators: Mutex::default() })
    };
    SCHEMAS.get_or_init(read).as_ref()
}

impl Schemas {
    /// Returns where a body does not match the schema of its response. A response of an operation that is not published
    /// must be an error.
    fn faults(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let Some(responses) = self.operation(method, path) else {
            let is_error = status >= 400;
            return if is_error {
                self.violations("#/$defs/ClientError", body)
            } else {
                vec![NOT_KNOWN.to_owned()]
            };
        };
        let listed = responses.get(&*status.to_string());
        let fallback = responses.get("default").filter(|_| status >= 400);
        match listed.or(fallback).and_then(Value::as_str) {
            Some("binary") => Vec::new(),
            Some(schema) => self.violations(schema, body),
            None => vec![format!("{method} {path} has no response {status} with a body")],
        }
    }

    /// Finds the responses of an operation. A literal segment has priority over one in braces.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/api").unwrap_or(path);
        let path = path.strip_prefix("/2.0").unwrap_or(path).trim_end_matches('/');
        // SDKs send preflight requests for new versions as well; only the one for a new file is published.
        let is_preflight = method == "OPTIONS" && path.starts_with("/files/") && path.ends_with("/content");
        let path = if is_preflight { "/files/content" } else { path };
        let fits = |template: &str| {
            let (actual, template): (Vec<&str>, Vec<&str>) =
                (path.split('/').collect(), template.split('/').collect());
            let is_one = |(actual, template): (&&str, &&str)| template.starts_with('{') || actual == template;
            actual.len() == template.len() && actual.iter().zip(&template).all(is_one)
        };
        let operations = self.all["x-operations"].as_object()?;
        let found = operations.iter().filter_map(|(key, operation)| {
            let (verb, template) = key.split_once(' ')?;
            (verb == method && fits(template))
                .then(|| (template.matches('{').count(), &operation["responses"]))
        });
        found.min_by_key(|(n_braces, _)| *n_braces).map(|(_, responses)| responses)
    }

    fn violations(&self, schema: &str, body: &Value) -> Vec<String> {
        let describe = |fault: jsonschema::ValidationError<'_>| {
            format!("does not fit {schema}: {fault} at {}", fault.instance_path())
        };
        self.validator(schema).iter_errors(body).map(describe).collect()
    }

    fn validator(&self, schema: &str) -> &'static Validator {
        let make = || {
            let root = json!({ "$ref": schema, "$defs": self.all["$defs"] });
            let validator = jsonschema::options().should_validate_formats(true).build(&root).unwrap();
            &*Box::leak(Box::new(validator))
        };
        self.validators.lock().unwrap().entry(schema.to_owned()).or_insert_with(make)
    }
}

const NOT_KNOWN: &str = "a response of an operation that is not published";
