//! Lists the items of a folder of Box: by offset or by marker, sorted, with the requested fields.

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use drivesim::address::Address;
use drivesim::item::ItemKind;
use drivesim::{Item, ItemId};
use drivesim_core::fold;
use serde::Serialize;

use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::item_renderer::BoxItemRenderer;
use crate::box_api::json_objects::OffsetPage;
use crate::box_api::{RequestContext, folders, ignored, query};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Value, json};
use crate::limits::budget::OverBudget;
use crate::state::app::App;

/// The default size of a page (recorded responses), and the largest: a larger `limit` is reduced to it.
pub(crate) const DEFAULT_LIMIT: usize = 100;
pub(crate) const MAX_LIMIT: usize = 1000;
/// The number of entries up to which a listing is fast enough for a thread of connections.
pub(crate) const MAX_INLINE_ENTRIES: u32 = 200;
/// The number of children that are looked up at once for sorting.
const AT_ONCE: usize = 4096;
/// The length in bytes that most entries do not exceed in JSON.
pub(crate) const ENTRY_BYTES: usize = 320;
/// The largest offset into a folder (guide to offset-based pagination).
const MAX_OFFSET: usize = 9_999;
/// The largest offset into other lists (reference of versions, of search, of the trash).
pub(crate) const MAX_OFFSET_ELSEWHERE: usize = 10_000;

/// Answers with a page of the items of a folder.
pub(crate) fn list(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Mini)?;
    let folder = folders::find_existing(context)?;
    let paging = Paging::read(context.request, folder.id)?;
    let is_long = folder.child_count > MAX_INLINE_ENTRIES || fields.includes_path();
    if is_long && context.request.exceed_inline_budget() {
        return Ok(ApiResponse::empty(StatusCode::OK));
    }
    match paging {
        Paging::Offset(part) => by_offset(context, &fields, &folder, part),
        Paging::Marker { after, limit, order } => by_marker(context, &fields, &folder, (after, limit, order)),
    }
}

fn by_offset(
    context: &RequestContext<'_>,
    fields: &Fields,
    folder: &Item,
    part: EntryPage,
) -> Result<ApiResponse, BoxError> {
    part.check(context, folder)?;
    let shower = context.renderer();
    let n_max = part.limit.min(folder.child_count as usize);
    let mut list = ListWriter::new(
        context.app,
        n_max,
        ENTRY_BYTES,
        n_max * ITEM_BYTES + part.order.sort_memory(folder.child_count),
    )?;
    let entries = part.of(&shower, folder)?;
    list.begin(&json!({ "total_count": folder.child_count }), ENTRIES);
    let is_cut = write(&mut list, shower.items(&entries, fields))?;
    let limit = shown_limit(&list, is_cut, part.limit);
    let tail = json!({ "offset": part.offset, "limit": limit, "order": part.order.to_json() });
    Ok(ApiResponse::written(StatusCode::OK, list.end(&tail)))
}

/// The member that contains the entries of a list.
pub(crate) const ENTRIES: &str = "entries";

/// Writes entries until the limit of the response; returns whether some are left.
pub(crate) fn write(
    list: &mut ListWriter,
    entries: impl IntoIterator<Item = impl Serialize>,
) -> Result<bool, OverBudget> {
    for entry in entries {
        if !list.push(&entry)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the `limit` that a list by offset shows. Clients add it to the offset to find the next page (guide to
/// offset-based pagination), so a page that is cut at the limit of the response shows its number of entries.
pub(crate) fn shown_limit(list: &ListWriter, is_cut: bool, limit: usize) -> usize {
    if is_cut { list.n_entries() } else { limit }
}

fn by_marker(
    context: &RequestContext<'_>,
    fields: &Fields,
    folder: &Item,
    (after, limit, order): (Option<Marker>, usize, EntryOrder),
) -> Result<ApiResponse, BoxError> {
    let shower = context.renderer();
    // ASSUMED: Sorting is ignored where the root of Box is listed by marker: the page only says that it is not
    // supported (no option: no other reading is known).
    let is_root = folder.parent.is_none();
    for name in
        ["sort", "direction"].into_iter().filter(|name| is_root && context.request.query(name).is_some())
    {
        ignored::note_ignored(context.request, format!("?{name}"))?;
    }
    let order = if is_root { EntryOrder::DEFAULT } else { order };
    let n_max = limit.min(folder.child_count as usize);
    let mut list = ListWriter::new(
        context.app,
        n_max,
        ENTRY_BYTES,
        n_max * ITEM_BYTES + order.sort_memory(folder.child_count),
    )?;
    // One more than the page, to know whether there is a next one.
    let mut entries = match order {
        EntryOrder::DEFAULT => {
            let at = context.drive.at(folder.id);
            match &after {
                None => context.app.sim.listing_at(at, 0, limit + 1)?,
                Some(after) => context.app.sim.listing_after(at, after.kind, &after.name, limit + 1)?,
            }
        }
        order => {
            let is_after =
                |entry: &Item| !after.as_ref().is_some_and(|marker| marker.is_at_or_after(order, entry));
            let sorted = order.sorted(context.app, &context.drive.at(folder.id), is_after)?;
            shower.look_up(sorted.into_iter().take(limit + 1))
        }
    };
    let is_cut = entries.len() > limit;
    entries.truncate(limit);
    list.begin(&NoMembers {}, ENTRIES);
    let is_cut = write(&mut list, shower.items(&entries, fields))? || is_cut;
    let last = list.n_entries().checked_sub(1).and_then(|last| entries.get(last)).filter(|_| is_cut);
    let next_marker = last.map(|last| Marker::of(last, order).write(folder.id));
    Ok(ApiResponse::written(StatusCode::OK, list.end(&json!({ "limit": limit, "next_marker": next_marker }))))
}

/// A page of the items of a folder: folders first, each kind in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryPage {
    offset: usize,
    limit: usize,
    order: EntryOrder,
}

impl EntryPage {
    /// The default page.
    pub(crate) const FIRST: EntryPage =
        EntryPage { offset: 0, limit: DEFAULT_LIMIT, order: EntryOrder::DEFAULT };

    /// Parses `offset`, `limit`, `sort` and `direction`.
    pub(crate) fn read(request: &ApiRequest) -> Result<EntryPage, BoxError> {
        let limit = limit(request, DEFAULT_LIMIT, MAX_LIMIT)?;
        Ok(EntryPage { offset: offset(request, MAX_OFFSET)?, limit, order: EntryOrder::read(request)? })
    }

    /// Fails if the offset is beyond the last entry, on drives that do so, as one third party saw. By default such a
    /// page is empty: the loop of the guide to offset-based pagination ends with one, and the connector of Elastic
    /// requests it.
    pub(crate) fn check(self, context: &RequestContext<'_>, folder: &Item) -> Result<(), BoxError> {
        let is_checked = context.drive.wire.refuses_offset_beyond_end;
        let is_beyond_end = self.offset > 0 && self.offset >= folder.child_count as usize;
        if is_checked && is_beyond_end { Err(invalid_offset()) } else { Ok(()) }
    }

    /// Returns the items of the page.
    pub(crate) fn of(self, shower: &BoxItemRenderer<'_>, folder: &Item) -> Result<Vec<Item>, BoxError> {
        let at = shower.drive.at(folder.id);
        if self.order == EntryOrder::DEFAULT {
            let from = u32::try_from(self.offset).unwrap_or(u32::MAX);
            return Ok(shower.app.sim.listing_at(at, from, self.limit)?);
        }
        let sorted = self.order.sorted(shower.app, &at, |_| true)?;
        Ok(shower.look_up(sorted.into_iter().skip(self.offset).take(self.limit)))
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

/// The position before a page: the sort key of an item, not a number of entries, so that nothing is skipped if listed
/// items are deleted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marker {
    kind: ItemKind,
    /// The sort key before the name.
    value: i128,
    name: String,
}

impl Marker {
    fn of(item: &Item, order: EntryOrder) -> Marker {
        Marker { kind: item.kind, value: order.value(item), name: item.name.clone() }
    }

    /// Returns whether the marker is at an entry or after it.
    fn is_at_or_after(&self, order: EntryOrder, entry: &Item) -> bool {
        if self.kind != entry.kind {
            return entry.is_folder();
        }
        let key = |value: i128, name: &str| (value, fold(name).into_owned(), name.to_owned());
        let (entry, own) = (key(order.value(entry), &entry.name), key(self.value, &self.name));
        if order.is_descending { entry >= own } else { entry <= own }
    }

    /// Encodes the marker. It is only valid for this folder.
    fn write(&self, folder: ItemId) -> String {
        let kind = if self.kind == ItemKind::Folder { "d" } else { "f" };
        let text = format!("{kind} {:x} {} {}", folder.to_bits(), self.value, self.name);
        BASE64URL_NOPAD.encode(text.as_bytes())
    }

    fn read(marker: &str, folder: ItemId) -> Option<Marker> {
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
        Some(Marker { kind, value: value.parse().ok()?, name: name.to_owned() })
    }
}

/// How a page is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Paging {
    Offset(EntryPage),
    Marker { after: Option<Marker>, limit: usize, order: EntryOrder },
}

impl Paging {
    fn read(request: &ApiRequest, folder: ItemId) -> Result<Paging, BoxError> {
        if query::flag(request, "usemarker")? {
            if request.query("offset").is_some() {
                offset(request, MAX_OFFSET)?;
                ignored::note_ignored(request, "?offset")?;
            }
            let read = |marker: &str| {
                Marker::read(marker, folder)
                    .ok_or_else(|| BoxError::invalid("marker", marker, "one of this list"))
            };
            let marker = request.query("marker").filter(|marker| !marker.is_empty());
            let limit = limit(request, DEFAULT_LIMIT, MAX_LIMIT)?;
            let order = EntryOrder::read(request)?;
            return Ok(Paging::Marker { after: marker.map(read).transpose()?, limit, order });
        }
        // The reference of a folder's items says that a marker needs `usemarker`.
        //
        // ASSUMED: A marker without `usemarker` fails in a folder of Box, as in the reference of the trash (no option:
        // no other reading is known).
        match request.query("marker").filter(|marker| !marker.is_empty()) {
            Some(marker) => Err(BoxError::invalid("marker", marker, "omitted unless 'usemarker' is true")),
            None => EntryPage::read(request).map(Paging::Offset),
        }
    }
}

/// Parses `limit`, the size of a page, which is at most `max`.
///
/// ASSUMED: A `limit` of 0 fails for a list of Box (no option: no other reading is known).
pub(crate) fn limit(request: &ApiRequest, default: usize, max: usize) -> Result<usize, BoxError> {
    let Some(text) = request.query("limit") else { return Ok(default) };
    let bad = || BoxError::new(StatusCode::BAD_REQUEST, "invalid_limit", "Limit is not a valid number");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    match text.parse().unwrap_or(usize::MAX) {
        0 => Err(bad()),
        limit => Ok(limit.min(max)),
    }
}

/// Parses `offset`, the number of entries before a page. The error `invalid_offset` is for texts that are not numbers
/// (guide to common errors).
pub(crate) fn offset(request: &ApiRequest, max: usize) -> Result<usize, BoxError> {
    let Some(text) = request.query("offset") else { return Ok(0) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid_offset());
    }
    let offset = text.parse().ok().filter(|&offset: &usize| offset <= max);
    offset.ok_or_else(|| BoxError::offset_too_large(text, max))
}

fn invalid_offset() -> BoxError {
    BoxError::new(StatusCode::BAD_REQUEST, "invalid_offset", "Offset is not a valid number")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SortBy {
    Id,
    Name,
    Date,
    Size,
}

/// The order of entries of one kind; folders are before files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryOrder {
    by: SortBy,
    is_descending: bool,
}

impl EntryOrder {
    /// The default order.
    pub(crate) const DEFAULT: EntryOrder = EntryOrder { by: SortBy::Name, is_descending: false };

    /// Parses `sort` and `direction` of a folder's items.
    pub(crate) fn read(request: &ApiRequest) -> Result<EntryOrder, BoxError> {
        EntryOrder::read_of(request, &["name", "id", "date", "size"])
    }

    /// Parses `sort` and `direction` of the trash, which cannot be sorted by id (reference of the trash).
    pub(crate) fn read_of_trash(request: &ApiRequest) -> Result<EntryOrder, BoxError> {
        EntryOrder::read_of(request, &["name", "date", "size"])
    }

    fn read_of(request: &ApiRequest, keys: &'static [&'static str]) -> Result<EntryOrder, BoxError> {
        let by = match query::choice(request, "sort", keys)? {
            "id" => SortBy::Id,
            "date" => SortBy::Date,
            "size" => SortBy::Size,
            _ => SortBy::Name,
        };
        Ok(EntryOrder { by, is_descending: query::choice(request, "direction", &["ASC", "DESC"])? == "DESC" })
    }

    /// Returns the sort key of an item before its name.
    fn value(self, item: &Item) -> i128 {
        match self.by {
            SortBy::Name => 0,
            SortBy::Id => item.id.to_bits().into(),
            SortBy::Date => item.modified_at.as_nanosecond(),
            SortBy::Size => item.size.into(),
        }
    }

    /// Returns the memory for sorting the entries of a folder, in bytes. Sorting needs half of the keys once more.
    fn sort_memory(self, child_count: u32) -> usize {
        match self {
            EntryOrder::DEFAULT => 0,
            _ => (child_count as usize).saturating_mul(2 * size_of::<(bool, i128, ItemId)>()),
        }
    }

    /// Returns the matching entries of a folder in this order. Only their ids and sort keys are held in memory.
    fn sorted(
        self,
        app: &App,
        folder: &Address,
        matches: impl Fn(&Item) -> bool,
    ) -> Result<Vec<ItemId>, BoxError> {
        let (mut keys, mut from) = (Vec::new(), 0);
        loop {
            let items = app.sim.children_at(folder, from, AT_ONCE)?;
            let matching = items.iter().filter(|item| matches(item));
            keys.extend(matching.map(|item| (!item.is_folder(), self.value(item), item.id)));
            from = from.saturating_add(items.len() as u32);
            if items.len() < AT_ONCE {
                break;
            }
        }
        // They are sorted by name before. The sorts are stable, so entries with the same value stay in that order, or
        // in its reverse.
        keys.sort_by_key(|(_, value, _)| *value);
        if self.is_descending {
            keys.reverse();
        }
        keys.sort_by_key(|(is_file, ..)| *is_file);
        Ok(keys.into_iter().map(|(.., item)| item).collect())
    }

    /// Sorts entries that are sorted by name before.
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
