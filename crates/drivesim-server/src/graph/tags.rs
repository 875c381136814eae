//! The only place that writes eTags and cTags and reads the conditions clients set on them.

use data_encoding::BASE64_NOPAD;
use drivesim::{DriveRef, Item, Precondition};
use uuid::Uuid;

use crate::graph::drive::Flavour;
use crate::graph::ids;
use crate::json_text::Raw;

/// What a tag is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Header,
    /// Its quotes are escaped, and it stands between others.
    Json,
}

/// Returns the eTag of an item. That the root of a business drive has no eTag, as seen, *differs* from a sample.
pub(crate) fn etag(drive: &DriveRef, flavour: Flavour, item: &Item) -> Option<String> {
    tag(drive, flavour, item, ("", item.etag), Form::Header)
}

/// Returns the eTag of an item as JSON.
pub(crate) fn etag_in_json(drive: &DriveRef, flavour: Flavour, item: &Item) -> Option<Raw> {
    tag(drive, flavour, item, ("", item.etag), Form::Json).map(Raw::from_json)
}

/// Returns the cTag of an item.
fn ctag(drive: &DriveRef, flavour: Flavour, item: &Item) -> Option<String> {
    tag(drive, flavour, item, ("c:", item.ctag), Form::Header)
}

/// Returns the cTag of an item as JSON.
pub(crate) fn ctag_in_json(drive: &DriveRef, flavour: Flavour, item: &Item) -> Option<Raw> {
    tag(drive, flavour, item, ("c:", item.ctag), Form::Json).map(Raw::from_json)
}

/// Returns a tag of an item. That folders of a business drive have no cTag, as said, *differs* from a sample.
fn tag(
    drive: &DriveRef,
    flavour: Flavour,
    item: &Item,
    (kind, count): (&str, u32),
    form: Form,
) -> Option<String> {
    let is_root = item.parent.is_none();
    // Nothing on the wire was ever changed less than once.
    let count = u64::from(count) + 1;
    // Neither form has anything in it that would have to be escaped, but for the quotes.
    let (start, end) = match (flavour, form) {
        (Flavour::Business, Form::Header) => ("\"", "\""),
        (Flavour::Business, Form::Json) => ("\"\\\"", "\\\"\""),
        (Flavour::Personal, Form::Header) => ("", ""),
        (Flavour::Personal, Form::Json) => ("\"", "\""),
    };
    let mut tag = String::with_capacity(64);
    tag.push_str(start);
    match flavour {
        Flavour::Business if is_root || (item.is_folder() && kind == "c:") => return None,
        Flavour::Business => {
            let mut digits = Uuid::encode_buffer();
            tag.push_str(kind);
            tag.push('{');
            tag.push_str(ids::guid(drive, item.id, is_root).hyphenated().encode_upper(&mut digits));
            tag.push_str("},");
            tag.push_str(itoa::Buffer::new().format(count));
        }
        Flavour::Personal => {
            let id = ids::item_id(drive, flavour, item.id, is_root);
            tag.push('a');
            tag.push_str(&BASE64_NOPAD.encode(format!("{kind}{id}.{count}").as_bytes()));
        }
    }
    tag.push_str(end);
    Some(tag)
}

/// Says whether a header of tags names one that the item has; `*` names all. Strength makes no difference.
pub(crate) fn names(header: &str, drive: &DriveRef, flavour: Flavour, item: &Item) -> bool {
    header.trim() == "*" || named(header, drive, flavour, item).is_some()
}

/// Returns what an `If-Match` header expects of an item: the tag it has, if it is among those named.
pub(crate) fn named(header: &str, drive: &DriveRef, flavour: Flavour, item: &Item) -> Option<Precondition> {
    let has = [
        (etag(drive, flavour, item), Precondition::ETag(item.etag)),
        (ctag(drive, flavour, item), Precondition::CTag(item.ctag)),
    ];
    let listed = listed(header);
    let is_listed = |tag: &String| listed.contains(&tag.trim_matches('"'));
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

    #[test]
    fn a_tag_in_json_is_the_tag() {
        for flavour in [Flavour::Business, Flavour::Personal] {
            let sim = Sim::builder().outline("drive mine profile=business\na.txt\nd/\n").build().unwrap();
            let drive = sim.drive("mine").unwrap();
            for path in ["/", "/a.txt", "/d"] {
                let item = sim.item(path).unwrap();
                let told = |raw: Option<Raw>| {
                    let json = crate::json_text::to_vec(&raw?, 0);
                    Some(serde_json::from_slice::<String>(&json).unwrap())
                };
                assert_eq!(told(etag_in_json(&drive, flavour, &item)), etag(&drive, flavour, &item));
                assert_eq!(told(ctag_in_json(&drive, flavour, &item)), ctag(&drive, flavour, &item));
            }
        }
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
