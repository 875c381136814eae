//! Describes the admin API as OpenAPI: the routes of the table, with their parameters and schemas from `openapi.json`.

use crate::http::route_info::RouteInfo;
use crate::json::ordered::{Map, Value, json};

/// What the table of routes does not have: each operation by method and path, with the rest of its summary as `more`; the
/// response with the errors of all; the schemas.
const PARTS: &str = include_str!("openapi.json");

/// Returns the description of some routes.
pub(super) fn document(routes: &[RouteInfo]) -> Value {
    let parts = Value::parse(PARTS);
    let mut paths = json!({});
    for route in routes {
        let described = &parts["operations"][&*format!("{} {}", route.method, route.path)];
        paths[route.path][&*route.method.to_ascii_lowercase()] =
            operation(route, described, &parts["errors"]);
    }
    let member = |key: &str| (key.to_owned(), parts[key].clone());
    let mut document = Map::from_iter(["openapi", "info"].map(member));
    document.insert("paths".to_owned(), paths);
    document.extend([member("components")]);
    document.into()
}

fn operation(route: &RouteInfo, described: &Value, errors: &Value) -> Value {
    let mut operation =
        json!({ "operationId": described["operationId"], "summary": summary(route, described) });
    for key in ["parameters", "requestBody", "responses"] {
        if let Some(value) = described.get(key) {
            operation[key] = value.clone();
        }
    }
    operation["responses"]["default"] = errors.clone();
    operation
}

fn summary(route: &RouteInfo, described: &Value) -> String {
    let mut letters = route.does.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let mut summary: String = first.into_iter().chain(letters).collect();
    summary.push('.');
    if let Some(Value::String(more)) = described.get("more") {
        summary.push(' ');
        summary.push_str(more);
    }
    summary
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::admin::routes::routes;

    #[test]
    fn each_operation_has_a_route_and_each_route_an_operation() {
        let Value::Object(operations) = Value::parse(PARTS)["operations"].clone() else {
            panic!("no operations")
        };
        let described: BTreeSet<String> = operations.iter().map(|(key, _)| key.clone()).collect();
        let listed = routes().iter().map(|route| format!("{} {}", route.method, route.path));
        assert_eq!(listed.collect::<BTreeSet<String>>(), described);
    }
}
