//! Lists the items of a folder of Box: by offset or by marker, sorted, with the requested fields.

use axum::http::StatusCode;
use drivesim::{Item, ItemId};

use crate::box_api::context::RequestContext;
use crate::box_api::entry_list::{self, ENTRIES, ENTRY_BYTES};
use crate::box_api::entry_marker::EntryMarker;
use crate::box_api::entry_order::EntryOrder;
use crate::box_api::entry_page::{EntryPage, MAX_INLINE_ENTRIES};
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::paging::{self, DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET};
use crate::box_api::{existing_item, ignored, query};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::json;

/// Responds with a page of the items of a folder.
pub(crate) fn list(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Mini)?;
    let folder = existing_item::folder(context)?;
    let paging = ItemsPaging::read(context.request, folder.id)?;
    let is_short = folder.child_count <= MAX_INLINE_ENTRIES && !fields.includes_path();
    context.request.inline_budget().check(is_short)?;
    match paging {
        ItemsPaging::Offset(page) => by_offset(context, &fields, &folder, page),
        ItemsPaging::Marker(page) => by_marker(context, &fields, &folder, page),
    }
}

fn by_offset(
    context: &RequestContext<'_>,
    fields: &Fields,
    folder: &Item,
    page: EntryPage,
) -> Result<ApiResponse, BoxError> {
    page.check(context.drive, folder)?;
    let renderer = context.renderer();
    let n_max = page.limit.min(folder.child_count as usize);
    let mut list = ListWriter::new(
        context.request.response_budget(),
        n_max,
        ENTRY_BYTES,
        n_max * ITEM_BYTES + page.order.sort_memory(folder.child_count),
    )?;
    let entries = page.items(context.app, context.drive, folder)?;
    list.begin(&json!({ "total_count": folder.child_count }), ENTRIES);
    let is_cut = entry_list::write(&mut list, renderer.items(&entries, fields))?;
    let limit = entry_list::shown_limit(&list, is_cut, page.limit);
    let tail = json!({ "offset": page.offset, "limit": limit, "order": page.order.to_json() });
    Ok(ApiResponse::written(StatusCode::OK, list.end(&tail)))
}

fn by_marker(
    context: &RequestContext<'_>,
    fields: &Fields,
    folder: &Item,
    page: MarkerPage,
) -> Result<ApiResponse, BoxError> {
    let renderer = context.renderer();
    // ASSUMED: Sorting is ignored where the root of Box is listed by marker: the page only says that it is not
    // supported (no option: no other reading is known).
    let is_root = folder.parent.is_none();
    for name in
        ["sort", "direction"].into_iter().filter(|name| is_root && context.request.query(name).is_some())
    {
        ignored::note_ignored(context.request, format!("?{name}"))?;
    }
    let MarkerPage { after, limit, order } = page;
    let order = if is_root { EntryOrder::DEFAULT } else { order };
    let n_max = limit.min(folder.child_count as usize);
    let mut list = ListWriter::new(
        context.request.response_budget(),
        n_max,
        ENTRY_BYTES,
        n_max * ITEM_BYTES + order.sort_memory(folder.child_count),
    )?;
    // One more than the page, to know whether there is a next one.
    let mut entries = match order {
        EntryOrder::DEFAULT => {
            let address = context.drive.at(folder.id);
            match &after {
                None => context.app.sim.listing_at(address, 0, limit + 1)?,
                Some(after) => context.app.sim.listing_after(address, after.kind, &after.name, limit + 1)?,
            }
        }
        order => {
            let is_after =
                |entry: &Item| !after.as_ref().is_some_and(|marker| marker.is_at_or_after(order, entry));
            let sorted = order.sorted(context.app, &context.drive.at(folder.id), is_after)?;
            context.drive.look_up(context.app, sorted.into_iter().take(limit + 1))
        }
    };
    let is_cut = entries.len() > limit;
    entries.truncate(limit);
    list.begin(&NoMembers {}, ENTRIES);
    let is_cut = entry_list::write(&mut list, renderer.items(&entries, fields))? || is_cut;
    let last = list.n_entries().checked_sub(1).and_then(|last| entries.get(last)).filter(|_| is_cut);
    let next_marker = last.map(|last| EntryMarker::of(last, order).write(folder.id));
    Ok(ApiResponse::written(StatusCode::OK, list.end(&json!({ "limit": limit, "next_marker": next_marker }))))
}

/// How a page is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ItemsPaging {
    Offset(EntryPage),
    Marker(MarkerPage),
}

/// A page by marker.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MarkerPage {
    /// The position before the page; `None` for the first page.
    after: Option<EntryMarker>,
    limit: usize,
    order: EntryOrder,
}

impl ItemsPaging {
    fn read(request: &ApiRequest, folder: ItemId) -> Result<ItemsPaging, BoxError> {
        if query::flag(request, "usemarker")? {
            if request.query("offset").is_some() {
                paging::offset(request, MAX_OFFSET)?;
                ignored::note_ignored(request, "?offset")?;
            }
            let read = |marker: &str| {
                EntryMarker::read(marker, folder)
                    .ok_or_else(|| BoxError::invalid("marker", marker, "one of this list"))
            };
            let marker = request.query("marker").filter(|marker| !marker.is_empty());
            let limit = paging::limit(request, DEFAULT_LIMIT, MAX_LIMIT)?;
            let order = EntryOrder::read(request)?;
            return Ok(ItemsPaging::Marker(MarkerPage {
                after: marker.map(read).transpose()?,
                limit,
                order,
            }));
        }
        // The reference of a folder's items says that a marker needs `usemarker`.
        //
        // ASSUMED: A marker without `usemarker` fails in a folder of Box, as in the reference of the trash (no option:
        // no other reading is known).
        match request.query("marker").filter(|marker| !marker.is_empty()) {
            Some(marker) => Err(BoxError::invalid("marker", marker, "omitted unless 'usemarker' is true")),
            None => EntryPage::read(request).map(ItemsPaging::Offset),
        }
    }
}
