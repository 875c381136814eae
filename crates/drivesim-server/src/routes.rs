//! Lists the routes of a server: each request, the forms of its URL, and what it does.

/// A route of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The subject of the route. Routes of one group are adjacent.
    pub group: &'static str,
    /// The method, `GET`.
    pub method: &'static str,
    /// The path, with the words of [`path_words`], and with names in braces for its variable parts.
    pub path: &'static str,
    /// What it does.
    pub does: &'static str,
}

/// A word in the path of a [`RouteInfo`] that stands for several forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathWord {
    /// The word, `{item}`.
    pub word: &'static str,
    /// What its forms name.
    pub means: &'static str,
    /// The forms. They may contain other words.
    pub forms: &'static [&'static str],
}

impl RouteInfo {
    /// Returns all paths of the route: each word of [`path_words`] in each of its forms.
    ///
    /// ```
    /// let routes = drivesim_server::routes();
    /// let copy = routes.iter().find(|route| route.path == "{drive}/{item}/copy");
    /// let paths = copy.map(|route| route.paths()).unwrap_or_default();
    /// assert!(paths.iter().any(|path| path == "/beta/me/drive/root:/{path}:/copy"));
    /// ```
    pub fn paths(&self) -> Vec<String> {
        // A form contains only later words, so that one pass replaces all of them.
        let start = vec![self.path.to_owned()];
        WORDS.iter().fold(start, |paths, word| paths.iter().flat_map(|path| word.expand(path)).collect())
    }
}

impl PathWord {
    fn expand(&self, path: &str) -> Vec<String> {
        if path.contains(self.word) {
            return self.forms.iter().map(|form| path.replace(self.word, form)).collect();
        }
        vec![path.to_owned()]
    }
}

/// Returns all routes of a server. Other requests fail. HEAD works wherever GET does, without a body.
///
/// ```
/// for route in drivesim_server::routes() {
///     println!("{} {}: {}", route.method, route.path, route.does);
/// }
/// ```
pub fn routes() -> &'static [RouteInfo] {
    ROUTES
}

/// Returns the words that stand for several forms in the paths of [`routes`].
pub fn path_words() -> &'static [PathWord] {
    WORDS
}

const WORDS: &[PathWord] = &[
    PathWord {
        word: "{drives}",
        means: "all drives, or those of one owner",
        forms: &[
            "{service}/drives",
            "{service}/me/drives",
            "{service}/users/{user-id}/drives",
            "{service}/groups/{group-id}/drives",
            "{service}/sites/{site-id}/drives",
            "/drives",
        ],
    },
    PathWord {
        word: "{monitor}",
        means: "a job: below `/_api/v2.0` as business drives tell it, below `/v1.0` as personal ones do through Graph, \
                without either as the OneDrive API does; the answer to a copy names the right one",
        forms: &["{service}/monitor/{job-id}", "/monitor/{job-id}"],
    },
    PathWord {
        word: "{drive}",
        means: "a drive: by its id on the wire or its name, or by its owner",
        forms: &[
            "{service}/drives/{drive-id}",
            "{service}/me/drive",
            "{service}/me/drives/{drive-id}",
            "{service}/users/{user-id}/drive",
            "{service}/users/{user-id}/drives/{drive-id}",
            "{service}/groups/{group-id}/drive",
            "{service}/groups/{group-id}/drives/{drive-id}",
            "{service}/sites/{site-id}/drive",
            "{service}/sites/{site-id}/drives/{drive-id}",
            "{service}/drive",
            "/drives/{drive-id}",
            "/drive",
        ],
    },
    PathWord {
        word: "{service}",
        means: "Microsoft Graph, or SharePoint with or without `_api`, behind a path of its own or none; what begins \
                with `/drive`, `/v1.0/drive` or `/beta/drive` is the OneDrive API",
        forms: &["/v1.0", "/beta", "/_api/v2.0", "/_api/v2.1", "/v2.0", "/v2.1"],
    },
    PathWord {
        word: "{item}",
        means: "an item: by its id, the root, or by its path from either; the last colon may be missing at the end, and \
                `/children/{name}` may lead to what is asked of a child",
        forms: &["items/{item-id}", "root", "root:/{path}:", "items/{item-id}:/{path}:"],
    },
    PathWord {
        word: "{box}",
        means: "the drive of Box, behind a path of its own or none, in the form of the host that takes uploads too",
        forms: &["/2.0", "/api/2.0"],
    },
];

/// Creates a line of the table.
const fn route(
    group: &'static str,
    method: &'static str,
    path: &'static str,
    does: &'static str,
) -> RouteInfo {
    RouteInfo { group, method, path, does }
}

const DRIVES: &str = "Drives";
const ITEMS: &str = "Items";
const COPIES: &str = "Copies";
const CONTENT: &str = "Content";
const BOX: &str = "Box";
const BOX_CONTENT: &str = "Content at Box";
const ADMIN: &str = "Side door";

const ROUTES: &[RouteInfo] = &[
    route(DRIVES, "GET", "{drives}", "lists the drives"),
    route(DRIVES, "GET", "{drive}", "shows the drive with its owner and quota"),
    route(ITEMS, "GET", "{drive}/{item}", "shows the item"),
    route(ITEMS, "GET", "{drive}/{item}/children", "lists what is in the folder, page by page"),
    route(ITEMS, "POST", "{drive}/{item}/children", "makes a folder in the folder"),
    route(ITEMS, "PATCH", "{drive}/{item}", "renames or moves the item, sets its times and description"),
    route(ITEMS, "DELETE", "{drive}/{item}", "puts the item into the bin"),
    route(ITEMS, "POST", "{drive}/{item}/permanentDelete", "deletes the item for good"),
    route(ITEMS, "POST", "{drive}/items/{item-id}/restore", "takes the item out of the bin"),
    route(
        COPIES,
        "POST",
        "{drive}/{item}/copy",
        "accepts a copy of the item as a job, and answers with its {monitor}; through Graph as `microsoft.graph.copy` \
         too, through SharePoint as `oneDrive.copy`, through the OneDrive API as that and as `action.copy`",
    ),
    route(COPIES, "GET", "{monitor}", "tells how far the job is, without a token"),
    route(
        CONTENT,
        "GET",
        "{drive}/{item}/content",
        "points to the bytes of the file: 302 to a download, whatever range is asked for",
    ),
    route(
        CONTENT,
        "GET",
        "/_download/{opaque}",
        "sends the bytes of the file, or the range of them that is asked for, without a token",
    ),
    route(CONTENT, "PUT", "{drive}/{item}/content", "makes the file or replaces its bytes"),
    route(
        CONTENT,
        "POST",
        "{drive}/{item}/createUploadSession",
        "opens an upload in ranges, and answers with its URL",
    ),
    route(
        CONTENT,
        "PUT",
        "/_upload/{opaque}",
        "takes a range of an upload, without a token; the last one makes the file",
    ),
    route(CONTENT, "GET", "/_upload/{opaque}", "tells which ranges of an upload are missing"),
    route(CONTENT, "POST", "/_upload/{opaque}", "makes the file of an upload that is complete"),
    route(CONTENT, "DELETE", "/_upload/{opaque}", "gives an upload up"),
    route(BOX, "GET", "{box}/files/{file-id}", "shows the file, also one in the trash"),
    route(
        BOX,
        "PUT",
        "{box}/files/{file-id}",
        "renames or moves the file, sets its description, tags, lock, shared link, disposition and times of the content",
    ),
    route(BOX, "DELETE", "{box}/files/{file-id}", "puts the file into the trash"),
    route(BOX, "POST", "{box}/files/{file-id}/copy", "copies the file, and answers with the copy"),
    route(BOX, "GET", "{box}/folders/{folder-id}", "shows the folder with its first entries"),
    route(
        BOX,
        "GET",
        "{box}/folders/{folder-id}/items",
        "lists what is in the folder, by offset or by marker",
    ),
    route(BOX, "POST", "{box}/folders", "makes a folder, with its upload address and sync state"),
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
        "puts the folder into the trash, with all in it where `recursive=true`",
    ),
    route(
        BOX,
        "POST",
        "{box}/folders/{folder-id}/copy",
        "copies the folder, and answers with the copy, which fills up if it is large",
    ),
    route(BOX, "GET", "{box}/folders/trash/items", "lists what was deleted, by offset or by marker"),
    route(BOX, "GET", "{box}/files/{file-id}/trash", "shows the file of the trash"),
    route(BOX, "GET", "{box}/folders/{folder-id}/trash", "shows the folder of the trash"),
    route(BOX, "POST", "{box}/files/{file-id}", "takes the file out of the trash"),
    route(BOX, "POST", "{box}/folders/{folder-id}", "takes the folder out of the trash"),
    route(BOX, "DELETE", "{box}/files/{file-id}/trash", "deletes the file of the trash for good"),
    route(BOX, "DELETE", "{box}/folders/{folder-id}/trash", "deletes the folder of the trash for good"),
    route(BOX, "GET", "{box}/search", "finds files and folders by their names"),
    route(BOX, "GET", "{box}/users/me", "shows the user whom the request comes from"),
    route(BOX, "GET", "{box}/events", "tells what was done through this interface, behind a position"),
    route(BOX, "OPTIONS", "{box}/events", "tells where the long poll is"),
    route(BOX, "GET", "{box}/_realtime", "waits for what is done behind a position"),
    route(BOX, "POST", "/oauth2/token", "gives a token to whoever asks in due form"),
    route(BOX, "POST", "/oauth2/revoke", "takes a token back, which is good all the same"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/content",
        "makes a file of a multipart body: `attributes` first, then the bytes",
    ),
    route(
        BOX_CONTENT,
        "OPTIONS",
        "{box}/files/content",
        "says whether the file could be uploaded, and where to",
    ),
    route(BOX_CONTENT, "POST", "{box}/files/{file-id}/content", "gives the file a new version"),
    route(
        BOX_CONTENT,
        "OPTIONS",
        "{box}/files/{file-id}/content",
        "says whether the new version could be uploaded",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/files/{file-id}/content",
        "points to the bytes of the file, or of the version that is named: 302 to a download",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/_download/{opaque}",
        "sends the bytes, or the range of them that is asked for, without a token",
    ),
    route(BOX_CONTENT, "GET", "{box}/files/{file-id}/versions", "lists the past versions of the file"),
    route(BOX_CONTENT, "GET", "{box}/files/{file-id}/versions/{version-id}", "shows the version"),
    route(BOX_CONTENT, "DELETE", "{box}/files/{file-id}/versions/{version-id}", "deletes the past version"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/{file-id}/versions/current",
        "makes a past version the current one",
    ),
    route(BOX_CONTENT, "POST", "{box}/files/upload_sessions", "opens an upload of a new file in parts"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/{file-id}/upload_sessions",
        "opens an upload of a new version in parts",
    ),
    route(
        BOX_CONTENT,
        "GET",
        "{box}/files/upload_sessions/{session-id}",
        "tells how far an upload in parts is",
    ),
    route(BOX_CONTENT, "PUT", "{box}/files/upload_sessions/{session-id}", "takes a part"),
    route(BOX_CONTENT, "DELETE", "{box}/files/upload_sessions/{session-id}", "gives an upload in parts up"),
    route(BOX_CONTENT, "GET", "{box}/files/upload_sessions/{session-id}/parts", "lists the parts that came"),
    route(
        BOX_CONTENT,
        "POST",
        "{box}/files/upload_sessions/{session-id}/commit",
        "makes the file of its parts",
    ),
    route(ADMIN, "GET", "/_drivesim/health", "says that the server answers"),
    route(ADMIN, "POST", "/_drivesim/reset", "puts all back as it was at the start"),
    route(ADMIN, "GET", "/_drivesim/outline", "prints the drives as an outline"),
    route(
        ADMIN,
        "PUT",
        "/_drivesim/outline",
        "replaces what is in a drive, `?drive=NAME` where there are several, by an outline",
    ),
    route(ADMIN, "POST", "/_drivesim/drives", "makes a drive"),
    route(ADMIN, "DELETE", "/_drivesim/drives/{name}", "removes the drive"),
    route(ADMIN, "GET", "/_drivesim/access", "shows the access level of an item"),
    route(ADMIN, "PUT", "/_drivesim/access", "sets what callers may do with an item and what is below it"),
    route(
        ADMIN,
        "GET",
        "/_drivesim/members",
        "shows the members of an item, `?path=/Docs/a.txt`, that were set",
    ),
    route(
        ADMIN,
        "PATCH",
        "/_drivesim/members",
        "sets members of an item of a box drive, as tags, and takes others away",
    ),
    route(ADMIN, "GET", "/_drivesim/clock", "tells the time of the simulation"),
    route(ADMIN, "POST", "/_drivesim/clock", "moves a clock that is moved by hand"),
    route(ADMIN, "POST", "/_drivesim/run-until-idle", "moves the clock until no job has anything left to do"),
    route(ADMIN, "GET", "/_drivesim/jobs", "lists the jobs"),
    route(ADMIN, "GET", "/_drivesim/jobs/{job-id}", "shows the job; this is not a look that moves it"),
    route(
        ADMIN,
        "GET",
        "/_drivesim/jobs/{job-id}/events",
        "streams what happens to the job, as server-sent events; `?every=tenth` or `item` for more than whole percents",
    ),
    route(ADMIN, "POST", "/_drivesim/jobs/{job-id}/step", "moves a job on that is held"),
    route(ADMIN, "POST", "/_drivesim/snapshot/{name}", "keeps the state under the name"),
    route(ADMIN, "POST", "/_drivesim/restore/{name}", "puts the state of that name back"),
    route(ADMIN, "GET", "/_drivesim/requests", "lists the requests that were answered last"),
    route(ADMIN, "GET", "/_drivesim/openapi.json", "describes the side door as OpenAPI"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::http::{Method, Request, StatusCode};
    use drivesim::Sim;

    use super::*;
    use crate::app::App;
    use crate::box_api;
    use crate::options::ServerOptions;
    use crate::request::ApiRequest;
    use crate::service::{self, RequestIds};

    /// Returns the status of the response to a request. Names in braces stay, without the braces.
    fn status(app: &App, method: &str, path: &str) -> StatusCode {
        let path = path.replace(['{', '}'], "");
        let (mut parts, ()) =
            Request::builder().method(method).uri(path).body(()).expect("a request").into_parts();
        let call = ApiRequest::from_parts(&mut parts, None, None, crate::request::RequestMemory::default())
            .expect("a head");
        let ids = RequestIds { request: String::new(), client: None, takes_gzip: false };
        let reply = service::route(app, &call).and_then(|admitted| admitted.handle(app, &call));
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
                &ApiRequest::from_parts(&mut parts, None, None, crate::request::RequestMemory::default())
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
        assert_eq!(groups, [DRIVES, ITEMS, COPIES, CONTENT, BOX, BOX_CONTENT, ADMIN]);
    }
}
