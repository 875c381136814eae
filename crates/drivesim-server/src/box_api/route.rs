//! Parses the URLs of Box: the path before the version, and the segments after it.

use crate::http::url;

/// A URL of Box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BoxRoute {
    /// The part of the path before the version. Links repeat it, so that they reach the server by the same base URL.
    pub(crate) prefix: String,
    /// Whether `api` precedes the version, as on the host for uploads.
    pub(crate) is_of_uploads: bool,
    /// The segments after the version; for the URL of tokens, `oauth2` and `token`.
    pub(crate) segments: Vec<String>,
}

/// Returns whether a path belongs to Box, like [`Route::parse`].
pub(crate) fn is_box_path(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match segments.find(|segment| HEADS.contains(segment)) {
        Some("2.0") => true,
        Some("oauth2") => OAUTH.into_iter().any(|verb| segments.clone().eq([verb])),
        _ => false,
    }
}

/// Segments that decide the service of a path: those of Box, and those that paths of others begin with.
const HEADS: [&str; 11] =
    ["2.0", "oauth2", "v1.0", "beta", "_api", "v2.0", "v2.1", "drive", "drives", "monitor", "_drivesim"];

/// The operations on tokens, after `oauth2`.
const OAUTH: [&str; 3] = ["token", "revoke", "authorize"];

impl BoxRoute {
    /// Parses a decoded path; `None` if it does not belong to Box. A slash at the end is ignored.
    pub(crate) fn read(path: &str) -> Option<BoxRoute> {
        let segments = url::segments(path);
        let at = segments.iter().position(|segment| HEADS.contains(segment))?;
        let (prefix, from_head) = segments.split_at(at);
        let (is_of_uploads, prefix) = match (from_head[0], prefix) {
            ("2.0", [prefix @ .., "api"]) => (true, prefix),
            ("2.0", prefix) => (false, prefix),
            // The URLs of tokens have no version; some clients send `api` before them, as for uploads.
            ("oauth2", [prefix @ .., "api"]) | ("oauth2", prefix)
                if OAUTH.into_iter().any(|verb| from_head[1..] == [verb]) =>
            {
                (false, prefix)
            }
            _ => return None,
        };
        let segments = if from_head[0] == "2.0" { &from_head[1..] } else { from_head };
        Some(BoxRoute {
            prefix: url::encode_path(prefix),
            is_of_uploads,
            segments: segments.iter().map(|&segment| segment.to_owned()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_split_at_their_version() {
        let read = |path: &str| {
            assert_eq!(is_box_path(path), BoxRoute::read(path).is_some(), "{path}");
            BoxRoute::read(path).map(|route| (route.prefix, route.is_of_uploads, route.segments.join("/")))
        };
        let some = |prefix: &str, is_of_uploads, rest: &str| {
            Some((prefix.to_owned(), is_of_uploads, rest.to_owned()))
        };
        assert_eq!(read("/2.0/files/1/copy"), some("", false, "files/1/copy"));
        assert_eq!(read("/api/2.0/files/content/"), some("", true, "files/content"));
        assert_eq!(read("/of/mine/2.0/users/me"), some("/of/mine", false, "users/me"));
        assert_eq!(read("/of \"mine\"/2.0/users/me"), some("/of%20%22mine%22", false, "users/me"));
        assert_eq!(read("/oauth2/token"), some("", false, "oauth2/token"));
        assert_eq!(read("/oauth2/revoke"), some("", false, "oauth2/revoke"));
        assert_eq!(read("/api/oauth2/authorize"), some("", false, "oauth2/authorize"));
        assert_eq!(read("/2.0"), some("", false, ""));
        for path in [
            "/",
            "/files/1",
            "/v1.0/me/drive/root:/2.0",
            "/oauth2",
            "/oauth2/nonsense",
            "/drive/2.0",
            "/_drivesim/2.0",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
    }
}
