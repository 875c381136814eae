//! Tests of unknown paths, unsupported operations and wrong methods at Box.

use std::path::Path;

use serde_json::Value;

use crate::box_api::strict::{check, row, serve_fixture};
use crate::box_api::support::TestServer;

const UNKNOWN: &str = "no description has the path";
const LACKS: &str = "description of the interface; drivesim lacks it";
const METHOD: &str = "guide to common errors: 405 for another method";

#[test]
fn a_path_is_unknown_or_unsupported_or_has_other_methods() {
    check(&[
        row("GET /nonsense", 404, "not_found", UNKNOWN),
        row("POST /nonsense {}", 404, "not_found", UNKNOWN),
        row("GET /2.0/", 404, "not_found", UNKNOWN),
        row("GET /files", 404, "not_found", UNKNOWN),
        row("GET /files/{file}/nonsense", 404, "not_found", UNKNOWN),
        row("GET /folders/0/items/1", 404, "not_found", UNKNOWN),
        row("GET /comments/1/2/3", 404, "not_found", UNKNOWN),
        row("GET /Files/{file}", 404, "not_found", "paths are case-sensitive"),
        row("POST /comments {}", 501, "not_implemented", LACKS),
        row("GET /comments/1", 501, "not_implemented", LACKS),
        row("GET /collaborations?status=pending", 501, "not_implemented", LACKS),
        row("POST /collaborations {}", 501, "not_implemented", LACKS),
        row("GET /files/{file}/collaborations", 501, "not_implemented", LACKS),
        row("GET /folders/{folder}/collaborations", 501, "not_implemented", LACKS),
        row("GET /shared_items", 501, "not_implemented", LACKS),
        row("POST /tasks {}", 501, "not_implemented", LACKS),
        row("GET /files/{file}/tasks", 501, "not_implemented", LACKS),
        row("POST /task_assignments {}", 501, "not_implemented", LACKS),
        row("GET /files/{file}/metadata", 501, "not_implemented", LACKS),
        row("PUT /files/{file}/metadata/global/properties []", 501, "not_implemented", LACKS),
        row("GET /metadata_templates/enterprise/x/schema", 501, "not_implemented", LACKS),
        row("GET /folder_locks?folder_id=0", 501, "not_implemented", LACKS),
        row("DELETE /folder_locks/1", 501, "not_implemented", LACKS),
        row("POST /zip_downloads {}", 501, "not_implemented", LACKS),
        row("GET /zip_downloads/1/status", 501, "not_implemented", LACKS),
        row("GET /webhooks", 501, "not_implemented", LACKS),
        row("GET /collections", 501, "not_implemented", LACKS),
        row("GET /collections/1/items", 501, "not_implemented", LACKS),
        row("GET /recent_items", 501, "not_implemented", LACKS),
        row("GET /users", 501, "not_implemented", LACKS),
        row("GET /users/12345", 501, "not_implemented", LACKS),
        row("GET /users/me/avatar", 501, "not_implemented", LACKS),
        row("GET /groups", 501, "not_implemented", LACKS),
        row("POST /web_links {}", 501, "not_implemented", LACKS),
        row("GET /file_requests/1", 501, "not_implemented", LACKS),
        row("GET /retention_policies", 501, "not_implemented", LACKS),
        row("GET /legal_hold_policies", 501, "not_implemented", LACKS),
        row("GET /sign_requests", 501, "not_implemented", LACKS),
        row("GET /files/{file}/thumbnail.png", 501, "not_implemented", LACKS),
        row("GET /files/{file}/watermark", 501, "not_implemented", LACKS),
        row("GET /oauth2/authorize", 501, "not_implemented", LACKS),
        row("PATCH /files/{file} {}", 405, "method_not_allowed", METHOD),
        row("GET /files/content", 405, "method_not_allowed", METHOD),
        row("PUT /folders {}", 405, "method_not_allowed", METHOD),
        row("GET /folders", 405, "method_not_allowed", METHOD),
        row("DELETE /users/me", 501, "not_implemented", LACKS),
        row("PATCH /users/me {}", 405, "method_not_allowed", METHOD),
        row("POST /search {}", 405, "method_not_allowed", METHOD),
        row("DELETE /collaborations", 405, "method_not_allowed", METHOD),
        row("PATCH /collaborations/1 {}", 405, "method_not_allowed", METHOD),
        row("PUT /oauth2/token", 405, "method_not_allowed", METHOD),
    ]);
}

#[test]
fn the_error_names_an_unsupported_operation() {
    let answer = serve_fixture().get("/files/1/comments?limit=5").expect_status(501);
    // The SDKs of Box retry after a 5xx status, immediately if `retry-after` is 0.
    assert_eq!(answer.header("retry-after"), "0");
    let error = answer.json();
    let message = "drivesim does not implement GET /files/{file_id}/comments of Box; `drivesim routes` lists its routes.";
    assert_eq!((&error["message"], &error["type"]), (&Value::from(message), &Value::from("error")));
    serve_fixture().get("/api/2.0/web_links/1").expect_error(501, "not_implemented");
    serve_fixture().get("/api/2.0/nonsense").expect_error(404, "not_found");
}

#[test]
fn token_exchange_is_unsupported_and_duplicate_form_members_are_rejected() {
    let wire = TestServer::new("");
    let form = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x";
    wire.send("POST", "/oauth2/token", &[], form).expect_error(501, "not_implemented");
    let twice = "grant_type=refresh_token&refresh_token=a&refresh_token=b";
    let error = wire.send("POST", "/oauth2/token", &[], twice).expect_status(400).json();
    assert_eq!(error["error"], "invalid_request");
    let unknown = "grant_type=refresh_token&refresh_token=a&client_id=c&colour=red";
    wire.send("POST", "/oauth2/token", &[], unknown).expect_status(200);
    assert_eq!(crate::box_api::strict::ignored(&wire), ["colour"]);
}

#[test]
fn every_published_operation_is_supported_or_rejected_by_name() {
    let Some(folder) = std::env::var_os("DRIVESIM_FACTS") else {
        eprintln!("DRIVESIM_FACTS is not set: the check of all published operations is skipped");
        return;
    };
    let text = std::fs::read(Path::new(&folder).join("box/box-openapi-subset.json")).unwrap();
    let described: Value = serde_json::from_slice(&text).unwrap();
    let wire = serve_fixture();
    let mut n_operations = 0;
    for (path, operations) in described["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let url = path.replace("{file_id}", "1500000000099").replace("{folder_id}", "300000000099");
            let url = url.replace("{file_version_id}", "1700000000000").replace(['{', '}'], "");
            let answer = wire.send(&method.to_uppercase(), &url, &[], "");
            assert_ne!(answer.status.as_u16(), 405, "{method} {path}: {answer:?}");
            let is_unsupported = answer.status.as_u16() == 501;
            let is_unknown = answer.status.as_u16() == 404 && answer.json().get("context_info").is_none();
            assert!(!is_unknown, "{method} {path}: {answer:?}");
            if is_unsupported {
                let message = answer.json()["message"].as_str().unwrap().to_owned();
                assert!(message.contains(&format!("{} {path} ", method.to_uppercase())), "{path}: {message}");
            }
            n_operations += 1;
        }
    }
    assert!(n_operations > 40, "{n_operations}");
}
