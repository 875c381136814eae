//! Deletes, restores and purges items: the verbs on the bin. Items in the bin take no name.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::access::Access;
use crate::actor::Actor;
use crate::bin::BinEntry;
use crate::change_log::Tombstone;
use crate::children::all as all_children;
use crate::conflict::{Conflict, Replaces};
use crate::content::Content;
use crate::drive::{Drive, PlacementRequest, QuotaChange};
use crate::error::{Error, RootVerb};
use crate::item::{Item, ItemId};
use crate::lock::LockedOp;
use crate::metadata::UserId;
use crate::profile::ReplacedItem;
use crate::tree::{ROOT, visible_children};

const SECONDS_OF_DAY: u64 = 24 * 60 * 60;

/// An item in the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct BinItem {
    /// The item. Its parent is the folder it was in, which may be gone.
    pub item: Item,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// Who deleted it.
    pub deleted_by: Arc<str>,
    /// When it is purged; `None` if the service keeps it.
    pub purge_at: Option<Timestamp>,
}

impl Drive {
    /// Deletes an item and everything below it. Both go to the bin and can be restored.
    ///
    /// Items that a running copy has not revealed yet below it are dropped.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.delete(docs, now)?;
    /// assert!(drive.find("/Docs").is_err());
    /// assert_eq!(drive.bin(now)[0].item.id, docs);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::IsRoot`], [`Error::AccessDenied`], [`Error::Locked`].
    pub fn delete<'a>(&mut self, item: ItemId, actor: impl Into<Actor<'a>>) -> Result<(), Error> {
        let slot = self.require_deletable(item)?;
        let actor = actor.into();
        let by = self.tree.users.intern(actor.by);
        let folder = self.tree.node(slot).parent();
        self.put_into_bin(slot, actor.at, by);
        self.bump_ancestor_ctags(folder);
        Ok(())
    }

    fn put_into_bin(&mut self, slot: u32, at: Timestamp, by: UserId) {
        self.tree.prune_hidden(slot);
        self.log_tombstone(slot);
        let node = self.tree.node(slot);
        let kept_for =
            self.profile.bin_days.map(|n_days| Duration::from_secs(u64::from(n_days) * SECONDS_OF_DAY));
        let binned = BinEntry {
            slot,
            parent: self.tree.arena.id(node.parent()),
            deleted_at: at,
            deleted_by: by,
            purge_at: kept_for.map(|kept_for| at.saturating_add(kept_for).unwrap_or(Timestamp::MAX)),
            size: node.size,
            is_folder: node.is_folder(),
        };
        self.tree.unlink(slot);
        self.bin.add(binned);
    }

    /// Removes an item that is replaced: into the bin if the service keeps it there, else for good.
    pub(crate) fn remove_replaced(&mut self, slot: u32, at: Timestamp, by: UserId) {
        match self.profile.replaced_item {
            ReplacedItem::Bin => self.put_into_bin(slot, at, by),
            ReplacedItem::Gone => self.purge_visible(slot),
        }
    }

    /// Deletes an item unless it is a folder with visible children.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Error};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// assert!(matches!(drive.delete_if_empty(docs, now), Err(Error::NotEmpty { .. })));
    /// drive.delete_if_empty(drive.find("/To")?, now)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::delete`], then [`Error::NotEmpty`].
    pub fn delete_if_empty<'a>(&mut self, item: ItemId, actor: impl Into<Actor<'a>>) -> Result<(), Error> {
        let slot = self.require_deletable(item)?;
        if visible_children(self.tree.nodes(), slot).next().is_some() {
            return Err(Error::NotEmpty { folder: self.tree.path(slot) });
        }
        self.delete(item, actor)
    }

    /// Deletes an item and everything below it for good.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.delete_permanently(drive.find("/Docs")?)?;
    /// assert!(drive.bin(now).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::delete`].
    pub fn delete_permanently(&mut self, item: ItemId) -> Result<(), Error> {
        let slot = self.require_deletable(item)?;
        let folder = self.tree.node(slot).parent();
        self.purge_visible(slot);
        self.bump_ancestor_ctags(folder);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Deletes an item for good unless it is a folder with children, visible or still hidden.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Error};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// assert!(matches!(drive.delete_permanently_if_empty(docs), Err(Error::NotEmpty { .. })));
    /// drive.delete_permanently_if_empty(drive.find("/To")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Drive::delete`], then [`Error::NotEmpty`].
    pub fn delete_permanently_if_empty(&mut self, item: ItemId) -> Result<(), Error> {
        let slot = self.require_deletable(item)?;
        if all_children(self.tree.nodes(), slot).next().is_some() {
            return Err(Error::NotEmpty { folder: self.tree.path(slot) });
        }
        self.delete_permanently(item)
    }

    /// Lists the items in the bin at a time, in the order in which they were deleted. Items below a deleted item are
    /// not listed.
    ///
    /// An item without its own access level has that of the folder it was in, or of the root if that folder is gone for
    /// good. Items that may not be read are not listed.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.delete(drive.find("/Docs")?, now)?;
    /// drive.delete(drive.find("/To")?, now)?;
    /// let names: Vec<String> = drive.bin(now).into_iter().map(|binned| binned.item.name).collect();
    /// assert_eq!(names, ["Docs", "To"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bin(&self, at: Timestamp) -> Vec<BinItem> {
        let listed = self.bin.iter().filter(|binned| !binned.is_due(at) && self.may_read(binned.slot));
        listed.map(|binned| self.bin_item_of(binned)).collect()
    }

    /// Returns an item in the bin at a time.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.delete(docs, now)?;
    /// assert_eq!(drive.bin_item(docs, now)?.deleted_at, now);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`], also for items below a deleted item and for items that may not be read.
    pub fn bin_item(&self, item: ItemId, at: Timestamp) -> Result<BinItem, Error> {
        self.require_in_bin(item, at)?;
        self.require_binned(item).map(|binned| self.bin_item_of(binned))
    }

    /// Returns the content of a file in the bin at a time.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Content};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.delete(file, now)?;
    /// assert_eq!(drive.bin_content(file, now)?, Content::from("hi"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`], also for items below a deleted item and for items that may not be read;
    /// [`Error::NotAFile`].
    pub fn bin_content(&self, file: ItemId, at: Timestamp) -> Result<Content, Error> {
        let binned = self.bin_item(file, at)?;
        if binned.item.is_folder() {
            return Err(Error::NotAFile { item: self.display_path(file.slot) });
        }
        let slot = self.require_binned(file)?.slot;
        Ok(self.tree.contents.get(self.tree.node(slot).content()).cloned().unwrap_or_else(Content::empty))
    }

    /// Fails if an item is not in the bin at a time, as the verbs on the bin do.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Error};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// assert!(matches!(drive.require_in_bin(docs, now), Err(Error::NotInBin { .. })));
    /// drive.delete(docs, now)?;
    /// drive.require_in_bin(docs, now)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`].
    pub fn require_in_bin(&self, item: ItemId, at: Timestamp) -> Result<(), Error> {
        let binned = self.require_binned(item)?;
        if binned.is_due(at) { Err(Error::NotInBin { item: item.to_string() }) } else { Ok(()) }
    }

    /// Restores an item of the bin and everything below it, under its old id. It goes into the folder it was in, or
    /// into another one if given (Box uses that one only if the old one is gone). It gets its old name, or another one
    /// if given.
    ///
    /// Name conflicts are resolved as for a new item. With [`Conflict::Replace`] a file replaces a file.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.delete(docs, now)?;
    /// drive.restore(docs, None, Some("Back"), Conflict::Fail, now)?;
    /// assert_eq!(drive.find("/Back")?, docs);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`]; [`Error::NotFound`] and [`Error::NotAFolder`] for the folder; [`Error::AccessDenied`] if
    /// the item or something below it may not be changed; those of [`Drive::create_file`].
    pub fn restore<'a>(
        &mut self,
        item: ItemId,
        folder: Option<ItemId>,
        name: Option<&str>,
        conflict: Conflict,
        actor: impl Into<Actor<'a>>,
    ) -> Result<(), Error> {
        let actor = actor.into();
        self.purge_due(actor.at);
        let binned = self.require_binned(item)?.clone();
        let slot = binned.slot;
        let folder = self.require_folder(self.restore_target(&binned, folder))?;
        self.check_access_to_all(slot, Access::Write)?;
        self.check_writable(folder)?;
        self.check_offered(self.profile.create_conflicts, conflict)?;
        let name = self.tree.names.name(name.unwrap_or_else(|| self.tree.name(slot))).into_owned();
        let kind = self.tree.node(slot).kind();
        self.check_name(folder, name.as_str(), kind)?;
        self.check_unlocked(folder, LockedOp::Restore)?;
        let (suffix, below) = (self.profile.create_suffix, self.deepest_units(slot));
        let request = PlacementRequest {
            folder,
            name: &name,
            kind,
            conflict,
            suffix,
            existing: None,
            units_below: below,
            replaces: Replaces::Files,
        };
        let place = self.resolve_placement(&request)?;
        let (name, replaced) = (place.name(&name), place.replaced());
        self.check_quota_for_restore(name.as_str(), binned.size, replaced)?;
        let full = || Error::DriveFull { name: name.to_string() };
        let name_id = self.tree.names.intern(name).ok_or_else(full)?;
        if let Some(holder) = replaced {
            let by = self.tree.users.intern(actor.by);
            self.remove_replaced(holder, actor.at, by);
        }
        self.bin.remove(slot);
        self.tree.arena.edit(slot, |node| node.name = name_id);
        self.tree.link(folder, slot);
        self.update_metadata(slot, actor, |_| ());
        self.change_log.remove_tombstone(item);
        self.record_subtree_change(slot);
        self.bump_ancestor_ctags(folder);
        Ok(())
    }

    /// Deletes an item of the bin for good.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let docs = drive.find("/Docs")?;
    /// drive.delete(docs, now)?;
    /// drive.purge(docs)?;
    /// assert!(drive.bin(now).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInBin`]; [`Error::AccessDenied`] if the item or something below it may not be changed.
    pub fn purge(&mut self, item: ItemId) -> Result<(), Error> {
        let slot = self.require_binned(item)?.slot;
        self.check_access_to_all(slot, Access::Write)?;
        self.free_binned(slot);
        self.forget_reclaimed();
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Empties the bin.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.delete(drive.find("/Docs")?, now)?;
    /// drive.purge_all()?;
    /// assert!(drive.bin(now).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::AccessDenied`] if the root, or something in the bin, may not be changed.
    pub fn purge_all(&mut self) -> Result<(), Error> {
        self.check_access_to_bin()?;
        self.purge_bin();
        self.forget_reclaimed();
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Purges the items that have been in the bin for as long as the service keeps them.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PERSONAL, &lines, now)?;
    /// # use std::time::Duration;
    /// drive.delete(drive.find("/Docs")?, now)?;
    /// // A personal drive keeps deleted items for 30 days.
    /// let later = now + Duration::from_secs(31 * 24 * 60 * 60);
    /// drive.purge_due(later);
    /// assert!(drive.bin(now).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn purge_due(&mut self, at: Timestamp) {
        let expired = self.bin.iter().take_while(|binned| binned.is_due(at));
        let slots: Vec<u32> = expired.map(|binned| binned.slot).collect();
        if slots.is_empty() {
            return;
        }
        slots.into_iter().for_each(|slot| self.free_binned(slot));
        self.forget_reclaimed();
        self.tree.sweep_if_due();
    }

    /// Returns whether an item in the bin is due to be purged at a time.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PERSONAL, &lines, now)?;
    /// # use std::time::Duration;
    /// drive.delete(drive.find("/Docs")?, now)?;
    /// let later = now + Duration::from_secs(31 * 24 * 60 * 60);
    /// assert!(!drive.has_due_purges(now) && drive.has_due_purges(later));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn has_due_purges(&self, at: Timestamp) -> bool {
        self.bin.iter().next().is_some_and(|binned| binned.is_due(at))
    }

    fn require_deletable(&self, item: ItemId) -> Result<u32, Error> {
        let slot = self.require(item)?;
        if slot == ROOT {
            return Err(Error::IsRoot { verb: RootVerb::Deleted });
        }
        self.check_access_to_all(slot, Access::Write)?;
        self.check_all_unlocked(slot, LockedOp::Delete, &[])?;
        Ok(slot)
    }

    /// Returns the bin entry of an item that may be read.
    pub(crate) fn require_binned(&self, item: ItemId) -> Result<&BinEntry, Error> {
        let binned = self.tree.arena.slot(item).and_then(|slot| self.bin.get(slot));
        let binned = binned.filter(|binned| self.may_read(binned.slot));
        binned.ok_or_else(|| Error::NotInBin { item: item.to_string() })
    }

    /// Returns the folder that a restored item goes to.
    fn restore_target(&self, binned: &BinEntry, folder: Option<ItemId>) -> ItemId {
        let keeps_old = self.profile.restores_to_old_folder && self.require(binned.parent).is_ok();
        folder.filter(|_| !keeps_old).unwrap_or(binned.parent)
    }

    /// Fails if `size` bytes do not fit when they are restored, in place of `replaced` if that is given.
    fn check_quota_for_restore(&self, name: &str, size: u64, replaced: Option<u32>) -> Result<(), Error> {
        if let Some(holder) = replaced.filter(|_| self.profile.replaced_item == ReplacedItem::Bin) {
            // The two swap places. Past versions stay with their files.
            let replaced_bytes = i128::from(self.tree.node(holder).size);
            let restored_bytes = i128::from(size);
            let seen = restored_bytes - replaced_bytes;
            return self.check_quota(name, size, QuotaChange { visible: seen, past: 0, bin: -seen });
        }
        let (replaced_bytes, replaced_past) = replaced.map_or((0, 0), |holder| {
            (self.tree.node(holder).size, self.tree.past_totals_of(holder).n_bytes as i128)
        });
        let seen = i128::from(size) - i128::from(replaced_bytes);
        self.check_quota(
            name,
            size,
            QuotaChange { visible: seen, past: -replaced_past, bin: -i128::from(size) },
        )
    }

    fn bin_item_of(&self, binned: &BinEntry) -> BinItem {
        BinItem {
            item: Item { parent: Some(binned.parent), ..self.item_at_slot(binned.slot) },
            deleted_at: binned.deleted_at,
            deleted_by: self.tree.users.name(binned.deleted_by),
            purge_at: binned.purge_at,
        }
    }

    /// Deletes a visible item and everything below it for good.
    pub(crate) fn purge_visible(&mut self, slot: u32) {
        self.log_tombstone(slot);
        self.tree.unlink(slot);
        self.tree.reclaim(slot);
        self.forget_reclaimed();
    }

    /// Records the tombstone of a visible item.
    pub(crate) fn log_tombstone(&mut self, slot: u32) {
        let tombstone = self.tombstone(slot);
        self.change_log.log_tombstone(slot, tombstone);
    }

    /// Frees all items in the bin.
    pub(crate) fn purge_bin(&mut self) {
        let slots: Vec<u32> = self.bin.iter().map(|binned| binned.slot).collect();
        slots.into_iter().for_each(|slot| self.free_binned(slot));
    }

    fn free_binned(&mut self, slot: u32) {
        self.bin.remove(slot);
        self.tree.reclaim(slot);
    }

    fn tombstone(&self, slot: u32) -> Tombstone {
        let node = self.tree.node(slot);
        Tombstone {
            id: self.tree.arena.id(slot),
            parent: Some(self.tree.arena.id(node.parent())),
            name: self.tree.name(slot).to_owned(),
            kind: node.kind(),
            size: node.size,
        }
    }
}
