//! Lists what is in a folder of Box: by offset or by marker, sorted, with the fields that are wanted.

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use drivesim::{Address, Item, ItemId, ItemKind};
use drivesim_core::fold;
use serde::Serialize;

use crate::app::App;
use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::shapes::Listing;
use crate::box_api::show::Shower;
use crate::box_api::{Asked, folders, query, unused};
use crate::budget::OverBudget;
use crate::call::Call;
use crate::listing::{ITEM, List, Nothing};
use crate::ordered_json::{Value, json};
use crate::reply::Reply;

/// How many entries a page has where the client does not say (recorded answers), and at most; more are cut to that.
pub(crate) const DEFAULT_LIMIT: usize = 100;
pub(crate) const MOST: usize = 1000;
/// How many entries are shown in next to no time.
pub(crate) const FEW: u32 = 200;
/// How many children are looked up at once to be sorted.
const AT_ONCE: usize = 4096;
/// How many bytes most entries take at most.
pub(crate) const ENTRY: usize = 320;
/// Larger offsets into a folder are refused (guide to offset-based pagination).
const MOST_OFFSET: usize = 9_999;
/// Larger offsets into other lists are refused (reference of versions, of search, of the trash).
pub(crate) const MOST_OFFSET_ELSEWHERE: usize = 10_000;

/// Answers with a part of what is in a folder.
pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Mini)?;
    let folder = folders::existing(asked)?;
    let paging = Paging::read(asked.call, folder.id)?;
    let is_long = folder.child_count > FEW || fields.tells_path();
    if is_long && asked.call.gives_up() {
        return Ok(Reply::empty(StatusCode::OK));
    }
    match paging {
        Paging::Offset(part) => by_offset(asked, &fields, &folder, part),
        Paging::Marker { after, limit, order } => by_marker(asked, &fields, &folder, (after, limit, order)),
    }
}

fn by_offset(asked: &Asked<'_>, fields: &Fields, folder: &Item, part: Part) -> Result<Reply, Refusal> {
    part.check(asked, folder)?;
    let shower = asked.shower();
    let n_most = part.limit.min(folder.child_count as usize);
    let mut list =
        List::new(asked.app, n_most, ENTRY, n_most * ITEM + part.order.n_kept(folder.child_count))?;
    let entries = part.of(&shower, folder)?;
    list.begin(&json!({ "total_count": folder.child_count }), ENTRIES);
    let is_cut = write(&mut list, shower.items(&entries, fields))?;
    let limit = limit_of(&list, is_cut, part.limit);
    let tail = json!({ "offset": part.from, "limit": limit, "order": part.order.told() });
    Ok(Reply::written(StatusCode::OK, list.end(&tail)))
}

/// The member that has the entries of a list.
pub(crate) const ENTRIES: &str = "entries";

/// Writes entries as far as there is room for them; returns whether some are left.
pub(crate) fn write(
    list: &mut List,
    entries: impl IntoIterator<Item = impl Serialize>,
) -> Result<bool, OverBudget> {
    for entry in entries {
        if !list.push(&entry)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the `limit` that a list by offset shows. The next page begins where this one does and so many entries behind
/// (guide to offset-based pagination): one that ends early, as the answer would be too long, shows how many it has.
pub(crate) fn limit_of(list: &List, is_cut: bool, limit: usize) -> usize {
    if is_cut { list.n_entries() } else { limit }
}

fn by_marker(
    asked: &Asked<'_>,
    fields: &Fields,
    folder: &Item,
    (after, limit, order): (Option<Marker>, usize, Order),
) -> Result<Reply, Refusal> {
    let shower = asked.shower();
    // That sorting is passed over where the root of Box is listed by marker is *assumed*: the page only says that there is
    // none (no option: no other reading is known).
    let is_root = folder.parent.is_none();
    for name in ["sort", "direction"].into_iter().filter(|name| is_root && asked.call.query(name).is_some()) {
        unused::note(asked.call, format!("?{name}"))?;
    }
    let order = if is_root { Order::DEFAULT } else { order };
    let n_most = limit.min(folder.child_count as usize);
    let mut list = List::new(asked.app, n_most, ENTRY, n_most * ITEM + order.n_kept(folder.child_count))?;
    // One more, to know whether there is one.
    let mut entries = match order {
        Order::DEFAULT => {
            let at = asked.place.at(folder.id);
            match &after {
                None => asked.app.sim.listing_at(at, 0, limit + 1)?,
                Some(after) => asked.app.sim.listing_after(at, after.kind, &after.name, limit + 1)?,
            }
        }
        order => {
            let is_wanted =
                |entry: &Item| !after.as_ref().is_some_and(|marker| marker.is_behind(order, entry));
            let sorted = order.sorted(asked.app, &asked.place.at(folder.id), is_wanted)?;
            shower.found(sorted.into_iter().take(limit + 1))
        }
    };
    let is_cut = entries.len() > limit;
    entries.truncate(limit);
    list.begin(&Nothing {}, ENTRIES);
    let is_cut = write(&mut list, shower.items(&entries, fields))? || is_cut;
    let last = list.n_entries().checked_sub(1).and_then(|last| entries.get(last)).filter(|_| is_cut);
    let next_marker = last.map(|last| Marker::of(last, order).write(folder.id));
    Ok(Reply::written(StatusCode::OK, list.end(&json!({ "limit": limit, "next_marker": next_marker }))))
}

/// A part of what is in a folder: folders first, each kind in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    from: usize,
    limit: usize,
    order: Order,
}

impl Part {
    /// That of an answer for which nobody asked otherwise.
    pub(crate) const FIRST: Part = Part { from: 0, limit: DEFAULT_LIMIT, order: Order::DEFAULT };

    /// Reads `offset`, `limit`, `sort` and `direction`.
    pub(crate) fn read(call: &Call) -> Result<Part, Refusal> {
        let limit = limit(call, DEFAULT_LIMIT, MOST)?;
        Ok(Part { from: offset(call, MOST_OFFSET)?, limit, order: Order::read(call)? })
    }

    /// Refuses to begin behind the last entry where the drive does so, as one third party saw it. By default such a page
    /// is empty: the loop of the guide to offset-based pagination ends with one, and the connector of Elastic asks for it.
    pub(crate) fn check(self, asked: &Asked<'_>, folder: &Item) -> Result<(), Refusal> {
        let is_refused = asked.place.wire.refuses_offset_beyond_end;
        let is_behind = self.from > 0 && self.from >= folder.child_count as usize;
        if is_refused && is_behind { Err(invalid_offset()) } else { Ok(()) }
    }

    /// Returns the part of a folder.
    pub(crate) fn of(self, shower: &Shower<'_>, folder: &Item) -> Result<Vec<Item>, Refusal> {
        let at = shower.place.at(folder.id);
        if self.order == Order::DEFAULT {
            let from = u32::try_from(self.from).unwrap_or(u32::MAX);
            return Ok(shower.app.sim.listing_at(at, from, self.limit)?);
        }
        let sorted = self.order.sorted(shower.app, &at, |_| true)?;
        Ok(shower.found(sorted.into_iter().skip(self.from).take(self.limit)))
    }

    /// Tells what is in it.
    pub(crate) fn listing<T>(self, total_count: u32, entries: Vec<T>) -> Listing<T> {
        Listing { total_count, entries, offset: self.from, limit: self.limit, order: self.order.told() }
    }
}

/// What comes before a part of a list: an item by what its place follows from, not a number of entries, so that nothing is
/// passed over where what was listed before is deleted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marker {
    kind: ItemKind,
    /// What it is sorted by, before its name.
    value: i128,
    name: String,
}

impl Marker {
    fn of(item: &Item, order: Order) -> Marker {
        Marker { kind: item.kind, value: order.value(item), name: item.name.clone() }
    }

    /// Returns whether it is an entry or comes behind it.
    fn is_behind(&self, order: Order, entry: &Item) -> bool {
        if self.kind != entry.kind {
            return entry.is_folder();
        }
        let key = |value: i128, name: &str| (value, fold(name).into_owned(), name.to_owned());
        let (entry, own) = (key(order.value(entry), &entry.name), key(self.value, &self.name));
        if order.is_descending { entry >= own } else { entry <= own }
    }

    /// Writes it down for a folder; it leads on in no other.
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

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Paging {
    Offset(Part),
    Marker { after: Option<Marker>, limit: usize, order: Order },
}

impl Paging {
    fn read(call: &Call, folder: ItemId) -> Result<Paging, Refusal> {
        if query::flag(call, "usemarker")? {
            if call.query("offset").is_some() {
                offset(call, MOST_OFFSET)?;
                unused::note(call, "?offset")?;
            }
            let read = |marker: &str| {
                Marker::read(marker, folder)
                    .ok_or_else(|| Refusal::invalid("marker", marker, "one of this list"))
            };
            let marker = call.query("marker").filter(|marker| !marker.is_empty());
            let limit = limit(call, DEFAULT_LIMIT, MOST)?;
            let order = Order::read(call)?;
            return Ok(Paging::Marker { after: marker.map(read).transpose()?, limit, order });
        }
        // The reference of a folder's items says that a marker needs `usemarker`; that one without it is refused, as the
        // reference of the trash has it, is *assumed* (no option: no other reading is known).
        match call.query("marker").filter(|marker| !marker.is_empty()) {
            Some(marker) => Err(Refusal::invalid("marker", marker, "left out unless 'usemarker' is true")),
            None => Part::read(call).map(Paging::Offset),
        }
    }
}

/// Reads how many entries are wanted; more than `most` are cut. That a list of Box refuses a `limit` of 0 is *assumed*
/// (no option: no other reading is known).
pub(crate) fn limit(call: &Call, otherwise: usize, most: usize) -> Result<usize, Refusal> {
    let Some(text) = call.query("limit") else { return Ok(otherwise) };
    let bad = || Refusal::new(StatusCode::BAD_REQUEST, "invalid_limit", "Limit is not a valid number");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    match text.parse().unwrap_or(usize::MAX) {
        0 => Err(bad()),
        limit => Ok(limit.min(most)),
    }
}

/// Reads how many entries are passed over: `invalid_offset` is for what is no number (guide to common errors).
pub(crate) fn offset(call: &Call, most: usize) -> Result<usize, Refusal> {
    let Some(text) = call.query("offset") else { return Ok(0) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid_offset());
    }
    let offset = text.parse().ok().filter(|&offset: &usize| offset <= most);
    offset.ok_or_else(|| Refusal::offset_too_large(text, most))
}

fn invalid_offset() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_offset", "Offset is not a valid number")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Id,
    Name,
    Date,
    Size,
}

/// In which order entries are wanted, after their kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    key: Key,
    is_descending: bool,
}

impl Order {
    /// That of an answer for which nobody asked otherwise.
    pub(crate) const DEFAULT: Order = Order { key: Key::Name, is_descending: false };

    /// Reads `sort` and `direction` of a folder's items.
    pub(crate) fn read(call: &Call) -> Result<Order, Refusal> {
        Order::read_of(call, &["name", "id", "date", "size"])
    }

    /// Reads `sort` and `direction` of the trash, which is not sorted by id (reference of the trash).
    pub(crate) fn read_of_trash(call: &Call) -> Result<Order, Refusal> {
        Order::read_of(call, &["name", "date", "size"])
    }

    fn read_of(call: &Call, keys: &'static [&'static str]) -> Result<Order, Refusal> {
        let key = match query::word(call, "sort", keys)? {
            "id" => Key::Id,
            "date" => Key::Date,
            "size" => Key::Size,
            _ => Key::Name,
        };
        Ok(Order { key, is_descending: query::word(call, "direction", &["ASC", "DESC"])? == "DESC" })
    }

    /// Returns what an item is sorted by, before its name.
    fn value(self, item: &Item) -> i128 {
        match self.key {
            Key::Name => 0,
            Key::Id => item.id.to_bits().into(),
            Key::Date => item.modified_at.as_nanosecond(),
            Key::Size => item.size.into(),
        }
    }

    /// Returns what is kept of the entries of a folder to sort them: half of it once more while they are sorted.
    fn n_kept(self, child_count: u32) -> usize {
        match self {
            Order::DEFAULT => 0,
            _ => (child_count as usize).saturating_mul(2 * size_of::<(bool, i128, ItemId)>()),
        }
    }

    /// Returns the wanted entries of a folder in this order. Only what they are sorted by is kept of them.
    fn sorted(
        self,
        app: &App,
        folder: &Address,
        is_wanted: impl Fn(&Item) -> bool,
    ) -> Result<Vec<ItemId>, Refusal> {
        let (mut keys, mut from) = (Vec::new(), 0);
        loop {
            let items = app.sim.children_at(folder, from, AT_ONCE)?;
            let wanted = items.iter().filter(|item| is_wanted(item));
            keys.extend(wanted.map(|item| (!item.is_folder(), self.value(item), item.id)));
            from = from.saturating_add(items.len() as u32);
            if items.len() < AT_ONCE {
                break;
            }
        }
        // They come in the order of their names, in which those with one value stay, or turn round.
        keys.sort_by_key(|(_, value, _)| *value);
        if self.is_descending {
            keys.reverse();
        }
        keys.sort_by_key(|(is_file, ..)| *is_file);
        Ok(keys.into_iter().map(|(.., item)| item).collect())
    }

    /// Sorts what stands for items and is in the order of their names.
    pub(crate) fn sort_by<T>(self, entries: &mut [T], item: impl Fn(&T) -> &Item) {
        entries.sort_by_key(|entry| self.value(item(entry)));
        if self.is_descending {
            entries.reverse();
        }
        entries.sort_by_key(|entry| !item(entry).is_folder());
    }

    pub(crate) fn told(self) -> Value {
        let by = match self.key {
            Key::Id => "id",
            Key::Name => "name",
            Key::Date => "date",
            Key::Size => "size",
        };
        let direction = if self.is_descending { "DESC" } else { "ASC" };
        json!([{ "by": "type", "direction": "ASC" }, { "by": by, "direction": direction }])
    }
}
