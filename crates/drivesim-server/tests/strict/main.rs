//! Holds drivesim to what the services refuse: requests made from their published descriptions.

mod allowed;
mod operation;
mod request;
mod schema;
mod service;
mod sweep;
mod values;

use drivesim_server::ServerOptions;
use service::{Seed, Service};

/// Sends every value to every parameter. `DRIVESIM_STRICT_REPORT` names a folder that all outcomes are written to.
fn check(service: Service, file: &str) {
    let Some(operations) = operation::operations(file) else { return };
    let sweep = sweep::sweep(&Seed::new(service, ServerOptions::default()), &operations);
    println!("{}", sweep.figures());
    if let Some(folder) = std::env::var_os("DRIVESIM_STRICT_REPORT") {
        let file = std::path::Path::new(&folder).join(format!("{}.tsv", service.name()));
        std::fs::write(file, sweep.report()).unwrap();
    }
    let faults = sweep.faults();
    let first: Vec<&str> = faults.iter().take(50).map(String::as_str).collect();
    assert!(
        faults.is_empty(),
        "{} faults, of which these are the first:\n{}",
        faults.len(),
        first.join("\n")
    );
}

const GRAPH: &str = "graph/graph-drive-openapi.json";
const BOX: &str = "box/box-openapi-subset.json";

#[test]
fn a_business_drive_refuses_what_the_description_of_graph_does_not_allow() {
    check(Service::Business, GRAPH);
}

#[test]
fn a_personal_drive_refuses_what_the_description_of_graph_does_not_allow() {
    check(Service::Personal, GRAPH);
}

#[test]
fn box_refuses_what_its_description_does_not_allow() {
    check(Service::Box, BOX);
}
