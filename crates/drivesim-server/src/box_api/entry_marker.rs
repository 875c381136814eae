//! Encodes and decodes the markers of a folder's items.

use data_encoding::BASE64URL_NOPAD;
use drivesim::item::ItemKind;
use drivesim::profile::NameRules;
use drivesim::{Item, ItemId};

use crate::box_api::entry_order::EntryOrder;

/// The position before a page: the sort key of an item, not a number of entries, so that nothing is skipped if listed
/// items are deleted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryMarker {
    pub(crate) kind: ItemKind,
    /// The sort key before the name.
    value: i128,
    pub(crate) name: String,
}

impl EntryMarker {
    pub(crate) fn of(item: &Item, order: EntryOrder) -> EntryMarker {
        EntryMarker { kind: item.kind, value: order.value(item), name: item.name.clone() }
    }

    /// Returns whether the marker is at an entry or after it.
    pub(crate) fn is_at_or_after(&self, order: EntryOrder, entry: &Item) -> bool {
        if self.kind != entry.kind {
            return entry.is_folder();
        }
        let entry = (order.value(entry), NameRules::BOX.name(&entry.name));
        let own = (self.value, NameRules::BOX.name(&self.name));
        if order.is_descending { entry >= own } else { entry <= own }
    }

    /// Encodes the marker. It is only valid for this folder.
    pub(crate) fn write(&self, folder: ItemId) -> String {
        let kind = if self.kind == ItemKind::Folder { "d" } else { "f" };
        let text = format!("{kind} {:x} {} {}", folder.to_bits(), self.value, self.name);
        BASE64URL_NOPAD.encode(text.as_bytes())
    }

    pub(crate) fn read(marker: &str, folder: ItemId) -> Option<EntryMarker> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(marker.as_bytes()).ok()?).ok()?;
        let [kind, of, value, name] = text.splitn(4, ' ').collect::<Vec<_>>().try_into().ok()?;
        let kind = match kind {
            "d" => ItemKind::Folder,
            "f" => ItemKind::File,
            _ => return None,
        };
        if u64::from_str_radix(of, 16).ok()? != folder.to_bits() {
            return None;
        }
        Some(EntryMarker { kind, value: value.parse().ok()?, name: name.to_owned() })
    }
}
