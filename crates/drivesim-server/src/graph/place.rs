//! Renders the `parentReference` of items.

use drivesim::ItemId;
use serde::Serialize;

use crate::graph::drive::{Flavour, Found};
use crate::graph::ids;
use crate::graph::route::Dialect;
use crate::json_text::{Plain, Raw};

/// The `parentReference` of the items of a folder, which may be serialized once for all of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Place<'a> {
    Of(Reference<'a>),
    Written(Raw),
}

impl<'a> Place<'a> {
    /// Returns the `parentReference` of the items of a folder, given with its path without a slash at the end, or that
    /// of the root.
    pub(crate) fn of(found: &'a Found, folder: Option<(ItemId, &str)>) -> Place<'a> {
        let is_business = found.flavour == Flavour::Business;
        let id_of = |(id, path): (ItemId, &str)| Plain(found.ids().item(id, path.is_empty()));
        Place::Of(Reference {
            drive_id: Plain(found.wire_id()),
            drive_type: found.drive_type(),
            id: folder.map(id_of),
            name: folder.map(|(_, path)| name_of(path).to_owned()),
            path: folder.map(|(_, path)| api_path(found, path)),
            site_id: folder.filter(|_| is_business).map(|_| Plain(found.site_id())),
        })
    }

    /// Serializes it, to be written many times.
    pub(crate) fn written(self) -> Place<'static> {
        match self {
            Place::Of(reference) => Place::Written(Raw::of(&reference)),
            Place::Written(raw) => Place::Written(raw),
        }
    }
}

/// The members of a `parentReference`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference<'a> {
    drive_id: Plain<&'a str>,
    drive_type: &'static str,
    /// This and the following members are of the parent; the root has no parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Plain<ids::WireId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// On business drives.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_id: Option<Plain<&'a str>>,
}

/// Returns the name of the folder at a path.
fn name_of(path: &str) -> &str {
    if path.is_empty() { "root" } else { path.rsplit('/').next().unwrap_or_default() }
}

/// Returns the path with the prefix of the drive. Clients of personal drives rely on the exact prefix.
///
/// ASSUMED: The path of a `parentReference` names the drive on business drives only, and not on the OneDrive API: both
/// forms were seen (option `parent_path`).
fn api_path(found: &Found, path: &str) -> String {
    let names_drive = found.wire.parent_path_names_drive && found.dialect != Dialect::OneDrive;
    let (head, drive, tail) =
        if names_drive { ("/drives/", found.wire_id(), "/root:") } else { ("/drive", "", "/root:") };
    // Encoded and unencoded paths were seen, and clients decode them: decoding must yield the path.
    if path.contains('%') {
        return [head, drive, tail, &path.replace('%', "%25")].concat();
    }
    [head, drive, tail, path].concat()
}
