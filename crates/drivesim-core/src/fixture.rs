//! Creates drives from outlines and prints drives as outlines.

use jiff::Timestamp;

use crate::access::Access;
use crate::actor::ME;
use crate::conflict::{Conflict, Replaces};
use crate::content::Content;
use crate::drive::{Drive, Placement, PlacementRequest, QuotaChange};
use crate::error::Error;
use crate::history::{History, PastVersion};
use crate::item::{ItemId, ItemKind};
use crate::metadata::Metadata;
use crate::name_table::NO_NAME;
use crate::outline::{
    Attributes, ContentRef, DEPTH_LIMIT, Line, LineContent, LineRef, Position, count, write_line,
};
use crate::profile::Profile;
use crate::tree::{ROOT, Walk};

/// Why a drive cannot be created from an outline.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum FixtureError {
    /// The drive rejects an item.
    #[error("{at}: {error}")]
    Refused {
        /// The position of the item in the outline.
        at: Position,
        /// Why it is rejected.
        error: Error,
    },
    /// The line is deeper than the lines before it allow, or below a file.
    #[error("{at}: an item at depth {depth}, the maximum here is {allowed}")]
    Depth {
        /// The position of the item in the outline.
        at: Position,
        /// Its depth.
        depth: usize,
        /// The maximum depth at this position.
        allowed: usize,
    },
    /// An item has more versions than allowed for its kind.
    #[error("{at}: {versions} versions, the maximum here is {allowed}")]
    Versions {
        /// The position of the item in the outline.
        at: Position,
        /// The number of versions in the outline.
        versions: u32,
        /// The maximum: 1 for a folder.
        allowed: u32,
    },
}

/// The maximum number of versions of a file in an outline, if the service allows more: each takes memory, and a short
/// text must not fill it.
const MAX_VERSIONS: u32 = 500;

/// What an outline shows besides names and contents.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Detail {
    /// Nothing.
    Names,
    /// Given ids, times, users, descriptions, numbers of versions and access levels, as
    /// `# id=… created=… modified=… owner=… versions=… access=…`, and the members of the service that are set.
    Attributes,
}

impl Drive {
    /// Creates a drive with the items of the lines of an outline.
    ///
    /// Items without times get `at`. A size becomes generated content that differs from that of other files.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// let lines = outline::parse("Docs/\n  a.txt = \"hi\"\n")?.drives.remove(0).lines;
    /// let drive = Drive::from_lines(Profile::PLAIN, &lines, Timestamp::UNIX_EPOCH)?;
    /// assert!(drive.find("/Docs/a.txt").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FixtureError`] for the first item that breaks the profile's rules, whose name is taken in its folder or that does
    /// not fit.
    pub fn from_lines(profile: Profile, lines: &[Line], at: Timestamp) -> Result<Drive, FixtureError> {
        Drive::new(profile, at).with_lines(lines, at)
    }

    /// Adds the items of the lines of an outline to an empty drive; otherwise like [`Drive::from_lines`].
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// let lines = outline::parse("a.bin = 5 B\n")?.drives.remove(0).lines;
    /// let now = Timestamp::UNIX_EPOCH;
    /// let drive = Drive::new(Profile::PLAIN, now).numbering_from(1000).with_lines(&lines, now)?;
    /// assert_eq!(drive.item(drive.root())?.size, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FixtureError`].
    pub fn with_lines(mut self, lines: &[Line], at: Timestamp) -> Result<Drive, FixtureError> {
        self.add_lines(lines, at)?;
        Ok(self)
    }

    /// Adds the items of lines. If a line fails, the items of the lines before it stay.
    pub(crate) fn add_lines(&mut self, lines: &[Line], at: Timestamp) -> Result<(), FixtureError> {
        // The first content of a drive does not count as changes.
        let folder_ctags = std::mem::replace(&mut self.profile.folder_ctags, false);
        let mut levels = Vec::new();
        let added = self.add_each_line(lines, at, &mut levels);
        // Levels are set last, so that they do not prevent adding items.
        self.set_access_levels(levels);
        self.profile.folder_ctags = folder_ctags;
        added
    }

    /// Claims what the lines add up to beyond the content of the drive, which they are to replace.
    pub(crate) fn claim_lines(&self, lines: &[Line]) -> Result<(), FixtureError> {
        let Some(last) = lines.last().filter(|_| self.capacity_share.has_capacity()) else {
            return Ok(());
        };
        let (n_items, n_bytes) = count(lines);
        let (items_held, bytes_held) = self.held();
        let claimed =
            self.capacity_share.claim(n_items.saturating_sub(items_held), n_bytes.saturating_sub(bytes_held));
        claimed.map_err(|(held, limit)| {
            let error = Error::OverCapacity { name: last.name.clone(), held, limit };
            FixtureError::Refused { at: last.at, error }
        })
    }

    /// Adds the items of lines, and collects the access levels that they set.
    fn add_each_line(
        &mut self,
        lines: &[Line],
        at: Timestamp,
        levels: &mut Vec<(ItemId, Access)>,
    ) -> Result<(), FixtureError> {
        // The folder at each depth, down to the deepest that the next line may be in.
        let mut folders = vec![ROOT];
        for line in lines {
            let allowed = folders.len() - 1;
            if line.depth > allowed {
                return Err(FixtureError::Depth { at: line.at, depth: line.depth, allowed });
            }
            folders.truncate(line.depth + 1);
            let folder = folders.last().copied().unwrap_or(ROOT);
            let versions = line.attributes.versions.unwrap_or(1);
            let allowed = self.max_versions_of(line.kind);
            if versions > allowed {
                return Err(FixtureError::Versions { at: line.at, versions, allowed });
            }
            let added = self.add_line(folder, line, at);
            let id = added.map_err(|error| FixtureError::Refused { at: line.at, error })?;
            levels.extend(line.attributes.access.map(|access| (id, access)));
            if line.kind == ItemKind::Folder {
                folders.push(id.slot);
            }
        }
        Ok(())
    }

    fn add_line(&mut self, folder: u32, line: &Line, at: Timestamp) -> Result<ItemId, Error> {
        let (name, kind) = (self.tree.names.name(&line.name), line.kind);
        self.check_name(folder, name.as_str(), kind)?;
        for (member, value) in line.attributes.members.iter() {
            self.profile.check_member(kind, member, Some(value))?;
        }
        let (conflict, suffix) = (Conflict::Fail, self.profile.create_suffix);
        let place = self.resolve_placement(&PlacementRequest {
            folder,
            name: &name,
            kind,
            conflict,
            suffix,
            existing: None,
            units_below: 0,
            replaces: Replaces::Files,
        })?;
        debug_assert!(place == Placement::Requested, "Conflict::Fail never replaces");
        let content = match &line.content {
            LineContent::Empty => Content::empty(),
            LineContent::Bytes(bytes) => Content::from(bytes.as_slice()),
            LineContent::Size(size) => self.generated(*size),
        };
        let metadata = self.metadata_of_line(&line.attributes, at)?;
        let item = self.add(folder, &name, kind, content, metadata)?;
        let Attributes { id, versions, .. } = &line.attributes;
        self.add_past_versions(item.slot, versions.unwrap_or(1))?;
        if id.is_some() {
            self.set_wire_id(item, id.as_deref())?;
        }
        Ok(item)
    }

    /// Returns the times, users, description and members of an item of an outline.
    fn metadata_of_line(&mut self, attributes: &Attributes, at: Timestamp) -> Result<Metadata, Error> {
        let Attributes { created, modified, owner, modified_by, description, .. } = attributes;
        let created_at = created.unwrap_or(at);
        let modified_at = modified.or(*created).unwrap_or(at);
        let owner = self.tree.users.intern(owner.as_deref().unwrap_or(ME));
        let mut metadata = Metadata::new(created_at, owner);
        metadata.modified_at = modified_at;
        metadata.fs_created_at = attributes.content_created.unwrap_or(created_at);
        metadata.fs_modified_at = attributes.content_modified.unwrap_or(modified_at);
        if let Some(user) = modified_by {
            metadata.modified_by = self.tree.users.intern(user);
        }
        self.check_description(description.as_deref())?;
        metadata.description = description.as_deref().filter(|text| !text.is_empty()).map(Into::into);
        metadata.members = attributes.members.clone();
        Ok(metadata)
    }

    /// Returns the maximum number of versions of an item in an outline.
    fn max_versions_of(&self, kind: ItemKind) -> u32 {
        match kind {
            ItemKind::Folder => 1,
            ItemKind::File => self.profile.max_versions.unwrap_or(MAX_VERSIONS).clamp(1, MAX_VERSIONS),
        }
    }

    /// Adds past versions to a new file: as large as the current one, and written when the file was created. The
    /// current one was written when it was modified.
    fn add_past_versions(&mut self, slot: u32, n_versions: u32) -> Result<(), Error> {
        let (node, metadata) = (*self.tree.node(slot), self.tree.metadata_of(slot));
        let created = (metadata.created_at, metadata.created_by);
        let written = (metadata.modified_at, metadata.modified_by);
        if n_versions < 2 {
            // A file without a history was written when it was created.
            let needs_history = !node.is_folder() && written != created;
            return if needs_history { self.set_history(slot, History::first(written)) } else { Ok(()) };
        }
        let n_bytes = i128::from(node.size) * i128::from(n_versions - 1);
        self.check_quota(
            self.tree.name(slot),
            node.size,
            QuotaChange { past: n_bytes, ..QuotaChange::default() },
        )?;
        let name_of_file = self.tree.name(slot).to_owned();
        self.claim(&name_of_file, u64::from(n_versions - 1), 0)?;
        let mut history = History::first(created);
        for number in 1..n_versions {
            let content = self.generated(node.size);
            let Some(content) = self.tree.content(content) else { return Err(self.drive_full_error(slot)) };
            let (modified_at, modified_by) = created;
            let name = if self.profile.versions_keep_names { node.name } else { NO_NAME };
            let size = node.size;
            let past =
                PastVersion { number, name, content, size, modified_at, modified_by, deleted_at: None };
            history.push(past, written, None);
        }
        self.set_history(slot, history)
    }

    /// Prints the items below a folder as an outline, or the line of a file.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Detail};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert_eq!(drive.outline(drive.find("/Docs")?, Detail::Names)?, "a.txt = \"hi\"\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::TooDeep`] for a tree deeper than an outline may be.
    pub fn outline(&self, item: ItemId, detail: Detail) -> Result<String, Error> {
        let top = self.require(item)?;
        if !self.tree.node(top).is_folder() {
            let mut text = String::new();
            self.write_item(&mut text, top, 0, detail);
            return Ok(text);
        }
        self.outline_below(top, detail)
    }

    /// Prints all items of the drive as an outline, regardless of access levels.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Detail};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert_eq!(drive.whole_outline(Detail::Names)?, "Docs/\n  a.txt = \"hi\"\nTo/\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooDeep`] for a tree deeper than an outline may be.
    pub fn whole_outline(&self, detail: Detail) -> Result<String, Error> {
        self.outline_below(ROOT, detail)
    }

    fn outline_below(&self, top: u32, detail: Detail) -> Result<String, Error> {
        let mut text = String::new();
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
        let content = match self.tree.contents.get(node.content()) {
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

    pub(crate) fn attributes(&self, slot: u32) -> Attributes {
        let metadata = self.tree.metadata_of(slot);
        let owner = self.tree.users.name(metadata.created_by);
        let n_past = |history: &History| history.past().iter().filter(|past| past.is_kept()).count();
        Attributes {
            id: self.wire_ids().of(self.tree.arena.id(slot)).map(str::to_owned),
            created: Some(metadata.created_at),
            modified: Some(metadata.modified_at),
            content_created: Some(metadata.fs_created_at).filter(|at| *at != metadata.created_at),
            content_modified: Some(metadata.fs_modified_at).filter(|at| *at != metadata.modified_at),
            owner: Some(owner.to_string()).filter(|owner| owner != ME),
            modified_by: (metadata.modified_by != metadata.created_by)
                .then(|| self.tree.users.name(metadata.modified_by).to_string()),
            description: metadata.description.as_deref().map(str::to_owned),
            versions: self.history(slot).map(|history| n_past(history) as u32 + 1).filter(|&n| n > 1),
            members: metadata.members.clone(),
            access: self.own_access_level(slot),
        }
    }
}
