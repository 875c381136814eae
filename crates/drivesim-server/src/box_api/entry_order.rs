//! Sorts the entries of folders of Box.

use drivesim::address::Address;
use drivesim::{Item, ItemId};

use crate::box_api::error::BoxError;
use crate::box_api::query;
use crate::http::request::ApiRequest;
use crate::json::ordered::{Value, json};
use crate::state::app::App;

/// The number of children that are read at a time for sorting.
const BATCH: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortBy {
    Id,
    Name,
    Date,
    Size,
}

/// How folders are sorted, and how files are. Folders come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryOrder {
    by: SortBy,
    pub(crate) is_descending: bool,
}

impl EntryOrder {
    /// The default order.
    pub(crate) const DEFAULT: EntryOrder = EntryOrder { by: SortBy::Name, is_descending: false };

    /// Parses `sort` and `direction` of a folder's items.
    pub(crate) fn read(request: &ApiRequest) -> Result<EntryOrder, BoxError> {
        EntryOrder::parse_with(request, &["name", "id", "date", "size"])
    }

    /// Parses `sort` and `direction` of the trash, which cannot be sorted by id (reference of the trash).
    pub(crate) fn read_of_trash(request: &ApiRequest) -> Result<EntryOrder, BoxError> {
        EntryOrder::parse_with(request, &["name", "date", "size"])
    }

    fn parse_with(request: &ApiRequest, keys: &'static [&'static str]) -> Result<EntryOrder, BoxError> {
        let by = match query::choice(request, "sort", keys)? {
            "id" => SortBy::Id,
            "date" => SortBy::Date,
            "size" => SortBy::Size,
            _ => SortBy::Name,
        };
        Ok(EntryOrder { by, is_descending: query::choice(request, "direction", &["ASC", "DESC"])? == "DESC" })
    }

    /// Returns what an item is sorted by. Items with equal values are sorted by name.
    pub(crate) fn value(self, item: &Item) -> i128 {
        match self.by {
            SortBy::Name => 0,
            SortBy::Id => item.id.to_bits().into(),
            SortBy::Date => item.modified_at.as_nanosecond(),
            SortBy::Size => item.size.into(),
        }
    }

    /// Returns the memory for sorting the entries of a folder, in bytes. A stable sort allocates up to half as much
    /// again, which doubling covers.
    pub(crate) fn sort_memory(self, child_count: u32) -> usize {
        match self {
            EntryOrder::DEFAULT => 0,
            _ => (child_count as usize).saturating_mul(2 * size_of::<(bool, i128, ItemId)>()),
        }
    }

    /// Returns the matching entries of a folder in this order. Only their ids and sort keys are held in memory.
    pub(crate) fn sorted(
        self,
        app: &App,
        folder: &Address,
        matches: impl Fn(&Item) -> bool,
    ) -> Result<Vec<ItemId>, BoxError> {
        let (mut keys, mut from) = (Vec::new(), 0);
        loop {
            let items = app.sim.children_at(folder, from, BATCH)?;
            let matching = items.iter().filter(|item| matches(item));
            keys.extend(matching.map(|item| (!item.is_folder(), self.value(item), item.id)));
            from = from.saturating_add(items.len() as u32);
            if items.len() < BATCH {
                break;
            }
        }
        // The keys are in the order of names. The sorts are stable, so entries with the same value stay in that order, or
        // in its reverse.
        keys.sort_by_key(|(_, value, _)| *value);
        if self.is_descending {
            keys.reverse();
        }
        keys.sort_by_key(|(is_file, ..)| *is_file);
        Ok(keys.into_iter().map(|(.., item)| item).collect())
    }

    /// Sorts entries, which must be in the order of names.
    pub(crate) fn sort_by<T>(self, entries: &mut [T], item: impl Fn(&T) -> &Item) {
        entries.sort_by_key(|entry| self.value(item(entry)));
        if self.is_descending {
            entries.reverse();
        }
        entries.sort_by_key(|entry| !item(entry).is_folder());
    }

    pub(crate) fn to_json(self) -> Value {
        let by = match self.by {
            SortBy::Id => "id",
            SortBy::Name => "name",
            SortBy::Date => "date",
            SortBy::Size => "size",
        };
        let direction = if self.is_descending { "DESC" } else { "ASC" };
        json!([{ "by": "type", "direction": "ASC" }, { "by": by, "direction": direction }])
    }
}
