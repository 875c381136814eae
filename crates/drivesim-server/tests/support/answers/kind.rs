//! Determines from a request and its status which kind of body is expected.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Exchange;

/// The services, as clients distinguish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Graph,
    OneDrive,
    SharePoint,
    /// A pre-authenticated URL, which does not show its service.
    HandedOut,
}

/// The kind of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nothing,
    /// The content of a file.
    Bytes,
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

impl Dialect {
    pub(crate) fn of(path: &str) -> Dialect {
        let parts = segments(path);
        let heads =
            ["_api", "v1.0", "beta", "drive", "drives", "monitor", "v2.0", "v2.1", "_upload", "_download"];
        let at = parts.iter().position(|part| heads.contains(part));
        match at.map(|at| &parts[at..]) {
            Some(["v1.0" | "beta", "drive", ..]) => Dialect::OneDrive,
            Some(["drive" | "drives" | "monitor", ..]) if at == Some(0) => Dialect::OneDrive,
            Some(["v1.0" | "beta", ..]) => Dialect::Graph,
            Some(["v2.0" | "v2.1", ..]) => Dialect::SharePoint,
            _ if parts.contains(&"_api") => Dialect::SharePoint,
            Some(["_upload" | "_download", ..]) => Dialect::HandedOut,
            _ => Dialect::Graph,
        }
    }

    /// Returns whether the service is called directly, not through the gateway of Graph.
    pub(crate) fn is_direct(self) -> bool {
        matches!(self, Dialect::OneDrive | Dialect::SharePoint)
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

impl Kind {
    /// Returns the kind of the expected body; `None` if no operation responds with this status.
    pub(crate) fn of(exchange: &Exchange<'_>, path: &str, value: &Value) -> Option<Kind> {
        let parts = segments(path);
        let (method, status) = (exchange.method, exchange.status);
        let parent = if parts.len() < 2 { "" } else { parts[parts.len() - 2] };
        Some(match (method, parent, status) {
            ("HEAD", _, _) | (_, _, 304) => Kind::Nothing,
            (_, _, 400..) => Kind::Error,
            ("GET", "_download", 200 | 206) => Kind::Bytes,
            ("GET", "_upload", 200) | ("PUT", "_upload", 202) => Kind::Session { is_new: false },
            ("PUT" | "POST", "_upload", 200 | 201) => Kind::Item,
            ("DELETE", "_upload", 204) => Kind::Nothing,
            ("GET", "monitor", 200 | 202 | 303) => Kind::Monitor,
            (_, "_download" | "_upload" | "monitor", _) => return None,
            _ => return Kind::at_drive(exchange, path, value),
        })
    }

    fn at_drive(exchange: &Exchange<'_>, path: &str, value: &Value) -> Option<Kind> {
        Some(match (exchange.method, action(path), exchange.status) {
            ("GET", "", 200) => match segments(path)[..] {
                [.., "drives"] => Kind::Drives,
                [.., "drives", _] | [.., "drive"] => Kind::Drive,
                // Some clients put an empty path between colons and omit one of them.
                [.., "root:", "children"] if value["value"].is_array() => Kind::Items,
                _ => Kind::Item,
            },
            ("GET", "children", 200) => Kind::Items,
            ("POST", "", 201) if path.ends_with("root:/children") => Kind::Item,
            ("POST", "children", 200 | 201) => Kind::Item,
            ("POST", "copy", 202) | ("GET", "content", 302) => Kind::Nothing,
            ("POST", "permanentDelete", 204) | ("DELETE", "", 204) => Kind::Nothing,
            ("PUT", "content", 200 | 201) | ("POST", "restore", 200) | ("PATCH", "", 200) => Kind::Item,
            ("POST", "createUploadSession", 200) => Kind::Session { is_new: true },
            _ => return None,
        })
    }

    /// Returns the name of the schema of a body.
    pub(crate) fn schema(self, dialect: Dialect) -> &'static str {
        match self {
            Kind::Nothing | Kind::Bytes => unreachable!("it has no schema"),
            Kind::Error => "microsoft.graph.ODataErrors.ODataError",
            Kind::Drive => "microsoft.graph.drive",
            Kind::Drives => "microsoft.graph.driveCollectionResponse",
            Kind::Item => "microsoft.graph.driveItem",
            Kind::Items => "microsoft.graph.driveItemCollectionResponse",
            Kind::Session { .. } => "microsoft.graph.uploadSession",
            Kind::Monitor => match dialect {
                Dialect::SharePoint => "x.copyMonitorStatus",
                Dialect::OneDrive => "x.asyncJobStatus.onedrive",
                _ => "x.asyncJobStatus.graph",
            },
        }
    }
}
