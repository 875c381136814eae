//! Prints the differences of two states of a drive: the lines of an outline with a mark each.

use std::collections::BTreeSet;

use crate::content::Content;
use crate::diff::compare::{DiffKind, DiffRow, DrivePair};
use crate::drive::Drive;
use crate::error::Error;
use crate::outline::{Attributes, ContentRef, LineRef, write_line, write_path};
use crate::tree::ROOT;

impl Drive {
    /// Prints the differences of `after`, a later state of this drive: the lines of an outline, each with a mark. `+`
    /// was created, `-` was removed, `>` was moved or renamed and is printed where it is now, `~` was changed. A folder
    /// that only leads to a difference has no mark.
    ///
    /// ```text
    ///   Archive/
    /// +   Docs/
    /// +     a.txt = "hi"
    /// > b.txt = "x" # was /old.txt
    /// ~ c.txt = "new" # content was "old"
    /// ```
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let before = drive.clone();
    /// drive.delete(drive.find("/To")?, now)?;
    /// drive.create_folder(drive.root(), "New", Conflict::Fail, now)?;
    /// assert_eq!(before.diff_outline(&drive)?, "+ New/\n- To/\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooDeep`] for a difference deeper than an outline may be.
    pub fn diff_outline(&self, after: &Drive) -> Result<String, Error> {
        let pair = DrivePair::new(self, after);
        let mut text = String::new();
        for row in pair.rows()? {
            pair.write_row(&mut text, &row);
        }
        Ok(text)
    }
}

impl DrivePair<'_> {
    fn write_row(&self, text: &mut String, row: &DiffRow) {
        let (mark, drive) = match row.kind {
            DiffKind::Unchanged => (' ', self.after),
            DiffKind::Created => ('+', self.after),
            DiffKind::Removed => ('-', self.before),
            DiffKind::Moved => ('>', self.after),
            DiffKind::Changed => ('~', self.after),
        };
        text.push(mark);
        text.push(' ');
        if row.slot == ROOT {
            text.push_str("/\n");
        } else {
            write_item(text, drive, row);
        }
        let notes = self.notes(row);
        if !notes.is_empty() {
            text.truncate(text.trim_end_matches('\n').len());
            text.push_str(" # ");
            text.push_str(&notes.join(", "));
            text.push('\n');
        }
    }

    /// Returns the previous state of an item where it differs.
    fn notes(&self, row: &DiffRow) -> Vec<String> {
        let mut notes = Vec::new();
        if row.kind == DiffKind::Moved {
            let mut note = "was ".to_owned();
            // Writing to a string cannot fail.
            let _ = write_path(&mut note, &self.before.tree.path(row.slot));
            notes.push(note);
        }
        if !matches!(row.kind, DiffKind::Moved | DiffKind::Changed) {
            return notes;
        }
        if self.content_changed(row.slot) {
            notes.push(format!("content was {}", content_text(self.before, row.slot)));
        }
        if self.description_changed(row.slot) {
            let before = &self.before.tree.metadata_of(row.slot).description;
            notes.push(format!("description was {:?}", before.as_deref().unwrap_or_default()));
        }
        if self.members_changed(row.slot) {
            notes.extend(self.member_notes(row.slot));
        }
        if self.times_changed(row.slot) || self.versions_changed(row.slot) {
            notes.push("times or versions changed".to_owned());
        }
        notes
    }
}

/// Notes on changed members.
impl DrivePair<'_> {
    fn member_notes(&self, slot: u32) -> Vec<String> {
        let (before, after) =
            (&self.before.tree.metadata_of(slot).members, &self.after.tree.metadata_of(slot).members);
        let names: BTreeSet<&str> = before.iter().chain(after.iter()).map(|(name, _)| name).collect();
        let is_changed = |name: &&str| before.get(name) != after.get(name);
        let note = |name: &str| match before.get(name) {
            Some(value) => format!("{name} was {value}"),
            None => format!("{name} was not set"),
        };
        names.into_iter().filter(is_changed).map(note).collect()
    }
}

fn write_item(text: &mut String, drive: &Drive, row: &DiffRow) {
    let node = drive.tree.node(row.slot);
    let content = match drive.tree.contents.get(node.content()) {
        Some(Content::Bytes(bytes)) if !node.is_folder() => ContentRef::Bytes(bytes),
        Some(Content::Generated { size, .. }) if !node.is_folder() => ContentRef::Size(*size),
        _ => ContentRef::Empty,
    };
    let attributes = Attributes::default();
    let (name, kind) = (drive.tree.name(row.slot), node.kind());
    // Writing to a string cannot fail.
    let _ = write_line(text, LineRef { depth: row.depth, name, kind, content, attributes: &attributes });
}

fn content_text(drive: &Drive, slot: u32) -> String {
    match drive.tree.contents.get(drive.tree.node(slot).content()) {
        Some(Content::Bytes(bytes)) if bytes.is_empty() => "empty".to_owned(),
        Some(Content::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => format!("{text:?}"),
            Err(_) => format!("{} bytes", bytes.len()),
        },
        Some(Content::Generated { size, .. }) => format!("{size} B"),
        None => "empty".to_owned(),
    }
}
