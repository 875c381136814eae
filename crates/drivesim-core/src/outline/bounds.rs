//! Bounds the items and bytes of an outline before any of it is created.

use super::{Attributes, Line, LineContent, Outline, OutlineError};
use crate::metadata::text_bytes;

/// Limits on items and bytes.
///
/// ```
/// use drivesim_core::outline::{Bounds, parse_within};
///
/// let bounds = Bounds { max_items: 100, ..Bounds::NONE };
/// assert!(parse_within("a.txt # versions=100\n", bounds).is_ok());
/// let refused = parse_within("a.txt\nb.txt # versions=100\n", bounds).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "line 2, column 1: with its 100 versions there are 101 items and versions, 100 are allowed"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Items and past versions: an item counts once for each of its versions.
    pub max_items: u64,
    /// Bytes of contents, descriptions and members. A declared size has none.
    pub max_content: u64,
    /// Approximate bytes of the change logs of drives; beyond the limit, the growing log drops its oldest changes.
    /// Outlines add none.
    pub max_change_log: u64,
}

impl Bounds {
    /// No bounds.
    pub const NONE: Bounds = Bounds { max_items: u64::MAX, max_content: u64::MAX, max_change_log: u64::MAX };
}

/// Counts the items and bytes of lines.
#[derive(Debug)]
pub(super) struct OutlineCounter {
    bounds: Bounds,
    n_items: u64,
    n_bytes: u64,
}

impl OutlineCounter {
    pub(super) fn within(bounds: Bounds) -> OutlineCounter {
        OutlineCounter { bounds, n_items: 0, n_bytes: 0 }
    }

    /// Counts one more line; fails if it exceeds the bounds.
    pub(super) fn add(&mut self, line: &Line) -> Result<(), OutlineError> {
        let versions = line.attributes.versions.unwrap_or(1).max(1);
        self.n_items = self.n_items.saturating_add(u64::from(versions));
        if self.n_items > self.bounds.max_items {
            let (at, n_items, limit) = (line.at, self.n_items, self.bounds.max_items);
            return Err(OutlineError::TooMany { at, versions, n_items, limit });
        }
        if let LineContent::Bytes(bytes) = &line.content {
            self.n_bytes = self.n_bytes.saturating_add(bytes.len() as u64);
        }
        let Attributes { description, members, .. } = &line.attributes;
        self.n_bytes = self.n_bytes.saturating_add(text_bytes(description.as_deref(), members));
        if self.n_bytes > self.bounds.max_content {
            let (at, n_bytes, limit) = (line.at, self.n_bytes, self.bounds.max_content);
            return Err(OutlineError::TooMuch { at, n_bytes, limit });
        }
        Ok(())
    }
}

/// Returns the number of items and versions of lines, and the bytes of their contents and texts.
pub(crate) fn count(lines: &[Line]) -> (u64, u64) {
    let mut counted = OutlineCounter::within(Bounds::NONE);
    // Without bounds, nothing fails.
    let _ = lines.iter().try_for_each(|line| counted.add(line));
    (counted.n_items, counted.n_bytes)
}

impl Outline {
    /// Checks an outline against bounds; fails at the first line that exceeds them.
    ///
    /// ```
    /// use drivesim_core::outline::{Bounds, parse};
    ///
    /// let outline = parse("a.txt = \"12345\"\nb.txt = \"678\"\nlarge.bin = 7 TiB\n")?;
    /// outline.check_within(Bounds { max_content: 8, ..Bounds::NONE })?;
    /// let refused = outline.check_within(Bounds { max_content: 7, ..Bounds::NONE }).unwrap_err();
    /// assert_eq!(refused.to_string(), "line 2, column 1: it makes 8 bytes of contents and texts, 7 are allowed");
    /// # Ok::<(), drivesim_core::outline::OutlineError>(())
    /// ```
    ///
    /// # Errors
    /// [`OutlineError::TooMany`], [`OutlineError::TooMuch`].
    pub fn check_within(&self, bounds: Bounds) -> Result<(), OutlineError> {
        let mut counted = OutlineCounter::within(bounds);
        self.drives.iter().flat_map(|drive| &drive.lines).try_for_each(|line| counted.add(line))
    }
}
