//! Tests of search at Box.

use serde_json::json;

use crate::box_api::support::TestServer;

fn names(wire: &TestServer, query: &str) -> Vec<String> {
    wire.get(&format!("/search?{query}")).expect_status(200).names()
}

#[test]
fn a_search_ignores_case() {
    let wire = TestServer::new("Docs/\n  Report 1.txt\n  notes\nold reports/\n");
    let found = wire.get("/search?query=report").expect_status(200).json();
    assert_eq!((&found["type"], &found["total_count"]), (&json!("search_results_items"), &json!(2)));
    assert_eq!((&found["limit"], &found["offset"]), (&json!(30), &json!(0)));
    assert_eq!(found["entries"][0]["path_collection"]["total_count"], 2);
    assert_eq!(names(&wire, "query=%22report%201%22"), ["Report 1.txt"]);
    assert_eq!(names(&wire, "query=nothing"), Vec::<String>::new());
}

#[test]
fn a_search_finds_new_items_and_no_deleted_ones() {
    let wire = TestServer::new("a.txt\n");
    wire.post("/folders", &json!({ "name": "a folder", "parent": { "id": "0" } })).expect_status(201);
    assert_eq!(names(&wire, "query=a"), ["a folder", "a.txt"]);
    wire.delete(&format!("/files/{}", wire.id("/a.txt"))).expect_status(204);
    assert_eq!(names(&wire, "query=a"), ["a folder"]);
}

#[test]
fn a_search_can_be_limited_to_a_kind_and_to_folders() {
    let wire = TestServer::new("A/\n  ax\n  In/\n    ay\nB/\n  az/\n");
    assert_eq!(names(&wire, "query=a&type=folder"), ["A", "az"]);
    assert_eq!(names(&wire, "query=a&type=file"), ["ax", "ay"]);
    assert!(names(&wire, "query=a&type=web_link").is_empty());
    let (a, inner, b) = (wire.id("/A"), wire.id("/A/In"), wire.id("/B"));
    assert_eq!(names(&wire, &format!("query=a&ancestor_folder_ids={inner},{a},{b}")), ["ay", "ax", "az"]);
    wire.get("/search?query=a&type=x").expect_parameter_error("invalid_parameter", "type");
    wire.get("/search?query=a&ancestor_folder_ids=999").expect_error(404, "not_found");
}

#[test]
fn results_are_paged_and_have_the_requested_fields() {
    let wire = TestServer::new("a1\na2\na3\n");
    let page = wire.get("/search?query=a&limit=1&offset=1&fields=name").expect_status(200).json();
    assert_eq!((&page["total_count"], &page["limit"], &page["offset"]), (&json!(3), &json!(1), &json!(1)));
    assert_eq!(page["entries"][0].as_object().unwrap().len(), 4);
    assert_eq!(page["entries"][0]["name"], "a2");
    assert_eq!(wire.get("/search?query=a&limit=1000").expect_status(200).json()["limit"], 200);
    assert!(names(&wire, "query=a&offset=10000").is_empty());
    wire.get("/search?query=a&offset=10001").expect_parameter_error("invalid_parameter", "offset");
}

#[test]
fn a_search_needs_a_query() {
    let wire = TestServer::new("a\n");
    for url in ["/search", "/search?query=", "/search?query=%22%22", "/search?type=file"] {
        wire.get(url).expect_parameter_error("missing_parameter", "to_search");
    }
}

#[test]
fn a_search_can_be_limited_to_sizes_times_and_extensions() {
    let wire = TestServer::new("a1.txt = \"12345\"\na2.MD = \"123\"\na3\naf.txt/\n");
    assert_eq!(names(&wire, "query=a&file_extensions=md,pdf"), ["a2.MD"]);
    assert_eq!(names(&wire, "query=a&file_extensions=.txt"), ["a1.txt"]);
    assert_eq!(names(&wire, "query=a&type=file&size_range=3,"), ["a1.txt", "a2.MD"]);
    assert_eq!(names(&wire, "query=a&type=file&size_range=,4"), ["a2.MD", "a3"]);
    // The clock of a simulator starts at 2024-01-01T00:00:00Z.
    assert_eq!(names(&wire, "query=a&created_at_range=2023-12-31T16:00:00-08:00,").len(), 4);
    assert!(names(&wire, "query=a&updated_at_range=,2023-12-31T15:59:59-08:00").is_empty());
    for (key, value) in [
        ("size_range", "5"),
        ("size_range", "a,b"),
        ("created_at_range", "today,"),
        ("updated_at_range", ",2024"),
        ("trash_content", "both"),
    ] {
        wire.get(&format!("/search?query=a&{key}={value}")).expect_parameter_error("invalid_parameter", key);
    }
}
