//! Finds the API of Microsoft that a path belongs to, and splits the path at its version.

use crate::http::url;

/// The API of Microsoft that a URL belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Microsoft Graph: below `/v1.0` or `/beta`.
    Graph,
    /// The OneDrive API: `/drive`, `/v1.0/drive`.
    OneDrive,
    /// SharePoint's own: below `/_api/v2.0` or `/_api/v2.1`. Clients that are configured for another tenant may leave
    /// `_api` out.
    SharePoint,
}

impl Api {
    /// Returns whether the endpoint has no gateway of Graph in front. Some members have other names there.
    pub(crate) fn is_direct(self) -> bool {
        self != Api::Graph
    }

    /// Returns the name of the API in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Api::Graph => "graph",
            Api::OneDrive => "onedrive",
            Api::SharePoint => "sharepoint",
        }
    }

    /// Returns the API of a path by its prefix. The path need not be a route.
    pub(crate) fn of(path: &str) -> Option<Api> {
        let segments = url::segments(path);
        let is_of_sharepoint = segments.contains(&"_api");
        let known = split_version(&segments).map(|path| path.api);
        known.or(is_of_sharepoint.then_some(Api::SharePoint))
    }

    /// Returns the part of a link before the drive where there is no request to take it from.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Api::Graph => "/v1.0",
            // Drives below `/v1.0` are Graph's, and links lead back to the same API.
            Api::OneDrive => "",
            Api::SharePoint => "/_api/v2.0",
        }
    }

    /// Returns the qualifiers that may precede the name of an action (addressing of bound actions; concept page on the
    /// differences of the direct endpoints; pages of 2015).
    pub(crate) fn qualifiers(self) -> &'static [&'static str] {
        match self {
            Api::Graph => &["microsoft.graph."],
            Api::OneDrive => &["oneDrive.", "action."],
            Api::SharePoint => &["oneDrive."],
        }
    }
}

/// The API of a path, and the segments before and after its version.
pub(crate) struct SplitPath<'a> {
    pub(crate) prefix: &'a [&'a str],
    pub(crate) api: Api,
    pub(crate) version: &'static str,
    pub(crate) rest: &'a [&'a str],
}

/// Splits a path at its version. Any segments may precede the version: base URLs of clients may have a path.
pub(crate) fn split_version<'a>(segments: &'a [&'a str]) -> Option<SplitPath<'a>> {
    let is_head = |segment: &&str| {
        let heads =
            ["v1.0", "beta", "_api", "v2.0", "v2.1", "drive", "drives", "monitor", "_download", "_upload"];
        heads.contains(segment)
    };
    let at = segments.iter().position(is_head)?;
    let (prefix, from_head) = segments.split_at(at);
    let (api, version, rest) = match from_head {
        ["_api", "v2.0", rest @ ..] => (Api::SharePoint, "/_api/v2.0", rest),
        ["_api", "v2.1", rest @ ..] => (Api::SharePoint, "/_api/v2.1", rest),
        ["v2.0", rest @ ..] => (Api::SharePoint, "/v2.0", rest),
        ["v2.1", rest @ ..] => (Api::SharePoint, "/v2.1", rest),
        ["v1.0" | "beta", rest @ ..] if rest.first() == Some(&"drive") => {
            (Api::OneDrive, Api::OneDrive.version(), rest)
        }
        ["v1.0", rest @ ..] => (Api::Graph, "/v1.0", rest),
        ["beta", rest @ ..] => (Api::Graph, "/beta", rest),
        ["_download" | "_upload", ..] => (Api::Graph, Api::Graph.version(), from_head),
        ["drive" | "drives" | "monitor", ..] if at == 0 => {
            (Api::OneDrive, Api::OneDrive.version(), from_head)
        }
        _ => return None,
    };
    Some(SplitPath { prefix, api, version, rest })
}
