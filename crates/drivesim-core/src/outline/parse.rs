//! Parses the lines of an outline.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::bounds::{Bounds, OutlineCounter};
use super::cursor::{BLANK, Cursor, OutlineError, Parsed, Quoting, excerpt, to_u32};
use super::{
    Attributes, DEPTH_LIMIT, DriveHeader, DriveOutline, Line, LineContent, Outline, Position, UNITS,
    bare_name_len,
};
use crate::access::Access;
use crate::item::ItemKind;
use crate::profile::{Profile, Service};

const ACCESS: [&str; 3] = ["write", "read", "none"];

/// Parses an outline; see the [module](super) for the notation.
///
/// # Errors
///
/// Fails at the first position that does not follow the notation. Tabs in an indentation are reported first, because
/// the margin is unknown with them.
pub fn parse(text: &str) -> Result<Outline, OutlineError> {
    parse_within(text, Bounds::NONE)
}

/// Parses an outline within bounds; otherwise like [`parse`]. It stops at the first line that exceeds them.
///
/// # Errors
///
/// Those of [`parse`]; [`OutlineError::TooMany`], [`OutlineError::TooMuch`].
pub fn parse_within(text: &str, bounds: Bounds) -> Result<Outline, OutlineError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut margin = usize::MAX;
    for cursor in rows(text) {
        let mut row = cursor;
        row.skip(&[' ']);
        if row.rest().starts_with('\t') {
            return Err(row.unexpected("spaces as indentation"));
        }
        margin = margin.min(row.offset);
    }
    let mut reader = Parser {
        margin,
        done: Vec::new(),
        current: DriveOutline::default(),
        names: BTreeSet::new(),
        counted: OutlineCounter::within(bounds),
    };
    for row in rows(text) {
        reader.row(row)?;
    }
    reader.done.push(reader.current);
    Ok(Outline { drives: reader.done })
}

/// Returns a cursor at the start of each line that is neither blank nor a comment, without trailing blanks.
fn rows(text: &str) -> impl Iterator<Item = Cursor<'_>> {
    let lines = text.split('\n').map(|line| line.trim_end_matches([' ', '\t', '\r']));
    let rows = lines.enumerate().map(|(idx, text)| Cursor { line: to_u32(idx + 1), text, offset: 0 });
    rows.filter(|row| !row.text.is_empty() && !is_comment(row.text))
}

/// Returns whether a line is a comment: its first word is `#`.
fn is_comment(line: &str) -> bool {
    let rest = line.trim_start_matches(BLANK).strip_prefix('#');
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(BLANK))
}

struct Parser {
    margin: usize,
    done: Vec<DriveOutline>,
    current: DriveOutline,
    names: BTreeSet<String>,
    counted: OutlineCounter,
}

impl Parser {
    fn row(&mut self, mut row: Cursor<'_>) -> Parsed<()> {
        row.skip(&[' ']);
        let n_spaces = row.offset.saturating_sub(self.margin);
        if n_spaces == 0 && row.rest().starts_with("drive ") {
            return self.drive(row);
        }
        let at = row.position();
        if n_spaces % 2 != 0 {
            return Err(self.indentation(at, "two spaces per level".into(), n_spaces));
        }
        let depth = n_spaces / 2;
        self.check_depth(depth, at)?;
        let (name, kind) = row.item_name()?;
        if depth > DEPTH_LIMIT {
            return Err(OutlineError::TooDeep { at, name: excerpt(&name) });
        }
        let content = row.content(kind)?;
        let attributes = row.attributes()?;
        let line = Line { depth, name, kind, content, attributes, at };
        self.counted.add(&line)?;
        self.current.lines.push(line);
        Ok(())
    }

    /// Fails if the item would be in no folder at this depth, given the line before.
    fn check_depth(&self, depth: usize, at: Position) -> Parsed<()> {
        let before = self.current.lines.last();
        let limit = before.map_or(0, |line| line.depth + usize::from(line.kind == ItemKind::Folder));
        if depth <= limit {
            return Ok(());
        }
        let expected = match before {
            None => "the first item without indentation".to_owned(),
            Some(line) => {
                let spaces =
                    if limit == 0 { "no spaces".to_owned() } else { format!("at most {} spaces", 2 * limit) };
                let name = excerpt(&line.name);
                match line.kind {
                    ItemKind::File => format!("{spaces}, as {name} is a file"),
                    ItemKind::Folder => format!("{spaces}, one level below {name}"),
                }
            }
        };
        Err(self.indentation(at, expected, 2 * depth))
    }

    fn indentation(&self, at: Position, expected: String, n_spaces: usize) -> OutlineError {
        let s = if n_spaces == 1 { "" } else { "s" };
        let margin = match self.margin {
            0 => String::new(),
            n_margin => format!(" after the margin of {n_margin}"),
        };
        let found = format!("{n_spaces} space{s}{margin}");
        OutlineError::Unexpected { at, expected: expected.into(), found }
    }

    fn drive(&mut self, mut row: Cursor<'_>) -> Parsed<()> {
        let is_first = self.names.is_empty();
        if is_first && !self.current.lines.is_empty() {
            return Err(row.unexpected("a `drive` line before the first item, or none at all"));
        }
        row.take("drive".len());
        row.skip(&BLANK);
        let start = row;
        let header = row.header()?;
        if !self.names.insert(header.name.clone()) {
            let found = format!("{} again", excerpt(&header.name));
            return Err(start.error("each drive's name once", found));
        }
        let next = DriveOutline { header: Some(header), lines: Vec::new() };
        let ended = std::mem::replace(&mut self.current, next);
        if !is_first {
            self.done.push(ended);
        }
        Ok(())
    }
}

/// The parts of an item's line.
impl Cursor<'_> {
    fn item_name(&mut self) -> Parsed<(String, ItemKind)> {
        if !self.rest().starts_with('"') {
            return self.bare_name();
        }
        let name = self.quoted(Quoting::Text)?;
        let kind = if self.rest().starts_with('/') { ItemKind::Folder } else { ItemKind::File };
        if kind == ItemKind::Folder {
            self.take(1);
        }
        if self.rest().is_empty() || self.rest().starts_with(BLANK) {
            Ok((name, kind))
        } else {
            Err(self.unexpected(after_name(kind)))
        }
    }

    fn bare_name(&mut self) -> Parsed<(String, ItemKind)> {
        let start = *self;
        let bare = self.take(bare_name_len(self.rest())).trim_end_matches(' ');
        let (name, kind) = match bare.strip_suffix('/') {
            Some(name) => (name, ItemKind::Folder),
            None => (bare, ItemKind::File),
        };
        if name.is_empty() {
            return Err(start.unexpected("a name"));
        }
        start.check_bare(name, "name")?;
        if let Some(idx) = name.find('/') {
            let slash = Cursor { offset: start.offset + idx, ..start };
            return Err(slash.unexpected("`/` only at the end of a folder's name, each item on its own line"));
        }
        Ok((name.to_owned(), kind))
    }

    fn content(&mut self, kind: ItemKind) -> Parsed<LineContent> {
        let mut ahead = *self;
        ahead.skip(&BLANK);
        if kind == ItemKind::Folder || !ahead.take_mark("=") {
            return if ahead.rest().is_empty() || ahead.rest().starts_with('#') {
                Ok(LineContent::Empty)
            } else {
                Err(ahead.unexpected(after_name(kind)))
            };
        }
        ahead.skip(&BLANK);
        *self = ahead;
        let bytes = match self.rest() {
            rest if rest.starts_with('"') => self.quoted(Quoting::Text)?.into_bytes(),
            rest if rest.starts_with("b\"") => {
                self.take(1);
                let text = self.quoted(Quoting::Bytes)?;
                text.chars().filter_map(|c| u8::try_from(c).ok()).collect()
            }
            _ => return self.size(),
        };
        Ok(if bytes.is_empty() { LineContent::Empty } else { LineContent::Bytes(bytes) })
    }

    fn size(&mut self) -> Parsed<LineContent> {
        let start = *self;
        let n_digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.take(n_digits);
        if digits.is_empty() {
            return Err(self.unexpected("`\"text\"`, `b\"bytes\"` or a size such as `120 KiB`"));
        }
        if self.rest().starts_with(['.', ',', '_']) {
            return Err(start.unexpected("a whole number in plain digits"));
        }
        let n_blank = self.rest().len() - self.rest().trim_start_matches(BLANK).len();
        self.take(n_blank);
        let power = UNITS.iter().position(|unit| n_blank > 0 && self.take_mark(unit));
        let Some(power) = power.and_then(|idx| u32::try_from(idx).ok()) else {
            let space = if n_blank == 0 { "a space and " } else { "" };
            return Err(self.unexpected(format!("{space}a unit, one of {}", UNITS.join(", "))));
        };
        let count = digits.parse().ok();
        match count.and_then(|count: u64| count.checked_mul(1024_u64.pow(power))) {
            Some(0) => Ok(LineContent::Empty),
            Some(size) => Ok(LineContent::Size(size)),
            None => Err(start.unexpected(format!("a size of at most {} B", u64::MAX))),
        }
    }

    fn attributes(&mut self) -> Parsed<Attributes> {
        let mut attributes = Attributes::default();
        if self.rest().is_empty() {
            return Ok(attributes);
        }
        let is_apart = self.rest().starts_with(BLANK);
        self.skip(&BLANK);
        if !is_apart || !self.take_mark("#") {
            return Err(self.unexpected("` # ` or the end of the line"));
        }
        let mut seen = BTreeSet::new();
        let what = "id=, created=, modified=, content_created=, content_modified=, owner=, modified_by=, description=, versions=, access= or a member= \
            (a comment has a line of its own)";
        while self.next_word() || seen.is_empty() {
            let key = self.key(what, &mut seen)?;
            match key.as_str() {
                "id" => attributes.id = Some(self.value("an id")?),
                "created" => attributes.created = Some(self.time()?),
                "modified" => attributes.modified = Some(self.time()?),
                "content_created" => attributes.content_created = Some(self.time()?),
                "content_modified" => attributes.content_modified = Some(self.time()?),
                "owner" => attributes.owner = Some(self.value("an owner")?),
                "modified_by" => attributes.modified_by = Some(self.value("a user")?),
                "description" => attributes.description = Some(self.value("a description")?),
                "versions" => attributes.versions = Some(self.count()?),
                "access" => attributes.access = Some(self.access()?),
                _ => attributes.members.set(&key, Some(self.member()?)),
            }
        }
        Ok(attributes)
    }

    fn time(&mut self) -> Parsed<Timestamp> {
        let (start, expected) = (*self, "a time such as 2024-05-01T09:30:00Z");
        let time = self.value(expected)?.parse();
        time.map_err(|_| start.unexpected(expected))
    }

    fn access(&mut self) -> Parsed<Access> {
        let start = *self;
        let level = Access::named(&self.value("a level of access")?);
        level.ok_or_else(|| start.unexpected(format!("one of {}", ACCESS.join(", "))))
    }

    fn count(&mut self) -> Parsed<u32> {
        let (start, expected) = (*self, "a count from 1");
        let count = self.value(expected)?.parse().ok();
        count.filter(|count| *count > 0).ok_or_else(|| start.unexpected(expected))
    }
}

/// The parts of a drive's line.
impl Cursor<'_> {
    fn header(&mut self) -> Parsed<DriveHeader> {
        let (start, what) = (*self, "the drive's name (an item called `drive …` is quoted)");
        let name = self.word(what, &['='])?;
        if self.rest().starts_with('=') {
            return Err(start.unexpected(what));
        }
        let mut header = DriveHeader { name, at: start.position(), ..DriveHeader::default() };
        let (mut seen, mut options) = (BTreeSet::new(), BTreeSet::new());
        while self.next_word() {
            let at = *self;
            let key = self.key("profile=, owner=, access=, id= or an option=", &mut seen)?;
            let option = Profile::option_renamed(&key).unwrap_or(&key);
            if !options.insert(option.to_owned()) {
                return Err(at.error("each key once", format!("{} again", excerpt(option))));
            }
            let start = *self;
            let value = self.value("a value")?;
            match key.as_str() {
                "profile" if value.parse::<Service>().is_err() => {
                    let names = Service::ALL.map(Service::name);
                    return Err(start.unexpected(format!("one of {}", names.join(", "))));
                }
                "access" if !ACCESS.contains(&value.as_str()) => {
                    return Err(start.unexpected(format!("one of {}", ACCESS.join(", "))));
                }
                "owner" if !is_owner(&value) => {
                    return Err(start.unexpected("one of me, user:ID, group:ID, site:ID"));
                }
                "profile" => header.profile = Some(value),
                "access" => header.access = Some(value),
                "id" => header.id = Some(value),
                "owner" => header.owner = Some(value),
                _ => header.options.push((key, value)),
            }
        }
        Ok(header)
    }
}

fn after_name(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::File => "` = `, ` # ` or the end of the line",
        ItemKind::Folder => "` # ` or the end of the line after a folder",
    }
}

/// Returns whether a text is a valid owner of a drive: `me`, `user:ID`, `group:ID` or `site:ID`.
pub fn is_owner(value: &str) -> bool {
    let mut ids = ["user:", "group:", "site:"].iter().filter_map(|prefix| value.strip_prefix(prefix));
    value == "me" || ids.any(|id| !id.is_empty())
}
