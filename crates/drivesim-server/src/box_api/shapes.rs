//! The only place for the small shapes that answers of Box are made of.

use drivesim::Item;
use serde::Serialize;

use crate::box_api::ids::Ids;
use crate::decimal::Decimal;
use crate::json_text::Plain;
use crate::ordered_json::Value;

/// A list that is told as a whole.
#[derive(Serialize)]
pub(crate) struct Collection<T> {
    total_count: usize,
    entries: Vec<T>,
}

impl<T> Collection<T> {
    pub(crate) fn of(entries: Vec<T>) -> Collection<T> {
        Collection { total_count: entries.len(), entries }
    }
}

/// A part of a list by offset, as answers have it.
#[derive(Serialize)]
pub(crate) struct Listing<T> {
    pub(crate) total_count: u32,
    pub(crate) entries: Vec<T>,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) order: Value,
}

/// A file in its short form, of which lists have many: what [`FILE`](crate::box_api::fields::FILE) says of it.
#[derive(Serialize)]
pub(crate) struct MiniFile<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Decimal,
    file_version: FileVersion<'a>,
    sequence_id: Decimal,
    etag: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Plain<&'a str>>,
    name: &'a str,
}

impl<'a> MiniFile<'a> {
    pub(crate) fn of(ids: &Ids, file: &'a Item, sha1: Option<&'a str>) -> MiniFile<'a> {
        let etag = Decimal(file.etag.into());
        MiniFile {
            kind: "file",
            id: ids.file(file.id),
            file_version: FileVersion::of(ids, file, sha1),
            sequence_id: etag,
            etag,
            sha1: sha1.map(Plain),
            name: &file.name,
        }
    }
}

/// Which version of a file it is about.
#[derive(Serialize)]
pub(crate) struct FileVersion<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Plain<&'a str>>,
}

impl<'a> FileVersion<'a> {
    pub(crate) fn of(ids: &Ids, file: &Item, sha1: Option<&'a str>) -> FileVersion<'a> {
        FileVersion { kind: "file_version", id: ids.version(file.id, file.version), sha1: sha1.map(Plain) }
    }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;
    use crate::box_api::fields::{FILE, Named as _};

    #[test]
    fn the_short_form_of_a_file_has_the_members_of_short_forms_in_their_order() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let file = sim.item("/a.txt").unwrap();
        let ids = Ids::new(0, drivesim::WireIds::new(drivesim::WireIdForm::Box));
        let told = serde_json::to_string(&MiniFile::of(&ids, &file, Some("da39"))).unwrap();
        let mut rest = &*told;
        for member in FILE.mini {
            let found = rest.find(&format!("\"{}\":", member.name()));
            rest = &rest[found.unwrap_or_else(|| panic!("no {} in its place: {told}", member.name()))..];
        }
        let told: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&told).unwrap();
        assert_eq!(told.len(), FILE.mini.len());
    }
}
