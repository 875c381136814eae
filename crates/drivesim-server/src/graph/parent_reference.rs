//! Renders the `parentReference` of items.

use drivesim::ItemId;
use serde::Serialize;

use crate::graph::api::Api;
use crate::graph::drive_type::DriveType;
use crate::graph::ids;
use crate::graph::options::ParentPath;
use crate::graph::resolved_drive::ResolvedDrive;
use crate::json::text::{NoEscape, Verbatim};

/// The `parentReference` of the items of a folder, which may be serialized once for all of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ParentReference<'a> {
    Members(ParentReferenceMembers<'a>),
    Serialized(Verbatim),
}

impl<'a> ParentReference<'a> {
    /// Returns the `parentReference` of the items of a folder, given with its path without a slash at the end, or that
    /// of the root.
    pub(crate) fn of(drive: &'a ResolvedDrive, folder: Option<(ItemId, &str)>) -> ParentReference<'a> {
        let is_business = drive.drive_type == DriveType::Business;
        let id_of = |(id, path): (ItemId, &str)| NoEscape(drive.ids().item(id, path.is_empty()));
        ParentReference::Members(ParentReferenceMembers {
            drive_id: NoEscape(drive.wire_id()),
            drive_type: drive.drive_type_name(),
            id: folder.map(id_of),
            name: folder.map(|(_, path)| name_of(path).to_owned()),
            path: folder.map(|(_, path)| api_path(drive, path)),
            site_id: folder.filter(|_| is_business).map(|_| NoEscape(drive.site_id())),
        })
    }

    /// Serializes it, to be written many times.
    pub(crate) fn serialized(self) -> ParentReference<'static> {
        match self {
            ParentReference::Members(reference) => ParentReference::Serialized(Verbatim::of(&reference)),
            ParentReference::Serialized(json) => ParentReference::Serialized(json),
        }
    }
}

/// The members of a `parentReference`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParentReferenceMembers<'a> {
    drive_id: NoEscape<&'a str>,
    drive_type: &'static str,
    /// This and the following members are of the parent; the root has no parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<NoEscape<ids::WireId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// On business drives.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<NoEscape<&'a str>>,
}

/// Returns the name of the folder at a path.
fn name_of(path: &str) -> &str {
    if path.is_empty() { "root" } else { path.rsplit('/').next().unwrap_or_default() }
}

/// Returns the path with the prefix of the drive. Clients of personal drives rely on the exact prefix.
///
/// ASSUMED: The path of a `parentReference` names the drive on business drives only, and not on the OneDrive API: both
/// forms were seen (option `wire.parent_path`).
fn api_path(drive: &ResolvedDrive, path: &str) -> String {
    let names_drive = drive.wire.parent_path == ParentPath::Drives && drive.api != Api::OneDrive;
    let (head, drive, tail) =
        if names_drive { ("/drives/", drive.wire_id(), "/root:") } else { ("/drive", "", "/root:") };
    // Encoded and unencoded paths were seen, and clients decode them: decoding must yield the path.
    if path.contains('%') {
        return [head, drive, tail, &path.replace('%', "%25")].concat();
    }
    [head, drive, tail, path].concat()
}
