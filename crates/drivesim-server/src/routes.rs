//! Lists the routes of a server.

use std::sync::LazyLock;

use crate::box_api;
use crate::http::route_info::{RouteInfo, route};

/// Returns all routes of a server. Other requests fail. HEAD works wherever GET does, without a body.
///
/// ```
/// for route in drivesim_server::routes() {
///     println!("{} {}: {}", route.method, route.path, route.does);
/// }
/// ```
pub fn routes() -> &'static [RouteInfo] {
    &ROUTES
}

static ROUTES: LazyLock<Vec<RouteInfo>> = LazyLock::new(|| {
    let (microsoft, admin) = (MICROSOFT_ROUTES.iter().copied(), ADMIN_ROUTES.iter().copied());
    microsoft.chain(box_api::routes()).chain(admin).collect()
});

const DRIVES: &str = "Drives";
const ITEMS: &str = "Items";
const COPIES: &str = "Copies";
const CONTENT: &str = "Content";
const ADMIN: &str = "Admin API";

const MICROSOFT_ROUTES: &[RouteInfo] = &[
    route(DRIVES, "GET", "{drives}", "lists the drives"),
    route(DRIVES, "GET", "{drive}", "shows the drive with its owner and quota"),
    route(ITEMS, "GET", "{drive}/{item}", "shows the item"),
    route(ITEMS, "GET", "{drive}/{item}/children", "lists the children of the folder, page by page"),
    route(ITEMS, "POST", "{drive}/{item}/children", "creates a folder in the folder"),
    route(ITEMS, "PATCH", "{drive}/{item}", "renames or moves the item, sets its times and description"),
    route(ITEMS, "DELETE", "{drive}/{item}", "moves the item to the bin"),
    route(ITEMS, "POST", "{drive}/{item}/permanentDelete", "deletes the item for good"),
    route(ITEMS, "POST", "{drive}/items/{item-id}/restore", "restores the item from the bin"),
    route(
        COPIES,
        "POST",
        "{drive}/{item}/copy",
        "accepts a copy of the item as a job, and responds with its {monitor}; through Graph as `microsoft.graph.copy` \
         too, through SharePoint as `oneDrive.copy`, through the OneDrive API as that and as `action.copy`",
    ),
    route(COPIES, "GET", "{monitor}", "reports the progress of the job, without a token"),
    route(
        CONTENT,
        "GET",
        "{drive}/{item}/content",
        "redirects to a download of the file: 302, for any range",
    ),
    route(
        CONTENT,
        "GET",
        "/_download/{opaque}",
        "sends the content of the file, or the requested range of it, without a token",
    ),
    route(CONTENT, "PUT", "{drive}/{item}/content", "creates the file or replaces its content"),
    route(
        CONTENT,
        "POST",
        "{drive}/{item}/createUploadSession",
        "creates an upload session for ranges, and responds with its URL",
    ),
    route(
        CONTENT,
        "PUT",
        "/_upload/{opaque}",
        "uploads a range, without a token; the last one creates the file",
    ),
    route(CONTENT, "GET", "/_upload/{opaque}", "lists the missing ranges of an upload"),
    route(CONTENT, "POST", "/_upload/{opaque}", "creates the file of a complete upload"),
    route(CONTENT, "DELETE", "/_upload/{opaque}", "cancels an upload"),
];

const ADMIN_ROUTES: &[RouteInfo] = &[
    route(ADMIN, "GET", "/_drivesim/health", "reports that the server is alive, and its memory"),
    route(ADMIN, "POST", "/_drivesim/reset", "restores the state at the start"),
    route(ADMIN, "GET", "/_drivesim/outline", "prints the drives as an outline"),
    route(
        ADMIN,
        "PUT",
        "/_drivesim/outline",
        "replaces the items of a drive, `?drive=NAME` if there are several, by an outline",
    ),
    route(ADMIN, "POST", "/_drivesim/drives", "creates a drive"),
    route(ADMIN, "DELETE", "/_drivesim/drives/{name}", "removes the drive"),
    route(ADMIN, "GET", "/_drivesim/access", "shows the access level of an item"),
    route(ADMIN, "PUT", "/_drivesim/access", "sets the access level of an item and of everything below it"),
    route(
        ADMIN,
        "GET",
        "/_drivesim/members",
        "lists the members of an item, `?path=/Docs/a.txt`, that were set",
    ),
    route(
        ADMIN,
        "PATCH",
        "/_drivesim/members",
        "sets and removes members of an item of a Box drive, such as tags",
    ),
    route(ADMIN, "GET", "/_drivesim/clock", "returns the simulated time"),
    route(ADMIN, "POST", "/_drivesim/clock", "advances a manual clock"),
    route(ADMIN, "POST", "/_drivesim/run-until-idle", "advances the clock until no job has work left"),
    route(ADMIN, "GET", "/_drivesim/jobs", "lists the jobs"),
    route(ADMIN, "GET", "/_drivesim/jobs/{job-id}", "shows the job; this is not a poll that moves it"),
    route(
        ADMIN,
        "GET",
        "/_drivesim/jobs/{job-id}/events",
        "streams the events of the job as server-sent events; `?every=tenth` or `item` for more than whole percents",
    ),
    route(ADMIN, "POST", "/_drivesim/jobs/{job-id}/step", "steps a held job"),
    route(ADMIN, "POST", "/_drivesim/snapshot/{name}", "keeps the state under the name"),
    route(ADMIN, "POST", "/_drivesim/restore/{name}", "restores the state with that name"),
    route(ADMIN, "GET", "/_drivesim/requests", "lists the latest requests"),
    route(ADMIN, "GET", "/_drivesim/openapi.json", "describes the admin API as OpenAPI"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::http::{Request, StatusCode};
    use drivesim::Sim;

    use super::*;
    use crate::http::request::ApiRequest;
    use crate::http::route_info::path_words;
    use crate::service::{self, RequestIds};
    use crate::state::app::App;
    use crate::state::options::ServerOptions;

    /// Returns the status of the response to a request. Names in braces stay, without the braces.
    fn status(app: &App, method: &str, path: &str) -> StatusCode {
        let path = path.replace(['{', '}'], "");
        let (mut parts, ()) =
            Request::builder().method(method).uri(path).body(()).expect("a request").into_parts();
        let request =
            ApiRequest::from_parts(&mut parts, None, None, crate::http::request::RequestMemory::default())
                .expect("a head");
        let ids = RequestIds { request: String::new(), client: None, takes_gzip: false };
        let reply = service::route(app, &request).and_then(|admitted| admitted.handle(app, &request));
        reply.unwrap_or_else(|refused| refused.to_response(app, &ids)).status
    }

    #[test]
    fn each_route_is_implemented_and_not_only_parsed() {
        let sim = Sim::builder().build().expect("an empty drive");
        let app = App::new(sim, ServerOptions::default()).expect("a server");
        assert_eq!(status(&app, "PUT", "/v1.0/me"), StatusCode::NOT_IMPLEMENTED);
        assert_eq!(status(&app, "PUT", "/v1.0/me/drive"), StatusCode::METHOD_NOT_ALLOWED);
        for route in MICROSOFT_ROUTES {
            for path in route.paths() {
                assert!(path.starts_with('/'), "{path} has a word that was not replaced");
                let status = status(&app, route.method, &path);
                let refused = [StatusCode::NOT_IMPLEMENTED, StatusCode::METHOD_NOT_ALLOWED];
                assert!(!refused.contains(&status), "{} {path}", route.method);
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
        assert_eq!(groups, [DRIVES, ITEMS, COPIES, CONTENT, "Box", "Content at Box", ADMIN]);
    }
}
