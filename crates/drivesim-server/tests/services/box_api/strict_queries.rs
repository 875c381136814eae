//! Tests of query parameters at Box, and of headers of unsupported features.

use drivesim::Sim;
use drivesim_server::ServerOptions;

use crate::box_api::strict::{FIXTURE, check, ignored, row, serve_fixture};
use crate::box_api::support::TestServer;

const LACKS: &str = "reference of search; drivesim lacks it";
const SCHEMA: &str = "description of the interface, assumed to be enforced";
const UNKNOWN: &str = "no description has it: accepted and noted";
const DEFAULT: &str = "the default by the description";
const PYTHON: &str = "boxsdk 3 and 10 write True";

#[test]
fn a_query_parameter_is_known_unique_and_has_a_valid_value() {
    check(&[
        row("GET /files/{file}?nonsense=1", 200, "?nonsense", UNKNOWN),
        row("GET /files/{file}?Fields=name", 200, "?Fields", "names are case-sensitive"),
        row("GET /files/{file}?$fields=name", 200, "?$fields", "Box has no names with a dollar sign"),
        row("GET /files/{file}?fields=name,size", 200, "", SCHEMA),
        row("GET /files/{file}?fields=name,%20size", 200, "", "assumed: blanks around a name are trimmed"),
        row("GET /files/{file}?fields=", 200, "", "boxsdk 10 sends it for an empty list"),
        row("GET /files/{file}?fields=,", 200, "", "no name at all"),
        row("GET /files/{file}?fields=name,nosuch", 200, "?fields=nosuch", UNKNOWN),
        row(
            "GET /files/{file}?fields=metadata.global.properties",
            200,
            "",
            "reference: instances that there are none of",
        ),
        row("GET /files/{file}?fields=name&fields=size", 400, "bad_request fields", SCHEMA),
        row("GET /files/{file}/versions?fields=name,nosuch", 200, "?fields=nosuch", UNKNOWN),
        row("GET /files/{file}?limit=1", 200, "?limit", UNKNOWN),
        row("GET /users/me?fields=name,role", 200, "", SCHEMA),
        row("DELETE /folders/{folder}?recursive=true", 204, "", SCHEMA),
        row("DELETE /folders/{folder}?recursive=True", 204, "", PYTHON),
        row("DELETE /folders/{folder}?recursive=false", 400, "folder_not_empty", SCHEMA),
        row("DELETE /folders/{folder}?recursive=1", 400, "bad_request recursive", SCHEMA),
        row("DELETE /folders/{folder}?recursive=yes", 400, "bad_request recursive", SCHEMA),
        row("DELETE /folders/{folder}?recursive=", 400, "bad_request recursive", SCHEMA),
        row("DELETE /folders/{folder}?recursive=true&recursive=true", 400, "bad_request recursive", SCHEMA),
        row("DELETE /files/{file}?recursive=true", 204, "?recursive", UNKNOWN),
        row(
            "GET /events?event_type=UPLOAD",
            200,
            "?event_type",
            "reference: for the events of an enterprise",
        ),
    ]);
}

#[test]
fn a_search_rejects_unsupported_filters() {
    check(&[
        row("GET /search?query=a&scope=user_content", 200, "", DEFAULT),
        row("GET /search?query=a&scope=enterprise_content", 501, "not_implemented", LACKS),
        row("GET /search?query=a&scope=all", 400, "bad_request scope", SCHEMA),
        row("GET /search?query=a&owner_user_ids=1", 501, "not_implemented", LACKS),
        row("GET /search?query=a&recent_updater_user_ids=1", 501, "not_implemented", LACKS),
        row("GET /search?query=a&deleted_user_ids=1", 501, "not_implemented", LACKS),
        row("GET /search?query=a&deleted_at_range=2024-01-01T00:00:00Z,", 501, "not_implemented", LACKS),
        row("GET /search?mdfilters=[]", 501, "not_implemented", LACKS),
        row("GET /search?query=a&content_types=name", 200, "", SCHEMA),
        row("GET /search?query=a&content_types=name,description", 200, "", "names are found, as without it"),
        row("GET /search?query=a&content_types=description", 501, "not_implemented", LACKS),
        row("GET /search?query=a&content_types=nosuch", 400, "bad_request content_types", SCHEMA),
        row("GET /search?query=a&content_types=", 400, "bad_request content_types", SCHEMA),
        row("GET /search?query=a&trash_content=non_trashed_only", 200, "", DEFAULT),
        row("GET /search?query=a&trash_content=trashed_only", 501, "not_implemented", LACKS),
        row("GET /search?query=a&trash_content=all_items", 501, "not_implemented", LACKS),
        row("GET /search?query=a&trash_content=both", 400, "bad_request trash_content", SCHEMA),
        row("GET /search?query=a&include_recent_shared_links=false", 200, "", DEFAULT),
        row("GET /search?query=a&include_recent_shared_links=true", 501, "not_implemented", LACKS),
        row(
            "GET /search?query=a&include_recent_shared_links=1",
            400,
            "bad_request include_recent_shared_links",
            SCHEMA,
        ),
        row("GET /search?query=a&type=web_link", 200, "", "there are no web links"),
        row("GET /search?query=a&type=File", 400, "bad_request type", SCHEMA),
        row("GET /search?query=a&type=", 400, "bad_request type", SCHEMA),
        row("GET /search?query=a&size_range=1,", 200, "", SCHEMA),
        row("GET /search?query=a&size_range=1", 400, "bad_request size_range", SCHEMA),
        row("GET /search?query=a&size_range=,", 400, "bad_request size_range", SCHEMA),
        row("GET /search?query=a&size_range=%2B1,2", 400, "bad_request size_range", SCHEMA),
        row("GET /search?query=a&size_range=-1,", 400, "bad_request size_range", SCHEMA),
        row("GET /search?query=a&size_range=1,2,3", 400, "bad_request size_range", SCHEMA),
        row(
            "GET /search?query=a&size_range=99999999999999999999999999,",
            400,
            "bad_request size_range",
            SCHEMA,
        ),
        row(
            "GET /search?query=a&created_at_range=2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,",
            400,
            "bad_request created_at_range",
            SCHEMA,
        ),
        row(
            "GET /search?query=a&created_at_range=2024-01-01T00:00:00Z",
            400,
            "bad_request created_at_range",
            SCHEMA,
        ),
        row("GET /search?query=a&query=b", 400, "bad_request query", SCHEMA),
        row("GET /search?query=a&nonsense=1", 200, "?nonsense", UNKNOWN),
    ]);
}

#[test]
fn headers_of_unsupported_features_are_rejected() {
    let wire = serve_fixture();
    let url = format!("/files/{}", wire.id("a.txt"));
    let link = ("BoxApi", "shared_link=https://app.box.com/s/x");
    for url in [&*url, "/folders/0", "/folders/0/items"] {
        wire.get_with(url, link).expect_error(501, "not_implemented");
    }
    let hints = ("X-Rep-Hints", "[pdf]");
    wire.get_with(&format!("{url}?fields=name,representations"), hints).expect_error(501, "not_implemented");
    wire.get_with(&url, hints).expect_status(200);
    assert_eq!(ignored(&wire), ["X-Rep-Hints:"]);
}

#[test]
fn a_download_accepts_its_token_in_the_query() {
    let sim = Sim::builder().outline(format!("drive box profile=box\n{FIXTURE}")).build().unwrap();
    let wire = TestServer::with_options(sim, ServerOptions::default().token("secret", &["root_readonly"]));
    let listed =
        wire.get_with("/folders/0/items", ("authorization", "Bearer secret")).expect_status(200).json();
    let id = listed["entries"][1]["id"].as_str().unwrap().to_owned();
    wire.get(&format!("/files/{id}/content?access_token=secret")).expect_status(302);
    wire.get(&format!("/files/{id}/content?access_token=other")).expect_error(401, "unauthorized");
    wire.get(&format!("/files/{id}/content")).expect_error(401, "unauthorized");
    wire.get(&format!("/files/{id}?access_token=secret")).expect_error(401, "unauthorized");
}
