//! Tests of the order of listings without `$orderby`.

use std::time::Duration;

use drivesim::Pace;
use serde_json::Value;

use crate::graph::support::TestServer;

const TREE: &str = "d/\n  A10\n  a1\n  a01\n  a2\n  b1/\n  B2\n  z10/\n  z9/\n";

const BY_NAME: [&str; 8] = ["a01", "a1", "A10", "a2", "b1", "B2", "z10", "z9"];
const NATURAL: [&str; 8] = ["a01", "a1", "a2", "A10", "b1", "B2", "z9", "z10"];
const FOLDERS_FIRST: [&str; 8] = ["b1", "z10", "z9", "a01", "a1", "A10", "a2", "B2"];

fn names(items: &Value) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Follows the links of a listing and returns the names of all items.
fn pages(wire: &TestServer, first: &str) -> Vec<String> {
    let (mut listed, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(url) = next {
        let page = wire.get_json(&url);
        listed.extend(names(&page["value"]));
        next = page.get("@odata.nextLink").map(|link| link.as_str().unwrap().to_owned());
    }
    listed
}

#[test]
fn the_order_depends_on_the_kind_of_drive_and_its_option() {
    for (drive, expected) in [
        ("profile=business", FOLDERS_FIRST),
        ("profile=business listing_order=folders_first", FOLDERS_FIRST),
        ("profile=business listing_order=natural", NATURAL),
        ("profile=business listing_order=name", BY_NAME),
        ("profile=personal", NATURAL),
        ("profile=personal listing_order=natural", NATURAL),
        ("profile=personal listing_order=folders_first", FOLDERS_FIRST),
        ("profile=personal listing_order=name", BY_NAME),
        ("profile=plain", BY_NAME),
    ] {
        let wire = TestServer::new(&format!("drive mine {drive} owner=me\n{TREE}"));
        for url in [
            "/v1.0/me/drive/root:/d:/children",
            "/v1.0/me/drive/items/[id:/d]/children",
            "/v1.0/drives/mine/items/[id:/d]/children?$select=name",
            "/v1.0/drives/mine/root:/d:/children?$top=3",
            "/v1.0/drives/mine/root:/d:/children?$top=1&$expand=thumbnails",
        ] {
            assert_eq!(pages(&wire, url), expected, "{drive} {url}");
        }
        let folder = wire.get_json("/v1.0/me/drive/root:/d?$expand=children");
        assert_eq!(names(&folder["children"]), expected, "{drive}");
        let folder = wire.get_json("/v1.0/me/drive/root:/d?$expand=children($top=3;$select=name)");
        assert_eq!(names(&folder["children"]), expected[..3], "{drive}");
        assert_eq!(
            pages(&wire, folder["children@odata.nextLink"].as_str().unwrap()),
            expected[3..],
            "{drive}"
        );
        let root = wire.get_json("/v1.0/me/drive/root/children?$expand=children");
        assert_eq!(names(&root["value"][0]["children"]), expected, "{drive}");
    }
}

#[test]
fn orderby_overrides_the_order_of_the_drive() {
    for drive in ["profile=business", "profile=personal", "profile=personal listing_order=folders_first"] {
        let wire = TestServer::new(&format!("drive mine {drive} owner=me\n{TREE}"));
        let listed =
            |order: &str| pages(&wire, &format!("/v1.0/me/drive/root:/d:/children?$top=3&$orderby={order}"));
        let mut descending = BY_NAME;
        descending.reverse();
        assert_eq!(listed("name"), BY_NAME, "{drive}");
        assert_eq!(listed("name%20asc"), BY_NAME, "{drive}");
        assert_eq!(listed("name%20desc"), descending, "{drive}");
        let folder = wire.get_json("/v1.0/me/drive/root:/d?$expand=children($orderby=name)");
        assert_eq!(names(&folder["children"]), BY_NAME, "{drive}");
    }
}

#[test]
fn created_renamed_and_moved_items_are_listed_in_order() {
    for (drive, expected) in [
        ("profile=business", ["f7", "x5/", "f10", "f11", "f3", "f400", "g1"]),
        ("profile=personal", ["f3", "f7", "f10", "f11", "f400", "g1", "x5/"]),
    ] {
        let files = |n: usize| (0..n).map(|number| format!("  f{number} = 1 B\n")).collect::<String>();
        let wire =
            TestServer::new(&format!("drive mine {drive} owner=me\nbig/\n{}side/\n  x5/\n", files(600)));
        let item_url = |name: &str| format!("/v1.0/me/drive/root:/big/{name}");
        wire.expect("DELETE", &item_url("f7"), "", 204, "");
        wire.expect("POST", "/v1.0/me/drive/root:/big:/children", r#"{"name":"f7","folder":{}}"#, 201, "");
        wire.expect("PATCH", &item_url("f5"), r#"{"name":"g1"}"#, 200, "");
        let moved = r#"{"parentReference":{"id":"[id:/big]"}}"#;
        wire.expect("PATCH", "/v1.0/me/drive/root:/side/x5", moved, 200, "");
        let listed = pages(&wire, "/v1.0/me/drive/root:/big:/children?$select=name");
        assert_eq!(listed.len(), 601);
        let expected_names: Vec<&str> = expected.iter().map(|name| name.trim_end_matches('/')).collect();
        let found: Vec<&String> =
            listed.iter().filter(|name| expected_names.contains(&name.as_str())).collect();
        assert_eq!(found, expected_names, "{drive}");
        let mut unique = listed.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), listed.len(), "{drive}: an item is listed twice");
    }
}

#[test]
fn a_running_copy_is_listed_in_order() {
    for profile in ["business", "personal"] {
        let files: String = (0..400).map(|number| format!("  f{number} = 1 B\n")).collect();
        let outline = format!("drive mine profile={profile} owner=me\nbig/\n{files}  z/\n");
        let wire = TestServer::with_pace(Pace::items_per_second(100), &outline);
        wire.copy("/v1.0/me/drive/root:/big:/copy", r#"{"name":"copy"}"#);
        wire.sim.advance(Duration::from_secs(2)).unwrap();
        let listed = pages(&wire, "/v1.0/me/drive/root:/copy:/children?$top=70");
        let whole = pages(&wire, "/v1.0/me/drive/root:/big:/children?$top=200");
        let folder = wire.get_json("/v1.0/me/drive/root:/copy");
        assert_eq!(folder["folder"]["childCount"], listed.len());
        assert!((100..300).contains(&listed.len()), "{profile}: {}", listed.len());
        let in_order: Vec<String> = whole.into_iter().filter(|name| listed.contains(name)).collect();
        assert_eq!(listed, in_order, "{profile}");
    }
}
