//! Sends a request to every operation of a description that drivesim lacks. It must fail as not implemented.

use std::collections::BTreeSet;

use crate::strict::operation::Operation;
use crate::strict::request;
use crate::strict::service::{Fixture, Service};

/// Returns the faults of responses to operations that are not in the table of routes, and the number of such
/// operations.
pub fn faults(seed: &Fixture, operations: &[Operation]) -> (Vec<String>, usize) {
    let route_paths = route_paths();
    let (mut faults, mut n_gaps) = (Vec::new(), 0);
    for operation in operations {
        let server = seed.start();
        let base = request::base_request(seed.service, &seed.ids, operation, &server);
        let sent = base.request(operation);
        let answer = server.send(&sent);
        // An item in the bin has no path, so a restore by path is invalid and not a gap.
        let is_invalid_restore = operation.verb() == "restore" && answer.status == 400;
        let is_known = is_invalid_restore
            || route_paths
                .contains(&(operation.method.clone(), without_parameter_names(&request::path(operation))));
        let body = answer.json();
        let message = body["message"].as_str().or(body["error"]["message"].as_str()).unwrap_or_default();
        if is_known {
            if answer.status == 501 {
                faults.push(format!("{} is a route, and 501: {sent}", operation.id));
            }
            continue;
        }
        n_gaps += 1;
        let is_named = message.contains(&operation.method) && message.contains(last_word(operation));
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
fn route_paths() -> BTreeSet<(String, String)> {
    let of_route = |route: &drivesim_server::RouteInfo| {
        let method = route.method.to_owned();
        route
            .paths()
            .into_iter()
            .map(move |path| (method.clone(), without_parameter_names(&path)))
            .collect::<Vec<_>>()
    };
    drivesim_server::routes().iter().flat_map(of_route).collect()
}

/// Returns a path with empty braces.
fn without_parameter_names(path: &str) -> String {
    let mut text = String::new();
    let mut is_within = false;
    for character in path.chars() {
        is_within = (is_within || character == '{') && character != '}';
        if !is_within || character == '{' {
            text.push(character);
        }
    }
    // The colon at the end of a path is optional.
    text.trim_end_matches(':').to_owned()
}

/// Returns the last segment of a path that is not a parameter.
fn last_word(operation: &Operation) -> &str {
    let words = operation.path.rsplit('/').map(|word| word.split(['(', '{']).next().unwrap_or_default());
    words.filter(|word| !word.is_empty()).find(|word| !word.ends_with(':')).unwrap_or_default()
}
