//! Prints a drive as an outline in pieces, so that memory does not grow with the drive.

use super::{LineRef, write_end, write_escaped, write_escaped_bytes, write_line, write_start};
use crate::children;
use crate::content::{Content, FileBytes};
use crate::drive::Drive;
use crate::error::Error;
use crate::fixture::Detail;
use crate::outline::{Attributes, ContentRef, DEPTH_LIMIT};
use crate::tree::{ROOT, Walk};

/// The minimum length of a piece in bytes, except for the last.
const PIECE: usize = 64 << 10;
/// The maximum size of a content that is printed at once.
const SHORT: usize = 16 << 10;
/// How far before the end of a part of a text a better position to cut it is searched for.
const NEAR: usize = 64;

/// The outline of a drive at the time of the call of [`Drive::outline_pieces`].
///
/// A piece, except for the last, is at least 64 KiB long. It is much longer only if an item has very long attributes.
#[derive(Clone, Debug)]
pub struct OutlinePieces {
    drive: Drive,
    detail: Detail,
    /// The folders on the path to the next item.
    levels: Vec<OpenFolder>,
    /// The long content that is being printed.
    long: Option<LongContent>,
}

/// A folder with printed and remaining children.
#[derive(Clone, Copy, Debug)]
struct OpenFolder {
    folder: u32,
    /// How many of its children were printed.
    rank: u32,
    depth: u32,
}

/// A content that is printed in parts.
#[derive(Clone, Debug)]
struct LongContent {
    bytes: FileBytes,
    at: usize,
    is_text: bool,
    /// The rest of the line after the content.
    end: String,
}

impl Drive {
    /// Prints all items of the drive like [`Drive::whole_outline`], piece by piece. Later changes of the drive are not
    /// included.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Detail};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let pieces: Vec<String> = drive.outline_pieces(Detail::Names)?.collect();
    /// assert_eq!(pieces.concat(), drive.whole_outline(Detail::Names)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooDeep`] for a tree deeper than an outline may be.
    pub fn outline_pieces(&self, detail: Detail) -> Result<OutlinePieces, Error> {
        let is_too_deep =
            |&(slot, depth): &(u32, u32)| depth as usize > DEPTH_LIMIT && !self.tree.node(slot).is_hidden();
        if let Some((slot, _)) = Walk::below(self.tree.nodes(), ROOT).find(is_too_deep) {
            return Err(Error::TooDeep { item: self.tree.name(slot).to_owned(), limit: DEPTH_LIMIT });
        }
        let levels = vec![OpenFolder { folder: ROOT, rank: 0, depth: 0 }];
        Ok(OutlinePieces { drive: self.clone(), detail, levels, long: None })
    }
}

impl Iterator for OutlinePieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let OutlinePieces { drive, detail, levels, long } = self;
        let nodes = drive.tree.nodes();
        let from = |level: &OpenFolder| children::from_rank(nodes, level.folder, level.rank);
        let mut left: Vec<_> = levels.iter().map(from).collect();
        let mut text = String::new();
        while text.len() < PIECE {
            if let Some(part) = long {
                if part.write(&mut text) {
                    *long = None;
                }
                continue;
            }
            let (Some(level), Some(children)) = (levels.last_mut(), left.last_mut()) else { break };
            let (depth, slot) = (level.depth, children.next());
            level.rank += 1;
            // A folder is removed with its last child, so a chain of any depth takes no memory.
            if children.is_done() {
                levels.pop();
                left.pop();
            }
            let Some(slot) = slot else { continue };
            if !drive.tree.node(slot).is_hidden() {
                *long = drive.write_start_of(&mut text, slot, depth as usize, *detail);
            }
            if drive.tree.node(slot).is_folder() {
                levels.push(OpenFolder { folder: slot, rank: 0, depth: depth + 1 });
                left.push(children::all(nodes, slot));
            }
        }
        (!text.is_empty()).then_some(text)
    }
}

impl Drive {
    /// Writes the line of an item, or its start if the content is long.
    fn write_start_of(
        &self,
        text: &mut String,
        slot: u32,
        depth: usize,
        detail: Detail,
    ) -> Option<LongContent> {
        let node = self.tree.node(slot);
        let stored = self.tree.contents.get(node.content()).filter(|_| !node.is_folder());
        let content = match stored {
            Some(Content::Bytes(bytes)) => ContentRef::Bytes(bytes),
            Some(Content::Generated { size, .. }) => ContentRef::Size(*size),
            None => ContentRef::Empty,
        };
        let attributes = match detail {
            Detail::Names => Attributes::default(),
            Detail::Attributes => self.attributes(slot),
        };
        let (name, kind) = (self.tree.name(slot), node.kind());
        let line = LineRef { depth, name, kind, content, attributes: &attributes };
        // Writing to a string cannot fail.
        let Some(Content::Bytes(bytes)) = stored.filter(|content| content.size() > SHORT as u64) else {
            let _ = write_line(text, line);
            return None;
        };
        let is_text = std::str::from_utf8(bytes).is_ok();
        let mut end = "\"".to_owned();
        let _ = write_start(text, &line);
        let _ = write_end(&mut end, &attributes);
        text.push_str(if is_text { " = \"" } else { " = b\"" });
        Some(LongContent { bytes: bytes.clone(), at: 0, is_text, end })
    }
}

impl LongContent {
    /// Writes the next part; returns whether it is the last.
    fn write(&mut self, text: &mut String) -> bool {
        let to = self.at.saturating_add(SHORT).min(self.bytes.len());
        let to = if self.is_text { self.cut(to) } else { to };
        let part = self.bytes.get(self.at..to).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = match self.is_text {
            true => write_escaped(text, std::str::from_utf8(part).unwrap_or_default()),
            false => write_escaped_bytes(text, part),
        };
        self.at = to;
        let is_last = to >= self.bytes.len();
        if is_last {
            text.push_str(&self.end);
        }
        is_last
    }

    /// Returns where to cut a part of a text near `to`: before an ASCII character if one is near, because a combining
    /// mark is escaped at the start of a part, but not after its base character.
    fn cut(&self, to: usize) -> usize {
        let byte = |at: usize| self.bytes.get(at).copied();
        let near = || (to.saturating_sub(NEAR).max(self.at + 1)..=to).rev();
        let is_start = |at: &usize| byte(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
        let before_ascii = near().find(|at| byte(*at).is_none_or(|byte| byte.is_ascii()));
        before_ascii.or_else(|| near().find(is_start)).unwrap_or(to)
    }
}
