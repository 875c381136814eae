//! Parses Graph URLs into routes: the API, the drive, the resource.
//!
//! Paths are decoded before: clients encode colons and slashes in different ways, and no name contains either.

use crate::graph::api::{Api, SplitPath, split_version};
use crate::graph::item_locator::ItemLocator;
use crate::graph::route_error::RouteError;
use crate::http::url;
use crate::state::caller::Caller;
use crate::state::secret::{Purpose, Signer};

/// A parsed URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The part of the path before the version. Links repeat it, so that they reach the server by the same base URL.
    pub(crate) prefix: String,
    pub(crate) api: Api,
    /// The version of the API, as it precedes the drive in links.
    pub(crate) version: &'static str,
    pub(crate) drive: DriveLocator,
    pub(crate) resource: Resource,
    /// Whether the path leads through `me`, the signed-in user.
    pub(crate) is_of_me: bool,
    /// The sender of the request, once its token has been checked.
    pub(crate) caller: Caller,
}

/// How a URL names a drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DriveLocator {
    /// `/drive`: the first personal one, else the first.
    Default,
    /// By wire id or by name. If the URL names an owner too, the drive must belong to that owner.
    Id(String, Option<String>),
    /// The drive of `me`, `user:ID`, `group:ID`, `site:ID`.
    Owner(String),
}

/// The resource that a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// The status of a job.
    Monitor(String),
    /// The content of a file, by a signed URL.
    Download(String),
    /// An upload session.
    Upload(String),
    /// All drives, or those of one owner.
    Drives(Option<String>),
    /// The drive itself.
    Drive,
    /// An item of the drive, or an action on it.
    Item(ItemLocator),
}

impl Resource {
    /// Returns whether the URL carries its own permission and is requested without a token.
    pub(crate) fn needs_no_token(&self) -> bool {
        matches!(self, Resource::Monitor(_) | Resource::Download(_) | Resource::Upload(_))
    }

    /// Verifies and removes the signature of a signed URL; `None` if this server did not sign it.
    pub(crate) fn verify(self, signer: &Signer) -> Option<Resource> {
        let name = |purpose, text: &str| signer.verify(purpose, text).map(str::to_owned);
        match self {
            Resource::Monitor(id) => name(Purpose::Monitor, &id).map(Resource::Monitor),
            Resource::Download(ticket) => name(Purpose::Download, &ticket).map(Resource::Download),
            Resource::Upload(id) => name(Purpose::Upload, &id).map(Resource::Upload),
            Resource::Drives(_) | Resource::Drive | Resource::Item(_) => Some(self),
        }
    }
}

impl Route {
    /// Parses a decoded path.
    pub(crate) fn read(path: &str) -> Result<Route, RouteError> {
        let segments = url::segments(path);
        let SplitPath { prefix, api, version, rest } =
            split_version(&segments).ok_or(RouteError::OtherService)?;
        let prefix = url::encode_path(prefix);
        let is_of_me = rest.first() == Some(&"me");
        let caller = Caller::default();
        let route = |drive, resource| Ok(Route { prefix, api, version, drive, resource, is_of_me, caller });
        let owner = |segments: &[&str]| owner_of(segments).ok_or_else(|| not_a_drive(rest));
        let (drive, rest) = match rest {
            ["monitor", id] => return route(DriveLocator::Default, Resource::Monitor((*id).to_owned())),
            ["_download", id] => return route(DriveLocator::Default, Resource::Download((*id).to_owned())),
            ["_upload", id] => return route(DriveLocator::Default, Resource::Upload((*id).to_owned())),
            ["drives"] => return route(DriveLocator::Default, Resource::Drives(None)),
            [owner_segments @ .., "drives"] => {
                return route(DriveLocator::Default, Resource::Drives(Some(owner(owner_segments)?)));
            }
            ["drive", rest @ ..] => (DriveLocator::Default, rest),
            ["me", "drive", rest @ ..] => (DriveLocator::Owner(drivesim_core::ME.to_owned()), rest),
            [kind, id, "drive", rest @ ..] => (DriveLocator::Owner(owner(&[kind, id])?), rest),
            // ASSUMED: `/me/drives/ID` finds any drive that the caller may see (no option: no other reading is known).
            ["drives", id, rest @ ..] | ["me", "drives", id, rest @ ..] => {
                (DriveLocator::Id((*id).to_owned(), None), rest)
            }
            [kind, of, "drives", id, rest @ ..] => {
                (DriveLocator::Id((*id).to_owned(), Some(owner(&[kind, of])?)), rest)
            }
            _ => return Err(not_a_drive(rest)),
        };
        let resource = match rest {
            [] => Resource::Drive,
            rest => Resource::Item(ItemLocator::read(&rest.join("/"), api)?),
        };
        route(drive, resource)
    }
}

/// Returns the error for a URL that does not lead to a drive.
fn not_a_drive(segments: &[&str]) -> RouteError {
    match segments {
        [] => RouteError::OtherService,
        // The colon belongs after the root: sites are addressed by path, drives are not.
        ["me", drive, ..] | [_, _, drive, ..] | [drive, ..] if drive.starts_with("drive:") => {
            RouteError::UnknownSegment((*drive).to_owned())
        }
        _ => RouteError::NotImplemented(segments.join("/")),
    }
}

/// Parses an owner: `me`, or one of `users`, `groups`, `sites` and an id.
fn owner_of(segments: &[&str]) -> Option<String> {
    match segments {
        ["me"] => Some(drivesim_core::ME.to_owned()),
        ["users", id] => Some(format!("user:{id}")),
        ["groups", id] => Some(format!("group:{id}")),
        ["sites", id] => Some(format!("site:{id}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(path: &str) -> (Api, DriveLocator, Option<String>, String, String) {
        let route = Route::read(path).unwrap_or_else(|error| panic!("{path} is a route: {error:?}"));
        let Resource::Item(item) = route.resource else { panic!("{path} names an item") };
        (route.api, route.drive, item.id, item.path, item.action)
    }

    #[test]
    fn every_form_of_an_item_is_parsed() {
        let me = || DriveLocator::Owner("me".to_owned());
        let id = |id: &str| DriveLocator::Id(id.to_owned(), None);
        let of = |id: &str, owner: &str| DriveLocator::Id(id.to_owned(), Some(owner.to_owned()));
        let cases = [
            ("/v1.0/me/drive/items/1/copy", (Api::Graph, me(), Some("1"), "", "copy")),
            ("/beta/me/drive/root:/a/b.txt:/copy", (Api::Graph, me(), None, "a/b.txt", "copy")),
            ("/v1.0/drives/d/items/root/copy", (Api::Graph, id("d"), None, "", "copy")),
            (
                "/v1.0/users/u/drive/items/1/microsoft.graph.copy",
                (Api::Graph, DriveLocator::Owner("user:u".to_owned()), Some("1"), "", "copy"),
            ),
            (
                "/v1.0/groups/g/drive/root",
                (Api::Graph, DriveLocator::Owner("group:g".to_owned()), None, "", ""),
            ),
            (
                "/v1.0/sites/s/drive/root:/x",
                (Api::Graph, DriveLocator::Owner("site:s".to_owned()), None, "x", ""),
            ),
            (
                "/v1.0/sites/s/drives/d/items/1:/x:/children",
                (Api::Graph, of("d", "site:s"), Some("1"), "x", "children"),
            ),
            ("/v1.0/me/drives/d/items/1", (Api::Graph, id("d"), Some("1"), "", "")),
            ("/drive/items/1/action.copy", (Api::OneDrive, DriveLocator::Default, Some("1"), "", "copy")),
            ("/v1.0/drive/root:/a:/oneDrive.copy", (Api::OneDrive, DriveLocator::Default, None, "a", "copy")),
            ("/_api/v2.0/drives/d/root", (Api::SharePoint, id("d"), None, "", "")),
            ("/sites/team/_api/v2.1/drives/d/items/1", (Api::SharePoint, id("d"), Some("1"), "", "")),
            ("/v1.0/me/drive/items/1:/", (Api::Graph, me(), Some("1"), "", "")),
            ("/v1.0/me/drive/items/1/", (Api::Graph, me(), Some("1"), "", "")),
            ("/v1.0/me/drive/root:/./x.txt", (Api::Graph, me(), None, "x.txt", "")),
            ("/v1.0/me/drive/root:/children", (Api::Graph, me(), None, "children", "")),
            ("/v1.0/me/drive/root/children/a b.txt/content", (Api::Graph, me(), None, "a b.txt", "content")),
            ("/v1.0/me/drive/items/1/delta()", (Api::Graph, me(), Some("1"), "", "delta")),
            ("/v1.0/me/drive/items/:/x", (Api::Graph, me(), Some(""), "x", "")),
            ("/drive/root:/v1.0/beta", (Api::OneDrive, DriveLocator::Default, None, "v1.0/beta", "")),
        ];
        for (path, (api, drive, id, names, action)) in cases {
            let expected = (api, drive, id.map(str::to_owned), names.to_owned(), action.to_owned());
            assert_eq!(item(path), expected, "{path}");
        }
    }

    #[test]
    fn drives_and_monitors_are_parsed() {
        let resource = |path: &str| Route::read(path).ok().map(|route| (route.api, route.resource));
        assert_eq!(resource("/v1.0/drives"), Some((Api::Graph, Resource::Drives(None))));
        let of = |owner: &str| Some((Api::Graph, Resource::Drives(Some(owner.to_owned()))));
        assert_eq!(resource("/v1.0/me/drives"), of("me"));
        assert_eq!(resource("/v1.0/sites/s/drives"), of("site:s"));
        assert_eq!(resource("/v1.0/me/drive"), Some((Api::Graph, Resource::Drive)));
        let monitor = || Resource::Monitor("x".to_owned());
        assert_eq!(resource("/_api/v2.0/monitor/x"), Some((Api::SharePoint, monitor())));
        assert_eq!(resource("/v1.0/monitor/x"), Some((Api::Graph, monitor())));
        assert_eq!(resource("/monitor/x"), Some((Api::OneDrive, monitor())));
    }

    #[test]
    fn the_path_before_the_version_is_kept() {
        let prefix = |path: &str| Route::read(path).ok().map(|route| (route.prefix, route.version));
        let some = |prefix: &str, version| Some((prefix.to_owned(), version));
        assert_eq!(prefix("/v1.0/me/drive"), some("", "/v1.0"));
        assert_eq!(prefix("/a b/c/beta/me/drive"), some("/a%20b/c", "/beta"));
        assert_eq!(prefix("/sites/s/_api/v2.1/drives/d/root"), some("/sites/s", "/_api/v2.1"));
        assert_eq!(prefix("/v1.0/drive/root"), some("", ""));
    }

    #[test]
    fn actions_are_qualified_as_each_api_does() {
        let action = |path: &str| item(path).4;
        for (path, expected) in [
            ("/v1.0/me/drive/root/microsoft.graph.copy", "copy"),
            ("/v1.0/me/drive/root/action.copy", "action.copy"),
            ("/v1.0/me/drive/root/oneDrive.copy", "oneDrive.copy"),
            ("/v1.0/me/drive/root/microsoft.graph.children", "microsoft.graph.children"),
            ("/drive/root/action.copy", "copy"),
            ("/drive/root/microsoft.graph.copy", "microsoft.graph.copy"),
            ("/_api/v2.0/drive/root/oneDrive.copy", "copy"),
            ("/_api/v2.0/drive/root/action.copy", "action.copy"),
        ] {
            assert_eq!(action(path), expected, "{path}");
        }
    }

    #[test]
    fn urls_that_are_not_routes_fail_with_their_reason() {
        let lacks = |what: &str| RouteError::NotImplemented(what.to_owned());
        let segment = |segment: &str| RouteError::UnknownSegment(segment.to_owned());
        for (path, why) in [
            ("/", RouteError::OtherService),
            ("/v1.0", RouteError::OtherService),
            ("/x/drive/root", RouteError::OtherService),
            ("/_api/v3/drives", RouteError::OtherService),
            ("/v1.0/me", lacks("me")),
            ("/v1.0/$batch", lacks("$batch")),
            ("/v1.0/teams/t/drive/root", lacks("teams/t/drive/root")),
            ("/v1.0/x/drives", lacks("x/drives")),
            ("/v1.0/sites/contoso.test:/sites/a:/drive", lacks("sites/contoso.test:/sites/a:/drive")),
            ("/v1.0/me/drive/special/approot", lacks("special/approot")),
            ("/v1.0/me/drive/search(q='a:b/c')", lacks("search(q='a:b/c')")),
            ("/v1.0/me/drive/microsoft.graph.recent()", lacks("recent")),
            ("/v1.0/me/drive/items/", RouteError::AllItems),
            ("/v1.0/me/drive/rootx", segment("rootx")),
            ("/v1.0/me/drive/Docs/a.txt", segment("Docs/a.txt")),
            ("/v1.0/me/drive:/Docs", segment("drive:")),
            ("/v1.0/users/u/drive:/Docs", segment("drive:")),
            ("/v1.0/me/drive/root:Docs", RouteError::BadColon),
            ("/v1.0/me/drive/root:/Docs:content", RouteError::BadColon),
            ("/v1.0/me/drive/root/Docs:/a.txt", RouteError::BadColon),
            ("/v1.0/me/drive/items/1/Docs:/content", RouteError::BadColon),
            ("/v1.0/me/drive/root:/Docs:/new.txt:/content", RouteError::TooManyColons),
            ("/v1.0/me/drive/root:/Docs:/new (1).txt:/content", RouteError::TooManyColons),
            ("/v1.0/me/drive/items/1:/a:/b:", RouteError::TooManyColons),
            ("/v1.0/me/drive/root:/a:/b:/c:/content", RouteError::TooManyColons),
        ] {
            assert_eq!(Route::read(path), Err(why), "{path}");
        }
        let delta = "/v1.0/me/drive/root:/Docs:/delta(token='2021-09-29T20:00:00Z')";
        assert_eq!(item(delta).4, "delta(token='2021-09-29T20:00:00Z')");
    }
}
