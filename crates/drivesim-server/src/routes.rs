//! Lists the routes of a server.

use std::sync::LazyLock;

use crate::http::route_info::RouteInfo;
use crate::{admin, box_api, graph};

/// Returns all routes of a server. Other requests fail. HEAD works wherever GET does, without a body.
///
/// ```
/// for route in drivesim_server::routes() {
///     println!("{} {}: {}", route.method, route.path, route.does);
/// }
/// ```
pub fn routes() -> &'static [RouteInfo] {
    static ALL: LazyLock<Vec<RouteInfo>> = LazyLock::new(|| {
        graph::routes().chain(box_api::routes()).chain(admin::routes::routes().iter().copied()).collect()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::http::{Request, StatusCode};
    use drivesim::Sim;

    use super::*;
    use crate::http::request::{ApiRequest, RequestMemory};
    use crate::http::route_info::path_words;
    use crate::service::{self, RequestIds};
    use crate::state::app::App;
    use crate::state::options::ServerOptions;

    /// Returns a request to a route. Names in braces stay, without the braces.
    fn request(method: &str, path: &str) -> ApiRequest {
        let path = path.replace(['{', '}'], "");
        let (mut parts, ()) =
            Request::builder().method(method).uri(path).body(()).expect("a request").into_parts();
        ApiRequest::from_parts(&mut parts, None, None, RequestMemory::default()).expect("a head")
    }

    fn status(app: &App, method: &str, path: &str) -> StatusCode {
        let request = request(method, path);
        let ids = RequestIds { request: String::new(), client: None, takes_gzip: false };
        let response = service::route(app, &request).and_then(|admitted| admitted.handle(app, &request));
        response.unwrap_or_else(|refused| refused.to_response(app, &ids)).status
    }

    #[test]
    fn each_route_is_implemented_and_not_only_parsed() {
        let sim = Sim::builder().build().expect("an empty drive");
        let app = App::new(sim, ServerOptions::default()).expect("a server");
        assert_eq!(status(&app, "PUT", "/v1.0/me"), StatusCode::NOT_IMPLEMENTED);
        assert_eq!(status(&app, "PUT", "/v1.0/me/drive"), StatusCode::METHOD_NOT_ALLOWED);
        for route in graph::routes() {
            for path in route.paths() {
                assert!(path.starts_with('/'), "{path} has a word that was not replaced");
                let status = status(&app, route.method, &path);
                let refused = [StatusCode::NOT_IMPLEMENTED, StatusCode::METHOD_NOT_ALLOWED];
                assert!(!refused.contains(&status), "{} {path}", route.method);
            }
        }
    }

    #[test]
    fn a_route_that_runs_inline_does_so_on_an_idle_server() {
        let outline =
            "drive work profile=business owner=me\na.txt\ndrive box profile=box owner=user:ann\na.txt\n";
        let sim = Sim::builder().outline(outline).build().expect("an outline");
        let app = App::new(sim, ServerOptions::default()).expect("a server");
        for route in graph::routes().chain(box_api::routes()) {
            for path in route.paths() {
                let request = request(route.method, &path);
                let Ok(routed) = service::route(&app, &request) else { continue };
                if routed.is_short(&request) {
                    let outcome = request.run_inline(|| routed.handle(&app, &request));
                    assert!(outcome.is_ok(), "{} {path} is always handled twice", route.method);
                }
            }
        }
    }

    #[test]
    fn no_route_is_listed_twice() {
        let mut seen = HashSet::new();
        for route in routes() {
            for path in route.paths() {
                assert!(seen.insert((route.method, path.clone())), "{} {path} is listed twice", route.method);
            }
        }
    }

    #[test]
    fn every_word_is_replaced_and_used() {
        for word in path_words() {
            assert!(routes().iter().all(|route| route.paths().iter().all(|path| !path.contains(word.word))));
            let in_forms = path_words().iter().flat_map(|other| other.forms.iter().copied());
            let mut all = routes().iter().map(|route| route.path).chain(in_forms);
            assert!(all.any(|path| path.contains(word.word)), "{} is never used", word.word);
        }
    }

    #[test]
    fn routes_of_a_group_are_adjacent() {
        let mut groups: Vec<&str> = routes().iter().map(|route| route.group).collect();
        groups.dedup();
        assert_eq!(
            groups,
            ["Drives", "Items", "Copies", "Content", "Box", "Content at Box", admin::routes::GROUP]
        );
    }
}
