//! The only place for the verbs of a drive: each looks up, checks, then changes. Nothing is changed before the
//! last check, so a refusal leaves the drive as it was.

mod look;
pub(crate) mod naming;

use std::collections::HashMap;

use jiff::Timestamp;

pub use self::look::{Page, Tally};
pub(crate) use self::naming::{Hidden, Place, Wish, deepest_units};
use crate::arena::Node;
use crate::conflict::{Conflict, Conflicts};
use crate::content::Content;
use crate::error::Error;
use crate::item::{ItemId, ItemKind};
use crate::profile::Profile;
use crate::stamp::Stamp;
use crate::tree::{ROOT, Tree};

/// A drive: a tree of files and folders under the rules of one service.
///
/// A drive has no clock: verbs that set times are told the time.
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
#[derive(Clone, Debug)]
pub struct Drive {
    pub(crate) profile: Profile,
    pub(crate) tree: Tree,
    /// For a folder and a name once renamed there: all numbers below this are taken.
    lowest_free: HashMap<ItemId, HashMap<naming::Numbered, u64>>,
    /// The number of the next generated content, so that no two files have the same bytes by chance.
    next_content: u64,
}

impl Drive {
    /// Makes a drive with nothing but its root.
    pub fn new(profile: Profile, at: Timestamp) -> Drive {
        let tree = Tree::new(profile.names.case, Stamp::new(at));
        Drive { profile, tree, lowest_free: HashMap::new(), next_content: 1 }
    }

    /// Lets the numbers of generated contents begin with `first`, so that those of several drives differ.
    pub fn numbering_contents_from(self, first: u64) -> Drive {
        Drive { next_content: first, ..self }
    }

    /// Returns the rules of the drive.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the id of the root.
    pub fn root(&self) -> ItemId {
        self.tree.arena.id(ROOT)
    }

    /// Returns a content of `size` bytes that are made when they are read and differ from those of other files.
    pub fn generated(&mut self, size: u64) -> Content {
        let number = self.next_content;
        self.next_content = self.next_content.wrapping_add(1);
        Content::Generated { size, number }
    }

    /// Makes a folder and returns its id.
    ///
    /// With [`Conflict::Replace`] a folder that has the name stays as it is and its id is returned, as when a
    /// Graph client posts a folder with `replace`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`], [`Error::ConflictNotOffered`], [`Error::BadName`],
    /// [`Error::NameTaken`], [`Error::PathTooLong`], [`Error::DriveFull`].
    pub fn create_folder(
        &mut self,
        parent: ItemId,
        name: &str,
        conflict: Conflict,
        at: Timestamp,
    ) -> Result<ItemId, Error> {
        let folder = self.require_folder(parent)?;
        self.check_offered(self.profile.create_conflicts, conflict)?;
        self.check_name(folder, name, ItemKind::Folder)?;
        if conflict == Conflict::Replace
            && let Some(holder) = self.tree.child(folder, name)
            && self.tree.node(holder).is_folder()
            && !self.tree.node(holder).is_hidden()
        {
            return Ok(self.tree.arena.id(holder));
        }
        let suffix = self.profile.create_suffix;
        let wish = Wish { folder, name, kind: ItemKind::Folder, conflict, suffix, own: None, below: 0 };
        match self.place(&wish)? {
            Place::New(name) => self.add(folder, &name, ItemKind::Folder, Content::empty(), Stamp::new(at)),
            Place::Over(holder) => Err(self.taken(folder, name, holder)),
        }
    }

    /// Makes a file and returns its id.
    ///
    /// With [`Conflict::Replace`] a file that has the name keeps its id and gets the content.
    ///
    /// # Errors
    /// Those of [`Drive::create_folder`] and [`Error::SizeOverflow`].
    pub fn create_file(
        &mut self,
        parent: ItemId,
        name: &str,
        content: Content,
        conflict: Conflict,
        at: Timestamp,
    ) -> Result<ItemId, Error> {
        let folder = self.require_folder(parent)?;
        self.check_offered(self.profile.create_conflicts, conflict)?;
        self.check_name(folder, name, ItemKind::File)?;
        let suffix = self.profile.create_suffix;
        let wish = Wish { folder, name, kind: ItemKind::File, conflict, suffix, own: None, below: 0 };
        match self.place(&wish)? {
            Place::New(name) => self.add(folder, &name, ItemKind::File, content, Stamp::new(at)),
            Place::Over(holder) => {
                let id = self.tree.arena.id(holder);
                self.write(id, content, at)?;
                Ok(id)
            }
        }
    }

    /// Gives a file another content; its id stays.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`], [`Error::SizeOverflow`], [`Error::DriveFull`].
    pub fn write(&mut self, file: ItemId, content: Content, at: Timestamp) -> Result<(), Error> {
        let slot = self.require(file)?;
        if self.tree.node(slot).is_folder() {
            return Err(Error::NotAFile { item: self.tree.path(slot) });
        }
        let (before, after) = (self.tree.node(slot).size, content.size());
        self.check_room(self.tree.name(slot), after.saturating_sub(before), after)?;
        let old = self.tree.stamps.get(self.tree.node(slot).stamp).cloned();
        let stamp = Stamp { modified_at: at, ..old.unwrap_or_else(|| Stamp::new(at)) };
        let full = || Error::DriveFull { name: file.to_string() };
        let stamp = self.tree.stamp(stamp).ok_or_else(full)?;
        let content = self.tree.content(content).ok_or_else(full)?;
        self.tree.arena.edit(slot, |node| {
            (node.content, node.stamp, node.size) = (content, stamp, after);
        });
        self.tree.grow(self.tree.node(slot).parent, before, after);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Sets when an item was made and when its content last changed; `None` leaves a time as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::DriveFull`].
    pub fn set_times(
        &mut self,
        item: ItemId,
        created_at: Option<Timestamp>,
        modified_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        let handle = self.tree.node(slot).stamp;
        let Some(old) = self.tree.stamps.get(handle).cloned() else { return Ok(()) };
        let stamp = Stamp {
            created_at: created_at.unwrap_or(old.created_at),
            modified_at: modified_at.unwrap_or(old.modified_at),
            ..old
        };
        let stamp = self.tree.stamp(stamp).ok_or_else(|| Error::DriveFull { name: item.to_string() })?;
        self.tree.arena.edit(slot, |node| node.stamp = stamp);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Gives an item another name in its folder. Another case of its own name is free.
    ///
    /// # Errors
    /// Those of [`Drive::move_to`].
    pub fn rename(&mut self, item: ItemId, name: &str) -> Result<(), Error> {
        let slot = self.require(item)?;
        if slot == ROOT {
            return Err(Error::IsRoot { verb: "renamed" });
        }
        let folder = self.tree.arena.id(self.tree.node(slot).parent);
        self.move_to(item, folder, Some(name), Conflict::Fail)
    }

    /// Moves an item into a folder of the same drive, under another name if one is given.
    ///
    /// With [`Conflict::Replace`] a file takes the place of a file, which is deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::IsRoot`], [`Error::NotAFolder`], [`Error::IntoItself`],
    /// [`Error::ConflictNotOffered`], [`Error::BadName`], [`Error::NameTaken`], [`Error::PathTooLong`].
    pub fn move_to(
        &mut self,
        item: ItemId,
        target: ItemId,
        name: Option<&str>,
        conflict: Conflict,
    ) -> Result<(), Error> {
        let slot = self.require(item)?;
        if slot == ROOT {
            return Err(Error::IsRoot { verb: "moved" });
        }
        let folder = self.require_folder(target)?;
        self.check_offered(self.profile.move_conflicts, conflict)?;
        self.check_not_into_itself(slot, folder)?;
        let name = name.unwrap_or_else(|| self.tree.name(slot)).to_owned();
        let kind = self.tree.node(slot).kind();
        self.check_name(folder, &name, kind)?;
        let below = self.deepest_units(slot);
        let suffix = self.profile.create_suffix;
        let wish = Wish { folder, name: &name, kind, conflict, suffix, own: Some(slot), below };
        let (new_name, replaced) = match self.place(&wish)? {
            Place::New(new_name) => (new_name, None),
            Place::Over(holder) => (name, Some(holder)),
        };
        if folder == self.tree.node(slot).parent && new_name == self.tree.name(slot) {
            return Ok(());
        }
        let Some(name_id) = self.tree.names.intern(&new_name) else {
            return Err(Error::DriveFull { name: new_name });
        };
        if let Some(holder) = replaced {
            self.take_out(holder);
            self.tree.free_unlinked(holder);
        }
        self.take_out(slot);
        self.tree.arena.edit(slot, |node| node.name = name_id);
        self.tree.link(folder, slot);
        self.tree.sweep_if_due();
        Ok(())
    }

    /// Deletes an item and all below it for good and returns how many items could be seen of it.
    ///
    /// What a running copy has yet to put below it is dropped too.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::IsRoot`].
    pub fn delete(&mut self, item: ItemId) -> Result<u64, Error> {
        let slot = self.require(item)?;
        if slot == ROOT {
            return Err(Error::IsRoot { verb: "deleted" });
        }
        self.take_out(slot);
        let n_deleted = self.tree.free_unlinked(slot);
        self.lowest_free.retain(|&folder, _| self.tree.arena.slot(folder).is_some());
        Ok(n_deleted)
    }

    /// Unlinks an item; numbers that were taken in its folder may be free now.
    pub(crate) fn take_out(&mut self, slot: u32) {
        self.forget_numbers(slot);
        self.tree.unlink(slot);
    }

    /// Adds a new item under a settled name.
    pub(crate) fn add(
        &mut self,
        folder: u32,
        name: &str,
        kind: ItemKind,
        content: Content,
        stamp: Stamp,
    ) -> Result<ItemId, Error> {
        let full = || Error::DriveFull { name: name.to_owned() };
        let size = content.size();
        self.check_room(name, size, size)?;
        let name_id = self.tree.names.intern(name).ok_or_else(full)?;
        let stamp = self.tree.stamp(stamp).ok_or_else(full)?;
        let content = self.tree.content(content).ok_or_else(full)?;
        let slot = self.tree.arena.alloc().ok_or_else(full)?;
        let mut node = Node::new(kind, name_id, stamp);
        (node.size, node.content) = (size, content);
        self.tree.arena.put(slot, node);
        self.tree.link(folder, slot);
        self.tree.sweep_if_due();
        Ok(self.tree.arena.id(slot))
    }

    pub(crate) fn check_offered(&self, offered: Conflicts, conflict: Conflict) -> Result<(), Error> {
        if offered.offers(conflict) {
            return Ok(());
        }
        Err(Error::ConflictNotOffered { profile: self.profile.name, conflict })
    }

    pub(crate) fn check_not_into_itself(&self, source: u32, target: u32) -> Result<(), Error> {
        if !self.tree.is_at_or_below(target, source) {
            return Ok(());
        }
        Err(Error::IntoItself { source_path: self.tree.path(source), target_path: self.tree.path(target) })
    }

    /// Refuses when `more` bytes do not fit; `size` is what the message tells.
    pub(crate) fn check_room(&self, name: &str, more: u64, size: u64) -> Result<(), Error> {
        if self.tree.has_room(more) {
            return Ok(());
        }
        Err(Error::SizeOverflow { name: name.to_owned(), size })
    }
}

#[cfg(test)]
mod tests;
