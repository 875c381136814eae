//! The only place that holds answers to the published schemas, where `DRIVESIM_FACTS` names a folder that has them.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::Answer;

/// The schemas by name; nothing where there are none.
struct Schemas {
    all: Value,
    made: Mutex<HashMap<&'static str, &'static Validator>>,
}

fn schemas() -> Option<&'static Schemas> {
    static SCHEMAS: OnceLock<Option<Schemas>> = OnceLock::new();
    let read = || {
        let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
            eprintln!("DRIVESIM_FACTS is not set: answers are not held to the schemas");
            return None;
        };
        let file = std::path::Path::new(&folder).join("graph/graph-drive-strict.schema.json");
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut all: Value = serde_json::from_slice(&text).unwrap();
        // An open type: the owner of a drive may be a group, which only a type made from this one lists.
        let sets = &mut all["components"]["schemas"]["microsoft.graph.identitySet"]["properties"];
        sets["group"] = sets["user"].clone();
        Some(Schemas { all, made: Mutex::default() })
    };
    SCHEMAS.get_or_init(read).as_ref()
}

impl Schemas {
    fn validator(&self, name: &'static str) -> &'static Validator {
        let make = || {
            let root = json!({ "$ref": format!("#/components/schemas/{name}"), "components": self.all["components"] });
            let validator = jsonschema::options().should_validate_formats(true).build(&root).unwrap();
            &*Box::leak(Box::new(validator))
        };
        self.made.lock().unwrap().entry(name).or_insert_with(make)
    }
}

/// Returns the schema of what a request is answered with.
fn name_of(method: &str, url: &str, status: u16, value: &Value) -> &'static str {
    let path = url.split('?').next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
    let parts: Vec<&str> = decoded.split('/').filter(|part| !part.is_empty()).collect();
    let is_in = |part: &str| parts.contains(&part);
    // After a colon that no other one closes all is path: an item may well be called children.
    let is_path =
        decoded.trim_start_matches("http:").matches(':').count() % 2 == 1 && value["id"].is_string();
    match parts[..] {
        _ if status >= 400 => "microsoft.graph.ODataErrors.ODataError",
        _ if is_in("monitor") && is_in("_api") => "x.copyMonitorStatus",
        _ if is_in("monitor") && is_in("v1.0") => "x.asyncJobStatus.graph",
        _ if is_in("monitor") => "x.asyncJobStatus.onedrive",
        _ if is_path => "microsoft.graph.driveItem",
        [.., "drives"] => "microsoft.graph.driveCollectionResponse",
        [.., "drives", _] | [.., "drive"] => "microsoft.graph.drive",
        [.., "children"] if method == "GET" => "microsoft.graph.driveItemCollectionResponse",
        _ => "microsoft.graph.driveItem",
    }
}

/// Holds an answer to what the family promises of all of them.
pub(crate) fn check(method: &str, url: &str, answer: &Answer) {
    assert!(answer.header("request-id").is_some(), "{method} {url}: every answer has a request-id");
    if answer.body.is_empty() {
        return;
    }
    let value = answer.json();
    if answer.status >= 400 {
        check_envelope(url, answer, &value);
    }
    let Some(schemas) = schemas() else { return };
    let name = name_of(method, url, answer.status, &value);
    let faults: Vec<String> = schemas
        .validator(name)
        .iter_errors(&value)
        .map(|fault| format!("{} at {}", fault, fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{method} {url} is no {name}: {}\n{value:#}", faults.join("\n"));
}

/// Says whether a URL is one of those that are not Graph's, as a client would tell them apart.
fn is_direct(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match parts.find(|part| ["_api", "v1.0", "beta", "drive", "drives", "monitor", "v2.0"].contains(part)) {
        Some("v1.0") => parts.next() == Some("drive"),
        Some("beta") => parts.next() == Some("drive"),
        found => found.is_some(),
    }
}

fn check_envelope(url: &str, answer: &Answer, value: &Value) {
    let error = &value["error"];
    let (inner, other) =
        if is_direct(url) { ("innererror", "innerError") } else { ("innerError", "innererror") };
    assert!(error[inner].is_object() && error[other].is_null(), "{url}: {inner} is missing in {value}");
    let inner = &error[inner];
    assert_eq!(inner["request-id"].as_str(), answer.header("request-id"), "{url}");
    let date = inner["date"].as_str().unwrap();
    assert!(date.len() == "2024-03-01T10:00:00".len() && !date.ends_with('Z'), "{url}: {date} has a zone");
    assert!(!error["code"].as_str().unwrap().is_empty(), "{url}");
    assert!(answer.status < 500 || answer.status == 501 || answer.status == 507, "{url}: {}", answer.status);
}
