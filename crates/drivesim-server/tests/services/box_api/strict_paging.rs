//! Tests of offsets, limits, markers and sort orders at Box.

use serde_json::json;

use crate::box_api::strict::{check, row};
use crate::box_api::support::TestServer;

const GUIDE: &str = "guide to offset-based pagination: offsets up to 9,999";
const REFERENCE: &str = "reference: offsets above 10,000 are rejected";
const CODES: &str = "guide to common errors: invalid_offset, invalid_limit for a value that is not a number";
const LOOP: &str =
    "guide to offset-based pagination: a loop ends with an empty page; box-csharp-sdk-v2 issue 61";
const CLAMPED: &str = "box-node-sdk asks for 5,000 and gets 1,000";
const SCHEMA: &str = "description of the interface, assumed to be enforced";
const TRASH: &str = "reference of the trash";
const PYTHON: &str = "boxsdk 3 and 10 write True";

#[test]
fn an_offset_is_a_number_up_to_its_maximum() {
    check(&[
        row("GET /folders/0/items?offset=0", 200, "", GUIDE),
        row("GET /folders/0/items?offset=9999", 200, "", LOOP),
        row("GET /folders/0/items?offset=10000", 400, "bad_request offset", GUIDE),
        row("GET /folders/0/items?offset=99999999999999999999999999", 400, "bad_request offset", GUIDE),
        row("GET /folders/0?offset=9999", 200, "", LOOP),
        row("GET /folders/0?offset=10000", 400, "bad_request offset", GUIDE),
        row("GET /folders/trash/items?offset=10000", 200, "", LOOP),
        row("GET /folders/trash/items?offset=10001", 400, "bad_request offset", REFERENCE),
        row("GET /search?query=a&offset=10000", 200, "", LOOP),
        row("GET /search?query=a&offset=10001", 400, "bad_request offset", REFERENCE),
        row("GET /files/{file}/versions?offset=10000", 200, "", LOOP),
        row("GET /files/{file}/versions?offset=10001", 400, "bad_request offset", REFERENCE),
        row("GET /folders/0/items?offset=", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=abc", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=-1", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=%2B1", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=1.5", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=1e1", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=0x1", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=%201", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=1,2", 400, "invalid_offset", CODES),
        row("GET /folders/0?offset=x", 400, "invalid_offset", CODES),
        row("GET /folders/trash/items?offset=x", 400, "invalid_offset", CODES),
        row("GET /search?query=a&offset=x", 400, "invalid_offset", CODES),
        row("GET /files/{file}/versions?offset=x", 400, "invalid_offset", CODES),
        row("GET /folders/0/items?offset=1&offset=1", 400, "bad_request offset", SCHEMA),
    ]);
}

#[test]
fn the_error_of_a_too_large_offset_names_the_maximum() {
    // The error is that of box-windows-sdk-v2 issue 132.
    let error = TestServer::new("").get("/folders/0/items?offset=101000").expect_error(400, "bad_request");
    let expected = json!({
        "reason": "invalid_parameter",
        "name": "offset",
        "message": "Invalid value '101000'. The offset must not exceed the maximum offset of 9999",
    });
    assert_eq!(
        (&error["message"], &error["context_info"]["errors"]),
        (&json!("Bad Request"), &json!([expected]))
    );
}

#[test]
fn a_limit_is_at_least_1_and_a_large_one_is_clamped() {
    check(&[
        row("GET /folders/0/items?limit=1", 200, "", SCHEMA),
        row("GET /folders/0/items?limit=1000", 200, "", SCHEMA),
        row("GET /folders/0/items?limit=5000", 200, "", CLAMPED),
        row("GET /folders/0/items?limit=99999999999999999999999999", 200, "", CLAMPED),
        row("GET /folders/0/items?limit=0", 400, "invalid_limit", "assumed: a page has at least one entry"),
        row("GET /folders/0/items?limit=", 400, "invalid_limit", CODES),
        row("GET /folders/0/items?limit=-1", 400, "invalid_limit", CODES),
        row("GET /folders/0/items?limit=abc", 400, "invalid_limit", CODES),
        row("GET /folders/0/items?limit=1.5", 400, "invalid_limit", CODES),
        row("GET /folders/0/items?limit=1&limit=2", 400, "bad_request limit", SCHEMA),
        row("GET /folders/0?limit=0", 400, "invalid_limit", CODES),
        row("GET /folders/trash/items?limit=x", 400, "invalid_limit", CODES),
        row("GET /search?query=a&limit=x", 400, "invalid_limit", CODES),
        row("GET /search?query=a&limit=201", 200, "", CLAMPED),
        row("GET /files/{file}/versions?limit=x", 400, "invalid_limit", CODES),
        row("GET /events?limit=0", 200, "", "boxsdk 3 queries the position this way"),
        row("GET /events?limit=501", 200, "", CLAMPED),
        row("GET /events?limit=x", 400, "invalid_limit", CODES),
        row("GET /events?stream_position=now", 200, "", SCHEMA),
        row("GET /events?stream_position=99999", 200, "", SCHEMA),
        row("GET /events?stream_position=-1", 400, "bad_request stream_position", SCHEMA),
        row("GET /events?stream_position=abc", 400, "bad_request stream_position", SCHEMA),
        row(
            "GET /events?stream_position=99999999999999999999999999",
            400,
            "bad_request stream_position",
            SCHEMA,
        ),
        row("GET /events?stream_type=nosuch", 400, "bad_request stream_type", SCHEMA),
        row("GET /events?stream_type=ALL", 400, "bad_request stream_type", SCHEMA),
    ]);
}

#[test]
fn a_marker_belongs_to_its_list_and_needs_usemarker() {
    check(&[
        row("GET /folders/0/items?usemarker=true", 200, "", SCHEMA),
        row("GET /folders/0/items?usemarker=True&limit=1", 200, "", PYTHON),
        row("GET /folders/0/items?usemarker=false", 200, "", SCHEMA),
        row("GET /folders/0/items?usemarker=False", 200, "", PYTHON),
        row("GET /folders/0/items?usemarker=TRUE", 400, "bad_request usemarker", SCHEMA),
        row("GET /folders/0/items?usemarker=yes", 400, "bad_request usemarker", SCHEMA),
        row("GET /folders/0/items?usemarker=1", 400, "bad_request usemarker", SCHEMA),
        row("GET /folders/0/items?usemarker=", 400, "bad_request usemarker", SCHEMA),
        row("GET /folders/0/items?usemarker=true&marker=", 200, "", "a first page"),
        row("GET /folders/0/items?usemarker=true&marker=x", 400, "bad_request marker", SCHEMA),
        row(
            "GET /folders/0/items?marker=x",
            400,
            "bad_request marker",
            "reference: a marker needs usemarker",
        ),
        row("GET /folders/0/items?usemarker=true&offset=1", 200, "?offset", "the reference has no rule"),
        row("GET /folders/0/items?usemarker=true&offset=x", 400, "invalid_offset", CODES),
        row(
            "GET /folders/0/items?usemarker=true&sort=size",
            200,
            "?sort",
            "reference: the root has no order by marker",
        ),
        row("GET /folders/{folder}/items?usemarker=true&sort=size", 200, "", SCHEMA),
        row("GET /folders/trash/items?usemarker=yes", 400, "bad_request usemarker", SCHEMA),
        row("GET /folders/trash/items?marker=x", 400, "invalid_parameter", TRASH),
        row("GET /folders/trash/items?usemarker=true&offset=0", 400, "invalid_parameter", TRASH),
    ]);
}

#[test]
fn a_list_accepts_its_own_sort_orders_only() {
    check(&[
        row("GET /folders/0/items?sort=id&direction=DESC", 200, "", SCHEMA),
        row("GET /folders/0/items?sort=date", 200, "", SCHEMA),
        row("GET /folders/0/items?sort=colour", 400, "bad_request sort", SCHEMA),
        row("GET /folders/0/items?sort=NAME", 400, "bad_request sort", SCHEMA),
        row("GET /folders/0/items?sort=", 400, "bad_request sort", SCHEMA),
        row("GET /folders/0/items?direction=asc", 400, "bad_request direction", SCHEMA),
        row("GET /folders/0/items?direction=sideways", 400, "bad_request direction", SCHEMA),
        row("GET /folders/0?sort=size&direction=ASC", 200, "", SCHEMA),
        row("GET /folders/0?direction=", 400, "bad_request direction", SCHEMA),
        row("GET /folders/trash/items?sort=size", 200, "", SCHEMA),
        row("GET /folders/trash/items?sort=id", 400, "bad_request sort", TRASH),
        row("GET /search?query=a&sort=modified_at&direction=ASC", 200, "", SCHEMA),
        row("GET /search?query=a&sort=relevance", 200, "", SCHEMA),
        row("GET /search?query=a&sort=name", 400, "bad_request sort", SCHEMA),
        row("GET /search?query=a&direction=down", 400, "bad_request direction", SCHEMA),
    ]);
}

#[test]
fn a_page_behind_the_last_entry_is_empty_and_has_the_total_count() {
    let wire = TestServer::new("a\nb\nc\nd\n");
    let list = |url: &str| {
        let body = wire.get(url).expect_status(200).json();
        let list = if body["item_collection"].is_object() { &body["item_collection"] } else { &body };
        json!([list["total_count"], list["entries"], list["offset"], list["limit"]])
    };
    for offset in [4, 5, 1000, 9999] {
        let page = format!("offset={offset}&limit=2");
        assert_eq!(list(&format!("/folders/0/items?{page}")), json!([4, [], offset, 2]));
        assert_eq!(list(&format!("/folders/0/items?{page}&sort=size")), json!([4, [], offset, 2]));
        assert_eq!(list(&format!("/folders/0?{page}")), json!([4, [], offset, 2]));
        assert_eq!(list(&format!("/search?query=a&{page}")), json!([1, [], offset, 2]));
        assert_eq!(list(&format!("/folders/trash/items?{page}")), json!([0, [], offset, 2]));
        let url = format!("/files/{}/versions?{page}", wire.id("a"));
        assert_eq!(list(&url), json!([0, [], offset, 2]));
    }
    assert_eq!(list("/folders/0/items?offset=3&limit=2")[1].as_array().unwrap().len(), 1);
}

#[test]
fn a_loop_over_offsets_ends_with_an_empty_page() {
    for n_items in [0, 1, 4, 5] {
        let outline: String = (0..n_items).map(|number| format!("{number}\n")).collect();
        let wire = TestServer::new(&outline);
        let mut names = Vec::new();
        loop {
            let page = wire
                .get(&format!("/folders/0/items?offset={}&limit=2", names.len()))
                .expect_status(200)
                .names();
            if page.is_empty() {
                break;
            }
            names.extend(page);
        }
        assert_eq!(names.len(), n_items);
    }
}

#[test]
fn an_option_rejects_a_page_behind_the_last_entry() {
    let wire = TestServer::with_drive_line("drive box profile=box wire.offset_beyond_end=refuse", "a\nb\n");
    for url in ["/folders/0/items?offset=2", "/folders/0?offset=7", "/folders/0/items?offset=2&sort=size"] {
        wire.get(url).expect_error(400, "invalid_offset");
    }
    wire.get("/folders/0/items?offset=1").expect_status(200);
    wire.get("/folders/trash/items?offset=1").expect_status(200);
    let empty = TestServer::with_drive_line("drive box profile=box wire.offset_beyond_end=refuse", "");
    empty.get("/folders/0/items?offset=0").expect_status(200);
}

#[test]
fn a_search_is_sorted_by_the_time_of_the_last_change() {
    let wire = TestServer::new("a1\na2\na3\n");
    for name in ["/a2", "/a1", "/a3"] {
        wire.sim.advance(std::time::Duration::from_secs(60)).unwrap();
        wire.sim.write(name, "x").unwrap();
    }
    let names = |query: &str| wire.get(&format!("/search?query=a&{query}")).expect_status(200).names();
    assert_eq!(names("sort=modified_at"), ["a3", "a1", "a2"]);
    assert_eq!(names("sort=modified_at&direction=ASC&limit=2"), ["a2", "a1"]);
    assert_eq!(names("sort=modified_at&direction=ASC&offset=2"), ["a3"]);
    assert_eq!(names("sort=relevance&direction=ASC"), names("direction=DESC"));
}
