//! Keeps the ids that a drive and its items were given.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::WireIdForm;
use crate::item::{ItemId, ItemKind};
use crate::traffic::own;

/// The ids of the wire that a drive and its items were given, in place of those that a server makes.
///
/// A clone shares the table until one of the two changes.
#[derive(Clone)]
pub struct WireIds {
    form: WireIdForm,
    drive: Option<Arc<str>>,
    /// Nothing as long as no item was given an id.
    items: Option<Arc<Items>>,
}

#[derive(Clone, Default)]
struct Items {
    by_item: HashMap<ItemId, Given, FixedState>,
    by_key: HashMap<String, ItemId, FixedState>,
}

impl Items {
    /// Returns about how many bytes a copy takes: the keys stand in it twice.
    fn n_bytes(&self) -> usize {
        self.by_item.len() * (size_of::<(ItemId, Given)>() + size_of::<(String, ItemId)>() + 2 * 64)
    }
}

#[derive(Clone)]
struct Given {
    id: Arc<str>,
    key: String,
}

impl WireIds {
    /// Returns the table of a drive that was given no ids.
    pub fn new(form: WireIdForm) -> WireIds {
        WireIds { form, drive: None, items: None }
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
        WireIds { items: None, ..self.clone() }
    }

    /// Returns whether a text spells the id that the drive was given.
    pub fn is_drive(&self, id: &str) -> bool {
        self.drive().is_some_and(|given| self.form.is_same_drive(given, id))
    }

    /// Returns the id that an item was given.
    pub fn of(&self, item: ItemId) -> Option<&str> {
        self.items.as_ref()?.by_item.get(&item).map(|given| &*given.id)
    }

    /// Returns the item that was given an id. The kind decides where files and folders have ids apart, as on Box.
    pub fn find(&self, id: &str, kind: ItemKind) -> Option<ItemId> {
        let items = self.items.as_ref()?;
        items.by_key.get(&self.form.item_key(id, kind)?).copied()
    }

    /// Returns how many items were given an id.
    pub fn n_items(&self) -> usize {
        self.items.as_ref().map_or(0, |items| items.by_item.len())
    }

    pub(crate) fn set_drive(&mut self, id: Option<&str>) {
        self.drive = id.map(Arc::from);
    }

    pub(crate) fn holder_of(&self, key: &str) -> Option<ItemId> {
        self.items.as_ref()?.by_key.get(key).copied()
    }

    /// Gives an item an id of this key, which no other item has any more.
    pub(crate) fn give(&mut self, item: ItemId, id: &str, key: String) {
        self.take_back(item);
        let items = own(self.items.get_or_insert_default(), Items::n_bytes);
        if let Some(before) = items.by_key.insert(key.clone(), item) {
            items.by_item.remove(&before);
        }
        items.by_item.insert(item, Given { id: Arc::from(id), key });
    }

    /// Takes the id of an item back.
    pub(crate) fn take_back(&mut self, item: ItemId) {
        let Some(items) = self.items.as_mut().filter(|items| items.by_item.contains_key(&item)) else {
            return;
        };
        let items = own(items, Items::n_bytes);
        if let Some(given) = items.by_item.remove(&item) {
            items.by_key.remove(&given.key);
        }
        if items.by_item.is_empty() {
            self.items = None;
        }
    }

    /// Takes back the ids of all items but some.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(ItemId) -> bool) {
        let Some(items) = &mut self.items else { return };
        if items.by_item.keys().all(|&item| is_kept(item)) {
            return;
        }
        let items = own(items, Items::n_bytes);
        items.by_item.retain(|&item, _| is_kept(item));
        items.by_key.retain(|_, item| is_kept(*item));
        if items.by_item.is_empty() {
            self.items = None;
        }
    }

    /// Asserts that both directions agree and that all items are kept.
    pub(crate) fn check(&self, is_kept: impl Fn(ItemId) -> bool) {
        let Some(items) = &self.items else { return };
        assert_eq!(items.by_item.len(), items.by_key.len(), "ids that were given");
        for (item, given) in &items.by_item {
            assert_eq!(items.by_key.get(&given.key), Some(item), "the item of a given id");
            assert!(is_kept(*item), "an item with a given id is gone");
        }
    }
}
