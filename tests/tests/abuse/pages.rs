//! Tests that responses stay within their size limit without losing items.

use std::collections::BTreeSet;

use drivesim_server::Limits;
use serde_json::Value;

use crate::test_server::{BOX, MINE, TestServer, path_of, tree};

/// Reads all pages of a Graph listing and of the listings in its items. Checks that each response is within a limit.
fn read_all(abused: &TestServer, first: &str, max_bytes: usize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut urls = vec![(String::new(), first.to_owned())];
    while let Some((above, url)) = urls.pop() {
        let answer = abused.get(&url);
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        assert!(answer.body.len() <= max_bytes, "{url} has {} bytes", answer.body.len());
        let page = answer.json();
        let mut add_items = |above: &str, list: &Value, next: &Value| {
            for item in list.as_array().into_iter().flatten() {
                let path = format!("{above}/{}", item["name"].as_str().unwrap());
                assert!(names.insert(path.clone()), "{path} is listed twice");
            }
            if let Some(next) = next.as_str() {
                urls.push((above.to_owned(), path_of(next)));
            }
        };
        add_items(&above, &page["value"], &page["@odata.nextLink"]);
        for item in page["value"].as_array().unwrap() {
            let path = format!("{above}/{}", item["name"].as_str().unwrap());
            add_items(&path, &item["children"], &item["children@odata.nextLink"]);
        }
    }
    names
}

#[test]
fn an_expanded_listing_is_paged_within_the_response_limit_and_lists_all_items_once() {
    let max_bytes = 64 << 10;
    let abused = TestServer::new(&tree(MINE, 30, 40), Limits::default().max_answer(max_bytes));
    let names = read_all(&abused, "/v1.0/me/drive/root/children?$top=1000&$expand=children", max_bytes);
    assert_eq!(names.len(), 30 + 30 * 40);
    abused.wait_until_empty("answers");
}

#[test]
fn expanded_children_are_paged_within_the_page_limit() {
    let abused = TestServer::new(&tree(MINE, 3, 40), Limits::default().max_page(25));
    let page = abused.get("/v1.0/me/drive/root/children?$expand=children").json();
    for folder in page["value"].as_array().unwrap() {
        assert!(folder["children"].as_array().unwrap().len() <= 25, "{}", folder["name"]);
        assert!(folder["children@odata.nextLink"].is_string(), "{}", folder["name"]);
    }
    let names = read_all(&abused, "/v1.0/me/drive/root/children?$expand=children", usize::MAX);
    assert_eq!(names.len(), 3 + 3 * 40);
}

#[test]
fn path_collections_of_deep_items_stay_within_the_response_limit() {
    let max_bytes = 64 << 10;
    let mut outline = format!("{BOX}\n");
    for depth in 0..100 {
        outline += &format!("{}folder-{depth:04}/\n", "  ".repeat(depth));
    }
    for file in 0..200 {
        outline += &format!("{}file-{file:04}.txt = 10 B\n", "  ".repeat(100));
    }
    let abused = TestServer::new(&outline, Limits::default().max_answer(max_bytes));
    let mut folder = "0".to_owned();
    for _ in 0..100 {
        let list = abused.get(&format!("/2.0/folders/{folder}/items?fields=name")).json();
        folder = list["entries"][0]["id"].as_str().unwrap().to_owned();
    }
    let (mut names, mut marker) = (BTreeSet::new(), String::new());
    loop {
        let url = format!(
            "/2.0/folders/{folder}/items?fields=name,path_collection&limit=1000&usemarker=true&marker={marker}"
        );
        let answer = abused.get(url.trim_end_matches("&marker="));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.len() <= max_bytes, "{} bytes", answer.body.len());
        let page = answer.json();
        for entry in page["entries"].as_array().unwrap() {
            assert!(names.insert(entry["name"].as_str().unwrap().to_owned()), "{entry}");
        }
        match page["next_marker"].as_str().filter(|marker| !marker.is_empty()) {
            Some(next) => marker = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names.len(), 200);
}
