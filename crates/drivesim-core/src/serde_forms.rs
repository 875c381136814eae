//! Implements serde for the values of this crate whose forms are not derived.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::change_log::Tombstone;
use crate::diff::{Difference, Located};
use crate::drive::ChangeToken;
use crate::item::{Item, ItemId, ItemKind};
use crate::json::Json;
use crate::members::Members;
use crate::outline::{self, Outline};
use crate::profile::{CopiedMembers, Profile};

/// Serializes a value as its text, and deserializes it with `$read`, whose error explains what is wrong.
macro_rules! as_text {
    ($($type:ty: $read:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                $read(&text).map_err(D::Error::custom)
            }
        }
    )*};
}

as_text! {
    ItemId: |text: &str| text.parse().map_err(|error| format!("{text:?}: {error}"));
    ChangeToken: |text: &str| text.parse().map_err(|error| format!("{text:?}: {error}"));
    // The profile checks which members exist.
    CopiedMembers: |text: &str| CopiedMembers::parse(text).ok_or_else(|| format!("{text:?} is too long a list of members"));
    // The notation is the form of outlines everywhere; its errors have positions.
    Outline: outline::parse;
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        Ok(BTreeMap::<String, Json>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Defines the deserialized form of a value: its fields, named in JSON as the services name them, and its name for
/// errors. A field that is not listed does not compile.
macro_rules! read_as {
    ($form:ident, $type:ident, $called:literal, $check:ident: $($field:ident: $of:ty),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", expecting = $called)]
        pub(crate) struct $form {
            $($field: $of,)*
        }

        impl TryFrom<$form> for $type {
            type Error = &'static str;

            fn try_from(form: $form) -> Result<$type, &'static str> {
                let $form { $($field),* } = form;
                let value = $type { $($field),* };
                $check(&value).map(|()| value)
            }
        }
    };
}

read_as! {
    ItemForm, Item, "an item of a drive", check_item:
    id: ItemId,
    parent: Option<ItemId>,
    name: String,
    kind: ItemKind,
    size: u64,
    child_count: u32,
    created_at: Timestamp,
    modified_at: Timestamp,
    fs_created_at: Timestamp,
    fs_modified_at: Timestamp,
    created_by: Arc<str>,
    modified_by: Arc<str>,
    description: Option<Arc<str>>,
    members: Members,
    etag: u32,
    ctag: u32,
    version: u32,
}

read_as! {
    TombstoneForm, Tombstone, "an item that is gone", check_tombstone:
    id: ItemId,
    parent: Option<ItemId>,
    name: String,
    kind: ItemKind,
    size: u64,
}

fn check_item(item: &Item) -> Result<(), &'static str> {
    if item.kind == ItemKind::File && item.child_count > 0 {
        return Err("a file has no children");
    }
    if item.name.is_empty() != item.parent.is_none() {
        return Err("an item has a name exactly when it is in a folder; only the root has neither");
    }
    check_place(item.id, item.parent, &item.name)
}

fn check_tombstone(tombstone: &Tombstone) -> Result<(), &'static str> {
    if tombstone.name.is_empty() {
        return Err("only the root has no name, and it is never removed");
    }
    check_place(tombstone.id, tombstone.parent, &tombstone.name)
}

fn check_place(id: ItemId, parent: Option<ItemId>, name: &str) -> Result<(), &'static str> {
    if parent == Some(id) {
        return Err("an item is not in itself");
    }
    if name.contains('/') {
        return Err("a name has no slash");
    }
    Ok(())
}

/// The deserialized form of a difference.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a difference of an item")]
pub(crate) struct DifferenceForm {
    before: Option<Located>,
    after: Option<Located>,
    content_changed: bool,
    facts_changed: bool,
}

impl TryFrom<DifferenceForm> for Difference {
    type Error = &'static str;

    fn try_from(form: DifferenceForm) -> Result<Difference, &'static str> {
        let DifferenceForm { before, after, content_changed, facts_changed } = form;
        match (&before, &after) {
            (None, None) => Err("a difference has an item before or after"),
            (Some(before), Some(after)) if before.item.id != after.item.id => {
                Err("a difference belongs to one item, with the same id before and after")
            }
            _ => Ok(Difference { before, after, content_changed, facts_changed }),
        }
    }
}

/// Serializes and deserializes values that must keep a rule. If a value breaks it, both fail with the rule, so that
/// every written value can be read. `$find` returns the deserialized value.
macro_rules! held_to_a_rule {
    ($($(#[$doc:meta])* $name:ident: $type:ty as $read:ty, $find:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let find: fn(&$type) -> Result<$type, String> = $find;
                find(value).map_err(S::Error::custom)?.serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let find: fn(&$read) -> Result<$type, String> = $find;
                find(&<$read>::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

held_to_a_rule! {
    /// Characters that a name may not contain: those of one of the profiles, whose lists are static.
    known_characters: &'static [char] as Vec<char>, |value| known_characters_like(value);
    /// Reserved words: those of one of the profiles, or none.
    known_words: &'static [&'static str] as Vec<String>, |value| known_words_like(value);
    /// The status of an error, 400 to 599.
    error_status: u16 as u16, |status| {
        let wrong = || format!("{status} is not the status of an error, 400 to 599");
        (400..600).contains(status).then_some(*status).ok_or_else(wrong)
    };
    /// The status of the monitor of a failed copy: 200, 202 or that of an error.
    monitor_status: u16 as u16, |status| {
        let wrong = || format!("{status} is none of 200, 202, 400 to 599");
        (matches!(status, 200 | 202) || (400..600).contains(status)).then_some(*status).ok_or_else(wrong)
    };
    /// An offset from UTC in minutes, less than a day.
    offset_minutes: i16 as i16, |minutes| {
        let wrong = || format!("an offset of {minutes} minutes from UTC is a day or more");
        (-1439..=1439).contains(minutes).then_some(*minutes).ok_or_else(wrong)
    };
}

fn known_characters_like(value: &[char]) -> Result<&'static [char], String> {
    let mut known = Profile::ALL.into_iter().map(|profile| profile.names.forbidden);
    let unknown = || format!("no profile has the forbidden characters {value:?}");
    known.find(|known| *known == value).ok_or_else(unknown)
}

fn known_words_like<W: AsRef<str> + Debug>(value: &[W]) -> Result<&'static [&'static str], String> {
    let lists = |profile: Profile| {
        let names = profile.names;
        [
            names.reserved_names,
            names.reserved_folders,
            names.reserved_at_root,
            names.reserved_stems,
            names.reserved_starts,
            names.reserved_parts,
            &[],
        ]
    };
    let mut known = Profile::ALL.into_iter().flat_map(lists);
    let unknown = || format!("no profile has the reserved words {value:?}");
    let is_equal = |known: &&[&str]| known.iter().copied().eq(value.iter().map(W::as_ref));
    known.find(is_equal).ok_or_else(unknown)
}
