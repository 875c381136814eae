//! Implements serde for items and their ids.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Item, ItemId, ItemKind};
use crate::members::Members;
use crate::serde_forms::{as_text, read_as};

as_text! {
    ItemId: |text: &str| text.parse().map_err(|error| format!("{text:?}: {error}"));
}

read_as! {
    ItemForm, Item, "an item of a drive", check_item:
    id: ItemId,
    parent: Option<ItemId>,
    name: String,
    kind: ItemKind,
    size: u64,
    child_count: u32,
    created_at: Timestamp,
    modified_at: Timestamp,
    fs_created_at: Timestamp,
    fs_modified_at: Timestamp,
    created_by: Arc<str>,
    modified_by: Arc<str>,
    description: Option<Arc<str>>,
    members: Members,
    etag: u32,
    ctag: u32,
    version: u32,
}

fn check_item(item: &Item) -> Result<(), &'static str> {
    if item.kind == ItemKind::File && item.child_count > 0 {
        return Err("a file has no children");
    }
    if item.name.is_empty() != item.parent.is_none() {
        return Err("an item has a name exactly when it is in a folder; only the root has neither");
    }
    check_place(item.id, item.parent, &item.name)
}

/// Fails for an item that cannot be where it is.
pub(crate) fn check_place(id: ItemId, parent: Option<ItemId>, name: &str) -> Result<(), &'static str> {
    if parent == Some(id) {
        return Err("an item is not in itself");
    }
    if name.contains('/') {
        return Err("a name has no slash");
    }
    Ok(())
}
