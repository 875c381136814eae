//! The only place that turns an outline into a drive and a drive into an outline.

use jiff::Timestamp;

use crate::conflict::Conflict;
use crate::content::Content;
use crate::drive::{Drive, Place, Wish};
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::outline::{Attributes, ContentRef, DEPTH_LIMIT, Line, LineContent, LineRef, Position, write_line};
use crate::profile::Profile;
use crate::stamp::Stamp;
use crate::tree::{ROOT, Walk};

/// Says why a drive cannot be made from an outline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The drive refuses an item.
    #[error("{at}: {error}")]
    Refused {
        /// Where the item stands in the outline.
        at: Position,
        /// Why it is refused.
        error: Error,
    },
    /// The line is deeper than the lines before it allow, or below a file.
    #[error("{at}: an item at depth {depth}, at most {allowed} fits here")]
    Depth {
        /// Where the item stands in the outline.
        at: Position,
        /// How many folders it is to be in.
        depth: usize,
        /// How many it can be in.
        allowed: usize,
    },
    /// A file is to have several versions; a drive keeps one.
    #[error("{at}: {versions} versions are asked for, a file has one")]
    Versions {
        /// Where the item stands in the outline.
        at: Position,
        /// How many versions are asked for.
        versions: u32,
    },
}

/// What an outline shows beside names and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    Names,
    /// Times and owners, as `# created=… modified=… owner=…`.
    Attributes,
}

impl Drive {
    /// Makes a drive that holds what the lines of an outline say.
    ///
    /// Items without times get `at`. A size gets content of its own, made when it is read.
    ///
    /// # Errors
    /// [`SeedError`] for the first item that the profile's rules refuse, whose name stands twice in its folder
    /// or that does not fit.
    pub fn from_lines(profile: Profile, lines: &[Line], at: Timestamp) -> Result<Drive, SeedError> {
        Drive::new(profile, at).with_lines(lines, at)
    }

    /// Adds what the lines of an outline say to a drive that is empty yet; otherwise as [`Drive::from_lines`].
    ///
    /// # Errors
    /// [`SeedError`].
    pub fn with_lines(mut self, lines: &[Line], at: Timestamp) -> Result<Drive, SeedError> {
        let drive = &mut self;
        // The folder at each depth, down to the one the next line may be in.
        let mut folders = vec![ROOT];
        for line in lines {
            let allowed = folders.len() - 1;
            if line.depth > allowed {
                return Err(SeedError::Depth { at: line.at, depth: line.depth, allowed });
            }
            folders.truncate(line.depth + 1);
            let folder = folders.last().copied().unwrap_or(ROOT);
            if let Some(versions) = line.attributes.versions.filter(|&versions| versions > 1) {
                return Err(SeedError::Versions { at: line.at, versions });
            }
            let planted = drive.plant(folder, line, at);
            let id = planted.map_err(|error| SeedError::Refused { at: line.at, error })?;
            if line.kind == ItemKind::Folder {
                folders.push(id.slot);
            }
        }
        Ok(self)
    }

    fn plant(&mut self, folder: u32, line: &Line, at: Timestamp) -> Result<ItemId, Error> {
        let (name, kind) = (line.name.as_str(), line.kind);
        self.check_name(folder, name, kind)?;
        let (conflict, suffix) = (Conflict::Fail, self.profile.create_suffix);
        let place = self.place(&Wish { folder, name, kind, conflict, suffix, own: None, below: 0 })?;
        debug_assert!(matches!(place, Place::New(_)), "a name that fails is never settled otherwise");
        let content = match &line.content {
            LineContent::Empty => Content::empty(),
            LineContent::Bytes(bytes) => Content::from(bytes.as_slice()),
            LineContent::Size(size) => self.generated(*size),
        };
        let Attributes { created, modified, owner, .. } = &line.attributes;
        let stamp = Stamp {
            created_at: created.unwrap_or(at),
            modified_at: modified.or(*created).unwrap_or(at),
            owner: owner.as_deref().map(Into::into),
        };
        self.add(folder, name, kind, content, stamp)
    }

    /// Prints what is below a folder as an outline, or the line of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::TooDeep`] for a tree deeper than an outline may be.
    pub fn outline(&self, item: ItemId, detail: Detail) -> Result<String, Error> {
        let top = self.require(item)?;
        let mut text = String::new();
        if !self.tree.node(top).is_folder() {
            self.write_item(&mut text, top, 0, detail);
            return Ok(text);
        }
        for (slot, depth) in Walk::below(self.tree.nodes(), top) {
            if self.tree.node(slot).is_hidden() {
                continue;
            }
            if depth as usize > DEPTH_LIMIT {
                let item = self.tree.name(slot).to_owned();
                return Err(Error::TooDeep { item, limit: DEPTH_LIMIT });
            }
            self.write_item(&mut text, slot, depth as usize, detail);
        }
        Ok(text)
    }

    fn write_item(&self, text: &mut String, slot: u32, depth: usize, detail: Detail) {
        let node = self.tree.node(slot);
        let content = match self.tree.contents.get(node.content) {
            Some(Content::Bytes(bytes)) if !node.is_folder() => ContentRef::Bytes(bytes),
            Some(Content::Generated { size, .. }) if !node.is_folder() => ContentRef::Size(*size),
            _ => ContentRef::Empty,
        };
        let attributes = match detail {
            Detail::Names => Attributes::default(),
            Detail::Attributes => self.attributes(slot),
        };
        let (name, kind) = (self.tree.name(slot), node.kind());
        let line = LineRef { depth, name, kind, content, attributes: &attributes };
        // Writing to a string cannot fail.
        let _ = write_line(text, line);
    }

    fn attributes(&self, slot: u32) -> Attributes {
        let Some(stamp) = self.tree.stamps.get(self.tree.node(slot).stamp) else {
            return Attributes::default();
        };
        let owner = stamp.owner.as_deref().map(str::to_owned);
        Attributes {
            created: Some(stamp.created_at),
            modified: Some(stamp.modified_at),
            owner,
            versions: None,
        }
    }
}
