//! Determines from a request and its status which kind of body is expected.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Exchange;

/// The services, as clients distinguish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Graph,
    OneDrive,
    SharePoint,
    /// A pre-authenticated URL, which does not show its service.
    PreAuthenticatedUrl,
}

/// The kind of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Empty,
    /// The content of a file.
    Content,
    Error,
    Drive,
    Drives,
    Item,
    Items,
    Session {
        is_new: bool,
    },
    Monitor,
}

/// Whether the request selects members by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) of_items: bool,
    pub(crate) of_children: bool,
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Returns the path of a URL, decoded.
pub(crate) fn path(url: &str) -> String {
    let local = match url.split_once("://") {
        Some((_, rest)) if !url.starts_with('/') => rest.find('/').map_or("", |at| &rest[at..]),
        _ => url,
    };
    decoded(local.split(['?', '#']).next().unwrap_or_default())
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

impl Selection {
    pub(crate) fn of(url: &str) -> Selection {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let mut selection = Selection::default();
        for pair in query.split('&') {
            let pair = decoded(pair);
            let (key, value) = pair.split_once('=').unwrap_or((&pair, ""));
            match key.trim_start_matches('$') {
                "select" => selection.of_items = true,
                "expand" => selection.of_children = value.contains("select"),
                _ => {}
            }
        }
        selection
    }
}

impl Service {
    pub(crate) fn of(path: &str) -> Service {
        let parts = segments(path);
        let heads =
            ["_api", "v1.0", "beta", "drive", "drives", "monitor", "v2.0", "v2.1", "_upload", "_download"];
        let at = parts.iter().position(|part| heads.contains(part));
        match at.map(|at| &parts[at..]) {
            Some(["v1.0" | "beta", "drive", ..]) => Service::OneDrive,
            Some(["drive" | "drives" | "monitor", ..]) if at == Some(0) => Service::OneDrive,
            Some(["v1.0" | "beta", ..]) => Service::Graph,
            Some(["v2.0" | "v2.1", ..]) => Service::SharePoint,
            _ if parts.contains(&"_api") => Service::SharePoint,
            Some(["_upload" | "_download", ..]) => Service::PreAuthenticatedUrl,
            _ => Service::Graph,
        }
    }

    /// Returns whether the service is called directly, not through the gateway of Graph.
    pub(crate) fn is_direct(self) -> bool {
        matches!(self, Service::OneDrive | Service::SharePoint)
    }
}

/// Returns the unqualified action on an item or a drive, empty if the URL is that of the item or drive itself.
fn action(path: &str) -> &str {
    let bare = match path.matches(':').count() {
        0 => {
            let last = segments(path).pop().unwrap_or_default();
            let actions =
                ["children", "content", "copy", "createUploadSession", "permanentDelete", "restore"];
            if actions.contains(&unqualified(last)) { last } else { "" }
        }
        // After an unclosed colon the rest is path: an item may be called children.
        n_colons if n_colons % 2 == 1 => "",
        _ => path.rsplit(':').next().unwrap_or_default().trim_matches('/'),
    };
    unqualified(bare)
}

fn unqualified(action: &str) -> &str {
    let action = action.strip_suffix("()").unwrap_or(action);
    // A child by name: the action follows it.
    let action = action.rsplit('/').next().unwrap_or_default();
    ["microsoft.graph.", "oneDrive.", "action."]
        .iter()
        .find_map(|head| action.strip_prefix(head))
        .unwrap_or(action)
}

impl BodyKind {
    /// Returns the kind of the expected body; `None` if no operation responds with this status.
    pub(crate) fn of(exchange: &Exchange<'_>, path: &str, value: &Value) -> Option<BodyKind> {
        let parts = segments(path);
        let (method, status) = (exchange.method, exchange.status);
        let parent = if parts.len() < 2 { "" } else { parts[parts.len() - 2] };
        Some(match (method, parent, status) {
            ("HEAD", _, _) | (_, _, 304) => BodyKind::Empty,
            (_, _, 400..) => BodyKind::Error,
            ("GET", "_download", 200 | 206) => BodyKind::Content,
            ("GET", "_upload", 200) | ("PUT", "_upload", 202) => BodyKind::Session { is_new: false },
            ("PUT" | "POST", "_upload", 200 | 201) => BodyKind::Item,
            ("DELETE", "_upload", 204) => BodyKind::Empty,
            ("GET", "monitor", 200 | 202 | 303) => BodyKind::Monitor,
            (_, "_download" | "_upload" | "monitor", _) => return None,
            _ => return BodyKind::at_drive(exchange, path, value),
        })
    }

    fn at_drive(exchange: &Exchange<'_>, path: &str, value: &Value) -> Option<BodyKind> {
        Some(match (exchange.method, action(path), exchange.status) {
            ("GET", "", 200) => match segments(path)[..] {
                [.., "drives"] => BodyKind::Drives,
                [.., "drives", _] | [.., "drive"] => BodyKind::Drive,
                // Some clients put an empty path between colons and omit one of them.
                [.., "root:", "children"] if value["value"].is_array() => BodyKind::Items,
                _ => BodyKind::Item,
            },
            ("GET", "children", 200) => BodyKind::Items,
            ("POST", "", 201) if path.ends_with("root:/children") => BodyKind::Item,
            ("POST", "children", 200 | 201) => BodyKind::Item,
            ("POST", "copy", 202) | ("GET", "content", 302) => BodyKind::Empty,
            ("POST", "permanentDelete", 204) | ("DELETE", "", 204) => BodyKind::Empty,
            ("PUT", "content", 200 | 201) | ("POST", "restore", 200) | ("PATCH", "", 200) => BodyKind::Item,
            ("POST", "createUploadSession", 200) => BodyKind::Session { is_new: true },
            _ => return None,
        })
    }

    /// Returns the name of the schema of a body.
    pub(crate) fn schema(self, dialect: Service) -> &'static str {
        match self {
            BodyKind::Empty | BodyKind::Content => unreachable!("it has no schema"),
            BodyKind::Error => "microsoft.graph.ODataErrors.ODataError",
            BodyKind::Drive => "microsoft.graph.drive",
            BodyKind::Drives => "microsoft.graph.driveCollectionResponse",
            BodyKind::Item => "microsoft.graph.driveItem",
            BodyKind::Items => "microsoft.graph.driveItemCollectionResponse",
            BodyKind::Session { .. } => "microsoft.graph.uploadSession",
            BodyKind::Monitor => match dialect {
                Service::SharePoint => "x.copyMonitorStatus",
                Service::OneDrive => "x.asyncJobStatus.onedrive",
                _ => "x.asyncJobStatus.graph",
            },
        }
    }
}
