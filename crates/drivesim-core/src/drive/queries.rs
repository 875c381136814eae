//! Reads a drive: items by path and id, listings, pages, counts. Hidden items are left out.

use crate::arena::{NIL, node};
use crate::children;
use crate::content::Content;
use crate::drive::Drive;
use crate::error::Error;
use crate::item::{Item, ItemId};
use crate::path;
use crate::tree::{ROOT, Walk, visible_children};

/// One page of a folder's children.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Page {
    /// The children in canonical order.
    pub items: Vec<Item>,
    /// The name that the next page follows; `None` on the last page.
    pub next_after: Option<String>,
}

/// The numbers of files and folders and their bytes, of an item and everything below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Totals {
    /// The number of files.
    pub files: u64,
    /// The number of folders, including the item itself if it is one.
    pub folders: u64,
    /// The bytes of the files.
    pub bytes: u64,
}

/// The largest number of items to allocate a list for in advance.
const MAX_PREALLOCATED: usize = 1024;

impl Drive {
    /// Finds an item by path.
    ///
    /// # Errors
    /// [`Error::BadPath`], [`Error::NotFound`].
    pub fn find(&self, path: &str) -> Result<ItemId, Error> {
        let item = self.find_any(path)?;
        // Folders on the path may be unreadable, as a link may lead to an item in one.
        if self.may_read(item.slot) {
            Ok(item)
        } else {
            Err(self.unreadable_error(path.to_owned(), item.slot))
        }
    }

    /// Finds an item by path, whatever its access level. For callers that set access levels.
    ///
    /// # Errors
    /// [`Error::BadPath`], [`Error::NotFound`].
    pub fn find_any(&self, path: &str) -> Result<ItemId, Error> {
        let mut at = ROOT;
        for name in path::names_of(path)? {
            let child = self
                .tree
                .child(at, &self.tree.names.name(name))
                .filter(|&child| !self.tree.node(child).is_hidden());
            at = child.ok_or_else(|| Error::NotFound { item: path.to_owned() })?;
        }
        Ok(self.tree.arena.id(at))
    }

    /// Finds a child of a folder by name; `None` if there is none.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::NotAFolder`] for the folder.
    pub fn child(&self, folder: ItemId, name: &str) -> Result<Option<ItemId>, Error> {
        let folder = self.require_folder(folder)?;
        let child = self.tree.child(folder, &self.tree.names.name(name));
        let child = child.filter(|&child| !self.tree.node(child).is_hidden() && self.may_read(child));
        Ok(child.map(|child| self.tree.arena.id(child)))
    }

    /// Returns whether the item exists and may be read.
    pub fn contains(&self, item: ItemId) -> bool {
        self.require(item).is_ok()
    }

    /// Returns an item.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn item(&self, item: ItemId) -> Result<Item, Error> {
        self.require(item).map(|slot| self.item_at_slot(slot))
    }

    /// Returns the path of an item.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn path(&self, item: ItemId) -> Result<String, Error> {
        self.require(item).map(|slot| self.tree.path(slot))
    }

    /// Returns the content of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`].
    pub fn content(&self, file: ItemId) -> Result<Content, Error> {
        let slot = self.require_file(file)?;
        Ok(self.tree.contents.get(self.tree.node(slot).content()).cloned().unwrap_or_else(Content::empty))
    }

    /// Lists a folder in canonical order: by folded name, then by the name as stored.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn children(&self, folder: ItemId) -> Result<Vec<Item>, Error> {
        let folder = self.require_folder(folder)?;
        let n_children = self.tree.node(folder).n_children() as usize;
        Ok(self.show_up_to(self.readable_children(folder), n_children))
    }

    /// Lists at most `limit` children whose names sort after `after`, or the first ones without it. A limit of 0 counts
    /// as 1, so that each page makes progress.
    ///
    /// Pages are stable while the folder changes, as its name decides which page an item is in. An item with the name
    /// `after` need not exist any more.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn children_after(&self, folder: ItemId, after: Option<&str>, limit: usize) -> Result<Page, Error> {
        let folder = self.require_folder(folder)?;
        let (nodes, names) = (self.tree.nodes(), &self.tree.names);
        let walk = match after {
            None => children::all(nodes, folder),
            Some(name) => children::after(nodes, names, folder, &names.name(name)),
        };
        let mut visible = walk.filter(|&slot| !node(nodes, slot).is_hidden() && self.may_read(slot));
        let n_children = self.tree.node(folder).n_children() as usize;
        let items = self.show_up_to(visible.by_ref(), limit.max(1).min(n_children));
        let more = visible.next().is_some();
        let next_after = items.last().filter(|_| more).map(|item| item.name.clone());
        Ok(Page { items, next_after })
    }

    /// Lists at most `limit` children from index `offset` on, counted from 0.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn children_at(&self, folder: ItemId, offset: u32, limit: usize) -> Result<Vec<Item>, Error> {
        let folder = self.require_folder(folder)?;
        let (nodes, here) = (self.tree.nodes(), self.tree.node(folder));
        let limit = limit.min(here.n_children().saturating_sub(offset) as usize);
        let all_visible = here.n_children() == children::count(nodes, folder) && self.grants.is_empty();
        if all_visible {
            return Ok(self.show_up_to(children::from_rank(nodes, folder, offset), limit));
        }
        // While a copy builds the folder, ranks count hidden items too. These are skipped one by one.
        Ok(self.show_up_to(self.readable_children(folder).skip(offset as usize), limit))
    }

    /// Counts an item and everything below it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn totals(&self, item: ItemId) -> Result<Totals, Error> {
        let top = self.require(item)?;
        let mut tally = Totals::default();
        let below = Walk::below(self.tree.nodes(), top).map(|(slot, _)| slot);
        for slot in std::iter::once(top).chain(below) {
            match self.tree.node(slot) {
                node if node.is_hidden() || !self.may_read(slot) => (),
                node if node.is_folder() => tally.folders += 1,
                node => {
                    tally.files += 1;
                    tally.bytes += node.size;
                }
            }
        }
        Ok(tally)
    }

    /// Returns at most `limit` items, in a list allocated once.
    fn show_up_to(&self, slots: impl Iterator<Item = u32>, limit: usize) -> Vec<Item> {
        let mut items = Vec::with_capacity(limit.min(MAX_PREALLOCATED));
        items.extend(slots.take(limit).map(|slot| self.item_at_slot(slot)));
        items
    }

    /// Returns the public form of an item.
    pub(crate) fn item_at_slot(&self, slot: u32) -> Item {
        let node = self.tree.node(slot);
        let metadata = self.tree.metadata_of(slot);
        let user = |id| self.tree.users.name(id);
        Item {
            id: self.tree.arena.id(slot),
            parent: (node.parent() != NIL).then(|| self.tree.arena.id(node.parent())),
            name: self.tree.names.text(node.name).to_owned(),
            kind: node.kind(),
            size: node.size,
            child_count: node.n_children() - self.n_unreadable_children(slot),
            created_at: metadata.created_at,
            modified_at: metadata.modified_at,
            fs_created_at: metadata.fs_created_at,
            fs_modified_at: metadata.fs_modified_at,
            created_by: user(metadata.created_by),
            modified_by: user(metadata.modified_by),
            description: metadata.description.clone(),
            members: metadata.members.clone(),
            etag: metadata.etag,
            ctag: metadata.ctag,
            version: if node.is_folder() { 0 } else { self.version_of(slot) },
        }
    }

    /// Returns the visible and readable children of a folder, in canonical order.
    fn readable_children(&self, folder: u32) -> impl Iterator<Item = u32> + '_ {
        visible_children(self.tree.nodes(), folder).filter(|&slot| self.may_read(slot))
    }
}
