//! Asks for every operation of a description that drivesim has not, which must be told as a gap of drivesim.

use std::collections::BTreeSet;

use crate::operation::Operation;
use crate::request;
use crate::service::{Seed, Service};

/// Returns what is wrong with the answers to operations that are not in the table of routes, and how many they are.
pub fn faults(seed: &Seed, operations: &[Operation]) -> (Vec<String>, usize) {
    let known = known();
    let (mut faults, mut n_gaps) = (Vec::new(), 0);
    for operation in operations {
        let server = seed.start();
        let base = request::base(seed.service, &seed.ids, operation, &server);
        let sent = base.request(operation);
        let answer = server.send(&sent);
        // What is in the bin has no path: that is a rule, and no gap.
        let is_refused = operation.verb() == "restore" && answer.status == 400;
        let is_known =
            is_refused || known.contains(&(operation.method.clone(), bare(&request::path(operation))));
        let body = answer.json();
        let message = body["message"].as_str().or(body["error"]["message"].as_str()).unwrap_or_default();
        if is_known {
            if answer.status == 501 {
                faults.push(format!("{} is a route, and 501: {sent}", operation.id));
            }
            continue;
        }
        n_gaps += 1;
        let is_named = message.contains(&operation.method) && message.contains(word(operation));
        if answer.status != 501 || !is_named || !message.contains("drivesim routes") {
            let id = &operation.id;
            faults.push(format!("{id} is no route: {} {} {message:?}: {sent}", answer.status, answer.code()));
        }
        let code = if seed.service == Service::Box { "not_implemented" } else { "notSupported" };
        if answer.status == 501 && answer.code() != code {
            faults.push(format!("{} has the code {}, not {code}", operation.id, answer.code()));
        }
    }
    (faults, n_gaps)
}

/// Returns the methods and paths of the table of routes.
fn known() -> BTreeSet<(String, String)> {
    let of_route = |route: &drivesim_server::RouteInfo| {
        let method = route.method.to_owned();
        route.paths().into_iter().map(move |path| (method.clone(), bare(&path))).collect::<Vec<_>>()
    };
    drivesim_server::routes().iter().flat_map(of_route).collect()
}

/// Returns a path with nothing in its braces.
fn bare(path: &str) -> String {
    let mut bare = String::new();
    let mut is_within = false;
    for character in path.chars() {
        is_within = (is_within || character == '{') && character != '}';
        if !is_within || character == '{' {
            bare.push(character);
        }
    }
    // A path may be closed by a colon or not.
    bare.trim_end_matches(':').to_owned()
}

/// Returns the last word of a path that is no parameter.
fn word(operation: &Operation) -> &str {
    let words = operation.path.rsplit('/').map(|word| word.split(['(', '{']).next().unwrap_or_default());
    words.filter(|word| !word.is_empty()).find(|word| !word.ends_with(':')).unwrap_or_default()
}
