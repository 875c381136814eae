//! Stores the wire ids that are assigned to a drive and its items.

use std::sync::Arc;

use super::WireIdForm;
use crate::cow_map::CowMap;
use crate::item::{ItemId, ItemKind};

/// The wire ids that are assigned to a drive and its items, instead of those that a server generates.
///
/// A clone shares the table until either side changes.
#[derive(Clone)]
pub struct WireIds {
    form: WireIdForm,
    drive: Option<Arc<str>>,
    by_item: CowMap<ItemId, Assigned>,
    by_key: CowMap<Arc<str>, ItemId>,
}

#[derive(Clone)]
struct Assigned {
    id: Arc<str>,
    key: Arc<str>,
}

impl WireIds {
    /// Returns the table of a drive without assigned ids.
    pub fn new(form: WireIdForm) -> WireIds {
        WireIds { form, drive: None, by_item: CowMap::default(), by_key: CowMap::default() }
    }

    /// Returns the form of the ids of the drive's service.
    pub fn form(&self) -> WireIdForm {
        self.form
    }

    /// Returns the id that is assigned to the drive.
    pub fn drive(&self) -> Option<&str> {
        self.drive.as_deref()
    }

    /// Returns the table without the ids of items.
    #[must_use]
    pub fn without_items(&self) -> WireIds {
        WireIds { drive: self.drive.clone(), ..WireIds::new(self.form) }
    }

    /// Returns whether a text is the id that is assigned to the drive.
    pub fn is_drive(&self, id: &str) -> bool {
        self.drive().is_some_and(|assigned| self.form.are_same_drive(assigned, id))
    }

    /// Returns the id that is assigned to an item.
    pub fn of(&self, item: ItemId) -> Option<&str> {
        self.by_item.get(&item).map(|assigned| &*assigned.id)
    }

    /// Returns the item that an id is assigned to. The kind matters where files and folders have separate ids, as on
    /// Box.
    pub fn find(&self, id: &str, kind: ItemKind) -> Option<ItemId> {
        self.by_key.get(&*self.form.item_key(id, kind)?).copied()
    }

    /// Returns the number of items with an assigned id.
    pub fn n_items(&self) -> usize {
        self.by_item.len()
    }

    pub(crate) fn set_drive(&mut self, id: Option<&str>) {
        self.drive = id.map(Arc::from);
    }

    pub(crate) fn holder_of(&self, key: &str) -> Option<ItemId> {
        self.by_key.get(key).copied()
    }

    /// Assigns an id with this key to an item. No other live item has it.
    pub(crate) fn assign(&mut self, item: ItemId, id: &str, key: String) {
        self.remove(item);
        let key: Arc<str> = key.into();
        if let Some(before) = self.by_key.insert(key.clone(), item) {
            self.by_item.remove(&before);
        }
        self.by_item.insert(item, Assigned { id: Arc::from(id), key });
    }

    /// Removes the id of an item.
    pub(crate) fn remove(&mut self, item: ItemId) {
        if let Some(assigned) = self.by_item.remove(&item) {
            self.by_key.remove(&assigned.key);
        }
    }

    /// Removes the ids of all items that are not kept.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(ItemId) -> bool) {
        self.by_item.retain(|&item, _| is_kept(item));
        self.by_key.retain(|_, item| is_kept(*item));
    }

    /// Asserts that both directions agree and that all items are kept.
    pub(crate) fn check(&self, is_kept: impl Fn(ItemId) -> bool) {
        assert_eq!(self.by_item.len(), self.by_key.len(), "numbers of assigned ids");
        for (item, assigned) in self.by_item.iter() {
            assert_eq!(self.by_key.get(&assigned.key), Some(item), "the item of an assigned id");
            assert!(is_kept(*item), "an item with an assigned id is gone");
        }
    }
}
