//! Handles the trash of Box: lists and shows its items, restores and purges them.

use crate::box_api::options::ConflictsShape;
use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use drivesim::item::BinItem;
use drivesim::options::RestoreOptions;
use drivesim::profile::NameRules;
use drivesim::{Item, ItemId};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::change_error::change_error;
use crate::box_api::context::RequestContext;
use crate::box_api::drive;
use crate::box_api::emit_event::emit_event;
use crate::box_api::entry_order::EntryOrder;
use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::box_api::fields::Fields;
use crate::box_api::{entry_list, paging, query};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::json;
use crate::state::event_log::EventKind;

/// The members of the body of a restoration.
const RESTORED: Shape = Shape::of(&["name", "parent"]);

/// Responds with a page of the trash: the items that were deleted themselves.
pub(crate) fn list(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (request, renderer) = (context.request, context.renderer());
    let fields = Fields::read(request, Fields::Mini)?;
    let limit = paging::limit(request, paging::DEFAULT_LIMIT, paging::MAX_LIMIT)?;
    let paging = TrashPaging::read(request)?;
    let mut bin_items = context.app.sim.bin(&context.drive.drive_ref)?;
    bin_items.sort_by_cached_key(|bin_item| TrashPosition::of(&bin_item.item));
    let working_bytes = bin_items.len().saturating_mul(ITEM_BYTES);
    let list = |page: &[BinItem]| {
        ListWriter::new(request.response_budget(), page.len(), entry_list::ENTRY_BYTES, working_bytes)
    };
    let write = |list: &mut ListWriter, page: &[BinItem]| {
        entry_list::write(list, page.iter().map(|bin_item| renderer.bin_item(bin_item, &fields)))
    };
    let body = match paging {
        TrashPaging::Marker(after) => {
            let is_before = |bin_item: &BinItem| {
                after.as_ref().is_some_and(|after| TrashPosition::of(&bin_item.item) <= *after)
            };
            let remaining = &bin_items[bin_items.partition_point(is_before)..];
            let page = &remaining[..limit.min(remaining.len())];
            let mut list = list(page)?;
            list.begin(&NoMembers {}, entry_list::ENTRIES);
            write(&mut list, page)?;
            let n_written = list.n_entries();
            let last = page[..n_written].last().filter(|_| n_written < remaining.len());
            let marker = last.map(|last| TrashPosition::of(&last.item).write());
            list.end(&json!({ "limit": limit, "next_marker": marker }))
        }
        TrashPaging::Offset => {
            let from = paging::offset(request, paging::MAX_OFFSET_ELSEWHERE)?;
            let order = EntryOrder::read_of_trash(request)?;
            order.sort_by(&mut bin_items, |bin_item| &bin_item.item);
            let n_items = bin_items.len();
            let start = from.min(n_items);
            let page = &bin_items[start..start.saturating_add(limit).min(n_items)];
            let mut list = list(page)?;
            list.begin(&json!({ "total_count": n_items }), entry_list::ENTRIES);
            let is_cut = write(&mut list, page)?;
            let limit = entry_list::shown_limit(&list, is_cut, limit);
            list.end(&json!({ "offset": from, "limit": limit, "order": order.to_json() }))
        }
    };
    Ok(ApiResponse::written(StatusCode::OK, body))
}

/// Shows a file of the trash.
pub(crate) fn file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    show(context, &find_file(context)?)
}

/// Shows a folder of the trash.
pub(crate) fn folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    show(context, &find_folder(context)?)
}

/// Deletes a file of the trash for good.
pub(crate) fn purge_file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    purge(context, &find_file(context)?)
}

/// Deletes a folder of the trash for good, with everything below it.
pub(crate) fn purge_folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    purge(context, &find_folder(context)?)
}

/// Restores a file from the trash.
pub(crate) fn restore_file(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    restore(context, &find_file(context)?)
}

/// Restores a folder from the trash, with everything below it.
pub(crate) fn restore_folder(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    restore(context, &find_folder(context)?)
}

fn find_file(context: &RequestContext<'_>) -> Result<BinItem, BoxError> {
    let id = context.id();
    find(context, context.drive.file_id(id)?, false).ok_or_else(|| {
        match context.drive.file(context.app, id) {
            Ok(_) => not_trashed(),
            Err(error) => error,
        }
    })
}

fn find_folder(context: &RequestContext<'_>) -> Result<BinItem, BoxError> {
    let (app, id) = (context.app, context.id());
    find(context, context.drive.folder_id(id)?, true).ok_or_else(|| match context.drive.folder(app, id) {
        Ok(_) => not_trashed(),
        Err(error) => error,
    })
}

fn find(context: &RequestContext<'_>, item: ItemId, is_folder: bool) -> Option<BinItem> {
    let bin_item = context.app.sim.bin_item(context.drive.at(item)).ok()?;
    (bin_item.item.is_folder() == is_folder).then_some(bin_item)
}

fn not_trashed() -> BoxError {
    BoxError::new(StatusCode::NOT_FOUND, BoxErrorCode::NotTrashed, "Item is not trashed")
}

fn show(context: &RequestContext<'_>, bin_item: &BinItem) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    Ok(ApiResponse::json(StatusCode::OK, context.renderer().bin_item(bin_item, &fields)))
}

fn purge(context: &RequestContext<'_>, bin_item: &BinItem) -> Result<ApiResponse, BoxError> {
    context.sim_as_caller().purge(context.drive.at(bin_item.item.id))?;
    Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
}

/// Restores an item to its former parent.
///
/// ASSUMED: A `parent` in the restoration of an item of Box is used only if its former parent is gone, and without one
/// the restoration is then 404 (no option: no other reading is known).
/// ASSUMED: The restoration of an item of Box under a taken name fails with only the item that has the name (option
/// `wire.conflicts_shape`).
fn restore(context: &RequestContext<'_>, bin_item: &BinItem) -> Result<ApiResponse, BoxError> {
    let (app, drive, renderer) = (context.app, context.drive, context.renderer());
    let fields = Fields::read(context.request, Fields::Standard)?;
    let members = Members::read(context.request, &RESTORED.describing_item())?;
    let (item, name) = (&bin_item.item, members.text("name")?);
    let prefers_old = app.sim.profile_of(&drive.drive_ref)?.restores_to_old_folder;
    let parent = if members.has("parent") { Some(members.folder_id("parent", &PARENT)?) } else { None };
    let old = item.parent.filter(|&parent| app.sim.exists(drive.at(parent)));
    let folder = match (old, parent) {
        (Some(old), _) if prefers_old => old,
        (_, Some(parent)) => drive.target(app, "parent", &parent)?.id,
        (Some(old), None) => old,
        (None, None) => {
            return Err(drive::no_folder(
                &item.parent.map(|parent| drive.ids.folder(parent).to_string()).unwrap_or_default(),
            ));
        }
    };
    context.reserve_for_path(&fields, folder)?;
    let mut options = RestoreOptions::to(drive.at(folder));
    options.name = name.map(str::to_owned);
    let restored = context.sim_as_caller().restore_item_with(drive.at(item.id), options);
    restored.map_err(|error| change_error(context, folder, error, ConflictsShape::Object))?;
    emit_event(context, EventKind::Restore, item.id);
    let restored = app.sim.item(drive.at(item.id))?;
    Ok(ApiResponse::json(StatusCode::CREATED, renderer.item(&restored, &fields).without_links()))
}

/// How a page of the trash is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
enum TrashPaging {
    Offset,
    /// The position before the page; `None` for the first page.
    Marker(Option<TrashPosition>),
}

impl TrashPaging {
    /// Reads `usemarker` and `marker`. Options of the other kind of paging fail (reference of the trash).
    fn read(request: &ApiRequest) -> Result<TrashPaging, BoxError> {
        let invalid =
            |message: &str| BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::InvalidParameter, message);
        let marker = request.query("marker").filter(|marker| !marker.is_empty());
        if !query::flag(request, "usemarker")? {
            let error = || invalid("'marker' needs 'usemarker' to be true");
            return if marker.is_some() { Err(error()) } else { Ok(TrashPaging::Offset) };
        }
        if let Some(key) =
            ["sort", "direction", "offset"].into_iter().find(|key| request.query(key).is_some())
        {
            return Err(invalid(&format!("'{key}' cannot be combined with 'usemarker'")));
        }
        let read = |marker: &str| {
            TrashPosition::read(marker).ok_or_else(|| invalid("'marker' is not a marker of this list"))
        };
        Ok(TrashPaging::Marker(marker.map(read).transpose()?))
    }
}

/// The position of an item in the trash: folders first, each kind by name. A marker contains it, not a number of
/// entries, so that nothing is skipped if a client purges items of a page before it requests the next one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TrashPosition {
    is_file: bool,
    folded: String,
    id: u64,
}

impl TrashPosition {
    fn of(item: &Item) -> TrashPosition {
        let folded = NameRules::BOX.name(&item.name).canonical().to_owned();
        TrashPosition { is_file: !item.is_folder(), folded, id: item.id.to_bits() }
    }

    fn write(&self) -> String {
        let kind = if self.is_file { "f" } else { "d" };
        BASE64URL_NOPAD.encode(format!("{kind} {} {}", self.id, self.folded).as_bytes())
    }

    fn read(marker: &str) -> Option<TrashPosition> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(marker.as_bytes()).ok()?).ok()?;
        let mut parts = text.splitn(3, ' ');
        let is_file = match parts.next()? {
            "f" => true,
            "d" => false,
            _ => return None,
        };
        let id = parts.next()?.parse().ok()?;
        Some(TrashPosition { is_file, folded: parts.next()?.to_owned(), id })
    }
}
