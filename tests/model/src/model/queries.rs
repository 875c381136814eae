//! Queries the model: items by path, children, sums, outlines.

use drivesim::access::Access;
use drivesim::item::ItemKind;

use super::names::{canonical, folded, same, units};
use super::{Bytes, Key, Model, ModelDrive, ModelError, ModelItem, Place};

impl Model {
    /// Returns an existing drive.
    pub fn drive(&self, number: u32) -> Option<&ModelDrive> {
        self.drives.iter().find(|drive| drive.number == number)
    }

    /// Returns whether an item is below the root of an existing drive, hidden or not: neither purged nor in the bin.
    pub(super) fn is_placed(&self, key: Key) -> bool {
        let drive = self.items.get(&key).and_then(|item| self.drive(item.drive));
        drive.is_some_and(|drive| self.is_within(key, drive.root))
    }

    /// Returns an item that is placed and not hidden, whether or not callers may read it.
    pub fn seen(&self, key: Key) -> Option<&ModelItem> {
        self.items.get(&key).map(|item| &**item).filter(|item| !item.hidden && self.is_placed(key))
    }

    /// Returns an item that callers can see.
    pub fn visible(&self, key: Key) -> Option<&ModelItem> {
        self.seen(key).filter(|_| self.access_of(key) >= Access::Read)
    }

    pub(super) fn require(&self, key: Key) -> Result<&ModelItem, ModelError> {
        self.visible(key).ok_or(ModelError::NotFound)
    }

    pub(super) fn drive_of(&self, key: Key) -> Result<&ModelDrive, ModelError> {
        self.items.get(&key).and_then(|item| self.drive(item.drive)).ok_or(ModelError::NotFound)
    }

    /// Returns all children of a folder in canonical order, also hidden ones.
    pub(super) fn children(&self, folder: Key) -> Vec<Key> {
        let children = self.items.iter().filter(|(_, item)| item.parent == Some(folder));
        let mut children: Vec<Key> = children.map(|(key, _)| *key).collect();
        children.sort_by_cached_key(|child| canonical(&self.items[child].name));
        children
    }

    /// Returns the children of a folder that callers can see, in canonical order.
    pub fn visible_children(&self, folder: Key) -> Vec<Key> {
        let mut children = self.seen_children(folder);
        children.retain(|child| self.access_of(*child) >= Access::Read);
        children
    }

    /// Returns the children of a folder that are not hidden, in canonical order.
    pub fn seen_children(&self, folder: Key) -> Vec<Key> {
        self.children(folder).into_iter().filter(|child| !self.items[child].hidden).collect()
    }

    /// Returns an item and everything below it, breadth-first.
    pub(super) fn subtree(&self, top: Key) -> Vec<Key> {
        let mut found = vec![top];
        let mut n_seen = 0;
        while n_seen < found.len() {
            found.extend(self.children(found[n_seen]));
            n_seen += 1;
        }
        found
    }

    /// Returns an item and everything below it that is not hidden, breadth-first.
    pub fn seen_below(&self, top: Key) -> Vec<Key> {
        self.subtree(top).into_iter().filter(|key| !self.items[key].hidden).collect()
    }

    /// Returns the items below a folder whose name contains a text in any case, each folder before its children.
    pub fn search(&self, folder: Key, text: &str) -> Vec<Key> {
        let mut found = Vec::new();
        for child in self.seen_children(folder) {
            let is_found = folded(&self.items[&child].name).contains(&folded(text));
            if is_found && self.access_of(child) >= Access::Read {
                found.push(child);
            }
            found.extend(self.search(child, text));
        }
        found
    }

    /// Returns whether `key` is `top` or is below it.
    pub(super) fn is_within(&self, key: Key, top: Key) -> bool {
        let mut at = Some(key);
        while let Some(key) = at {
            if key == top {
                return true;
            }
            at = self.items.get(&key).and_then(|item| item.parent);
        }
        false
    }

    /// Returns the names from the root, or from the deleted item, down to an item.
    pub(super) fn names_to(&self, key: Key) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = self.items.get(&key);
        while let Some(item) = at.filter(|item| item.parent.is_some() || item.binned.is_some()) {
            names.insert(0, item.name.clone());
            at = item.parent.and_then(|parent| self.items.get(&parent));
        }
        names
    }

    /// Returns the path of an item.
    pub fn path(&self, key: Key) -> String {
        format!("/{}", self.names_to(key).join("/"))
    }

    /// Returns the length of an item's path in units, without the leading slash.
    pub(super) fn path_units(&self, key: Key) -> usize {
        units(&self.names_to(key).join("/"))
    }

    /// Returns by how many units the longest path below an item is longer than its own. Hidden items count, except
    /// successors, which do not occupy a name yet.
    pub(super) fn units_below(&self, top: Key) -> usize {
        let own = self.path_units(top);
        let placed = self.subtree(top).into_iter().filter(|key| !self.items[key].successor);
        let all = placed.map(|key| self.path_units(key));
        all.max().unwrap_or(own).saturating_sub(own)
    }

    /// Returns the size of all files at and below an item that are not hidden.
    pub fn size(&self, top: Key) -> u128 {
        let files = self.seen_below(top);
        files.into_iter().map(|key| u128::from(self.items[&key].bytes.size())).sum()
    }

    /// Returns the item that has a name in a folder, hidden or not, except `except`.
    pub(super) fn holder(&self, folder: Key, name: &str, except: Option<Key>) -> Option<Key> {
        let service = self.drive_of(folder).ok()?.service;
        self.children(folder).into_iter().find(|child| {
            let item = &self.items[child];
            Some(*child) != except && !item.successor && same(service, &item.name, name)
        })
    }

    /// Finds a visible item.
    ///
    /// # Errors
    /// Why none was found.
    pub fn find(&self, place: &Place) -> Result<Key, ModelError> {
        let key = self.resolve(place)?;
        self.require(key).map(|_| key)
    }

    /// Resolves an address, and checks its precondition.
    pub(super) fn resolve(&self, place: &Place) -> Result<Key, ModelError> {
        let key = self.resolve_any(place)?;
        if matches!(place.bare(), Place::Path(..)) && self.access_of(key) == Access::None {
            return Err(ModelError::NotFound);
        }
        if let Some(expected) = place.expected() {
            self.check_precondition(key, expected)?;
        }
        Ok(key)
    }

    /// Resolves an address, whether or not callers may read the item.
    pub(super) fn resolve_any(&self, place: &Place) -> Result<Key, ModelError> {
        let drive = self.drive(place.drive()).ok_or(ModelError::NoDrive)?;
        let path = match place.bare() {
            Place::Path(_, path) => path,
            Place::Id(_, key) => return Ok(*key),
            Place::Match(..) => return Err(ModelError::NotFound),
        };
        let names = path.strip_prefix('/').ok_or(ModelError::BadPath)?;
        let mut at = drive.root;
        if names.is_empty() {
            return Ok(at);
        }
        let names = names.strip_suffix('/').unwrap_or(names);
        if names.split('/').any(str::is_empty) {
            return Err(ModelError::BadPath);
        }
        for name in names.split('/') {
            let child = self.holder(at, name, None).filter(|key| !self.items[key].hidden);
            at = child.ok_or(ModelError::NotFound)?;
        }
        Ok(at)
    }

    /// Prints all drives as an outline, with every name quoted.
    pub fn outline(&self) -> String {
        let mut text = String::new();
        for drive in &self.drives {
            if self.drives.len() > 1 {
                text += &format!("drive {} profile={}\n", drive.name, drive.service.name());
            }
            self.outline_below(drive.root, 0, &mut text);
        }
        text
    }

    fn outline_below(&self, folder: Key, depth: usize, text: &mut String) {
        for child in self.seen_children(folder) {
            let item = &self.items[&child];
            let name = format!("{}{:?}", "  ".repeat(depth), item.name);
            match (item.kind, &item.bytes) {
                (ItemKind::Folder, _) => {
                    *text += &format!("{name}/\n");
                    self.outline_below(child, depth + 1, text);
                }
                (ItemKind::File, Bytes::Text(bytes)) => *text += &format!("{name} = {bytes:?}\n"),
                (ItemKind::File, Bytes::Sized(size)) => *text += &format!("{name} = {size} B\n"),
            }
        }
    }
}
