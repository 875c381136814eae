//! Tests that drivesim rejects what the services reject, with requests from their published descriptions.

mod exceptions;
mod gaps;
mod operation;
mod page;
mod request;
mod rows;
mod schema;
mod service;
mod sweep;
mod values;

use drivesim_server::{ServerOptions, Strictness};
use service::{Fixture, Service};

/// Sends every value of every parameter. `DRIVESIM_STRICT_REPORT` names a folder for a report of all outcomes.
fn check(service: Service, file: &str) {
    let Some(operations) = operation::operations(file) else { return };
    let sweep = sweep::sweep(&Fixture::new(service, ServerOptions::default()), &operations);
    println!("{}", sweep.summary());
    if let Some(folder) = std::env::var_os("DRIVESIM_STRICT_REPORT") {
        let file = std::path::Path::new(&folder).join(format!("{}.tsv", service.name()));
        std::fs::write(file, sweep.report()).unwrap();
    }
    let faults = sweep.faults();
    let first: Vec<&str> = faults.iter().take(50).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults, the first are:\n{}", faults.len(), first.join("\n"));
}

const GRAPH: &str = "graph/graph-drive-openapi.json";
const BOX: &str = "box/box-openapi-subset.json";

#[test]
fn a_business_drive_rejects_what_the_description_of_graph_does_not_allow() {
    check(Service::Business, GRAPH);
}

#[test]
fn a_personal_drive_rejects_what_the_description_of_graph_does_not_allow() {
    check(Service::Personal, GRAPH);
}

#[test]
fn a_box_drive_rejects_what_the_description_of_box_does_not_allow() {
    check(Service::Box, BOX);
}

/// Sends requests to the operations that drivesim lacks.
fn check_gaps(service: Service, file: &str) {
    let Some(operations) = operation::operations(file) else { return };
    let (faults, n_gaps) = gaps::faults(&Fixture::new(service, ServerOptions::default()), &operations);
    println!("{}: {n_gaps} of {} operations are gaps of drivesim", service.name(), operations.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn missing_operations_of_graph_are_reported_as_gaps() {
    check_gaps(Service::Business, GRAPH);
    check_gaps(Service::Personal, GRAPH);
}

#[test]
fn missing_operations_of_box_are_reported_as_gaps() {
    check_gaps(Service::Box, BOX);
}

#[test]
fn each_row_of_the_table_has_its_answer() {
    let seeds = rows::Fixtures::new(Strictness::Formats);
    let mut faults = Vec::new();
    for group in rows::all() {
        for row in group.rows {
            let answer = rows::send_row(group, row, &seeds);
            if answer != row.expected {
                faults.push(format!("{} {:?}: {answer:?}, not {:?}", group.request, row.value, row.expected));
            }
        }
    }
    assert!(faults.is_empty(), "{} rows have another answer:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_fully_strict_server_also_rejects_what_the_rows_ignore() {
    let seeds = rows::Fixtures::new(Strictness::All);
    for group in rows::all() {
        for row in group.rows {
            let answer = rows::send_row(group, row, &seeds);
            match row.expected.contains("ignored: ") {
                true => assert!(answer.starts_with("400 "), "{} {:?}: {answer:?}", group.request, row.value),
                // A request that fails anyway can fail because of an ignored value first.
                false if row.expected.starts_with(['4', '5']) => assert!(answer.starts_with(['4', '5'])),
                false => assert_eq!(answer, row.expected, "{} {:?}", group.request, row.value),
            }
        }
    }
}

#[test]
fn the_page_in_the_docs_is_up_to_date() {
    let Some(path) = page::path() else {
        eprintln!("docs/ does not exist: SKIPPED");
        return;
    };
    let page = page::page(&rows::all());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let is_current = std::fs::read_to_string(&path).unwrap_or_default() == page;
    let command = "UPDATE_EXPECT=1 cargo test -p drivesim-server --test services strict::the_page";
    assert!(is_current, "docs/strictness.md is stale: {command}");
}
