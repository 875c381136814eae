//! The only place that reads URLs: which dialect, which drive, which item, and what is asked of it.
//!
//! Paths come decoded: clients encode colons and slashes in all the ways there are, and no name has either.

/// Which of the service's faces is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Microsoft Graph: below `/v1.0` or `/beta`.
    Graph,
    /// The OneDrive API: `/drive`, `/v1.0/drive`.
    OneDrive,
    /// SharePoint's own: below `/_api/v2.0` or `/_api/v2.1`; clients told of another tenant may leave `_api` out.
    SharePoint,
}

impl Goal {
    /// Says whether its URL was handed out to whom it may concern, and is asked without a token.
    pub(crate) fn needs_no_token(&self) -> bool {
        matches!(self, Goal::Monitor(_) | Goal::Download(_) | Goal::Upload(_))
    }
}

impl Dialect {
    /// Says whether it is an endpoint without Graph's gateway in front: some members are spelled otherwise there.
    pub(crate) fn is_direct(self) -> bool {
        self != Dialect::Graph
    }

    /// Returns the face that a path belongs to by how it begins, though it may be none of the routes.
    pub(crate) fn of(path: &str) -> Option<Dialect> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let is_of_sharepoint = segments.contains(&"_api");
        let known = split_dialect(&segments).map(|(dialect, _)| dialect);
        known.or(is_of_sharepoint.then_some(Dialect::SharePoint))
    }
}

/// What a URL means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) dialect: Dialect,
    pub(crate) drive: DriveName,
    pub(crate) goal: Goal,
}

/// How a URL names a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DriveName {
    /// `/drive`: the first personal one, else the first.
    Default,
    /// By the id on the wire or by name.
    Id(String),
    /// The drive of `me`, `user:ID`, `group:ID`, `site:ID`.
    Owner(String),
}

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The status of a job.
    Monitor(String),
    /// What a file holds, by a URL that was handed out.
    Download(String),
    /// An upload session.
    Upload(String),
    /// All drives.
    Drives,
    /// The drive itself.
    Drive,
    /// An item of the drive, or something of it.
    Item(ItemName),
}

/// How a URL names an item, and what it asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemName {
    /// The item's id; `None` for the root.
    pub(crate) id: Option<String>,
    /// The path from there, names with a slash between two; empty for the item itself.
    pub(crate) path: String,
    /// What is asked, without qualifier; empty for the item itself.
    pub(crate) action: String,
}

impl ItemName {
    /// Reads `root…` or `items/ID…`.
    pub(crate) fn read(text: &str) -> Option<ItemName> {
        let (id, tail) = match text.strip_prefix("items/") {
            Some(rest) => {
                let end = rest.find(['/', ':']).unwrap_or(rest.len());
                let (id, tail) = rest.split_at(end);
                (Some(id).filter(|id| !id.is_empty())?, tail)
            }
            None => ("root", text.strip_prefix("root")?),
        };
        let (path, action) = match tail.strip_prefix(':') {
            Some(tail) => tail.split_once(':').unwrap_or((tail, "")),
            None => ("", tail),
        };
        let starts_well = |text: &str| text.is_empty() || text.starts_with('/');
        if !starts_well(path) || !starts_well(action) {
            return None;
        }
        // A child by name instead of by path, as the pages on uploads once had it (msgraph-sdk-php#186).
        let child = action.strip_prefix("/children/").and_then(|child| child.split_once('/'));
        let (path, action) = match child {
            Some((name, action)) => (format!("{path}/{name}"), action),
            None => (path.to_owned(), action),
        };
        let names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        let id = Some(id).filter(|id| *id != "root").map(str::to_owned);
        Some(ItemName { id, path: names.join("/"), action: bare_action(action).to_owned() })
    }
}

impl ItemName {
    /// Returns the root if `root:/children` may well mean what is in it: clients that put a path between colons do not
    /// always see that theirs is empty.
    pub(crate) fn of_root(&self) -> Option<ItemName> {
        let is_meant = self.id.is_none() && self.path == "children" && self.action.is_empty();
        is_meant.then(|| ItemName { id: None, path: String::new(), action: self.path.clone() })
    }
}

/// Returns the name of an action without what qualifies it.
fn bare_action(action: &str) -> &str {
    let action = action.trim_matches('/');
    let action = action.strip_suffix("()").unwrap_or(action);
    let qualifiers = ["microsoft.graph.", "oneDrive.", "action."];
    qualifiers.iter().find_map(|qualifier| action.strip_prefix(qualifier)).unwrap_or(action)
}

impl Route {
    /// Reads a decoded path; `None` if it is none of this family's.
    pub(crate) fn read(path: &str) -> Option<Route> {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let (dialect, rest) = split_dialect(&segments)?;
        let of_no_drive = |goal| Some(Route { dialect, drive: DriveName::Default, goal });
        let (drive, rest) = match rest {
            ["monitor", id] => return of_no_drive(Goal::Monitor((*id).to_owned())),
            ["_download", id] => return of_no_drive(Goal::Download((*id).to_owned())),
            ["_upload", id] => return of_no_drive(Goal::Upload((*id).to_owned())),
            ["drives"] | ["me", "drives"] => return of_no_drive(Goal::Drives),
            ["drive", rest @ ..] => (DriveName::Default, rest),
            ["me", "drive", rest @ ..] => (DriveName::Owner("me".to_owned()), rest),
            ["users", id, "drive", rest @ ..] => (DriveName::Owner(format!("user:{id}")), rest),
            ["groups", id, "drive", rest @ ..] => (DriveName::Owner(format!("group:{id}")), rest),
            ["sites", id, "drive", rest @ ..] => (DriveName::Owner(format!("site:{id}")), rest),
            ["drives", id, rest @ ..]
            | ["me", "drives", id, rest @ ..]
            | ["users" | "groups" | "sites", _, "drives", id, rest @ ..] => {
                (DriveName::Id((*id).to_owned()), rest)
            }
            _ => return None,
        };
        let goal = if rest.is_empty() { Goal::Drive } else { Goal::Item(ItemName::read(&rest.join("/"))?) };
        Some(Route { dialect, drive, goal })
    }
}

/// Splits off what stands before the drive. Anything may stand before the version: clients are given base URLs with
/// paths of their own.
fn split_dialect<'a>(segments: &'a [&'a str]) -> Option<(Dialect, &'a [&'a str])> {
    let is_head = |segment: &&str| {
        let heads =
            ["v1.0", "beta", "_api", "v2.0", "v2.1", "drive", "drives", "monitor", "_download", "_upload"];
        heads.contains(segment)
    };
    let at = segments.iter().position(is_head)?;
    match &segments[at..] {
        ["_api", "v2.0" | "v2.1", rest @ ..] | ["v2.0" | "v2.1", rest @ ..] => {
            Some((Dialect::SharePoint, rest))
        }
        ["v1.0" | "beta", rest @ ..] => {
            let dialect = if rest.first() == Some(&"drive") { Dialect::OneDrive } else { Dialect::Graph };
            Some((dialect, rest))
        }
        rest @ ["_download" | "_upload", ..] => Some((Dialect::Graph, rest)),
        rest @ ["drive" | "drives" | "monitor", ..] if at == 0 => Some((Dialect::OneDrive, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(path: &str) -> (Dialect, DriveName, Option<String>, String, String) {
        let route = Route::read(path).unwrap_or_else(|| panic!("{path} is a route"));
        let Goal::Item(item) = route.goal else { panic!("{path} names an item") };
        (route.dialect, route.drive, item.id, item.path, item.action)
    }

    #[test]
    fn every_form_of_an_item_is_read() {
        let me = || DriveName::Owner("me".to_owned());
        let id = |id: &str| DriveName::Id(id.to_owned());
        let cases = [
            ("/v1.0/me/drive/items/1/copy", (Dialect::Graph, me(), Some("1"), "", "copy")),
            ("/beta/me/drive/root:/a/b.txt:/copy", (Dialect::Graph, me(), None, "a/b.txt", "copy")),
            ("/v1.0/drives/d/items/root/copy", (Dialect::Graph, id("d"), None, "", "copy")),
            (
                "/v1.0/users/u/drive/items/1/microsoft.graph.copy",
                (Dialect::Graph, DriveName::Owner("user:u".to_owned()), Some("1"), "", "copy"),
            ),
            (
                "/v1.0/groups/g/drive/root",
                (Dialect::Graph, DriveName::Owner("group:g".to_owned()), None, "", ""),
            ),
            (
                "/v1.0/sites/s/drive/root:/x",
                (Dialect::Graph, DriveName::Owner("site:s".to_owned()), None, "x", ""),
            ),
            (
                "/v1.0/sites/s/drives/d/items/1:/x:/children",
                (Dialect::Graph, id("d"), Some("1"), "x", "children"),
            ),
            ("/drive/items/1/action.copy", (Dialect::OneDrive, DriveName::Default, Some("1"), "", "copy")),
            (
                "/v1.0/drive/root:/a:/oneDrive.copy",
                (Dialect::OneDrive, DriveName::Default, None, "a", "copy"),
            ),
            ("/_api/v2.0/drives/d/root", (Dialect::SharePoint, id("d"), None, "", "")),
            ("/sites/team/_api/v2.1/drives/d/items/1", (Dialect::SharePoint, id("d"), Some("1"), "", "")),
            ("/v1.0/me/drive/items/1:/", (Dialect::Graph, me(), Some("1"), "", "")),
            ("/v1.0/me/drive/items/1/", (Dialect::Graph, me(), Some("1"), "", "")),
            ("/v1.0/me/drive/root:/./x.txt", (Dialect::Graph, me(), None, "x.txt", "")),
            ("/v1.0/me/drive/root:/children", (Dialect::Graph, me(), None, "children", "")),
            (
                "/v1.0/me/drive/root/children/a b.txt/content",
                (Dialect::Graph, me(), None, "a b.txt", "content"),
            ),
            ("/v1.0/me/drive/items/1/delta()", (Dialect::Graph, me(), Some("1"), "", "delta")),
            ("/drive/root:/v1.0/beta", (Dialect::OneDrive, DriveName::Default, None, "v1.0/beta", "")),
        ];
        for (path, (dialect, drive, id, names, action)) in cases {
            let wanted = (dialect, drive, id.map(str::to_owned), names.to_owned(), action.to_owned());
            assert_eq!(item(path), wanted, "{path}");
        }
    }

    #[test]
    fn drives_and_monitors_are_read() {
        let goal = |path: &str| Route::read(path).map(|route| (route.dialect, route.goal));
        assert_eq!(goal("/v1.0/me/drives"), Some((Dialect::Graph, Goal::Drives)));
        assert_eq!(goal("/v1.0/me/drive"), Some((Dialect::Graph, Goal::Drive)));
        let monitor = || Goal::Monitor("x".to_owned());
        assert_eq!(goal("/_api/v2.0/monitor/x"), Some((Dialect::SharePoint, monitor())));
        assert_eq!(goal("/v1.0/monitor/x"), Some((Dialect::Graph, monitor())));
        assert_eq!(goal("/monitor/x"), Some((Dialect::OneDrive, monitor())));
    }

    #[test]
    fn what_is_no_route_is_none() {
        for path in [
            "/",
            "/v1.0",
            "/v1.0/me",
            "/x/drive/root",
            "/v1.0/me/drive/rootx",
            "/v1.0/me/drive/items/",
            "/_api/v3/drives",
        ] {
            assert_eq!(Route::read(path), None, "{path}");
        }
    }

    #[test]
    fn every_path_of_the_table_is_read() {
        let paths = crate::coverage::routes().iter().flat_map(crate::RouteInfo::paths);
        // The side door is read elsewhere.
        for path in paths.filter(|path| path.starts_with('/') && !path.starts_with("/_drivesim/")) {
            assert!(Route::read(&path).is_some(), "{path}");
        }
    }
}
