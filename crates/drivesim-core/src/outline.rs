//! Defines the outline notation: its types and how it is printed. The grammar is parsed in `parse`.
//!
//! An outline is a tree of files and folders as text. The module is pure syntax: it knows no drive, and does not check
//! whether a name is allowed or taken.
//!
//! ```
//! use drivesim_core::outline;
//!
//! let text = r##"
//! Archive/
//! Docs/
//!   notes.txt = "hello"
//!   logo.bin = b"\x89PNG\xff"
//!   plan (draft).docx = 120 KiB # modified=2024-05-01T09:30:00Z owner=ann versions=3
//!   2024/
//!     empty.txt
//!   "a = b.txt" = "a name that would be misread is quoted\n"
//! "##;
//! let outline = outline::parse(text)?;
//! assert_eq!(outline.to_string(), text.trim_start());
//! # Ok::<(), outline::OutlineError>(())
//! ```
//!
//! # Lines
//!
//! * Each level is indented by two spaces; a margin that all lines share is dropped, blank lines are ignored.
//! * A line that begins with `#` and a space, or is `#` alone, is a comment: it is ignored at any indentation.
//! * `NAME/` is a folder, `NAME` an empty file, `NAME = VALUE` a file with content.
//! * A value is `"text"` or `b"bytes"` with the escapes of Rust, or a size such as `120 KiB`, in B, KiB, MiB,
//!   GiB or TiB. A text without characters and a size of 0 are the empty file.
//! * A bare name has no escapes and ends at ` = `, at ` # ` or at the end of the line. Any other name is
//!   quoted: `"a # b"`, or `"a # b"/` for a folder. A name such as `#1.txt` is read without quotes and printed with
//!   them, because it looks like a comment.
//! * ` # ` starts the attributes, each at most once: `created` and `modified` (times as in RFC 3339), `owner`,
//!   `versions` (a count from 1), `access` (`write`, `read` or `none`, also for items below that set no other level)
//!   and `id` (the id of the item on the wire).
//! * Any other attribute is a member of the service that the drive simulates, and its value is JSON with all its blanks
//!   and quotes: `tags=["approved"]`. A bare word that is not JSON is a text: `disposition_at=2030-01-01T00:00:00Z`.
//!   The members that exist are not checked here, as with names; only box drives have members.
//!
//! # Several drives
//!
//! A line starting with `drive ` starts a drive; the lines up to the next such line belong to it:
//!
//! ```text
//! drive Team profile=business owner=site:marketing access=read id=6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B
//! Plans/
//! drive "My files" profile=personal owner=me
//! ```
//!
//! Everything but the name is optional, and other keys are kept as options. A text either starts with a `drive` line or
//! has none; a file in the root whose name would look like one is quoted.
//!
//! # Rationale
//!
//! Parsing and printing are inverses: printed text parses to the same outline, and an outline parsed from any text
//! prints in one canonical form. Comments, like blank lines, are not part of an outline, so they are not printed. Only
//! `#` as a separate word begins a comment, as only ` # ` begins the attributes: a file called `#1.txt` stays a file in
//! outlines that were printed without quotes.

mod bounds;
mod cursor;
mod debug;
mod member;
mod parse;
mod pieces;
#[cfg(feature = "serde")]
mod serde_form;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::Timestamp;

use crate::access::Access;
use crate::item::ItemKind;
use crate::members::Members;
pub use bounds::Bounds;
pub(crate) use bounds::count;
pub use cursor::OutlineError;
pub use parse::{is_owner, parse, parse_within};
pub use pieces::OutlinePieces;

/// The maximum [`Line::depth`] of a text; deeper trees are built by other means.
pub const DEPTH_LIMIT: usize = 2000;

/// The units of a size, each 1024 times the one before.
const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];

/// A parsed text: one or more drives with their trees.
///
/// It prints in canonical form; its `Debug` text is the same with a margin. With the feature `serde` it is serialized
/// as that text too, without comments and margin. Outlines that parsing cannot return (a header with an unknown
/// profile, two drives without headers, a depth that skips a level) print as well, but do not parse back.
#[derive(Clone, PartialEq, Eq)]
pub struct Outline {
    /// The drives in the order of the text, with distinct names.
    ///
    /// A text without `drive` lines has exactly one, without a header.
    pub drives: Vec<DriveOutline>,
}

/// The part of a text for one drive. Its `Debug` text is that of an outline.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DriveOutline {
    /// The `drive` line; `None` in a text without such lines.
    pub header: Option<DriveHeader>,
    /// The items, depth first: each is followed by its children.
    pub lines: Vec<Line>,
}

/// One `drive` line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriveHeader {
    /// The drive's name.
    pub name: String,
    /// `plain`, `business`, `personal` or `box`.
    pub profile: Option<String>,
    /// `me`, `user:ID`, `group:ID` or `site:ID`.
    pub owner: Option<String>,
    /// `write`, `read` or `none`.
    pub access: Option<String>,
    /// The id of the drive on the wire, instead of a generated one.
    pub id: Option<String>,
    /// The other keys, each once, with their values in the order of the text.
    pub options: Vec<(String, String)>,
    /// Where the name starts.
    pub at: Position,
}

/// One item's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of folders above the item; at most one more than on the line before.
    pub depth: usize,
    /// The name without quotes and escapes; not checked against any naming rules.
    pub name: String,
    /// File or folder.
    pub kind: ItemKind,
    /// The content of the file; [`LineContent::Empty`] for a folder.
    pub content: LineContent,
    /// The attributes after ` # `.
    pub attributes: Attributes,
    /// Where the name starts.
    pub at: Position,
}

impl Line {
    /// Returns the line in the form that [`write_line`] takes.
    pub fn as_line_ref(&self) -> LineRef<'_> {
        let content = match &self.content {
            LineContent::Empty => ContentRef::Empty,
            LineContent::Bytes(bytes) => ContentRef::Bytes(bytes),
            LineContent::Size(size) => ContentRef::Size(*size),
        };
        let attributes = &self.attributes;
        LineRef { depth: self.depth, name: &self.name, kind: self.kind, content, attributes }
    }
}

/// The content of a file. Parsing returns [`LineContent::Empty`] for everything empty.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineContent {
    /// Nothing: an empty file, or a folder.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// This many bytes, whichever they are.
    Size(u64),
}

/// The attributes of an item in its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The id of the item on the wire, instead of a generated one.
    pub id: Option<String>,
    /// When the item was created.
    pub created: Option<Timestamp>,
    /// When the item was last modified.
    pub modified: Option<Timestamp>,
    /// When the content was created, if that is another time: `createdDateTime` of Graph's `fileSystemInfo`, Box's
    /// `content_created_at`.
    pub content_created: Option<Timestamp>,
    /// When the content was last modified, if that is another time.
    pub content_modified: Option<Timestamp>,
    /// The owner of the item.
    pub owner: Option<String>,
    /// The user who last modified the item, if that is not its owner.
    pub modified_by: Option<String>,
    /// The description of the item.
    pub description: Option<String>,
    /// The number of versions of the item, at least 1.
    pub versions: Option<u32>,
    /// The access level of the item, and of items below it that set no other level.
    pub access: Option<Access>,
    /// The members of the service, in the order of their names.
    pub members: Members,
}

/// A position in a text. Line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, including blank lines.
    pub line: u32,
    /// The column, including the dropped margin.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A borrowed [`Line`] for [`write_line`], so that a tree prints without an [`Outline`] of it.
#[derive(Clone, Copy, Debug)]
pub struct LineRef<'a> {
    /// The number of folders above the item.
    pub depth: usize,
    /// The item's name.
    pub name: &'a str,
    /// File or folder.
    pub kind: ItemKind,
    /// The content of the file; ignored for a folder.
    pub content: ContentRef<'a>,
    /// The attributes to print after ` # `; default values are not printed.
    pub attributes: &'a Attributes,
}

/// The borrowed content of a file.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug)]
pub enum ContentRef<'a> {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(&'a [u8]),
    /// This many bytes, whichever they are.
    Size(u64),
}

impl fmt::Display for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.drives.iter().try_for_each(|drive| write_drive(f, drive))
    }
}

fn write_drive(out: &mut impl fmt::Write, drive: &DriveOutline) -> fmt::Result {
    if let Some(header) = &drive.header {
        write_header(out, header)?;
    }
    drive.lines.iter().try_for_each(|line| write_line(out, line.as_line_ref()))
}

/// Writes the line of one drive, with its line end.
///
/// # Errors
///
/// Fails only if `out` does.
pub fn write_header(out: &mut impl fmt::Write, header: &DriveHeader) -> fmt::Result {
    out.write_str("drive ")?;
    write_word(out, &header.name)?;
    let DriveHeader { profile, owner, access, id, .. } = header;
    let known = [("profile", profile), ("owner", owner), ("access", access), ("id", id)];
    for (key, value) in known {
        if let Some(value) = value {
            write!(out, " {key}=")?;
            write_word(out, value)?;
        }
    }
    for (key, value) in &header.options {
        out.write_char(' ')?;
        write_word(out, key)?;
        out.write_char('=')?;
        write_word(out, value)?;
    }
    out.write_char('\n')
}

/// Writes the line of one item, with its line end.
///
/// # Errors
///
/// Fails only if `out` does.
pub fn write_line(out: &mut impl fmt::Write, line: LineRef<'_>) -> fmt::Result {
    write_start(out, &line)?;
    if line.kind == ItemKind::File {
        write_content(out, line.content)?;
    }
    write_end(out, line.attributes)
}

/// Writes the part of a line before the content.
fn write_start(out: &mut impl fmt::Write, line: &LineRef<'_>) -> fmt::Result {
    for _ in 0..line.depth {
        out.write_str("  ")?;
    }
    if is_bare_name(line) {
        out.write_str(line.name)?;
    } else {
        write_quoted(out, line.name)?;
    }
    match line.kind {
        ItemKind::Folder => out.write_char('/'),
        ItemKind::File => Ok(()),
    }
}

/// Writes the part of a line after the content.
fn write_end(out: &mut impl fmt::Write, attributes: &Attributes) -> fmt::Result {
    write_attributes(out, attributes)?;
    out.write_char('\n')
}

fn write_content(out: &mut impl fmt::Write, content: ContentRef<'_>) -> fmt::Result {
    match content {
        ContentRef::Empty | ContentRef::Bytes([]) | ContentRef::Size(0) => Ok(()),
        ContentRef::Bytes(bytes) => {
            out.write_str(" = ")?;
            match std::str::from_utf8(bytes) {
                Ok(text) => write_quoted(out, text),
                Err(_) => write_quoted_bytes(out, bytes),
            }
        }
        ContentRef::Size(size) => {
            let (mut count, mut units) = (size, UNITS.iter());
            let mut unit = units.next();
            while count % 1024 == 0 && !units.as_slice().is_empty() {
                count /= 1024;
                unit = units.next();
            }
            write!(out, " = {count} {}", unit.unwrap_or(&"B"))
        }
    }
}

fn write_attributes(out: &mut impl fmt::Write, attributes: &Attributes) -> fmt::Result {
    let Attributes { id, owner, modified_by, description, versions, access, members, .. } = attributes;
    if *attributes == Attributes::default() {
        return Ok(());
    }
    out.write_str(" #")?;
    write_text(out, "id", id.as_deref())?;
    let times = [
        ("created", attributes.created),
        ("modified", attributes.modified),
        ("content_created", attributes.content_created),
        ("content_modified", attributes.content_modified),
    ];
    for (key, time) in times {
        if let Some(time) = time {
            write!(out, " {key}={time}")?;
        }
    }
    write_text(out, "owner", owner.as_deref())?;
    write_text(out, "modified_by", modified_by.as_deref())?;
    write_text(out, "description", description.as_deref())?;
    if let Some(versions) = versions {
        write!(out, " versions={versions}")?;
    }
    if let Some(access) = access {
        write!(out, " access={access}")?;
    }
    member::write_all(out, members)
}

/// Writes a key and its value, if there is one.
fn write_text(out: &mut impl fmt::Write, key: &str, value: Option<&str>) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    write!(out, " {key}=")?;
    write_word(out, value)
}

/// Writes a path into the part of a line after ` # `, quoted like a name if it would be misread there.
pub(crate) fn write_path(out: &mut impl fmt::Write, path: &str) -> fmt::Result {
    // A comma and a space separate the remarks on an item.
    let is_cut = path.ends_with(' ') || path.contains(", ");
    if !is_cut && bare_name_len(path) == path.len() && is_printable(path) {
        out.write_str(path)
    } else {
        write_quoted(out, path)
    }
}

/// Writes a name, key or value between spaces. A word with an equals sign is quoted because of names and keys.
fn write_word(out: &mut impl fmt::Write, word: &str) -> fmt::Result {
    if word.is_empty() || word.contains([' ', '"', '=']) || !is_printable(word) {
        write_quoted(out, word)
    } else {
        out.write_str(word)
    }
}

/// Writes a quoted text as Rust would, except that single quotes and combining marks are not escaped.
fn write_quoted(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    write_escaped(out, text)?;
    out.write_char('"')
}

fn write_escaped(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    for (idx, part) in text.split('\'').enumerate() {
        let quote = if idx == 0 { "" } else { "'" };
        write!(out, "{quote}{}", part.escape_debug())?;
    }
    Ok(())
}

fn write_quoted_bytes(out: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    out.write_str("b\"")?;
    write_escaped_bytes(out, bytes)?;
    out.write_char('"')
}

fn write_escaped_bytes(out: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    for (idx, part) in bytes.split(|byte| *byte == b'\'').enumerate() {
        let quote = if idx == 0 { "" } else { "'" };
        write!(out, "{quote}{}", part.escape_ascii())?;
    }
    Ok(())
}

/// Returns whether the line's name parses back without quotes.
fn is_bare_name(line: &LineRef<'_>) -> bool {
    let name = line.name;
    let like_drive = match line.kind {
        ItemKind::File => name == "drive" || name.starts_with("drive "),
        ItemKind::Folder => name.starts_with("drive "),
    };
    let cut =
        name.is_empty() || name.starts_with([' ', '"', '#']) || name.ends_with(' ') || name.contains('/');
    let like_drive = line.depth == 0 && like_drive;
    !cut && !like_drive && bare_name_len(name) == name.len() && is_printable(name)
}

/// Returns the length in bytes of a bare name at the start of `text`: everything up to `=` or `#` as a separate word.
///
/// Parser and printer share it, so that the printer quotes every name that the parser would cut.
fn bare_name_len(text: &str) -> usize {
    let is_mark = |rest: &str| {
        let after = rest.strip_prefix(['=', '#']);
        after.is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t']))
    };
    if is_mark(text) {
        return 0;
    }
    let mut spaces = text.match_indices(' ');
    let end = spaces.find(|(idx, _)| text.get(idx + 1..).is_some_and(is_mark));
    end.map_or(text.len(), |(idx, _)| idx)
}

/// Returns whether a text displays as is: it has no control, invisible or direction-changing character, and no
/// combining mark that would change the character before it.
fn is_printable(text: &str) -> bool {
    text.split(['\'', '"', '\\']).all(|part| part.escape_debug().eq(part.chars()))
}
