//! The only place for what can be wrong with a name, and for how that is said.

/// Returns which rule a name breaks; the caller says which name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// There is no name.
    #[error("a name must not be empty")]
    Empty,
    /// The name has more UTF-16 units than the limit.
    #[error("a name must not be longer than {limit} UTF-16 units, this one has {units}")]
    TooLong {
        /// How many the name has.
        units: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The name holds a character the service forbids.
    #[error("a name must not contain {character:?}")]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
    /// The name holds an ASCII control character.
    #[error("a name must not contain the control character {character:?}")]
    ControlCharacter {
        /// The first such character.
        character: char,
    },
    /// The name holds a character above U+FFFF.
    #[error("a name must not contain characters above U+FFFF such as {character:?}")]
    Supplementary {
        /// The first such character.
        character: char,
    },
    /// The name holds a numeric HTML entity.
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
    /// The name is reserved among the names of folders.
    #[error("{word:?} is reserved, no folder may be called so")]
    ReservedFolder {
        /// The word as the rules write it.
        word: &'static str,
    },
    /// The name is reserved among the names of folders directly below the root.
    #[error("{word:?} is reserved, no folder directly below the root may be called so")]
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
    /// The name holds a reserved text.
    #[error("a name must not contain {part:?}")]
    ReservedPart {
        /// The text as the rules write it.
        part: &'static str,
    },
    /// Sanitising left nothing of the name, or only `.` or `..`.
    #[error("nothing usable is left of the name when what it must not contain is taken out")]
    EmptyAfterSanitising,
}
