//! Lists the routes of a server.

use std::sync::LazyLock;

use crate::graph;
use crate::http::route_info::{RouteInfo, route};

/// Returns all routes of a server. Other requests fail. HEAD works wherever GET does, without a body.
///
/// ```
/// for route in drivesim_server::routes() {
///     println!("{} {}: {}", route.method, route.path, route.does);
/// }
/// ```
pub fn routes() -> &'static [RouteInfo] {
    static ALL: LazyLock<Vec<RouteInfo>> =
        LazyLock::new(|| graph::routes().chain(ROUTES.iter().copied()).collect());
    &ALL
}

const BOX: &str = "Box";
const BOX_CONTENT: &str = "Content at Box";
const ADMIN: &str = "Admin API";

const ROUTES: &[RouteInfo] = &[
    route(BOX, "GET", "{box}/files/{file-id}", "shows the file, also one in the trash"),
    route(
        BOX,
        "PUT",
        "{box}/files/{file-id}",
        "renames or moves the file, sets its description, tags, lock, shared link, disposition and times of the content",
    ),
    route(BOX, "DELETE", "{box}/files/{file-id}", "moves the file to the trash"),
    route(BOX, "POST", "{box}/files/{file-id}/copy", "copies the file, and responds with the copy"),
    route(BOX, "GET", "{box}/folders/{folder-id}", "shows the folder with its first entries"),
    route(
        BOX,
        "GET",
        "{box}/folders/{folder-id}/items",
        "lists the children of the folder, by offset or by marker",
    ),
    route(BOX, "POST", "{box}/folders", "creates a folder, with its upload address and sync state"),
    route(
        BOX,
        "PUT",
        "{box}/folders/{folder-id}",
        "renames or moves the folder, sets its description, tags, shared link, upload address, sync state and settings",
    ),
    route(
        BOX,
        "DELETE",
        "{box}/folders/{folder-id}",
        "moves the folder to the trash, with its items if `recursive=true`",
    ),
    route(
        BOX,
        "POST",
        "{box}/folders/{folder-id}/copy",
        "copies the folder, and responds with the copy, which is filled later if it is large",
    ),
    route(BOX, "GET", "{box}/folders/trash/items", "lists the trash, by offset or by marker"),
    route(BOX, "GET", "{box}/files/{file-id}/trash", "shows the file of the trash"),
    route(BOX, "GET", "{box}/folders/{folder-id}/trash", "shows the folder of the trash"),
    route(BOX, "POST", "{box}/files/{file-id}", "restores the file from the trash"),
    route(BOX, "POST", "{box}/folders/{folder-id}", "restores the folder from the trash"),
    route(BOX, "DELETE", "{box}/files/{file-id}/trash", "deletes the file of the trash for good"),
    route(BOX, "DELETE", "{box}/folders/{folder-id}/trash", "deletes the folder of the trash for good"),
    route(BOX, "GET", "{box}/search", "finds files and folders by their names"),
    route(BOX, "GET", "{box}/users/me", "shows the user of the request"),
    route(BOX, "GET", "{box}/events", "lists the changes made through this API, after a position"),
    route(BOX, "OPTIONS", "{box}/events", "returns the URL of the long poll"),
    route(BOX, "GET", "{box}/_realtime", "waits for changes after a position"),
    route(BOX, "POST", "/oauth2/token", "issues a token for any well-formed request"),
    route(BOX, "POST", "/oauth2/revoke", "accepts the revocation of a token, which stays valid"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/content",
        "creates a file from a multipart body: `attributes` first, then the content",
    ),
    route(
        BOX_CONTENT,
        "OPTIONS",
        "{box}/files/content",
        "checks whether the file could be uploaded, and returns the upload URL",
    ),
    route(BOX_CONTENT, "POST", "{box}/files/{file-id}/content", "uploads a new version of the file"),
    route(
        BOX_CONTENT,
        "OPTIONS",
        "{box}/files/{file-id}/content",
        "checks whether the new version could be uploaded",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/files/{file-id}/content",
        "redirects to a download of the file, or of a version: 302",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/_download/{opaque}",
        "sends the content, or the requested range of it, without a token",
    ),
    route(BOX_CONTENT, "GET", "{box}/files/{file-id}/versions", "lists the past versions of the file"),
    route(BOX_CONTENT, "GET", "{box}/files/{file-id}/versions/{version-id}", "shows the version"),
    route(BOX_CONTENT, "DELETE", "{box}/files/{file-id}/versions/{version-id}", "deletes the past version"),
    route(BOX_CONTENT, "POST", "{box}/files/{file-id}/versions/current", "makes a past version current"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/upload_sessions",
        "creates an upload session for a new file in parts",
    ),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/{file-id}/upload_sessions",
        "creates an upload session for a new version in parts",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/files/upload_sessions/{session-id}",
        "reports the progress of an upload in parts",
    ),
    route(BOX_CONTENT, "PUT", "{box}/files/upload_sessions/{session-id}", "uploads a part"),
    route(BOX_CONTENT, "DELETE", "{box}/files/upload_sessions/{session-id}", "cancels an upload in parts"),
    route(BOX_CONTENT, "GET", "{box}/files/upload_sessions/{session-id}/parts", "lists the uploaded parts"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/upload_sessions/{session-id}/commit",
        "creates the file from its parts",
    ),
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

    use axum::http::{Method, Request, StatusCode};
    use drivesim::Sim;

    use super::*;
    use crate::box_api;
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
        for route in routes().iter().filter(|route| ![BOX, ADMIN].contains(&route.group)) {
            for path in route.paths() {
                assert!(path.starts_with('/'), "{path} has a word that was not replaced");
                let status = status(&app, route.method, &path);
                let refused = [StatusCode::NOT_IMPLEMENTED, StatusCode::METHOD_NOT_ALLOWED];
                assert!(!refused.contains(&status), "{} {path}", route.method);
                // Box has the same error for a wrong method and for an id that is not a number.
                let (method, path) = (&Method::try_from(route.method).expect("a method"), path.as_str());
                let is_of_box = box_api::is_box_path(path);
                assert!(!is_of_box || box_api::is_supported(method, path), "{method} {path}");
            }
        }
    }

    #[test]
    fn each_route_of_box_is_implemented() {
        let app = App::new(Sim::builder().build().expect("an empty drive"), ServerOptions::default());
        let app = app.expect("a server");
        let is_answered = |method: &str, path: &str| {
            let (mut parts, ()) =
                Request::builder().method(method).uri(path).body(()).expect("a request").into_parts();
            box_api::route(
                &app,
                &ApiRequest::from_parts(
                    &mut parts,
                    None,
                    None,
                    crate::http::request::RequestMemory::default(),
                )
                .expect("a head"),
            )
            .is_ok()
        };
        assert!(!is_answered("PATCH", "/2.0/files/1"));
        for route in routes().iter().filter(|route| route.group == BOX) {
            for path in route.paths() {
                let path = path.replace(['{', '}'], "");
                assert!(is_answered(route.method, &path), "{} {path}", route.method);
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
        assert_eq!(groups, ["Drives", "Items", "Copies", "Content", BOX, BOX_CONTENT, ADMIN]);
    }
}
