//! Keeps the ids that a drive and its items were given.

use std::sync::Arc;

use super::WireIdForm;
use crate::cow_map::CowMap;
use crate::item::{ItemId, ItemKind};

/// The ids of the wire that a drive and its items were given, in place of those that a server makes.
///
/// A clone shares the table until one of the two changes.
#[derive(Clone)]
pub struct WireIds {
    form: WireIdForm,
    drive: Option<Arc<str>>,
    by_item: CowMap<ItemId, Given>,
    by_key: CowMap<Arc<str>, ItemId>,
}

#[derive(Clone)]
struct Given {
    id: Arc<str>,
    key: Arc<str>,
}

impl WireIds {
    /// Returns the table of a drive that was given no ids.
    pub fn new(form: WireIdForm) -> WireIds {
        WireIds { form, drive: None, by_item: CowMap::default(), by_key: CowMap::default() }
    }

    /// Returns the ids that the service of the drive has.
    pub fn form(&self) -> WireIdForm {
        self.form
    }

    /// Returns the id that the drive was given.
    pub fn drive(&self) -> Option<&str> {
        self.drive.as_deref()
    }

    /// Returns the table without the ids of items.
    #[must_use]
    pub fn without_items(&self) -> WireIds {
        WireIds { drive: self.drive.clone(), ..WireIds::new(self.form) }
    }

    /// Returns whether a text spells the id that the drive was given.
    pub fn is_drive(&self, id: &str) -> bool {
        self.drive().is_some_and(|given| self.form.is_same_drive(given, id))
    }

    /// Returns the id that an item was given.
    pub fn of(&self, item: ItemId) -> Option<&str> {
        self.by_item.get(&item).map(|given| &*given.id)
    }

    /// Returns the item that was given an id. The kind decides where files and folders have ids apart, as on Box.
    pub fn find(&self, id: &str, kind: ItemKind) -> Option<ItemId> {
        self.by_key.get(&*self.form.item_key(id, kind)?).copied()
    }

    /// Returns how many items were given an id.
    pub fn n_items(&self) -> usize {
        self.by_item.len()
    }

    pub(crate) fn set_drive(&mut self, id: Option<&str>) {
        self.drive = id.map(Arc::from);
    }

    pub(crate) fn holder_of(&self, key: &str) -> Option<ItemId> {
        self.by_key.get(key).copied()
    }

    /// Gives an item an id of this key, which no other item has any more.
    pub(crate) fn give(&mut self, item: ItemId, id: &str, key: String) {
        self.take_back(item);
        let key: Arc<str> = key.into();
        if let Some(before) = self.by_key.insert(key.clone(), item) {
            self.by_item.remove(&before);
        }
        self.by_item.insert(item, Given { id: Arc::from(id), key });
    }

    /// Takes the id of an item back.
    pub(crate) fn take_back(&mut self, item: ItemId) {
        if let Some(given) = self.by_item.remove(&item) {
            self.by_key.remove(&given.key);
        }
    }

    /// Takes back the ids of all items but some.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(ItemId) -> bool) {
        self.by_item.retain(|&item, _| is_kept(item));
        self.by_key.retain(|_, item| is_kept(*item));
    }

    /// Asserts that both directions agree and that all items are kept.
    pub(crate) fn check(&self, is_kept: impl Fn(ItemId) -> bool) {
        assert_eq!(self.by_item.len(), self.by_key.len(), "ids that were given");
        for (item, given) in self.by_item.iter() {
            assert_eq!(self.by_key.get(&given.key), Some(item), "the item of a given id");
            assert!(is_kept(*item), "an item with a given id is gone");
        }
    }
}
