//! Checks and sanitises names by the rules of a service: length, characters, reserved words.

use std::borrow::Cow;

use super::{Case, Collation, Name, NameEquality, NameFault, units_of};
use crate::item::ItemKind;

#[rustfmt::skip]
const ONEDRIVE_STEMS: &[&str] = &[
    ".lock", "CON", "PRN", "AUX", "NUL",
    "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
    "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    "desktop.ini",
];

/// Which verbs remove forbidden characters from the new name of a file.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum SanitiseFileNames {
    /// None: a name that breaks a rule is rejected.
    Never,
    /// A copy removes what may be removed, and rejects the result only if it still breaks a rule.
    CopyOnly,
    /// All.
    Everywhere,
}

/// What a copy of a file does if sanitising leaves nothing of the requested name.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum EmptyAfterSanitise {
    /// It fails.
    Refuse,
    /// The copy has the name of its source.
    KeepSourceName,
}

/// Where names may not have characters above U+FFFF.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum RejectSupplementary {
    /// Nowhere: they are allowed.
    Never,
    /// Everywhere.
    Always,
    /// Everywhere but in the name of a copied file.
    NotOnFileCopy,
}

/// Where an item is: some names are reserved only directly below the root.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// It is a child of the root.
    Root,
    /// It is in another folder.
    Below,
}

/// The rules of one service for names. Services differ only in these values.
///
/// Start from [`NameRules::PLAIN`], [`NameRules::BUSINESS`], [`NameRules::PERSONAL`] or [`NameRules::BOX`] and set the
/// fields that differ. Reserved words are matched ignoring ASCII case, regardless of `case`.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct NameRules {
    /// Whether names that differ only in case are the same.
    pub case: Case,
    /// Which characters are the same besides those that differ in case. It has no effect where case matters.
    pub collation: Collation,
    /// Which verbs remove forbidden characters from the new name of a file instead of failing.
    pub sanitise_file_names: SanitiseFileNames,
    /// What a copy of a file does if sanitising leaves nothing of the requested name.
    pub empty_after_sanitise: EmptyAfterSanitise,
    /// Whether the length of a name is checked before it is sanitised instead of after.
    pub length_before_sanitising: bool,
    /// The most UTF-16 units a name may have; `None` for no limit.
    pub max_name: Option<usize>,
    /// Characters that a name may not contain.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_characters"))]
    pub forbidden: &'static [char],
    /// Whether ASCII control characters (0x00 to 0x1F and 0x7F) are forbidden.
    pub reject_control: bool,
    /// Where characters above U+FFFF are forbidden.
    pub reject_supplementary: RejectSupplementary,
    /// Whether a name may not start with a space.
    pub reject_leading_space: bool,
    /// Whether a name may not end with a space.
    pub reject_trailing_space: bool,
    /// Whether a name may not end with a period.
    pub reject_trailing_period: bool,
    /// Whether a folder's name may not start with `~`.
    pub reject_folder_tilde: bool,
    /// Whether a name may not contain a numeric HTML entity such as `&#169;`.
    pub reject_entities: bool,
    /// Words that may not be the whole name.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_names: &'static [&'static str],
    /// Words that may not be the whole name of a folder.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_folders: &'static [&'static str],
    /// Words that may not be the whole name of a folder directly below the root.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_at_root: &'static [&'static str],
    /// Words that may not be the whole name or the part before a period.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_stems: &'static [&'static str],
    /// Texts a name may not start with.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_starts: &'static [&'static str],
    /// Texts that a name may not contain.
    #[cfg_attr(feature = "serde", serde(with = "super::serde_form::known_words"))]
    pub reserved_parts: &'static [&'static str],
}

impl NameRules {
    /// The rules of no service: only names that would make a path ambiguous are rejected.
    pub const PLAIN: NameRules = NameRules {
        case: Case::Sensitive,
        collation: Collation::None,
        sanitise_file_names: SanitiseFileNames::Never,
        empty_after_sanitise: EmptyAfterSanitise::Refuse,
        length_before_sanitising: true,
        max_name: None,
        forbidden: &['/', '\0'],
        reject_control: false,
        reject_supplementary: RejectSupplementary::Never,
        reject_leading_space: false,
        reject_trailing_space: false,
        reject_trailing_period: false,
        reject_folder_tilde: false,
        reject_entities: false,
        reserved_names: &[".", ".."],
        reserved_folders: &[],
        reserved_at_root: &[],
        reserved_stems: &[],
        reserved_starts: &[],
        reserved_parts: &[],
    };

    /// The rules of OneDrive for work and of SharePoint.
    ///
    /// Words and characters are those of the support page on restrictions in OneDrive and SharePoint. It allows `#` and
    /// `%`, which the older developer pages do not.
    ///
    /// DIFFERS(support page on restrictions): A business drive rejects a folder called `Forms` at any depth
    /// (onedrive-api-docs issue 1671, rclone issue 7910); the page reserves the name at the root of a library (option
    /// `forms_folders`).
    pub const BUSINESS: NameRules = NameRules {
        // Developer page on case sensitivity: names are stored as given and compared ignoring case.
        case: Case::Folded,
        // The page on SharePoint limits gives 255 for a segment of a path.
        // ASSUMED: The 255 are UTF-16 units, and personal drives have the same limit (option `max_name`).
        max_name: Some(255),
        // The developer page on addressing leaves out the double quote, the support page has it.
        forbidden: &['"', '*', ':', '<', '>', '?', '/', '\\', '|'],
        // On no page of Microsoft's. The abraunegg client and others found control characters and entities rejected.
        reject_control: true,
        reject_entities: true,
        reject_leading_space: true,
        reject_trailing_space: true,
        reject_trailing_period: true,
        reject_folder_tilde: true,
        // Needs no `.` and `..`: they end with a period.
        reserved_names: &[],
        // A file may be called `forms`: the messages and the page name folders only.
        reserved_folders: &["forms"],
        reserved_stems: ONEDRIVE_STEMS,
        reserved_starts: &["~$"],
        // Rejected anywhere in a name (onedrive-api-docs issue 1653).
        reserved_parts: &["_vti_"],
        ..NameRules::PLAIN
    };

    /// The rules of OneDrive of a person.
    ///
    /// They are those of business drives except for the names of SharePoint. `Forms` is not reserved: page and messages
    /// are about libraries.
    ///
    /// DIFFERS(support page on restrictions): A personal drive accepts `_vti_` in a name (onedrive-api-docs issue 1653,
    /// rclone issue 6653) (option `vti_names`).
    ///
    /// DIFFERS(developer page on case sensitivity): A personal drive takes `æ` and `ae` for the same name, and U+FA16 and
    /// U+732A, as if a database compared them (onedrive-api-docs issues 856 and 351); the page only ignores case (option
    /// `collation`).
    ///
    /// ASSUMED: What a personal drive takes for the same is so anywhere in a name and in any case, and only the pairs
    /// that were seen are (option `collation`).
    ///
    /// ASSUMED: Names that are the same keep their places in a listing, `æ` after `z` (no option: no other order was
    /// seen).
    pub const PERSONAL: NameRules = NameRules {
        collation: Collation::Seen,
        reserved_folders: &[],
        reserved_parts: &[],
        ..NameRules::BUSINESS
    };

    /// The rules of Box.
    ///
    /// Characters, `.`, `..`, the trailing space and the 255 are in the API reference. The punctuation that its guide
    /// to common errors warns of is accepted, as is a leading space: rclone's live tests write both.
    pub const BOX: NameRules = NameRules {
        // API reference: a folder `new file` conflicts with a file `New File`.
        case: Case::Folded,
        // Box's guide to limitations says that file names are sanitised everywhere; the reference lists errors for
        // uploads.
        // ASSUMED: Box sanitises file names only in a copy (option `sanitise_file_names`).
        sanitise_file_names: SanitiseFileNames::CopyOnly,
        max_name: Some(255),
        forbidden: &['/', '\\'],
        reject_control: true,
        reject_trailing_space: true,
        // One third party saw Box reject characters above U+FFFF.
        // ASSUMED: A copy of a file on Box rejects characters above U+FFFF too (option `reject_supplementary`).
        reject_supplementary: RejectSupplementary::Always,
        ..NameRules::PLAIN
    };

    /// Checks a name against the rules: for create, upload, rename, move, and a copy of a folder with everything below
    /// it.
    ///
    /// Takes time linear in the name.
    ///
    /// # Errors
    ///
    /// The first broken rule, in this order: empty, length, characters, edges, reserved words.
    pub fn check(&self, name: &str, kind: ItemKind, level: Level) -> Result<(), NameFault> {
        self.check_length(name)?;
        self.check_characters(name)?;
        self.check_edges(name, kind)?;
        self.check_reserved(name, kind, level)
    }

    /// Returns the name that the copy of a file gets when `name` is requested.
    ///
    /// If [`NameRules::sanitise_file_names`] says so, forbidden and control characters are removed, then spaces and periods
    /// that are not allowed at an edge. The returned name always passes [`NameRules::check`], so sanitising is
    /// idempotent.
    ///
    /// # Errors
    ///
    /// The first rule that `name`, or its sanitised form, breaks.
    pub fn for_file_copy<'a>(&self, name: &'a str, level: Level) -> Result<Cow<'a, str>, NameFault> {
        let copied = self.for_file(name)?;
        let reject_supplementary = match self.reject_supplementary {
            RejectSupplementary::NotOnFileCopy => RejectSupplementary::Never,
            other => other,
        };
        NameRules { reject_supplementary, ..self.clone() }.check(&copied, ItemKind::File, level)?;
        Ok(copied)
    }

    /// Returns the new name of a file, sanitised if the rules sanitise. It may still break a rule.
    fn for_file<'a>(&self, name: &'a str) -> Result<Cow<'a, str>, NameFault> {
        match self.sanitise_file_names {
            SanitiseFileNames::Never => Ok(Cow::Borrowed(name)),
            SanitiseFileNames::CopyOnly | SanitiseFileNames::Everywhere => self.sanitise(name),
        }
    }

    /// Returns the name that an item gets when it is created or renamed: sanitised for a file if every verb sanitises.
    ///
    /// # Errors
    ///
    /// The first rule that `name`, or its sanitised form, breaks.
    pub fn for_new<'a>(
        &self,
        name: &'a str,
        kind: ItemKind,
        level: Level,
    ) -> Result<Cow<'a, str>, NameFault> {
        let sanitises = self.sanitise_file_names == SanitiseFileNames::Everywhere;
        let is_sanitised = sanitises && kind == ItemKind::File;
        let new = if is_sanitised { self.for_file(name)? } else { Cow::Borrowed(name) };
        self.check(&new, kind, level)?;
        Ok(new)
    }

    /// Returns whether both names are the same to this service, so that one folder cannot hold both.
    pub fn same(&self, a: &str, b: &str) -> bool {
        self.name(a).is_same_as(&self.name(b))
    }

    /// Returns a name of a drive with these rules. It is not checked.
    ///
    /// ```
    /// use drivesim_core::NameRules;
    ///
    /// let name = NameRules::BOX.name("Docs");
    /// assert_eq!((name.as_str(), name.canonical()), ("Docs", "docs"));
    /// assert!(name.is_same_as(&NameRules::BOX.name("DOCS")));
    /// ```
    pub fn name<'a>(&self, text: impl Into<Cow<'a, str>>) -> Name<'a> {
        Name::new(text.into(), self.equality())
    }

    /// Returns which names are the same.
    pub(crate) fn equality(&self) -> NameEquality {
        NameEquality { case: self.case, collation: self.collation }
    }

    fn check_length(&self, name: &str) -> Result<(), NameFault> {
        if name.is_empty() {
            return Err(NameFault::Empty);
        }
        let Some(limit) = self.max_name else { return Ok(()) };
        let units = units_of(name);
        if units > limit { Err(NameFault::TooLong { units, limit }) } else { Ok(()) }
    }

    fn check_characters(&self, name: &str) -> Result<(), NameFault> {
        for character in name.chars() {
            if self.forbidden.contains(&character) {
                return Err(NameFault::ForbiddenCharacter { character });
            }
            if self.reject_control && character.is_ascii_control() {
                return Err(NameFault::ControlCharacter { character });
            }
            if self.reject_supplementary != RejectSupplementary::Never && character > '\u{FFFF}' {
                return Err(NameFault::Supplementary { character });
            }
        }
        if self.reject_entities && has_entity(name) { Err(NameFault::Entity) } else { Ok(()) }
    }

    fn check_edges(&self, name: &str, kind: ItemKind) -> Result<(), NameFault> {
        if self.reject_leading_space && name.starts_with(' ') {
            return Err(NameFault::LeadingSpace);
        }
        if self.reject_trailing_space && name.ends_with(' ') {
            return Err(NameFault::TrailingSpace);
        }
        if self.reject_trailing_period && name.ends_with('.') {
            return Err(NameFault::TrailingPeriod);
        }
        if self.reject_folder_tilde && kind == ItemKind::Folder && name.starts_with('~') {
            return Err(NameFault::LeadingTilde);
        }
        Ok(())
    }

    fn check_reserved(&self, name: &str, kind: ItemKind, level: Level) -> Result<(), NameFault> {
        let is_name = |word: &str| name.eq_ignore_ascii_case(word);
        let ends_word = |rest: &str| rest.is_empty() || rest.starts_with('.');
        let is_stem = |word: &str| rest_after(name, word).is_some_and(ends_word);

        let whole = find(self.reserved_names, is_name);
        if let Some(word) = whole.or_else(|| find(self.reserved_stems, is_stem)) {
            return Err(NameFault::Reserved { word });
        }
        if kind == ItemKind::Folder {
            if let Some(word) = find(self.reserved_folders, is_name) {
                return Err(NameFault::ReservedFolder { word });
            }
            if let Some(word) = find(self.reserved_at_root, is_name).filter(|_| level == Level::Root) {
                return Err(NameFault::ReservedAtRoot { word });
            }
        }
        if let Some(start) = find(self.reserved_starts, |start| rest_after(name, start).is_some()) {
            return Err(NameFault::ReservedStart { start });
        }
        if let Some(part) = find(self.reserved_parts, |part| contains(name, part)) {
            return Err(NameFault::ReservedPart { part });
        }
        Ok(())
    }

    fn sanitise<'a>(&self, name: &'a str) -> Result<Cow<'a, str>, NameFault> {
        // ASSUMED: Box checks the length of a name before it removes characters from it (option
        // `length_before_sanitising`).
        if self.length_before_sanitising {
            self.check_length(name)?;
        }
        let sanitised = if name.contains(|character| self.is_removed(character)) {
            let kept: String = name.chars().filter(|&character| !self.is_removed(character)).collect();
            Cow::Owned(self.trim(&kept).to_owned())
        } else {
            Cow::Borrowed(self.trim(name))
        };
        // ASSUMED: A copy of a file on Box fails if sanitising leaves nothing of the name (option
        // `empty_after_sanitise`).
        if sanitised.is_empty() || self.reserved_names.contains(&sanitised.as_ref()) {
            return Err(NameFault::EmptyAfterSanitising);
        }
        Ok(sanitised)
    }

    fn is_removed(&self, character: char) -> bool {
        self.forbidden.contains(&character) || self.reject_control && character.is_ascii_control()
    }

    /// Removes what is not allowed at an edge; at the end both kinds together, as one uncovers the other.
    fn trim<'a>(&self, name: &'a str) -> &'a str {
        let name = if self.reject_leading_space { name.trim_start_matches(' ') } else { name };
        name.trim_end_matches(|character| match character {
            ' ' => self.reject_trailing_space,
            '.' => self.reject_trailing_period,
            _ => false,
        })
    }
}

fn find(words: &[&'static str], matches: impl Fn(&str) -> bool) -> Option<&'static str> {
    words.iter().copied().find(|word| matches(word))
}

/// Returns what follows `start` in `name`, if `name` starts with it ignoring ASCII case.
fn rest_after<'a>(name: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = name.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

fn contains(name: &str, part: &str) -> bool {
    // There are no windows of size 0; an empty part is never found.
    name.as_bytes().windows(part.len().max(1)).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn has_entity(name: &str) -> bool {
    name.split("&#").skip(1).any(|rest| {
        let (rest, radix) = rest.strip_prefix(['x', 'X']).map_or((rest, 10), |rest| (rest, 16));
        let Some((digits, _)) = rest.split_once(';') else { return false };
        !digits.is_empty() && digits.chars().all(|character| character.is_digit(radix))
    })
}
