//! Performs the verbs of a drive: each looks up, checks, then changes. Nothing changes before the last check, so a verb
//! that fails leaves the drive unchanged.

mod access;
mod bin;
mod capacity;
mod change_feed;
mod listing;
pub(crate) mod members;
pub(crate) mod placement;
mod queries;
mod quota;
mod reclaim;
mod replace;
mod search;
mod tags;
mod update;
mod upload;
mod versions;
mod wire_ids;

use jiff::Timestamp;

use self::access::AccessLevels;
pub use self::bin::BinItem;
pub use self::change_feed::{Change, ChangeToken, Changes, ParseChangeTokenError};
pub use self::members::MemberChange;
pub(crate) use self::placement::{HiddenItems, Placement, PlacementRequest, deepest_units};
pub use self::queries::{Page, Totals};
pub(crate) use self::quota::QuotaChange;
pub use self::quota::{Quota, QuotaState};
#[cfg(test)]
pub(crate) use self::reclaim::FULL_SCAN_LIMIT;
pub use self::reclaim::{ReclaimList, ReclaimScan, Reclaimed};
pub use self::update::{Times, Update};
pub use self::upload::{ContentFacts, ContentTimes};
use crate::actor::Actor;
use crate::arena::Node;
use crate::bin::Bin;
use crate::capacity::CapacityShare;
use crate::change_log::ChangeLog;
use crate::conflict::{Conflict, Conflicts, Replaces};
use crate::content::Content;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::lock::{LockedOp, Locks};
use crate::metadata::Metadata;
use crate::name::Name;
use crate::profile::Profile;
use crate::tree::{ROOT, Tree};
use crate::wire_id::WireIds;

/// A drive: a tree of files and folders under the rules of one service.
///
/// A drive has no clock: verbs that change something take who does it and when, an [`Actor`](crate::Actor).
///
/// A clone is an independent drive with the same items and ids. It is cheap: both share what is equal. A clone does not
/// know of copies that are being built for the original.
///
/// ```
/// use drivesim_core::{Conflict, Content, Drive, Profile, Timestamp};
///
/// let now = Timestamp::UNIX_EPOCH;
/// let mut drive = Drive::new(Profile::PLAIN, now);
/// let docs = drive.create_folder(drive.root(), "Docs", Conflict::Fail, now)?;
/// drive.create_file(docs, "a.txt", Content::from("hi"), Conflict::Fail, now)?;
/// assert_eq!(drive.item(docs)?.size, 2);
/// # Ok::<(), drivesim_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Drive {
    pub(crate) profile: Profile,
    /// The number of the next generated content, so that no two files have the same bytes.
    next_content: u64,
    pub(crate) bin: Bin,
    grants: AccessLevels,
    wire_ids: WireIds,
    /// The seed from which a server derives the ids on the wire.
    uuid: u128,
    locks: Locks,
    quota: Option<u64>,
    pub(crate) change_log: ChangeLog,
    epoch: u64,
    /// How often all items were replaced, so that a copy can detect that its target is gone.
    pub(crate) n_clears: u64,
    /// The drive's share of a capacity.
    pub(crate) capacity_share: CapacityShare,
    /// Dropped last, see `Tree::arena`.
    pub(crate) tree: Tree,
}

impl Drive {
    /// Creates a drive that has only its root.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp};
    /// let drive = Drive::new(Profile::BUSINESS, Timestamp::UNIX_EPOCH);
    /// assert!(drive.children(drive.root())?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(profile: Profile, at: Timestamp) -> Drive {
        let tree = Tree::new(profile.names.equality(), profile.listing_order, at);
        let wire_ids = WireIds::new(profile.wire_ids);
        let mut log = ChangeLog::new();
        log.record(ROOT);
        Drive {
            profile,
            tree,
            next_content: 1,
            bin: Bin::default(),
            grants: AccessLevels::default(),
            wire_ids,
            uuid: 0,
            locks: Locks::default(),
            quota: None,
            change_log: log,
            epoch: 0,
            n_clears: 0,
            capacity_share: CapacityShare::default(),
        }
    }

    /// Starts the numbers of generated contents and of locks at `first`, so that those of several drives differ.
    ///
    /// ```
    /// # use drivesim_core::{Content, Drive, Profile, Timestamp};
    /// let mut drive = Drive::new(Profile::PLAIN, Timestamp::UNIX_EPOCH).numbering_from(1000);
    /// assert_eq!(drive.generated(5), Content::Generated { size: 5, number: 1000 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn numbering_from(self, first: u64) -> Drive {
        Drive { next_content: first, locks: Locks::numbered_from(first), ..self }
    }

    /// Returns the rules of the drive.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert_eq!(drive.profile().name(), "plain");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the id of the root.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert_eq!(drive.path(drive.root())?, "/");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn root(&self) -> ItemId {
        self.tree.arena.id(ROOT)
    }

    /// Returns a content of `size` bytes that are generated on read and differ from those of other files.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let content = drive.generated(1 << 40);
    /// drive.create_file(drive.root(), "large.bin", content, Conflict::Fail, now)?;
    /// assert_eq!(drive.item(drive.root())?.size, (1 << 40) + 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn generated(&mut self, size: u64) -> Content {
        let number = self.next_content;
        self.next_content = self.next_content.wrapping_add(1);
        Content::Generated { size, number }
    }

    /// Creates a folder and returns its id.
    ///
    /// With [`Conflict::Replace`], an existing folder of that name is left unchanged and its id is returned, as when a
    /// Graph client posts a folder with `replace`. The caller must be allowed to change it, as with a file.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.create_folder(drive.root(), "Docs", Conflict::Rename, now)?;
    /// assert_eq!(drive.path(docs)?, "/Docs 1");
    /// let taken = drive.create_folder(drive.root(), "Docs", Conflict::Fail, now).unwrap_err();
    /// assert_eq!(taken.to_string(), "the name \"Docs\" is taken by a folder in \"/\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`], [`Error::AccessDenied`], [`Error::ConflictNotOffered`],
    /// [`Error::BadName`], [`Error::Locked`], [`Error::NameTaken`], [`Error::PathTooLong`], [`Error::OverCapacity`],
    /// [`Error::DriveFull`].
    pub fn create_folder<'a>(
        &mut self,
        parent: ItemId,
        name: &str,
        conflict: Conflict,
        actor: impl Into<Actor<'a>>,
    ) -> Result<ItemId, Error> {
        let (folder, name) = self.check_create(parent, name, ItemKind::Folder, conflict)?;
        let holder = self.tree.child(folder, &name).filter(|_| conflict == Conflict::Replace);
        let is_shown_folder = |&holder: &u32| {
            let node = self.tree.node(holder);
            node.is_folder() && !node.is_hidden()
        };
        if let Some(holder) = holder.filter(is_shown_folder) {
            // The folder stays, whatever is below it.
            self.check_writable(holder)?;
            self.check_unlocked(holder, LockedOp::Write)?;
            return Ok(self.tree.arena.id(holder));
        }
        let suffix = self.profile.create_suffix;
        let request = PlacementRequest {
            folder,
            name: &name,
            kind: ItemKind::Folder,
            conflict,
            suffix,
            existing: None,
            units_below: 0,
            replaces: Replaces::Files,
        };
        let place = self.resolve_placement(&request)?;
        if let Placement::Replace(holder) = place {
            return Err(self.name_taken_error(folder, &name, holder));
        }
        let metadata = self.new_metadata(actor.into());
        self.add(folder, place.name(&name), ItemKind::Folder, Content::empty(), metadata)
    }

    /// Creates a file and returns its id.
    ///
    /// With [`Conflict::Replace`], an existing file of that name keeps its id and gets the content.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let folder = drive.find("/Docs")?;
    /// let file = drive.create_file(folder, "b.txt", Content::from("hello"), Conflict::Fail, now)?;
    /// assert_eq!((drive.item(file)?.size, drive.item(folder)?.size), (5, 7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::create_folder`], [`Error::SizeOverflow`] and [`Error::QuotaExceeded`]; those of
    /// [`Drive::write`] for a file that gets the content.
    pub fn create_file<'a>(
        &mut self,
        parent: ItemId,
        name: &str,
        content: Content,
        conflict: Conflict,
        actor: impl Into<Actor<'a>>,
    ) -> Result<ItemId, Error> {
        let (folder, name) = self.check_create(parent, name, ItemKind::File, conflict)?;
        let actor = actor.into();
        let suffix = self.profile.create_suffix;
        let request = PlacementRequest {
            folder,
            name: &name,
            kind: ItemKind::File,
            conflict,
            suffix,
            existing: None,
            units_below: 0,
            replaces: Replaces::Files,
        };
        let place = self.resolve_placement(&request)?;
        if let Placement::Replace(holder) = place {
            let id = self.tree.arena.id(holder);
            self.write(id, content, actor)?;
            return Ok(id);
        }
        let metadata = self.new_metadata(actor);
        self.add(folder, place.name(&name), ItemKind::File, content, metadata)
    }

    /// Checks that an item may be created in a folder, except for whether its name is taken. Returns the slot of the
    /// folder and the name after the rules were applied.
    pub(crate) fn check_create<'a>(
        &self,
        parent: ItemId,
        name: &'a str,
        kind: ItemKind,
        conflict: Conflict,
    ) -> Result<(u32, Name<'a>), Error> {
        let folder = self.require_folder(parent)?;
        self.check_writable(folder)?;
        self.check_offered(self.profile.create_conflicts, conflict)?;
        let name = self.new_name(folder, name, kind)?;
        self.check_unlocked(folder, LockedOp::Create)?;
        Ok((folder, name))
    }

    pub(crate) fn new_metadata(&mut self, actor: Actor<'_>) -> Metadata {
        Metadata::new(actor.at, self.tree.users.intern(actor.by))
    }

    /// Returns the metadata of an item that a copy creates now.
    pub(crate) fn new_copy_metadata(&mut self, actor: Actor<'_>) -> Metadata {
        Metadata { etag: self.profile.copied_child_etag, ..self.new_metadata(actor) }
    }

    /// Adds a new item under its final name.
    pub(crate) fn add(
        &mut self,
        folder: u32,
        name: &Name<'_>,
        kind: ItemKind,
        content: Content,
        metadata: Metadata,
    ) -> Result<ItemId, Error> {
        let full = || Error::DriveFull { name: name.to_string() };
        let size = content.size();
        self.check_quota(name.as_str(), size, QuotaChange::visible(size))?;
        self.claim(name.as_str(), 1, content.n_stored_bytes() + metadata.n_text_bytes())?;
        let name_id = self.tree.names.intern(name).ok_or_else(full)?;
        let metadata = self.tree.intern_metadata(metadata).ok_or_else(full)?;
        let content = self.tree.content(content).ok_or_else(full)?;
        let slot = self.tree.arena.alloc().ok_or_else(full)?;
        let mut node = Node::new(kind, name_id, metadata);
        node.size = size;
        if kind == ItemKind::File {
            node.set_content(content);
        }
        self.tree.arena.put(slot, node);
        self.tree.link(folder, slot);
        self.record_change(slot);
        self.tree.sweep_if_due();
        Ok(self.tree.arena.id(slot))
    }

    pub(crate) fn check_offered(&self, offered: Conflicts, conflict: Conflict) -> Result<(), Error> {
        if offered.offers(conflict) {
            return Ok(());
        }
        Err(Error::ConflictNotOffered { profile: self.profile.name(), conflict })
    }

    pub(crate) fn check_not_into_itself(&self, source: u32, target: u32) -> Result<(), Error> {
        if !self.tree.is_at_or_below(target, source) {
            return Ok(());
        }
        Err(Error::IntoItself { source_path: self.tree.path(source), target_path: self.tree.path(target) })
    }
}

#[cfg(test)]
mod tests;
