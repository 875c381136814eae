//! Holds the small JSON objects of Box's responses.

use drivesim::Item;
use serde::Serialize;

use crate::box_api::ids::BoxIds;
use crate::json::decimal::Decimal;
use crate::json::ordered::Value;
use crate::json::text::NoEscape;

/// A complete list.
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

/// A page of a list, by offset.
#[derive(Serialize)]
pub(crate) struct OffsetPage<T> {
    pub(crate) total_count: u32,
    pub(crate) entries: Vec<T>,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) order: Value,
}

/// A file in its short form, with the members of [`FILE`](crate::box_api::member_lists::FILE). It has a type of its own
/// because lists have many of them.
#[derive(Serialize)]
pub(crate) struct MiniFile<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Decimal,
    file_version: FileVersion<'a>,
    sequence_id: Decimal,
    etag: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<NoEscape<&'a str>>,
    name: &'a str,
}

impl<'a> MiniFile<'a> {
    pub(crate) fn of(ids: &BoxIds, file: &'a Item, sha1: Option<&'a str>) -> MiniFile<'a> {
        let etag = Decimal(file.etag.into());
        MiniFile {
            kind: "file",
            id: ids.file(file.id),
            file_version: FileVersion::of(ids, file, sha1),
            sequence_id: etag,
            etag,
            sha1: sha1.map(NoEscape),
            name: &file.name,
        }
    }
}

/// A version of a file in short form.
#[derive(Serialize)]
pub(crate) struct FileVersion<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<NoEscape<&'a str>>,
}

impl<'a> FileVersion<'a> {
    pub(crate) fn of(ids: &BoxIds, file: &Item, sha1: Option<&'a str>) -> FileVersion<'a> {
        FileVersion { kind: "file_version", id: ids.version(file.id, file.version), sha1: sha1.map(NoEscape) }
    }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;
    use crate::box_api::member_lists::{FILE, WireName as _};

    #[test]
    fn a_mini_file_has_the_members_of_the_short_form_in_order() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let file = sim.item("/a.txt").unwrap();
        let ids = BoxIds::new(0, drivesim::wire_id::WireIds::new(drivesim::wire_id::WireIdForm::Box));
        let json = serde_json::to_string(&MiniFile::of(&ids, &file, Some("da39"))).unwrap();
        let mut rest = &*json;
        for member in FILE.mini {
            let found = rest.find(&format!("\"{}\":", member.name()));
            rest = &rest[found.unwrap_or_else(|| panic!("no {} in its place: {json}", member.name()))..];
        }
        let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
        assert_eq!(members.len(), FILE.mini.len());
    }
}
