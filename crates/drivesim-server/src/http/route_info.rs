//! Describes routes: each request, the forms of its URL, and what it does.

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

/// Returns the words that stand for several forms in the paths of [`routes`](crate::routes()).
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
        means: "a job: below `/_api/v2.0` in the form of business drives, below `/v1.0` in that of personal ones through Graph, \
                without either in that of the OneDrive API; the response to a copy has the right one",
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
        means: "Microsoft Graph, or SharePoint with or without `_api`, below any path or none; what begins \
                with `/drive`, `/v1.0/drive` or `/beta/drive` is the OneDrive API",
        forms: &["/v1.0", "/beta", "/_api/v2.0", "/_api/v2.1", "/v2.0", "/v2.1"],
    },
    PathWord {
        word: "{item}",
        means: "an item: by its id, the root, or by its path from either; the last colon is optional at the end, and \
                `/children/{name}` may precede the operation on a child",
        forms: &["items/{item-id}", "root", "root:/{path}:", "items/{item-id}:/{path}:"],
    },
    PathWord {
        word: "{box}",
        means: "the drive of Box, below any path or none, also in the form of the upload host",
        forms: &["/2.0", "/api/2.0"],
    },
];

/// Creates a line of the table.
pub(crate) const fn route(
    group: &'static str,
    method: &'static str,
    path: &'static str,
    does: &'static str,
) -> RouteInfo {
    RouteInfo { group, method, path, does }
}
