//! Lists the trash of Box, shows what is in it, takes things out of it and empties it.

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use drivesim::{BinItem, Conflict, ConflictsShape, Item, ItemId};

use crate::box_api::body::{Members, PARENT, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::items::{self, Order};
use crate::box_api::place;
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, change, events, query};
use crate::call::Call;
use crate::listing::{ITEM, List, Nothing};
use crate::ordered_json::json;
use crate::reply::Reply;

/// What the body of a restoration may have.
const RESTORED: Shape = Shape::of(&["name", "parent"]);

/// Answers with a part of the trash: what was deleted itself.
pub(crate) fn list(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (call, shower) = (asked.call, asked.shower());
    let fields = Fields::read(call, Fields::Mini)?;
    let limit = items::limit(call, items::DEFAULT_LIMIT, items::MOST)?;
    let marked = Marked::read(call)?;
    let mut binned = asked.app.sim.bin(asked.place.at("/"))?;
    binned.sort_by_cached_key(|binned| Key::of(&binned.item));
    let n_kept = binned.len().saturating_mul(ITEM);
    let list = |part: &[BinItem]| List::new(asked.app, part.len(), items::ENTRY, n_kept);
    let show = |list: &mut List, part: &[BinItem]| {
        items::write(list, part.iter().map(|binned| shower.binned(binned, &fields)))
    };
    let body = match marked {
        Marked::From(after) => {
            let is_before =
                |binned: &BinItem| after.as_ref().is_some_and(|after| Key::of(&binned.item) <= *after);
            let left = &binned[binned.partition_point(is_before)..];
            let part = &left[..limit.min(left.len())];
            let mut list = list(part)?;
            list.begin(&Nothing {}, items::ENTRIES);
            show(&mut list, part)?;
            let n_shown = list.n_entries();
            let last = part[..n_shown].last().filter(|_| n_shown < left.len());
            let marker = last.map(|last| Key::of(&last.item).write());
            list.end(&json!({ "limit": limit, "next_marker": marker }))
        }
        Marked::Not => {
            let from = items::offset(call, items::MOST_OFFSET_ELSEWHERE)?;
            let order = Order::read_of_trash(call)?;
            order.sort_by(&mut binned, |binned| &binned.item);
            let n_binned = binned.len();
            let start = from.min(n_binned);
            let part = &binned[start..start.saturating_add(limit).min(n_binned)];
            let mut list = list(part)?;
            list.begin(&json!({ "total_count": n_binned }), items::ENTRIES);
            let is_cut = show(&mut list, part)?;
            let limit = items::limit_of(&list, is_cut, limit);
            list.end(&json!({ "offset": from, "limit": limit, "order": order.told() }))
        }
    };
    Ok(Reply::written(StatusCode::OK, body))
}

/// Shows a file of the trash.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    shown(asked, &find_file(asked)?)
}

/// Shows a folder of the trash.
pub(crate) fn folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    shown(asked, &find_folder(asked)?)
}

/// Deletes a file of the trash for good.
pub(crate) fn purge_file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    purge(asked, &find_file(asked)?)
}

/// Deletes a folder of the trash for good, with all below it.
pub(crate) fn purge_folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    purge(asked, &find_folder(asked)?)
}

/// Takes a file out of the trash.
pub(crate) fn restore_file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    restore(asked, &find_file(asked)?)
}

/// Takes a folder out of the trash, with all below it.
pub(crate) fn restore_folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    restore(asked, &find_folder(asked)?)
}

fn find_file(asked: &Asked<'_>) -> Result<BinItem, Refusal> {
    let id = asked.id();
    find(asked, asked.place.file_id(id)?, false).ok_or_else(|| match asked.place.file(asked.app, id) {
        Ok(_) => not_trashed(),
        Err(refusal) => refusal,
    })
}

fn find_folder(asked: &Asked<'_>) -> Result<BinItem, Refusal> {
    let (app, id) = (asked.app, asked.id());
    find(asked, asked.place.folder_id(id)?, true).ok_or_else(|| match asked.place.folder(app, id) {
        Ok(_) => not_trashed(),
        Err(refusal) => refusal,
    })
}

fn find(asked: &Asked<'_>, item: ItemId, is_folder: bool) -> Option<BinItem> {
    let binned = asked.app.sim.bin_item(asked.place.at(item)).ok()?;
    (binned.item.is_folder() == is_folder).then_some(binned)
}

fn not_trashed() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_trashed", "Item is not trashed")
}

fn shown(asked: &Asked<'_>, binned: &BinItem) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    Ok(Reply::json(StatusCode::OK, asked.shower().binned(binned, &fields)))
}

fn purge(asked: &Asked<'_>, binned: &BinItem) -> Result<Reply, Refusal> {
    asked.acting().purge(asked.place.at(binned.item.id))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Puts an item back where it was. That a `parent` in the restoration of an item of Box counts only if its old folder is
/// gone, and that without one the restoration is then 404, is *assumed* (no option: no other reading is known). That the
/// refusal of a restored item of Box lists the item with the name alone is *assumed* (option `conflicts_shape`).
fn restore(asked: &Asked<'_>, binned: &BinItem) -> Result<Reply, Refusal> {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let members = Members::read(asked.call, &RESTORED.describing_item())?;
    let (item, name) = (&binned.item, members.text("name")?);
    let keeps_old = app.sim.profile_of(&place.drive)?.restores_to_old_folder;
    let named = if members.has("parent") { Some(members.id_in("parent", &PARENT)?) } else { None };
    let old = item.parent.filter(|&parent| app.sim.exists(place.at(parent)));
    let folder = match (old, named) {
        (Some(old), _) if keeps_old => old,
        (_, Some(named)) => place.target(app, "parent", &named)?.id,
        (Some(old), None) => old,
        (None, None) => {
            return Err(place::no_folder(
                &item.parent.map(|parent| place.ids.folder(parent).to_string()).unwrap_or_default(),
            ));
        }
    };
    asked.reserve_for_path(&fields, folder)?;
    let restored =
        asked.acting().restore_item_to(place.at(item.id), Some(place.at(folder)), name, Conflict::Fail);
    restored.map_err(|error| change::refused(&shower, Some(folder), error, ConflictsShape::Object))?;
    events::tell(asked, Deed::Restore, item.id);
    let restored = app.sim.item(place.at(item.id))?;
    Ok(Reply::json(StatusCode::CREATED, shower.item(&restored, &fields).without_links()))
}

/// How a part of the trash is named.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Marked {
    /// By offset.
    Not,
    /// By what comes before it; from the beginning without that.
    From(Option<Key>),
}

impl Marked {
    /// Reads `usemarker` and `marker`; what goes with the other way of paging only is refused (reference of the trash).
    fn read(call: &Call) -> Result<Marked, Refusal> {
        let refused = |message: &str| Refusal::new(StatusCode::BAD_REQUEST, "invalid_parameter", message);
        let marker = call.query("marker").filter(|marker| !marker.is_empty());
        if !query::flag(call, "usemarker")? {
            let refusal = || refused("'marker' needs 'usemarker' to be true");
            return if marker.is_some() { Err(refusal()) } else { Ok(Marked::Not) };
        }
        if let Some(key) = ["sort", "direction", "offset"].into_iter().find(|key| call.query(key).is_some()) {
            return Err(refused(&format!("'{key}' does not go with 'usemarker'")));
        }
        let read = |marker: &str| Key::read(marker).ok_or_else(|| refused("'marker' is none of this list"));
        Ok(Marked::From(marker.map(read).transpose()?))
    }
}

/// Where an item stands in the trash: folders first, each kind by name. A marker has it, not a number of entries, so
/// that nothing is passed over where a client deletes what it was shown before it asks for the next page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    is_file: bool,
    folded: String,
    id: u64,
}

impl Key {
    fn of(item: &Item) -> Key {
        Key { is_file: !item.is_folder(), folded: item.name.to_lowercase(), id: item.id.to_bits() }
    }

    fn write(&self) -> String {
        let kind = if self.is_file { "f" } else { "d" };
        BASE64URL_NOPAD.encode(format!("{kind} {} {}", self.id, self.folded).as_bytes())
    }

    fn read(marker: &str) -> Option<Key> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(marker.as_bytes()).ok()?).ok()?;
        let mut parts = text.splitn(3, ' ');
        let is_file = match parts.next()? {
            "f" => true,
            "d" => false,
            _ => return None,
        };
        let id = parts.next()?.parse().ok()?;
        Some(Key { is_file, folded: parts.next()?.to_owned(), id })
    }
}
