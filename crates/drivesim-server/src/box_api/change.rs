//! The only place that changes and deletes files and folders of Box alike: names, folders, descriptions, preconditions.

use axum::http::{StatusCode, header};
use drivesim::{ConflictsShape, DriveError, Error, Item, ItemId, Precondition, Update};

use crate::box_api::body::Members;
use crate::box_api::event_log::Deed;
use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::show::Shower;
use crate::box_api::{Asked, events, read};
use crate::call::Call;
use crate::reply::Reply;

/// Changes what a request names of an item: its name, the folder it is in, its description. Members that are not kept
/// here (shared links, tags, collections, locks) are passed over (*assumed*).
pub(crate) fn update(asked: &Asked<'_>, item: &Item) -> Result<Reply, Refusal> {
    let (app, place, shower) = (asked.app, asked.place, asked.shower());
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let members = Members::read(asked.call)?;
    let mut update = Update::default();
    let mut folder = item.parent;
    if members.object("parent")?.is_some() {
        let target = place.target(app, &members.id_in("parent")?)?;
        update = update.parent(place.at(target.id));
        folder = Some(target.id);
    }
    if let Some(name) = members.text("name")? {
        update = update.name(name);
    }
    if let Some(description) = members.text("description")? {
        update = update.description(description);
    }
    let mut at = place.at(item.id);
    // Moves ignore If-Match (guide to consistency). That one with another change beside it is still a move, and that one
    // to the folder the item is in is none, is *assumed*.
    if folder == item.parent
        && let Some(expected) = expected(asked.call, item)?
    {
        at = at.if_match(expected);
    }
    // That a taken name is told as one item, for folders as for files, is *assumed*.
    asked
        .acting()
        .update(at, update)
        .map_err(|error| refused(&shower, folder, error, ConflictsShape::Object))?;
    let changed = app.sim.item(place.at(item.id))?;
    for deed in deeds(item, &changed) {
        events::tell(asked, deed, item.id);
    }
    Ok(Reply::json(StatusCode::OK, shower.item(&changed, &fields)))
}

/// Says what was done to an item.
fn deeds(before: &Item, after: &Item) -> impl Iterator<Item = Deed> {
    let (is_moved, is_renamed) = (before.parent != after.parent, before.name != after.name);
    let is_described = before.description != after.description;
    let done = [(is_moved, Deed::Move), (is_renamed, Deed::Rename), (is_described, Deed::Modify)];
    done.into_iter().filter_map(|(is_done, deed)| is_done.then_some(deed))
}

/// Puts an item into the trash.
pub(crate) fn delete(asked: &Asked<'_>, item: &Item) -> Result<Reply, Refusal> {
    let mut at = asked.place.at(item.id);
    if let Some(expected) = expected(asked.call, item)? {
        at = at.if_match(expected);
    }
    asked.acting().delete(at)?;
    events::tell(asked, Deed::Trash, item.id);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Reads If-Match: the tag that the item must still have when it is changed, or 412 if it has another by now.
pub(crate) fn expected(call: &Call, item: &Item) -> Result<Option<Precondition>, Refusal> {
    match call.decisive(header::IF_MATCH)? {
        None => Ok(None),
        Some(header) if header.trim() == "*" => Ok(None),
        Some(header) if read::names(&header, item) => Ok(Some(Precondition::ETag(item.etag))),
        Some(_) => Err(Refusal::modified()),
    }
}

/// Tells why a change was refused; of a taken name, with what has it in the folder.
pub(crate) fn refused(
    shower: &Shower<'_>,
    folder: Option<ItemId>,
    error: Error,
    shape: ConflictsShape,
) -> Refusal {
    match (&error, folder) {
        (Error::Drive(DriveError::NameTaken { name, .. }), Some(folder)) => {
            Refusal::taken(&shower.place.wire, shape, shower.holder(folder, name))
        }
        (Error::Drive(DriveError::DescriptionTooLong { units, limit }), _) => {
            let must = format!("at most {limit} characters");
            Refusal::invalid("description", &format!("({units} characters)"), &must)
        }
        _ => Refusal::from(error),
    }
}

/// Tells that an item is not there; of one in the trash, that it is (guide to common errors).
pub(crate) fn gone(asked: &Asked<'_>, item: Option<ItemId>, refusal: Refusal) -> Refusal {
    let is_in_trash = item.is_some_and(|item| asked.app.sim.bin_item(asked.place.at(item)).is_ok());
    if !is_in_trash {
        return refusal;
    }
    Refusal::new(StatusCode::NOT_FOUND, "trashed", "Item is trashed")
}
