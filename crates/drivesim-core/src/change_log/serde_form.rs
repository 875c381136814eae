//! Implements serde for what is known of removed items.

use serde::Deserialize;

use super::Tombstone;
use crate::item::serde_form::check_place;
use crate::item::{ItemId, ItemKind};
use crate::serde_forms::read_as;

read_as! {
    TombstoneForm, Tombstone, "an item that is gone", check_tombstone:
    id: ItemId,
    parent: Option<ItemId>,
    name: String,
    kind: ItemKind,
    size: u64,
}

fn check_tombstone(tombstone: &Tombstone) -> Result<(), &'static str> {
    if tombstone.name.is_empty() {
        return Err("only the root has no name, and it is never removed");
    }
    check_place(tombstone.id, tombstone.parent, &tombstone.name)
}
