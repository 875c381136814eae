//! Tests the table of routes and its page in the docs.

use crate::work::{WorkDir, check_page};

#[test]
fn the_table_has_each_request_and_the_words_in_its_path() {
    let table = WorkDir::with(&[]).run_ok(&["routes"]).stdout;
    let row = |method: &str, path: &str| {
        table.lines().any(|line| line.split_whitespace().take(2).eq([method, path]))
    };
    assert!(row("POST", "{drive}/{item}/copy"), "{table}");
    assert!(row("GET", "/_drivesim/health"), "{table}");
    assert!(table.contains("\n  {service}/groups/{group-id}/drive\n"), "{table}");
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}

#[test]
fn the_page_in_the_docs_is_up_to_date() {
    check_page("routes");
}
