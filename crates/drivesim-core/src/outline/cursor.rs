//! Scans one line of an outline, and reports where and why it is invalid.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{DEPTH_LIMIT, Position};

/// The characters between words.
pub(super) const BLANK: [char; 2] = [' ', '\t'];

/// Where a text is not a valid outline, and why.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// Something else was expected.
    #[error("{at}: expected {expected}, found {found}")]
    Unexpected {
        /// The position of the found text.
        at: Position,
        /// What was expected.
        expected: Cow<'static, str>,
        /// The found text, shortened.
        found: String,
    },
    /// An item is nested deeper than [`DEPTH_LIMIT`].
    #[error("{at}: expected at most {DEPTH_LIMIT} levels of indentation, found {name} deeper than that")]
    TooDeep {
        /// The start of the item's name.
        at: Position,
        /// The item's name in backticks, shortened.
        name: String,
    },
    /// There would be more items and versions than are allowed.
    #[error("{at}: with {} there are {n_items} items and versions, {limit} are allowed", its(.versions))]
    TooMany {
        /// The start of the item's name.
        at: Position,
        /// The number of versions of the item.
        versions: u32,
        /// The number of items and versions up to this item.
        n_items: u64,
        /// The limit.
        limit: u64,
    },
    /// There would be more bytes of contents and texts than are allowed.
    #[error("{at}: it makes {n_bytes} bytes of contents and texts, {limit} are allowed")]
    TooMuch {
        /// The start of the item's name.
        at: Position,
        /// The number of bytes up to this item.
        n_bytes: u64,
        /// The limit.
        limit: u64,
    },
}

/// Returns the cause of exceeding the limit: the item or its versions.
fn its(versions: &u32) -> String {
    if *versions > 1 { format!("its {versions} versions") } else { "it".to_owned() }
}

impl OutlineError {
    /// Returns the position of the error.
    pub fn at(&self) -> Position {
        match self {
            OutlineError::Unexpected { at, .. }
            | OutlineError::TooDeep { at, .. }
            | OutlineError::TooMany { at, .. }
            | OutlineError::TooMuch { at, .. } => *at,
        }
    }
}

/// A parsed part of a line, or the error.
pub(super) type Parsed<T> = Result<T, OutlineError>;

/// The escapes that a quoted text may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Text,
    Bytes,
}

impl Quoting {
    fn escapes(self) -> &'static str {
        match self {
            Quoting::Text => r#"one of \n \r \t \0 \\ \" \' \x00 to \x7f \u{1f4c1}"#,
            Quoting::Bytes => r#"one of \n \r \t \0 \\ \" \' \x00 to \xff"#,
        }
    }
}

/// A position in one line. Copied to remember the start of a part.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) line: u32,
    pub(super) text: &'t str,
    pub(super) offset: usize,
}

/// Movement and errors.
impl<'t> Cursor<'t> {
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// Advances by `n_bytes`, which end between two characters, and returns the skipped text.
    pub(super) fn take(&mut self, n_bytes: usize) -> &'t str {
        let skipped_text = self.rest().get(..n_bytes).unwrap_or_default();
        self.offset += skipped_text.len();
        skipped_text
    }

    pub(super) fn skip(&mut self, skipped: &[char]) {
        self.offset = self.text.len() - self.rest().trim_start_matches(skipped).len();
    }

    /// Advances past `word` if it is here as a separate word; returns whether it is.
    pub(super) fn take_mark(&mut self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word);
        let found = after.is_some_and(|after| after.is_empty() || after.starts_with(BLANK));
        if found {
            self.take(word.len());
        }
        found
    }

    pub(super) fn position(&self) -> Position {
        let before = self.text.get(..self.offset).unwrap_or_default();
        Position { line: self.line, column: to_u32(before.chars().count() + 1) }
    }

    pub(super) fn unexpected(&self, expected: impl Into<Cow<'static, str>>) -> OutlineError {
        let found = match self.rest().chars().next() {
            None => "the end of the line".to_owned(),
            Some(' ') => "a space".to_owned(),
            Some('\t') => "a tab".to_owned(),
            Some(_) => excerpt(self.rest().split(BLANK).next().unwrap_or_default()),
        };
        self.error(expected, found)
    }

    pub(super) fn error(&self, expected: impl Into<Cow<'static, str>>, found: String) -> OutlineError {
        OutlineError::Unexpected { at: self.position(), expected: expected.into(), found }
    }
}

/// Words, keys and values.
impl Cursor<'_> {
    /// Advances to the next word; returns whether there is one.
    pub(super) fn next_word(&mut self) -> bool {
        self.skip(&BLANK);
        !self.rest().is_empty()
    }

    /// Parses `key=`; the key must not be in `seen`.
    pub(super) fn key(&mut self, expected: &'static str, seen: &mut BTreeSet<String>) -> Parsed<String> {
        let start = *self;
        let key = self.word(expected, &['='])?;
        if !self.rest().starts_with('=') {
            return Err(start.unexpected(expected));
        }
        self.take(1);
        if seen.insert(key.clone()) {
            Ok(key)
        } else {
            Err(start.error("each key once", format!("{} again", excerpt(&key))))
        }
    }

    pub(super) fn value(&mut self, expected: &'static str) -> Parsed<String> {
        self.word(expected, &[])
    }

    /// Fails if the unquoted text has control characters, because they are invisible.
    pub(super) fn check_bare(&self, bare: &str, what: &str) -> Parsed<()> {
        let Some((idx, control)) = bare.char_indices().find(|(_, c)| c.is_control()) else { return Ok(()) };
        let position = Cursor { offset: self.offset + idx, ..*self };
        let expected = format!("a {what} without control characters, or in quotes");
        Err(position.error(expected, excerpt(control.encode_utf8(&mut [0; 4]))))
    }

    /// Parses a word: bare up to a blank or one of `stops`, or quoted. `expected` is used in the error for a missing
    /// word.
    pub(super) fn word(&mut self, expected: &'static str, stops: &[char]) -> Parsed<String> {
        let is_end = |c: char| BLANK.contains(&c) || stops.contains(&c);
        let start = *self;
        if self.rest().starts_with('"') {
            let word = self.quoted(Quoting::Text)?;
            return if self.rest().chars().next().is_none_or(is_end) {
                Ok(word)
            } else {
                Err(self.unexpected("a space after the closing `\"`"))
            };
        }
        let word = self.take(self.rest().find(is_end).unwrap_or(self.rest().len()));
        if word.is_empty() {
            return Err(start.unexpected(expected));
        }
        start.check_bare(word, "word")?;
        Ok(word.to_owned())
    }
}

/// Quoted texts.
impl Cursor<'_> {
    /// Parses from one quote to the next. Returns bytes as the characters with these numbers.
    pub(super) fn quoted(&mut self, quoting: Quoting) -> Parsed<String> {
        let mut text = String::new();
        self.take(1);
        loop {
            let plain = self.rest().find(['"', '\\']).unwrap_or(self.rest().len());
            if quoting == Quoting::Bytes {
                self.check_ascii(plain)?;
            }
            text.push_str(self.take(plain));
            if self.rest().is_empty() {
                return Err(self.unexpected("a closing `\"`"));
            }
            if self.take(1) == "\"" {
                return Ok(text);
            }
            text.push(self.escape(quoting)?);
        }
    }

    fn check_ascii(&self, n_bytes: usize) -> Parsed<()> {
        let plain = self.rest().get(..n_bytes).unwrap_or_default();
        let Some(idx) = plain.find(|c: char| !c.is_ascii()) else { return Ok(()) };
        Err(Cursor { offset: self.offset + idx, ..*self }.unexpected("bytes as ASCII or as `\\xHH`"))
    }

    /// Parses the rest of an escape after a backslash.
    fn escape(&mut self, quoting: Quoting) -> Parsed<char> {
        let backslash = Cursor { offset: self.offset - 1, ..*self };
        let Some(letter) = self.rest().chars().next() else { return Err(self.unexpected("an escape")) };
        self.take(letter.len_utf8());
        let escaped = match letter {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            '0' => Some('\0'),
            '\\' | '"' | '\'' => Some(letter),
            'x' => {
                let code = hex(self.rest().get(..2).unwrap_or_default());
                self.take(2);
                let limit = if quoting == Quoting::Text { 0x7f } else { 0xff };
                code.filter(|code| *code <= limit).and_then(char::from_u32)
            }
            'u' if quoting == Quoting::Text => self.unicode_escape(),
            _ => None,
        };
        escaped.ok_or_else(|| {
            let found = self.text.get(backslash.offset..self.offset).unwrap_or_default();
            backslash.error(quoting.escapes(), excerpt(found))
        })
    }

    fn unicode_escape(&mut self) -> Option<char> {
        let digits = self.rest().strip_prefix('{')?;
        let digits = digits.get(..digits.find('}')?)?;
        self.take(digits.len() + 2);
        hex(digits).and_then(char::from_u32)
    }
}

fn hex(digits: &str) -> Option<u32> {
    let is_hex = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

/// Returns a text in backticks for a message: short, and on one line.
pub(super) fn excerpt(text: &str) -> String {
    const N_CHARS: usize = 40;
    let mut shown = String::from("`");
    for c in text.chars().take(N_CHARS) {
        let _infallible = match c {
            '"' | '\'' | '\\' => write!(shown, "{c}"),
            _ => write!(shown, "{}", c.escape_debug()),
        };
    }
    shown.push_str(if text.chars().nth(N_CHARS).is_some() { "…`" } else { "`" });
    shown
}

pub(super) fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
