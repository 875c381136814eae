//! The only place that writes eTags and cTags and reads the conditions clients set on them.

use arrayvec::ArrayString;
use data_encoding::BASE64_NOPAD;
use drivesim::{Item, Precondition};
use uuid::Uuid;

use crate::graph::drive::Flavour;
use crate::graph::ids::{Ids, WireId};
use crate::json_text::Raw;

/// What a tag is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Header,
    /// Its quotes are escaped, and it stands between others.
    Json,
}

/// A tag. The longest is a cTag of a personal drive in JSON whose item was given an id: a letter, 63 bytes in Base64 and
/// two quotes, 87 characters.
pub(crate) type Tag = ArrayString<88>;

/// What tags call an item. It has room for either.
type Name = WireId;

/// Which tags the items of a drive have, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagRules {
    pub(crate) flavour: Flavour,
    /// Whether the root has an eTag.
    pub(crate) root_etag: bool,
    /// Whether folders have a cTag.
    pub(crate) folder_ctag: bool,
}

/// What the tags of an item are made of.
#[derive(Clone, Debug)]
pub(crate) struct Tags<'a> {
    item: &'a Item,
    rules: TagRules,
    /// What they call the item: its GUID, of 36 characters, or its id on a personal drive.
    name: Name,
}

impl<'a> Tags<'a> {
    pub(crate) fn of(ids: Ids<'_>, rules: TagRules, item: &'a Item) -> Tags<'a> {
        let is_root = item.parent.is_none();
        let name = match rules.flavour {
            Flavour::Personal => ids.item(item.id, is_root),
            Flavour::Business => {
                let mut digits = Uuid::encode_buffer();
                let mut name = Name::new();
                name.push_str(ids.guid(item.id, is_root).hyphenated().encode_upper(&mut digits));
                name
            }
        };
        Tags { item, rules, name }
    }

    /// Returns the eTag. That the root of a business drive has no eTag, as seen, *differs* from a sample (option
    /// `root_etag`).
    pub(crate) fn etag(&self) -> Option<Tag> {
        self.tag("", self.item.etag, Form::Header)
    }

    /// Returns the eTag as JSON.
    pub(crate) fn etag_in_json(&self) -> Option<Raw<Tag>> {
        self.tag("", self.item.etag, Form::Json).map(Raw::from_json)
    }

    /// Returns the cTag. That folders of a business drive have no cTag, as said, *differs* from a sample (option
    /// `folder_ctag`).
    fn ctag(&self) -> Option<Tag> {
        self.tag("c:", self.item.ctag, Form::Header)
    }

    /// Returns the cTag as JSON.
    pub(crate) fn ctag_in_json(&self) -> Option<Raw<Tag>> {
        self.tag("c:", self.item.ctag, Form::Json).map(Raw::from_json)
    }

    fn tag(&self, kind: &str, count: u32, form: Form) -> Option<Tag> {
        let is_there = match kind {
            "" => self.item.parent.is_some() || self.rules.root_etag,
            _ => !self.item.is_folder() || self.rules.folder_ctag,
        };
        if !is_there {
            return None;
        }
        // Neither form has anything in it that would have to be escaped, but for the quotes.
        let (start, end) = match (self.rules.flavour, form) {
            (Flavour::Business, Form::Header) => ("\"", "\""),
            (Flavour::Business, Form::Json) => ("\"\\\"", "\\\"\""),
            (Flavour::Personal, Form::Header) => ("", ""),
            (Flavour::Personal, Form::Json) => ("\"", "\""),
        };
        // Nothing on the wire was ever changed less than once.
        let mut digits = itoa::Buffer::new();
        let count = digits.format(u64::from(count) + 1);
        let mut tag = Tag::new();
        match self.rules.flavour {
            Flavour::Business => {
                for part in [start, kind, "{", &self.name, "},", count, end] {
                    tag.push_str(part);
                }
            }
            Flavour::Personal => {
                let told = [kind, &self.name, ".", count].concat();
                for part in [start, "a", &BASE64_NOPAD.encode(told.as_bytes()), end] {
                    tag.push_str(part);
                }
            }
        }
        Some(tag)
    }
}

/// Returns the eTag of an item.
pub(crate) fn etag(ids: Ids<'_>, rules: TagRules, item: &Item) -> Option<Tag> {
    Tags::of(ids, rules, item).etag()
}

/// Returns whether a header of tags names one that the item has; `*` names all. Strength makes no difference.
pub(crate) fn names(header: &str, ids: Ids<'_>, rules: TagRules, item: &Item) -> bool {
    header.trim() == "*" || named(header, ids, rules, item).is_some()
}

/// Returns what an `If-Match` header expects of an item: the tag it has, if it is among those named.
pub(crate) fn named(header: &str, ids: Ids<'_>, rules: TagRules, item: &Item) -> Option<Precondition> {
    let tags = Tags::of(ids, rules, item);
    let has = [(tags.etag(), Precondition::ETag(item.etag)), (tags.ctag(), Precondition::CTag(item.ctag))];
    let listed = listed(header);
    let is_listed = |tag: &Tag| listed.contains(&tag.trim_matches('"'));
    has.into_iter().find_map(|(tag, expected)| tag.filter(is_listed).map(|_| expected))
}

/// Returns the tags of a header without quotes. Those of business drives have a comma inside: within quotes it is part
/// of the tag, and a header without any quotes may be a single tag as well.
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

    fn rules(flavour: Flavour) -> TagRules {
        let has_all = flavour == Flavour::Personal;
        TagRules { flavour, root_etag: has_all, folder_ctag: has_all }
    }

    #[test]
    fn a_tag_in_json_is_the_tag() {
        for flavour in [Flavour::Business, Flavour::Personal] {
            let sim = Sim::builder().outline("drive mine profile=business\na.txt\nd/\n").build().unwrap();
            let drive = sim.drive("mine").unwrap();
            for path in ["/", "/a.txt", "/d"] {
                let item = sim.item(path).unwrap();
                let told = |raw: Option<Raw<Tag>>| {
                    let json = crate::json_text::to_vec(&raw?, 0);
                    Some(serde_json::from_slice::<String>(&json).unwrap())
                };
                let given = sim.wire_ids(&drive).unwrap();
                let tags = Tags::of(Ids { drive: &drive, flavour, given: &given }, rules(flavour), &item);
                let text = |tag: Option<Tag>| tag.map(|tag| tag.to_string());
                assert_eq!(told(tags.etag_in_json()), text(tags.etag()));
                assert_eq!(told(tags.ctag_in_json()), text(tags.ctag()));
            }
        }
    }

    #[test]
    fn the_longest_ids_and_tags_are_as_long_as_there_is_room_for() {
        let sim = Sim::builder().outline("a.txt\n").build().unwrap();
        let drive = sim.drive("drive").unwrap();
        let mut file = sim.item("/a.txt").unwrap();
        // The number of this item is the largest there is, and so are these.
        file.id = drivesim::ItemId::from_bits((1 << 32) - 1);
        (file.etag, file.ctag) = (u32::MAX, u32::MAX);
        for (flavour, id, json) in [(Flavour::Business, 34, 57), (Flavour::Personal, 37, 70)] {
            let given = sim.wire_ids(&drive).unwrap();
            let ids = Ids { drive: &drive, flavour, given: &given };
            assert_eq!(ids.item(file.id, false).len(), id, "{flavour:?}");
            let tag = Tags::of(ids, rules(flavour), &file).ctag_in_json().unwrap();
            assert_eq!(crate::json_text::to_vec(&tag, 0).len(), json, "{flavour:?}");
        }
    }

    #[test]
    fn tags_are_made_of_a_given_id() {
        for (profile, flavour, id, etag) in [
            (
                "business",
                Flavour::Business,
                "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
                "\"{DCD0D3AD-8989-4F23-A5A2-2C086050513F},1\"",
            ),
            (
                "business",
                Flavour::Business,
                "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K",
                "\"{60F36ED0-85CE-4771-B349-E671C691EFCA},1\"",
            ),
            ("personal", Flavour::Personal, "D4648F06C91D9D3D!54927", "aRDQ2NDhGMDZDOTFEOUQzRCE1NDkyNy4x"),
        ] {
            let outline = format!("drive mine profile={profile}\na.txt # id={id}\n");
            let sim = Sim::builder().outline(outline).build().unwrap();
            let (drive, item) = (sim.drive("mine").unwrap(), sim.item("/a.txt").unwrap());
            let given = sim.wire_ids(&drive).unwrap();
            let tags = Tags::of(Ids { drive: &drive, flavour, given: &given }, rules(flavour), &item);
            assert_eq!(tags.etag().unwrap().as_str(), etag);
        }
        let id = "D4648F06C91D9D3D!sea8cc6beffdb43d7976fbc7da445c639";
        let sim = Sim::builder()
            .outline(format!("drive mine profile=personal\na.txt # id={id}\n"))
            .build()
            .unwrap();
        let (drive, mut item) = (sim.drive("mine").unwrap(), sim.item("/a.txt").unwrap());
        (item.etag, item.ctag) = (u32::MAX, u32::MAX);
        let given = sim.wire_ids(&drive).unwrap();
        let ids = Ids { drive: &drive, flavour: Flavour::Personal, given: &given };
        let tag = Tags::of(ids, rules(Flavour::Personal), &item).ctag_in_json();
        assert_eq!(crate::json_text::to_vec(&tag.unwrap(), 0).len(), 87);
    }

    #[test]
    fn tags_are_told_apart_by_quotes_and_commas() {
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
