//! Formats eTags and cTags, and parses the headers that name them.

use arrayvec::ArrayString;
use data_encoding::BASE64_NOPAD;
use drivesim::Item;
use drivesim::address::Precondition;
use uuid::Uuid;

use crate::graph::drive_type::DriveType;
use crate::graph::ids::{GraphIds, WireId};
use crate::json::text::Verbatim;

/// The form in which a tag is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Header,
    /// As a JSON string: its own quotes are escaped.
    Json,
}

/// A tag. The longest is the cTag of an item with an assigned id on a personal drive, in JSON: a letter, 63 bytes in
/// Base64 and two quotes, 87 characters.
pub(crate) type Tag = ArrayString<88>;

/// The name of an item in its tags: long enough for a GUID and for a personal id.
type Name = WireId;

/// The tags that items of a drive have, and their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagRules {
    pub(crate) drive_type: DriveType,
    /// Whether the root has an eTag.
    pub(crate) root_etag: bool,
    /// Whether folders have a cTag.
    pub(crate) folder_ctag: bool,
}

/// The tags of an item.
#[derive(Clone, Debug)]
pub(crate) struct Tags<'a> {
    item: &'a Item,
    rules: TagRules,
    /// The name of the item in them: its GUID, of 36 characters, or its id on a personal drive.
    name: Name,
}

impl<'a> Tags<'a> {
    pub(crate) fn of(ids: GraphIds<'_>, rules: TagRules, item: &'a Item) -> Tags<'a> {
        let is_root = item.parent.is_none();
        let name = match rules.drive_type {
            DriveType::Personal => ids.item(item.id, is_root),
            DriveType::Business => {
                let mut digits = Uuid::encode_buffer();
                let mut name = Name::new();
                name.push_str(ids.guid(item.id, is_root).hyphenated().encode_upper(&mut digits));
                name
            }
        };
        Tags { item, rules, name }
    }

    /// Returns the eTag.
    ///
    /// DIFFERS(a sample of the pages): The root of a business drive has no eTag, as seen (option `wire.root_etag`).
    pub(crate) fn etag(&self) -> Option<Tag> {
        self.tag("", self.item.etag, Form::Header)
    }

    /// Returns the eTag as JSON.
    pub(crate) fn etag_in_json(&self) -> Option<Verbatim<Tag>> {
        self.tag("", self.item.etag, Form::Json).map(Verbatim::from_json)
    }

    /// Returns the cTag.
    ///
    /// DIFFERS(a sample of the pages): Folders of a business drive have no cTag, as the pages say (option
    /// `wire.folder_ctag`).
    fn ctag(&self) -> Option<Tag> {
        self.tag("c:", self.item.ctag, Form::Header)
    }

    /// Returns the cTag as JSON.
    pub(crate) fn ctag_in_json(&self) -> Option<Verbatim<Tag>> {
        self.tag("c:", self.item.ctag, Form::Json).map(Verbatim::from_json)
    }

    fn tag(&self, kind: &str, count: u32, form: Form) -> Option<Tag> {
        let is_there = match kind {
            "" => self.item.parent.is_some() || self.rules.root_etag,
            _ => !self.item.is_folder() || self.rules.folder_ctag,
        };
        if !is_there {
            return None;
        }
        // Nothing but the quotes needs escaping.
        let (start, end) = match (self.rules.drive_type, form) {
            (DriveType::Business, Form::Header) => ("\"", "\""),
            (DriveType::Business, Form::Json) => ("\"\\\"", "\\\"\""),
            (DriveType::Personal, Form::Header) => ("", ""),
            (DriveType::Personal, Form::Json) => ("\"", "\""),
        };
        // Counts on the wire start at 1.
        let mut digits = itoa::Buffer::new();
        let count = digits.format(u64::from(count) + 1);
        let mut tag = Tag::new();
        match self.rules.drive_type {
            DriveType::Business => {
                for part in [start, kind, "{", &self.name, "},", count, end] {
                    tag.push_str(part);
                }
            }
            DriveType::Personal => {
                let text = [kind, &self.name, ".", count].concat();
                for part in [start, "a", &BASE64_NOPAD.encode(text.as_bytes()), end] {
                    tag.push_str(part);
                }
            }
        }
        Some(tag)
    }
}

/// Returns the eTag of an item.
pub(crate) fn etag(ids: GraphIds<'_>, rules: TagRules, item: &Item) -> Option<Tag> {
    Tags::of(ids, rules, item).etag()
}

/// Returns whether a list of tags contains one of the item; `*` stands for all. Strength is ignored.
pub(crate) fn matches(header: &str, ids: GraphIds<'_>, rules: TagRules, item: &Item) -> bool {
    header.trim() == "*" || matching_precondition(header, ids, rules, item).is_some()
}

/// Returns the precondition of an `If-Match` header: the tag of the item that the header lists.
pub(crate) fn matching_precondition(
    header: &str,
    ids: GraphIds<'_>,
    rules: TagRules,
    item: &Item,
) -> Option<Precondition> {
    let tags = Tags::of(ids, rules, item);
    let tags_of_item =
        [(tags.etag(), Precondition::ETag(item.etag)), (tags.ctag(), Precondition::CTag(item.ctag))];
    let listed = listed(header);
    let is_listed = |tag: &Tag| listed.contains(&tag.trim_matches('"'));
    tags_of_item.into_iter().find_map(|(tag, precondition)| tag.filter(is_listed).map(|_| precondition))
}

/// Returns the tags of a header without quotes. Tags of business drives contain a comma: within quotes it is part of
/// the tag, and a header without quotes may also be a single tag.
fn listed(header: &str) -> Vec<&str> {
    let mut tags = vec![header.trim()];
    let mut rest = header;
    while !rest.is_empty() {
        rest = rest.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("W/").unwrap_or(rest);
        let (tag, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        tags.push(tag.trim());
        rest = after;
    }
    tags
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;

    fn rules(drive_type: DriveType) -> TagRules {
        let has_all = drive_type == DriveType::Personal;
        TagRules { drive_type, root_etag: has_all, folder_ctag: has_all }
    }

    #[test]
    fn tags_in_json_parse_to_the_tags_in_headers() {
        for drive_type in [DriveType::Business, DriveType::Personal] {
            let sim = Sim::builder().outline("drive mine profile=business\na.txt\nd/\n").build().unwrap();
            let drive = sim.drive("mine").unwrap();
            for path in ["/", "/a.txt", "/d"] {
                let item = sim.item(path).unwrap();
                let parsed = |json: Option<Verbatim<Tag>>| {
                    let json = crate::json::text::to_vec(&json?, 0);
                    Some(serde_json::from_slice::<String>(&json).unwrap())
                };
                let assigned = sim.wire_ids(&drive).unwrap();
                let tags = Tags::of(
                    GraphIds { drive: &drive, drive_type, assigned: &assigned },
                    rules(drive_type),
                    &item,
                );
                let text = |tag: Option<Tag>| tag.map(|tag| tag.to_string());
                assert_eq!(parsed(tags.etag_in_json()), text(tags.etag()));
                assert_eq!(parsed(tags.ctag_in_json()), text(tags.ctag()));
            }
        }
    }

    #[test]
    fn the_longest_ids_and_tags_fit_into_their_types() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let drive = sim.drive("drive").unwrap();
        let mut file = sim.item("/a.txt").unwrap();
        // The largest number of an item, and the largest counts.
        file.id = drivesim::ItemId::from_bits((1 << 32) - 1);
        (file.etag, file.ctag) = (u32::MAX, u32::MAX);
        for (drive_type, id, json) in [(DriveType::Business, 34, 57), (DriveType::Personal, 37, 70)] {
            let assigned = sim.wire_ids(&drive).unwrap();
            let ids = GraphIds { drive: &drive, drive_type, assigned: &assigned };
            assert_eq!(ids.item(file.id, false).len(), id, "{drive_type:?}");
            let tag = Tags::of(ids, rules(drive_type), &file).ctag_in_json().unwrap();
            assert_eq!(crate::json::text::to_vec(&tag, 0).len(), json, "{drive_type:?}");
        }
    }

    #[test]
    fn tags_contain_an_assigned_id() {
        for (profile, drive_type, id, etag) in [
            (
                "business",
                DriveType::Business,
                "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
                "\"{DCD0D3AD-8989-4F23-A5A2-2C086050513F},1\"",
            ),
            (
                "business",
                DriveType::Business,
                "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K",
                "\"{60F36ED0-85CE-4771-B349-E671C691EFCA},1\"",
            ),
            ("personal", DriveType::Personal, "D4648F06C91D9D3D!54927", "aRDQ2NDhGMDZDOTFEOUQzRCE1NDkyNy4x"),
        ] {
            let outline = format!("drive mine profile={profile}\na.txt # id={id}\n");
            let sim = Sim::builder().outline(outline).build().unwrap();
            let (drive, item) = (sim.drive("mine").unwrap(), sim.item("/a.txt").unwrap());
            let assigned = sim.wire_ids(&drive).unwrap();
            let tags = Tags::of(
                GraphIds { drive: &drive, drive_type, assigned: &assigned },
                rules(drive_type),
                &item,
            );
            assert_eq!(tags.etag().unwrap().as_str(), etag);
        }
        let id = "D4648F06C91D9D3D!sea8cc6beffdb43d7976fbc7da445c639";
        let sim = Sim::builder()
            .outline(format!("drive mine profile=personal\na.txt # id={id}\n"))
            .build()
            .unwrap();
        let (drive, mut item) = (sim.drive("mine").unwrap(), sim.item("/a.txt").unwrap());
        (item.etag, item.ctag) = (u32::MAX, u32::MAX);
        let assigned = sim.wire_ids(&drive).unwrap();
        let ids = GraphIds { drive: &drive, drive_type: DriveType::Personal, assigned: &assigned };
        let tag = Tags::of(ids, rules(DriveType::Personal), &item).ctag_in_json();
        assert_eq!(crate::json::text::to_vec(&tag.unwrap(), 0).len(), 87);
    }

    #[test]
    fn tags_are_separated_by_quotes_and_commas() {
        let check = |header: &str, tags: &[&str]| assert_eq!(listed(header)[1..], *tags, "{header}");
        check("", &[]);
        check("aYQ", &["aYQ"]);
        check("\"aYQ\"", &["aYQ"]);
        check("aYQ, aYg", &["aYQ", "aYg"]);
        check("\"{A},1\"", &["{A},1"]);
        check("\"{A},1\", W/\"{B},2\"", &["{A},1", "{B},2"]);
        check("\"open", &["open"]);
        assert!(listed("{A},1").contains(&"{A},1"));
    }
}
