//! The only place that tests the table of what drives may have otherwise, and the page that is made of it.

use std::fs;
use std::path::Path;

use crate::work::Work;

#[test]
fn the_table_has_each_option_with_its_values_and_what_it_means() {
    let table = Work::with(&[]).done(&["options"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2 * drivesim::Profile::options().len());
    assert!(lines.chunks(2).all(|pair| pair[0].contains('=') && pair[1].starts_with("  ")), "{table}");
    assert!(
        table.contains("copy_root_status=500 or another status\n  box: how a copy of the root is refused\n")
    );
}

#[test]
fn the_page_in_the_docs_is_the_table() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/options.md");
    let stands_there = fs::read_to_string(page).unwrap_or_default();
    let printed = Work::with(&[]).done(&["options", "--markdown"]).stdout;
    assert!(
        stands_there == printed,
        "docs/options.md is stale; make it anew: cargo run -p drivesim-cli -- options --markdown > docs/options.md"
    );
}
