//! The only place that tells where an item is: its `parentReference`.

use drivesim::ItemId;
use serde::Serialize;

use crate::graph::drive::{Flavour, Found};
use crate::graph::ids;
use crate::graph::route::Dialect;
use crate::json_text::{Plain, Raw};

/// Where items are: written once for many.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Place<'a> {
    Of(Reference<'a>),
    Written(Raw),
}

impl<'a> Place<'a> {
    /// Returns where the items of a folder are, whose path has no slash at its end, or where the root is.
    pub(crate) fn of(found: &'a Found, folder: Option<(ItemId, &str)>) -> Place<'a> {
        let is_business = found.flavour == Flavour::Business;
        let id_of = |(id, path): (ItemId, &str)| Plain(found.ids().item(id, path.is_empty()));
        Place::Of(Reference {
            drive_id: Plain(found.wire_id()),
            drive_type: found.drive_type(),
            id: folder.map(id_of),
            name: folder.map(|(_, path)| name_of(path).to_owned()),
            path: folder.map(|(_, path)| path_told(found, path)),
            site_id: folder.filter(|_| is_business).map(|_| Plain(found.site_id())),
        })
    }

    /// Writes it down, to be told many times.
    pub(crate) fn written(self) -> Place<'static> {
        match self {
            Place::Of(reference) => Place::Written(Raw::of(&reference)),
            Place::Written(raw) => Place::Written(raw),
        }
    }
}

/// Where an item is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference<'a> {
    drive_id: Plain<&'a str>,
    drive_type: &'static str,
    /// What follows is the folder: the root is in none.
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

/// Returns the name of the folder of a path.
fn name_of(path: &str) -> &str {
    if path.is_empty() { "root" } else { path.rsplit('/').next().unwrap_or_default() }
}

/// Returns a path as references tell it: behind what paths of the drive start with, which clients of personal drives cut
/// off exactly. That a path names the drive on business drives only, and not on the OneDrive API, is *assumed*: both
/// forms were seen (option `parent_path`).
fn path_told(found: &Found, path: &str) -> String {
    let names_drive = found.wire.parent_path_names_drive && found.dialect != Dialect::OneDrive;
    let (head, drive, tail) =
        if names_drive { ("/drives/", found.wire_id(), "/root:") } else { ("/drive", "", "/root:") };
    // Both have been seen, encoded paths and others, and clients decode them: so what is decoded must be the path.
    if path.contains('%') {
        return [head, drive, tail, &path.replace('%', "%25")].concat();
    }
    [head, drive, tail, path].concat()
}
