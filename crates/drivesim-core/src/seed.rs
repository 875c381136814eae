//! The only place that turns an outline into a drive and a drive into an outline.

use jiff::Timestamp;

use crate::access::Access;
use crate::act::ME;
use crate::conflict::{Conflict, Replaces};
use crate::content::Content;
use crate::drive::{Drive, Growth, Place, Wish};
use crate::error::Error;
use crate::history::{History, PastVersion};
use crate::intern::NO_NAME;
use crate::item::{ItemId, ItemKind};
use crate::outline::{Attributes, ContentRef, DEPTH_LIMIT, Line, LineContent, LineRef, Position, write_line};
use crate::profile::Profile;
use crate::stamp::Stamp;
use crate::tree::{ROOT, Walk};

/// Returns why a drive cannot be made from an outline.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
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
    /// An item is to have more versions than one of its kind may have.
    #[error("{at}: {versions} versions are asked for, at most {allowed} fit here")]
    Versions {
        /// Where the item stands in the outline.
        at: Position,
        /// How many versions are asked for.
        versions: u32,
        /// How many it may have: 1 for a folder.
        allowed: u32,
    },
}

/// How many versions of a file an outline may ask for where the service allows more: each takes room, and a short text
/// must not fill the memory.
const PLANTED_VERSIONS: u32 = 500;

/// What an outline shows beside names and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Detail {
    /// Nothing.
    Names,
    /// Given ids, times, users, descriptions, how many versions there are and levels of access, as
    /// `# id=… created=… modified=… owner=… versions=… access=…`, and the members of the service that were set.
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
        self.plant_all(lines, at)?;
        Ok(self)
    }

    /// Adds what lines say; those before one that is refused are added all the same.
    pub(crate) fn plant_all(&mut self, lines: &[Line], at: Timestamp) -> Result<(), SeedError> {
        // What a drive begins with has changed nothing in it.
        let folder_ctags = std::mem::replace(&mut self.profile.folder_ctags, false);
        let mut levels = Vec::new();
        let planted = self.plant_lines(lines, at, &mut levels);
        // No level refuses what a drive begins with.
        self.set_levels(levels);
        self.profile.folder_ctags = folder_ctags;
        planted
    }

    /// Adds what lines say, and notes the levels of access that they set.
    fn plant_lines(
        &mut self,
        lines: &[Line],
        at: Timestamp,
        levels: &mut Vec<(ItemId, Access)>,
    ) -> Result<(), SeedError> {
        // The folder at each depth, down to the one the next line may be in.
        let mut folders = vec![ROOT];
        for line in lines {
            let allowed = folders.len() - 1;
            if line.depth > allowed {
                return Err(SeedError::Depth { at: line.at, depth: line.depth, allowed });
            }
            folders.truncate(line.depth + 1);
            let folder = folders.last().copied().unwrap_or(ROOT);
            let versions = line.attributes.versions.unwrap_or(1);
            let allowed = self.max_planted(line.kind);
            if versions > allowed {
                return Err(SeedError::Versions { at: line.at, versions, allowed });
            }
            let planted = self.plant(folder, line, at);
            let id = planted.map_err(|error| SeedError::Refused { at: line.at, error })?;
            levels.extend(line.attributes.access.map(|access| (id, access)));
            if line.kind == ItemKind::Folder {
                folders.push(id.slot);
            }
        }
        Ok(())
    }

    fn plant(&mut self, folder: u32, line: &Line, at: Timestamp) -> Result<ItemId, Error> {
        let (name, kind) = (line.name.as_str(), line.kind);
        self.check_name(folder, name, kind)?;
        for (member, value) in line.attributes.members.iter() {
            self.profile.check_member(kind, member, Some(value))?;
        }
        let (conflict, suffix) = (Conflict::Fail, self.profile.create_suffix);
        let place = self.place(&Wish {
            folder,
            name,
            kind,
            conflict,
            suffix,
            own: None,
            below: 0,
            over: Replaces::Files,
        })?;
        debug_assert!(matches!(place, Place::New(_)), "a name that fails is never settled otherwise");
        let content = match &line.content {
            LineContent::Empty => Content::empty(),
            LineContent::Bytes(bytes) => Content::from(bytes.as_slice()),
            LineContent::Size(size) => self.generated(*size),
        };
        let stamp = self.stamp_of_line(&line.attributes, at)?;
        let item = self.add(folder, name, kind, content, stamp)?;
        let Attributes { id, versions, .. } = &line.attributes;
        self.plant_versions(item.slot, versions.unwrap_or(1))?;
        if id.is_some() {
            self.set_wire_id(item, id.as_deref())?;
        }
        Ok(item)
    }

    /// Returns the times, users, description and members of an item of an outline.
    fn stamp_of_line(&mut self, attributes: &Attributes, at: Timestamp) -> Result<Stamp, Error> {
        let Attributes { created, modified, owner, modified_by, description, .. } = attributes;
        let created_at = created.unwrap_or(at);
        let modified_at = modified.or(*created).unwrap_or(at);
        let owner = self.tree.users.intern(owner.as_deref().unwrap_or(ME));
        let mut stamp = Stamp::new(created_at, owner);
        stamp.modified_at = modified_at;
        stamp.fs_created_at = attributes.content_created.unwrap_or(created_at);
        stamp.fs_modified_at = attributes.content_modified.unwrap_or(modified_at);
        if let Some(user) = modified_by {
            stamp.modified_by = self.tree.users.intern(user);
        }
        self.check_description(description.as_deref())?;
        stamp.description = description.as_deref().filter(|text| !text.is_empty()).map(Into::into);
        stamp.members = attributes.members.clone();
        Ok(stamp)
    }

    /// Returns how many versions an item of an outline may have.
    fn max_planted(&self, kind: ItemKind) -> u32 {
        match kind {
            ItemKind::Folder => 1,
            ItemKind::File => {
                self.profile.max_versions.unwrap_or(PLANTED_VERSIONS).clamp(1, PLANTED_VERSIONS)
            }
        }
    }

    /// Lets a new file have had so many versions: the one it has written when it was modified, those before, as large,
    /// when it was made.
    fn plant_versions(&mut self, slot: u32, n_versions: u32) -> Result<(), Error> {
        let (node, stamp) = (*self.tree.node(slot), self.tree.stamp_of(slot));
        let created = (stamp.created_at, stamp.created_by);
        let written = (stamp.modified_at, stamp.modified_by);
        if n_versions < 2 {
            // Without a history a file was written when it was made.
            let needs_history = !node.is_folder() && written != created;
            return if needs_history { self.put_history(slot, History::first(written)) } else { Ok(()) };
        }
        let n_bytes = i128::from(node.size) * i128::from(n_versions - 1);
        self.check_room(self.tree.name(slot), node.size, Growth { past: n_bytes, ..Growth::default() })?;
        let called = self.tree.name(slot).to_owned();
        self.claim(&called, u64::from(n_versions - 1), 0)?;
        let mut history = History::first(created);
        for number in 1..n_versions {
            let content = self.generated(node.size);
            let Some(content) = self.tree.content(content) else { return Err(self.full(slot)) };
            let (modified_at, modified_by) = created;
            let name = if self.profile.versions_keep_names { node.name } else { NO_NAME };
            let size = node.size;
            let past =
                PastVersion { number, name, content, size, modified_at, modified_by, deleted_at: None };
            history.push(past, written, None);
        }
        self.put_history(slot, history)
    }

    /// Prints what is below a folder as an outline, or the line of a file.
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

    /// Prints all that is in the drive as an outline, whatever access it gives.
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
        let stamp = self.tree.stamp_of(slot);
        let owner = self.tree.users.name(stamp.created_by);
        let n_past = |history: &History| history.past().iter().filter(|past| past.is_kept()).count();
        Attributes {
            id: self.wire_ids().of(self.tree.arena.id(slot)).map(str::to_owned),
            created: Some(stamp.created_at),
            modified: Some(stamp.modified_at),
            content_created: Some(stamp.fs_created_at).filter(|at| *at != stamp.created_at),
            content_modified: Some(stamp.fs_modified_at).filter(|at| *at != stamp.modified_at),
            owner: Some(owner.to_string()).filter(|owner| owner != ME),
            modified_by: (stamp.modified_by != stamp.created_by)
                .then(|| self.tree.users.name(stamp.modified_by).to_string()),
            description: stamp.description.as_deref().map(str::to_owned),
            versions: self.history(slot).map(|history| n_past(history) as u32 + 1).filter(|&n| n > 1),
            members: stamp.members.clone(),
            access: self.level_of(slot),
        }
    }
}
