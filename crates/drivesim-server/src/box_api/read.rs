//! The only place that answers with one file or folder of Box.

use axum::http::{StatusCode, header};
use drivesim::Item;

use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::show::Shower;
use crate::box_api::{Asked, items};
use crate::call::Call;
use crate::reply::Reply;

/// Answers with a file; one in the trash is still shown, unless the drive wants otherwise.
pub(crate) fn file(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, call, place, id) = (asked.app, asked.call, asked.place, asked.id());
    let shower = asked.shower();
    let fields = Fields::read(call, Fields::Standard)?;
    let found = place.file(app, id);
    if found.is_err() && place.wire.shows_trashed_files {
        let binned = app.sim.bin_item(place.at(place.file_id(id)?));
        if let Some(binned) = binned.ok().filter(|binned| !binned.item.is_folder()) {
            return Ok(Reply::json(StatusCode::OK, shower.binned(&binned, &fields)));
        }
    }
    shown(&shower, &found?, &fields)
}

/// Answers with a folder and its first entries.
pub(crate) fn folder(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let fields = Fields::read(asked.call, Fields::Standard)?;
    let folder = asked.place.folder(asked.app, asked.id())?;
    if folder.child_count > items::FEW && asked.call.gives_up() {
        return Ok(Reply::empty(StatusCode::OK));
    }
    shown(&asked.shower(), &folder, &fields)
}

fn shown(shower: &Shower<'_>, item: &Item, fields: &Fields) -> Result<Reply, Refusal> {
    if is_known(shower.call, item)? {
        return Ok(Reply::empty(StatusCode::NOT_MODIFIED));
    }
    Ok(Reply::json(StatusCode::OK, shower.item(item, fields)))
}

/// Says whether the client has an item as it is (guide to consistency).
pub(crate) fn is_known(call: &Call, item: &Item) -> Result<bool, Refusal> {
    Ok(call.decisive(header::IF_NONE_MATCH)?.is_some_and(|header| names(&header, item)))
}

/// Says whether a header of tags names the one that an item has.
pub(crate) fn names(header: &str, item: &Item) -> bool {
    let etag = item.etag.to_string();
    header.split(',').any(|tag| tag.trim().trim_start_matches("W/").trim_matches('"') == etag)
}
