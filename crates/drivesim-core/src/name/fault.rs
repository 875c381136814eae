//! Defines the faults of names and their messages.

/// The rule that a name breaks. Its message does not contain the name; the caller adds it.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The name is empty.
    #[error("a name must not be empty")]
    Empty,
    /// The name has more UTF-16 units than the limit.
    #[error("a name must not be longer than {limit} UTF-16 units, this one has {units}")]
    TooLong {
        /// The length of the name.
        units: usize,
        /// The maximum length.
        limit: usize,
    },
    /// The name contains a character that the service forbids.
    #[error("a name must not contain {character:?}")]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
    /// The name contains an ASCII control character.
    #[error("a name must not contain the control character {character:?}")]
    ControlCharacter {
        /// The first such character.
        character: char,
    },
    /// The name contains a character above U+FFFF.
    #[error("a name must not contain characters above U+FFFF such as {character:?}")]
    Supplementary {
        /// The first such character.
        character: char,
    },
    /// The name contains a numeric HTML entity.
    #[error("a name must not contain a numeric HTML entity")]
    Entity,
    /// The name starts with a space.
    #[error("a name must not start with a space")]
    LeadingSpace,
    /// The name ends with a space.
    #[error("a name must not end with a space")]
    TrailingSpace,
    /// The name ends with a period.
    #[error("a name must not end with a period")]
    TrailingPeriod,
    /// A folder's name starts with a tilde.
    #[error("a folder's name must not start with '~'")]
    LeadingTilde,
    /// The name is a reserved word, or one with an extension.
    #[error("{word:?} is reserved")]
    Reserved {
        /// The word as the rules write it.
        word: &'static str,
    },
    /// The name is reserved for folders.
    #[error("{word:?} is reserved for folders")]
    ReservedFolder {
        /// The word as the rules write it.
        word: &'static str,
    },
    /// The name is reserved for folders directly below the root.
    #[error("{word:?} is reserved for folders directly below the root")]
    ReservedAtRoot {
        /// The word as the rules write it.
        word: &'static str,
    },
    /// The name starts with a reserved text.
    #[error("a name must not start with {start:?}")]
    ReservedStart {
        /// The text as the rules write it.
        start: &'static str,
    },
    /// The name contains a reserved text.
    #[error("a name must not contain {part:?}")]
    ReservedPart {
        /// The text as the rules write it.
        part: &'static str,
    },
    /// Sanitising leaves nothing of the name, or only `.` or `..`.
    #[error("nothing usable is left of the name after the removal of what it must not contain")]
    EmptyAfterSanitising,
}
