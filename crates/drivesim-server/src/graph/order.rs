//! Reads `$orderby` and sorts by it.

use drivesim::{Address, Item, ItemId};

use crate::app::App;
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

    /// Returns what is kept of the children of a folder to sort them.
    pub(crate) fn n_kept(self, child_count: u32) -> usize {
        let n_bytes = match self.key {
            Key::Name if !self.is_descending => 0,
            // A URL has a few dozen bytes.
            Key::Url => 2 * size_of::<(SortKey, ItemId)>() + 64,
            // Half of them once more while they are sorted.
            _ => 2 * size_of::<(SortKey, ItemId)>(),
        };
        (child_count as usize).saturating_mul(n_bytes)
    }

    /// Returns the children of a folder in this order, of which only what they are sorted by is kept.
    pub(crate) fn sorted(self, app: &App, folder: &Address) -> Result<Vec<ItemId>, Refusal> {
        let mut keys: Vec<(SortKey, ItemId)> = Vec::new();
        loop {
            let from = u32::try_from(keys.len()).unwrap_or(u32::MAX);
            let items = app.sim.children_at(folder, from, AT_ONCE)?;
            keys.extend(items.iter().map(|item| (self.key_of(item), item.id)));
            if items.len() < AT_ONCE {
                break;
            }
        }
        // They come in the order of their names.
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        if self.is_descending {
            keys.reverse();
        }
        Ok(keys.into_iter().map(|(_, item)| item).collect())
    }

    fn key_of(self, item: &Item) -> SortKey {
        match self.key {
            Key::Name => SortKey::Number(0),
            Key::Url => SortKey::Text(url::segment(&item.name).into_boxed_str()),
            Key::Size => SortKey::Number(item.size.into()),
            Key::Modified => SortKey::Number(item.modified_at.as_nanosecond()),
        }
    }
}

/// How many children are looked up at once.
const AT_ONCE: usize = 4096;

/// What an item is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Number(i128),
    Text(Box<str>),
}
