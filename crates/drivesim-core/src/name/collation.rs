//! Lists characters that the database of a service compares as equal to other texts.

use super::{Case, NameEquality};

/// Which characters are the same as others, besides those that differ in case.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Collation {
    /// None.
    None,
    /// Those that were seen to be the same on personal drives: `æ` and `ae`, U+FA16 and U+732A.
    Seen,
}

/// The pairs that were seen: a character and the text that it is the same as.
///
/// A new pair is a new line. Both sides are folded. The character is not ASCII. The text has none of the characters, and
/// no digit, space or period: so the canonical form of a name consists of those of its stem, number and extension.
pub(super) const SEEN: &[(char, &str)] = &[
    // onedrive-api-docs issue 856.
    ('æ', "ae"),
    // onedrive-api-docs issue 351.
    ('\u{FA16}', "\u{732A}"),
];

impl NameEquality {
    /// Returns the pairs that apply: none if names are case-sensitive.
    fn pairs(self) -> &'static [(char, &'static str)] {
        match (self.case, self.collation) {
            (Case::Sensitive, _) | (Case::Folded, Collation::None) => &[],
            (Case::Folded, Collation::Seen) => SEEN,
        }
    }

    /// Returns whether names with different folded texts may be the same.
    pub(crate) fn has_pairs(self) -> bool {
        !self.pairs().is_empty()
    }

    /// Returns a folded name with each character of a pair replaced by its text; `None` if it has no such character.
    pub(super) fn collate(self, folded: &str) -> Option<String> {
        let text_for = |c: char| self.pairs().iter().find(|(same, _)| *same == c).map(|(_, text)| *text);
        if self.pairs().is_empty() || folded.is_ascii() || !folded.chars().any(|c| text_for(c).is_some()) {
            return None;
        }
        let mut collated = String::with_capacity(folded.len() + 1);
        for c in folded.chars() {
            match text_for(c) {
                Some(text) => collated.push_str(text),
                None => collated.push(c),
            }
        }
        Some(collated)
    }

    /// Returns whether names with another folded text can have the canonical form `canonical`.
    pub(super) fn has_spellings(self, canonical: &str) -> bool {
        self.pairs().iter().any(|(_, text)| canonical.contains(text))
    }
}
