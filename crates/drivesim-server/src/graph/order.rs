//! The only place that reads `$orderby` and sorts by it.

use drivesim::Item;

use crate::graph::drive::Flavour;
use crate::graph::query::bad_option;
use crate::graph::refusal::Refusal;
use crate::url;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Url,
    Size,
    Modified,
}

/// The order of a listing for which a client asks; without one a drive lists in its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    key: Key,
    is_descending: bool,
}

impl Order {
    /// By name alone. That a client that asks for the order of names gets neither folders first nor digits as numbers is
    /// *assumed* (no option: no other reading is known).
    pub(crate) const BY_NAME: Order = Order { key: Key::Name, is_descending: false };

    /// Reads the option: personal drives order by name, size and time, work drives by name and URL (page on optional
    /// query parameters). That an order by more than one member is refused is *assumed* (no option: rare).
    pub(crate) fn read(flavour: Flavour, text: Option<&str>) -> Result<Option<Order>, Refusal> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let mut words = text.split_whitespace();
        let key = match (words.next(), flavour) {
            (Some("name"), _) => Key::Name,
            (Some("url" | "webUrl"), Flavour::Business) => Key::Url,
            (Some("size"), Flavour::Personal) => Key::Size,
            (Some("lastModifiedDateTime"), Flavour::Personal) => Key::Modified,
            _ => return Err(bad_option("$orderby", text)),
        };
        match (words.next(), words.next()) {
            (None | Some("asc"), None) => Ok(Some(Order { key, is_descending: false })),
            (Some("desc"), None) => Ok(Some(Order { key, is_descending: true })),
            _ => Err(bad_option("$orderby", text)),
        }
    }

    /// Sorts items that are in the order of their names.
    pub(crate) fn sort(self, items: &mut [Item]) {
        match self.key {
            Key::Name => {}
            Key::Url => items.sort_by_cached_key(|item| url::segment(&item.name)),
            Key::Size => items.sort_by_key(|item| item.size),
            Key::Modified => items.sort_by_key(|item| item.modified_at),
        }
        if self.is_descending {
            items.reverse();
        }
    }
}
