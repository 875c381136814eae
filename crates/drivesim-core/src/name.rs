//! Defines names: the text as stored, and the form that decides whether two names are the same.
//!
//! A verb makes a [`Name`] once from the text that it gets. Nothing else folds letter case, and only [`units_of`]
//! measures lengths. Which names are allowed is decided in `rules`.

mod case_folding;
mod collation;
mod fault;
mod number;
mod quoted;
mod rules;
#[cfg(feature = "serde")]
mod serde_form;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use self::case_folding::fold_char;
pub use self::collation::Collation;
pub use self::fault::NameFault;
pub use self::number::Suffix;
pub(crate) use self::number::split_extension;
pub use self::quoted::Quoted;
pub use self::rules::{EmptyAfterSanitise, Level, NameRules, RejectSupplementary, SanitiseFileNames};

/// Whether names that differ only in case are the same name.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Case {
    /// They are two names.
    Sensitive,
    /// They are one name, stored in the form that was set first.
    Folded,
}

/// Which names are the same: the part of [`NameRules`] that a drive needs for each look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameEquality {
    pub(crate) case: Case,
    pub(crate) collation: Collation,
}

/// A name in a drive. [`NameRules::name`] makes it.
///
/// It has two forms. The stored form is the text that callers gave and that listings return. The canonical form decides
/// whether two names are the same, so that one folder cannot hold both.
///
/// Names have the canonical order of drives: by folded text, then by the text as stored. Two names are equal if their
/// stored forms are; see [`Name::is_same_as`].
#[derive(Clone, Debug)]
pub struct Name<'a> {
    stored: Cow<'a, str>,
    /// The folded text; `None` if folding changes nothing.
    folded: Option<String>,
    /// The folded text with one spelling of what a collation takes for the same; `None` if that is the folded text.
    collated: Option<String>,
    equality: NameEquality,
}

impl<'a> Name<'a> {
    /// Creates a name from a text.
    pub(crate) fn new(stored: Cow<'a, str>, equality: NameEquality) -> Name<'a> {
        let folded = fold(&stored);
        let collated = equality.collate(folded.as_deref().unwrap_or(&stored));
        Name { stored, folded, collated, equality }
    }

    /// Returns the name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.stored
    }

    /// Returns the form that decides whether two names are the same: folded where case does not matter, with one
    /// spelling of what the [`Collation`] of the service takes for the same.
    ///
    /// ```
    /// use drivesim_core::NameRules;
    ///
    /// assert_eq!(NameRules::PERSONAL.name("Ægir").canonical(), "aegir");
    /// assert_eq!(NameRules::BUSINESS.name("Ægir").canonical(), "ægir");
    /// ```
    pub fn canonical(&self) -> &str {
        match self.equality.case {
            Case::Sensitive => &self.stored,
            Case::Folded => self.collated.as_deref().unwrap_or(self.folded()),
        }
    }

    /// Returns whether both names are the same, so that one folder cannot hold both.
    pub fn is_same_as(&self, other: &Name<'_>) -> bool {
        self.canonical() == other.canonical()
    }

    /// Returns the folded text, by which names are ordered and searched on every drive.
    pub(crate) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.stored)
    }

    /// Returns the canonical form if it is not the folded text.
    pub(crate) fn collated(&self) -> Option<&str> {
        self.collated.as_deref()
    }

    /// Returns whether another folded text may have the same canonical form.
    pub(crate) fn has_spellings(&self) -> bool {
        self.equality.has_spellings(self.canonical())
    }

    /// Returns whether case matters.
    pub(crate) fn case(&self) -> Case {
        self.equality.case
    }

    /// Returns the length of the name as stored, in UTF-16 units.
    pub fn units(&self) -> usize {
        units_of(&self.stored)
    }

    /// Counts the UTF-16 units of a text: the services limit names, paths and descriptions in them.
    ///
    /// ```
    /// assert_eq!(drivesim_core::Name::units_of("a🎉"), 3);
    /// ```
    pub fn units_of(text: &str) -> usize {
        units_of(text)
    }

    /// Returns the same name with texts of its own.
    pub(crate) fn into_owned(self) -> Name<'static> {
        Name { stored: Cow::Owned(self.stored.into_owned()), ..self }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.stored)
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.stored == other.stored
    }
}

impl Eq for Name<'_> {}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded()).then_with(|| self.stored.cmp(&other.stored))
    }
}

/// Counts the UTF-16 units of a text, the unit of every length limit here.
pub(crate) fn units_of(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Folds the case of a name, so that names differing only in case fold to the same text; `None` if that changes nothing.
///
/// So `ß` and `ss` stay different, and so do the composed and the decomposed `é`.
///
/// ASSUMED: Services compare names by Unicode simple case folding, one character at a time and without normalisation:
/// their pages only say that case is ignored (no option: it would take another table of characters).
fn fold(name: &str) -> Option<String> {
    if name.is_ascii() {
        let has_capital = name.bytes().any(|byte| byte.is_ascii_uppercase());
        return has_capital.then(|| name.to_ascii_lowercase());
    }
    if name.chars().all(|character| fold_char(character) == character) {
        return None;
    }
    Some(name.chars().map(fold_char).collect())
}
