//! Tests the table of drive options and its page in the docs.

use crate::work::{WorkDir, check_page};

#[test]
fn the_table_has_each_option_with_its_values_and_what_it_means() {
    let table = WorkDir::with(&[]).run_ok(&["options"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2 * drivesim::Profile::options().count());
    assert!(lines.chunks(2).all(|pair| pair[0].contains('=') && pair[1].starts_with("  ")), "{table}");
    assert!(table.contains(
        "wire.copy_root_status=500 or another status\n  box: the error status of a copy of the root\n"
    ));
}

#[test]
fn the_page_in_the_docs_is_up_to_date() {
    check_page("options");
}
