//! Selects a page of a folder's items by offset.

use drivesim::Item;

use crate::box_api::drive::BoxDrive;
use crate::box_api::entry_order::EntryOrder;
use crate::box_api::error::BoxError;
use crate::box_api::json_objects::OffsetPage;
use crate::box_api::options::OffsetBeyondEnd;
use crate::box_api::paging::{self, DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET};
use crate::http::request::ApiRequest;
use crate::state::app::App;

/// The number of entries up to which a listing is fast enough for a thread of connections.
pub(crate) const MAX_INLINE_ENTRIES: u32 = 200;

/// A page of the items of a folder: folders first, each kind in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryPage {
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) order: EntryOrder,
}

impl EntryPage {
    /// The default page.
    pub(crate) const FIRST: EntryPage =
        EntryPage { offset: 0, limit: DEFAULT_LIMIT, order: EntryOrder::DEFAULT };

    /// Parses `offset`, `limit`, `sort` and `direction`.
    pub(crate) fn read(request: &ApiRequest) -> Result<EntryPage, BoxError> {
        let limit = paging::limit(request, DEFAULT_LIMIT, MAX_LIMIT)?;
        Ok(EntryPage {
            offset: paging::offset(request, MAX_OFFSET)?,
            limit,
            order: EntryOrder::read(request)?,
        })
    }

    /// Fails if the offset is beyond the last entry, on drives that do so, as one third party saw. By default such a
    /// page is empty: the loop of the guide to offset-based pagination ends with one, and the connector of Elastic
    /// requests it.
    pub(crate) fn check(self, drive: &BoxDrive, folder: &Item) -> Result<(), BoxError> {
        let is_checked = drive.wire.offset_beyond_end == OffsetBeyondEnd::Refuse;
        let is_beyond_end = self.offset > 0 && self.offset >= folder.child_count as usize;
        if is_checked && is_beyond_end { Err(paging::invalid_offset()) } else { Ok(()) }
    }

    /// Returns the items of the page.
    pub(crate) fn items(self, app: &App, drive: &BoxDrive, folder: &Item) -> Result<Vec<Item>, BoxError> {
        let address = drive.at(folder.id);
        if self.order == EntryOrder::DEFAULT {
            let from = u32::try_from(self.offset).unwrap_or(u32::MAX);
            return Ok(app.sim.listing_at(address, from, self.limit)?);
        }
        let sorted = self.order.sorted(app, &address, |_| true)?;
        Ok(drive.look_up(app, sorted.into_iter().skip(self.offset).take(self.limit)))
    }

    /// Returns the list with these entries.
    pub(crate) fn listing<T>(self, total_count: u32, entries: Vec<T>) -> OffsetPage<T> {
        OffsetPage {
            total_count,
            entries,
            offset: self.offset,
            limit: self.limit,
            order: self.order.to_json(),
        }
    }
}
