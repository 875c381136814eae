//! Tests of the description of the admin API: it is complete and matches the responses of the routes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::admin::{TestServer, server_with_held_copies};

fn description(server: &TestServer) -> Value {
    let response = server.get("openapi.json");
    assert_eq!(
        (response.status, &response.headers["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    response.json()
}

/// Returns the method and path of each route in a description.
fn described(description: &Value) -> BTreeSet<(String, String)> {
    let paths = description["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, here)| {
        here.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
    });
    routes.collect()
}

/// Creates a server in which each route succeeds.
fn busy() -> TestServer {
    let server = server_with_held_copies();
    server.post("drives", "{\"name\":\"x\",\"profile\":\"box\"}");
    server.post("snapshot/x", "");
    server.copy("/Docs", "Copy");
    server
}

fn send(server: &TestServer, method: &str, path: &str, operation: &Value) -> crate::admin::TextResponse {
    let path = path.replace("{name}", "x").replace("{id}", "1");
    let query = match operation["operationId"].as_str() {
        Some("replaceOutline") => "?drive=x",
        Some("showAccess") => "?drive=mine&path=/Docs",
        Some("showMembers" | "changeMembers") => "?drive=x&path=/",
        _ => "",
    };
    let content = operation["requestBody"]["content"].as_object();
    let body = content.and_then(|content| content.values().next()).map(|media| match &media["example"] {
        Value::String(text) => text.clone(),
        example => example.to_string(),
    });
    server.send_json(method, &format!("{path}{query}"), body.unwrap_or_default())
}

#[test]
fn the_description_has_every_route_and_no_other() {
    let server = server_with_held_copies();
    let (_, _, message) = server.get("nothing").error();
    let (_, listed) = message.split_once("there are: ").unwrap();
    let listed = listed.trim_end_matches('.').split(", ").map(|route| {
        let (method, path) = route.split_once(' ').unwrap();
        (method.to_owned(), path.to_owned())
    });
    assert_eq!(described(&description(&server)), listed.collect());
}

#[test]
fn every_response_matches_its_description() {
    let description = description(&server_with_held_copies());
    for (method, path) in described(&description) {
        let server = busy();
        let operation = &description["paths"][&path][method.to_lowercase()];
        if operation["operationId"] == "jobEvents" {
            // The response ends with the job.
            server.post("jobs/1/step", "{\"items\":9}");
        }
        let response = send(&server, &method, &path, operation);
        let described_response = &operation["responses"][response.status.to_string()];
        assert!(
            response.status < 300 && described_response.is_object(),
            "{method} {path}: {} {}",
            response.status,
            response.text
        );
        match described_response["content"].as_object().and_then(|content| content.iter().next()) {
            None => assert_eq!(response.text, "", "{method} {path}"),
            Some((kind, media)) => {
                let actual = response.headers["content-type"].to_str().unwrap();
                assert!(actual.starts_with(kind.as_str()), "{method} {path}: {actual}");
                if kind == "application/json" {
                    check(&description, &media["schema"], &response.json(), &format!("{method} {path}"));
                }
            }
        }
    }
}

#[test]
fn requests_jobs_events_and_errors_match_their_schemas() {
    let (description, server) = (description(&server_with_held_copies()), busy());
    let schema = |name: &str| &description["components"]["schemas"][name];
    let monitor = server.copy("/Docs", "Other");
    server.post("jobs/1/step", "{\"items\":9}");
    server.send_admin("PUT", "outline?drive=mine", "");
    server.send_json("GET", &monitor, "");
    server.post("jobs/2/step", "{\"items\":9}");
    server.send_json("GET", &monitor, "");
    for request in server.get("requests").json()["requests"].as_array().unwrap() {
        check(&description, schema("Request"), request, "a request");
    }
    for job in server.get("jobs").json()["jobs"].as_array().unwrap() {
        check(&description, schema("Job"), job, "a job");
    }
    let events = server.get("jobs/1/events?every=item").text;
    for data in events.lines().filter_map(|line| line.strip_prefix("data: ")) {
        check(&description, schema("JobEvent"), &serde_json::from_str(data).unwrap(), "an event");
    }
    check(&description, schema("Error"), &server.get("jobs/7").json(), "an error");
}

/// Checks a value against a schema, for the keywords that the description uses.
#[track_caller]
fn check(description: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = description.pointer(name.trim_start_matches('#')).unwrap();
        return check(description, target, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fitting = any.iter().find(|one| fits_type(one, value));
        return check(
            description,
            fitting.unwrap_or_else(|| panic!("{at}: {value} is none of {any:?}")),
            value,
            at,
        );
    }
    assert!(fits_type(schema, value), "{at}: {value} has not the type in {schema}");
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{at}: {value} is none of {values:?}");
    }
    for item in value.as_array().into_iter().flatten() {
        check(description, &schema["items"], item, at);
    }
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else {
        return;
    };
    for key in schema["required"].as_array().into_iter().flatten() {
        assert!(members.contains_key(key.as_str().unwrap()), "{at}: {key} is missing in {value}");
    }
    for (key, member) in members {
        let property = properties.get(key).unwrap_or_else(|| panic!("{at}: {key} is not described"));
        check(description, property, member, &format!("{at}, {key}"));
    }
}

fn fits_type(schema: &Value, value: &Value) -> bool {
    let fits = |name: &Value| match name.as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    };
    match &schema["type"] {
        Value::Array(names) => names.iter().any(fits),
        name => fits(name),
    }
}
