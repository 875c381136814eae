//! Adds numbers to names, and cuts names that become too long.

use super::{Name, NameRules, units_of};
use crate::item::ItemKind;

/// What separates a name from the number added to it.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Suffix {
    /// A space: `x 1.ext`.
    Spaced,
    /// Nothing: `x1.ext`.
    Joined,
}

impl NameRules {
    /// Returns `name` with a number: before the last period for files, at the end for folders.
    ///
    /// A leading period starts no extension, nor does one with only periods before it. The stem is cut so that the name
    /// fits [`NameRules::max_name`]. If that leaves nothing of the stem, the extension is cut too. Only a limit too
    /// small for the number itself is exceeded. The result is not checked: `COM` becomes the reserved `COM1`, so a
    /// search for a free name also has to skip rejected names.
    ///
    /// ```
    /// use drivesim_core::{ItemKind, NameRules, Suffix};
    ///
    /// let name = NameRules::BUSINESS.name("a.txt");
    /// let numbered = |kind, suffix| NameRules::BUSINESS.with_number(&name, kind, 1, suffix);
    /// assert_eq!(numbered(ItemKind::File, Suffix::Joined).as_str(), "a1.txt");
    /// assert_eq!(numbered(ItemKind::Folder, Suffix::Spaced).as_str(), "a.txt 1");
    /// ```
    pub fn with_number(&self, name: &Name<'_>, kind: ItemKind, number: u64, suffix: Suffix) -> Name<'static> {
        let number = match suffix {
            Suffix::Spaced => format!(" {number}"),
            Suffix::Joined => number.to_string(),
        };
        let room = self.max_name.map_or(usize::MAX, |limit| limit.saturating_sub(units_of(&number)));
        let (stem, extension) = match kind {
            ItemKind::File => split_extension(name.as_str()),
            ItemKind::Folder => (name.as_str(), ""),
        };
        let cut = cut_to(stem, room.saturating_sub(units_of(extension)));
        if cut.is_empty() {
            return self.name(format!("{}{number}", cut_to(name.as_str(), room)));
        }
        self.name(format!("{cut}{number}{extension}"))
    }
}

/// Returns the stem, and the extension with its period.
pub(crate) fn split_extension(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, _)) if stem.contains(|character| character != '.') => {
            name.split_at_checked(stem.len()).unwrap_or((name, ""))
        }
        _ => (name, ""),
    }
}

/// Returns the longest prefix of `text` that has at most `max_units` UTF-16 units.
fn cut_to(text: &str, max_units: usize) -> &str {
    let mut units = 0;
    for (end, character) in text.char_indices() {
        units += character.len_utf16();
        if units > max_units {
            return text.get(..end).unwrap_or(text);
        }
    }
    text
}
