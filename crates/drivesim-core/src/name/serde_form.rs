//! Implements serde for the lists of characters and words in rules of names.

use std::fmt::Debug;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::NameRules;
use crate::serde_forms::held_to_a_rule;

held_to_a_rule! {
    /// Characters that a name may not contain: those of one of the profiles, whose lists are static.
    known_characters: &'static [char] as Vec<char>, |value| known_characters_like(value);
    /// Reserved words: those of one of the profiles, or none.
    known_words: &'static [&'static str] as Vec<String>, |value| known_words_like(value);
}

/// The rules of all profiles.
const ALL: [NameRules; 4] = [NameRules::PLAIN, NameRules::BUSINESS, NameRules::PERSONAL, NameRules::BOX];

fn known_characters_like(value: &[char]) -> Result<&'static [char], String> {
    let mut known = ALL.into_iter().map(|rules| rules.forbidden);
    let unknown = || format!("no profile has the forbidden characters {value:?}");
    known.find(|known| *known == value).ok_or_else(unknown)
}

fn known_words_like<W: AsRef<str> + Debug>(value: &[W]) -> Result<&'static [&'static str], String> {
    let lists = |rules: NameRules| {
        [
            rules.reserved_names,
            rules.reserved_folders,
            rules.reserved_at_root,
            rules.reserved_stems,
            rules.reserved_starts,
            rules.reserved_parts,
            &[],
        ]
    };
    let mut known = ALL.into_iter().flat_map(lists);
    let unknown = || format!("no profile has the reserved words {value:?}");
    let is_equal = |known: &&[&str]| known.iter().copied().eq(value.iter().map(W::as_ref));
    known.find(is_equal).ok_or_else(unknown)
}
