//! The only place that tests the table of what the server answers, and the page that is made of it.

use std::fs;
use std::path::Path;

use crate::work::Work;

#[test]
fn the_table_has_each_request_and_the_words_in_its_path() {
    let table = Work::with(&[]).done(&["routes"]).stdout;
    let row = |method: &str, path: &str| {
        table.lines().any(|line| line.split_whitespace().take(2).eq([method, path]))
    };
    assert!(row("POST", "{drive}/{item}/copy"), "{table}");
    assert!(row("GET", "/_drivesim/health"), "{table}");
    assert!(table.contains("\n  {service}/groups/{group-id}/drive\n"), "{table}");
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}

#[test]
fn the_page_in_the_docs_is_the_table() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/routes.md");
    let stands_there = fs::read_to_string(page).unwrap_or_default();
    let printed = Work::with(&[]).done(&["routes", "--markdown"]).stdout;
    assert!(
        stands_there == printed,
        "docs/routes.md is stale; make it anew: cargo run -p drivesim-cli -- routes --markdown > docs/routes.md"
    );
}
