//! Parses `$orderby` and sorts children by it.

use drivesim::address::Address;
use drivesim::{Item, ItemId};

use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::query::bad_option;
use crate::http::url;
use crate::state::app::App;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortBy {
    Name,
    Url,
    Size,
    Modified,
}

/// The order of a listing that a client requests; without one, a drive uses its default order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SortOrder {
    by: SortBy,
    is_descending: bool,
}

impl SortOrder {
    /// By name alone.
    ///
    /// ASSUMED: `$orderby=name` neither puts folders first nor compares digits as numbers (no option: no other reading
    /// is known).
    pub(crate) const BY_NAME: SortOrder = SortOrder { by: SortBy::Name, is_descending: false };

    /// Parses the option: personal drives sort by name, size and time, work drives by name and URL (page on optional
    /// query parameters).
    ///
    /// ASSUMED: `$orderby` with more than one member fails (no option: rare).
    pub(crate) fn read(drive_type: DriveType, text: Option<&str>) -> Result<Option<SortOrder>, GraphError> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let mut words = text.split_whitespace();
        let by = match (words.next(), drive_type) {
            (Some("name"), _) => SortBy::Name,
            (Some("url" | "webUrl"), DriveType::Business) => SortBy::Url,
            (Some("size"), DriveType::Personal) => SortBy::Size,
            (Some("lastModifiedDateTime"), DriveType::Personal) => SortBy::Modified,
            _ => return Err(bad_option("$orderby", text)),
        };
        match (words.next(), words.next()) {
            (None | Some("asc"), None) => Ok(Some(SortOrder { by, is_descending: false })),
            (Some("desc"), None) => Ok(Some(SortOrder { by, is_descending: true })),
            _ => Err(bad_option("$orderby", text)),
        }
    }

    /// Returns the memory for sorting the children of a folder, in bytes.
    pub(crate) fn sort_memory(self, child_count: u32) -> usize {
        let n_bytes = match self.by {
            SortBy::Name if !self.is_descending => 0,
            // A URL has a few dozen bytes.
            SortBy::Url => 2 * size_of::<(SortKey, ItemId)>() + 64,
            // Sorting needs half of them once more.
            _ => 2 * size_of::<(SortKey, ItemId)>(),
        };
        (child_count as usize).saturating_mul(n_bytes)
    }

    /// Returns the children of a folder in this order. Only their ids and sort keys are held in memory.
    pub(crate) fn sorted(self, app: &App, folder: &Address) -> Result<Vec<ItemId>, GraphError> {
        let mut keys: Vec<(SortKey, ItemId)> = Vec::new();
        loop {
            let from = u32::try_from(keys.len()).unwrap_or(u32::MAX);
            let items = app.sim.children_at(folder, from, AT_ONCE)?;
            keys.extend(items.iter().map(|item| (self.key_of(item), item.id)));
            if items.len() < AT_ONCE {
                break;
            }
        }
        // They are sorted by name before.
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        if self.is_descending {
            keys.reverse();
        }
        Ok(keys.into_iter().map(|(_, item)| item).collect())
    }

    fn key_of(self, item: &Item) -> SortKey {
        match self.by {
            SortBy::Name => SortKey::Number(0),
            SortBy::Url => SortKey::Text(url::encode_segment(&item.name).into_boxed_str()),
            SortBy::Size => SortKey::Number(item.size.into()),
            SortBy::Modified => SortKey::Number(item.modified_at.as_nanosecond()),
        }
    }
}

/// The number of children that are looked up at once.
const AT_ONCE: usize = 4096;

/// The value that an item is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Number(i128),
    Text(Box<str>),
}
